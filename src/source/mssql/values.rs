//! SQL Server's values as ours.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tiberius::{ColumnData, Row};

use crate::model::Value;
use crate::source::batch::MAX_VALUE;

/// The values of a row, of so many columns. Positions of those that are too large, and so left out, are added to `oversized`.
pub(super) fn values(row: &Row, padded: &[bool], oversized: &mut Vec<usize>) -> Vec<Value> {
    row.cells()
        .enumerate()
        .map(|(at, (_, data))| {
            if size_of_data(data) > MAX_VALUE {
                oversized.push(at);
                return Value::TooLarge;
            }
            match value(data) {
                // `char(n)` is filled up with blanks that mean nothing.
                Value::Text(text) if padded.get(at) == Some(&true) => {
                    Value::Text(text.trim_end_matches(' ').to_owned())
                }
                value => value,
            }
        })
        .collect()
}

/// How many bytes a row's values hold.
pub(super) fn size(row: &Row) -> usize {
    row.cells().map(|(_, data)| size_of_data(data)).sum()
}

fn size_of_data(data: &ColumnData<'_>) -> usize {
    match data {
        ColumnData::String(Some(text)) => text.len(),
        ColumnData::Binary(Some(bytes)) => bytes.len(),
        ColumnData::Xml(Some(xml)) => xml.to_string().len(),
        _ => 0,
    }
}

/// A cell's text, of a column that holds text.
pub(super) fn text(row: &Row, at: usize) -> Option<String> {
    let (_, data) = row.cells().nth(at)?;
    value(data).as_text().map(std::borrow::Cow::into_owned)
}

/// A cell's number.
pub(super) fn number(row: &Row, at: usize) -> Option<i64> {
    let (_, data) = row.cells().nth(at)?;
    match value(data) {
        Value::Integer(number) => Some(number),
        Value::Bool(truth) => Some(i64::from(truth)),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn value(data: &ColumnData<'_>) -> Value {
    let found = match data {
        ColumnData::U8(n) => n.map(|n| Value::Integer(n.into())),
        ColumnData::I16(n) => n.map(|n| Value::Integer(n.into())),
        ColumnData::I32(n) => n.map(|n| Value::Integer(n.into())),
        ColumnData::I64(n) => n.map(Value::Integer),
        // The shortest form that means this number, and not what a longer type makes of it.
        ColumnData::F32(n) => n.map(|n| Value::Real(n.to_string().parse().unwrap_or(f64::from(n)))),
        ColumnData::F64(n) => n.map(Value::Real),
        ColumnData::Bit(truth) => truth.map(Value::Bool),
        ColumnData::String(text) => text.as_ref().map(|text| Value::Text(text.to_string())),
        ColumnData::Guid(id) => id.map(|id| Value::Text(id.to_string())),
        ColumnData::Binary(bytes) => bytes.as_ref().map(|bytes| Value::Bytes(bytes.to_vec())),
        ColumnData::Numeric(number) => {
            number.map(|number| Value::Text(decimal(number.value(), number.scale())))
        }
        ColumnData::Xml(xml) => xml.as_ref().map(|xml| {
            // SQL Server puts a mark of its encoding before it.
            Value::Text(xml.to_string().trim_start_matches('\u{feff}').to_owned())
        }),
        ColumnData::DateTime(moment) => {
            moment.and_then(|m| since_1900(m.days().into(), ticks(m.seconds_fragments())))
        }
        ColumnData::SmallDateTime(moment) => moment.and_then(|m| {
            since_1900(i64::from(m.days()), Duration::minutes(i64::from(m.seconds_fragments())))
        }),
        ColumnData::DateTime2(moment) => {
            moment.and_then(|m| since_1(m.date().days(), m.time().increments(), m.time().scale()))
        }
        // The moment is in UTC already; the offset only says how it was written.
        ColumnData::DateTimeOffset(moment) => moment.and_then(|m| {
            let m = m.datetime2();
            since_1(m.date().days(), m.time().increments(), m.time().scale())
        }),
        ColumnData::Date(found) => {
            found.and_then(|found| day(found.days())).map(|day| Value::Text(day.to_string()))
        }
        ColumnData::Time(time) => time
            .and_then(|time| {
                let since = nanoseconds(time.increments(), time.scale())?;
                Some(NaiveTime::MIN.overflowing_add_signed(since).0)
            })
            .map(|time| Value::Text(time.format("%H:%M:%S%.f").to_string())),
    };
    found.unwrap_or(Value::Null)
}

/// A number of so many places after the point.
fn decimal(value: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Three hundredths of a second: `datetime` shows them rounded to thousandths.
fn ticks(fragments: u32) -> Duration {
    Duration::milliseconds((i64::from(fragments) * 10 + 1) / 3)
}

fn since_1900(days: i64, since: Duration) -> Option<Value> {
    let start = NaiveDate::from_ymd_opt(1900, 1, 1)?;
    let day = start.checked_add_signed(Duration::try_days(days)?)?;
    moment(day.and_time(NaiveTime::MIN).checked_add_signed(since)?)
}

fn day(days: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1, 1, 1)?.checked_add_signed(Duration::try_days(days.into())?)
}

/// Units of a tenth to the power of the scale, of a second.
fn nanoseconds(increments: u64, scale: u8) -> Option<Duration> {
    let unit = 10_i64.checked_pow(9_u32.checked_sub(scale.into())?)?;
    Some(Duration::nanoseconds(i64::try_from(increments).ok()?.checked_mul(unit)?))
}

fn since_1(days: u32, increments: u64, scale: u8) -> Option<Value> {
    let since = nanoseconds(increments, scale)?;
    moment(day(days)?.and_time(NaiveTime::MIN).checked_add_signed(since)?)
}

fn moment(moment: NaiveDateTime) -> Option<Value> {
    let moment: DateTime<Utc> = moment.and_utc();
    // Millionths, as every other database has them.
    DateTime::from_timestamp_micros(moment.timestamp_micros()).map(Value::Time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tiberius::numeric::Numeric;
    use tiberius::time;

    use super::*;

    fn at(text: &str) -> Value {
        Value::Time(text.parse().unwrap())
    }

    #[test]
    fn numbers_keep_their_places() {
        let text = |value, scale| decimal(value, scale);
        assert_eq!(text(-123_400, 4), "-12.3400");
        assert_eq!(text(5, 2), "0.05");
        assert_eq!(text(7, 0), "7");
        let number = ColumnData::Numeric(Some(Numeric::new_with_scale(-5, 2)));
        assert_eq!(value(&number), Value::Text("-0.05".into()));
        assert_eq!(value(&ColumnData::F32(Some(0.1))), Value::Real(0.1));
    }

    #[test]
    fn moments() {
        let datetime = ColumnData::DateTime(Some(time::DateTime::new(45_411, 10_800_037)));
        assert_eq!(value(&datetime), at("2024-05-01T10:00:00.123Z"));
        let small = ColumnData::SmallDateTime(Some(time::SmallDateTime::new(45_411, 601)));
        assert_eq!(value(&small), at("2024-05-01T10:01:00Z"));
        let precise = time::DateTime2::new(time::Date::new(739_006), time::Time::new(360_001_234_567, 7));
        assert_eq!(value(&ColumnData::DateTime2(Some(precise))), at("2024-05-01T10:00:00.123456Z"));
        let date = ColumnData::Date(Some(time::Date::new(739_006)));
        assert_eq!(value(&date), Value::Text("2024-05-01".into()));
        let time = ColumnData::Time(Some(time::Time::new(36_000_125, 3)));
        assert_eq!(value(&time), Value::Text("10:00:00.125".into()));
    }

    proptest! {
        #[test]
        fn never_panics(days in any::<i32>(), units in any::<u32>(), many in any::<u64>(), scale in any::<u8>(), big in any::<i128>()) {
            let _ = since_1900(days.into(), ticks(units));
            let _ = since_1(units, many, scale);
            let _ = nanoseconds(many, scale);
            let _ = decimal(big, scale % 39);
        }
    }
}
