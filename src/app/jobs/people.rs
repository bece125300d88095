//! What the pages about people ask the workspace: lists, one person, edits, exports. Every error becomes a [`Problem`].

use std::path::{Path, PathBuf};

use chrono::Utc;
use zeroize::Zeroizing;

use crate::app::problem::Problem;
use crate::assess::assess;
use crate::files::PrivateFile;
use crate::mapping::custom_attributes;
use crate::migration::{kept_mapping, rules};
use crate::model::{Candidate, PasswordSettings, Route, RoutePolicy, StoredPassword};
use crate::okta::request;
use crate::password;
use crate::workspace::{
    Counts, Edit, EditPreview, PeopleFilter, PersonDetail, PersonId, PersonRow, Reassess, Sort, SourceRow,
    Undone, Who, Workspace, WorkspaceError,
};

/// A workspace's error as a person sees it.
pub(crate) fn told(error: &WorkspaceError) -> Problem {
    let problem = Problem::new(error.to_string(), error.advice());
    match error.technical() {
        Some(text) => problem.technical(text),
        None => problem,
    }
}

/// Everyone a filter shows, in order.
pub(crate) async fn order(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
) -> Result<Vec<PersonId>, Problem> {
    workspace.order(filter, sort).await.map_err(|e| told(&e))
}

/// The first few of everyone a filter shows, in order.
pub(crate) async fn head(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    most: u32,
) -> Result<Vec<PersonId>, Problem> {
    workspace.head(filter, sort, most).await.map_err(|e| told(&e))
}

/// Some rows.
pub(crate) async fn rows(workspace: &Workspace, ids: &[PersonId]) -> Result<Vec<PersonRow>, Problem> {
    workspace.rows(ids).await.map_err(|e| told(&e))
}

/// The numbers over everyone, and what Ctrl+Z would take back.
pub(crate) async fn numbers(workspace: &Workspace) -> Result<(Counts, Option<String>), Problem> {
    let counts = workspace.counts().await.map_err(|e| told(&e))?;
    let undo = workspace.can_undo().await.map_err(|e| told(&e))?;
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
}

/// Looks a person up.
pub(crate) async fn inspect(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Inspected, Problem> {
    let detail = workspace.person(id).await.map_err(|e| told(&e))?;
    let stored = workspace.secret(id).await.map_err(|e| told(&e))?;
    let settings = settings(workspace).await?;
    let sentence = match &stored {
        None => "The source keeps no password for this person.".to_owned(),
        Some(stored) => password::read(stored, &settings).sentence(),
    };
    let route = policy.apply(detail.row.route);
    let request = shown(&detail, stored.as_ref(), &settings, route, true).to_string();
    Ok(Inspected { detail, sentence, request })
}

/// The request Okta gets for a person, nothing covered. Shown only when asked for.
pub(crate) async fn uncovered(
    workspace: &Workspace,
    id: PersonId,
    policy: RoutePolicy,
) -> Result<Zeroizing<String>, Problem> {
    let detail = workspace.person(id).await.map_err(|e| told(&e))?;
    let stored = workspace.secret(id).await.map_err(|e| told(&e))?;
    let settings = settings(workspace).await?;
    Ok(shown(&detail, stored.as_ref(), &settings, policy.apply(detail.row.route), false))
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
    workspace.source_row(id).await.map_err(|e| told(&e))
}

/// What is stated about the passwords of this migration.
async fn settings(workspace: &Workspace) -> Result<PasswordSettings, Problem> {
    let mapping = kept_mapping(workspace).await.map_err(|e| told(&e))?;
    Ok(mapping.map(|m| m.password).unwrap_or_default())
}

/// How people are assessed anew after an edit: by the org's rules, as far as they are known.
async fn reassess(workspace: &Workspace) -> Result<impl Reassess + use<>, Problem> {
    let context = rules::context(workspace, Utc::now().date_naive()).await.map_err(|e| told(&e))?;
    Ok(move |candidate: Candidate| assess(candidate, &context))
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
    /// Leaves people out.
    LeaveOut(Who),
    /// Puts people back.
    PutBack(Who),
    /// Takes the last change back.
    Undo,
}

impl Change {
    /// Several people get this value; text that is all white space takes the attribute away.
    pub(crate) fn of(who: Who, attribute: String, edit: &BulkEdit) -> Self {
        match edit {
            BulkEdit::Set(value) => Self::Set { who, attribute, value: value.clone() },
            BulkEdit::Source => Self::Clear { who, attribute },
        }
    }
}

/// What to do with an attribute of several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkEdit {
    /// Give it this value; empty text takes it away.
    Set(String),
    /// The source's value again.
    Source,
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
        BulkEdit::Source => Edit::Clear,
    };
    workspace.preview_edit(who, attribute, &edit, &assess).await.map_err(|e| told(&e))
}

/// The custom attributes of this migration.
pub(crate) async fn custom(workspace: &Workspace) -> Result<Vec<String>, Problem> {
    let mapping = kept_mapping(workspace).await.map_err(|e| told(&e))?;
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
        Change::LeaveOut(who) => workspace.leave_out(who).await.map(Changed::People),
        Change::PutBack(who) => workspace.put_back(who).await.map(Changed::People),
        Change::Undo => {
            let assess = reassess(workspace).await?;
            workspace.undo(&assess).await.map(Changed::Undone)
        }
    };
    done.map_err(|e| told(&e))
}

/// Writes the people a filter shows, in this order, as CSV: key, row, what happens, the profile, groups, findings, outcome. Holds
/// no password. Gives how many.
pub(crate) async fn export_csv(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    policy: RoutePolicy,
    path: PathBuf,
) -> Result<u64, Problem> {
    let attributes = attributes(workspace, filter, sort).await?;
    // Written beside and moved into place: a full disk leaves no half list behind.
    let file = PrivateFile::begin(&path).map_err(|e| unwritten(&path, &e))?;
    let mut writer = csv::Writer::from_writer(file);
    let head = ["row", "key", "what happens", "stored password"].into_iter().map(str::to_owned);
    let tail = ["groups", "findings", "outcome", "okta id", "what Okta said"].into_iter().map(str::to_owned);
    let head = head.chain(attributes.iter().cloned()).chain(tail);
    writer.write_record(head).map_err(|e| unwritten(&path, &e))?;
    let mut people = 0;
    let mut walk = workspace.walk(filter, sort).await.map_err(|e| told(&e))?;
    while let Some(page) = walk.next().await.map_err(|e| told(&e))? {
        for person in &page {
            writer.write_record(line(person, &attributes, policy)).map_err(|e| unwritten(&path, &e))?;
            people += 1;
        }
    }
    let file = writer.into_inner().map_err(|e| unwritten(&path, e.error()))?;
    file.keep().map_err(|e| unwritten(&path, &e))?;
    Ok(people)
}

/// Every attribute that someone has: the four that identify a person first, then by name.
async fn attributes(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
) -> Result<Vec<String>, Problem> {
    let first = ["login", "email", "firstName", "lastName"];
    let mut others = std::collections::BTreeSet::new();
    let mut walk = workspace.walk(filter, sort).await.map_err(|e| told(&e))?;
    while let Some(page) = walk.next().await.map_err(|e| told(&e))? {
        for (name, _) in page.iter().flat_map(|person| person.profile.iter()) {
            if !first.contains(&name) && !others.contains(name) {
                others.insert(name.to_owned());
            }
        }
    }
    Ok(first.into_iter().map(str::to_owned).chain(others).collect())
}

fn line(person: &PersonDetail, attributes: &[String], policy: RoutePolicy) -> Vec<String> {
    let row = &person.row;
    let mut cells = vec![
        row.row.to_string(),
        person.key.replace('\u{1f}', "/"),
        row.disposition.under(policy).as_str().to_owned(),
        row.scheme_label.clone(),
    ];
    for name in attributes {
        cells.push(match person.profile.get(name) {
            None => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
    }
    cells.push(person.groups.join("; "));
    cells.push(person.findings.iter().map(|f| f.text.as_str()).collect::<Vec<_>>().join("; "));
    cells.push(row.outcome.kind.as_str().to_owned());
    cells.push(row.outcome.okta_id.clone().unwrap_or_default());
    cells.push(row.outcome.message.clone().unwrap_or_default());
    for cell in &mut cells {
        // A sheet would run a cell that begins like a formula. Numbers (and E.164 phones) are not.
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err() {
            cell.insert(0, '\'');
        }
    }
    cells
}

fn unwritten(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        format!("{} could not be written.", path.display()),
        "See that the folder exists, that you may write to it, and that the disk is not full. Then export again.",
    )
    .technical(error.to_string())
}
