//! The status of a person in Okta, told apart in words.

use std::fmt;

use super::number;

/// Okta's status of a person (okta-api.md 2.1), as it is said to an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OktaStatus {
    /// Can sign in.
    Active,
    /// Created, and not activated yet.
    Staged,
    /// Activated, without a password yet: the console's "Pending user action".
    Provisioned,
    /// A password reset is under way.
    Recovery,
    /// Sets a new password at the next sign-in.
    PasswordExpired,
    /// Too many wrong passwords.
    LockedOut,
    /// Kept out by an administrator for a while.
    Suspended,
    /// The console's "Deactivated".
    Deprovisioned,
    /// A status this program does not know.
    Other,
}

impl OktaStatus {
    /// All that are known.
    pub const ALL: [Self; 8] = [
        Self::Active,
        Self::Staged,
        Self::Provisioned,
        Self::Recovery,
        Self::PasswordExpired,
        Self::LockedOut,
        Self::Suspended,
        Self::Deprovisioned,
    ];

    /// From Okta's word (`ACTIVE`, `LOCKED_OUT`).
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.as_str() == word).unwrap_or(Self::Other)
    }

    /// Okta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Staged => "STAGED",
            Self::Provisioned => "PROVISIONED",
            Self::Recovery => "RECOVERY",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::LockedOut => "LOCKED_OUT",
            Self::Suspended => "SUSPENDED",
            Self::Deprovisioned => "DEPROVISIONED",
            Self::Other => "OTHER",
        }
    }

    /// Whether Okta keeps this person out until an administrator acts: a conflict with people who are to sign in there.
    pub const fn keeps_out(self) -> bool {
        matches!(self, Self::LockedOut | Self::Suspended | Self::Deprovisioned)
    }

    /// A word or two: `deactivated`.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Staged => "staged, not activated yet",
            Self::Provisioned => "activated, no password set yet",
            Self::Recovery => "resetting the password",
            Self::PasswordExpired => "password expired",
            Self::LockedOut => "locked out",
            Self::Suspended => "suspended",
            Self::Deprovisioned => "deactivated",
            Self::Other => "in another status",
        }
    }

    /// What it means for someone who was to be imported, as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Active => "In Okta already, and active.",
            Self::Staged => "In Okta already, but staged: they can't sign in until somebody activates them.",
            Self::Provisioned => {
                "In Okta already, activated, but without a password: they have to follow the activation link."
            }
            Self::Recovery => {
                "In Okta already, in the middle of a password reset: they have to follow the reset link."
            }
            Self::PasswordExpired => {
                "In Okta already, with an expired password: they must change it at the next sign-in."
            }
            Self::LockedOut => {
                "In Okta already, but locked out there after too many wrong passwords. Nothing was changed."
            }
            Self::Suspended => {
                "In Okta already, but suspended there, so they can't sign in. Nothing was changed."
            }
            Self::Deprovisioned => {
                "In Okta already, but deactivated there, so they can't sign in. Nothing was changed."
            }
            Self::Other => "In Okta already.",
        }
    }

    /// What the administrator can do about one who is kept out. Causeway does none of it: who is let in again is decided in Okta.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Deprovisioned => {
                "If they should sign in, activate them in the Admin Console: they need a new password, and their apps again. \
                 Otherwise leave them out."
            }
            Self::Suspended => {
                "If they should sign in, unsuspend them in the Admin Console. Otherwise leave them out."
            }
            Self::LockedOut => "Unlock them in the Admin Console. Their password in Okta stays.",
            _ => "",
        }
    }
}

impl fmt::Display for OktaStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short())
    }
}

/// How many are in which status, in words: `2 deactivated, 1 suspended`.
pub fn statuses_in_words(counts: impl IntoIterator<Item = (OktaStatus, u64)>) -> String {
    let words: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{} {status}", number(count)))
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_own_words_and_only_three_keep_people_out() {
        for status in OktaStatus::ALL {
            assert_eq!(OktaStatus::of(status.as_str()), status);
            let same = OktaStatus::ALL.iter().filter(|other| other.short() == status.short());
            assert_eq!(same.count(), 1, "{status}");
            assert_eq!(status.keeps_out(), !status.advice().is_empty(), "{status}");
        }
        let out: Vec<_> = OktaStatus::ALL.into_iter().filter(|status| status.keeps_out()).collect();
        assert_eq!(out, [OktaStatus::LockedOut, OktaStatus::Suspended, OktaStatus::Deprovisioned]);
        assert_eq!(OktaStatus::of("SOMETHING_NEW"), OktaStatus::Other);
    }

    #[test]
    fn counts_are_told_in_words() {
        let counts =
            [(OktaStatus::Deprovisioned, 1200), (OktaStatus::Suspended, 0), (OktaStatus::LockedOut, 1)];
        assert_eq!(statuses_in_words(counts), "1,200 deactivated, 1 locked out");
    }
}
