//! What an administrator can state about a column of passwords: the words `PasswordSettings::assume` takes.

/// One thing to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// What goes into `assume`.
    pub id: &'static str,
    /// What a list shows.
    pub label: &'static str,
    /// One sentence that helps to choose.
    pub help: &'static str,
    /// Whether it needs the salt column, its order and its encoding as well.
    pub salted: bool,
}

/// Everything that can be stated, commonest first. Longer ids of the same digests (`hex-sha256`,
/// `salted-sha256-prefix-hex-textsalt`) are taken too, and are stricter: values written otherwise stay undecided.
pub fn stated() -> &'static [Statement] {
    &STATEMENTS
}

const fn digest(id: &'static str, label: &'static str, help: &'static str) -> Statement {
    Statement { id, label, help, salted: false }
}

static STATEMENTS: [Statement; 9] = [
    digest(
        "md5",
        "MD5, one round",
        "32 hex digits, or 24 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha1",
        "SHA-1, one round",
        "40 hex digits, or 28 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha256",
        "SHA-256, one round",
        "64 hex digits, or 44 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha512",
        "SHA-512, one round",
        "128 hex digits, or 88 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest("plaintext", "Clear text", "The column holds the passwords themselves."),
    digest("sha224", "SHA-224, one round", "56 hex digits. Okta can't take it; the hook can check it."),
    digest("sha384", "SHA-384, one round", "96 hex digits. Okta can't take it; the hook can check it."),
    digest(
        "meteor-bcrypt",
        "bcrypt from Meteor",
        "Looks like any bcrypt, but is computed over the SHA-256 of the password. The hook checks it.",
    ),
    digest(
        "devise-bcrypt-pepper",
        "bcrypt with a pepper (Devise)",
        "Looks like any bcrypt, but a secret of the application is mixed in. Nobody can bring it along.",
    ),
];
