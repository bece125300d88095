//! One column that the administrator sends somewhere by hand: the changes that its values ask for there.

use chrono::Utc;

use super::dates::{self, Written};
use super::dictionary::Meaning as M;
use super::looks::{self, Column, Kind};
use super::{Around, Taken, by_name, in_order, rules, seen};
use crate::mapping::activity::changes_for;
use crate::mapping::types::{Mapping, Target, Transform};
use crate::model::{ATTRIBUTES, Sample};

/// The changes on the way that a column's first values ask for when it goes to `target`, beside the rules there are.
pub fn suggest_changes(mapping: &Mapping, sample: &Sample, column: &str, target: &Target) -> Vec<Transform> {
    let columns = looks::columns(sample);
    let Some(at) = sample.columns.position(column) else { return Vec::new() };
    let Some(looked) = columns.get(at) else { return Vec::new() };
    let meaning = match target {
        Target::Password => return super::json::password(looked).into_iter().map(Transform::Pick).collect(),
        Target::Salt | Target::LeftBehind => return Vec::new(),
        Target::LastSignIn => return dates::moments(looked),
        Target::Group => M::Group,
        Target::IsActive => {
            let all: Vec<&str> = columns.iter().map(|column| column.name).collect();
            return in_order(looked, changes_for(&seen(sample, at, looked), &all, Utc::now()));
        }
        Target::Attribute(name) => match ATTRIBUTES.iter().find(|known| known.name == name) {
            Some(known) => half_of_a_name(looked, known.name).unwrap_or(M::Attribute(known.name)),
            None => {
                return dates::change(looked, name).map_or_else(|| trimmed(looked), |change| vec![change]);
            }
        },
    };
    let mut taken = others(mapping, sample, target);
    taken.push(Taken { at, meaning });
    rules::rules(&columns, &taken, Vec::new())
        .into_iter()
        .find(|rule| rule.target == *target && rule.column.as_deref() == Some(looked.name))
        .map_or_else(|| trimmed(looked), |rule| rule.transforms)
}

/// Whether the order of day and month in a column's first values can't be told.
pub(in crate::mapping) fn written(sample: &Sample, column: &str) -> Written {
    let columns = looks::columns(sample);
    let at = sample.columns.position(column);
    at.and_then(|at| columns.get(at)).map_or(Written::Plainly, dates::written)
}

/// The attributes that other columns fill: a phone's country, for one, is seen in the country's column.
fn others(mapping: &Mapping, sample: &Sample, target: &Target) -> Vec<Taken> {
    let taken = mapping.rules.iter().filter(|rule| rule.target != *target).filter_map(|rule| {
        let Target::Attribute(name) = &rule.target else { return None };
        let known = ATTRIBUTES.iter().find(|known| known.name == name)?;
        let at = sample.columns.position(rule.column.as_deref()?)?;
        Some(Taken { at, meaning: M::Attribute(known.name) })
    });
    taken.collect()
}

/// White space off what is text; numbers and truths stay what they are.
fn trimmed(column: &Column<'_>) -> Vec<Transform> {
    if column.kind() == Kind::Text { vec![Transform::Trim] } else { Vec::new() }
}

/// A full name gives either of its halves.
fn half_of_a_name(column: &Column<'_>, attribute: &str) -> Option<M> {
    let halves = matches!(attribute, "firstName" | "lastName");
    let whole = matches!(by_name(column.name, &Around::default()), Some((M::FullName, _)));
    (halves && whole && column.share(|text| text.contains(char::is_whitespace)) >= 0.5).then_some(M::FullName)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::types::Rule;
    use crate::mapping::{MappingProblem, check, explain};
    use crate::model::{Columns, PasswordSettings, Record, Selection, TableName, Value};

    fn sample(column: &str, values: &[Value]) -> Sample {
        let columns = Columns::new([column]);
        let record = |value: &Value| Record {
            columns: columns.clone(),
            values: vec![value.clone()],
            key: String::new(),
            groups: Vec::new(),
        };
        Sample {
            columns: columns.clone(),
            type_names: vec!["text".into()],
            records: values.iter().map(record).collect(),
            rows: None,
            exact: false,
        }
    }

    fn texts(values: &[&str]) -> Vec<Value> {
        values.iter().map(|text| Value::Text((*text).to_owned())).collect()
    }

    fn empty() -> Mapping {
        Mapping {
            version: 1,
            selection: Selection::table(TableName { schema: None, name: "people".into() }),
            rules: Vec::new(),
            password: PasswordSettings::default(),
            left_tables: Vec::new(),
        }
    }

    /// The change in words, and whether the order of day and month is said to be unsure.
    fn said(column: &str, values: &[Value], target: Target) -> (String, bool) {
        let sample = sample(column, values);
        let transforms = suggest_changes(&empty(), &sample, column, &target);
        let rule = Rule { column: Some(column.to_owned()), target, transforms };
        let words = explain(&rule);
        let mapping = Mapping { rules: vec![rule], ..empty() };
        let unsure = check(&mapping, &sample)
            .iter()
            .any(|problem| matches!(problem, MappingProblem::DateOrder { .. }));
        (words, unsure)
    }

    #[test]
    fn dates_are_read_as_their_column_writes_them() {
        for (values, last_sign_in, own, unsure) in [
            (&["31/12/2024", "03/04/2024"][..], "date, day first", "date, day first", false),
            (&["12/31/2024", "03/04/2024 10:15"], "date, month first", "date, month first", false),
            (&["31-12-2024 08:00", "03-04-2024 09:00"], "date, day first", "date, day first", false),
            (&["03/04/2024", "05/06/2024"], "", "date", true),
            (&["31/12/2024", "12/31/2024", "03/04/2024"], "", "date", true),
            (&["31.12.2024", "3.4.2024"], "", "date", false),
            (&["2024-12-31", "2024-04-03"], "", "date", false),
            (&["2024-12-31T08:00:00Z", "2024-04-03 09:00:00"], "", "date", false),
            (&["Dec 31, 2024", "April 3, 2024"], "", "date", false),
        ] {
            let values = texts(values);
            assert_eq!(
                said("seen", &values, Target::LastSignIn),
                (last_sign_in.into(), unsure),
                "{values:?}"
            );
            let attribute = Target::Attribute("someday".into());
            assert_eq!(said("x", &values, attribute), (own.into(), unsure), "{values:?}");
        }
    }

    #[test]
    fn digits_are_dates_only_where_a_name_says_so() {
        let numbers = [Value::Integer(1_714_566_600), Value::Integer(1_714_566_600_000)];
        let own = |column: &str, attribute: &str, values: &[Value]| {
            said(column, values, Target::Attribute(attribute.into())).0
        };
        assert_eq!(own("hire_date", "hired", &numbers), "date");
        assert_eq!(own("x", "startedOn", &numbers), "date");
        assert_eq!(own("badge", "badgeNumber", &numbers), "");
        assert_eq!(own("joined", "joined", &texts(&["20240501", "20231224"])), "date");
        assert_eq!(own("badge", "badgeNumber", &texts(&["20240501", "20231224"])), "trim");
        assert_eq!(said("ts", &numbers, Target::LastSignIn), (String::new(), false));
    }

    #[test]
    fn what_is_no_date_gets_what_its_place_asks_for() {
        let said = |column: &str, values: &[&str], target| said(column, &texts(values), target).0;
        let attribute = |name: &str| Target::Attribute(name.into());
        assert_eq!(said("mail", &["A@example.com"], attribute("email")), "trim, lower-case");
        assert_eq!(said("upn", &["A@example.com"], attribute("login")), "trim, lower-case");
        assert_eq!(said("tel", &["+49 30 123456"], attribute("primaryPhone")), "E.164, country DE");
        assert_eq!(said("c", &["de", "at"], attribute("countryCode")), "trim, upper-case");
        assert_eq!(said("roles", &["a;b", "c"], Target::Group), "split at “;”");
        assert_eq!(said("off", &["31/12/2024"], attribute("title")), "trim");
        assert_eq!(said("name", &["Anna Berg", "Li Wei"], attribute("firstName")), "given name");
        assert_eq!(said("name", &["Anna Berg", "Li Wei"], attribute("lastName")), "family name");
        assert_eq!(said("pw", &["$2a$10$abc"], Target::Password), "");
    }

    #[test]
    fn a_column_of_those_who_left_never_means_that_they_may_sign_in() {
        let active = |column: &str, values: &[&str]| said(column, &texts(values), Target::IsActive).0;
        assert_eq!(active("enabled", &["yes", "no"]), "yes or no");
        assert!(active("disabled", &["yes", "no"]).starts_with("empty, 0, false"));
        assert_eq!(active("deleted_at", &["2024-05-01"]), "empty = yes, any time = no");
        assert_eq!(active("since", &["2024-05-01"]), "empty = yes, any time = no");
        assert_eq!(
            active("banned_until", &["31/12/2024"]),
            "date, day first, empty or past = yes, future = no"
        );
    }

    #[test]
    fn a_column_that_is_not_there_asks_for_nothing() {
        let none = suggest_changes(&empty(), &sample("a", &[]), "b", &Target::LastSignIn);
        assert_eq!(none, []);
    }
}
