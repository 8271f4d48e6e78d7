-- What was asked for is one JSON value, whatever the kind of lease, and the pair is called so.
ALTER TABLE lease RENAME COLUMN service TO spec;
UPDATE lease SET spec = json_object('pair', json(spec)) WHERE spec IS NOT NULL;
UPDATE lease SET kind = 'pair' WHERE kind = 'service';

-- A price says where it comes from: free, so much an hour, or not in the list.
ALTER TABLE made ADD COLUMN price TEXT; -- JSON
UPDATE made SET price = CASE
    WHEN kind IN ('rule', 'schedule') THEN '"free"'
    WHEN usd_per_hour = 0 THEN json_object('not-listed', json_object(
        'by', CASE WHEN kind IN ('nat-gateway', 'endpoint') THEN 'started-hour' ELSE 'second' END))
    ELSE json_object('hourly', json_object(
        'usd', usd_per_hour,
        'by', CASE WHEN kind IN ('nat-gateway', 'endpoint') THEN 'started-hour' ELSE 'second' END))
END;
ALTER TABLE made DROP COLUMN usd_per_hour;

-- What is noted of one stack is nothing that another knows. What version 0.1 noted is of the only stack it had.
CREATE TABLE note_of_stack (
    stack TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (stack, key)
) STRICT;
INSERT INTO note_of_stack (stack, key, value)
    SELECT coalesce((SELECT stack FROM lease ORDER BY opened_at DESC LIMIT 1), 'main'), key, value FROM note;
DROP TABLE note;
ALTER TABLE note_of_stack RENAME TO note;

CREATE TABLE told_of_stack (
    stack TEXT NOT NULL,
    key   TEXT NOT NULL,
    at    TEXT NOT NULL,
    PRIMARY KEY (stack, key)
) STRICT;
INSERT INTO told_of_stack (stack, key, at)
    SELECT coalesce((SELECT stack FROM lease ORDER BY opened_at DESC LIMIT 1), 'main'), key, at FROM told;
DROP TABLE told;
ALTER TABLE told_of_stack RENAME TO told;

ALTER TABLE card ADD COLUMN stack TEXT NOT NULL DEFAULT 'main';
