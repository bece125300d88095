//! A person's attributes, as wanted and as they are in Okta.

use serde_json::Value;

use super::operation::Change;
use crate::assess::fold_login;
use crate::model::{Profile, is_blank};

/// The attributes of ours that differ there, without the login: it is how the person was found.
pub fn differing(ours: &Profile, theirs: &Profile) -> Vec<Change> {
    // A value of blanks alone is never sent.
    let sent = ours.iter().filter(|(name, value)| *name != "login" && !value.as_str().is_some_and(is_blank));
    let changed = sent.filter(|(name, value)| !theirs.get(name).is_some_and(|there| equal(value, there)));
    changed
        .map(|(name, value)| Change {
            attribute: name.to_owned(),
            from: theirs.get(name).cloned(),
            to: Some(value.clone()),
        })
        .collect()
}

/// Whether every attribute we send has the same value there. The login compares as Okta compares it.
pub fn same_values(ours: &Profile, theirs: &Profile) -> bool {
    differing(ours, theirs).is_empty() && fold_login(ours.login()) == fold_login(theirs.login())
}

/// Equal values; numbers compare as numbers, since JSON knows one kind only.
fn equal(a: &Value, b: &Value) -> bool {
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}
