//! From a login back to the columns it was made of.
//!
//! What the mapping does to a column is turned around (an affix taken off), and whatever rows come are mapped forward again by
//! the caller: only a row that gives the very login is the person's. So no way of turning around can let the wrong one in.

use unicode_normalization::UnicodeNormalization as _;

use super::error::HookError;
use crate::mapping::{Mapping, Target, Transform};

/// How a login leads back to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) column: String,
    before: String,
    after: String,
}

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
        let mut way = Way { column: column.clone(), before: String::new(), after: String::new() };
        let turned = rule.transforms.iter().try_for_each(|transform| match transform {
            // The comparison ignores case, and blanks are asked for both ways.
            Transform::Trim
            | Transform::Lower
            | Transform::Upper
            | Transform::Shorten(_)
            | Transform::Default(_) => Ok(()),
            Transform::Affix { before, after } => {
                way.before = format!("{before}{}", way.before);
                way.after = format!("{}{after}", way.after);
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

/// What the column may hold for this login: without the affix; composed and decomposed, where that is not the same.
pub(super) fn values(way: &Way, login: &str) -> Vec<String> {
    let login = login.trim();
    let Some(middle) = strip(login, &way.before, &way.after) else { return Vec::new() };
    let mut values = vec![middle.to_owned()];
    if !middle.is_ascii() {
        for form in [middle.nfc().collect::<String>(), middle.nfd().collect()] {
            if !values.contains(&form) {
                values.push(form);
            }
        }
    }
    values
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
        for turn in [
            Transform::Constant("x".into()),
            Transform::Join { columns: vec![], separator: ".".into() },
            Transform::Replace { from: "a".into(), to: "b".into() },
        ] {
            assert!(matches!(ways(&mapping(vec![turn])), Err(HookError::NotFindable { .. })));
        }
    }

    #[test]
    fn both_unicode_forms_are_asked_for() {
        let plain = ways(&mapping(vec![])).unwrap();
        assert_eq!(values(&plain[0], "café@x.fr"), ["café@x.fr", "cafe\u{301}@x.fr"]);
        assert_eq!(values(&plain[0], "cafe\u{301}@x.fr"), ["cafe\u{301}@x.fr", "café@x.fr"]);
        assert_eq!(values(&plain[0], "李伟@x.cn"), ["李伟@x.cn"]);
    }
}
