//! The SQL Browser: which port a named instance listens on ([MC-SQLR], Microsoft's SQL Server Resolution Protocol).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;

/// Where the browser listens.
pub(super) const PORT: u16 = 1434;

/// How long one question is waited for, and how often it is asked: a datagram may be lost.
const WAIT: Duration = Duration::from_secs(1);
const TRIES: usize = 3;

/// The longest answer (`RESP_SIZE` has two bytes).
const LONGEST: usize = 3 + 65535;

/// Asks at an address. `None`: nobody answers, which is also what the browser does where there is no such instance.
pub(super) async fn ask(browser: SocketAddr, instance: &str) -> std::io::Result<Option<u16>> {
    let any: IpAddr =
        if browser.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
    // Only what comes from there is taken in.
    socket.connect(browser).await?;
    // CLNT_UCAST_INST.
    let mut question = vec![4];
    question.extend_from_slice(instance.as_bytes());
    question.push(0);
    let mut answer = vec![0; LONGEST];
    for _ in 0..TRIES {
        socket.send(&question).await?;
        match tokio::time::timeout(WAIT, socket.recv(&mut answer)).await {
            Ok(Ok(length)) => return Ok(port(&answer[..length], instance)),
            // Nothing listens there, and the computer says so.
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => return Ok(None),
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// The TCP port out of an answer: `ServerName;X;InstanceName;Y;…;tcp;1433;;` behind three bytes.
fn port(answer: &[u8], instance: &str) -> Option<u16> {
    let [5, low, high, text @ ..] = answer else { return None };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    let text = String::from_utf8_lossy(text.get(..length.min(text.len()))?);
    // Several instances may be told; names and values take turns.
    text.split(";;").find_map(|told| {
        let mut words = told.split(';');
        let (mut name, mut port) = (None, None);
        while let (Some(key), Some(value)) = (words.next(), words.next()) {
            match key {
                "InstanceName" => name = Some(value),
                "tcp" => port = value.parse().ok().filter(|port| *port != 0),
                _ => {}
            }
        }
        port.filter(|_| name.is_some_and(|name| name.eq_ignore_ascii_case(instance)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(text: &str) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        [&[5], &length[..], text.as_bytes()].concat()
    }

    #[test]
    fn the_port_of_the_instance_that_was_asked_for() {
        let one = "ServerName;DB01;InstanceName;SQLEXPRESS;IsClustered;No;Version;15.0.2000.5;tcp;51433;np;\\\\DB01\\pipe;;";
        assert_eq!(port(&answer(one), "sqlexpress"), Some(51433));
        assert_eq!(port(&answer(one), "OTHER"), None);
        let two = format!("ServerName;DB01;InstanceName;OTHER;tcp;1500;;{one}");
        assert_eq!(port(&answer(&two), "SQLEXPRESS"), Some(51433));
        // Only pipes.
        assert_eq!(port(&answer("InstanceName;X;np;\\\\DB01\\pipe;;"), "X"), None);
    }

    #[tokio::test]
    async fn asks_and_waits() {
        let browser = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let place = browser.local_addr().unwrap();
        let serve = tokio::spawn(async move {
            let mut asked = [0; 64];
            let (length, from) = browser.recv_from(&mut asked).await.unwrap();
            assert_eq!(&asked[..length], b"\x04SQLEXPRESS\0");
            browser.send_to(&answer("InstanceName;SQLEXPRESS;tcp;1500;;"), from).await.unwrap();
        });
        assert_eq!(ask(place, "SQLEXPRESS").await.unwrap(), Some(1500));
        serve.await.unwrap();
        // Nobody there any more.
        assert_eq!(ask(place, "SQLEXPRESS").await.unwrap(), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = port(&bytes, "X");
            let _ = port(&[&[5][..], &bytes].concat(), "X");
        }
    }
}
