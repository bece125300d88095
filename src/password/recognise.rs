//! What a text is: the families asked in turn, and the caps.

use super::method::{Conversion, Cost};
use super::reading::Reading;
#[cfg(test)]
use super::registry::FAMILIES;
use super::registry::families;
use super::scheme::Seen;
use super::text;

/// Asks the families in turn. Families that wrap others come here by [`Seen::recognise`].
pub(crate) fn recognise(seen: &Seen<'_>) -> Reading {
    let asked = families(seen.text).iter();
    let reading = asked.copied().find_map(|family| family.recognise(seen));
    in_its_case(reading.map_or(Reading::Unknown, within_caps), seen.text)
}

/// A value whose letters something made capital or small is damaged, though its grammar may be whole.
fn in_its_case(reading: Reading, text: &[u8]) -> Reading {
    match reading {
        Reading::Recognised(parsed) if text::lost_case(text) && !parsed.is_clear_text() => {
            let reason =
                "all its letters are of one case, which can't be: something made them capital or small";
            Reading::malformed("a hash", reason)
        }
        reading => reading,
    }
}

/// The same without a look at the first byte: what [`recognise`] has to come to.
#[cfg(test)]
pub(crate) fn recognise_by_walking(seen: &Seen<'_>) -> Reading {
    let mut all = FAMILIES.iter();
    let reading = all.find_map(|(_, family)| family.recognise(seen));
    in_its_case(reading.map_or(Reading::Unknown, within_caps), seen.text)
}

/// A value that could only be verified, and whose cost is over the caps, is refused here, before anyone counts on it.
pub(super) fn within_caps(reading: Reading) -> Reading {
    let Reading::Recognised(parsed) = reading else { return reading };
    match parsed.cost() {
        Cost::Over(reason) if !matches!(parsed.conversion(), Conversion::PlainText(_)) => {
            Reading::Refused { scheme: parsed.scheme(), label: parsed.label().to_owned().into(), reason }
        }
        _ => Reading::Recognised(parsed),
    }
}
