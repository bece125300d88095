//! The search, on values made here.

use super::*;
use crate::model::Route;
use crate::model::{SaltOrder, TextEncoding};
use crate::password::Weakness;
use crate::password::kernel::digest::Hash;

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

fn known(stored: &str, salt: Option<&str>, others: &[(&str, &str)], password: &str) -> Known {
    Known {
        stored: StoredPassword {
            text: stored.into(),
            salt: salt.map(SecretBytes::from),
            ..StoredPassword::default()
        },
        others: others.iter().map(|(name, text)| ((*name).to_owned(), SecretBytes::from(*text))).collect(),
        password: password.into(),
    }
}

fn quick(known: &[Known]) -> Found {
    search(known, &PasswordSettings::default(), Depth::OneRound, &Meter::default())
}

fn one(found: Found) -> Fit {
    match found {
        Found::One(fit) => *fit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_read_rightly_needs_no_search() {
    let sha = "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6";
    match quick(&[known(sha, None, &[], "password")]) {
        Found::Right(fit) => assert_eq!((fit.scheme, fit.route), ("ldap-ssha", Route::Import)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn salt_order_and_encoding_are_found() {
    let salt = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";
    let digest = Hash::Sha256.of(&[b"correct horse", &hex::decode(salt).unwrap()]);
    let fit = one(quick(&[known(&hex(&digest), Some(salt), &[], "correct horse")]));
    assert_eq!(fit.settings.salt_order, Some(SaltOrder::Postfix));
    assert_eq!(fit.settings.salt_encoding, Some(TextEncoding::Hex));
    assert_eq!((fit.salt, fit.route), (SaltFrom::AsMapped, Route::Import));
}

#[test]
fn a_salt_in_another_column_is_named() {
    let digest = Hash::Md5.of(&[b"2009-03-04 10:11:12", b"letmein"]);
    let others = [("id", "17"), ("created", "2009-03-04 10:11:12"), ("mail", "a@b.example")];
    let fit = one(quick(&[known(&hex(&digest), None, &others, "letmein")]));
    assert_eq!(fit.salt, SaltFrom::Column("created".to_owned()));
    assert_eq!(fit.settings.salt_order, Some(SaltOrder::Prefix));
}

#[test]
fn a_mapped_salt_that_has_no_part_in_it_is_told() {
    let digest = Hash::Sha1.of(&[b"letmein"]);
    let fit = one(quick(&[known(&hex(&digest), Some("pepper"), &[], "letmein")]));
    assert_eq!((fit.salt, fit.weakness), (SaltFrom::Nowhere, Some(Weakness::Unsalted)));
}

#[test]
fn products_own_ways_are_tried() {
    let inner = hex(&Hash::Md5.of(&[b"letmein"]));
    let digest = Hash::Md5.of(&[inner.as_bytes(), b"k3#"]);
    let fit = one(quick(&[known(&hex(&digest), Some("k3#"), &[], "letmein")]));
    assert_eq!((fit.scheme, fit.route), ("vbulletin", Route::Hook));
}

#[test]
fn two_columns_with_one_value_need_a_second_password() {
    let made = |salt: &str| hex(&Hash::Sha256.of(&[salt.as_bytes(), b"letmein"]));
    let first = || known(&made("17"), None, &[("id", "17"), ("number", "17")], "letmein");
    match quick(&[first()]) {
        Found::Several(fits) => {
            let from: Vec<_> = fits.into_iter().map(|fit| fit.salt).collect();
            assert_eq!(from, [SaltFrom::Column("id".into()), SaltFrom::Column("number".into())]);
        }
        other => panic!("{other:?}"),
    }
    let second = known(&made("901"), None, &[("id", "18"), ("number", "901")], "letmein");
    assert_eq!(one(quick(&[first(), second])).salt, SaltFrom::Column("number".into()));
}

#[test]
fn a_wrong_password_fits_nothing_and_says_how_much_was_tried() {
    let digest = Hash::Sha256.of(&[b"salt", b"letmein"]);
    match quick(&[known(&hex(&digest), Some("salt"), &[], "letmeout")]) {
        Found::Nothing { tried, stopped } => assert!(tried > 100 && !stopped, "{tried}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn damaged_and_missing_values_are_not_searched() {
    for value in ["$2a$10$short", "", "!", "*LK*"] {
        let found = quick(&[known(value, None, &[], "letmein")]);
        assert!(matches!(found, Found::NoSearch { .. }), "{value}: {found:?}");
    }
}

#[test]
fn a_stopped_search_ends_and_says_so() {
    let meter = Meter::default();
    meter.stop();
    let digest = Hash::Sha256.of(&[b"salt", b"letmein"]);
    let known = [known(&hex(&digest), Some("salt"), &[], "other")];
    let found = search(&known, &PasswordSettings::default(), Depth::Everything, &meter);
    assert!(matches!(found, Found::Nothing { stopped: true, .. }), "{found:?}");
}

#[test]
fn nothing_of_the_password_is_in_what_is_shown() {
    let digest = Hash::Sha256.of(&[b"salt", b"hunter2"]);
    let found = quick(&[known(&hex(&digest), Some("salt"), &[], "hunter2")]);
    let shown = format!("{found:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(&hex(&digest)), "{shown}");
}

#[test]
fn nested_digests_and_upper_cased_utf16_are_found() {
    let inner = hex(&Hash::Md5.of(&[b"letmein"]));
    let nested = hex(&Hash::Sha1.of(&[inner.as_bytes()]));
    let fit = one(quick(&[known(&nested, None, &[], "letmein")]));
    assert_eq!((fit.settings.chain.len(), fit.route), (2, Route::Hook));
    let utf16: Vec<u8> = "LETMEIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let upper = hex(&Hash::Sha512.of(&[&utf16, b"abc"]));
    let fit = one(quick(&[known(&upper, Some("abc"), &[], "letMein")]));
    assert!(fit.settings.password_encoding.is_some() && fit.settings.password_case.is_some());
    assert_eq!(fit.route, Route::Hook);
}

#[test]
fn any_number_of_rounds_and_iterations_is_found() {
    let everything = |known: Known| {
        one(search(&[known], &PasswordSettings::default(), Depth::Everything, &Meter::default()))
    };
    let mut value = Hash::Sha256.of(&[b"abc", b"letmein"]);
    for _ in 1..37 {
        value = Hash::Sha256.of(&[&value]);
    }
    let fit = everything(known(&hex(&value), Some("abc"), &[], "letmein"));
    assert_eq!((fit.settings.iterations, fit.route), (Some(37), Route::Hook));
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(b"letmein", b"saltysalt", 4_321, &mut key);
    // A part of the password's digest can't be taken for a whole one: the value is the key's 32 bytes.
    let mut shape = known(&hex(&key), Some("saltysalt"), &[], "letmein");
    shape.others.clear();
    let meter = Meter::default();
    let sources = Sources::of(&shape);
    let fits = rounds::derived(&shape, &sources, &PasswordSettings::default(), &meter);
    assert_eq!(fits.len(), 1);
    assert_eq!((fits[0].settings.iterations, fits[0].route), (Some(4_321), Route::Import));
}

#[test]
fn a_way_that_ignores_salts_is_said_once() {
    let inner = hex(&Hash::Sha1.of(&[b"letmein"]));
    let digest = hex(&Hash::Md5.of(&[inner.as_bytes()]));
    let others = [("id", "17"), ("created", "2009-03-04")];
    let fit = one(quick(&[known(&digest, None, &others, "letmein")]));
    assert_eq!(fit.salt, SaltFrom::AsMapped);
}

/// bcrypt of these bytes.
fn bcrypt(password: &str) -> String {
    bcrypt::hash_with_salt(password, 4, *b"0123456789abcdef").unwrap().to_string()
}

#[test]
fn a_proof_settles_what_the_tables_leave_in_doubt() {
    let md5 = hex::encode(<md5::Md5 as sha2::Digest>::digest(b"secret"));
    for (made_by, stored, scheme, route) in [
        ("devise", bcrypt("secret"), "bcrypt-2b", Route::Import),
        ("matomo", bcrypt("secret"), "bcrypt-2b", Route::Import),
        ("matomo", bcrypt(&md5), "matomo", Route::Hook),
    ] {
        let stated = PasswordSettings { made_by: Some(made_by.into()), ..PasswordSettings::default() };
        let known = [known(&stored, None, &[], "secret")];
        let Found::One(fit) = search(&known, &stated, Depth::Everything, &Meter::default()) else {
            panic!("{made_by} {scheme}")
        };
        assert_eq!((fit.scheme, fit.route), (scheme, route), "{made_by}");
        let now = fit.settings.before(&stated);
        assert_eq!(
            super::super::credentials(Some(&known[0].stored), &now, Route::Import).is_ok(),
            route == Route::Import
        );
    }
    // Where some characters only are changed, an ordinary password proves nothing more.
    let stated = PasswordSettings { made_by: Some("phpbb3".into()), ..PasswordSettings::default() };
    let found = search(
        &[known(&bcrypt("secret"), None, &[], "secret")],
        &stated,
        Depth::Everything,
        &Meter::default(),
    );
    assert!(matches!(&found, Found::Right(fit) if fit.route == Route::Hook), "{found:?}");
}

#[test]
fn what_is_proven_of_one_row_holds_for_rows_that_say_the_same() {
    let stated = PasswordSettings { told_by: Some("hash_algo".into()), ..PasswordSettings::default() };
    let of = |stored: &str, algo: &str, password: &str| {
        let mut known = known(stored, None, &[], password);
        known.stored.columns = vec![("hash_algo".to_owned(), algo.to_owned())];
        known
    };
    let sha256 = |text: &str| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(text));
    for (stored, scheme) in [(sha256("secret"), "hex-sha256"), (bcrypt("secret"), "bcrypt-2b")] {
        let first = of(&stored, "v1", "secret");
        let Found::One(fit) =
            search(std::slice::from_ref(&first), &stated, Depth::Everything, &Meter::default())
        else {
            panic!("{scheme}")
        };
        assert_eq!(fit.scheme, scheme);
        assert_eq!(fit.settings.when.as_ref().map(|when| when.is.as_str()), Some("v1"));
        let now = fit.settings.clone().before(&stated);
        let imported =
            |known: &Known| super::super::credentials(Some(&known.stored), &now, Route::Import).is_ok();
        assert!(imported(&first) && !imported(&of(&stored, "v2", "secret")), "{scheme}");
        // A row whose word is not known here is not taken for one of them.
        assert!(!imported(&known(&stored, None, &[], "secret")), "{scheme}");
    }
    let two = [of(&sha256("a"), "v1", "a"), of(&sha256("b"), "v2", "b")];
    assert!(matches!(search(&two, &stated, Depth::OneRound, &Meter::default()), Found::NoSearch { .. }));
}
