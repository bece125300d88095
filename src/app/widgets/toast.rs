//! Short messages at the lower right that go by themselves. Errors have their place on the page; these are for what went well.

use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, Stroke};

use super::Words as _;
use crate::app::theme::{Icon, Tone, size, tokens_of};

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

    /// Draws them above the footer.
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
        Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, [-size::PAGE, -(size::FOOTER + size::GAP)])
            .interactable(false)
            .show(ctx, |ui| {
                for (toast, _) in &self.shown {
                    Frame::new()
                        .fill(t.panel)
                        .stroke(Stroke::new(1.0, t.tone(toast.tone).text))
                        .corner_radius(CornerRadius::same(size::CORNER_CARD))
                        .inner_margin(Margin::symmetric(14, 10))
                        .shadow(ui.visuals().popup_shadow)
                        .show(ui, |ui| {
                            ui.set_max_width(420.0);
                            ui.horizontal(|ui| {
                                Icon::of(toast.tone).show(ui, size::ICON, t.tone(toast.tone).text);
                                ui.body(&toast.text);
                            });
                        });
                }
            });
        ctx.request_repaint_after_secs(0.5);
    }
}
