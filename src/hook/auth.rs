//! Who calls: the secret in the `Authorization` header.
//!
//! What comes is hashed, and the hashes compared in constant time: neither the secret's length nor how much of it was right
//! shows. The old secret is accepted beside the new one for a while, so that replacing it refuses nobody.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::error::HookError;
use crate::model::TEST_REQUEST;
use crate::secrets::{SecretError, SecretStore, only_ours};

/// The user name of the Basic form.
const USER: &str = "causeway";

/// Fewer characters than this can be guessed.
const SHORTEST: usize = 24;
/// Okta takes header values up to some hundred characters.
const LONGEST: usize = 256;

/// The hook's secret: 32 random bytes as 43 characters, or the administrator's own. Never shown in `Debug`.
#[derive(Debug, Clone)]
pub struct HookSecret(SecretString);

/// The header of a test call, with its event and request id: a call that is refused before it is read is known by it.
pub(crate) const TEST_HEADER: &str = "x-causeway-test";

/// How the secret is written into the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HeaderForm {
    /// `Basic …`, with the user name `causeway`: what proxies and gateways know.
    #[default]
    Basic,
    /// The secret itself.
    Plain,
}

impl HookSecret {
    /// A new one from the operating system's randomness.
    pub fn random() -> Result<Self, HookError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|error| HookError::System(error.to_string()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into()))
    }

    /// One that was kept or given: 24 to 256 visible ASCII characters. The whole value of a header that
    /// [`HookSecret::header`] made is taken as well, as that is what people copy.
    pub fn from_text(text: &str) -> Result<Self, HookError> {
        let text = text.trim();
        if let Some(basic) = text.strip_prefix("Basic ") {
            let pair = Zeroizing::new(STANDARD.decode(basic.trim()).unwrap_or_default());
            let inside =
                std::str::from_utf8(&pair).ok().and_then(|pair| pair.strip_prefix(USER)?.strip_prefix(':'));
            let inside = inside.filter(|inside| !inside.contains(' '));
            return Self::from_text(
                inside.ok_or(HookError::BadSecret("it is a Basic header of another user"))?,
            );
        }
        if text.len() < SHORTEST {
            return Err(HookError::BadSecret("it has fewer than 24 characters, which can be guessed"));
        }
        if text.len() > LONGEST {
            return Err(HookError::BadSecret("it has more than 256 characters"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(HookError::BadSecret("it holds blanks or letters that no header takes"));
        }
        Ok(Self(text.into()))
    }

    /// The secret itself. The caller must not copy it into anything that is shown or logged.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The request id of a test call of our own with this event id: only who has the secret can make it, so that nobody else's call
    /// passes for one.
    pub fn test_request(&self, event: &str) -> String {
        test_request(&test_key(self), event)
    }

    /// The value of the `Authorization` header that Okta is told to send.
    pub fn header(&self, form: HeaderForm) -> SecretString {
        match form {
            HeaderForm::Plain => self.0.clone(),
            HeaderForm::Basic => {
                let pair = Zeroizing::new(format!("{USER}:{}", self.expose()));
                format!("Basic {}", STANDARD.encode(pair.as_bytes())).into()
            }
        }
    }
}

/// The secrets as they are kept: the one in use, and the one before until it runs out.
#[derive(Debug, Clone)]
pub struct HookSecrets {
    /// In use.
    pub current: HookSecret,
    /// The one before, and until when it is accepted.
    pub former: Option<(HookSecret, DateTime<Utc>)>,
}

impl HookSecrets {
    /// Only this one.
    pub fn new(current: HookSecret) -> Self {
        Self { current, former: None }
    }

    /// A new secret in use; the one that was is accepted until then.
    #[must_use]
    pub fn replaced(&self, new: HookSecret, until: DateTime<Utc>) -> Self {
        Self { current: new, former: Some((self.current.clone(), until)) }
    }

    /// The name they are kept under in a keychain or key file.
    pub fn name(workspace_id: &str) -> String {
        format!("hook-secret/{workspace_id}")
    }

    /// As kept; `None` when there are none yet. Blocks.
    pub fn load(store: &dyn SecretStore, workspace_id: &str) -> Result<Option<Self>, HookError> {
        let Some(kept) = store.get(&Self::name(workspace_id))? else { return Ok(None) };
        Self::parse(kept.expose_secret()).map(Some)
    }

    /// Keeps them. Blocks.
    pub fn save(&self, store: &dyn SecretStore, workspace_id: &str) -> Result<(), SecretError> {
        let mut line = Zeroizing::new(self.current.expose().to_owned());
        if let Some((former, until)) = &self.former {
            line = Zeroizing::new(format!(
                "{} {} {}",
                line.as_str(),
                former.expose(),
                until.to_rfc3339_opts(SecondsFormat::Secs, true)
            ));
        }
        store.set(&Self::name(workspace_id), &line.as_str().into())
    }

    /// Whether these are the same secrets, for as long.
    pub fn same(&self, other: &Self) -> bool {
        let same =
            |a: &HookSecret, b: &HookSecret| bool::from(a.expose().as_bytes().ct_eq(b.expose().as_bytes()));
        same(&self.current, &other.current)
            && match (&self.former, &other.former) {
                (Some((a, until_a)), Some((b, until_b))) => same(a, b) && until_a == until_b,
                (None, None) => true,
                _ => false,
            }
    }

    /// From a file that only its owner can read, with one line as [`HookSecrets::parse`] takes it. Blocks.
    pub fn from_file(path: &Path) -> Result<Self, HookError> {
        let bad = |why: String| HookError::SecretFile { path: path.to_owned(), why };
        let file = std::fs::File::open(path).map_err(|error| bad(error.to_string()))?;
        let about = file.metadata().map_err(|error| bad(error.to_string()))?;
        if !about.is_file() || about.len() > 4096 {
            return Err(bad("it is no file with one line".to_owned()));
        }
        if let Err(mode) = only_ours(path, &about) {
            return Err(bad(format!("others can read it (mode {mode:o})")));
        }
        let mut line = Zeroizing::new(String::with_capacity(4100));
        std::io::Read::read_to_string(&mut &file, &mut line).map_err(|error| bad(error.to_string()))?;
        Self::parse(&line)
    }

    /// One line: the secret, and where there is one the former and until when (RFC 3339).
    pub fn parse(line: &str) -> Result<Self, HookError> {
        let line = line.trim();
        if line.starts_with("Basic ") {
            return HookSecret::from_text(line).map(Self::new);
        }
        let mut parts = line.split_ascii_whitespace();
        let current = HookSecret::from_text(parts.next().unwrap_or_default())?;
        let former = match (parts.next(), parts.next().map(DateTime::parse_from_rfc3339)) {
            (None, None) => None,
            (Some(former), Some(Ok(until))) => Some((HookSecret::from_text(former)?, until.to_utc())),
            _ => {
                return Err(HookError::BadSecret(
                    "it is followed by something that is no previous secret and a time",
                ));
            }
        };
        Ok(Self { current, former })
    }
}

/// Who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// With the secret in use.
    Known,
    /// With the one before, while it is accepted.
    Former,
    /// With none, or a wrong one.
    Stranger,
}

/// The header values accepted, as digests.
pub(super) struct Accepted {
    current: [[u8; 32]; 2],
    former: Option<([[u8; 32]; 2], DateTime<Utc>)>,
    /// What test calls are known by.
    tests: Vec<[u8; 32]>,
}

fn test_key(secret: &HookSecret) -> [u8; 32] {
    Sha256::new().chain_update(b"causeway test key\0").chain_update(secret.expose()).finalize().into()
}

fn test_request(key: &[u8; 32], event: &str) -> String {
    let mut mac = [0; 16];
    if let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(key) {
        hmac.update(event.as_bytes());
        mac.copy_from_slice(&hmac.finalize().into_bytes()[..16]);
    }
    format!("{TEST_REQUEST}{}", URL_SAFE_NO_PAD.encode(mac))
}

impl Accepted {
    pub(super) fn new(secrets: &HookSecrets) -> Self {
        let digests = |secret: &HookSecret| {
            [HeaderForm::Basic, HeaderForm::Plain]
                .map(|form| Sha256::digest(secret.header(form).expose_secret().as_bytes()).into())
        };
        Self {
            current: digests(&secrets.current),
            former: secrets.former.as_ref().map(|(secret, until)| (digests(secret), *until)),
            tests: std::iter::once(&secrets.current)
                .chain(secrets.former.as_ref().map(|(secret, _)| secret))
                .map(test_key)
                .collect(),
        }
    }

    /// The request id as it goes into the log. One that says it is a test of ours and is not is left away.
    pub(super) fn vouched(&self, event: Option<&str>, request: Option<String>) -> Option<String> {
        let request = request?;
        let ours = || event.is_some_and(|event| self.is_test(event, &request));
        (!request.starts_with(TEST_REQUEST) || ours()).then_some(request)
    }

    /// Whether a call that is refused before it is read is a test of ours: its [`TEST_HEADER`] is `event.request`.
    pub(super) fn is_test_header(&self, header: Option<&[u8]>) -> bool {
        let text = header.and_then(|header| std::str::from_utf8(header).ok());
        text.and_then(|text| text.split_once('.'))
            .is_some_and(|(event, request)| self.is_test(event, request))
    }

    fn is_test(&self, event: &str, request: &str) -> bool {
        let fits = |key| test_request(key, event).as_bytes().ct_eq(request.as_bytes());
        self.tests.iter().fold(Choice::from(0), |any, key| any | fits(key)).into()
    }

    /// Who this header says is calling.
    pub(super) fn check(&self, header: Option<&[u8]>, now: DateTime<Utc>) -> Caller {
        let came: [u8; 32] = Sha256::digest(header.unwrap_or_default()).into();
        let fits = |digests: &[[u8; 32]; 2]| -> Choice {
            digests.iter().fold(Choice::from(0), |fits, digest| fits | digest.ct_eq(&came))
        };
        let known = fits(&self.current);
        let former = self.former.as_ref().filter(|(_, until)| now < *until).map(|(digests, _)| fits(digests));
        match (header.is_some() && bool::from(known), former.is_some_and(bool::from)) {
            (true, _) => Caller::Known,
            (false, true) if header.is_some() => Caller::Former,
            _ => Caller::Stranger,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::SessionOnly;

    fn secret(letter: char) -> HookSecret {
        HookSecret::from_text(&letter.to_string().repeat(43)).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn made_secrets_are_long_different_and_hidden() {
        let (one, other) = (HookSecret::random().unwrap(), HookSecret::random().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert_ne!(one.expose(), other.expose());
        assert!(!format!("{one:?}").contains(one.expose()));
    }

    #[test]
    fn both_forms_of_the_right_one_are_let_in_and_nothing_else() {
        let accepted = Accepted::new(&HookSecrets::new(secret('a')));
        let basic = secret('a').header(HeaderForm::Basic);
        assert!(basic.expose_secret().starts_with("Basic Y2F1c2V3YXk6"));
        let plain = "a".repeat(43);
        for (header, expected) in [
            (Some(basic.expose_secret()), Caller::Known),
            (Some(plain.as_str()), Caller::Known),
            (None, Caller::Stranger),
            (Some(""), Caller::Stranger),
            (Some(&plain[1..]), Caller::Stranger),
            (Some("Basic"), Caller::Stranger),
            (Some(&format!("{plain} ")), Caller::Stranger),
        ] {
            assert_eq!(accepted.check(header.map(str::as_bytes), at(0)), expected, "{header:?}");
        }
    }

    #[test]
    fn the_former_one_is_accepted_until_it_runs_out() {
        let secrets = HookSecrets::new(secret('a')).replaced(secret('b'), at(100));
        let accepted = Accepted::new(&secrets);
        let (old, new) = ("a".repeat(43), "b".repeat(43));
        assert_eq!(accepted.check(Some(new.as_bytes()), at(0)), Caller::Known);
        assert_eq!(accepted.check(Some(old.as_bytes()), at(99)), Caller::Former);
        assert_eq!(accepted.check(Some(old.as_bytes()), at(100)), Caller::Stranger);
        assert_eq!(accepted.check(Some(new.as_bytes()), at(100)), Caller::Known);
    }

    #[test]
    fn only_who_has_the_secret_makes_test_calls() {
        let accepted = Accepted::new(&HookSecrets::new(secret('b')).replaced(secret('a'), at(100)));
        for ours in [secret('a'), secret('b')] {
            let request = ours.test_request("event");
            assert!(request.starts_with(TEST_REQUEST));
            assert_eq!(accepted.vouched(Some("event"), Some(request.clone())), Some(request.clone()));
            assert!(accepted.is_test_header(Some(format!("event.{request}").as_bytes())));
            // Of another call it is none.
            assert_eq!(accepted.vouched(Some("other"), Some(request.clone())), None);
            assert_eq!(accepted.vouched(None, Some(request.clone())), None);
            assert!(!accepted.is_test_header(Some(format!("other.{request}").as_bytes())));
        }
        let forged = secret('c').test_request("event");
        assert_eq!(accepted.vouched(Some("event"), Some(forged.clone())), None);
        for header in [None, Some(""), Some("."), Some("event"), Some(forged.as_str())] {
            assert!(!accepted.is_test_header(header.map(str::as_bytes)), "{header:?}");
        }
        assert_eq!(accepted.vouched(None, Some("reqaBc".into())), Some("reqaBc".into()), "Okta's own stay");
        assert_eq!(accepted.vouched(Some("event"), None), None);
    }

    #[test]
    fn they_are_kept_and_found_again() {
        let store = SessionOnly::new();
        assert!(HookSecrets::load(&store, "w").unwrap().is_none());
        let secrets = HookSecrets::new(secret('a')).replaced(secret('b'), at(1_700_000_000));
        secrets.save(&store, "w").unwrap();
        let kept = HookSecrets::load(&store, "w").unwrap().unwrap();
        assert_eq!(kept.current.expose(), secret('b').expose());
        let (former, until) = kept.former.unwrap();
        assert_eq!((former.expose(), until), (secret('a').expose(), at(1_700_000_000)));
    }

    #[test]
    fn a_copied_header_is_the_secret() {
        let basic = secret('a').header(HeaderForm::Basic);
        assert_eq!(HookSecrets::parse(basic.expose_secret()).unwrap().current.expose(), secret('a').expose());
        assert!(HookSecret::from_text("Basic dXNlcjpwYXNz").is_err());
        assert!(HookSecrets::new(secret('a')).same(&HookSecrets::new(secret('a'))));
        assert!(!HookSecrets::new(secret('a')).same(&HookSecrets::new(secret('b'))));
        assert!(
            !HookSecrets::new(secret('a')).same(&HookSecrets::new(secret('a')).replaced(secret('a'), at(5)))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(matches!(HookSecrets::from_file(&path), Err(HookError::SecretFile { .. })));
        std::fs::write(&path, format!("{}\n", secret('a').expose())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(HookSecrets::from_file(&path).unwrap_err().to_string().contains("mode 644"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(HookSecrets::from_file(&path).unwrap().current.expose(), secret('a').expose());
    }

    #[test]
    fn what_can_be_no_secret_is_refused() {
        for text in [
            "",
            "short",
            &"x".repeat(23),
            &"x".repeat(257),
            &format!("{} y", "x".repeat(30)),
            &"ü".repeat(30),
        ] {
            assert!(matches!(HookSecret::from_text(text), Err(HookError::BadSecret(_))), "{text}");
        }
    }
}
