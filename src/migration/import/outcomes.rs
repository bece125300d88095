//! What is put on record of a person, in words.

use crate::migration::MigrationError;
use crate::model::{OktaStatus, Outcome, OutcomeKind, said_word};
use crate::okta::{OktaError, Refusal, User, Why};
use crate::plan::Left;

/// The label group can't be made.
pub(super) fn no_label(name: &str, code: String, words: &str) -> MigrationError {
    // Without a code nobody refused: what Okta made of it is not known.
    if code.is_empty() {
        return OktaError::NotKnown {
            what: format!("make the label group “{name}”"),
            words: words.to_owned(),
        }
        .into();
    }
    OktaError::Refused { code, words: format!("The label group “{name}”: {words}") }.into()
}

/// A profile that JSON can't hold, which none of ours is.
pub(super) fn unwritable() -> Outcome {
    Outcome {
        message: Some("This person's values can't be written as JSON. Nothing was sent.".to_owned()),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// A create that names what Okta does not know, and will not.
pub(super) fn refers_to_nothing() -> Outcome {
    Outcome {
        code: Some("E0000007".to_owned()),
        message: Some("Okta did not find something this person refers to, most likely a group".to_owned()),
        suggestion: Some("Start the import again, so that groups are looked up again.".to_owned()),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

pub(super) fn of_user(kind: OutcomeKind, user: &User) -> Outcome {
    Outcome {
        okta_id: Some(user.id.clone()),
        okta_status: Some(user.status.clone()).filter(|s| !s.is_empty()),
        login: Some(user.profile.login().to_owned()),
        ..Outcome::of(kind)
    }
}

/// In Okta already, and left there. Who can't sign in just now is told apart.
pub(super) fn left(why: Left, status: OktaStatus, user: &User) -> Outcome {
    let (kind, words) = match why {
        Left::Unchanged | Left::SentBefore | Left::FailedBefore => {
            (OutcomeKind::AlreadyThere, "Left unchanged")
        }
        Left::NothingToUpdate => (OutcomeKind::AlreadyThere, "Nothing to update"),
        Left::UpdatedBefore => {
            (OutcomeKind::Updated, "Updated by an earlier try, whose answer did not arrive")
        }
    };
    let beside = if status == OktaStatus::Active { String::new() } else { format!(" ({status})") };
    Outcome { message: Some(format!("{words}{beside}")), ..of_user(kind, user) }
}

/// In Okta already, and kept out there: nothing is changed, and an administrator decides.
pub(super) fn kept_out(status: OktaStatus, user: &User, console: Option<String>) -> Outcome {
    let link = console.map(|link| format!(" {link}")).unwrap_or_default();
    Outcome {
        code: Some(user.status.clone()),
        message: Some(status.sentence().to_owned()),
        suggestion: Some(format!("{}{link}", status.advice())),
        ..of_user(OutcomeKind::Failed, user)
    }
}

pub(super) fn failed(refusal: Refusal) -> Outcome {
    Outcome {
        code: Some(refusal.code),
        message: Some(refusal.words),
        suggestion: refusal.suggestion,
        ..Outcome::of(OutcomeKind::Failed)
    }
}

pub(super) fn gave_up(why: Why) -> Outcome {
    Outcome {
        message: Some(format!("Tried several times, but {}.", why.words())),
        suggestion: Some("Try this person again later.".to_owned()),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// Okta names an account that this migration has for somebody else.
pub(super) fn held_for(login: &str, okta_id: &str) -> Outcome {
    Outcome {
        message: Some(format!(
            "Okta answered with the account {okta_id}, which this migration already has for “{login}”. Each account is one person's, so \
             this is not believed."
        )),
        suggestion: Some(
            "Look at both in the Admin Console. If they are the same person, leave one of them out. If not, try again: Causeway \
             first checks who has this login."
                .to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// Nothing tells whose account it is.
pub(super) fn unclear(user: &User) -> Outcome {
    Outcome {
        message: Some(format!(
            "Okta's answer to the create did not arrive, and an account with this login ({}) was made at that time. Nothing shows \
             whether this migration made it.",
            user.id
        )),
        suggestion: Some(
            "Look at the account in the Admin Console. If nobody uses it, delete it and try again; if somebody does, leave this \
             person out. With a token that may read the System Log, Causeway can tell."
                .to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// The login is taken by somebody whose login differs only in accents.
pub(super) fn taken_by_twin(theirs: &User, refusal: Option<Refusal>) -> Outcome {
    let words = refusal.as_ref().map(|refusal| format!(" Okta says: {}", refusal.words)).unwrap_or_default();
    Outcome {
        code: refusal.map(|refusal| refusal.code),
        message: Some(format!(
            "“{}” in Okta differs from this login only in accents, and Okta takes both for the same.{words}",
            said_word(theirs.profile.login())
        )),
        suggestion: Some(
            "If that is this person, leave them out. If it is somebody else, change the login in Review, then try again.".to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// The e-mail address is another account's, and this org takes each only once.
pub(super) fn email_taken(email: &str, theirs: &User, refusal: Refusal) -> Outcome {
    Outcome {
        code: Some(refusal.code),
        message: Some(format!(
            "The e-mail address {email} belongs to another account in Okta, “{}”. With self-service registration switched on, Okta \
             takes each address only once, and says so of the login: {}",
            said_word(theirs.profile.login()),
            refusal.words
        )),
        suggestion: Some(
            "Give this person an e-mail address of their own in Review, or leave them out, then try again."
                .to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}
