-- What compaction looks for: payloads of settled documents by age. The words are those of its statement.
CREATE INDEX intent_payload ON intent (written_at)
    WHERE state IN ('posted', 'rejected') AND length(body) > 0;
