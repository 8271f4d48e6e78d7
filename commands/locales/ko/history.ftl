### /nat 기록

history-title = 🧾 { -window } 기록(최근 순)
history-none = 아직 { -window }을 연 적이 없습니다.
history-count-wrong = { $typed }: 1부터 { $most }까지의 숫자를 입력해 주세요.
history-sum-shown =
    { $count ->
       *[other] **표시한 { $count }건:** 총 { $open }, { $usd }
    }
history-sum-recent =
    { $count ->
       *[other] **최근 { $days }일({ $count }건):** 총 { $open }, { $usd }
    }
history-span = { $from } – { $to } ({ $length })
history-since = { $from }부터
history-by = { $by } 님이 엶
history-extended =
    { $count ->
       *[other] { $by } 님이 연장({ $count }회)
    }
history-opening = 여는 중
history-open = { $end }까지 열려 있음
history-closing = 닫는 중
history-left = **아직 닫히지 않았고 남은 리소스가 있음**
history-asked = { $by } 님이 닫음
history-expired = 시간이 끝나 닫힘
history-failed = 열지 못함
history-late = ⚠️ { $late } 늦음
history-link = [자세히]({ $url })
history-no-room =
    { $count ->
       *[other] … { $count }건은 메시지 하나에 다 들어가지 않아 생략했습니다.
    }
