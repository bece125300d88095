//! A value on its way through the changes of a rule.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::codes;
use crate::model::Value;

/// A value on its way. Text is borrowed from the record as long as no change touches it.
#[derive(Clone, PartialEq)]
pub(super) enum Flow<'a> {
    /// No value.
    Nothing,
    /// Text, never empty.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Real(f64),
    /// True or false.
    Truth(bool),
    /// A moment.
    Moment(DateTime<Utc>),
    /// Several texts, none empty, at least one.
    Many(Vec<Cow<'a, str>>),
}

/// Why a value can't be used as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotText {
    /// It holds bytes that are no text.
    Bytes,
    /// It was left in the source.
    TooLarge,
}

impl NotText {
    /// The code of the finding, and its words behind the attribute's name.
    pub(super) fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Bytes => (codes::VALUE_NOT_TEXT, "holds bytes that are no text (not UTF-8), left out"),
            Self::TooLarge => (codes::VALUE_TOO_LARGE, "is larger than 1 MiB in the source, left out"),
        }
    }
}

impl<'a> Flow<'a> {
    /// From a record's value.
    pub(super) fn of(value: &'a Value) -> Result<Self, NotText> {
        Ok(match value {
            Value::Null => Self::Nothing,
            Value::Text(text) => Self::text(Cow::Borrowed(text)),
            Value::Integer(n) => Self::Whole(*n),
            Value::Real(n) => Self::Real(*n),
            Value::Bool(b) => Self::Truth(*b),
            Value::Time(t) => Self::Moment(*t),
            Value::Bytes(bytes) => {
                Self::text(Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| NotText::Bytes)?))
            }
            Value::TooLarge => return Err(NotText::TooLarge),
            Value::List(values) => {
                let texts: Vec<_> =
                    values.iter().filter_map(Value::as_text).filter(|t| !t.is_empty()).collect();
                // A list of bytes that are no text must not look like an empty one.
                if texts.is_empty() && values.iter().any(|v| !v.is_empty()) {
                    let large = values.contains(&Value::TooLarge);
                    return Err(if large { NotText::TooLarge } else { NotText::Bytes });
                }
                Self::many(texts)
            }
        })
    }

    /// Text, or nothing if it is empty.
    pub(super) fn text(text: Cow<'a, str>) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// A list without its empty parts, or nothing if none is left.
    pub(super) fn many(mut texts: Vec<Cow<'a, str>>) -> Self {
        texts.retain(|t| !t.is_empty());
        if texts.is_empty() { Self::Nothing } else { Self::Many(texts) }
    }

    /// Numbers, truths and moments as the text an administrator would expect; lists stay lists.
    pub(super) fn worded(self) -> Self {
        let value = match self {
            Self::Whole(n) => Value::Integer(n),
            Self::Real(n) => Value::Real(n),
            Self::Truth(b) => Value::Bool(b),
            Self::Moment(t) => Value::Time(t),
            other @ (Self::Nothing | Self::Text(_) | Self::Many(_)) => return other,
        };
        value.as_text().map_or(Self::Nothing, |text| Self::text(Cow::Owned(text.into_owned())))
    }

    /// The value as one text: of a list the first.
    pub(super) fn into_one(self) -> Option<Cow<'a, str>> {
        match self.worded() {
            Self::Text(text) => Some(text),
            Self::Many(texts) => texts.into_iter().next(),
            _ => None,
        }
    }

    /// The value as texts: no value gives none.
    pub(super) fn into_all(self) -> Vec<Cow<'a, str>> {
        match self.worded() {
            Self::Text(text) => vec![text],
            Self::Many(texts) => texts,
            _ => Vec::new(),
        }
    }
}
