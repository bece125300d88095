//! Running the hook without the window: the files that each platform wants, and what to do with them. Pure text; nothing secret
//! is in any of them, so they can be kept with other configuration.

mod container;
mod launchd;
mod parts;
mod proxy;
mod systemd;
mod windows;

pub use parts::{Inbound, Kind, Plan, ServiceFile, Todo};
use parts::{serving, shell};
pub use proxy::{Proxy, proxy};

/// The file for a platform.
pub fn file(kind: Kind, plan: &Plan) -> ServiceFile {
    match kind {
        Kind::Systemd => systemd::file(plan),
        Kind::Launchd => launchd::file(plan),
        Kind::Windows => windows::file(plan),
        Kind::Container => container::file(plan),
    }
}

/// What to type to run the server beside the window, on the same file and as the same user: the secret and the sealing key come
/// from that user's keychain, so no file with a secret is needed.
pub fn beside(plan: &Plan) -> String {
    let (certificate, key) = match &plan.inbound {
        Inbound::Certificate { certificate, key } => {
            (certificate.to_string_lossy().into_owned(), key.to_string_lossy().into_owned())
        }
        Inbound::Plain | Inbound::SelfSigned => Default::default(),
    };
    let word = if cfg!(windows) { windows::quoted } else { shell };
    let mut words: Vec<String> =
        vec![plan.program.to_string_lossy().into_owned(), "hook".into(), "serve".into()];
    words.push(plan.workspace.to_string_lossy().into_owned());
    words.extend(serving(plan, &plan.bind.to_string(), &certificate, &key));
    words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
