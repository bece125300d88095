//! One table's mapping carried over to another: what was decided stays wherever its columns are.

use crate::model::{Columns, attribute};

use super::check::columns_of;
use super::types::{Mapping, Rule, Target};

/// The suggestion for other rows, with the rules of a former mapping whose columns are there too.
///
/// What was decided goes before what is suggested: a target the former mapping fills is filled its way, and a column it knew
/// goes nowhere else, not even if it was left behind (`known`: the former rows' columns, where they were looked at). Only an
/// attribute that Okta requires is still filled by the suggestion. The filter and the groups are the suggestion's own, since
/// they are of the rows, not of the columns. What is stated about stored passwords stays with the password's column.
pub fn carry_over(
    former: &Mapping,
    known: Option<&Columns>,
    suggested: Mapping,
    columns: &Columns,
) -> Mapping {
    let kept: Vec<Rule> = former.rules.iter().filter(|rule| fits(rule, columns)).cloned().collect();
    let reads = |rules: &[Rule], name: &str| {
        rules.iter().flat_map(columns_of).any(|other| other.eq_ignore_ascii_case(name))
    };
    let left_behind =
        |name: &str| known.is_some_and(|k| k.position(name).is_some()) && !reads(&former.rules, name);
    let mut rules = kept.clone();
    rules.extend(suggested.rules.into_iter().filter(|rule| {
        // Whoever is off by one column is off, whatever another says: each that says so is read.
        let one_of_several = rule.target == Target::IsActive;
        let filled = !one_of_several && kept.iter().any(|other| other.target == rule.target);
        let required =
            matches!(&rule.target, Target::Attribute(name) if attribute(name).is_some_and(|a| a.required));
        let decided = rule.column.as_deref().is_some_and(|name| reads(&kept, name) || left_behind(name));
        !filled && (required || !decided)
    }));
    let password = kept.iter().any(|rule| rule.target == Target::Password);
    Mapping {
        rules,
        left_tables: former.left_tables.clone(),
        password: if password { former.password.clone() } else { suggested.password },
        ..suggested
    }
}

/// The columns that rules of a mapping need and that are not there, in the order of the rules, each once.
pub fn columns_left(mapping: &Mapping, columns: &Columns) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    for name in mapping.rules.iter().flat_map(columns_of) {
        if columns.position(name).is_none() && !left.iter().any(|other| other == name) {
            left.push(name.to_owned());
        }
    }
    left
}

fn fits(rule: &Rule, columns: &Columns) -> bool {
    columns_of(rule).all(|name| columns.position(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Transform, target_words};
    use crate::model::{PasswordSettings, Selection, TableName};

    fn mapping(table: &str, rules: &[(&str, &str)]) -> Mapping {
        let target = |word: &str| match word {
            "Password" => Target::Password,
            "Group" => Target::Group,
            "Is active" => Target::IsActive,
            "Leave behind" => Target::LeftBehind,
            name => Target::Attribute(name.into()),
        };
        let rule = |(column, word): &(&str, &str)| Rule {
            column: Some((*column).into()),
            target: target(word),
            transforms: Vec::new(),
        };
        Mapping {
            version: 1,
            selection: Selection::table(TableName { schema: None, name: table.into() }),
            rules: rules.iter().map(rule).collect(),
            password: PasswordSettings::default(),
            left_tables: Vec::new(),
        }
    }

    fn said(mapping: &Mapping) -> Vec<String> {
        let words = |rule: &Rule| {
            format!("{} → {}", rule.column.as_deref().unwrap_or("(fixed)"), target_words(&rule.target))
        };
        mapping.rules.iter().map(words).collect()
    }

    #[test]
    fn what_was_decided_stays_where_its_columns_are() {
        let mut former = mapping(
            "users",
            &[("mail", "login"), ("mail", "email"), ("badge", "badgeNumber"), ("hash", "Password")],
        );
        former.rules[0].transforms.push(Transform::Lower);
        former.password.assume = Some("md5".into());
        let suggested = mapping(
            "people",
            &[("upn", "login"), ("Mail", "email"), ("given", "firstName"), ("hash", "Password")],
        );
        let columns = Columns::new(["upn", "Mail", "given", "hash"]);
        let merged = carry_over(&former, None, suggested, &columns);
        assert_eq!(said(&merged), ["mail → login", "mail → email", "hash → Password", "given → firstName"]);
        assert_eq!(merged.rules[0].transforms, [Transform::Lower]);
        assert_eq!(merged.password.assume.as_deref(), Some("md5"));
        assert_eq!(merged.selection, Selection::table(TableName { schema: None, name: "people".into() }));
        assert_eq!(columns_left(&former, &columns), ["badge"]);
    }

    #[test]
    fn a_column_left_behind_stays_behind_unless_okta_requires_it() {
        let former = mapping("users", &[("upn", "login")]);
        let known = Columns::new(["upn", "mail", "phone"]);
        let suggested = mapping("people", &[("mail", "email"), ("phone", "mobilePhone"), ("city", "city")]);
        let columns = Columns::new(["upn", "mail", "phone", "city"]);
        let merged = carry_over(&former, Some(&known), suggested.clone(), &columns);
        assert_eq!(said(&merged), ["upn → login", "mail → email", "city → city"]);
        let unknown = carry_over(&former, None, suggested, &columns);
        assert_eq!(said(&unknown), ["upn → login", "mail → email", "phone → mobilePhone", "city → city"]);
    }

    #[test]
    fn every_column_that_says_who_is_off_is_read_unless_somebody_decided_otherwise() {
        let former = mapping("users", &[("enabled", "Is active"), ("locked_at", "Leave behind")]);
        let known = Columns::new(["enabled", "locked_at", "archived"]);
        let suggested = mapping(
            "people",
            &[
                ("enabled", "Is active"),
                ("deleted_at", "Is active"),
                ("locked_at", "Is active"),
                ("archived", "Is active"),
            ],
        );
        let columns = Columns::new(["enabled", "deleted_at", "locked_at", "archived"]);
        let merged = carry_over(&former, Some(&known), suggested, &columns);
        assert_eq!(
            said(&merged),
            ["enabled → Is active", "locked_at → Leave behind", "deleted_at → Is active"]
        );
    }

    #[test]
    fn a_rule_that_joins_a_missing_column_is_left_and_one_without_a_column_kept() {
        let mut former = mapping("users", &[("last", "lastName"), ("x", "userType")]);
        former.rules[0]
            .transforms
            .push(Transform::Join { columns: vec!["infix".into()], separator: " ".into() });
        former.rules[1] = Rule {
            column: None,
            target: Target::Attribute("userType".into()),
            transforms: vec![Transform::Constant("staff".into())],
        };
        let columns = Columns::new(["last"]);
        let merged = carry_over(&former, None, mapping("people", &[("last", "lastName")]), &columns);
        assert_eq!(said(&merged), ["(fixed) → userType", "last → lastName"]);
        assert!(merged.rules[1].transforms.is_empty());
        assert_eq!(columns_left(&former, &columns), ["infix"]);
    }

    #[test]
    fn a_statement_about_passwords_goes_with_their_column() {
        let mut former = mapping("users", &[("hash", "Password")]);
        former.password.assume = Some("md5".into());
        let suggested = mapping("people", &[("pwd", "Password")]);
        let merged = carry_over(&former, None, suggested, &Columns::new(["pwd"]));
        assert_eq!(said(&merged), ["pwd → Password"]);
        assert_eq!(merged.password, PasswordSettings::default());
    }
}
