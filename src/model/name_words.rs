//! Names of columns and tables as words: `usr_FirstName` is `usr`, `first`, `name`.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name's words, folded.
pub(crate) fn tokens(name: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut chars = name.chars().peekable();
    let mut previous: Option<char> = None;
    while let Some(c) = chars.next() {
        let breaks = match previous {
            // firstName, address2, and the N of IDNumber
            Some(p) if c.is_uppercase() => {
                p.is_lowercase()
                    || p.is_numeric()
                    || (p.is_uppercase() && chars.peek().is_some_and(|n| n.is_lowercase()))
            }
            Some(p) => c.is_numeric() != p.is_numeric(),
            None => false,
        };
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            push(&mut tokens, &mut token);
            previous = None;
            continue;
        }
        if breaks {
            push(&mut tokens, &mut token);
        }
        token.push(c);
        previous = Some(c);
    }
    push(&mut tokens, &mut token);
    tokens
}

fn push(tokens: &mut Vec<String>, token: &mut String) {
    let folded = fold(token);
    if !folded.is_empty() {
        tokens.push(folded);
    }
    token.clear();
}

/// Small letters without accents; anything but letters and digits is gone.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.to_lowercase().nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)) {
        match c {
            'ß' => out.push_str("ss"),
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            c => out.push(c),
        }
    }
    out
}

/// A dictionary of words, each list parted by blanks: what each word means, folded. The first meaning counts.
pub(crate) fn dictionary<M: Copy>(words: &[(M, &str)]) -> HashMap<String, M> {
    let mut meanings = HashMap::new();
    for (meaning, words) in words {
        for word in words.split_whitespace() {
            meanings.entry(fold(word)).or_insert(*meaning);
        }
    }
    meanings
}

/// A table's word in the singular, as far as that is needed to see that `user_id` points at `users`.
pub(crate) fn singular(word: &str) -> String {
    for (ending, instead) in [("ies", "y"), ("sses", "ss"), ("eople", "erson"), ("s", "")] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| !stem.is_empty() && !stem.ends_with('s'))
        {
            return format!("{stem}{instead}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("usr_FirstName", "usr first name"),
            ("sAMAccountName", "s am account name"),
            ("userID", "user id"),
            ("IDNumber", "id number"),
            ("e-mail", "e mail"),
            ("address2", "address 2"),
            ("Straße", "strasse"),
            ("hasło_użytkownika", "haslo uzytkownika"),
            ("Prénom", "prenom"),
            ("ИмяПользователя", "имя пользователя"),
            ("姓名", "姓名"),
            ("__", ""),
        ] {
            assert_eq!(tokens(name).join(" "), expected, "{name}");
        }
        assert_eq!(
            ["users", "people", "companies", "class", "staff"].map(singular),
            ["user", "person", "company", "class", "staff"]
        );
    }
}
