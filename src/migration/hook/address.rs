//! The public address that Okta calls, from what people type.

use std::net::IpAddr;

use thiserror::Error;

use crate::model::Explain;
use crate::okta::LONGEST_URI;

/// Why Okta could not call an address. `Display` says what; [`Explain::advice`] what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressProblem {
    /// Nothing typed.
    #[error("There is no public address yet.")]
    Empty,
    /// No URL.
    #[error("This is not a web address.")]
    NotAUrl,
    /// `http://`.
    #[error("Okta calls hooks over https only.")]
    NotHttps,
    /// User name or password in it.
    #[error("A user name or password in the address is not sent by Okta.")]
    HasUser,
    /// Longer than Okta takes.
    #[error("The address is longer than the 1,024 characters that Okta takes.")]
    TooLong,
    /// This computer, a private network, or a name without a dot.
    #[error("Okta calls from the internet and can't reach this address.")]
    NotPublic,
}

impl AddressProblem {
    /// [`Explain::advice`], as it stands.
    pub(crate) fn next(self) -> &'static str {
        match self {
            Self::Empty => {
                "Type the address under which the internet reaches this server: a reverse proxy's, or a tunnel's."
            }
            Self::NotAUrl => "Type it whole: https://hook.example.com/pwhook.",
            Self::NotHttps => {
                "Begin it with https://. A reverse proxy or a tunnel in front of this server has the certificate."
            }
            Self::HasUser => "Take the part before @ away: the secret goes in the Authorization header.",
            Self::TooLong => "Use a shorter path.",
            Self::NotPublic => {
                "Type the name by which the internet knows it: a reverse proxy's, or a tunnel's (ngrok, cloudflared)."
            }
        }
    }
}

impl Explain for AddressProblem {
    fn advice(&self) -> String {
        self.next().to_owned()
    }
}

/// The address as Okta gets it. Without a path it gets the server's. `practice`: plain http on this computer is fine too, as the
/// practice org lives here.
pub fn public_uri(typed: &str, path: &str, practice: bool) -> Result<String, AddressProblem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(AddressProblem::Empty);
    }
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let mut url = url::Url::parse(&whole).map_err(|_| AddressProblem::NotAUrl)?;
    if typed.chars().any(char::is_whitespace) || !matches!(url.scheme(), "http" | "https") {
        return Err(AddressProblem::NotAUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressProblem::HasUser);
    }
    let here = is_here(&url);
    if url.scheme() == "http" && !(practice && here) {
        return Err(AddressProblem::NotHttps);
    }
    if !practice && !is_public(&url) {
        return Err(AddressProblem::NotPublic);
    }
    url.set_fragment(None);
    if url.path() == "/" {
        url.set_path(path);
    }
    let uri = String::from(url);
    if uri.chars().count() > LONGEST_URI { Err(AddressProblem::TooLong) } else { Ok(uri) }
}

/// Whether it names this computer.
fn is_here(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether the internet may know it.
fn is_public(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !is_here(url)
                && name.contains('.')
                && ![".local", ".internal", ".lan", ".home", ".localdomain"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        Some(url::Host::Ipv4(ip)) => is_public_ip(ip.into()),
        Some(url::Host::Ipv6(ip)) => is_public_ip(ip.into()),
        None => false,
    }
}

/// Whether the internet routes this address: not loopback, private, link-local or shared (RFC 1918, 4193, 6598).
pub(super) fn is_public_ip(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
            !(ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_what_okta_takes() {
        for (typed, uri) in [
            ("https://hook.corp.example/pwhook", "https://hook.corp.example/pwhook"),
            (" hook.corp.example ", "https://hook.corp.example/pwhook"),
            ("https://hook.corp.example:8443/", "https://hook.corp.example:8443/pwhook"),
            ("https://Hook.Corp.Example/a?b=1#c", "https://hook.corp.example/a?b=1"),
            ("https://8.8.8.8/x", "https://8.8.8.8/x"),
        ] {
            assert_eq!(public_uri(typed, "/pwhook", false).as_deref(), Ok(uri), "{typed}");
        }
    }

    #[test]
    fn what_okta_can_never_reach_is_said_before_it_is_registered() {
        use AddressProblem as P;
        for (typed, problem) in [
            ("", P::Empty),
            ("http://hook.corp.example/x", P::NotHttps),
            ("http://127.0.0.1:8443/pwhook", P::NotHttps),
            ("https://127.0.0.1:8443/pwhook", P::NotPublic),
            ("https://localhost/pwhook", P::NotPublic),
            ("https://intranet/pwhook", P::NotPublic),
            ("https://box.local/pwhook", P::NotPublic),
            ("https://192.168.1.7/pwhook", P::NotPublic),
            ("https://100.64.0.1/pwhook", P::NotPublic),
            ("https://[::1]/pwhook", P::NotPublic),
            ("https://[::ffff:10.0.0.1]/pwhook", P::NotPublic),
            ("https://[fd00::1]/pwhook", P::NotPublic),
            ("https://me:secret@hook.example.com/", P::HasUser),
            ("ftp://hook.example.com/", P::NotAUrl),
            ("https://hook example.com/", P::NotAUrl),
            ("https://", P::NotAUrl),
        ] {
            assert_eq!(public_uri(typed, "/pwhook", false), Err(problem), "{typed}");
        }
        let long = format!("https://hook.example.com/{}", "x".repeat(1024));
        assert_eq!(public_uri(&long, "/pwhook", false), Err(P::TooLong));
    }

    #[test]
    fn the_practice_org_reaches_this_computer() {
        let here = "http://127.0.0.1:8443/pwhook";
        assert_eq!(public_uri(here, "/pwhook", true).as_deref(), Ok(here));
        assert_eq!(public_uri("http://hook.example.com/", "/p", true), Err(AddressProblem::NotHttps));
    }
}
