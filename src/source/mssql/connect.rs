//! One connection, and why there is none.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tiberius::{AuthMethod, Client, Config, EncryptionLevel};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::spec::MssqlSpec;
use super::{browser, errors};
use crate::source::certificates::trusted;
use crate::source::{SourceError, TlsMode};

/// A session.
pub(super) type Connection = Client<Compat<TcpStream>>;

/// How often a server may send us on: a listener to a copy, Azure's gateway to the node. More is a circle.
const ROUTES: usize = 4;

/// Connects. One connection and not a pool: a pool would try again and again and turn every cause into a time-out.
pub(super) async fn connect(
    spec: &MssqlSpec,
    password: Option<&SecretString>,
) -> Result<Connection, SourceError> {
    let config = config(spec, password).await?;
    let connect = async {
        let mut host = spec.computer().to_owned();
        let mut port = match spec.instance() {
            Some(instance) => port_of(spec, instance).await?,
            None => spec.port,
        };
        for _ in 0..ROUTES {
            let stream = reach(spec, &host, port).await?;
            let mut config = config.clone();
            // The name goes with the sign-in (Azure's gateway reads it), and the certificate must be made for it.
            config.host(&host);
            config.port(port);
            // Boxed: the driver's handshake is a large thing to carry about.
            match Box::pin(Client::connect(config, stream.compat_write())).await {
                Ok(client) => return Ok(client),
                Err(tiberius::error::Error::Routing { host: next, port: at }) => {
                    // `host\instance` of a listener: the port is what counts.
                    next.split('\\').next().unwrap_or(&next).clone_into(&mut host);
                    port = at;
                }
                Err(error) => return Err(errors::connecting(&error, spec, password.is_some())),
            }
        }
        Err(SourceError::Other {
            what: format!("{} sent Causeway on to other servers again and again.", spec.place()),
            advice: "Ask the database's administrators which server takes connections that only read.".into(),
            technical: format!("{ROUTES} redirections"),
        })
    };
    tokio::time::timeout(Duration::from_secs(errors::CONNECT_SECONDS), connect).await.unwrap_or_else(|_| {
        Err(SourceError::TimedOut { place: spec.place(), seconds: errors::CONNECT_SECONDS })
    })
}

async fn config(spec: &MssqlSpec, password: Option<&SecretString>) -> Result<Config, SourceError> {
    let mut config = Config::new();
    config.database(&spec.database);
    config.application_name("causeway");
    config.readonly(true);
    // A half of a sign that stands alone is not worth the person.
    config.lossy_utf16_decoding(true);
    // Who asks has a clock of its own, and a reading takes as long as it takes.
    config.handshake_timeout(None);
    config.command_timeout(None);
    config.authentication(AuthMethod::sql_server(
        &spec.user,
        password.map_or("", |password| password.expose_secret()),
    ));
    config.encryption(match spec.tls {
        TlsMode::VerifyFull if spec.strict => EncryptionLevel::Strict,
        TlsMode::VerifyFull | TlsMode::Require => EncryptionLevel::Required,
        // The sign-in is encrypted all the same, and everything where the server wants it so.
        TlsMode::Off => EncryptionLevel::Off,
    });
    if spec.tls == TlsMode::VerifyFull {
        // The web's authorities, the system's, so that a company's own, installed there, is trusted, and the one that was chosen.
        config.trust_webpki_roots();
        let own = trusted(spec.ca_file.as_ref()).await?;
        if !own.is_empty() {
            config.trust_cert_ca_bundle(own);
        }
        if let Some(name) = &spec.certificate_name {
            config.hostname_in_certificate(name);
        }
    } else {
        config.trust_cert();
    }
    Ok(config)
}

/// The addresses of a name; tells an unknown name from everything else that can go wrong on the way.
async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, SourceError> {
    let unknown = |technical: String| SourceError::UnknownHost { host: host.to_owned(), technical };
    match tokio::net::lookup_host((host, port)).await {
        Ok(found) => match found.collect::<Vec<_>>() {
            none if none.is_empty() => Err(unknown("the name has no address".into())),
            found => Ok(found),
        },
        Err(error) => Err(unknown(error.to_string())),
    }
}

/// The first address that takes a connection.
async fn reach(spec: &MssqlSpec, host: &str, port: u16) -> Result<TcpStream, SourceError> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses(host, port).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(errors::unreachable(&last, spec))
}

/// Where a named instance listens.
async fn port_of(spec: &MssqlSpec, instance: &str) -> Result<u16, SourceError> {
    let mut technical = "no answer".to_owned();
    for address in addresses(spec.computer(), browser::PORT).await? {
        match browser::ask(address, instance).await {
            Ok(Some(port)) => return Ok(port),
            Ok(None) => {}
            Err(error) => technical = error.to_string(),
        }
    }
    Err(SourceError::Other {
        what: format!("Nobody at “{}” says which port the instance “{instance}” has.", spec.computer()),
        advice: "Check the instance's name, or type its TCP port instead of 1433. The server's SQL Browser service must run to be asked, \
                 and a firewall must let UDP port 1434 through."
            .into(),
        technical,
    })
}
