### 채널에 먼저 알리는 내용.

notice-warning =
    ⏰ { $lease }이 { $minutes ->
        [0] 1분 안에
       *[other] { $minutes }분 뒤에
    } 닫힙니다({ $at }). { $need }
notice-over = ✅ { $Lease } { $at }에 닫힘{ $cost }{ $link }
notice-over-cost = {" "}· { $usd }
notice-over-link = {" "}· [정산 내역 ↑]({ $url })
notice-late-window-title = 🔴 지연: { $lease }이 아직 닫히지 않았습니다
notice-late-service-title = 🔴 지연: { -pair }가 아직 종료되지 않았습니다
notice-late-since = { $at }에 모두 삭제되었어야 합니다({ $ago }).
notice-late-left = **아직 남아 있는 리소스({ $hourly } 과금 중):**
notice-late-left-free = **아직 남아 있는 리소스:**
notice-late-left-unseen = **doorman이 아는 한 아직 남아 있는 리소스({ $hourly } 과금 중):**
notice-late-left-unseen-free = **doorman이 아는 한 아직 남아 있는 리소스:**
notice-late-unproved = AWS가 마지막으로 응답했을 때는 남은 것이 없었지만, 다시 조회하기 전에는 확인할 수 없습니다.
notice-late-goes-on = 남은 것이 없을 때까지 doorman이 계속 시도하고, 모두 없어지면 여기에 알립니다.
notice-late-by-hand = 급하면 아래 버튼으로 콘솔을 열어 직접 삭제해 주세요.
notice-late-gateway-by-hand = 급하면 아래 버튼으로 콘솔을 열어 직접 삭제해 주세요. { -gateway }를 먼저 삭제해야 { -address }를 릴리스할 수 있습니다.
notice-button-console = AWS 콘솔: { $what }
notice-relief-window = ✅ { $lease }이 뒤늦게 닫혔고 { $rest }.{ $gone }{ $link }
notice-relief-service = ✅ { -pair }가 뒤늦게 종료되었고 { $rest }.{ $gone }{ $link }
notice-relief-gone = {" "}과금되는 마지막 리소스는 예정보다 { $after } 늦은 { $at }에 없어졌습니다.
notice-relief-link = {" "}[정산 내역]({ $url })
notice-forgotten-title = ✅ AWS에 남은 것이 없습니다
notice-forgotten =
    이 메시지가 알리던 작업의 기록이 doorman에 없습니다. 저장소가 삭제되었거나 이전 시점으로 복원되었습니다. { $at }에 AWS를 조회한 결과, `doorman:lease={ $lease }` 태그가 달린 과금 리소스는 없습니다. 아직 필요하면 다시 요청해 주세요.
notice-need-internet = 인터넷이 더 필요하면 지금 연장해 주세요.
notice-need-shell = 셸이 더 필요하면 지금 연장해 주세요.
