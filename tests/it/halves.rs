//! A person's other half: passwords, names and addresses in a table of their own, or inside a column of JSON.

use causeway::mapping::Plan;
use causeway::migration::{Groups, group_choices, suggest_for};
use causeway::model::{Candidate, PasswordEvidence, People, Selection, TableName};
use causeway::source::{Source, SourceSpec, open};
use serde_json::{Value, json};

use crate::groups::File;
use crate::support::postgres::{Postgres, READER_PASSWORD};

fn named(name: &str) -> Selection {
    Selection::table(TableName { schema: None, name: name.to_owned() })
}

fn own(sql: &str) -> Selection {
    Selection { people: People::Sql(sql.to_owned()), ..named("") }
}

/// What is said of the people by the suggestion alone: the halves, the notes, and everyone.
struct Looked {
    halves: Vec<(String, Option<Selection>)>,
    notes: Vec<String>,
    people: Vec<Candidate>,
}

async fn look(source: &dyn Source, people: Selection) -> Looked {
    let catalog = source.probe().await.unwrap().catalog;
    let choices = group_choices(source, &catalog, &people).await;
    let made = suggest_for(source, &catalog, people, &choices, Groups::Certain, 200).await.unwrap();
    let plan = Plan::compile(&made.mapping, &made.sample.columns).unwrap();
    Looked {
        halves: made.halves.iter().map(|half| (half.words(), half.selection.clone())).collect(),
        notes: made.notes,
        people: made.sample.records.iter().map(|record| plan.apply(record)).collect(),
    }
}

/// Login, last name and stored password of each.
fn facts(people: &[Candidate]) -> Vec<(String, String, String)> {
    let text = |person: &Candidate| match &person.password {
        PasswordEvidence::Stored(stored) => String::from_utf8(stored.text.expose().to_vec()).unwrap(),
        _ => String::new(),
    };
    let fact = |person: &Candidate| {
        (
            person.profile.login().to_owned(),
            person.profile.text("lastName").unwrap_or_default().to_owned(),
            text(person),
        )
    };
    let mut facts: Vec<_> = people.iter().map(fact).collect();
    facts.sort();
    facts
}

fn fact(login: &str, last: &str, password: &str) -> (String, String, String) {
    (login.to_owned(), last.to_owned(), password.to_owned())
}

/// Passwords, names or addresses in a table of their own, joined as is offered.
#[tokio::test]
async fn the_other_half_is_named_and_read_with_them_when_wished() {
    let cases = [
        // Credentials by a foreign key, several for one person: the last that has a password.
        (
            "accounts",
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT);
             CREATE TABLE logins (nr INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts(id), password_hash TEXT, provider TEXT);
             INSERT INTO accounts VALUES (1, 'a@example.com', 'Ada', 'One'), (2, 'b@example.com', 'Bob', 'Two');
             INSERT INTO logins VALUES (7, 1, '$2a$10$first', NULL), (8, 1, '$2a$10$second', NULL), (9, 1, NULL, 'google');",
            "Passwords seem to be in logins (logins.account_id = accounts.id, by a foreign key). Without it everyone must reset. \
             1 person has several rows there: the last is taken (by nr).",
            vec![fact("a@example.com", "One", "$2a$10$second"), fact("b@example.com", "Two", "")],
        ),
        // The key itself is the foreign key (Rodauth).
        (
            "accounts",
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT);
             CREATE TABLE account_password_hashes (id INTEGER PRIMARY KEY REFERENCES accounts(id), password_hash TEXT);
             INSERT INTO accounts VALUES (1, 'a@example.com', 'Ada', 'One');
             INSERT INTO account_password_hashes VALUES (1, '$2a$10$rodauth');",
            "Passwords seem to be in account_password_hashes (account_password_hashes.id = accounts.id, by a foreign key). Without it \
             everyone must reset.",
            vec![fact("a@example.com", "One", "$2a$10$rodauth")],
        ),
        // The people point at their other half (Odoo).
        (
            "res_users",
            "CREATE TABLE res_partner (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
             CREATE TABLE res_users (id INTEGER PRIMARY KEY, login TEXT, password TEXT, partner_id INTEGER REFERENCES res_partner(id),
                create_uid INTEGER REFERENCES res_users(id));
             INSERT INTO res_partner VALUES (70, 'Ada One', 'a@example.com'), (71, 'Somebody Else', 'c@example.com');
             INSERT INTO res_users VALUES (1, 'ada', '$pbkdf2-sha512$x', 70, 1);",
            "E-mail addresses and names seem to be in res_partner (res_partner.id = res_users.partner_id, by a foreign key). Without it \
             people lack what Okta needs.",
            vec![fact("a@example.com", "One", "$pbkdf2-sha512$x")],
        ),
        // Redmine: a table of addresses whose column is called as a street's.
        (
            "users",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT, hashed_password TEXT, firstname TEXT, lastname TEXT, status INTEGER, salt TEXT);
             CREATE TABLE email_addresses (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, address TEXT NOT NULL, is_default BOOLEAN NOT NULL
                DEFAULT 0, notify BOOLEAN NOT NULL DEFAULT 1, created_on TEXT, updated_on TEXT);
             INSERT INTO users VALUES (1, 'ada', 'abcd1234', 'Ada', 'One', 1, 'x');
             INSERT INTO email_addresses (user_id, address, is_default) VALUES (1, 'old@example.com', 0), (1, 'a@example.com', 1), (1, 'b@example.com', 0);",
            "E-mail addresses seem to be in email_addresses (email_addresses.user_id = users.id, no foreign key says so). Without it people \
             lack what Okta needs. 1 person has several rows there: the current one is taken (by is_default), and of several the newest \
             (by updated_on, created_on).",
            vec![fact("a@example.com", "One", "abcd1234")],
        ),
        // SuiteCRM: addresses of all kinds of things, and whose they are in a table between.
        (
            "users",
            "CREATE TABLE users (id TEXT PRIMARY KEY, user_name TEXT, user_hash TEXT, first_name TEXT, last_name TEXT);
             CREATE TABLE email_addresses (id TEXT PRIMARY KEY, email_address TEXT, email_address_caps TEXT, invalid_email INTEGER, opt_out INTEGER,
                deleted INTEGER);
             CREATE TABLE email_addr_bean_rel (id TEXT PRIMARY KEY, email_address_id TEXT, bean_id TEXT, bean_module TEXT, primary_address INTEGER,
                reply_to_address INTEGER, deleted INTEGER);
             INSERT INTO users VALUES ('1', 'ada', '$2y$10$suite', 'Ada', 'One');
             INSERT INTO email_addresses VALUES ('e1', 'x@example.com', '', 0, 0, 0), ('e2', 'a@example.com', '', 0, 0, 0), ('e3', 'gone@example.com', '', 0, 0, 1);
             INSERT INTO email_addr_bean_rel VALUES ('r1', 'e1', '1', 'Contacts', 1, 0, 0), ('r2', 'e2', '1', 'Users', 1, 0, 0),
                ('r3', 'e3', '1', 'Users', 1, 0, 0), ('r4', 'e1', '1', 'Users', 0, 0, 0);",
            "E-mail addresses seem to be in email_addresses (email_addr_bean_rel.bean_id = users.id, no foreign key says so). Without it people \
             lack what Okta needs.",
            vec![fact("a@example.com", "One", "$2y$10$suite")],
        ),
        // No foreign key; the primary address of several (Discourse).
        (
            "users",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, name TEXT, password_hash TEXT, salt TEXT);
             CREATE TABLE user_emails (id INTEGER PRIMARY KEY, user_id INTEGER, email TEXT, \"primary\" INTEGER);
             INSERT INTO users VALUES (1, 'ada', 'Ada One', 'abcd1234', 'x');
             INSERT INTO user_emails VALUES (1, 1, 'old@example.com', 0), (2, 1, 'a@example.com', 1), (3, 1, 'b@example.com', 0);",
            "E-mail addresses seem to be in user_emails (user_emails.user_id = users.id, no foreign key says so). Without it people lack \
             what Okta needs. 1 person has several rows there: the current one is taken (by primary), and of several the last (by id).",
            vec![fact("a@example.com", "One", "abcd1234")],
        ),
    ];
    for (people, sql, words, expected) in cases {
        let file = File::of(sql).await;
        let looked = look(&*file.source(), named(people)).await;
        assert_eq!(looked.halves.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>(), [words]);
        let joined = looked.halves[0].1.clone().unwrap();
        let both = look(&*file.source(), joined).await;
        assert_eq!(facts(&both.people), expected, "{people}");
        assert_eq!(both.halves, [], "{people}");
        assert_eq!(both.people[0].key, "1", "{people}");
    }
}

#[tokio::test]
async fn other_people_s_passwords_are_never_offered() {
    let file = File::of(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT);
         CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT);
         CREATE TABLE staff_credentials (staff_id INTEGER, password_hash TEXT);
         CREATE TABLE secrets (user_id INTEGER REFERENCES staff(id), password_hash TEXT);
         CREATE TABLE password_resets (customer_id INTEGER, password TEXT);
         INSERT INTO customers VALUES (1, 'a@example.com', 'Ada', 'One');
         INSERT INTO staff VALUES (1, 'b@example.com', 'Bob', 'Two');",
    )
    .await;
    assert_eq!(look(&*file.source(), named("customers")).await.halves, []);
    let words: Vec<String> =
        look(&*file.source(), named("staff")).await.halves.into_iter().map(|half| half.0).collect();
    assert!(words[0].contains("secrets.user_id = staff.id, by a foreign key"), "{words:?}");
    assert!(words[1].contains("staff_credentials.staff_id = staff.id, no foreign key"), "{words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn own_sql_has_its_other_half_named_and_joined_where_its_columns_are_certain() {
    let file = File::of(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, site INTEGER);
         CREATE TABLE logins (account_id INTEGER PRIMARY KEY REFERENCES accounts(id), password_hash TEXT);
         CREATE TABLE sites (id INTEGER PRIMARY KEY, label TEXT);
         INSERT INTO accounts VALUES (1, 'a@example.com', 'Ada', 'One', 1), (2, 'b@example.com', 'Bob', 'Two', 1);
         INSERT INTO logins VALUES (1, '$2a$10$one'), (2, '$2a$10$two');",
    )
    .await;
    let looked =
        look(&*file.source(), own("SELECT id, email, first_name, last_name FROM accounts WHERE id > 1;"))
            .await;
    let (words, joined) = looked.halves[0].clone();
    assert!(words.starts_with("Passwords seem to be in logins"), "{words}");
    let both = look(&*file.source(), joined.unwrap()).await;
    assert_eq!(facts(&both.people), [fact("b@example.com", "Two", "$2a$10$two")]);

    // Of two tables' columns called `id`, which is whose is not guessed.
    let sql = "SELECT s.id, a.email, a.first_name, a.last_name FROM accounts a JOIN sites s ON s.id = a.site";
    let (words, joined) = look(&*file.source(), own(sql)).await.halves[0].clone();
    assert!(words.ends_with("Join it in your SELECT."), "{words}");
    assert_eq!(joined, None);

    let (code, out, err) = file.causeway("map", &["--table", "accounts"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("Passwords seem to be in logins") && err.contains("--join logins"), "{err}");
    assert!(!out.contains("\"password\": \"") && !out.contains("password_hash"), "{out}");
    let (code, out, err) = file.causeway("map", &["--table", "accounts", "--join", "logins"]);
    assert_eq!(code, 0, "{err}");
    let mapping: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(mapping["selection"]["key"], json!(["id"]));
    assert!(out.contains("password_hash") && !err.contains("--join"), "{err}");
    let (code, _, err) = file.causeway("map", &["--table", "accounts", "--join", "sites"]);
    assert!(code == 1 && err.contains("Name one of logins."), "{err}");
}

#[tokio::test]
async fn what_stands_inside_json_is_found_there() {
    // As Supabase, Kratos and Nextcloud write it.
    let file = File::of(
        r#"CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, encrypted_password TEXT, raw_user_meta_data TEXT);
           INSERT INTO users VALUES ('u1', 'a@example.com', '$2a$10$x',
              '{"full_name": "Ada van One", "avatar_url": "https://example.com/a.png", "email_verified": true, "sub": "1"}'),
              ('u2', 'b@example.com', '$2a$10$y', '{"full_name": "Bob Two"}');
           CREATE TABLE identities (id TEXT PRIMARY KEY, traits TEXT, state TEXT);
           CREATE TABLE identity_credentials (id TEXT PRIMARY KEY, identity_id TEXT REFERENCES identities(id), config TEXT);
           INSERT INTO identities VALUES ('k1', '{"email": "k@example.com", "name": {"first": "Kim", "last": "Three"}}', 'active');
           INSERT INTO identity_credentials VALUES ('c1', 'k1', '{"hashed_password": "$2a$10$kratos"}');"#,
    )
    .await;
    let looked = look(&*file.source(), named("users")).await;
    assert_eq!(
        facts(&looked.people),
        [fact("a@example.com", "van One", "$2a$10$x"), fact("b@example.com", "Two", "$2a$10$y")]
    );
    assert_eq!(looked.people[0].profile.text("firstName"), Some("Ada"));
    let sql = "SELECT i.id, i.traits, i.state, c.config FROM identities i JOIN identity_credentials c ON c.identity_id = i.id";
    let looked = look(&*file.source(), own(sql)).await;
    assert_eq!(facts(&looked.people), [fact("k@example.com", "Three", "$2a$10$kratos")]);
    assert_eq!(looked.people[0].profile.text("firstName"), Some("Kim"));

    let file = File::of(
        r"CREATE TABLE oc_users (uid TEXT PRIMARY KEY, displayname TEXT, password TEXT, uid_lower TEXT);
           CREATE TABLE oc_preferences (userid TEXT, appid TEXT, configkey TEXT, configvalue TEXT);
           CREATE TABLE oc_groups (gid TEXT PRIMARY KEY, displayname TEXT);
           CREATE TABLE oc_group_user (gid TEXT, uid TEXT);
           INSERT INTO oc_users VALUES ('ada', 'Ada One', '3|$argon2id$v=19$m=65536,t=4,p=1$a$b', 'ada'), ('bob', 'Bob Two', '1|$2y$10$x', 'bob');
           INSERT INTO oc_preferences VALUES ('ada', 'settings', 'email', 'a@example.com'), ('ada', 'firstrunwizard', 'email', 'no'),
              ('bob', 'settings', 'email', 'b@example.com'), ('bob', 'core', 'enabled', 'false');
           INSERT INTO oc_groups VALUES ('g1', 'Accounting');
           INSERT INTO oc_group_user VALUES ('g1', 'ada');",
    )
    .await;
    let guess = causeway::mapping::guess_people(&file.source().probe().await.unwrap().catalog).remove(0);
    assert_eq!(guess.product, Some("Nextcloud"));
    let looked = look(&*file.source(), guess.selection).await;
    let logins: Vec<_> = facts(&looked.people).into_iter().map(|fact| (fact.0, fact.1)).collect();
    assert_eq!(logins, [("a@example.com".into(), "One".into()), ("b@example.com".into(), "Two".into())]);
    let ada = looked.people.iter().find(|person| person.key == "ada").unwrap();
    assert_eq!((ada.groups.clone(), ada.active), (vec!["Accounting".to_owned()], Some(true)));
    assert_eq!(looked.people.iter().find(|person| person.key == "bob").unwrap().active, Some(false));
}

#[tokio::test]
async fn of_two_columns_for_passwords_the_fuller_one_is_taken() {
    let mut sql = String::from(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT, legacy_password_hash TEXT, pwd TEXT);",
    );
    for n in 1..=20 {
        let old = if n <= 3 { "'5f4dcc3b5aa765d61d8327deb882cf99'" } else { "'*'" };
        sql += &format!(
            "INSERT INTO users VALUES ({n}, 'u{n}@example.com', 'Ada', 'Number', {old}, NULL, '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy');"
        );
    }
    let file = File::of(&sql).await;
    let looked = look(&*file.source(), named("users")).await;
    assert!(facts(&looked.people).iter().all(|(_, _, password)| password.starts_with("$2a$10$")));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_realms_and_products_are_named() {
    let server = Postgres::shared();
    server.database(
        "halves_odoo",
        r#"CREATE TABLE tenant_users (id int PRIMARY KEY, tenant_id int, email text, first_name text, last_name text, password text);
           INSERT INTO tenant_users SELECT n, n % 2 + 7, 'p' || n || '@example.com', 'Ada', 'Number', 'x' FROM generate_series(1, 20) AS n;
           CREATE TABLE auth_user (id int PRIMARY KEY, password text, is_superuser bool, username text, first_name text, last_name text,
              email text, is_active bool);
           INSERT INTO auth_user VALUES (1, 'x', false, 'u', 'U', 'V', 'u@example.com', true);
           CREATE TABLE auth_group (id int PRIMARY KEY, name text);
           CREATE TABLE auth_user_groups (id int PRIMARY KEY, user_id int, group_id int);
           CREATE TABLE res_partner (id int PRIMARY KEY, name text, email text);
           CREATE TABLE res_users (id int PRIMARY KEY, login text, password text, partner_id int REFERENCES res_partner(id));
           CREATE TABLE res_groups (id int PRIMARY KEY, name jsonb);
           CREATE TABLE res_groups_users_rel (gid int REFERENCES res_groups(id), uid int REFERENCES res_users(id));
           INSERT INTO res_partner VALUES (1, 'Ada One', 'a@example.com');
           INSERT INTO res_users VALUES (1, 'ada', 'x', 1);
           INSERT INTO res_groups VALUES (1, '{"de_DE": "Vertrieb", "en_US": "Sales"}'), (2, '{"fr_FR": "Achats"}');
           INSERT INTO res_groups_users_rel VALUES (1, 1), (2, 1);"#,
    );
    let password = Some(READER_PASSWORD.to_owned().into());
    let source = open(&SourceSpec::Postgres(server.spec("halves_odoo")), password).unwrap();
    let table = |name: &str| Selection::table(TableName { schema: Some("public".into()), name: name.into() });
    let notes = look(&*source, table("tenant_users")).await.notes;
    assert_eq!(
        notes[0],
        "People of several tenants are read together: tenant_id is 7, 8. “Only rows where…” takes one of them."
    );
    assert!(
        notes[1].starts_with("This database holds other people too, who are not read here: ")
            && notes[1].contains("public.auth_user (Django)"),
        "{notes:?}"
    );

    // The names of Odoo's groups are JSON, one for each language.
    let looked = look(&*source, table("res_users")).await;
    let names = |people: &[Candidate]| {
        let mut names = people[0].groups.clone();
        names.sort();
        names
    };
    assert_eq!(names(&looked.people), ["Achats", "Sales"]);
    let both = look(&*source, looked.halves[0].1.clone().unwrap()).await;
    assert_eq!(facts(&both.people), [fact("a@example.com", "One", "x")]);
    assert_eq!(names(&both.people), ["Achats", "Sales"]);
}

/// People who are whole documents (Rocket.Chat's and NodeBB's, say), and hashes under any name inside one: found, with the product that the
/// document shows, which keeps its bcrypt from being taken for plain.
#[tokio::test(flavor = "multi_thread")]
async fn hashes_inside_documents_are_found_with_their_product() {
    for (document, made_by, password) in [
        (
            r#"{"emails": [{"address": "A@example.com", "verified": true}], "name": "Ada One",
                "services": {"password": {"bcrypt": "$2b$10$docABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"}, "resume": {"loginTokens": [{"hashedToken": "$2b$10$noABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"}]}}}"#,
            Some("meteor"),
            "$2b$10$docABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx",
        ),
        (
            r#"{"email": "a@example.com", "fullname": "Ada One", "userslug": "ada", "password": "$2b$12$docABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"}"#,
            Some("nodebb"),
            "$2b$12$docABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx",
        ),
        (
            r#"{"email": "a@example.com", "name": "Ada One", "_hashed_password": "$2b$10$parseABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv", "_perishable_token": "$2b$10$noABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"}"#,
            None,
            "$2b$10$parseABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv",
        ),
        (
            r#"{"email": "a@example.com", "name": "Ada One", "auth": {"local": {"secret_hash": "x", "crypt": "$2b$10$anyABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"}}}"#,
            None,
            "$2b$10$anyABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx",
        ),
    ] {
        let file = File::of(&format!(
            "CREATE TABLE chat_users (id TEXT PRIMARY KEY, document TEXT); INSERT INTO chat_users VALUES ('x1', '{document}');"
        ))
        .await;
        let looked = look(&*file.source(), named("chat_users")).await;
        assert_eq!(facts(&looked.people), [fact("a@example.com", "One", password)], "{document}");
        let (code, out, err) = file.causeway("map", &["--table", "chat_users"]);
        assert_eq!(code, 0, "{err}");
        assert!(!out.contains("$2b$") && !err.contains("$2b$"), "{out} {err}");
        let mapping: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(mapping["password"]["made_by"].as_str(), made_by, "{document}");
    }
    // A mapping that was written by hand knows it too.
    let text = r#"{"version": 1, "selection": {"people": {"table": {"name": "users"}}}, "rules": [{"column": "services", "target":
        "password", "transforms": [{"pick": "password.bcrypt"}]}]}"#;
    let mapping = causeway::mapping::Mapping::from_json(text).unwrap();
    assert_eq!(mapping.password.made_by.as_deref(), Some("meteor"));
}

/// Looks at these people, joins what is offered first, and gives the words of the offer and everyone.
async fn joined(schema: &str, people: &str) -> (Vec<String>, Vec<Candidate>) {
    let file = File::of(schema).await;
    let source = file.source();
    let first = look(&*source, named(people)).await;
    let words = first.halves.iter().map(|(words, _)| words.clone()).collect();
    let offered = first.halves.into_iter().find_map(|(_, selection)| selection).expect("an offer");
    (words, look(&*source, offered).await.people)
}

#[tokio::test]
async fn names_and_passwords_in_rows_of_names_and_values_are_joined() {
    // Magento 1: every attribute is a row, by the id of its name.
    let (words, people) = joined(
        "CREATE TABLE customer_entity (entity_id INTEGER PRIMARY KEY, email TEXT, is_active INTEGER, group_id INTEGER);
         CREATE TABLE eav_attribute (attribute_id INTEGER PRIMARY KEY, entity_type_id INTEGER, attribute_code TEXT);
         CREATE TABLE customer_entity_varchar (value_id INTEGER PRIMARY KEY, entity_type_id INTEGER, attribute_id INTEGER, entity_id INTEGER, value TEXT);
         INSERT INTO customer_entity VALUES (1, 'ada@example.com', 1, 1), (2, 'bob@example.com', 1, 1);
         INSERT INTO eav_attribute VALUES (5, 1, 'firstname'), (7, 1, 'lastname'), (12, 1, 'password_hash'), (13, 1, 'rp_token');
         INSERT INTO customer_entity_varchar (attribute_id, entity_id, value) VALUES (5, 1, 'Ada'), (7, 1, 'One'), (12, 1, 'h1'), (5, 2, 'Bob'),
            (7, 2, 'Two'), (12, 2, 'h2'), (13, 2, 'secret');",
        "customer_entity",
    )
    .await;
    assert_eq!(
        words,
        [
            "Passwords and names seem to be in customer_entity_varchar (customer_entity_varchar.entity_id = customer_entity.entity_id, no \
          foreign key says so). Without it everyone must reset."
        ]
    );
    assert_eq!(facts(&people), [fact("ada@example.com", "One", "h1"), fact("bob@example.com", "Two", "h2")]);
    // Anybody's own, the names in the rows.
    let (words, people) = joined(
        "CREATE TABLE members (id INTEGER PRIMARY KEY, username TEXT, email TEXT, password TEXT);
         CREATE TABLE member_attributes (member_id INTEGER REFERENCES members(id), attr_name TEXT, attribute_key TEXT, attribute_value TEXT);
         INSERT INTO members VALUES (1, 'ada', 'ada@example.com', 'h1');
         INSERT INTO member_attributes VALUES (1, '', 'first_name', 'Ada'), (1, '', 'last_name', 'One'), (1, '', 'color', 'red');",
        "members",
    )
    .await;
    assert!(words[0].starts_with("Names seem to be in member_attributes"), "{words:?}");
    assert_eq!(facts(&people), [fact("ada@example.com", "One", "h1")]);
}

#[tokio::test]
async fn mastodons_people_have_their_names_with_their_accounts() {
    let (words, people) = joined(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, username TEXT NOT NULL, domain TEXT, display_name TEXT NOT NULL, suspended_at TEXT);
         CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, encrypted_password TEXT NOT NULL, disabled BOOLEAN NOT NULL DEFAULT 0,
            account_id INTEGER NOT NULL REFERENCES accounts(id));
         INSERT INTO accounts VALUES (1, 'ada', NULL, 'Ada One', NULL);
         INSERT INTO users VALUES (1, 'ada@example.com', 'h1', 0, 1);",
        "users",
    )
    .await;
    assert!(words[0].starts_with("Names seem to be in accounts"), "{words:?}");
    assert_eq!(people[0].profile.text("lastName"), Some("One"));
}

#[tokio::test]
async fn a_table_of_credentials_is_not_guessed_as_the_people() {
    for (schema, people) in [
        (
            "CREATE TABLE persons (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT);
             CREATE TABLE user_credentials (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES persons(id), username TEXT, password_hash TEXT, last_login TEXT);",
            "persons",
        ),
        (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, full_name TEXT);
             CREATE TABLE user_logins (user_id INTEGER, login TEXT, email TEXT, password TEXT, salt TEXT, active INTEGER);",
            "users",
        ),
        (
            "CREATE TABLE employees (employee_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT);
             CREATE TABLE accounts (account_id INTEGER PRIMARY KEY, employee_id INTEGER REFERENCES employees(employee_id), username TEXT, passwd TEXT, phone TEXT);",
            "employees",
        ),
    ] {
        let file = File::of(schema).await;
        let catalog = file.source().probe().await.unwrap().catalog;
        let guess = causeway::mapping::guess_people(&catalog).into_iter().next().unwrap();
        assert_eq!(guess.table.name, people);
    }
}
