### Cards: what is shown before something is done.

card-cancelled-launch-service = Cancelled by { $by }. Nothing was launched.
card-cancelled-terminate-service = Cancelled by { $by }. Nothing was taken down.
card-old = This card was made { $made }; what it said may no longer be true. Nothing was changed: please send the command again.
card-taken = { $by } was first and answered this card { $at }.
card-cancelled-shell-open = Cancelled by { $by }. Nothing was opened.
