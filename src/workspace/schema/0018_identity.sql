-- By which login each person is known to Okta: the source may call them by another one since.
ALTER TABLE memory ADD COLUMN sent_login TEXT;  -- folded; null: nothing was sent, or it is not known
CREATE INDEX memory_by_sent_login ON memory (sent_login) WHERE sent_login IS NOT NULL;

-- Who may be another person of the file: the entry has their key, login or e-mail address, and differs from them.
ALTER TABLE memory ADD COLUMN holder INTEGER;   -- who that is; null: nobody
ALTER TABLE memory ADD COLUMN doubted INTEGER;  -- 1: nobody has said yet; 0: somebody new, by what they are known by; 2: the same, as was said
