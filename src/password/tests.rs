//! The room's rules, and hostile bytes.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{PasswordSettings, Route, SaltOrder, SecretBytes, StoredPassword, TextEncoding};

fn stored(text: &str) -> StoredPassword {
    StoredPassword { text: SecretBytes::from(text), ..StoredPassword::default() }
}

fn salted(text: &str, salt: &str) -> StoredPassword {
    StoredPassword { salt: Some(SecretBytes::from(salt)), ..stored(text) }
}

fn stating(
    assume: Option<&str>,
    order: Option<SaltOrder>,
    encoding: Option<TextEncoding>,
) -> PasswordSettings {
    PasswordSettings {
        assume: assume.map(str::to_owned),
        salt_order: order,
        salt_encoding: encoding,
        ..PasswordSettings::default()
    }
}

fn nothing() -> PasswordSettings {
    PasswordSettings::default()
}

const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
const SHA256: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
const SPRING: &str = "{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";

#[test]
fn the_seeds_values_are_what_they_are() {
    let bcrypt = read(&stored(SPRING), &nothing());
    assert_eq!((bcrypt.scheme(), &*bcrypt.label()), ("spring-bcrypt", "bcrypt · 10"));
    assert_eq!(bcrypt.verify(b"password"), Ok(Some(true)));
    let text = "{scrypt}$e0801$lFhoTwfU4hAjfIt0W+jNop6H2IJTGfUg4d/Z2yi0eUeQxwZ6r9R/Hr86wOuuXhqi7CRp0ErqxGfGqhetL44O6A==$NcwvQOopkOZFp723IbMdcr9zfaodHNNBjI07DwxaXjA=";
    let scrypt = read(&stored(text), &nothing());
    assert_eq!(scrypt.scheme(), "spring-scrypt-v4_1");
    assert_eq!(scrypt.verify(b"password"), Ok(Some(true)));
    assert_eq!(scrypt.verify(b"Password"), Ok(Some(false)));
}

#[test]
fn bare_digests_wait_for_a_statement() {
    for (text, word, id) in
        [(MD5, "md5", "hex-md5"), (SHA256, "sha256", "hex-sha256"), (SHA256, "SHA-256", "hex-sha256")]
    {
        assert!(matches!(read(&stored(text), &nothing()), Reading::Ambiguous(_)), "{text}");
        assert_eq!(read(&stored(text), &stating(Some(word), None, None)).scheme(), id);
        assert_eq!(read(&stored(text), &stating(Some(id), None, None)).scheme(), id);
        // Until then the hook finds out by trying.
        assert_eq!(read(&stored(text), &nothing()).verify(b"password"), Ok(Some(true)));
    }
    assert_eq!(read(&stored(SHA256), &stating(Some("md5"), None, None)).scheme(), "ambiguous");
}

#[test]
fn a_statement_never_overrules_a_value_that_names_its_scheme() {
    for assume in ["md5", "plaintext", "hex-sha256", "meteor-bcrypt"] {
        assert_eq!(
            read(&stored(SPRING), &stating(Some(assume), None, None)).scheme(),
            "spring-bcrypt",
            "{assume}"
        );
    }
}

#[test]
fn a_salted_digest_needs_the_order_and_a_salt_that_reads_one_way() {
    let prefix = Some(SaltOrder::Prefix);
    let scheme = |text, salt, settings: &PasswordSettings| read(&salted(text, salt), settings).scheme();
    assert_eq!(scheme(SHA256, "pepper&salt", &nothing()), "ambiguous");
    assert_eq!(
        scheme(SHA256, "pepper&salt", &stating(None, prefix, None)),
        "salted-sha256-prefix-hex-textsalt"
    );
    // Nothing but hex digits: text or hex? Only the administrator knows.
    let hex = "00112233445566778899aabbccddeeff";
    assert_eq!(scheme(SHA256, hex, &stating(None, prefix, None)), "ambiguous");
    for (encoding, id) in [
        (TextEncoding::Text, "salted-sha256-prefix-hex-textsalt"),
        (TextEncoding::Hex, "salted-sha256-prefix-hex-hexsalt"),
    ] {
        assert_eq!(scheme(SHA256, hex, &stating(None, prefix, Some(encoding))), id);
    }
    // The same bytes beside a Base64 digest look like ASP.NET Membership, which hashes UTF-16.
    let (digest, salt) = ("W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "rIupEuLl9JgCNvv/0g72UQ==");
    let base64 = Some(TextEncoding::Base64);
    assert_eq!(scheme(digest, salt, &stating(None, prefix, base64)), "ambiguous");
    assert_eq!(
        scheme(digest, salt, &stating(Some("sha1"), prefix, base64)),
        "salted-sha1-prefix-base64-base64salt"
    );
    // A salt the column doesn't hold in that encoding.
    assert_eq!(scheme(SHA256, "zz", &stating(None, prefix, Some(TextEncoding::Hex))), "ambiguous");
}

#[test]
fn a_lost_salt_is_not_taken_for_none() {
    let settings = stating(Some("sha256"), Some(SaltOrder::Prefix), None);
    assert_eq!(read(&stored(SHA256), &settings).scheme(), "ambiguous");
    let unsalted = stating(Some("hex-sha256"), Some(SaltOrder::Prefix), None);
    assert_eq!(read(&stored(SHA256), &unsalted).scheme(), "hex-sha256");
}

#[test]
fn clear_text_is_only_what_no_scheme_claims() {
    let clear = stating(Some("plaintext"), None, None);
    assert_eq!(read(&stored("Tr0ub4dor&3"), &clear).scheme(), "plaintext");
    assert_eq!(read(&stored(MD5), &clear).scheme(), "ambiguous");
    assert_eq!(read(&stored("$2a$10$short"), &clear).scheme(), "malformed");
    assert_eq!(read(&stored("Tr0ub4dor&3"), &nothing()).scheme(), "unknown");
    let long = read(&stored(&"é".repeat(73)), &clear);
    assert!(
        matches!(long, Reading::Recognised(parsed) if matches!(parsed.conversion(), Conversion::Hook { .. }))
    );
}

#[test]
fn wrappings_of_drivers_and_exports_come_off() {
    let inner = "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6";
    for outer in [
        text::to_base64(inner.as_bytes()),
        format!("\\x{}", hex::encode(inner)),
        format!("0x{}", hex::encode(inner)),
        format!("{inner}\r\n"),
        format!("{inner}\0\0\0"),
        inner.replace("SSHA", "ssha"),
    ] {
        assert_eq!(read(&stored(&outer), &nothing()).scheme(), "ldap-ssha", "{outer:?}");
    }
    assert!(look(&stored(&format!("{inner}\n")), &nothing()).trimmed);
}

#[test]
fn damage_is_told_not_mended() {
    for text in [
        "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76kl",
        "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW$2a$10$",
        "$2a$03$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
        "$2a$10$GRLdNijSQMUvl/au9ofL.fDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
        "{SSHA}mWKtmGSqcClsvCAz",
        "{SSHA}mWKtmGSqcClsvCAz__8K5p8M1TrUYGl6",
        "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g",
        "pbkdf2_sha256$24000$BVDdNZq8wE7bWSSuZuTQKV$qP1CboKw1mdy2pYzL946kxEHmHiB0NIA+nFpxDMeuj==",
        "pbkdf2_sha256$+24000$salt$qP1CboKw1mdy2pYzL946kxEHmHiB0NIA+nFpxDMeujY=",
        "pbkdf2_sha256$0$salt$qP1CboKw1mdy2pYzL946kxEHmHiB0NIA+nFpxDMeujY=",
        "$argon2id$v=19$m=1,t=2,p=1$s4b7++Hl50Q6xJJ0d/D+AA$b4ztxXH91XpDvv+tkSGC/AfFM73SkZTRIKbLYW0bIpM",
        "{scrypt}$e0801$AAAA$AAAA",
    ] {
        let reading = read(&stored(text), &nothing());
        assert!(matches!(reading, Reading::Malformed { .. }), "{text}: {reading:?}");
        assert_eq!(reading.verify(b"password"), Ok(None), "{text}");
    }
    for text in [" $2a$10$x", "\"$2a$10$x\"", "＄2a＄10＄x", "ＭＤ５"] {
        assert_eq!(read(&stored(text), &nothing()).scheme(), "unknown", "{text}");
    }
    let huge = "a".repeat(10 << 20);
    assert_eq!(read(&stored(&huge), &stating(Some("plaintext"), None, None)).scheme(), "malformed");
}

#[test]
fn a_high_bcrypt_cost_is_imported_but_not_checked_here() {
    let text = SPRING.replace("$10$", "$16$");
    let reading = read(&stored(&text), &nothing());
    assert!(matches!(&reading, Reading::Recognised(p) if matches!(p.conversion(), Conversion::Import(_))));
    assert!(matches!(reading.verify(b"password"), Err(VerifyError::TooCostly { .. })));
    assert!(matches!(read(&stored(&SPRING.replace("$10$", "$21$")), &nothing()), Reading::Refused { .. }));
}

/// Costs over the caps of every scheme that has a cost: refused when read, before anything is derived.
#[test]
fn every_cost_is_capped() {
    let hex = |len: usize| "ab".repeat(len);
    let b64 = |len: usize| text::to_base64(&vec![0x5a; len]);
    let i64 = |len: usize| "0".repeat(len);
    let bare = |len: usize| b64(len).trim_end_matches('=').to_owned();
    let bcrypt = "GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";
    let salt = &bcrypt[..22];
    for value in [
        format!("$2b$21${bcrypt}"),
        format!("$2x$15${bcrypt}"),
        format!("$wp$2y$15${bcrypt}"),
        format!("bcrypt_sha256$$2b$15${bcrypt}"),
        format!("$bcrypt-sha256$v=2,t=2b,r=15${salt}${}", &bcrypt[22..]),
        format!("pbkdf2_sha256$5000001$salt${}", b64(32)),
        format!("pbkdf2_sha1$4294967295$salt${}", b64(20)),
        format!("$pbkdf2-sha512$5000001${}${}", bare(16), bare(64)),
        format!("grub.pbkdf2.sha512.5000001.{}.{}", hex(16), hex(64)),
        format!("{{PBKDF2-SHA256}}5000001${}${}", bare(16), bare(32)),
        format!("sha256:5000001:{}:{}", b64(16), b64(32)),
        // Eight blocks of 32 bytes each: 8 × 700,000 is over.
        format!(":pbkdf2:sha256:700000:256:{}:{}", b64(16), b64(256)),
        format!("SCRAM-SHA-256$5000001:{}${}:{}", b64(16), b64(32), b64(32)),
        format!("scrypt:1073741824:8:1$salt${}", hex(64)),
        format!("scrypt:32768:8:17$salt${}", hex(64)),
        format!("scrypt$1048576$salt$8$1${}", b64(64)),
        format!("$scrypt$ln=19,r=8,p=1${}${}", bare(16), bare(32)),
        format!("{{scrypt}}$140801${}${}", b64(64), b64(32)),
        format!("$7$I6..../....salt${}", i64(43)),
        format!("$argon2id$v=19$m=524289,t=1,p=1${}${}", bare(16), bare(32)),
        format!("$argon2id$v=19$m=65536,t=17,p=1${}${}", bare(16), bare(32)),
        format!("$argon2id$v=19$m=65536,t=1,p=65${}${}", bare(16), bare(32)),
        format!("{}:saltsaltsaltsalt:3_32_2_4294967295", hex(32)),
        format!("$6$rounds=2000001$salt${}", i64(86)),
        format!("$5$rounds=999999999$salt${}", i64(43)),
        format!("$A$fff$abcdefghijklmnopqrst{}", i64(43)),
        format!("$P$Jsaltsalt{}", i64(22)),
        format!("$S$Jsaltsalt{}", i64(43)),
        format!("$shiro1$SHA-256$2000001${}${}", b64(16), b64(32)),
        format!("{{FSHP1|16|2000001}}{}", b64(48)),
        format!("sha1$salt$2000001${}", hex(20)),
        format!("$sha1$2000001$salt${}", i64(28)),
        format!("_zzzz....{}.", i64(10)),
    ] {
        let reading = read(&stored(&value), &nothing());
        assert!(matches!(reading, Reading::Refused { .. }), "{value}: {reading:?}");
        assert!(matches!(reading.verify(b"password"), Err(VerifyError::TooCostly { .. })), "{value}");
        let refused = credentials(Some(&stored(&value)), &nothing(), Route::Import);
        assert!(matches!(refused, Err(CredentialsError::NotImportable { .. })), "{value}");
    }
}

#[test]
fn passwords_beyond_the_cap_are_not_checked() {
    let reading = read(&stored(SPRING), &nothing());
    assert_eq!(reading.verify(&[b'a'; 1025]), Err(VerifyError::PasswordTooLong));
}

#[test]
fn credentials_are_exactly_what_okta_takes() {
    let json = |text: &str, route| {
        let credentials = credentials(Some(&stored(text)), &nothing(), route).unwrap();
        (serde_json::to_value(&credentials).unwrap(), serde_json::to_value(credentials.covered()).unwrap())
    };
    let (exact, covered) = json(SPRING, Route::Import);
    let salt = "GRLdNijSQMUvl/au9ofL.e";
    let value = "DwmoohzzS7.rmNSJZ.0FxO/BTk76klW";
    assert_eq!(
        exact,
        json!({"password": {"hash": {"algorithm": "BCRYPT", "workFactor": 10, "salt": salt, "value": value}}})
    );
    let dots = "••••••••";
    assert_eq!(
        covered,
        json!({"password": {"hash": {"algorithm": "BCRYPT", "workFactor": 10, "salt": dots, "value": dots}}})
    );
    let (exact, covered) = json("{noop}s3cret", Route::Import);
    assert_eq!(exact, json!({"password": {"value": "s3cret"}}));
    assert_eq!(covered, json!({"password": {"value": dots}}));
    assert_eq!(json(SPRING, Route::Hook).0, json!({"password": {"hook": {"type": "default"}}}));
    assert_eq!(json(SPRING, Route::Reset).0, json!({}));
}

#[test]
fn what_is_not_importable_now_is_not_sent() {
    for text in [MD5, "gibberish", "$2a$10$short", "{scrypt}x", "$P$B5BbWXHphGrtMvtwuVO8QA98/xExvS1"] {
        let refused = credentials(Some(&stored(text)), &nothing(), Route::Import);
        assert!(matches!(refused, Err(CredentialsError::NotImportable { .. })), "{text}");
    }
    let none = |stored: Option<&StoredPassword>| credentials(stored, &nothing(), Route::Import).err();
    assert_eq!(none(None), Some(CredentialsError::NothingStored));
    assert_eq!(none(Some(&stored("!"))), Some(CredentialsError::NothingStored));
}

#[test]
fn secrets_are_not_in_what_can_be_printed() {
    for text in [
        SPRING,
        "{noop}s3cret-value",
        "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6",
        "s3cret-value",
        "{SSHA}s3cret-value",
    ] {
        let reading = read(&stored(text), &nothing());
        let credentials = credentials(Some(&stored(text)), &nothing(), Route::Import);
        let printed = format!("{reading:?} {} {} {credentials:?}", reading.sentence(), reading.label());
        for secret in ["s3cret", "GRLdNij", "DwmoohzzS7", "mWKtmGSq", "YGl6"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

/// Pieces that schemes are made of, in any order: nearer to the grammars than random bytes.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("$2b$".to_owned()),
        Just("$".to_owned()),
        Just(":".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("{SSHA}".to_owned()),
        Just("{CRYPT}".to_owned()),
        Just("{ldap}".to_owned()),
        Just("{x}".to_owned()),
        Just("$argon2id$v=19$m=65536,t=3,p=4$".to_owned()),
        Just("pbkdf2_sha256$".to_owned()),
        Just("$y$j9T$".to_owned()),
        Just("$6$rounds=".to_owned()),
        Just("$scrypt$ln=".to_owned()),
        Just("$7$".to_owned()),
        Just("$8$".to_owned()),
        Just("S:".to_owned()),
        Just("0x0200".to_owned()),
        Just("SCRAM-SHA-256$".to_owned()),
        Just("=".to_owned()),
        Just("{\"secretData\":\"{\\\"value\\\":\\\"\"".to_owned()),
        Just(":0".to_owned()),
        Just(":3_32_2_".to_owned()),
        Just("sha1$".to_owned()),
        Just("sha256:".to_owned()),
        Just("$shiro1$SHA-256$".to_owned()),
        Just("!".to_owned()),
        "[0-9]{1,11}",
        "[0-9a-f]{16,130}",
        "[A-Za-z0-9./+]{1,90}",
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|parts| parts.concat())
}

fn any_settings() -> impl Strategy<Value = PasswordSettings> {
    let assume = prop_oneof![
        Just(None),
        Just(Some("md5")),
        Just(Some("plaintext")),
        Just(Some("hex-sha256")),
        Just(Some("nt-hash")),
        Just(Some("salted-sha1-postfix-hex-hexsalt")),
        Just(Some("django-sha1")),
        Just(Some("magento1-md5")),
    ];
    let order = prop_oneof![Just(None), Just(Some(SaltOrder::Prefix)), Just(Some(SaltOrder::Postfix))];
    let encoding = prop_oneof![
        Just(None),
        Just(Some(TextEncoding::Text)),
        Just(Some(TextEncoding::Hex)),
        Just(Some(TextEncoding::Base64)),
    ];
    (assume, order, encoding).prop_map(|(a, o, e)| stating(a, o, e))
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(
        text in proptest::collection::vec(any::<u8>(), 0..300),
        salt in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)),
        settings in any_settings(),
    ) {
        let stored = StoredPassword {
            text: SecretBytes::new(text),
            salt: salt.map(SecretBytes::new),
            username: Some("jan".to_owned()),
            columns: Vec::new(),
        };
        let reading = read(&stored, &settings);
        let _ = (reading.label().into_owned(), reading.sentence());
    }

    #[test]
    fn pieces_of_schemes_are_read_without_panic(text in pieces(), salt in proptest::option::of(pieces()), settings in any_settings()) {
        let stored = StoredPassword {
            text: SecretBytes::from(text.as_str()),
            salt: salt.as_deref().map(SecretBytes::from),
            ..StoredPassword::default()
        };
        let reading = read(&stored, &settings);
        let _ = (reading.label().into_owned(), reading.sentence());
        if let Reading::Recognised(parsed) = &reading {
            let _ = (parsed.conversion(), parsed.checkable());
        }
    }

    #[test]
    fn unsalted_digests_of_any_password_round_trip(password in "\\PC{1,40}") {
        use crate::password::kernel::digest::Hash;
        for (hash, word) in [(Hash::Md5, "md5"), (Hash::Sha1, "sha1"), (Hash::Sha256, "sha256"), (Hash::Sha512, "sha512")] {
            let digest = hash.of(&[password.as_bytes()]);
            for text in [hex::encode(digest.as_slice()), hex::encode_upper(digest.as_slice()), text::to_base64(&digest)] {
                let reading = read(&stored(&text), &stating(Some(word), None, None));
                prop_assert_eq!(reading.verify(password.as_bytes()), Ok(Some(true)));
                prop_assert_eq!(reading.verify(b"\x01other"), Ok(Some(false)));
                let Reading::Recognised(parsed) = reading else { panic!("{text}") };
                let Conversion::Import(hash) = parsed.conversion() else { panic!("{text}") };
                let value = serde_json::to_value(hash).unwrap();
                prop_assert_eq!(&value["value"], &serde_json::Value::from(text::to_base64(&digest)));
            }
        }
    }
}

/// What other people's programs keep, beside the rows of `found-inputs.jsonl`: other values of the same kinds.
mod found {
    use super::*;

    fn ask(stored: &str, assume: Option<&str>, context: &serde_json::Value, password: &str) -> Answer {
        let row = json!({"stored": stored, "assume": assume, "context": context, "password": password});
        explain(&serde_json::from_value(row).unwrap())
    }

    fn bcrypt(key: &[u8]) -> String {
        bcrypt::hash_with_salt(key, 4, *b"fedcba9876543210").unwrap().to_string()
    }

    /// PHP's and Node's functions, with Python's hashlib: of "o'K&1".
    #[test]
    fn products_that_prepare_the_password_are_checked_so_and_never_imported() {
        let of = |key: &str| bcrypt(key.as_bytes());
        let sha512 = hex::encode(<sha2::Sha512 as sha2::Digest>::digest(b"o'K&1"));
        let hmac = kernel_hmac(b"s4lt", b"o'K&1");
        for (stored, assume, context) in [
            (of("45bd2b344f8db7117624bad6914689d6"), "vBulletin 5", json!({})),
            (of("45bd2b344f8db7117624bad6914689d6"), "piwik", json!({})),
            (of("o'K&amp;1"), "phpBB", json!({})),
            (of(&sha512), "NodeBB", json!({})),
            (of(&hmac), "Flask-Security", json!({"pepper": "s4lt"})),
            (of("adao'K&1"), "SMF 2.1", json!({"username": "Ada"})),
            (of("45bd2b344f8db7117624bad6914689d6"), "", json!({"prepared": ["md5-hex"]})),
            (of("o\\'K&1"), "", json!({"prepared": ["slashes"]})),
            (of("o&#039;K&amp;1"), "", json!({"prepared": ["nfc", "html-quotes"]})),
        ] {
            let assume = Some(assume).filter(|word| !word.is_empty());
            let answer = ask(&stored, assume, &context, "o'K&1");
            assert_eq!(
                (answer.outcome, answer.verifies),
                (Outcome::Hook, Some(true)),
                "{assume:?} {}",
                answer.reason
            );
            assert_eq!(ask(&stored, assume, &context, "o'K&2").verifies, Some(false), "{assume:?}");
        }
        // Whoever has the digest from an older leak does not get in with it.
        let md5 = "45bd2b344f8db7117624bad6914689d6";
        assert_eq!(ask(&of(md5), Some("matomo"), &json!({}), md5).verifies, Some(false));
        let shown = json!({"made_by": "matomo"});
        assert_eq!(ask(&of(md5), None, &shown, md5).verifies, Some(false));
        assert_eq!(ask(&of(md5), None, &shown, "o'K&1").verifies, Some(true));
    }

    fn kernel_hmac(key: &[u8], password: &[u8]) -> String {
        text::to_base64(&super::super::kernel::hmac::hmac(
            super::super::kernel::digest::Hash::Sha512,
            key,
            &[password],
        ))
    }

    #[test]
    fn a_product_that_the_tables_show_needs_a_proof_before_its_bcrypt_is_imported() {
        let stored = bcrypt(b"secret");
        for (made_by, word) in [
            ("devise", "bcrypt"),
            ("owncloud", "bcrypt-2b"),
            ("moodle", "bcrypt"),
            ("matomo", "bcrypt"),
            ("vbulletin5", "bcrypt"),
        ] {
            let answer = ask(&stored, None, &json!({"made_by": made_by}), "secret");
            assert_eq!(
                (answer.scheme.as_str(), answer.outcome, answer.verifies),
                ("ambiguous", Outcome::Hook, Some(true)),
                "{made_by}"
            );
            assert!(answer.okta.is_none());
            // A statement about other values does not lift it; one about bcrypt does.
            for other in ["md5", "sha256", "plaintext", "discourse-pbkdf2", "wordpress"] {
                assert_ne!(
                    ask(&stored, Some(other), &json!({"made_by": made_by}), "secret").outcome,
                    Outcome::Import,
                    "{made_by} {other}"
                );
            }
            assert_eq!(
                ask(&stored, Some(word), &json!({"made_by": made_by}), "secret").outcome,
                Outcome::Import,
                "{made_by}"
            );
            // What names another product is that product's.
            assert_eq!(
                ask(&format!("{{bcrypt}}{stored}"), None, &json!({"made_by": made_by}), "secret").outcome,
                Outcome::Import
            );
        }
        // A pepper that is said is checked; where characters only change, the hook has the whole column.
        let peppered = bcrypt(b"secretp3pper");
        let answer = ask(&peppered, None, &json!({"made_by": "devise", "pepper": "p3pper"}), "secret");
        assert_eq!((answer.outcome, answer.verifies), (Outcome::Hook, Some(true)));
        let answer = ask(&stored, None, &json!({"made_by": "phpbb3"}), "secret");
        assert_eq!(
            (answer.scheme.as_str(), answer.outcome, answer.verifies),
            ("phpbb3", Outcome::Hook, Some(true))
        );
        assert_eq!(ask(&stored, None, &json!({"made_by": "gitea"}), "secret").outcome, Outcome::Import);
    }

    #[test]
    fn a_word_for_a_product_that_is_unknown_imports_nothing() {
        for word in ["vbulletin9000", "acme-cms", "wbb4", "our own"] {
            let answer = ask(&bcrypt(b"secret"), Some(word), &json!({}), "secret");
            assert_eq!((answer.outcome, answer.verifies), (Outcome::Hook, Some(true)), "{word}");
            assert!(
                answer.reason.contains(word) && answer.reason.contains("does not know"),
                "{}",
                answer.reason
            );
        }
    }

    #[test]
    fn phpbb_puts_bcrypt_over_its_older_hash() {
        // phpass over "a&b" as phpBB makes it ("a&amp;b"), cost 7, salt "saltsalt": computed here, then bcrypt over its 22 digits.
        let mut digest = <md5::Md5 as sha2::Digest>::digest(b"saltsalta&amp;b").to_vec();
        for _ in 0..1 << 7 {
            digest = <md5::Md5 as sha2::Digest>::digest([&digest[..], b"a&amp;b"].concat()).to_vec();
        }
        let digits = super::super::kernel::crypt64::encode(&digest);
        let whole = bcrypt(&digits[..22]);
        let (salt, value) = (&whole[7..29], &whole[29..]);
        let stored = format!("$H\\2y$5saltsalt$04\\{salt}${value}");
        let answer = ask(&stored, None, &json!({}), "a&b");
        assert_eq!(
            (answer.scheme.as_str(), answer.outcome, answer.verifies),
            ("phpbb-combined", Outcome::Hook, Some(true))
        );
        assert_eq!(ask(&stored, None, &json!({}), "a&c").verifies, Some(false));
        assert_eq!(ask(&stored[..stored.len() - 1], None, &json!({}), "a&b").outcome, Outcome::Malformed);
    }

    #[test]
    fn wrappers_are_peeled_off() {
        let plain = bcrypt(b"secret");
        let keycloak = |value: &str, salt: serde_json::Value| {
            json!({"secretData": json!({"value": value, "salt": salt}).to_string(),
            "credentialData": json!({"hashIterations": 30000, "algorithm": "bcrypt"}).to_string()})
            .to_string()
        };
        let old = json!({"type": "password", "hashedSaltedValue": plain, "salt": "salt", "hashIterations": -1, "algorithm": "bcrypt"});
        for stored in [
            format!("a:1:{{s:4:\"hash\";s:60:\"{plain}\";}}"),
            format!("a:2:{{s:4:\"hash\";s:60:\"{plain}\";s:8:\"hashFunc\";s:8:\"blowfish\";}}"),
            format!("{plain}:0"),
            keycloak(&plain, json!("__SALT__")),
            keycloak(&plain, json!("")),
            keycloak(&plain, serde_json::Value::Null),
            old.to_string(),
            format!("\\x{}", hex::encode(format!("a:1:{{s:4:\"hash\";s:60:\"{plain}\";}}"))),
        ] {
            let answer = ask(&stored, None, &json!({}), "secret");
            assert_eq!(
                (answer.outcome, answer.verifies),
                (Outcome::Import, Some(true)),
                "{stored} {}",
                answer.reason
            );
        }
        for damaged in
            [format!("a:1:{{s:4:\"hash\";s:60:\"{plain}"), format!("{plain}:1"), format!("{plain}0")]
        {
            assert_eq!(ask(&damaged, None, &json!({}), "secret").outcome, Outcome::Malformed, "{damaged}");
        }
        for (stored, scheme) in [
            ("{DES-CRYPT}P0JuSCZWvBj4U", "dovecot-des-crypt"),
            ("$md5-crypt$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "crypt-md5"),
            ("$md5$rounds", "malformed"),
        ] {
            assert_eq!(ask(stored, None, &json!({}), "x").scheme, scheme);
        }
    }

    #[test]
    fn base64_of_hex_digits_is_no_longer_digest() {
        let md5 = text::to_base64(MD5.as_bytes());
        for (assume, context) in [
            (Some("sha256"), json!({})),
            (
                Some("pbkdf2"),
                json!({"digest": "sha256", "iterations": 10000, "encoding": "base64", "salt_encoding": "text"}),
            ),
            (None, json!({})),
            (None, json!({"digest": "sha256", "encoding": "base64"})),
        ] {
            let answer = ask(&md5, assume, &context, "password");
            assert_ne!(answer.outcome, Outcome::Import, "{assume:?} {}", answer.reason);
        }
        let answer = ask(&md5, Some("md5"), &json!({"encoding": "base64"}), "password");
        assert_eq!(
            (answer.scheme.as_str(), answer.outcome, answer.verifies),
            ("hex-md5", Outcome::Import, Some(true))
        );
        assert_eq!(
            answer.okta.map(|okta| serde_json::to_value(okta).unwrap()["value"].clone()),
            Some(json!("X03MO1qnZdYdgyfeuILPmQ=="))
        );
    }

    #[test]
    fn markers_are_never_clear_text() {
        for marker in [
            "not cached",
            "Not Cached",
            "restored",
            "to be generated",
            "*NP*",
            "NO PASSWORDXXXXXXXXXXXXXXXXXXXXX",
        ] {
            for assume in [None, Some("plaintext"), Some("moodle")] {
                let answer = ask(marker, assume, &json!({}), marker);
                assert_eq!(
                    (answer.outcome, answer.verifies),
                    (Outcome::Reset, Some(false)),
                    "{marker} {assume:?}"
                );
            }
        }
    }

    #[test]
    fn the_secret_of_springs_standard_encoder_is_enough() {
        // 1024 rounds of SHA-256 over salt, secret and password.
        let salt = [7_u8; 8];
        let mut digest =
            <sha2::Sha256 as sha2::Digest>::digest([&salt[..], b"s1te", b"pw"].concat()).to_vec();
        for _ in 1..1024 {
            digest = <sha2::Sha256 as sha2::Digest>::digest(&digest).to_vec();
        }
        let stored = format!("{}{}", hex::encode(salt), hex::encode(&digest));
        for (text, assume) in [
            (stored.clone(), None),
            (format!("{{sha256}}{stored}"), None),
            (stored.clone(), Some("spring-sha256-standard")),
        ] {
            let answer = ask(&text, assume, &json!({"secret": "s1te"}), "pw");
            assert_eq!(
                (answer.outcome, answer.verifies),
                (Outcome::Hook, Some(true)),
                "{text} {assume:?} {}",
                answer.reason
            );
            assert_eq!(ask(&text, assume, &json!({"secret": "s1te"}), "pw2").verifies, Some(false));
        }
    }
}
