//! Tables beside the people's that may keep them out: told with counts, read together with them when wished, and never guessed.

use causeway::mapping::{Plan, SwitchTable, guess_people, selection_for};
use causeway::migration::{Groups, group_choices, suggest_for};
use causeway::model::{Selection, TableName};
use causeway::source::{Source, SourceSpec, open};
use serde_json::Value;

use crate::groups::File;
use crate::support::postgres::{Postgres, READER_PASSWORD};

/// What is said of a table's people, and who arrives when each table that is offered is read with them: key and whether active.
pub(crate) struct Looked {
    pub(crate) tables: Vec<SwitchTable>,
    people: Vec<(String, bool)>,
}

pub(crate) async fn look(source: &dyn Source, selection: Selection) -> Looked {
    let catalog = source.probe().await.unwrap().catalog;
    let choices = group_choices(source, &catalog, &selection).await;
    let mut made = suggest_for(source, &catalog, selection, &choices, Groups::Certain, 200).await.unwrap();
    let tables = made.switch_tables.clone();
    while let Some(joined) = made.switch_tables.iter().find_map(|table| table.selection.clone()) {
        made = suggest_for(source, &catalog, joined, &choices, Groups::Certain, 200).await.unwrap();
    }
    let plan = Plan::compile(&made.mapping, &made.sample.columns).unwrap();
    let applied = made.sample.records.iter().map(|record| plan.apply(record));
    let mut people: Vec<_> = applied.map(|person| (person.key, person.active != Some(false))).collect();
    people.sort();
    Looked { tables, people }
}

pub(crate) async fn of(sql: &str, people: &str) -> Looked {
    let file = File::of(sql).await;
    let source = file.source();
    let catalog = source.probe().await.unwrap().catalog;
    look(&*source, selection_for(&catalog, &TableName { schema: None, name: people.to_owned() })).await
}

/// Who is off.
pub(crate) fn off(looked: &Looked) -> Vec<&str> {
    looked.people.iter().filter(|(_, active)| !active).map(|(key, _)| key.as_str()).collect()
}

pub(crate) const PEOPLE: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, email TEXT, first_name TEXT, last_name TEXT, password TEXT);
     INSERT INTO users VALUES (1, 'ada', 'ada@example.com', 'Ada', 'One', 'x'), (2, 'bob', 'bob@example.com', 'Bob', 'Two', 'x'),
        (3, 'cyd', 'cyd@example.com', 'Cyd', 'Three', 'x'), (4, 'dan', 'dan@example.com', 'Dan', 'Four', 'x');";

/// The schemas of products as they make them; who is banned there stays out when it is read.
#[tokio::test]
async fn bans_of_products_are_told_and_read() {
    let cases: [(&str, &str, String, &str, Vec<&str>); 6] = [
        (
            "phpBB",
            "phpbb_users",
            "CREATE TABLE phpbb_users (user_id INTEGER PRIMARY KEY, user_type INTEGER, username TEXT, username_clean TEXT,
                user_password TEXT, user_email TEXT);
             CREATE TABLE phpbb_banlist (ban_id INTEGER PRIMARY KEY, ban_userid INTEGER UNSIGNED NOT NULL DEFAULT 0, ban_ip VARCHAR(40),
                ban_email VARCHAR(100) NOT NULL DEFAULT '', ban_start INTEGER UNSIGNED NOT NULL DEFAULT 0,
                ban_end INTEGER UNSIGNED NOT NULL DEFAULT 0, ban_exclude INTEGER UNSIGNED NOT NULL DEFAULT 0, ban_reason VARCHAR(255));
             INSERT INTO phpbb_users VALUES (2, 0, 'ada', 'ada', 'x', 'ada@example.com'), (3, 0, 'bob', 'bob', 'x', 'bob@example.com'),
                (4, 0, 'cyd', 'cyd', 'x', 'CYD@example.com'), (5, 0, 'dan', 'dan', 'x', 'dan@example.com'), (6, 0, 'eve', 'eve', 'x', 'e@example.com');
             INSERT INTO phpbb_banlist (ban_userid, ban_email, ban_end, ban_exclude) VALUES (2, '', 0, 0), (3, '', 1000000000, 0),
                (0, 'cyd@example.com', 0, 0), (5, '', 0, 1), (6, '', 4000000000, 0);"
                .to_owned(),
            "phpbb_banlist may say who is kept out, and nothing reads it: 3 people are in it (ban_userid = phpbb_users.user_id or ban_email = \
             phpbb_users.user_email) and arrive active now.",
            vec!["2", "4", "6"],
        ),
        (
            "MyBB",
            "mybb_users",
            "CREATE TABLE mybb_users (uid INTEGER PRIMARY KEY, username TEXT, password TEXT, salt TEXT, loginkey TEXT, email TEXT, usergroup INTEGER);
             CREATE TABLE mybb_banned (uid int NOT NULL default '0', gid int NOT NULL default '0', oldgroup int NOT NULL default '0',
                oldadditionalgroups TEXT NOT NULL, olddisplaygroup int NOT NULL default '0', admin int NOT NULL default '0',
                dateline bigint(30) NOT NULL default '0', bantime varchar(50) NOT NULL default '', lifted bigint(30) NOT NULL default '0',
                reason varchar(255) NOT NULL default '');
             INSERT INTO mybb_users VALUES (1, 'ada', 'x', 's', 'l', 'ada@example.com', 2), (2, 'bob', 'x', 's', 'l', 'bob@example.com', 2),
                (3, 'cyd', 'x', 's', 'l', 'cyd@example.com', 2);
             INSERT INTO mybb_banned (uid, oldadditionalgroups, admin, lifted) VALUES (1, '', 3, 0), (2, '', 3, 1000000000);"
                .to_owned(),
            "mybb_banned may say who is kept out, and nothing reads it: 1 person is in it (uid = mybb_users.uid) and arrives active now.",
            vec!["1"],
        ),
        (
            "XenForo",
            "xf_user",
            "CREATE TABLE xf_user (user_id INTEGER PRIMARY KEY, username TEXT, email TEXT, user_group_id INTEGER, secondary_group_ids BLOB);
             CREATE TABLE xf_user_ban (user_id INT UNSIGNED NOT NULL, ban_user_id INT UNSIGNED NOT NULL, ban_date INT UNSIGNED NOT NULL DEFAULT '0',
                end_date INT UNSIGNED NOT NULL DEFAULT '0', user_reason VARCHAR(255) NOT NULL, PRIMARY KEY (user_id));
             INSERT INTO xf_user VALUES (1, 'ada', 'ada@example.com', 2, ''), (2, 'bob', 'bob@example.com', 2, '');
             INSERT INTO xf_user_ban VALUES (2, 1, 1700000000, 0, 'spam');"
                .to_owned(),
            "xf_user_ban may say who is kept out, and nothing reads it: 1 person is in it (user_id = xf_user.user_id) and arrives active now.",
            vec!["2"],
        ),
        (
            "GitLab",
            "users",
            format!(
                "{PEOPLE}
                 CREATE TABLE banned_users (created_at TEXT, updated_at TEXT, user_id INTEGER PRIMARY KEY REFERENCES users(id));
                 INSERT INTO banned_users VALUES ('2024-01-01', '2024-01-01', 3);"
            ),
            "banned_users may say who is kept out, and nothing reads it: 1 person is in it (user_id = users.id) and arrives active now.",
            vec!["3"],
        ),
        (
            "Laravel's bans",
            "users",
            format!(
                "{PEOPLE}
                 CREATE TABLE bans (id INTEGER PRIMARY KEY, bannable_type TEXT NOT NULL, bannable_id INTEGER NOT NULL, created_by_type TEXT,
                    created_by_id INTEGER, comment TEXT, expired_at TEXT NULL, deleted_at TEXT NULL, created_at TEXT, updated_at TEXT);
                 INSERT INTO bans (bannable_type, bannable_id, expired_at) VALUES ('App\\Models\\User', 1, NULL),
                    ('App\\Models\\User', 2, '2020-01-01 00:00:00'), ('App\\Models\\Comment', 3, NULL), ('App\\Models\\User', 4, '2999-01-01 00:00:00');"
            ),
            "bans may say who is kept out, and nothing reads it: 2 people are in it (bannable_id = users.id; no foreign key says so) and arrive \
             active now. deleted_at may say whose is over; everyone in it counts.",
            vec!["1", "4"],
        ),
        (
            "PunBB",
            "users",
            format!(
                "{PEOPLE}
                 CREATE TABLE bans (id INTEGER PRIMARY KEY, username VARCHAR(200), ip VARCHAR(255), email VARCHAR(80), message VARCHAR(255),
                    expire INTEGER, ban_creator INTEGER NOT NULL DEFAULT 0);
                 INSERT INTO bans (username, email, expire) VALUES ('bob', NULL, NULL), (NULL, 'CYD@example.com', NULL), ('dan', NULL, 1000000000);"
            ),
            "bans may say who is kept out, and nothing reads it: 2 people are in it (username = users.username or email = users.email; no \
             foreign key says so) and arrive active now.",
            vec!["2", "3"],
        ),
    ];
    for (product, people, sql, words, banned) in cases {
        let looked = of(&sql, people).await;
        let told: Vec<_> = looked.tables.iter().map(SwitchTable::words).collect();
        assert_eq!(told, [words], "{product}");
        assert_eq!(off(&looked), banned, "{product}");
    }
}

/// What only may keep people out, or only out of one place, is said and not offered.
#[tokio::test]
async fn what_may_keep_people_out_is_said() {
    let cases = [
        (
            "CREATE TABLE user_suspensions (id INTEGER PRIMARY KEY, account_id INTEGER, user_id INTEGER, message TEXT, issuer_id INTEGER,
                lifted_at TEXT, created_at TEXT);
             INSERT INTO user_suspensions (user_id) VALUES (1), (1), (2);",
            Some("user_suspensions may say who is kept out, and nothing reads it: 2 people are in it (user_id = users.id; no foreign key says \
                  so) and arrive active now. lifted_at may say whose is over; everyone in it counts."),
            true,
        ),
        (
            "CREATE TABLE banned_users (id INTEGER PRIMARY KEY, user_id INTEGER, chat_room_id INTEGER, created_at TEXT);
             INSERT INTO banned_users (user_id, chat_room_id) VALUES (4, 9);",
            Some("banned_users may say who is kept out, and nothing reads it: 1 person is in it (user_id = users.id; no foreign key says so) \
                  and arrives active now. Each row has a chat_room_id: it may keep them out of that only."),
            false,
        ),
        // Discourse, whose actions are numbers.
        (
            "CREATE TABLE user_histories (id INTEGER PRIMARY KEY, action INT NOT NULL, acting_user_id INT, target_user_id INT, details TEXT,
                email VARCHAR, subject TEXT, topic_id INT, post_id INT);
             INSERT INTO user_histories (action, acting_user_id, target_user_id) VALUES (10, 1, 2), (3, 1, 3);",
            Some("user_histories may have written down who was switched off (action), and nothing reads it: 2 people are in it (target_user_id \
                  = users.id; no foreign key says so) and arrive active now."),
            false,
        ),
        (
            "CREATE TABLE user_histories (id INTEGER PRIMARY KEY, user_id INTEGER, action TEXT NOT NULL, note TEXT);
             INSERT INTO user_histories (user_id, action) VALUES (3, 'REGISTER'), (3, 'DISABLE');",
            Some("user_histories may have written down who was switched off (action), and nothing reads it: 1 person is in it (user_id = \
                  users.id; no foreign key says so) and arrives active now."),
            false,
        ),
        (
            "CREATE TABLE failed_logins (id INTEGER PRIMARY KEY, login TEXT, ip TEXT, created_at TEXT);
             INSERT INTO failed_logins (login) VALUES ('ada'), ('nobody');",
            Some("failed_logins may say whom wrong passwords locked out, and nothing reads it: 1 person is in it (login = users.username; no \
                  foreign key says so) and arrives active now."),
            false,
        ),
        (
            "CREATE TABLE user_profiles (user_id INTEGER PRIMARY KEY REFERENCES users(id), city TEXT, is_suspended INTEGER);
             INSERT INTO user_profiles VALUES (1, 'Rome', 0), (2, 'Oslo', 1);",
            Some("user_profiles has is_suspended, which may say who is switched off, and nothing reads it: 1 person is marked there (user_id = \
                  users.id) and arrives active now."),
            true,
        ),
        (
            "CREATE TABLE banned_accounts (id INTEGER PRIMARY KEY, fingerprint TEXT); INSERT INTO banned_accounts (fingerprint) VALUES ('f');",
            Some("banned_accounts may say who is kept out, and nothing reads it. How its rows belong to these people isn't known."),
            false,
        ),
        // None of these keeps an account out, or none of these people.
        (
            "CREATE TABLE user_blocks (id INTEGER PRIMARY KEY, user_id INTEGER, blocked_user_id INTEGER, created_at TEXT);
             INSERT INTO user_blocks (user_id, blocked_user_id) VALUES (1, 2);",
            None,
            false,
        ),
        (
            "CREATE TABLE ip_bans (id INTEGER PRIMARY KEY, ip TEXT, user_id INTEGER); INSERT INTO ip_bans (ip, user_id) VALUES ('::1', 1);
             CREATE TABLE revoked_tokens (id INTEGER PRIMARY KEY, user_id INTEGER); INSERT INTO revoked_tokens (user_id) VALUES (1);
             CREATE TABLE page_locks (page_id INTEGER, user_id INTEGER); INSERT INTO page_locks VALUES (1, 1);
             CREATE TABLE user_actions (id INTEGER PRIMARY KEY, user_id INTEGER, action TEXT); INSERT INTO user_actions (user_id, action) VALUES (1, 'viewed');
             CREATE TABLE banned_users (user_id INTEGER); INSERT INTO banned_users VALUES (99);
             CREATE TABLE user_settings (user_id INTEGER PRIMARY KEY REFERENCES users(id), newsletter_enabled INTEGER, locale TEXT);
             INSERT INTO user_settings VALUES (1, 0, 'en');",
            None,
            false,
        ),
        // Other people's.
        (
            "CREATE TABLE staff (id INTEGER PRIMARY KEY, username TEXT, email TEXT, first_name TEXT, last_name TEXT);
             INSERT INTO staff VALUES (1, 'zed', 'z@example.com', 'Zed', 'Six');
             CREATE TABLE staff_bans (id INTEGER PRIMARY KEY, staff_id INTEGER); INSERT INTO staff_bans (staff_id) VALUES (1);
             CREATE TABLE suspensions (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES staff(id)); INSERT INTO suspensions (user_id) VALUES (1);",
            None,
            false,
        ),
    ];
    for (sql, words, offered) in cases {
        let looked = of(&format!("{PEOPLE} {sql}"), "users").await;
        let told: Vec<_> = looked.tables.iter().map(SwitchTable::words).collect();
        assert_eq!(told, Vec::from_iter(words), "{sql}");
        assert_eq!(looked.tables.iter().any(|table| table.selection.is_some()), offered, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_tells_them_until_they_are_read_or_left() {
    let file = File::of(&format!(
        "{PEOPLE}
         CREATE TABLE banned_users (user_id INTEGER PRIMARY KEY REFERENCES users(id), expires_at TEXT);
         CREATE TABLE user_emails (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), phone TEXT);
         CREATE TABLE account_profiles (account_id INTEGER PRIMARY KEY REFERENCES users(id), disabled TEXT);
         INSERT INTO banned_users VALUES (2, NULL), (3, '2020-01-01');
         INSERT INTO account_profiles VALUES (1, 'N'), (4, 'Y');"
    ))
    .await;
    let said =
        "banned_users may say who is kept out, and nothing reads it: 1 person is in it (user_id = users.id)";
    // Quiet or not: who is let in is never quiet.
    for quiet in [&["--table", "users"][..], &["--table", "users", "-q"]] {
        let (code, out, err) = file.causeway("map", quiet);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains(said), "{err}");
        assert!(!out.contains("banned"), "{out}");
    }
    let (code, out, err) = file.causeway("read", &["--table", "users", "--json", "-q"]);
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["switchTables"][0]["people"], 1);
    assert_eq!(answer["people"]["leftOut"], 0, "{out}");

    // Both are read with them, one after the other.
    let both = ["--table", "users", "--join", "banned_users", "--join", "account_profiles"];
    let (code, out, err) = file.causeway("read", &both);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("2 left out.") && !out.contains("banned_users may say"), "{out}");
    let (_, out, _) = file.causeway("map", &both);
    let mut mapping: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(mapping["selection"]["key"], serde_json::json!(["id"]), "{out}");

    // Said that it doesn't, it is told no more.
    let (_, out, _) = file.causeway("map", &["--table", "users"]);
    mapping = serde_json::from_str(&out).unwrap();
    mapping["left_tables"] = serde_json::json!([{"name": "banned_users"}]);
    let path = file.path().with_file_name("mapping.json");
    std::fs::write(&path, mapping.to_string()).unwrap();
    let (code, out, err) = file.causeway("read", &["--mapping", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("banned_users") && out.contains("account_profiles"), "{out}");
    let (code, _, err) = file.causeway("map", &["--table", "users", "--join", "user_emails"]);
    assert!(code == 1 && err.contains("Name one of banned_users, account_profiles."), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_counts_and_reads_them_alike() {
    let server = Postgres::shared();
    server.database(
        "switch_tables",
        "CREATE TABLE users (id uuid PRIMARY KEY, email text, first_name text, last_name text, password text);
         INSERT INTO users SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'p' || n || '@example.com', 'Ada', 'Number', 'x'
            FROM generate_series(1, 6) AS n;
         CREATE TABLE account_bans (id serial PRIMARY KEY, banned_user_id text, reason text, expires_at timestamptz, until_epoch bigint, ended boolean);
         INSERT INTO account_bans (banned_user_id, expires_at, until_epoch) VALUES ('00000000-0000-0000-0000-000000000001', NULL, NULL),
            ('00000000-0000-0000-0000-000000000002', '2020-01-01', NULL), ('00000000-0000-0000-0000-000000000003', 'infinity', NULL),
            ('00000000-0000-0000-0000-000000000004', NULL, 1000000000), ('00000000-0000-0000-0000-000000000005', NULL, 0);
         CREATE TABLE user_status (user_id uuid PRIMARY KEY REFERENCES users(id), active boolean, deactivated_on date);
         INSERT INTO user_status SELECT id, id::text NOT LIKE '%6', NULL FROM users;",
    );
    let password = Some(READER_PASSWORD.to_owned().into());
    let source = open(&SourceSpec::Postgres(server.spec("switch_tables")), password).unwrap();
    let catalog = source.probe().await.unwrap().catalog;
    let selection = guess_people(&catalog).remove(0).selection;
    let looked = look(&*source, selection).await;
    let told: Vec<_> = looked.tables.iter().map(|table| (table.table.name.as_str(), table.people)).collect();
    assert_eq!(told, [("account_bans", Some(3)), ("user_status", Some(1))]);
    let ends: Vec<_> = off(&looked).into_iter().map(|key| key.chars().last().unwrap()).collect();
    assert_eq!(ends, ['1', '3', '5', '6']);
}

/// A table that is read together with people is no table of other people: what else keeps them out is told as before, and can be joined.
#[tokio::test]
async fn what_else_keeps_people_out_is_told_after_a_join() {
    let file = File::of(&format!(
        "{PEOPLE}
         CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT, suspended_at DATETIME);
         CREATE TABLE user_profiles (user_id INTEGER PRIMARY KEY REFERENCES users(id), is_blocked BOOLEAN, bio TEXT);
         CREATE TABLE login_restrictions (id INTEGER PRIMARY KEY, uid INTEGER, until DATETIME);
         ALTER TABLE users ADD COLUMN tenant_id INTEGER REFERENCES tenants(id);
         INSERT INTO tenants VALUES (1, 'Acme', NULL), (2, 'Gone', '2024-01-01');
         UPDATE users SET tenant_id = 1 + (id = 2);
         INSERT INTO user_profiles VALUES (1, 0, ''), (3, 1, '');
         INSERT INTO login_restrictions VALUES (1, 4, '2099-01-01');"
    ))
    .await;
    let told = "login_restrictions may say who is kept out, and nothing reads it: 1 person is in it (uid = users.id;";
    for joined in [&["tenants"][..], &["user_profiles"], &["tenants", "user_profiles"]] {
        let mut args = vec!["--table", "users"];
        args.extend(joined.iter().flat_map(|table| ["--join", table]));
        let (code, _, err) = file.causeway("map", &args);
        assert!(
            code == 0 && err.contains(told) && err.contains("--join login_restrictions"),
            "{joined:?}: {err}"
        );
        args.extend(["--join", "login_restrictions"]);
        let (code, _, err) = file.causeway("map", &args);
        assert!(code == 0 && !err.contains("login_restrictions may"), "{joined:?}: {err}");
    }
}
