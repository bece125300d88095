//! Guesses on catalogs made by hand.

use super::*;
use crate::model::{Column, Condition, ForeignKey};

mod groups;
mod standing;

/// A table from `name: column type, …`; `*` before the columns of the primary key, `> table.column` after a foreign key.
fn table(text: &str) -> Table {
    let (name, columns) = text.split_once(':').unwrap();
    let name = match name.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => TableName { schema: None, name: name.to_owned() },
    };
    let mut made = Table {
        name,
        view: false,
        rows: Some(10),
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        refused: None,
    };
    for column in columns.split(',').map(str::trim) {
        let (column, reference) = match column.split_once('>') {
            Some((column, reference)) => (column.trim(), Some(reference.trim())),
            None => (column, None),
        };
        let key = column.starts_with('*');
        let column = column.trim_start_matches('*');
        let (column, type_name) = column.split_once(' ').unwrap_or((column, "text"));
        made.columns.push(Column { name: column.to_owned(), type_name: type_name.to_owned() });
        if key {
            made.primary_key.push(column.to_owned());
        }
        if let Some((table, there)) = reference.and_then(|r| r.split_once('.')) {
            made.foreign_keys.push(ForeignKey {
                columns: vec![column.to_owned()],
                table: TableName { schema: made.name.schema.clone(), name: table.to_owned() },
                references: vec![there.to_owned()],
            });
        }
    }
    made
}

fn catalog(tables: &[&str]) -> Catalog {
    Catalog { tables: tables.iter().map(|text| table(text)).collect() }
}

fn names(catalog: &Catalog) -> Vec<String> {
    guess_people(catalog).iter().map(|guess| guess.table.name.clone()).collect()
}

/// A membership in words.
fn in_words(membership: &Membership) -> String {
    let Membership { person_key, members, member_person, group, only, only_groups } = membership;
    let members = &members.name;
    let group = match group {
        GroupName::Column(column) => column.clone(),
        GroupName::Joined { member_group, groups, group_key, group_name } => {
            format!("{member_group} = {}.{group_key}, {group_name}", groups.name)
        }
    };
    let conditions = only.iter().chain(only_groups);
    let conditions =
        conditions.map(|Condition { column, comparison, value }| format!("{column} {comparison:?} {value}"));
    let all: Vec<String> = std::iter::once(group).chain(conditions).collect();
    format!("{person_key} = {members}.{member_person}, {}", all.join(", ")).trim_end().to_owned()
}

/// The membership of the first guess in words.
fn groups(tables: &[&str]) -> Option<String> {
    let guess = guess_people(&catalog(tables)).into_iter().next().unwrap();
    guess.selection.groups.as_ref().map(in_words)
}

/// What is asked about a table's people: each membership that is not certain, with the reason.
fn asked(tables: &[&str], people: &str) -> Vec<String> {
    let name = TableName { schema: None, name: people.to_owned() };
    let candidates = group_candidates(&catalog(tables), &name);
    let open = candidates.iter().filter(|candidate| !candidate.certain());
    open.map(|candidate| format!("{}: {}", in_words(&candidate.membership), candidate.reason())).collect()
}

/// What one column more in a table of memberships, or of groups, does: the conditions where it is certain, `None` where it is asked.
fn with_column(members: &str, groups_column: &str) -> Option<String> {
    let join = |start: &str, more: &str| {
        if more.is_empty() { start.to_owned() } else { format!("{start}, {more}") }
    };
    let members = join("group_members: user_id int > users.id, group_id int > groups.id", members);
    let table = join("groups: *id int, name", groups_column);
    let found = groups(&[USERS, &table, &members])?;
    let plain = "id = group_members.user_id, group_id = groups.id, name";
    Some(found.strip_prefix(plain).unwrap().trim_start_matches(", ").to_owned())
}

const USERS: &str = "users: *id int, email, first_name, last_name, password_hash";

#[test]
fn people_come_first_and_their_shadows_later_or_not_at_all() {
    let found = catalog(&[
        "orders: *id int, customer_email, total numeric",
        "user_sessions: *id, user_id int, login, password",
        "users_backup: *id int, email, first_name, last_name, password_hash",
        USERS,
        "audit_log: *id int, username, action, name",
        "newsletter: email",
        "products: *id int, name, price numeric",
    ]);
    let names = names(&found);
    assert_eq!(names[0], "users");
    for shadow in ["orders", "audit_log", "newsletter", "products"] {
        assert!(!names.iter().any(|name| name == shadow), "{names:?}");
    }
    assert!(names.iter().position(|name| name == "users_backup").is_none_or(|at| at > 0));
}

#[test]
fn the_fuller_of_two_tables_of_people_wins() {
    let mut found =
        catalog(&["members: *id int, email, name, password", "customers: *id int, email, name, password"]);
    found.tables[1].rows = Some(48_210);
    let guesses = guess_people(&found);
    assert_eq!(guesses[0].table.name, "customers");
    assert_eq!(
        guesses[0].reasons,
        ["has e-mail, name and password columns", "is called “customers”", "48,210 rows"]
    );
}

#[test]
fn tables_that_cannot_be_read_are_no_guess() {
    let mut found = catalog(&[USERS]);
    found.tables[0].refused = Some("no right to read it".to_owned());
    assert_eq!(guess_people(&found), []);
    assert_eq!(guess_people(&Catalog::default()), []);
}

#[test]
fn other_languages_are_people_too() {
    for tables in [
        "pracownicy: *id int, login, imie, nazwisko, haslo",
        "utilisateurs: *id int, courriel, nom, prénom, mot_de_passe",
        "Benutzer: *BenutzerID int, Benutzername, EMail, Vorname, Nachname, Kennwort",
        "usuarios: *id int, correo, nombre, apellidos, contraseña",
        "人员: *id int, 用户名, 姓名, 密码",
        "T_USR: *USR_ID int, USR_LOGIN, USR_PWD, USR_FNAME, USR_LNAME, USR_MAIL",
    ] {
        assert_eq!(names(&catalog(&[tables])).len(), 1, "{tables}");
    }
}

#[test]
fn wordpress_with_another_prefix_in_a_schema_of_its_own() {
    let found = catalog(&[
        "Blog.x1_users: *ID int, user_login, user_pass, user_email, display_name, user_status int",
        "Blog.x1_usermeta: *umeta_id int, user_id int, meta_key, meta_value",
    ]);
    let guess = guess_people(&found).remove(0);
    assert_eq!(guess.product, Some("WordPress"));
    assert_eq!(guess.selection.key, ["id"]);
    let People::Sql(sql) = guess.selection.people else { panic!("one SELECT over both tables") };
    assert!(sql.contains(r#"FROM "Blog".x1_users u"#) && sql.contains(r#"u."ID" AS id"#), "{sql}");
    assert!(sql.contains("'x1_capabilities'"), "{sql}");
}

#[test]
fn a_recipe_needs_all_its_tables_and_columns() {
    let alone = catalog(&["wp_users: *ID int, user_login, user_pass, user_email, display_name"]);
    let guess = guess_people(&alone).remove(0);
    assert_eq!((guess.product, guess.selection.people), (None, People::Table(guess.table)));
    let half = catalog(&[
        "user_entity: *id, username, email, first_name, last_name, enabled boolean",
        "credential: *id, user_id, type, value",
    ]);
    assert_eq!(guess_people(&half)[0].product, None);
}

/// Nobody can mean the people of an empty table, nor the few who look after an application.
#[test]
fn an_empty_table_is_never_guessed_over_a_filled_one() {
    let first = |tables: &[&str], rows: &[u64]| {
        let mut found = catalog(tables);
        for (table, rows) in found.tables.iter_mut().zip(rows) {
            table.rows = Some(*rows);
        }
        guess_people(&found).remove(0).table.name
    };
    let tables = [
        "oc_user: *user_id int, username, password, salt, firstname, lastname, email, status int",
        "oc_customer: *customer_id int, firstname, lastname, email, password",
    ];
    assert_eq!(first(&tables, &[0, 30]), "oc_customer");
    let tables = [
        "admin_users: *id int, firstname, lastname, username, email, password, is_active boolean, blocked boolean",
        "up_users: *id int, username, email, provider, password, confirmed boolean",
    ];
    assert_eq!(first(&tables, &[5, 30]), "up_users");
    assert_eq!(first(&tables, &[5, 0]), "admin_users");
}
