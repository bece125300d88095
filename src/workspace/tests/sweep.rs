//! Every column of every table, bent in every way: nobody gets what is another's, nobody is passed over without a word, and nobody else
//! is stopped. A new column has to be classified here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::*;
use crate::model::{Explain as _, HookAnswer, HookCall, HookReason, Outcome, OutcomeKind, RoutePolicy};

/// What a value in a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// One person: they may be told as changed, and everyone else goes on.
    Person,
    /// Nobody's fate: everyone goes on.
    Shown,
    /// What many share: they may be told as changed, and everything else goes on.
    Shared,
    /// A setting, a run, the whole: may be refused in clear words.
    Whole,
}
use About::{Person, Shared, Shown, Whole};

const COLUMNS: &[(&str, About, &str)] = &[
    ("meta", Whole, "name value"),
    ("docs", Whole, "name json written"),
    ("sealed_docs", Whole, "name blob"),
    ("bonds", Whole, "name value tag"),
    ("readings", Shown, "id started ended state info people added changed unchanged gone sent_changed"),
    ("row_columns", Shared, "id names covered"),
    ("schemes", Shown, "id scheme label"),
    ("groups", Shown, "id name"),
    (
        "people",
        Person,
        "id row_no name login scheme route state outcome left_out default_out gone blocks finding_count finding_severity finding_text reading tag",
    ),
    ("texts", Person, "id name login email"),
    (
        "details",
        Person,
        "id key profile groups active last_sign_in mapping_findings evidence password row_columns source_row fingerprint tag",
    ),
    ("findings", Person, "person place code severity attribute text"),
    ("memberships", Shown, "group_id person"),
    ("edits", Person, "person attribute value"),
    (
        "memory",
        Person,
        "person left_out outcome attempt run claimed recorded okta_id okta_status code message suggestion route tag mark marked tried sent_login holder doubted",
    ),
    ("undo", Whole, "id words made people tag"),
    ("undo_items", Whole, "undo person attribute value"),
    ("runs", Whole, "id started ended how org label_group choices tag"),
    ("okta_groups", Shown, "name okta_id tag"),
    ("ledger", Person, "person nth kind state run at ended remote request groups fingerprint before"),
    ("ledger_groups", Shown, "id okta_id name tag"),
    ("org_ledger", Shown, "id kind state run at ended what remote request before tag"),
    ("pace", Shown, "run at done failed throttled"),
    ("tally_people", Shown, "gone state route outcome scheme sent n"),
    ("tally_findings", Shown, "code severity n"),
    ("tally_groups", Shown, "group_id n"),
    ("hook_calls", Shown, "id at person login answer reason scheme took request again address service"),
    ("hook_hours", Shown, "hour answer step n"),
    ("hook_people", Person, "person verified moved"),
    ("there", Shown, "person login okta_id status"),
    ("taken_there", Shown, "person what value okta_id login"),
    ("resets", Person, "person state at words"),
];

/// Ways to bend a value. `{o}`: the same column of another row.
const BENDS: &[&str] =
    &["NULL", "'abc'", "x'ff00'", "CAST(x'ff41' AS TEXT)", "-7", "9e99", "9223372036854775807", "{o}"];

/// Whose rows are bent, of tables that are about people: whoever waits, was sent, was left out, or has such a row.
fn targets(table: &str) -> &'static [u32] {
    match table {
        "findings" => &[6],
        "hook_people" => &[4],
        "memory" => &[3, 5],
        "ledger" => &[3, 4],
        _ => &[1, 3],
    }
}

const PEOPLE: u32 = 9;

fn login(n: u32) -> String {
    format!("p{n}@x.example")
}

/// 1, 2, 8 and 9 wait; 8 has an edit; 3 and 4 were created, 4 has moved; 5 was left out by hand; 6 is blocked; 7 is gone.
async fn fill(desk: &Desk) {
    let workspace = desk.create().await;
    let one = |n: u32| {
        if n == 6 { person(6, "p6", "P", "Six") } else { person(n, &login(n), "P", &format!("N{n}")) }
    };
    read(&workspace, (1..=PEOPLE).map(one).collect()).await;
    read(&workspace, (1..=PEOPLE).filter(|n| *n != 7).map(one).collect()).await;
    workspace.put_doc("org", "o").await.unwrap();
    workspace.put_doc("mapping", "m").await.unwrap();
    workspace.put_sealed(vec![("a".into(), Some("b".into()))]).await.unwrap();
    let new = NewRun { org: "https://a.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
    let run = workspace.start_run(&new).await.unwrap();
    let two = Scope::Only(vec![PersonId(3), PersonId(4)]);
    for ready in workspace.claim(run, 9, &two, RoutePolicy::AllHook, None).await.unwrap() {
        let made =
            Outcome { okta_id: Some(format!("00u{}", ready.id.0)), ..Outcome::of(OutcomeKind::Created) };
        workspace.record(&[(ready.id, made)]).await.unwrap();
    }
    workspace.note_throttled(run, 1).await.unwrap();
    workspace.intend_update(PersonId(4), "00u4", &Profile::default(), &Profile::default()).await.unwrap();
    let at = desk.clock()();
    workspace.mark_moved(&[("00u4".into(), at)]).await.unwrap();
    workspace.record_reset(PersonId(3), &Reset::Failed("why".into())).await.unwrap();
    workspace.record_group("g", "00g1", true).await.unwrap();
    workspace.record_group("h", "00g2", true).await.unwrap();
    let found = |n: u32| There { person: PersonId(n), okta_id: format!("00u{n}"), status: "ACTIVE".into() };
    workspace.note_there(&[found(8), found(9)]).await.unwrap();
    let taken = |n: u32, what| TakenThere {
        person: PersonId(n),
        what,
        okta_id: format!("00u9{n}"),
        login: format!("other{n}@x.example"),
    };
    workspace.note_taken(&[taken(1, WhatIsTaken::Email), taken(2, WhatIsTaken::Login)]).await.unwrap();
    let call = |n: u32| HookCall {
        at,
        login: login(n),
        person: Some(n),
        answer: HookAnswer::Verified,
        reason: HookReason::Right,
        scheme: None,
        took_us: 5000,
        request: None,
        again: false,
        address: None,
        service: false,
    };
    workspace.record_hook_calls(&[call(3), call(4)]).await.unwrap();
    workspace.leave_out(&Who::These(vec![PersonId(5)])).await.unwrap();
    let city = Some(serde_json::json!("Prague"));
    workspace
        .set_attribute(&Who::These(vec![PersonId(8), PersonId(1)]), "city", city, &assess)
        .await
        .unwrap();
    workspace.close().await.unwrap();
}

async fn connect(desk: &Desk) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(desk.path())
        .synchronous(sqlx::sqlite::SqliteSynchronous::Off);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Writes to the file as somebody does who does not care what its tables take. Whether it did anything.
async fn bend(desk: &Desk, sql: &str) -> bool {
    let mut one = connect(desk).await;
    let loosen = "PRAGMA writable_schema = ON; CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_master WHERE type = 'table';
        UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table' AND name NOT LIKE 'search%';
        PRAGMA writable_schema = RESET;";
    sqlx::raw_sql(loosen).execute(&mut one).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut one).await;
    let tighten = "PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = (SELECT k.sql FROM kept k WHERE k.name = sqlite_master.name) WHERE type = 'table' AND name NOT LIKE 'search%';
        DROP TABLE kept; PRAGMA writable_schema = RESET;";
    sqlx::raw_sql(tighten).execute(&mut one).await.unwrap();
    one.close().await.unwrap();
    done.is_ok_and(|done| done.rows_affected() > 0)
}

/// The bends of a table: what is done, and whom it may be about.
async fn bends(desk: &Desk) -> Vec<(String, About, Vec<u32>)> {
    let mut one = connect(desk).await;
    let known: BTreeMap<&str, (About, BTreeSet<&str>)> = COLUMNS
        .iter()
        .map(|(table, about, columns)| (*table, (*about, columns.split(' ').collect())))
        .collect();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .fetch_all(&mut one)
    .await
    .unwrap();
    assert_eq!(
        tables.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known.keys().copied().collect(),
        "classify the table"
    );
    let mut bends = Vec::new();
    for table in tables {
        let (about, columns) = &known[table.as_str()];
        let there: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                .fetch_all(&mut one)
                .await
                .unwrap();
        assert_eq!(
            &there.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            columns,
            "classify the columns of {table}"
        );
        let whose = ["id", "person"].into_iter().find(|name| *about == Person && columns.contains(name));
        let first = &there[0];
        let any = vec![(format!("{first} IS (SELECT {first} FROM {table} LIMIT 1)"), Vec::new())];
        let rows: Vec<(String, Vec<u32>)> = whose.map_or(any, |whose| {
            targets(&table).iter().map(|n| (format!("{whose} = {n}"), vec![*n])).collect()
        });
        for (nth, (row, who)) in rows.into_iter().enumerate() {
            for (at, column) in there.iter().enumerate() {
                // Every third way, so that it takes seconds: the others with the next columns, and with the next row.
                for to in BENDS.iter().skip((at + nth) % 3).step_by(3) {
                    let other = format!(
                        "(SELECT o.{column} FROM {table} o WHERE NOT (o.{row}) ORDER BY 1 DESC LIMIT 1)"
                    );
                    let to = to.replace("{o}", &other);
                    bends.push((
                        format!("UPDATE OR IGNORE {table} SET {column} = {to} WHERE {row}"),
                        *about,
                        who.clone(),
                    ));
                }
            }
            bends.push((format!("DELETE FROM {table} WHERE {row}"), *about, who.clone()));
        }
        if whose.is_none() {
            bends.push((format!("DELETE FROM {table}"), *about, Vec::new()));
        }
    }
    // Rows of whom nobody has read, and doubled ones.
    for id in ["77", "-5", "4294967295", "99999999999"] {
        for table in [
            "people",
            "texts",
            "details",
            "memory",
            "ledger",
            "hook_people",
            "resets",
            "there",
            "taken_there",
        ] {
            let key = if ["people", "texts", "details"].contains(&table) { "id" } else { "person" };
            let columns = known[table]
                .1
                .iter()
                .filter(|name| **name != key && **name != "key")
                .copied()
                .collect::<Vec<_>>()
                .join(", ");
            let (extra, value) = if table == "details" { (", key", ", 'x'") } else { ("", "") };
            bends.push((
                format!("INSERT INTO {table} ({key}{extra}, {columns}) SELECT {id}{value}, {columns} FROM {table} LIMIT 1"),
                Shown,
                Vec::new(),
            ));
        }
    }
    // Numbers that only one list of this program's has.
    for sql in [
        "UPDATE people SET state = 77 WHERE id = 1",
        "UPDATE people SET gone = 1 WHERE id = 1",
        "UPDATE people SET gone = 1, reading = -1 WHERE id = 1",
        "UPDATE people SET left_out = 1, state = 4 WHERE id = 1",
        "UPDATE people SET blocks = 1, state = 3 WHERE id = 1",
        "UPDATE people SET outcome = 3 WHERE id = 1",
        "UPDATE people SET outcome = 9 WHERE id = 1",
        "UPDATE people SET route = 9 WHERE id = 1",
        "UPDATE people SET finding_severity = 9 WHERE id = 1",
        "UPDATE people SET scheme = 99 WHERE id = 1",
        "UPDATE people SET name = hex(zeroblob(300000)), login = hex(zeroblob(300000)) WHERE id = 1",
        "UPDATE details SET profile = hex(zeroblob(300000)) WHERE id = 1",
        "UPDATE texts SET login = hex(zeroblob(300000)) WHERE id = 1",
        "INSERT INTO findings VALUES (1, 3, 'x', 9, NULL, 'y')",
        "INSERT INTO findings VALUES (1, 3, CAST(x'ff' AS TEXT), 1, NULL, CAST(x'ff' AS TEXT))",
        "UPDATE texts SET login = 'p2@x.example' WHERE id = 1",
        "UPDATE people SET id = 50 WHERE id = 1",
        "UPDATE details SET id = 50 WHERE id = 1",
    ] {
        bends.push((sql.to_owned(), Person, vec![1]));
    }
    one.close().await.unwrap();
    bends
}

/// What came of it.
async fn look(desk: &Desk, what: &str, about: About, whose: &[u32]) -> Result<(), String> {
    let workspace = match desk.open().await {
        Ok(workspace) => workspace,
        Err(_) if about == Whole => return Ok(()),
        Err(error) => return Err(format!("opening: {error} {:?}", error.technical())),
    };
    let looked = look_at(&workspace, about, whose).await;
    if let Err(error) = workspace.close().await {
        return Err(format!("closing: {error}"));
    }
    looked.map_err(|why| format!("{what}: {why}"))
}

async fn look_at(workspace: &Workspace, about: About, whose: &[u32]) -> Result<(), String> {
    let said =
        |what: &'static str| move |error: WorkspaceError| format!("{what}: {error} {:?}", error.technical());
    // What screens and reports ask.
    workspace.counts().await.map_err(said("counts"))?;
    workspace.rows(&(1..=PEOPLE).map(PersonId).collect::<Vec<_>>()).await.map_err(said("rows"))?;
    let audit = workspace.audit().await.map_err(said("audit"))?;
    let everyone = PeopleFilter { presence: Presence::Any, ..PeopleFilter::default() };
    let order = workspace.order(&everyone, Sort::default()).await.map_err(said("order"))?;
    let people = workspace.persons(&order).await.map_err(said("persons"))?;
    for sort in [SortKey::Name, SortKey::Findings, SortKey::Scheme, SortKey::Outcome, SortKey::Recorded] {
        let sort = Sort { key: sort, descending: true };
        workspace.head(&PeopleFilter::default(), sort, 50).await.map_err(said("head"))?;
    }
    let find = PeopleFilter { search: "p2".into(), ..PeopleFilter::default() };
    workspace.count(&find).await.map_err(said("search"))?;
    workspace.blocked_by().await.map_err(said("reasons"))?;
    workspace.there_by_status().await.map_err(said("there"))?;
    workspace.okta_groups().await.map_err(said("groups"))?;
    workspace.resets(50).await.map_err(said("resets"))?;
    workspace.org_operations().await.map_err(said("operations on the org"))?;
    workspace.updates_in_doubt().await.map_err(said("updates in doubt"))?;
    let everyones = (1..=PEOPLE).map(PersonId).collect::<Vec<_>>();
    let operations = workspace.operations(&everyones).await.map_err(said("operations"))?;
    for row in people.iter().map(|one| &one.row) {
        let Some(operations) = operations.get(&row.id) else { continue };
        let said = outcome_of(operations.iter().map(|one| (one.kind, one.state)));
        if row.changed.is_none() && said != row.outcome.kind {
            return Err(format!("{} is {:?} by the ledger, and {:?}", row.id.0, said, row.outcome.kind));
        }
    }
    workspace.hook_calls(&[], 50).await.map_err(said("calls"))?;
    workspace.hook_hours(DateTime::UNIX_EPOCH).await.map_err(said("hours"))?;
    workspace.hook_totals(DateTime::UNIX_EPOCH).await.map_err(said("totals"))?;
    workspace.hook_waiting().await.map_err(said("hook waiting"))?;
    workspace.hook_example().await.map_err(said("hook example"))?;
    workspace.pace(RunId(1)).await.map_err(said("pace"))?;
    workspace.next_run(&Scope::Everyone, RoutePolicy::Best).await.map_err(said("next run"))?;
    workspace.last_reading().await.map_err(said("last reading"))?;
    Workspace::glance(workspace.path()).await.map_err(said("glance"))?;
    let stragglers =
        workspace.stragglers(DateTime::<chrono::Utc>::MAX_UTC, None, 50).await.map_err(said("stragglers"))?;
    if let Some(wrong) =
        stragglers.iter().find(|s| s.changed.is_none() && s.okta_id != format!("00u{}", s.id.0))
    {
        return Err(format!("would reset {}", wrong.okta_id));
    }
    for refusable in [
        workspace.doc::<String>("org").await.map(|_| ()),
        workspace.doc::<String>("mapping").await.map(|_| ()),
        workspace.runs().await.map(|_| ()),
        workspace.can_undo().await.map(|_| ()),
    ] {
        match refusable {
            Ok(()) => {}
            Err(WorkspaceError::ChangedOutside { .. }) if about == Whole => {}
            Err(error) => return Err(format!("setting: {error} {:?}", error.technical())),
        }
    }
    // The hook.
    let mut kept_out = BTreeSet::new();
    for n in (1..=PEOPLE).filter(|n| ![6].contains(n)) {
        let found = workspace.hook_find(&login(n)).await.map_err(said("hook"))?;
        let sound: Vec<_> = found.iter().filter(|person| !person.changed).collect();
        for person in &sound {
            let PasswordEvidence::Stored(stored) = &person.evidence else { return Err("no password".into()) };
            if person.id != PersonId(n) || stored.text.expose() != hash(n).as_bytes() {
                return Err(format!("the hook gives {n} what is another's"));
            }
        }
        if sound.is_empty() {
            kept_out.insert(n);
        }
    }
    // The import.
    let new = NewRun { org: "https://a.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
    let mut gone = BTreeSet::new();
    match workspace.start_run(&new).await {
        Ok(run) => {
            for ready in workspace.left_in_sending().await.map_err(said("left in sending"))? {
                gone.insert(ready.id.0);
            }
            for ready in workspace
                .claim(run, 99, &Scope::Everyone, RoutePolicy::Best, None)
                .await
                .map_err(said("claim"))?
            {
                let (n, hash_of) = (ready.id.0, hash(ready.id.0));
                let own =
                    ready.stored.as_ref().is_some_and(|stored| stored.text.expose() == hash_of.as_bytes());
                if !own || ready.profile.login() != login(n) || ![1, 2, 8, 9].contains(&n) {
                    return Err(format!("sends {n} with what is not theirs"));
                }
                gone.insert(n);
            }
        }
        Err(WorkspaceError::ChangedOutside { .. }) if about == Whole => {}
        Err(error) => return Err(format!("run: {error}")),
    }
    // Everyone is accounted for, and only whom it is about is touched.
    let after = workspace.persons(&order).await.map_err(said("persons after"))?;
    let told: BTreeSet<u32> = after
        .iter()
        .filter(|person| {
            person.row.changed.is_some() || person.row.outcome.code.as_deref() == Some(CHANGED_OUTSIDE)
        })
        .map(|person| person.row.id.0)
        .collect();
    let shown: BTreeSet<u32> = people.iter().map(|person| person.row.id.0).collect();
    for n in 1..=PEOPLE {
        if !shown.contains(&n) && audit.missing == 0 {
            return Err(format!("{n} is not shown, and nobody is said to be missing"));
        }
        let waits = [1, 2, 8, 9].contains(&n);
        if waits && shown.contains(&n) && !gone.contains(&n) && !told.contains(&n) && about != Whole {
            return Err(format!("{n} was passed over"));
        }
        let may_fail = match about {
            Person => whose.contains(&n),
            Shown => false,
            Shared | Whole => true,
        };
        if !may_fail && told.contains(&n) {
            return Err(format!("{n} is told as changed"));
        }
        if !may_fail && waits && !gone.contains(&n) {
            return Err(format!("{n} was stopped"));
        }
        if !may_fail && kept_out.contains(&n) {
            return Err(format!("{n} is kept out by the hook"));
        }
    }
    let counts = workspace.counts().await.map_err(said("counts after"))?;
    if counts.total + counts.gone + audit.missing != u64::from(PEOPLE) {
        return Err(format!("counts {} and {} gone, {} missing", counts.total, counts.gone, audit.missing));
    }
    // Work by hand, and reading again.
    let everyone = Who::All(PeopleFilter::default());
    let title = Some(serde_json::json!("Dr"));
    workspace.set_attribute(&everyone, "title", title, &assess).await.map_err(said("edit"))?;
    workspace.leave_out(&Who::These(vec![PersonId(2)])).await.map_err(said("leave out"))?;
    workspace.put_back(&Who::These(vec![PersonId(2)])).await.map_err(said("put back"))?;
    workspace.retry(&everyone).await.map_err(said("retry"))?;
    let mut reading =
        workspace.begin_reading(info(), Arc::new(assess)).await.map_err(said("begin reading"))?;
    let all =
        (1..=PEOPLE).filter(|n| ![6, 7].contains(n)).map(|n| person(n, &login(n), "P", &format!("N{n}")));
    reading.add(all.collect()).await.map_err(said("reading"))?;
    reading.finish().await.map_err(said("end of reading"))?;
    let detail = workspace.persons(&order).await.map_err(said("persons after reading"))?;
    if let Some(wrong) = detail.iter().find(|person| person.row.id.0 == 2 && person.row.changed.is_some()) {
        return Err(format!("{:?} is still changed after reading again", wrong.row.changed));
    }
    Ok(())
}

#[test]
fn whatever_is_bent_nobody_gets_what_is_not_theirs_nobody_is_passed_over_and_nobody_else_is_stopped() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = Desk::new();
    let bends = runtime().block_on(async {
        fill(&first).await;
        bends(&first).await
    });
    let bytes = std::fs::read(first.path()).unwrap();
    let all = bends.len();
    let (left, ended) = (Mutex::new(bends), Mutex::new((0, Vec::new())));
    // Where it can be, no disk is waited for.
    let memory = std::path::Path::new("/dev/shm");
    let folder = || if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let work = || {
        let runtime = runtime();
        loop {
            let Some((sql, about, whose)) = left.lock().unwrap().pop() else { return };
            let desk = Desk {
                folder: folder().unwrap(),
                keychain: Arc::clone(&first.keychain),
                millis: Arc::clone(&first.millis),
            };
            std::fs::write(desk.path(), &bytes).unwrap();
            if !runtime.block_on(bend(&desk, &sql)) {
                continue;
            }
            let look = || runtime.block_on(look(&desk, &sql, about, &whose));
            let came = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
            let mut ended = ended.lock().unwrap();
            ended.0 += 1;
            ended.1.extend(came.unwrap_or_else(|_| Err(format!("{sql}: panicked"))).err());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let (done, wrong) = ended.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {done} bends ({all} tried):\n{}", wrong.len(), wrong.join("\n"));
    assert!(done > 300, "{done} of {all}");
}
