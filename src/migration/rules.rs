//! What people are assessed by: what is stated of their passwords, and what the org's user schema demands; everyone assessed again
//! when that changes; and the attributes that the org has to be given first.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::carry::carry_out;
use super::org::unless_stopped;
use super::{MigrationError, docs, kept_mapping};
use crate::assess::{SchemaRules, assess, codes};
use crate::mapping::{Target, attribute_name, is_attribute_name};
use crate::model::{Candidate, Phase, Progress};
use crate::okta::{Client, OktaError};
use crate::workspace::{
    CarriedAttribute, OperationKind, OrgIntent, PeopleFilter, Presence, Sort, Workspace, WorkspaceError,
};

pub use super::context::{context, schema};

/// What came of assessing everyone again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reassessed {
    /// How many people something else is true of now.
    pub changed: u64,
    /// Attributes that people have and the org has not: it would refuse those people, so they are blocked.
    pub missing: Vec<Missing>,
    /// Attributes that the org requires, that nothing in the mapping fills, and that people lack: none of those can be sent.
    pub unfed: Vec<Unfed>,
    /// Stopped before the end: some are still as they were. The next time goes through everyone again.
    pub stopped: bool,
}

/// A required attribute that no column feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfed {
    /// Its name.
    pub name: String,
    /// How many people lack it.
    pub people: u64,
}

impl Unfed {
    /// Whether a reason says the same: that this attribute has no value.
    pub fn is_told_by(&self, code: &str, attribute: Option<&str>) -> bool {
        [codes::LOGIN_MISSING, codes::REQUIRED_MISSING].contains(&code)
            && attribute == Some(self.name.as_str())
    }
}

/// Why an attribute can't be created as it is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCreatable {
    /// Okta takes letters, digits and underscores, no digit first; the nearest name that it takes.
    Name(String),
    /// The org has one of this name in other capitals.
    OtherCapitals(String),
}

/// An attribute that people have and the org has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// The type it would get, by people's values: Okta's word for it.
    pub kind: &'static str,
    /// How many people have it.
    pub people: u64,
    /// Why it can't be created so, if it can't.
    pub problem: Option<NotCreatable>,
}

/// Reads the org's schema, keeps it, and assesses everyone again if it demands something else than what they were assessed by.
/// `None` when the token may not see the schema: then Okta's own rules go on to be used.
pub async fn follow(
    workspace: &Workspace,
    client: &Client,
    today: NaiveDate,
    stop: &CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<Option<Reassessed>, MigrationError> {
    match unless_stopped(stop, client.user_schema()).await {
        Ok(schema) => {
            if SchemaRules::from_okta(&schema).is_none() {
                return Ok(None);
            }
            keep(workspace, &schema).await?;
            Ok(Some(run(workspace, today, stop, progress).await?))
        }
        // No right to see it, or an org without it: everything else still works.
        Err(MigrationError::Okta(OktaError::NoRight { .. } | OktaError::Refused { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps the org's schema, and remembers that everyone has to be assessed again if it demands something else.
async fn keep(workspace: &Workspace, schema: &Value) -> Result<(), WorkspaceError> {
    let before = self::schema(workspace).await?;
    if SchemaRules::from_okta(schema).is_some_and(|now| now != before) {
        // This order: whatever happens between, nobody is taken for assessed who isn't.
        workspace.put_doc(docs::ASSESS_AGAIN, &true).await?;
        workspace.put_doc(docs::SCHEMA, schema).await?;
    }
    Ok(())
}

/// Remembers that everyone has to be assessed again if the org's rules came to be known while people were read by others.
pub(super) async fn settle_after_reading(
    workspace: &Workspace,
    read_by: &SchemaRules,
) -> Result<(), WorkspaceError> {
    if schema(workspace).await? != *read_by {
        workspace.put_doc(docs::ASSESS_AGAIN, &true).await?;
    }
    Ok(())
}

/// People assessed between two looks at the stop.
const PORTION: usize = 500;

/// Assesses everyone again if that is due; then says which attributes the org lacks. Holds four bytes a person and one portion.
pub async fn run(
    workspace: &Workspace,
    today: NaiveDate,
    stop: &CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<Reassessed, MigrationError> {
    let mut done = Reassessed::default();
    while workspace.doc(docs::ASSESS_AGAIN).await?.unwrap_or(false) {
        let of = workspace.current_reading().await?;
        if !everyone_again(workspace, today, stop, progress, &mut done).await? {
            done.stopped = true;
            return Ok(done);
        }
        workspace.remove_doc(docs::ASSESS_AGAIN).await?;
        // Others were read in the meantime: what they were assessed by is not known here.
        if workspace.current_reading().await? != of {
            workspace.put_doc(docs::ASSESS_AGAIN, &true).await?;
        }
    }
    done.missing = missing(workspace).await?;
    done.unfed = unfed(workspace).await?;
    Ok(done)
}

/// Assesses everyone again; whether it came to the end.
async fn everyone_again(
    workspace: &Workspace,
    today: NaiveDate,
    stop: &CancellationToken,
    progress: &watch::Sender<Progress>,
    done: &mut Reassessed,
) -> Result<bool, MigrationError> {
    let context = context(workspace, today).await?;
    let again = move |candidate: Candidate| assess(candidate, &context);
    let everyone = PeopleFilter { presence: Presence::Any, ..PeopleFilter::default() };
    let ids = workspace.order(&everyone, Sort::default()).await?;
    for (at, some) in ids.chunks(PORTION).enumerate() {
        progress.send_replace(Progress {
            phase: Phase::Working,
            done: (at * PORTION) as u64,
            total: Some(ids.len() as u64),
            note: Some("Checking everyone by this org's rules".to_owned()),
        });
        if stop.is_cancelled() {
            return Ok(false);
        }
        done.changed += workspace.reassess(some, &again).await?;
    }
    Ok(true)
}

/// The attributes that the org requires and no column feeds.
pub async fn unfed(workspace: &Workspace) -> Result<Vec<Unfed>, WorkspaceError> {
    let Some(mapping) = kept_mapping(workspace).await? else { return Ok(Vec::new()) };
    let fed = |name: &str| {
        mapping.rules.iter().any(|rule| matches!(&rule.target, Target::Attribute(target) if target == name))
    };
    let mut unfed = Vec::new();
    for code in [codes::LOGIN_MISSING, codes::REQUIRED_MISSING] {
        let lacking = workspace.carried(code).await?.into_iter();
        unfed.extend(
            lacking.filter(|one| !fed(&one.name)).map(|one| Unfed { name: one.name, people: one.people }),
        );
    }
    Ok(unfed)
}

/// The attributes that people have and the org has not.
async fn missing(workspace: &Workspace) -> Result<Vec<Missing>, WorkspaceError> {
    let rules = schema(workspace).await?;
    let carried = workspace.carried(codes::ATTRIBUTE_UNKNOWN).await?;
    Ok(carried.into_iter().map(|carried| missing_one(carried, &rules)).collect())
}

fn missing_one(carried: CarriedAttribute, rules: &SchemaRules) -> Missing {
    let kind = match carried.people {
        all if carried.booleans == all => "boolean",
        all if carried.integers == all => "integer",
        all if carried.numbers == all => "number",
        all if carried.lists == all => "array",
        _ => "string",
    };
    let proposal = || NotCreatable::Name(attribute_name(&carried.name));
    let problem = match rules.like(&carried.name) {
        Some(other) => Some(NotCreatable::OtherCapitals(other.to_owned())),
        None => (!is_attribute_name(&carried.name)).then(proposal),
    };
    Missing { name: carried.name, kind, people: carried.people, problem }
}

/// Creates attributes in the org's profile, and assesses everyone again by what it demands then. People do not see them in their
/// own profile; an administrator may show them. Attributes that can't be created are left.
pub async fn create(
    workspace: &Workspace,
    client: &Client,
    missing: &[Missing],
    today: NaiveDate,
    stop: &CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<Reassessed, MigrationError> {
    progress.send_modify(|p| p.note = Some("Creating attributes in Okta's profile".to_owned()));
    if let Some(addition) = addition(missing) {
        let creatable = missing.iter().filter(|one| one.problem.is_none());
        let changes: Vec<OrgIntent<'_>> = creatable
            .map(|one| OrgIntent {
                kind: OperationKind::AddAttribute,
                what: &one.name,
                okta_id: None,
                before: None,
            })
            .collect();
        let schema = carry_out(workspace, &changes, client.add_attributes(&addition), |_| None).await?;
        keep(workspace, &schema).await?;
    }
    run(workspace, today, stop, progress).await
}

/// What is posted to create attributes (okta-api.md 2.6). `None`: none of them can be created.
fn addition(missing: &[Missing]) -> Option<Value> {
    let mut properties = Map::new();
    for attribute in missing.iter().filter(|m| m.problem.is_none()) {
        let mut property = json!({
            "title": title(&attribute.name),
            "type": attribute.kind,
            "required": false,
            "permissions": [{"principal": "SELF", "action": "HIDE"}],
            "master": {"type": "PROFILE_MASTER"},
        });
        if attribute.kind == "array" {
            property["items"] = json!({"type": "string"});
        }
        properties.insert(attribute.name.clone(), property);
    }
    (!properties.is_empty()).then(|| {
        json!({"definitions": {"custom": {"id": "#custom", "type": "object", "properties": properties, "required": []}}})
    })
}

/// A name as the Admin Console shows it: `legacyId` → `Legacy id`.
fn title(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' {
            title.push(' ');
        } else if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            title.push(' ');
            title.push(letter.to_ascii_lowercase());
        } else if title.is_empty() {
            title.push(letter.to_ascii_uppercase());
        } else {
            title.push(letter);
        }
        before = letter;
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(
        name: &str,
        people: u64,
        booleans: u64,
        integers: u64,
        numbers: u64,
        lists: u64,
    ) -> CarriedAttribute {
        CarriedAttribute { name: name.into(), people, booleans, integers, numbers, lists }
    }

    #[test]
    fn an_attribute_gets_the_type_that_all_values_have() {
        let rules = SchemaRules::default();
        for (one, kind) in [
            (carried("remote", 3, 3, 0, 0, 0), "boolean"),
            (carried("shoe", 3, 0, 3, 3, 0), "integer"),
            (carried("ratio", 3, 0, 2, 3, 0), "number"),
            (carried("tags", 3, 0, 0, 0, 3), "array"),
            (carried("badge", 3, 0, 2, 2, 0), "string"),
        ] {
            assert_eq!(missing_one(one.clone(), &rules).kind, kind, "{one:?}");
        }
    }

    #[test]
    fn names_that_okta_refuses_are_said_and_not_sent() {
        let rules = SchemaRules::default();
        let problem = |name: &str| missing_one(carried(name, 1, 0, 0, 0, 0), &rules).problem;
        assert_eq!(problem("badge_2"), None);
        assert_eq!(problem("2x"), Some(NotCreatable::Name("attribute_2x".into())));
        assert_eq!(problem("legacy-id"), Some(NotCreatable::Name("legacy_id".into())));
        assert_eq!(problem("Login"), Some(NotCreatable::OtherCapitals("login".into())));
        let all: Vec<_> = ["badge", "2nd"]
            .map(|name| missing_one(carried(name, 1, 0, 0, 0, 0), &rules))
            .into_iter()
            .collect();
        let body = addition(&all).unwrap();
        let names: Vec<_> =
            body.pointer("/definitions/custom/properties").unwrap().as_object().unwrap().keys().collect();
        assert_eq!(names, ["badge"]);
        assert_eq!(addition(&all[1..]), None);
    }

    #[test]
    fn titles_read_as_words() {
        assert_eq!(title("legacyId"), "Legacy id");
        assert_eq!(title("staff_no"), "Staff no");
        assert_eq!(title("SAPNumber"), "SAPNumber");
    }
}
