//! What the password hook was asked and what it answered: the words of its log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What Okta was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookAnswer {
    /// 200 `VERIFIED`: the password is right; Okta lets the person in and keeps the password.
    Verified,
    /// 200 `UNVERIFIED`: as a wrong password.
    Unverified,
    /// 503: nothing could be said now. Okta neither lets in nor counts a wrong password; it asks once more.
    Unavailable,
    /// 4xx: the request was none of Okta's, or not as Okta makes them. No password was looked at.
    Refused,
}

impl HookAnswer {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Verified, Self::Unverified, Self::Unavailable, Self::Refused];

    /// The word used in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
        }
    }

    /// The reverse of [`HookAnswer::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

/// Why the hook answered as it did. Okta is never told; the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookReason {
    /// The password is right.
    Right,
    /// The password is wrong.
    Wrong,
    /// Nobody has this login.
    Unknown,
    /// Several people have this login, and none of them more than the others.
    Several,
    /// The person was left out of the migration.
    LeftOut,
    /// The account is switched off in the source.
    Disabled,
    /// A finding keeps the person out of the migration.
    Blocked,
    /// The person was not in the source any more when it was last read.
    Gone,
    /// The person's row in the source has another login than when it was last read: it may be someone else's by now.
    OtherLogin,
    /// The row at the person's key in the source may be somebody else's by now: too little of it is theirs.
    OtherPerson,
    /// Okta has the password already, and said so in its log.
    Moved,
    /// What the workspace keeps of this person was changed by something other than Causeway.
    ChangedOutside,
    /// There is no stored password.
    NoPassword,
    /// There is one, but nothing here can check it.
    NotCheckable,
    /// No password was typed.
    Empty,
    /// The password is longer than any that is checked.
    TooLong,
    /// Too many wrong passwords for this login, or from this address, a moment ago: this one was not looked at.
    Slowed,
    /// The place the passwords are in did not answer.
    SourceDown,
    /// More sign-ins at once than can be checked in time.
    Busy,
    /// Checking took longer than Okta waits.
    Late,
    /// The check itself broke.
    Broken,
    /// No or a wrong `Authorization` header.
    Stranger,
    /// A request that Okta does not make: not JSON, too large, too slow, something missing.
    BadRequest,
}

impl HookReason {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Right,
        Self::Wrong,
        Self::Unknown,
        Self::Several,
        Self::LeftOut,
        Self::Disabled,
        Self::Blocked,
        Self::Gone,
        Self::OtherLogin,
        Self::OtherPerson,
        Self::Moved,
        Self::ChangedOutside,
        Self::NoPassword,
        Self::NotCheckable,
        Self::Empty,
        Self::TooLong,
        Self::Slowed,
        Self::SourceDown,
        Self::Busy,
        Self::Late,
        Self::Broken,
        Self::Stranger,
        Self::BadRequest,
    ];

    /// The word used in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
            Self::Several => "several",
            Self::LeftOut => "left_out",
            Self::Disabled => "disabled",
            Self::Blocked => "blocked",
            Self::Gone => "gone",
            Self::OtherLogin => "other_login",
            Self::OtherPerson => "other_person",
            Self::Moved => "moved",
            Self::ChangedOutside => "changed_outside",
            Self::NoPassword => "no_password",
            Self::NotCheckable => "not_checkable",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Slowed => "slowed",
            Self::SourceDown => "source_down",
            Self::Busy => "busy",
            Self::Late => "late",
            Self::Broken => "broken",
            Self::Stranger => "stranger",
            Self::BadRequest => "bad_request",
        }
    }

    /// The reverse of [`HookReason::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// What it means, for a person to read.
    pub fn text(self) -> &'static str {
        match self {
            Self::Right => "Right password",
            Self::Wrong => "Wrong password",
            Self::Unknown => "Nobody has this login",
            Self::Several => "Several people have this login",
            Self::LeftOut => "Left out of the migration",
            Self::Disabled => "Switched off in the source",
            Self::Blocked => "Kept out by a finding",
            Self::Gone => "Not in the source any more",
            Self::OtherLogin => "Has another login in the source now",
            Self::OtherPerson => "May be somebody else in the source by now",
            Self::Moved => "Okta has the password already",
            Self::ChangedOutside => "Changed in the file by something other than Causeway",
            Self::NoPassword => "No stored password",
            Self::NotCheckable => "The stored password can't be checked",
            Self::Empty => "No password typed",
            Self::TooLong => "Password too long",
            Self::Slowed => "Slowed: the password is being guessed",
            Self::SourceDown => "The source does not answer",
            Self::Busy => "Too many sign-ins at once",
            Self::Late => "The check took too long",
            Self::Broken => "The check broke",
            Self::Stranger => "Without the right secret",
            Self::BadRequest => "Not a request as Okta makes them",
        }
    }
}

/// One call of the hook. Holds no password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookCall {
    /// When the answer was ready.
    pub at: DateTime<Utc>,
    /// The login as Okta sent it; empty when the request was refused before it was read.
    pub login: String,
    /// The person's number in the workspace, if it is one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<u32>,
    /// What Okta was told.
    pub answer: HookAnswer,
    /// Why.
    pub reason: HookReason,
    /// What the password was checked against, as a person reads it: `bcrypt · 10`. `None`: nothing was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// How long it took from the request's first line until the answer was known, in microseconds. A refusal is given later, by a
    /// floor.
    pub took_us: u64,
    /// Where the sign-in came from, as Okta says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether a service beside the window answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub service: bool,
    /// Okta's id of the request, to be found in its System Log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Whether this was Okta's second call for one sign-in.
    pub again: bool,
}

/// What the request ids of Causeway's own test calls begin with. The server lets no other call's id begin so.
pub const TEST_REQUEST: &str = "causeway-test-";

impl HookCall {
    /// Whether this was a test call of Causeway's own (“Try a sign-in”, the checks): told as such, and counted nowhere.
    pub fn is_test(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.starts_with(TEST_REQUEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back_and_is_the_one_in_json() {
        for answer in HookAnswer::ALL {
            assert_eq!(HookAnswer::parse(answer.as_str()), Some(answer));
            assert_eq!(serde_json::to_value(answer).unwrap(), answer.as_str());
        }
        for reason in HookReason::ALL {
            assert_eq!(HookReason::parse(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert!(!reason.text().is_empty());
        }
    }
}
