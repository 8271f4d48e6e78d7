### 어디서나 똑같이 쓰는 말과 문장.

-window = NAT 연결
-shell = 셸 연결
-pair = 서비스 인스턴스(2대)
-gateway = NAT 게이트웨이
-address = 탄력적 IP
-cmd-launch = `/실행 서비스`
-cmd-terminate = `/종료 서비스`
-cmd-nat-open = `/nat 열기`
-cmd-nat-extend = `/nat 연장`
-cmd-nat-close = `/nat 닫기`
-cmd-nat-history = `/nat 기록`
-cmd-shell-open = `/셸 열기`
-cmd-shell-extend = `/셸 연장`
-cmd-shell-close = `/셸 닫기`
-cmd-session = `/세션 시작`
-cmd-status = `/상태`
-cmd-cost = `/비용 현재`
-cmd-help = `/도움말`

common-per-hour = 시간당 { $usd }
common-per-month = 월 { $usd }
common-button-confirm = 확인
common-button-cancel = 취소
common-button-again = 다시 시도
common-button-extend = 30분 연장
common-button-close = 지금 닫기
common-button-repair = 복구
common-button-by-hand = 직접 실행
common-list-price = AWS { $region } 리전 정가({ $date } 기준, 세금·크레딧 제외)
common-reference = 참조 번호 { $reference }
common-broken =
    doorman 내부에서 문제가 생겨 작업을 멈췄습니다. 다시 시도해 보시고, 같은 일이 반복되면 doorman 운영자에게 이 번호를 알려 주세요: { $reference }
common-not-looked = doorman이 방금 시작되어 아직 AWS 상태를 확인하지 못했습니다.
common-nat-window = { -window }
common-shell-window = { -shell }
common-pair = { -pair }
common-open-nat-window = { -cmd-nat-open }
common-open-shell-window = { -cmd-shell-open }
common-open-pair = { -cmd-launch }
common-link-receipt = {" "}[정산 내역]({ $url })
common-link-progress = {" "}[진행 상황 보기]({ $url })
common-close-nat-window = { -cmd-nat-close }
common-close-shell-window = { -cmd-shell-close }
common-close-pair = { -cmd-terminate }
