//! Memberships: whose they are, which are certain, and which are asked about.

use super::*;

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
