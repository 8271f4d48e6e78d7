### /nat history

history-title = 🧾 { -window }s, newest first
history-none = No { -window } has been opened yet.
history-count-wrong = { $typed } cannot be shown: write a number from 1 to { $most }.
history-sum-shown =
    { $count ->
        [one] **Shown:** { $count } window, open for { $open }, { $usd }
       *[other] **Shown:** { $count } windows, open for { $open }, { $usd }
    }
history-sum-recent =
    { $count ->
        [one] **Last { $days } days:** { $count } window, open for { $open }, { $usd }
       *[other] **Last { $days } days:** { $count } windows, open for { $open }, { $usd }
    }
history-span = { $from } – { $to } ({ $length })
history-since = since { $from }
history-by = opened by { $by }
history-extended =
    { $count ->
        [one] extended by { $by }
       *[other] extended { $count } times by { $by }
    }
history-opening = being opened
history-open = open until { $end }
history-closing = being closed
history-left = **not closed yet, something is left**
history-asked = closed by { $by }
history-expired = closed at its end
history-failed = could not be opened
history-late = ⚠️ { $late } late
history-link = [details]({ $url })
history-no-room =
    { $count ->
        [one] … { $count } more does not fit into one message.
       *[other] … { $count } more do not fit into one message.
    }
