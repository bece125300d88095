//! `causeway password prove`: is the stored value read rightly? If not, how was it made?

use serde_json::{Value, json};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::args::ProveArgs;
use super::input::Input;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::talk::{Talk, stop_on_ctrl_c};
use crate::migration::prove::search_on;
use crate::model::{Progress, Route, SecretBytes};
use crate::password::search::{Depth, Fit, Found, Known, SaltFrom};

/// Where a script puts the known passwords, in order.
const KNOWN: [&str; 2] = ["CAUSEWAY_KNOWN_PASSWORD", "CAUSEWAY_KNOWN_PASSWORD_2"];

pub(super) async fn run(args: &ProveArgs, talk: &Talk) -> Result<Exit, CliError> {
    let settings = args.stated.settings()?;
    let input = Input::read()?;
    let mut known = Vec::new();
    for (person, name) in
        KNOWN.into_iter().enumerate().take_while(|(person, _)| *person == 0 || input.has(*person))
    {
        let password = password(name, person)?;
        known.push(Known { stored: input.stored(person, &args.stated), others: Vec::new(), password });
    }
    let stop = stop_on_ctrl_c();
    let depth = if args.quick { Depth::OneRound } else { Depth::Everything };
    let (tell, progress) = watch::channel(Progress::default());
    let follower = talk.follow(progress, |p: &Progress| {
        let stage = p.note.as_deref().unwrap_or_default();
        p.total.map(|total| format!("{stage}: {} of {total}", p.done)).unwrap_or_default()
    });
    let found = search_on(known, settings, depth, stop, tell).await?;
    drop(follower);
    talk.answer(&words(&found), &value(&found));
    Ok(match found {
        Found::Right(_) | Found::One(_) => Exit::Done,
        Found::Nothing { stopped: true, .. } => Exit::Stopped,
        Found::Several(_) | Found::Nothing { .. } | Found::NoSearch { .. } => Exit::SomeFailed,
    })
}

/// The known password: from the environment, else asked on the terminal, which stdin need not be.
fn password(name: &'static str, person: usize) -> Result<SecretBytes, CliError> {
    if let Some(text) = std::env::var_os(name) {
        return Ok(SecretBytes::new(text.into_encoded_bytes()));
    }
    let prompt = if person == 0 {
        "Known password (not shown): "
    } else {
        "Known password of the second person (not shown): "
    };
    let typed =
        rpassword::prompt_password(prompt).map_err(|error| CliError::NoTerminal(error.to_string()))?;
    let typed = Zeroizing::new(typed);
    Ok(SecretBytes::from(typed.as_str()))
}

fn words(found: &Found) -> String {
    match found {
        Found::Right(fit) => format!("Right: the password fits as the value is read.\n{}", fit_words(fit)),
        Found::One(fit) => format!("One way fits:\n{}", fit_words(fit)),
        Found::Several(fits) => {
            let fits: Vec<String> = fits.iter().map(fit_words).collect();
            format!(
                "{} ways fit this person. A second person's password decides: put their stored value and salt on the third \
                 and fourth line.\n{}",
                fits.len(),
                fits.join("\n")
            )
        }
        Found::Nothing { stopped: true, tried } => {
            format!("Stopped after {tried} tries; nothing fitted so far.")
        }
        Found::Nothing { tried, .. } => format!(
            "Nothing fits: {tried} ways were tried. Either it is another password, or the value was made in a way Causeway \
             does not know."
        ),
        Found::NoSearch { why } => format!("This can't be proven: {why}"),
    }
}

fn fit_words(fit: &Fit) -> String {
    let route = match fit.route {
        Route::Import => "Okta can import it as is.",
        Route::Hook => "The password hook checks it at the first sign-in.",
        Route::Reset => "This person must reset.",
    };
    let salt = match &fit.salt {
        SaltFrom::AsMapped => String::new(),
        SaltFrom::Nowhere => "\n  Leave the salt column out: it has no part in it.".to_owned(),
        SaltFrom::UserName => "\n  The salt is the user name: map that column as the salt too.".to_owned(),
        SaltFrom::Column(name) => format!("\n  The salt is the column {name}: map it as the salt."),
    };
    let state = serde_json::to_string(&fit.settings).unwrap_or_default();
    format!(
        "  {} {route}{salt}\n  Scheme: {}. State in the mapping: \"password\": {state}",
        fit.sentence, fit.scheme
    )
}

fn value(found: &Found) -> Value {
    let fit = |fit: &Fit| {
        let salt = match &fit.salt {
            SaltFrom::AsMapped => json!("as mapped"),
            SaltFrom::Nowhere => json!("none"),
            SaltFrom::UserName => json!("user name"),
            SaltFrom::Column(name) => json!({"column": name}),
        };
        json!({
            "scheme": fit.scheme, "label": fit.label, "sentence": fit.sentence, "route": fit.route,
            "salt": salt, "password": fit.settings,
        })
    };
    match found {
        Found::Right(one) => json!({"result": "right", "fits": [fit(one)]}),
        Found::One(one) => json!({"result": "found", "fits": [fit(one)]}),
        Found::Several(fits) => {
            json!({"result": "several", "fits": fits.iter().map(fit).collect::<Vec<_>>()})
        }
        Found::Nothing { tried, stopped } => {
            json!({"result": "nothing", "fits": [], "tried": tried, "stopped": stopped})
        }
        Found::NoSearch { why } => json!({"result": "no search", "fits": [], "reason": why}),
    }
}
