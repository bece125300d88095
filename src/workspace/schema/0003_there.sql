-- Who of the people still to be sent is in Okta already, as it was looked up last. Holds as long as the login is the one looked up.
CREATE TABLE there (person INTEGER PRIMARY KEY, login TEXT NOT NULL, okta_id TEXT NOT NULL, status TEXT NOT NULL);
