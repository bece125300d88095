//! Why people are not sent, on the command line, and what to know about those who are: each reason once, with how many.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::error::CliError;
use crate::mapping::codes::{ACTIVE_MISSING, BOOLEAN_UNREADABLE};
use crate::migration::rules::Unfed;
use crate::migration::shared;
use crate::model::{OutcomeKind, number, people};
use crate::workspace::{
    Counts, IDENTITY_UNSURE, LEFT_OUT_BY_HAND, PeopleFilter, PersonId, Presence, ReasonCount, Sort, Workspace,
};

/// The most reasons of a kind that are named.
const MOST: usize = 20;

/// How those who share a clear text are sent after all.
const SEND_SHARED: &str = "If passwords that many people have are their real ones, put \"shared_clear_text\": \"send\" into \"password\" of \
    the mapping (causeway map WORKSPACE > mapping.json) and read again with --mapping mapping.json.";

/// Everyone who is not sent by their reasons, and what warns of the others.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    pub(super) blocked: Vec<ReasonCount>,
    left_out: Vec<ReasonCount>,
    gone: u64,
    warned: Vec<ReasonCount>,
    since: Since,
}

/// People who are in Okta and of whom the source says something else now.
#[derive(Debug, Default)]
struct Since {
    words: Option<String>,
    /// The logins of the first of them.
    changed: Vec<String>,
    gone: Vec<String>,
    /// How many there are.
    counts: (u64, u64),
}

impl Since {
    async fn of(workspace: &Workspace, counts: &Counts) -> Result<Self, CliError> {
        let Some(words) = counts.since_sent_words() else { return Ok(Self::default()) };
        let logins = async |ids: &[PersonId]| -> Result<Vec<String>, CliError> {
            let first = ids.get(..MOST_NAMED).unwrap_or(ids);
            Ok(workspace.rows(first).await?.into_iter().map(|row| row.login).collect())
        };
        let outcomes = vec![OutcomeKind::Created, OutcomeKind::AlreadyThere, OutcomeKind::Updated];
        let gone = PeopleFilter { presence: Presence::Gone, outcomes, ..PeopleFilter::default() };
        let changed =
            if counts.changed_in_okta > 0 { workspace.changed_since_sent().await? } else { Vec::new() };
        Ok(Self {
            words: Some(words),
            changed: logins(&changed).await?,
            gone: logins(&workspace.order(&gone, Sort::default()).await?).await?,
            counts: (counts.changed_in_okta, counts.gone_in_okta),
        })
    }
}

/// Most people who are named.
const MOST_NAMED: usize = 20;

impl Reasons {
    /// As the workspace has them now.
    pub(super) async fn of(workspace: &Workspace) -> Result<Self, CliError> {
        let counts = workspace.counts().await?;
        Ok(Self {
            blocked: workspace.blocked_by().await?,
            left_out: workspace.left_out_by([ACTIVE_MISSING, BOOLEAN_UNREADABLE]).await?,
            gone: counts.gone,
            warned: workspace.warned_of().await?,
            since: Since::of(workspace, &counts).await?,
        })
    }

    /// What blocks people. Begins with a line end; empty where nothing does. An attribute that is told of by itself, as no column feeds
    /// it, is not told of twice.
    pub(super) fn blocked_words(&self, heading: &str, told: &[Unfed]) -> String {
        let twice = |reason: &&ReasonCount| {
            told.iter().any(|unfed| unfed.is_told_by(&reason.code, reason.attribute.as_deref()))
        };
        let rest: Vec<&ReasonCount> = self.blocked.iter().filter(|reason| !twice(reason)).collect();
        section(heading, &rest)
    }

    /// Who else is not sent. Begins with a line end; empty where everybody is.
    pub(super) fn left_out_words(&self) -> String {
        let mut text = section("Left out:", &self.left_out.iter().collect::<Vec<_>>());
        // Those who are in Okta are told by themselves.
        let gone = self.gone.saturating_sub(self.since.counts.1);
        if gone > 0 {
            let _ = write!(
                text,
                "\nIn an earlier read and not in the source any more, so not sent: {}",
                people(gone)
            );
        }
        text
    }

    /// Who is in Okta, and has changed in the source or is gone from it. Begins with a line end; empty where nobody is.
    pub(super) fn since_words(&self) -> String {
        let Some(words) = &self.since.words else { return String::new() };
        let named = |what: &str, logins: &[String], all: u64| {
            let more = all.saturating_sub(logins.len() as u64);
            let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
            if logins.is_empty() { String::new() } else { format!("\n  {what}: {}{more}", logins.join(", ")) }
        };
        let (changed, gone) = self.since.counts;
        format!(
            "\n{words}{}{}",
            named("Changed", &self.since.changed, changed),
            named("Gone", &self.since.gone, gone)
        )
    }

    /// What warns of those who are sent. Begins with a line end; empty where nothing does.
    pub(super) fn warned_words(&self) -> String {
        let mut text =
            section("Look at these before anything is sent:", &self.warned.iter().collect::<Vec<_>>());
        if self.warned.iter().any(|reason| reason.code == shared::CODE) {
            let _ = write!(text, "\n{SEND_SHARED}");
        }
        text
    }

    /// How to find those people, behind what was said of them.
    pub(super) fn where_words(&self) -> String {
        let mut text = String::new();
        let mut found = self.blocked.iter().chain(&self.left_out).chain(&self.warned);
        if found.any(|reason| reason.code != LEFT_OUT_BY_HAND) {
            text.push_str("\ncauseway people --finding CODE lists them.");
        }
        if self.blocked.iter().any(|reason| reason.code == IDENTITY_UNSURE) {
            text.push_str(
                "\ncauseway people --finding identity_unsure --same-person (or --somebody-new) says who they are; --key KEY one of them.",
            );
        }
        if !self.left_out.is_empty() {
            text.push_str("\ncauseway people --disposition left_out lists everyone who is left out.");
        }
        text
    }

    /// The same as JSON.
    pub(super) fn blocked_values(&self) -> Value {
        values(&self.blocked)
    }

    /// The same as JSON.
    pub(super) fn left_out_values(&self) -> Value {
        values(&self.left_out)
    }

    /// The same as JSON.
    pub(super) fn warned_values(&self) -> Value {
        values(&self.warned)
    }

    /// How many are gone from the source.
    pub(super) fn gone(&self) -> u64 {
        self.gone
    }
}

/// A line for each reason under a heading. Begins with a line end; empty without one.
fn section(heading: &str, reasons: &[&ReasonCount]) -> String {
    let mut text = String::new();
    if !reasons.is_empty() {
        let _ = write!(text, "\n{heading}");
    }
    for reason in reasons.iter().take(MOST) {
        let example = if reason.always { "" } else { "for example: " };
        let _ = write!(text, "\n  {}: {example}{} ({})", people(reason.people), reason.text, reason.code);
    }
    if reasons.len() > MOST {
        let _ = write!(text, "\n  and {} more reasons", reasons.len() - MOST);
    }
    text
}

fn values(reasons: &[ReasonCount]) -> Value {
    let one = |reason: &ReasonCount| {
        json!({
            "code": reason.code,
            "attribute": reason.attribute,
            "people": reason.people,
            "text": reason.text,
        })
    };
    reasons.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(people: u64, text: &str, always: bool) -> ReasonCount {
        ReasonCount { code: "code".into(), attribute: None, people, text: text.into(), always }
    }

    #[test]
    fn each_reason_is_one_line_with_its_count() {
        let nothing = Reasons::default();
        let all = |reasons: &Reasons| {
            reasons.blocked_words("Blocked by:", &[])
                + &reasons.left_out_words()
                + &reasons.warned_words()
                + &reasons.where_words()
        };
        assert_eq!(all(&nothing), "");
        let by_hand = ReasonCount { code: LEFT_OUT_BY_HAND.into(), ..reason(2, "You left them out", true) };
        let reasons = Reasons {
            blocked: vec![
                reason(1200, "Last name is missing", true),
                reason(1, "Same login as row 3", false),
            ],
            left_out: vec![by_hand],
            gone: 1,
            ..Reasons::default()
        };
        assert_eq!(
            all(&reasons),
            "\nBlocked by:\n  1,200 people: Last name is missing (code)\n  1 person: for example: Same login as row 3 (code)\
             \nLeft out:\n  2 people: You left them out (left_out_by_hand)\
             \nIn an earlier read and not in the source any more, so not sent: 1 person\
             \ncauseway people --finding CODE lists them.\ncauseway people --disposition left_out lists everyone who is left out."
        );
        let blocked = (0..25).map(|n| reason(n, "x", true)).collect();
        let many = Reasons { blocked, ..Reasons::default() };
        assert!(many.blocked_words("Blocked by:", &[]).contains("and 5 more reasons"));
    }

    #[test]
    fn an_attribute_that_is_told_by_itself_is_not_told_twice() {
        let missing = ReasonCount {
            code: "required_missing".into(),
            attribute: Some("costCenter".into()),
            ..reason(3, "Cost center is missing", true)
        };
        let reasons = Reasons { blocked: vec![missing], ..Reasons::default() };
        let unfed = [Unfed { name: "costCenter".into(), people: 3 }];
        assert_eq!(reasons.blocked_words("Blocked by:", &unfed), "");
        assert!(reasons.blocked_words("Blocked by:", &[]).contains("3 people"));
    }
}
