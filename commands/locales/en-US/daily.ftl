### The daily summary.

daily-title = ☀️ { $day }: what is running
daily-title-quiet = ☀️ { $day }: nothing is running
daily-cost = Yesterday **{ $yesterday }** · last { $days } days **{ $all }**
daily-no-costs = The cost of the last days could not be read; the people who run doorman find the reason in its log.
daily-nothing-runs = No instances, no { -window }: nothing of doorman's is billed.
daily-if-left = If it all keeps running: **{ $monthly }**
daily-if-left-lasting = If what has no end keeps running: **{ $monthly }**
daily-since = **Since { $at }:**
daily-no-change = No change.
daily-launched = { $by } launched the { -pair } ({ $at })
daily-terminated = { $by } terminated the { -pair } ({ $at })
daily-launch-failed = A launch failed: { $why }
daily-windows =
    { $count ->
        [1] 1 { $lease }, { $length }
       *[other] { $count } { $lease }s, { $length } in all
    }
daily-broke = New: { $what }
daily-mended =
    { $count ->
        [1] 1 problem is solved
       *[other] { $count } problems are solved
    }
daily-chart-title = Cost by day, last { $days } days
daily-chart-axis = USD a day
daily-chart-note = estimate from list prices of { $date }, without traffic
