//! What is to be said of a column's values before any of them is imported.

use crate::model::{PasswordSettings, StoredPassword};

use super::doubt::{nobodys, unknown_product};
use super::method::Conversion;
use super::read::read;
use super::reading::Reading;
use super::{salt_column, systems, told};

/// What keeps a value from being imported until somebody states or proves how it was made, as the rest of a sentence about its column.
/// `None` where nothing such does.
pub fn concern(stored: &StoredPassword, settings: &PasswordSettings) -> Option<String> {
    const UNTIL: &str = "Until then the hook checks them and none is imported";
    if let Some(why) = told::unread(settings, stored) {
        return Some(format!("{why}. State it for such rows, or prove one with a known password. {UNTIL}"));
    }
    if let Some(word) = unknown_product(settings) {
        return Some(format!("{}. {UNTIL}", nobodys(word)));
    }
    let system = settings.made_by.as_deref().and_then(systems::system_of);
    match (read(stored, settings), system) {
        (Reading::Ambiguous(candidates), _) if candidates.by_salt() => {
            let named = salt_column::named(stored).map(|name| format!("The column “{name}”: "));
            Some(format!("{}{}. {UNTIL}", named.unwrap_or_default(), candidates.ask))
        }
        (Reading::Ambiguous(candidates), Some(system)) if candidates.ask == system.ask => {
            Some(format!("{}. {UNTIL}", system.ask))
        }
        (Reading::Recognised(parsed), Some(system))
            if parsed.scheme() == system.id && settings.assume.is_none() && system.doubtful() =>
        {
            Some(system.ask.to_owned())
        }
        (Reading::Recognised(parsed), _) if parsed.is_unproven() => match parsed.conversion() {
            Conversion::Hook { reason } => Some(reason.into_owned()),
            _ => None,
        },
        _ => None,
    }
}
