//! Which table holds people, and why.

mod candidate;
mod exports;
mod membership;
mod names;
mod products;
mod recipes;
mod standing;
mod tables;

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::{Catalog, GroupName, Membership, People, Selection, Table, TableName};

use super::suggest::{Around, Kind, Meaning, by_name, kind_of_type, singular, tokens};

pub use candidate::{Evidence, GroupCandidate, Link, membership_words};
pub(super) use membership::{Landscape, type_column};
pub(super) use names::{bystander, thing as thing_of};
pub(super) use recipes::{quoted, quoted_table};

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
    let land = Landscape::of(catalog, holds_people);
    let readable = catalog.tables.iter().filter(|table| table.refused.is_none());
    let mut guesses: Vec<Guess> = readable.filter_map(|table| guess(&land, table)).collect();
    let known = |guess: &Guess| catalog.table(&guess.table).and_then(|table| table.rows);
    let rows = |guess: &Guess| known(guess).unwrap_or(0);
    let most = guesses.iter().map(rows).max().unwrap_or(0);
    // Those who look after an application are fewer than the people who use it, and better described.
    let points = |guess: &Guess| {
        let few = known(guess).is_some_and(|rows| rows < most) && of_others(&guess.table.name);
        guess.score.saturating_sub(if few { FEW_OTHERS } else { 0 })
    };
    // An empty table holds nobody whom anyone could mean.
    let order = |guess: &Guess| (known(guess) == Some(0), Reverse(points(guess)), Reverse(rows(guess)));
    guesses.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.table.cmp(&b.table)));
    guesses
}

/// What a table is worth at most whose rows belong to people of another table.
const CREDENTIALS: u32 = 45;

/// What a table of [`OTHER_PEOPLE`] lacks beside one with more people.
const FEW_OTHERS: u32 = 50;

/// Whether a table is called after people whom an administrator hardly ever means.
fn of_others(name: &str) -> bool {
    tokens(name)
        .iter()
        .any(|word| OTHER_PEOPLE.contains(&word.as_str()) || OTHER_PEOPLE.contains(&singular(word).as_str()))
}

/// How to read the people of one table that the administrator chose: by the recipe of its product if it has one, with the groups
/// of the membership that is certain to be theirs. A table that is not in the catalog is read as it is.
pub fn selection_for(catalog: &Catalog, table: &TableName) -> Selection {
    match catalog.table(table) {
        Some(found) => selection_of(&Landscape::of(catalog, holds_people), found).0,
        None => Selection::table(table.clone()),
    }
}

/// The memberships that may give a table's people their groups, the certain ones first, then the likelier ones. What is not certain
/// is to be asked about, and never taken by itself.
pub fn group_candidates(catalog: &Catalog, table: &TableName) -> Vec<GroupCandidate> {
    let land = Landscape::of(catalog, holds_people);
    catalog.table(table).map(|found| land.candidates(found)).unwrap_or_default()
}

/// The membership that is certain to be that of a table's people.
pub(super) fn certain_membership(catalog: &Catalog, table: &Table) -> Option<Membership> {
    certain(&Landscape::of(catalog, holds_people), table)
}

fn certain<'c>(land: &Landscape<'c>, table: &'c Table) -> Option<Membership> {
    land.candidates(table).into_iter().find(GroupCandidate::certain).map(|candidate| candidate.membership)
}

/// How to read a table's people, and the product it is of.
fn selection_of<'c>(land: &Landscape<'c>, table: &'c Table) -> (Selection, Option<&'static str>) {
    if let Some(recipe) = recipes::recipe_for(land.catalog, table) {
        return (recipe.selection, Some(recipe.product));
    }
    let selection = Selection { groups: certain(land, table), ..Selection::table(table.name.clone()) };
    (selection, recipes::product_of(land.catalog, table))
}

/// The table of groups beside people whose own column may hold its ids; the one of the same product first.
pub(super) fn groups_beside<'c>(catalog: &'c Catalog, people: Option<&TableName>) -> Option<&'c Table> {
    let first = people.and_then(|people| tokens(&people.name).into_iter().next());
    let rank = |table: &&Table| {
        let words = tokens(&table.name.name);
        let rank = words.last().and_then(|word| names::groupish(word))?;
        Some((words.first() != first.as_ref(), rank))
    };
    let tables = catalog.tables.iter().filter(|table| {
        !table.view
            && people.is_none_or(|people| table.name != *people && table.name.schema == people.schema)
            && membership::own_key(table).is_some_and(|key| names::name_column(table, &key.name).is_some())
    });
    tables
        .filter_map(|table| Some((rank(&table)?, table)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, table)| table)
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

/// Words of tables of people that are hardly ever those whom an administrator means.
const OTHER_PEOPLE: [&str; 10] = [
    "admin",
    "administrator",
    "operator",
    "agent",
    "client",
    "patient",
    "pupil",
    "moderator",
    "tenant",
    "vendor",
];

/// What a table's columns and name say about people.
struct Signs {
    meanings: HashSet<Meaning>,
    /// It is called as tables of people are.
    called: bool,
    /// It is called as tables are that are only about people.
    other: bool,
}

impl Signs {
    fn of(table: &Table) -> Self {
        let around = Around::new(Some(&table.name.name), table.columns.iter().map(|c| c.name.as_str()));
        let meaning = |column: &crate::model::Column| {
            let (meaning, _) = by_name(&column.name, &around)?;
            possible(meaning, kind_of_type(&column.type_name)).then_some(meaning)
        };
        let meanings = table.columns.iter().filter_map(meaning).collect();
        let words = tokens(&table.name.name);
        let any = |list: &[&str]| {
            words.iter().any(|word| list.contains(&word.as_str()) || list.contains(&singular(word).as_str()))
        };
        Self { meanings, called: any(&PEOPLE), other: any(&NOT_PEOPLE) }
    }

    fn has(&self, meaning: Meaning) -> bool {
        self.meanings.contains(&meaning)
    }

    fn names(&self) -> (bool, bool) {
        let name = self.has(Meaning::Attribute("firstName")) && self.has(Meaning::Attribute("lastName"));
        let some = name
            || self.has(Meaning::FullName)
            || self.has(Meaning::Attribute("displayName"))
            || self.has(Meaning::Attribute("lastName"));
        (name, some)
    }
}

/// Whether a word is one that a table of people goes by: `user`, `employee`.
pub(super) fn stands_for_people(word: &str) -> bool {
    let one = singular(word);
    [word, one.as_str()]
        .iter()
        .any(|word| PEOPLE.contains(word) || OTHER_PEOPLE.contains(word) || matches!(*word, "usr" | "emp"))
}

/// Whether a column's name says that it points at just these people.
pub(super) fn named_after_people(column: &str, people: &Table) -> bool {
    names::points_at(column, &names::thing(&people.name.name))
}

/// Whether a column's name says that it points at these people, or at people of any table.
pub(super) fn points_at_people(column: &str, people: &Table) -> bool {
    names::usual_person(column) || named_after_people(column, people)
}

/// Whether a table seems to hold people of any kind: those one means, or others.
pub(super) fn holds_people(table: &Table) -> bool {
    let signs = Signs::of(table);
    let words = tokens(&table.name.name);
    if signs.other || words.iter().any(|word| names::groupish(word).is_some()) {
        return false;
    }
    let address = signs.has(Meaning::Attribute("email")) || signs.has(Meaning::Attribute("login"));
    let (_, name) = signs.names();
    let password = signs.has(Meaning::Password);
    let last = words.last().map(|word| singular(word)).unwrap_or_default();
    let called = PEOPLE.contains(&last.as_str()) || OTHER_PEOPLE.contains(&last.as_str());
    address && (password || name) || called
}

fn guess<'c>(land: &Landscape<'c>, table: &'c Table) -> Option<Guess> {
    let signs = Signs::of(table);
    let email = signs.has(Meaning::Attribute("email"));
    let login = signs.has(Meaning::Attribute("login"));
    let password = signs.has(Meaning::Password);
    let (name, some_name) = signs.names();
    let Signs { meanings, called, other } = signs;
    let product = recipes::recipe_for(land.catalog, table).map(|recipe| recipe.product);
    let product = product.or_else(|| recipes::product_of(land.catalog, table));

    // Someone to sign in, and something more of a person than an address.
    if product.is_none() && !((email || login) && (password || some_name)) {
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
        (product.is_some(), 100),
    ];
    let mut score: u32 = points.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum();
    if other && product.is_none() {
        score = score.saturating_sub(60);
    }
    // What people sign in with, and no people: theirs are another table's names.
    if !some_name && product.is_none() && land.of_others(table) {
        score = score.min(CREDENTIALS);
    }
    if score < 40 {
        return None;
    }

    let (selection, product) = selection_of(land, table);
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
