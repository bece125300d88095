//! An administrator's own SQL, and what was written for every database, as SQL Server takes it.

use super::check::{Token, tokens};
use super::dialect::Dialect;
use crate::source::SourceError;

/// SQL that was written for every database, as SQL Server takes it: what others write and what is an error there is put right, so that
/// nothing else is meant than before. `LIMIT n` becomes `TOP (n)`, `CAST(… AS text)` a text that can be compared, `||` a plus, and texts
/// are Unicode's.
pub(super) fn adapt(sql: &str) -> Result<String, SourceError> {
    let not = |why: &str| SourceError::NotAQuery { why: why.to_owned() };
    let found = tokens(sql, Dialect::Mssql).map_err(not)?;
    let word = |n: usize| match found.get(n) {
        Some((_, Token::Word(word))) => *word,
        _ => "",
    };
    let is = |n: usize, name: &str| word(n).eq_ignore_ascii_case(name);
    let sign = |n: usize, sign: &str| matches!(found.get(n), Some((at, Token::Other)) if sql[*at..].starts_with(sign));
    // What is put in place of what: from, to, new.
    let mut changes: Vec<(usize, usize, String)> = Vec::new();
    // For each open bracket: whether it is a CAST's, and where a `TOP` would stand in its SELECT.
    let mut open: Vec<(bool, Option<usize>)> = vec![(false, None)];
    for (n, (at, token)) in found.iter().enumerate() {
        let end = |n: usize| found.get(n + 1).map_or(sql.len(), |(next, _)| *next);
        match token {
            Token::Open => open.push((n > 0 && (is(n - 1, "cast") || is(n - 1, "try_cast")), None)),
            Token::Close if open.len() > 1 => drop(open.pop()),
            Token::Word(own) if own.eq_ignore_ascii_case("select") => {
                let distinct = is(n + 1, "distinct") || is(n + 1, "all");
                let after = if distinct { n + 1 } else { n };
                if let (Some(last), Some((start, _))) = (open.last_mut(), found.get(after)) {
                    last.1 = (!is(after + 1, "top")).then(|| start + word(after).len());
                }
            }
            Token::Word(own)
                if own.eq_ignore_ascii_case("limit") && word(n + 1).bytes().all(|b| b.is_ascii_digit()) =>
            {
                if let (Some(Some(top)), false) = (open.last().map(|last| last.1), word(n + 1).is_empty()) {
                    changes.push((top, top, format!(" TOP ({})", word(n + 1))));
                    changes.push((*at, found[n + 1].0 + word(n + 1).len(), String::new()));
                }
            }
            Token::Word(own)
                if own.eq_ignore_ascii_case("text")
                    && open.last().is_some_and(|last| last.0)
                    && n > 0
                    && is(n - 1, "as") =>
            {
                changes.push((*at, at + own.len(), "nvarchar(max)".into()));
            }
            // A text without N holds only what the database's code page has.
            Token::Other
                if sql[*at..].starts_with('\'')
                    && !(n > 0 && is(n - 1, "n") && found[n - 1].0 + 1 == *at)
                    && !sql[*at..end(n)].is_ascii() =>
            {
                changes.push((*at, *at, "N".into()));
            }
            Token::Other if sign(n, "||") && sign(n + 1, "|") => {
                changes.push((*at, at + 2, "+".into()));
            }
            Token::Other | Token::Word(_) | Token::Placeholder(_) | Token::Semicolon | Token::Close => {}
        }
    }
    changes.sort_by_key(|(from, to, _)| (*from, *to));
    let mut adapted = String::with_capacity(sql.len() + 16);
    let mut copied = 0;
    for (from, to, new) in changes {
        adapted.push_str(sql.get(copied..from).unwrap_or_default());
        adapted.push_str(&new);
        copied = to.max(copied);
    }
    adapted.push_str(sql.get(copied..).unwrap_or_default());
    Ok(adapted.trim_end().to_owned())
}

/// The common tables of a `WITH`, and the SELECT after them: SQL Server takes no `WITH` inside of brackets.
pub(crate) fn split_with(sql: &str) -> (Option<&str>, &str) {
    let Ok(found) = tokens(sql, Dialect::Mssql) else { return (None, sql) };
    if !matches!(found.first(), Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("with")) {
        return (None, sql);
    }
    let start = found[0].0 + "with".len();
    let mut depth = 0_usize;
    for &(at, ref token) in &found {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 && word.eq_ignore_ascii_case("select") => {
                return (sql.get(start..at).map(str::trim), &sql[at..]);
            }
            _ => {}
        }
    }
    (None, sql)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_other_databases_write() {
        let to = |sql: &str| adapt(sql).unwrap();
        assert_eq!(
            to("SELECT DISTINCT f.id FROM (SELECT m.\"a\" AS id FROM t AS m LIMIT 5000) AS f LIMIT 3"),
            "SELECT DISTINCT TOP (3) f.id FROM (SELECT TOP (5000) m.\"a\" AS id FROM t AS m ) AS f"
        );
        assert_eq!(
            to("SELECT lower(CAST(a AS text)) FROM t"),
            "SELECT lower(CAST(a AS nvarchar(max))) FROM t"
        );
        assert_eq!(to("SELECT a || ' ' || 'ü' FROM t"), "SELECT a + ' ' + N'ü' FROM t");
        // What is SQL Server's own stays.
        for own in ["SELECT TOP (5) [a] FROM [dbo].[t] WHERE b = N'ü'", "SELECT a | b, text FROM t"] {
            assert_eq!(to(own), own);
        }
    }

    #[test]
    fn with_is_taken_apart() {
        assert_eq!(
            split_with("WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS y) SELECT * FROM a, b"),
            (Some("a AS (SELECT 1 AS x), b AS (SELECT 2 AS y)"), "SELECT * FROM a, b")
        );
        assert_eq!(split_with("SELECT 1"), (None, "SELECT 1"));
    }

    proptest! {
        #[test]
        fn never_panics(sql in "(SELECT |WITH )?[-a-z0-9 '\"$/*;()?:.|\\[\\]\\\\é]{0,40}") {
            let _ = adapt(&sql);
            let _ = split_with(&sql);
        }
    }
}
