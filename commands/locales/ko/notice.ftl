### 채널에 먼저 알리는 내용.

notice-warning =
    ⏰ { -window }이 { $minutes ->
        [0] 1분 안에
       *[other] { $minutes }분 뒤에
    } 닫힙니다({ $at }). 인터넷이 더 필요하면 지금 연장해 주세요.
notice-late-window-title = ⚠️ { -window } 닫기가 늦어지고 있습니다
notice-late-service-title = ⚠️ { -pair } 정리가 늦어지고 있습니다
notice-late-since = { $due }에 닫혔어야 합니다.
notice-late-left = doorman이 아는 한 아래 리소스가 아직 남아 있어 { $hourly }의 요금이 나가고 있습니다.
notice-late-goes-on = 남은 것이 없을 때까지 doorman이 계속 시도한 뒤 정산 내역을 올립니다.
notice-late-window-by-hand = 급하면 VPC 콘솔에서 NAT 게이트웨이를 삭제하고, 삭제가 끝나면 탄력적 IP를 릴리스해 주세요.
notice-late-service-by-hand = 급하면 EC2 콘솔에서 인스턴스를 종료하고, VPC 콘솔에서 엔드포인트를 삭제해 주세요.
