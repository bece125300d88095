//! A value on its way through the changes of a rule.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

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

/// The value holds bytes that are no text.
pub(super) struct NotText;

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
                Self::text(Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| NotText)?))
            }
            Value::List(values) => {
                let texts: Vec<_> =
                    values.iter().filter_map(Value::as_text).filter(|t| !t.is_empty()).collect();
                // A list of bytes that are no text must not look like an empty one.
                if texts.is_empty() && values.iter().any(|v| !v.is_empty()) {
                    return Err(NotText);
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
