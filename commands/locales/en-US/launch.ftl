### /launch service: the card, or why there is none.

launch-title = Launch the { -pair }? { $hourly }
launch-title-no-price = Launch the { -pair }?
launch-price = **{ $hourly }** while it runs, **{ $monthly }** if nobody terminates it
launch-makes =
    { $count ->
        [1] **Will be made:** 1 instance, `{ $type }`, `{ $image }`, { $market }
       *[other] **Will be made:** { $count } instances, `{ $type }`, `{ $image }`, { $market }
    }
launch-on-demand = on-demand
launch-spot = spot
launch-instance = **{ $name }** · { $zone } · { $address }
launch-volume = a { $size } GiB { $kind } volume for each new instance, deleted with it
launch-role = IAM role and instance profile `{ $role }`
launch-endpoints =
    { $count ->
        [1] interface endpoint: { $services }
       *[other] { $count } interface endpoints: { $services }
    }
launch-rules =
    { $count ->
        [1] 1 rule in `{ $group }`: port 443 to itself
       *[other] { $count } rules in `{ $group }`: port 443 to itself
    }
launch-uses = **Already there, used as it is:**
launch-network = network: `{ $vpc }`, `{ $subnets }`, `{ $group }`
launch-without-shell = Shell access is no part of it: { -cmd-shell-open } opens it. Open it first to get in right away: instances that boot without it may take up to an hour to notice it.
launch-out-of-support = Ubuntu 20.04 has been without standard support since 31 May 2025; 24.04 has it.

launch-repair-title = Repair the { -pair }?
launch-repairs = **Will be repaired:**
launch-mends = **{ $name }** is started, or given back its instance profile
launch-wakes = instances that do not answer are rebooted once
launch-leaves-the-rest = What is right stays untouched.
launch-adds = Adds **{ $hourly }** to what runs now.

launch-complete = ✅ The { -pair } is complete; there is nothing to do. Launched by { $by } { $at }. { -cmd-session } gets you in.
launch-stays = What runs (`{ $type }`, `{ $image }`, { $market }) stays as it is. For another one, send { -cmd-terminate } first.
launch-opening = ⏳ The { -pair } is being built already (asked for by { $by } { $since }).
launch-closing = ⏳ The { -pair } is being taken down since { $since }. Launch it again when it is gone; that takes a few minutes.
launch-followed-there = Progress is on { $link }.
launch-beyond-repair = The { -pair } that doorman found cannot be repaired: it is not known what its instances were. Send { -cmd-terminate }, then launch it anew.
launch-blocked-title = ❌ The { -pair } cannot be launched like this
launch-unseen-title = ❌ Not all that the { -pair } rests on could be looked at
launch-unseen = `{ $operation }` brought no answer: { $why }
launch-nothing-made = Nothing was made.
launch-misspelt-image = There is no image { $typed }. Did you mean `{ $nearest }`? Possible are `ubuntu-24.04`, `ubuntu-22.04`, `ubuntu-20.04` and the `ami-…` id of an image.
launch-suggestion = { $type } · { $vcpus } vCPU · { $memory } GiB · { $hourly }
