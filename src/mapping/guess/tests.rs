//! Guesses on catalogs made by hand.

use super::*;
use crate::model::{Column, Condition, ForeignKey};

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
fn groups_are_asked_about_where_no_key_says_whose_they_are() {
    let tables = [USERS, "roles: *id int, name", "user_roles: user_id int, role_id int"];
    assert_eq!(groups(&tables), None);
    assert_eq!(
        asked(&tables, "users"),
        [
            "id = user_roles.user_id, role_id = roles.id, name: through user_id = id and role_id = roles.id; no foreign key."
        ]
    );
    let tables = [
        "staff: *username, email, name, password",
        "groups: *id int, group_name",
        "group_members: *id int, username, group_id int",
    ];
    assert_eq!(groups(&tables), None);
    assert_eq!(
        asked(&tables, "staff"),
        [
            "username = group_members.username, group_id = groups.id, group_name: through username = username and group_id = \
             groups.id; no foreign key."
        ]
    );
    let tables = [USERS, "user_authorities: user_id int, authority"];
    assert_eq!(
        asked(&tables, "users"),
        ["id = user_authorities.user_id, authority: through user_id = id; no foreign key."]
    );
    // Half a foreign key makes nothing certain: the names could still be another table's.
    let tables = [USERS, "roles: *id int, name", "user_roles: user_id int > users.id, role_id int"];
    assert_eq!(groups(&tables), None);
    assert_eq!(
        asked(&tables, "users"),
        ["id = user_roles.user_id, role_id = roles.id, name: through role_id = roles.id; no foreign key."]
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
    let found = catalog(&[
        USERS,
        "roles: *id int, name",
        "user_roles: user_id int > users.id, role_id int > roles.id",
    ]);
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

/// Two tables of people in one database, no foreign keys: whose a membership is, its name and its columns say; the other's are not
/// even asked about.
#[test]
fn the_groups_of_another_table_of_people_are_nobody_else_s() {
    let django = [
        "auth_user: *id int, password, is_superuser bool, username, first_name, last_name, email, is_active bool",
        "auth_group: *id int, name",
        "auth_user_groups: *id int, user_id int, group_id int",
    ];
    let nextcloud = [
        "oc_users: *uid, displayname, password, uid_lower",
        "oc_groups: *gid, displayname",
        "oc_group_user: gid, uid",
    ];
    let joomla = [
        "jos_users: *id int, name, username, email, password, block int, sendEmail int",
        "jos_usergroups: *id int, parent_id int, title",
        "jos_user_usergroup_map: user_id int, group_id int",
    ];
    let moodle = [
        "mdl_user: *id int, auth, mnethostid int, username, password, firstname, lastname, email",
        "mdl_cohort: *id int, contextid int, name",
        "mdl_cohort_members: *id int, cohortid int, userid int",
    ];
    let own = [
        "staff_accounts: *id int, login, email, full_name, pw",
        "staff_teams: *id int, title",
        "staff_account_teams: account_id int, team_id int",
    ];
    for product in [&django[..], &nextcloud, &joomla, &moodle, &own] {
        for people in [
            "customers: *id int, email, first_name, last_name, password_hash",
            "users: *id int, email, encrypted_password, reset_password_token, name",
            "members: *member_id int, e_mail, nick, secret",
            "clients: *uid, mail, surname, forename, passwd",
            "accounts: *id int, email, name, password",
        ] {
            let tables: Vec<&str> = std::iter::once(people).chain(product.iter().copied()).collect();
            let name = people.split(':').next().unwrap();
            let table = TableName { schema: None, name: name.to_owned() };
            let found = group_candidates(&catalog(&tables), &table);
            let theirs: Vec<_> = found.iter().map(|c| in_words(&c.membership)).collect();
            assert_eq!(theirs, [""; 0], "{name} beside {}", product[0]);
        }
    }
}

/// A column that may point at either is asked about; one that is named after the other people is not.
#[test]
fn a_membership_named_after_nobody_is_a_question() {
    let tables = |column: &str| {
        vec![
            "customers: *id int, email, first_name, last_name, password_hash".to_owned(),
            "employees: *id int, email, first_name, last_name, pw".to_owned(),
            "clubs: *id int, name".to_owned(),
            format!("club_list: {column} int, club_id int"),
        ]
    };
    let asked = |column: &str, people: &str| {
        let tables = tables(column);
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        super::tests::asked(&tables, people).len()
    };
    assert_eq!((asked("person_id", "customers"), asked("person_id", "employees")), (1, 1));
    assert_eq!((asked("customer_id", "customers"), asked("customer_id", "employees")), (1, 0));
    assert_eq!((asked("employee_id", "customers"), asked("employee_id", "employees")), (0, 1));
}

#[test]
fn never_across_schemas_and_never_by_keys_of_other_types() {
    let found = catalog(&[
        "shop.users: *id int, email, first_name, last_name, password_hash",
        "blog.users: *id int, email, name, password",
        "blog.roles: *id int, name",
        "blog.user_roles: user_id int, role_id int",
    ]);
    let of = |schema: &str| {
        let name = TableName { schema: Some(schema.to_owned()), name: "users".to_owned() };
        group_candidates(&found, &name).len()
    };
    assert_eq!((of("shop"), of("blog")), (0, 1));
    let other_types = [USERS, "roles: *id int, name", "user_roles: user_id varchar(36), role_id int"];
    assert_eq!(asked(&other_types, "users"), [""; 0]);
}

/// Products' own tables, side by side and complete, need no foreign keys.
#[test]
fn products_that_are_here_as_a_whole_have_their_groups() {
    let cases: &[(&[&str], &str)] = &[
        (
            &[
                "customer_entity: *entity_id int, website_id int, email, group_id int, firstname, lastname, password_hash, is_active int",
                "customer_group: *customer_group_id int, customer_group_code, tax_class_id int",
            ],
            "group_id = customer_group.customer_group_id, customer_group_code",
        ),
        (
            &[
                "shop_customer_entity: *entity_id int, email, group_id int, firstname, lastname, password_hash",
                "shop_customer_group: *customer_group_id int, customer_group_code",
            ],
            "group_id = shop_customer_group.customer_group_id, customer_group_code",
        ),
        (
            &[
                "users: *id int, name, email, encrypted_password, reset_password_token",
                "roles: *id int, name, resource_type, resource_id int",
                "users_roles: user_id int, role_id int",
            ],
            "id = users_roles.user_id, role_id = roles.id, name, resource_type IsEmpty , resource_id IsEmpty",
        ),
        (
            &[
                "mdl_user: *id int, auth, mnethostid int, username, password, firstname, lastname, email",
                "mdl_cohort: *id int, contextid int, name",
                "mdl_cohort_members: *id int, cohortid int, userid int",
                "mdl_groups: *id int, courseid int, name",
                "mdl_groups_members: *id int, groupid int, userid int",
            ],
            "id = mdl_cohort_members.userid, cohortid = mdl_cohort.id, name",
        ),
        (
            &[
                "x7k_users: *id int, name, username, email, password, block int, sendEmail int",
                "x7k_usergroups: *id int, parent_id int, title",
                "x7k_user_usergroup_map: user_id int, group_id int",
            ],
            "id = x7k_user_usergroup_map.user_id, group_id = x7k_usergroups.id, title",
        ),
        (
            &[
                "oc_users: *uid, displayname, password, uid_lower",
                "oc_groups: *gid, displayname",
                "oc_group_user: gid, uid",
            ],
            "uid = oc_group_user.uid, gid = oc_groups.gid, displayname",
        ),
        (
            &["oc_users: *uid, displayname, password", "oc_groups: *gid", "oc_group_user: gid, uid"],
            "uid = oc_group_user.uid, gid",
        ),
        (
            &[
                "AspNetUsers: *Id, UserName, NormalizedUserName, Email, PasswordHash, SecurityStamp, LockoutEnd timestamp",
                "AspNetRoles: *Id, Name, NormalizedName",
                "AspNetUserRoles: UserId, RoleId",
            ],
            "Id = AspNetUserRoles.UserId, RoleId = AspNetRoles.Id, Name",
        ),
        (
            &[
                "phpbb_users: *user_id int, user_type int, username, user_email, user_password",
                "phpbb_groups: *group_id int, group_name",
                "phpbb_user_group: group_id int, user_id int, group_leader int, user_pending int",
            ],
            "user_id = phpbb_user_group.user_id, group_id = phpbb_groups.group_id, group_name, user_pending No",
        ),
        (
            &[
                "users: *uid int, name, pass, mail, status int",
                "role: *rid int, name",
                "users_roles: uid int, rid int",
            ],
            "uid = users_roles.uid, rid = role.rid, name",
        ),
        (
            &[
                "users_field_data: *uid int, name, pass, mail, status int",
                "user__roles: entity_id int, deleted int, roles_target_id",
            ],
            "uid = user__roles.entity_id, roles_target_id, deleted No",
        ),
        (
            &[
                "users: *id, username, password, authservice, email, firstname, lastname, deleteat bigint",
                "teams: *id, displayname, name, deleteat bigint",
                "teammembers: teamid, userid, deleteat bigint",
            ],
            "id = teammembers.userid, teamid = teams.id, displayname, deleteat No , deleteat No",
        ),
    ];
    for (tables, expected) in cases {
        assert_eq!(groups(tables).as_deref(), Some(*expected));
        // Nor is it lost beside another product's, whatever that one is.
        let beside = [
            "auth_user: *id int, password, is_superuser bool, username, first_name, last_name, email, is_active bool",
            "auth_group: *id int, name",
            "auth_user_groups: *id int, user_id int, group_id int",
        ];
        let all: Vec<&str> = tables.iter().copied().chain(beside).collect();
        let found = catalog(&all);
        let people = TableName { schema: None, name: tables[0].split(':').next().unwrap().to_owned() };
        let chosen = selection_for(&found, &people);
        assert_eq!(chosen.groups.as_ref().map(in_words).as_deref(), Some(*expected));
    }
}

#[test]
fn a_foreign_key_goes_before_the_likelier_name_of_another_product() {
    assert_eq!(
        groups(&[
            "Accounts: *Id, UserName, Email, FirstName, LastName, PasswordHash",
            "Roles: *Id, Name",
            "AccountRoles: AccountId > Accounts.Id, RoleId > Roles.Id",
            "user_groups: user_id, group_id",
            "groups: *id, name",
        ])
        .as_deref(),
        Some("Id = AccountRoles.AccountId, RoleId = Roles.Id, Name")
    );
}

#[test]
fn a_foreign_key_makes_no_membership_of_a_log_a_ticket_or_whoever_added_someone() {
    let groups_table = "groups: *id int, name";
    for table in [
        "group_invitations: *id int, user_id int > users.id, group_id int > groups.id",
        "group_audit: *id int, user_id int > users.id, group_id int > groups.id",
        "groups_archive: created_by int > users.id, group_id int > groups.id",
        "tickets: *id int, user_id int > users.id, group_id int > groups.id, subject, body",
    ] {
        assert_eq!(groups(&[USERS, groups_table, table]), None, "{table}");
    }
    assert_eq!(
        asked(
            &[
                USERS,
                groups_table,
                "tickets: *id int, user_id int > users.id, group_id int > groups.id, subject, body"
            ],
            "users"
        ),
        [
            "id = tickets.user_id, group_id = groups.id, name: by foreign keys, but tickets holds more than memberships (subject, \
             body)."
        ]
    );
    assert_eq!(
        groups(&[
            USERS,
            groups_table,
            "group_members: added_by int > users.id, user_id int > users.id, group_id int > groups.id",
        ])
        .as_deref(),
        Some("id = group_members.user_id, group_id = groups.id, name")
    );
    assert_eq!(
        groups(&[
            USERS,
            groups_table,
            "group_members: left_ref int > users.id, right_ref int > users.id, group_id int > groups.id",
        ]),
        None
    );
}

#[test]
fn memberships_that_were_taken_away_or_are_not_granted_yet_do_not_count() {
    assert_eq!(
        groups(&[
            USERS,
            "groups: *id int, name, archived bool, deleted_at timestamp",
            "group_members: user_id int > users.id, group_id int > groups.id, pending bool, removed_at timestamp",
        ])
        .as_deref(),
        Some("id = group_members.user_id, group_id = groups.id, name, pending No , removed_at IsEmpty , archived No , deleted_at IsEmpty")
    );
}

#[test]
fn a_polymorphic_membership_is_used_for_the_rows_of_these_people_only() {
    let spatie = [
        "users: *id int, name, email, password, remember_token",
        "admins: *id int, name, email, password",
        "roles: *id int, name, guard_name",
        "model_has_roles: role_id int, model_type, model_id int",
    ];
    assert_eq!(groups(&spatie), None, "not before it is known whose rows are whose");
    let of = |people: &str, values: &[&str]| {
        let name = TableName { schema: None, name: people.to_owned() };
        let candidates = group_candidates(&catalog(&spatie), &name);
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let settled = candidates.iter().flat_map(|candidate| candidate.settled(&values));
        settled.map(|c| (c.certain(), c.membership.only[0].value.clone())).collect::<Vec<_>>()
    };
    let both = [r"App\Models\User", r"App\Models\Admin"];
    assert_eq!(of("users", &both), [(true, both[0].to_owned())]);
    assert_eq!(of("admins", &both), [(true, both[1].to_owned())]);
    assert_eq!(of("users", &["admin"]), []);
    assert_eq!(of("users", &["user"]), [(true, "user".to_owned())]);
    assert_eq!(of("users", &[r"Domain\Person"]), [(false, r"Domain\Person".to_owned())]);
    let old_and_new = [r"App\User", r"App\Models\User"];
    assert_eq!(of("users", &old_and_new).iter().map(|one| one.0).collect::<Vec<_>>(), [false, false]);
    assert_eq!(of("users", &[]), []);
}

#[test]
fn a_column_of_the_people_that_points_at_groups() {
    assert_eq!(
        groups(&["staff: *id int, email, name, password, role_id int > roles.id", "roles: *id int, label"])
            .as_deref(),
        Some("role_id = roles.id, label")
    );
    assert_eq!(
        asked(&["staff: *id int, email, name, password, role_id int", "roles: *id int, label"], "staff"),
        ["role_id = roles.id, label: through role_id = roles.id; no foreign key."]
    );
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

#[test]
fn a_flag_of_a_membership_or_a_group_is_a_condition() {
    for (column, condition) in [
        ("created_at timestamp", ""),
        ("joined_at timestamp", ""),
        ("invited_by int > users.id", ""),
        ("can_invite bool", ""),
        ("is_admin bool", ""),
        ("granted_at timestamp", ""),
        ("active bool", "active Yes"),
        ("is_active int", "is_active Yes"),
        ("enabled tinyint(1)", "enabled Yes"),
        ("aktiv boolean", "aktiv Yes"),
        ("accepted bool", "accepted Yes"),
        ("is_approved int", "is_approved Yes"),
        ("granted bool", "granted Yes"),
        ("genehmigt bool", "genehmigt Yes"),
        ("denied bool", "denied No"),
        ("is_banned int", "is_banned No"),
        ("blocked bool", "blocked No"),
        ("rejected bool", "rejected No"),
        ("has_left bool", "has_left No"),
        ("expired bool", "expired No"),
        ("banned bit(1)", "banned No"),
        ("is_deleted char(1)", "is_deleted No"),
        ("deleted_at bigint", "deleted_at No"),
        ("banned_at timestamp", "banned_at IsEmpty"),
        ("deleted timestamp", "deleted IsEmpty"),
        ("rejected_at timestamp", "rejected_at IsEmpty"),
    ] {
        assert_eq!(with_column(column, "").as_deref(), Some(condition), "{column}");
    }
    for (column, condition) in [
        ("archived bool", "archived No"),
        ("is_active bool", "is_active Yes"),
        ("archived_at timestamp", "archived_at IsEmpty"),
        ("description", ""),
        ("verified bool", ""),
        ("invite_token", ""),
        ("lft int, rgt int", ""),
        ("category", ""),
        ("location", ""),
    ] {
        assert_eq!(with_column("", column).as_deref(), Some(condition), "{column}");
    }
}

#[test]
fn a_state_an_end_or_an_invitation_of_a_membership_is_a_question() {
    for column in [
        "status",
        "state membership_state",
        "membership_status int",
        "invite_status",
        "estado",
        "status_id int > statuses.id",
        "left_at timestamp",
        "expires_at timestamp",
        "end_date date",
        "valid_to date",
        "date_to date",
        "until date",
        "gueltig_bis date",
        "start_date date",
        "banned_until timestamp",
        "confirmed_at timestamp",
        "accepted_at timestamp",
        "accepted char(1)",
        "active text",
        "deleted text",
        "deleted bigint",
        "requested_at timestamp",
        "invite_token",
        "invited_at timestamp",
        "approved_by int > users.id",
        "role",
        "access_level int",
    ] {
        assert_eq!(with_column(column, ""), None, "{column}");
    }
    for column in ["status", "end_date date", "locked bool", "tenant_id int", "parent_id int > groups.id"] {
        assert_eq!(with_column("", column), None, "{column}");
    }
    for column in ["org_id uuid", "courseid int", "realm", "company_id int"] {
        assert_eq!(with_column("", column), None, "{column}");
    }
    assert_eq!(
        asked(
            &[
                USERS,
                "groups: *id int, name, tenant_id int",
                "group_members: user_id int > users.id, group_id int > groups.id, status, left_at date",
            ],
            "users"
        ),
        [
            "id = group_members.user_id, group_id = groups.id, name: by foreign keys, but status, left_at in group_members may say \
             who is only invited, refused or gone, and two groups may have one name: groups has tenant_id."
        ]
    );
}

#[test]
fn a_column_of_the_people_for_another_group_than_theirs_is_a_question() {
    let certain = |column: &str, table: &str| {
        let people = format!("staff: *id int, email, name, password, {column} int > {table}.id");
        groups(&[&people, &format!("{table}: *id int, label")]).is_some()
    };
    for (column, table) in [
        ("role_id", "roles"),
        ("team", "teams"),
        ("primary_role_id", "roles"),
        ("user_role_id", "roles"),
        ("staff_role", "roles"),
        ("grp_id", "groups"),
        ("teamid", "teams"),
        ("user_group_id", "user_groups"),
        ("usergroup_id", "user_groups"),
        ("GruppeID", "Gruppen"),
    ] {
        assert!(certain(column, table), "{column}");
    }
    for column in [
        "pending_role_id",
        "requested_role_id",
        "previous_role_id",
        "default_role_id",
        "invited_role_id",
        "target_role_id",
        "last_viewed_role_id",
        "former_role",
        "next_role_id",
    ] {
        assert!(!certain(column, "roles"), "{column}");
    }
    // In a table of memberships, the one that is theirs goes before the other one.
    assert_eq!(
        groups(&[
            USERS,
            "roles: *id int, name",
            "user_roles: user_id int > users.id, previous_role_id int > roles.id, role_id int > roles.id",
        ])
        .as_deref(),
        Some("id = user_roles.user_id, role_id = roles.id, name")
    );
    let alone =
        ["roles: *id int, name", "user_roles: user_id int > users.id, requested_role_id int > roles.id"];
    assert_eq!(groups(&[USERS, alone[0], alone[1]]), None);
}

/// Who only looks at a group, or wants to be in it, is not in it: asked about, however well foreign keys say whose the rows are.
#[test]
fn who_has_to_do_with_a_group_is_no_member_unasked() {
    for table in [
        "group_watchers",
        "group_subscribers",
        "team_favorites",
        "group_likes",
        "team_observers",
        "group_mutes",
        "group_views",
        "team_visits",
        "group_ratings",
        "group_creators",
        "group_invitees",
        "role_nominations",
        "group_candidates",
        "group_leavers",
        "group_denials",
        "group_followers",
        "team_stars",
        "group_bookmarks",
    ] {
        let members = format!("{table}: user_id int > users.id, group_id int > groups.id");
        let tables = [USERS, "groups: *id int, name", &members];
        assert_eq!(groups(&tables), None, "{table}");
        assert!(
            asked(&tables, "users").iter().any(|question| question.contains("may be no member")),
            "{table}"
        );
    }
    // The column says so where the table does not.
    let tables =
        [USERS, "groups: *id int, name", "group_users: follower_id int > users.id, group_id int > groups.id"];
    assert_eq!(groups(&tables), None);
    // What these people themselves are called says nothing.
    let tables = [
        "subscribers: *id int, email, first_name, last_name, password_hash",
        "groups: *id int, name",
        "subscriber_groups: subscriber_id int > subscribers.id, group_id int > groups.id",
    ];
    assert_eq!(
        groups(&tables).as_deref(),
        Some("id = subscriber_groups.subscriber_id, group_id = groups.id, name")
    );
}

/// A column may turn a membership round: who has the row is refused, or nobody.
#[test]
fn a_column_that_turns_a_membership_round_is_asked_about_or_is_a_condition() {
    let with = |column: &str| {
        let members = format!("group_members: user_id int > users.id, group_id int > groups.id, {column}");
        groups(&[USERS, "groups: *id int, name", &members])
    };
    for column in [
        "effect",
        "permission",
        "relation",
        "membership",
        "relationship",
        "decision",
        "negated",
        "allowed boolean",
        "allow",
    ] {
        assert_eq!(with(column), None, "{column}");
    }
    for (column, condition) in [
        ("is_member boolean", "is_member Yes"),
        ("is_member int", "is_member Yes"),
        ("negated boolean", "negated No"),
        ("exclude tinyint", "exclude No"),
        ("is_denied boolean", "is_denied No"),
    ] {
        let found = with(column).unwrap_or_default();
        assert!(found.contains(condition), "{column}: {found}");
    }
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
