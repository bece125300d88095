-- Searches of one or two letters: each text ends with two marks in the index, so that every letter begins a piece of three, and
-- the pieces themselves can be looked up. Built anew behind.
DROP TABLE IF EXISTS search_pieces;
DROP TABLE IF EXISTS search;
CREATE VIRTUAL TABLE search USING fts5(name, login, email, content='', contentless_delete=1, detail=none,
    tokenize='trigram case_sensitive 1');
CREATE VIRTUAL TABLE search_pieces USING fts5vocab('search', 'row');
INSERT INTO meta (name, value) VALUES ('search_upto', '0') ON CONFLICT DO UPDATE SET value = '0';
INSERT INTO meta (name, value) VALUES ('search_of', hex(randomblob(8))) ON CONFLICT DO UPDATE SET value = excluded.value;

-- The indexes lists walk along now hold what lists are filtered by. Made anew behind.
DROP INDEX IF EXISTS people_by_row;
DROP INDEX IF EXISTS people_by_standing;
DROP INDEX IF EXISTS people_by_scheme;
DROP INDEX IF EXISTS people_by_finding;
