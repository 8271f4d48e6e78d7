### What the channel is told unasked.

notice-warning =
    ⏰ The { $lease } closes in { $minutes ->
        [0] less than a minute
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }, at { $at }. { $need }
notice-over = ✅ { $Lease } closed { $at }{ $cost }{ $link }
notice-over-cost = {" "}· { $usd }
notice-over-link = {" "}· [receipt ↑]({ $url })
notice-late-window-title = 🔴 Late: the { $lease } is not closed yet
notice-late-service-title = 🔴 Late: the { -pair } is not terminated yet
notice-late-since = It should have been gone at { $at } ({ $ago }).
notice-late-left = **This is still there and costs { $hourly }:**
notice-late-left-free = **This is still there:**
notice-late-left-unseen = **As far as doorman knows, this is still there and costs { $hourly }:**
notice-late-left-unseen-free = **As far as doorman knows, this is still there:**
notice-late-unproved = Nothing of it was left when AWS answered last, but that is not proved before AWS can be looked at again.
notice-late-goes-on = doorman goes on trying for as long as it takes, and says here when nothing is left.
notice-late-by-hand = If it cannot wait, remove it by hand: the buttons lead to the right pages.
notice-late-gateway-by-hand = If it cannot wait, remove it by hand: the buttons lead to the right pages. Begin with the { -gateway }; its { -address } cannot be released before it is gone.
notice-button-console = { $what } in the AWS console
notice-relief-window = ✅ The { $lease } is closed at last, { $rest }.{ $gone }{ $link }
notice-relief-service = ✅ The { -pair } is terminated at last, { $rest }.{ $gone }{ $link }
notice-relief-gone = {" "}The last of it that bills was gone at { $at }, { $after } after it was due.
notice-relief-link = {" "}[Receipt]({ $url })
notice-forgotten-title = ✅ Nothing of this is left in AWS
notice-forgotten =
    doorman has lost its record of what this message told of: its store was deleted, or restored from an earlier time. When it looked at AWS, { $at }, nothing that costs money carried the tag `doorman:lease={ $lease }`. If it is still needed, ask for it again.
notice-need-internet = Whoever still needs the internet should extend it now.
notice-need-shell = Whoever still needs a shell should extend it now.
