### /terminate service: the card, or why there is none.

terminate-title = Terminate the { -pair }?
terminate-data = What is on the instances is lost for good.
terminate-goes = **Will go:**
terminate-goes-all = everything doorman made for the pair
terminate-instance = instance **{ $name }** (`{ $type }`)
terminate-volumes =
    { $count ->
        [1] its volume, with all data on it
       *[other] their { $count } volumes, with all data on them
    }
terminate-endpoints =
    { $count ->
        [1] interface endpoint: { $services }
       *[other] { $count } interface endpoints: { $services }
    }
terminate-rules =
    { $count ->
        [1] 1 rule in `{ $group }`
       *[other] { $count } rules in `{ $group }`
    }
terminate-role = IAM role and instance profile `{ $role }`
terminate-stays = **Stays:**
terminate-network = the network: `{ $vpc }` with its subnets, route tables and security groups
terminate-hand-endpoints = endpoints made by hand: { $services }
terminate-hand-role = the IAM role `{ $role }`, made by hand
terminate-window-stays = The { $lease } stays open until **{ $at }** ({ $left }).
terminate-since = Launched by { $by } { $at }.
terminate-spent = It has cost **{ $usd }** so far.
terminate-nothing = No { -pair } is leased; there is nothing to terminate.
terminate-already = ⏳ The { -pair } is being taken down since { $since }.
terminate-another = The pair this card was about is gone, and another was launched since. Nothing was changed: send { -cmd-terminate } again if that one should go too.
terminate-blind = ⚠️ { $why } This is what was last known; the pair goes as soon as AWS answers again.
