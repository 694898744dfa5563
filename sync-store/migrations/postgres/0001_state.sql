-- The same tables and texts as in SQLite. Moments are RFC 3339 in UTC with nine decimals. Amounts stand inside JSON as text,
-- with every digit; JSON is kept as text, because jsonb changes it.
CREATE TABLE writer (
    id          BIGINT PRIMARY KEY CHECK (id = 1),
    epoch       BIGINT NOT NULL,
    acquired_at TEXT,
    owner       TEXT,
    -- By the database's clock.
    expires_at  TIMESTAMPTZ
);
INSERT INTO writer (id, epoch) VALUES (1, 0);

CREATE TABLE profile (
    id          BIGINT PRIMARY KEY CHECK (id = 1),
    company     BIGINT NOT NULL,
    environment TEXT NOT NULL,
    ledger      TEXT NOT NULL,
    basis       TEXT NOT NULL,
    start_date  TEXT NOT NULL,
    opening     TEXT NOT NULL
);

CREATE TABLE cycle (
    number      BIGINT PRIMARY KEY,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    status      TEXT NOT NULL,
    epoch       BIGINT NOT NULL
);

CREATE TABLE cursor (
    project      BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    high_water   TEXT,
    full_read_at TEXT,
    PRIMARY KEY (project, kind)
);

-- The record whole as JSON; beside it only what is searched for.
CREATE TABLE record (
    key              TEXT PRIMARY KEY,
    project          BIGINT NOT NULL,
    family           TEXT NOT NULL,
    kind             TEXT NOT NULL,
    id               BIGINT NOT NULL,
    state            TEXT NOT NULL,
    waits_for_person BOOLEAN NOT NULL,
    snapshot         TEXT NOT NULL
);
CREATE INDEX record_family ON record (project, family);
CREATE INDEX record_waits ON record (key) WHERE waits_for_person;

CREATE TABLE intent (
    key           TEXT PRIMARY KEY,
    source        TEXT NOT NULL,
    sequence      BIGINT NOT NULL,
    document_type TEXT NOT NULL,
    posting       TEXT NOT NULL,
    body          BYTEA NOT NULL,
    state         TEXT NOT NULL,
    written_at    TEXT NOT NULL,
    given_up_at   TEXT,
    epoch         BIGINT NOT NULL,
    cycle         BIGINT NOT NULL,
    doc_entry     BIGINT,
    detail        TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX intent_source ON intent (source, sequence);
CREATE INDEX intent_open ON intent (key) WHERE state IN ('in_flight', 'uncertain');

-- Append-only. The moment is the database's own clock; each row carries a hash over itself and the one before it.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at     TEXT NOT NULL,
    epoch  BIGINT NOT NULL,
    cycle  BIGINT,
    what   TEXT NOT NULL,
    key    TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash   TEXT
);
CREATE INDEX audit_key ON audit (key);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit table is append-only'; END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
