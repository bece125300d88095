//! The practice org drives the first sign-in of everyone in the sample company through the hook.

use causeway::model::{HookAnswer, HookReason, PasswordEvidence};
use causeway::practice::{SignIn, sample};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;

use super::desk::{Desk, header};
use crate::support::company::{everyone, read_database};
use crate::support::http;

#[tokio::test(flavor = "multi_thread")]
async fn everyone_in_the_sample_signs_in_for_the_first_time_whatever_the_scheme() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("company.sqlite");
    sample::write(&database, chrono::Utc::now().date_naive()).await.unwrap();
    let (workspace, mapping) =
        read_database(&database, &folder.path().join("w.causeway"), &folder.path().join("keys")).await;
    let desk = Desk::sealed(&workspace, &mapping).await;
    let org = http::Desk::open().await;
    let registration = json!({
        "name": "Causeway password import", "type": "com.okta.user.credential.password.import", "version": "1.0.0",
        "channel": { "type": "HTTP", "version": "1.0.0", "config": {
            "uri": desk.hook.url(), "method": "POST",
            "authScheme": { "type": "HEADER", "key": "Authorization", "value": header() },
        } },
    });
    assert_eq!(org.post("/api/v1/inlineHooks", registration).await.status, 200);

    let passwords = sample::passwords();
    let mut schemes = std::collections::BTreeMap::<String, u32>::new();
    let (mut signed, mut ids) = (0, Vec::new());
    for person in everyone(&workspace).await {
        let Some((_, password)) = passwords.iter().find(|(login, _)| *login == person.row.login) else {
            continue;
        };
        if !person.row.disposition.goes() || !checkable(&workspace, &mapping, person.row.id).await {
            continue;
        }
        // One of each scheme and cost; all of them would only take longer.
        let seen = schemes.entry(person.row.scheme_label.clone()).or_default();
        *seen += 1;
        if *seen > 2 {
            continue;
        }
        let created = org
            .post(
                "/api/v1/users?activate=true",
                json!({ "profile": person.profile, "credentials": { "password": { "hook": { "type": "default" } } } }),
            )
            .await;
        assert_eq!(created.status, 200, "{}: {}", person.row.login, created.text);
        let wrong = SecretString::from(format!("{password}x"));
        assert_eq!(
            org.org.sign_in(&person.row.login, &wrong).await,
            SignIn::Refused,
            "{}",
            person.row.scheme_label
        );
        let right = SecretString::from(password.clone());
        let answer = org.org.sign_in(&person.row.login, &right).await;
        assert!(
            matches!(answer, SignIn::Success { imported: true, .. }),
            "{} {}: {answer:?}",
            person.row.login,
            person.row.scheme_label
        );
        let asked = org.org.counters().hook_calls;
        assert!(matches!(
            org.org.sign_in(&person.row.login, &right).await,
            SignIn::Success { imported: false, .. }
        ));
        assert_eq!(org.org.counters().hook_calls, asked, "Okta has the password now");
        signed += 1;
        ids.push(person.row.id);
    }
    assert!(schemes.len() >= 8, "{schemes:?}");
    desk.hook.stop().await;

    // Everything is on record, and nothing of the passwords.
    let mut calls = workspace.hook_calls(&[], 10_000).await.unwrap();
    // On a computer that is very busy a slow scheme may be late once; Okta asks again, and that is a call more.
    calls.retain(|call| call.answer != HookAnswer::Unavailable);
    assert_eq!(calls.len(), signed * 2);
    let verified: Vec<_> = calls.iter().filter(|call| call.answer == HookAnswer::Verified).collect();
    assert_eq!(verified.len(), signed);
    assert!(
        verified
            .iter()
            .all(|call| call.reason == HookReason::Right && call.person.is_some() && call.scheme.is_some())
    );
    assert!(calls.iter().all(|call| call.request.as_deref().is_some_and(|id| id.len() == 27)));
    let text = serde_json::to_string(&calls).unwrap();
    assert!(passwords.iter().all(|(_, password)| !text.contains(password.as_str())));
    assert_eq!(workspace.hook_moved().await.unwrap(), (signed as u64, 0));
    let totals = workspace.hook_totals(DateTime::<Utc>::UNIX_EPOCH).await.unwrap();
    assert_eq!((totals.verified, totals.unverified), (signed as u64, signed as u64));
    let hours = workspace.hook_hours(DateTime::<Utc>::UNIX_EPOCH).await.unwrap();
    assert_eq!(hours.iter().map(|hour| hour.verified).sum::<u64>(), signed as u64);
    assert_eq!(workspace.hook_calls_of(ids[0], 10).await.unwrap().len(), 2);
    workspace.close().await.unwrap();
}

/// Whether a password of this person can be checked at all.
async fn checkable(
    workspace: &causeway::workspace::Workspace,
    mapping: &causeway::mapping::Mapping,
    id: causeway::workspace::PersonId,
) -> bool {
    let login = workspace.person(id).await.unwrap().row.login;
    let people = workspace.hook_find(&login).await.unwrap();
    people.iter().any(|person| match &person.evidence {
        PasswordEvidence::Stored(stored) => {
            let reading = causeway::password::read(stored, &mapping.password);
            matches!(reading.verify(b"x"), Ok(Some(false)))
        }
        _ => false,
    })
}
