//! The step Source.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct SourceStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceAsk {}

impl Page for SourceStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Where are your people today?".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for SourceStep {
    type Ask = SourceAsk;

    fn handle(&mut self, ask: SourceAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
