-- The store's own name: copied with the schema, so that a copy is known as one.
CREATE TABLE identity (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    store TEXT NOT NULL
);
INSERT INTO identity (id, store) VALUES (1, replace(gen_random_uuid()::text, '-', ''));
