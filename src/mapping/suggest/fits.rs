//! Whether a column's values fit what its name says.

use super::dictionary::Meaning;
use super::looks::{self, Column, Kind};
use super::words::fold;

/// Whether a column's values fit a meaning: `None` if not, else how much surer they make it.
pub(super) fn fits(meaning: Meaning, column: &Column<'_>) -> Option<f64> {
    use Meaning::{
        Active, Attribute, FullName, Group, Inactive, InactiveSince, LastSignIn, Password, Phone, Salt,
    };
    let kind = column.kind();
    let texty = matches!(kind, Kind::Text | Kind::Unknown | Kind::List);
    let blank = column.blank();
    // No column of stored passwords goes anywhere else, whatever it is called.
    if meaning != Password && column.share(looks::password) > 0.2 {
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
            let surer = if column.share(looks::password) > 0.5 { 20.0 } else { 0.0 };
            when(secret && column.share(looks::boolean) < 0.5, surer)
        }
        Salt => when(!matches!(kind, Kind::Truth | Kind::Moment), 0.0),
        Active => active(column, kind),
        Inactive => {
            let says = matches!(kind, Kind::Truth | Kind::Number | Kind::Text | Kind::Unknown);
            when(says && mostly(looks::boolean, 0.8) && !(blank && kind == Kind::Text), 0.0)
        }
        InactiveSince => {
            let dates = column.values.iter().filter(|v| looks::date(v)).count();
            when(kind != Kind::Truth && dates == column.values.len(), 0.0)
        }
        LastSignIn => {
            let dates = column.values.iter().filter(|v| looks::date(v)).count();
            when(!matches!(kind, Kind::Truth | Kind::Bytes) && dates * 10 >= column.values.len() * 8, 0.0)
        }
        Group => when(texty && column.share(looks::uuid) < 0.5 && column.share(looks::email) < 0.5, 0.0),
    }
}

/// The values of Windows' `userAccountControl` for accounts that are switched on; two more each when they are off.
pub(super) const ACCOUNT_CONTROL: [u32; 6] = [512, 544, 66048, 66080, 262_656, 328_192];

/// Letters of a status column: only `A` may sign in.
pub(super) const STATUS_LETTERS: [&str; 8] = ["a", "i", "d", "s", "t", "l", "x", "b"];

/// Whether a status column is written in such letters.
pub(super) fn status_letters(column: &Column<'_>) -> bool {
    !column.blank()
        && column.share(|text| STATUS_LETTERS.contains(&text.to_lowercase().as_str())) >= 0.99
        && column.share(|text| text.eq_ignore_ascii_case("a")) > 0.3
}

/// Whether the column is Windows' `userAccountControl`.
pub(super) fn account_control(column: &Column<'_>) -> bool {
    fold(column.name) == "useraccountcontrol"
}

fn active(column: &Column<'_>, kind: Kind) -> Option<f64> {
    if account_control(column) || status_letters(column) {
        return Some(0.0);
    }
    // What 0 and 1 of a status mean differs from product to product (in WordPress 0 is fine): only words count.
    let says_nothing = ["status", "state"].iter().any(|word| fold(column.name).ends_with(word));
    let fits = match kind {
        Kind::Truth => true,
        Kind::Number => !says_nothing && (column.blank() || column.share(looks::boolean) >= 0.9),
        Kind::Text | Kind::Unknown => {
            let words = |text: &str| {
                looks::boolean(text) && !(says_nothing && text.bytes().all(|b| b.is_ascii_digit()))
            };
            if column.blank() { !says_nothing } else { column.share(words) >= 0.8 }
        }
        Kind::Moment | Kind::Bytes | Kind::List => false,
    };
    fits.then_some(0.0)
}
