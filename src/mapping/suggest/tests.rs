//! Suggestions from names and values, in several languages.

use proptest::prelude::*;

use super::*;
use crate::mapping::{MappingProblem, Plan, check, explain, target_words};
use crate::model::{Columns, ForeignKey, Record, Table, TableName, Value, attribute};

fn text(text: &str) -> Value {
    if text == "–" { Value::Null } else { Value::Text(text.to_owned()) }
}

fn sample_of(columns: &[(&str, Vec<Value>)]) -> Sample {
    let names = Columns::new(columns.iter().map(|(name, _)| *name));
    let count = columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let record = |at: usize| Record {
        columns: names.clone(),
        values: columns.iter().map(|(_, values)| values.get(at).cloned().unwrap_or(Value::Null)).collect(),
        key: at.to_string(),
        groups: Vec::new(),
    };
    let records = (0..count).map(record).collect();
    Sample {
        columns: names,
        type_names: vec!["text".to_owned(); columns.len()],
        records,
        rows: None,
        exact: false,
    }
}

fn suggested(columns: &[(&str, Vec<Value>)]) -> Mapping {
    let selection = Selection {
        people: People::Sql("SELECT 1".to_owned()),
        ..Selection::table(TableName { schema: None, name: String::new() })
    };
    suggest(&Catalog::default(), &selection, &sample_of(columns))
}

/// Rules in words, from columns whose values are texts; `–` is no value.
fn rules(columns: &[(&str, &[&str])]) -> Vec<String> {
    let columns: Vec<_> =
        columns.iter().map(|(name, values)| (*name, values.iter().map(|v| text(v)).collect())).collect();
    in_words(&suggested(&columns))
}

fn in_words(mapping: &Mapping) -> Vec<String> {
    mapping
        .rules
        .iter()
        .map(|rule| {
            let change = explain(rule);
            let change = if change.is_empty() { String::new() } else { format!(" ({change})") };
            format!("{} → {}{change}", rule.column.as_deref().unwrap_or_default(), target_words(&rule.target))
        })
        .collect()
}

#[test]
fn an_e_mail_address_that_is_the_user_name_serves_as_both() {
    assert_eq!(
        rules(&[("username", &["a@example.com", "b@example.com"])]),
        ["username → login (trim, lower-case)", "username → email (trim, lower-case)"]
    );
}

#[test]
fn a_user_name_that_is_no_address_stays_behind_when_there_is_one() {
    assert_eq!(
        rules(&[("username", &["ann", "bob"]), ("mail", &["a@example.com", "–"])]),
        ["mail → login (trim, lower-case)", "mail → email (trim, lower-case)"]
    );
    // Both are addresses: each has its own place.
    assert_eq!(
        rules(&[("upn", &["a@corp.example"]), ("mail", &["ann@example.com"])]),
        ["upn → login (trim, lower-case)", "mail → email (trim, lower-case)"]
    );
    // Hardly anyone has an address.
    assert_eq!(
        rules(&[("uid", &["a", "b", "c", "d"]), ("mail", &["a@example.com", "–", "–", "–"])]),
        ["uid → login (trim, lower-case)", "mail → email (trim, lower-case)"]
    );
}

#[test]
fn addresses_and_passwords_are_known_by_their_looks() {
    let hash = "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";
    assert_eq!(
        rules(&[
            ("feld1", &["a@example.com"]),
            ("feld2", &[hash]),
            ("feld3", &["5f4dcc3b5aa765d61d8327deb882cf99"])
        ]),
        ["feld1 → login (trim, lower-case)", "feld1 → email (trim, lower-case)", "feld2 → Password"]
    );
    // A token that looks like a password is none.
    assert_eq!(rules(&[("reset_token", &[hash])]), [""; 0]);
}

#[test]
fn a_column_of_passwords_goes_nowhere_else() {
    let hash = "{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO";
    assert_eq!(rules(&[("title", &[hash])]), ["title → Password"]);
    assert_eq!(rules(&[("password", &[hash]), ("department", &[hash])]), ["password → Password"]);
}

#[test]
fn halves_of_names_in_several_languages() {
    for (columns, expected) in [
        // French: `nom` beside `prénom` is the family name.
        (
            vec![("nom", vec!["Dupont", "Le Gall"]), ("prénom", vec!["Anne", "Yves"])],
            vec!["nom → lastName (trim)", "prénom → firstName (trim)"],
        ),
        // Spanish: `nombre` beside `apellidos` is the given name, though it may be two words.
        (
            vec![("nombre", vec!["María José", "Juan"]), ("apellidos", vec!["García López", "Ruiz"])],
            vec!["nombre → firstName (trim)", "apellidos → lastName (trim)"],
        ),
        (
            vec![("imię", vec!["Anna"]), ("nazwisko", vec!["Nowak"])],
            vec!["imię → firstName (trim)", "nazwisko → lastName (trim)"],
        ),
        // A whole name beside one half gives the other.
        (
            vec![("name", vec!["Anne Dupont", "Yves Le Gall"]), ("first_name", vec!["Anne", "Yves"])],
            vec![
                "name → lastName (family name)",
                "name → displayName (trim)",
                "first_name → firstName (trim)",
            ],
        ),
        (
            vec![("full_name", vec!["Anne Dupont"])],
            vec![
                "full_name → firstName (given name)",
                "full_name → lastName (family name)",
                "full_name → displayName (trim)",
            ],
        ),
        (
            vec![("display_name", vec!["Anne Dupont"])],
            vec![
                "display_name → firstName (given name)",
                "display_name → lastName (family name)",
                "display_name → displayName (trim)",
            ],
        ),
        // Dutch: the small words have a column of their own.
        (
            vec![
                ("voornaam", vec!["Anna"]),
                ("tussenvoegsel", vec!["van der"]),
                ("achternaam", vec!["Berg"]),
            ],
            vec![
                "voornaam → firstName (trim)",
                "tussenvoegsel → lastName (trim, join with achternaam by the space)",
            ],
        ),
        (
            vec![("ФИО", vec!["Дмитрий Соколов"])],
            vec!["ФИО → firstName (given name)", "ФИО → lastName (family name)", "ФИО → displayName (trim)"],
        ),
    ] {
        let columns: Vec<_> = columns.iter().map(|(name, values)| (*name, values.as_slice())).collect();
        assert_eq!(rules(&columns), expected);
    }
}

#[test]
fn dutch_names_are_put_together() {
    let columns = [("voornaam", "Anna"), ("tussenvoegsel", "van der"), ("achternaam", "Berg")];
    let columns: Vec<_> = columns.iter().map(|(name, value)| (*name, vec![text(value), text("–")])).collect();
    let mapping = suggested(&columns);
    let sample = sample_of(&columns);
    let plan = Plan::compile(&mapping, &sample.columns).unwrap();
    assert_eq!(plan.apply(&sample.records[0]).profile.text("lastName"), Some("van der Berg"));
}

#[test]
fn names_that_shout_are_quieted() {
    assert_eq!(rules(&[("surname", &["DVOŘÁK", "O'NEILL", "李"])]), ["surname → lastName (trim)"]);
    assert_eq!(rules(&[("surname", &["DVOŘÁK", "O'NEILL"])]), ["surname → lastName (trim, title case)"]);
    assert_eq!(rules(&[("surname", &["Dvořák", "O'NEILL"])]), ["surname → lastName (trim)"]);
}

#[test]
fn one_phone_is_the_mobile_one_and_two_are_told_apart() {
    assert_eq!(rules(&[("tel", &["415-555-2671"])]), ["tel → mobilePhone (E.164, country US)"]);
    assert_eq!(
        rules(&[("tel", &["089 1234567"]), ("handy", &["0171 2345678"]), ("land", &["de"])]),
        [
            "tel → primaryPhone (E.164, country DE)",
            "handy → mobilePhone (E.164, country DE)",
            "land → countryCode (trim, upper-case)",
        ]
    );
    // Extensions of three digits are no phone numbers.
    assert_eq!(rules(&[("phone", &["101", "102"])]), [""; 0]);
}

#[test]
fn who_is_active_is_told_in_many_ways() {
    assert_eq!(rules(&[("is_active", &["1", "0"])]), ["is_active → Is active (yes or no)"]);
    assert_eq!(rules(&[("status", &["active", "suspended"])]), ["status → Is active (yes or no)"]);
    assert_eq!(rules(&[("status", &["A", "I", "A"])]), ["status → Is active (a = yes, i, d, s, … = no)"]);
    // Numbers of a status, and words that say nothing of the kind.
    assert_eq!(rules(&[("status", &["0", "0", "1"])]), [""; 0]);
    assert_eq!(rules(&[("status", &["married", "single"])]), [""; 0]);
    // `state` is a province or a status.
    assert_eq!(rules(&[("state", &["CA", "NY"])]), ["state → state (trim)"]);
    assert_eq!(rules(&[("state", &["active", "disabled"])]), ["state → Is active (yes or no)"]);
}

#[test]
fn columns_that_say_who_is_gone_are_turned_round() {
    let active = |name: &str, values: Vec<Value>| {
        let columns = [(name, values), ("mail", vec![text("a@example.com"); 3])];
        let mapping = suggested(&columns);
        let sample = sample_of(&columns);
        let plan = Plan::compile(&mapping, &sample.columns).unwrap();
        sample.records.iter().map(|record| plan.apply(record).active).collect::<Vec<_>>()
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(active("disabled", vec![Value::Bool(true), Value::Bool(false), Value::Null]), [no, yes, yes]);
    assert_eq!(active("is_deleted", vec![Value::Integer(1), Value::Integer(0), Value::Null]), [no, yes, yes]);
    assert_eq!(
        active("deleted_at", vec![text("2024-01-01 00:00:00"), Value::Null, text("")]),
        [no, yes, yes]
    );
    assert_eq!(active("nsAccountLock", vec![text("TRUE"), text("false"), Value::Null]), [no, yes, yes]);
    let control = [512, 514, 66050].map(Value::Integer).to_vec();
    assert_eq!(active("userAccountControl", control), [yes, no, no]);
}

#[test]
fn roles_are_groups_however_they_are_listed() {
    assert_eq!(rules(&[("role", &["admin", "user"])]), ["role → Group"]);
    assert_eq!(rules(&[("roles", &[r#"["ROLE_ADMIN"]"#, "[]"])]), ["roles → Group (unpack the list)"]);
    assert_eq!(rules(&[("groups", &["Sales;Ops", "Sales"])]), ["groups → Group (split at “;”)"]);
    assert_eq!(rules(&[("memberOf", &["CN=Sales,OU=Groups,DC=example,DC=com"])]), ["memberOf → Group"]);
    // A number means nothing in Okta.
    assert_eq!(in_words(&suggested(&[("role", vec![Value::Integer(3)])])), [""; 0]);
}

#[test]
fn what_is_private_stays_behind_whatever_it_holds() {
    let private = [
        "security_answer",
        "security_question",
        "token",
        "pin",
        "ssn",
        "birth_date",
        "salary",
        "recovery_email",
        "totp_secret",
        "password_hint",
        "old_password",
        "iban",
    ];
    for name in private {
        assert_eq!(rules(&[(name, &["a@example.com", "b@example.com"])]), [""; 0], "{name}");
    }
}

#[test]
fn codes_and_languages_only_where_the_values_are_some() {
    assert_eq!(rules(&[("country", &["Germany", "France"])]), [""; 0]);
    assert_eq!(rules(&[("country", &["DE", "fr"])]), ["country → countryCode (trim, upper-case)"]);
    assert_eq!(rules(&[("locale", &["de-DE", "cs_CZ"])]), ["locale → locale (trim, “-” becomes “_”)"]);
    assert_eq!(rules(&[("language", &["de_DE"])]), ["language → preferredLanguage (trim, “_” becomes “-”)"]);
    assert_eq!(rules(&[("language", &["German"])]), [""; 0]);
    assert_eq!(rules(&[("timezone", &["Europe/Prague"])]), ["timezone → timezone (trim)"]);
}

#[test]
fn numbers_that_point_at_other_tables_stay_behind() {
    let name = |name: &str| TableName { schema: None, name: name.to_owned() };
    let key = ForeignKey {
        columns: vec!["employee_id".to_owned()],
        table: name("employees"),
        references: vec!["id".to_owned()],
    };
    let table = |foreign_keys| Table {
        name: name("users"),
        view: false,
        rows: None,
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys,
        refused: None,
    };
    let sample =
        sample_of(&[("employee_id", vec![Value::Integer(7)]), ("department", vec![Value::Integer(2)])]);
    let made = |keys| {
        let catalog = Catalog { tables: vec![table(keys)] };
        in_words(&suggest(&catalog, &Selection::table(name("users")), &sample))
    };
    assert_eq!(made(Vec::new()), ["employee_id → employeeNumber (trim)"]);
    assert_eq!(made(vec![key]), [""; 0]);
}

#[test]
fn an_empty_table_still_gives_a_mapping() {
    let columns =
        ["id", "username", "email", "first_name", "last_name", "password", "is_active", "last_login"];
    let columns: Vec<_> = columns.iter().map(|name| (*name, Vec::new())).collect();
    let mapping = suggested(&columns);
    assert_eq!(
        in_words(&mapping),
        [
            "email → login (trim, lower-case)",
            "email → email (trim, lower-case)",
            "first_name → firstName (trim)",
            "last_name → lastName (trim)",
            "password → Password",
            "is_active → Is active (yes or no)",
            "last_login → Last sign-in",
        ]
    );
}

#[test]
fn habits_of_other_products() {
    let hash = "$2y$10$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy";
    let whole = |n| Value::Integer(n);
    for (product, columns, expected) in [
        (
            "Joomla",
            vec![
                ("id", whole(1)),
                ("name", text("Anne Dupont")),
                ("username", text("anne")),
                ("email", text("a@example.com")),
                ("password", text(hash)),
                ("block", whole(0)),
                ("sendEmail", whole(1)),
                ("registerDate", text("2020-01-01 00:00:00")),
                ("lastvisitDate", text("2024-01-01 00:00:00")),
                ("activation", text("0")),
                ("otpKey", text("")),
            ],
            "name → firstName, name → lastName, name → displayName, email → login, email → email, password → Password, \
             block → Is active, lastvisitDate → Last sign-in",
        ),
        (
            "Moodle",
            vec![
                ("id", whole(2)),
                ("auth", text("manual")),
                ("confirmed", whole(1)),
                ("deleted", whole(0)),
                ("suspended", whole(0)),
                ("username", text("anne")),
                ("password", text(hash)),
                ("idnumber", text("")),
                ("firstname", text("Anne")),
                ("lastname", text("Dupont")),
                ("email", text("a@example.com")),
                ("phone1", text("+33 1 42 68 53 00")),
                ("institution", text("Sorbonne")),
                ("department", text("")),
                ("city", text("Paris")),
                ("country", text("FR")),
                ("lang", text("fr")),
                ("timezone", text("Europe/Paris")),
                ("lastaccess", whole(1_714_566_600)),
                ("lastlogin", whole(1_714_566_600)),
                ("lastip", text("10.0.0.1")),
                ("secret", text("x")),
            ],
            "deleted → Is active, suspended → Is active, password → Password, firstname → firstName, lastname → lastName, \
             email → login, email → email, phone1 → mobilePhone, institution → organization, department → department, \
             city → city, country → countryCode, lang → preferredLanguage, timezone → timezone, lastlogin → Last sign-in",
        ),
        (
            "ASP.NET Identity",
            vec![
                ("Id", text("6f9619ff-8b86-d011-b42d-00c04fc964ff")),
                ("UserName", text("a@example.com")),
                ("NormalizedUserName", text("A@EXAMPLE.COM")),
                ("Email", text("a@example.com")),
                ("NormalizedEmail", text("A@EXAMPLE.COM")),
                ("EmailConfirmed", Value::Bool(true)),
                ("PasswordHash", text(hash)),
                ("SecurityStamp", text("X")),
                ("PhoneNumber", text("415-555-2671")),
                ("TwoFactorEnabled", Value::Bool(false)),
                ("LockoutEnabled", Value::Bool(true)),
                ("FirstName", text("Anne")),
                ("LastName", text("Dupont")),
            ],
            "UserName → login, Email → email, PasswordHash → Password, PhoneNumber → mobilePhone, FirstName → firstName, \
             LastName → lastName",
        ),
        (
            "Devise",
            vec![
                ("id", whole(1)),
                ("email", text("a@example.com")),
                ("encrypted_password", text(hash)),
                ("reset_password_token", text("x")),
                ("sign_in_count", whole(3)),
                ("current_sign_in_at", text("2024-01-02 00:00:00")),
                ("last_sign_in_at", text("2024-01-01 00:00:00")),
                ("locked_at", Value::Null),
                ("first_name", text("Anne")),
                ("last_name", text("Dupont")),
            ],
            "email → login, email → email, encrypted_password → Password, last_sign_in_at → Last sign-in, \
             locked_at → Is active, first_name → firstName, last_name → lastName",
        ),
        (
            "FOSUserBundle",
            vec![
                ("username", text("anne")),
                ("username_canonical", text("anne")),
                ("email", text("a@example.com")),
                ("email_canonical", text("a@example.com")),
                ("enabled", whole(1)),
                ("salt", Value::Null),
                ("password", text(hash)),
                ("roles", text("a:1:{i:0;s:10:\"ROLE_ADMIN\";}")),
                ("confirmation_token", Value::Null),
            ],
            "email → login, email → email, enabled → Is active, salt → Salt, password → Password, roles → Group",
        ),
        (
            "Active Directory",
            vec![
                ("sAMAccountName", text("adupont")),
                ("userPrincipalName", text("adupont@corp.example")),
                ("mail", text("a@example.com")),
                ("givenName", text("Anne")),
                ("sn", text("Dupont")),
                ("displayName", text("Anne Dupont")),
                ("telephoneNumber", text("+33142685300")),
                ("mobile", text("+33612345678")),
                ("physicalDeliveryOfficeName", text("B12")),
                ("userAccountControl", whole(512)),
                ("lastLogonTimestamp", whole(133_590_402_000_000_000)),
                ("memberOf", Value::List(vec![text("CN=Sales,DC=example")])),
                ("co", text("France")),
                ("c", text("FR")),
                ("l", text("Paris")),
                ("st", text("IDF")),
                ("company", text("Acme")),
            ],
            "userPrincipalName → login, mail → email, givenName → firstName, sn → lastName, displayName → displayName, \
             telephoneNumber → primaryPhone, mobile → mobilePhone, userAccountControl → Is active, \
             lastLogonTimestamp → Last sign-in, memberOf → Group, c → countryCode, l → city, st → state, company → organization",
        ),
    ] {
        let columns: Vec<_> = columns.into_iter().map(|(name, value)| (name, vec![value])).collect();
        let mapping = suggested(&columns);
        let words: Vec<_> = mapping
            .rules
            .iter()
            .map(|rule| {
                format!("{} → {}", rule.column.as_deref().unwrap_or_default(), target_words(&rule.target))
            })
            .collect();
        assert_eq!(words.join(", "), expected, "{product}");
    }
}

fn any_cell() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<String>().prop_map(Value::Text),
        "[a-z]{1,5}@[a-z]{1,5}\\.(com|de)".prop_map(Value::Text),
        "\\$2a\\$10\\$[a-zA-Z0-9]{20,30}".prop_map(Value::Text),
        "[0-9+ -]{5,14}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Bool),
        any::<Vec<u8>>().prop_map(Value::Bytes),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(usr_|user|emp_)?(login|email|mail|name|first_?name|nachname|phone|tel|handy|password|pwd|salt|token|pin|state|status|role|\
         country|lang|deleted_at|disabled|last_login|title|security_answer)(_?hash|_id|2|_at)?",
    ]
}

proptest! {
    /// Whatever columns are called and hold: the suggestion compiles, gives each target once, and shows no secret.
    #[test]
    fn any_columns(columns in proptest::collection::vec((any_name(), proptest::collection::vec(any_cell(), 0..4)), 0..9)) {
        let borrowed: Vec<_> = columns.iter().map(|(name, values)| (name.as_str(), values.clone())).collect();
        let mapping = suggested(&borrowed);
        let sample = sample_of(&borrowed);
        let problems = check(&mapping, &sample);
        let fine = |p: &MappingProblem| match p {
            MappingProblem::Missing { .. } | MappingProblem::Empty { .. } | MappingProblem::ActiveUnsaid { .. } => true,
            // What is asked about was not sure enough to be suggested, and is sound when it is used.
            MappingProblem::Switch(switch) => Plan::compile(
                &crate::mapping::Mapping { rules: vec![switch.used()], ..mapping.clone() },
                &sample.columns,
            )
            .is_ok(),
            _ => false,
        };
        // Two columns of one name are told apart by no rule; sources never give them.
        let twice = columns.iter().enumerate().any(|(at, (name, _))| {
            columns[..at].iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
        });
        prop_assert!(twice || problems.iter().all(fine), "{problems:?}");
        for rule in &mapping.rules {
            prop_assert!(!banned(rule.column.as_deref().unwrap_or_default()));
            if let crate::mapping::Target::Attribute(name) = &rule.target {
                prop_assert!(attribute(name).is_some(), "custom attributes are never invented");
            }
        }
    }
}
