//! A SQL Server that lies: lengths that can't be, answers without an end, silence, orders to a terminal. Whatever it does, the program
//! says what is wrong, and stays.

use std::sync::Arc;
use std::time::Duration;

use causeway::model::{Explain as _, Selection, TableName};
use causeway::source::{self, MssqlSpec, Source, SourceError, SourceSpec, TlsMode};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::tds::{Lie, PASSWORD, READER, Settings, SqlServer};

fn server(lie: Lie) -> SqlServer {
    let server = SqlServer::start(Settings { lie: Some(lie), ..Settings::default() });
    server.database("people", &[("dbo", "CREATE TABLE people (id int)")]);
    server
}

fn open(server: &SqlServer) -> Arc<dyn Source> {
    let spec = SourceSpec::Mssql(MssqlSpec {
        host: "127.0.0.1".into(),
        port: server.port,
        database: "people".into(),
        user: READER.into(),
        tls: TlsMode::Off,
        ..MssqlSpec::default()
    });
    source::open(&spec, Some(PASSWORD.into())).unwrap()
}

fn text(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// COLMETADATA of one column, of this type.
fn column(kind: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x81, 1, 0, 0, 0, 0, 0, 9, 0];
    bytes.extend_from_slice(kind);
    bytes.push(1);
    bytes.extend_from_slice(&text("c"));
    bytes
}

/// `nvarchar(max)`, or `nvarchar` of so many bytes.
fn nvarchar(length: u16) -> Vec<u8> {
    [&[0xe7], &length.to_le_bytes()[..], &[9, 4, 0xd0, 0, 0x34]].concat()
}

/// An INFO or ERROR token.
fn message(kind: u8, number: u32, class: u8, words: &str) -> Vec<u8> {
    let mut body = number.to_le_bytes().to_vec();
    body.extend_from_slice(&[1, class]);
    body.extend_from_slice(&u16::try_from(words.encode_utf16().count()).unwrap().to_le_bytes());
    body.extend_from_slice(&text(words));
    body.extend_from_slice(&[0, 0, 1, 0, 0, 0]);
    [&[kind], &u16::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

fn lies() -> Vec<(&'static str, Lie)> {
    let loud = format!("no \u{1b}[31m\u{1b}]0;owned\u{7} table {}", "z".repeat(20_000));
    vec![
        ("a packet shorter than its header", Lie::Bytes(vec![4, 1, 0, 3, 0, 0, 0, 0])),
        ("a packet that ends in its middle", Lie::Bytes(vec![4, 1, 0x10, 0, 0, 0, 1, 0, 0x81])),
        ("no packet", Lie::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())),
        ("a token of no known kind", Lie::Tokens(vec![0x07, 1, 2, 3])),
        ("columns of no known type", Lie::Tokens(column(&[0x99, 4]))),
        (
            "names that end in their middle",
            Lie::Tokens(vec![0x81, 1, 0, 0, 0, 0, 0, 9, 0, 0x26, 4, 200, 65, 0]),
        ),
        ("more columns than there are", Lie::Tokens(vec![0x81, 0xfe, 0xff, 0, 0])),
        ("a number of nine bytes", Lie::Tokens([column(&[0x26, 4]), vec![0xd1, 9, 1, 2, 3]].concat())),
        ("a row that ends in its middle", Lie::Tokens([column(&[0x26, 8]), vec![0xd1, 8, 1, 2]].concat())),
        (
            "a text longer than the answer",
            Lie::Tokens([column(&nvarchar(100)), vec![0xd1, 0xfe, 0xff, 65, 0]].concat()),
        ),
        (
            "a text of an odd length",
            Lie::Tokens([column(&nvarchar(100)), vec![0xd1, 3, 0, 65, 0, 65]].concat()),
        ),
        (
            "chunks of no end",
            Lie::Tokens(
                [
                    column(&nvarchar(0xffff)),
                    vec![0xd1],
                    vec![0xff; 7],
                    vec![0x7f],
                    vec![0xff, 0xff, 0xff, 0x7f],
                ]
                .concat(),
            ),
        ),
        ("a row before its columns", Lie::Tokens(vec![0xd1, 4, 1, 0, 0, 0])),
        ("a date of no calendar", Lie::Tokens([column(&[0x28]), vec![0xd1, 3, 0xff, 0xff, 0xff]].concat())),
        ("a moment of two bytes", Lie::Tokens([column(&[0x2a, 7]), vec![0xd1, 2, 1, 1]].concat())),
        (
            "a decimal of no precision",
            Lie::Tokens([column(&[0x6a, 17, 0, 200]), vec![0xd1, 200, 1]].concat()),
        ),
        ("orders to a terminal", Lie::Tokens([message(0xaa, 208, 16, &loud), vec![0xfd; 13]].concat())),
        ("an end at once", Lie::Tokens(Vec::new())),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_is_more_than_a_failed_question() {
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    for (what, lie) in lies() {
        let server = server(lie);
        let source = open(&server);
        let asked = tokio::time::timeout(Duration::from_mins(1), source.probe()).await;
        let error = asked.unwrap_or_else(|_| panic!("{what}: no end")).expect_err(what);
        let words = format!("{error} {} {}", error.advice(), error.technical().unwrap_or_default());
        assert!(words.len() < 10_000, "{what}: {} characters", words.len());
        assert!(!error.to_string().is_empty() && !error.advice().is_empty(), "{what}");
        assert!(!words.contains(PASSWORD), "{what}: {words}");
        // The same in a reading.
        let (sender, mut receiver) = mpsc::channel(2);
        let read = source.read(&selection, sender, CancellationToken::new()).await;
        assert!(read.is_err(), "{what}: {read:?}");
        assert!(receiver.recv().await.is_none(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_cut_off() {
    let row = [vec![0xd1], 500_u16.to_le_bytes().to_vec(), vec![65; 500]].concat();
    let plp = [vec![0xd1, 0xfe], vec![0xff; 7]].concat();
    let chunk = [4000_u32.to_le_bytes().to_vec(), vec![65; 4000]].concat();
    for (what, lie) in [
        ("rows", Lie::Endless(column(&nvarchar(1000)), row.repeat(64))),
        ("one value", Lie::Endless([column(&nvarchar(0xffff)), plp].concat(), chunk.repeat(8))),
    ] {
        let server = server(lie);
        let asked = tokio::time::timeout(Duration::from_secs(100), open(&server).probe()).await;
        let error = asked.unwrap_or_else(|_| panic!("{what}: no end")).unwrap_err();
        let cut = matches!(
            error,
            SourceError::TooMuch { .. } | SourceError::QueryTimedOut { .. } | SourceError::Nonsense { .. }
        );
        assert!(cut, "{what}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_chatter_end_when_nobody_waits_any_more() {
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    let notices = message(0xab, 50_000, 0, "Again").repeat(64);
    for (what, lie) in [("silence", Lie::Silence), ("chatter", Lie::Endless(Vec::new(), notices))] {
        let server = server(lie);
        let source = open(&server);
        let (sender, _receiver) = mpsc::channel(2);
        let stop = CancellationToken::new();
        let reading = {
            let (source, stop, selection) = (Arc::clone(&source), stop.clone(), selection.clone());
            tokio::spawn(async move { source.read(&selection, sender, stop).await })
        };
        stop.cancel();
        let ended = tokio::time::timeout(Duration::from_mins(1), reading).await;
        let ended = ended.unwrap_or_else(|_| panic!("{what}: no end")).unwrap();
        assert!(ended.is_err() || ended.is_ok_and(|summary| summary.stopped), "{what}");
    }
}
