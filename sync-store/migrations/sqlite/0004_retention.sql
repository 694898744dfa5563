-- What compaction looks for: payloads of settled documents by age. The words are those of its statement.
CREATE INDEX intent_payload ON intent (written_at)
    WHERE state IN ('posted', 'rejected') AND length(body) > 0;
-- SQLite uses a partial index only where the query has the same words.
DROP INDEX record_waits;
CREATE INDEX record_waits ON record (key) WHERE waits_for_person;
