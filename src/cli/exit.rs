//! What exit codes mean, in one place: for every command, for `--help`, and for the README.
//!
//! The cause decides, not the command: a token that Okta refuses ends `check`, `import`, `finish` and `hook register` alike.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::error::CliError;
use crate::migration::MigrationError;
use crate::okta::OktaError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nobody failed.
    Done,
    /// It could not be done: the source, the workspace, a file, the network.
    Failed,
    /// The command names what is not there: a finding, a scheme, a group, a key. The parser's own refusals are the same.
    NotUnderstood,
    /// Done, but some people failed, are blocked or could not be sent or asked about, or some problem was found.
    SomeFailed,
    /// It needs a decision about the org: Okta refuses the token or everyone alike, has nothing but errors, or is not what answers;
    /// or something that can't be taken back was not confirmed.
    NeedsAttention,
    /// Stopped by Ctrl-C (or SIGTERM); nothing is lost, the same command goes on.
    Stopped,
}

/// All codes and what they mean, as `--help` and the README tell them. 2 is the parser's too.
pub(super) const TABLE: [(u8, &str); 6] = [
    (0, "done"),
    (
        1,
        "could not be done: the source, the workspace, a file or the network; the message says why and what to do",
    ),
    (2, "the command line is wrong, or names what is not there"),
    (
        3,
        "done, but some people failed, are blocked, or could not be sent or asked about; or a check found a problem",
    ),
    (
        4,
        "needs a decision: Okta refuses the token, a permission or one person after another, has nothing but errors, is another org \
         than before, or is not what answers; or what can't be taken back was not confirmed",
    ),
    (130, "stopped by Ctrl-C; nothing is lost, run it again to go on"),
];

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NotUnderstood => 2,
            Self::SomeFailed => 3,
            Self::NeedsAttention => 4,
            Self::Stopped => 130,
        }
    }

    /// How a command ends that could not be done, by the cause alone.
    pub(super) fn of(error: &CliError) -> Self {
        match error {
            error if error.is_of_the_command_line() => Self::NotUnderstood,
            CliError::Job(error) => Self::of_job(error),
            _ => Self::Failed,
        }
    }

    fn of_job(error: &MigrationError) -> Self {
        match error {
            MigrationError::Stopped => Self::Stopped,
            MigrationError::OtherOrg { .. } | MigrationError::ForeignHook { .. } => Self::NeedsAttention,
            MigrationError::Okta(error) => match error {
                OktaError::Token { .. }
                | OktaError::TokenForm
                | OktaError::NoRight { .. }
                | OktaError::OrgOff { .. }
                | OktaError::NotOkta { .. }
                | OktaError::Busy { .. }
                | OktaError::NotKnown { .. }
                | OktaError::Refused { .. } => Self::NeedsAttention,
                OktaError::Url(_) | OktaError::Unreachable { .. } | OktaError::Setup(_) => Self::Failed,
            },
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The table and where secrets come from, for `--help`.
pub(super) fn help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (code, words) in TABLE {
        let _ = writeln!(text, "  {code:<3}  {words}");
    }
    text.push_str(SECRETS);
    text
}

const SECRETS: &str = "
Secrets are never arguments. They come from the keychain, or from:
  CAUSEWAY_SOURCE_PASSWORD  the source's password
  CAUSEWAY_OKTA_TOKEN       Okta's API token
  CAUSEWAY_KEY_FILE         a file (mode 0600, created if missing) with the workspace's sealing key,
                            for machines without a keychain; same as --key-file";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceError;

    #[test]
    fn help_and_readme_tell_every_code() {
        let readme = include_str!("../../README.md");
        let help = help();
        for (code, words) in TABLE {
            let line = format!("| {code} | {words} |");
            assert!(readme.contains(&line), "README: {line}");
            assert!(help.contains(&format!("{code:<3}  {words}")), "{help}");
        }
        for exit in [Exit::Done, Exit::Failed, Exit::SomeFailed, Exit::NeedsAttention, Exit::Stopped] {
            assert!(TABLE.iter().any(|(code, _)| *code == exit.code()), "{exit:?}");
        }
    }

    #[test]
    fn the_cause_decides() {
        let words = String::new;
        let needs_attention: [MigrationError; 8] = [
            OktaError::Token { words: words() }.into(),
            OktaError::TokenForm.into(),
            OktaError::NoRight { words: words() }.into(),
            OktaError::OrgOff { words: words() }.into(),
            OktaError::NotOkta { technical: words() }.into(),
            OktaError::Busy { words: words() }.into(),
            OktaError::Refused { code: words(), words: words() }.into(),
            MigrationError::OtherOrg { before: words() },
        ];
        for error in needs_attention {
            assert_eq!(Exit::of_job(&error), Exit::NeedsAttention, "{error:?}");
        }
        let failed: [MigrationError; 3] = [
            OktaError::Unreachable { what: words(), technical: words(), passes: false }.into(),
            MigrationError::NothingRead,
            SourceError::Busy { technical: words() }.into(),
        ];
        for error in failed {
            assert_eq!(Exit::of_job(&error), Exit::Failed, "{error:?}");
        }
        assert_eq!(Exit::of_job(&MigrationError::Stopped), Exit::Stopped);
    }
}
