//! The arguments of `causeway password`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::common::Common;

const BATCH: &str = "\
With --batch, stdin is JSON lines and so is stdout, one answer per line in the same order. Fields read:
  stored       the stored value (null or \"\": none)
  salt_column  the salt column's value, if there is one
  context      what is known beside it: digest, encoding, salt_order, salt_encoding, iterations, username, …;
               columns: what the row says elsewhere ({\"passwd_hash_algo\": \"pbkdf2$50000$50\"}); attribute: the
               name the value has in a directory (ipaNTHash)
  assume       the scheme stated, where the value alone does not tell
  password     a password to check against it
  id           given back
Fields answered: id, scheme, candidates, outcome (import, plaintext, hook, reset, malformed, refuse, unknown),
okta (the hash object, or null), verifies (true, false, null), reason. A line that is no such object is answered
with an error and nothing else; the rest go on.

The answers hold hashes and salts in the form Okta takes: treat them like the column they come from.";

const PROVE: &str = "\
The stored value is the first line of stdin, its salt (from another column) the second. The password is asked on the
terminal without showing it; for scripts it is taken from CAUSEWAY_KNOWN_PASSWORD. It is checked, wiped, and saved nowhere.
Where one password can't decide, put a second person's stored value and salt on the third and fourth line; their
password is asked next, or taken from CAUSEWAY_KNOWN_PASSWORD_2.

Exit codes:
  0    it is read correctly, or one way that fits was found
  3    nothing fits, or several ways do
  130  stopped by Ctrl-C";

/// `causeway password`
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: PasswordCommand,
}

/// What to do with a stored password.
#[derive(Debug, Subcommand)]
pub(crate) enum PasswordCommand {
    /// Say how a stored value was made, and what Okta can do with it. The value comes on stdin.
    Explain(ExplainArgs),
    /// Prove with a known password how a stored value was made; search for the way if it is not as read.
    Prove(ProveArgs),
}

/// `causeway password explain`
#[derive(Debug, Args)]
#[command(after_help = BATCH)]
pub(crate) struct ExplainArgs {
    /// Read JSON lines and answer each with a JSON line.
    #[arg(long)]
    pub(crate) batch: bool,
    #[command(flatten)]
    pub(crate) stated: StatedArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// `causeway password prove`
#[derive(Debug, Args)]
#[command(after_help = PROVE)]
pub(crate) struct ProveArgs {
    /// Search only ways of one round: done in a second.
    #[arg(long)]
    pub(crate) quick: bool,
    #[command(flatten)]
    pub(crate) stated: StatedArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What is known beside the stored value.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StatedArgs {
    /// The scheme, where the value alone does not tell: md5, sha256, nt-hash, plaintext, …
    #[arg(long, value_name = "SCHEME")]
    pub(crate) assume: Option<String>,
    /// Where the salt stood: prefix (salt, then password) or postfix.
    #[arg(long, value_name = "ORDER", value_parser = ["prefix", "postfix"])]
    pub(crate) salt_order: Option<String>,
    /// How the salt is written.
    #[arg(long, value_name = "HOW", value_parser = ["text", "hex", "base64"])]
    pub(crate) salt_encoding: Option<String>,
    /// The source's user name, where a scheme mixes it in.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// More that is known, as a JSON object in a file: digest, encoding, iterations, pepper, site_salt, realm, …; the
    /// fields of `context` in --batch.
    #[arg(long, value_name = "FILE")]
    pub(crate) context: Option<PathBuf>,
}
