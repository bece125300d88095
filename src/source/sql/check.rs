//! Whether an administrator's own SQL is one SELECT.
//!
//! The read-only session is what keeps the source from harm. This check is for a clear message before anything is sent, and it
//! makes sure that the SQL can stand in brackets inside another SELECT.

use super::dialect::Dialect;
use crate::source::SourceError;

/// What the SQL is made of, as far as it matters here.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// A placeholder for a value that no one would fill in.
    Placeholder(&'a str),
    Open,
    Close,
    Semicolon,
    Other,
}

/// The SELECT without a closing `;`, or what is wrong with it.
pub(crate) fn check_query(sql: &str, dialect: Dialect) -> Result<&str, SourceError> {
    // Editors on Windows put this mark before a file's text.
    let sql = sql.trim_start_matches('\u{feff}');
    if sql.contains('\0') {
        return Err(not_a_query("it holds a zero byte"));
    }
    let tokens = tokens(sql, dialect).map_err(not_a_query)?;

    let mut end = sql.len();
    let mut depth = 0_usize;
    let mut before = &Token::Other;
    let mut last_word = "";
    let mut with = false;
    for (n, (at, token)) in tokens.iter().enumerate() {
        match token {
            Token::Semicolon if tokens[n..].iter().all(|(_, t)| *t == Token::Semicolon) => {
                end = *at;
                break;
            }
            Token::Semicolon => return Err(SourceError::ManyStatements),
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth.checked_sub(1).ok_or_else(|| not_a_query("a “)” closes nothing"))?;
            }
            Token::Placeholder(text) => {
                return Err(not_a_query(&format!(
                    "it has a placeholder, {text}, that nothing would be put in for"
                )));
            }
            Token::Word(word) => {
                let is = |name: &str| word.eq_ignore_ascii_case(name);
                if n == 0 {
                    with = is("with");
                    if let Some(what) = writing(word) {
                        return Err(SourceError::WritingQuery { what: what.into() });
                    }
                    if !with && !is("select") {
                        return Err(not_a_query(&format!("it begins with {}", word.to_uppercase())));
                    }
                }
                // `WITH gone AS (DELETE …) …`, `WITH a AS (…) DELETE …`
                if with
                    && matches!(before, Token::Open | Token::Close)
                    && let Some(what) = writing(word)
                {
                    return Err(SourceError::WritingQuery { what: what.into() });
                }
                // SELECT … INTO makes a table.
                // MySQL writes a file on the server by it.
                if dialect != Dialect::Sqlite
                    && depth == 0
                    && is("into")
                    && !last_word.eq_ignore_ascii_case("as")
                {
                    return Err(SourceError::WritingQuery { what: "SELECT INTO".into() });
                }
                last_word = word;
            }
            Token::Other if n == 0 => return Err(not_a_query("it does not begin with SELECT or WITH")),
            Token::Other => {}
        }
        before = token;
    }
    if !matches!(tokens.first(), Some((_, Token::Word(_)))) {
        return Err(match tokens.first() {
            None | Some((_, Token::Semicolon)) => not_a_query("there is nothing in it"),
            _ => not_a_query("it does not begin with SELECT or WITH"),
        });
    }
    if depth > 0 {
        return Err(not_a_query("a “)” is missing"));
    }
    Ok(sql[..end].trim())
}

fn not_a_query(why: &str) -> SourceError {
    SourceError::NotAQuery { why: why.to_owned() }
}

/// Words that begin a statement which changes something, in capitals.
fn writing(word: &str) -> Option<&'static str> {
    const WORDS: [&str; 17] = [
        "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE", "CREATE", "DROP", "ALTER", "GRANT",
        "REVOKE", "COPY", "CALL", "DO", "VACUUM", "REINDEX", "ATTACH",
    ];
    WORDS.into_iter().find(|w| w.eq_ignore_ascii_case(word))
}

/// Splits the SQL, leaving out white space, comments and what stands in quotes.
pub(super) fn tokens(sql: &str, dialect: Dialect) -> Result<Vec<(usize, Token<'_>)>, &'static str> {
    let postgres = dialect == Dialect::Postgres;
    let mysql = dialect == Dialect::Mysql;
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let start = at;
        match byte {
            b if b.is_ascii_whitespace() => at += 1,
            b'-' if next == Some(b'-') && mysql && !bytes.get(at + 2).is_none_or(u8::is_ascii_whitespace) => {
                // Two signs there, and no comment.
                at += 1;
                tokens.push((start, Token::Other));
            }
            b'#' if mysql => at += find(&bytes[at..], b"\n").unwrap_or(bytes.len() - at),
            b'/' if mysql && (bytes[at..].starts_with(b"/*!") || bytes[at..].starts_with(b"/*M!")) => {
                return Err("it holds a comment that MySQL runs (/*! … */)");
            }
            b'-' if next == Some(b'-') => at += find(&bytes[at..], b"\n").unwrap_or(bytes.len() - at),
            b'/' if next == Some(b'*') => at = comment_end(bytes, at, postgres || dialect == Dialect::Mssql)?,
            b'\'' => {
                // E'…' knows backslashes; it is only one when E is a word of its own.
                let escapes = mysql
                    || postgres
                        && matches!(tokens.last(), Some((p, Token::Word(w))) if w.eq_ignore_ascii_case("e") && p + 1 == at);
                at = quoted_end(bytes, at, b'\'', escapes).ok_or("a text in quotes does not end")?;
                tokens.push((start, Token::Other));
            }
            b'"' => {
                at = quoted_end(bytes, at, b'"', mysql).ok_or("a name in quotes does not end")?;
                tokens.push((start, Token::Other));
            }
            b'`' if !postgres => {
                at = quoted_end(bytes, at, b'`', false).ok_or("a name in quotes does not end")?;
                tokens.push((start, Token::Other));
            }
            b'[' if !postgres && !mysql => {
                at += find(&bytes[at..], b"]").ok_or("a name in brackets does not end")? + 1;
                tokens.push((start, Token::Other));
            }
            b'$' if postgres && next.is_some_and(|b| b.is_ascii_digit()) => {
                at = word_end(bytes, at + 1);
                tokens.push((start, Token::Placeholder(&sql[start..at])));
            }
            b'$' if postgres => {
                at = dollar_end(bytes, at)?;
                tokens.push((start, Token::Other));
            }
            b'?' if !postgres => {
                at = word_end(bytes, at + 1);
                tokens.push((start, Token::Placeholder(&sql[start..at])));
            }
            b':' | b'@' | b'$' if !postgres && !mysql && next.is_some_and(is_word) => {
                at = word_end(bytes, at + 1);
                tokens.push((start, Token::Placeholder(&sql[start..at])));
            }
            b'(' => {
                at += 1;
                tokens.push((start, Token::Open));
            }
            b')' => {
                at += 1;
                tokens.push((start, Token::Close));
            }
            b';' => {
                at += 1;
                tokens.push((start, Token::Semicolon));
            }
            b if is_word(b) => {
                at = word_end(bytes, at);
                tokens.push((start, Token::Word(&sql[start..at])));
            }
            _ => {
                at += 1;
                tokens.push((start, Token::Other));
            }
        }
    }
    Ok(tokens)
}

/// Letters, digits, `_`, and every byte of a sign beyond ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    // A `$` may stand inside a word, in both databases.
    at + bytes[at..].iter().take_while(|b| is_word(**b) || **b == b'$').count()
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn quoted_end(bytes: &[u8], at: usize, quote: u8, escapes: bool) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if escapes => at += 2,
            b if b == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Comments nest in PostgreSQL and SQL Server; in SQLite one that does not end reaches to the end of the text, which the closing bracket would
/// be swallowed by.
fn comment_end(bytes: &[u8], at: usize, nests: bool) -> Result<usize, &'static str> {
    let mut depth = 1;
    let mut at = at + 2;
    while depth > 0 {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'/'), Some(b'*')) if nests => {
                depth += 1;
                at += 2;
            }
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                at += 2;
            }
            (Some(_), _) => at += 1,
            (None, _) => return Err("a comment does not end"),
        }
    }
    Ok(at)
}

/// The end of `$tag$ … $tag$`, or of a lone `$`.
fn dollar_end(bytes: &[u8], at: usize) -> Result<usize, &'static str> {
    let tag_end = at + 1 + bytes[at + 1..].iter().take_while(|b| is_word(**b)).count();
    if bytes.get(tag_end) != Some(&b'$') {
        return Ok(at + 1);
    }
    let tag = &bytes[at..=tag_end];
    find(&bytes[tag_end + 1..], tag)
        .map(|end| tag_end + 1 + end + tag.len())
        .ok_or("a text in $ quotes does not end")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pg(sql: &str) -> Result<&str, String> {
        check_query(sql, Dialect::Postgres).map_err(|error| error.to_string())
    }

    fn my(sql: &str) -> Result<&str, String> {
        check_query(sql, Dialect::Mysql).map_err(|error| error.to_string())
    }

    #[test]
    fn mysql_has_quotes_and_comments_of_its_own() {
        assert!(my("SELECT 'it\\'s; DROP', \"say \\\"hi\\\";\", `a;b`, @n := 1 FROM t # the end; x").is_ok());
        assert!(my("SELECT 5--1, a -- ; no\n FROM t").is_ok());
        assert!(my("SELECT 1 /*! INTO OUTFILE 'x' */").unwrap_err().contains("MySQL runs"));
        assert!(my("SELECT * FROM t INTO OUTFILE '/tmp/x'").unwrap_err().contains("would change something"));
        assert!(my("SELECT * FROM t WHERE a = ?").unwrap_err().contains('?'));
        assert!(my("SELECT 'a\\'").unwrap_err().contains("does not end"));
    }

    fn lite(sql: &str) -> Result<&str, String> {
        check_query(sql, Dialect::Sqlite).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_one_select() {
        assert_eq!(pg("  SELECT 1 ; ; -- done\n"), Ok("SELECT 1"));
        assert_eq!(pg("with a as (select 1) select * from a"), Ok("with a as (select 1) select * from a"));
        assert!(pg("-- people\n/* of /* all */ kinds */ SELECT 1").is_ok());
        assert!(pg("SELECT ';', \"a;b\", $x$ ; DELETE $x$, E'it\\'s;' FROM t").is_ok());
        assert!(pg("SELECT update, \"delete\", data->>'a' ? 'b', x::int FROM t").is_ok());
        assert!(pg("SELECT 'O''Neill', U&'\\0441'").is_ok());
        assert!(lite("SELECT [a;b], `c;d`, 'e\\' FROM t;").is_ok());
    }

    #[test]
    fn refuses_several() {
        assert_eq!(pg("SELECT 1; SELECT 2"), Err("This SQL holds more than one statement.".into()));
        assert_eq!(pg("SELECT 1; DROP TABLE people"), Err("This SQL holds more than one statement.".into()));
        // A backslash ends nothing in a plain text, so the rest is SQL.
        assert_eq!(
            pg("SELECT '\\'; DROP TABLE people; --'"),
            Err("This SQL holds more than one statement.".into())
        );
    }

    #[test]
    fn refuses_what_writes() {
        let changes =
            |what: &str| Err(format!("This SQL would change something ({what}). Nothing was changed."));
        assert_eq!(pg("delete from people"), changes("DELETE"));
        assert_eq!(pg("WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone"), changes("DELETE"));
        assert_eq!(pg("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a"), changes("INSERT"));
        assert_eq!(pg("SELECT * INTO copy FROM people"), changes("SELECT INTO"));
        assert_eq!(lite("ATTACH 'x.db' AS x"), changes("ATTACH"));
    }

    #[test]
    fn an_editors_mark_before_the_text_is_no_part_of_it() {
        assert_eq!(pg("\u{feff}SELECT 1;\r\n").unwrap(), "SELECT 1");
    }

    #[test]
    fn refuses_what_is_no_whole_select() {
        let why = |sql: &str| pg(sql).unwrap_err();
        assert!(why("").contains("there is nothing in it"));
        assert!(why(" ; -- nothing").contains("there is nothing in it"));
        assert!(why("EXPLAIN SELECT 1").contains("it begins with EXPLAIN"));
        assert!(why("SELECT 1) x; ").contains("closes nothing"));
        assert!(why("SELECT (1").contains("is missing"));
        assert!(why("SELECT 'abc").contains("does not end"));
        assert!(why("SELECT 1 /* abc").contains("comment does not end"));
        assert!(why("SELECT $tag$ abc $ta$").contains("does not end"));
        assert!(why("SELECT * FROM t WHERE a = $1").contains("$1"));
        assert!(lite("SELECT * FROM t WHERE a = :login").unwrap_err().contains(":login"));
        assert!(lite("SELECT * FROM t WHERE a = ?").unwrap_err().contains('?'));
    }

    proptest! {
        #[test]
        fn never_panics(sql in "(SELECT )?[-a-z0-9 '\"$/*;()?:\\\\\\[\\]`é]{0,40}") {
            let _ = pg(&sql);
            let _ = lite(&sql);
            let _ = my(&sql);
        }
    }
}
