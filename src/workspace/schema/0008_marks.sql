-- What tells later whether an account in Okta was made by a create of ours whose answer never came.

ALTER TABLE memory ADD COLUMN mark TEXT;        -- what Okta's log keeps of our creates of this person; null: surely none is there
ALTER TABLE memory ADD COLUMN marked INTEGER;   -- the try at which it was made: older than this try, and an earlier one may have gone through
ALTER TABLE memory ADD COLUMN tried INTEGER;    -- what Okta's own clock showed before the first such try; null: it was not told

-- Tries from before this was kept: any of them may have gone through. Their time is of this computer's clock.
UPDATE memory SET mark = lower(hex(randomblob(10))), marked = max(attempt - 1, 0), tried = claimed - 600000
    WHERE outcome IN (1, 5) AND attempt > 0;
