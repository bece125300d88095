//! The whole wizard with the real jobs: from the start page to people who sign in, through its labels.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use causeway::app::App;
use causeway::app::jobs::{FixedPicker, Jobs, Picker, Places, Waker};
use causeway::practice::sample;
use causeway::ui::theme;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::Memory;

/// Longer than any of this takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A later repaint than this is no news, but a cursor's blinking or a message that is to go away.
const SOON: Duration = Duration::from_millis(100);

/// Rings when the window wants to be drawn: something came from the jobs.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    woken: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.woken.notify_all();
    }

    fn quiet(&self) {
        *self.rung.lock().unwrap() = false;
    }

    /// Waits until it rings, or has rung since it was made quiet.
    fn wait(&self, at_most: Duration) {
        let rung = self.rung.lock().unwrap();
        drop(self.woken.wait_timeout_while(rung, at_most, |rung| !*rung).unwrap());
    }
}

/// The window of one start of the program, and its bell.
pub(crate) struct Window {
    harness: Harness<'static, App>,
    bell: Arc<Bell>,
}

impl std::ops::Deref for Window {
    type Target = Harness<'static, App>;

    fn deref(&self) -> &Self::Target {
        &self.harness
    }
}

impl std::ops::DerefMut for Window {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.harness
    }
}

/// Opens the program's window over these folders, with the real jobs behind it.
pub(crate) fn open(folder: &Path, secrets: &Arc<Memory>) -> Window {
    open_with(folder, secrets, |_| Arc::new(FixedPicker::default()))
}

/// The same, with another way to pick files.
pub(crate) fn open_with(
    folder: &Path,
    secrets: &Arc<Memory>,
    picker: impl FnOnce(Waker) -> Arc<dyn Picker> + 'static,
) -> Window {
    open_keyed(folder, Arc::clone(secrets) as _, picker)
}

/// The same, with any keychain.
pub(crate) fn open_keyed(
    folder: &Path,
    secrets: Arc<dyn causeway::secrets::SecretStore>,
    picker: impl FnOnce(Waker) -> Arc<dyn Picker> + 'static,
) -> Window {
    let places = Places { config: folder.join("config"), data: folder.join("data"), key_file: None };
    let bell = Arc::new(Bell::default());
    let rings = Arc::clone(&bell);
    let harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .allow_missing_glyphs()
        .with_context_setup(move |ctx| {
            theme::apply(ctx);
            theme::set_reduced_motion(ctx, true);
            let rings = Arc::clone(&rings);
            ctx.set_request_repaint_callback(move |info| {
                if info.delay < SOON {
                    rings.ring();
                }
            });
        })
        .build_eframe(move |cc| {
            let waker = Waker::of(&cc.egui_ctx);
            let picker = picker(waker.clone());
            App::new(Jobs::start_up(waker, places, secrets, picker).unwrap())
        });
    Window { harness, bell }
}

pub(crate) fn wait_until(window: &mut Window, what: &str, mut there: impl FnMut(&Window) -> bool) {
    let begun = Instant::now();
    loop {
        window.bell.quiet();
        window.step();
        if there(window) {
            return;
        }
        let left = PATIENCE.saturating_sub(begun.elapsed());
        assert!(!left.is_zero(), "waited in vain for {what}; shown: {:?}", window.state().shown());
        window.bell.wait(left);
    }
}

/// Presses a button as soon as it can be pressed.
pub(crate) fn press(window: &mut Window, part: &str) {
    wait_until(window, part, |w| {
        w.query_all_by_label_contains(part).any(|node| {
            let node = node.accesskit_node();
            node.role() == egui::accesskit::Role::Button && !node.is_disabled()
        })
    });
    let buttons: Vec<_> = window
        .query_all_by_label_contains(part)
        .filter(|node| node.accesskit_node().role() == egui::accesskit::Role::Button)
        .collect();
    buttons.first().unwrap_or_else(|| panic!("no button {part}")).click();
    drop(buttons);
    window.step();
}

pub(crate) fn shows(window: &mut Window, part: &str) {
    wait_until(window, part, |w| w.query_all_by_label_contains(part).next().is_some());
}

fn type_into(window: &mut Window, role: egui::accesskit::Role, label: &str, text: &str) {
    let field = |w: &Window| w.query_all_by_label(label).any(|node| node.accesskit_node().role() == role);
    wait_until(window, label, field);
    window.get_by_role_and_label(role, label).focus();
    window.run_steps(2);
    window.get_by_role_and_label(role, label).type_text(text);
    window.run_steps(2);
}

#[test]
fn from_the_start_page_to_a_person_who_signs_in_with_the_old_password() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    press(&mut window, "Try the sample company");
    // Map: the suggestion needs nothing from us.
    press(&mut window, "Read ");
    // Review.
    shows(&mut window, "people, and what happens to each password");
    wait_until(&mut window, "the numbers", |w| w.state().steps.review.counts.is_some());
    let counts = window.state().steps.review.counts.clone().unwrap();
    assert!(counts.import > 0 && counts.hook > 0 && counts.reset > 0 && counts.blocked > 0, "{counts:?}");
    press(&mut window, "Continue");
    // Okta: the practice org started by itself.
    shows(&mut window, "Signed in as");
    press(&mut window, "Start pilot");
    // Import: the pilot, then everyone.
    press(&mut window, "Import the other");
    wait_until(&mut window, "the end of the import", |w| {
        let app = w.state();
        !app.steps.import.is_running() && app.facts.import.waiting == 0 && app.facts.import.begun
    });
    // One person of the sample has a password too weak for the org's policy, which only Okta knows: their own outcome, and
    // nobody else's.
    let app = window.state();
    let failed = app.facts.import.failed;
    assert_eq!(failed, 1, "{:?}", app.facts.counts.outcomes);
    assert_eq!(app.facts.import.done, counts.ready() - failed, "everyone else who goes is there");
    let org = app.jobs().practice().unwrap();
    assert_eq!(org.people_count() as u64, counts.ready() - failed, "once each");
    // The rail knows who waits before anybody looks at the hook's page.
    shows(&mut window, &format!("{} people waiting", counts.hook));
    // The hook: one press, and the practice org calls the server here.
    press(&mut window, "Continue");
    press(&mut window, "Start and register");
    shows(&mut window, "Hook registered in Okta, ACTIVE");
    shows(&mut window, "Okta's own test call was answered");
    shows(&mut window, "Wrong secret is turned away");
    let waiting = counts.hook;
    wait_until(&mut window, "who waits", |w| w.state().steps.hook.feed.waiting == waiting);
    // Somebody whose hash Okta can't take signs in with it all the same.
    let (login, _) = sample::passwords()
        .into_iter()
        .find(|(login, _)| goes(&window, login, causeway::workspace::Disposition::Hook))
        .expect("someone who waits for the hook");
    press(&mut window, "Try a sign-in");
    // Who waits, and with which password, is offered: nobody else tells it.
    let offered = format!("Fill in {login}'s password");
    wait_until(&mut window, "somebody offered", |w| w.query_all_by_label(&offered).next().is_some());
    // The dialog grew by the line, and is put in the middle again in the next frame.
    window.run_steps(3);
    window.get_by_label(&offered).click();
    window.run_steps(2);
    press(&mut window, "Sign in at the practice org");
    shows(&mut window, "It is Okta's own from now on.");
    press(&mut window, "Close");
    wait_until(&mut window, "the feed", |w| {
        let feed = &w.state().steps.hook.feed;
        feed.waiting == waiting - 1
            && feed.moved == 1
            && feed
                .calls
                .iter()
                .any(|call| call.answer == causeway::model::HookAnswer::Verified && call.login == login)
    });
    press(&mut window, "Stop server");
    shows(&mut window, "The server is not running");
    // Finish, and a sign-in with a password from the old store.
    press(&mut window, "Continue");
    press(&mut window, "Look inside the practice org");
    shows(&mut window, "people in this org");
    let (login, password) = sample::passwords()
        .into_iter()
        .find(|(login, _)| {
            org.person(login).is_some_and(|p| {
                p.provider == causeway::practice::Provider::Import
                    && p.status == causeway::practice::Status::Active
            }) && goes(&window, login, causeway::workspace::Disposition::Import)
        })
        .expect("someone whose password moved");
    window.get_by_role_and_label(egui::accesskit::Role::Tab, "Sign in as").click();
    window.run_steps(2);
    type_into(&mut window, egui::accesskit::Role::TextInput, "User name", &login);
    type_into(&mut window, egui::accesskit::Role::PasswordInput, "Password", &password);
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Sign in").click();
    shows(&mut window, "Signed in with the password they had.");

    // The program is closed and opened again: the same org, with the same people in it.
    let (before, groups) = (org.people(0, 1000, ""), org.groups());
    drop(org);
    drop(window);
    let mut window = open(folder.path(), &secrets);
    press(&mut window, "Try the sample company");
    wait_until(&mut window, "the practice org", |w| w.state().jobs().practice().is_some());
    // It is connected a moment after it has started.
    wait_until(&mut window, "the connection", |w| w.state().facts.target_ready);
    let app = window.state();
    assert_eq!((app.facts.import.waiting, app.facts.import.failed), (0, failed));
    let org = app.jobs().practice().unwrap();
    assert_eq!((org.people(0, 1000, ""), org.groups()), (before, groups));
    // The hook's page knows what is registered, though the org was not connected yet when the migration opened.
    window.state_mut().send(causeway::app::Command::GoTo(causeway::app::steps::StepId::Hook));
    shows(&mut window, "Hook registered in Okta, ACTIVE");
    // And everyone who waited on the way out signs in here still.
    window.state_mut().send(causeway::app::PracticeAsk::As(login));
    window.state_mut().send(causeway::app::PracticeAsk::Open);
    type_into(&mut window, egui::accesskit::Role::PasswordInput, "Password", &password);
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Sign in").click();
    shows(&mut window, "Signed in");
}

/// Whether this is what happens to this login's password.
fn goes(window: &Harness<'static, App>, login: &str, what: causeway::workspace::Disposition) -> bool {
    let list = &window.state().steps.review.list;
    list.order
        .iter()
        .filter_map(|id| list.rows.get(*id))
        .any(|row| row.login == login && row.disposition == what)
}
