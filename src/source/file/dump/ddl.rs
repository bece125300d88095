//! What `CREATE TABLE` and `ALTER TABLE` say of tables: columns, their types, keys.

use super::script::Token;
use crate::model::{ForeignKey, TableName};

/// What a statement says of a table.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Columns and their types.
    pub(super) columns: Vec<(String, String)>,
    /// The primary key.
    pub(super) primary_key: Vec<String>,
    /// What columns point at.
    pub(super) foreign_keys: Vec<ForeignKey>,
}

/// Words after a column's type.
const AFTER_TYPE: [&str; 18] = [
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "references",
    "check",
    "collate",
    "character",
    "charset",
    "generated",
    "auto_increment",
    "autoincrement",
    "comment",
    "on",
    "constraint",
    "key",
    "as",
];

/// A table's name, as the file has it: without the schema everybody's tables are in, with any other before it.
pub(super) fn table_name(tokens: &[Token], at: &mut usize) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    loop {
        let token = tokens.get(*at)?;
        let linked = match token {
            Token::Name(name) => {
                parts.push(name.clone());
                false
            }
            Token::Word(word) => {
                parts.extend(word.split('.').filter(|part| !part.is_empty()).map(str::to_owned));
                word.ends_with('.')
            }
            _ => return None,
        };
        *at += 1;
        let goes_on = matches!(tokens.get(*at), Some(Token::Word(word)) if word.starts_with('.'));
        if !linked && !goes_on {
            break;
        }
    }
    let name = parts.pop()?;
    Some(match parts.pop() {
        Some(schema) if !matches!(schema.to_ascii_lowercase().as_str(), "public" | "dbo" | "main") => {
            format!("{schema}.{name}")
        }
        _ => name,
    })
}

/// The tokens inside the brackets at `at`, and where they end.
fn bracket(tokens: &[Token], at: usize) -> Option<(&[Token], usize)> {
    if tokens.get(at) != Some(&Token::Sign(b'(')) {
        return None;
    }
    let mut depth = 0_usize;
    for (end, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => {
                depth -= 1;
                if depth == 0 {
                    return Some((&tokens[at + 1..end], end + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// The names in the brackets at `at`: `(a, "b", c(10) DESC)`.
pub(super) fn names(tokens: &[Token], at: usize) -> (Vec<String>, usize) {
    let Some((inside, end)) = bracket(tokens, at) else { return (Vec::new(), at) };
    let first = |part: &[Token]| part.first().and_then(Token::name).map(str::to_owned);
    (parts(inside).into_iter().filter_map(first).collect(), end)
}

/// What stands between commas that are in no bracket.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut depth, mut begun, mut parts) = (0_usize, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(b',') if depth == 0 => {
                parts.push(&tokens[begun..at]);
                begun = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[begun..]);
    parts
}

/// `CREATE TABLE name (…)`, after the word TABLE.
pub(super) fn create(tokens: &[Token]) -> Option<(String, Said)> {
    let mut at = 0;
    while ["if", "not", "exists", "only"].iter().any(|word| tokens.get(at).is_some_and(|t| t.is(word))) {
        at += 1;
    }
    let name = table_name(tokens, &mut at)?;
    let (inside, _) = bracket(tokens, at)?;
    let mut said = Said::default();
    for part in parts(inside) {
        if is_constraint(part) {
            constraint(part, &mut said);
            continue;
        }
        let Some(column) = part.first().and_then(Token::name) else { continue };
        let rest = &part[1..];
        let varying =
            |at: usize| rest.get(at + 1).is_some_and(|next| next.is("varying") || next == &Token::Sign(b'('));
        let end = (0..rest.len())
            .find(|at| {
                // `character varying(50)` is a type, `CHARACTER SET utf8` is not.
                let character = rest[*at].is("character") && (*at == 0 || varying(*at));
                !character && AFTER_TYPE.iter().any(|word| rest[*at].is(word))
            })
            .unwrap_or(rest.len());
        let beyond = &rest[end..];
        if beyond.windows(2).any(|two| two[0].is("primary") && two[1].is("key")) {
            said.primary_key = vec![column.to_owned()];
        }
        if let Some(at) = beyond.iter().position(|token| token.is("references")) {
            reference(vec![column.to_owned()], &beyond[at + 1..], &mut said);
        }
        said.columns.push((column.to_owned(), shown(&rest[..end])));
    }
    Some((name, said))
}

/// `ALTER TABLE [ONLY] name ADD CONSTRAINT …`, after the word TABLE.
pub(super) fn alter(tokens: &[Token]) -> Option<(String, Said)> {
    let mut at = 0;
    while ["if", "exists", "only"].iter().any(|word| tokens.get(at).is_some_and(|t| t.is(word))) {
        at += 1;
    }
    let name = table_name(tokens, &mut at)?;
    let mut said = Said::default();
    for part in parts(&tokens[at..]) {
        if part.first().is_some_and(|token| token.is("add")) {
            constraint(&part[1..], &mut said);
        }
    }
    Some((name, said))
}

fn is_constraint(part: &[Token]) -> bool {
    let Some(Token::Word(first)) = part.first() else { return false };
    let second = part.get(1);
    let is = |word: &str| second.is_some_and(|token| token.is(word));
    let open = second == Some(&Token::Sign(b'('));
    let named = matches!(second, Some(Token::Name(_)));
    match first.to_ascii_lowercase().as_str() {
        "constraint" | "exclude" | "like" => true,
        "primary" | "foreign" => is("key"),
        "check" => open,
        "unique" | "fulltext" | "spatial" => open || named || is("key") || is("index"),
        "key" | "index" => open || named,
        _ => false,
    }
}

fn constraint(part: &[Token], said: &mut Said) {
    if let Some(at) = part.windows(2).position(|two| two[0].is("primary") && two[1].is("key")) {
        let open = part.iter().skip(at).position(|token| *token == Token::Sign(b'('));
        if let Some(open) = open {
            said.primary_key = names(part, at + open).0;
        }
    }
    if let Some(at) = part.windows(2).position(|two| two[0].is("foreign") && two[1].is("key")) {
        let Some(open) = part.iter().skip(at).position(|token| *token == Token::Sign(b'(')) else { return };
        let (columns, end) = names(part, at + open);
        if part.get(end).is_some_and(|token| token.is("references")) {
            reference(columns, &part[end + 1..], said);
        }
    }
}

fn reference(columns: Vec<String>, tokens: &[Token], said: &mut Said) {
    let mut at = 0;
    let Some(name) = table_name(tokens, &mut at) else { return };
    let references = names(tokens, at).0;
    said.foreign_keys.push(ForeignKey { columns, table: TableName { schema: None, name }, references });
}

/// A type as people write it.
fn shown(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) | Token::Name(word) => {
                if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '_')) {
                    text.push(' ');
                }
                text.push_str(word);
            }
            Token::Sign(sign) => text.push(char::from(*sign)),
            Token::Text(value) | Token::Bytes(value) => {
                text.push('\'');
                text.push_str(&String::from_utf8_lossy(value));
                text.push('\'');
            }
        }
    }
    text
}
