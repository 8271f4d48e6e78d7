### Names and descriptions of the commands, as Discord shows them while typing.

command-word-launch = launch
command-word-terminate = terminate
command-word-service = service
command-word-nat = nat
command-word-open = open
command-word-extend = extend
command-word-close = close
command-word-history = history
command-word-session = session
command-word-start = start
command-word-status = status
command-word-cost = cost
command-word-now = now
command-word-help = help
command-word-type = type
command-word-image = image
command-word-market = market
command-word-duration = duration
command-word-count = count
command-word-instance = instance

command-launch = Build things in AWS
command-launch-service = Build the private service pair with shell access, or repair what is missing of it
command-terminate = Take things down
command-terminate-service = Take down the service pair and the shell access made for it
command-nat = Internet access for the private subnets, for a while
command-nat-open = Give the private subnets internet access for a while; it closes by itself
command-nat-extend = Keep the open NAT window open for longer
command-nat-close = Close the NAT window now
command-nat-history = Past NAT windows: who, how long, what they cost, how they ended
command-session = Shell access without SSH
command-session-start = Get the way into an instance: console link and CLI line; only you see it
command-status = What is running, how it stands, and what it costs an hour
command-cost = What it costs
command-cost-now = What is running right now, and the price of each thing
command-help = The commands, and which of them you may use

command-option-type = Instance type, such as t3.micro
command-option-image = Image, such as ubuntu-24.04, or an ami-…
command-option-market = On-demand, or spot: cheaper, but AWS may take the instances away
command-option-open-duration = How long, such as 30m, 1h30m or 90 (minutes)
command-option-extend-duration = How much longer, such as 30m, 1h or 90 (minutes)
command-option-count = How many, up to 25 (10 if left out)
command-option-instance = Which instance
command-choice-on-demand = on-demand
command-choice-spot = spot
