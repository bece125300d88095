//! The keychain against a real Secret Service. `tests/keychain.sh` gives a private one; the tests that speak to it are run
//! in it by the others, so that no test touches the keychain of whoever runs them.
#![cfg(target_os = "linux")]

use std::process::Command;

use causeway::model::Explain as _;
use causeway::secrets::{Keychain, SecretError, SecretStore as _};
use secrecy::{ExposeSecret as _, SecretString};

/// Runs one of the `inside_…` tests below, prepared by `prepare`, and wants it to pass.
fn run_inside(test: &str, prepare: impl FnOnce(&std::path::Path) -> Command) {
    let ourselves = std::env::current_exe().unwrap();
    let mut command = prepare(&ourselves);
    let output = command.args(["--ignored", "--exact", test]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn script(locked: bool) -> impl FnOnce(&std::path::Path) -> Command {
    move |ourselves| {
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keychain.sh"));
        if locked {
            command.arg("--locked");
        }
        command.arg(ourselves);
        command
    }
}

#[test]
fn a_real_secret_service_keeps_and_forgets() {
    run_inside("keychain::inside_unlocked", script(false));
}

#[test]
fn a_locked_one_refuses() {
    run_inside("keychain::inside_locked", script(true));
}

#[test]
fn without_one_it_says_so() {
    run_inside("keychain::inside_nothing", |ourselves| {
        let mut command = Command::new(ourselves);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("CAUSEWAY_TEST_KEYCHAIN", "none");
        command
    });
}

/// A test below was started by hand: it would write into somebody's own keychain.
fn only_inside(expected: &str) {
    let found = std::env::var("CAUSEWAY_TEST_KEYCHAIN");
    assert_eq!(found.as_deref(), Ok(expected), "run through tests/keychain.sh");
}

#[test]
#[ignore = "run by a_real_secret_service_keeps_and_forgets, in a private keychain"]
fn inside_unlocked() {
    only_inside("no");
    let keychain = Keychain::open().unwrap();
    assert_eq!(keychain.place(), "Secret Service");
    let name = "okta-token/acme.okta.com";
    assert!(keychain.get(name).unwrap().is_none());
    keychain.set(name, &SecretString::from("00aBc-李伟-Máire")).unwrap();
    keychain.set("workspace-key/1", &SecretString::from("f".repeat(64))).unwrap();
    keychain.set(name, &SecretString::from("another")).unwrap();
    // As the next start of the program finds it.
    let again = Keychain::open().unwrap();
    assert_eq!(again.get(name).unwrap().unwrap().expose_secret(), "another");
    assert_eq!(again.get("workspace-key/1").unwrap().unwrap().expose_secret(), "f".repeat(64));
    again.delete(name).unwrap();
    again.delete(name).unwrap();
    assert!(keychain.get(name).unwrap().is_none());
    assert!(keychain.get("workspace-key/1").unwrap().is_some());
}

#[test]
#[ignore = "run by a_locked_one_refuses, in a private keychain"]
fn inside_locked() {
    only_inside("yes");
    let refused = Keychain::open().and_then(|keychain| keychain.set("a", &SecretString::from("b")));
    assert!(matches!(refused, Err(SecretError::Refused(_))), "{refused:?}");
}

#[test]
#[ignore = "run by without_one_it_says_so, without a session bus"]
fn inside_nothing() {
    only_inside("none");
    let Err(error) = Keychain::open() else { panic!("a keychain where there is none") };
    assert!(matches!(error, SecretError::Unavailable(_)), "{error:?}");
    assert!(error.advice().contains("session only"));
}
