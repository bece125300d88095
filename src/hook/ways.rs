//! From a login back to the columns it was made of.
//!
//! What the mapping does to a column is turned around (an affix taken off), and whatever rows come are mapped forward again by
//! the caller: only a row that gives the very login is the person's. So no way of turning around can let the wrong one in.

use unicode_normalization::UnicodeNormalization as _;

use super::error::HookError;
use crate::mapping::{Mapping, Target, Transform};

/// What the source is asked: columns and their values, all of which must hold.
pub(super) type Question = Vec<(String, String)>;

/// How a login leads back to the columns it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// One, or those that were joined, in order.
    columns: Vec<String>,
    /// What stands between them.
    separator: String,
    before: String,
    after: String,
}

/// More columns than this are not taken apart.
const JOINED: usize = 4;

/// The columns the login may be found by: of each rule that makes it.
pub(super) fn ways(mapping: &Mapping) -> Result<Vec<Way>, HookError> {
    let rules = mapping
        .rules
        .iter()
        .filter(|rule| matches!(&rule.target, Target::Attribute(name) if name == "login"));
    let mut ways = Vec::new();
    let mut why = "the mapping has no rule for it".to_owned();
    for rule in rules {
        let Some(column) = &rule.column else {
            "it is the same text for everyone".clone_into(&mut why);
            continue;
        };
        let mut way = Way {
            columns: vec![column.clone()],
            separator: String::new(),
            before: String::new(),
            after: String::new(),
        };
        let turned = rule.transforms.iter().try_for_each(|transform| match transform {
            // The comparison ignores case, and blanks are asked for both ways.
            Transform::Trim
            | Transform::Lower
            | Transform::Upper
            | Transform::TitleCase
            | Transform::Shorten(_)
            | Transform::Default(_) => Ok(()),
            Transform::Affix { before, after } => {
                way.before = format!("{before}{}", way.before);
                way.after = format!("{}{after}", way.after);
                Ok(())
            }
            // Only of columns as they are: what was put to the first before would have to be taken off it alone.
            Transform::Join { columns, separator }
                if !separator.is_empty()
                    && !columns.is_empty()
                    && columns.len() < JOINED
                    && way.columns.len() == 1
                    && way.before.is_empty()
                    && way.after.is_empty() =>
            {
                way.columns.extend(columns.iter().cloned());
                way.separator.clone_from(separator);
                Ok(())
            }
            _ => Err(()),
        });
        match turned {
            Ok(()) => ways.push(way),
            Err(()) => {
                why = format!("the mapping makes it from “{column}” in a way that can't be turned around");
            }
        }
    }
    if ways.is_empty() { Err(HookError::NotFindable { why }) } else { Ok(ways) }
}

/// What the columns may hold for this login: without the affix, taken apart at the separator; composed and decomposed, where
/// that is not the same.
pub(super) fn questions(way: &Way, login: &str) -> Vec<Question> {
    let login = login.trim();
    let Some(middle) = strip(login, &way.before, &way.after) else { return Vec::new() };
    let mut forms = vec![middle.to_owned()];
    if !middle.is_ascii() {
        for form in [middle.nfc().collect::<String>(), middle.nfd().collect()] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    let mut all = Vec::new();
    for form in &forms {
        if let [column] = way.columns.as_slice() {
            all.push(vec![(column.clone(), form.clone())]);
        } else {
            apart(&way.columns, &way.separator, form, &mut Vec::new(), &mut all);
        }
    }
    // The more columns are asked for, the fewer people fit: those without one of them come last.
    all.sort_by_key(|question| std::cmp::Reverse(question.len()));
    all
}

/// Every way in which columns, in order and some of them empty, may have been joined to this text.
fn apart(columns: &[String], separator: &str, text: &str, begun: &mut Question, all: &mut Vec<Question>) {
    let Some((column, rest)) = columns.split_first() else { return };
    if text.is_empty() {
        return;
    }
    // The separator may stand inside a value too.
    let cuts = text.match_indices(separator).map(|(at, _)| at);
    for at in cuts {
        let (value, left) = (&text[..at], &text[at + separator.len()..]);
        if !value.is_empty() && !left.is_empty() && !rest.is_empty() {
            begun.push((column.clone(), value.to_owned()));
            apart(rest, separator, left, begun, all);
            begun.pop();
        }
    }
    let mut last = begun.clone();
    last.push((column.clone(), text.to_owned()));
    all.push(last);
    // Left out as empty.
    apart(rest, separator, text, begun, all);
}

/// The text between two others, compared ignoring ASCII case.
fn strip<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let head = text.get(..before.len())?;
    let rest = text.get(before.len()..)?;
    let middle = rest.len().checked_sub(after.len())?;
    let tail = rest.get(middle..)?;
    (head.eq_ignore_ascii_case(before) && tail.eq_ignore_ascii_case(after)).then(|| &rest[..middle])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Rule;
    use crate::model::{PasswordSettings, Selection, TableName};

    fn mapping(transforms: Vec<Transform>) -> Mapping {
        Mapping {
            version: crate::mapping::VERSION,
            selection: Selection::table(TableName { schema: None, name: "staff".into() }),
            rules: vec![Rule {
                column: Some("uid".into()),
                target: Target::Attribute("login".into()),
                transforms,
            }],
            password: PasswordSettings::default(),
            left_tables: Vec::new(),
        }
    }

    #[test]
    fn affixes_are_taken_off_and_nothing_is_guessed() {
        let affix =
            |before: &str, after: &str| Transform::Affix { before: before.into(), after: after.into() };
        let found =
            ways(&mapping(vec![Transform::Trim, affix("", "@Example.com"), Transform::Lower])).unwrap();
        assert_eq!(values(&found[0], " Tomas@example.com "), ["Tomas"]);
        assert_eq!(values(&found[0], "tomas@other.com"), Vec::<String>::new());
        assert_eq!(values(&found[0], "x"), Vec::<String>::new());
        let nested = ways(&mapping(vec![affix("a", "z"), affix("b", "y")])).unwrap();
        assert_eq!(values(&nested[0], "bamzy"), ["m"]);
        let joined = |column: &str, separator: &str| Transform::Join {
            columns: vec![column.into()],
            separator: separator.into(),
        };
        for turn in [
            Transform::Constant("x".into()),
            Transform::Join { columns: vec![], separator: ".".into() },
            joined("family", ""),
            Transform::Replace { from: "a".into(), to: "b".into() },
        ] {
            assert!(matches!(ways(&mapping(vec![turn])), Err(HookError::NotFindable { .. })));
        }
    }

    /// The values of a way with one column.
    fn values(way: &Way, login: &str) -> Vec<String> {
        questions(way, login).into_iter().map(|mut question| question.remove(0).1).collect()
    }

    #[test]
    fn joined_columns_are_taken_apart_at_every_separator() {
        let join = Transform::Join { columns: vec!["family".into()], separator: ".".into() };
        let after = Transform::Affix { before: String::new(), after: "@x.org".into() };
        let way = ways(&mapping(vec![Transform::Trim, join, after, Transform::Lower])).unwrap().remove(0);
        let asked = |login: &str| -> Vec<String> {
            let written = |(column, value): &(String, String)| format!("{column}={value}");
            let each = |question: &Question| question.iter().map(written).collect::<Vec<_>>().join(" ");
            questions(&way, login).iter().map(each).collect()
        };
        assert_eq!(
            asked("ada.lovelace@x.org"),
            ["uid=ada family=lovelace", "uid=ada.lovelace", "family=ada.lovelace"]
        );
        assert_eq!(
            asked("anna.van.berg@x.org")[..2],
            ["uid=anna family=van.berg", "uid=anna.van family=berg"]
        );
        assert_eq!(asked("ada@x.org"), ["uid=ada", "family=ada"]);
        assert_eq!(asked(".@x.org"), ["uid=.", "family=."]);
        assert_eq!(asked("@x.org"), Vec::<String>::new());
        assert_eq!(asked("ada.lovelace@y.org"), Vec::<String>::new());
    }

    #[test]
    fn both_unicode_forms_are_asked_for() {
        let plain = ways(&mapping(vec![])).unwrap();
        assert_eq!(values(&plain[0], "café@x.fr"), ["café@x.fr", "cafe\u{301}@x.fr"]);
        assert_eq!(values(&plain[0], "cafe\u{301}@x.fr"), ["cafe\u{301}@x.fr", "café@x.fr"]);
        assert_eq!(values(&plain[0], "李伟@x.cn"), ["李伟@x.cn"]);
    }
}
