//! When Okta takes two logins for one.

use unicode_normalization::UnicodeNormalization as _;

use crate::model::fold;

/// The key two logins are compared by: Okta ignores case and diacritics (`ísáac@x` is `Isaac@x`). Compatibility forms
/// (full-width letters) are folded as well, and white space at the ends is dropped. For comparing only, never shown.
pub fn fold_login(login: &str) -> String {
    fold(login)
}

/// Whether two logins are the same but for capitals. Logins that differ in accents are one to Okta and two to people: Müller is not
/// Muller, and nothing of one is to be done to the other.
pub fn same_login(one: &str, other: &str) -> bool {
    let plain = |login: &str| login.trim().nfc().flat_map(char::to_lowercase).nfc().collect::<String>();
    one == other || plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::{fold_login, same_login};

    #[test]
    fn capitals_do_not_make_another_login_and_accents_do() {
        for (one, other) in [
            ("Isaac@Example.com", "isaac@example.com"),
            ("TOMÁŠ@x.cz", "tomáš@x.cz"),
            ("e\u{301}@x.fr", "É@x.fr"),
            (" a@b.cz", "A@b.cz"),
        ] {
            assert!(same_login(one, other), "{one} / {other}");
        }
        for (one, other) in [("ísáac@x", "Isaac@x"), ("müller@x.de", "muller@x.de"), ("a@x", "b@x")] {
            assert!(!same_login(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn case_and_accents_do_not_tell_people_apart() {
        for (one, other) in [
            ("Isaac@Example.com", "ísáac@example.com"),
            ("TOMÁŠ.DVOŘÁK@x.cz", "tomas.dvorak@x.cz"),
            ("Máire.O'Neill@x.ie", "maire.o'neill@x.ie"),
            ("ДМИТРИЙ@x.ru", "дмитрий@x.ru"),
            ("ＡＢＣ@x.jp", "abc@x.jp"),
            ("ΟΔΟΣ@x.gr", "οδος@x.gr"),
            ("İstanbul@x.tr", "istanbul@x.tr"),
            (" a@b.cz ", "A@B.cz"),
            ("e\u{301}@x.fr", "é@x.fr"),
        ] {
            assert_eq!(fold_login(one), fold_login(other), "{one} / {other}");
        }
    }

    #[test]
    fn different_logins_stay_different() {
        for (one, other) in [
            ("li@x.cn", "李伟@x.cn"),
            ("李伟@x.cn", "李薇@x.cn"),
            ("محمد@x.eg", "محمود@x.eg"),
            ("a.b@x.cz", "ab@x.cz"),
        ] {
            assert_ne!(fold_login(one), fold_login(other), "{one} / {other}");
        }
    }
}
