//! What a known password is tried on, and what follows from it: the search, and stating what was found.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{MigrationError, keep_mapping, kept_mapping};
use crate::assess::{AssessContext, assess};
use crate::mapping::{Mapping, Rule, Target};
use crate::model::{Candidate, PasswordSettings, Phase, Progress, SecretBytes, Value};
use crate::password::search::{Depth, Found, Known, Meter, SaltFrom, search};
use crate::password::{Reading, read};
use crate::workspace::{PeopleFilter, PersonId, Sort, Who, Workspace};

/// How often it is told how far a search is.
const TELL: Duration = Duration::from_millis(60);

/// Whose password is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// This person's.
    Person(PersonId),
    /// The one's with this login.
    Login(String),
}

/// Tries known passwords: whether the stored values are read rightly, and if not, how they were made. The passwords are
/// wiped when this ends.
pub async fn try_passwords(
    workspace: Workspace,
    known: Vec<(Whose, SecretBytes)>,
    stop: CancellationToken,
    tell: watch::Sender<Progress>,
) -> Result<Found, MigrationError> {
    let mapping = kept_mapping(&workspace).await?;
    let mut people = Vec::new();
    for (whose, password) in known {
        people.push(person(&workspace, mapping.as_ref(), whose, password).await?);
    }
    let settings = mapping.map(|mapping| mapping.password).unwrap_or_default();
    search_on(people, settings, Depth::Everything, stop, tell).await
}

/// The search for the way known passwords were stored, on threads of its own: how far it is goes to `tell`, and it ends at `stop`.
pub async fn search_on(
    people: Vec<Known>,
    settings: PasswordSettings,
    depth: Depth,
    stop: CancellationToken,
    tell: watch::Sender<Progress>,
) -> Result<Found, MigrationError> {
    let meter = Arc::new(Meter::default());
    let searching = {
        let meter = Arc::clone(&meter);
        tokio::task::spawn_blocking(move || search(&people, &settings, depth, &meter))
    };
    tokio::pin!(searching);
    loop {
        tokio::select! {
            found = &mut searching => return found.map_err(|e| MigrationError::interrupted(&e)),
            () = stop.cancelled(), if !meter.is_stopped() => meter.stop(),
            () = tokio::time::sleep(TELL) => {
                let (stage, done, total) = meter.now();
                let note = Some(stage.words().to_owned());
                tell.send_replace(Progress { phase: Phase::Working, done, total: Some(total), note });
            }
        }
    }
}

/// What came of trying, and whom it is for.
pub struct Tried {
    /// How the search ended.
    pub found: Found,
    /// Of the people whose values have the same shape, how many are read otherwise by the way that was found. None where that
    /// can't be told at once.
    pub reach: Option<u64>,
}

/// As many people of one shape are looked through at once.
const COUNTED: usize = 2_000;

/// [`try_passwords`], and how many people of the shape (scheme and short name) the way found is for.
pub async fn try_and_count(
    workspace: Workspace,
    known: Vec<(Whose, SecretBytes)>,
    shape: (String, String),
    stop: CancellationToken,
    tell: watch::Sender<Progress>,
) -> Result<Tried, MigrationError> {
    let found = try_passwords(workspace.clone(), known, stop, tell).await?;
    let reach = match &found {
        Found::One(fit) if fit.salt == SaltFrom::AsMapped => reach(&workspace, &fit.settings, shape).await?,
        _ => None,
    };
    Ok(Tried { found, reach })
}

async fn reach(
    workspace: &Workspace,
    way: &PasswordSettings,
    (scheme, label): (String, String),
) -> Result<Option<u64>, MigrationError> {
    let mapping = kept_mapping(workspace).await?;
    let before = mapping.map(|mapping| mapping.password).unwrap_or_default();
    let now = way.clone().before(&before);
    let filter = PeopleFilter { scheme: Some(scheme), scheme_label: Some(label), ..PeopleFilter::default() };
    let people = workspace.order(&filter, Sort::default()).await?;
    if people.len() > COUNTED {
        return Ok(None);
    }
    let mut reached = 0;
    for id in people {
        if let Some(stored) = workspace.secret(id).await? {
            let (old, new) = (read(&stored, &before), read(&stored, &now));
            // One that stays undecided is only asked about in other words.
            let settled = matches!(new, Reading::Recognised(_));
            reached +=
                u64::from(settled && (old.scheme() != new.scheme() || old.sentence() != new.sentence()));
        }
    }
    Ok(Some(reached))
}

/// What is known of one person: the stored value, and every other column of their row that may be the salt.
async fn person(
    workspace: &Workspace,
    mapping: Option<&Mapping>,
    whose: Whose,
    password: SecretBytes,
) -> Result<Known, MigrationError> {
    let id = match whose {
        Whose::Person(id) => id,
        Whose::Login(login) => by_login(workspace, &login).await?,
    };
    let stored = workspace.secret(id).await?;
    let stored = stored.ok_or(MigrationError::NoStoredPassword)?;
    let row = workspace.source_row(id).await?;
    let rules = mapping.map(|mapping| mapping.rules.as_slice()).unwrap_or_default();
    let is_password = |name: &str| {
        rules.iter().any(|r| {
            r.target == Target::Password && r.column.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(name))
        })
    };
    let names = row.columns.names().iter().zip(&row.values).filter(|(name, _)| !is_password(name));
    let others = names.filter_map(|(name, value)| Some((name.clone(), bytes(value)?))).collect();
    Ok(Known { stored, others, password })
}

async fn by_login(workspace: &Workspace, login: &str) -> Result<PersonId, MigrationError> {
    let login = login.trim();
    let filter = PeopleFilter { search: login.to_owned(), ..PeopleFilter::default() };
    let ids = workspace.order(&filter, Sort::default()).await?;
    let rows = workspace.rows(ids.get(..ids.len().min(200)).unwrap_or_default()).await?;
    let same = rows.into_iter().find(|row| row.login.eq_ignore_ascii_case(login));
    same.map(|row| row.id).ok_or_else(|| MigrationError::NobodyCalled(login.to_owned()))
}

fn bytes(value: &Value) -> Option<SecretBytes> {
    let bytes = match value {
        Value::Bytes(bytes) => bytes.clone(),
        other => other.as_text()?.into_owned().into_bytes(),
    };
    (!bytes.is_empty()).then(|| SecretBytes::new(bytes))
}

/// What is stated.
#[derive(Debug, Clone, PartialEq)]
pub enum Stating {
    /// A way that was found, with where its salt comes from. What was stated before still holds for other values.
    Way(PasswordSettings, SaltFrom),
    /// Exactly this.
    Exactly(PasswordSettings),
}

/// What came of stating how passwords are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Restated {
    /// The mapping as it is now.
    pub mapping: Mapping,
    /// What was stated before: to take it back.
    pub before: PasswordSettings,
    /// How many people were assessed anew. None where they have to be read again.
    pub people: Option<u64>,
    /// Of everyone, how many passwords moved as they are before, and do now.
    pub moving: (u64, u64),
}

/// How many people are assessed anew in one go.
const PORTION: usize = 2_000;

/// States how passwords are stored, and assesses everyone by it. Where the salt comes from elsewhere, it is mapped from there,
/// and people have to be read again.
pub async fn state(
    workspace: Workspace,
    stating: Stating,
    tell: watch::Sender<Progress>,
) -> Result<Restated, MigrationError> {
    let mut again = false;
    let mapping = kept_mapping(&workspace).await?;
    let mut mapping = mapping.ok_or(MigrationError::NoMapping)?;
    let settings = match stating {
        Stating::Way(way, salt) => {
            again = remap(&mut mapping, &salt);
            way.before(&mapping.password)
        }
        Stating::Exactly(settings) => settings,
    };
    let before = std::mem::replace(&mut mapping.password, settings.clone());
    let moving = workspace.counts().await?.import;
    keep_mapping(&workspace, &mapping).await?;
    if again {
        return Ok(Restated { mapping, before, people: None, moving: (moving, moving) });
    }
    let context = AssessContext::new(settings, Utc::now().date_naive());
    let assess = move |candidate: Candidate| assess(candidate, &context);
    let everyone = workspace.order(&PeopleFilter::default(), Sort::default()).await?;
    let total = everyone.len() as u64;
    let mut done = 0;
    for portion in everyone.chunks(PORTION) {
        tell.send_replace(Progress { phase: Phase::Working, done, total: Some(total), note: None });
        done += workspace.assess_anew(&Who::These(portion.to_vec()), &assess).await?;
    }
    // What is clear text may be so for others now.
    workspace.weigh_shared(&assess).await?;
    let now = workspace.counts().await?.import;
    Ok(Restated { mapping, before, people: Some(done), moving: (moving, now) })
}

/// Maps the salt from where it comes. Whether that changed anything.
fn remap(mapping: &mut Mapping, salt: &SaltFrom) -> bool {
    let column = match salt {
        SaltFrom::AsMapped => return false,
        SaltFrom::Nowhere => None,
        SaltFrom::Column(name) => Some(name.clone()),
        // The user name is the login, as it stands in the source.
        SaltFrom::UserName => {
            let login = Target::Attribute("login".to_owned());
            mapping.rules.iter().find(|rule| rule.target == login).and_then(|rule| rule.column.clone())
        }
    };
    mapping.rules.retain(|rule| rule.target != Target::Salt);
    if let Some(column) = column {
        mapping.rules.push(Rule { column: Some(column), target: Target::Salt, transforms: Vec::new() });
    }
    true
}

#[cfg(test)]
mod tests;
