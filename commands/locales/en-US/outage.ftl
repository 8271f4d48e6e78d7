### What the channel is told when AWS, Discord or the store was away for a while.

outage-aws = AWS could not be reached for { $length } ({ $from } – { $until }).
outage-aws-refused = AWS refused doorman's credentials or permissions for { $length } ({ $from } – { $until }).
outage-discord = doorman could not reach Discord for { $length } ({ $from } – { $until }).
outage-store = doorman's lease store could not be written for { $length } ({ $from } – { $until }).
outage-restarted = doorman itself was restarted in that time, so it may have been over sooner.
outage-back = All is well again.
outage-nothing = Nothing had to be opened or closed meanwhile.
outage-ready = • The { $what } was ready at { $at }.
outage-closed = • The { $what } was closed at { $at }, as it should be.
outage-closed-late = • The { $what } was closed at { $at }, { $late } later than it should have been.
outage-failed = • The { $what } could not be built; at { $at } nothing of it was left.
outage-closing = • The { $what } should have been closed at { $at }. doorman keeps trying until nothing is left.
outage-store-full = ⚠️ The disk with doorman's lease store is full. Until there is space, nothing can be opened or extended; what is open is closed on time all the same.
outage-store-refused = ⚠️ doorman's lease store cannot be written: its disk refuses. Until it can be, nothing can be opened or extended; what is open is closed on time all the same.
outage-store-hung = ⚠️ The disk with doorman's lease store does not answer. Until it does, nothing can be opened or extended; what is open is closed on time all the same.
