//! Which table holds people, and why.

mod membership;
mod recipes;

use std::collections::HashSet;

use crate::model::{Catalog, GroupName, People, Selection, Table, TableName};

use super::suggest::{Around, Kind, Meaning, by_name, kind_of_type, singular, tokens};

pub(super) use membership::membership_of;

/// A table, or a join of several, that seems to hold people.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// How to read them, with their groups where a membership was found.
    pub selection: Selection,
    /// The table the people are in, also when `selection` is a SELECT over several.
    pub table: TableName,
    /// Why, for a person to read: `has e-mail, name and password columns`.
    pub reasons: Vec<String>,
    /// The product whose tables these are, if Causeway knows it.
    pub product: Option<&'static str>,
    /// How sure, for comparing with others of the same catalog. More is surer.
    pub score: u32,
}

/// Tables that seem to hold people, the surest first. Empty when none does.
pub fn guess_people(catalog: &Catalog) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = catalog
        .tables
        .iter()
        .filter(|table| table.refused.is_none())
        .filter_map(|table| guess(catalog, table))
        .collect();
    let rows = |guess: &Guess| catalog.table(&guess.table).and_then(|table| table.rows).unwrap_or(0);
    guesses.sort_by(|a, b| {
        b.score.cmp(&a.score).then_with(|| rows(b).cmp(&rows(a))).then_with(|| a.table.cmp(&b.table))
    });
    guesses
}

/// How to read the people of one table that the administrator chose: by the recipe of its product if it has one, with the groups
/// of the membership that was found. A table that is not in the catalog is read as it is.
pub fn selection_for(catalog: &Catalog, table: &TableName) -> Selection {
    let Some(found) = catalog.table(table) else { return Selection::table(table.clone()) };
    match recipes::recipe_for(catalog, found) {
        Some(recipe) => recipe.selection,
        None => Selection { groups: membership_of(catalog, found), ..Selection::table(found.name.clone()) },
    }
}

/// Words that tables of people go by, in the singular.
const PEOPLE: [&str; 46] = [
    "user",
    "person",
    "employee",
    "staff",
    "member",
    "account",
    "customer",
    "contact",
    "student",
    "teacher",
    "worker",
    "personnel",
    "subscriber",
    "login",
    "identity",
    "profile",
    "benutzer",
    "mitarbeiter",
    "nutzer",
    "kunde",
    "kunden",
    "mitglied",
    "mitglieder",
    "utilisateur",
    "employe",
    "salarie",
    "membre",
    "personne",
    "usuario",
    "empleado",
    "persona",
    "personal",
    "uzytkownik",
    "uzytkownicy",
    "pracownik",
    "pracownicy",
    "osoba",
    "osoby",
    "gebruiker",
    "medewerker",
    "utente",
    "utenti",
    "dipendente",
    "dipendenti",
    "zamestnanci",
    "пользователи",
];

/// Words of tables that are about people but do not hold them.
const NOT_PEOPLE: [&str; 40] = [
    "log",
    "audit",
    "session",
    "token",
    "history",
    "backup",
    "bak",
    "old",
    "tmp",
    "temp",
    "archive",
    "import",
    "staging",
    "attempt",
    "event",
    "message",
    "mail",
    "notification",
    "order",
    "invoice",
    "payment",
    "address",
    "setting",
    "preference",
    "permission",
    "role",
    "group",
    "meta",
    "attribute",
    "reset",
    "verification",
    "activity",
    "request",
    "queue",
    "job",
    "migration",
    "invitation",
    "device",
    "copy",
    "deleted",
];

fn guess(catalog: &Catalog, table: &Table) -> Option<Guess> {
    let around = Around::new(Some(&table.name.name), table.columns.iter().map(|c| c.name.as_str()));
    let meanings: HashSet<Meaning> = table
        .columns
        .iter()
        .filter_map(|column| {
            let (meaning, _) = by_name(&column.name, &around)?;
            possible(meaning, kind_of_type(&column.type_name)).then_some(meaning)
        })
        .collect();
    let has = |meaning| meanings.contains(&meaning);
    let email = has(Meaning::Attribute("email"));
    let login = has(Meaning::Attribute("login"));
    let password = has(Meaning::Password);
    let name = has(Meaning::Attribute("firstName")) && has(Meaning::Attribute("lastName"));
    let some_name = name
        || has(Meaning::FullName)
        || has(Meaning::Attribute("displayName"))
        || has(Meaning::Attribute("lastName"));

    let words = tokens(&table.name.name);
    let called =
        words.iter().any(|word| PEOPLE.contains(&word.as_str()) || PEOPLE.contains(&singular(word).as_str()));
    let other = words
        .iter()
        .any(|word| NOT_PEOPLE.contains(&word.as_str()) || NOT_PEOPLE.contains(&singular(word).as_str()));
    let recipe = recipes::recipe_for(catalog, table);

    // Someone to sign in, and something more of a person than an address.
    if recipe.is_none() && !((email || login) && (password || some_name)) {
        return None;
    }
    let points = [
        (email, 30),
        (login, 20),
        (password, 40),
        (name, 25),
        (some_name && !name, 10),
        (called, 25),
        (!meanings.is_disjoint(&HashSet::from([Meaning::Active, Meaning::LastSignIn])), 8),
        (!meanings.is_disjoint(&HashSet::from([Meaning::Phone, Meaning::Attribute("mobilePhone")])), 4),
        (table.rows.is_some_and(|rows| rows > 0), 10),
        (!table.view, 5),
        (recipe.is_some(), 100),
    ];
    let mut score: u32 = points.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum();
    if other && recipe.is_none() {
        score = score.saturating_sub(60);
    }
    if score < 40 {
        return None;
    }

    let product = recipe.as_ref().map(|found| found.product);
    let selection = match recipe {
        Some(found) => found.selection,
        None => Selection { groups: membership_of(catalog, table), ..Selection::table(table.name.clone()) },
    };
    let reasons =
        reasons(table, &Seen { email, login, password, name: some_name, called }, product, &selection);
    Some(Guess { selection, table: table.name.clone(), reasons, product, score })
}

/// A password is never a number, nor a name a truth.
fn possible(meaning: Meaning, kind: Kind) -> bool {
    match meaning {
        Meaning::Attribute("login" | "email" | "firstName" | "lastName") | Meaning::FullName => {
            !matches!(kind, Kind::Number | Kind::Truth | Kind::Moment | Kind::Bytes)
        }
        Meaning::Password => !matches!(kind, Kind::Number | Kind::Truth | Kind::Moment),
        _ => true,
    }
}

struct Seen {
    email: bool,
    login: bool,
    password: bool,
    name: bool,
    called: bool,
}

fn reasons(table: &Table, seen: &Seen, product: Option<&str>, selection: &Selection) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(product) = product {
        let also = if matches!(selection.people, People::Sql(_)) {
            ", joined with the table its passwords or names are in"
        } else {
            ""
        };
        reasons.push(format!("these are {product}’s tables{also}"));
    }
    let columns: Vec<&str> =
        [(seen.login, "user name"), (seen.email, "e-mail"), (seen.name, "name"), (seen.password, "password")]
            .into_iter()
            .filter_map(|(is, word)| is.then_some(word))
            .collect();
    match columns.as_slice() {
        [] => {}
        [one] => reasons.push(format!("has a {one} column")),
        [most @ .., last] => reasons.push(format!("has {} and {last} columns", most.join(", "))),
    }
    if seen.called {
        reasons.push(format!("is called “{}”", table.name.name));
    }
    if let Some(groups) = &selection.groups {
        let members = &groups.members.name;
        reasons.push(match &groups.group {
            GroupName::Joined { groups, .. } => format!("groups come from {members} and {}", groups.name),
            GroupName::Column(column) => format!("groups come from {members}.{column}"),
        });
    }
    match table.rows {
        Some(0) => reasons.push("is empty".to_owned()),
        Some(1) => reasons.push("1 row".to_owned()),
        Some(rows) => reasons.push(format!("{} rows", thousands(rows))),
        None => {}
    }
    reasons
}

/// `48,210`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
