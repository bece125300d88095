//! `{salt}` in front of a digest, with its braces: as Spring Security writes it.

/// `{salt}` with its braces, and what follows it: Spring reads up to the first closing brace.
pub(super) fn braced(payload: &[u8]) -> (&[u8], &[u8]) {
    match payload.iter().position(|byte| *byte == b'}') {
        Some(end) if payload.starts_with(b"{") => payload.split_at(end + 1),
        _ => payload.split_at(0),
    }
}

/// Whether what stands in the braces of a salt is a label: something was put before a value that had one.
pub(super) fn is_label(salt: &[u8]) -> bool {
    const LABELS: [&str; 14] = [
        "MD4",
        "MD5",
        "SHA",
        "SHA1",
        "SHA-1",
        "SHA256",
        "SHA-256",
        "SHA512",
        "SHA-512",
        "SMD5",
        "PLAIN-MD5",
        "DIGEST-MD5",
        "LDAP-MD5",
        "noop",
    ];
    let inner = salt.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}"));
    inner.is_some_and(|inner| LABELS.iter().any(|label| inner.eq_ignore_ascii_case(label.as_bytes())))
}
