### /status와, 다른 곳에서도 쓰는 상태 이름.

status-pair-none = 실행 중인 인스턴스 없음
status-pair-opening = 인스턴스(2대) 실행 준비 중
status-pair-running =
    { $count ->
       *[other] 인스턴스 { $count }대 실행 중
    }
status-pair-damaged = 인스턴스(2대) 확인 필요
status-pair-closing = 인스턴스(2대) 종료 중
status-net-closed = 인터넷 닫힘
status-net-opening = 인터넷 여는 중
status-net-open = 인터넷 { $at }까지 열림
status-net-closing = 인터넷 닫는 중
status-net-damaged = 인터넷 연결 확인 필요
status-access-closed = 셸 닫힘
status-access-opening = 셸 여는 중
status-access-open = 셸 { $at }까지 열림
status-access-closing = 셸 닫는 중
status-access-damaged = 셸 연결 확인 필요
status-title-blind = ⚠️ 지금은 AWS 상태를 조회할 수 없습니다

status-last-known = **마지막으로 확인한 상태({ $at }):**
status-no-instances = ⚪ 인스턴스가 없습니다
status-window-closed = 🔒 { $Lease }이 닫혀 있습니다
status-window-opening = { $sign } { $Lease }을 여는 중입니다. **{ $at }**까지({ $left }), { $by } 님
status-window-open = { $sign } { $Lease }이 **{ $at }**까지 열려 있습니다({ $left }), { $by } 님
status-window-closing = { $sign } { $since }부터 { $Lease }을 닫는 중입니다
status-link = [진행 메시지]({ $url })
status-repair-there = → { $link }의 **복구** 버튼으로 복구할 수 있습니다.
status-repair-pair = → { -cmd-launch } 명령어로 복구할 수 있습니다.
status-repair-window = → { $close } 명령어로 { $lease }을 닫은 뒤 다시 열어 주세요.

status-machine-expected = 시작 전
status-machine-starting = 시작하는 중
status-machine-running = 실행 중
status-machine-stopped = 중지됨
status-machine-leaving = 종료하는 중
status-machine-missing = 없음
status-shell-ready = 셸 준비됨
status-shell-waiting = 셸 대기 중
status-shell-lost = 셸 응답 없음
status-shell-closed = 셸 닫힘
status-shell-unknown = 셸 상태 알 수 없음

status-gateway-pending = 생성 중
status-gateway-available = 사용 가능
status-gateway-failed = 생성 실패
status-gateway-deleting = 삭제 중
status-route-none = 인터넷 연결 없음
status-route-active = { $name } 경유로 열림
status-route-broken = 끊긴 라우팅
status-route-foreign = doorman이 만들지 않은 라우팅
status-label-internet = 인터넷
status-label-left = { $left } 남음
status-label-endpoints = 셸 엔드포인트
status-label-missing = 찾을 수 없음
status-label-no-instances = 인스턴스 없음
status-label-no-network = 네트워크를 찾을 수 없음
