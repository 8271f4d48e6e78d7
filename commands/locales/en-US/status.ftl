### /status, and the words for states that others use too.

status-pair-none = Nothing is running
status-pair-opening = Pair being launched
status-pair-running =
    { $count ->
        [1] 1 instance running
       *[other] { $count } instances running
    }
status-pair-damaged = Pair needs attention
status-pair-closing = Pair being terminated
status-net-closed = internet closed
status-net-opening = internet opening
status-net-open = internet open until { $at }
status-net-closing = internet closing
status-net-damaged = internet needs attention
status-access-closed = shell closed
status-access-opening = shell opening
status-access-open = shell open until { $at }
status-access-closing = shell closing
status-access-damaged = shell needs attention
status-title-blind = ⚠️ AWS cannot be asked right now

status-last-known = **Last known state, from { $at }:**
status-no-instances = ⚪ No instances
status-window-closed = 🔒 { $Lease } closed
status-window-opening = { $sign } { $Lease } opening, until **{ $at }** ({ $left }), by { $by }
status-window-open = { $sign } { $Lease } open until **{ $at }** ({ $left }), by { $by }
status-window-closing = { $sign } { $Lease } closing since { $since }
status-link = [its message]({ $url })
status-repair-there = → The **Repair** button is on { $link }.
status-repair-pair = → { -cmd-launch } repairs the pair.
status-repair-window = → Close the { $lease } with { $close } and open it again.

status-machine-expected = not started yet
status-machine-starting = starting
status-machine-running = running
status-machine-stopped = stopped
status-machine-leaving = being terminated
status-machine-missing = gone
status-shell-ready = shell ready
status-shell-waiting = shell not ready yet
status-shell-lost = shell not answering
status-shell-closed = shell closed
status-shell-unknown = shell unknown

status-gateway-pending = being made
status-gateway-available = available
status-gateway-failed = failed
status-gateway-deleting = being deleted
status-route-none = no way out
status-route-active = open through { $name }
status-route-broken = route leads nowhere
status-route-foreign = route not made by doorman
status-label-internet = Internet
status-label-left = { $left } left
status-label-endpoints = shell endpoints
status-label-missing = not found
status-label-no-instances = no instances
status-label-no-network = no network found
