//! Traps that stored passwords set: each a test of what a user would run into.

use std::collections::BTreeMap;

use super::*;
use crate::model::{PasswordSettings, SecretBytes, StatedSecret, StoredPassword};

fn stored(text: &str) -> StoredPassword {
    StoredPassword { text: SecretBytes::from(text), ..StoredPassword::default() }
}

fn reading(text: &str, assume: Option<&str>) -> Reading {
    let settings = PasswordSettings { assume: assume.map(str::to_owned), ..PasswordSettings::default() };
    read(&stored(text), &settings)
}

fn with_secret(text: &str) -> (Reading, Reading) {
    let settings = PasswordSettings { secret: Some("s1te-secret".into()), ..PasswordSettings::default() };
    (read(&stored(text), &PasswordSettings::default()), read(&stored(text), &settings))
}

/// bcrypt of these bytes, by the crate's own way to write it.
fn bcrypt(password: &[u8]) -> String {
    bcrypt::hash_with_salt(password, 4, *b"0123456789abcdef").unwrap().to_string()
}

#[test]
fn bcrypt_counts_72_bytes_and_bcrypt_over_a_digest_all_of_them() {
    let password = |end: &str| format!("{}{end}", "a".repeat(72)).into_bytes();
    let plain = reading(&bcrypt(&password("x")), None);
    for (end, fits) in [("x", true), ("y", true), ("", true)] {
        assert_eq!(plain.verify(&password(end)), Ok(Some(fits)), "{end}");
    }
    assert_eq!(plain.verify(&password("")[1..]), Ok(Some(false)));
    // An "é" cut in two by the limit counts with its first byte.
    let cut = reading(&bcrypt(format!("{}é", "a".repeat(71)).as_bytes()), None);
    assert_eq!(cut.verify(format!("{}è", "a".repeat(71)).as_bytes()), Ok(Some(true)));
    let digest = hex::encode(kernel::digest::Hash::Sha256.of(&[&password("x")]).as_slice());
    let inner = bcrypt(digest.as_bytes());
    for (text, assume) in [(inner.clone(), Some("meteor-bcrypt")), (format!("bcrypt_sha256${inner}"), None)] {
        let prepared = reading(&text, assume);
        assert_eq!(prepared.verify(&password("x")), Ok(Some(true)), "{text}");
        assert_eq!(prepared.verify(&password("y")), Ok(Some(false)), "{text}");
    }
}

#[test]
fn a_column_of_ten_thousand_adds_up_and_names_every_damaged_row() {
    let kinds: [(&str, Outcome); 8] = [
        ("$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW", Outcome::Import),
        ("{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6", Outcome::Import),
        ("$P$B5BbWXHphGrtMvtwuVO8QA98/xExvS1", Outcome::Hook),
        ("5f4dcc3b5aa765d61d8327deb882cf99", Outcome::Hook),
        ("$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7", Outcome::Malformed),
        (
            "$6$rounds=999999999$saltsalt$Y7LXk0EMNcLnhqsLUYbVYc9R0PmvJ7x2Nn4S5sAZbp8O4xXnDzkQm4a7S5m8VtqFqM0H2m6qv3mPcGmQk0fZ1/",
            Outcome::Refuse,
        ),
        ("{noop}s3cret", Outcome::PlainText),
        ("*LK*", Outcome::Reset),
    ];
    let column: Vec<StoredPassword> = (0..10_000).map(|row| stored(kinds[row * 7 % 8].0)).collect();
    let settings = PasswordSettings::default();
    let mut counts = BTreeMap::new();
    let mut damaged = Vec::new();
    for (row, value) in column.iter().enumerate() {
        let told = outcome(&read(value, &settings)).0;
        assert_eq!(told, kinds[row * 7 % 8].1, "row {row}");
        if told == Outcome::Malformed {
            damaged.push(row);
        }
        *counts.entry(format!("{told:?}")).or_insert(0_usize) += 1;
    }
    let expected = [
        ("Hook", 2500),
        ("Import", 2500),
        ("Malformed", 1250),
        ("PlainText", 1250),
        ("Refuse", 1250),
        ("Reset", 1250),
    ];
    assert_eq!(counts, expected.map(|(word, count)| (word.to_owned(), count)).into());
    assert_eq!(damaged, (0..10_000).filter(|row| row * 7 % 8 == 4).collect::<Vec<_>>());
}

#[test]
fn keys_of_odd_lengths_list_the_products_that_write_them() {
    let digits = |len: usize| "a7".repeat(len / 2);
    let ids = |len: usize, salt: Option<&str>| {
        let value = StoredPassword { salt: salt.map(SecretBytes::from), ..stored(&digits(len)) };
        let answer = answer(&value, &PasswordSettings::default(), None);
        assert_ne!(answer.outcome, Outcome::Import, "{len}");
        (answer.scheme, answer.candidates)
    };
    let ambiguous = |ids: &[&'static str]| ("ambiguous".to_owned(), ids.to_vec());
    let salt = Some("61193f5c3bc9a7fac1fb817bdfe1e650");
    assert_eq!(ids(80, None), ambiguous(&["spring-sha256-standard", "spring-pbkdf2-bare-v5_5"]));
    let spring = ["spring-pbkdf2-bare-v5_8", "spring-pbkdf2-site-secret"];
    assert_eq!(ids(96, None), ambiguous(&[&["hex-sha384", "hex-upper-sha384"], &spring[..]].concat()));
    assert_eq!(ids(160, None), ambiguous(&["spring-pbkdf2-sha512", "spring-pbkdf2-site-secret"]));
    assert_eq!(ids(100, salt), ambiguous(&["gitea-pbkdf2", "grafana-pbkdf2", "pbkdf2"]));
    assert_eq!(ids(1024, salt), ambiguous(&["passport-local-mongoose", "pbkdf2"]));
    // Of the jasypts' lengths, and of MySQL's and Oracle's.
    assert_eq!(ids(16, None), ambiguous(&["mysql323"]));
    let base64 = |len: u8| {
        let bytes: Vec<u8> = (0..len).map(|at| at.wrapping_mul(37)).collect();
        reading(&text::to_base64(&bytes), None).scheme()
    };
    assert_eq!([24, 28, 40, 48, 72, 80].map(base64), ["ambiguous"; 6]);
    assert_eq!(base64(23), "unknown");
    // Their salts are in a column: without one there is nothing to try.
    assert_eq!(ids(100, None).0, "unknown");
    assert_eq!(ids(1024, None).0, "unknown");
    // Stated to be something else, a value of no digest's length is damaged.
    assert_eq!(reading(&digits(80), Some("sha256")).scheme(), "malformed");
}

#[test]
fn what_looks_whole_and_was_damaged_on_the_way_is_never_imported() {
    let ssha = "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6";
    let spring = "{MD5}{X9A50yw+Wrl52v3E31VUVVDFNohEbSXPfAFu3JdFQzQ=}8a4820bb09631af5739d6a1c71da8198";
    let bcrypt = "$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";
    for (text, outcome) in [
        (spring.to_owned(), Outcome::Import),
        (format!("{spring}{spring}"), Outcome::Malformed),
        (format!("{{MD5}}{spring}"), Outcome::Malformed),
        ("{MD5}{DIGEST-MD5}b2797c480b153705aeb1a8e867bf2c93".to_owned(), Outcome::Malformed),
        (bcrypt.to_lowercase(), Outcome::Malformed),
        (bcrypt.to_uppercase(), Outcome::Malformed),
        (ssha.to_owned(), Outcome::Import),
        // Hex digits are Base64 too, of something else.
        ("{SSHA}5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef72".to_owned(), Outcome::Hook),
        ("{SSHA}5f4dcc3b5aa765d61d8327deb882cf99".to_owned(), Outcome::Malformed),
        // Somebody marked hashes as clear text: imported as that, the hash would be the password.
        (format!("{{noop}}{bcrypt}"), Outcome::Hook),
        ("{noop}5f4dcc3b5aa765d61d8327deb882cf99".to_owned(), Outcome::Hook),
        ("{noop}sup$r:secret".to_owned(), Outcome::PlainText),
        (
            "$pbkdf2-sha256$12000$6D0nhHCuNWaMcS6FkHJOaQ$/NKqYBixDpf6xt/Zd2pqyGgnIdxKPFYis5Fui6EyyBA="
                .to_owned(),
            Outcome::Malformed,
        ),
        ("$md5,rounds=2000$NMErbr8f$$BKDSgXCaOvKX6lsd9hQF".to_owned(), Outcome::Malformed),
        ("$md5,rounds=999999$NMErbr8f$$BKDSgXCaOvKX6lsd9hQFV0".to_owned(), Outcome::Refuse),
        ("$gy$j9T$salt$cut".to_owned(), Outcome::Malformed),
        ("{ssha256}06$salt$cut".to_owned(), Outcome::Malformed),
    ] {
        assert_eq!(outcome_of(&text), outcome, "{text}");
    }
    let noop = reading(&format!("{{noop}}{bcrypt}"), None);
    assert_eq!(noop.verify(bcrypt.as_bytes()), Ok(Some(true)), "the hook also tries it as it is marked");
    // An empty salt is Joomla's, and never a shop's.
    for (assume, scheme) in [("joomla15-md5", "joomla15-md5"), ("magento1-md5", "ambiguous")] {
        assert_eq!(reading("5f4dcc3b5aa765d61d8327deb882cf99:", Some(assume)).scheme(), scheme);
    }
}

fn outcome_of(text: &str) -> Outcome {
    outcome(&reading(text, None)).0
}

#[test]
fn the_hook_finds_an_unstated_spring_value_by_trying() {
    // StandardPasswordEncoder of "password", and PBKDF2 of Spring Security 5.5 without its label: public vectors' values.
    let rows = include_str!("../../tests/data/password-vectors.jsonl");
    for (id, label) in [("spring-sha256-standard-001", "{sha256}"), ("spring-pbkdf2-v5_5-001", "{pbkdf2}")] {
        let row = rows.lines().find(|line| line.contains(&format!("\"{id}\""))).unwrap();
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let bare = reading(row["stored"].as_str().unwrap().strip_prefix(label).unwrap(), None);
        assert_eq!(bare.scheme(), "ambiguous", "{id}");
        assert_eq!(bare.verify(row["password"].as_str().unwrap().as_bytes()), Ok(Some(true)), "{id}");
        assert_eq!(bare.verify(b"another"), Ok(Some(false)), "{id}");
    }
}

/// Each made with Python's hashlib from salt, `s1te-secret` and "password".
#[test]
fn a_secret_that_is_stated_counts_behind_springs_labels() {
    for (text, id) in [
        (SHA256, "spring-sha256-standard-site-secret"),
        (PBKDF2, "spring-pbkdf2-v5_5"),
        (PBKDF2_58, "spring-pbkdf2-v5_8"),
    ] {
        let (without, with) = with_secret(text);
        assert_eq!(without.verify(b"password"), Ok(Some(false)), "{id}");
        assert_eq!(with.scheme(), id);
        assert_eq!(with.verify(b"password"), Ok(Some(true)), "{id}");
    }
    // Stated, and not at hand here: nothing is imported without it.
    let absent = StatedSecret::default();
    let settings = PasswordSettings { secret: Some(absent), ..PasswordSettings::default() };
    for text in [SHA256, PBKDF2, PBKDF2_58] {
        assert_eq!(outcome(&read(&stored(text), &settings)).0, Outcome::Reset, "{text}");
    }
}

const SHA256: &str =
    "{sha256}1cb7637b6957ac5dfe0563738c1afdfdd4258633469f267ac2e38176cbe73ef4bbe573c18d70e0d2";
const PBKDF2: &str =
    "{pbkdf2}1cb7637b6957ac5d87920b5feea2221563e8e4881e90d191a4981b4480126e65ffee9bf34a4750d0";
const PBKDF2_58: &str = "{pbkdf2@SpringSecurity_v5_8}85a7efae94754e0aa9218b40ef885e2a25b05843960461245b2c6ccdde0461ab8fdde7659ac3415b881e2412787c2479";

#[test]
fn what_drupal_put_over_an_md5_is_checked_so_and_never_clear_text() {
    let md5 = hex::encode(<md5::Md5 as md5::Digest>::digest(b"Kiefer-42"));
    for (inner, right) in [(bcrypt(md5.as_bytes()), true), (bcrypt(b"Kiefer-42"), false)] {
        let value = format!("U{inner}");
        for assume in [None, Some("plaintext"), Some("drupal")] {
            let Reading::Recognised(parsed) = reading(&value, assume) else { panic!("{assume:?}") };
            assert_eq!(parsed.scheme(), "drupal7-U");
            assert!(matches!(parsed.conversion(), Conversion::Hook { .. }));
            assert_eq!(parsed.verify(b"Kiefer-42").unwrap(), right);
            // Whoever has the MD5 from an older leak does not get in with it.
            assert!(!parsed.verify(md5.as_bytes()).unwrap());
        }
    }
    for damaged in ["U$", "U$2y$10$abc", "U$x$y", "U$argon2id$v=19", "U$S$short"] {
        let reading = reading(damaged, Some("plaintext"));
        assert!(matches!(reading, Reading::Malformed { .. }), "{damaged}: {reading:?}");
    }
    assert_eq!(reading("Umbrella-7", Some("plaintext")).scheme(), "plaintext");
}

#[test]
fn what_a_spreadsheet_wrote_is_never_clear_text() {
    for lost in [
        "1.23E+05",
        "1,23E+05",
        "1.23457E+31",
        "-4.6E-07",
        "1.5e+20",
        "1E+31",
        "1.2345E7",
        "12345.0",
        "12345,00",
        "-7.0",
        "{noop}12345.0",
        "{PLAIN}1.23E+05",
        "plain$$12345.0",
        "#REF!",
    ] {
        let reading = reading(lost, Some("plaintext"));
        assert!(matches!(reading, Reading::Malformed { .. }), "{lost}: {reading:?}");
    }
    for own in ["12345", "1E5", "3.14", "12345.5", "v12345.0", "1.2.0", "007", "{noop}1234567"] {
        assert!(
            matches!(reading(own, Some("plaintext")), Reading::Recognised(_)),
            "{own}: {:?}",
            reading(own, Some("plaintext"))
        );
    }
}
