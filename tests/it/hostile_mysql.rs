//! A MySQL that lies: lengths that can't be, answers without an end, silence. It speaks just enough of the protocol (version 10) and
//! knows nothing of who asks. Whatever it does, the program says what is wrong, and stays.

use std::sync::Arc;
use std::time::Duration;

use causeway::model::{Explain as _, Selection, TableName};
use causeway::source::{self, Source, SourceError, SourceSpec};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What the server does once somebody is signed in and asks the first question.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lie {
    /// A packet without anything in it.
    Empty,
    /// A packet that is shorter than it says.
    Short,
    /// More columns than there can be.
    Columns,
    /// A description of a column that ends in the middle of a name.
    CutName,
    /// A column of a type that nobody knows.
    UnknownType,
    /// A row whose one cell is longer than the row.
    LongCell,
    /// A row with fewer cells than columns.
    FewCells,
    /// Rows without an end.
    EndlessRows,
    /// One packet after another of the greatest length there is, which together are one.
    EndlessPacket,
    /// Answers without an end, each of them a whole one.
    EndlessResults,
    /// An error with an order to a terminal and a name that goes on and on.
    LoudError,
    /// A request for a file of the client's.
    WantsFile,
    /// An end in the middle of a packet.
    Gone,
    /// Nothing at all.
    Silence,
    /// The lie comes before anybody is signed in: a greeting that is cut.
    CutGreeting,
    /// A way to sign in that nobody knows.
    UnknownPlugin,
    /// A public key that is none, to encrypt a password with.
    NoKey,
}

fn packet(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let mut bytes = vec![length[0], length[1], length[2], number];
    bytes.extend_from_slice(body);
    bytes
}

fn greeting(plugin: &str) -> Vec<u8> {
    let mut body = vec![10];
    body.extend_from_slice(b"8.0.36\0");
    body.extend_from_slice(&[1, 0, 0, 0]);
    body.extend_from_slice(b"12345678\0");
    // Protocol 4.1, secure connections, a named plugin, no TLS, no end-of-file packets.
    body.extend_from_slice(&0xa208_u16.to_le_bytes());
    body.push(45);
    body.extend_from_slice(&[2, 0]);
    body.extend_from_slice(&0x0118_u16.to_le_bytes());
    body.push(21);
    body.extend_from_slice(&[0; 10]);
    body.extend_from_slice(b"123456789012\0");
    body.extend_from_slice(plugin.as_bytes());
    body.push(0);
    packet(0, &body)
}

const OK: [u8; 7] = [0, 0, 0, 2, 0, 0, 0];

fn column(kind: u8) -> Vec<u8> {
    let mut body = Vec::new();
    for part in ["def", "", "", "", "version", "version"] {
        body.push(u8::try_from(part.len()).unwrap());
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(&[0x0c, 45, 0, 255, 0, 0, 0, kind, 0, 0, 0, 0, 0]);
    body
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

async fn hear(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let length = u32::from_le_bytes([header[0], header[1], header[2], 0]);
    let mut body = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

async fn talk(mut stream: TcpStream, lie: Lie) -> std::io::Result<()> {
    match lie {
        Lie::CutGreeting => {
            let whole = greeting("mysql_native_password");
            stream.write_all(&packet(0, &whole[4..20])).await?;
            return stream.shutdown().await;
        }
        Lie::UnknownPlugin => stream.write_all(&greeting("dialog_of_the_moon")).await?,
        Lie::NoKey => {
            stream.write_all(&greeting("caching_sha2_password")).await?;
            hear(&mut stream).await?;
            stream.write_all(&packet(2, &[1, 4])).await?;
            hear(&mut stream).await?;
            stream.write_all(&packet(4, b"\x01-----BEGIN PUBLIC KEY-----\nnone\n")).await?;
            let _ = hear(&mut stream).await;
            return Ok(());
        }
        _ => stream.write_all(&greeting("mysql_native_password")).await?,
    }
    hear(&mut stream).await?;
    stream.write_all(&packet(2, &OK)).await?;
    // What is set, is set; the first question is the one for the version.
    loop {
        let question = hear(&mut stream).await?;
        if question.windows(9).any(|part| part == b"VERSION()") {
            break;
        }
        stream.write_all(&packet(1, &OK)).await?;
    }
    let row = |cells: &[&[u8]]| -> Vec<u8> {
        cells
            .iter()
            .flat_map(|cell| std::iter::once(u8::try_from(cell.len()).unwrap()).chain(cell.iter().copied()))
            .collect()
    };
    match lie {
        Lie::Empty => stream.write_all(&packet(1, &[])).await?,
        Lie::Short => stream.write_all(&[200, 0, 0, 1, 3]).await?,
        Lie::Columns => stream.write_all(&packet(1, &[0xfe, 255, 255, 255, 255, 255, 255, 255, 127])).await?,
        Lie::CutName => {
            stream.write_all(&packet(1, &[1])).await?;
            stream.write_all(&packet(2, b"\x03def\x00\x00\x00\xf0name")).await?;
        }
        Lie::UnknownType => {
            stream.write_all(&packet(1, &[1])).await?;
            stream.write_all(&packet(2, &column(0x42))).await?;
        }
        Lie::LongCell | Lie::FewCells => {
            let many = if lie == Lie::FewCells { 3 } else { 1 };
            stream.write_all(&packet(1, &[many])).await?;
            for at in 0..many {
                stream.write_all(&packet(2 + at, &column(0xfd))).await?;
            }
            let cells = if lie == Lie::FewCells { row(&[b"8.0"]) } else { vec![0xfd, 255, 255, 255, b'x'] };
            stream.write_all(&packet(6, &cells)).await?;
        }
        Lie::EndlessRows => {
            stream.write_all(&packet(1, &[1])).await?;
            stream.write_all(&packet(2, &column(0xfd))).await?;
            let many = packet(3, &row(&[&[b'a'; 200]])).repeat(256);
            loop {
                stream.write_all(&many).await?;
            }
        }
        Lie::EndlessPacket => {
            let part = vec![1; 1 << 20];
            loop {
                stream.write_all(&[255, 255, 255, 1]).await?;
                for _ in 0..15 {
                    stream.write_all(&part).await?;
                }
                stream.write_all(&part[..(1 << 20) - 1]).await?;
            }
        }
        Lie::EndlessResults => {
            // Each says that another follows.
            let many = packet(1, &[0, 0, 0, 10, 0, 0, 0]).repeat(256);
            loop {
                stream.write_all(&many).await?;
            }
        }
        Lie::LoudError => {
            let mut body = vec![0xff, 0x7a, 4];
            body.extend_from_slice(b"#42S02Table '\x1b[31m\x1b]0;owned\x07");
            body.extend_from_slice("z".repeat(1 << 20).as_bytes());
            stream.write_all(&packet(1, &body)).await?;
        }
        Lie::WantsFile => {
            stream.write_all(&packet(1, b"\xfb/etc/passwd")).await?;
            // Nothing of a file comes back.
            let answer = tokio::time::timeout(Duration::from_secs(5), hear(&mut stream)).await;
            if let Ok(Ok(answer)) = answer {
                assert!(!answer.windows(5).any(|part| part == b"root:"));
            }
        }
        Lie::Gone => stream.write_all(&[16, 0, 0, 1, 1, 2]).await?,
        Lie::Silence => std::future::pending().await,
        Lie::CutGreeting | Lie::UnknownPlugin | Lie::NoKey => {}
    }
    // What is in the socket is read before it closes.
    stream.shutdown().await?;
    let _ = stream.read(&mut [0; 64]).await;
    Ok(())
}

async fn open(lie: Lie) -> Arc<dyn Source> {
    let port = serve(lie).await;
    let url = format!("mysql://eve@127.0.0.1:{port}/x?ssl-mode=disabled");
    let (spec, _) = SourceSpec::parse_url(&url).unwrap();
    source::open(&spec, Some("pass".into())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_is_more_than_a_failed_question() {
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    for lie in [
        Lie::Empty,
        Lie::Short,
        Lie::Columns,
        Lie::CutName,
        Lie::UnknownType,
        Lie::LongCell,
        Lie::FewCells,
        Lie::LoudError,
        Lie::WantsFile,
        Lie::Gone,
        Lie::CutGreeting,
        Lie::UnknownPlugin,
        Lie::NoKey,
    ] {
        let source = open(lie).await;
        let asked = tokio::time::timeout(Duration::from_mins(1), source.probe()).await;
        let error = asked.unwrap_or_else(|_| panic!("{lie:?}: no end")).unwrap_err();
        let words = format!("{error} {} {}", error.advice(), error.technical().unwrap_or_default());
        assert!(words.len() < 10_000, "{lie:?}: {} characters", words.len());
        assert!(!error.to_string().is_empty() && !error.advice().is_empty(), "{lie:?}");
        // The same in a reading: nothing half-read is taken for whole.
        let (sender, mut receiver) = mpsc::channel(2);
        let read = source.read(&selection, sender, CancellationToken::new()).await;
        assert!(read.is_err(), "{lie:?}: {read:?}");
        assert!(receiver.recv().await.is_none());
    }
    let unknown = open(Lie::UnknownPlugin).await.probe().await.unwrap_err();
    assert!(!unknown.to_string().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_cut_off() {
    for lie in [Lie::EndlessRows, Lie::EndlessPacket] {
        let source = open(lie).await;
        let asked = tokio::time::timeout(Duration::from_secs(100), source.probe()).await;
        let error = asked.unwrap_or_else(|_| panic!("{lie:?}: no end")).unwrap_err();
        assert!(matches!(error, SourceError::TooMuch { .. }), "{lie:?}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_ends_when_nobody_waits_any_more() {
    let selection = Selection::table(TableName { schema: None, name: "people".into() });
    for lie in [Lie::Silence, Lie::EndlessResults] {
        let source = open(lie).await;
        let (sender, _receiver) = mpsc::channel(2);
        let stop = CancellationToken::new();
        let reading = {
            let (source, stop, selection) = (Arc::clone(&source), stop.clone(), selection.clone());
            tokio::spawn(async move { source.read(&selection, sender, stop).await })
        };
        stop.cancel();
        let ended = tokio::time::timeout(Duration::from_mins(1), reading).await;
        let ended = ended.unwrap_or_else(|_| panic!("{lie:?}: no end")).unwrap();
        assert!(ended.is_err() || ended.is_ok_and(|summary| summary.stopped), "{lie:?}");
    }
}
