-- Each audit row carries a hash over itself and the hash of the row before it. Rows from before this version have none.
ALTER TABLE audit ADD COLUMN hash TEXT;
