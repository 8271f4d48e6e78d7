### /cost now, and sentences about money that others use too.

cost-title = { $hourly } right now
cost-title-nothing = $0.00 right now
cost-title-no-list = What is running
cost-sum = **{ $monthly }** if everything keeps running
cost-sum-lasting = **{ $monthly }** if what has no end keeps running
cost-by-its-end = The { $lease } will have cost **{ $usd }** when it closes at { $end }
cost-nothing-runs = Nothing of doorman's is running.
cost-line = • { $kind } { $name } · { $price } · started { $since }
cost-more = … and { $count } more
cost-unknown = price not in the list
cost-at-least = at least { $amount }
cost-hand-made = **Made by hand, not doorman's, but billed:** { $hourly } · { $monthly }
cost-as-of = -# As of { $at }
cost-today = Spent today: **{ $usd }**
cost-since = For the { $lease }, since { $since }: **{ $usd }**

cost-running = 💵 **{ $hourly }** as of { $at }
cost-nothing = 💵 **$0.00** – nothing of doorman's is billed right now.
cost-by-hand = (and { $hourly } for endpoints made by hand)
cost-no-list = doorman has no list prices for { $region }, so it cannot say what this costs.
cost-not-known = Not known yet
cost-note-hours = gateways and endpoints are billed by the started hour
cost-note-spot = spot is shown at the on-demand price; it is usually less
cost-note-unknown = no list price for { $names }
