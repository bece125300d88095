-- What decides about a person is bound to them by a keyed tag (`bond/`). Files from before are bound once, at their next opening.

ALTER TABLE people ADD COLUMN reading INTEGER NOT NULL DEFAULT 0; -- the reading this entry is from
ALTER TABLE people ADD COLUMN tag BLOB;                           -- of what was decided
ALTER TABLE details ADD COLUMN tag BLOB;                          -- of what was read
ALTER TABLE memory ADD COLUMN tag BLOB;                           -- of what was sent; null: nothing yet
ALTER TABLE okta_groups ADD COLUMN tag BLOB;
ALTER TABLE runs ADD COLUMN tag BLOB;
ALTER TABLE undo ADD COLUMN tag BLOB;

-- `settings`: which settings there are, with each one's tag. `reading`: the reading the people are from.
CREATE TABLE bonds (name TEXT PRIMARY KEY, value TEXT NOT NULL, tag BLOB NOT NULL) WITHOUT ROWID;

-- Where a sign-in came from, as Okta says.
ALTER TABLE hook_calls ADD COLUMN address TEXT;
