//! Guesses on catalogs made by hand.

use super::*;
use crate::model::{Column, ForeignKey, Membership};

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

/// The membership of the first guess in words.
fn groups(tables: &[&str]) -> Option<String> {
    let guess = guess_people(&catalog(tables)).into_iter().next().unwrap();
    guess.selection.groups.map(|Membership { person_key, members, member_person, group }| {
        let members = members.name;
        match group {
            GroupName::Column(column) => format!("{person_key} = {members}.{member_person}, {column}"),
            GroupName::Joined { member_group, groups, group_key, group_name } => format!(
                "{person_key} = {members}.{member_person}, {member_group} = {}.{group_key}, {group_name}",
                groups.name
            ),
        }
    })
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
fn groups_are_found_by_foreign_keys() {
    assert_eq!(
        groups(&[
            USERS,
            "teams: *id int, team_name",
            "team_members: *id int, member int > users.id, team int > teams.id",
        ])
        .as_deref(),
        Some("id = team_members.member, team = teams.id, team_name")
    );
}

#[test]
fn groups_are_found_by_names_where_no_key_says_so() {
    assert_eq!(
        groups(&[USERS, "roles: *id int, name", "user_roles: user_id int, role_id int"]).as_deref(),
        Some("id = user_roles.user_id, role_id = roles.id, name")
    );
    assert_eq!(
        groups(&[
            "staff: *username, email, name, password",
            "groups: *id int, group_name",
            "group_members: *id int, username, group_id int"
        ])
        .as_deref(),
        Some("username = group_members.username, group_id = groups.id, group_name")
    );
    assert_eq!(
        groups(&[USERS, "user_authorities: user_id int, authority"]).as_deref(),
        Some("id = user_authorities.user_id, authority")
    );
}

#[test]
fn a_company_s_groups_go_before_permissions() {
    assert_eq!(
        groups(&[
            USERS,
            "permissions: *id int, name",
            "user_permissions: user_id int > users.id, permission_id int > permissions.id",
            "groups: *id int, name",
            "user_groups: user_id int > users.id, group_id int > groups.id",
        ])
        .as_deref(),
        Some("id = user_groups.user_id, group_id = groups.id, name")
    );
}

#[test]
fn what_only_looks_like_a_membership_is_none() {
    for tables in [
        vec![
            USERS,
            "orders: *id int, user_id int > users.id, product_id int > products.id",
            "products: *id int, name",
        ],
        vec![USERS, "sessions: *id, user_id int, payload"],
        // A key to another table of people is none to this one.
        vec![
            USERS,
            "admins: *id int, nick",
            "groups: *id int, name",
            "admin_groups: user_id int > admins.id, group_id int > groups.id",
        ],
        vec![USERS],
    ] {
        assert_eq!(groups(&tables), None, "{tables:?}");
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

#[test]
fn a_table_chosen_by_hand_gets_its_recipe_and_groups() {
    let found = catalog(&[USERS, "roles: *id int, name", "user_roles: user_id int, role_id int"]);
    let chosen = selection_for(&found, &TableName { schema: None, name: "users".to_owned() });
    assert!(chosen.groups.is_some());
    let unknown = TableName { schema: None, name: "gone".to_owned() };
    assert_eq!(selection_for(&found, &unknown), Selection::table(unknown));
}

#[test]
fn a_project_s_own_django_users_keep_their_groups() {
    assert_eq!(
        groups(&[
            "shop_user: *id int, password, last_login timestamp, is_superuser bool, username, first_name, last_name, email, is_staff bool, is_active bool",
            "shop_user_groups: *id int, user_id int > shop_user.id, group_id int > auth_group.id",
            "auth_group: *id int, name",
        ])
        .as_deref(),
        Some("id = shop_user_groups.user_id, group_id = auth_group.id, name")
    );
}
