//! The step Review.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct ReviewStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewAsk {}

impl Page for ReviewStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Everyone, and what happens to each password".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for ReviewStep {
    type Ask = ReviewAsk;

    fn handle(&mut self, ask: ReviewAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
