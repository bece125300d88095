//! What a SELECT's text names: the tables it reads, and the words in it. No parser of SQL: whatever it can't tell it leaves out.

use std::collections::HashSet;

use crate::model::TableName;

/// A piece of a SELECT's text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A word or a quoted name, without its quotes. Whether it was quoted: then it is no keyword.
    Name(String, bool),
    /// Any other character but blanks.
    Sign(char),
}

/// The text in pieces: without comments, and without what stands in single quotes.
fn pieces(sql: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '-' if chars.peek() == Some(&'-') => {
                chars.by_ref().find(|c| *c == '\n');
            }
            '/' if chars.peek() == Some(&'*') => {
                let mut before = ' ';
                chars.by_ref().skip(1).find(|c| {
                    let end = before == '*' && *c == '/';
                    before = *c;
                    end
                });
            }
            '\'' => {
                // A doubled quote ends one text and begins the next.
                chars.by_ref().find(|c| *c == '\'');
            }
            '"' | '`' | '[' => {
                let end = if c == '[' { ']' } else { c };
                let mut name = String::new();
                while let Some(c) = chars.next() {
                    if c != end {
                        name.push(c);
                    } else if chars.next_if_eq(&end).is_some() {
                        name.push(end);
                    } else {
                        break;
                    }
                }
                pieces.push(Piece::Name(name, true));
            }
            c if is_word(c) => {
                let mut name = String::from(c);
                while let Some(c) = chars.next_if(|c| is_word(*c)) {
                    name.push(c);
                }
                pieces.push(Piece::Name(name, false));
            }
            c if c.is_whitespace() => {}
            c => pieces.push(Piece::Sign(c)),
        }
    }
    pieces
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn keyword(piece: &Piece, word: &str) -> bool {
    matches!(piece, Piece::Name(name, false) if name.eq_ignore_ascii_case(word))
}

/// The names that stand where a SELECT names its tables, in small letters: after FROM, after JOIN, after a comma between those.
pub(super) fn tables(sql: &str) -> Vec<TableName> {
    let pieces = pieces(sql);
    let mut found: Vec<TableName> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !(keyword(piece, "from") || keyword(piece, "join")) {
            continue;
        }
        let mut at = at + 1;
        while let Some((name, after)) = name_at(&pieces, at) {
            found.push(name);
            // An alias, and what follows a comma.
            let mut next = after;
            if pieces.get(next).is_some_and(|piece| keyword(piece, "as")) {
                next += 1;
            }
            if !matches!(pieces.get(next), Some(Piece::Sign(','))) {
                next += 1;
            }
            if !matches!(pieces.get(next), Some(Piece::Sign(','))) {
                break;
            }
            at = next + 1;
        }
    }
    found
}

/// A name of up to three parts, and the place after it.
fn name_at(pieces: &[Piece], mut at: usize) -> Option<(TableName, usize)> {
    let mut parts: Vec<&str> = Vec::new();
    loop {
        match pieces.get(at) {
            Some(Piece::Name(name, quoted)) => {
                const NONE: [&str; 4] = ["lateral", "only", "select", "unnest"];
                if !quoted && parts.is_empty() && NONE.iter().any(|word| name.eq_ignore_ascii_case(word)) {
                    return None;
                }
                parts.push(name);
            }
            _ => return None,
        }
        at += 1;
        if matches!(pieces.get(at), Some(Piece::Sign('.'))) {
            at += 1;
        } else {
            break;
        }
    }
    // A function's result is no table.
    if matches!(pieces.get(at), Some(Piece::Sign('('))) {
        return None;
    }
    let name = parts.pop()?.to_lowercase();
    Some((TableName { schema: parts.pop().map(str::to_lowercase), name }, at))
}

/// Every word and name of a SELECT in small letters, but those of texts and comments.
pub(super) fn words(sql: &str) -> HashSet<String> {
    let name = |piece: Piece| match piece {
        Piece::Name(name, _) => Some(name.to_lowercase()),
        Piece::Sign(_) => None,
    };
    pieces(sql).into_iter().filter_map(name).collect()
}

/// Whether a SELECT may give another column this name: `dept_id AS id`, `dept_id id`.
pub(super) fn renames(sql: &str, column: &str) -> bool {
    let pieces = pieces(sql);
    let is = |piece: Option<&Piece>| matches!(piece, Some(Piece::Name(name, _)) if name.eq_ignore_ascii_case(column));
    (1..pieces.len()).any(|at| {
        let before = if keyword(&pieces[at - 1], "as") { at.checked_sub(2) } else { None };
        is(pieces.get(at)) && before.is_some_and(|before| !is(pieces.get(before)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        tables(sql).iter().map(TableName::display).collect()
    }

    #[test]
    fn tables_stand_after_from_and_join() {
        for (sql, found) in [
            ("SELECT id, email FROM users", &["users"][..]),
            ("select * from \"Auth\".\"Users\" u where u.state = 'from teams'", &["auth.users"]),
            ("SELECT a.id FROM users a, profiles AS p, teams WHERE 1=1", &["users", "profiles", "teams"]),
            ("SELECT * FROM a JOIN b ON a.id = b.id LEFT JOIN s.c USING (id)", &["a", "b", "s.c"]),
            ("SELECT * FROM (SELECT id FROM inner_t) x -- FROM nowhere\n/* FROM here */", &["inner_t"]),
            ("SELECT * FROM [dbo].[AspNetUsers], `more`", &["dbo.aspnetusers", "more"]),
            ("SELECT * FROM generate_series(1, 3), t", &[]),
            ("WITH x AS (SELECT * FROM t) SELECT * FROM x", &["t", "x"]),
            ("SELECT 'it''s FROM t'", &[]),
            ("FROM", &[]),
        ] {
            assert_eq!(names(sql), found, "{sql}");
        }
    }

    #[test]
    fn a_name_that_is_given_to_another_column_is_no_longer_its_own() {
        assert!(renames("SELECT dept_id AS id FROM users", "id"));
        assert!(!renames("SELECT u.id AS id, id FROM users u", "id"));
        assert!(!renames("SELECT email, id FROM users", "id"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_through(sql in proptest::prelude::any::<String>()) {
            let _ = (tables(&sql), words(&sql), renames(&sql, "id"));
        }
    }
}
