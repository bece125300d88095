//! Rules in words, for the table and for messages.

use super::transform::DateOrder;
use super::types::{Rule, Target, Transform};

/// Where a rule leads, in words: the attribute's name, or `Password`, `Is active`, …
pub fn target_words(target: &Target) -> String {
    match target {
        Target::Attribute(name) => name.clone(),
        Target::Password => "Password".to_owned(),
        Target::Salt => "Salt".to_owned(),
        Target::IsActive => "Is active".to_owned(),
        Target::Group => "Group".to_owned(),
        Target::LastSignIn => "Last sign-in".to_owned(),
        Target::LeftBehind => "Leave behind".to_owned(),
    }
}

/// The change on the way in words: `trim, lower-case`. Empty when nothing changes.
pub fn explain(rule: &Rule) -> String {
    let words: Vec<_> = rule.transforms.iter().map(explain_transform).collect();
    words.join(", ")
}

/// One change in words: `split at “-”, take the 2nd`.
pub fn explain_transform(transform: &Transform) -> String {
    match transform {
        Transform::Trim => "trim".to_owned(),
        Transform::Lower => "lower-case".to_owned(),
        Transform::Upper => "upper-case".to_owned(),
        Transform::TitleCase => "title case".to_owned(),
        Transform::GivenName => "given name".to_owned(),
        Transform::FamilyName => "family name".to_owned(),
        Transform::Split { separator, take } => {
            format!("split at {}, take the {}", mark(separator), nth(*take))
        }
        Transform::SplitAll { separator } => format!("split at {}", mark(separator)),
        Transform::Unpack => "unpack the list".to_owned(),
        Transform::Pick(path) => format!("take {path} of it"),
        Transform::Join { columns, separator } if separator.is_empty() => {
            format!("join with {}", columns.join(", "))
        }
        Transform::Join { columns, separator } => {
            format!("join with {} by {}", columns.join(", "), mark(separator))
        }
        Transform::Constant(text) => format!("always “{text}”"),
        Transform::Default(text) => format!("“{text}” when empty"),
        Transform::Replace { from, to } if to.is_empty() => format!("remove “{from}”"),
        Transform::Replace { from, to } => format!("“{from}” becomes “{to}”"),
        Transform::Affix { before, after } => match (before.is_empty(), after.is_empty()) {
            (true, true) => "nothing added".to_owned(),
            (false, true) => format!("“{before}” before"),
            (true, false) => format!("“{after}” after"),
            (false, false) => format!("“{before}” before, “{after}” after"),
        },
        Transform::Phone { country } => format!("E.164, country {}", country.to_uppercase()),
        Transform::Boolean { yes, no } => boolean(yes, no),
        Transform::Date { format } if format.is_empty() => "date".to_owned(),
        Transform::Date { format } if DateOrder::stated(format).is_some() => format!("date, {format}"),
        Transform::Date { format } => format!("date {format}"),
        Transform::Moment { none, past, future } => moment(*none, *past, *future),
        Transform::Lookup(pairs) if pairs.len() == 1 => "look-up of 1 value".to_owned(),
        Transform::Lookup(pairs) => format!("look-up of {} values", pairs.len()),
        Transform::Shorten(most) => format!("at most {most} characters"),
    }
}

fn mark(separator: &str) -> String {
    match separator {
        "" => "white space".to_owned(),
        " " => "the space".to_owned(),
        "\n" => "the line end".to_owned(),
        "\t" => "the tab".to_owned(),
        other => format!("“{other}”"),
    }
}

fn nth(take: i32) -> String {
    match take {
        -1 => "last".to_owned(),
        ..-1 => format!("{} from the end", ordinal(i64::from(take).abs())),
        0.. => ordinal(i64::from(take) + 1),
    }
}

fn ordinal(n: i64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

fn moment(none: bool, past: bool, future: bool) -> String {
    let list = |truth: bool| {
        let times = match (past == truth, future == truth) {
            (true, true) => "any time",
            (true, false) => "past",
            (false, true) => "future",
            (false, false) => "",
        };
        let words = [if none == truth { "empty" } else { "" }, times];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" or ")
    };
    match (list(true), list(false)) {
        (yes, no) if no.is_empty() => format!("{yes} = yes"),
        (yes, no) if yes.is_empty() => format!("{no} = no"),
        (yes, no) => format!("{yes} = yes, {no} = no"),
    }
}

fn boolean(yes: &[String], no: &[String]) -> String {
    let one = |word: &str| match word {
        "" => "empty".to_owned(),
        "*" => "anything else".to_owned(),
        word => word.to_owned(),
    };
    let list = |words: &[String]| {
        let shown: Vec<_> = words.iter().take(3).map(|w| one(w)).collect();
        let more = if words.len() > 3 { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    };
    match (yes, no) {
        ([], []) => "yes or no".to_owned(),
        (yes, []) => format!("{} = yes", list(yes)),
        ([], no) => format!("{} = no", list(no)),
        (yes, no) => format!("{} = yes, {} = no", list(yes), list(no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_as_words() {
        let rule = |transforms| Rule { column: Some("c".to_owned()), target: Target::Password, transforms };
        let split = |take| Transform::Split { separator: "-".to_owned(), take };
        assert_eq!(explain(&rule(vec![Transform::Trim, Transform::Lower])), "trim, lower-case");
        assert_eq!(explain(&rule(vec![split(1)])), "split at “-”, take the 2nd");
        assert_eq!(explain(&rule(vec![split(-1)])), "split at “-”, take the last");
        assert_eq!(explain(&rule(vec![split(i32::MIN)])), "split at “-”, take the 2147483648th from the end");
        assert_eq!(explain(&rule(vec![Transform::Phone { country: "us".to_owned() }])), "E.164, country US");
        let date = |format: &str| explain(&rule(vec![Transform::Date { format: format.to_owned() }]));
        assert_eq!((date(""), date("day first")), ("date".to_owned(), "date, day first".to_owned()));
        assert_eq!(explain(&rule(Vec::new())), "");
        let gone = Transform::Boolean { yes: vec![String::new()], no: vec!["*".to_owned()] };
        assert_eq!(explain(&rule(vec![gone])), "empty = yes, anything else = no");
        let moment = |none, past, future| explain(&rule(vec![Transform::Moment { none, past, future }]));
        assert_eq!(moment(true, false, false), "empty = yes, any time = no");
        assert_eq!(moment(true, true, false), "empty or past = yes, future = no");
        assert_eq!(moment(true, false, true), "empty or future = yes, past = no");
        assert_eq!(moment(false, true, false), "past = yes, empty or future = no");
        assert_eq!(moment(true, true, true), "empty or any time = yes");
    }
}
