//! The start page: recent workspaces, a new one, the sample company.

use std::path::PathBuf;

use egui::{CentralPanel, Frame, Margin, Ui};

use super::problem::Problem;
use super::steps::{View, Work};
use super::theme::{Icon, Look, size, tokens};
use super::widgets::{Words as _, problem_card};

/// A workspace opened before.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recent {
    /// What the administrator calls it.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it holds in one line.
    #[serde(default)]
    pub note: String,
}

/// The start page's state.
#[derive(Default)]
pub struct Start {
    /// Workspaces opened before, the newest first.
    pub recent: Vec<Recent>,
    /// What went wrong, with the thing last tried.
    pub problem: Option<Problem>,
}

/// What a person can ask for on the start page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartAsk {
    /// Look for recent workspaces again.
    Look,
    /// Open this workspace.
    Open(PathBuf),
    /// Make the sample company and open it.
    Sample,
}

impl Start {
    /// The page is shown again.
    pub(super) fn shown(&mut self, _: &mut Work<'_>) {}

    /// Takes in what jobs sent.
    pub(super) fn logic(&mut self, _: &mut Work<'_>) {}

    /// Carries out what was asked.
    pub(super) fn handle(&mut self, ask: StartAsk, _: &mut Work<'_>) {
        match ask {
            StartAsk::Look | StartAsk::Open(_) | StartAsk::Sample => {}
        }
    }
}

/// Draws the page.
pub(super) fn start_ui(ui: &mut Ui, start: &mut Start, _: Look, _: &mut View<'_>) {
    let t = tokens(ui);
    CentralPanel::default().frame(Frame::new().fill(t.bg).inner_margin(Margin::same(28))).show(ui, |ui| {
        ui.horizontal(|ui| {
            Icon::Bridge.show(ui, 28.0, t.accent);
            ui.title("Causeway");
        });
        ui.add_space(size::GAP);
        if let Some(problem) = &start.problem {
            problem_card(ui, problem);
        }
    });
}
