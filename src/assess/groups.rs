//! Findings about groups.

use super::codes;
use crate::model::{
    Finding, Severity, holds_stray_invisible, invisible_names, is_blank, is_everyone, without_stray_invisible,
};

/// How many groups one create call takes (Okta Management API, `groupIds`).
const IN_CREATE: usize = 20;
/// Longest group name, in characters (Okta Management API, group profile).
const NAME: usize = 255;

/// All findings about a person's groups.
pub(super) fn findings(groups: &[String], out: &mut Vec<Finding>) {
    if groups.len() > IN_CREATE {
        let text = format!(
            "In {} groups: {IN_CREATE} go with the create call, the rest right after it",
            groups.len()
        );
        out.push(Finding::new(Severity::Notes, codes::MANY_GROUPS, None, text));
    }
    if groups.iter().any(|group| is_everyone(group)) {
        let text = "The group “Everyone” is Okta's own, and everybody is in it: it is left out";
        out.push(Finding::new(Severity::Notes, codes::GROUP_BUILT_IN, None, text));
    }
    for group in groups {
        let text = if is_blank(group) {
            "A group has no name".to_owned()
        } else if group.len() > NAME && group.chars().count() > NAME {
            let start: String = group.chars().take(24).collect();
            format!("The name of the group {start}… has more than {NAME} characters")
        } else if group.chars().any(char::is_control) {
            "A group's name holds control characters that nobody can see".to_owned()
        } else {
            if holds_stray_invisible(group) {
                let which = invisible_names(group).join(", ");
                let text = format!(
                    "The group “{}” has characters in its name that nobody can see ({which})",
                    without_stray_invisible(group)
                );
                out.push(Finding::new(Severity::Warns, codes::INVISIBLE_CHARACTERS, None, text));
            }
            continue;
        };
        out.push(Finding::new(Severity::Blocks, codes::GROUP_NAME, None, text));
    }
}
