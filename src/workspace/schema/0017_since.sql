-- Of how many people who are in Okta the source says something else at this reading than when they were sent.
ALTER TABLE readings ADD COLUMN sent_changed INTEGER NOT NULL DEFAULT 0;
