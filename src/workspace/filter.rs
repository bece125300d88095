//! A filter as SQL. Values are always bound, never written into the SQL.

use sqlx::{QueryBuilder, Sqlite};

use super::numbers;
use super::types::{Disposition, PeopleFilter, Presence, Sort, SortKey};
use crate::model::{RoutePolicy, fold};

/// Whether person `p` waits and was found in Okta by the login they have now.
pub(crate) const IS_THERE: &str =
    "(p.outcome = 0 AND EXISTS (SELECT 1 FROM there h JOIN texts ht ON ht.id = h.person
    WHERE h.person = p.id AND h.login = ht.login))";

/// How a search text is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// Nothing to look for.
    None,
    /// By reading all texts: while the index is not there, or where nearly everyone is found.
    Scan(String),
    /// One or two letters: the pieces that begin with them are to be looked up first (see [`super::search::settle`]).
    Short(String),
    /// By the index of three-letter pieces, then by the text itself.
    Index {
        /// The folded text.
        text: String,
        /// Its pieces as an FTS5 query.
        pieces: String,
    },
}

impl Search {
    pub(crate) fn of(text: &str, index_is_there: bool) -> Self {
        let text = fold(text);
        let letters: Vec<char> = text.chars().collect();
        if letters.is_empty() {
            return Self::None;
        }
        if !index_is_there {
            return Self::Scan(text);
        }
        if letters.len() < 3 {
            return Self::Short(text);
        }
        // Pieces side by side and the last one, at most sixteen, narrow it down enough: each more is one more list to go through, and
        // the text itself decides.
        let last = letters.len() - 3;
        let places = (0..last).step_by(3).take(15).chain([last]);
        let pieces = places.map(|at| quoted(&letters[at..at + 3].iter().collect::<String>()));
        let pieces = pieces.collect::<Vec<_>>().join(" AND ");
        Self::Index { text, pieces }
    }

    /// The same search by reading texts, for where another filter leaves few of them to read.
    pub(crate) fn by_reading(&self) -> Self {
        self.text().map_or(Self::None, |text| Self::Scan(text.to_owned()))
    }

    /// What is looked for.
    fn text(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Scan(text) | Self::Short(text) | Self::Index { text, .. } => Some(text),
        }
    }
}

/// A piece as FTS5 takes it.
pub(crate) fn quoted(piece: &str) -> String {
    format!("\"{}\"", piece.replace('"', "\"\""))
}

const CONTAINS: &str = "(instr(t.name, ";

fn contains(sql: &mut QueryBuilder<Sqlite>, text: &str) {
    sql.push(CONTAINS).push_bind(text.to_owned());
    sql.push(") OR instr(t.login, ").push_bind(text.to_owned());
    sql.push(") OR instr(t.email, ").push_bind(text.to_owned()).push("))");
}

/// Writes ` FROM people p … WHERE …` for the people a filter shows, to be found by what they are filtered by.
pub(crate) fn from_where(
    sql: &mut QueryBuilder<Sqlite>,
    filter: &PeopleFilter,
    search: &Search,
    by_text: bool,
) {
    sql.push(" FROM people p");
    if by_text || *search != Search::None {
        sql.push(" JOIN texts t ON t.id = p.id");
    }
    // A few people are named by a finding, a group or a search: `+` keeps SQLite from walking through everyone instead.
    let named = filter.finding.is_some()
        || filter.group.is_some()
        || filter.there
        || matches!(search, Search::Index { .. });
    let plus = if named { "+" } else { "" };
    narrow(sql, filter, plus, plus);
    if let Some(code) = &filter.finding {
        sql.push(" AND p.id IN (SELECT person FROM findings WHERE code = ").push_bind(code.clone()).push(")");
    }
    if let Some(group) = &filter.group {
        sql.push(" AND p.id IN (SELECT m.person FROM memberships m JOIN groups g ON g.id = m.group_id WHERE g.name = ");
        sql.push_bind(group.clone()).push(")");
    }
    if filter.there {
        sql.push(" AND p.id IN (SELECT person FROM there) AND ").push(IS_THERE);
    }
    match search {
        Search::None => {}
        Search::Scan(text) | Search::Short(text) => {
            sql.push(" AND ");
            contains(sql, text);
        }
        Search::Index { text, pieces } => {
            sql.push(" AND p.id IN (SELECT rowid FROM search WHERE search MATCH ").push_bind(pieces.clone());
            sql.push(") AND ");
            contains(sql, text);
        }
    }
}

/// The same people, to be met while walking along a list: each is looked at by itself, nothing is gathered before. With
/// `by_text` the list is one of texts.
pub(crate) fn walk(sql: &mut QueryBuilder<Sqlite>, filter: &PeopleFilter, search: &Search, by_text: bool) {
    let text = search.text();
    sql.push(match (by_text, text) {
        (true, _) => " FROM texts t CROSS JOIN people p ON p.id = t.id",
        (false, Some(_)) => " FROM people p CROSS JOIN texts t ON t.id = p.id",
        (false, None) => " FROM people p",
    });
    narrow(sql, filter, "", "+");
    if let Some(code) = &filter.finding {
        sql.push(" AND EXISTS (SELECT 1 FROM findings f WHERE f.person = p.id AND f.code = ");
        sql.push_bind(code.clone()).push(")");
    }
    if let Some(group) = &filter.group {
        sql.push(" AND EXISTS (SELECT 1 FROM memberships m WHERE m.person = p.id AND m.group_id = (SELECT id FROM groups WHERE name = ");
        sql.push_bind(group.clone()).push("))");
    }
    if filter.there {
        sql.push(" AND ").push(IS_THERE);
    }
    if let Some(text) = text {
        sql.push(" AND ");
        contains(sql, text);
    }
}

/// Writes ` WHERE …` for what stands in the row of a person, and in the tallies. `there` and `plus`: `+` where no index shall be
/// used for who is there, and for the rest.
pub(crate) fn narrow(sql: &mut QueryBuilder<Sqlite>, filter: &PeopleFilter, there: &str, plus: &str) {
    match filter.presence {
        Presence::Present => sql.push(format!(" WHERE {there}p.gone = 0")),
        Presence::Gone => sql.push(format!(" WHERE {there}p.gone = 1")),
        Presence::Any => sql.push(" WHERE 1"),
    };
    if let Some(disposition) = filter.disposition {
        let states = states(disposition, filter.policy);
        match states.as_slice() {
            [one] => sql.push(format!(" AND {plus}p.state = ")).push_bind(*one),
            several => {
                let list = several.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
                sql.push(format!(" AND {plus}p.state IN ({list})"))
            }
        };
    }
    if let Some(scheme) = &filter.scheme {
        sql.push(format!(" AND {plus}p.scheme IN (SELECT id FROM schemes WHERE scheme = "))
            .push_bind(scheme.clone())
            .push(")");
    }
    if let Some(label) = &filter.scheme_label {
        sql.push(format!(" AND {plus}p.scheme IN (SELECT id FROM schemes WHERE label = "))
            .push_bind(label.clone())
            .push(")");
    }
    if !filter.outcomes.is_empty() {
        let kinds =
            filter.outcomes.iter().map(|kind| numbers::outcome(*kind).to_string()).collect::<Vec<_>>();
        sql.push(format!(" AND {plus}p.outcome IN ({})", kinds.join(",")));
    }
}

/// Whether a sort needs the folded texts.
pub(crate) fn sorts_by_text(sort: Sort) -> bool {
    matches!(sort.key, SortKey::Name | SortKey::Login)
}

/// What to order by, where whoever the filter shows is to be gathered by the filter's own index and then sorted: `+` keeps
/// SQLite from walking along an index in this order instead, past everyone whom the filter does not show.
pub(crate) fn sorted_by(sort: Sort) -> String {
    terms(sort).into_iter().map(|term| format!("+{term}")).collect::<Vec<_>>().join(", ")
}

/// What to order by, along whichever index fits.
pub(crate) fn order_by(sort: Sort) -> String {
    terms(sort).join(", ")
}

/// Equal ones stand in the source's order whichever way.
fn terms(sort: Sort) -> Vec<String> {
    let way = if sort.descending { "DESC" } else { "ASC" };
    let by_row = "p.row_no".to_owned();
    match sort.key {
        SortKey::Row => vec![format!("p.row_no {way}"), format!("p.id {way}")],
        SortKey::Name => vec![format!("t.name {way}"), by_row],
        SortKey::Login => vec![format!("t.login {way}"), by_row],
        SortKey::Scheme => {
            vec![format!("(SELECT label FROM schemes s WHERE s.id = p.scheme) COLLATE NOCASE {way}"), by_row]
        }
        SortKey::Disposition => vec![format!("p.state {way}"), by_row],
        SortKey::Recorded => {
            let recorded = format!("(SELECT m.recorded FROM memory m WHERE m.person = p.id) {way}");
            vec![recorded, format!("p.row_no {way}")]
        }
        SortKey::Outcome => vec![format!("p.outcome {way}"), by_row],
        SortKey::Findings => {
            let ways = if sort.descending { ["ASC NULLS FIRST", "DESC"] } else { ["DESC NULLS LAST", "ASC"] };
            vec![format!("p.finding_severity {}", ways[0]), format!("p.finding_text {}", ways[1]), by_row]
        }
    }
}

/// Whether the index that finds whom a filter shows has them in order already.
pub(crate) fn comes_sorted(filter: &PeopleFilter, sort: Sort) -> bool {
    let one = |disposition| states(disposition, filter.policy).len() == 1;
    sort.key == SortKey::Row && filter.disposition.is_some_and(one)
}

/// The states that become a disposition under a policy. None, where nobody does.
fn states(disposition: Disposition, policy: RoutePolicy) -> Vec<i64> {
    let same = Disposition::ALL.into_iter().filter(|best| best.under(policy) == disposition);
    same.map(numbers::disposition).collect()
}

/// Whether a filter shows less than everyone who is there (or gone).
pub(crate) fn narrows(filter: &PeopleFilter, search: &Search) -> bool {
    filter.disposition.is_some()
        || filter.scheme.is_some()
        || filter.scheme_label.is_some()
        || filter.finding.is_some()
        || filter.group.is_some()
        || filter.there
        || !filter.outcomes.is_empty()
        || *search != Search::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_folded_and_cut_into_pieces() {
        assert_eq!(Search::of("  ", true), Search::None);
        assert_eq!(Search::of("Dv", true), Search::Short("dv".to_owned()));
        assert_eq!(Search::of("Dv", false), Search::Scan("dv".to_owned()));
        assert_eq!(Search::of("Dvoř", false), Search::Scan("dvor".to_owned()));
        let pieces = "\"dvo\" AND \"vor\"".to_owned();
        assert_eq!(Search::of("Dvoř", true), Search::Index { text: "dvor".to_owned(), pieces });
        let Search::Index { pieces, .. } = Search::of("a\"b", true) else { panic!() };
        assert_eq!(pieces, "\"a\"\"b\"");
        let Search::Index { pieces, .. } = Search::of("first12", true) else { panic!() };
        assert_eq!(pieces, "\"fir\" AND \"st1\" AND \"t12\"");
        let Search::Index { pieces, .. } = Search::of(&"x".repeat(300), true) else { panic!() };
        assert_eq!(pieces.split(" AND ").count(), 16);
    }
}
