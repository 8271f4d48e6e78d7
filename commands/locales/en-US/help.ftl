### /help

help-title = What doorman does
help-intro = doorman opens a small private AWS environment for as long as it is needed, and closes it again by itself.
help-may = **You may use**
help-may-not = **For others**
help-roles = 🔒 `{ $command }` – { $roles }
help-nobody = 🔒 `{ $command }` – nobody yet
help-durations = Write durations like `30m`, `1h30m` or `90` (minutes). Your longest: { $longest }.
help-footer = Only you see this.
