//! What is stated, held against values it is not about: every statement there is, with a value of every scheme.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;

const VECTORS: &str = include_str!("../../tests/data/password-vectors.jsonl");
const OWN: &str = include_str!("../../tests/data/password-vectors-own.jsonl");

/// The first row of each scheme.
fn rows() -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let all = VECTORS.lines().chain(OWN.lines()).map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|row| seen.insert(row["scheme"].as_str().unwrap().to_owned())).collect()
}

/// Everything that can be stated by a name.
fn statements() -> Vec<&'static str> {
    let words = ["md5", "sha1", "sha256", "sha512", "sha-256", "plaintext", "pbkdf2"];
    let ids = formats().iter().flat_map(Format::ids).chain(stated().iter().map(|s| s.id)).chain(words);
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

fn ask(row: &Value) -> Answer {
    explain(&serde_json::from_value::<Question>(row.clone()).unwrap())
}

/// The row without a password to check, and with this stated.
fn stating(row: &Value, assume: Option<&str>) -> Value {
    let mut row = row.clone();
    row["password"] = Value::Null;
    row["assume"] = json!(assume);
    row
}

/// Statements that say of any bcrypt what it is over.
const OF_BCRYPT: [&str; 7] = [
    "woltlab",
    "meteor-bcrypt",
    "flask-bcrypt-long",
    "bcrypt-of-md5",
    "bcrypt-of-sha1",
    "bcrypt-of-sha512",
    "devise-bcrypt-pepper",
];

#[test]
fn a_value_that_names_its_scheme_keeps_its_answer_whatever_is_stated() {
    let mut wrong = Vec::new();
    let certain = |row: &&Value| row["detect"] == "certain" && row["scheme"] != "stated-digest";
    for row in rows().iter().filter(certain) {
        let before = ask(&stating(row, None));
        for assume in statements() {
            let after = ask(&stating(row, Some(assume)));
            let id = &row["id"];
            let (scheme, stored) = (before.scheme.as_str(), row["stored"].as_str().unwrap());
            // A short password may look like DES crypt; and a secret that is stated, and not said, is missing.
            if (assume == "plaintext" && ["crypt-des", "crypt-bsdi"].contains(&scheme))
                || (assume.ends_with("site-secret") && scheme == "spring-sha256-standard")
            {
                continue;
            }
            if OF_BCRYPT.contains(&assume)
                && ["$2a$", "$2b$", "$2y$"].iter().any(|mark| stored.contains(mark))
            {
                // Over what it is has been stated: not by Okta then.
                if after.outcome == Outcome::Import {
                    wrong.push(format!("{id} stated {assume}: imported"));
                }
                continue;
            }
            // A product that hashes something else: not by Okta then. Only what names no product is meant by it.
            if systems::stated_by(assume).is_some_and(|s| matches!(s.habit, systems::Habit::First(_)))
                && altered::NAMELESS.contains(&scheme)
            {
                if after.outcome == Outcome::Import {
                    wrong.push(format!("{id} stated {assume}: imported"));
                }
                continue;
            }
            let named = after.scheme == before.scheme || before.candidates.contains(&after.scheme.as_str());
            if !named || (after.outcome, &after.okta) != (before.outcome, &before.okta) {
                wrong.push(format!("{id} stated {assume}: {} {:?}", after.scheme, after.outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_bare_value_that_is_not_what_is_stated_is_neither_damaged_nor_imported() {
    let mut wrong = Vec::new();
    let hinted = rows().into_iter().filter(|row| row["detect"] == "needs_hint");
    for row in hinted.filter(|row| row["shape"] != "bcrypt" && row["scheme"] != "plaintext") {
        let mut bare = row.clone();
        bare["context"] = json!({"username": row["context"]["username"]});
        let before = ask(&stating(&bare, None));
        for assume in statements().into_iter().filter(|id| *id != "plaintext") {
            let after = ask(&stating(&bare, Some(assume)));
            let id = &row["id"];
            let digest = before.scheme == "ambiguous" && family::digest_shape::is_bare(text_of(&row));
            if after.outcome == Outcome::Malformed && digest {
                // The digest is there, and the salt or the user name that the product would need is not.
                wrong.push(format!("{id} stated {assume}: {}", after.reason));
            }
            // A statement imports only what it names: by an id, or by the word for the digest.
            let word = assume.replace('-', "");
            let names = after.candidates.contains(&assume) || after.scheme.contains(&word);
            if after.outcome == Outcome::Import && !names {
                wrong.push(format!("{id} stated {assume}: imported as {}", after.scheme));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

fn text_of(row: &Value) -> &[u8] {
    row["stored"].as_str().unwrap().as_bytes()
}

#[test]
fn what_is_stated_of_the_password_itself_keeps_every_value_from_okta() {
    let mut wrong = Vec::new();
    let said: [(&str, Value); 5] = [
        ("password_encoding", json!("utf-16le")),
        ("password_encoding", json!("windows-1252")),
        ("password_case", json!("upper")),
        ("password_case", json!("lower")),
        ("pepper", json!("p3pper")),
    ];
    for row in rows() {
        let named = (row["detect"] == "needs_hint").then(|| row["scheme"].as_str().unwrap().to_owned());
        let row = stating(&row, named.as_deref());
        let before = ask(&row);
        if !matches!(before.outcome, Outcome::Import) || before.scheme == "stated-digest" {
            continue;
        }
        for (key, value) in &said {
            let mut changed = row.clone();
            changed["context"][key] = value.clone();
            let after = ask(&changed);
            // A pepper beside a salt is only more salt, where the digest is described piece by piece.
            let folded = *key == "pepper" && after.scheme == "stated-digest";
            if after.outcome != Outcome::Hook && !folded {
                wrong.push(format!(
                    "{} {key} {value}: {} {:?} {}",
                    row["id"], after.scheme, after.outcome, after.reason
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_bare_value_that_nobody_stated_names_its_scheme_among_others() {
    // What the text can't even hint at: any text, bcrypt over something else, a salt that only the application knows.
    let told_by_nothing = |scheme: &str| {
        scheme == "plaintext"
            || scheme.ends_with("bcrypt-pepper")
            || scheme == "meteor-bcrypt"
            || scheme.starts_with("site-salt")
            || scheme == "stated-digest"
            || scheme == "spring-SHA-256-base64"
    };
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row["detect"] == "needs_hint") {
        let scheme = row["scheme"].as_str().unwrap();
        let mut bare = stating(row, None);
        bare["context"] = json!({"username": row["context"]["username"]});
        let answer = ask(&bare);
        let among = answer.scheme == "ambiguous" && answer.candidates.contains(&scheme);
        if !among && !told_by_nothing(scheme) {
            wrong.push(format!("{scheme}: {} {:?}", answer.scheme, answer.candidates));
        }
        if answer.outcome == Outcome::Import && row["shape"] != "bcrypt" {
            wrong.push(format!("{scheme}: imported"));
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_scheme_may_be_stated_in_plain_words_or_by_its_product() {
    let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
    let django = "sha1$utIvhkQ2GugLttFFhJtumi$3fd92944cb296b34fe6807f31a4013a2c61b241f";
    for (stored, assume, scheme, outcome) in [
        (md5, json!(" MD5 "), "hex-md5", Outcome::Import),
        (md5, json!("NTLM"), "nt-hash", Outcome::Hook),
        (md5, json!(""), "ambiguous", Outcome::Hook),
        (django, json!("Django"), "django-sha1", Outcome::Import),
        (django, json!("Flask"), "werkzeug-legacy-hmac-sha1", Outcome::Hook),
        (django, json!("bcrypt"), "ambiguous", Outcome::Hook),
    ] {
        let answer = ask(&json!({"stored": stored, "assume": assume}));
        assert_eq!((answer.scheme.as_str(), answer.outcome), (scheme, outcome), "{assume}");
    }
    let context = json!({"digest": "SHA-256", "salt_order": "before", "salt_encoding": "Raw", "encoding": "hexadecimal"});
    let salted = json!({"stored": "5e".repeat(32), "salt_column": "p#pper", "context": context});
    assert_eq!(ask(&salted).scheme, "salted-sha256-prefix-hex-textsalt");
}

#[test]
fn a_word_that_nobody_knows_is_named_and_nothing_is_imported_by_it() {
    let of = |stored: &str| json!({"stored": stored, "assume": "frobnicate", "context": {"salt_order": "prefix"}, "salt_column": "s#"});
    let bare = ask(&of("5f4dcc3b5aa765d61d8327deb882cf99"));
    assert_eq!(bare.outcome, Outcome::Hook);
    assert!(bare.reason.contains("“frobnicate” is no scheme"), "{}", bare.reason);
    // Somebody knows something of this column that Causeway does not: not even what names itself is imported past it.
    for stored in
        [bcrypt("password"), "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6".to_owned(), "{noop}password".to_owned()]
    {
        let mut row = of(&stored);
        row["password"] = json!("password");
        let named = ask(&row);
        assert_eq!((named.outcome, named.verifies), (Outcome::Hook, Some(true)), "{stored}");
        assert!(named.reason.contains("“frobnicate” is stated"), "{}", named.reason);
    }
    let context =
        ask(&json!({"stored": "5f4dcc3b5aa765d61d8327deb882cf99", "context": {"salt_order": "sideways"}}));
    assert_eq!(context.outcome, Outcome::Unknown);
    assert!(context.reason.contains("“sideways” is no salt order"), "{}", context.reason);
}

#[test]
fn products_are_known_by_what_they_make_of_the_password_first() {
    let md5 = bcrypt("5f4dcc3b5aa765d61d8327deb882cf99");
    // crypt(crypt(password, salt), salt), as WoltLab's double salted hash.
    let once = bcrypt("password").replace("$2b$", "$2a$");
    let twice = bcrypt(&once).replace("$2b$", "$2a$");
    let sha256 = bcrypt("5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8");
    for (stored, product) in
        [(&md5, "suitecrm"), (&md5, "SugarCRM"), (&twice, "woltlab"), (&sha256, "meteor")]
    {
        for (assume, made_by) in [(json!(product), Value::Null), (Value::Null, json!(product))] {
            let answer = ask(
                &json!({"stored": stored, "assume": assume, "context": {"made_by": made_by}, "password": "password"}),
            );
            assert_eq!(
                (answer.outcome, answer.verifies),
                (Outcome::Hook, Some(true)),
                "{product} {}",
                answer.reason
            );
        }
    }
    let plain = bcrypt("password");
    for product in ["suitecrm", "sugarcrm", "nodebb", "woltlab", "ilias", "meteor", "moodle", "owncloud"] {
        for (assume, made_by) in [(json!(product), Value::Null), (Value::Null, json!(product))] {
            let row = json!({"stored": plain, "assume": assume, "context": {"made_by": made_by}});
            assert_ne!(ask(&row).outcome, Outcome::Import, "{product}");
        }
    }
    let enc = |word: &str| {
        ask(&json!({"stored": plain, "context": {"made_by": "ilias", "columns": {"passwd_enc_type": word}}}))
            .outcome
    };
    assert_eq!(enc("bcryptphp"), Outcome::Import);
    assert_ne!(enc("bcrypt"), Outcome::Import);
    let nobody = ask(&json!({"stored": plain, "context": {"made_by": "nosuch"}}));
    assert_eq!(nobody.outcome, Outcome::Hook);
    assert!(nobody.reason.contains("“nosuch” is named"), "{}", nobody.reason);
}

#[test]
fn what_contradicts_a_value_keeps_it_from_being_imported() {
    let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
    let plain = bcrypt("password");
    for row in [
        json!({"stored": md5, "assume": "md5", "context": {"site_salt": "s"}}),
        json!({"stored": md5, "assume": "md5", "context": {"secret": "s"}}),
        json!({"stored": plain, "context": {"columns": {"hash_algo": "md5_bcrypt"}}}),
        json!({"stored": plain, "context": {"columns": {"legacy_algo": "bcrypt(sha1)"}}}),
        json!({"stored": plain, "salt_column": "a1b2c3d4"}),
        json!({"stored": plain, "context": {"columns": {"hash_version": 1}}}),
        json!({"stored": plain, "context": {"columns": {"crypt_type": "bcrypt+md5"}}}),
        json!({"stored": plain, "context": {"columns": {"pass_encryption": "peppered-bcrypt"}}}),
    ] {
        assert_eq!(ask(&row).outcome, Outcome::Hook, "{row}");
    }
    for row in [
        json!({"stored": plain, "salt_column": "a1b2c3d4", "assume": "bcrypt"}),
        json!({"stored": plain, "salt_column": "a1b2c3d4", "context": {"salt_use": "unused"}}),
        json!({"stored": plain, "context": {"columns": {"hash_algo": "bcrypt"}}}),
        json!({"stored": plain, "context": {"columns": {"hash_algo": "blowfish:10"}}}),
        json!({"stored": plain, "context": {"columns": {"hash_algo": "PASSWORD_BCRYPT"}}}),
        json!({"stored": format!("  {plain}   ")}),
        json!({"stored": format!("{plain}   "), "assume": "plaintext"}),
    ] {
        assert_eq!(ask(&row).outcome, Outcome::Import, "{row}");
    }
}

#[test]
fn a_marker_is_never_the_password_itself() {
    for word in [
        "LOCKED",
        "disabled",
        "none",
        "(null)",
        "nil",
        "undefined",
        "N/A",
        "********",
        "xxxx",
        "<none>",
        "no password",
        "external",
        "ldap",
        "SSO",
        "UNUSABLE",
    ] {
        for (stored, assume) in [
            (word.to_owned(), json!("plaintext")),
            (format!("{{noop}}{word}"), Value::Null),
            (format!("{{PLAIN}}{word}"), Value::Null),
        ] {
            assert_eq!(ask(&json!({"stored": stored, "assume": assume})).outcome, Outcome::Reset, "{stored}");
        }
    }
    for stored in ["{PLAIN}*", "{noop}NULL", "plain$$!", "{CRYPT}*", "{CRYPT}!"] {
        assert_eq!(ask(&json!({"stored": stored})).outcome, Outcome::Reset, "{stored}");
    }
    for stored in ["locked-door", "xxlarge", "!pass!"] {
        let row = json!({"stored": stored, "assume": "plaintext"});
        assert_eq!(ask(&row).outcome, Outcome::PlainText, "{stored}");
    }
}

/// bcrypt of these bytes.
fn bcrypt(password: &str) -> String {
    bcrypt::hash_with_salt(password, 4, *b"0123456789abcdef").unwrap().to_string()
}

#[test]
fn a_pepper_counts_behind_a_label_too_and_so_does_what_bcrypt_is_over() {
    let peppered = bcrypt("passwordp3pper");
    let md5 = bcrypt("5f4dcc3b5aa765d61d8327deb882cf99");
    let pepper = json!({"pepper": "p3pper"});
    for label in ["{bcrypt}", "{CRYPT}", "bcrypt$", "#jbcrypt:", "1|", ""] {
        for (stored, context, assume) in [
            (&peppered, &pepper, Value::Null),
            (&peppered, &pepper, json!("devise-bcrypt-pepper")),
            (&md5, &json!({}), json!("bcrypt-of-md5")),
        ] {
            let row = |password: &str| json!({"stored": format!("{label}{stored}"), "context": context, "assume": assume, "password": password});
            let right = ask(&row("password"));
            assert_eq!((right.outcome, right.verifies), (Outcome::Hook, Some(true)), "{label} {assume}");
            assert_eq!(ask(&row("Password")).verifies, Some(false), "{label} {assume}");
        }
    }
    // What an older system made without the pepper still signs in.
    let older = json!({"stored": format!("{{bcrypt}}{}", bcrypt("password")), "context": pepper, "password": "password"});
    assert_eq!(ask(&older).verifies, Some(true));
    // A pepper that is stated, and that nobody said.
    let settings = crate::model::PasswordSettings {
        pepper: Some(crate::model::StatedSecret::default()),
        ..crate::model::PasswordSettings::default()
    };
    let stored = crate::model::StoredPassword {
        text: format!("{{bcrypt}}{peppered}").as_str().into(),
        ..crate::model::StoredPassword::default()
    };
    assert_eq!(answer(&stored, &settings, None).outcome, Outcome::Reset);
}

/// Digests made with Python's hashlib: SHA-1 of "pässwörd" in Windows-1252, of "PASSWORD", of "passwordp3pper" and of
/// "saltp3pperpassword".
#[test]
fn what_is_stated_of_the_password_is_tried_on_values_that_name_their_scheme() {
    for (stored, context, password) in [
        (LATIN, json!({"password_encoding": "windows-1252"}), "pässwörd"),
        (UPPER, json!({"password_case": "upper"}), "pAssword"),
        (BEHIND, json!({"pepper": "p3pper"}), "password"),
        (BETWEEN, json!({"pepper": "p3pper"}), "password"),
    ] {
        let with = |password: &str| json!({"stored": stored, "context": context, "password": password});
        let answer = ask(&with(password));
        assert_eq!(
            (answer.outcome, answer.verifies),
            (Outcome::Hook, Some(true)),
            "{context} {}",
            answer.reason
        );
        assert_eq!(ask(&with("another")).verifies, Some(false), "{context}");
    }
}

const LATIN: &str = "{SHA}eYxIHY7AbAiRXrCWOfnCEBMfpL8=";
const UPPER: &str = "{SHA}ESu3kTBHkd3PaS4p/VzxSbNf6jc=";
const BEHIND: &str = "{SHA}fDnhQ36HJmb0gZYE+NskioU7B6Y=";
const BETWEEN: &str = "$shiro1$SHA-1$1$c2FsdA==$uTCyIOnM6sC7ld0LUDyjyX+R8VA=";
