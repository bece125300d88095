//! Who is being guessed, by what the password hook answered of late.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::error::Result;
use super::loose::Text;
use super::open::Workspace;
use crate::model::{HookReason, Place, fold, number};

/// So many wrong tries in a short time are no mistyping any more.
const MANY_TRIES: usize = 10;

/// So many logins from one address, most of them in vain, are no office any more.
const MANY_LOGINS: usize = 10;

/// Told at most at once.
const MANY_GUESSED: usize = 5;

/// A login whose password is being guessed, or an address from which many people's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guessed {
    /// The login as Okta sent it; `None`: several people's, from one address.
    pub login: Option<String>,
    /// How many logins are meant.
    pub logins: u64,
    /// Wrong and slowed tries.
    pub tries: u64,
    /// From so many addresses (an IPv6 network of 64 bits is one); 0 where Okta did not say.
    pub addresses: u64,
    /// One of them.
    pub address: Option<String>,
}

impl Guessed {
    /// In one sentence.
    pub fn words(&self) -> String {
        let from = match (self.addresses, &self.address) {
            (1, Some(address)) => format!(" from {address}"),
            (0, _) | (_, None) => String::new(),
            (n, _) => format!(" from {n} addresses"),
        };
        let open = if self.addresses == 0 {
            "Okta did not say from where, so right passwords may be slowed too."
        } else {
            "Guesses are slowed; right passwords from other addresses still get in."
        };
        let whose = match &self.login {
            Some(login) => format!("The password of {login} is being guessed"),
            None => format!("Passwords of {} people are being guessed", number(self.logins)),
        };
        format!("{whose}: {} wrong tries in ten minutes{from}. {open}", number(self.tries))
    }

    /// Logins and addresses that are guessed at, by the calls of late.
    fn among(calls: &[Tried]) -> Vec<Self> {
        let mut logins: HashMap<String, Vec<&Tried>> = HashMap::new();
        let mut places: HashMap<Option<Place>, Vec<&Tried>> = HashMap::new();
        for tried in calls {
            if matches!(tried.reason, HookReason::Wrong | HookReason::Slowed) {
                logins.entry(fold(&tried.login)).or_default().push(tried);
            }
            places.entry(tried.place()).or_default().push(tried);
        }
        let one = logins.into_values().filter(|of| of.len() >= MANY_TRIES).map(|of| {
            let login = of.first().map(|tried| tried.login.clone());
            Self::told(login, 1, &of)
        });
        let many = places.into_values().filter_map(|of| {
            let (missed, right): (Vec<_>, Vec<_>) = of.into_iter().partition(|tried| tried.missed());
            let whose: HashSet<String> = missed.iter().map(|tried| fold(&tried.login)).collect();
            // Of an office many mistype, and most do not.
            (whose.len() >= MANY_LOGINS && missed.len() > right.len())
                .then(|| Self::told(None, to_count(whose.len()), &missed))
        });
        let mut all: Vec<Self> = one.chain(many).collect();
        all.sort_by(|a, b| b.tries.cmp(&a.tries).then_with(|| a.login.cmp(&b.login)));
        all.truncate(MANY_GUESSED);
        all
    }

    fn told(login: Option<String>, logins: u64, of: &[&Tried]) -> Self {
        let from: HashSet<Place> = of.iter().filter_map(|tried| tried.place()).collect();
        let address =
            of.iter().filter(|tried| tried.place().is_some()).find_map(|tried| tried.address.clone());
        Self { login, logins, tries: to_count(of.len()), addresses: to_count(from.len()), address }
    }
}

/// What a call says of who guesses.
struct Tried {
    login: String,
    reason: HookReason,
    address: Option<String>,
}

impl Tried {
    fn place(&self) -> Option<Place> {
        self.address.as_deref().and_then(Place::of)
    }

    /// Whether a password did not fit, or there was nobody whose it could be.
    fn missed(&self) -> bool {
        matches!(self.reason, HookReason::Wrong | HookReason::Slowed | HookReason::Unknown)
    }
}

fn to_count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

impl Workspace {
    /// Logins whose password is being guessed, and addresses from which many people's are: many wrong or slowed tries since a moment,
    /// the most first. Looks at the last 5,000 calls.
    pub async fn hook_guessed(&self, since: DateTime<Utc>) -> Result<Vec<Guessed>> {
        let rows: Vec<(Text, Text, Option<Text>)> = sqlx::query_as(
            "SELECT login, reason, address FROM hook_calls
             WHERE id > (SELECT coalesce(max(id), 0) FROM hook_calls) - 5000 AND at > ?
                AND reason IN ('wrong', 'slowed', 'unknown', 'right')
                AND coalesce(request, '') NOT LIKE 'causeway-test-%' ORDER BY id DESC",
        )
        .bind(since.timestamp_millis())
        .fetch_all(&self.0.readers)
        .await?;
        let tried = |(Text(login), reason, address): (Text, Text, Option<Text>)| {
            let address = address.map(|address| address.0);
            HookReason::parse(&reason.0).map(|reason| Tried { login, reason, address })
        };
        Ok(Guessed::among(&rows.into_iter().filter_map(tried).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(login: &str, reason: HookReason, address: Option<&str>) -> Tried {
        Tried { login: login.to_owned(), reason, address: address.map(str::to_owned) }
    }

    fn words(calls: &[Tried]) -> Vec<String> {
        Guessed::among(calls).iter().map(Guessed::words).collect()
    }

    #[test]
    fn a_login_is_told_from_ten_tries_on_however_it_is_written() {
        let reasons = [HookReason::Wrong, HookReason::Slowed];
        let mut calls: Vec<Tried> = (0..9)
            .map(|n| tried(["A@x.com", "a@x.com"][n % 2], reasons[n % 2], Some("203.0.113.7")))
            .collect();
        assert!(words(&calls).is_empty());
        calls.push(tried(" a@x.com", HookReason::Wrong, Some("2001:db8::1")));
        calls.push(tried("a@x.com", HookReason::Wrong, Some("2001:db8::2")));
        assert_eq!(
            words(&calls),
            [
                "The password of A@x.com is being guessed: 11 wrong tries in ten minutes from 2 addresses. Guesses are slowed; right passwords from other addresses still get in."
            ]
        );
    }

    #[test]
    fn an_address_that_tries_many_people_is_told_and_an_office_is_not() {
        let from = Some("203.0.113.7");
        let login = |n: usize| format!("person{n}@example.com");
        let mut calls: Vec<Tried> = (0..1200)
            .map(|n| {
                let reason = if n % 3 == 0 { HookReason::Unknown } else { HookReason::Wrong };
                tried(&login(n), reason, from)
            })
            .collect();
        assert_eq!(
            words(&calls),
            [
                "Passwords of 1,200 people are being guessed: 1,200 wrong tries in ten minutes from 203.0.113.7. Guesses are slowed; right passwords from other addresses still get in."
            ]
        );
        // Without an address too.
        for call in &mut calls {
            call.address = Some("unknown".into());
        }
        assert_eq!(
            words(&calls),
            [
                "Passwords of 1,200 people are being guessed: 1,200 wrong tries in ten minutes. Okta did not say from where, so right passwords may be slowed too."
            ]
        );
        let office: Vec<Tried> = (0..400)
            .map(|n| {
                let reason = if n % 4 == 0 { HookReason::Wrong } else { HookReason::Right };
                tried(&login(n), reason, from)
            })
            .collect();
        assert!(words(&office).is_empty());
    }
}
