//! The step Okta.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct OktaStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OktaAsk {}

impl Page for OktaStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Where are they going?".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for OktaStep {
    type Ask = OktaAsk;

    fn handle(&mut self, ask: OktaAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
