### The same by hand: AWS CLI lines.

hand-opens = What is typed to open this by hand, with the AWS CLI in any POSIX shell: { $lease }. What it opens doorman knows by its tags, tells of in the channel, and closes at its end if it has one.
hand-closes = What is typed to close this by hand, with the AWS CLI in any POSIX shell: { $lease }.
hand-no-lines = There are no lines for this now: { $lease }.
hand-waits = It would have to wait for something that nobody can bring about.
