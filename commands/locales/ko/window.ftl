### 연결의 진행 상황 메시지.

window-opening-title = ⏳ { $lease }을 여는 중입니다
window-repairing-title = ⏳ { $lease }을 복구하는 중입니다
window-ready-title = 🟢 { $lease }이 열려 있습니다
window-drift-title = ⚠️ { $lease }에 문제가 있습니다
window-closing-title = ⏳ { $lease }을 닫는 중입니다
window-closed-title = ✅ { $Lease }을 닫았고 { $rest }{ $cost }
window-failing-title = ⏳ { $lease }을 열지 못해 정리하는 중입니다
window-failed-title = ❌ { $lease }을 열지 못했고 { $rest }{ $cost }

window-part-address = { -address }
window-part-gateway = { -gateway }
window-part-route = 인터넷 라우팅
window-part-rules = 아웃바운드 규칙(포트 { $ports })

window-usually = { $since }에 시작했습니다. 게이트웨이는 보통 2분쯤 걸립니다.
window-until = **{ $at }**까지 열려 있습니다({ $left })
window-opens-until = **{ $at }**에 자동으로 닫힙니다({ $left })
window-reaches = 프라이빗 서브넷에서 { $ports }번 포트로 인터넷에 접속할 수 있습니다.
window-reaches-some = { $subnets } 서브넷에서 { $ports } 포트로 인터넷에 접속할 수 있습니다.
window-cut-off = ⚠️ 라우팅 테이블 `{ $table }`이 { $subnets } 서브넷과 연결되어 있지 않아, 이 서브넷에서는 인터넷에 접속할 수 없습니다. doorman 운영자가 VPC 콘솔에서 연결할 수 있습니다.
window-broken = 복구할 때까지 프라이빗 서브넷에서 인터넷에 접속하지 못할 수 있습니다. 요금은 그대로 나갑니다.
window-net-armed = 안전망: doorman이 멈추더라도 { $at }에 AWS가 자동으로 닫습니다.
window-net-no-role = ⚠️ **안전망 없음:** AWS에 안전망용 역할이 없습니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman 운영자가 `doorman check --fix`로 만들 수 있습니다.
window-net-no-runbook = ⚠️ **안전망 없음:** AWS에 안전망용 런북이 없거나 doorman이 작성한 내용과 다릅니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman 운영자가 `doorman check --fix`로 바로잡을 수 있습니다.
window-net-missing = ⚠️ **안전망 없음:** 지금은 AWS에 안전망을 걸지 못했습니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman이 계속 시도하며, 운영자는 `doorman check`로 원인을 확인할 수 있습니다.
window-setback = 지난번 복구는 실패했습니다.
window-price = 정가 기준 { $hourly }, 트래픽 요금 별도
window-price-unknown = { $region } 리전의 요금표가 없습니다
window-started-hours = 게이트웨이는 1시간 단위로 올림해 과금되므로, 닫았다 다시 여는 것보다 연장하는 편이 저렴합니다.

window-field-by = 연 사람
window-field-price = 요금
window-field-address = 외부에서 보이는 주소
window-field-extended = 연장
window-by = { $by } 님, { $at }
window-extension = { $by } 님, { $at } → { $until }까지

window-closing-expired = { $at }에 시간이 끝났습니다.
window-closing-asked = { $by } 님이 { $at }에 닫았습니다.
window-gone-address = { -address } 릴리스
window-gone-gateway = { -gateway } 삭제
window-gone-route = 인터넷 라우팅 삭제
window-gone-rules = 아웃바운드 규칙 삭제
window-waits-for-gateway = 게이트웨이가 삭제된 뒤
window-deleting = 보통 1~2분 걸립니다
window-receipt-follows = 모두 정리되면 이 메시지에 정산 내역이 표시됩니다.

window-shell-usually = { $since }에 시작했습니다. 엔드포인트는 보통 1~2분 걸립니다.
window-shell-broken = 복구할 때까지 세션이 시작되지 않을 수 있습니다. 요금은 그대로 나갑니다.
window-shell-nobody = { -pair }가 실행되지 않아 접속할 인스턴스가 없습니다. { -cmd-launch } 명령어로 실행해 주세요.
window-shell-silent = 아직 응답하는 인스턴스가 없습니다. 셸 접속 없이 부팅한 인스턴스는 가끔씩만 다시 연결을 시도하므로 길게는 1시간까지 걸릴 수 있습니다. 재부팅하면 바로 다시 시도합니다.
window-shell-price = 정가 기준 { $hourly }, 트래픽 요금 별도
window-shell-started-hours = 엔드포인트는 1시간 단위로 올림해 과금되므로, 닫았다 다시 여는 것보다 연장하는 편이 저렴합니다.
