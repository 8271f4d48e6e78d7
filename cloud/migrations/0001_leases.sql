-- The lease is the only durable fact doorman owns. Times are RFC 3339 in UTC.
CREATE TABLE lease (
    id             TEXT PRIMARY KEY,
    stack          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    phase          TEXT NOT NULL CHECK (phase IN ('opening', 'ready', 'closing', 'closed')),
    opened_by_id   TEXT NOT NULL,
    opened_by_name TEXT NOT NULL,
    opened_at      TEXT NOT NULL,
    locale         TEXT NOT NULL,
    expires_at     TEXT,
    building_since TEXT NOT NULL,
    ready_at       TEXT,
    closing_at     TEXT,
    closing_reason TEXT, -- JSON
    service        TEXT, -- JSON
    setback        TEXT, -- JSON
    channel_id     TEXT,
    message_id     TEXT,
    closed_at      TEXT,
    receipt        TEXT  -- JSON
) STRICT;

-- Two people pressing at once get one lease.
CREATE UNIQUE INDEX one_open_lease_of_a_kind ON lease (stack, kind) WHERE phase <> 'closed';

CREATE TABLE extension (
    lease   TEXT NOT NULL REFERENCES lease (id),
    at      TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    by_name TEXT NOT NULL,
    until   TEXT NOT NULL
) STRICT;

-- What was made for a lease: the proof that it is ours beyond its tags, and what it cost.
CREATE TABLE made (
    lease        TEXT NOT NULL REFERENCES lease (id),
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    gone_at      TEXT,
    usd_per_hour REAL NOT NULL,
    PRIMARY KEY (lease, kind, id)
) STRICT;

-- What a pair of Confirm and Cancel buttons stands for. The first press spends it.
CREATE TABLE card (
    id            TEXT PRIMARY KEY,
    payload       TEXT NOT NULL, -- JSON
    asked_by_id   TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    locale        TEXT NOT NULL,
    made_at       TEXT NOT NULL,
    spent_by_id   TEXT,
    spent_by_name TEXT,
    spent_at      TEXT
) STRICT;

-- Notices that are posted once, across restarts.
CREATE TABLE told (
    key TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT;

-- Small facts by key, as JSON.
CREATE TABLE note (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
