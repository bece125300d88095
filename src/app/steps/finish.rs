//! The step Finish.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct FinishStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishAsk {}

impl Page for FinishStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Finish".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for FinishStep {
    type Ask = FinishAsk;

    fn handle(&mut self, ask: FinishAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
