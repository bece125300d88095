//! The step Map.

use egui::Ui;

use super::{Footer, Page, Step, View, Work};
use crate::app::facts::Facts;

/// The step's state.
#[derive(Debug, Default)]
pub struct MapStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapAsk {}

impl Page for MapStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Match columns to Okta attributes".into(), String::new())
    }

    fn rail_line(&self, _: &Facts) -> Option<String> {
        None
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer { back: true, ..Footer::default() }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut View<'_>) {}
}

impl Step for MapStep {
    type Ask = MapAsk;

    fn handle(&mut self, ask: MapAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
