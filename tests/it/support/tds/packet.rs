//! Packets ([MS-TDS] 2.2.3): a header of eight bytes, and messages cut into them. And TLS, which travels in packets until it stands.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Kinds of packets.
pub(super) const SQL_BATCH: u8 = 1;
pub(super) const RPC: u8 = 3;
pub(super) const RESPONSE: u8 = 4;
pub(super) const ATTENTION: u8 = 6;
pub(super) const TRANSACTION: u8 = 14;
pub(super) const LOGIN7: u8 = 16;
pub(super) const PRELOGIN: u8 = 18;

/// A message: its kind and all its packets' contents. `None`: the client is gone.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut body = Vec::new();
    loop {
        let mut header = [0; 8];
        match stream.read_exact(&mut header).await {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let Some(length) = length.checked_sub(8) else {
            return Err(io::Error::other("a packet shorter than its header"));
        };
        let start = body.len();
        body.resize(start + length, 0);
        stream.read_exact(&mut body[start..]).await?;
        if header[1] & 1 == 1 {
            return Ok(Some((header[0], body)));
        }
    }
}

/// The packets of a message, each of at most so many bytes.
pub(super) fn packets(kind: u8, body: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut parts: Vec<&[u8]> = body.chunks(size - 8).collect();
    if parts.is_empty() {
        parts.push(&[]);
    }
    let last = parts.len() - 1;
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let length = u16::try_from(part.len() + 8).unwrap().to_be_bytes();
            let number = u8::try_from((at + 1) % 256).unwrap();
            let mut packet = vec![kind, u8::from(at == last), length[0], length[1], 0, 51, number, 0];
            packet.extend_from_slice(part);
            packet
        })
        .collect()
}

/// Sends a message.
pub(super) async fn write(
    stream: &mut (impl AsyncWrite + Unpin),
    kind: u8,
    body: &[u8],
    size: usize,
) -> io::Result<()> {
    for packet in packets(kind, body, size) {
        stream.write_all(&packet).await?;
    }
    stream.flush().await
}

/// How the server encrypts: TLS 1.2 within TDS 7.4, as the real one; TLS first may be 1.3.
pub(super) fn tls(
    strict: bool,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions: &[&rustls::SupportedProtocolVersion] =
        if strict { &[&rustls::version::TLS13, &rustls::version::TLS12] } else { &[&rustls::version::TLS12] };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    if strict {
        config.alpn_protocols = vec![b"tds/8.0".to_vec()];
    }
    config
}

/// A stream whose bytes travel in PRELOGIN packets until it is told that the handshake is over.
#[derive(Debug)]
pub(super) struct Wrapped<S> {
    pub(super) inner: S,
    pub(super) handshake: bool,
    header: [u8; 8],
    header_read: usize,
    left: usize,
    out: Vec<u8>,
    sent: usize,
}

impl<S> Wrapped<S> {
    pub(super) fn new(inner: S, handshake: bool) -> Self {
        Self { inner, handshake, header: [0; 8], header_read: 0, left: 0, out: Vec::new(), sent: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wrapped<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.handshake {
            return Pin::new(&mut this.inner).poll_read(context, into);
        }
        while this.left == 0 {
            while this.header_read < 8 {
                let mut buffer = ReadBuf::new(&mut this.header[this.header_read..]);
                ready!(Pin::new(&mut this.inner).poll_read(context, &mut buffer))?;
                let read = buffer.filled().len();
                if read == 0 {
                    return Poll::Ready(Ok(()));
                }
                this.header_read += read;
            }
            this.header_read = 0;
            if this.header[0] != PRELOGIN {
                return Poll::Ready(Err(io::Error::other("no packet of a handshake")));
            }
            this.left = usize::from(u16::from_be_bytes([this.header[2], this.header[3]])).saturating_sub(8);
        }
        let room = into.remaining().min(this.left);
        let mut buffer = vec![0; room];
        let mut part = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut this.inner).poll_read(context, &mut part))?;
        into.put_slice(part.filled());
        this.left -= part.filled().len();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wrapped<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.handshake {
            return Pin::new(&mut this.inner).poll_write(context, bytes);
        }
        for packet in packets(PRELOGIN, bytes, 4096) {
            this.out.extend_from_slice(&packet);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.sent < this.out.len() {
            let written = ready!(Pin::new(&mut this.inner).poll_write(context, &this.out[this.sent..]))?;
            this.sent += written;
        }
        this.out.clear();
        this.sent = 0;
        Pin::new(&mut this.inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
