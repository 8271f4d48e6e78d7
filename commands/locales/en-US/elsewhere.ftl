### What doorman cannot answer for: leases in another account or region, and leases that nobody here knows.

elsewhere-title = ⚠️ The { $lease } is somewhere else
elsewhere-account = It was opened in another AWS account than the one whose credentials doorman has now. From here it can be neither seen nor closed, and it bills on there.
elsewhere-region = It was opened in the region { $there }, and doorman is in { $here } now. From here it can be neither seen nor closed, and it bills on there.
elsewhere-end = It should close at { $at } ({ $left }).
elsewhere-closing = It is to be closed: that goes on as soon as doorman is back there.
elsewhere-remedy = → Start doorman with the credentials and the region that it had then, or remove it there in the AWS console.

elsewhere-notice-title = 📌 doorman has started somewhere else than where the { $lease } is
elsewhere-unknown-title = 📌 Found something that doorman has no record of
elsewhere-unknown-what = There is a { $lease } by its tags (`{ $id }`) that is not in doorman's store, and its time is not over: { $things }.
elsewhere-unknown-costs = It bills { $hourly }.
elsewhere-unknown-ends = By its tags it ends at { $at } ({ $left }), and is closed then.
elsewhere-unknown-why = The store may have been restored from an old copy, or another doorman made it. doorman neither touches it nor answers for it.
elsewhere-unknown-takes-over = → Close the { $lease } that is open ({ $close }); then doorman takes this one over.

elsewhere-stack-title = 📌 doorman has started with another stack than the one in which something is open
elsewhere-stack-what = { $count ->
    [one] Something is
   *[other] { $count } things are
} open by doorman's store in the stack `{ $there }`, and this doorman has the stack `{ $here }`. They are closed at their end, but cannot be closed from here before that.
elsewhere-stack-remedy = → Set `[stack] name` back to `{ $there }` to close them by command.
