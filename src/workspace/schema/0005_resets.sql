-- People whose password was reset at the end, as they had never signed in through the hook.

CREATE TABLE resets (
    person INTEGER PRIMARY KEY,
    state TEXT NOT NULL,            -- sending, done, failed
    at INTEGER NOT NULL,
    words TEXT                      -- why it failed
);
