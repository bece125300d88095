//! How Okta compares and judges text: logins without case and diacritics, what looks like an e-mail address.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A login as Okta compares it: without case and diacritics, so that `ísáac@x` equals `Isaac@x`.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.to_lowercase()
        .nfd()
        .filter(|&letter| !is_combining_mark(letter))
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

/// The part before the `@`, by which people may sign in too.
pub(crate) fn short_name(login: &str) -> Option<&str> {
    login.split_once('@').map(|(name, _)| name).filter(|name| !name.is_empty())
}

/// Whether this is an e-mail address as Okta takes it in `email` and `secondEmail` (RFC 3696): ASCII alone, at most 64 characters
/// before the `@`. Narrower than a login.
pub(crate) fn is_address(text: &str) -> bool {
    text.is_ascii() && is_email(text) && text.find('@').is_some_and(|at| at <= 64)
}

/// Whether this is one mailbox at a valid domain, as logins are by default. Letters of any script are allowed (RFC 6531).
pub(crate) fn is_email(text: &str) -> bool {
    let Some((mailbox, domain)) = text.split_once('@') else { return false };
    !mailbox.is_empty()
        && mailbox.split('.').all(|part| !part.is_empty() && part.chars().all(is_mailbox_letter))
        && is_domain(domain)
}

fn is_mailbox_letter(letter: char) -> bool {
    letter.is_alphanumeric()
        || is_combining_mark(letter)
        || "!#$%&'*+/=?^_`{|}~-".contains(letter)
        // Anything else beyond ASCII but blanks and controls.
        || (!letter.is_ascii() && !letter.is_whitespace() && !letter.is_control())
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|label| is_label(label))
        && labels
            .last()
            // No top-level domain has one letter.
            .is_some_and(|top| top.chars().any(char::is_alphabetic) && top.chars().count() >= 2)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.chars().count() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || is_combining_mark(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_the_same_without_case_and_diacritics() {
        assert_eq!(fold("ÍSÁAC@Example.com"), fold("isaac@example.com"));
        assert_eq!(fold("Tomáš.Dvořák@example.com"), "tomas.dvorak@example.com");
        assert_eq!(fold("ДМИТРИЙ@example.com"), fold("дмитрий@example.com"));
        assert_eq!(fold("李伟@example.com"), "李伟@example.com");
        assert_ne!(fold("ann@example.com"), fold("anna@example.com"));
    }

    #[test]
    fn addresses() {
        for good in [
            "a@b.cd",
            "o'neill+x@mail.example.com",
            "李伟@example.com",
            "محمد@example.com",
            "x@bücher.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "", "a", "@b.cd", "a@", "a@b", "a@@b.cd", "a b@c.de", "a@b c.de", "a@b..cd", ".a@b.cd",
            "a.@b.cd", "a@-b.cd", "a@b.c", "a@b.12", "a\t@b.cd", "a@b.cd ", "a,b@c.de",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_are_narrower_than_logins() {
        for good in ["a@b.cd", "o'neill+x@mail.example.com", "x@xn--bcher-kva.example", "a/b@x.cz"] {
            assert!(is_address(good), "{good}");
        }
        for login_only in
            ["iñes@example.com", "李伟@example.com", "x@bücher.example", "ada\u{200b}@example.com"]
        {
            assert!(is_email(login_only) && !is_address(login_only), "{login_only}");
        }
        let long = |n: usize| format!("{}@example.com", "x".repeat(n));
        assert!(is_address(&long(64)) && !is_address(&long(65)));
        for neither in ["j..berg@example.com", "jo.@example.com", "ada@example.com\u{a0}", "a b@example.com"]
        {
            assert!(!is_email(neither) && !is_address(neither), "{neither}");
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".{0,40}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once.clone());
        }
    }
}
