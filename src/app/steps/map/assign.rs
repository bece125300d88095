//! Sending a column to an attribute, with what comes along.

use crate::mapping::{Mapping, Rule, Target, Transform, suggest_changes};
use crate::model::Sample;

/// Sends a column somewhere, with the changes that its first values ask for there; those made by hand stay. An attribute is
/// filled by one rule: where another had it, that one gives it up.
pub(super) fn assign(
    mapping: &mut Mapping,
    sample: Option<&Sample>,
    rule: Option<usize>,
    column: String,
    target: Option<&Target>,
) {
    let several = matches!(target, Some(Target::Group | Target::IsActive));
    let suggested = |mapping: &Mapping, column: &str, target: &Target| {
        sample.map_or_else(Vec::new, |sample| suggest_changes(mapping, sample, column, target))
    };
    match (rule, target) {
        (Some(at), Some(target)) => {
            let Some(before) = mapping.rules.get(at).cloned() else { return };
            if before.target == *target {
                return;
            }
            let by_hand = before.column.as_deref().is_none_or(|column| {
                let plain = before.transforms.iter().all(|change| *change == Transform::Trim);
                !plain && before.transforms != suggested(mapping, column, &before.target)
            });
            let transforms = match before.column.as_deref().filter(|_| !by_hand && sample.is_some()) {
                Some(column) => suggested(mapping, column, target),
                None => before.transforms,
            };
            mapping.rules[at] = Rule { target: target.clone(), transforms, ..before };
        }
        (Some(at), None) => {
            if at < mapping.rules.len() {
                mapping.rules.remove(at);
            }
            return;
        }
        (None, Some(target)) => {
            let transforms = suggested(mapping, &column, target);
            // What was said of it before is decided anew.
            mapping
                .rules
                .retain(|rule| rule.target != Target::LeftBehind || rule.column.as_ref() != Some(&column));
            mapping.rules.push(Rule { column: Some(column), target: target.clone(), transforms });
        }
        (None, None) => return,
    }
    if several {
        return;
    }
    let kept = rule.unwrap_or(mapping.rules.len() - 1);
    let mut at = 0;
    mapping.rules.retain(|other| {
        let keep = at == kept || Some(&other.target) != target;
        at += 1;
        keep
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PasswordSettings, Selection, TableName};

    fn mapping(rules: &[(&str, &str)]) -> Mapping {
        let rules = rules.iter().map(|(column, target)| Rule {
            column: Some((*column).into()),
            target: Target::Attribute((*target).into()),
            transforms: vec![Transform::Trim],
        });
        Mapping {
            version: 1,
            selection: Selection::table(TableName { schema: None, name: "users".into() }),
            rules: rules.collect(),
            password: PasswordSettings::default(),
            left_tables: Vec::new(),
        }
    }

    fn targets(mapping: &Mapping) -> Vec<(String, String)> {
        let words = |rule: &Rule| {
            (rule.column.clone().unwrap_or_default(), crate::mapping::target_words(&rule.target))
        };
        mapping.rules.iter().map(words).collect()
    }

    #[test]
    fn an_attribute_taken_by_another_column_is_given_up_by_the_first() {
        let mut m = mapping(&[("username", "login"), ("mail", "email")]);
        assign(&mut m, None, None, "upn".into(), Some(&Target::Attribute("login".into())));
        assert_eq!(targets(&m), [("mail".into(), "email".into()), ("upn".into(), "login".into())]);
    }

    #[test]
    fn a_column_sent_by_hand_gets_the_changes_its_values_ask_for_and_keeps_those_made_by_hand() {
        use crate::mapping::explain;
        use crate::model::{Columns, Record, Value};
        let columns = Columns::new(["hired", "mail"]);
        let row = |hired: &str, mail: &str| Record {
            key: String::new(),
            groups: Vec::new(),
            columns: columns.clone(),
            values: vec![Value::Text(hired.into()), Value::Text(mail.into())],
        };
        let sample = Sample {
            columns: columns.clone(),
            type_names: vec!["text".into(); 2],
            records: vec![row("31/12/2024", "A@example.com"), row("03/04/2024", "B@example.com")],
            rows: None,
            exact: false,
        };
        let custom = |name: &str| Target::Attribute(name.into());
        let mut m = mapping(&[]);
        assign(&mut m, Some(&sample), None, "hired".into(), Some(&custom("hiredOn")));
        assign(&mut m, Some(&sample), None, "mail".into(), Some(&custom("email")));
        let said = |m: &Mapping| m.rules.iter().map(explain).collect::<Vec<_>>();
        assert_eq!(said(&m), ["date, day first", "trim, lower-case"]);
        assign(&mut m, Some(&sample), Some(0), "hired".into(), Some(&Target::LastSignIn));
        assert_eq!(said(&m)[0], "date, day first");
        assign(&mut m, Some(&sample), Some(0), "hired".into(), Some(&custom("title")));
        assert_eq!(said(&m)[0], "trim");
        m.rules[0].transforms = vec![Transform::Upper];
        assign(&mut m, Some(&sample), Some(0), "hired".into(), Some(&custom("hiredOn")));
        assert_eq!(said(&m)[0], "upper-case");
    }

    #[test]
    fn a_column_can_feed_two_attributes_and_be_left_behind() {
        let mut m = mapping(&[("mail", "email")]);
        assign(&mut m, None, None, "mail".into(), Some(&Target::Attribute("login".into())));
        assert_eq!(m.rules.len(), 2);
        assign(&mut m, None, Some(0), String::new(), None);
        assert_eq!(targets(&m), [("mail".into(), "login".into())]);
    }

    #[test]
    fn groups_and_who_is_active_can_come_from_several_columns() {
        for target in [Target::Group, Target::IsActive] {
            let mut m = mapping(&[]);
            for column in ["one", "other"] {
                assign(&mut m, None, None, column.into(), Some(&target));
            }
            assert_eq!(m.rules.len(), 2, "{target:?}");
        }
    }

    #[test]
    fn what_was_left_behind_on_purpose_can_be_sent_somewhere_after_all() {
        let mut m = mapping(&[]);
        m.rules.push(Rule {
            column: Some("locked".into()),
            target: Target::LeftBehind,
            transforms: Vec::new(),
        });
        assign(&mut m, None, None, "locked".into(), Some(&Target::IsActive));
        assert_eq!(targets(&m), [("locked".into(), "Is active".into())]);
    }
}
