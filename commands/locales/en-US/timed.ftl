### /nat open, extend and close.

nat-duration-missing = How long? Write something like `{ $nearest }`.
nat-duration-malformed = { $typed } is not a length of time. Did you mean `{ $nearest }`? `30m`, `1h30m` and `90` (minutes) work.
nat-duration-zero = { $typed } is no time at all. The shortest is `{ $nearest }`.
nat-duration-negative = { $typed } lies in the past. Did you mean `{ $nearest }`?
nat-duration-too-short = { $typed } is too short. The shortest is `{ $nearest }`.
nat-duration-too-long = { $typed } is too long. The longest is `{ $nearest }`.
nat-longer-than-grant = { $asked } is too long: your roles allow a window of at most `{ $longest }`.
nat-longer-than-stack = { $asked } is too long: a window is open for at most `{ $longest }`.

nat-open-longer-already = The { -window } is already open: { $by } opened it, and it stays open until { $end }, longer than you asked. Nothing was changed.{ $link }
nat-open-extended = The { -window } was already open: { $by } opened it. It was extended instead, and is now open until { $end }.{ $link }
nat-open-while-closing = The last { -window } is still being closed. { $why } Open a new one when that is done, usually within two minutes.{ $link }
nat-closed-meanwhile = The { -window } was closed in the same moment. Use { -cmd-nat-open } to open a new one.

nat-extended = { $by } extended the { -window }. It is open until { $end }.{ $link }
nat-extended-opening = { $by } extended the { -window }, which is still being opened. It stays open until { $end }.{ $link }
nat-extend-none = No { -window } is open, so there is nothing to extend.{ $last } Use { -cmd-nat-open } to open one.
nat-extend-while-closing = The { -window } is closing and cannot be extended any more. { $why } Use { -cmd-nat-open } when that is done.{ $link }
nat-extend-too-long = Extending by { $asked } is too long: you may have it open for at most { $longest } from now, and it already ends at { $end }. `{ $most }` more is possible.
nat-extend-no-more = It cannot be extended by { $asked } now: you may have it open for at most { $longest } from now, and it already ends at { $end }. Try again nearer to the end.
nat-extend-second = { $by } was first and extended it { $at }. It is open until { $end }.

nat-close-begun = { $by } is closing the { -window }. The receipt follows when nothing of it is left.{ $link }
nat-close-begun-half = { $by } is closing the { -window } before it was complete. What was made of it is taken down, and the receipt follows when nothing is left.{ $link }
nat-close-already = The { -window } is already being closed. { $why }{ $link }
nat-close-none = No { -window } is open, so there is nothing to close.{ $last }
nat-last-you = You closed the last one: nothing of it was left { $at }.{ $link }
nat-last-asked = { $by } closed the last one: nothing of it was left { $at }.{ $link }
nat-last-expired = The last one closed when its time was over: nothing of it was left { $at }.{ $link }
nat-last-failed = The last one could not be opened: nothing of it was left { $at }.{ $link }
nat-closing-you = You closed it { $at }.
nat-closing-asked = { $by } closed it { $at }.
nat-closing-expired = Its time was over.
nat-link-receipt = {" "}[Receipt]({ $url })
nat-link = {" "}[Progress here]({ $url })

nat-repair-begun = Repairing what is missing.{ $link }
nat-repair-already = It is already being repaired; that began { $since }.
