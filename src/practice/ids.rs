//! Ids as Okta makes them: a prefix, then 17 letters and digits that tell nothing.
//!
//! The last nine hide the entity's number, so that finding an entity by id needs no table.

use super::dice::Dice;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Odd, so that multiplying by it can be undone modulo 2^48.
const SPREAD: u64 = 0x5851_F42D_4C95;
const MASK: u64 = (1 << 48) - 1;

/// What an id names, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Group,
    Hook,
}

impl Kind {
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::User => "00u",
            Self::Group => "00g",
            Self::Hook => "cal",
        }
    }
}

/// Makes and reads the ids of one org.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    mark: String,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { mark: letters(&mut Dice::new(seed ^ 0x1D5), 8) }
    }

    /// The id of an entity by its number.
    pub(crate) fn id(&self, kind: Kind, number: u32) -> String {
        let mut hidden = (u64::from(number) + 0x1F_0000_0001).wrapping_mul(SPREAD) & MASK;
        let mut tail = [b'0'; 9];
        for place in tail.iter_mut().rev() {
            *place = DIGITS[usize::try_from(hidden % 62).unwrap_or(0)];
            hidden /= 62;
        }
        let mut id = String::with_capacity(20);
        id.push_str(kind.prefix());
        id.push_str(&self.mark);
        id.extend(tail.iter().map(|&digit| char::from(digit)));
        id
    }

    /// The number behind an id of this org; `None` for any other text.
    pub(crate) fn number(&self, kind: Kind, id: &str) -> Option<u32> {
        let number = Self::number_of_any_org(kind, id)?;
        (self.id(kind, number) == id).then_some(number)
    }

    /// The number behind an id, whichever org made it.
    pub(crate) fn number_of_any_org(kind: Kind, id: &str) -> Option<u32> {
        if id.len() != 20 || !id.is_ascii() || !id.starts_with(kind.prefix()) {
            return None;
        }
        let mut hidden = 0_u64;
        for digit in id.bytes().skip(11) {
            let value = DIGITS.iter().position(|&known| known == digit)?;
            hidden = hidden.checked_mul(62)?.checked_add(value as u64)?;
        }
        if hidden > MASK {
            return None;
        }
        let shifted = hidden.wrapping_mul(inverse(SPREAD)) & MASK;
        u32::try_from(shifted.checked_sub(0x1F_0000_0001)?).ok()
    }
}

/// The inverse of an odd number modulo 2^64 (Newton's iteration doubles the right bits each time).
fn inverse(odd: u64) -> u64 {
    let mut found = odd;
    for _ in 0..6 {
        found = found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found)));
    }
    found
}

/// A letter or digit for a byte.
pub(crate) fn letter(byte: u8) -> char {
    char::from(DIGITS[usize::from(byte) % DIGITS.len()])
}

/// So many letters and digits by seeded chance.
pub(crate) fn letters(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| char::from(DIGITS[usize::try_from(dice.next() % 62).unwrap_or(0)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_number() {
        let ids = Ids::new(3);
        for number in [0, 1, 2, 999_999, u32::MAX] {
            let id = ids.id(Kind::User, number);
            assert_eq!(id.len(), 20);
            assert!(id.starts_with("00u"));
            assert_eq!(ids.number(Kind::User, &id), Some(number));
            assert_eq!(ids.number(Kind::Group, &id), None);
        }
    }

    #[test]
    fn ids_of_another_org_are_strangers() {
        let id = Ids::new(1).id(Kind::User, 5);
        assert_eq!(Ids::new(2).number(Kind::User, &id), None);
        assert_eq!(Ids::number_of_any_org(Kind::User, &id), Some(5));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = Ids::new(1).number(Kind::User, &text);
        }

        #[test]
        fn every_number_comes_back(number: u32, seed: u64) {
            let ids = Ids::new(seed);
            proptest::prop_assert_eq!(ids.number(Kind::Group, &ids.id(Kind::Group, number)), Some(number));
        }
    }
}
