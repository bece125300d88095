//! What the pages about people ask the workspace: lists, one person, edits, exports. Every error becomes a [`Problem`].

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use chrono::Utc;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::app::problem::Problem;
use crate::assess::{self, AssessContext};
use crate::files::PrivateFile;
use crate::mapping::custom_attributes;
use crate::migration::people::{Format, export};
use crate::migration::{MigrationError, console_of, group_names, kept_mapping, rules};
use crate::model::{Candidate, OktaStatus, PasswordSettings, Route, RoutePolicy, StoredPassword};
use crate::okta::request;
use crate::password;
use crate::workspace::{
    Counts, Edit, EditPreview, PeopleFilter, PersonDetail, PersonId, PersonRow, Reassess, Sort, SourceRow,
    Undone, Who, Workspace,
};

/// Everyone a filter shows, in order.
pub(crate) async fn order(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
) -> Result<Vec<PersonId>, Problem> {
    workspace.order(filter, sort).await.map_err(Problem::from)
}

/// The first few of everyone a filter shows, in order.
pub(crate) async fn head(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    most: u32,
) -> Result<Vec<PersonId>, Problem> {
    workspace.head(filter, sort, most).await.map_err(Problem::from)
}

/// Some rows.
pub(crate) async fn rows(workspace: &Workspace, ids: &[PersonId]) -> Result<Vec<PersonRow>, Problem> {
    workspace.rows(ids).await.map_err(Problem::from)
}

/// The numbers over everyone, and what Ctrl+Z would take back.
pub(crate) async fn numbers(workspace: &Workspace) -> Result<(Counts, Option<String>), Problem> {
    let counts = workspace.counts().await?;
    let undo = workspace.can_undo().await?;
    Ok((counts, undo))
}

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
pub(crate) async fn inspect(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Inspected, Problem> {
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
pub(crate) async fn uncovered(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Zeroizing<String>, Problem> {
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

/// The row a person came from.
pub(crate) async fn source_row(workspace: &Workspace, id: PersonId) -> Result<SourceRow, Problem> {
    workspace.source_row(id).await.map_err(Problem::from)
}

/// What is stated about the passwords of this migration.
async fn settings(workspace: &Workspace) -> Result<PasswordSettings, Problem> {
    let mapping = kept_mapping(workspace).await?;
    Ok(mapping.map(|m| m.password).unwrap_or_default())
}

/// How people are assessed anew after an edit: by the org's rules, as far as they are known.
async fn reassess(workspace: &Workspace) -> Result<impl Reassess + use<>, Problem> {
    let context = context(workspace).await?;
    Ok(move |candidate: Candidate| assess::assess(candidate, &context))
}

async fn context(workspace: &Workspace) -> Result<AssessContext, Problem> {
    rules::context(workspace, Utc::now().date_naive()).await.map_err(Problem::from)
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
    /// Takes the last change back.
    Undo,
}

impl Change {
    /// The change that does this to an attribute of several people.
    pub(crate) fn of(who: Who, attribute: String, edit: &BulkEdit) -> Self {
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
pub(crate) async fn preview(
    workspace: &Workspace,
    who: &Who,
    attribute: &str,
    edit: &BulkEdit,
) -> Result<EditPreview, Problem> {
    let assess = reassess(workspace).await?;
    let edit = match edit {
        BulkEdit::Set(text) => Edit::Set(value_of(text)),
        BulkEdit::Remove => Edit::Set(None),
        BulkEdit::Source => Edit::Clear,
    };
    workspace.preview_edit(who, attribute, &edit, &assess).await.map_err(Problem::from)
}

/// What repairing values would do. Changes nothing.
pub(crate) async fn preview_repair(workspace: &Workspace, who: &Who) -> Result<EditPreview, Problem> {
    let context = context(workspace).await?;
    let repair = |attribute: &str, text: &str| assess::repair(attribute, text, &context.schema);
    let assess = |candidate: Candidate| assess::assess(candidate, &context);
    workspace.preview_repair(who, &repair, &assess).await.map_err(Problem::from)
}

/// The custom attributes of this migration.
pub(crate) async fn custom(workspace: &Workspace) -> Result<Vec<String>, Problem> {
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
pub(crate) async fn change(workspace: &Workspace, change: &Change) -> Result<Changed, Problem> {
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
        Change::Undo => {
            let assess = reassess(workspace).await?;
            workspace.undo(&assess).await.map(Changed::Undone)
        }
    };
    done.map_err(Problem::from)
}

/// Writes the people a filter shows, in this order, as CSV: the same file as `causeway people` writes. Holds no password. Gives how
/// many.
pub(crate) async fn export_csv(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    path: PathBuf,
) -> Result<u64, Problem> {
    // Written beside and moved into place: a full disk leaves no half list behind.
    let file = PrivateFile::begin(&path).map_err(|e| unwritten(&path, &e))?;
    let mut out = BufWriter::new(file);
    let people = export(workspace, filter, sort, Format::Csv, &mut out, &CancellationToken::new()).await;
    let people = people.map_err(|error| match error {
        MigrationError::Write { technical, .. } => unwritten(&path, &technical),
        other => other.into(),
    })?;
    let file = out.into_inner().map_err(|e| unwritten(&path, e.error()))?;
    file.keep().map_err(|e| unwritten(&path, &e))?;
    Ok(people)
}

fn unwritten(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        format!("{} could not be written.", path.display()),
        "Make sure that the folder exists, that you have permission to write to it, and that the disk is not full. Then export again.",
    )
    .technical(error.to_string())
}
