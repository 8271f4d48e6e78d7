### What the channel is told unasked.

notice-warning =
    ⏰ The { -window } closes in { $minutes ->
        [0] less than a minute
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }, at { $at }. Whoever still needs the internet should extend it now.
notice-late-window-title = ⚠️ Closing the { -window } is late
notice-late-service-title = ⚠️ Taking the { -pair } down is late
notice-late-since = It should have been closed { $due }.
notice-late-left = As far as doorman knows, this is still there and costs { $hourly }:
notice-late-goes-on = doorman keeps trying until nothing is left, and then posts the receipt.
notice-late-window-by-hand = If it cannot wait: in the VPC console delete the NAT gateway, and release the Elastic IP once the gateway is gone.
notice-late-service-by-hand = If it cannot wait: terminate the instances in the EC2 console, and delete the endpoints in the VPC console.
