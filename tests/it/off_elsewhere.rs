//! People whom something else than a column that is read keeps out: what own SQL or a view leaves out, what they belong to, what is
//! known of them in rows. Told with counts wherever people are looked at, and read with them when wished.

use causeway::mapping::SwitchTable;
use causeway::model::{People, Selection, TableName};

use crate::cli::{causeway, run, source};
use crate::groups::File;
use crate::support::company::{Company, quick_org};
use crate::switch_tables::{Looked, PEOPLE, look, of, off};

async fn by_sql(schema: &str, sql: &str) -> Looked {
    let file = File::of(schema).await;
    let selection = Selection {
        people: People::Sql(sql.to_owned()),
        key: Vec::new(),
        only: Vec::new(),
        groups: None,
        more_groups: Vec::new(),
    };
    look(&*file.source(), selection).await
}

async fn by_view(schema: &str, view: &str) -> Looked {
    let file = File::of(schema).await;
    look(&*file.source(), Selection::table(TableName { schema: None, name: view.to_owned() })).await
}

fn told(looked: &Looked) -> Vec<String> {
    looked.tables.iter().map(SwitchTable::words).collect()
}

/// People of whom 2 is banned, and 3 was deleted.
const MARKED: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, pw TEXT, banned INTEGER,
        deleted_at TEXT, city TEXT);
     INSERT INTO users VALUES (1, 'ada@example.com', 'Ada', 'One', 'x', 0, NULL, 'Ulm'), (2, 'bob@example.com', 'Bob', 'Two', 'x', 1, NULL, 'Ulm'),
        (3, 'cyd@example.com', 'Cyd', 'Three', 'x', 0, '2024-01-01', 'Ulm'), (4, 'dan@example.com', 'Dan', 'Four', 'x', 0, NULL, 'Ulm');";

#[tokio::test]
async fn a_select_that_leaves_out_who_is_off_is_told_and_completed() {
    let looked = by_sql(MARKED, "SELECT id, email, first_name, last_name, pw FROM users").await;
    assert_eq!(
        told(&looked),
        [
            "users has banned, deleted_at, which may say who is switched off, and what is read leaves it out: 2 people are marked there \
          (id = users.id) and arrive active now."
        ]
    );
    assert_eq!(off(&looked), ["2", "3"]);
    // Without the key it can't be counted or completed; that it is there is said.
    let looked = by_sql(MARKED, "SELECT email, first_name, last_name, pw FROM users").await;
    let [one] = looked.tables.as_slice() else { panic!("{:?}", looked.tables) };
    assert!(
        one.words().starts_with("users has banned, deleted_at, which may say who is switched off"),
        "{}",
        one.words()
    );
    assert!(one.selection.is_none() && one.people.is_none());
    // Joined to another table, under an alias, in a sub-select.
    let schema = format!(
        "{MARKED} CREATE TABLE cities (city TEXT, country TEXT); INSERT INTO cities VALUES ('Ulm', 'DE');"
    );
    for sql in [
        "SELECT u.id, u.email, u.first_name, u.last_name, u.pw, c.country FROM users u JOIN cities c ON c.city = u.city",
        "SELECT id, email, first_name, last_name, pw FROM (SELECT * FROM \"users\") x",
    ] {
        assert!(!by_sql(&schema, sql).await.tables.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn whatever_the_table_is_called_that_people_are_read_from() {
    for name in ["users_old", "old_people", "people_backup", "users_archive", "tmp_users"] {
        let schema = MARKED
            .replace("TABLE users", &format!("TABLE {name}"))
            .replace("INTO users", &format!("INTO {name}"));
        let looked =
            by_sql(&schema, &format!("SELECT id, email, first_name, last_name, pw FROM {name}")).await;
        assert_eq!(off(&looked), ["2", "3"], "{name}");
    }
}

#[tokio::test]
async fn a_select_that_leaves_out_those_who_are_off_says_nothing() {
    for sql in [
        "SELECT id, email, first_name, last_name, pw FROM users WHERE banned = 0 AND deleted_at IS NULL",
        "SELECT email, first_name, last_name, pw FROM users WHERE banned = 0 AND deleted_at IS NULL",
        "SELECT id, email, first_name, last_name, pw, banned, deleted_at FROM users",
        "SELECT * FROM users",
        "SELECT id, email, first_name, last_name, pw FROM users WHERE id IN (1, 4)",
    ] {
        assert_eq!(told(&by_sql(MARKED, sql).await), [""; 0], "{sql}");
    }
}

#[tokio::test]
async fn a_view_that_leaves_out_who_is_off_is_told_and_completed() {
    let schema =
        format!("{MARKED} CREATE VIEW v_people AS SELECT id, email, first_name, last_name, pw FROM users;");
    let looked = by_view(&schema, "v_people").await;
    assert_eq!(looked.tables.len(), 1, "{:?}", looked.tables);
    assert!(told(&looked)[0].contains("2 people are marked there"), "{:?}", told(&looked));
    assert_eq!(off(&looked), ["2", "3"]);
    let schema = format!(
        "{MARKED} CREATE VIEW active_users AS SELECT id, email, first_name, last_name, pw FROM users WHERE banned = 0 AND deleted_at IS NULL;"
    );
    assert_eq!(told(&by_view(&schema, "active_users").await), [""; 0]);
}

#[tokio::test]
async fn a_status_that_is_left_out_counts_by_its_words() {
    let schema = |status: &str| {
        format!(
            "CREATE TABLE members (member_no INTEGER PRIMARY KEY, login TEXT, email TEXT, first_name TEXT, last_name TEXT, secret TEXT, status TEXT);
             INSERT INTO members VALUES (1, 'ada', 'ada@example.com', 'Ada', 'One', 'x', 'active'), (2, 'bob', 'bob@example.com', 'Bob', 'Two', 'x', '{status}');"
        )
    };
    let sql = "SELECT member_no, login, email, first_name, last_name, secret FROM members";
    let suspended = by_sql(&schema("Suspended"), sql).await;
    assert!(told(&suspended)[0].contains("1 person is marked there"), "{:?}", told(&suspended));
    assert_eq!(told(&by_sql(&schema("active"), sql).await), [""; 0]);
    // A word that nobody knows is asked about.
    let unknown = by_sql(&schema("Q7"), sql).await;
    assert!(
        told(&unknown)[0].contains("It isn't known which of its values switch people off."),
        "{:?}",
        told(&unknown)
    );
}

/// Realms, tenants and the like, reached by a foreign key, by name, by a membership.
#[tokio::test]
async fn what_people_belong_to_may_be_off_as_a_whole() {
    for (product, people, sql, words, banned) in [
        (
            "Keycloak",
            "user_entity",
            "CREATE TABLE realm (id VARCHAR(36) PRIMARY KEY, name TEXT, enabled BOOLEAN NOT NULL);
             CREATE TABLE user_entity (id VARCHAR(36) PRIMARY KEY, email TEXT, enabled BOOLEAN NOT NULL, first_name TEXT, last_name TEXT,
                realm_id VARCHAR(255), username TEXT);
             INSERT INTO realm VALUES ('a', 'a', true), ('b', 'b', false);
             INSERT INTO user_entity VALUES ('1', 'ada@example.com', true, 'Ada', 'One', 'a', 'ada'), ('2', 'bob@example.com', true, 'Bob', 'Two', 'b', 'bob');",
            "realm has enabled, which may switch off everyone who belongs to it, and nothing reads it: 1 person is in one that is off (id = \
             user_entity.realm_id; no foreign key says so) and arrives active now.",
            vec!["2"],
        ),
        (
            "Zulip",
            "zerver_userprofile",
            "CREATE TABLE zerver_realm (id INTEGER PRIMARY KEY, name TEXT, string_id TEXT, deactivated BOOLEAN NOT NULL);
             CREATE TABLE zerver_userprofile (id INTEGER PRIMARY KEY, delivery_email TEXT, full_name TEXT, password TEXT, is_active BOOLEAN,
                realm_id INTEGER REFERENCES zerver_realm(id));
             INSERT INTO zerver_realm VALUES (1, 'a', 'a', false), (2, 'b', 'b', true);
             INSERT INTO zerver_userprofile VALUES (1, 'ada@example.com', 'Ada One', 'x', true, 1), (2, 'bob@example.com', 'Bob Two', 'x', true, 2);",
            "zerver_realm has deactivated, which may switch off everyone who belongs to it, and nothing reads it: 1 person is in one that is \
             off (id = zerver_userprofile.realm_id) and arrives active now.",
            vec!["2"],
        ),
        (
            "a tenant with a status in words",
            "accounts",
            "CREATE TABLE tenants (tenant_id INTEGER PRIMARY KEY, title TEXT, status TEXT);
             CREATE TABLE accounts (id INTEGER PRIMARY KEY, username TEXT, email TEXT, first_name TEXT, last_name TEXT, password TEXT, tenant_id INTEGER);
             INSERT INTO tenants VALUES (1, 'a', 'ACTIVE'), (2, 'b', 'Suspended');
             INSERT INTO accounts VALUES (1, 'ada', 'ada@example.com', 'Ada', 'One', 'x', 1), (2, 'bob', 'bob@example.com', 'Bob', 'Two', 'x', 2);",
            "tenants has status, which may switch off everyone who belongs to it, and nothing reads it: 1 person is in one that is off \
             (tenant_id = accounts.tenant_id; no foreign key says so) and arrives active now.",
            vec!["2"],
        ),
        (
            "Zabbix",
            "users",
            "CREATE TABLE users (userid INTEGER PRIMARY KEY, username TEXT, name TEXT, surname TEXT, passwd TEXT, roleid INTEGER);
             CREATE TABLE usrgrp (usrgrpid INTEGER PRIMARY KEY, name TEXT, gui_access INTEGER DEFAULT 0, users_status INTEGER DEFAULT 0, debug_mode INTEGER DEFAULT 0);
             CREATE TABLE users_groups (id INTEGER PRIMARY KEY, usrgrpid INTEGER NOT NULL REFERENCES usrgrp(usrgrpid), userid INTEGER NOT NULL REFERENCES users(userid));
             INSERT INTO users VALUES (1, 'ada', 'Ada', 'One', 'x', 1), (2, 'bob', 'Bob', 'Two', 'x', 1);
             INSERT INTO usrgrp (usrgrpid, name, users_status) VALUES (7, 'Admins', 0), (9, 'Disabled', 1);
             INSERT INTO users_groups VALUES (1, 7, 1), (2, 7, 2), (3, 9, 2);",
            "usrgrp has users_status, which may switch off everyone who belongs to it, and nothing reads it: 1 person is in one that is off \
             (users_groups.userid = users.userid) and arrives active now.",
            vec!["2"],
        ),
        (
            "organizations by a membership",
            "users",
            &format!(
                "{PEOPLE}
                 CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT, is_active BOOLEAN);
                 CREATE TABLE organization_users (user_id INTEGER REFERENCES users(id), organization_id INTEGER REFERENCES organizations(id));
                 INSERT INTO organizations VALUES (1, 'a', 1), (2, 'b', 0);
                 INSERT INTO organization_users VALUES (1, 1), (2, 2), (3, 1);"
            ),
            "organizations has is_active, which may switch off everyone who belongs to it, and nothing reads it: 1 person is in one that is \
             off (organization_users.user_id = users.id) and arrives active now.",
            vec!["2"],
        ),
    ] {
        let looked = of(sql, people).await;
        assert_eq!(told(&looked), [words], "{product}");
        assert_eq!(off(&looked), banned, "{product}");
    }
    // All of them on, or nothing that anyone signs in by.
    for more in [
        "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT, active BOOLEAN); ALTER TABLE users ADD COLUMN tenant_id INTEGER;
         INSERT INTO tenants VALUES (1, 'a', 1), (2, 'b', 0); UPDATE users SET tenant_id = 1;",
        "CREATE TABLE countries (id INTEGER PRIMARY KEY, name TEXT, active BOOLEAN); ALTER TABLE users ADD COLUMN country_id INTEGER;
         INSERT INTO countries VALUES (1, 'a', 0); UPDATE users SET country_id = 1;",
        "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT, archived_at TEXT);
         CREATE TABLE team_users (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
         INSERT INTO teams VALUES (1, 'a', '2024-01-01'); INSERT INTO team_users VALUES (1, 1);",
    ] {
        assert_eq!(told(&of(&format!("{PEOPLE} {more}"), "users").await), [""; 0], "{more}");
    }
}

#[tokio::test]
async fn mediawikis_blocks_have_a_table_of_targets() {
    let looked = of(
        "CREATE TABLE user (user_id INTEGER PRIMARY KEY, user_name TEXT, user_real_name TEXT, user_password BLOB, user_email TEXT);
         CREATE TABLE block (bl_id INTEGER PRIMARY KEY, bl_target INTEGER, bl_by_actor INTEGER, bl_timestamp TEXT, bl_expiry TEXT, bl_sitewide INTEGER);
         CREATE TABLE block_target (bt_id INTEGER PRIMARY KEY, bt_address TEXT, bt_user INTEGER, bt_user_text TEXT, bt_auto INTEGER, bt_range_start TEXT, bt_range_end TEXT, bt_ip_hex TEXT, bt_count INTEGER);
         INSERT INTO user VALUES (1, 'Ada', 'Ada One', 'x', 'ada@example.com'), (2, 'Bob', 'Bob Two', 'x', 'bob@example.com');
         INSERT INTO block_target (bt_id, bt_user, bt_user_text, bt_count) VALUES (5, 2, 'Bob', 1);
         INSERT INTO block VALUES (1, 5, 1, '20240101000000', 'infinity', 1);",
        "user",
    )
    .await;
    assert!(
        told(&looked).iter().any(|told| told.starts_with("block_target may say who is kept out")
            && told.contains("1 person is in it")),
        "{:?}",
        told(&looked)
    );
    assert_eq!(off(&looked), ["2"]);
}

/// Rows about people, of which some are of a status.
#[tokio::test]
async fn a_status_in_a_table_of_names_and_values_is_told_and_read() {
    for (product, people, more, words, banned) in [
        (
            "anybody's",
            "users",
            "CREATE TABLE user_meta (user_id INTEGER REFERENCES users(id), name TEXT, value TEXT);
             INSERT INTO user_meta VALUES (1, 'status', 'active'), (2, 'status', 'suspended'), (3, 'theme', 'disabled'), (1, 'theme', 'dark');",
            "user_meta has rows called status, which may say who is switched off, and nothing reads them: 1 person is marked there (user_id = \
             users.id) and arrives active now.",
            vec!["2"],
        ),
        (
            "WordPress' way",
            "users",
            "CREATE TABLE usermeta (umeta_id INTEGER PRIMARY KEY, user_id INTEGER, meta_key TEXT, meta_value TEXT);
             INSERT INTO usermeta (user_id, meta_key, meta_value) VALUES (1, 'nickname', 'a'), (3, 'account_disabled', '1'), (4, 'account_disabled', '0');",
            "usermeta has rows called account_disabled, which may say who is switched off, and nothing reads them: 1 person is marked there \
             (user_id = users.id; no foreign key says so) and arrives active now.",
            vec!["3"],
        ),
        (
            "Moodle's way",
            "users",
            "CREATE TABLE user_info_field (id INTEGER PRIMARY KEY, shortname TEXT, name TEXT);
             CREATE TABLE user_info_data (id INTEGER PRIMARY KEY, userid INTEGER, fieldid INTEGER, data TEXT);
             INSERT INTO user_info_field VALUES (1, 'phone', 'Phone'), (2, 'is_active', 'Is active');
             INSERT INTO user_info_data (userid, fieldid, data) VALUES (1, 1, '0'), (1, 2, '1'), (4, 2, '0');",
            "user_info_data has rows called is_active, which may say who is switched off, and nothing reads them: 1 person is marked there \
             (userid = users.id; no foreign key says so) and arrives active now.",
            vec!["4"],
        ),
    ] {
        let looked = of(&format!("{PEOPLE} {more}"), people).await;
        assert_eq!(told(&looked), [words], "{product}");
        assert_eq!(off(&looked), banned, "{product}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_says_what_a_select_leaves_out() {
    let company = Company::found(12).await;
    company.change("ALTER TABLE staff ADD COLUMN banned INTEGER NOT NULL DEFAULT 0; UPDATE staff SET banned = 1 WHERE id IN (1, 2);").await;
    let file = company.folder.path().join("people.sql");
    std::fs::write(&file, "SELECT id, email, first_name, last_name, password_hash FROM staff").unwrap();
    let told = "staff has banned, which may say who is switched off, and what is read leaves it out: 2 people are marked there";
    let mut command = causeway(&company);
    command.args(["map", "--source", &source(&company), "--sql"]).arg(&file);
    let (code, _, err) = run(command).await;
    assert!(code == 0 && err.contains(told) && err.contains("--join staff"), "{err}");
    let mut command = causeway(&company);
    command.arg("read").arg(company.workspace()).args(["--source", &source(&company), "--sql"]).arg(&file);
    let (code, out, err) = run(command).await;
    assert!(code == 0 && out.contains(told), "{out}{err}");
    let org = quick_org().await;
    let mut command = causeway(&company);
    command.arg("check").arg(company.workspace()).args(["--okta", org.url()]);
    command.env("CAUSEWAY_OKTA_TOKEN", secrecy::ExposeSecret::expose_secret(&org.current_token()));
    let (_, out, err) = run(command).await;
    assert!(out.contains(told), "{out}{err}");
    // Joined, they are left out.
    let mut command = causeway(&company);
    command
        .arg("read")
        .arg(company.workspace())
        .args(["--source", &source(&company), "--json", "--join", "staff", "--sql"])
        .arg(&file);
    let (_, out, err) = run(command).await;
    let answer: serde_json::Value =
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error} {out}{err}"));
    assert_eq!((&answer["people"]["leftOut"], &answer["switchTables"]), (&2.into(), &serde_json::json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_says_where_people_come_from_and_that_several_realms_are_read_together() {
    let company = Company::found(12).await;
    company
        .change("ALTER TABLE staff ADD COLUMN tenant_id INTEGER NOT NULL DEFAULT 1; UPDATE staff SET tenant_id = 2 WHERE id > 6;")
        .await;
    let realms = "People of several tenants are read together: tenant_id is 1, 2.";
    let mut command = causeway(&company);
    command.args(["map", "--source", &source(&company)]);
    let (_, mapping, err) = run(command).await;
    assert!(err.contains(realms), "{err}");
    let file = company.folder.path().join("mapping.json");
    std::fs::write(&file, mapping).unwrap();
    let org = quick_org().await;
    // With the suggestion, with a file, with what was kept.
    for given in [&[][..], &["--mapping", file.to_str().unwrap()], &[]] {
        let mut command = causeway(&company);
        command.arg("read").arg(company.workspace()).args(["--source", &source(&company)]).args(given);
        let (code, out, err) = run(command).await;
        assert!(
            code == 0 && out.contains(realms) && out.contains("People come from staff."),
            "{given:?} {out}{err}"
        );
    }
    let mut command = causeway(&company);
    command.arg("check").arg(company.workspace()).args(["--okta", org.url()]);
    command.env("CAUSEWAY_OKTA_TOKEN", secrecy::ExposeSecret::expose_secret(&org.current_token()));
    let (_, out, err) = run(command).await;
    assert!(out.contains(realms) && out.contains("People come from staff."), "{out}{err}");
}
