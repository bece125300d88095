//! A bulk repair in Review: what nobody can see is removed from everyone who has it, and one undo takes it back.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::support::Memory;
use crate::whole::{Window, open, press, shows, wait_until};

fn blocked(window: &Window) -> u64 {
    window.state().steps.review.counts.as_ref().map_or(0, |counts| counts.blocked)
}

fn click(window: &mut Window, label: &str) {
    wait_until(window, label, |w| w.query_all_by_role_and_label(Role::Button, label).next().is_some());
    window.get_by_role_and_label(Role::Button, label).click();
    window.run_steps(4);
}

#[test]
fn what_cannot_be_seen_is_removed_from_everyone_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), &Arc::new(Memory::default()));
    press(&mut window, "Try the sample company");
    shows(&mut window, "4 of 4 required attributes matched");
    press(&mut window, "Read ");
    wait_until(&mut window, "everyone in the list", |w| w.state().steps.review.list.order.len() == 255);
    let before = blocked(&window);

    click(&mut window, "Finding");
    shows(&mut window, "Blocks · Control characters");
    let row = window.query_all_by_label_contains("Blocks · Control characters").next().unwrap();
    row.click();
    window.run_steps(2);
    wait_until(&mut window, "those with control characters", |w| {
        w.state().steps.review.list.order.len() == 2
    });
    click(&mut window, "Remove…");
    shows(&mut window, "Remove what can't be seen from 2 people");
    shows(&mut window, "2 of 2 would change");
    shows(&mut window, "2 people would no longer be blocked.");
    click(&mut window, "Remove");
    wait_until(&mut window, "nobody is blocked for it", |w| blocked(w) == before - 2);
    press(&mut window, "Undo: Repair values of 2 people");
    wait_until(&mut window, "as before", |w| blocked(w) == before);
}
