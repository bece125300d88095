//! One person as they will be sent, and changes to people before they are: edits, repairs, who must set a new password.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use chrono::Utc;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::people::{Format, export};
use super::{MigrationError, console_of, group_names, kept_mapping, rules};
use crate::assess::{self, AssessContext};
use crate::files::PrivateFile;
use crate::mapping::custom_attributes;
use crate::model::{Candidate, OktaStatus, PasswordSettings, Route, RoutePolicy, StoredPassword};
use crate::okta::request;
use crate::password;
use crate::workspace::{
    Edit, EditPreview, PeopleFilter, PersonDetail, PersonId, Reassess, Sort, Undone, Who, Workspace,
};

/// One person as the inspector shows them: the password in words, nothing that is secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected {
    /// Everything but the password.
    pub detail: PersonDetail,
    /// What the stored password is, as a sentence.
    pub sentence: String,
    /// The request Okta gets, the hash covered.
    pub request: String,
    /// Where the Admin Console shows them, if they are in a real org already.
    pub console: Option<String>,
}

/// Looks a person up.
pub async fn inspect(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Inspected, MigrationError> {
    let detail = workspace.person(id).await?;
    let stored = workspace.secret(id).await?;
    let settings = settings(workspace).await?;
    let sentence = match &stored {
        None => "The source has no password for this person.".to_owned(),
        Some(stored) => password::read(stored, &settings).sentence(),
    };
    let route = route_of(&detail, policy);
    let request = shown(&detail, stored.as_ref(), &settings, route, true).to_string();
    // Whom Okta keeps out is let in there: found beforehand, or by a run.
    let outcome = &detail.row.outcome;
    let kept_out = outcome.code.as_deref().is_some_and(|code| OktaStatus::of(code).keeps_out());
    let there = match &detail.row.there_as {
        Some(there) => Some(&there.okta_id),
        None => outcome.okta_id.as_ref().filter(|_| kept_out),
    };
    let console = match there {
        Some(id) => console_of(workspace, id).await?,
        None => None,
    };
    let mut detail = detail;
    detail.groups = group_names::as_in_okta(workspace, &detail.groups).await?;
    Ok(Inspected { detail, sentence, request, console })
}

/// The request Okta gets for a person, nothing covered. Shown only when asked for.
pub async fn uncovered(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Zeroizing<String>, MigrationError> {
    let detail = workspace.person(id).await?;
    let stored = workspace.secret(id).await?;
    let settings = settings(workspace).await?;
    Ok(shown(&detail, stored.as_ref(), &settings, route_of(&detail, policy), false))
}

/// The route a person was sent by; until then, the one of the policy chosen now.
fn route_of(detail: &PersonDetail, policy: RoutePolicy) -> Route {
    detail.row.sent.unwrap_or_else(|| policy.apply(detail.row.route))
}

fn shown(
    detail: &PersonDetail,
    stored: Option<&StoredPassword>,
    settings: &PasswordSettings,
    route: Route,
    covered: bool,
) -> Zeroizing<String> {
    let credentials = password::credentials(stored, settings, route).ok().filter(|c| !c.is_none());
    request::shown(&detail.profile, credentials.as_ref(), &detail.groups, covered)
}

/// What is stated about the passwords of this migration.
async fn settings(workspace: &Workspace) -> Result<PasswordSettings, MigrationError> {
    let mapping = kept_mapping(workspace).await?;
    Ok(mapping.map(|m| m.password).unwrap_or_default())
}

/// How people are assessed anew after an edit: by the org's rules, as far as they are known.
async fn reassess(workspace: &Workspace) -> Result<impl Reassess + use<>, MigrationError> {
    let context = context(workspace).await?;
    Ok(move |candidate: Candidate| assess::assess(candidate, &context))
}

async fn context(workspace: &Workspace) -> Result<AssessContext, MigrationError> {
    rules::context(workspace, Utc::now().date_naive()).await.map_err(MigrationError::from)
}

/// A change to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Gives an attribute a value; empty text takes the attribute away.
    Set {
        /// For whom.
        who: Who,
        /// Which attribute.
        attribute: String,
        /// The value.
        value: String,
    },
    /// The source's value again.
    Clear {
        /// For whom.
        who: Who,
        /// Which attribute.
        attribute: String,
    },
    /// Makes every value right that has one plain repair.
    Repair(Who),
    /// Leaves people out.
    LeaveOut(Who),
    /// Puts people back.
    PutBack(Who),
    /// Lets people set a new password, whatever is stored.
    MustReset(Who),
    /// Uses the stored password again.
    KeepPassword(Who),
    /// Says that these are the people they may be.
    SamePerson(Who),
    /// Says that they are somebody new.
    SomebodyNew(Who),
    /// Takes the last change back.
    Undo,
}

impl Change {
    /// The change that does this to an attribute of several people.
    pub fn of(who: Who, attribute: String, edit: &BulkEdit) -> Self {
        match edit {
            BulkEdit::Set(value) => Self::Set { who, attribute, value: value.clone() },
            BulkEdit::Remove => Self::Set { who, attribute, value: String::new() },
            BulkEdit::Source => Self::Clear { who, attribute },
        }
    }
}

/// What to do with an attribute of several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkEdit {
    /// Give it this value, which is not empty.
    Set(String),
    /// The source's value again.
    Source,
    /// Take it away.
    Remove,
}

/// A typed value as the workspace keeps it.
fn value_of(text: &str) -> Option<serde_json::Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| serde_json::Value::String(text.to_owned()))
}

/// What an edit would do. Changes nothing.
pub async fn preview(
    workspace: &Workspace,
    who: &Who,
    attribute: &str,
    edit: &BulkEdit,
) -> Result<EditPreview, MigrationError> {
    let assess = reassess(workspace).await?;
    let edit = match edit {
        BulkEdit::Set(text) => Edit::Set(value_of(text)),
        BulkEdit::Remove => Edit::Set(None),
        BulkEdit::Source => Edit::Clear,
    };
    workspace.preview_edit(who, attribute, &edit, &assess).await.map_err(MigrationError::from)
}

/// What repairing values would do. Changes nothing.
pub async fn preview_repair(workspace: &Workspace, who: &Who) -> Result<EditPreview, MigrationError> {
    let context = context(workspace).await?;
    let repair = |attribute: &str, text: &str| assess::repair(attribute, text, &context.schema);
    let assess = |candidate: Candidate| assess::assess(candidate, &context);
    workspace.preview_repair(who, &repair, &assess).await.map_err(MigrationError::from)
}

/// The custom attributes of this migration.
pub async fn custom(workspace: &Workspace) -> Result<Vec<String>, MigrationError> {
    let mapping = kept_mapping(workspace).await?;
    Ok(mapping.iter().flat_map(custom_attributes).map(str::to_owned).collect())
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// So many people.
    People(u64),
    /// This was taken back; `None` when there was nothing.
    Undone(Option<Undone>),
}

/// Carries a change out.
pub async fn change(workspace: &Workspace, change: &Change) -> Result<Changed, MigrationError> {
    let done = match change {
        Change::Set { who, attribute, value } => {
            let assess = reassess(workspace).await?;
            workspace.set_attribute(who, attribute, value_of(value), &assess).await.map(Changed::People)
        }
        Change::Clear { who, attribute } => {
            let assess = reassess(workspace).await?;
            workspace.clear_attribute(who, attribute, &assess).await.map(Changed::People)
        }
        Change::Repair(who) => {
            let context = context(workspace).await?;
            let repair = |attribute: &str, text: &str| assess::repair(attribute, text, &context.schema);
            let assess = |candidate: Candidate| assess::assess(candidate, &context);
            workspace.repair(who, &repair, &assess).await.map(Changed::People)
        }
        Change::LeaveOut(who) => workspace.leave_out(who).await.map(Changed::People),
        Change::PutBack(who) => workspace.put_back(who).await.map(Changed::People),
        Change::MustReset(who) => {
            let assess = reassess(workspace).await?;
            workspace.must_reset(who, &assess).await.map(Changed::People)
        }
        Change::KeepPassword(who) => {
            let assess = reassess(workspace).await?;
            workspace.keep_password(who, &assess).await.map(Changed::People)
        }
        Change::SamePerson(who) => {
            let assess = reassess(workspace).await?;
            workspace.same_person(who, &assess).await.map(Changed::People)
        }
        Change::SomebodyNew(who) => workspace.somebody_new(who).await.map(Changed::People),
        Change::Undo => {
            let assess = reassess(workspace).await?;
            workspace.undo(&assess).await.map(Changed::Undone)
        }
    };
    done.map_err(MigrationError::from)
}

/// Writes the people a filter shows, in this order, as CSV: the same file as `causeway people` writes. Holds no password. Gives how
/// many.
pub async fn export_csv(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    path: PathBuf,
) -> Result<u64, MigrationError> {
    // Written beside and moved into place: a full disk leaves no half list behind.
    let file = PrivateFile::begin(&path).map_err(|e| unwritten(&path, &e))?;
    let mut out = BufWriter::new(file);
    let people = export(workspace, filter, sort, Format::Csv, &mut out, &CancellationToken::new()).await;
    let people = people?;
    let file = out.into_inner().map_err(|e| unwritten(&path, e.error()))?;
    file.keep().map_err(|e| unwritten(&path, &e))?;
    Ok(people)
}

fn unwritten(path: &Path, error: &dyn std::fmt::Display) -> MigrationError {
    MigrationError::Write { path: path.to_owned(), technical: error.to_string() }
}
