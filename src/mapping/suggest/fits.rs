//! Whether a column's values fit what its name says.

use super::dictionary::Meaning;
use super::looks::{self, Column, Kind};
use crate::model::looks_stored;

/// Whether a column's values fit a meaning: `None` if not, else how much surer they make it.
pub(super) fn fits(meaning: Meaning, column: &Column<'_>) -> Option<f64> {
    use Meaning::{
        Active, Attribute, FullName, Group, Inactive, InactiveSince, LastSignIn, Password, Phone, Salt,
    };
    let kind = column.kind();
    let texty = matches!(kind, Kind::Text | Kind::Unknown | Kind::List);
    let blank = column.blank();
    // No column of stored passwords goes anywhere else, whatever it is called.
    if meaning != Password && column.share(looks_stored) > 0.2 {
        return None;
    }
    let when = |fits: bool, surer: f64| fits.then_some(surer);
    let mostly = |passes: fn(&str) -> bool, least: f64| blank || column.share(passes) >= least;
    match meaning {
        Attribute("email" | "secondEmail") => {
            when(texty && mostly(looks::email, 0.3), if blank { 0.0 } else { 5.0 })
        }
        Attribute("mobilePhone" | "primaryPhone") | Phone => {
            when((texty || kind == Kind::Number) && mostly(looks::phone, 0.4), 0.0)
        }
        Attribute("countryCode") => {
            let short = column.type_name.contains("(2)");
            when(texty && if blank { short } else { column.share(looks::country_code) >= 0.8 }, 0.0)
        }
        Attribute("locale" | "preferredLanguage") => when(texty && mostly(looks::locale, 0.8), 0.0),
        Attribute("timezone") => when(texty && mostly(looks::timezone, 0.8), 0.0),
        Attribute("profileUrl") => when(texty && mostly(looks::url, 0.8), 0.0),
        Attribute("zipCode" | "employeeNumber" | "costCenter") => {
            when((texty || kind == Kind::Number) && column.share(looks::uuid) < 0.5, 0.0)
        }
        Attribute("login") => when(texty && column.share(looks::uuid) < 0.5, 0.0),
        Attribute("state") => when(texty && column.share(looks::boolean) < 0.5, 0.0),
        Attribute(_) | FullName => {
            when(texty && column.share(looks::uuid) < 0.5 && column.share(looks::email) < 0.5, 0.0)
        }
        Password => {
            let secret = texty || kind == Kind::Bytes;
            let surer = if column.share(looks_stored) > 0.5 { 20.0 } else { 0.0 };
            when(secret && column.share(looks::boolean) < 0.5, surer)
        }
        Salt => when(!matches!(kind, Kind::Truth | Kind::Moment), 0.0),
        // Judged by name and values together.
        Active | Inactive | InactiveSince => None,
        LastSignIn => {
            let dates = column.values.iter().filter(|v| looks::date(v)).count();
            when(!matches!(kind, Kind::Truth | Kind::Bytes) && dates * 10 >= column.values.len() * 8, 0.0)
        }
        Group => when(texty && column.share(looks::uuid) < 0.5 && column.share(looks::email) < 0.5, 0.0),
    }
}
