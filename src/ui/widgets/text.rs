//! Words in our faces and colours.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Color32, Galley, Label, Response, Role, Ui};

use crate::ui::theme::{Face, tokens};

/// Text on a `Ui`, by its rank. (egui's own `strong` and `small` know nothing of our faces: use `bold` and `fine`.) Lines break where there is no room; `_cut` forms cut with an ellipsis and show all on hover.
pub trait Words {
    /// Text in a face and colour.
    fn words(&mut self, face: Face, color: Color32, text: impl Into<String>) -> Response;
    /// The same on one line, cut with an ellipsis where there is no room.
    fn words_cut(&mut self, face: Face, color: Color32, text: impl Into<String>) -> Response;
    /// The page's title.
    fn title(&mut self, text: impl Into<String>) -> Response;
    /// The page's title in a low window.
    fn title_low(&mut self, text: impl Into<String>) -> Response;
    /// A card's title.
    fn card_title(&mut self, text: impl Into<String>) -> Response;
    /// A sentence.
    fn body(&mut self, text: impl Into<String>) -> Response;
    /// What carries a sentence.
    fn bold(&mut self, text: impl Into<String>) -> Response;
    /// Second-rank text.
    fn muted(&mut self, text: impl Into<String>) -> Response;
    /// Second-rank small print.
    fn fine(&mut self, text: impl Into<String>) -> Response;
    /// A field's label, a table's head.
    fn label_text(&mut self, text: impl Into<String>) -> Response;
    /// An id, a column name, a code.
    fn mono(&mut self, text: impl Into<String>) -> Response;
}

/// Text laid out in at most so many lines, `room` points wide, for where its height has to be known before it is shown. Shown as a
/// label, hovering shows all of it.
pub fn lines_of(ui: &Ui, face: Face, color: Color32, text: String, room: f32, most: usize) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text, face.font(), color, room);
    job.wrap.max_rows = most;
    for section in &mut job.sections {
        section.format.line_height = Some(face.line());
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Tells screen readers that a label heads what is under it, so that one can go from head to head.
fn heading(shown: &Response, text: &str) {
    shown.ctx.accesskit_node_builder(shown.id, |node| {
        node.set_role(Role::Heading);
        node.set_label(text);
        node.clear_value();
    });
}

impl Words for Ui {
    fn words(&mut self, face: Face, color: Color32, text: impl Into<String>) -> Response {
        self.add(Label::new(face.text(text).color(color)))
    }

    fn words_cut(&mut self, face: Face, color: Color32, text: impl Into<String>) -> Response {
        self.add(Label::new(face.text(text).color(color)).truncate())
    }

    fn title(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        let text = text.into();
        let shown = self.words_cut(Face::Title, color, &text);
        heading(&shown, &text);
        shown
    }

    fn title_low(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        let text = text.into();
        let shown = self.words_cut(Face::Number, color, &text);
        heading(&shown, &text);
        shown
    }

    fn card_title(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        let text = text.into();
        let shown = self.words(Face::CardTitle, color, &text);
        heading(&shown, &text);
        shown
    }

    fn body(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        self.words(Face::Body, color, text)
    }

    fn bold(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        self.words(Face::Strong, color, text)
    }

    fn muted(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).muted;
        self.words(Face::Body, color, text)
    }

    fn fine(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).muted;
        self.words(Face::Small, color, text)
    }

    fn label_text(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).muted;
        self.words(Face::Label, color, text)
    }

    fn mono(&mut self, text: impl Into<String>) -> Response {
        let color = tokens(self).text;
        self.words(Face::Mono, color, text)
    }
}
