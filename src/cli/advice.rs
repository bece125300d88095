//! What to do, in the words of the command line, where a room's own advice speaks of the window.

use crate::migration::MigrationError;
use crate::source::{CertificateFault, SourceError};

/// Such advice, where there is any.
pub(super) fn of(error: &MigrationError) -> Option<&'static str> {
    match error {
        MigrationError::Source(error) => of_source(error),
        MigrationError::OtherOrg { .. } => Some(
            "Go on with that org, or start over in this one with --start-over: what was recorded about the other org is forgotten \
             here then.",
        ),
        _ => None,
    }
}

fn of_source(error: &SourceError) -> Option<&'static str> {
    Some(match error {
        SourceError::TlsNotOffered { .. } => {
            "Ask for TLS to be switched on at the server. On this same computer or a network you trust, add sslmode=disable to \
             the URL: password hashes then travel in the clear."
        }
        SourceError::CertificateNotTrusted { why: CertificateFault::UnknownAuthority, .. } => {
            "Add sslrootcert=FILE with the CA of your company to the URL (ask the database's administrators for it), or, on a \
             network you trust, sslmode=require: the certificate is not checked then."
        }
        SourceError::CertificateNotTrusted { why: CertificateFault::OtherHost, .. } => {
            "Use the host name that the certificate was made for, or, on a network you trust, add sslmode=require to the URL: the \
             certificate is not checked then."
        }
        SourceError::WrongPassword { given: true, .. } => {
            "Check the user name in the URL, and the password (CAUSEWAY_SOURCE_PASSWORD, or the one in the keychain)."
        }
        SourceError::WrongPassword { given: false, .. } => {
            "Set CAUSEWAY_SOURCE_PASSWORD to this database user's password."
        }
        SourceError::NoSuchSchema { .. } => "Check the spelling of the schema in the URL, or leave it out.",
        SourceError::NoSuchTable { .. } => {
            "It may have been renamed or removed. Check the spelling of --table or in the mapping."
        }
        SourceError::NoSuchColumn { .. } => {
            "It may have been renamed or removed. Name another one in the mapping (causeway map --check), or take it out."
        }
        SourceError::Busy { .. } => "Wait a minute, then try again.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Explain as _;

    #[test]
    fn nothing_is_to_be_chosen_where_there_is_no_window() {
        let errors = [
            SourceError::TlsNotOffered { place: "db01:5432".into() },
            SourceError::CertificateNotTrusted {
                host: "db01".into(),
                why: CertificateFault::UnknownAuthority,
                technical: String::new(),
            },
            SourceError::CertificateNotTrusted {
                host: "db01".into(),
                why: CertificateFault::OtherHost,
                technical: String::new(),
            },
        ];
        for error in errors {
            let error = MigrationError::Source(error);
            let said = of(&error).unwrap();
            assert!(said.contains("sslmode=") && !said.contains('“'), "{said}");
            assert!(error.advice().contains('“'), "else it needs no words of its own: {}", error.advice());
        }
    }
}
