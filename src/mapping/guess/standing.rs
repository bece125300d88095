//! Whether a membership's row makes a member, and whether a group is one still: people who were invited, refused, banned or have left
//! mostly stay in the table, and only another column tells.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::mapping::activity::{Named, Sense, named};
use crate::mapping::suggest::{fold, singular, tokens};
use crate::model::{Column, Comparison, Condition, Table};

use super::names::groupish;
use crate::model::name_words::dictionary;

/// What a word says of a membership, beside those that say it of people themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// True, or a moment, for those who are not in, or not yet: `pending`, `rejected`.
    Out,
    /// True for those who are in: `accepted`, `approved`.
    In,
    /// Some of those it tells of may not be in: `requested_at`, `invite_token`, `start_date`.
    Hint,
    /// A status of any kind.
    Status,
    /// May hold words like `applicant` or `banned` beside others: `role`, `level`. As a name's last word only.
    Rank,
}

/// The dictionary, in small letters without accents.
const WORDS: &[(Word, &str)] = &[
    (
        Word::Out,
        "negated negate negation exclude excluded exclusion deny denied forbidden prohibited \
         pending rejected reject rejection declined decline refused refusal withdrawn kicked unapproved unconfirmed unaccepted \
         ausstehend abgelehnt zurueckgewiesen zuruckgewiesen refuse refusee rejete rejetee pendiente rechazado rechazada pendente \
         rejeitado rejeitada recusado recusada rifiutato rifiutata oczekujacy odrzucony odrzucona afgewezen geweigerd zamitnuto \
         zamitnuty отклонен отклонено отказано 拒否 却下 拒绝 保留",
    ),
    (
        Word::In,
        "accepted approved granted confirmed verified validated authorized authorised admitted angenommen akzeptiert genehmigt \
         bewilligt zugestimmt bestaetigt bestatigt accepte acceptee approuve approuvee confirme confirmee aceptado aceptada \
         aprobado aprobada confirmado confirmada aceito aceita aprovado aprovada accettato accettata approvato approvata \
         confermato confermata zaakceptowany zaakceptowana zatwierdzony zatwierdzona potwierdzony geaccepteerd goedgekeurd \
         bevestigd schvaleno schvaleny prijato принят одобрено подтвержден 承認 承认 批准",
    ),
    (
        Word::Hint,
        "acceptance approval confirmation invite invited invites invitation invitee request requested requests apply applied applicant \
         application token waiting waitlist waitlisted provisional tentative proposed nominated candidate probation start starts \
         started begin begins effective until till from end ends ended finish finished expiry expires due leave leaving eingeladen einladung beantragt \
         angefragt anfrage bewerbung bewerber warteliste vorlaeufig vorlaufig beginn bis eintritt invitado invitada solicitado solicitud \
         inicio hasta demande debut fin convidado convite solicitacao invitato invito richiesta inizio fine zaproszony zaproszenie \
         wniosek uitgenodigd uitnodiging aanvraag pozvanka zadost приглашен заявка 申請 招待 申请 邀请",
    ),
    (
        Word::Status,
        "status state statut estado stato stav stan durum situacao phase stage standing статус состояние 状态 狀態 状態 상태",
    ),
    (
        Word::Rank,
        "role rolle rol rola ruolo papel level niveau stufe nivel livello poziom rank rang type typ tipo kind art access",
    ),
];

static MEANINGS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| dictionary(WORDS));

/// Words that say who may come and go rather than who is in: a team that is locked still has its members.
const UNSURE: [&str; 12] =
    ["lock", "close", "froz", "freez", "spam", "temp", "can", "may", "allow", "permit", "gesperrt", "sperr"];

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Memberships.
    Members,
    /// Groups.
    Groups,
}

/// Which rows of a table count.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The conditions whose meaning is sure.
    pub(super) only: Vec<Condition>,
    /// The columns that may say more, and how is not known.
    pub(super) open: Vec<String>,
}

enum Says {
    Only(Comparison, &'static str),
    Open,
    /// Who did it: nothing of its own where the thing itself has a column.
    Trace(String),
}

impl Standing {
    /// Of a table whose columns `read` are those of the join itself.
    pub(super) fn of(table: &Table, rows: Rows, read: &[&str]) -> Self {
        let mut standing = Self::default();
        let mut traces = Vec::new();
        // Of a nested set, `left` is half of a pair of numbers.
        let nested = table
            .columns
            .iter()
            .any(|column| matches!(fold(&column.name).as_str(), "right" | "rgt" | "rght"));
        for column in &table.columns {
            if read.contains(&column.name.as_str()) || nested && fold(&column.name) == "left" {
                continue;
            }
            match says(column, rows) {
                Some(Says::Only(comparison, value)) => standing.only.push(Condition {
                    column: column.name.clone(),
                    comparison,
                    value: value.to_owned(),
                }),
                Some(Says::Open) => standing.open.push(column.name.clone()),
                Some(Says::Trace(stem)) => traces.push((stem, column.name.clone())),
                None => {}
            }
        }
        let told: Vec<String> = standing
            .only
            .iter()
            .map(|one| &one.column)
            .chain(&standing.open)
            .map(|name| fold(name))
            .collect();
        let untold = traces.into_iter().filter(|(stem, _)| !told.iter().any(|name| name.contains(stem)));
        standing.open.extend(untold.map(|(_, name)| name));
        standing
    }

    /// What is not known, in a clause.
    pub(super) fn doubt(&self, table: &Table, rows: Rows) -> Option<String> {
        let columns = self.open.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
        let what = match rows {
            Rows::Members => "who is only invited, refused or gone",
            Rows::Groups => "which groups are no longer used",
        };
        (!columns.is_empty()).then(|| format!("{columns} in {} may say {what}", table.name.display()))
    }
}

/// What one column says.
fn says(column: &Column, rows: Rows) -> Option<Says> {
    let words: Vec<String> = tokens(&column.name).iter().map(|word| fold(word)).collect();
    let own = || words.iter().filter_map(|word| MEANINGS.get(word).copied());
    let has = |meaning: Word| own().any(|word| word == meaning);
    let stem = |name: &str| name.chars().take(3).collect::<String>();
    if let Some(named) = named(&column.name) {
        // A verified team has a badge.
        if rows == Rows::Groups && named.sense == Sense::Doubt {
            return None;
        }
        if named.sense == Sense::Trace {
            return Some(Says::Trace(named.stem));
        }
        if named.sense != Sense::Doubt || !has(Word::In) {
            let registered = named.sense == Sense::Doubt && named.timed && !has(Word::Hint);
            return (!registered).then(|| of_sense(&named, column, &words));
        }
    }
    if rows == Rows::Members && turns(&words, column) {
        let flag = is_flag(column) && !words.iter().any(|word| word == "effect");
        let member = words.iter().any(|word| matches!(word.as_str(), "member" | "allow" | "allowed"));
        return Some(if flag && member { Says::Only(Comparison::Yes, "") } else { Says::Open });
    }
    let out = has(Word::Out) || words.concat().ends_with("pending");
    if out {
        return Some(off(column, timed(&words)));
    }
    if rows == Rows::Groups {
        return has(Word::Status).then_some(Says::Open);
    }
    let by = words.iter().any(|word| matches!(word.as_str(), "by" | "approver" | "von" | "par" | "por"));
    if has(Word::In) {
        let granted = words.iter().any(|word| word.starts_with("grant"));
        return match () {
            // Who granted it, and when, is written down where it was granted.
            () if granted && (by || timed(&words)) => None,
            () if by => words.iter().find(|w| MEANINGS.contains_key(*w)).map(|w| Says::Trace(stem(w))),
            () if !timed(&words) && is_flag(column) => Some(Says::Only(Comparison::Yes, "")),
            () => Some(Says::Open),
        };
    }
    // `can_invite` is a right, and `invited_by` a person.
    let right = words.first().is_some_and(|word| matches!(word.as_str(), "can" | "may" | "allow"));
    if by || right {
        return None;
    }
    let rank = || {
        let bare = words.iter().rev().find(|word| !matches!(word.as_str(), "id" | "code" | "name" | "value"));
        bare.is_some_and(|word| {
            MEANINGS.get(word) == Some(&Word::Rank) || MEANINGS.get(&singular(word)) == Some(&Word::Rank)
        })
    };
    (has(Word::Status) && !words.iter().any(|word| word == "changed")
        || has(Word::Hint)
        || up_to(&words)
        || rank())
    .then_some(Says::Open)
}

/// Whether a column may turn a membership round: `effect` is `allow` or `deny`, `permission` may be `none`, `relation` may be
/// `applicant`, `membership` may be `former`.
fn turns(words: &[String], column: &Column) -> bool {
    let bare: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "is").collect();
    match bare.as_slice() {
        ["member" | "allow" | "allowed"] => {
            bare.len() < words.len() || is_truth(column) || bare != ["member"]
        }
        [.., last] => {
            matches!(
                *last,
                "effect"
                    | "relation"
                    | "relationship"
                    | "membership"
                    | "decision"
                    | "permission"
                    | "permissions"
                    | "sign"
                    | "polarity"
                    | "mode"
                    | "operator"
                    | "inclusion"
            )
        }
        [] => false,
    }
}

/// `date_to`, `to_date`: `to` beside a moment.
fn up_to(words: &[String]) -> bool {
    words.iter().any(|word| word == "to")
        && (words.len() == 1 || timed(words))
        && words.iter().all(|word| groupish(word).is_none())
}

fn of_sense(named: &Named, column: &Column, words: &[String]) -> Says {
    let unsure = words.iter().any(|word| UNSURE.iter().any(|start| word.starts_with(start)));
    if unsure || !named.exact {
        return Says::Open;
    }
    match named.sense {
        Sense::On if !named.timed && is_flag(column) => Says::Only(Comparison::Yes, ""),
        // The day of a deactivation may lie ahead.
        Sense::Off if !named.noun || is_flag(column) && !named.timed => off(column, named.timed),
        // `left` and `expired` as flags; a day may lie ahead.
        Sense::OffFrom | Sense::ValidUntil if is_truth(column) && !named.day_only && !named.timed => {
            off(column, false)
        }
        Sense::ValidUntil if is_truth(column) && words.iter().any(|word| word == "expired") => {
            off(column, false)
        }
        _ => Says::Open,
    }
}

/// A flag that must not be true, or a moment that must not be there.
fn off(column: &Column, timed: bool) -> Says {
    let kind = column.type_name.to_ascii_lowercase();
    let moment = ["timestamp", "date", "time"].iter().any(|word| kind.contains(word));
    match () {
        () if moment => Says::Only(Comparison::IsEmpty, ""),
        () if is_truth(column) || is_letter(&kind) => Says::Only(Comparison::No, ""),
        () if timed && is_number(&kind) => Says::Only(Comparison::No, ""),
        () if timed => Says::Only(Comparison::IsEmpty, ""),
        // A big number is no flag but the seconds of a moment.
        () if is_flag(column) && !kind.contains("big") && !kind.contains("int8") => {
            Says::Only(Comparison::No, "")
        }
        () => Says::Open,
    }
}

fn timed(words: &[String]) -> bool {
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "at" | "on" | "date" | "time" | "timestamp" | "datum" | "am" | "fecha" | "data"
        )
    })
}

fn is_truth(column: &Column) -> bool {
    let kind = column.type_name.to_ascii_lowercase();
    let yes_or_no = |list: &str| {
        list.split(',').all(|word| {
            matches!(
                word.trim_matches([' ', '\'', '"']),
                "0" | "1" | "y" | "n" | "t" | "f" | "yes" | "no" | "true" | "false" | "on" | "off"
            )
        })
    };
    let either = kind.strip_prefix("enum(").and_then(|list| list.strip_suffix(')')).is_some_and(yes_or_no);
    kind.contains("bool")
        || kind.starts_with("tinyint")
        || matches!(kind.as_str(), "bit" | "bit(1)")
        || either
}

/// One letter: `Y` and `N`, mostly. What is neither counts as no member.
fn is_letter(kind: &str) -> bool {
    matches!(kind, "char(1)" | "character(1)" | "varchar(1)" | "varchar2(1)" | "nchar(1)" | "char")
}

fn is_number(kind: &str) -> bool {
    ["int", "serial", "numeric", "decimal", "number", "real", "double", "float"]
        .iter()
        .any(|word| kind.contains(word))
}

/// Whether 1 is what the column holds for yes. A text may hold `Y`, `true` or anything.
fn is_flag(column: &Column) -> bool {
    let kind = column.type_name.to_ascii_lowercase();
    is_truth(column) || is_number(&kind) && !kind.contains("interval") && !kind.contains("point")
}

/// Words of columns of a table of groups that tell groups of one name apart.
const WITHIN: [&str; 42] = [
    "tenant",
    "org",
    "organization",
    "organisation",
    "company",
    "firm",
    "firma",
    "mandant",
    "empresa",
    "parent",
    "course",
    "realm",
    "client",
    "site",
    "workspace",
    "account",
    "customer",
    "domain",
    "school",
    "project",
    "context",
    "namespace",
    "community",
    "store",
    "shop",
    "website",
    "app",
    "application",
    "department",
    "division",
    "region",
    "country",
    "branch",
    "location",
    "team",
    "group",
    "instance",
    "guild",
    "season",
    "year",
    "category",
    "directory",
];

/// As many of the first of [`WITHIN`] say so without an `_id` too; a `category` is mostly a description.
const ALONE: usize = 12;

/// Why two groups may have one name: they are of different tenants, courses or parents. People of both would get one group.
pub(super) fn namesakes(groups: &Table, key: &str, name: &str) -> Option<String> {
    let column = groups.columns.iter().find(|column| {
        let words = tokens(&column.name);
        let keyed = groups.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        let (stem, id) = match words.as_slice() {
            [stem @ .., id] if !stem.is_empty() && matches!(id.as_str(), "id" | "uuid" | "key" | "guid") => {
                (stem, true)
            }
            whole => (whole, false),
        };
        let glued = words.concat();
        let glued = glued.strip_suffix("id").filter(|stem| stem.len() > 2);
        let alone = |word: &String| WITHIN.iter().take(ALONE).any(|known| known == word);
        let within = |word: &str| WITHIN.contains(&word) || WITHIN.contains(&singular(word).as_str());
        let said = stem.last().is_some_and(|word| within(word))
            && (id || keyed || stem.len() == 1 && alone(&stem[0]))
            || glued.is_some_and(within);
        said && column.name != key && column.name != name
    })?;
    Some(format!("two groups may have one name: {} has {}", groups.name.display(), column.name))
}
