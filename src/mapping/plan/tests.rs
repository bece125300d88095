//! What a plan makes of records.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::mapping::{MappingProblem, Shown, check, codes, preview};
use crate::model::{PasswordSettings, Sample, Selection, TableName};

fn mapping(rules: Vec<Rule>) -> Mapping {
    let selection = Selection::table(TableName { schema: None, name: "people".to_owned() });
    Mapping { version: 1, selection, rules, password: PasswordSettings::default(), left_tables: Vec::new() }
}

fn rule(column: &str, target: Target, transforms: &[Transform]) -> Rule {
    Rule { column: Some(column.to_owned()), target, transforms: transforms.to_vec() }
}

fn to(column: &str, attribute: &str, transforms: &[Transform]) -> Rule {
    rule(column, Target::Attribute(attribute.to_owned()), transforms)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn record(values: &[(&str, Value)]) -> Record {
    Record {
        columns: Columns::new(values.iter().map(|(name, _)| *name)),
        values: values.iter().map(|(_, value)| value.clone()).collect(),
        key: String::new(),
        groups: Vec::new(),
    }
}

fn apply(rules: Vec<Rule>, values: &[(&str, Value)]) -> Candidate {
    let record = record(values);
    Plan::compile(&mapping(rules), &record.columns).unwrap().apply(&record)
}

fn codes_of(person: &Candidate) -> Vec<&str> {
    person.mapping_findings.iter().map(|f| f.code.as_str()).collect()
}

fn stored(person: &Candidate) -> &StoredPassword {
    match &person.password {
        PasswordEvidence::Stored(stored) => stored,
        other => panic!("no stored password: {other:?}"),
    }
}

#[test]
fn a_person_is_made_of_columns() {
    let person = apply(
        vec![
            to("mail", "login", &[Transform::Trim, Transform::Lower]),
            to("mail", "email", &[Transform::Trim]),
            to("first", "firstName", &[]),
            to("last", "lastName", &[]),
            to("phone", "mobilePhone", &[Transform::Phone { country: "US".to_owned() }]),
            to("dept", "costCenter", &[Transform::Split { separator: "-".to_owned(), take: 1 }]),
            to("badge", "badgeNumber", &[]),
            rule("pw", Target::Password, &[]),
            rule("enabled", Target::IsActive, &[]),
        ],
        &[
            ("mail", text(" Tomas.Dvorak@Example.com ")),
            ("first", text("Tomáš")),
            ("last", text("Dvořák")),
            ("phone", text("212-555-0142")),
            ("dept", text("HR-12")),
            ("badge", Value::Integer(88123)),
            ("pw", text("{bcrypt}$2a$10$GRLd ")),
            ("enabled", Value::Integer(1)),
        ],
    );
    let expected = json!({
        "login": "tomas.dvorak@example.com", "email": "Tomas.Dvorak@Example.com", "firstName": "Tomáš", "lastName": "Dvořák",
        "mobilePhone": "+12125550142", "costCenter": "12", "badgeNumber": 88123,
    });
    assert_eq!(serde_json::to_value(&person.profile).unwrap(), expected);
    assert_eq!(person.key, "tomas.dvorak@example.com");
    assert_eq!(person.active, Some(true));
    assert_eq!(stored(&person).text.expose(), b"{bcrypt}$2a$10$GRLd ");
    assert_eq!(stored(&person).username.as_deref(), Some(" Tomas.Dvorak@Example.com "));
    assert_eq!(person.last_sign_in, None);
    assert!(person.mapping_findings.is_empty(), "{:?}", person.mapping_findings);
}

#[test]
fn names_of_columns_compare_as_databases_do() {
    let person = apply(vec![to("MAIL", "login", &[])], &[("Mail", text("a@example.com"))]);
    assert_eq!(person.profile.login(), "a@example.com");
}

#[test]
fn a_column_that_is_gone_is_named_with_its_rule() {
    let columns = Columns::new(["mail"]);
    let gone = |rules| Plan::compile(&mapping(rules), &columns).unwrap_err();
    let error = gone(vec![to("phone", "mobilePhone", &[])]);
    assert_eq!(
        error,
        MappingError::ColumnGone { column: "phone".to_owned(), target: "mobilePhone".to_owned() }
    );
    let join = Transform::Join { columns: vec!["surname".to_owned()], separator: " ".to_owned() };
    let error = gone(vec![to("mail", "displayName", &[join])]);
    assert!(matches!(error, MappingError::ColumnGone { column, .. } if column == "surname"));
}

#[test]
fn changes_that_are_not_complete_are_refused() {
    let columns = Columns::new(["a"]);
    for transform in [
        Transform::Replace { from: String::new(), to: "x".to_owned() },
        Transform::Phone { country: "Germany".to_owned() },
        Transform::Date { format: "%Q".to_owned() },
    ] {
        let error = Plan::compile(&mapping(vec![to("a", "title", &[transform])]), &columns).unwrap_err();
        assert!(matches!(error, MappingError::Change { .. }), "{error}");
    }
    let nothing = Rule { column: None, target: Target::Password, transforms: vec![Transform::Trim] };
    assert!(matches!(Plan::compile(&mapping(vec![nothing]), &columns), Err(MappingError::NoColumn { .. })));
}

#[test]
fn records_with_columns_in_another_order_are_read_by_name() {
    let rules = vec![to("mail", "login", &[]), rule("pw", Target::Password, &[])];
    let plan = Plan::compile(&mapping(rules), &Columns::new(["mail", "pw"])).unwrap();
    let person =
        plan.apply(&record(&[("pw", text("secret")), ("x", text("x")), ("mail", text("a@example.com"))]));
    assert_eq!(person.profile.login(), "a@example.com");
    assert_eq!(stored(&person).text.expose(), b"secret");
    // A column that is missing there is empty, not another column.
    let person = plan.apply(&record(&[("pw", text("secret"))]));
    assert_eq!(person.profile.login(), "");
}

#[test]
fn passwords_and_salts_are_untouched_bytes() {
    let rules = || vec![rule("pw", Target::Password, &[]), rule("salt", Target::Salt, &[])];
    let bytes = Value::Bytes(vec![0, 255, 10, 32]);
    let person = apply(rules(), &[("pw", text("  pä \n")), ("salt", bytes)]);
    assert_eq!(stored(&person).text.expose(), "  pä \n".as_bytes());
    assert_eq!(stored(&person).salt.as_ref().unwrap().expose(), [0, 255, 10, 32]);
    // A directory's multi-valued password: the first that is not empty.
    let list = Value::List(vec![text(""), Value::Bytes(b"{SSHA}x".to_vec()), text("other")]);
    let person = apply(rules(), &[("pw", list), ("salt", text(""))]);
    assert_eq!((stored(&person).text.expose(), &stored(&person).salt), (b"{SSHA}x".as_slice(), &None));
    for empty in [Value::Null, text(""), Value::Bytes(Vec::new()), Value::List(Vec::new())] {
        let person = apply(rules(), &[("pw", empty), ("salt", text("salt"))]);
        assert_eq!(person.password, PasswordEvidence::None);
    }
}

#[test]
fn hash_and_salt_may_share_a_column() {
    let part = |take| Transform::Split { separator: ":".to_owned(), take };
    let person = apply(
        vec![rule("pw", Target::Password, &[part(0)]), rule("pw", Target::Salt, &[part(1)])],
        &[("pw", text("5f4dcc3b:NaCl"))],
    );
    assert_eq!(stored(&person).text.expose(), b"5f4dcc3b");
    assert_eq!(stored(&person).salt.as_ref().unwrap().expose(), b"NaCl");
}

#[test]
fn groups_come_from_the_source_and_from_columns_each_once() {
    let mut record = record(&[
        ("role", text("Sales; ;büro;ADMIN")),
        ("teams", Value::List(vec![text("Ops"), text(" sales "), Value::Null])),
    ]);
    record.groups = vec![" Admin ".to_owned(), String::new(), "BÜRO".to_owned()];
    let split = Transform::SplitAll { separator: ";".to_owned() };
    let rules = vec![rule("role", Target::Group, &[split]), rule("teams", Target::Group, &[])];
    let person = Plan::compile(&mapping(rules), &record.columns).unwrap().apply(&record);
    assert_eq!(person.groups, ["Admin", "BÜRO", "Sales", "Ops"]);
}

#[test]
fn base_attributes_are_text_and_custom_ones_keep_their_kind() {
    let values = &[
        ("list", Value::List(vec![text(""), text("a"), text("b")])),
        ("n", Value::Integer(7)),
        ("b", Value::Bool(true)),
        ("r", Value::Real(1.5)),
    ];
    let rules = vec![
        to("list", "title", &[]),
        to("list", "myList", &[]),
        to("n", "employeeNumber", &[]),
        to("n", "myNumber", &[]),
        to("n", "myText", &[Transform::Trim]),
        to("b", "userType", &[]),
        to("b", "myTruth", &[]),
        to("r", "myReal", &[]),
    ];
    let expected = json!({
        "title": "a", "myList": ["a", "b"], "employeeNumber": "7", "myNumber": 7, "myText": "7", "userType": "true",
        "myTruth": true, "myReal": 1.5,
    });
    assert_eq!(serde_json::to_value(apply(rules, values).profile).unwrap(), expected);
}

#[test]
fn the_first_rule_with_a_value_wins() {
    let rules = || vec![to("mobile", "mobilePhone", &[]), to("phone", "mobilePhone", &[])];
    let person = apply(rules(), &[("mobile", Value::Null), ("phone", text("2"))]);
    assert_eq!(person.profile.text("mobilePhone"), Some("2"));
    let person = apply(rules(), &[("mobile", text("1")), ("phone", text("2"))]);
    assert_eq!(person.profile.text("mobilePhone"), Some("1"));
}

#[test]
fn changes_are_chained_in_order() {
    let made = |transforms: &[Transform], value: Value| {
        let values = [("a", value), ("b", text("B")), ("c", text(" "))];
        apply(vec![to("a", "title", transforms)], &values)
            .profile
            .text("title")
            .unwrap_or_default()
            .to_owned()
    };
    let s = str::to_owned;
    let join = Transform::Join { columns: vec![s("c"), s("b")], separator: s(" ") };
    assert_eq!(made(&[Transform::Trim, Transform::Upper, join.clone()], text(" x ")), "X B");
    assert_eq!(made(&[join], Value::Null), "B");
    assert_eq!(made(&[Transform::Default(s("none"))], text("  ")), "none");
    assert_eq!(made(&[Transform::Default(s("none"))], Value::Integer(0)), "0");
    assert_eq!(made(&[Transform::Constant(s("always"))], Value::Null), "always");
    assert_eq!(made(&[Transform::Replace { from: s("-"), to: s("") }], text("a-b-c")), "abc");
    assert_eq!(made(&[Transform::Affix { before: s("<"), after: s(">") }], text("x")), "<x>");
    assert_eq!(made(&[Transform::Affix { before: s("<"), after: s(">") }], Value::Null), "");
    assert_eq!(made(&[Transform::Lookup(vec![(s("De"), s("Germany"))])], text("DE ")), "Germany");
    assert_eq!(made(&[Transform::Lookup(vec![(s("De"), s("Germany"))])], text("FR")), "FR");
    assert_eq!(made(&[Transform::Split { separator: s(" "), take: -1 }], text("a b c")), "c");
    assert_eq!(made(&[Transform::Split { separator: s(" "), take: 7 }], text("a b c")), "");
    assert_eq!(made(&[Transform::Split { separator: s(""), take: 1 }], text(" a \t b")), "b");
    assert_eq!(made(&[Transform::Split { separator: s("x"), take: i32::MIN }], text("axb")), "");
    assert_eq!(made(&[Transform::Boolean { yes: vec![], no: vec![] }], text("Ja")), "true");
    assert_eq!(made(&[Transform::Date { format: s("%d/%m/%Y") }], text("03/04/2020")), "2020-04-03");
    assert_eq!(
        made(&[Transform::Date { format: s("") }], Value::Integer(1_714_566_600)),
        "2024-05-01T12:30:00Z"
    );
}

#[test]
fn changes_in_a_row_make_no_gigabytes() {
    let tenfold = Transform::Replace { from: "x".to_owned(), to: "xxxxxxxxxx".to_owned() };
    let affix = Transform::Affix { before: "y".repeat(1 << 20), after: String::new() };
    let rules = vec![
        to("a", "title", &vec![tenfold.clone(); 12]),
        to("b", "city", &[affix]),
        to(
            "c",
            "state",
            &[Transform::SplitAll { separator: ",".to_owned() }, tenfold.clone(), tenfold.clone(), tenfold],
        ),
    ];
    let many = vec!["xxxx"; 5000].join(",");
    let person = apply(rules, &[("a", text("x")), ("b", text("town")), ("c", text(&many))]);
    assert_eq!(person.profile.text("title").map(str::len), Some(1_000_000), "six times, and no more");
    assert_eq!(person.profile.text("city"), Some("town"));
    let all = person.profile.get("state").unwrap().to_string();
    assert!(all.len() < 3 << 20, "{}", all.len());
    assert!(codes_of(&person).contains(&codes::GROWN_TOO_LARGE));
}

#[test]
fn what_a_change_cannot_take_stays_and_is_told() {
    let rules = vec![
        to("phone", "mobilePhone", &[Transform::Phone { country: "US".to_owned() }]),
        to("ext", "primaryPhone", &[Transform::Phone { country: "US".to_owned() }]),
        to("born", "title", &[Transform::Date { format: String::new() }]),
        to("raw", "city", &[]),
        to("name", "firstName", &[Transform::GivenName]),
        to("name", "lastName", &[Transform::FamilyName]),
        to("long", "state", &[Transform::Shorten(2)]),
        rule("flag", Target::IsActive, &[]),
    ];
    let values = &[
        ("phone", text("ask reception")),
        ("ext", text("415-555-2671 ext 9")),
        ("born", text("03/04/2020")),
        ("raw", Value::Bytes(vec![255, 254])),
        ("name", text("李伟")),
        ("long", text("abc")),
        ("flag", text("perhaps")),
    ];
    let person = apply(rules, values);
    let expected = json!({
        "mobilePhone": "ask reception", "primaryPhone": "+14155552671 ext. 9", "title": "03/04/2020", "firstName": "伟",
        "lastName": "李", "state": "ab",
    });
    assert_eq!(serde_json::to_value(&person.profile).unwrap(), expected);
    // Who is let in must be said.
    assert_eq!(person.active, Some(false));
    assert_eq!(
        codes_of(&person),
        [
            codes::PHONE_UNREADABLE,
            codes::PHONE_EXTENSION,
            codes::DATE_AMBIGUOUS,
            codes::VALUE_NOT_TEXT,
            codes::NAME_SPLIT_GUESSED,
            codes::NAME_SPLIT_GUESSED,
            codes::SHORTENED,
            codes::BOOLEAN_UNREADABLE,
        ]
    );
    let phone = &person.mapping_findings[0];
    assert_eq!(phone.attribute.as_deref(), Some("mobilePhone"));
    assert!(
        person
            .mapping_findings
            .iter()
            .all(|f| !f.text.contains("reception") && codes::ALL.contains(&&*f.code))
    );
}

#[test]
fn active_needs_every_column_that_says_something() {
    let says = |enabled: Value, gone: Value| {
        let turned = Transform::Boolean { yes: vec![String::new()], no: vec!["*".to_owned()] };
        let rules = vec![rule("enabled", Target::IsActive, &[]), rule("gone", Target::IsActive, &[turned])];
        apply(rules, &[("enabled", enabled), ("gone", gone)]).active
    };
    assert_eq!(says(text("yes"), Value::Null), Some(true));
    assert_eq!(says(text("yes"), text("2020-01-01")), Some(false));
    assert_eq!(says(Value::Bool(false), Value::Null), Some(false));
    let alone = |value| apply(vec![rule("e", Target::IsActive, &[])], &[("e", value)]).active;
    assert_eq!(alone(text("gesperrt")), Some(false));
    // Others have a value there: none lets nobody in, and is told.
    assert_eq!((alone(Value::Null), alone(text(" "))), (Some(false), Some(false)));
    let unsaid = apply(vec![rule("e", Target::IsActive, &[])], &[("e", Value::Null)]);
    assert_eq!(codes_of(&unsaid), [codes::ACTIVE_MISSING]);
    let empty_is_fine = Transform::Default("yes".to_owned());
    let said = apply(vec![rule("e", Target::IsActive, &[empty_is_fine])], &[("e", Value::Null)]);
    assert_eq!((said.active, codes_of(&said)), (Some(true), Vec::<&str>::new()));
    assert_eq!(apply(vec![rule("e", Target::LeftBehind, &[])], &[("e", text("gesperrt"))]).active, None);
}

#[test]
fn a_truth_can_be_turned_round() {
    let turned = Transform::Boolean { yes: vec!["0".to_owned()], no: vec!["1".to_owned()] };
    let says = |value| {
        apply(vec![rule("off", Target::IsActive, std::slice::from_ref(&turned))], &[("off", value)]).active
    };
    assert_eq!((says(Value::Bool(true)), says(Value::Bool(false))), (Some(false), Some(true)));
    assert_eq!((says(Value::Integer(1)), says(Value::Integer(0))), (Some(false), Some(true)));
}

#[test]
fn last_sign_in_says_when_never_or_nothing() {
    let when = |value| {
        let person = apply(vec![rule("seen", Target::LastSignIn, &[])], &[("seen", value)]);
        (person.last_sign_in.map(|at| at.map(|at| at.timestamp())), codes_of(&person).len())
    };
    assert_eq!(when(text("2024-05-01 12:30:00")), (Some(Some(1_714_566_600)), 0));
    assert_eq!(when(Value::Integer(1_714_566_600)), (Some(Some(1_714_566_600)), 0));
    assert_eq!(when(text("2024-05-01")), (Some(Some(1_714_521_600)), 0));
    assert_eq!(when(Value::Null), (Some(None), 0));
    assert_eq!(when(text("0000-00-00 00:00:00")), (Some(None), 0));
    assert_eq!(when(Value::Integer(0)), (Some(None), 0));
    assert_eq!(when(text("last week")), (None, 1));
}

#[test]
fn the_key_is_the_records_own_or_the_login() {
    let mut record = record(&[("mail", text("A@example.com"))]);
    let plan =
        Plan::compile(&mapping(vec![to("mail", "login", &[Transform::Lower])]), &record.columns).unwrap();
    assert_eq!(plan.apply(&record).key, "a@example.com");
    record.key = "17".to_owned();
    assert_eq!(plan.apply(&record).key, "17");
}

#[test]
fn the_preview_shows_before_and_after_but_no_password() {
    let rules = vec![
        to("mail", "login", &[Transform::Lower]),
        rule("pw", Target::Password, &[]),
        rule("roles", Target::Group, &[Transform::Unpack]),
        to("photo", "title", &[]),
        to("PW", "city", &[]),
    ];
    let record = record(&[
        ("mail", text("A@example.com")),
        ("pw", text("hunter2")),
        ("roles", text(r#"["a","b"]"#)),
        ("photo", Value::Bytes(vec![255; 3])),
    ]);
    let plan = Plan::compile(&mapping(rules), &record.columns).unwrap();
    let row = preview(&plan, &record);
    let cell = |at: usize| (&row.cells[at].before, &row.cells[at].after);
    assert_eq!(cell(0), (&Shown::Text("A@example.com".to_owned()), &Shown::Text("a@example.com".to_owned())));
    assert_eq!(cell(1), (&Shown::Covered, &Shown::Covered));
    assert_eq!(cell(2).1, &Shown::List(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(cell(4), (&Shown::Covered, &Shown::Covered));
    assert_eq!(cell(3), (&Shown::Bytes(3), &Shown::Nothing));
    assert_eq!(row.cells[3].findings[0].code, codes::VALUE_NOT_TEXT);
    assert_eq!(row.candidate, plan.apply(&record));
    assert!(!format!("{:?}", row.cells).contains("hunter2"));
}

#[test]
fn check_says_why_one_cannot_go_on() {
    let row = [("mail", text("a@example.com")), ("name", text("")), ("pw", text("x"))];
    let record = Record { key: "7".to_owned(), ..record(&row) };
    let sample = Sample {
        columns: record.columns.clone(),
        type_names: vec!["text".to_owned(); 3],
        records: vec![record],
        rows: Some(1),
        exact: true,
    };
    let full = || {
        vec![
            to("mail", "login", &[]),
            to("mail", "email", &[]),
            to("mail", "firstName", &[]),
            to("mail", "lastName", &[]),
        ]
    };
    let problems = |rules| check(&mapping(rules), &sample);
    assert_eq!(problems(full()), []);
    let keyless = Record { key: String::new(), ..sample.records[0].clone() };
    let keyless = check(&mapping(full()), &Sample { records: vec![keyless], ..sample.clone() });
    assert_eq!(keyless, [MappingProblem::LoginKey]);
    assert!(!keyless[0].blocks());
    let missing = problems(full()[..3].to_vec());
    assert_eq!(missing, [MappingProblem::Missing { attribute: "lastName" }]);
    assert_eq!(missing[0].to_string(), "Okta needs lastName, and no column goes there. Choose one.");

    let mut rules = full();
    rules.push(to("gone", "title", &[]));
    rules.push(to("name", "lastName", &[]));
    rules.push(to("PW", "city", &[]));
    rules.push(rule("pw", Target::Password, &[]));
    let found = problems(rules);
    assert!(
        matches!(&found[0], MappingProblem::Rule { rule: 4, error: MappingError::ColumnGone { .. } }),
        "{found:?}"
    );
    assert_eq!(found[1], MappingProblem::Twice { target: "lastName".to_owned(), rule: 5 });
    assert_eq!(found[2], MappingProblem::SecretShown { column: "PW".to_owned(), target: "city".to_owned() });
    assert!(found.iter().all(MappingProblem::blocks));

    let mut rules = full();
    rules[3] = to("name", "lastName", &[]);
    let found = problems(rules);
    assert_eq!(found, [MappingProblem::Empty { attribute: "lastName" }]);
    assert!(!found[0].blocks());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<String>().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Real),
        any::<bool>().prop_map(Value::Bool),
        any::<Vec<u8>>().prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| proptest::collection::vec(inner, 0..3).prop_map(Value::List))
}

fn any_transform() -> impl Strategy<Value = Transform> {
    let word = || "[a-z *]{0,3}";
    prop_oneof![
        Just(Transform::Trim),
        Just(Transform::Lower),
        Just(Transform::Upper),
        Just(Transform::TitleCase),
        Just(Transform::GivenName),
        Just(Transform::FamilyName),
        Just(Transform::Unpack),
        "[a-z.]{1,5}".prop_map(Transform::Pick),
        (word(), any::<i32>()).prop_map(|(separator, take)| Transform::Split { separator, take }),
        word().prop_map(|separator| Transform::SplitAll { separator }),
        word().prop_map(|separator| Transform::Join { columns: vec!["b".to_owned()], separator }),
        word().prop_map(Transform::Constant),
        word().prop_map(Transform::Default),
        ("[a-z]", word()).prop_map(|(from, to)| Transform::Replace { from, to }),
        (word(), word()).prop_map(|(before, after)| Transform::Affix { before, after }),
        prop_oneof!["US", "DE", "IT"].prop_map(|country| Transform::Phone { country }),
        (proptest::collection::vec(word(), 0..3), proptest::collection::vec(word(), 0..3))
            .prop_map(|(yes, no)| Transform::Boolean { yes, no }),
        prop_oneof!["", "%Y", "%d.%m.%Y"].prop_map(|format| Transform::Date { format }),
        proptest::collection::vec((word(), word()), 0..3).prop_map(Transform::Lookup),
        any::<u32>().prop_map(Transform::Shorten),
    ]
}

proptest! {
    /// No value and no chain of changes panics; nothing empty gets into a profile; the same in gives the same out.
    #[test]
    fn any_value_through_any_changes(
        a in any_value(),
        b in any_value(),
        transforms in proptest::collection::vec(any_transform(), 0..5),
    ) {
        let record = record(&[("a", a), ("b", b)]);
        let targets = ["login", "custom"].map(|name| Target::Attribute(name.to_owned()));
        let others = [Target::Password, Target::Salt, Target::Group, Target::IsActive, Target::LastSignIn];
        let rules = targets.into_iter().chain(others).map(|target| rule("a", target, &transforms)).collect();
        let plan = Plan::compile(&mapping(rules), &record.columns).unwrap();
        let person = plan.apply(&record);
        prop_assert!(person.profile.iter().all(|(_, value)| !value.is_null() && value.as_str() != Some("")));
        prop_assert!(person.groups.iter().all(|group| !group.is_empty() && group.trim() == group));
        prop_assert_eq!(&plan.apply(&record), &person);
        prop_assert_eq!(preview(&plan, &record).candidate, person);
    }
}

#[test]
fn what_was_left_in_the_source_is_not_missing() {
    let rules = || {
        vec![
            to("mail", "login", &[]),
            to("name", "lastName", &[]),
            rule("hash", Target::Password, &[]),
            rule("salt", Target::Salt, &[]),
        ]
    };
    let of = |name: Value, hash: Value, salt: Value| {
        apply(rules(), &[("mail", text("a@example.com")), ("name", name), ("hash", hash), ("salt", salt)])
    };
    let person = of(Value::TooLarge, text("x"), Value::Null);
    assert_eq!((codes_of(&person), person.profile.get("lastName")), (vec![codes::VALUE_TOO_LARGE], None));
    assert_eq!(person.mapping_findings[0].text, "lastName: is larger than 1 MiB in the source, left out");
    let large = PasswordEvidence::TooLarge;
    assert_eq!(of(text("L"), Value::TooLarge, Value::Null).password, large);
    assert_eq!(of(text("L"), Value::List(vec![Value::TooLarge]), Value::Null).password, large);
    // Without its salt a digest would be taken for one that has none.
    assert_eq!(of(text("L"), text("5f4dcc3b5aa765d61d8327deb882cf99"), Value::TooLarge).password, large);
    assert_eq!(of(text("L"), Value::Null, Value::TooLarge).password, PasswordEvidence::None);
}

#[test]
fn a_number_with_a_fraction_is_no_password() {
    use crate::password::{Reading, read};
    let settings = PasswordSettings { assume: Some("plaintext".to_owned()), ..PasswordSettings::default() };
    for number in [12345.0, 0.5, 12.75, -3.0, 1.23457e31, 4.9e-300, f64::MAX] {
        let person = apply(vec![rule("pw", Target::Password, &[])], &[("pw", Value::Real(number))]);
        let reading = read(stored(&person), &settings);
        assert!(matches!(reading, Reading::Malformed { .. }), "{number}: {reading:?}");
    }
    // A whole number may be what was typed.
    let person = apply(vec![rule("pw", Target::Password, &[])], &[("pw", Value::Integer(48_151_623))]);
    assert_eq!(read(stored(&person), &settings).scheme(), "plaintext");
}
