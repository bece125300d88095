-- The ledger: every operation at Okta is a row, from the moment it is intended. `ledger/` has the words for the numbers.

-- What was done with people. One create is one narrow row: what comes with it (its groups, whether it is active) belongs to it.
-- Bound to the person by the tag in `memory`.
CREATE TABLE ledger (
    person INTEGER NOT NULL,
    nth INTEGER NOT NULL,           -- the person's operations, in order, from 1
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    run INTEGER,                    -- null: outside a run, or not known
    at INTEGER NOT NULL,            -- when it was intended; 0: not known
    ended INTEGER,                  -- when its end was known
    remote TEXT,                    -- Okta's id of the account
    request TEXT,                   -- Okta's id of the request; null: not known
    groups TEXT,                    -- the groups given, by number, parted by blanks; null: none of its kind, or not known
    fingerprint BLOB,               -- of what was sent
    before BLOB,                    -- sealed: the profile before, and the values set
    PRIMARY KEY (person, nth)
) WITHOUT ROWID;

-- Groups of Okta's that people were put into, by a short number. Each bound by itself.
CREATE TABLE ledger_groups (id INTEGER PRIMARY KEY, okta_id TEXT NOT NULL, name TEXT, tag BLOB);
CREATE INDEX ledger_groups_by_okta_id ON ledger_groups (okta_id);

-- What was done with the org: groups made, attributes added, the hook. Each bound by itself.
CREATE TABLE org_ledger (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    run INTEGER,
    at INTEGER NOT NULL,
    ended INTEGER,
    what TEXT NOT NULL,             -- the group's or attribute's name, the hook's address
    remote TEXT,                    -- Okta's id of it
    request TEXT,
    before TEXT,                    -- the hook's address before
    tag BLOB
);
CREATE INDEX org_ledger_by_what ON org_ledger (what, kind);

-- What was kept of it until now. Moved over once, with the key, at the next opening; then these are gone.
CREATE TABLE before_ledger AS SELECT person, original, sent_fingerprint FROM memory
    WHERE original IS NOT NULL OR sent_fingerprint IS NOT NULL;
CREATE INDEX before_ledger_by_person ON before_ledger (person);
ALTER TABLE memory DROP COLUMN original;
ALTER TABLE memory DROP COLUMN sent_fingerprint;
ALTER TABLE okta_groups RENAME TO okta_groups_before;
CREATE TABLE okta_groups (
    name TEXT PRIMARY KEY,
    okta_id TEXT NOT NULL,
    tag BLOB
) WITHOUT ROWID;
