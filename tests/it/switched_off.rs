//! People whom the old system keeps out are not let in by the new one, and what may keep them out is told before anything goes.

use causeway::mapping::Target;
use causeway::migration::{keep_mapping, switches};
use serde_json::Value;

use crate::cli::{causeway, run, source};
use crate::support::company::{Company, Import, login, quick_org};

/// Two deleted (in milliseconds, as Mattermost writes it), one banned and one who was; and a status of which nobody knows what its
/// codes mean.
async fn company() -> Company {
    let company = Company::found(12).await;
    company
        .change(
            "ALTER TABLE staff ADD COLUMN deleteat INTEGER NOT NULL DEFAULT 0;
             ALTER TABLE staff ADD COLUMN banned_until TEXT;
             ALTER TABLE staff ADD COLUMN status INTEGER NOT NULL DEFAULT 1;
             UPDATE staff SET deleteat = 1714566600000 WHERE id IN (1, 2);
             UPDATE staff SET banned_until = '2999-01-01 00:00:00' WHERE id = 3;
             UPDATE staff SET banned_until = '2020-01-01 00:00:00' WHERE id = 4;
             UPDATE staff SET status = 0 WHERE id IN (5, 6);",
        )
        .await;
    company
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_switched_off_stays_out_and_the_rest_arrive() {
    let company = company().await;
    let (workspace, mut mapping) = company.read().await;
    assert_eq!(workspace.counts().await.unwrap().left_out, 3);
    let asked = switches::unread(&workspace).await.unwrap();
    let [status] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((status.column.as_str(), status.off, status.rows), ("status", 2, 12));
    assert_eq!(
        switches::words(status),
        "“status” may say who is switched off, and nothing reads it: “1” (10), “0” (2). 2 people would be left out by it (“0”), and arrive \
         active now. Send it to Is active in the mapping and read again, or say there that it is left behind."
    );
    // Said that it doesn't, it is not asked about again, without reading everyone anew.
    mapping.rules.push(status.left());
    keep_mapping(&workspace, &mapping).await.unwrap();
    assert_eq!(switches::unread(&workspace).await.unwrap(), []);

    let org = quick_org().await;
    let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
    assert_eq!(summary.tally.created(), 9);
    for n in [1, 2, 3] {
        assert!(org.person(&login(n)).is_none(), "{}", login(n));
    }
    assert!(org.person(&login(4)).is_some(), "the ban is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn used_after_all_it_leaves_out_whom_it_switches_off() {
    let company = company().await;
    let (workspace, mut mapping) = company.read().await;
    let [status] = switches::unread(&workspace).await.unwrap().try_into().unwrap();
    mapping.rules.push(status.used());
    keep_mapping(&workspace, &mapping).await.unwrap();
    let file = company.folder.path().join("mapping.json");
    std::fs::write(&file, mapping.to_json()).unwrap();
    workspace.close().await.unwrap();
    let mut command = causeway(&company);
    command
        .arg("read")
        .arg(company.workspace())
        .args(["--source", &source(&company), "--json", "--mapping"])
        .arg(&file);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["people"]["leftOut"], 5);
    assert_eq!(answer["unreadSwitches"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_names_it_with_values_and_counts_at_every_step() {
    let company = company().await;
    let told = "“status” may say who is switched off, and nothing reads it: “1” (10), “0” (2).";
    let mut command = causeway(&company);
    command.args(["map", "--source", &source(&company)]);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(told), "{err}");
    let mapping = causeway::mapping::Mapping::from_json(&out).unwrap();
    assert_eq!(mapping.rules.iter().filter(|rule| rule.target == Target::IsActive).count(), 2);

    let mut command = causeway(&company);
    command.arg("read").arg(company.workspace()).args(["--source", &source(&company)]);
    let (code, out, err) = run(command).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(told), "{out}");

    let org = quick_org().await;
    for (what, in_answer) in [("check", true), ("import", false)] {
        let mut command = causeway(&company);
        command.arg(what).arg(company.workspace()).args(["--okta", org.url()]);
        command.env("CAUSEWAY_OKTA_TOKEN", secrecy::ExposeSecret::expose_secret(&org.current_token()));
        let (_, out, err) = run(command).await;
        assert!(if in_answer { &out } else { &err }.contains(told), "{what}: {out}{err}");
    }
}
