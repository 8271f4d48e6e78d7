### 서비스 인스턴스(2대)의 진행 상황 메시지.

service-opening-title = ⏳ { -pair }를 실행하는 중입니다
service-repairing-title = ⏳ { -pair }를 복구하는 중입니다
service-ready-title = 🟢 { -pair }가 준비되었습니다
service-drift-title = ⚠️ { -pair }에 문제가 있습니다
service-closing-title = ⏳ { -pair }를 종료하는 중입니다
service-closed-title = ✅ { -pair }를 종료했고 { $rest }{ $cost }
service-failing-title = ⏳ { -pair }를 실행하지 못해 정리하는 중입니다
service-failed-title = ❌ { -pair }를 실행하지 못했고 { $rest }{ $cost }

service-step-role = IAM 역할과 인스턴스 프로파일
service-step-endpoints = 인터페이스 엔드포인트({ $count }개 중 { $ready }개)
service-step-rules = 보안 그룹 규칙
service-step-instances = 인스턴스 실행({ $count }대 중 { $ready }대)
service-step-agents = 셸 응답({ $count }대 중 { $ready }대)
service-started = { $since }에 시작했습니다.
service-slow-endpoints = 엔드포인트는 보통 1~2분 걸립니다. 엔드포인트 없이 부팅한 인스턴스는 몇 분씩 응답하지 않으므로, 엔드포인트가 준비된 뒤에 인스턴스를 띄웁니다.
service-slow-instances = 인스턴스는 보통 1분 안에 실행됩니다.
service-slow-agents = 셸은 보통 부팅하고 1~2분 뒤에 응답합니다. { $minutes }분 동안 응답이 없으면 인스턴스를 한 번 재부팅합니다.

service-get-in = { -cmd-session } 명령어로 접속할 수 있습니다.
service-open-a-shell = 셸 접속은 닫혀 있습니다. { -cmd-shell-open } 명령어로 필요한 동안만 열 수 있습니다.
service-stays = { -cmd-terminate } 명령어로 종료할 때까지 계속 실행되고 요금이 나갑니다.
service-not-unasked = 한 번 준비된 리소스는 요청 없이 다시 만들지 않습니다. **복구** 버튼을 눌러 주세요.
service-field-by = 실행한 사람
service-by = { $by } 님, { $full }
service-field-price = 요금
service-price = { $hourly } · { $monthly }

service-closing-asked = { $by } 님이 { $ago }에 종료를 요청했습니다.
service-gone = { $what }: 삭제됨
service-going = { $what }: { $count }개 남음
service-slow-removal = 엔드포인트를 삭제하는 데는 보통 몇 분 걸립니다.
service-moved = ➡️ 이후 진행 상황은 [새 메시지]({ $url })에서 이어집니다.
