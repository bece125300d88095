//! The org's address, from whatever people paste (okta-api.md 1.1).

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::Explain;
use url::Url;

/// Why a pasted address can't be used. `Display` says what is wrong; [`Explain::advice`] what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlProblem {
    /// Nothing there.
    #[error("No Okta domain is given.")]
    Empty,
    /// A placeholder from documentation (`{yourOktaDomain}`).
    #[error("“{0}” is a placeholder, not a domain.")]
    Placeholder(String),
    /// Okta's own site, not an org's.
    #[error("“{0}” is Okta's own site, not your org.")]
    BareSuffix(String),
    /// A user name or password before the host.
    #[error("The address holds a user name or password.")]
    UserInfo,
    /// An e-mail address.
    #[error("“{0}” is an e-mail address, not a domain.")]
    Email(String),
    /// No dot: half a name.
    #[error("“{0}” is not a whole domain.")]
    NoDot(String),
    /// Spaces, or letters that no host name has.
    #[error("“{0}” is not a domain.")]
    Malformed(String),
    /// A scheme that is neither http nor https.
    #[error("“{0}” is not a web address.")]
    Scheme(String),
    /// A port, though Okta is always on 443.
    #[error("Okta is reached on port 443, not on port {0}.")]
    Port(u16),
    /// A bare IP address that is not this computer.
    #[error("“{0}” is an IP address, not an Okta domain.")]
    Address(String),
}

impl UrlProblem {
    /// [`Explain::advice`], as it stands.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Self::Empty | Self::Placeholder(_) | Self::Malformed(_) | Self::Scheme(_) => {
                "Type your org's domain, for example acme.okta.com."
            }
            Self::BareSuffix(_) => "Put your org's own name before it, for example acme.okta.com.",
            Self::UserInfo => "Leave out everything before the @: the token is asked for separately.",
            Self::Email(_) => {
                "Type the domain you see in the browser when you sign in to Okta, for example acme.okta.com."
            }
            Self::NoDot(_) => "Add the ending, for example .okta.com.",
            Self::Port(_) => {
                "Leave the port out. Only a practice org on this computer (http://127.0.0.1:PORT) has one."
            }
            Self::Address(_) => {
                "Type the org's domain. Only a practice org on this computer (127.0.0.1) goes by its address."
            }
        }
    }
}

impl Explain for UrlProblem {
    fn advice(&self) -> String {
        self.next().to_owned()
    }
}

/// The org's address: `https://host`, or `http://loopback:port` for a practice org.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgUrl {
    /// Without a trailing slash.
    base: String,
    host: String,
    practice: bool,
}

/// Okta's own suffixes, where `-admin` marks the Admin Console.
const SUFFIXES: [&str; 3] = [".okta.com", ".oktapreview.com", ".okta-emea.com"];
/// First labels under those suffixes that are Okta's own sites, not orgs.
const OWN_SITES: [&str; 7] = ["www", "login", "developer", "help", "support", "status", "trust"];

impl OrgUrl {
    /// Whether it is under one of Okta's own domains, not behind a domain of the company's.
    pub fn is_oktas_own(&self) -> bool {
        !self.practice && SUFFIXES.iter().any(|suffix| self.host.ends_with(suffix))
    }

    /// Where the Admin Console shows a person. `None` for a practice org, which has none. Of an org behind its own domain
    /// [`WellKnown::okta_address`](super::WellKnown::okta_address) knows the address that this is to be asked of; where that is not
    /// known, its own leads there.
    pub fn console_of(&self, id: &str) -> Option<String> {
        if self.practice || id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let admin = SUFFIXES.iter().find_map(|suffix| {
            let name = self.host.strip_suffix(suffix)?;
            Some(format!("https://{name}-admin{suffix}"))
        });
        Some(format!("{}/admin/user/profile/view/{id}", admin.as_deref().unwrap_or(&self.base)))
    }

    /// Understands an address as people paste it: with or without scheme, path, port 443, `-admin`, capitals, a final dot.
    pub fn parse(pasted: &str) -> Result<Self, UrlProblem> {
        let text = pasted.trim();
        if text.is_empty() {
            return Err(UrlProblem::Empty);
        }
        if is_placeholder(text) {
            return Err(UrlProblem::Placeholder(shown(text)));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        if let Some(other) = scheme.as_deref().filter(|s| !matches!(*s, "http" | "https")) {
            return Err(UrlProblem::Scheme(shown(other)));
        }
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(if scheme.is_none() && !authority.contains(':') {
                UrlProblem::Email(shown(authority))
            } else {
                UrlProblem::UserInfo
            });
        }
        if authority.is_empty() || authority.contains(char::is_whitespace) {
            return Err(UrlProblem::Malformed(shown(text)));
        }
        // The url crate does host names in other scripts, IPv6 brackets and ports.
        let parsed = Url::parse(&format!("https://{authority}/"))
            .map_err(|_| UrlProblem::Malformed(shown(authority)))?;
        let host = parsed.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        let port = explicit_port(authority);
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();

        if host == "localhost" || address.is_some_and(|a| a.is_loopback()) {
            let scheme = scheme.as_deref().unwrap_or("http");
            let base = match port {
                Some(port) => format!("{scheme}://{host}:{port}"),
                None => format!("{scheme}://{host}"),
            };
            return Ok(Self { base, host, practice: true });
        }
        if address.is_some() {
            return Err(UrlProblem::Address(host));
        }
        if let Some(port) = port.filter(|p| *p != 443 && !(*p == 80 && scheme.as_deref() == Some("http"))) {
            return Err(UrlProblem::Port(port));
        }
        let host = without_admin(&host);
        if SUFFIXES.iter().any(|suffix| host == suffix[1..]) || is_own_site(&host) {
            return Err(UrlProblem::BareSuffix(host));
        }
        if !host.contains('.') {
            return Err(UrlProblem::NoDot(host));
        }
        let sound = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if host.len() > 253 || !host.split('.').all(sound) {
            return Err(UrlProblem::Malformed(shown(&host)));
        }
        Ok(Self { base: format!("https://{host}"), host, practice: false })
    }

    /// `https://acme.okta.com`, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The host name, for screens and for the token's name in the keychain.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether this is an org on this computer: a practice org.
    pub fn is_practice(&self) -> bool {
        self.practice
    }

    /// Whether this is one of Okta's preview orgs, where administrators try things before production: Okta gives them a domain of
    /// their own (okta-api.md 1).
    pub fn is_preview(&self) -> bool {
        self.host.ends_with(".oktapreview.com")
    }

    /// Whether this looks like a free or trial org, where only a few people fit (okta-api.md 7.5).
    pub fn looks_small(&self) -> bool {
        ["integrator-", "dev-", "trial-"].iter().any(|prefix| self.host.starts_with(prefix))
    }

    /// The name under which the org's token is kept in the keychain. Practice orgs differ by port.
    pub fn token_name(&self) -> String {
        let place = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        format!("okta-token/{place}")
    }
}

impl fmt::Display for OrgUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl TryFrom<String> for OrgUrl {
    type Error = UrlProblem;
    fn try_from(text: String) -> Result<Self, UrlProblem> {
        Self::parse(&text)
    }
}

impl From<OrgUrl> for String {
    fn from(url: OrgUrl) -> Self {
        url.base
    }
}

/// The port as written: the url crate drops 443, and we must tell `:443` from nothing.
fn explicit_port(authority: &str) -> Option<u16> {
    let after_host = authority.rsplit_once(']').map_or(authority, |(_, rest)| rest);
    after_host.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
}

/// `acme-admin.okta.com` is the Admin Console; the API is on `acme.okta.com`. Only under Okta's own suffixes.
fn without_admin(host: &str) -> String {
    for suffix in SUFFIXES {
        if let Some(org) = host.strip_suffix(suffix)
            && let Some(name) = org.strip_suffix("-admin")
            && !name.is_empty()
            && !name.contains('.')
        {
            return format!("{name}{suffix}");
        }
    }
    host.to_owned()
}

fn is_own_site(host: &str) -> bool {
    SUFFIXES
        .iter()
        .filter_map(|suffix| host.strip_suffix(suffix))
        .any(|label| OWN_SITES.contains(&label) || label == "-admin")
}

/// Words that stand in documentation for what an administrator puts in.
const STANDS_FOR: [&str; 12] = [
    "your", "okta", "org", "domain", "tenant", "company", "host", "base", "url", "instance", "issuer", "site",
];

/// Whether a text from documentation or a settings file was pasted whose name was to be replaced: `{yourOktaDomain}`,
/// `https://${OKTA_ORG}.okta.com`, `<your-domain>`, `%TENANT%`, `your-domain.okta.com`. What merely holds a sign that no domain
/// has is none.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let whole = ["youroktadomain", "yourdomain", "yourorg", "yoursubdomain", "yourcompany"];
    let named = |label: &str| whole.contains(&label.replace(['-', '_'], "").as_str());
    if lower.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).any(named) {
        return true;
    }
    let stands = |name: &str| {
        let word = name.trim_matches(['{', '}', ' ', '$']);
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
        !word.is_empty() && word.chars().all(named) && STANDS_FOR.iter().any(|part| word.contains(part))
    };
    let between = |open: char, close: char| {
        let mut inside =
            lower.match_indices(open).filter_map(|(at, sign)| lower[at + sign.len()..].split_once(close));
        inside.any(|(name, _)| stands(name))
    };
    let variable = lower.split('$').skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        stands(&rest[..end])
    });
    between('{', '}') || between('<', '>') || between('[', ']') || between('%', '%') || variable
}

/// What was pasted, short enough for a message.
fn shown(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(57).chain("…".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_person_is_found_in_the_admin_console() {
        let of = |org: &str, id: &str| OrgUrl::parse(org).unwrap().console_of(id);
        assert_eq!(
            of("acme.okta.com", "00u1").as_deref(),
            Some("https://acme-admin.okta.com/admin/user/profile/view/00u1")
        );
        assert_eq!(
            of("https://acme.oktapreview.com", "00u1").as_deref(),
            Some("https://acme-admin.oktapreview.com/admin/user/profile/view/00u1")
        );
        assert_eq!(
            of("acme-admin.okta-emea.com", "00u1").as_deref(),
            Some("https://acme-admin.okta-emea.com/admin/user/profile/view/00u1")
        );
        assert_eq!(
            of("login.acme.example", "00u1").as_deref(),
            Some("https://login.acme.example/admin/user/profile/view/00u1")
        );
        assert_eq!(of("http://127.0.0.1:4000", "00u1"), None);
        // What is no id makes no address.
        assert_eq!(of("acme.okta.com", "../../x"), None);
    }

    #[test]
    fn what_people_paste_becomes_the_org() {
        for (pasted, base) in [
            ("acme.okta.com", "https://acme.okta.com"),
            ("  ACME.okta.com. ", "https://acme.okta.com"),
            ("https://acme.okta.com/", "https://acme.okta.com"),
            ("http://acme.okta.com", "https://acme.okta.com"),
            ("https://acme-admin.okta.com/admin/dashboard?x=1#y", "https://acme.okta.com"),
            ("acme-admin.oktapreview.com", "https://acme.oktapreview.com"),
            ("acme-admin.okta-emea.com", "https://acme.okta-emea.com"),
            ("acme.okta.com:443/app", "https://acme.okta.com"),
            ("login-admin.acme.com", "https://login-admin.acme.com"),
            ("sso.acme.com", "https://sso.acme.com"),
            ("acme.okta-gov.com", "https://acme.okta-gov.com"),
            ("sso.müller.de", "https://sso.xn--mller-kva.de"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:9000", "http://localhost:9000"),
            ("http://[::1]:9000/x", "http://[::1]:9000"),
        ] {
            assert_eq!(OrgUrl::parse(pasted).map(|u| u.to_string()), Ok(base.to_owned()), "{pasted}");
        }
    }

    #[test]
    fn what_is_no_org_is_refused_with_advice() {
        use UrlProblem as P;
        for (pasted, problem) in [
            ("", P::Empty),
            ("   ", P::Empty),
            ("https://{yourOktaDomain}/api/v1", P::Placeholder("https://{yourOktaDomain}/api/v1".into())),
            ("okta.com", P::BareSuffix("okta.com".into())),
            ("https://login.okta.com", P::BareSuffix("login.okta.com".into())),
            ("developer.okta.com/docs", P::BareSuffix("developer.okta.com".into())),
            ("oktapreview.com", P::BareSuffix("oktapreview.com".into())),
            ("me@acme.com", P::Email("me@acme.com".into())),
            ("https://me:secret@acme.okta.com", P::UserInfo),
            ("acme", P::NoDot("acme".into())),
            ("acme okta.com", P::Malformed("acme okta.com".into())),
            ("-acme.okta.com", P::Malformed("-acme.okta.com".into())),
            ("acme..com", P::Malformed("acme..com".into())),
            ("ftp://acme.okta.com", P::Scheme("ftp".into())),
            ("https://acme.okta.com:8443", P::Port(8443)),
            ("http://192.168.1.4:8080", P::Address("192.168.1.4".into())),
        ] {
            let refused = OrgUrl::parse(pasted).expect_err(pasted);
            assert_eq!(refused, problem, "{pasted}");
            assert!(refused.advice().ends_with('.'));
            assert!(!refused.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_placeholder_is_told_from_what_is_no_domain() {
        for pasted in [
            "https://{yourOktaDomain}/api/v1",
            "{{baseUrl}}",
            "https://${OKTA_ORG_URL}",
            "https://$OKTA_DOMAIN/api",
            "<your-domain>.okta.com",
            "https://<tenant>.okta.com",
            "[subdomain].okta.com",
            "%OKTA_HOST%",
            "https://your-domain.okta.com",
            "yourOktaDomain",
            "https://your_company.okta.com/",
            "https://YOUR-ORG.okta.com",
        ] {
            assert!(matches!(OrgUrl::parse(pasted), Err(UrlProblem::Placeholder(_))), "{pasted}");
        }
        for pasted in [
            "acme{.okta.com",
            "a<b",
            "<script>alert(1)</script>",
            "acme$.okta.com",
            "a}b.okta.com",
            "100%.okta.com",
            "acme>okta.com",
        ] {
            assert!(
                matches!(OrgUrl::parse(pasted), Err(UrlProblem::Malformed(_))),
                "{pasted}: {:?}",
                OrgUrl::parse(pasted)
            );
        }
    }

    #[test]
    fn an_org_that_is_called_like_a_placeholder_is_one() {
        for pasted in ["yourorganics.okta.com", "domain.okta.com", "tenant.okta.com", "hr.yourdomainname.com"]
        {
            assert!(OrgUrl::parse(pasted).is_ok(), "{pasted}");
        }
    }

    #[test]
    fn practice_is_told_from_live() {
        assert!(OrgUrl::parse("http://127.0.0.1:1").is_ok_and(|u| u.is_practice()));
        assert!(OrgUrl::parse("acme.okta.com").is_ok_and(|u| !u.is_practice()));
        assert!(OrgUrl::parse("dev-123.okta.com").is_ok_and(|u| u.looks_small()));
        assert_eq!(
            OrgUrl::parse("acme.okta.com").map(|u| u.token_name()),
            Ok("okta-token/acme.okta.com".into())
        );
    }

    proptest! {
        /// Whatever is pasted, nothing but https and loopback comes out, and what comes out is a fixed point.
        #[test]
        fn never_clear_text_to_the_world(pasted in "\\PC{0,80}") {
            if let Ok(url) = OrgUrl::parse(&pasted) {
                prop_assert!(url.as_str().starts_with("https://") || url.is_practice());
                prop_assert_eq!(OrgUrl::parse(url.as_str()), Ok(url.clone()));
            }
        }
    }
}
