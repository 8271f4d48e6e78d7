### The receipt of a lease.

receipt-kind-address = { -address }
receipt-kind-gateway = { -gateway }
receipt-kind-rule = Security group rule
receipt-kind-endpoint = Interface endpoint
receipt-kind-instance = Instance
receipt-kind-volume = Volume
receipt-kind-schedule = Safety net
receipt-part-gateway = { -gateway }
receipt-part-address = { -address }
receipt-part-route = route
receipt-part-rules = rules
receipt-part-instances = instances
receipt-part-volumes = volumes
receipt-part-endpoints = endpoints
receipt-part-role = role and instance profile
receipt-part-schedule = safety net

receipt-span = Opened by { $by } · { $from } – { $to } ({ $length })
receipt-extended = Extended by { $by } until { $until }
receipt-expired = Closed when its time was over.
receipt-asked = Closed by { $by }.
receipt-item = • { $kind } `{ $name }` · { $length } · { $usd }
receipt-item-hours = • { $kind } `{ $name }` · { $length }, billed as { $hours } h · { $usd }
receipt-no-price = price not in the list
receipt-nothing = Nothing that costs money was made.
receipt-total = **Total { $usd }** at list price, without traffic
receipt-no-list = There is no list price for this region, so no total.
receipt-more = … and { $count } more
receipt-proof = ✅ Looked again at { $at }, and found none of it: { $parts }. Nothing keeps billing.
receipt-late = ⚠️ doorman began to close it { $late } late.
