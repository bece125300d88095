//! Dates and moments as people and programs write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};

use crate::mapping::types::Transform;

/// What a text says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Reading {
    /// A day.
    Day(NaiveDate),
    /// A moment; without a zone it is taken as UTC.
    Moment(DateTime<Utc>),
    /// A program's way of saying "never" (`0000-00-00`, a time stamp of 0).
    Never,
    /// Two readings are possible (`03/04/2020`).
    Ambiguous,
    /// No form that is known.
    Unknown,
}

impl Reading {
    /// The moment; a day is its first moment.
    pub(in crate::mapping) fn moment(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Day(day) => Some(Utc.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN))),
            Self::Never | Self::Ambiguous | Self::Unknown => None,
        }
    }
}

/// Reads a date or moment in one format of chrono's strftime. Tries a moment with a zone, one without, and a day.
pub(super) fn read_as(text: &str, format: &str) -> Reading {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_str(text, format) {
        return Reading::Moment(moment.to_utc());
    }
    if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
        return Reading::Moment(moment.and_utc());
    }
    NaiveDate::parse_from_str(text, format).map_or(Reading::Unknown, Reading::Day)
}

/// Whether chrono understands a format at all.
pub(super) fn format_is_valid(format: &str) -> bool {
    use chrono::format::{Item, StrftimeItems};
    !StrftimeItems::new(format).any(|item| matches!(item, Item::Error))
}

/// Which comes first in a date of three numbers that ends with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Order {
    /// `31/12/2024`
    DayFirst,
    /// `12/31/2024`
    MonthFirst,
}

impl Order {
    /// The words that state it in place of a format.
    pub(in crate::mapping) const fn words(self) -> &'static str {
        match self {
            Self::DayFirst => Transform::DAY_FIRST,
            Self::MonthFirst => Transform::MONTH_FIRST,
        }
    }

    /// The reverse of [`Order::words`].
    pub(in crate::mapping) fn stated(format: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst].into_iter().find(|order| order.words() == format)
    }
}

/// What a date's own numbers tell of the order it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Told {
    /// Nothing: it reads the same either way (`2024-05-01`, `05/05/2024`), or not at all.
    Nothing,
    /// One of the numbers is no month: this is the order.
    Order(Order),
    /// It can be read either way.
    Either,
}

/// What a date's own numbers tell of the order it is written in.
pub(in crate::mapping) fn order_of(text: &str) -> Told {
    let (day, month) = (read_in(text, Some(Order::DayFirst)), read_in(text, Some(Order::MonthFirst)));
    match (day, month) {
        (Reading::Unknown, Reading::Unknown) => Told::Nothing,
        (_, Reading::Unknown) => Told::Order(Order::DayFirst),
        (Reading::Unknown, _) => Told::Order(Order::MonthFirst),
        (day, month) if day == month => Told::Nothing,
        _ => Told::Either,
    }
}

/// Reads a date or moment in one of the usual forms.
pub(in crate::mapping) fn read(text: &str) -> Reading {
    read_in(text, None)
}

/// The same, where it is stated which of day and month comes first.
pub(super) fn read_in(text: &str, order: Option<Order>) -> Reading {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 {
        return Reading::Unknown;
    }
    if text.eq_ignore_ascii_case("never") {
        return Reading::Never;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text);
    }
    // Unix time with a fraction: 1714564800.123
    if let Some((whole, fraction)) = text.split_once('.')
        && whole.len() >= 9
        && [whole, fraction].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    {
        return digits(whole);
    }
    let (date, time) = split_time(text);
    match day(date, order) {
        Reading::Day(day) if time.is_empty() => Reading::Day(day),
        Reading::Day(day) => at_time(day, time),
        Reading::Unknown => long_forms(text),
        other => other,
    }
}

/// Reads a number: Unix seconds, milliseconds or microseconds, `20240501`, or the 100 ns since 1601 of Windows.
pub(in crate::mapping) fn read_number(number: i64) -> Reading {
    match number {
        0 | i64::MAX => Reading::Never,
        1.. => digits(&number.to_string()),
        _ => Reading::Unknown,
    }
}

fn digits(text: &str) -> Reading {
    let Ok(number) = text.parse::<i64>() else { return generalized(text) };
    if number == 0 || number == i64::MAX {
        return Reading::Never;
    }
    let moment = match text.len() {
        8 => {
            return NaiveDate::parse_from_str(text, "%Y%m%d")
                .ok()
                .filter(|day| ("1850".."2200").contains(&day.format("%Y").to_string().as_str()))
                .map_or(Reading::Unknown, Reading::Day);
        }
        14 if text.starts_with("19") || text.starts_with("20") => return generalized(text),
        9 | 10 => DateTime::from_timestamp(number, 0),
        12 | 13 => DateTime::from_timestamp_millis(number),
        15 | 16 => DateTime::from_timestamp_micros(number),
        // Windows: 11,644,473,600 seconds lie between 1601 and 1970.
        17 | 18 => DateTime::from_timestamp(number / 10_000_000 - 11_644_473_600, 0),
        _ => None,
    };
    moment.map_or(Reading::Unknown, Reading::Moment)
}

/// `20240501120000`, a directory's time without its zone.
fn generalized(text: &str) -> Reading {
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S")
        .map_or(Reading::Unknown, |moment| Reading::Moment(moment.and_utc()))
}

/// The part before the time of day, and the time of day with its zone.
fn split_time(text: &str) -> (&str, &str) {
    let at = text.find(['T', 't', ' ', '\u{a0}']).unwrap_or(text.len());
    let (date, rest) = text.split_at(at);
    (date, rest.trim_start_matches(['T', 't', ' ', '\u{a0}', ',']))
}

/// A day of three numbers: `2024-05-01`, `2024/05/01`, `1.5.2024`, `13/05/2024`, `05/13/2024`.
fn day(text: &str, order: Option<Order>) -> Reading {
    let text = text.trim_end_matches([',', '.']);
    let Some(mark) = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))
    else {
        return Reading::Unknown;
    };
    let mut parts = text.split(mark);
    let (Some(first), Some(second), Some(third), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Reading::Unknown;
    };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let (Some(x), Some(y), Some(z)) = (number(first), number(second), number(third)) else {
        return Reading::Unknown;
    };
    let make = |year: u32, month: u32, day: u32| {
        i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .map_or(Reading::Unknown, Reading::Day)
    };
    match (first.len(), second.len(), third.len()) {
        // 0000-00-00, MySQL's way of saying nothing.
        (4, 2, 2) | (2, 2, 4) if [x, y, z] == [0, 0, 0] => Reading::Never,
        (4, 1 | 2, 1 | 2) => make(x, y, z),
        // With full stops the day is first wherever such dates are written.
        (1 | 2, 1 | 2, 4) if mark == '.' => make(z, y, x),
        (1 | 2, 1 | 2, 4) => match order {
            Some(Order::DayFirst) => make(z, y, x),
            Some(Order::MonthFirst) => make(z, x, y),
            None if x > 12 || x == y => make(z, y, x),
            None if y > 12 => make(z, x, y),
            None if (1..=12).contains(&x) && (1..=12).contains(&y) => Reading::Ambiguous,
            None => Reading::Unknown,
        },
        _ => Reading::Unknown,
    }
}

fn at_time(day: NaiveDate, time: &str) -> Reading {
    const ZONED: [&str; 4] = ["%H:%M:%S%.f%#z", "%H:%M%#z", "%H:%M:%S%.f %#z", "%H:%M %#z"];
    const PLAIN: [&str; 4] = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];
    for zone in ["Z", "z", " UTC", " GMT", "UTC", "GMT"] {
        if let Some(plain) = time.strip_suffix(zone) {
            return plain_time(day, plain.trim_end(), &PLAIN);
        }
    }
    if let reading @ Reading::Moment(_) = plain_time(day, time, &PLAIN) {
        return reading;
    }
    let whole = format!("{} {time}", day.format("%Y-%m-%d"));
    for format in ZONED {
        if let Ok(moment) = DateTime::parse_from_str(&whole, &format!("%Y-%m-%d {format}")) {
            return Reading::Moment(moment.to_utc());
        }
    }
    Reading::Unknown
}

fn plain_time(day: NaiveDate, time: &str, formats: &[&str]) -> Reading {
    formats
        .iter()
        .find_map(|format| chrono::NaiveTime::parse_from_str(time, format).ok())
        .map_or(Reading::Unknown, |time| Reading::Moment(day.and_time(time).and_utc()))
}

/// Forms with words in them, and a directory's `20240501120000.0Z`.
fn long_forms(text: &str) -> Reading {
    if let Some(plain) = text.strip_suffix(['Z', 'z']) {
        let plain = plain.split_once('.').map_or(plain, |(whole, _)| whole);
        if plain.len() == 14 && plain.bytes().all(|b| b.is_ascii_digit()) {
            return generalized(plain);
        }
    }
    if let Ok(moment) = DateTime::parse_from_rfc2822(text) {
        return Reading::Moment(moment.to_utc());
    }
    for format in [
        "%d %B %Y",
        "%B %d, %Y",
        "%B %d %Y",
        "%d. %B %Y",
        "%d %B, %Y",
        "%Y %B %d",
        "%Y-%b-%d",
        "%d-%b-%Y",
        "%d-%b-%y",
        "%Y%m%d",
    ] {
        if let Ok(day) = NaiveDate::parse_from_str(text, format) {
            return Reading::Day(day);
        }
    }
    for format in ["%d %B %Y %H:%M:%S", "%d %B %Y %H:%M", "%B %d, %Y %H:%M:%S", "%a %b %e %H:%M:%S %Y"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
            return Reading::Moment(moment.and_utc());
        }
    }
    Reading::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::SecondsFormat;
    use proptest::prelude::*;

    fn said(reading: Reading) -> String {
        match reading {
            Reading::Day(day) => day.to_string(),
            Reading::Moment(moment) => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn usual_forms() {
        for (text, expected) in [
            ("2024-05-01", "2024-05-01"),
            ("2024-05-01 12:30:00", "2024-05-01T12:30:00Z"),
            ("2024-05-01T12:30:00.5+02:00", "2024-05-01T10:30:00.500Z"),
            ("2024-05-01 12:30:00+02", "2024-05-01T10:30:00Z"),
            ("2024-05-01 12:30:00.123456 UTC", "2024-05-01T12:30:00.123456Z"),
            ("2024/5/1", "2024-05-01"),
            ("1.5.2024 08:15", "2024-05-01T08:15:00Z"),
            ("13/05/2024", "2024-05-13"),
            ("05/13/2024 1:05 PM", "2024-05-13T13:05:00Z"),
            ("05/05/2024", "2024-05-05"),
            ("03/04/2020", "Ambiguous"),
            ("20240501", "2024-05-01"),
            ("20240501123000.0Z", "2024-05-01T12:30:00Z"),
            ("20240501123000Z", "2024-05-01T12:30:00Z"),
            ("1 May 2024", "2024-05-01"),
            ("May 1, 2024", "2024-05-01"),
            ("Wed, 01 May 2024 12:30:00 GMT", "2024-05-01T12:30:00Z"),
            ("1714566600", "2024-05-01T12:30:00Z"),
            ("1714566600000", "2024-05-01T12:30:00Z"),
            ("133590402000000000", "2024-05-01T12:30:00Z"),
            ("0000-00-00 00:00:00", "Never"),
            ("0", "Never"),
            ("never", "Never"),
            ("2024-02-30", "Unknown"),
            ("soon", "Unknown"),
            ("", "Unknown"),
        ] {
            assert_eq!(said(read(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_stated_format_is_the_only_one() {
        assert_eq!(said(read_as("03/04/2020", "%d/%m/%Y")), "2020-04-03");
        assert_eq!(said(read_as("03/04/2020 10:00", "%m/%d/%Y %H:%M")), "2020-03-04T10:00:00Z");
        assert_eq!(said(read_as("2020-04-03", "%d/%m/%Y")), "Unknown");
        assert!(format_is_valid("%d/%m/%Y") && !format_is_valid("%Q"));
    }

    #[test]
    fn a_stated_order_reads_what_can_be_read_two_ways_and_nothing_against_it() {
        let read = |text, order| said(read_in(text, Some(order)));
        assert_eq!(read("03/04/2020", Order::DayFirst), "2020-04-03");
        assert_eq!(read("3-4-2020 10:00", Order::MonthFirst), "2020-03-04T10:00:00Z");
        assert_eq!(read("13/05/2020", Order::MonthFirst), "Unknown");
        assert_eq!(read("2020-04-03", Order::MonthFirst), "2020-04-03");
        assert_eq!(read("3.4.2020", Order::MonthFirst), "2020-04-03");
        for order in [Order::DayFirst, Order::MonthFirst] {
            assert_eq!(Order::stated(order.words()), Some(order));
            assert!(format_is_valid(order.words()));
        }
        assert_eq!(Order::stated("%d/%m/%Y"), None);
    }

    #[test]
    fn a_date_tells_its_order_where_one_number_is_no_month() {
        for (text, told) in [
            ("31/12/2024", Told::Order(Order::DayFirst)),
            ("31-12-2024 08:15", Told::Order(Order::DayFirst)),
            ("12/31/2024", Told::Order(Order::MonthFirst)),
            ("03/04/2024", Told::Either),
            ("05/05/2024", Told::Nothing),
            ("2024-12-31", Told::Nothing),
            ("31.12.2024", Told::Nothing),
            ("1714566600", Told::Nothing),
            ("99/99/2024", Told::Nothing),
            ("soon", Told::Nothing),
        ] {
            assert_eq!(order_of(text), told, "{text}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(said(read_number(1_714_566_600)), "2024-05-01T12:30:00Z");
        assert_eq!(read_number(0), Reading::Never);
        assert_eq!(read_number(i64::MAX), Reading::Never);
        assert_eq!(read_number(-5), Reading::Unknown);
        assert_eq!(read_number(42), Reading::Unknown);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<String>(), format in any::<String>()) {
            let _ = read(&text);
            if format_is_valid(&format) {
                let _ = read_as(&text, &format);
            }
        }

        #[test]
        fn any_dateish_text_is_taken(text in "[0-9TZ:./+ -]{0,30}") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_written_is_read_again(seconds in 200_000_000_i64..4_000_000_000) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            prop_assert_eq!(read(&moment.to_rfc3339()), Reading::Moment(moment));
            prop_assert_eq!(read(&moment.format("%Y-%m-%d %H:%M:%S").to_string()), Reading::Moment(moment));
        }
    }
}
