//! Who is let in: by the sealed passwords of a workspace, as Okta compares logins.

use causeway::assess::{AssessContext, assess};
use causeway::model::{Candidate, HookAnswer, HookReason, Outcome, OutcomeKind, Route, RoutePolicy};
use causeway::workspace::{NewRun, Scope, Who};
use chrono::{NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::desk::Desk;
use crate::support::company::{Company, HOOK_ONLY_PASSWORD, login, password};

async fn reason(desk: &Desk, login: &str, password: &str) -> (HookAnswer, HookReason) {
    let mut calls = desk.hook.calls();
    desk.sign_in(login, password).await;
    let call = calls.recv().await.unwrap();
    (call.answer, call.reason)
}

const NO: HookAnswer = HookAnswer::Unverified;

#[tokio::test(flavor = "multi_thread")]
async fn only_people_of_the_migration_with_the_right_password_are_let_in() {
    let company = Company::found(20).await;
    let (workspace, mapping) = company.read().await;
    let desk = Desk::sealed(&workspace, &mapping).await;
    let id = async |n: usize| workspace.by_key(&n.to_string()).await.unwrap().unwrap();
    let yes = (HookAnswer::Verified, HookReason::Right);

    // 1 bcrypt, 5 Django, 8 crypt's SHA-256.
    for n in [1, 5, 11] {
        assert_eq!(reason(&desk, &login(n), &password(n)).await, yes, "{n}");
        assert_eq!(reason(&desk, &login(n), &password(n + 1)).await, (NO, HookReason::Wrong), "{n}");
    }
    assert_eq!(reason(&desk, &login(8), HOOK_ONLY_PASSWORD).await, yes);
    assert_eq!(reason(&desk, &login(7), &password(7)).await, (NO, HookReason::NoPassword));
    assert_eq!(reason(&desk, "nobody@example.com", &password(1)).await, (NO, HookReason::Unknown));
    assert_eq!(reason(&desk, &"x".repeat(5000), &password(1)).await, (NO, HookReason::Unknown));
    // As Okta compares: without regard to case, blanks at the ends and Unicode's forms.
    for written in [
        "PERSON1@Example.COM",
        "  person1@example.com ",
        "pérson1@example.com",
        "pe\u{301}rson1@example.com",
        "ｐerson1@example.com",
    ] {
        assert_eq!(reason(&desk, written, &password(1)).await, yes, "{written}");
    }
    for written in ["person1", "person1@example.co", "person 1@example.com", ""] {
        assert_eq!(reason(&desk, written, &password(1)).await.0, NO, "{written}");
    }

    workspace.leave_out(&Who::These(vec![id(2).await])).await.unwrap();
    assert_eq!(reason(&desk, &login(2), &password(2)).await, (NO, HookReason::LeftOut));
    workspace.put_back(&Who::These(vec![id(2).await])).await.unwrap();
    assert_eq!(reason(&desk, &login(2), &password(2)).await, yes);

    // Okta says in its log that it has the password: no more checks. Our own yes alone is not enough, as Okta may not
    // have been able to store it (read-only mode).
    let outcome = Outcome { okta_id: Some("00u3".into()), ..Outcome::of(OutcomeKind::Created) };
    workspace.record(&[(id(3).await, outcome)]).await.unwrap();
    assert_eq!(reason(&desk, &login(3), &password(3)).await, yes);
    assert_eq!(reason(&desk, &login(3), &password(3)).await, yes);
    assert_eq!(
        workspace.mark_moved(&[("00u3".into(), Utc::now()), ("00uNobody".into(), Utc::now())]).await.unwrap(),
        1
    );
    assert_eq!(workspace.mark_moved(&[("00u3".into(), Utc::now())]).await.unwrap(), 0, "once");
    assert_eq!(reason(&desk, &login(3), &password(3)).await, (NO, HookReason::Moved));
    workspace.unmark_moved(id(3).await).await.unwrap();
    assert_eq!(reason(&desk, &login(3), &password(3)).await, yes);

    // Two people of one login: neither, until one of them is known to be Okta's.
    let four = Who::These(vec![id(4).await]);
    let context = AssessContext::new(mapping.password.clone(), NaiveDate::from_ymd_opt(2026, 5, 11).unwrap());
    let again = move |candidate: Candidate| assess(candidate, &context);
    workspace.set_attribute(&four, "login", Some(login(6).into()), &again).await.unwrap();
    assert_eq!(reason(&desk, &login(6), &password(6)).await, (NO, HookReason::Blocked));
    workspace.record(&[(id(6).await, Outcome::of(OutcomeKind::Created))]).await.unwrap();
    assert_eq!(reason(&desk, &login(6), &password(6)).await, yes);
    assert_eq!(reason(&desk, &login(6), &password(4)).await, (NO, HookReason::Wrong));
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_still_waits_goes_down_as_people_sign_in() {
    let company = Company::found(20).await;
    let (workspace, mapping) = company.read().await;
    assert_eq!(workspace.hook_waiting().await.unwrap(), 0, "nobody was created");
    // Nine by all-hook, the others by the best route for each: what was sent counts, whatever is chosen later.
    let new = NewRun { org: "https://acme.okta.com".into(), label_group: None, choices: json!({}) };
    let run = workspace.start_run(&new).await.unwrap();
    for (n, policy) in [(9, RoutePolicy::AllHook), (20, RoutePolicy::Best)] {
        let ready = workspace.claim(run, n, &Scope::Everyone, policy, None).await.unwrap();
        let created =
            |key: &str| Outcome { okta_id: Some(format!("00u{key}")), ..Outcome::of(OutcomeKind::Created) };
        let outcomes: Vec<_> = ready.iter().map(|person| (person.id, created(&person.key))).collect();
        workspace.record(&outcomes).await.unwrap();
    }
    assert_eq!(workspace.hook_waiting().await.unwrap(), 9, "1 to 9 but 7, and 18");
    assert_eq!(workspace.counts().await.unwrap().created_by(Route::Hook), 9);
    let desk = Desk::sealed(&workspace, &mapping).await;
    assert_eq!(desk.sign_in(&login(8), HOOK_ONLY_PASSWORD).await, "VERIFIED");
    assert_eq!(desk.sign_in(&login(18), "wrong").await, "UNVERIFIED");
    assert_eq!(desk.sign_in(&login(1), &password(1)).await, "VERIFIED");
    desk.hook.stop().await;
    let now = Utc::now();
    workspace
        .mark_moved(&[("00u2", now), ("00u8", now), ("00u11", now)].map(|(id, at)| (id.to_owned(), at)))
        .await
        .unwrap();
    assert_eq!(workspace.hook_waiting().await.unwrap(), 6, "without 1, 2 and 8");
    let later = now + TimeDelta::minutes(1);
    let left: Vec<_> = workspace.stragglers(later, None, 99).await.unwrap();
    let left: Vec<&str> = left.iter().map(|one| one.okta_id.as_str()).collect();
    assert_eq!(left, ["00u1", "00u3", "00u4", "00u5", "00u6", "00u9", "00u18"], "by what Okta knows");
    assert_eq!(workspace.hook_moved().await.unwrap(), (2, 3));
    workspace.close().await.unwrap();
}
