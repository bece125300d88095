//! Who is switched off, by product: real columns, and values as each writes them.

use super::*;
use crate::mapping::{Plan, suggest};
use crate::model::{Catalog, Columns, PasswordSettings, People, Selection, TableName};

mod products;

/// `–` no value, `#1` a number, `!t` and `!f` a truth, `@…` a moment, `b0` and `b1` a bit as bytes; all else is text.
fn value(text: &str) -> Value {
    match text {
        "–" => Value::Null,
        "!t" => Value::Bool(true),
        "!f" => Value::Bool(false),
        "b0" => Value::Bytes(vec![0]),
        "b1" => Value::Bytes(vec![1]),
        other => match (other.strip_prefix('#'), other.strip_prefix('@')) {
            (Some(number), _) => Value::Integer(number.parse().unwrap()),
            (_, Some(moment)) => Value::Time(moment.parse().unwrap()),
            _ => Value::Text(other.to_owned()),
        },
    }
}

type Table<'a> = &'a [(&'a str, &'a [&'a str])];

fn sample_of(table: Table<'_>) -> Sample {
    let columns = Columns::new(table.iter().map(|(name, _)| *name));
    let rows = table.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let record = |row: usize| Record {
        columns: columns.clone(),
        values: table
            .iter()
            .map(|(_, values)| values.get(row).map_or(Value::Null, |text| value(text)))
            .collect(),
        key: row.to_string(),
        groups: Vec::new(),
    };
    Sample {
        columns: columns.clone(),
        type_names: vec![String::new(); table.len()],
        records: (0..rows).map(record).collect(),
        rows: None,
        exact: false,
    }
}

fn selection() -> Selection {
    Selection {
        people: People::Sql("SELECT 1".to_owned()),
        ..Selection::table(TableName { schema: None, name: String::new() })
    }
}

/// Who is active by the suggestion: `y` and `n`, `?` for not said. And the columns that are asked about.
fn suggested(table: Table<'_>) -> (String, Vec<String>) {
    let sample = sample_of(table);
    let mapping = suggest(&Catalog::default(), &selection(), &sample);
    let plan = Plan::compile(&mapping, &sample.columns).unwrap();
    let says = |record: &Record| match plan.apply(record).active {
        Some(true) => 'y',
        Some(false) => 'n',
        None => '?',
    };
    let active = sample.records.iter().map(says).collect();
    let asked = unread_switches(&mapping, &sample, Utc::now());
    (active, asked.into_iter().map(|switch| switch.column).collect())
}

/// Every table gives what is expected, and nothing is left to ask about; all that don't are named at once.
fn all_hold(tables: &[(&str, Table<'_>, &str)]) {
    let wrong: Vec<String> = tables
        .iter()
        .filter_map(|(name, table, expected)| {
            let (active, asked) = suggested(table);
            (active != *expected || !asked.is_empty())
                .then(|| format!("{name}: {active}, not {expected}; asked {asked:?}"))
        })
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn an_empty_status_where_others_have_one_lets_nobody_in() {
    assert_eq!(suggested(&[("status", &["active", "inactive", "", "–", "active", "active"])]).0, "ynnnyy");
    assert_eq!(suggested(&[("is_active", &["#1", "#0", "–", "#1"])]).0, "ynny");
    // A word that nobody knows lets nobody in, either.
    assert_eq!(suggested(&[("status", &["active", "active", "active", "active", "zombie"])]).0, "yyyyn");
    // Only those who are off have one: then none is fine.
    assert_eq!(suggested(&[("status", &["", "", "suspended", ""])]).0, "yyny");
}

#[test]
fn what_may_switch_people_off_is_asked_about() {
    for (table, asked) in [
        // Codes that mean something else in every product.
        (&[("status", &["#1", "#0", "#1"][..])][..], "status"),
        (&[("user_status_id", &["#1", "#4", "#1"])], "user_status_id"),
        // Some products want it before the first sign-in, others never look at it.
        (&[("approved", &["!t", "!f", "!t"])], "approved"),
        (&[("confirmed_at", &["@2024-01-01T00:00:00Z", "–", "@2024-01-01T00:00:00Z"])], "confirmed_at"),
        // A word beside it that nobody knows.
        (&[("crm_blocked", &["#0", "#1", "#0"])], "crm_blocked"),
        (&[("zone_banned_until", &["–", "@2999-01-01T00:00:00Z", "–"])], "zone_banned_until"),
        // Only why is left.
        (&[("ban_reason", &["–", "spams", "–"])], "ban_reason"),
        // Most have no value at all.
        (&[("status", &["active", "", "", ""])], "status"),
        // A name that says nothing, and words of a status.
        (&[("access", &["enabled", "", "enabled", ""])], "access"),
        (&[("visibility", &["active", "banned", "active"])], "visibility"),
        // Hidden, merged, nobody's, not activated, not confirmed: whether they could sign in is for the administrator to say.
        (&[("is_published", &["#1", "#0", "#1"])], "is_published"),
        (&[("published", &["#1", "#0", "#1"])], "published"),
        (&[("hidden", &["#0", "#1", "#0"])], "hidden"),
        (&[("visible", &["!t", "!f", "!t"])], "visible"),
        (&[("is_bot", &["!f", "!t", "!f"])], "is_bot"),
        (&[("bot", &["#0", "#1", "#0"])], "bot"),
        (&[("staged", &["!f", "!t", "!f"])], "staged"),
        (&[("user_type", &["human", "bot", "human"])], "user_type"),
        (&[("is_placeholder", &["!f", "!t", "!f"])], "is_placeholder"),
        (&[("is_service_account", &["!f", "!t", "!f"])], "is_service_account"),
        (&[("isServiceAccount", &["!f", "!t", "!f"])], "isServiceAccount"),
        (&[("is_system", &["!f", "!t", "!f"])], "is_system"),
        (&[("is_guest", &["!f", "!t", "!f"])], "is_guest"),
        (&[("is_mirror_dummy", &["!f", "!t", "!f"])], "is_mirror_dummy"),
        (&[("merged_into", &["–", "#7", "–"])], "merged_into"),
        (&[("merged_into_id", &["–", "#7", "–"])], "merged_into_id"),
        (&[("not_after", &["–", "2020-01-01", "–"])], "not_after"),
        (&[("time_limit_until", &["–", "2020-01-01", "–"])], "time_limit_until"),
        (&[("email_verified", &["!t", "!f", "!t"])], "email_verified"),
        (&[("email_confirmed", &["#1", "#0", "#1"])], "email_confirmed"),
        (&[("is_email_confirmed", &["#1", "#0", "#1"])], "is_email_confirmed"),
        (&[("email_verified_at", &["2020-01-01", "–", "2020-01-01"])], "email_verified_at"),
        (&[("activation_code", &["", "9f3ac2", ""])], "activation_code"),
        (&[("activation", &["", "9f3ac2", ""])], "activation"),
        (&[("activationCode", &["–", "9f3ac2", "–"])], "activationCode"),
        (
            &[
                ("invitation_token", &["–", "x9f3ac2", "–"]),
                ("invitation_accepted_at", &["2020-01-01", "–", "2020-01-01"]),
            ],
            "invitation_token",
        ),
        // Days in a form that is not known.
        (&[("end_date", &["–", "Q4 FY2020", "–"])], "end_date"),
        (&[("termination_date", &["–", "Q4 FY2020", "–"])], "termination_date"),
        // Everyone's is over: perhaps the end of something else.
        (&[("end_date", &["2020-01-01"; 6])], "end_date"),
    ] {
        assert_eq!(suggested(table).1, [asked], "{table:?}");
    }
    for table in [
        // Confirmed by some only, it is asked about (above): at many old places nobody signs in before that. By all or none, not.
        &[("email_verified", &["!t", "!t", "!t"][..])][..],
        &[("email_verified", &["!f", "!f", "!f"])],
        &[("hidden", &["#0", "#0", "#0"])],
        &[("user_type", &["staff", "student", "staff"])],
        &[("activation_code", &["", "", "0"])],
        &[("lockout_enabled", &["!t", "!f", "!t"])],
        &[("two_factor_enabled", &["!t", "!f", "!t"])],
        &[("state", &["CA", "OK", "NE", "NY"])],
        &[("approved", &["!t", "!t", "!t"])],
        &[("marital_status", &["married", "single", "married"])],
        &[("password_expires_at", &["2020-01-01", "2020-01-01", "–"])],
        &[("last_active_at", &["2020-01-01", "2020-01-01", "–"])],
        &[("trial_ends_at", &["2020-01-01", "2020-01-01", "–"])],
        &[("deleted_count", &["#0", "#3", "#0"])],
        &[("contract", &["permanent", "", "permanent"])],
        &[("newsletter", &["yes", "no", "yes"])],
        &[("gender", &["m", "f", "f"])],
    ] {
        assert_eq!(suggested(table).1, [""; 0], "{table:?}");
    }
}

#[test]
fn codes_of_a_strong_name_are_read_or_asked_about_and_never_passed_over() {
    for (column, values, expected) in [
        ("active", &["A", "A", "I"][..], "yyn"),
        ("is_active", &["E", "E", "D"], "yyn"),
        ("enabled", &["E", "D", "E"], "yny"),
        ("active_flag", &["A", "D", "A"], "yny"),
        ("active", &["1.0", "0.0", "1.0"], "yny"),
        ("disabled", &["0.0", "1.0", "0.0"], "yny"),
        // As Access writes yes.
        ("active", &["-1", "0", "-1"], "yny"),
        ("disabled", &["#0", "#-1", "#0"], "yny"),
        // Beside 1 it is one more code for no.
        ("active", &["#1", "#-1", "#0"], "ynn"),
        ("voided", &["#0", "#1", "#0"], "yny"),
        ("tombstone", &["!f", "!t", "!f"], "yny"),
        ("no_login", &["#0", "#1", "#0"], "yny"),
        ("nologin", &["#0", "#1", "#0"], "yny"),
        ("zugang_bis", &["2099-01-01", "2020-01-01", "–"], "yny"),
        ("acces_jusqu_au", &["2099-01-01", "2020-01-01", "–"], "yny"),
        ("acceso_hasta", &["2099-01-01", "2020-01-01", "–"], "yny"),
        ("fecha_fin_acceso", &["2099-01-01", "2020-01-01", "–"], "yny"),
        ("post_status", &["publish", "trash", "publish"], "yny"),
        ("rec_state", &["active", "deleted", "active"], "yny"),
    ] {
        assert_eq!(suggested(&[(column, values)]), (expected.to_owned(), Vec::new()), "{column} {values:?}");
    }
    for (column, values) in [
        ("active", &["100", "0", "100"][..]),
        ("active", &["#100", "#0", "#100"]),
        ("active", &["P", "Q", "P"]),
        ("enabled", &["EN", "DS", "EN"]),
        ("is_active", &["A", "E", "A"]),
        ("can_login", &["#2", "#7", "#2"]),
        ("rec_state", &["L", "X", "L"]),
        ("user_inactive_reason", &["#0", "#3", "#0"]),
    ] {
        let (_, asked) = suggested(&[(column, values)]);
        assert_eq!(asked, [column], "{column} {values:?}");
    }
    // Nobody differs: there is nothing to ask.
    for (column, values) in [("active", &["P", "P", "P"][..]), ("active", &["100", "100"])] {
        assert_eq!(suggested(&[(column, values)]).1, [""; 0], "{column} {values:?}");
    }
}

#[test]
fn what_else_may_keep_people_out_is_asked_about_with_the_value_that_does() {
    for (column, values, told) in [
        ("account_type", &["user", "app", "bot", "user"][..], "“app” or “bot”"),
        ("kind", &["person", "api-key", "person", "person"], "“api-key”"),
        ("type", &["user", "Service", "user", "system"], "“service” or “system”"),
        ("is_anonymous", &["#0", "#1", "#0", "#0"], "“1”"),
        ("is_service", &["!f", "!t", "!f", "!f"], "“true”"),
        ("portal_only", &["!f", "!t", "!f", "!f"], "“true”"),
        ("is_former", &["#0", "#1", "#0", "#0"], "“1”"),
        ("is_current", &["#1", "#0", "#1", "#1"], "“0”"),
        ("current_flag", &["Y", "N", "Y", "Y"], "“n”"),
        ("rejected_at", &["–", "2024-01-01", "–", "–"], "a time in the past"),
        ("void", &["#0", "#1", "#0", "#0"], "“1”"),
        ("restricted", &["!f", "!t", "!f", "!f"], "“true”"),
        ("pending", &["!f", "!t", "!f", "!f"], "“true”"),
        ("access", &["allowed", "denied", "allowed", "allowed"], "“denied”"),
        (
            "loginShell",
            &["/bin/bash", "/usr/sbin/nologin", "/bin/sh", "/bin/false"],
            "“/bin/false” or “/usr/sbin/nologin”",
        ),
        ("role", &["member", "banned", "admin", "member"], "“banned”"),
        ("user_type", &["user", "bot", "–", "user"], "“bot”"),
        ("roles", &["member", "bbp_blocked", "admin", "member"], "“bbp_blocked”"),
        ("roles", &["[\"member\"]", "[\"disabled\"]", "–", "[\"member\"]"], "“[\"disabled\"]”"),
        ("usergroup", &["Registered", "Banned", "Registered", "Admin"], "“banned”"),
        ("starttime", &["#0", "#4102444800", "#0", "#1577836800"], "a time ahead"),
        ("start_date", &["2000-01-01", "2099-01-01", "–", "–"], "a time ahead"),
        ("begin_date", &["2000-01-01", "2099-01-01", "–", "–"], "a time ahead"),
        ("activation_date", &["2000-01-01", "2099-01-01", "–", "–"], "a time ahead"),
        ("must_change_password", &["#0", "#1", "#0", "#0"], "“1”"),
        ("requireReset", &["!f", "!t", "!f", "!f"], "“true”"),
        ("force_password_change", &["N", "Y", "N", "N"], "“y”"),
        ("password_expired", &["#0", "#1", "#0", "#0"], "“1”"),
        ("credentials_non_expired", &["#1", "#0", "#1", "#1"], "“0”"),
        ("pwdReset", &["–", "TRUE", "–", "–"], "“true”"),
        ("pwdLastSet", &["#133590402000000000", "#0", "#133590402000000000", "#133590402000000000"], "“0”"),
    ] {
        let sample = sample_of(&[(column, values)]);
        let mapping = suggest(&Catalog::default(), &selection(), &sample);
        let asked = unread_switches(&mapping, &sample, Utc::now());
        let [switch] = asked.as_slice() else { panic!("{column}: {asked:?}") };
        assert_eq!((switch.column.as_str(), switch.told_off().as_str()), (column, told));
    }
    // Days since 1970, as numbers: which of them have passed is not read.
    let shadow = sample_of(&[("shadowExpire", &["#99999", "#1", "#-1"])]);
    let mapping = suggest(&Catalog::default(), &selection(), &shadow);
    assert!(unread_switches(&mapping, &shadow, Utc::now())[0].unclear());
    for (column, values) in [
        ("role", &["member", "admin", "guest"][..]),
        ("role", &["can_delete", "ban_manager", "lock_keeper"]),
        ("type", &["staff", "student", "staff"]),
        ("kind", &["bot", "bot", "bot"]),
        ("is_current", &["#0", "#0", "#0"]),
        ("former_name", &["Smith", "", "Jones"]),
        ("start_date", &["2000-01-01", "2001-01-01", "–"]),
        ("loginShell", &["/bin/bash", "/bin/sh", "/bin/bash"]),
        ("shadowExpire", &["#99999", "#-1", "–"]),
        ("password_expired", &["#0", "#0", "#0"]),
        ("password_expired", &["#1", "#1", "#1"]),
        ("password_changed", &["#0", "#1", "#0"]),
        ("password_attempts", &["#0", "#1", "#0"]),
        ("requires_password", &["#0", "#1", "#0"]),
        ("post_code", &["A", "I", "D"]),
        ("activity", &["A", "I", "D"]),
        ("access", &["full", "read", "full"]),
        ("current_address", &["a", "b", "c"]),
        ("appearance", &["app", "system", "app"]),
    ] {
        assert_eq!(suggested(&[(column, values)]).1, [""; 0], "{column} {values:?}");
    }
}

#[test]
fn what_is_asked_about_is_named_with_its_values_and_either_answer_settles_it() {
    let sample = sample_of(&[("crm_status", &[]), ("status", &["#1", "#0", "#1", "–", "#2"])]);
    let mut mapping = suggest(&Catalog::default(), &selection(), &sample);
    let now = Utc::now();
    let [asked] = unread_switches(&mapping, &sample, now).try_into().unwrap();
    assert_eq!(asked.told(), "“1” (2), “0” (1), “2” (1), empty (1)");
    assert_eq!((asked.column.as_str(), asked.rows, asked.off), ("status", 5, 3));
    let before = mapping.clone();
    mapping.rules.push(asked.used());
    assert_eq!(unread_switches(&mapping, &sample, now), []);
    let plan = Plan::compile(&mapping, &sample.columns).unwrap();
    let active: Vec<_> = sample.records.iter().map(|record| plan.apply(record).active.unwrap()).collect();
    assert_eq!(active, [true, false, true, false, false]);
    let mut mapping = before;
    mapping.rules.push(asked.left());
    assert_eq!(unread_switches(&mapping, &sample, now), []);
    let plan = Plan::compile(&mapping, &sample.columns).unwrap();
    assert!(sample.records.iter().all(|record| plan.apply(record).active.is_none()));
    assert_eq!(Mapping::from_json(&mapping.to_json()).unwrap(), mapping);
}

#[test]
fn what_is_not_known_of_codes_is_not_counted_and_an_activation_code_is_not_shown() {
    let sample = sample_of(&[("employment_status", &["FT", "PT", "Leaver", "FT"])]);
    let mapping = suggest(&Catalog::default(), &selection(), &sample);
    let [asked] = unread_switches(&mapping, &sample, Utc::now()).try_into().unwrap();
    assert!(asked.unclear());
    let sample = sample_of(&[("activation_code", &["9f3ac2", "", "0"])]);
    let mapping = suggest(&Catalog::default(), &selection(), &sample);
    let [asked] = unread_switches(&mapping, &sample, Utc::now()).try_into().unwrap();
    assert_eq!((asked.told().as_str(), asked.off), ("empty (2), a value (1)", 1));
}

#[test]
fn a_mapping_that_reads_less_than_there_is_is_told() {
    let sample = sample_of(&[
        ("mail", &["a@x.example", "b@x.example"]),
        ("deleted_at", &["–", "2024-01-01 00:00:00"]),
    ]);
    let mut mapping = suggest(&Catalog::default(), &selection(), &sample);
    mapping.rules.retain(|rule| rule.target != Target::IsActive);
    let asked = unread_switches(&mapping, &sample, Utc::now());
    assert_eq!(asked[0].told(), "a time in the past (1), empty (1)");
    // A column that holds passwords is shown nowhere.
    mapping.rules.push(Rule {
        column: Some("deleted_at".into()),
        target: Target::Password,
        transforms: Vec::new(),
    });
    assert_eq!(unread_switches(&mapping, &sample, Utc::now()), []);
}

#[test]
fn millions_of_values_are_counted_in_little_room() {
    let columns = Columns::new(["ban_reason"]);
    let mapping = Mapping {
        version: 1,
        selection: selection(),
        rules: Vec::new(),
        password: PasswordSettings::default(),
        left_tables: Vec::new(),
    };
    let mut finder = SwitchFinder::new(&mapping, &columns, Utc::now());
    for row in 0..10_000 {
        let text = if row % 2 == 0 { String::new() } else { format!("{row} {}", "x".repeat(1000)) };
        finder.add(&Record {
            columns: columns.clone(),
            values: vec![Value::Text(text)],
            key: String::new(),
            groups: Vec::new(),
        });
    }
    let found = finder.found();
    assert_eq!((found[0].rows, found[0].off), (10_000, 5000));
    assert!(found[0].told().len() < 600, "{}", found[0].told());
}
