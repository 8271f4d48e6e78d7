### The receipt of a lease.

receipt-kind-address = { -address }
receipt-kind-gateway = { -gateway }
receipt-kind-rule = Security group rule
receipt-kind-endpoint = Interface endpoint
receipt-kind-instance = Instance
receipt-kind-volume = Volume
receipt-kind-schedule = Schedule of the safety net
receipt-kind-route = Route to the internet
receipt-kind-role = IAM role
receipt-kind-profile = Instance profile
receipt-kind-runbook = Runbook of the safety net
receipt-kind-backstop-role = IAM role of the safety net
receipt-kind-interface = Network interface
receipt-kind-agent = SSM agent
receipt-not-seen = • { $kind }: cannot be looked at just now
receipt-part-gateway = { -gateway }
receipt-part-address = { -address }
receipt-part-route = route
receipt-part-rules = rules
receipt-part-instances = instances
receipt-part-volumes = volumes
receipt-part-endpoints = endpoints
receipt-part-role = role
receipt-part-profile = instance profile
receipt-part-schedule = schedule of the safety net

receipt-cost = : { $usd }
receipt-window-span = Opened by { $by } · { $from } – { $to } ({ $length })
receipt-pair-span = Launched by { $by } · { $from } – { $to } ({ $length })
receipt-extended-before =
    { $count ->
        [one] Extended once before that
       *[other] Extended { $count } times before that
    }
receipt-extended = Extended by { $by } at { $at }, until { $until }
receipt-window-expired = Closed because its time was over at { $end }.
receipt-pair-expired = Terminated because its time was over at { $end }.
receipt-window-asked = Closed by { $by } at { $at }.
receipt-pair-asked = Terminated by { $by } at { $at }.
receipt-given-up = Given up at { $at }.
receipt-gone = The last of it that bills was gone at { $at }, { $after } after that.
receipt-late = ⚠️ **Late:** the last of it that bills was gone at { $at }, { $after } after that. Up to { $usual } is usual.
receipt-item = • { $kind } `{ $name }` · { $length } · { $usd }
receipt-item-hours = • { $kind } `{ $name }` · { $length }, billed as { $hours } h · { $usd }
receipt-no-price = price not in the list
receipt-nothing = Nothing that costs money was made.
receipt-total = **Total { $usd }** at list price, without traffic
receipt-no-list = There is no list price for this region, so no total.
receipt-more = … and { $count } more
receipt-rest-nothing = nothing of it is left
receipt-rest-free = nothing of it bills any more
receipt-rest-used = what others use of it bills on
receipt-left = ⚠️ Left to you, it costs nothing:
receipt-used = ⚠️ Stays, because instances that run on use it:
receipt-used-costs = ⚠️ Stays and bills { $hourly }, because instances that run on use it:
receipt-left-unseen = { $kind }: could not be looked at. { $why }
receipt-proof = ✅ Looked for in AWS again at { $at }, and gone: { $parts }.{ $end }
receipt-proof-end = {" "}Nothing keeps billing.
receipt-disowned = – without the tag `ManagedBy=doorman`
receipt-taken = ⚠️ Somebody has taken the tag `ManagedBy=doorman` away from this. It is still there, and doorman does not touch it:
receipt-taken-costs = ⚠️ Somebody has taken the tag `ManagedBy=doorman` away from this. It is still there and bills { $hourly }, and doorman does not touch it:
receipt-taken-remedy = → Put the tag back, and doorman removes it; or remove it in the AWS console.
