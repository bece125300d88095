//! The step Hook.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct HookStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookAsk {}

impl Page for HookStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Password hook".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for HookStep {
    type Ask = HookAsk;

    fn handle(&mut self, ask: HookAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
