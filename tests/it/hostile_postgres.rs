//! A PostgreSQL that lies: lengths that can't be, answers without an end, silence, orders to a terminal. It speaks just enough of the
//! protocol (version 3.0) and knows nothing of who asks. Whatever it does, the program says what is wrong, and stays.

use std::time::{Duration, Instant};

use causeway::model::{Explain as _, Selection, TableName};
use causeway::source::{self, Source, SourceError, SourceSpec};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What the server does once somebody is signed in and asks the first question.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lie {
    /// A message whose length is this.
    Length(u32),
    /// A row whose one cell has this length.
    Cell(i32),
    /// A row that says it has cells, and ends.
    CutRow,
    /// A row with fewer cells than columns.
    FewCells,
    /// A description of columns that ends in the middle of a name.
    CutNames,
    /// A message of no known kind.
    UnknownKind,
    /// Rows without an end.
    EndlessRows,
    /// Notices without an end.
    EndlessNotices,
    /// One message that never ends, of the greatest length there is.
    EndlessMessage,
    /// An error with an order to a terminal and a name that goes on and on.
    LoudError,
    /// Nothing at all.
    Silence,
    /// An end in the middle of a message.
    Gone,
    /// The lie comes before anybody is signed in.
    AtOnce(u32),
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The description of so many columns of text.
fn columns(many: u16) -> Vec<u8> {
    let mut body = many.to_be_bytes().to_vec();
    for at in 0..many {
        body.extend_from_slice(format!("c{at}\0").as_bytes());
        body.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
        body.extend_from_slice(&25_u32.to_be_bytes());
        body.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
    }
    message(b'T', &body)
}

fn row(cells: &[&[u8]]) -> Vec<u8> {
    let mut body = u16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
    for cell in cells {
        body.extend_from_slice(&i32::try_from(cell.len()).unwrap().to_be_bytes());
        body.extend_from_slice(cell);
    }
    message(b'D', &body)
}

/// Begins to serve, on a port of its own.
async fn serve(lie: Lie) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = talk(stream, lie).await;
            });
        }
    });
    port
}

async fn talk(mut stream: TcpStream, lie: Lie) -> std::io::Result<()> {
    let mut start = vec![0; 4];
    stream.read_exact(&mut start).await?;
    let length = u32::from_be_bytes(start.try_into().unwrap_or_default());
    stream.read_exact(&mut vec![0; usize::try_from(length).unwrap_or(8) - 4]).await?;
    if let Lie::AtOnce(length) = lie {
        stream.write_all(b"R").await?;
        stream.write_all(&length.to_be_bytes()).await?;
        return stream.write_all(&[0; 8]).await;
    }
    stream.write_all(&message(b'R', &[0, 0, 0, 0])).await?;
    stream.write_all(&message(b'K', &[0, 0, 0, 1, 0, 0, 0, 2])).await?;
    stream.write_all(&message(b'Z', b"I")).await?;
    // The first question, whatever it is.
    let mut header = [0; 5];
    stream.read_exact(&mut header).await?;
    let length = u32::from_be_bytes([header[1], header[2], header[3], header[4]]);
    stream.read_exact(&mut vec![0; usize::try_from(length).unwrap() - 4]).await?;
    match lie {
        Lie::Length(length) => {
            stream.write_all(b"D").await?;
            stream.write_all(&length.to_be_bytes()).await?;
            stream.write_all(&[0; 64]).await?;
        }
        Lie::Cell(length) => {
            stream.write_all(&columns(1)).await?;
            let mut body = 1_u16.to_be_bytes().to_vec();
            body.extend_from_slice(&length.to_be_bytes());
            body.extend_from_slice(b"x");
            stream.write_all(&message(b'D', &body)).await?;
            end(&mut stream).await?;
        }
        Lie::CutRow => {
            stream.write_all(&columns(2)).await?;
            stream.write_all(&message(b'D', &[0, 2, 0, 0])).await?;
            end(&mut stream).await?;
        }
        Lie::FewCells => {
            stream.write_all(&columns(4)).await?;
            stream.write_all(&row(&[b"15.1"])).await?;
            end(&mut stream).await?;
        }
        Lie::CutNames => stream.write_all(&message(b'T', b"\0\x02name-without-an-end")).await?,
        Lie::UnknownKind => stream.write_all(&message(b'~', b"what")).await?,
        Lie::EndlessRows => {
            stream.write_all(&columns(4)).await?;
            let mut many = Vec::new();
            for _ in 0..256 {
                many.extend_from_slice(&row(&[&[b'a'; 500], b"\0\x1b[31m", b"b", b"c"]));
            }
            loop {
                stream.write_all(&many).await?;
            }
        }
        Lie::EndlessNotices => {
            let notice = message(b'N', b"SNOTICE\0MAgain\0\0").repeat(256);
            loop {
                stream.write_all(&notice).await?;
            }
        }
        Lie::EndlessMessage => {
            stream.write_all(b"D\x7f\xff\xff\xff").await?;
            let part = vec![1; 1 << 20];
            loop {
                stream.write_all(&part).await?;
            }
        }
        Lie::LoudError => {
            let name =
                format!("SERROR\0C42P01\0Mno \x1b[31m\x1b]0;owned\x07 table {}\0\0", "z".repeat(1 << 20));
            stream.write_all(&message(b'E', name.as_bytes())).await?;
            stream.write_all(&message(b'Z', b"I")).await?;
        }
        Lie::Silence => std::future::pending().await,
        Lie::Gone => stream.write_all(b"D\0\0\x10\0abc").await?,
        Lie::AtOnce(_) => {}
    }
    // What is in the socket is read before it closes.
    stream.shutdown().await?;
    let _ = stream.read(&mut [0; 64]).await;
    Ok(())
}

async fn end(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(&message(b'C', b"SELECT 1\0")).await?;
    stream.write_all(&message(b'Z', b"I")).await
}

async fn open(lie: Lie) -> Arc<dyn Source> {
    let port = serve(lie).await;
    let (spec, _) =
        SourceSpec::parse_url(&format!("postgres://eve@127.0.0.1:{port}/x?sslmode=disable")).unwrap();
    source::open(&spec, None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_is_more_than_a_failed_question() {
    let lies = [
        Lie::Length(0),
        Lie::Length(1),
        Lie::Length(3),
        Lie::Length(u32::MAX),
        Lie::Cell(i32::MAX),
        Lie::Cell(2),
        Lie::Cell(-7),
        Lie::CutRow,
        Lie::FewCells,
        Lie::CutNames,
        Lie::UnknownKind,
        Lie::LoudError,
        Lie::Gone,
        Lie::AtOnce(0),
        Lie::AtOnce(3),
        Lie::AtOnce(u32::MAX),
    ];
    for lie in lies {
        let source = open(lie).await;
        let asked = tokio::time::timeout(Duration::from_mins(1), source.probe()).await;
        let asked = asked.unwrap_or_else(|_| panic!("{lie:?}: no end"));
        let Err(error) = asked else {
            // A negative length is an empty cell: only a poorer server.
            assert!(matches!(lie, Lie::Cell(_)), "{lie:?}: {asked:?}");
            continue;
        };
        let words = format!("{error} {} {}", error.advice(), error.technical().unwrap_or_default());
        assert!(words.len() < 10_000, "{lie:?}: {} characters", words.len());
        assert!(!error.to_string().is_empty() && !error.advice().is_empty(), "{lie:?}");
    }
    // The same in a reading.
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    for lie in [Lie::Length(0), Lie::Cell(i32::MAX), Lie::FewCells, Lie::CutRow] {
        let source = open(lie).await;
        let (sender, mut receiver) = mpsc::channel(2);
        let read = source.read(&selection, sender, CancellationToken::new()).await;
        assert!(read.is_err(), "{lie:?}: {read:?}");
        assert!(receiver.recv().await.is_none());
    }
}

/// More of them than there are threads for drivers, and each gives its thread back.
#[tokio::test(flavor = "multi_thread")]
async fn notices_without_an_end_are_cut_off_with_the_reason_and_others_are_asked_on() {
    let sources = futures_util::future::join_all((0..6).map(|_| open(Lie::EndlessNotices))).await;
    let asked = futures_util::future::join_all(sources.iter().map(|source| source.probe()));
    let asked = tokio::time::timeout(Duration::from_secs(100), asked).await.expect("an end");
    for error in asked.into_iter().map(Result::unwrap_err) {
        let SourceError::TooMuch { technical } = &error else { panic!("{error:?}") };
        // Memory is watched for the whole process: beside tests that fill it, that bound may come first.
        let memory = technical.ends_with("of memory for one answer");
        assert!(memory || technical == "notices without an end", "{technical}");
    }
    let other = open(Lie::Gone).await;
    let asked = tokio::time::timeout(Duration::from_mins(1), other.probe()).await;
    assert!(asked.expect("a thread is free").is_err());
}

/// Memory the process holds, in bytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_cut_off() {
    for lie in [Lie::EndlessRows, Lie::EndlessMessage] {
        let before = resident();
        let source = open(lie).await;
        let asked = tokio::time::timeout(Duration::from_secs(100), source.probe()).await;
        let error = asked.unwrap_or_else(|_| panic!("{lie:?}: no end")).unwrap_err();
        assert!(matches!(error, SourceError::TooMuch { .. }), "{lie:?}: {error:?}");
        let grown = resident().saturating_sub(before) >> 20;
        assert!(grown < 2048, "{lie:?}: {grown} MiB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_chatter_end_when_nobody_waits_any_more() {
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    for lie in [Lie::Silence, Lie::EndlessNotices] {
        let source = open(lie).await;
        let (sender, _receiver) = mpsc::channel(2);
        let stop = CancellationToken::new();
        let reading = {
            let (source, stop, selection) = (Arc::clone(&source), stop.clone(), selection.clone());
            tokio::spawn(async move { source.read(&selection, sender, stop).await })
        };
        stop.cancel();
        let begun = Instant::now();
        let ended = tokio::time::timeout(Duration::from_mins(1), reading).await;
        let ended = ended.unwrap_or_else(|_| panic!("{lie:?}: no end")).unwrap();
        assert!(
            ended.is_err() || ended.is_ok_and(|summary| summary.stopped),
            "{lie:?} {:?}",
            begun.elapsed()
        );
    }
}
