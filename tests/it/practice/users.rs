//! Create, read, list, update, delete.

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{group, made, person, profile, sha256};
use crate::support::http::{Desk, client, take};

#[tokio::test]
async fn a_hash_makes_an_active_person_whose_provider_is_import() {
    let desk = Desk::open().await;
    let told = desk.post("/api/v1/users", person("tomas.dvorak@example.com", &sha256())).await;
    assert_eq!(told.status, 200, "a create answers 200, not 201: {}", told.text);
    let user = &told.body;
    assert_eq!(user["status"], "ACTIVE");
    assert_eq!(
        user["credentials"],
        json!({ "password": {}, "provider": { "type": "IMPORT", "name": "IMPORT" } })
    );
    assert_eq!(user["profile"]["firstName"], "Tomáš");
    assert_eq!(user["profile"]["mobilePhone"], json!(null));
    assert!(user["activated"].is_string() && user["lastLogin"].is_null());
    let id = user["id"].as_str().unwrap();
    assert!(id.starts_with("00u") && id.len() == 20, "{id}");
    assert!(!told.text.contains("C0fGmx"), "the hash never comes back");
    assert_eq!(desk.org.counters().mails, 0, "no mail with a password");
}

#[tokio::test]
async fn credentials_and_activate_decide_the_status() {
    let desk = Desk::open().await;
    let hook = json!({ "hook": { "type": "default" } });
    let clear = json!({ "value": "Correct4Horse" });
    for (number, (password, query, status, provider)) in [
        (json!({}), "?activate=false", "STAGED", "OKTA"),
        (json!({}), "", "PROVISIONED", "OKTA"),
        (hook.clone(), "", "ACTIVE", "IMPORT"),
        (hook, "?activate=false", "STAGED", "IMPORT"),
        (sha256(), "?activate=false", "STAGED", "IMPORT"),
        (clear.clone(), "?activate=true", "ACTIVE", "OKTA"),
        (clear, "?nextLogin=changePassword", "PASSWORD_EXPIRED", "OKTA"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = person(&format!("p{number}@example.com"), &password);
        let told = desk.post(&format!("/api/v1/users{query}"), body).await;
        assert_eq!(told.body["status"], status, "{number}: {}", told.text);
        assert_eq!(told.body["credentials"]["provider"]["type"], provider, "{number}");
    }
    assert_eq!(desk.org.counters().mails, 1, "only the PROVISIONED one is mailed");
}

#[tokio::test]
async fn next_login_needs_activation_and_a_password() {
    let desk = Desk::open().await;
    let clear = json!({ "value": "Correct4Horse" });
    let told = desk
        .post("/api/v1/users?activate=false&nextLogin=changePassword", person("a@example.com", &clear))
        .await;
    assert_eq!((told.status, told.code()), (400, "E0000125"));
    let told = desk.post("/api/v1/users?nextLogin=changePassword", person("a@example.com", &json!({}))).await;
    assert_eq!((told.status, told.code()), (400, "E0000124"));
}

#[tokio::test]
async fn a_login_is_taken_whatever_its_case_and_accents_even_by_the_deactivated() {
    let desk = Desk::open().await;
    let id = made(&desk, "isaac@example.com", &sha256()).await;
    desk.step(&format!("/api/v1/users/{id}/lifecycle/deactivate")).await;
    let told = desk.post("/api/v1/users", person("Ísáac@Example.com", &sha256())).await;
    assert_eq!(told.status, 400);
    assert_eq!(told.body["errorCode"], "E0000001");
    assert_eq!(told.body["errorSummary"], "Api validation failed: login");
    assert_eq!(told.body["errorLink"], "E0000001");
    assert!(told.body["errorId"].as_str().unwrap().starts_with("oae"));
    assert_eq!(
        told.causes(),
        ["login: An object with this field already exists in the current organization"]
    );
    assert_eq!(desk.org.people_count(), 1);
}

#[tokio::test]
async fn bad_bodies_get_oktas_words() {
    let desk = Desk::open().await;
    let with = |name: &str, value: serde_json::Value| {
        let mut body = person("ann@example.com", &sha256());
        body["profile"][name] = value;
        body
    };
    for (body, code, cause) in [
        (with("lastName", json!(null)), "E0000001", "lastName: The field cannot be left blank"),
        (with("login", json!("ann")), "E0000001", "login: Username must be in the form of an email address"),
        (with("email", json!("ann at example")), "E0000001", "email: Does not match required pattern"),
        (with("firstName", json!("x".repeat(51))), "E0000001", "firstName: The field is too long"),
        (with("notValid", json!("x")), "E0000001", "Property name 'notValid' is not defined in profile"),
    ] {
        let told = desk.post("/api/v1/users", body).await;
        assert_eq!((told.status, told.code()), (400, code), "{}", told.text);
        assert_eq!(told.causes(), [cause]);
    }
    let told = desk.post("/api/v1/users", with("notValid", json!("x"))).await;
    assert_eq!(told.body["errorSummary"], "Api validation failed: newUser");
    for broken in ["{", "[]", r#"{"profile":"x"}"#, r#"{"profile":{},"groupIds":"00g"}"#] {
        let url = format!("{}/api/v1/users", desk.org.url());
        let request = desk.client.post(url).header("Authorization", authorization(&desk)).body(broken);
        let told = take(request.send().await.unwrap()).await.unwrap();
        assert_eq!((told.status, told.code()), (400, "E0000003"), "{broken}");
    }
    assert_eq!(desk.org.people_count(), 0);
}

fn authorization(desk: &Desk) -> String {
    format!("SSWS {}", desk.org.token().expose_secret())
}

#[tokio::test]
async fn hashes_are_checked_by_form_only() {
    let desk = Desk::open().await;
    let bcrypt = |change: fn(&mut serde_json::Value)| {
        let mut hash = json!({ "algorithm": "BCRYPT", "workFactor": 10, "salt": "qRRx8rli7Lvs2h2CNgCQ2O", "value": "mVA2NDdomRGoGFrAXDZcno0OZ6CoOU2" });
        change(&mut hash);
        json!({ "hash": hash })
    };
    let told = desk
        .post("/api/v1/users", person("a@example.com", &bcrypt(|hash| hash["workFactor"] = json!(null))))
        .await;
    assert_eq!((told.status, told.code()), (400, "E0000001"));
    assert!(told.causes()[0].contains("workFactor"), "{}", told.text);
    let told = desk
        .post("/api/v1/users", person("a@example.com", &bcrypt(|hash| hash["algorithm"] = json!("bcrypt"))))
        .await;
    assert_eq!((told.status, told.code()), (400, "E0000003"));
    let told = desk
        .post("/api/v1/users", person("a@example.com", &bcrypt(|hash| hash["workFactor"] = json!("10"))))
        .await;
    assert_eq!((told.status, told.code()), (400, "E0000003"));
    // Wrong but well-formed: taken.
    let told = desk
        .post("/api/v1/users", person("a@example.com", &bcrypt(|hash| hash["workFactor"] = json!(4))))
        .await;
    assert_eq!(told.status, 200);
    assert_eq!(desk.authn("a@example.com", "P@ssword123456").await.code(), "E0000004");
}

#[tokio::test]
async fn at_most_twenty_groups_all_of_them_there() {
    let desk = Desk::open().await;
    let mut ids = Vec::new();
    for number in 0..21 {
        ids.push(group(&desk, &format!("Group {number}")).await);
    }
    let with = |ids: &[String]| json!({ "profile": profile("ann@example.com"), "groupIds": ids });
    let told = desk.post("/api/v1/users", with(&ids)).await;
    assert_eq!((told.status, told.code()), (400, "E0000093"));
    assert_eq!(told.causes(), ["The number of group targets is too large"]);
    let stranger = "00gZZZZZZZZZZZZZZZZZ".to_owned();
    assert_eq!(desk.post("/api/v1/users", with(&[stranger])).await.code(), "E0000007");
    let everyone = desk.org.groups()[0].id.clone();
    let told = desk.post("/api/v1/users", with(&[everyone])).await;
    assert_eq!((told.status, told.code()), (501, "E0000060"), "Everyone can't be named");
    assert_eq!(desk.org.people_count(), 0, "a refused create leaves nobody behind");
    let told = desk.post("/api/v1/users", with(&ids[..20])).await;
    assert_eq!(told.status, 200);
    let id = told.body["id"].as_str().unwrap();
    let groups = desk.get(&format!("/api/v1/users/{id}/groups")).await;
    assert_eq!(groups.body.as_array().unwrap().len(), 21, "Everyone is among them");
}

#[tokio::test]
async fn people_are_found_by_id_login_and_unique_short_name() {
    let desk = Desk::open().await;
    let id = made(&desk, "maire.o'neill+x@example.com", &sha256()).await;
    for name in
        [id.as_str(), "maire.o'neill%2Bx@example.com", "MAIRE.O'NEILL%2BX@example.com", "maire.o'neill%2Bx"]
    {
        let told = desk.get(&format!("/api/v1/users/{name}")).await;
        assert_eq!(told.body["id"], json!(id), "{name}: {}", told.text);
        assert!(told.headers.contains_key("etag"));
    }
    made(&desk, "maire.o'neill+x@example.org", &sha256()).await;
    assert_eq!(
        desk.get("/api/v1/users/maire.o'neill%2Bx").await.status,
        404,
        "no longer one of that short name"
    );
    let told = desk.get("/api/v1/users/missing@example.com").await;
    assert_eq!((told.status, told.code()), (404, "E0000007"));
    assert_eq!(told.body["errorSummary"], "Not found: Resource not found: missing@example.com (User)");
    let other = made(&desk, "a/b@example.com", &sha256()).await;
    let told = desk.get("/api/v1/users/a%2Fb@example.com").await;
    assert_eq!(told.status, 400, "logins with / answer to the id only: {}", told.text);
    for login in [
        "a%3Fb@example.com",
        "a%5Bb@example.com",
        "a%5Db@example.com",
        "a;b@example.com",
        "a%3Bb@example.com",
        "dom%5Cada",
        "a%0Ab",
        "a%0Db",
        "a%E2%80%A6b@example.com",
    ] {
        for path in [format!("/api/v1/users/{login}"), format!("/api/v1/users/{login}/groups")] {
            let told = desk.get(&path).await;
            assert_eq!(told.status, 400, "{path}: whoever is there, {}", told.text);
            assert!(told.body["errorCode"].is_string() && told.code() != "E0000007");
        }
    }
    assert_eq!(desk.get(&format!("/api/v1/users/{other}")).await.status, 200);
}

#[tokio::test]
async fn lists_page_by_link_and_leave_the_deactivated_out() {
    let desk = Desk::open().await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(made(&desk, &format!("p{number}@example.com"), &sha256()).await);
    }
    desk.delete(&format!("/api/v1/users/{}", ids[2])).await;
    let mut found = Vec::new();
    let mut next = Some("/api/v1/users?limit=3".to_owned());
    let mut pages = 0;
    while let Some(url) = next {
        let told = desk.get(&url).await;
        assert_eq!(told.status, 200);
        assert!(told.link("self").is_some());
        found
            .extend(told.body.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()));
        next = told.link("next");
        pages += 1;
    }
    ids.remove(2);
    assert_eq!((found, pages), (ids, 2));
    assert_eq!(desk.get("/api/v1/users?limit=500").await.body.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn search_filter_and_q() {
    let desk = Desk::open().await;
    for (login, first) in
        [("wei@example.com", "李伟"), ("mohammed@example.com", "محمد"), ("dmitri@example.com", "Дмитрий")]
    {
        let mut body = person(login, &sha256());
        body["profile"]["firstName"] = json!(first);
        assert_eq!(desk.post("/api/v1/users", body).await.status, 200);
    }
    let logins = async |query: &str| -> Vec<String> {
        let url = reqwest::Url::parse_with_params(
            &format!("{}/api/v1/users", desk.org.url()),
            [query.split_once('=').unwrap()],
        )
        .unwrap();
        let told = desk.get(url.as_str()).await;
        assert_eq!(told.status, 200, "{}", told.text);
        told.body
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["profile"]["login"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(logins(r#"search=profile.login eq "WEI@example.com""#).await, ["wei@example.com"]);
    assert_eq!(
        logins(r#"search=profile.firstName sw "дми" and status eq "ACTIVE""#).await,
        ["dmitri@example.com"]
    );
    assert_eq!(logins(r#"search=profile.login co "mm""#).await, ["mohammed@example.com"]);
    assert_eq!(logins(r#"search=created gt "2020-01-01T00:00:00.000Z""#).await.len(), 3);
    assert_eq!(logins(r#"filter=profile.login eq "wei@example.com""#).await, ["wei@example.com"]);
    assert_eq!(
        logins(r#"filter=profile.login eq "WEI@example.com""#).await,
        Vec::<String>::new(),
        "filter minds case"
    );
    assert_eq!(logins("q=Дми").await, ["dmitri@example.com"]);
    for (query, code) in [
        (r#"search=profile.login ne "x""#, "E0000031"),
        (r#"search=credentials.provider.type eq "IMPORT""#, "E0000031"),
        (r#"search=profile.city co "x""#, "E0000031"),
        (r#"filter=profile.login sw "x""#, "E0000053"),
        ("search=profile.login eq", "E0000031"),
    ] {
        let url = reqwest::Url::parse_with_params(
            &format!("{}/api/v1/users", desk.org.url()),
            [query.split_once('=').unwrap()],
        )
        .unwrap();
        let told = desk.get(url.as_str()).await;
        assert_eq!((told.status, told.code()), (400, code), "{query}");
    }
    assert_eq!(desk.get("/api/v1/users?search=id%20pr&filter=x").await.code(), "E0000033");
}

#[tokio::test]
async fn sorted_searches_page_too() {
    let desk = Desk::open().await;
    for login in ["b@example.com", "d@example.com", "a@example.com", "c@example.com"] {
        made(&desk, login, &sha256()).await;
    }
    let mut found = Vec::new();
    let mut next = Some(
        "/api/v1/users?search=profile.login%20pr&sortBy=profile.login&sortOrder=desc&limit=3".to_owned(),
    );
    while let Some(url) = next {
        let told = desk.get(&url).await;
        found.extend(
            told.body
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["profile"]["login"].as_str().unwrap().chars().next().unwrap()),
        );
        next = told.link("next");
    }
    assert_eq!(found, ['d', 'c', 'b', 'a']);
}

#[tokio::test]
async fn post_changes_what_it_names_and_put_drops_what_it_does_not() {
    let desk = Desk::open().await;
    let mut body = person("ann@example.com", &sha256());
    body["profile"]["title"] = json!("Clerk");
    body["profile"]["city"] = json!("Brno");
    let id = desk.post("/api/v1/users", body).await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{id}");
    let told = desk.post(&path, json!({ "profile": { "title": "Head", "city": null } })).await;
    assert_eq!((told.status, &told.body["profile"]["title"]), (200, &json!("Head")));
    assert!(told.body["profile"].get("city").is_none());
    assert_eq!(told.body["profile"]["firstName"], "Tomáš");
    let told = desk.put(&path, json!({ "profile": profile("ann.b@example.com") })).await;
    assert!(told.body["profile"].get("title").is_none());
    assert_eq!(desk.get("/api/v1/users/ann@example.com").await.status, 404, "the old login is free");
    assert_eq!(desk.get("/api/v1/users/ann.b@example.com").await.status, 200);
    let told = desk.put(&path, json!({ "profile": { "login": "ann.b@example.com" } })).await;
    assert_eq!(told.causes().len(), 3, "{}", told.text);
    made(&desk, "bob@example.com", &sha256()).await;
    let told = desk.post(&path, json!({ "profile": { "login": "BOB@example.com" } })).await;
    assert_eq!(told.body["errorSummary"], "Api validation failed: login");
}

#[tokio::test]
async fn a_stale_etag_is_refused() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let url = format!("{}/api/v1/users/{id}", desk.org.url());
    let etag = desk.get(&url).await.headers["etag"].clone();
    desk.post(&url, json!({ "profile": { "title": "Head" } })).await;
    let request =
        desk.client.post(&url).header("Authorization", authorization(&desk)).header("If-Match", etag);
    let told = take(request.body(r#"{"profile":{"title":"Clerk"}}"#).send().await.unwrap()).await.unwrap();
    assert_eq!((told.status, told.code()), (412, "E0000231"));
}

#[tokio::test]
async fn a_hash_can_be_set_only_while_staged_a_hook_always() {
    let desk = Desk::open().await;
    let told = desk.post("/api/v1/users?activate=false", person("ann@example.com", &json!({}))).await;
    let path = format!("/api/v1/users/{}", told.body["id"].as_str().unwrap());
    let set = |password: serde_json::Value| json!({ "credentials": { "password": password } });
    assert_eq!(desk.post(&path, set(sha256())).await.status, 200);
    assert_eq!(desk.step(&format!("{path}/lifecycle/activate?sendEmail=false")).await.status, 200);
    assert_eq!(desk.post(&path, set(sha256())).await.code(), "E0000014");
    assert_eq!(desk.authn("ann@example.com", "test password").await.status, 200);
    let told = desk.post(&path, set(json!({ "hook": { "type": "default" } }))).await;
    assert_eq!(told.body["credentials"]["provider"]["type"], "IMPORT", "asked again at the next sign-in");
}

#[tokio::test]
async fn the_life_cycle_allows_what_okta_allows() {
    let desk = Desk::open().await;
    let told = desk.post("/api/v1/users?activate=false", person("ann@example.com", &json!({}))).await;
    let path = format!("/api/v1/users/{}", told.body["id"].as_str().unwrap());
    let step = async |name: &str| desk.step(&format!("{path}/lifecycle/{name}")).await;
    let status = async || desk.get(&path).await.body["status"].as_str().unwrap().to_owned();
    assert_eq!(step("suspend").await.code(), "E0000038");
    assert_eq!(step("reset_password?sendEmail=false").await.code(), "E0000038");
    let told = step("activate?sendEmail=false").await;
    assert!(told.body["activationUrl"].as_str().unwrap().contains("/welcome/"));
    assert_eq!(status().await, "PROVISIONED");
    assert_eq!(step("reactivate?sendEmail=false").await.status, 200);
    assert_eq!(step("activate").await.code(), "E0000038");
    desk.post(&path, json!({ "credentials": { "password": { "value": "Correct4Horse" } } })).await;
    assert_eq!(status().await, "ACTIVE");
    assert_eq!(step("activate").await.code(), "E0000016");
    assert_eq!(step("suspend").await.status, 200);
    assert_eq!(desk.authn("ann@example.com", "Correct4Horse").await.status, 401);
    assert_eq!(step("unsuspend").await.status, 200);
    assert_eq!(step("unlock").await.code(), "E0000038");
    assert_eq!(step("expire_password").await.body["status"], "PASSWORD_EXPIRED");
    let told = step("expire_password_with_temp_password").await;
    let temporary = told.body["tempPassword"].as_str().unwrap().to_owned();
    assert_eq!(desk.authn("ann@example.com", &temporary).await.body["status"], "PASSWORD_EXPIRED");
    assert_eq!(step("reset_password?sendEmail=true").await.body, json!({}));
    assert_eq!(status().await, "RECOVERY");
    let told = step("reset_password?sendEmail=true").await;
    assert_eq!((told.status, told.code()), (429, "E0000118"), "no second mail within five seconds");
    assert!(step("reset_password?sendEmail=false").await.body["resetPasswordUrl"].is_string());
    assert_eq!(step("no_such_step").await.code(), "E0000008");
    assert_eq!(step("deactivate").await.body, json!({}));
    assert_eq!(desk.post(&path, json!({ "profile": { "title": "x" } })).await.code(), "E0000038");
    assert_eq!(status().await, "DEPROVISIONED");
}

#[tokio::test]
async fn delete_takes_two_steps_and_frees_the_login() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let path = format!("/api/v1/users/{id}");
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.get(&path).await.body["status"], "DEPROVISIONED");
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.get(&path).await.status, 404);
    assert_eq!(desk.delete(&path).await.code(), "E0000007");
    let again = made(&desk, "ann@example.com", &sha256()).await;
    assert_ne!(again, id);
}

#[tokio::test]
async fn the_token_is_asked_for_with_and_without_the_space() {
    let desk = Desk::open().await;
    let token = desk.org.token().expose_secret().to_owned();
    let ask = async |authorization: Option<String>| {
        let mut request = client().get(format!("{}/api/v1/users/me", desk.org.url()));
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        take(request.send().await.unwrap()).await.unwrap()
    };
    assert_eq!(ask(Some(format!("SSWS {token}"))).await.status, 200);
    assert_eq!(ask(Some(format!("SSWS{token}"))).await.status, 200);
    for bad in [
        None,
        Some(format!("Bearer {token}")),
        Some("SSWS 00wrong".to_owned()),
        Some("SSWS".to_owned()),
        Some(token.clone()),
    ] {
        let told = ask(bad).await;
        assert_eq!((told.status, told.code()), (401, "E0000011"));
        assert_eq!(told.body["errorSummary"], "Invalid token provided");
    }
    assert_eq!(desk.delete("/api/v1/api-tokens/current").await.status, 204);
    assert_eq!(desk.get("/api/v1/users/me").await.code(), "E0000011", "a revoked token is dead");
}

#[tokio::test]
async fn the_org_says_who_it_is() {
    let desk = Desk::open().await;
    let told = desk.get("/.well-known/okta-organization").await;
    assert!(told.body["id"].as_str().unwrap().starts_with("00o"));
    assert_eq!(told.body["pipeline"], "idx");
    assert_eq!(desk.get("/api/v1/org").await.body["id"], told.body["id"]);
    let me = desk.get("/api/v1/users/me").await;
    assert_eq!(me.body["status"], "ACTIVE");
    assert_eq!(desk.get("/api/v1/api-tokens").await.body[0]["userId"], me.body["id"]);
    assert_eq!(desk.get("/api/v1/users").await.body, json!([]), "the administrator is not among the people");
    let types = desk.get("/api/v1/meta/types/user").await;
    let schema = types.body[0]["_links"]["schema"]["href"].as_str().unwrap().to_owned();
    let schema = desk.get(&schema).await;
    let base = &schema.body["definitions"]["base"];
    assert_eq!(base["properties"].as_object().unwrap().len(), 31);
    assert_eq!(base["required"], json!(["login", "firstName", "lastName", "email"]));
    assert_eq!(base["properties"]["firstName"]["maxLength"], 50);
}

#[tokio::test]
async fn custom_attributes_can_be_added_unique_and_removed() {
    let desk = Desk::open().await;
    let path = "/api/v1/meta/schemas/user/default";
    let add = json!({ "definitions": { "custom": { "id": "#custom", "type": "object", "properties": {
        "legacyId": { "title": "Legacy id", "type": "string", "maxLength": 8, "unique": true } }, "required": [] } } });
    let told = desk.post(path, add).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert_eq!(told.body["definitions"]["custom"]["properties"]["legacyId"]["unique"], "UNIQUE_VALIDATED");
    let with = |login: &str, id: &str| {
        let mut body = person(login, &sha256());
        body["profile"]["legacyId"] = json!(id);
        body
    };
    assert_eq!(desk.post("/api/v1/users", with("a@example.com", "7")).await.body["profile"]["legacyId"], "7");
    assert_eq!(
        desk.post("/api/v1/users", with("b@example.com", "7")).await.body["errorSummary"],
        "Api validation failed: legacyId"
    );
    assert_eq!(
        desk.post("/api/v1/users", with("b@example.com", "123456789")).await.causes(),
        ["legacyId: The field is too long"]
    );
    let told =
        desk.post(path, json!({ "definitions": { "custom": { "properties": { "legacyId": null } } } })).await;
    assert_eq!(told.body["definitions"]["custom"]["properties"], json!({}));
    assert!(desk.get("/api/v1/users/a@example.com").await.body["profile"].get("legacyId").is_none());
}

#[tokio::test]
async fn unknown_paths_methods_and_missing_lengths() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/api/v1/nothing").await.code(), "E0000008");
    let told = desk.send(Method::PATCH, "/api/v1/users", Some(json!({}))).await;
    assert_eq!((told.status, told.code()), (405, "E0000022"));
    assert_eq!(desk.get("/api/v1/authorizationServers").await.code(), "E0000015");
    assert_eq!(desk.get("/api/v1/apps?limit=1").await.body, json!([]));
}

/// An empty POST without `Content-Length` is 411: sent by hand, because clients add the header.
#[tokio::test]
async fn an_empty_post_must_tell_its_length() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", desk.org.port())).await.unwrap();
    let request = format!(
        "POST /api/v1/users/{id}/lifecycle/suspend HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        authorization(&desk)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
    assert_eq!(desk.get(&format!("/api/v1/users/{id}")).await.body["status"], "ACTIVE");
}
