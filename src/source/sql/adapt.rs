//! SQL that was written for every database, as MySQL takes it.
//!
//! Causeway writes its own SELECT statements in what PostgreSQL, SQLite and the SQL standard have in common. Where MySQL differs, the standard's
//! form is an error there, so that it can be put right without changing what an administrator means: a name in double quotes where
//! only a name can stand, and `CAST(… AS text)`. What MySQL takes with another meaning is told instead of guessed.

use super::check::{Token, tokens};
use super::dialect::Dialect;
use crate::source::SourceError;

/// The SELECT as MySQL takes it.
pub(super) fn for_mysql(sql: &str) -> Result<String, SourceError> {
    let not = |why: &str| SourceError::NotAQuery { why: why.to_owned() };
    let tokens = tokens(sql, Dialect::Mysql).map_err(not)?;
    let starts_with = |at: usize, with: &str| sql.get(at..).is_some_and(|rest| rest.starts_with(with));
    let is_word = |n: usize, word: &str| matches!(tokens.get(n), Some((_, Token::Word(w))) if w.eq_ignore_ascii_case(word));
    let sign = |n: usize, sign: &str| {
        tokens.get(n).is_some_and(|(at, token)| *token == Token::Other && starts_with(*at, sign))
    };
    let before = |n: usize, back: usize| n.checked_sub(back);
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    // For each open bracket, whether it is a CAST's.
    let mut casts = Vec::new();
    for (n, (at, token)) in tokens.iter().enumerate() {
        match token {
            Token::Open => casts.push(before(n, 1).is_some_and(|n| is_word(n, "cast"))),
            Token::Close => drop(casts.pop()),
            Token::Word(word)
                if word.eq_ignore_ascii_case("text")
                    && casts.last() == Some(&true)
                    && before(n, 1).is_some_and(|n| is_word(n, "as"))
                    && matches!(tokens.get(n + 1), Some((_, Token::Close))) =>
            {
                out.push_str(&sql[copied..*at]);
                out.push_str("CHAR");
                copied = at + word.len();
            }
            Token::Other if starts_with(*at, "\"") => {
                let end = tokens.get(n + 1).map_or(sql.len(), |(next, _)| *next);
                let names = ["from", "join", "as"];
                let is_name = before(n, 1)
                    .is_some_and(|n| sign(n, ".") || names.iter().any(|word| is_word(n, word)))
                    || sign(n + 1, ".");
                let quoted = sql[*at..end].trim_end();
                if is_name && let Some(name) = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')) {
                    out.push_str(&sql[copied..*at]);
                    out.push_str(&Dialect::Mysql.quote(&name.replace("\"\"", "\"")));
                    copied = at + quoted.len();
                }
            }
            // Two signs that stand side by side.
            Token::Other
                if starts_with(*at, "||")
                    && !(n > 0 && tokens[n - 1].0 + 1 == *at && starts_with(at - 1, "||")) =>
            {
                let text = |n: Option<usize>| n.is_some_and(|n| sign(n, "'"));
                if !text(before(n, 1)) && !text(Some(n + 2)) {
                    return Err(not(
                        "it uses ||, which means OR in MySQL and joins texts elsewhere: write OR or CONCAT",
                    ));
                }
            }
            Token::Other | Token::Word(_) | Token::Placeholder(_) | Token::Semicolon => {}
        }
    }
    out.push_str(&sql[copied..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_an_error_there_is_put_right() {
        let to = |sql: &str| for_mysql(sql).unwrap();
        assert_eq!(to(r#"SELECT u."Id", "x" FROM "Users" u"#), "SELECT u.`Id`, \"x\" FROM `Users` u");
        assert_eq!(to(r#"SELECT 1 AS "a""b" FROM "a"."b""#), "SELECT 1 AS `a\"b` FROM `a`.`b`");
        assert_eq!(to("SELECT lower(CAST(x.a AS text)) FROM t"), "SELECT lower(CAST(x.a AS CHAR)) FROM t");
        assert_eq!(to("SELECT (SELECT a AS text) FROM t"), "SELECT (SELECT a AS text) FROM t");
        assert_eq!(to("SELECT '{' || a || '}' FROM t"), "SELECT '{' || a || '}' FROM t");
        assert!(for_mysql("SELECT 1 FROM t WHERE a = 1 || b = 2").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(sql in "(SELECT )?[-a-z0-9 '\"$/*;()?:.|\\\\`é]{0,40}") {
            let _ = for_mysql(&sql);
        }
    }
}
