//! How fast stored passwords are read and converted, and what checking one costs beside the bare crate.
//!
//! The figures: recognition and conversion together at least 1,000,000 values a second on one core for a mixed
//! column, which the first benchmark's throughput shows; verification within 5 % of the bare crate's cost, which the pairs
//! of the second group show; a search among everything that takes one round in under a second on two cores, for a row with
//! several columns that may be the salt.

use std::hint::black_box;

use causeway::model::{PasswordSettings, SaltOrder, SecretBytes, StoredPassword};
use causeway::password::search::{Depth, Found, Known, Meter, search};
use causeway::password::{Conversion, Reading, read};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// What companies' tables hold: mostly one or two schemes, some left over from before, some damaged.
const COLUMN: [&str; 16] = [
    "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "$2y$12$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "$2b$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW",
    "pbkdf2_sha256$24000$BVDdNZq8wE7bWSSuZuTQKV$qP1CboKw1mdy2pYzL946kxEHmHiB0NIA+nFpxDMeujY=",
    "pbkdf2_sha256$600000$BVDdNZq8wE7bWSSuZuTQKV$qP1CboKw1mdy2pYzL946kxEHmHiB0NIA+nFpxDMeujY=",
    "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6",
    "{SSHA}mWKtmGSqcClsvCAz//8K5p8M1TrUYGl6",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "$P$B5BbWXHphGrtMvtwuVO8QA98/xExvS1",
    "$6$rounds=5000$saltsalt$Y7LXk0EMNcLnhqsLUYbVYc9R0PmvJ7x2Nn4S5sAZbp8O4xXnDzkQm4a7S5m8VtqFqM0H2m6qv3mPcGmQk0fZ1/",
    "{scrypt}$e0801$lFhoTwfU4hAjfIt0W+jNop6H2IJTGfUg4d/Z2yi0eUeQxwZ6r9R/Hr86wOuuXhqi7CRp0ErqxGfGqhetL44O6A==$NcwvQOopkOZFp723IbMdcr9zfaodHNNBjI07DwxaXjA=",
    "$argon2id$v=19$m=65536,t=3,p=4$s4b7++Hl50Q6xJJ0d/D+AA$b4ztxXH91XpDvv+tkSGC/AfFM73SkZTRIKbLYW0bIpM",
    "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0",
    "!",
];

fn stored(text: &str) -> StoredPassword {
    StoredPassword { text: SecretBytes::from(text), ..StoredPassword::default() }
}

fn decide(stored: &StoredPassword, settings: &PasswordSettings) -> bool {
    match read(stored, settings) {
        Reading::Recognised(parsed) => matches!(parsed.conversion(), Conversion::Import(_)),
        _ => false,
    }
}

fn recognise(criterion: &mut Criterion) {
    let column: Vec<StoredPassword> = COLUMN.iter().map(|text| stored(text)).collect();
    let settings = PasswordSettings { assume: Some("md5".to_owned()), ..PasswordSettings::default() };
    let mut group = criterion.benchmark_group("recognise and convert");
    group.throughput(Throughput::Elements(column.len() as u64));
    group.bench_function("mixed column", |bencher| {
        bencher.iter(|| column.iter().filter(|value| decide(black_box(value), &settings)).count());
    });
    group.throughput(Throughput::Elements(1));
    for (name, text) in
        [("bcrypt", COLUMN[0]), ("pbkdf2", COLUMN[4]), ("ssha", COLUMN[6]), ("md5", COLUMN[8])]
    {
        let value = stored(text);
        group.bench_function(name, |bencher| bencher.iter(|| decide(black_box(&value), &settings)));
    }
    let salted = StoredPassword {
        salt: Some(SecretBytes::from("pepper&salt")),
        ..stored("5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
    };
    let order = PasswordSettings { salt_order: Some(SaltOrder::Prefix), ..PasswordSettings::default() };
    group.bench_function("salted sha256", |bencher| bencher.iter(|| decide(black_box(&salted), &order)));
    let undecided = stored(COLUMN[8]);
    let nothing = PasswordSettings::default();
    group.bench_function("undecided md5", |bencher| bencher.iter(|| decide(black_box(&undecided), &nothing)));
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let settings = PasswordSettings::default();
    let mut group = criterion.benchmark_group("verify");
    group.sample_size(10);
    let bcrypt = read(&stored(COLUMN[0]), &settings);
    group.bench_function("bcrypt 10, here", |b| b.iter(|| bcrypt.verify(black_box(b"password"))));
    group.bench_function("bcrypt 10, bare crate", |b| {
        b.iter(|| bcrypt::bcrypt(10, *b"0123456789abcdef", black_box(b"password\0")));
    });
    let pbkdf2 = read(&stored(COLUMN[4]), &settings);
    group.bench_function("pbkdf2 24000, here", |b| b.iter(|| pbkdf2.verify(black_box(b"password"))));
    group.bench_function("pbkdf2 24000, bare crate", |b| {
        b.iter(|| {
            let mut key = [0; 32];
            pbkdf2::pbkdf2_hmac::<sha2::Sha256>(
                black_box(b"password"),
                b"BVDdNZq8wE7bWSSuZuTQKV",
                24_000,
                &mut key,
            );
            key
        });
    });
    let scrypt = read(&stored(COLUMN[12]), &settings);
    group.bench_function("scrypt 2^14, here", |b| b.iter(|| scrypt.verify(black_box(b"password"))));
    group.bench_function("scrypt 2^14, bare crate", |b| {
        b.iter(|| {
            let mut key = [0; 32];
            let params = scrypt::Params::new(14, 8, 1);
            params.map(|params| scrypt::scrypt(black_box(b"password"), &[7; 64], &params, &mut key))
        });
    });
    let argon2 = read(&stored(COLUMN[13]), &settings);
    group.bench_function("argon2id 64 MiB, here", |b| b.iter(|| argon2.verify(black_box(b"password"))));
    group.bench_function("argon2id 64 MiB, bare crate", |b| {
        b.iter(|| {
            use argon2::{Algorithm, Argon2, Params, Version};
            let mut key = [0; 32];
            let params = Params::new(65536, 3, 4, Some(32));
            params.map(|params| {
                let engine = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                engine.hash_password_into(black_box(b"password"), &[7; 16], &mut key)
            })
        });
    });
    group.finish();
}

/// A digest that no known password fits, so that the whole space is gone through: the salt mapped, and a row like those of
/// companies' tables beside it.
fn nobody(digits: usize) -> Known {
    let others = [
        ("id", "48210"),
        ("email", "ada.lovelace@example.com"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("created_at", "2009-03-04 10:11:12"),
        ("uuid", "7c0f2c1e-5a0e-4a57-9d5e-0d5b5f0e6a11"),
        ("status", "active"),
        ("token", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ];
    Known {
        stored: StoredPassword {
            text: SecretBytes::from("0123456789abcdef".repeat(digits / 16).as_str()),
            salt: Some(SecretBytes::from("k3#vQ9!x")),
            username: Some("ada.lovelace".to_owned()),
            columns: Vec::new(),
        },
        others: others.map(|(name, text)| (name.to_owned(), SecretBytes::from(text))).to_vec(),
        password: SecretBytes::from("Correct Horse 1"),
    }
}

fn find(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("search everything of one round");
    group.sample_size(10);
    let settings = PasswordSettings::default();
    for (name, digits) in [("32 digits", 32), ("40 digits", 40), ("64 digits", 64), ("128 digits", 128)] {
        let known = [nobody(digits)];
        if let Found::Nothing { tried, .. } = search(&known, &settings, Depth::OneRound, &Meter::default()) {
            group.throughput(Throughput::Elements(tried));
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| search(&known, &settings, Depth::OneRound, &Meter::default()));
        });
    }
    group.finish();
}

criterion_group!(password, recognise, verify, find);
criterion_main!(password);
