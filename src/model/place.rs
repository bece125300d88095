//! Where a sign-in comes from.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or an IPv6 network of 64 bits, which one computer has whole (RFC 4291, 2.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(IpAddr);

impl Place {
    /// Of an address as Okta writes it. `None` where it is none: a name, several in a row, something with a port.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let address: IpAddr = text.split('%').next()?.parse().ok()?;
        Some(Self(match address.to_canonical() {
            IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
            four @ IpAddr::V4(_) => four,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_as_okta_writes_them_and_nonsense_is_none() {
        assert_eq!(Place::of("::ffff:203.0.113.7"), Place::of(" 203.0.113.7 "));
        assert_eq!(Place::of("fe80::1%eth0"), Place::of("[fe80::2]"));
        assert_eq!(Place::of("2001:db8:1:2::1"), Place::of("2001:DB8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(Place::of("2001:db8:1:2::1"), Place::of("2001:db8:1:3::1"));
        assert_ne!(Place::of("203.0.113.7"), Place::of("203.0.113.8"));
        let long = "1".repeat(300);
        for nonsense in [
            "",
            "unknown",
            "203.0.113",
            "203.0.113.7, 10.0.0.1",
            "1.2.3.4:80",
            "203.0.113.07",
            "0xCB007107",
            "3405803783",
            "[::1",
            "%",
            &long,
        ] {
            assert_eq!(Place::of(nonsense), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = Place::of(&text);
        }
    }
}
