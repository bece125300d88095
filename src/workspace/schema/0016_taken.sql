-- What of a person's another account in Okta has, as it was looked up last: the e-mail address (1), or a login that differs only in
-- accents (0). Holds as long as the person's value is the one looked up.
CREATE TABLE taken_there (person INTEGER NOT NULL, what INTEGER NOT NULL, value TEXT NOT NULL, okta_id TEXT NOT NULL,
    login TEXT NOT NULL, PRIMARY KEY (person, what)) WITHOUT ROWID;
