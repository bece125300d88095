//! A fuzz target for the recogniser, on the stable toolchain and in the binary of the unit tests.
//!
//! libFuzzer's coverage needs a build of the whole tree with instrumentation of its own, most of it unstable; on two cores that
//! takes longer than it fuzzes. The formats are text with short grammars, and there is a vector of each: mutating and splicing
//! those reaches every parser's depths without coverage, and the test build has overflow checks and bounds checks on. CI
//! runs it for a minute (`CAUSEWAY_FUZZ_SECONDS=60`); a failure prints the seed and the value.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::recognise::{recognise, recognise_by_walking};
use super::{Conversion, Format, Outcome, Question, Reading, Seen, formats, outcome, read};
use crate::model::{
    LetterCase, PasswordEncoding, PasswordSettings, SaltOrder, SecretBytes, StatedDigest, StoredPassword,
    TextEncoding,
};

/// xorshift64*: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() >> 33).unwrap() % end.max(1)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A vector: what the fuzzer starts from.
struct Seed {
    stored: Vec<u8>,
    salt: Option<Vec<u8>>,
    settings: PasswordSettings,
    username: Option<String>,
}

fn corpus() -> Vec<Seed> {
    let file = include_str!("../../tests/data/password-vectors.jsonl");
    file.lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            if row["detect"] == "needs_hint" {
                row["assume"] = row["scheme"].clone();
            }
            let question: Question = serde_json::from_value(row).unwrap();
            let stored = question.stored_password();
            Seed {
                stored: stored.text.expose().to_vec(),
                salt: stored.salt.map(|salt| salt.expose().to_vec()),
                settings: question.settings().unwrap(),
                username: stored.username,
            }
        })
        .collect()
}

const PIECES: [&str; 40] = [
    "$",
    "{",
    "}",
    ":",
    "=",
    "==",
    "|",
    ",",
    "_",
    "*",
    "!",
    "\\x",
    "0x",
    "$2a$",
    "$2b$31$",
    "{CRYPT}",
    "{ldap}",
    "{SSHA}",
    "{x}",
    "rounds=",
    "999999999$",
    "4294967296",
    "4294967295",
    "0",
    "00",
    "-1",
    "+",
    "\0",
    "\n",
    "\r\n",
    " ",
    "é",
    "Ａ",
    "A",
    "$argon2id$",
    "e1NTSEF9",
    "{\"secretData\":",
    "m=",
    "{FSHP1|",
    "\u{feff}",
];

fn mutate(dice: &mut Dice, from: &[u8], corpus: &[Seed]) -> Vec<u8> {
    let mut bytes = from.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(9) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            2 if at < bytes.len() => {
                bytes.remove(at);
            }
            3 => bytes.insert(at, *dice.of(b"$}:0=A./+{z9")),
            4 => {
                let piece = dice.of(&PIECES).bytes().collect::<Vec<u8>>();
                bytes.splice(at..at, piece);
            }
            5 => {
                let other = &dice.of(corpus).stored;
                let cut = dice.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[cut..]);
            }
            6 => bytes = [bytes.as_slice(), bytes.as_slice()].concat(),
            7 => bytes.iter_mut().skip(at).take(4).for_each(|byte| *byte ^= 0x20),
            _ => {
                let piece = dice.of(&PIECES).bytes().collect::<Vec<u8>>();
                bytes.splice(0..0, piece);
            }
        }
        bytes.truncate(6000);
    }
    bytes
}

fn settings(dice: &mut Dice, seed: &Seed, corpus: &[Seed]) -> PasswordSettings {
    let mut settings = match dice.below(4) {
        0 => PasswordSettings::default(),
        1 => dice.of(corpus).settings.clone(),
        _ => seed.settings.clone(),
    };
    match dice.below(11) {
        0 => settings.salt_order = Some(*dice.of(&[SaltOrder::Prefix, SaltOrder::Postfix])),
        1 => {
            let all = [TextEncoding::Text, TextEncoding::Hex, TextEncoding::Base64];
            settings.salt_encoding = Some(*dice.of(&all));
        }
        2 => settings.iterations = Some(*dice.of(&[0, 1, 4095, 4096, u32::MAX])),
        3 => {
            let all = [StatedDigest::Md5, StatedDigest::Sha512, StatedDigest::HmacSha256];
            settings.digest = Some(*dice.of(&all));
        }
        4 => settings.password_encoding = Some(PasswordEncoding::Utf16Le),
        5 => settings.salt_bytes = Some(*dice.of(&[0, 1, 16, 64, u32::MAX])),
        6 => settings.pepper = Some("pepper".into()),
        7 => settings.password_case = Some(*dice.of(&[LetterCase::Upper, LetterCase::Lower])),
        8 => {
            let ids: Vec<&str> = formats().iter().flat_map(Format::ids).collect();
            settings.assume = Some((*dice.of(&ids)).to_owned());
        }
        _ => {}
    }
    settings
}

/// What Okta demands of a hash object, written out once more beside the code that makes them.
fn sound(okta: &Value) -> Result<(), &'static str> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let text = |field: &str| okta[field].as_str();
    let bytes = |field: &str| text(field).and_then(|text| STANDARD.decode(text).ok());
    let fields = okta.as_object().map_or(0, serde_json::Map::len);
    match text("algorithm").ok_or("no algorithm")? {
        "BCRYPT" => {
            let digits = |text: Option<&str>, len| {
                text.is_some_and(|t| {
                    t.len() == len && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"./".contains(&b))
                })
            };
            let cost = okta["workFactor"].as_u64().is_some_and(|cost| (4..=20).contains(&cost));
            (fields == 4 && cost && digits(text("salt"), 22) && digits(text("value"), 31)).then_some(())
        }
        "PBKDF2" => {
            let size = bytes("value").map(|value| value.len() as u64);
            let good = fields == 6
                && okta["iterationCount"].as_u64().is_some_and(|rounds| rounds >= 4096)
                && size.is_some_and(|size| size >= 16)
                && okta["keySize"].as_u64() == size
                && bytes("salt").is_some_and(|salt| !salt.is_empty())
                && matches!(text("digestAlgorithm"), Some("SHA256_HMAC" | "SHA512_HMAC"));
            good.then_some(())
        }
        digest => {
            let len = match digest {
                "MD5" => 16,
                "SHA-1" => 20,
                "SHA-256" => 32,
                "SHA-512" => 64,
                _ => return Err("no such algorithm"),
            };
            let salted = fields == 4
                && bytes("salt").is_some_and(|salt| !salt.is_empty())
                && matches!(text("saltOrder"), Some("PREFIX" | "POSTFIX"));
            let good = bytes("value").is_some_and(|value| value.len() == len) && (fields == 2 || salted);
            good.then_some(())
        }
    }
    .ok_or("Okta would not take it")
}

/// Reads one value every way there is; fails on what must never be.
fn hold(stored: &StoredPassword, settings: &PasswordSettings) -> Result<(), String> {
    let reading = read(stored, settings);
    let _ = (reading.label().into_owned(), reading.sentence(), format!("{reading:?}"));
    let (word, okta, _) = outcome(&reading);
    let seen = Seen {
        columns: &[],
        text: stored.text.expose(),
        salt: stored.salt.as_ref().map(SecretBytes::expose),
        username: stored.username.as_deref(),
        settings,
        depth: 0,
        families: recognise,
    };
    let (quick, whole) = (recognise(&seen), recognise_by_walking(&seen));
    if (quick.scheme(), quick.sentence()) != (whole.scheme(), whole.sentence())
        || outcome(&quick) != outcome(&whole)
    {
        return Err(format!("{} by its first byte, {} by all", quick.scheme(), whole.scheme()));
    }
    if word == Outcome::Import {
        let okta = serde_json::to_value(okta).map_err(|error| error.to_string())?;
        sound(&okta).map_err(|why| format!("{why}: {}", reading.scheme()))?;
        let text = stored.text.expose();
        let bare = text.iter().all(u8::is_ascii_alphanumeric)
            && !text.starts_with(b"md5")
            && !text.starts_with(b"AQAAAA");
        if bare && settings == &PasswordSettings::default() {
            return Err(format!("imported on a guess: {}", reading.scheme()));
        }
    }
    // An application does it before it hashes, whatever it hashes with. A pepper beside a described salt is more salt.
    let encoded = settings.password_encoding.is_some_and(|encoding| encoding != PasswordEncoding::Utf8);
    let peppered = settings.pepper.is_some() && reading.scheme() != "stated-digest";
    let changed = settings.password_case.is_some();
    if (word == Outcome::Import && (encoded || peppered || changed))
        || (word == Outcome::PlainText && changed)
    {
        return Err(format!("imported though the password was changed first: {}", reading.scheme()));
    }
    match &reading {
        Reading::Recognised(parsed) => {
            let _ = (parsed.checkable(), parsed.weakness());
            if let Conversion::Hook { reason } | Conversion::Reset { reason } = parsed.conversion()
                && reason.is_empty()
            {
                return Err(format!("no reason: {}", parsed.scheme()));
            }
        }
        Reading::Ambiguous(candidates) if candidates.schemes.is_empty() => {
            return Err("ambiguous between nothing".to_owned());
        }
        _ => {}
    }
    Ok(())
}

fn fuzz(seed: u64, goes_on: impl Fn(u64) -> bool) -> u64 {
    let corpus = corpus();
    let mut dice = Dice(seed | 1);
    let mut done = 0;
    while goes_on(done) {
        let from = dice.of(&corpus);
        let text = mutate(&mut dice, &from.stored, &corpus);
        let salt = match (&from.salt, dice.below(4)) {
            (Some(salt), 0) => Some(mutate(&mut dice, salt, &corpus)),
            (salt, _) => salt.clone(),
        };
        let settings = settings(&mut dice, from, &corpus);
        let stored = StoredPassword {
            text: SecretBytes::new(text.clone()),
            salt: salt.clone().map(SecretBytes::new),
            username: from.username.clone(),
            columns: Vec::new(),
        };
        if let Err(why) = hold(&stored, &settings) {
            let salt = salt.map(|salt| String::from_utf8_lossy(&salt).into_owned());
            panic!("seed {seed}: {why}: {:?} {salt:?} {settings:?}", String::from_utf8_lossy(&text));
        }
        done += 1;
    }
    done
}

/// A little of it with every run of the tests, always the same.
#[test]
fn a_first_round_of_fuzzing() {
    assert_eq!(fuzz(2026, |done| done < 20_000), 20_000);
}

/// The fuzz target: as many seconds as `CAUSEWAY_FUZZ_SECONDS` says, from a seed of `CAUSEWAY_FUZZ_SEED` or of chance.
#[test]
#[ignore = "runs for as long as CAUSEWAY_FUZZ_SECONDS says: .ci/run does"]
fn fuzz_the_recogniser() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("CAUSEWAY_FUZZ_SEED").unwrap_or_else(|| getrandom::u64().unwrap());
    let end = Instant::now() + Duration::from_secs(number("CAUSEWAY_FUZZ_SECONDS").unwrap_or(10));
    let done = fuzz(seed, |_| Instant::now() < end);
    assert!(done > 1000, "seed {seed}: only {done} values");
    eprintln!("seed {seed}: {done} values");
}
