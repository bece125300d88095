//! The sample company: it opens at once on any computer, and tells the passwords of its invented people where one is asked for.

use std::path::Path;
use std::sync::Arc;

use causeway::app::jobs::FixedPicker;
use causeway::app::steps::{ReviewAsk, Select, StepId};
use causeway::app::{Command, PracticeAsk, Shown, StartAsk};
use causeway::practice::sample::passwords;
use causeway::secrets::{SecretError, SecretStore};
use causeway::workspace::Disposition;
use egui_kittest::kittest::Queryable as _;
use secrecy::SecretString;

use crate::support::{Memory, window};
use crate::whole::{Window, open, open_keyed, press, shows, wait_until};

/// A computer without a keychain.
struct NoKeychain;

impl SecretStore for NoKeychain {
    fn place(&self) -> &'static str {
        "Secret Service"
    }
    fn get(&self, _: &str) -> Result<Option<SecretString>, SecretError> {
        Err(SecretError::Unavailable("no bus".into()))
    }
    fn set(&self, _: &str, _: &SecretString) -> Result<(), SecretError> {
        Err(SecretError::Unavailable("no bus".into()))
    }
    fn delete(&self, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Unavailable("no bus".into()))
    }
}

fn without_keychain(folder: &Path) -> Window {
    open_keyed(folder, Arc::new(NoKeychain), |_| Arc::new(FixedPicker::default()))
}

/// Opens the sample; nothing is asked on the way.
fn sample(window: &mut Window) {
    press(window, "Try the sample company");
    wait_until(window, "the sample", |w| {
        assert!(w.state().start.keyless.is_none(), "nobody is asked where the key goes");
        matches!(w.state().shown(), Shown::Step(_))
    });
    shows(window, "4 of 4 required attributes matched");
}

#[test]
fn without_a_keychain_the_sample_opens_at_once_for_this_session() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        // The second time the key of the first is gone, and the sample is made anew.
        let mut window = without_keychain(folder.path());
        sample(&mut window);
        assert!(window.state().facts.one_session && window.state().facts.sample);
        press(&mut window, "Read ");
        wait_until(&mut window, "everyone", |w| {
            w.state().facts.people.is_some_and(|people| people.total > 200)
        });
        wait_until(&mut window, "rest", |w| w.state().jobs().running().is_empty());
        // Nothing of worth goes with it.
        window.state_mut().send(Command::Quit);
        window.run_steps(3);
        assert!(window.query_by_label("Close this migration for good?").is_none());
        let list = window.state().start.settings.recent.clone();
        assert_eq!(list.len(), 1, "{list:?}");
        drop(window);
    }
    // From the list of recent ones, too.
    let mut window = without_keychain(folder.path());
    window.state_mut().send(StartAsk::Look);
    press(&mut window, "Open Sample company");
    shows(&mut window, "4 of 4 required attributes matched");
}

#[test]
fn a_sample_whose_keychain_is_away_for_a_day_is_there_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    sample(&mut window);
    press(&mut window, "Read ");
    wait_until(&mut window, "everyone", |w| w.state().facts.people.is_some_and(|people| people.total > 200));
    wait_until(&mut window, "rest", |w| w.state().jobs().running().is_empty());
    drop(window);
    let mut away = without_keychain(folder.path());
    sample(&mut away);
    assert!(away.state().facts.one_session && away.state().facts.people.is_none(), "another one");
    drop(away);
    let mut back = open(folder.path(), &secrets);
    press(&mut back, "Try the sample company");
    wait_until(&mut back, "the one that was read", |w| w.state().facts.people.is_some());
    assert!(!back.state().facts.one_session);
}

#[test]
fn a_password_to_try_is_offered_for_the_person_and_it_is_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), &Arc::new(Memory::default()));
    sample(&mut window);
    press(&mut window, "Read ");
    shows(&mut window, "people, and what happens to each password");
    wait_until(&mut window, "the list", |w| {
        let list = &w.state().steps.review.list;
        list.order.first().is_some_and(|first| list.rows.get(*first).is_some())
    });
    // Somebody whose hash is read from the value alone.
    let (at, login) = {
        let list = &window.state().steps.review.list;
        let known = |login: &str| passwords().iter().any(|(known, _)| known == login);
        list.order
            .iter()
            .enumerate()
            .filter_map(|(at, id)| list.rows.get(*id).map(|row| (at, row)))
            .find(|(_, row)| row.disposition == Disposition::Import && known(&row.login))
            .map(|(at, row)| (at, row.login.clone()))
            .unwrap()
    };
    window.state_mut().send(ReviewAsk::Select(at, Select::Only));
    press(&mut window, "Try a password");
    shows(&mut window, &format!("Sample company: {login} has the password"));
    window.get_by_label(&format!("Fill in {login}'s password")).click();
    window.run_steps(2);
    window.get_by_role_and_label(egui::Role::Button, "Try").click();
    window.step();
    shows(&mut window, "Right: the password fits as the value is read.");
}

#[test]
fn nobody_is_offered_a_password_of_real_people() {
    let mut window = window(|app| {
        crate::review::trying(app, 0, causeway::app::steps::TrialPhase::Asking);
        app.send(PracticeAsk::As("dmitri.ivanov@northwind.example".into()));
        app.send(PracticeAsk::Open);
        app.send(Command::GoTo(StepId::Review));
    });
    window.run_ok();
    assert!(window.query_all_by_label_contains("has the password").next().is_none());
    assert!(window.query_all_by_label_contains("Fill in").next().is_none());
    window.state_mut().facts.sample = true;
    window.run_ok();
    assert!(window.query_all_by_label_contains("has the password").next().is_some());
}
