//! Checking against the live source: a fresh read of one person's row with the same mapping, so that a password changed
//! yesterday is honoured today.
//!
//! Okta sends its login; the source is asked by the column the login is mapped from. What the mapping does to that column is
//! turned around first (an affix taken off), and whatever rows come are mapped forward again: only a row that gives the very
//! login is the person's. So no way of turning around can let the wrong one in.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use unicode_normalization::UnicodeNormalization as _;

use super::backend::{Found, Lookup};
use super::error::{BackendError, HookError};
use super::sealed::choose;
use crate::assess::fold_login;
use crate::mapping::{Mapping, Plan, Target, Transform};
use crate::model::{Candidate, HookReason, PasswordEvidence, Record, StoredPassword};
use crate::password::read;
use crate::source::Source;
use crate::workspace::Workspace;

/// Rows looked at for one login.
const MOST: usize = 10;
/// Ways to write one login that are asked for, at most: each is a question to the source.
const WAYS: usize = 4;
/// Rows an example is taken from.
const SAMPLE: usize = 100;

/// The live source.
pub struct LiveLookup {
    source: Arc<dyn Source>,
    words: String,
    mapping: Mapping,
    ways: Vec<Way>,
    plan: ArcSwapOption<Plan>,
    workspace: Option<Workspace>,
}

/// How a login leads back to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    column: String,
    before: String,
    after: String,
}

impl LiveLookup {
    /// Of this source, called `words`, with this mapping. With a workspace, what was decided there holds too: people left out
    /// of the migration, blocked or moved are not let in. Without one nothing is kept anywhere.
    pub fn new(
        source: Arc<dyn Source>,
        words: &str,
        mapping: Mapping,
        workspace: Option<Workspace>,
    ) -> Result<Self, HookError> {
        let ways = ways(&mapping)?;
        Ok(Self {
            source,
            words: format!("{words}, live"),
            mapping,
            ways,
            plan: ArcSwapOption::empty(),
            workspace,
        })
    }

    fn candidate(&self, record: &Record) -> Result<Candidate, BackendError> {
        let known = self.plan.load_full().filter(|plan| plan.columns() == &record.columns);
        if let Some(plan) = known {
            return Ok(plan.apply(record));
        }
        let plan = Plan::compile(&self.mapping, &record.columns).map_err(|error| BackendError {
            what: error.to_string(),
            advice: "The source's columns have changed. Map it again, then start the hook again.".into(),
            technical: None,
        })?;
        let candidate = plan.apply(record);
        self.plan.store(Some(Arc::new(plan)));
        Ok(candidate)
    }

    /// Everyone in the source whose login this is.
    async fn rows(&self, login: &str) -> Result<Vec<Candidate>, BackendError> {
        let folded = fold_login(login);
        let mut asked: Vec<(&str, String)> = Vec::new();
        for way in &self.ways {
            for value in values(way, login) {
                if asked.len() < WAYS && !asked.iter().any(|(c, v)| *c == way.column && *v == value) {
                    asked.push((&way.column, value));
                }
            }
        }
        let mut found: Vec<Candidate> = Vec::new();
        for (column, value) in asked {
            for record in self.source.find(&self.mapping.selection, column, &value, MOST).await? {
                let candidate = self.candidate(&record)?;
                if fold_login(candidate.profile.login()) == folded
                    && !found.iter().any(|other| other.key == candidate.key)
                {
                    found.push(candidate);
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl Lookup for LiveLookup {
    async fn find(&self, login: &str) -> Result<Found, BackendError> {
        let kept = match &self.workspace {
            Some(workspace) => Some(choose(workspace.hook_find(login).await?)),
            None => None,
        };
        // Asked whatever the workspace says: who was left out must not be told by how soon the answer comes.
        let mut found = self.rows(login).await?;
        let person = match kept {
            Some(Err((person, why))) => return Ok(Found::Nobody { person, why }),
            Some(Ok(person)) => {
                // The row of that person, if several share the login.
                if found.len() > 1 {
                    found.retain(|candidate| candidate.key == person.key);
                }
                Some(person.id.0)
            }
            None => None,
        };
        if found.len() > 1 {
            return Ok(Found::Nobody { person, why: HookReason::Several });
        }
        let Some(candidate) = found.pop() else {
            let why = if person.is_some() { HookReason::Gone } else { HookReason::Unknown };
            return Ok(Found::Nobody { person, why });
        };
        Ok(match candidate.password {
            _ if candidate.active == Some(false) => Found::Nobody { person, why: HookReason::Disabled },
            PasswordEvidence::Stored(stored) => Found::Check { person, stored },
            PasswordEvidence::None => Found::Nobody { person, why: HookReason::NoPassword },
            PasswordEvidence::AskSource => Found::Nobody { person, why: HookReason::NotCheckable },
        })
    }

    async fn example(&self) -> Result<Option<StoredPassword>, BackendError> {
        let sample = self.source.sample(&self.mapping.selection, SAMPLE).await?;
        let mut kinds: Vec<(String, usize, StoredPassword)> = Vec::new();
        for record in &sample.records {
            let PasswordEvidence::Stored(stored) = self.candidate(record)?.password else { continue };
            let reading = read(&stored, &self.mapping.password);
            let label = reading.label().into_owned();
            match kinds.iter_mut().find(|(known, ..)| *known == label) {
                Some((_, n, _)) => *n += 1,
                None => kinds.push((label, 1, stored)),
            }
        }
        Ok(kinds.into_iter().max_by_key(|(_, n, _)| *n).map(|(.., stored)| stored))
    }

    async fn probe(&self) -> Result<(), BackendError> {
        self.rows("nobody@causeway.invalid").await?;
        Ok(())
    }

    fn words(&self) -> String {
        self.words.clone()
    }
}

/// The columns the login may be found by: of each rule that makes it.
fn ways(mapping: &Mapping) -> Result<Vec<Way>, HookError> {
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
fn values(way: &Way, login: &str) -> Vec<String> {
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
