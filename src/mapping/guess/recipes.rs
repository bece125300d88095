//! Products whose people are spread over several tables. A recipe is used only if all its tables and columns are there.

use crate::model::{Catalog, GroupName, Membership, People, Selection, Table, TableName};

use super::exports;
use super::products;
use super::tables::{beside, column, has};

/// A product found in a catalog.
pub(super) struct Found {
    /// The product's name.
    pub(super) product: &'static str,
    /// How to read them.
    pub(super) selection: Selection,
}

/// One product's recipe: what it finds for a table.
type Recipe = fn(&Catalog, &Table) -> Option<Found>;

/// All recipes. A new product is one function and one line here.
const RECIPES: [Recipe; 3] = [keycloak, wordpress, nextcloud];

/// The product a table of people belongs to, if one is known.
pub(super) fn recipe_for(catalog: &Catalog, table: &Table) -> Option<Found> {
    RECIPES.iter().find_map(|recipe| recipe(catalog, table))
}

/// The product of a table of people that is read as it is, if one is known.
pub(super) fn product_of(catalog: &Catalog, table: &Table) -> Option<&'static str> {
    let name = table.name.name.to_ascii_lowercase();
    let is = |product: &'static str, named: bool, columns: &[&str]| {
        (named && has(table, columns)).then_some(product)
    };
    let django = ["id", "password", "username", "first_name", "last_name", "email", "is_active"];
    let laravel = ["id", "name", "email", "password", "remember_token"];
    is("Django", name == "auth_user" || name.ends_with("user") && has(table, &["is_superuser"]), &django)
        .or_else(|| products::product_of(catalog, table))
        .or_else(|| is("Laravel", name == "users", &laravel))
        .or_else(|| exports::product_of(table))
}

/// Words that are none's name without quotes in PostgreSQL, SQLite or the SQL standard (`user` alone would be who is connected).
const RESERVED: &str = " all alter analyse analyze and any array as asc asymmetric authorization between binary both by case cast check \
collate collation column commit concurrently constraint create cross current current_date current_role current_time current_timestamp \
current_user cursor default deferrable delete desc distinct do drop else end escape except exists false fetch filter first following for \
foreign freeze from full grant group having if ilike in index initially inner insert intersect into is isnull join key last lateral leading \
left like limit localtime localtimestamp match natural not nothing notnull null nulls of offset on only or order outer over overlaps \
partition placing primary range references replace returning right row rows select session_user set similar some symmetric system_user \
table tablesample then to trailing transaction true union unique update user using values variadic verbose view when where window with ";

/// A name as SQL takes it: in double quotes unless it is plain. The quotes are those of the SQL standard, of PostgreSQL and SQLite.
pub(in crate::mapping) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !RESERVED.contains(&format!(" {name} "));
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A table's name as SQL takes it.
pub(in crate::mapping) fn quoted_table(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&name.name)),
        None => quoted(&name.name),
    }
}

/// A text as SQL takes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn joined(
    person_key: &str,
    members: &Table,
    member_person: &str,
    member_group: &str,
    groups: &Table,
    group_key: &str,
    group_name: &str,
) -> Membership {
    Membership {
        person_key: person_key.to_owned(),
        members: members.name.clone(),
        member_person: column(members, member_person),
        group: GroupName::Joined {
            member_group: column(members, member_group),
            groups: groups.name.clone(),
            group_key: column(groups, group_key),
            group_name: column(groups, group_name),
        },
        only: Vec::new(),
        only_groups: Vec::new(),
    }
}

/// Keycloak: the password is in another table, as two JSON texts; they become one.
fn keycloak(catalog: &Catalog, table: &Table) -> Option<Found> {
    let needed = ["id", "username", "email", "first_name", "last_name", "enabled"];
    if !table.name.name.eq_ignore_ascii_case("user_entity") || !has(table, &needed) {
        return None;
    }
    let credential =
        beside(catalog, table, "credential", &["user_id", "type", "secret_data", "credential_data"])?;
    let user = |name: &str| format!("u.{}", quoted(&column(table, name)));
    let cred = |name: &str| quoted(&column(credential, name));
    let realm =
        if has(table, &["realm_id"]) { format!(", {} AS realm_id", user("realm_id")) } else { String::new() };
    // People who stand for a client's own account are no people.
    let people = if has(table, &["service_account_client_link"]) {
        format!("\nWHERE {} IS NULL", user("service_account_client_link"))
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT {id} AS id, {username} AS username, {email} AS email, {first} AS first_name, {last} AS last_name,\n       \
         {enabled} AS enabled{realm}, c.password AS password\n\
         FROM {users} u\n\
         LEFT JOIN (\n  \
           SELECT {person} AS user_id,\n         \
             MAX('{{\"secretData\":' || {secret} || ',\"credentialData\":' || {data} || '}}') AS password\n  \
           FROM {credentials} WHERE {kind} = 'password' GROUP BY {person}\n\
         ) c ON c.user_id = {id}{people}",
        id = user("id"),
        username = user("username"),
        email = user("email"),
        first = user("first_name"),
        last = user("last_name"),
        enabled = user("enabled"),
        users = quoted_table(&table.name),
        person = cred("user_id"),
        secret = cred("secret_data"),
        data = cred("credential_data"),
        credentials = quoted_table(&credential.name),
        kind = cred("type"),
    );
    let groups = beside(catalog, table, "user_group_membership", &["user_id", "group_id"])
        .zip(beside(catalog, table, "keycloak_group", &["id", "name"]))
        .map(|(members, groups)| joined("id", members, "user_id", "group_id", groups, "id", "name"));
    Some(Found {
        product: "Keycloak",
        selection: Selection {
            people: People::Sql(sql),
            key: vec!["id".to_owned()],
            only: Vec::new(),
            groups,
            more_groups: Vec::new(),
        },
    })
}

/// WordPress: names and roles are rows of another table. Tables may have any prefix, and the roles' key has it too.
fn wordpress(catalog: &Catalog, table: &Table) -> Option<Found> {
    let prefix = table.name.name.strip_suffix("users").or_else(|| table.name.name.strip_suffix("USERS"))?;
    let needed = ["ID", "user_login", "user_pass", "user_email"];
    if !has(table, &needed) {
        return None;
    }
    let meta = beside(catalog, table, &format!("{prefix}usermeta"), &["user_id", "meta_key", "meta_value"])?;
    let user = |name: &str| format!("u.{}", quoted(&column(table, name)));
    let meta_column = |name: &str| quoted(&column(meta, name));
    let (key, value, person) = (meta_column("meta_key"), meta_column("meta_value"), meta_column("user_id"));
    let display = if has(table, &["display_name"]) {
        format!(", {} AS display_name", user("display_name"))
    } else {
        String::new()
    };
    // A network of sites keeps out whom it deleted or took for a spammer.
    let off = ["spam", "deleted"].into_iter().filter(|name| has(table, &[name]));
    let off = off.map(|name| format!(", {} AS {name}", user(name))).collect::<Vec<_>>().concat();
    let roles = literal(&format!("{prefix}capabilities"));
    let pick = |which: &str, name: &str| format!("MAX(CASE WHEN {key} = {which} THEN {value} END) AS {name}");
    // MAX picks the one value there is; a second row of the same key must not make a second person.
    let sql = format!(
        "SELECT {id} AS id, {login} AS username, {email} AS email, {pass} AS password, m.first_name AS first_name,\n       \
         m.last_name AS last_name{display}{off}, m.roles AS roles\n\
         FROM {users} u\n\
         LEFT JOIN (\n  \
           SELECT {person} AS user_id, {first},\n         {last},\n         {role}\n  \
           FROM {metas} WHERE {key} IN ('first_name', 'last_name', {roles}) GROUP BY {person}\n\
         ) m ON m.user_id = {id}",
        id = user("ID"),
        login = user("user_login"),
        email = user("user_email"),
        pass = user("user_pass"),
        users = quoted_table(&table.name),
        first = pick("'first_name'", "first_name"),
        last = pick("'last_name'", "last_name"),
        role = pick(&roles, "roles"),
        metas = quoted_table(&meta.name),
    );
    Some(Found {
        product: "WordPress",
        selection: Selection {
            people: People::Sql(sql),
            key: vec!["id".to_owned()],
            only: Vec::new(),
            groups: None,
            more_groups: Vec::new(),
        },
    })
}

/// Nextcloud and ownCloud: the address, and whether someone is switched off, are rows of the table of preferences; who has no such row
/// is on.
fn nextcloud(catalog: &Catalog, table: &Table) -> Option<Found> {
    let prefix = table.name.name.strip_suffix("users")?;
    if !has(table, &["uid", "displayname", "password"]) {
        return None;
    }
    let settings = ["userid", "appid", "configkey", "configvalue"];
    let preferences = beside(catalog, table, &format!("{prefix}preferences"), &settings)?;
    let pick = |app: &str, key: &str| {
        format!("MAX(CASE WHEN appid = '{app}' AND configkey = '{key}' THEN configvalue END) AS {key}")
    };
    let sql = format!(
        "SELECT u.uid AS uid, u.displayname AS displayname, u.password AS password, p.email AS email, COALESCE(p.enabled, 'true') AS enabled\n\
         FROM {users} u\n\
         LEFT JOIN (\n  \
           SELECT userid, {email},\n         {enabled}\n  \
           FROM {preferences} WHERE configkey IN ('email', 'enabled') GROUP BY userid\n\
         ) p ON p.userid = u.uid",
        users = quoted_table(&table.name),
        email = pick("settings", "email"),
        enabled = pick("core", "enabled"),
        preferences = quoted_table(&preferences.name),
    );
    let groups = products::known(catalog, table).into_iter().next().map(|candidate| candidate.membership);
    Some(Found {
        product: "Nextcloud",
        selection: Selection {
            people: People::Sql(sql),
            key: vec!["uid".to_owned()],
            only: Vec::new(),
            groups,
            more_groups: Vec::new(),
        },
    })
}
