-- Moments are RFC 3339 in UTC with nine decimals. Amounts stand inside JSON as text, with every digit.
PRAGMA application_id = 1346585137; -- "PCB1": how a store is told from another program's file

CREATE TABLE writer (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    epoch       INTEGER NOT NULL,
    acquired_at TEXT
) STRICT;
INSERT INTO writer (id, epoch) VALUES (1, 0);

CREATE TABLE profile (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    company     INTEGER NOT NULL,
    environment TEXT NOT NULL,
    ledger      TEXT NOT NULL,
    basis       TEXT NOT NULL,
    start_date  TEXT NOT NULL,
    opening     TEXT NOT NULL
) STRICT;

CREATE TABLE cycle (
    number      INTEGER PRIMARY KEY,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    status      TEXT NOT NULL,
    epoch       INTEGER NOT NULL
) STRICT;

CREATE TABLE cursor (
    project      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    high_water   TEXT,
    full_read_at TEXT,
    PRIMARY KEY (project, kind)
) STRICT, WITHOUT ROWID;

-- The record whole as JSON; beside it only what is searched for.
CREATE TABLE record (
    key              TEXT PRIMARY KEY,
    project          INTEGER NOT NULL,
    family           TEXT NOT NULL,
    kind             TEXT NOT NULL,
    id               INTEGER NOT NULL,
    state            TEXT NOT NULL,
    waits_for_person INTEGER NOT NULL,
    snapshot         TEXT NOT NULL
) STRICT;
CREATE INDEX record_family ON record (project, family);
CREATE INDEX record_waits ON record (key) WHERE waits_for_person = 1;

CREATE TABLE intent (
    key           TEXT PRIMARY KEY,
    source        TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    document_type TEXT NOT NULL,
    posting       TEXT NOT NULL,
    body          BLOB NOT NULL,
    state         TEXT NOT NULL,
    written_at    TEXT NOT NULL,
    given_up_at   TEXT,
    epoch         INTEGER NOT NULL,
    cycle         INTEGER NOT NULL,
    doc_entry     INTEGER,
    detail        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX intent_source ON intent (source, sequence);
CREATE INDEX intent_open ON intent (key) WHERE state IN ('in_flight', 'uncertain');

-- Append-only. The moment is the database's own clock.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    epoch  INTEGER NOT NULL,
    cycle  INTEGER,
    what   TEXT NOT NULL,
    key    TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_key ON audit (key);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
