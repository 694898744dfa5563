-- Where documents carry their keys. A state from before this version does not know it: empty, until a cycle has looked.
ALTER TABLE profile ADD COLUMN reference TEXT NOT NULL DEFAULT '';
