//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use super::common::{Common, WorkspaceArgs};
pub use super::kind_flags::KindFlags;

/// Moves people, with their passwords, from an old user store into Okta. Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(name = "causeway", version, about, after_help = super::exit::help(), args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Open this workspace in the window.
    pub workspace: Option<PathBuf>,
    /// Open the window with the sample company and the practice org ready.
    #[arg(long)]
    pub sample: bool,
    /// Look for the key of a workspace opened in the window in this file too.
    #[arg(long, env = "CAUSEWAY_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// A job without the window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A job without the window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read people from a source into a workspace (made if missing).
    Read(ReadArgs),
    /// Print the suggested mapping of a source, or a workspace's own; or check one.
    Map(MapArgs),
    /// Print everyone: key, profile, groups, scheme, route, findings, outcome, Okta id.
    #[command(after_help = PEOPLE_HELP)]
    People(PeopleArgs),
    /// Say what an import would do, without a write.
    Check(CheckArgs),
    /// Import people into Okta. Run again, it goes on where it stopped.
    Import(ImportArgs),
    /// Write the report.
    Report(ReportArgs),
    /// Reset the passwords of those who never signed in through the hook.
    #[command(after_help = FINISH_HELP)]
    Finish(FinishArgs),
    /// Run the practice org alone: a pretend Okta on this computer.
    Practice(PracticeArgs),
    /// Say how a stored password was made, and prove it with a known one.
    Password(super::password::PasswordArgs),
    /// Run the password hook, or make its secret.
    Hook(super::hook::args::HookArgs),
}

/// Where people come from.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// The source, as a URL.
    #[arg(long, value_name = "URL", help = format!("The source: {}", crate::source::url_examples()))]
    pub source: Option<String>,
    /// What else is to be said about it.
    #[command(flatten)]
    pub flags: KindFlags,
    /// The table or view with the people. Without it Causeway guesses, and says so.
    #[arg(long, value_name = "TABLE", conflicts_with = "sql")]
    pub table: Option<String>,
    /// A file with one SELECT that gives the people.
    #[arg(long, value_name = "FILE")]
    pub sql: Option<PathBuf>,
    /// The columns that tell one person from another, where the source has no key of its own or another is wanted.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub key: Vec<String>,
    /// Take groups from this membership table. Without it, groups are taken only where they are certain to be theirs; what else
    /// may be a membership is listed. Once for each table.
    #[arg(long, value_name = "TABLE", conflicts_with = "no_groups")]
    pub groups: Vec<String>,
    /// Read this table together with the people: one of those that are named where passwords, names or addresses are missing, or that
    /// may say who is switched off. Once for each table.
    #[arg(long, value_name = "TABLE")]
    pub join: Vec<String>,
    /// Take no groups from a membership table.
    #[arg(long)]
    pub no_groups: bool,
}

/// `causeway read`
#[derive(Debug, Args)]
pub struct ReadArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The mapping (JSON). Without it the workspace's own is used, else the suggestion, which is printed.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["table", "sql", "key", "join", "groups", "no_groups"])]
    pub(crate) mapping: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway map`
#[derive(Debug, Args)]
pub struct MapArgs {
    /// Print this workspace's mapping.
    pub(crate) workspace: Option<PathBuf>,
    /// Keep the workspace's sealing key in this file instead of the keychain.
    #[arg(long, env = "CAUSEWAY_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Check this mapping (JSON) against the source instead of suggesting one.
    #[arg(long, value_name = "FILE", requires = "source")]
    pub(crate) check: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// How people are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeopleFormat {
    /// A header and a line a person.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// `causeway people`
#[derive(Debug, Args)]
pub struct PeopleArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// How to print them; --json means jsonl.
    #[arg(long, value_enum, default_value_t = PeopleFormat::Csv)]
    pub(crate) format: PeopleFormat,
    /// Only those with this in their name, login or e-mail.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) search: String,
    /// Only those with this disposition: import, hook, reset, blocked, left_out.
    #[arg(long, value_parser = words::disposition)]
    pub(crate) disposition: Option<crate::workspace::Disposition>,
    /// Only those with this password scheme, e.g. bcrypt.
    #[arg(long)]
    pub(crate) scheme: Option<String>,
    /// Only those with this finding, by its code.
    #[arg(long)]
    pub(crate) finding: Option<String>,
    /// Only those in this group.
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// Only those with this outcome: waiting, created, failed, … May be given several times.
    #[arg(long, value_parser = words::outcome)]
    pub(crate) outcome: Vec<crate::model::OutcomeKind>,
    /// Write to this file instead of stdout.
    #[arg(long, short, value_name = "FILE", conflicts_with = "change")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) change: PeopleChange,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What is decided about people instead of printing them.
#[derive(Debug, Args)]
pub struct PeopleChange {
    /// Those people must reset: they set a new password, and nothing that is stored of theirs is sent. People who are in Okta already stay as
    /// they are.
    #[arg(long, group = "change")]
    pub(crate) must_reset: bool,
    /// Take that back: their stored password is used again.
    #[arg(long, group = "change")]
    pub(crate) keep_password: bool,
    /// Those who may be somebody from an earlier read (finding `identity_unsure`) are that person, changed: they keep the account in Okta,
    /// the outcome and the edits, and nothing is sent again. Can't be taken back.
    #[arg(long, group = "change")]
    pub(crate) same_person: bool,
    /// They are somebody new, and get an account of their own.
    #[arg(long, group = "change")]
    pub(crate) somebody_new: bool,
    /// The person with this key, as it is printed. May be given several times.
    #[arg(long, value_name = "KEY", requires = "change",
        conflicts_with_all = ["search", "disposition", "scheme", "finding", "group", "outcome"])]
    pub(crate) key: Vec<String>,
}

/// How people arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// The best route for each.
    Best,
    /// Everyone through the password hook.
    AllHook,
    /// Everyone must reset.
    AllReset,
}

/// People who are in Okta already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExistingChoice {
    /// Leave them as they are.
    Leave,
    /// Update the attributes that differ.
    Update,
}

/// The org and the choices of step 4. What is not given stays as the workspace has it.
#[derive(Debug, Clone, Args)]
pub struct OktaArgs {
    /// The org, as pasted: acme.okta.com. http only for a practice org on this computer.
    #[arg(long, value_name = "URL")]
    pub(crate) okta: Option<String>,
    /// How people arrive.
    #[arg(long, value_enum)]
    pub(crate) policy: Option<Policy>,
    /// People who are in Okta already.
    #[arg(long, value_enum)]
    pub(crate) existing: Option<ExistingChoice>,
    /// Make people ACTIVE at once (nobody is mailed; those without a password stay STAGED).
    #[arg(long, conflicts_with = "stage")]
    pub(crate) activate: bool,
    /// Leave everyone STAGED.
    #[arg(long)]
    pub(crate) stage: bool,
    /// Send at most so many people, chosen to cover every route, scheme and group.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) pilot: Option<u32>,
    /// Put everyone created into this group (unless told: Migrated_from_SOURCE_DATE).
    #[arg(long, value_name = "NAME", conflicts_with = "no_label_group")]
    pub(crate) label_group: Option<String>,
    /// Use no label group.
    #[arg(long)]
    pub(crate) no_label_group: bool,
    /// Create the attributes that people have and the org's profile lacks, after naming them.
    #[arg(long)]
    pub(crate) create_attributes: bool,
    /// Use at most this percentage of Okta's rate limit [default: 80].
    #[arg(long, value_name = "PCT", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) share: Option<u8>,
    /// How long Okta may go on not finding what was made a moment ago, in milliseconds: asked again after once, twice and four
    /// times this. For tests against an org that finds everything at once.
    #[arg(long, value_name = "MS", hide = true)]
    pub(crate) settle: Option<u64>,
}

/// `causeway check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    #[command(flatten)]
    pub(crate) okta: OktaArgs,
    /// Write what an import would do with each person, and why not, to this CSV file: login, operation, what, why_not.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    #[command(flatten)]
    pub(crate) okta: OktaArgs,
    /// Try everyone who failed once more.
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Forget what was sent to another org, and send everyone to this one.
    #[arg(long)]
    pub(crate) start_over: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

const PEOPLE_HELP: &str = "\
Disposition and route are what will happen by the choice made for all (--policy of check and import, step 4 of the window);
the route of someone who was created is the one they were sent by. best_route is the best one for their password.

With --must-reset or --keep-password nobody is printed: it is decided about everyone the other options name, or about those with
the keys given, and stays so when people are read again. For example: causeway people move.causeway --outcome failed --must-reset";

const FINISH_HELP: &str = "\
Without --yes nothing is changed: it says how many people there are, by Okta's log so far.
With it, Okta is asked about each of them first. Anyone who has signed in, or is suspended or deactivated, is left unchanged.
For everyone else the old password stops working, and they can't sign in until they follow the link.
Run it again and it continues where it stopped; nobody gets a second e-mail.";

/// `causeway finish`
#[derive(Debug, Args)]
pub struct FinishArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// The org, as pasted: acme.okta.com. Without it the workspace's own.
    #[arg(long, value_name = "URL")]
    pub(crate) okta: Option<String>,
    /// Only people who were imported at least so many days ago.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    pub(crate) older_than: u16,
    /// Send no e-mail; write each person's link to this new file (mode 0600). Anyone who reads it can set their passwords.
    #[arg(long, value_name = "FILE")]
    pub(crate) links: Option<PathBuf>,
    /// Reset them.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Use at most this percentage of Okta's rate limit.
    #[arg(long, value_name = "PCT", default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) share: u8,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Write everyone's outcome to this CSV file; failed people have their source columns too.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write the page for people to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write everything that was done at Okta to this CSV file, one line an operation: accounts made and updated, with the values
    /// before, groups, attributes, the hook, resets.
    #[arg(long, value_name = "FILE")]
    pub(crate) operations: Option<PathBuf>,
    /// Only failed people in the CSV: to fix and read in again.
    #[arg(long, requires = "csv")]
    pub(crate) failed: bool,
    /// Write the source's password and salt columns too, to the letter: read the file with a program, not with a spreadsheet. Anyone
    /// who reads it can attack the passwords.
    #[arg(long, requires = "csv")]
    pub(crate) with_passwords: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway practice`
#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// The port on this computer; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The API token; made up if not given. It opens nothing but this practice org.
    #[arg(long, env = "CAUSEWAY_PRACTICE_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Requests a minute for every bucket [default: Okta's usual numbers].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Requests in flight at the same time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrent: Option<u32>,
    /// How long every answer takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u32,
    /// Up to so many milliseconds more.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) jitter: u32,
    /// Answer every Nth request with 500, before acting.
    #[arg(long, value_name = "N")]
    pub(crate) errors: Option<u32>,
    /// Answer every Nth request with 429.
    #[arg(long, value_name = "N")]
    pub(crate) too_many: Option<u32>,
    /// Drop the connection of every Nth request before acting.
    #[arg(long, value_name = "N")]
    pub(crate) drop_before: Option<u32>,
    /// Drop the connection of every Nth request after acting.
    #[arg(long, value_name = "N")]
    pub(crate) drop_after: Option<u32>,
    /// Answer every Nth request with a web page.
    #[arg(long, value_name = "N")]
    pub(crate) web_pages: Option<u32>,
    /// Answer every Nth request with 200 and JSON that says nothing.
    #[arg(long, value_name = "N")]
    pub(crate) unreadable: Option<u32>,
    /// Answer every create of a person with 500, while reads work.
    #[arg(long)]
    pub(crate) creates_fail: bool,
    /// Refuse every write, as during Okta's maintenance.
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Find nobody, and no group, for so many milliseconds after they were created.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) late: u32,
    /// Leave people out of lists and searches for so many milliseconds after they were created.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) late_lists: u32,
    /// Take each e-mail address only once, as with self-service registration switched on.
    #[arg(long)]
    pub(crate) unique_email: bool,
    /// Send the rate headers twice, joined by a comma, as some proxies do.
    #[arg(long)]
    pub(crate) joined_headers: bool,
    /// Set the org's clock so many seconds ahead of this computer's; behind with a minus.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) clock_ahead: i64,
    /// Seeds ids and chance: the same seed, the same org.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl Command {
    /// What every job takes.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Read(a) => &a.common,
            Self::Map(a) => &a.common,
            Self::People(a) => &a.common,
            Self::Check(a) => &a.common,
            Self::Import(a) => &a.common,
            Self::Report(a) => &a.common,
            Self::Finish(a) => &a.common,
            Self::Practice(a) => &a.common,
            Self::Password(a) => a.common(),
            Self::Hook(a) => a.common(),
        }
    }
}

/// Words of the command line that are values elsewhere.
mod words {
    use crate::model::OutcomeKind;
    use crate::workspace::Disposition;

    pub(super) fn disposition(word: &str) -> Result<Disposition, String> {
        Disposition::parse(word).ok_or_else(|| one_of(Disposition::ALL.map(Disposition::as_str)))
    }

    pub(super) fn outcome(word: &str) -> Result<OutcomeKind, String> {
        OutcomeKind::parse(word).ok_or_else(|| one_of(OutcomeKind::ALL.map(OutcomeKind::as_str)))
    }

    fn one_of<const N: usize>(words: [&str; N]) -> String {
        format!("use one of {}", words.join(", "))
    }
}
