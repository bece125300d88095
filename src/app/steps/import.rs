//! The step Import.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct ImportStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAsk {}

impl Page for ImportStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Import".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for ImportStep {
    type Ask = ImportAsk;

    fn handle(&mut self, ask: ImportAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
