### The living message of the service pair.

service-opening-title = ⏳ Launching the { -pair }
service-repairing-title = ⏳ Repairing the { -pair }
service-ready-title = 🟢 The { -pair } is ready
service-drift-title = ⚠️ The { -pair } needs attention
service-closing-title = ⏳ Terminating the { -pair }
service-closed-title = ✅ Service pair terminated, { $rest }{ $cost }
service-failing-title = ⏳ The { -pair } could not be launched, clearing up
service-failed-title = ❌ The { -pair } could not be launched, { $rest }{ $cost }

service-step-role = IAM role and instance profile
service-step-endpoints = Interface endpoints ({ $ready } of { $count })
service-step-rules = Security group rules
service-step-instances = Instances running ({ $ready } of { $count })
service-step-agents = Shell answers ({ $ready } of { $count })
service-started = Started { $since }.
service-slow-endpoints = AWS usually takes a minute or two for the endpoints. The instances wait for them: one that boots without them goes to sleep for many minutes.
service-slow-instances = Instances usually run within a minute.
service-slow-agents = The shell usually answers a minute or two after the boot. An instance that is silent for { $minutes } minutes is rebooted once.

service-get-in = Get in with { -cmd-session }.
service-open-a-shell = Shell access is closed; { -cmd-shell-open } opens it for a while.
service-stays = It keeps running, and billing, until somebody sends { -cmd-terminate }.
service-not-unasked = doorman does not rebuild what was ready once without being asked: press **Repair**.
service-field-by = Launched by
service-by = { $by }, { $full }
service-field-price = Costs
service-price = { $hourly } · { $monthly }

service-closing-asked = Asked for by { $by } { $ago }.
service-gone = { $what }: gone
service-going = { $what }: { $count } left
service-slow-removal = AWS usually takes a few minutes to delete endpoints.
service-moved = ➡️ This goes on in [a later message]({ $url }).
