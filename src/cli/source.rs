//! Opening what the flags name: workspaces with their keys, sources with their passwords, orgs with their tokens.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use super::args::{ExistingChoice, KindFlags, OktaArgs, Policy, SourceArgs, WorkspaceArgs};
use super::error::CliError;
use super::talk::Talk;
use crate::mapping::{
    GroupCandidate, Mapping, OtherHalf, SwitchTable, Target, guess_people, membership_words, selection_for,
};
use crate::migration::{
    Choices, Existing, Groups, PersonKey, Suggestion, default_label, docs, group_choice_of, group_choices,
    suggest_for,
};
use crate::model::{Catalog, Membership, People, RoutePolicy, Sample, Selection, TableName};
use crate::okta::{Client, ClientSettings, OrgUrl, PaceSettings};
use crate::secrets::{KeyFile, Keychain, SecretError, SecretStore};
use crate::source::{self, Source, SourceSpec};
use crate::workspace::{Keys, NewWorkspace, Workspace};

/// How many rows a suggestion looks at.
const SAMPLE_ROWS: usize = 200;

/// Where the workspace's key is: the file that was named, and the keychain where there is one.
pub(super) fn keys(key_file: Option<&Path>) -> Result<Keys, SecretError> {
    let keychain = Keychain::open();
    match key_file {
        Some(path) => {
            let keys = Keys::new(Arc::new(KeyFile::new(path)?));
            Ok(match keychain {
                Ok(keychain) => keys.or(Arc::new(keychain)),
                Err(_) => keys,
            })
        }
        None => Ok(Keys::new(Arc::new(keychain?))),
    }
}

pub(super) async fn open(args: &WorkspaceArgs) -> Result<Workspace, CliError> {
    open_at(&args.workspace, args.key_file.as_deref()).await
}

pub(super) async fn open_at(path: &Path, key_file: Option<&Path>) -> Result<Workspace, CliError> {
    // A missing workspace is said before a missing keychain.
    if !path.exists() {
        return Err(crate::workspace::WorkspaceError::Missing(path.to_owned()).into());
    }
    Ok(Workspace::open(path, keys(key_file)?).await?)
}

/// The workspace, made if it is not there.
pub(super) async fn open_or_create(args: &WorkspaceArgs, name: &str) -> Result<Workspace, CliError> {
    if args.workspace.exists() {
        return open(args).await;
    }
    let new = NewWorkspace { name: format!("{name} to Okta") };
    Ok(Workspace::create(&args.workspace, new, keys(args.key_file.as_deref())?).await?)
}

/// A secret from the environment; an empty one counts as none.
fn from_environment(name: &str) -> Option<SecretString> {
    std::env::var(name).ok().filter(|text| !text.is_empty()).map(SecretString::from)
}

/// A secret from the keychain. Blocks, so off the async threads.
async fn from_keychain(name: String) -> Result<Option<SecretString>, SecretError> {
    tokio::task::spawn_blocking(move || Keychain::open()?.get(&name))
        .await
        .unwrap_or_else(|e| Err(SecretError::Unavailable(e.to_string())))
}

/// The source that the URL (or the workspace) names, with what the flags say besides.
pub(super) async fn source(
    url: Option<&str>,
    flags: &KindFlags,
    workspace: Option<&Workspace>,
) -> Result<(SourceSpec, Arc<dyn Source>), CliError> {
    let (spec, in_url) = match (url, workspace) {
        (Some(url), _) => SourceSpec::parse_url(url)?,
        (None, Some(workspace)) => match workspace.doc::<SourceSpec>(docs::SOURCE).await? {
            Some(spec) => (spec, None),
            None => return Err(CliError::NoSource),
        },
        (None, None) => return Err(CliError::NoSource),
    };
    let spec = spec.with_flags(flags.given())?;
    let mut password = in_url.or_else(|| from_environment("CAUSEWAY_SOURCE_PASSWORD"));
    if password.is_none()
        && let Some(name) = spec.secret_name()
    {
        // No keychain, no password: the server says whether one is needed.
        password = from_keychain(name).await.ok().flatten();
    }
    let source = source::open(&spec, password)?;
    Ok((spec, source))
}

/// A suggestion, and what it was made from.
pub(super) struct Suggested {
    pub(super) mapping: Mapping,
    pub(super) sample: Sample,
    /// Why this table, for a person to read.
    pub(super) reasons: Vec<String>,
    /// Memberships that may be these people's too, and were not taken.
    pub(super) not_taken: Vec<GroupCandidate>,
    /// Memberships that are certainly theirs too, and were not taken: one is.
    pub(super) beside_taken: Vec<GroupCandidate>,
    /// What tells them apart.
    pub(super) key: PersonKey,
    /// Tables with what is missing of these people.
    pub(super) halves: Vec<OtherHalf>,
    /// Tables that may say who of them is switched off.
    pub(super) switch_tables: Vec<SwitchTable>,
    /// What else should be known.
    pub(super) notes: Vec<String>,
}

/// Suggests a mapping for the table or SELECT that was named, or for the best guess.
pub(super) async fn suggested(source: &dyn Source, args: &SourceArgs) -> Result<Suggested, CliError> {
    let probe = source.probe().await?;
    let (mut selection, reasons) = selection(&probe.catalog, args)?;
    if !args.key.is_empty() {
        selection.key.clone_from(&args.key);
    }
    let candidates = group_choices(source, &probe.catalog, &selection).await;
    let mut wanted = Vec::new();
    for name in &args.groups {
        wanted.push(named(source, &probe.catalog, &selection, name, &candidates).await?);
    }
    let groups = match (wanted.is_empty(), args.no_groups) {
        (false, _) => Groups::From(wanted),
        (true, true) => Groups::None,
        (true, false) => Groups::Certain,
    };
    let suggest = async |selection, groups| {
        suggest_for(source, &probe.catalog, selection, &candidates, groups, SAMPLE_ROWS).await
    };
    let mut suggestion = suggest(selection, groups.clone()).await?;
    for wanted in &args.join {
        let joined = table_named_to_join(wanted, &suggestion)?;
        // Its groups are those of the people it was made for.
        let groups = if groups == Groups::None { Groups::None } else { Groups::Certain };
        suggestion = suggest(joined, groups).await?;
    }
    let Suggestion { mapping, sample, key, halves, switch_tables, mut notes } = suggestion;
    notes.splice(0..0, probe.notes);
    let taken: Vec<&Membership> = mapping.selection.memberships().collect();
    // Who chose needs no list of what was not chosen.
    let by_column = args.sql.is_some() && mapping.rules.iter().any(|rule| rule.target == Target::Group);
    let asked = args.groups.is_empty() && !args.no_groups && taken.is_empty() && !by_column;
    let another = |candidate: &&GroupCandidate| {
        candidate.certain()
            && !taken.is_empty()
            && !taken.iter().any(|taken| taken.same_join(&candidate.membership))
    };
    let beside_taken = candidates.iter().filter(another).cloned().collect();
    let not_taken = candidates.into_iter().filter(|_| asked).collect();
    Ok(Suggested { mapping, sample, reasons, not_taken, beside_taken, key, halves, switch_tables, notes })
}

/// The membership that was named: its table as it is listed, or without its schema. One that is too unlikely to be listed can be named
/// too, but none that the values speak against.
async fn named(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
    wanted: &str,
    candidates: &[GroupCandidate],
) -> Result<GroupCandidate, CliError> {
    let is = |name: &str| name.eq_ignore_ascii_case(wanted);
    let exact = candidates.iter().find(|c| is(&membership_name(c)));
    let found = exact.or_else(|| candidates.iter().find(|c| is(&c.membership.members.name)));
    if let Some(found) = found {
        return Ok(found.clone());
    }
    let table = |table: &TableName| is(&table.display()) || is(&table.name);
    let further = group_choice_of(source, catalog, selection, table).await;
    if let Some(found) = further.iter().find(|candidate| !candidate.refuted()) {
        return Ok(found.clone());
    }
    Err(CliError::NoSuchGroups {
        wanted: wanted.to_owned(),
        why: further.first().map(GroupCandidate::reason),
        offered: candidates.iter().map(|one| format!("{} ({})", membership_name(one), one.words())).collect(),
    })
}

/// The people together with the table that was named.
fn table_named_to_join(wanted: &str, suggestion: &Suggestion) -> Result<Selection, CliError> {
    let halves = suggestion.halves.iter().map(|half| (&half.table, half.selection.as_ref()));
    let switches = suggestion.switch_tables.iter().map(|table| (&table.table, table.selection.as_ref()));
    let offered: Vec<(&TableName, &Selection)> =
        halves.chain(switches).filter_map(|(table, selection)| Some((table, selection?))).collect();
    let is = |table: &TableName| {
        table.display().eq_ignore_ascii_case(wanted) || table.name.eq_ignore_ascii_case(wanted)
    };
    let found = offered.iter().find(|(table, _)| is(table)).map(|(_, selection)| (*selection).clone());
    found.ok_or_else(|| CliError::NoSuchHalf {
        wanted: wanted.to_owned(),
        offered: offered.iter().map(|(table, _)| table.display()).collect(),
    })
}

/// How `--groups` names a membership.
pub(super) fn membership_name(candidate: &GroupCandidate) -> String {
    candidate.membership.members.display()
}

impl Suggested {
    /// Says what tells people apart, what may switch them off, what is missing, and the memberships that were not taken. What makes
    /// one person two, or lets in who is kept out, is said however quiet it should be.
    pub(super) fn tell(&self, talk: &Talk) {
        if self.key.warns() {
            talk.warn(&self.key.words());
        } else {
            talk.say(&self.key.words());
        }
        if let PersonKey::Login { .. } = &self.key {
            talk.say("  To choose the key: --key COLUMN");
        }
        for table in &self.switch_tables {
            talk.warn(&table.words());
            if table.selection.is_some() {
                let name = quoted(&table.table.display());
                talk.say(&format!("  To read who is in it as switched off: --join {name}"));
            }
        }
        for line in self.questions() {
            talk.say(&line);
        }
    }

    /// What is missing, and the memberships that were not taken, for a person to read.
    fn questions(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(self.notes.iter().cloned());
        for half in &self.halves {
            lines.push(half.words());
            if half.selection.is_some() {
                lines.push(format!("  To read both together: --join {}", quoted(&half.table.display())));
            }
        }
        if !self.beside_taken.is_empty() {
            lines.push(format!(
                "Groups come from {} alone.",
                self.mapping.selection.memberships().map(membership_words).collect::<Vec<_>>().join(" and ")
            ));
            let taken: Vec<String> = self
                .mapping
                .selection
                .memberships()
                .map(|taken| format!("--groups {} ", quoted(&taken.members.display())))
                .collect();
            for candidate in &self.beside_taken {
                lines.push(format!(
                    "  Not taken: {}. To take it instead: --groups {name}. To take it too: {}--groups {name}",
                    membership_words(&candidate.membership),
                    taken.concat(),
                    name = quoted(&membership_name(candidate))
                ));
            }
        }
        if !self.not_taken.is_empty() {
            lines.push(
                "No groups are taken: nothing in the database says for certain whose they are.".to_owned(),
            );
        }
        for candidate in &self.not_taken {
            lines.push(format!("  {}, {}", membership_words(&candidate.membership), candidate.reason()));
            lines.push(format!(
                "    If these are their groups: --groups {}",
                quoted(&membership_name(candidate))
            ));
        }
        lines
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn selection(catalog: &Catalog, args: &SourceArgs) -> Result<(Selection, Vec<String>), CliError> {
    if let Some(path) = &args.sql {
        let sql = std::fs::read_to_string(path).map_err(|e| CliError::reading(path, &e))?;
        let selection = Selection {
            people: People::Sql(sql),
            key: Vec::new(),
            only: Vec::new(),
            groups: None,
            more_groups: Vec::new(),
        };
        return Ok((selection, vec!["the SELECT that was given".to_owned()]));
    }
    if let Some(table) = &args.table {
        let name = table_named(catalog, table);
        let mut reasons = vec!["the table that was named".to_owned()];
        let namesakes =
            catalog.tables.iter().filter(|other| other.name.name == name.name && other.name != name);
        let namesakes: Vec<_> = namesakes.map(|other| other.name.display()).collect();
        if !namesakes.is_empty() {
            reasons = vec![format!("{}, not {}", name.display(), namesakes.join(" or "))];
        }
        return Ok((selection_for(catalog, &name), reasons));
    }
    let guess = guess_people(catalog).into_iter().next().ok_or(CliError::NoGuess)?;
    let mut reasons = vec![format!("{}, taken by itself", guess.table.display())];
    reasons.extend(guess.reasons);
    Ok((guess.selection, reasons))
}

/// The table that was named: just so, or as SQL writes names, with or without quotes. One that is not there stays as it was named,
/// and the source says so.
fn table_named(catalog: &Catalog, text: &str) -> TableName {
    let whole = TableName { schema: None, name: text.to_owned() };
    let parsed = TableName::parse(text);
    let ignoring_case = |name: &TableName| {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let schema = |other: &TableName| match (&name.schema, &other.schema) {
            (Some(wanted), Some(there)) => same(wanted, there),
            // A file has no schemas: `main.users` is `users`.
            (_, None) | (None, _) => true,
        };
        catalog.tables.iter().find(|table| same(&table.name.name, &name.name) && schema(&table.name))
    };
    let found = catalog.table(&whole).or_else(|| catalog.table(&parsed)).or_else(|| ignoring_case(&parsed));
    found.map_or(parsed, |table| table.name.clone())
}

/// A mapping from a file.
pub(super) fn mapping_file(path: &Path) -> Result<Mapping, CliError> {
    let text = std::fs::read_to_string(path).map_err(|e| CliError::reading(path, &e))?;
    Ok(Mapping::from_json(&text)?)
}

/// The org that the flags (or the workspace) name, with its token; kept in the workspace.
pub(super) async fn okta(args: &OktaArgs, workspace: &Workspace, share: u8) -> Result<Client, CliError> {
    let settings = ClientSettings::default();
    let settle = args.settle.map_or(settings.settle, std::time::Duration::from_millis);
    client(args.okta.as_deref(), workspace, share, ClientSettings { settle, ..settings }).await
}

/// The same where the org is all that is named.
pub(super) async fn okta_at(
    okta: Option<&str>,
    workspace: &Workspace,
    share: u8,
) -> Result<Client, CliError> {
    client(okta, workspace, share, ClientSettings::default()).await
}

async fn client(
    okta: Option<&str>,
    workspace: &Workspace,
    share: u8,
    settings: ClientSettings,
) -> Result<Client, CliError> {
    let org = match okta {
        Some(pasted) => OrgUrl::parse(pasted)?,
        None => workspace.doc::<OrgUrl>(docs::ORG).await?.ok_or(CliError::NoOkta)?,
    };
    let token = match from_environment("CAUSEWAY_OKTA_TOKEN") {
        Some(token) => token,
        None => match from_keychain(org.token_name()).await {
            Ok(Some(token)) => token,
            Ok(None) => return Err(CliError::NoToken { host: org.host().to_owned(), keychain: None }),
            Err(error) => {
                return Err(CliError::NoToken {
                    host: org.host().to_owned(),
                    keychain: Some(error.to_string()),
                });
            }
        },
    };
    let pace = PaceSettings { share, ..PaceSettings::default() };
    let client = Client::new(org.clone(), &token, ClientSettings { pace, ..settings })?;
    workspace.put_doc(docs::ORG, &org).await?;
    Ok(client)
}

/// The workspace's choices with what the flags change; kept in the workspace, but for the pilot, which is for this run.
pub(super) async fn choices(args: &OktaArgs, workspace: &Workspace) -> Result<Choices, CliError> {
    let kept = workspace.doc::<Choices>(docs::CHOICES).await?;
    let first = kept.is_none();
    let mut choices = kept.unwrap_or_default();
    if let Some(policy) = args.policy {
        choices.policy = match policy {
            Policy::Best => RoutePolicy::Best,
            Policy::AllHook => RoutePolicy::AllHook,
            Policy::AllReset => RoutePolicy::AllReset,
        };
    }
    if let Some(existing) = args.existing {
        choices.existing = match existing {
            ExistingChoice::Leave => Existing::Leave,
            ExistingChoice::Update => Existing::Update,
        };
    }
    if args.activate || args.stage {
        choices.activate = args.activate;
    }
    if let Some(share) = args.share {
        choices.share = share;
    }
    if args.no_label_group {
        choices.label_group = None;
    } else if let Some(name) = &args.label_group {
        choices.label_group = Some(name.clone());
    } else if first {
        let spec = workspace.doc::<SourceSpec>(docs::SOURCE).await?;
        let source = spec.map_or_else(|| "source".to_owned(), |spec| spec.short_name());
        choices.label_group =
            Some(default_label(workspace, &source, chrono::Local::now().date_naive()).await?);
    }
    choices.pilot = None;
    workspace.put_doc(docs::CHOICES, &choices).await?;
    choices.pilot = args.pilot;
    Ok(choices)
}

/// What a person should be told about the password of a URL on the command line.
pub(super) fn password_in_url(url: Option<&str>) -> bool {
    url.is_some_and(|url| SourceSpec::parse_url(url).is_ok_and(|(_, password)| password.is_some()))
}
