//! Names of an org's own attributes.

/// Whether Okta takes this as an attribute's name: letters, digits and underscores, no digit first (okta-api.md 2.6).
pub fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The nearest name that Okta takes: `legacy-id` → `legacy_id`, `2 phone` → `attribute_2_phone`.
pub fn attribute_name(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut name = String::with_capacity(text.len());
    // Letters with marks lose them; what stays foreign becomes an underscore, several of them one.
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.is_empty() {
        "attribute".to_owned()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("attribute_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_such_as_okta_takes() {
        for (text, name) in [
            ("legacy-id", "legacy_id"),
            ("legacy id", "legacy_id"),
            ("2 phone", "attribute_2_phone"),
            ("größe", "gro_e"),
            ("Prénom", "Prenom"),
            ("工号", "attribute"),
            ("badge", "badge"),
            ("x.y.z", "x_y_z"),
            ("--", "attribute"),
        ] {
            assert_eq!(attribute_name(text), name, "{text}");
        }
        for bad in ["", "legacy-id", "2nd", "staff no", "größe"] {
            assert!(!is_attribute_name(bad), "{bad}");
        }
        assert!(is_attribute_name("legacy_id") && is_attribute_name("_x") && is_attribute_name("A1"));
    }

    proptest! {
        #[test]
        fn every_proposal_is_taken(text in any::<String>()) {
            prop_assert!(is_attribute_name(&attribute_name(&text)));
        }
    }
}
