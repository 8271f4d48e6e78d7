### The living message of a window.

window-opening-title = ⏳ Opening the { $lease }
window-repairing-title = ⏳ Repairing the { $lease }
window-ready-title = 🟢 The { $lease } is open
window-drift-title = ⚠️ The { $lease } is damaged
window-closing-title = ⏳ Closing the { $lease }
window-closed-title = ✅ { $Lease } closed, { $rest }{ $cost }
window-failing-title = ⏳ The { $lease } could not be opened, clearing up
window-failed-title = ❌ The { $lease } could not be opened, { $rest }{ $cost }

window-part-address = { -address }
window-part-gateway = { -gateway }
window-part-route = Route to the internet
window-part-rules = Outbound rules for ports { $ports }

window-usually = Started { $since }. The gateway usually takes 2 minutes.
window-until = Open until **{ $at }** ({ $left })
window-opens-until = Closes by itself at **{ $at }** ({ $left })
window-reaches = The private subnets reach the internet on ports { $ports }.
window-reaches-some = { $subnets } reach the internet on ports { $ports }.
window-cut-off = ⚠️ The route table `{ $table }` is not associated with { $subnets }, so nothing there reaches the internet through this window. The people who run doorman can associate it in the VPC console.
window-broken = Until it is repaired, the private subnets may not reach the internet. It is billed all the same.
window-net-armed = Safety net: AWS closes it by itself at { $at }, should doorman be gone.
window-net-no-role = ⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window stays open. The people who run doorman can make one: `doorman check --fix`.
window-net-no-runbook = ⚠️ **No safety net:** its runbook is missing in AWS, or is not the one that doorman writes. If doorman is gone for good, this window stays open. The people who run doorman can put it right: `doorman check --fix`.
window-net-missing = ⚠️ **No safety net:** it cannot be armed in AWS at the moment. If doorman is gone for good, this window stays open. doorman goes on trying; the people who run it find out why with `doorman check`.
window-setback = The last repair did not work:
window-price = { $hourly } at list price, plus traffic
window-price-unknown = No list prices for { $region }
window-started-hours = The gateway is billed by the started hour, so extending costs less than closing and opening again.

window-field-by = Opened by
window-field-price = Costs
window-field-address = Seen from outside as
window-field-extended = Extended by
window-by = { $by } at { $at }
window-extension = { $by } at { $at }, until { $until }

window-closing-expired = Its time was over at { $at }.
window-closing-asked = Closed by { $by } { $at }.
window-gone-address = { -address } released
window-gone-gateway = { -gateway } deleted
window-gone-route = Route to the internet removed
window-gone-rules = Outbound rules removed
window-waits-for-gateway = once the gateway is gone
window-deleting = AWS usually takes a minute or two
window-receipt-follows = The receipt follows here as soon as nothing is left.

window-shell-usually = Started { $since }. AWS usually takes a minute or two for the endpoints.
window-shell-broken = Until it is repaired, sessions may not start. It is billed all the same.
window-shell-nobody = The { -pair } is not launched, so there is nobody to reach: { -cmd-launch }.
window-shell-silent = No instance answers yet. One that booted without shell access looks for it only now and then, which can take up to an hour; a reboot makes it look at once.
window-shell-price = { $hourly } at list price, plus traffic
window-shell-started-hours = Endpoints are billed by the started hour, so extending costs less than closing and opening again.
