-- By which route each person was sent: the choice for all may be another one by the next run.

ALTER TABLE memory ADD COLUMN route INTEGER; -- of the last try; null: none yet

-- Until now the choices of the run that sent them say it.
UPDATE memory SET route = (
    SELECT CASE json_extract(r.choices, '$.policy') WHEN 'all-reset' THEN 2
        WHEN 'all-hook' THEN max(p.route, 1) ELSE p.route END
    FROM people p LEFT JOIN runs r ON r.id = memory.run WHERE p.id = memory.person)
WHERE outcome <> 0;

DROP TABLE tally_people;
CREATE TABLE tally_people (
    gone INTEGER NOT NULL,
    state INTEGER NOT NULL,
    route INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    scheme INTEGER NOT NULL,
    sent INTEGER NOT NULL,          -- of those created: by which route; else -1
    n INTEGER NOT NULL,
    PRIMARY KEY (gone, state, route, outcome, scheme, sent)
) WITHOUT ROWID;
INSERT INTO tally_people SELECT p.gone, p.state, p.route, p.outcome, p.scheme,
    CASE p.outcome WHEN 2 THEN coalesce(m.route, p.route) ELSE -1 END, count(*)
    FROM people p LEFT JOIN memory m ON m.person = p.id GROUP BY 1, 2, 3, 4, 5, 6;
