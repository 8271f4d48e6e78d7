-- A lease is judged only by what was seen in the account and region in which it was opened, and is of the doorman that
-- opened it. What is older than this has neither, and gets the place of the first look.
ALTER TABLE lease ADD COLUMN place TEXT; -- JSON
ALTER TABLE lease ADD COLUMN installation TEXT;
