//! Groups that differ in capitals only, here and from those in Okta; and Okta's own.

use causeway::migration::check::{self, CheckJob};
use causeway::migration::group_names;
use causeway::model::Progress;
use causeway::okta::Request;
use chrono::NaiveDate;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, Import, choices, client, everyone, login, quick_org};

#[tokio::test(flavor = "multi_thread")]
async fn what_okta_takes_for_one_group_is_told_with_all_spellings_and_made_once() {
    let company = Company::found(12).await;
    // One of the four in Vertrieb is in VERTRIEB instead; one is in a group of Okta's own name.
    company
        .change(
            "INSERT INTO teams VALUES (4,'VERTRIEB'),(5,'EVERYONE');
             UPDATE team_members SET team_id = 4 WHERE staff_id = 3;
             INSERT INTO team_members VALUES (1, 5);",
        )
        .await;
    let (workspace, mapping) = company.read().await;
    let org = quick_org().await;
    let hands = client(&org);
    assert!(hands.ask(&Request::create_group("engineering", "")).await.unwrap().ok());

    let job = CheckJob {
        workspace: workspace.clone(),
        client: client(&org),
        choices: choices(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    };
    let report =
        check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await.unwrap();
    assert_eq!(report.groups_there, ["engineering"]);
    assert_eq!(report.groups_left_out, ["EVERYONE"]);
    assert!(report.groups_to_make.contains(&"Vertrieb".to_owned()), "{:?}", report.groups_to_make);
    assert!(!report.groups_to_make.iter().any(|name| name == "VERTRIEB" || name == "EVERYONE"));
    for note in [
        "“Vertrieb” and “VERTRIEB” are one group in Okta, where capitals don't count. It is written “Vertrieb”.",
        "“Engineering” goes into “engineering”, which is in Okta already: capitals don't count there.",
        "“EVERYONE” is Okta's own group, which nobody can be put into: it is left out.",
    ] {
        assert!(report.group_notes.iter().any(|told| told == note), "{note}: {:?}", report.group_notes);
    }
    // Review keeps Okta's spelling.
    let names = ["Engineering".to_owned(), "Vertrieb".to_owned()];
    let shown = group_names::as_in_okta(&workspace, &names).await.unwrap();
    assert_eq!(shown, ["engineering (here Engineering)", "Vertrieb"]);
    let first = everyone(&workspace).await.into_iter().find(|p| p.row.login == login(1)).unwrap();
    assert!(first.findings.iter().any(|finding| finding.code == "group_built_in"), "{:?}", first.findings);

    let summary = Import::new(&workspace, &mapping, &org).run().await.unwrap();
    assert_eq!(summary.tally.created(), 12);
    assert_eq!(summary.groups_left_out, ["EVERYONE"], "as the check says");
    let groups = org.groups();
    let members =
        |name: &str| groups.iter().filter(|g| g.name == name).map(|g| g.members).collect::<Vec<_>>();
    assert_eq!(members("Vertrieb"), [4], "whoever comes first, the spelling most people have is made");
    assert_eq!(members("VERTRIEB"), [0_usize; 0]);
    assert_eq!(members("engineering"), [4]);
    assert_eq!(members("Engineering"), [0_usize; 0]);
    assert_eq!(members("EVERYONE"), [0_usize; 0]);
}
