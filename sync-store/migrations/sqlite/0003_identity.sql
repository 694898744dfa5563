-- The store's own name: copied with the file, so that a copy is known as one.
CREATE TABLE identity (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    store TEXT NOT NULL
) STRICT;
INSERT INTO identity (id, store) VALUES (1, lower(hex(randomblob(16))));
