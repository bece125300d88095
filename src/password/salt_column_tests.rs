//! A salt column beside values that carry their own salt: nobody is imported on a guess, and what it is for is found out.

use serde_json::{Value, json};

use super::search::{Depth, Found, Known, Meter, SaltFrom, search};
use super::{Answer, Outcome, Question, concern, explain, names_salt};
use crate::model::{PasswordSettings, Preparation, Route, SaltColumn, SecretBytes, StoredPassword};

fn ask(question: &Value) -> Answer {
    explain(&serde_json::from_value::<Question>(question.clone()).unwrap())
}

fn bcrypt(password: &[u8]) -> String {
    bcrypt::hash_with_salt(password, 4, *b"0123456789abcdef").unwrap().to_string()
}

fn md5(text: &str) -> String {
    hex::encode(<md5::Md5 as md5::Digest>::digest(text.as_bytes()))
}

/// Values of "password", each with a salt of its own inside. Made with Python's passlib, argon2-cffi and hashlib.
const OWN: [&str; 6] = [
    "$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "$2y$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW:0",
    "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6",
    "{SSHA256}pHsMCcgOZZIVsO9ABuVJYbcrhvnpPmVJ6OBoGoaJq6mNDTE3yo1Vw5bFSMcZ9eDG",
    "$pbkdf2-sha512$25000$LyWE0HrP2RsjZCxlDGFMKQ$1vC5Ohk2mCS9b6akqsEfgeb4l74SF8XjH.SljXf3dMLHdlY1GK9ojcCKts6/asR4aPqBmk74nCDddU3tvSCJvw",
];

#[test]
fn nothing_is_imported_beside_a_filled_salt_column_until_somebody_says_what_it_is_for() {
    for stored in OWN {
        let alone = ask(&json!({"stored": stored}));
        assert_eq!(alone.outcome, Outcome::Import, "{stored}: {}", alone.reason);
        for beside in [
            json!({"stored": stored, "salt_column": "x7Kq2mZp"}),
            json!({"stored": stored, "salt_column": "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}),
            json!({"stored": stored, "salt_column": "k3#"}),
            json!({"stored": stored, "context": {"columns": {"pepper": "x7Kq2mZp"}}}),
            json!({"stored": stored, "context": {"columns": {"pw_nonce": "991726354"}}}),
            // The column that tells how it was made says nothing of the salt.
            json!({"stored": stored, "salt_column": "x7Kq2mZp", "context": {"salt_order": "prefix"}}),
        ] {
            let held = ask(&beside);
            assert_eq!((held.scheme.as_str(), held.outcome), ("ambiguous", Outcome::Hook), "{beside}");
            assert!(
                held.reason.contains("state in the Map step what the salt column is for"),
                "{}",
                held.reason
            );
            let mut stated = beside.clone();
            stated["context"]["salt_use"] = json!("unused");
            assert_eq!(ask(&stated).outcome, Outcome::Import, "{stated}");
            let mut stated = beside;
            stated["assume"] = json!(alone.scheme);
            assert_eq!(ask(&stated).outcome, Outcome::Import, "{stated}");
        }
    }
}

#[test]
fn a_salt_column_that_is_evidently_from_before_holds_nobody_back() {
    let bcrypt = "$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";
    let bytes = super::text::bcrypt64(b"GRLdNijSQMUvl/au9ofL.e").unwrap();
    for salt in [
        "",
        "0",
        "-",
        "NULL",
        "none",
        "__SALT__",
        "00000000",
        "bcrypt",
        "GRLdNijSQMUvl/au9ofL.e",
        "$2b$10$GRLdNijSQMUvl/au9ofL.e",
        &hex::encode(&*bytes),
        &super::text::to_base64(&bytes),
        // Of a longer one bcrypt takes its first 22 characters.
        "GRLdNijSQMUvl/au9ofL.exxxxxxxxxx",
    ] {
        let answer = ask(&json!({"stored": bcrypt, "salt_column": salt}));
        assert_eq!(answer.outcome, Outcome::Import, "{salt}: {}", answer.reason);
    }
    let ssha512 = "$pbkdf2-sha512$25000$LyWE0HrP2RsjZCxlDGFMKQ$1vC5Ohk2mCS9b6akqsEfgeb4l74SF8XjH.SljXf3dMLHdlY1GK9ojcCKts6/asR4aPqBmk74nCDddU3tvSCJvw";
    assert_eq!(
        ask(&json!({"stored": ssha512, "salt_column": "LyWE0HrP2RsjZCxlDGFMKQ"})).outcome,
        Outcome::Import
    );
    // Salts of other things, and a product whose bcrypt is known to ignore its salt column.
    for context in [
        json!({"columns": {"user_form_salt": "x7Kq2mZp"}}),
        json!({"columns": {"api_token_salt": "x7Kq2mZp"}}),
        json!({"columns": {"country": "x7Kq2mZp"}}),
        json!({"columns": {"salt": "x7Kq2mZp"}, "made_by": "fosuserbundle"}),
    ] {
        assert_eq!(ask(&json!({"stored": bcrypt, "context": context})).outcome, Outcome::Import, "{context}");
    }
}

#[test]
fn the_hook_tries_the_salt_before_and_behind_the_password_meanwhile() {
    for made in ["password", "x7Kq2mZppassword", "passwordx7Kq2mZp"] {
        for row in
            [json!({"salt_column": "x7Kq2mZp"}), json!({"context": {"columns": {"user_pepper": "x7Kq2mZp"}}})]
        {
            let mut right = row.clone();
            right["stored"] = json!(bcrypt(made.as_bytes()));
            right["password"] = json!("password");
            assert_eq!(ask(&right).verifies, Some(true), "{made}");
            right["password"] = json!("Password");
            assert_eq!(ask(&right).verifies, Some(false), "{made}");
        }
    }
    // Whoever has a digest from an older leak does not get in with it.
    let digest = md5("x7Kq2mZppassword");
    let row = json!({"stored": bcrypt(digest.as_bytes()), "salt_column": "x7Kq2mZp", "password": digest});
    assert_eq!(ask(&row).verifies, Some(false));
}

#[test]
fn products_that_mix_their_salt_in_are_known() {
    for (made_by, made) in [("metabase", "x7Kq2mZppassword"), ("authlogic", "passwordx7Kq2mZp")] {
        let stored = bcrypt(made.as_bytes());
        let row = json!({"stored": stored, "salt_column": "x7Kq2mZp", "context": {"made_by": made_by}, "password": "password"});
        let answer = ask(&row);
        assert_eq!(
            (answer.outcome, answer.verifies),
            (Outcome::Hook, Some(true)),
            "{made_by} {}",
            answer.reason
        );
    }
}

fn known(stored: &str, salt: Option<&str>, others: &[(&str, &str)]) -> Known {
    Known {
        stored: StoredPassword {
            text: stored.into(),
            salt: salt.map(SecretBytes::from),
            ..StoredPassword::default()
        },
        others: others.iter().map(|(name, text)| ((*name).to_owned(), SecretBytes::from(*text))).collect(),
        password: "password".into(),
    }
}

fn found(known: Known) -> super::search::Fit {
    let settings = PasswordSettings::default();
    match search(&[known], &settings, Depth::Everything, &Meter::default()) {
        Found::One(fit) => *fit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_known_password_finds_out_what_the_salt_column_is_for() {
    use Preparation::{Md5Hex, SaltAfter, SaltBefore, Sha256Hex};
    let salt = "x7Kq2mZp";
    let sha256 = |text: &str| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(text.as_bytes()));
    for (made, prepared) in [
        (format!("{salt}password"), vec![SaltBefore]),
        (format!("password{salt}"), vec![SaltAfter]),
        (md5(&format!("{salt}password")), vec![SaltBefore, Md5Hex]),
        (sha256(&format!("password{salt}")), vec![SaltAfter, Sha256Hex]),
        (format!("{}{salt}", md5("password")), vec![Md5Hex, SaltAfter]),
        (md5(&format!("{}{salt}", md5("password"))), vec![Md5Hex, SaltAfter, Md5Hex]),
    ] {
        let stored = bcrypt(made.as_bytes());
        let fit = found(known(&stored, Some(salt), &[]));
        assert_eq!(
            (&fit.settings.prepared, fit.route, &fit.salt),
            (&prepared, Route::Hook, &SaltFrom::AsMapped)
        );
        // Applied, it holds for everyone else.
        let other = StoredPassword {
            text: bcrypt(made.replace("password", "another").as_bytes()).as_str().into(),
            salt: Some(salt.into()),
            ..StoredPassword::default()
        };
        if prepared.len() == 1 {
            assert_eq!(super::read(&other, &fit.settings).verify(b"another"), Ok(Some(true)));
        }
    }
    let elsewhere =
        known(&bcrypt(format!("{salt}password").as_bytes()), None, &[("id", "7"), ("pw_pepper", salt)]);
    let fit = found(elsewhere);
    assert_eq!((fit.settings.prepared, fit.salt), (vec![SaltBefore], SaltFrom::Column("pw_pepper".into())));
    // It has no part in it: that settles it, and it is imported.
    let fit = found(known(&bcrypt(b"password"), Some(salt), &[]));
    assert_eq!((fit.route, fit.settings.prepared.len()), (Route::Import, 0));
}

#[test]
fn argon2_is_tried_with_the_salt_column_too() {
    let argon2 = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(64, 1, 1, None).unwrap(),
    );
    let (own, mut key) = (b"somesaltsomesalt", [0; 32]);
    argon2.hash_password_into(b"passwordx7Kq2mZp", own, &mut key).unwrap();
    let [own, key] = [&own[..], &key].map(|bytes| super::text::to_base64(bytes).replace('=', ""));
    let stored = format!("$argon2id$v=19$m=64,t=1,p=1${own}${key}");
    assert_eq!(ask(&json!({"stored": stored, "salt_column": "x7Kq2mZp"})).outcome, Outcome::Hook);
    let fit = found(known(&stored, Some("x7Kq2mZp"), &[]));
    assert_eq!(fit.settings.prepared, [Preparation::SaltAfter]);
}

#[test]
fn what_is_stated_of_the_salt_column_stands_in_a_mapping_and_outlives_other_statements() {
    let stated = PasswordSettings { salt_column: SaltColumn::Unused, ..PasswordSettings::default() };
    let text = serde_json::to_string(&stated).unwrap();
    assert_eq!(text, r#"{"salt_column":"unused"}"#);
    assert_eq!(serde_json::from_str::<PasswordSettings>(&text).unwrap(), stated);
    let proven = PasswordSettings { assume: Some("md5".to_owned()), ..PasswordSettings::default() };
    assert_eq!(proven.before(&stated).salt_column, SaltColumn::Unused);
}

#[test]
fn the_column_is_named_where_nothing_is_mapped_as_the_salt() {
    let stored = StoredPassword {
        text: OWN[0].into(),
        columns: vec![("pw_pepper".to_owned(), "x7Kq2mZp".to_owned())],
        ..StoredPassword::default()
    };
    let why = concern(&stored, &PasswordSettings::default()).unwrap();
    assert!(why.contains("“pw_pepper”") && why.contains("none is imported"), "{why}");
    let why = concern(
        &StoredPassword { salt: Some("x7Kq2mZp".into()), columns: Vec::new(), ..stored },
        &PasswordSettings::default(),
    );
    assert!(why.unwrap().contains("salt column"));
}

#[test]
fn columns_are_called_salts_in_many_ways() {
    for name in [
        "salt",
        "passwordSalt",
        "pw_salt",
        "password_pepper",
        "nonce",
        "PasswordNonce",
        "userSalt",
        "hashsalt",
        "kennwort_salz",
        "salt2",
    ] {
        assert!(names_salt(name), "{name}");
    }
    for name in [
        "user_form_salt",
        "csrf_nonce",
        "session_salt",
        "otp_nonce",
        "assault",
        "result",
        "salary",
        "basalt_tiles",
        "email_salt",
    ] {
        assert!(!names_salt(name), "{name}");
    }
}
