//! Who goes first: a few people who together show every route, scheme and group.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{MigrationError, docs};
use crate::model::{OutcomeKind, Route, RoutePolicy};
use crate::workspace::{PeopleFilter, PersonDetail, PersonId, Sort, Workspace};

/// At most so many people are looked at: the first hundred thousand show what there is.
const LOOK_AT: usize = 100_000;

/// A pilot that was begun, as the workspace keeps it until it has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    size: u32,
    policy: RoutePolicy,
    people: Vec<PersonId>,
}

/// What earlier versions kept: who they are, and not what they were picked for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Begun(Begun),
    People(#[expect(dead_code, reason = "picked for choices nobody knows")] Vec<PersonId>),
}

/// Who the pilot is: of one that was begun by the same choices and not ended, the same people; else as [`pick`] picks them.
pub async fn who(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    match workspace.doc(docs::PILOT).await? {
        Some(Kept::Begun(begun)) if (begun.size, begun.policy) == (size, policy) => Ok(begun.people),
        _ => pick(workspace, policy, size).await,
    }
}

/// The same, kept until [`docs::PILOT`] is removed: cut short, the pilot goes on with the same people.
pub(super) async fn begin(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    let people = who(workspace, policy, size).await?;
    workspace.put_doc(docs::PILOT, &Begun { size, policy, people: people.clone() }).await?;
    Ok(people)
}

/// Picks a pilot of at most `size` people who still wait. Routes come first, then kinds of passwords, schemes and groups, then the rest in
/// the source's order.
pub async fn pick(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let filter = PeopleFilter { outcomes: vec![OutcomeKind::Waiting], ..PeopleFilter::default() };
    let mut walk = workspace.walk(&filter, Sort::default()).await?;
    let mut picker = Picker::new(size);
    while let Some(people) = walk.next().await? {
        for person in people.iter().filter(|p| p.row.disposition.goes()) {
            picker.look(person, policy);
        }
        if walk.done() >= LOOK_AT {
            break;
        }
    }
    Ok(picker.done())
}

/// Queues, each in the source's order. What shows most comes first: a person of every route, then of every kind of password within it
/// (whatever its cost or the product that wrote it), then of every scheme, then of every group.
#[derive(Default)]
struct Picker {
    size: usize,
    routes: HashSet<Route>,
    kinds: HashSet<(Route, String)>,
    schemes: HashSet<(Route, String)>,
    groups: HashSet<String>,
    by_route: Vec<PersonId>,
    /// A queue a route, in the order of [`Route::ALL`]: none of them fills the pilot alone.
    by_kind: [Vec<PersonId>; 3],
    by_scheme: Vec<PersonId>,
    by_group: Vec<PersonId>,
    rest: Vec<PersonId>,
}

impl Picker {
    fn new(size: usize) -> Self {
        Self { size, ..Self::default() }
    }

    fn look(&mut self, person: &PersonDetail, policy: RoutePolicy) {
        let route = policy.apply(person.row.route);
        let new_route = self.routes.insert(route);
        let new_kind = self.kinds.insert((route, kind(&person.row.scheme_label)));
        let new_scheme = self.schemes.insert((route, person.row.scheme.clone()));
        let mut new_group = false;
        for group in &person.groups {
            new_group |= self.groups.insert(crate::model::group_key(group));
        }
        let [import, hook, reset] = &mut self.by_kind;
        let queue = match route {
            _ if new_route => &mut self.by_route,
            Route::Import if new_kind => import,
            Route::Hook if new_kind => hook,
            Route::Reset if new_kind => reset,
            _ if new_scheme => &mut self.by_scheme,
            _ if new_group => &mut self.by_group,
            _ => &mut self.rest,
        };
        if queue.len() < self.size {
            queue.push(person.row.id);
        }
    }

    fn done(self) -> Vec<PersonId> {
        let longest = self.by_kind.iter().map(Vec::len).max().unwrap_or(0);
        let by_kind = (0..longest).flat_map(|nth| self.by_kind.iter().filter_map(move |of| of.get(nth)));
        let mut picked: Vec<PersonId> = self
            .by_route
            .iter()
            .chain(by_kind)
            .chain(&self.by_scheme)
            .chain(&self.by_group)
            .chain(&self.rest)
            .copied()
            .take(self.size)
            .collect();
        picked.sort();
        picked
    }
}

/// The kind of a stored password, from its short name: `bcrypt` of `bcrypt · 10`, `scrypt` of `scrypt (Spring)`.
fn kind(label: &str) -> String {
    let kind = label.split(" · ").next().unwrap_or(label);
    kind.split(" (").next().unwrap_or(kind).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, Profile};
    use crate::workspace::{Disposition, PersonRow};

    fn person(id: u32, route: Route, scheme: &str, label: &str, groups: &[&str]) -> PersonDetail {
        let disposition = match route {
            Route::Import => Disposition::Import,
            Route::Hook => Disposition::Hook,
            Route::Reset => Disposition::Reset,
        };
        PersonDetail {
            row: PersonRow {
                id: PersonId(id),
                row: id,
                name: String::new(),
                login: String::new(),
                route,
                disposition,
                scheme: scheme.into(),
                scheme_label: label.into(),
                finding: None,
                findings: 0,
                outcome: Outcome::of(OutcomeKind::Waiting),
                sent: None,
                edited: false,
                there: false,
                there_as: None,
                gone: false,
                changed: None,
            },
            key: id.to_string(),
            profile: Profile::default(),
            original: Profile::default(),
            edited: Vec::new(),
            must_reset: false,
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            findings: Vec::new(),
            active: None,
            last_sign_in: None,
            has_password: route != Route::Reset,
            attempts: 0,
            recorded: None,
        }
    }

    fn picked(people: &[PersonDetail], policy: RoutePolicy, size: usize) -> Vec<u32> {
        let mut picker = Picker::new(size);
        for person in people {
            picker.look(person, policy);
        }
        picker.done().into_iter().map(|id| id.0).collect()
    }

    /// Many products' bcrypt before anything else, as the source has them; who must reset comes last.
    fn company() -> Vec<PersonDetail> {
        use Route::{Hook, Import, Reset};
        let bcrypt = [
            ("spring-bcrypt", "bcrypt · 10"),
            ("bcrypt", "bcrypt · 10"),
            ("php-bcrypt", "bcrypt · 12"),
            ("ldap-bcrypt", "bcrypt · 5"),
        ];
        let mut people: Vec<PersonDetail> = (0..40)
            .map(|n| {
                let (scheme, label) = bcrypt[n % 4];
                person(u32::try_from(n).unwrap(), Import, scheme, label, &["Staff"])
            })
            .collect();
        for (n, (route, scheme, label)) in [
            (Import, "pbkdf2-sha256", "PBKDF2-SHA256"),
            (Import, "hex-md5", "MD5"),
            (Hook, "spring-scrypt", "scrypt (Spring)"),
            (Hook, "scrypt", "scrypt (Firebase)"),
            (Hook, "argon2id", "argon2id"),
            (Hook, "django-md5", "MD5 (Django)"),
            (Reset, "unknown", "unknown"),
            (Reset, "none", "none"),
        ]
        .into_iter()
        .enumerate()
        {
            people.push(person(100 + u32::try_from(n).unwrap(), route, scheme, label, &["Staff"]));
        }
        people
    }

    #[test]
    fn every_route_and_kind_comes_before_a_second_of_one() {
        let people = company();
        // bcrypt once, the two other imports, scrypt, argon2 and MD5 by the hook, and two who must reset.
        assert_eq!(picked(&people, RoutePolicy::Best, 8), [0, 100, 101, 102, 104, 105, 106, 107]);
        // With room for three: one of each route.
        assert_eq!(picked(&people, RoutePolicy::Best, 3), [0, 102, 106]);
        // With room for more: the other products' bcrypt, and the other scrypt.
        assert_eq!(
            picked(&people, RoutePolicy::Best, 12),
            [0, 1, 2, 3, 100, 101, 102, 103, 104, 105, 106, 107]
        );
        // No route fills the pilot alone, however many kinds it has.
        assert_eq!(picked(&people, RoutePolicy::Best, 5), [0, 100, 102, 104, 106]);
    }

    #[test]
    fn then_every_group_is_shown_and_the_rest_fills_up() {
        let mut people = company();
        people.push(person(200, Route::Import, "bcrypt", "bcrypt · 10", &["Board"]));
        people.push(person(201, Route::Import, "bcrypt", "bcrypt · 10", &["BOARD"]));
        let all = picked(&people, RoutePolicy::Best, 14);
        assert!(all.contains(&200) && !all.contains(&201), "{all:?}");
        assert_eq!(all.len(), 14);
    }

    #[test]
    fn under_one_route_for_all_the_kinds_are_still_shown() {
        let reset = picked(&company(), RoutePolicy::AllReset, 8);
        assert_eq!(reset, [0, 1, 100, 101, 102, 104, 106, 107]);
    }
}
