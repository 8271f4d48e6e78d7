### 입구에서 하는 거절.

admit-direct-message = doorman은 DM에서 동작하지 않습니다. doorman이 설정된 서버의 채널에서 명령어를 사용해 주세요.
admit-other-guild = doorman은 다른 서버용으로 설정되어 있어 이 서버에서는 동작하지 않습니다.
admit-role-missing =
    { $count ->
        [1] 이 작업에는 { $roles } 역할이 필요합니다(권한 `{ $verb }`). 서버의 역할 관리자에게 요청해 주세요.
       *[other] 이 작업에는 { $roles } 중 하나의 역할이 필요합니다(권한 `{ $verb }`). 서버의 역할 관리자에게 요청해 주세요.
    }
admit-nobody-may = 아직 이 작업을 할 수 있는 사람이 없습니다. doorman 설정의 `[[policy.grant]]`에 `{ $verb }` 권한이 없으니 doorman 운영자에게 추가를 요청해 주세요.
admit-unknown-command = `{ $typed }` 명령어는 없습니다. 혹시 `{ $nearest }`인가요?
admit-unknown-market = { $typed }: 알 수 없는 구매 옵션입니다. 혹시 `{ $nearest }`인가요? `on-demand`와 `spot` 중에서 고를 수 있습니다.
admit-stale-button = 이미 끝났거나 새 메시지로 대체된 버튼입니다. 현재 상태는 { -cmd-status }에서 확인할 수 있습니다.
