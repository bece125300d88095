//! Numbers as people read them.

/// A number as people write it: `48,210`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with the word it counts: `1 person`, `48,210 people`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// `1 person`, `48,210 people`.
pub fn people(n: u64) -> String {
    counted(n, "person", "people")
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_thousands_are_parted() {
        assert_eq!((people(0).as_str(), people(1).as_str()), ("0 people", "1 person"));
        assert_eq!((people(48_210).as_str(), number(1_000_000).as_str()), ("48,210 people", "1,000,000"));
        assert_eq!((number(7), number(999)), ("7".into(), "999".into()));
    }
}
