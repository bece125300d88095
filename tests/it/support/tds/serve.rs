//! A session, from its first packet to its last.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::engine::{Engine, Outcome};
use super::login::{self, Login};
use super::packet::{self, Wrapped};
use super::request::{self, Request};
use super::token::{self, Answer, Fault};
use super::{Encryption, Lie, Seen, Shared, sql};

/// What stands for a transaction under way.
const DESCRIPTOR: [u8; 8] = [1, 0, 0, 0, 0x33, 0, 0, 0];

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let _ = session(stream, &shared).await;
        });
    }
}

async fn session(stream: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let acceptor = shared.tls.clone().map(TlsAcceptor::from);
    if shared.settings.encryption == Encryption::Strict {
        let Some(acceptor) = acceptor else { return Err(gone()) };
        let mut stream = acceptor.accept(stream).await?;
        let (kind, message) = packet::read(&mut stream).await?.ok_or_else(gone)?;
        let wish = login::wish(&message).filter(|_| kind == packet::PRELOGIN).ok_or_else(gone)?;
        let (answer, _) = login::prelogin(Encryption::Strict, wish, shared.settings.version);
        packet::write(&mut stream, packet::RESPONSE, &answer, 4096).await?;
        let login = signing_in(&mut stream).await?;
        return talk(stream, shared, login, true).await;
    }
    let mut stream = stream;
    let (kind, message) = packet::read(&mut stream).await?.ok_or_else(gone)?;
    let wish = login::wish(&message).filter(|_| kind == packet::PRELOGIN).ok_or_else(gone)?;
    let (answer, encrypted) = login::prelogin(shared.settings.encryption, wish, shared.settings.version);
    packet::write(&mut stream, packet::RESPONSE, &answer, 4096).await?;
    let Some(encrypted) = encrypted else {
        let login = signing_in(&mut stream).await?;
        return talk(stream, shared, login, false).await;
    };
    let Some(acceptor) = acceptor else { return Err(gone()) };
    let mut stream = acceptor.accept(Wrapped::new(stream, true)).await?;
    stream.get_mut().0.handshake = false;
    let login = signing_in(&mut stream).await?;
    if encrypted {
        talk(stream, shared, login, true).await
    } else {
        // Only the sign-in is encrypted.
        talk(stream.into_inner().0.inner, shared, login, false).await
    }
}

async fn signing_in(stream: &mut impl Stream) -> io::Result<Login> {
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (kind, message) = packet::read(stream).await?.ok_or_else(gone)?;
    login::login(&message).filter(|_| kind == packet::LOGIN7).ok_or_else(gone)
}

/// Everything after LOGIN7 came in.
async fn talk(
    mut stream: impl Stream + 'static,
    shared: &Arc<Shared>,
    login: Login,
    encrypted: bool,
) -> io::Result<()> {
    let size = (login.packet_size as usize).clamp(512, 32767);
    let settings = &shared.settings;
    shared.seen.lock().unwrap().push(Seen {
        user: login.user.clone(),
        database: login.database.clone(),
        app: login.app.clone(),
        server: login.server.clone(),
        read_only: login.read_only,
        encrypted,
    });
    let mut answer = Answer::default();
    let known = !login.integrated && settings.logins.contains(&(login.user.clone(), login.password.clone()));
    let refused = format!("Login failed for user '{}'.", login.user);
    if !known {
        answer.fault(&Fault::new(18456, 14, refused));
        answer.done(token::DONE, token::ERROR, 0);
        packet::write(&mut stream, packet::RESPONSE, &answer.0, 4096).await?;
        return stream.shutdown().await;
    }
    if let Some((host, port)) = &settings.route {
        answer.welcome(settings.version);
        answer.routed(host, *port);
        answer.done(token::DONE, 0, 0);
        packet::write(&mut stream, packet::RESPONSE, &answer.0, 4096).await?;
        return stream.shutdown().await;
    }
    let database = if login.database.is_empty() { "master" } else { &login.database };
    let Some(mut engine) = Engine::open(shared, database, &login.user).await else {
        let words = format!("Cannot open database \"{database}\" requested by the login. The login failed.");
        answer.fault(&Fault::new(4060, 11, words));
        answer.fault(&Fault::new(18456, 14, refused));
        answer.done(token::DONE, token::ERROR, 0);
        packet::write(&mut stream, packet::RESPONSE, &answer.0, 4096).await?;
        return stream.shutdown().await;
    };
    answer.changed(1, database, "master");
    answer.fault(&Fault::new(5701, 0, format!("Changed database context to '{database}'.")));
    answer.changed_bytes(7, &[0x09, 0x04, 0xd0, 0x00, 0x34], &[]);
    answer.changed(2, "us_english", "");
    answer.fault(&Fault::new(5703, 0, "Changed language setting to us_english."));
    answer.welcome(settings.version);
    answer.changed(4, &size.to_string(), "4096");
    answer.done(token::DONE, 0, 0);
    packet::write(&mut stream, packet::RESPONSE, &answer.0, 4096).await?;

    let (mut reading, mut writing) = tokio::io::split(stream);
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, mut messages) = mpsc::channel(16);
    let heard = Arc::clone(&stop);
    let all = Arc::clone(shared);
    tokio::spawn(async move {
        while let Ok(Some((kind, message))) = packet::read(&mut reading).await {
            if kind == packet::ATTENTION {
                all.attentions.fetch_add(1, Ordering::SeqCst);
                heard.store(true, Ordering::SeqCst);
            }
            if sender.send((kind, message)).await.is_err() {
                break;
            }
        }
    });
    while let Some((kind, message)) = messages.recv().await {
        let asked = match kind {
            packet::SQL_BATCH => request::batch(&message),
            packet::RPC => request::procedure(&message),
            packet::TRANSACTION => {
                let answer = transaction(&mut engine, &message);
                packet::write(&mut writing, packet::RESPONSE, &answer.0, size).await?;
                continue;
            }
            packet::ATTENTION => {
                stop.store(false, Ordering::SeqCst);
                let mut answer = Answer::default();
                answer.done(token::DONE, token::ATTENTION, 0);
                packet::write(&mut writing, packet::RESPONSE, &answer.0, size).await?;
                continue;
            }
            _ => return Ok(()),
        };
        let Some(asked) = asked else {
            let mut answer = Answer::default();
            answer.fault(&Fault::new(2812, 16, "Could not find stored procedure."));
            answer.done(token::DONE_PROC, token::ERROR, 0);
            packet::write(&mut writing, packet::RESPONSE, &answer.0, size).await?;
            continue;
        };
        shared.asked.lock().unwrap().push(asked.sql.clone());
        if let Some(lie) = &shared.settings.lie {
            return tell(&mut writing, lie, size).await;
        }
        let (answer, cut) = answered(&mut engine, shared, &asked).await;
        let packets = packet::packets(packet::RESPONSE, &answer.0, size);
        for packet in &packets {
            if stop.load(Ordering::SeqCst) {
                // An end in mid-answer: the packet that ends the message holds nothing; what acknowledges comes as the attention is met.
                writing.write_all(&packet::packets(packet::RESPONSE, &[], size)[0]).await?;
                break;
            }
            writing.write_all(packet).await?;
        }
        writing.flush().await?;
        if cut {
            return writing.shutdown().await;
        }
    }
    Ok(())
}

/// Tells a lie.
async fn tell(writing: &mut (impl AsyncWrite + Unpin), lie: &Lie, size: usize) -> io::Result<()> {
    match lie {
        Lie::Tokens(tokens) => packet::write(writing, packet::RESPONSE, tokens, size).await?,
        Lie::Bytes(bytes) => writing.write_all(bytes).await?,
        Lie::Endless(first, again) => {
            // Packets that never say that they are the last.
            let open = |tokens: &[u8]| {
                let mut packets = packet::packets(packet::RESPONSE, tokens, size);
                for packet in &mut packets {
                    packet[1] = 0;
                }
                packets.concat()
            };
            writing.write_all(&open(first)).await?;
            let again = open(again);
            loop {
                writing.write_all(&again).await?;
            }
        }
        Lie::Silence => std::future::pending().await,
    }
    writing.flush().await?;
    writing.shutdown().await
}

/// The answer to a question; `true` when the connection is to be cut after it.
async fn answered(engine: &mut Engine, shared: &Shared, asked: &Request) -> (Answer, bool) {
    let mut answer = Answer::default();
    let end = if asked.procedure { token::DONE_IN_PROC } else { token::DONE };
    let statements = sql::split(&asked.sql).unwrap_or_default();
    let mut failed = false;
    let last = statements.len().saturating_sub(1);
    for (at, statement) in statements.iter().enumerate() {
        let more = if at < last || asked.procedure { token::MORE } else { 0 };
        match engine.run(shared, statement, &asked.values).await {
            Ok(Outcome::Nothing) => answer.done(end, more, 0),
            Ok(Outcome::Began) => {
                answer.changed_bytes(8, &DESCRIPTOR, &[]);
                answer.done(end, more, 0);
            }
            Ok(Outcome::Ended(commit)) => {
                answer.changed_bytes(if commit { 9 } else { 10 }, &[], &DESCRIPTOR);
                answer.done(end, more, 0);
            }
            Ok(Outcome::Rows(columns, rows)) => {
                answer.columns(&columns);
                for (at, row) in rows.iter().enumerate() {
                    answer.row(&columns, row);
                    if shared.settings.cut_after == Some(at) {
                        let length = answer.0.len();
                        answer.0.truncate(length - 2);
                        return (answer, true);
                    }
                }
                answer.done(end, more | token::COUNT, rows.len() as u64);
            }
            Err(fault) => {
                answer.fault(&fault);
                failed = true;
                let more = if asked.procedure { token::MORE } else { 0 };
                answer.done(end, token::ERROR | more, 0);
                break;
            }
        }
    }
    if asked.procedure {
        answer.returned();
        answer.done(token::DONE_PROC, if failed { token::ERROR } else { 0 }, 0);
    } else if statements.is_empty() {
        answer.done(token::DONE, 0, 0);
    }
    (answer, false)
}

/// A request of the transaction manager ([MS-TDS] 2.2.6.9).
fn transaction(engine: &mut Engine, message: &[u8]) -> Answer {
    let mut answer = Answer::default();
    let headers = message.get(..4).map_or(0, |b| u32::from_le_bytes(b.try_into().unwrap()) as usize);
    match message.get(headers) {
        Some(5) => {
            engine.transaction(true);
            answer.changed_bytes(8, &DESCRIPTOR, &[]);
        }
        Some(what @ (7 | 8)) => {
            engine.transaction(false);
            answer.changed_bytes(if *what == 7 { 9 } else { 10 }, &[], &DESCRIPTOR);
            // A new one begins at once where the flag says so.
            if message.get(headers + 3) == Some(&1) {
                engine.transaction(true);
                answer.changed_bytes(8, &DESCRIPTOR, &[]);
            }
        }
        _ => {}
    }
    answer.done(token::DONE, 0, 0);
    answer
}
