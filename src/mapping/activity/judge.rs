//! From a column's name and values to the changes that make of it whether someone is active.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::codes::{Codes, harmless, product_code, status_word};
use super::hints::{Hint, hint};
use super::tally::Tally;
use super::words::{Named, Sense, named};
use crate::mapping::flow::Flow;
use crate::mapping::suggest::{Kind, fold, tokens};
use crate::mapping::transform::{Standing, Words, standing, usual_boolean};
use crate::mapping::types::Transform;

/// What a column says of who is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// Name and values leave no doubt.
    pub(super) sure: bool,
    /// The changes that make true of those who are, and false of those who aren't.
    pub(super) changes: Vec<Transform>,
}

/// Most different values of a column of codes.
const MOST_CODES: usize = 12;

/// Answers that mean no: of a column that says who is *not* active they mean yes.
const NO: [&str; 13] = ["", "0", "false", "f", "no", "n", "off", "nein", "non", "nie", "nee", "não", "ne"];
/// Answers that mean yes.
const YES: [&str; 14] =
    ["1", "true", "t", "yes", "y", "on", "ja", "oui", "si", "sí", "tak", "sim", "ano", "x"];

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn boolean(yes: &[&str], no: &[&str]) -> Vec<Transform> {
    vec![Transform::Boolean { yes: list(yes), no: list(no) }]
}

fn moment(none: bool, past: bool, future: bool) -> Vec<Transform> {
    vec![Transform::Moment { none, past, future }]
}

/// For columns such as `disabled`: no word, or a no, means active.
fn turned_round() -> Vec<Transform> {
    boolean(&NO, &YES)
}

/// The same where no value is known yet: whatever else comes, a word or a moment, means gone.
fn anything_but_no() -> Vec<Transform> {
    let yes: Vec<&str> = NO.into_iter().chain(["0000-00-00", "0000-00-00 00:00:00"]).collect();
    boolean(&yes, &["*"])
}

/// What a column says, by its name among all the table's, its type and its values. `None`: nothing.
pub(super) fn judge(name: &str, all: &[&str], of_type: Kind, tally: &Tally) -> Option<Judged> {
    if fold(name) == "useraccountcontrol" {
        return Some(Judged { sure: true, changes: account_control() });
    }
    if let Some(Codes { on, off, .. }) = product_code(name, all) {
        return Some(Judged { sure: true, changes: boolean(on, off) });
    }
    if harmless(name, all) {
        return None;
    }
    let values = Values::of(tally, of_type);
    let Some(named) = named(name) else {
        return hint(name).and_then(|hint| by_hint(hint, &values)).or_else(|| by_values_alone(&values));
    };
    let judged = match named.sense {
        Sense::Off => off(&named, &values),
        Sense::OffFrom => off_from(&named, &values),
        Sense::OffUntil => Some(off_until(&values)),
        Sense::ValidUntil => valid_until(&named, &values),
        Sense::ValidFrom if values.timed => Some(sure(moment(true, true, false))),
        Sense::ValidFrom => values.unread_dates().then(|| unsure(moment(true, true, false))),
        Sense::On => on(&values),
        Sense::Doubt => doubt(&values),
        Sense::Status => status(name, &values),
        Sense::Trace => ((tally.empty > 0 && tally.filled() > 0) || tally.words.contains_key("0"))
            .then(|| unsure(anything_but_no())),
    };
    // A name that leaves no doubt, with values that nobody knows: they are asked about, never passed over.
    let strong = named.exact && matches!(named.sense, Sense::On | Sense::Off | Sense::ValidUntil);
    let judged = judged.or_else(|| (strong && values.codes() && tally.differ()).then(not_understood))?;
    // A word that is not known may make it something else: asked about, where the values could be it.
    if !named.exact && values.tally.words.len() > MOST_CODES {
        return None;
    }
    Some(Judged { sure: judged.sure && named.exact, ..judged })
}

fn sure(changes: Vec<Transform>) -> Judged {
    Judged { sure: true, changes }
}

fn unsure(changes: Vec<Transform>) -> Judged {
    Judged { sure: false, changes }
}

/// Nobody knows which of the values switch people off.
fn not_understood() -> Judged {
    unsure(boolean(&[], &["*"]))
}

/// What kind of values they are.
struct Values<'t> {
    tally: &'t Tally,
    /// No value is known.
    blank: bool,
    /// Moments, and what programs write beside them.
    timed: bool,
    /// Yes and no.
    flags: bool,
    /// Numbers, other than 0 and 1 too.
    numbers: bool,
    /// What the column's type says.
    of_type: Kind,
}

impl<'t> Values<'t> {
    fn of(tally: &'t Tally, of_type: Kind) -> Self {
        let all =
            |passes: &dyn Fn(&str) -> bool| tally.more == 0 && tally.words.keys().all(|word| passes(word));
        let blank = tally.words.is_empty() && tally.more == 0 && tally.moments() == 0 && tally.zero == 0;
        let endless = tally.words.contains_key("-1");
        let readable = |word: &str| standing_of(word) != Standing::Unreadable;
        Self {
            tally,
            blank,
            timed: (tally.moments() > 0 || tally.zero > 0 || endless) && all(&readable),
            flags: !blank && tally.moments() == 0 && all(&|word| NO.contains(&word) || YES.contains(&word)),
            numbers: !blank && tally.moments() == 0 && all(&|word| word.parse::<i64>().is_ok()),
            of_type,
        }
    }

    /// No value but 0.
    fn zeros(&self) -> bool {
        self.tally.moments() == 0 && self.tally.more == 0 && self.tally.words.keys().all(|word| word == "0")
    }

    /// Words with digits in them, in a column that should hold days: perhaps dates in a form that is not known.
    fn unread_dates(&self) -> bool {
        let dated = |word: &str| {
            word.bytes().filter(u8::is_ascii_digit).count() >= 2 && standing_of(word) == Standing::Unreadable
        };
        self.tally.count(dated) + self.tally.more > 0
    }

    /// Yes and no as numbers that programs write beside 1 and 0: `1.0`, and -1 as Access and Visual Basic have it.
    fn odd_flags(&self) -> bool {
        let value = |word: &str| word.parse::<f64>().ok().filter(|value| value.is_finite());
        let known = |word: &String| value(word).is_some_and(|value| is_zero(value) || is_one(value));
        self.tally.more == 0
            && self.tally.moments() == 0
            && self.tally.zero == 0
            && !self.tally.words.is_empty()
            && self.tally.words.keys().all(known)
            && self.tally.words.keys().any(|word| !matches!(word.as_str(), "0" | "1"))
    }

    /// Words that are 0 as a number, however it is written.
    fn zero_words(&self) -> Vec<&str> {
        let zero = |word: &&str| word.parse::<f64>().is_ok_and(is_zero);
        self.tally.words.keys().map(String::as_str).filter(zero).collect()
    }

    /// Different codes, few enough to be some.
    fn codes(&self) -> bool {
        self.tally.more == 0 && self.tally.words.len() <= MOST_CODES
    }
}

fn is_zero(value: f64) -> bool {
    value.abs() < f64::EPSILON
}

fn is_one(value: f64) -> bool {
    (value.abs() - 1.0).abs() < f64::EPSILON
}

/// Where a word stands in time. The moment it is compared with plays no part: it is no date.
fn standing_of(word: &str) -> Standing {
    standing(&Flow::text(Cow::Borrowed(word)), DateTime::<Utc>::UNIX_EPOCH)
}

fn off(named: &Named, values: &Values<'_>) -> Option<Judged> {
    let when = || moment(true, false, named.noun);
    if !named.timed && values.odd_flags() {
        let active: Vec<&str> = NO.into_iter().chain(["0.0", "0.00"]).chain(values.zero_words()).collect();
        let known = values.tally.empty > 0 || !values.zero_words().is_empty();
        return Some(Judged { sure: known, changes: boolean(&active, &["*"]) });
    }
    // Nobody's has come yet: the rows beyond have moments.
    if values.timed || (named.timed && values.zeros()) {
        return Some(sure(when()));
    }
    if values.blank {
        let meant = named.timed || values.of_type == Kind::Moment;
        return Some(sure(if meant { when() } else { anything_but_no() }));
    }
    if values.flags {
        return Some(sure(turned_round()));
    }
    let known_zero = values.tally.words.contains_key("0") || values.tally.empty > 0;
    if values.numbers && values.codes() {
        return Some(Judged { sure: known_zero, changes: boolean(&["", "0"], &["*"]) });
    }
    (values.codes() || values.tally.empty > 0).then(|| unsure(anything_but_no()))
}

fn off_from(named: &Named, values: &Values<'_>) -> Option<Judged> {
    let when = || moment(true, false, true);
    let meant = named.day_only || named.timed || values.of_type == Kind::Moment;
    if values.timed || (values.blank && meant) {
        return Some(sure(when()));
    }
    if values.blank {
        return Some(sure(anything_but_no()));
    }
    if values.flags {
        return Some(Judged { sure: !named.day_only, changes: turned_round() });
    }
    if values.unread_dates() && meant {
        return Some(unsure(when()));
    }
    (!named.day_only && values.codes()).then(|| unsure(anything_but_no()))
}

fn off_until(values: &Values<'_>) -> Judged {
    if values.timed || values.blank {
        return sure(moment(true, true, false));
    }
    if values.flags && !values.tally.words.keys().any(|word| YES.contains(&word.as_str())) {
        return sure(moment(true, true, false));
    }
    unsure(if values.flags { turned_round() } else { moment(true, true, false) })
}

fn valid_until(named: &Named, values: &Values<'_>) -> Option<Judged> {
    let changes = moment(true, false, true);
    if values.timed {
        // Everyone's is over: then it is the end of something else, perhaps.
        let tally = values.tally;
        let all_over = tally.rows >= 5 && tally.past == tally.rows;
        return Some(Judged { sure: !all_over, changes });
    }
    if values.blank || values.zeros() {
        return (named.timed || values.of_type == Kind::Moment).then(|| sure(changes));
    }
    if values.unread_dates() {
        return Some(unsure(changes));
    }
    (values.flags && !named.day_only).then(|| sure(turned_round()))
}

fn on(values: &Values<'_>) -> Option<Judged> {
    let tally = values.tally;
    if values.blank {
        // Nobody has a value: it says nothing of anyone.
        let says = tally.rows == 0 && !matches!(values.of_type, Kind::Moment | Kind::Bytes | Kind::List);
        let plain = matches!(values.of_type, Kind::Truth | Kind::Number);
        return says.then(|| sure(if plain { Vec::new() } else { boolean(&[], &[]) }));
    }
    if values.odd_flags() {
        // -1 is yes only where nobody has 1: beside it, it is one more code for those who may not.
        let ones = |negative: bool| {
            let one =
                move |word: &&str| word.parse::<f64>().is_ok_and(|v| is_one(v) && (v < 0.0) == negative);
            tally.words.keys().map(String::as_str).filter(one).collect::<Vec<_>>()
        };
        let yes = Some(ones(false)).filter(|ones| !ones.is_empty()).unwrap_or_else(|| ones(true));
        let known = !yes.is_empty() && (tally.words.len() > yes.len() || !tally.words.contains_key("-1"));
        let changes = boolean(&yes, &["*"]);
        return Some(if known { asked_of_many(tally, changes) } else { unsure(changes) });
    }
    if values.timed {
        return Some(unsure(moment(false, true, false)));
    }
    if values.flags {
        let plain = tally.truths + tally.numbers == tally.worded();
        return Some(asked_of_many(tally, if plain { Vec::new() } else { boolean(&[], &[]) }));
    }
    if values.numbers && values.codes() && tally.words.contains_key("1") {
        return Some(asked_of_many(tally, boolean(&["1"], &["*"])));
    }
    // One number beside 0: a mask, or all of something.
    if values.numbers && tally.words.contains_key("0") && tally.words.len() == 2 {
        return Some(unsure(boolean(&["*"], &["", "0"])));
    }
    pair(tally).or_else(|| letters(tally)).or_else(|| in_words(values))
}

/// Letters of a column whose name says who may sign in, by twos: who may, who may not.
const PAIRS: [(&str, &str); 3] = [("a", "i"), ("e", "d"), ("a", "d")];

fn pair(tally: &Tally) -> Option<Judged> {
    let fits = |(on, off): &&(&str, &str)| tally.words.keys().all(|word| word == on || word == off);
    let (on, off) = PAIRS.iter().find(fits).filter(|_| tally.more == 0)?;
    tally.words.contains_key(*on).then(|| asked_of_many(tally, boolean(&[on], &[off, "*"])))
}

fn doubt(values: &Values<'_>) -> Option<Judged> {
    if values.blank {
        return None;
    }
    if values.timed {
        return Some(unsure(moment(false, true, false)));
    }
    values.flags.then(|| unsure(boolean(&[], &[])))
}

fn status(name: &str, values: &Values<'_>) -> Option<Judged> {
    let tally = values.tally;
    if values.blank || tally.moments() > 0 {
        return None;
    }
    if tally.truths == tally.worded() {
        return Some(asked_of_many(tally, Vec::new()));
    }
    // A province is no status; in numbers it can't be one.
    let place =
        matches!(fold(name).as_str(), "state" | "estado" | "stato" | "stan" | "stav") && !values.numbers;
    if let Some(judged) = letters(tally).or_else(|| in_words(values)) {
        return (judged.sure || !place).then_some(judged);
    }
    if place || !values.codes() {
        return None;
    }
    let most = tally.words.iter().max_by_key(|(_, count)| **count).map(|(word, _)| word.as_str())?;
    Some(unsure(boolean(&[most], &["*"])))
}

/// Letters of a status column: only `A` may sign in.
const LETTERS: [&str; 8] = ["a", "i", "d", "s", "t", "l", "x", "b"];

fn letters(tally: &Tally) -> Option<Judged> {
    let worded = tally.worded();
    let fits = tally.count(|word| LETTERS.contains(&word)) * 100 >= worded * 99;
    let most = tally.count(|word| word == "a") * 10 > worded * 3;
    (fits && most).then(|| asked_of_many(tally, boolean(&LETTERS[..1], &LETTERS[1..])))
}

/// Words that are known, most of them.
fn in_words(values: &Values<'_>) -> Option<Judged> {
    let tally = values.tally;
    // What 0 and 1 of a status mean differs from product to product: only words count.
    let digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let known = tally.count(|word| !digits(word) && status_word(word).is_some());
    if known == 0 {
        return None;
    }
    let says = |word: &String| status_word(word).filter(|_| !digits(word));
    let yes: Vec<&str> =
        tally.words.keys().filter(|word| says(word) == Some(true)).map(String::as_str).collect();
    let usual = tally.words.keys().all(|word| usual_boolean(word).is_some());
    let changes = match (yes.as_slice(), tally.empty > 0) {
        // Only those who may not have a word: no word is fine.
        ([], true) => boolean(&[""], &["*"]),
        _ if usual => boolean(&[], &[]),
        ([], false) => return Some(unsure(boolean(&[], &["*"]))),
        (yes, _) => boolean(yes, &["*"]),
    };
    if known * 10 < tally.worded() * 8 {
        return Some(unsure(changes));
    }
    Some(if yes.is_empty() { sure(changes) } else { asked_of_many(tally, changes) })
}

/// Kinds of accounts that are nobody's, in small letters.
const NOBODY: [&str; 32] = [
    "bot",
    "robot",
    "service",
    "service_account",
    "service account",
    "serviceaccount",
    "system",
    "machine",
    "placeholder",
    "dummy",
    "guest",
    "anonymous",
    "technical",
    "application",
    "app",
    "api",
    "api-key",
    "api_key",
    "apikey",
    "api key",
    "api_user",
    "daemon",
    "integration",
    "automation",
    "webhook",
    "agent_bot",
    "bot_user",
    "system_user",
    "service_user",
    "service-account",
    "machine_user",
    "machine-user",
];

/// What a name only hints at: asked about, never taken by itself.
fn by_hint(hint: Hint, values: &Values<'_>) -> Option<Judged> {
    let tally = values.tally;
    if values.blank || !tally.differ() {
        return None;
    }
    let changes = match hint {
        Hint::Off | Hint::NewPassword if values.flags => turned_round(),
        Hint::Off if values.timed => moment(true, false, true),
        // Everyone's has a value, or nobody's: it tells nobody from anybody.
        Hint::Filled if tally.empty > 0 || tally.words.contains_key("0") => anything_but_no(),
        Hint::Until if values.timed || values.unread_dates() => moment(true, false, true),
        Hint::Start if values.timed || values.unread_dates() => moment(true, true, false),
        Hint::PasswordSet if tally.words.contains_key("0") => boolean(&["*"], &["0"]),
        Hint::Role => but_these(tally, lets_nobody_in)?,
        Hint::Shell => but_these(tally, |word| {
            matches!(word.rsplit('/').next(), Some("nologin" | "false" | "null" | "true" | "noshell"))
        })?,
        Hint::Days => {
            // shadow(5): none, -1 and 99999 never; which of the others have passed is not read.
            let never = |word: &String| matches!(word.as_str(), "-1" | "99999" | "99999.0");
            if tally.moments() == 0 && tally.more == 0 && tally.words.keys().all(never) {
                return None;
            }
            return Some(not_understood());
        }
        Hint::On | Hint::Confirmed if values.timed => moment(false, true, false),
        Hint::On | Hint::Confirmed | Hint::PasswordHolds if values.flags => boolean(&[], &[]),
        Hint::Kind if values.codes() => {
            let nobody = |word: &&str| NOBODY.contains(word) || status_word(word) == Some(false);
            let off: Vec<&str> = tally
                .words
                .keys()
                .map(String::as_str)
                .filter(|word| !NO.contains(word) && !YES.contains(word))
                .filter(nobody)
                .collect();
            if off.is_empty() {
                return None;
            }
            boolean(&["", "*"], &off)
        }
        _ => return None,
    };
    // An address that nobody has confirmed: the product never asked for it.
    let nobody = switched_off(&changes, tally) == tally.rows;
    (hint != Hint::Confirmed || !nobody).then(|| unsure(changes))
}

/// Everyone but those with certain words; `None` where nobody has one.
fn but_these(tally: &Tally, off: impl Fn(&str) -> bool) -> Option<Vec<Transform>> {
    let off: Vec<&str> = tally.words.keys().map(String::as_str).filter(|word| off(word)).collect();
    (!off.is_empty()).then(|| boolean(&["", "*"], &off))
}

/// A role of those who may do nothing: `banned`, `bbp_blocked`, `["disabled"]`.
fn lets_nobody_in(word: &str) -> bool {
    // What has yet to happen, or is somebody's whole life, is a role as any other.
    const ROLES: [&str; 6] = ["bot", "draft", "merged", "pending", "retired", "graduated"];
    let says = |word: &str| {
        let answer = NO.contains(&word) || YES.contains(&word) || usual_boolean(word) == Some(true);
        !answer && word.len() > 2 && status_word(word) == Some(false)
    };
    let role = |word: &str| !ROLES.contains(&word) && says(word);
    role(word) || tokens(word).last().is_some_and(|last| role(last))
}

/// A column whose name says nothing, and whose words are those of a status all the same (`access`: `enabled` and nothing, `flag`:
/// `ok`, `banned`): asked about, never taken by itself. Yes and no alone may be about anything.
fn by_values_alone(values: &Values<'_>) -> Option<Judged> {
    let tally = values.tally;
    let answer = |word: &str| NO.contains(&word) || YES.contains(&word);
    let says = |word: &str| status_word(word).filter(|_| !answer(word));
    let all_known = tally.words.keys().all(|word| says(word).is_some());
    if tally.words.is_empty()
        || !tally.differ()
        || !values.codes()
        || !all_known
        || tally.moments() > 0
        || tally.zero > 0
    {
        return None;
    }
    let off = tally.words.keys().any(|word| says(word) == Some(false));
    // `enabled` for some and nothing for the others; a contract that is `permanent` says nothing of who may sign in.
    let some = tally.empty > 0 && tally.words.keys().all(|word| usual_boolean(word) == Some(true));
    if !off && !some {
        return None;
    }
    let judged = in_words(values)?;
    Some(unsure(judged.changes))
}

/// Where most have no value, what none means is asked.
fn asked_of_many(tally: &Tally, changes: Vec<Transform>) -> Judged {
    Judged { sure: tally.empty * 2 <= tally.rows, changes }
}

/// Windows' `userAccountControl` by its flags: normal accounts (512), with those that say nothing of who may sign in; 2 is off.
fn account_control() -> Vec<Transform> {
    // Password not required 32, never expires 65536; smart card 262144; not delegated 1048576; DES 2097152; no pre-auth 4194304.
    const FLAGS: [u32; 6] = [32, 65_536, 262_144, 1_048_576, 2_097_152, 4_194_304];
    let values = |base: u32| {
        let mut all: Vec<u32> = (0..1_u32 << FLAGS.len())
            .map(|set| {
                let on = FLAGS.iter().enumerate().filter(|(nth, _)| set >> nth & 1 == 1);
                base + on.map(|(_, flag)| flag).sum::<u32>()
            })
            .collect();
        all.sort_unstable();
        all.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    vec![Transform::Boolean { yes: values(512), no: values(514) }]
}

/// How many of those counted the changes would switch off.
pub(super) fn switched_off(changes: &[Transform], tally: &Tally) -> u64 {
    match changes.last() {
        Some(Transform::Moment { none, past, future }) => {
            let off = |stays: bool, count: u64| if stays { 0 } else { count };
            let words = tally.count(|word| match standing_of(word) {
                Standing::Nothing => !none,
                Standing::Past | Standing::Unreadable => !past,
                Standing::Future => !future,
            });
            off(*none, tally.empty + tally.zero)
                + off(*past, tally.past)
                + off(*future, tally.future)
                + words
                + off(*past && *future, tally.either)
        }
        Some(Transform::Boolean { yes, no }) => by_words(&Words::new(yes, no), tally),
        _ => by_words(&Words::new(&[], &[]), tally),
    }
}

fn by_words(words: &Words, tally: &Tally) -> u64 {
    let off = |word: &str, count: u64| if words.read(word) == Some(true) { 0 } else { count };
    tally.count(|word| words.read(word) != Some(true))
        + off("", tally.empty)
        + off("0000-00-00", tally.zero)
        + off("2000-01-01", tally.moments())
        + off("\u{fffd}", tally.more)
}
