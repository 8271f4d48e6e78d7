### 일일 요약.

daily-title = ☀️ { $day } 실행 현황
daily-title-quiet = ☀️ { $day } 실행 중인 리소스 없음
daily-cost = 어제 **{ $yesterday }** · 최근 { $days }일 **{ $all }**
daily-no-costs = 최근 비용을 읽지 못했습니다. 원인은 doorman 운영자가 로그에서 확인할 수 있습니다.
daily-nothing-runs = 인스턴스도 { -window }도 없습니다. doorman이 만든 리소스로 나가는 요금은 없습니다.
daily-if-left = 이대로 계속 실행하면 **{ $monthly }**
daily-if-left-lasting = 끝나는 시간이 없는 리소스를 계속 실행하면 **{ $monthly }**
daily-since = **{ $at } 이후 바뀐 점:**
daily-no-change = 없습니다.
daily-launched = { $by } 님이 { -pair }를 실행했습니다({ $at })
daily-terminated = { $by } 님이 { -pair }를 종료했습니다({ $at })
daily-launch-failed = 실행에 실패했습니다: { $why }
daily-windows =
    { $count ->
       *[other] { $lease } { $count }회, 모두 { $length }
    }
daily-broke = 새로 생긴 문제: { $what }
daily-mended =
    { $count ->
       *[other] 문제 { $count }건이 해결되었습니다
    }
daily-chart-title = 최근 { $days }일 일별 비용
daily-chart-axis = 하루 비용(USD)
daily-chart-note = { $date } 정가 기준 추정, 트래픽 제외
