### 정산 내역.

receipt-kind-address = { -address }
receipt-kind-gateway = { -gateway }
receipt-kind-rule = 보안 그룹 규칙
receipt-kind-endpoint = 인터페이스 엔드포인트
receipt-kind-instance = 인스턴스
receipt-kind-volume = 볼륨
receipt-kind-schedule = 안전망 일정
receipt-kind-route = 인터넷 라우팅
receipt-kind-role = IAM 역할
receipt-kind-profile = 인스턴스 프로파일
receipt-kind-runbook = 안전망 런북
receipt-kind-backstop-role = 안전망 IAM 역할
receipt-kind-interface = 네트워크 인터페이스
receipt-kind-agent = SSM 에이전트
receipt-not-seen = • { $kind }: 지금은 확인할 수 없습니다
receipt-part-gateway = { -gateway }
receipt-part-address = { -address }
receipt-part-route = 라우팅
receipt-part-rules = 규칙
receipt-part-instances = 인스턴스
receipt-part-volumes = 볼륨
receipt-part-endpoints = 엔드포인트
receipt-part-role = 역할
receipt-part-profile = 인스턴스 프로파일
receipt-part-schedule = 안전망 일정

receipt-cost = {" "}· { $usd }
receipt-window-span = { $by } 님이 엶 · { $from } – { $to } ({ $length })
receipt-pair-span = { $by } 님이 실행 · { $from } – { $to } ({ $length })
receipt-extended-before =
    { $count ->
       *[other] 그 전에 { $count }번 연장
    }
receipt-extended = { $by } 님이 { $at }에 연장 → { $until }까지
receipt-window-expired = { $end }에 시간이 끝나 닫았습니다.
receipt-pair-expired = { $end }에 시간이 끝나 종료했습니다.
receipt-window-asked = { $by } 님이 { $at }에 닫았습니다.
receipt-pair-asked = { $by } 님이 { $at }에 종료했습니다.
receipt-given-up = { $at }에 중단하고 정리했습니다.
receipt-gone = 과금되는 마지막 리소스는 { $after } 뒤인 { $at }에 없어졌습니다.
receipt-late = ⚠️ **지연:** 과금되는 마지막 리소스가 { $after }이나 지난 { $at }에야 없어졌습니다. 보통 { $usual } 안에 끝납니다.
receipt-item = • { $kind } `{ $name }` · { $length } · { $usd }
receipt-item-hours = • { $kind } `{ $name }` · { $length }({ $hours }시간으로 과금) · { $usd }
receipt-no-price = 요금표에 없음
receipt-nothing = 요금이 드는 리소스는 만들지 않았습니다.
receipt-total = **합계 { $usd }** (정가 기준, 트래픽 제외)
receipt-no-list = 이 리전의 요금표가 없어 합계를 낼 수 없습니다.
receipt-more = … 외 { $count }개
receipt-rest-nothing = 남은 리소스가 없습니다
receipt-rest-free = 더 이상 과금되지 않습니다
receipt-rest-used = 다른 곳에서 사용 중인 리소스는 계속 과금됩니다
receipt-left = ⚠️ 직접 정리해야 하는 리소스(요금은 없습니다):
receipt-used = ⚠️ 실행 중인 다른 인스턴스가 사용하고 있어 남겨 둔 리소스:
receipt-used-costs = ⚠️ 실행 중인 다른 인스턴스가 사용하고 있어 남겨 둔 리소스({ $hourly } 과금 중):
receipt-left-unseen = { $kind }: 조회할 수 없었습니다. { $why }
receipt-proof = ✅ { $at }에 AWS를 다시 조회해 모두 없어진 것을 확인했습니다: { $parts }.{ $end }
receipt-proof-end = {" "}더 이상 과금되지 않습니다.
receipt-disowned = – `ManagedBy=doorman` 태그가 없음
receipt-taken = ⚠️ 누군가 아래 리소스에서 `ManagedBy=doorman` 태그를 지우거나 바꿨습니다. 리소스는 아직 남아 있지만 doorman은 건드리지 않습니다.
receipt-taken-costs = ⚠️ 누군가 아래 리소스에서 `ManagedBy=doorman` 태그를 지우거나 바꿨습니다. 리소스는 아직 남아 있고 { $hourly } 과금되지만 doorman은 건드리지 않습니다.
receipt-taken-remedy = → 태그를 되돌리면 doorman이 삭제합니다. 아니면 AWS 콘솔에서 직접 삭제해 주세요.
