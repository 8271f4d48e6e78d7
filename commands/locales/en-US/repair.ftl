### The Repair button.

repair-begun = Repairing what is missing.{ $link }
repair-already = It is already being repaired; that began { $since }.
