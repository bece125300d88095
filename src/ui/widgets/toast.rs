//! Short messages in the free part of the rail, over its badge, that go by themselves: nothing to press is under them there. A rail
//! without room for them leaves them the page's title. Errors have their place on the page; these are for what went well.

use egui::accesskit::Live;
use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, Stroke};

use super::Words as _;
use crate::ui::theme::{Face, Icon, Tone, size, tokens_of};

/// Room at the sides of the rail, in points.
const ASIDE: f32 = 14.0;
/// How wide a message over the page's title is, in points.
const OVER_TITLE: f32 = 360.0;
/// The badge with the room under and over it, in points.
const BADGE: f32 = 106.0;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// Its colour and sign.
    pub tone: Tone,
}

impl Toast {
    /// Something went well.
    pub fn good(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Good }
    }

    /// Something went wrong that has no better place.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Bad }
    }
}

/// The messages now shown, oldest first, each with the time when it goes.
#[derive(Debug, Default)]
pub struct Toasts {
    shown: Vec<(Toast, Option<f64>)>,
}

impl Toasts {
    /// Shows one more.
    pub fn push(&mut self, toast: Toast) {
        if self.shown.len() >= 4 {
            self.shown.remove(0);
        }
        self.shown.push((toast, None));
    }

    /// The words now shown.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|(toast, _)| toast.text.as_str())
    }

    /// Draws them above the badge at the foot of the rail, or over the page's title, as many as there is room for: the newest.
    pub fn show(&mut self, ctx: &Context) {
        if self.shown.is_empty() {
            return;
        }
        let now = ctx.input(|i| i.time);
        for (toast, until) in &mut self.shown {
            let last = if toast.tone == Tone::Bad { 10.0 } else { 5.0 };
            until.get_or_insert(now + last);
        }
        self.shown.retain(|(_, until)| until.is_none_or(|until| until > now));
        let t = tokens_of(ctx);
        // No room under the steps where they are numbers only or the window is low: then over the page's title, where nothing is
        // to press.
        let over_title = super::is_narrow(ctx) || super::is_low(ctx);
        let (anchor, at) = if over_title {
            let drawer = if super::drawer_is_open(ctx) { size::DRAWER } else { 0.0 };
            (Align2::RIGHT_TOP, [-16.0 - drawer, 10.0])
        } else {
            (Align2::LEFT_BOTTOM, [ASIDE, -BADGE])
        };
        let width = if over_title { OVER_TITLE } else { size::RAIL - 2.0 * ASIDE };
        // Under the seven steps; a message of three lines is some 80 points high.
        let room = if ctx.content_rect().height() < 800.0 { 1 } else { 3 };
        let newest = self.shown.len().saturating_sub(room);
        Area::new(Id::unique("toasts")).order(Order::Foreground).anchor(anchor, at).interactable(false).show(
            ctx,
            |ui| {
                for (toast, _) in self.shown.iter().skip(newest) {
                    Frame::new()
                        .fill(t.panel)
                        .stroke(Stroke::new(1.0, t.tone(toast.tone).text))
                        .corner_radius(CornerRadius::same(size::CORNER_CARD))
                        .inner_margin(Margin::symmetric(12, 9))
                        .shadow(ui.visuals().popup_shadow)
                        .show(ui, |ui| {
                            ui.set_width(width - 24.0);
                            ui.horizontal_top(|ui| {
                                ui.spacing_mut().item_spacing.x = 8.0;
                                ui.vertical(|ui| {
                                    ui.set_width(size::ICON);
                                    ui.add_space(2.0);
                                    Icon::of(toast.tone).show(ui, size::ICON, t.tone(toast.tone).text);
                                });
                                let words = ui.available_width();
                                ui.vertical(|ui| {
                                    ui.set_max_width(words);
                                    let said = ui.words(Face::Small, t.text, &toast.text);
                                    // Read aloud as it comes, when nothing else is being read.
                                    ui.ctx()
                                        .accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
                                });
                            });
                        });
                }
            },
        );
        ctx.request_repaint_after_secs(0.5);
    }
}
