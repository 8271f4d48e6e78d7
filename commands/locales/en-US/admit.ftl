### Refusals at the door.

admit-direct-message = doorman does not work in direct messages. Use the command in a channel of the server it belongs to.
admit-other-guild = doorman is set up for another server and does nothing in this one.
admit-role-missing =
    { $count ->
        [1] You need the role { $roles } (verb `{ $verb }`) for this. Ask somebody who manages the server's roles.
       *[other] You need one of the roles { $roles } (verb `{ $verb }`) for this. Ask somebody who manages the server's roles.
    }
admit-nobody-may = Nobody may do this yet: no `[[policy.grant]]` in doorman's settings has the verb `{ $verb }`. The people who run doorman can add one.
admit-unknown-command = doorman knows no command `{ $typed }`. Did you mean `{ $nearest }`?
admit-unknown-market = { $typed } is not a way to buy instances. Did you mean `{ $nearest }`? Possible are `on-demand` and `spot`.
admit-stale-button = This button belongs to something that is over or was replaced. { -cmd-status } shows how things stand now.
