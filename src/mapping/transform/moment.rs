//! Whether a moment has come: of a deletion, of the end of a ban, of the day an account runs out.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::date::{self, Order, Reading};
use crate::mapping::flow::Flow;

/// Where a value stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Standing {
    /// No value, or what programs write for "never": 0, `0000-00-00`, 1970-01-01, 0001-01-01.
    Nothing,
    /// It has come.
    Past,
    /// It lies ahead; for ever, too (`infinity`, 9999-12-31, -1).
    Future,
    /// No moment.
    Unreadable,
}

/// Days that programs write where there is none: the zero of Unix, Windows, SQL Server, Excel and OLE.
const ZERO_DAYS: [(i32, u32, u32); 6] =
    [(1970, 1, 1), (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1)];

/// Words for no moment.
const NEVER: [&str; 18] = [
    "never",
    "none",
    "null",
    "nil",
    "n/a",
    "na",
    "-",
    "–",
    "no",
    "false",
    "nie",
    "nein",
    "jamais",
    "nunca",
    "mai",
    "nooit",
    "nikdy",
    "-infinity",
];

/// Words for a moment that never comes to an end.
const FOREVER: [&str; 12] = [
    "infinity",
    "forever",
    "permanent",
    "permanently",
    "unlimited",
    "indefinite",
    "indefinitely",
    "always",
    "unbefristet",
    "illimité",
    "indefinido",
    "unbegrenzt",
];

/// Where a value stands at `now`. A day lasts to its end (UTC).
pub(in crate::mapping) fn standing(flow: &Flow<'_>, now: DateTime<Utc>) -> Standing {
    match flow {
        Flow::Nothing | Flow::Truth(false) => Standing::Nothing,
        Flow::Truth(true) => Standing::Past,
        Flow::Moment(moment) => at(*moment, now),
        Flow::Whole(number) => of_number(*number, now),
        Flow::Real(number) => of_text(&format!("{:.0}", number.trunc()), now),
        Flow::Text(text) => of_text(text, now),
        Flow::Many(texts) => texts.first().map_or(Standing::Nothing, |text| of_text(text, now)),
    }
}

fn of_number(number: i64, now: DateTime<Utc>) -> Standing {
    match number {
        0 => Standing::Nothing,
        // For ever; the year 9999 as a date, in seconds and in milliseconds, which has as few digits as a time of our days in smaller
        // units; and seconds after 2286.
        i64::MAX
        | ..=-1
        | 99_990_101..=99_991_231
        | 253_370_764_800..=253_402_300_800
        | 253_370_764_800_000..=253_402_300_800_000
        | 10_000_000_000..=99_999_999_999 => Standing::Future,
        other => match date::read_number(other) {
            // Milliseconds after 2286; what begins with 19 or 20 is a date and time.
            Reading::Unknown if (10_000_000_000_000..100_000_000_000_000).contains(&other) => {
                Standing::Future
            }
            reading => of_reading(reading, now),
        },
    }
}

fn of_text(text: &str, now: DateTime<Utc>) -> Standing {
    let text = text.trim();
    if text.is_empty() {
        return Standing::Nothing;
    }
    if let Ok(number) = text.parse::<i64>() {
        // 00000000 is a day without one.
        return of_number(number, now);
    }
    let word = text.to_lowercase();
    if NEVER.contains(&word.as_str()) {
        return Standing::Nothing;
    }
    if FOREVER.contains(&word.as_str()) {
        return Standing::Future;
    }
    // OpenLDAP's pwdAccountLockedTime for those an administrator locked: since ever.
    if text == "000001010000Z" {
        return Standing::Past;
    }
    match date::read(text) {
        Reading::Never => Standing::Nothing,
        // Read either way, it may stand on the same side.
        Reading::Ambiguous => {
            let [a, b] = [Order::DayFirst, Order::MonthFirst]
                .map(|order| of_reading(date::read_in(text, Some(order)), now));
            if a == b { a } else { Standing::Unreadable }
        }
        other => of_reading(other, now),
    }
}

fn of_reading(reading: Reading, now: DateTime<Utc>) -> Standing {
    match reading {
        Reading::Never => Standing::Nothing,
        Reading::Day(day) if is_zero(day) => Standing::Nothing,
        Reading::Day(day) if day < now.date_naive() => Standing::Past,
        Reading::Day(_) => Standing::Future,
        Reading::Moment(moment) => at(moment, now),
        Reading::Ambiguous | Reading::Unknown => Standing::Unreadable,
    }
}

fn at(moment: DateTime<Utc>, now: DateTime<Utc>) -> Standing {
    if is_zero(moment.date_naive()) {
        Standing::Nothing
    } else if moment <= now {
        Standing::Past
    } else {
        Standing::Future
    }
}

fn is_zero(day: NaiveDate) -> bool {
    day.year() <= 1 || ZERO_DAYS.contains(&(day.year(), day.month(), day.day()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-05-11T12:00:00Z".parse().unwrap()
    }

    fn text(text: &str) -> Standing {
        standing(&Flow::text(Cow::Borrowed(text)), now())
    }

    #[test]
    fn moments_as_programs_write_them() {
        use Standing::{Future, Nothing, Past, Unreadable};
        for (value, expected) in [
            ("", Nothing),
            (" ", Nothing),
            ("0", Nothing),
            ("00000000", Nothing),
            ("0000-00-00", Nothing),
            ("0000-00-00 00:00:00", Nothing),
            ("1970-01-01 00:00:00+00", Nothing),
            ("0001-01-01T00:00:00Z", Nothing),
            ("1900-01-01", Nothing),
            ("never", Nothing),
            ("-infinity", Nothing),
            ("infinity", Future),
            ("9999-12-31 23:59:59", Future),
            ("9223372036854775807", Future),
            ("-1", Future),
            ("Permanent", Future),
            ("2024-05-01 10:00:00", Past),
            ("2026-05-11T11:59:59Z", Past),
            ("2026-05-11T12:00:01Z", Future),
            // The last day is a whole day.
            ("2026-05-11", Future),
            ("2026-05-10", Past),
            ("20260510", Past),
            ("1714566600", Past),
            ("1714566600000", Past),
            ("4102444800", Future),
            ("133590402000000000", Past),
            ("03/04/2020", Past),
            ("03/04/2030", Future),
            ("05/06/2026", Unreadable),
            ("1", Unreadable),
            ("99991231", Future),
            ("253402300799", Future),
            ("253402300799999", Future),
            ("32503680000", Future),
            ("32503680000000", Future),
            ("000001010000Z", Past),
            ("gone", Unreadable),
        ] {
            assert_eq!(text(value), expected, "{value}");
        }
        assert_eq!(standing(&Flow::Whole(1_714_566_600_000), now()), Past);
        assert_eq!(standing(&Flow::Real(1_714_566_600.5), now()), Past);
        assert_eq!(standing(&Flow::Truth(true), now()), Past);
        assert_eq!(standing(&Flow::Truth(false), now()), Nothing);
        assert_eq!(standing(&Flow::Moment(now()), now()), Past);
    }

    proptest! {
        #[test]
        fn any_value_is_taken(word in any::<String>(), number in any::<i64>(), real in any::<f64>()) {
            text(&word);
            standing(&Flow::Whole(number), now());
            standing(&Flow::Real(real), now());
        }
    }
}
