### /세션 시작

session-ready-title = 🟢 { $name }: 세션을 시작할 수 있습니다
session-not-ready-title = ⏳ { $name }: 아직 세션을 시작할 수 없습니다
session-old = ⚠️ 지금은 AWS에 조회할 수 없어 { $at }에 확인한 상태를 보여 드립니다. { $why }
session-unknown = { $typed }: 그런 인스턴스가 없습니다. 있는 인스턴스: { $names }
session-unknown-near = { $typed }: 그런 인스턴스가 없습니다. 혹시 `{ $nearest }`인가요? 있는 인스턴스: { $names }

session-instance-running = 인스턴스 실행 중
session-instance-pending = 인스턴스를 시작하는 중
session-instance-stopping = 인스턴스를 중지하는 중
session-instance-stopped = 인스턴스가 중지됨
session-instance-missing = { $name } 인스턴스가 없음
session-role = 역할 `{ $role }` 및 인스턴스 프로파일
session-attached = 인스턴스 프로파일 연결
session-endpoints = 엔드포인트 사용 가능: { $services }
session-rules = 보안 그룹 `{ $group }`의 인스턴스–엔드포인트 간 443번 포트 허용
session-not-in-group = { $name } 인스턴스가 더 이상 보안 그룹 `{ $group }`에 속해 있지 않아 그 규칙이 적용되지 않습니다
session-agent = SSM 에이전트 온라인

session-do-launch = { -pair }가 아직 없습니다. { -cmd-launch } 명령어로 만들어 주세요. 5~15분쯤 걸립니다.
session-do-wait = { $since }부터 만드는 중입니다. 몇 분 뒤 다시 시도해 주세요.
session-do-wait-link = { $since }부터 만드는 중입니다. [진행 상황]({ $url })을 확인해 주세요.
session-do-after-closing = { -pair }를 정리하는 중입니다. 끝난 뒤 { -cmd-launch } 명령어로 다시 만들어 주세요.
session-do-repair = { -cmd-launch } 명령어를 쓰면 ❌ 표시된 것만 복구하고 정상인 것은 바꾸지 않습니다. 응답하지 않는 에이전트는 인스턴스를 재부팅해 되살립니다.
session-do-open-shell = 셸 접속이 닫혀 있습니다. { -cmd-shell-open } 명령어로 필요한 동안만 열 수 있습니다.
session-do-after-shell-closing = { -shell }을 닫는 중입니다. 정리가 끝나면 { -cmd-shell-open } 명령어로 다시 열어 주세요.
session-do-repair-shell = { -shell }에 빠진 것이 있습니다. 진행 상황 메시지의 **복구** 버튼을 눌러 주세요.{ $link }
session-do-try = ❔ 표시된 것은 지금 조회할 수 없었습니다. 나머지는 정상이니 그대로 시도해 보세요.
session-do-put-into-group = EC2 콘솔(작업 → 보안 → 보안 그룹 변경)에서 보안 그룹 `{ $group }`을 다시 지정해 주세요.

session-command = AWS CLI와 Session Manager 플러그인이 설치된 터미널에서:
session-command-later = 준비가 끝나면 AWS CLI와 Session Manager 플러그인이 설치된 터미널에서:
session-needs = 두 방법 모두 본인의 AWS 로그인을 사용합니다. 22번 포트도, 키도, 퍼블릭 IP도 필요 없습니다.
session-button-console = AWS 콘솔에서 열기

session-state-pending = 시작 중
session-state-running = 실행 중
session-state-stopped = 중지됨
session-state-missing = 없음
