### /launch service: 확인 카드와, 카드를 보여 줄 수 없는 이유.

launch-title = { -pair }를 실행할까요? { $hourly }
launch-title-no-price = { -pair }를 실행할까요?
launch-price = 실행하는 동안 **{ $hourly }**, 종료하지 않고 두면 **{ $monthly }**
launch-makes =
    { $count ->
       *[other] **새로 만들 리소스:** 인스턴스 { $count }대, `{ $type }`, `{ $image }`, { $market }
    }
launch-on-demand = 온디맨드
launch-spot = 스팟
launch-instance = **{ $name }** · { $zone } · { $address }
launch-volume = 새 인스턴스마다 { $size }GiB { $kind } 볼륨 하나(인스턴스와 함께 삭제됨)
launch-role = IAM 역할과 인스턴스 프로파일 `{ $role }`
launch-endpoints =
    { $count ->
       *[other] 인터페이스 엔드포인트 { $count }개: { $services }
    }
launch-rules =
    { $count ->
       *[other] 보안 그룹 `{ $group }`에 규칙 { $count }개(같은 보안 그룹끼리 443번 포트 허용)
    }
launch-uses = **이미 있어서 그대로 쓰는 리소스:**
launch-network = 네트워크: `{ $vpc }`, `{ $subnets }`, `{ $group }`
launch-without-shell = 셸 접속은 포함되지 않으며 { -cmd-shell-open } 명령어로 엽니다. 바로 접속하려면 먼저 열어 두세요. 셸 접속 없이 부팅한 인스턴스는 연결되기까지 길게는 1시간이 걸릴 수 있습니다.
launch-out-of-support = Ubuntu 20.04는 2025년 5월 31일에 표준 지원이 끝났습니다. 24.04는 지원 기간이 남아 있습니다.

launch-repair-title = { -pair }를 복구할까요?
launch-repairs = **복구할 내용:**
launch-mends = **{ $name }** 인스턴스를 다시 시작하거나 인스턴스 프로파일을 다시 연결합니다
launch-wakes = 응답하지 않는 인스턴스를 한 번 재부팅합니다
launch-leaves-the-rest = 정상인 리소스는 건드리지 않습니다.
launch-adds = 추가 요금: **{ $hourly }**

launch-complete = ✅ { -pair }가 이미 모두 갖춰져 있어 할 일이 없습니다. { $by } 님이 { $at }에 실행했습니다. { -cmd-session } 명령어로 접속할 수 있습니다.
launch-stays = 지금 실행 중인 구성(`{ $type }`, `{ $image }`, { $market })은 그대로 둡니다. 다른 구성으로 바꾸려면 먼저 { -cmd-terminate } 명령어로 종료해 주세요.
launch-opening = ⏳ 이미 { -pair }를 만드는 중입니다({ $by } 님 요청, { $since } 시작).
launch-closing = ⏳ { $since }부터 { -pair }를 정리하는 중입니다. 몇 분 뒤 정리가 끝나면 다시 실행해 주세요.
launch-followed-there = 진행 상황은 { $link }에서 볼 수 있습니다.
launch-beyond-repair = doorman이 찾은 { -pair }는 어떤 인스턴스였는지 알 수 없어 복구할 수 없습니다. { -cmd-terminate } 명령어로 정리한 뒤 다시 실행해 주세요.
launch-blocked-title = ❌ 이대로는 { -pair }를 실행할 수 없습니다
launch-unseen-title = ❌ { -pair } 실행에 필요한 AWS 상태를 다 확인하지 못했습니다
launch-unseen = `{ $operation }` 조회 실패: { $why }
launch-nothing-made = 아무것도 만들지 않았습니다.
launch-misspelt-image = { $typed } 이미지는 없습니다. 혹시 `{ $nearest }`인가요? `ubuntu-24.04`, `ubuntu-22.04`, `ubuntu-20.04`와 `ami-…` ID를 쓸 수 있습니다.
launch-suggestion = { $type } · vCPU { $vcpus }개 · { $memory } GiB · { $hourly }
