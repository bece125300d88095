//! What a column holds, counted: enough to tell flags, moments and codes apart, however many rows there are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::mapping::flow::Flow;
use crate::mapping::transform::{DateReading, Standing, read_date, standing};
use crate::model::Value;

/// Different words told apart; the rest are counted only.
const MOST_WORDS: usize = 40;
/// Most different words of a column that could be a status.
const MOST_STATUS: usize = 12;
/// Letters of a word that are kept.
const LONGEST: usize = 32;

/// Values of a column, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// All rows.
    pub(super) rows: u64,
    /// No value, or only white space.
    pub(super) empty: u64,
    /// A moment that is none: `0000-00-00`, 1970-01-01.
    pub(super) zero: u64,
    /// Moments that have come.
    pub(super) past: u64,
    /// Moments that lie ahead.
    pub(super) future: u64,
    /// Dates that can be read two ways, and stand on either side.
    pub(super) either: u64,
    /// True and false, where the source has the type.
    pub(super) truths: u64,
    /// Whole numbers.
    pub(super) numbers: u64,
    /// Everything that is no moment, in small letters.
    pub(super) words: BTreeMap<String, u64>,
    /// Words beyond those told apart.
    pub(super) more: u64,
}

impl Tally {
    /// Counts a value.
    pub(super) fn add(&mut self, value: &Value, now: DateTime<Utc>) {
        self.rows += 1;
        match value {
            Value::Bool(truth) => {
                self.truths += 1;
                self.word(if *truth { "true" } else { "false" });
            }
            Value::Integer(number) => {
                self.numbers += 1;
                self.number(*number, now);
            }
            Value::Time(moment) => self.moment(&Flow::Moment(*moment), now),
            // MySQL's and SQL Server's bits, as exports leave them.
            Value::Bytes(bytes) if matches!(bytes.as_slice(), [0 | 1]) => {
                self.word(if bytes[0] == 1 { "1" } else { "0" });
            }
            Value::Bytes(_) | Value::List(_) | Value::TooLarge if !value.is_empty() => self.more += 1,
            other => match other.as_text() {
                Some(text) => self.text(text.trim(), now),
                None => self.empty += 1,
            },
        }
    }

    fn text(&mut self, text: &str, now: DateTime<Utc>) {
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        if let Ok(number) = text.parse::<i64>() {
            // A day without one is a word among others: 00000000.
            if number == 0 {
                self.word(text);
            } else {
                self.number(number, now);
            }
            return;
        }
        let flow = Flow::Text(Cow::Borrowed(text));
        let small = text.to_lowercase();
        let dated = text.contains(|c: char| c.is_ascii_digit()) || small.ends_with("infinity");
        match standing(&flow, now) {
            Standing::Unreadable if read_date(text) != DateReading::Ambiguous => self.word(&small),
            _ if dated => self.moment(&flow, now),
            _ => self.word(&small),
        }
    }

    fn number(&mut self, number: i64, now: DateTime<Utc>) {
        let flow = Flow::Whole(number);
        if number > 0 && matches!(standing(&flow, now), Standing::Past | Standing::Future) {
            self.moment(&flow, now);
        } else {
            self.word(&number.to_string());
        }
    }

    fn moment(&mut self, flow: &Flow<'_>, now: DateTime<Utc>) {
        match standing(flow, now) {
            Standing::Nothing => self.zero += 1,
            Standing::Past => self.past += 1,
            Standing::Future => self.future += 1,
            Standing::Unreadable => self.either += 1,
        }
    }

    fn word(&mut self, word: &str) {
        let word: Cow<'_, str> = match word.char_indices().nth(LONGEST) {
            Some((at, _)) => Cow::Owned(format!("{}…", &word[..at])),
            None => Cow::Borrowed(word),
        };
        if let Some(count) = self.words.get_mut(&*word) {
            *count += 1;
        } else if self.words.len() < MOST_WORDS {
            self.words.insert(word.into_owned(), 1);
        } else {
            self.more += 1;
        }
    }

    /// Moments of any kind.
    pub(super) fn moments(&self) -> u64 {
        self.past + self.future + self.either
    }

    /// Values that are there.
    pub(super) fn filled(&self) -> u64 {
        self.rows - self.empty
    }

    /// Words and numbers.
    pub(super) fn worded(&self) -> u64 {
        self.words.values().sum::<u64>() + self.more
    }

    /// How many of the words pass.
    pub(super) fn count(&self, passes: impl Fn(&str) -> bool) -> u64 {
        self.words.iter().filter(|(word, _)| passes(word)).map(|(_, count)| count).sum()
    }

    /// More different words than a status has.
    pub(super) fn many(&self) -> bool {
        self.more > 0 || self.moments() > 0 || self.words.len() > MOST_STATUS
    }

    /// How many have a value and how many have none, without the values.
    pub(super) fn told_filled(&self) -> Vec<(String, u64)> {
        let zero = self.zero + self.words.get("0").copied().unwrap_or(0);
        let mut all = vec![
            ("a value".to_owned(), self.filled().saturating_sub(zero)),
            ("empty".to_owned(), self.empty + zero),
        ];
        all.retain(|(_, count)| *count > 0);
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }

    /// Whether not everyone has the same.
    pub(super) fn differ(&self) -> bool {
        self.pieces().len() + usize::from(self.more > 0) > 1
    }

    /// Each value in words, with what is counted of it alone.
    pub(super) fn pieces(&self) -> Vec<(String, Self)> {
        let piece = |rows| Self { rows, ..Self::default() };
        let word = |(word, count): (&String, &u64)| {
            let words = BTreeMap::from([(word.clone(), *count)]);
            (format!("“{word}”"), Self { words, ..piece(*count) })
        };
        let mut all: Vec<(String, Self)> = self.words.iter().map(word).collect();
        let none = self.empty + self.zero;
        all.extend([
            ("a time in the past".to_owned(), Self { past: self.past, ..piece(self.past) }),
            ("a time ahead".to_owned(), Self { future: self.future, ..piece(self.future) }),
            ("a date".to_owned(), Self { either: self.either, ..piece(self.either) }),
            ("empty".to_owned(), Self { empty: self.empty, zero: self.zero, ..piece(none) }),
        ]);
        all.retain(|(_, piece)| piece.rows > 0);
        all
    }

    /// The values in words, with how often each is there, the most frequent first; the last is what is left.
    pub(super) fn told(&self, most: usize) -> Vec<(String, u64)> {
        let mut all: Vec<(String, u64)> =
            self.pieces().into_iter().map(|(words, piece)| (words, piece.rows)).collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let rest = all.iter().skip(most).map(|(_, count)| count).sum::<u64>() + self.more;
        all.truncate(most);
        if rest > 0 {
            all.push(("others".to_owned(), rest));
        }
        all
    }
}
