//! The command line of `causeway hook`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::common::{Common, WorkspaceArgs};
use crate::cli::kind_flags::KindFlags;
use crate::migration::hook::service::Kind;

const SERVE_HELP: &str = "\
The workspace can be open in the window too: both can use it at once, on the same computer.
With --live the password is checked against the person's row as it is now. With --config (written by
`causeway hook export-config`) there is no workspace at all: the hook stores nothing, and any number of them
can run behind a load balancer; each slows guesses by what it sees itself.

Secrets are never arguments:
  CAUSEWAY_HOOK_SECRET      the hook's secret; or --secret-file, a file (mode 0600) with it on one line;
                            or what `causeway hook secret` stored in the keychain or the key file
  CAUSEWAY_KEY_FILE         the workspace's sealing key, as for every command
  CAUSEWAY_SOURCE_PASSWORD  the source's password, with --live or --config

GET /healthz answers 200 while it runs, GET /readyz 200 while sign-ins can be answered and 503 otherwise.
A changed certificate or secret file is used within seconds; SIGHUP reads the keychain again as well.
On SIGTERM and Ctrl-C it answers what is under way, then exits.

Exit codes:
  0    told to stop, and stopped cleanly
  1    it could not start; the message says why and what to do
  2    the command line was not understood
  130  stopped a second time before it had stopped cleanly

Its log is on stderr, one JSON object per line, without passwords. CAUSEWAY_LOG changes how much.";

const ORG_HELP: &str = "\
The token is CAUSEWAY_OKTA_TOKEN, or the one in the keychain. Another migration's hook is never touched.

Exit codes:
  0  done, or there was nothing to do
  1  it could not be done; the message says why and what to do
  2  the command line was not understood
  4  delete: people can still sign in only through the hook; reset their passwords first, or say --force";

const KEY_HELP: &str = "\
The key and the workspace together open every stored password in it: anyone who has both has all the hashes.
Let only the service read the file, and don't store another copy of it.

Without a copy on the way:
  causeway hook export-key move.causeway | sudo sh -c 'umask 077; cat > /etc/causeway/workspace.key'

The hook's own secret goes the same way:
  causeway hook secret move.causeway --show | sudo sh -c 'umask 077; cat > /etc/causeway/hook-secret'";

/// The password hook without the window.
#[derive(Debug, Args)]
pub struct HookArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// What `causeway hook` does.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Run the hook: answers Okta at people's first sign-in, until it is stopped.
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// Make, show or replace the secret that Okta sends.
    Secret(SecretArgs),
    /// Write what a hook needs that has no workspace: the source and the mapping, without a secret.
    ExportConfig(ExportArgs),
    /// Write the workspace's sealing key as a key file, for a server that has no keychain.
    #[command(after_help = KEY_HELP)]
    ExportKey(KeyArgs),
    /// Make the org call this hook: creates it in Okta, or changes the address or secret of the one that is there, and activates it.
    /// Start the server first.
    #[command(after_help = ORG_HELP)]
    Register(RegisterArgs),
    /// Stop the org from calling this hook; it stays registered.
    #[command(after_help = ORG_HELP)]
    Deactivate(OrgHookArgs),
    /// Deactivate this hook in the org and delete it.
    #[command(after_help = ORG_HELP)]
    Delete(DeleteArgs),
    /// Write the file that runs the hook as a service, and say what to do with it. Nothing secret is in it.
    Unit(UnitArgs),
}

/// `causeway hook serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The workspace file (*.causeway).
    #[arg(required_unless_present = "config", conflicts_with = "config")]
    pub(crate) workspace: Option<PathBuf>,
    /// Run without a workspace, from this file, against the live source.
    #[arg(long, env = "CAUSEWAY_HOOK_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The workspace's sealing key is in this file instead of the keychain.
    #[arg(long, env = "CAUSEWAY_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "CAUSEWAY_HOOK_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) bind: SocketAddr,
    /// The path Okta posts to.
    #[arg(long, env = "CAUSEWAY_HOOK_PATH", value_name = "PATH", default_value = "/pwhook")]
    pub(crate) path: String,
    /// The certificate with its chain, in PEM.
    #[arg(long, env = "CAUSEWAY_HOOK_CERT", value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The certificate's key, in PEM, without a password.
    #[arg(long, env = "CAUSEWAY_HOOK_KEY", value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// The host of the public address: a certificate for another one is told.
    #[arg(long, env = "CAUSEWAY_HOOK_HOST", value_name = "NAME")]
    pub(crate) public_host: Option<String>,
    /// A certificate made now, for trying things out. Okta needs one from a public certificate authority.
    #[arg(long, conflicts_with_all = ["cert", "plain"])]
    pub(crate) self_signed: bool,
    /// Plain HTTP, on this computer only: behind a proxy or tunnel with a certificate. This is the default.
    #[arg(long, conflicts_with = "cert")]
    pub(crate) plain: bool,
    /// Check against the source as it is now, not against the passwords stored in the workspace.
    #[arg(long)]
    pub(crate) live: bool,
    /// The source, if it is another one than the workspace's (or the file's).
    #[arg(long, value_name = "URL")]
    pub(crate) source: Option<String>,
    #[command(flatten)]
    pub(crate) flags: KindFlags,
    /// A file (mode 0600) with the hook's secret on one line.
    #[arg(long, env = "CAUSEWAY_HOOK_SECRET_FILE", value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook secret`
#[derive(Debug, Args)]
pub struct SecretArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Print the value of the Authorization header.
    #[arg(long)]
    pub(crate) show: bool,
    /// Print it without `Basic`: the secret itself.
    #[arg(long, requires = "show")]
    pub(crate) plain: bool,
    /// Make a new one. The old one is accepted for a while.
    #[arg(long)]
    pub(crate) replace: bool,
    /// For how many hours the old one is accepted.
    #[arg(long, value_name = "HOURS", default_value_t = 24, requires = "replace", value_parser = clap::value_parser!(u16).range(0..=720))]
    pub(crate) keep_old: u16,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook export-config`
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Write to this file instead of stdout.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook export-key`
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Write to this file, which must not be there yet (mode 0600). Without it the key goes to stdout, and only into a pipe
    /// or a file.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook register`
#[derive(Debug, Args)]
pub struct RegisterArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// The address that Okta calls: `https://hook.example.com/pwhook`. Without a path it gets --path.
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,
    /// The path Okta posts to, where the address has none.
    #[arg(long, value_name = "PATH", default_value = "/pwhook")]
    pub(crate) path: String,
    /// The org, as pasted: acme.okta.com.
    #[arg(long, value_name = "URL")]
    pub(crate) okta: Option<String>,
    /// A file (mode 0600) with the hook's secret on one line.
    #[arg(long, env = "CAUSEWAY_HOOK_SECRET_FILE", value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook deactivate`
#[derive(Debug, Args)]
pub struct OrgHookArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// The org, as pasted: acme.okta.com.
    #[arg(long, value_name = "URL")]
    pub(crate) okta: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway hook delete`
#[derive(Debug, Args)]
pub struct DeleteArgs {
    #[command(flatten)]
    pub(crate) at: OrgHookArgs,
    /// Also while people can sign in only through the hook: they can't any more then.
    #[arg(long)]
    pub(crate) force: bool,
}

/// A platform's way to run services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitKind {
    /// A hardened systemd unit.
    Systemd,
    /// A launchd daemon for macOS.
    Launchd,
    /// A task of Windows' Task Scheduler.
    Windows,
    /// A Containerfile.
    Container,
}

impl From<UnitKind> for Kind {
    fn from(kind: UnitKind) -> Self {
        match kind {
            UnitKind::Systemd => Self::Systemd,
            UnitKind::Launchd => Self::Launchd,
            UnitKind::Windows => Self::Windows,
            UnitKind::Container => Self::Container,
        }
    }
}

/// `causeway hook unit`
#[derive(Debug, Args)]
pub struct UnitArgs {
    /// The workspace file (*.causeway).
    pub(crate) workspace: PathBuf,
    /// What will run it.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: UnitKind,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) bind: SocketAddr,
    /// The path Okta posts to.
    #[arg(long, value_name = "PATH", default_value = "/pwhook")]
    pub(crate) path: String,
    /// The certificate with its chain, in PEM.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The certificate's key, in PEM, without a password.
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// A certificate made at start, for trying out.
    #[arg(long, conflicts_with = "cert")]
    pub(crate) self_signed: bool,
    /// Check against the source as it is then.
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl HookArgs {
    /// What every job takes.
    pub(crate) fn common(&self) -> &Common {
        match &self.command {
            HookCommand::Serve(args) => &args.common,
            HookCommand::Secret(args) => &args.common,
            HookCommand::ExportConfig(args) => &args.common,
            HookCommand::ExportKey(args) => &args.common,
            HookCommand::Register(args) => &args.common,
            HookCommand::Deactivate(args) => &args.common,
            HookCommand::Delete(args) => &args.at.common,
            HookCommand::Unit(args) => &args.common,
        }
    }

    /// Whether this runs a server, whose log is JSON.
    pub fn serves(&self) -> bool {
        matches!(self.command, HookCommand::Serve(_))
    }
}
