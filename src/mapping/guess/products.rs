//! Products whose memberships Causeway knows. One is taken for certain only where all its tables and columns are there, side by side.
//!
//! Table names may have any prefix, the same for all (`mdl_`, `jos_`): it stands as `{}`. A new product is one entry.

use crate::model::{Catalog, Comparison, Condition, GroupName, Membership, Table};

use super::candidate::{GroupCandidate, Link};
use super::names::thing;
use super::tables::{beside, column, has};

/// A product's people and their groups.
struct Known {
    product: &'static str,
    /// The table of people and columns only it has. `None`: any table of people, and `{t}` and `{s}` stand for its name and the
    /// singular of its name's last word.
    people: Option<(&'static str, &'static [&'static str])>,
    /// The column of the people that memberships point at; the first that is there.
    key: &'static [&'static str],
    members: &'static str,
    /// Its columns that point at a person and at a group.
    member: (&'static str, &'static str),
    /// The table of groups with its key and name; `None`: the membership's second column is the name.
    groups: Option<(&'static str, &'static str, &'static str)>,
    /// More columns that the table of groups has.
    needs: &'static [&'static str],
    /// The column that says whose ids the first holds.
    type_column: Option<&'static str>,
    /// Conditions on memberships, and on groups, where the columns are there.
    only: &'static [(&'static str, Comparison, &'static str)],
    only_groups: &'static [(&'static str, Comparison, &'static str)],
}

/// What most have.
const PLAIN: Known = Known {
    product: "",
    people: None,
    key: &["id"],
    members: "",
    member: ("user_id", "group_id"),
    groups: None,
    needs: &[],
    type_column: None,
    only: &[],
    only_groups: &[],
};

use Comparison::{Is, IsEmpty, IsNot, No};

/// The products. Where one has several kinds of membership, the one that is most like a company's groups goes first.
const KNOWN: &[Known] = &[
    Known {
        product: "Spring Security",
        people: Some(("{}users", &["username", "password", "enabled"])),
        key: &["username"],
        members: "{}group_members",
        member: ("username", "group_id"),
        groups: Some(("{}groups", "id", "group_name")),
        ..PLAIN
    },
    Known {
        product: "Spring Security",
        people: Some(("{}users", &["username", "password", "enabled"])),
        key: &["username"],
        members: "{}authorities",
        member: ("username", "authority"),
        ..PLAIN
    },
    Known {
        product: "Django",
        people: Some(("{}user", &["password", "is_superuser", "username", "is_active"])),
        members: "{}user_groups",
        groups: Some(("auth_group", "id", "name")),
        ..PLAIN
    },
    Known {
        product: "ASP.NET Core Identity",
        people: Some(("{}AspNetUsers", &["Id", "UserName", "PasswordHash", "SecurityStamp"])),
        key: &["Id"],
        members: "{}AspNetUserRoles",
        member: ("UserId", "RoleId"),
        groups: Some(("{}AspNetRoles", "Id", "Name")),
        ..PLAIN
    },
    Known {
        product: "ASP.NET Membership",
        people: Some(("{}aspnet_Users", &["UserId", "UserName", "LoweredUserName"])),
        key: &["UserId"],
        members: "{}aspnet_UsersInRoles",
        member: ("UserId", "RoleId"),
        groups: Some(("{}aspnet_Roles", "RoleId", "RoleName")),
        ..PLAIN
    },
    Known {
        product: "Magento",
        people: Some(("{}admin_user", &["user_id", "username", "password", "is_active"])),
        key: &["user_id"],
        members: "{}authorization_role",
        member: ("user_id", "parent_id"),
        groups: Some(("{}authorization_role", "role_id", "role_name")),
        only: &[("role_type", Is, "U"), ("user_type", IsNot, "3")],
        only_groups: &[("role_type", Is, "G")],
        ..PLAIN
    },
    Known {
        product: "Moodle",
        people: Some(("{}user", &["id", "auth", "mnethostid", "username", "password", "firstname"])),
        members: "{}cohort_members",
        member: ("userid", "cohortid"),
        groups: Some(("{}cohort", "id", "name")),
        ..PLAIN
    },
    Known {
        product: "Joomla",
        people: Some(("{}users", &["id", "name", "username", "email", "password", "block", "sendEmail"])),
        members: "{}user_usergroup_map",
        groups: Some(("{}usergroups", "id", "title")),
        ..PLAIN
    },
    Known {
        product: "Nextcloud",
        people: Some(("{}users", &["uid", "displayname", "password"])),
        key: &["uid"],
        members: "{}group_user",
        member: ("uid", "gid"),
        groups: Some(("{}groups", "gid", "displayname")),
        ..PLAIN
    },
    // ownCloud's groups have no name but their id.
    Known {
        product: "ownCloud",
        people: Some(("{}users", &["uid", "displayname", "password"])),
        key: &["uid"],
        members: "{}group_user",
        member: ("uid", "gid"),
        ..PLAIN
    },
    Known {
        product: "Drupal",
        people: Some(("{}users_field_data", &["uid", "name", "pass", "mail", "status"])),
        key: &["uid"],
        members: "{}user__roles",
        member: ("entity_id", "roles_target_id"),
        only: &[("deleted", No, "")],
        ..PLAIN
    },
    Known {
        product: "Drupal",
        people: Some(("{}users", &["uid", "name", "pass", "mail", "status"])),
        key: &["uid"],
        members: "{}users_roles",
        member: ("uid", "rid"),
        groups: Some(("{}role", "rid", "name")),
        ..PLAIN
    },
    Known {
        product: "phpBB",
        people: Some(("{}users", &["user_id", "username", "user_password", "user_type", "user_email"])),
        key: &["user_id"],
        members: "{}user_group",
        groups: Some(("{}groups", "group_id", "group_name")),
        only: &[("user_pending", No, "")],
        ..PLAIN
    },
    Known {
        product: "MediaWiki",
        people: Some(("{}user", &["user_id", "user_name", "user_password", "user_email"])),
        key: &["user_id"],
        members: "{}user_groups",
        member: ("ug_user", "ug_group"),
        only: &[("ug_expiry", IsEmpty, "")],
        ..PLAIN
    },
    Known {
        product: "Discourse",
        people: Some(("{}users", &["id", "username", "username_lower", "trust_level"])),
        members: "{}group_users",
        groups: Some(("{}groups", "id", "name")),
        ..PLAIN
    },
    Known {
        product: "Mattermost",
        people: Some(("{}users", &["id", "username", "password", "authservice", "deleteat"])),
        members: "{}teammembers",
        member: ("userid", "teamid"),
        groups: Some(("{}teams", "id", "displayname")),
        only: &[("deleteat", No, "")],
        only_groups: &[("deleteat", No, "")],
        ..PLAIN
    },
    Known {
        product: "XenForo",
        people: Some(("{}user", &["user_id", "username", "email", "user_group_id", "secondary_group_ids"])),
        key: &["user_id"],
        members: "{}user_group_relation",
        member: ("user_id", "user_group_id"),
        groups: Some(("{}user_group", "user_group_id", "title")),
        ..PLAIN
    },
    Known {
        product: "Redmine",
        people: Some(("{}users", &["id", "login", "hashed_password", "firstname", "lastname", "type"])),
        members: "{}groups_users",
        groups: Some(("{}users", "id", "lastname")),
        only_groups: &[("type", Is, "Group")],
        ..PLAIN
    },
    Known {
        product: "SuiteCRM",
        people: Some(("{}users", &["id", "user_name", "user_hash", "sugar_login", "is_group"])),
        members: "{}acl_roles_users",
        member: ("user_id", "role_id"),
        groups: Some(("{}acl_roles", "id", "name")),
        only: &[("deleted", No, "")],
        only_groups: &[("deleted", No, "")],
        ..PLAIN
    },
    Known {
        product: "Snipe-IT",
        people: Some(("{}users", &["id", "username", "password", "permissions", "activated"])),
        members: "{}users_groups",
        groups: Some(("{}permission_groups", "id", "name")),
        ..PLAIN
    },
    Known {
        product: "Odoo",
        people: Some(("{}res_users", &["id", "login", "password", "partner_id"])),
        members: "{}res_groups_users_rel",
        member: ("uid", "gid"),
        groups: Some(("{}res_groups", "id", "name")),
        ..PLAIN
    },
    Known {
        product: "Keycloak",
        people: Some(("{}user_entity", &["id", "username", "realm_id", "enabled"])),
        members: "{}user_group_membership",
        groups: Some(("{}keycloak_group", "id", "name")),
        ..PLAIN
    },
    // Libraries that come to an application's own table of people.
    Known {
        product: "spatie/laravel-permission",
        members: "model_has_roles",
        member: ("model_id", "role_id"),
        groups: Some(("roles", "id", "name")),
        type_column: Some("model_type"),
        ..PLAIN
    },
    Known {
        product: "spatie/laravel-permission",
        members: "model_has_roles",
        key: &["uuid", "id"],
        member: ("model_uuid", "role_id"),
        groups: Some(("roles", "id", "name")),
        type_column: Some("model_type"),
        ..PLAIN
    },
    Known {
        product: "Bouncer",
        members: "assigned_roles",
        member: ("entity_id", "role_id"),
        groups: Some(("roles", "id", "name")),
        type_column: Some("entity_type"),
        only: &[("restricted_to_id", IsEmpty, "")],
        ..PLAIN
    },
    Known {
        product: "Laratrust",
        members: "role_user",
        member: ("user_id", "role_id"),
        groups: Some(("roles", "id", "name")),
        type_column: Some("user_type"),
        only: &[("team_id", IsEmpty, "")],
        ..PLAIN
    },
    // A role on one resource only (a forum's moderator) is not one everywhere.
    Known {
        product: "rolify",
        members: "{t}_roles",
        member: ("{s}_id", "role_id"),
        groups: Some(("roles", "id", "name")),
        needs: &["resource_type", "resource_id"],
        only_groups: &[("resource_type", IsEmpty, ""), ("resource_id", IsEmpty, "")],
        ..PLAIN
    },
];

/// Groups that a column of the people themselves points at: the product, the table of people with columns only it has, the column,
/// and the table of groups with its key and name.
type Direct = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    (&'static str, &'static str, &'static str),
);

const DIRECT: &[Direct] = &[
    (
        "Magento",
        "{}customer_entity",
        &["entity_id", "email", "group_id", "password_hash"],
        "group_id",
        ("{}customer_group", "customer_group_id", "customer_group_code"),
    ),
    (
        "vBulletin",
        "{}user",
        &["userid", "username", "usergroupid", "membergroupids"],
        "usergroupid",
        ("{}usergroup", "usergroupid", "title"),
    ),
    (
        "MyBB",
        "{}users",
        &["uid", "username", "usergroup", "additionalgroups", "loginkey"],
        "usergroup",
        ("{}usergroups", "gid", "title"),
    ),
];

/// Where the names of a product's tables begin, if this is its table of people: `mdl_` of `mdl_user`.
fn prefix<'t>(table: &'t Table, pattern: &str, columns: &[&str]) -> Option<&'t str> {
    let end = pattern.strip_prefix("{}").unwrap_or(pattern);
    let name = table.name.name.as_str();
    let at = name.len().checked_sub(end.len()).filter(|at| name.is_char_boundary(*at))?;
    let (start, rest) = name.split_at(at);
    // `jos_users`, but not `superusers`.
    let whole = start.is_empty() || start.ends_with(['_', '-']);
    (rest.eq_ignore_ascii_case(end) && whole && has(table, columns) && !table.view).then_some(start)
}

/// The memberships of products that are here as a whole, for a table of people.
pub(super) fn known(catalog: &Catalog, people: &Table) -> Vec<GroupCandidate> {
    let mut found: Vec<GroupCandidate> = KNOWN
        .iter()
        .enumerate()
        .filter_map(|(rank, known)| Some(instance(catalog, people, known)?.1.with(rank)))
        .collect();
    found.extend(DIRECT.iter().filter_map(|direct| of_column(catalog, people, direct)));
    found
}

/// The product whose table of people this is, where it is one with a table of people of its own.
pub(super) fn product_of(catalog: &Catalog, people: &Table) -> Option<&'static str> {
    let named = KNOWN.iter().filter(|known| known.people.is_some());
    let mut here = named.filter(|known| instance(catalog, people, known).is_some());
    let known = here.next().map(|known| known.product);
    known.or_else(|| {
        DIRECT.iter().find(|direct| of_column(catalog, people, direct).is_some()).map(|direct| direct.0)
    })
}

/// Every membership of a product that is here as a whole, with the table of people it belongs to.
pub(super) fn claims(catalog: &Catalog) -> Vec<(&Table, &Table)> {
    let mut claims = Vec::new();
    for people in &catalog.tables {
        // Which people a library's tables belong to is not told by their names alone.
        let own = KNOWN.iter().filter(|known| known.people.is_some() || known.members.contains("{t}"));
        claims.extend(own.filter_map(|known| Some((instance(catalog, people, known)?.0, people))));
    }
    claims
}

impl GroupCandidate {
    fn with(self, rank: usize) -> Self {
        Self { rank, ..self }
    }
}

fn instance<'c>(catalog: &'c Catalog, people: &Table, known: &Known) -> Option<(&'c Table, GroupCandidate)> {
    let start = match known.people {
        Some((pattern, columns)) => prefix(people, pattern, columns)?,
        None if people.view => return None,
        None => "",
    };
    let singular = thing(&people.name.name).pop().unwrap_or_default();
    let named = |pattern: &str| {
        pattern.replace("{}", start).replace("{t}", &people.name.name).replace("{s}", &singular)
    };
    let key = known.key.iter().find(|key| has(people, &[key]))?;
    let (person, group) = (named(known.member.0), named(known.member.1));
    let members = beside(catalog, people, &named(known.members), &[&person, &group])?;
    if let Some(column) = known.type_column
        && !has(members, &[column])
    {
        return None;
    }
    let (group, groups_table) = match known.groups {
        None => (GroupName::Column(column(members, &group)), None),
        Some((table, key, name)) => {
            let groups = beside(catalog, people, &named(table), &[key, name])
                .filter(|groups| has(groups, known.needs))?;
            let joined = GroupName::Joined {
                member_group: column(members, &group),
                groups: groups.name.clone(),
                group_key: column(groups, key),
                group_name: column(groups, name),
            };
            (joined, Some(groups))
        }
    };
    let membership = Membership {
        person_key: column(people, key),
        members: members.name.clone(),
        member_person: column(members, &person),
        group,
        only: conditions(members, known.only),
        only_groups: groups_table.map(|groups| conditions(groups, known.only_groups)).unwrap_or_default(),
    };
    let type_column = known.type_column.map(|name| column(members, name));
    Some((members, candidate(people, membership, known.product, type_column, false)))
}

fn of_column(catalog: &Catalog, people: &Table, direct: &Direct) -> Option<GroupCandidate> {
    let (product, pattern, columns, own, (groups, key, name)) = direct;
    let start = prefix(people, pattern, columns)?;
    let groups = beside(catalog, people, &groups.replace("{}", start), &[key, name])?;
    let membership = Membership {
        person_key: column(people, own),
        members: groups.name.clone(),
        member_person: column(groups, key),
        group: GroupName::Column(column(groups, name)),
        only: Vec::new(),
        only_groups: Vec::new(),
    };
    Some(candidate(people, membership, product, None, true))
}

fn candidate(
    people: &Table,
    membership: Membership,
    product: &'static str,
    type_column: Option<String>,
    direct: bool,
) -> GroupCandidate {
    GroupCandidate {
        membership,
        link: Link::Product(product),
        doubt: None,
        type_column,
        evidence: None,
        people: people.name.clone(),
        rivals: Vec::new(),
        as_text: false,
        direct,
        rank: 0,
    }
}

fn conditions(table: &Table, asked: &[(&str, Comparison, &str)]) -> Vec<Condition> {
    let there = asked.iter().filter(|(name, _, _)| has(table, &[name]));
    let condition = |(name, comparison, value): &(&str, Comparison, &str)| Condition {
        column: column(table, name),
        comparison: *comparison,
        value: (*value).to_owned(),
    };
    there.map(condition).collect()
}
