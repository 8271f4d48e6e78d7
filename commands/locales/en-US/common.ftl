### Words and sentences that are the same everywhere.

-window = NAT window
-shell = shell window
-pair = service pair
-gateway = NAT gateway
-address = Elastic IP
-cmd-launch = `/launch service`
-cmd-terminate = `/terminate service`
-cmd-nat-open = `/nat open`
-cmd-nat-extend = `/nat extend`
-cmd-nat-close = `/nat close`
-cmd-nat-history = `/nat history`
-cmd-shell-open = `/shell open`
-cmd-shell-extend = `/shell extend`
-cmd-shell-close = `/shell close`
-cmd-session = `/session start`
-cmd-status = `/status`
-cmd-cost = `/cost now`
-cmd-help = `/help`

common-per-hour = { $usd }/h
common-per-month = { $usd }/month
common-button-confirm = Confirm
common-button-cancel = Cancel
common-button-again = Try again
common-button-extend = Extend 30m
common-button-close = Close now
common-button-repair = Repair
common-button-by-hand = By hand
common-list-price = AWS list price for { $region } as of { $date }, without tax and credits
common-reference = Reference { $reference }
common-broken =
    Something went wrong on doorman's side, and nothing more was changed. Try again; if it happens again, give the people who run doorman this number: { $reference }.
common-not-looked = AWS has not been looked at yet; doorman has just started.
common-nat-window = { -window }
common-shell-window = { -shell }
common-pair = { -pair }
common-open-nat-window = { -cmd-nat-open }
common-open-shell-window = { -cmd-shell-open }
common-open-pair = { -cmd-launch }
common-link-receipt = {" "}[Receipt]({ $url })
common-link-progress = {" "}[Progress here]({ $url })
common-close-nat-window = { -cmd-nat-close }
common-close-shell-window = { -cmd-shell-close }
common-close-pair = { -cmd-terminate }
