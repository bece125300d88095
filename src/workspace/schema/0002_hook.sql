-- What the password hook answered, and who has moved. Written by the hook, beside the window: nothing here is counted in the tallies.

CREATE TABLE hook_calls (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person INTEGER,                 -- null: nobody, or several
    login TEXT NOT NULL,            -- as Okta sent it
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    scheme TEXT,                    -- as a person reads it; null: nothing was checked
    took INTEGER NOT NULL,          -- microseconds
    request TEXT,                   -- Okta's id of the request
    again INTEGER NOT NULL          -- Okta's second call for one sign-in
);
CREATE INDEX hook_calls_by_person ON hook_calls (person, id) WHERE person IS NOT NULL;
CREATE INDEX hook_calls_by_answer ON hook_calls (answer, id);

-- Calls by hour, answer and how long they took (steps of a tenth): for the chart and the percentiles.
CREATE TABLE hook_hours (
    hour INTEGER NOT NULL,          -- its start
    answer TEXT NOT NULL,
    step INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (hour, answer, step)
) WITHOUT ROWID;

CREATE TABLE hook_people (
    person INTEGER PRIMARY KEY,
    verified INTEGER,               -- when the hook first said yes; Okta may not have been able to store it
    moved INTEGER                   -- when Okta said in its log that the password is its own now
);
