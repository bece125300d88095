-- One migration's memory. Times are milliseconds since 1970 (UTC). Small numbers stand for words; `numbers.rs` has both.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE docs (name TEXT PRIMARY KEY, json TEXT NOT NULL, written INTEGER NOT NULL) WITHOUT ROWID;

-- Settings that hold secrets (the practice org's people): sealed, by name.
CREATE TABLE sealed_docs (name TEXT PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    ended INTEGER,
    state TEXT NOT NULL,            -- running, complete, stopped
    info TEXT NOT NULL,             -- JSON
    people INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0
);

-- Column names of source rows, one entry a different set. `covered`: those that hold passwords and salts.
CREATE TABLE row_columns (id INTEGER PRIMARY KEY, names TEXT NOT NULL, covered TEXT NOT NULL, UNIQUE (names, covered));

CREATE TABLE schemes (id INTEGER PRIMARY KEY, scheme TEXT NOT NULL, label TEXT NOT NULL, UNIQUE (scheme, label));

CREATE TABLE groups (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- What was read. These five tables are filled beside (`next_…`) and exchanged as a whole when a reading ends well; a reading
-- takes their definitions, indexes included, from here.

-- What lists show and filter by: narrow, so that a million fit in little.
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    row_no INTEGER NOT NULL,
    name TEXT NOT NULL,
    login TEXT NOT NULL,
    scheme INTEGER NOT NULL,
    route INTEGER NOT NULL,
    state INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    default_out INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    blocks INTEGER NOT NULL,        -- how many findings block
    finding_count INTEGER NOT NULL,
    finding_severity INTEGER,       -- of the gravest
    finding_text TEXT
);
CREATE INDEX people_by_state ON people (gone, state, row_no);
CREATE INDEX people_ready ON people (row_no) WHERE outcome = 0 AND state <= 2 AND gone = 0;
CREATE INDEX people_by_outcome ON people (outcome, row_no) WHERE outcome <> 0;

-- Folded for search, sorting and comparison. `email` is null where it equals the login.
CREATE TABLE texts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, login TEXT NOT NULL, email TEXT);
CREATE INDEX texts_by_login ON texts (login);
CREATE INDEX texts_by_email ON texts (email) WHERE email IS NOT NULL;

-- Everything else about a person, read one at a time.
CREATE TABLE details (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    profile TEXT NOT NULL,          -- JSON, as mapped
    groups TEXT,                    -- JSON, in the source's order; null: none
    active INTEGER,
    last_sign_in INTEGER,           -- null: the source does not say; -1 << 63: never
    mapping_findings TEXT,          -- JSON; null: none
    evidence INTEGER NOT NULL,      -- 0 nothing, 1 a stored password, 2 ask the source
    password BLOB,                  -- sealed
    row_columns INTEGER NOT NULL,
    source_row BLOB NOT NULL,       -- sealed
    fingerprint BLOB NOT NULL       -- keyed; of profile, groups, password, active
);
CREATE UNIQUE INDEX details_by_key ON details (key);

CREATE TABLE findings (
    person INTEGER NOT NULL,
    place INTEGER NOT NULL,         -- order; from 1000 on: findings across people
    code TEXT NOT NULL,
    severity INTEGER NOT NULL,
    attribute TEXT,
    text TEXT NOT NULL,
    PRIMARY KEY (person, place)
) WITHOUT ROWID;
CREATE INDEX findings_by_code ON findings (code, person);

CREATE TABLE memberships (group_id INTEGER NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (group_id, person)) WITHOUT ROWID;

-- What a person decided or Okta did: outlives every reading.

CREATE TABLE edits (
    person INTEGER NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,            -- JSON; null takes the attribute away
    PRIMARY KEY (person, attribute)
) WITHOUT ROWID;

CREATE TABLE memory (
    person INTEGER PRIMARY KEY,
    left_out INTEGER,               -- null: as the reading says
    outcome INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0,
    run INTEGER,
    claimed INTEGER,
    recorded INTEGER,
    okta_id TEXT,
    okta_status TEXT,
    code TEXT,
    message TEXT,
    suggestion TEXT,
    original TEXT,                  -- JSON: the profile in Okta before we updated it
    sent_fingerprint BLOB           -- what was sent last
);
CREATE INDEX memory_by_okta_id ON memory (okta_id) WHERE okta_id IS NOT NULL;

CREATE TABLE undo (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL, made INTEGER NOT NULL, people INTEGER NOT NULL);

CREATE TABLE undo_items (
    undo INTEGER NOT NULL,
    person INTEGER NOT NULL,
    attribute TEXT NOT NULL,        -- empty: left out or put back
    value TEXT,                     -- what was there before; null: nothing
    PRIMARY KEY (undo, person, attribute)
) WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    ended INTEGER,
    how TEXT,                       -- how it ended
    org TEXT NOT NULL,
    label_group TEXT,
    choices TEXT NOT NULL           -- JSON
);

CREATE TABLE okta_groups (
    name TEXT PRIMARY KEY,
    okta_id TEXT,                   -- null: about to be created
    created INTEGER NOT NULL        -- by us
) WITHOUT ROWID;

-- Ten seconds a row: for the chart.
CREATE TABLE pace (
    run INTEGER NOT NULL,
    at INTEGER NOT NULL,            -- start of the ten seconds
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    throttled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, at)
) WITHOUT ROWID;

-- Counts that screens show, kept as they change: counting a million people each time is too slow.
CREATE TABLE tally_people (
    gone INTEGER NOT NULL,
    state INTEGER NOT NULL,
    route INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    scheme INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (gone, state, route, outcome, scheme)
) WITHOUT ROWID;
CREATE TABLE tally_findings (code TEXT NOT NULL, severity INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (code, severity)) WITHOUT ROWID;
CREATE TABLE tally_groups (group_id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
