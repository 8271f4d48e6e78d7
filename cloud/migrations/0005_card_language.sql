-- Whoever presses a button is answered in their own language, so a card has none.
ALTER TABLE card DROP COLUMN locale;
