//! The arguments of `causeway password`.

use clap::{Args, Subcommand};

use crate::cli::args::Common;
use crate::model::{SaltOrder, TextEncoding};

const BATCH: &str = "\
With --batch, stdin is JSON lines and so is stdout, one answer a line in the same order. Fields read:
  stored       the stored value (null or \"\": none)
  salt_column  the salt column's value, if there is one
  context      what is known beside it: digest, encoding, salt_order, salt_encoding, iterations, username, …
  assume       the scheme stated, where the value alone does not tell
  password     a password to check against it
  id           given back
Fields answered: id, scheme, candidates, outcome (import, plaintext, hook, reset, malformed, refuse, unknown),
okta (the hash object, or null), verifies (true, false, null), reason. A line that is no such object is answered
with an error and nothing else; the rest go on.

The answers hold hashes and salts in the form Okta takes: treat them like the column they come from.";

const PROVE: &str = "\
The stored value is the first line of stdin, its salt (from another column) the second. The password is asked on the
terminal without showing it; for scripts it is taken from CAUSEWAY_KNOWN_PASSWORD. It is checked, wiped, and kept nowhere.
A second known password, where one can't decide, from CAUSEWAY_KNOWN_PASSWORD_2 beside the third and fourth line.

Exit codes:
  0  it fits as read, or a way that fits was found
  3  nothing fits";

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
    /// Where the salt stood.
    #[arg(long, value_parser = order)]
    pub(crate) salt_order: Option<SaltOrder>,
    /// How the salt is written: text, hex or base64.
    #[arg(long, value_parser = encoding)]
    pub(crate) salt_encoding: Option<TextEncoding>,
    /// The source's user name, where a scheme mixes it in.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
}

fn order(word: &str) -> Result<SaltOrder, String> {
    match word {
        "prefix" => Ok(SaltOrder::Prefix),
        "postfix" => Ok(SaltOrder::Postfix),
        _ => Err("use prefix (salt, then password) or postfix (password, then salt)".to_owned()),
    }
}

fn encoding(word: &str) -> Result<TextEncoding, String> {
    match word {
        "text" => Ok(TextEncoding::Text),
        "hex" => Ok(TextEncoding::Hex),
        "base64" => Ok(TextEncoding::Base64),
        _ => Err("use text, hex or base64".to_owned()),
    }
}
