//! Check without sending: how far it is, and what it found.

use egui::Ui;

use super::{OktaAsk, OktaStep, time_words};
use crate::app::steps::View;
use crate::migration::check::{CheckReport, There};
use crate::model::{OktaStatus, statuses_in_words};
use crate::ui::theme::{Icon, Tone, size};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Words as _, check_row, counted, listed, number, progress_line,
};
use crate::workspace::WhatIsTaken;

impl OktaStep {
    pub(super) fn dry_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(job) = &self.check {
            let progress = job.progress();
            let answer = Dialog::new("Checking what an import would do").no("Stop").show(ui.ctx(), |ui| {
                ui.muted("Nothing is written to Okta.");
                progress_line(ui, "How far the check is", &progress);
                let words = match (&progress.note, progress.total) {
                    (Some(note), _) => note.clone(),
                    (None, Some(total)) => format!("{} of {}", number(progress.done), number(total)),
                    (None, None) => number(progress.done),
                };
                ui.fine(words);
            });
            if answer == DialogAnswer::No {
                view.send(OktaAsk::StopCheck);
            }
            return;
        }
        let Some(report) = &self.report else { return };
        let title =
            if report.stopped { "What was checked before it stopped" } else { "What an import would do" };
        let answer = Dialog::new(title).no("Close").width(520.0).show(ui.ctx(), |ui| report_ui(ui, report));
        if answer != DialogAnswer::Open {
            view.send(OktaAsk::DropReport);
        }
    }
}

/// How long in words: less than a minute is about enough by itself.
fn about(seconds: u64) -> String {
    let time = time_words(seconds);
    if seconds < 60 { time } else { format!("about {time}") }
}

fn report_ui(ui: &mut Ui, report: &CheckReport) {
    ui.muted("Nothing was written to Okta.");
    ui.add_space(size::TINY);
    for (tone, icon, count, words) in lines(report) {
        check_row(ui, tone, icon, |ui| {
            ui.body(format!("{} {words}", counted(count, "person", "people")));
        });
    }
    let kept_out = |there: &&There| OktaStatus::of(&there.status).keeps_out();
    for there in report.there.iter().filter(kept_out).take(5) {
        let status = OktaStatus::of(&there.status);
        ui.fine(format!("{}: {status}. {}", there.login, status.advice()));
        if let Some(console) = &there.console {
            ui.hyperlink_to("Open in the Admin Console", console);
        }
    }
    for taken in report.taken.iter().take(5) {
        let what = match taken.what {
            WhatIsTaken::Login => "differs only in accents from",
            WhatIsTaken::Email => "has the e-mail address of",
        };
        ui.fine(format!("{} {what} “{}” in Okta.", taken.login, taken.theirs));
        if let Some(console) = &taken.console {
            ui.hyperlink_to("Open that account in the Admin Console", console);
        }
    }
    for (what, not_known) in [
        ("are in Okta", &report.not_known),
        ("have an e-mail address in use in Okta", &report.emails_not_known),
    ] {
        let Some(not_known) = not_known else { continue };
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(format!("Not known whether {} {what}", counted(not_known.people, "person", "people")));
            ui.fine(&not_known.why);
        });
    }
    if let Some(why) = &report.groups_not_known_why {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            let groups: Vec<&str> = report.groups_not_known.iter().map(String::as_str).collect();
            ui.body(format!("Not known whether in Okta: {}", listed(&groups)));
            ui.fine(why);
        });
    }
    if report.conflicts > 5 {
        ui.fine(format!("In all: {}.", statuses_in_words(report.by_status(true))));
    }
    let others: Vec<&There> = report.there.iter().filter(|there| !kept_out(there)).collect();
    if !others.is_empty() {
        let first: Vec<&str> = others.iter().take(5).map(|t| t.login.as_str()).collect();
        let more = if others.len() > first.len() { ", …" } else { "" };
        ui.fine(format!("Already there: {}{more}", first.join(", ")));
    }
    if !report.groups_to_make.is_empty() {
        let groups = report.groups_to_make.len() as u64;
        check_row(ui, Tone::Good, Icon::Plus, |ui| {
            ui.body(format!("{} would be created", counted(groups, "group", "groups")));
        });
    }
    // Where people come from is no remark.
    for note in report.group_notes.iter().chain(report.reading_notes.iter().skip(1)) {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(note);
        });
    }
    if !report.unknown_attributes.is_empty() {
        check_row(ui, Tone::Bad, Icon::Bang, |ui| {
            let names: Vec<&str> = report.unknown_attributes.iter().map(|m| m.name.as_str()).collect();
            ui.body(format!("Okta's profile has no {}: anyone who has one is blocked", listed(&names)));
            ui.fine("Create them from the list of checks, or leave the columns behind in Map.");
        });
    }
    for switch in &report.unread_switches {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(format!("“{}” {}", switch.column, switch.may_say()));
            ui.fine(format!("{}. Use it or leave it behind in Map, then read again.", switch.told()));
        });
    }
    for table in &report.switch_tables {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(table.words());
            ui.fine("Read it too or leave it behind in Map, then read again.");
        });
    }
    if report.small_org {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body("This looks like a free developer org, which holds about ten people.");
        });
    }
    ui.fine(format!("At the chosen share an import would take {}.", about(report.seconds)));
}

/// What would become of people, leaving out what concerns nobody.
fn lines(report: &CheckReport) -> Vec<(Tone, Icon, u64, &'static str)> {
    [
        (Tone::Good, Icon::Check, report.create_import, "would be created, password imported as is"),
        (Tone::Hook, Icon::Swap, report.create_hook, "would be created, password checked by the hook"),
        (Tone::Reset, Icon::Again, report.create_reset, "would be created, must reset their password"),
        (Tone::Bad, Icon::Bang, report.conflicts, "already there, but kept out: nothing would be changed"),
        (
            Tone::Bad,
            Icon::Bang,
            report.login_taken,
            "would be refused: another account has the same login but for accents",
        ),
        (
            Tone::Hook,
            Icon::Bang,
            report.email_taken,
            "may be refused: another account has their e-mail address",
        ),
        (Tone::Hook, Icon::Bang, report.emails_shared, "may be refused: they share an e-mail address"),
        (Tone::There, Icon::Equals, report.left, "already there, left unchanged"),
        (Tone::There, Icon::Equals, report.updated, "already there, profile updated"),
        (Tone::Bad, Icon::Bang, report.blocked, "not sent: a finding blocks them"),
        (
            Tone::Bad,
            Icon::Bang,
            report.changed,
            "not sent: changed in the file by something other than Causeway",
        ),
        (
            Tone::Bad,
            Icon::Bang,
            report.missing,
            "not sent: taken out of the file by something other than Causeway",
        ),
        (Tone::Quiet, Icon::Dash, report.left_out, "not sent: left out"),
        (Tone::Quiet, Icon::Dash, report.done_before, "sent before"),
    ]
    .into_iter()
    .filter(|(_, _, count, _)| *count > 0)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_someone_is_told() {
        let report = CheckReport { create_import: 200, left: 3, ..CheckReport::default() };
        let told: Vec<(u64, &str)> = lines(&report).into_iter().map(|(_, _, n, words)| (n, words)).collect();
        assert_eq!(
            told,
            [(200, "would be created, password imported as is"), (3, "already there, left unchanged")]
        );
    }
}
