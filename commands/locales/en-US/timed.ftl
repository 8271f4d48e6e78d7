### What windows of every kind have in common: open, extend and close.

timed-duration-missing = How long? Write something like `{ $nearest }`.
timed-duration-malformed = { $typed } is not a length of time. Did you mean `{ $nearest }`? `30m`, `1h30m` and `90` (minutes) work.
timed-duration-no-unit = { $typed }: { $before } and { $number } what? Add the unit, as in `{ $nearest }`.
timed-duration-zero = { $typed } is no time at all. The shortest is `{ $nearest }`.
timed-duration-negative = { $typed } lies in the past. Did you mean `{ $nearest }`?
timed-duration-too-short = { $typed } is too short. The shortest is `{ $nearest }`.
timed-duration-too-long = { $typed } is too long. The longest is `{ $nearest }`.
timed-longer-than-grant = { $asked } is too long: your roles allow a window of at most `{ $longest }`.
timed-longer-than-stack = { $asked } is too long: a { $lease } is open for at most `{ $longest }`.

timed-open-longer-already = The { $lease } is already open: { $by } opened it, and it stays open until { $end }. Nothing was changed.{ $link }
timed-open-extended = The { $lease } was already open: { $by } opened it. It was extended instead, and is now open until { $end }.{ $link }
timed-open-too-long = The { $lease } is already open: { $by } opened it { $opened }, and it is open until { $end }. { $asked } from now would be more than the { $longest } in all that you may have. `{ $most }` more is possible.{ $link }
timed-open-no-more = The { $lease } is already open: { $by } opened it { $opened }. It stays open until { $end } and no longer, because you may have it for at most { $longest } in all. Use { $open } for a new one when it is closed.{ $link }
timed-open-while-closing = The last { $lease } is still being closed. { $why } Open a new one when that is done, usually within { $usual }.{ $link }
timed-closed-meanwhile = The { $lease } was closed in the same moment. Use { $open } to open a new one.

timed-extended = { $by } extended the { $lease }. It is open until { $end }.{ $link }
timed-extended-opening = { $by } extended the { $lease }, which is still being opened. It stays open until { $end }.{ $link }
timed-extend-none = No { $lease } is open, so there is nothing to extend.{ $last } Use { $open } to open one.
timed-extend-while-closing = The { $lease } is closing and cannot be extended any more. { $why } Use { $open } when that is done.{ $link }
timed-extend-too-long = Extending by { $asked } is too long: you may have it open for at most { $longest } in all, it was opened { $opened }, and it already ends at { $end }. `{ $most }` more is possible.
timed-extend-no-more = It cannot be extended any more: you may have it open for at most { $longest } in all, it was opened { $opened }, and it ends at { $end }. Use { $open } for a new one when it is closed.
timed-extend-second = { $by } was first and extended it { $at }. It is open until { $end }.

timed-close-begun = { $by } is closing the { $lease }. The receipt follows when nothing of it is left.{ $link }
timed-close-begun-half = { $by } is closing the { $lease } before it was complete. What was made of it is taken down, and the receipt follows when nothing is left.{ $link }
timed-close-already = The { $lease } is already being closed. { $why }{ $link }
timed-close-none = No { $lease } is open, so there is nothing to close.{ $last }
timed-last-you = You closed the last one: nothing of it was left { $at }.{ $link }
timed-last-asked = { $by } closed the last one: nothing of it was left { $at }.{ $link }
timed-last-expired = The last one closed when its time was over: nothing of it was left { $at }.{ $link }
timed-last-failed = The last one could not be opened: nothing of it was left { $at }.{ $link }
timed-closing-you = You closed it { $at }.
timed-closing-asked = { $by } closed it { $at }.
timed-closing-expired = Its time was over.

timed-shell-always = Shell access is always there here, as a part of the { -pair }: { -cmd-launch } builds it, { -cmd-session } uses it. To open it only for a while, and pay for it only then, the people who run doorman set `mode = "window"` under `[stack.shell]`.
timed-blocked-title = ❌ The { $lease } cannot be opened like this
timed-card-title = Open a { $lease } for { $length }? { $hourly }
timed-card-price = **{ $usd }** for { $length }; endpoints are billed by the started hour
timed-card-makes = **Will be made:**
timed-card-nothing = nothing: all it needs is there already
timed-card-closes = It closes by itself { $length } after somebody confirms; { -cmd-shell-extend } keeps it open for longer.
timed-card-nobody = ⚠️ The { -pair } is not launched, so there is nobody to reach yet: { -cmd-launch }.
timed-suggestion = { $length } · until { $at }
