//! More than can be done, and people who mean ill.

use std::sync::Arc;
use std::time::Duration;

use causeway::model::HookAnswer;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::desk::{Desk, People, config, header};

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_at_once_all_are_answered_and_none_is_let_in_late() {
    // bcrypt at cost 10: half a minute of work for two cores.
    let people = Arc::new(People::at_cost(&[("a@example.com", "right"), ("b@example.com", "other")], 10));
    let desk = Desk::start(config(), people).await;
    let mut calls = desk.hook.calls();
    let answers = join_all((0..500).map(|n| {
        let login = if n % 2 == 0 { "a@example.com" } else { "nobody@example.com" };
        desk.sign_in(login, "right")
    }))
    .await;
    let count = |word: &str| answers.iter().filter(|answer| *answer == word).count();
    assert_eq!(count("VERIFIED") + count("UNVERIFIED") + count("503"), 500, "{answers:?}");
    assert!(count("VERIFIED") >= 1, "some were checked");
    assert!(count("503") > 200, "most were turned away: {}", count("503"));
    for _ in 0..500 {
        let call = calls.recv().await.unwrap();
        if call.answer != HookAnswer::Unavailable {
            assert!(call.took_us < 3_000_000, "{call:?}");
        }
    }
    // A check that was given up on still runs to its end, for nobody.
    tokio::time::timeout(Duration::from_secs(20), async {
        while desk.hook.load().checking > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("every check comes to its end");
    assert_eq!(desk.sign_in("b@example.com", "other").await, "VERIFIED", "the rush is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_cut_off_and_stop_nobody_else() {
    let mut config = config();
    config.limits.header = Duration::from_millis(300);
    config.limits.body = Duration::from_millis(300);
    config.limits.connections = 8;
    let desk = Desk::start(config, Arc::new(People::of(&[("a@example.com", "right")]))).await;
    let mut slow = Vec::new();
    for n in 0..8 {
        let mut stream = TcpStream::connect(desk.hook.address()).await.unwrap();
        let start = match n % 4 {
            // Nothing at all; half a header; a header that never ends; a body that never comes.
            0 => String::new(),
            1 => "POST /pwhook HTTP/1.1\r\nHost: x\r\nX-A".to_owned(),
            2 => "POST /pwhook HTTP/1.1\r\nHost: x\r\nX-A: b\r\n".to_owned(),
            _ => format!(
                "POST /pwhook HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{",
                header()
            ),
        };
        stream.write_all(start.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    // All places are taken; one of those who ask nothing makes room.
    let answer = tokio::time::timeout(Duration::from_secs(20), desk.sign_in("a@example.com", "right")).await;
    assert_eq!(answer.unwrap(), "VERIFIED");
    for (n, mut stream) in slow.into_iter().enumerate() {
        let mut rest = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest))
            .await
            .expect("closed");
        let text = String::from_utf8_lossy(&rest);
        if n % 4 == 3 {
            assert!(text.starts_with("HTTP/1.1 408"), "{text}");
        } else {
            assert!(!text.contains("200 OK"), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_who_holds_every_place_keeps_nobody_out() {
    let mut config = config();
    config.limits.header = Duration::from_mins(10);
    config.limits.connections = 4;
    let desk = Desk::start(config, Arc::new(People::of(&[("a@example.com", "right")]))).await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(desk.hook.address()).await.unwrap();
        stream.write_all(b"POST /pwhook HTTP/1.1\r\n").await.unwrap();
        idle.push(stream);
    }
    for _ in 0..3 {
        let answer = tokio::time::timeout(Duration::from_secs(20), desk.sign_in("a@example.com", "right"));
        assert_eq!(answer.await.expect("long before the idle are cut off"), "VERIFIED");
    }
    let mut rest = Vec::new();
    let first = idle[0].read_to_end(&mut rest);
    let _ = tokio::time::timeout(Duration::from_secs(20), first).await.expect("the longest idle went");
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let desk = Desk::start(config(), Arc::new(People::of(&[("a@example.com", "right")]))).await;
    for header in [format!("X-Long: {}\r\n\r\n", "y".repeat(100_000)), "X-A: b\r\n".repeat(500) + "\r\n"] {
        let mut stream = TcpStream::connect(desk.hook.address()).await.unwrap();
        let text = format!("POST /pwhook HTTP/1.1\r\nHost: x\r\n{header}");
        // The server may hang up before all is written.
        let _ = stream.write_all(text.as_bytes()).await;
        let mut answer = vec![0; 200];
        if let Ok(n) = stream.read(&mut answer).await
            && n > 0
        {
            let answer = String::from_utf8_lossy(&answer[..n]).into_owned();
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
    }
    assert_eq!(desk.sign_in("a@example.com", "right").await, "VERIFIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_it_answers_what_is_under_way() {
    let people = Arc::new(People::at_cost(&[("a@example.com", "right")], 11));
    let Desk { hook, client } = Desk::start(config(), people).await;
    let (url, mut calls) = (hook.url(), hook.calls());
    let asked = super::desk::body("e", "a@example.com", "right").to_string();
    let request = client
        .post(&url)
        .header("Authorization", header())
        .header("Content-Type", "application/json")
        .body(asked);
    let answer = tokio::spawn(request.send());
    while hook.load().checking == 0 && calls.is_empty() {
        tokio::task::yield_now().await;
    }
    hook.stop().await;
    assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    assert_eq!(calls.recv().await.unwrap().answer, HookAnswer::Verified);
    assert!(client.post(&url).send().await.is_err(), "nobody listens any more");
}
