### /terminate service: 확인 카드와, 카드를 보여 줄 수 없는 이유.

terminate-title = { -pair }를 종료할까요?
terminate-data = 인스턴스에 있는 데이터는 영구적으로 삭제됩니다.
terminate-goes = **삭제할 리소스:**
terminate-goes-all = doorman이 이 인스턴스들을 위해 만든 모든 리소스
terminate-instance = **{ $name }** 인스턴스(`{ $type }`)
terminate-volumes =
    { $count ->
       *[other] 볼륨 { $count }개와 그 안의 모든 데이터
    }
terminate-endpoints =
    { $count ->
       *[other] 인터페이스 엔드포인트 { $count }개: { $services }
    }
terminate-rules =
    { $count ->
       *[other] 보안 그룹 `{ $group }`의 규칙 { $count }개
    }
terminate-role = IAM 역할과 인스턴스 프로파일 `{ $role }`
terminate-stays = **그대로 두는 리소스:**
terminate-network = 네트워크: `{ $vpc }`의 서브넷, 라우팅 테이블, 보안 그룹
terminate-hand-endpoints = 수동으로 만든 엔드포인트: { $services }
terminate-hand-role = 수동으로 만든 IAM 역할 `{ $role }`
terminate-window-stays = { $lease }은 **{ $at }**까지 열려 있습니다({ $left }).
terminate-since = { $by } 님이 { $at }에 실행했습니다.
terminate-spent = 누적 금액: **{ $usd }**
terminate-nothing = 실행된 { -pair }가 없어 종료할 것이 없습니다.
terminate-already = ⏳ { $since }부터 { -pair }를 정리하는 중입니다.
terminate-another = 이 카드가 가리키던 인스턴스는 이미 정리되었고, 그 뒤에 새로 실행된 인스턴스가 있습니다. 아무것도 바꾸지 않았으니 새로 실행된 쌍도 종료하려면 { -cmd-terminate } 명령어를 다시 입력해 주세요.
terminate-blind = ⚠️ { $why } 아래는 마지막으로 확인한 내용이며, AWS가 다시 응답하는 대로 정리합니다.
