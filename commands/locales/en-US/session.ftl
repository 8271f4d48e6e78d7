### /session start

session-ready-title = 🟢 { $name } is ready for a session
session-not-ready-title = ⏳ { $name } is not ready for a session yet
session-old = ⚠️ AWS could not be asked just now, so this is what was seen { $at }. { $why }
session-unknown = There is no instance { $typed }. There are: { $names }.
session-unknown-near = There is no instance { $typed }. Did you mean `{ $nearest }`? There are: { $names }.

session-instance-running = The instance runs
session-instance-pending = The instance is starting
session-instance-stopping = The instance is being stopped
session-instance-stopped = The instance is stopped
session-instance-missing = There is no instance { $name }
session-role = The role `{ $role }` and its instance profile are there
session-attached = The instance profile is attached
session-endpoints = The endpoints are available: { $services }
session-rules = `{ $group }` lets port 443 through between instances and endpoints
session-not-in-group = { $name } is not in the security group `{ $group }` any more, so its rules do not count for it
session-agent = The agent answers to Systems Manager

session-do-launch = The { -pair } is not launched. Use { -cmd-launch } to build it; it takes about 5 to 15 minutes.
session-do-wait = It is being built since { $since }. Try again in a few minutes.
session-do-wait-link = It is being built since { $since }; see [the progress]({ $url }).
session-do-after-closing = The { -pair } is being taken down. Use { -cmd-launch } when that is done.
session-do-repair = Use { -cmd-launch } to repair what is marked ❌; it changes nothing that is right. An agent that does not answer is rebooted by that.
session-do-open-shell = Shell access is closed. { -cmd-shell-open } opens it for a while.
session-do-after-shell-closing = The { -shell } is being closed. Use { -cmd-shell-open } when that is done.
session-do-repair-shell = Something of the { -shell } is missing: its message has a **Repair** button.{ $link }
session-do-try = What is marked ❔ could not be asked for. Just try; everything else is as it should be.
session-do-put-into-group = Give it the security group `{ $group }` back in the EC2 console (Actions → Security → Change security groups).

session-command = In a terminal with the AWS CLI and its Session Manager plugin:
session-command-later = When everything is ready, in a terminal with the AWS CLI and its Session Manager plugin:
session-needs = Both ways use your own AWS sign-in. No port 22, no key, no address of its own on the internet.
session-button-console = Open in the AWS console

session-state-pending = starting
session-state-running = running
session-state-stopped = stopped
session-state-missing = not launched
