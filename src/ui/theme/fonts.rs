//! The faces: Inter for words, JetBrains Mono for ids, hashes and codes (both OFL, licences beside the files). Scripts they lack
//! come from the system's fonts, which eframe asks for as needed.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId, RichText};

const MEDIUM: &str = "Inter Medium";
const SEMIBOLD: &str = "Inter SemiBold";
const BOLD: &str = "Inter Bold";

/// A style of text: family, weight and size in one word. The design's semibold is drawn with the bold face from 14 points up: egui
/// blends text in linear light, which makes dark letters thinner than a browser does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// The page's title: 22 bold.
    Title,
    /// The one number a screen is about: 30 bold.
    Figure,
    /// A number among others: 18 bold.
    Number,
    /// A card's title: 16 bold.
    CardTitle,
    /// Text that carries the sentence: 14 bold.
    Strong,
    /// Buttons: 14 medium.
    Button,
    /// Text: 14.
    Body,
    /// Field labels, table heads, chips: 12 semibold.
    Label,
    /// Small print: 12.
    Small,
    /// Ids, hashes, column names: mono 12.5.
    Mono,
    /// SQL and JSON in small cards: mono 12.
    MonoSmall,
}

impl Face {
    /// As egui wants it.
    pub fn font(self) -> FontId {
        let inter = FontFamily::Proportional;
        match self {
            Self::Title => FontId::new(22.0, named(BOLD)),
            Self::Figure => FontId::new(30.0, named(BOLD)),
            Self::Number => FontId::new(18.0, named(BOLD)),
            Self::CardTitle => FontId::new(16.0, named(BOLD)),
            Self::Strong => FontId::new(14.0, named(BOLD)),
            Self::Button => FontId::new(14.0, named(MEDIUM)),
            Self::Body => FontId::new(14.0, inter),
            Self::Label => FontId::new(12.0, named(SEMIBOLD)),
            Self::Small => FontId::new(12.0, inter),
            Self::Mono => FontId::new(12.5, FontFamily::Monospace),
            Self::MonoSmall => FontId::new(12.0, FontFamily::Monospace),
        }
    }

    /// The line height for text of several lines: 1.4 times the size.
    pub fn line(self) -> f32 {
        (self.font().size * 1.4).round()
    }

    /// Text in this face.
    pub fn text(self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(self.font()).line_height(Some(self.line()))
    }
}

fn named(name: &str) -> FontFamily {
    FontFamily::Name(name.into())
}

/// Gives the context our faces, with egui's own (and their symbols) behind them.
pub fn install_fonts(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
}

/// The families and their order.
fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 5] = [
        ("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.ttf")),
        (MEDIUM, include_bytes!("../../../assets/fonts/Inter-Medium.ttf")),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf")),
        (BOLD, include_bytes!("../../../assets/fonts/Inter-Bold.ttf")),
        ("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let behind = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with = |first: &str| {
        let mut list = vec![first.to_owned()];
        list.extend(behind.iter().cloned());
        list
    };
    fonts.families.insert(FontFamily::Proportional, with("Inter"));
    fonts.families.insert(named(MEDIUM), with(MEDIUM));
    fonts.families.insert(named(SEMIBOLD), with(SEMIBOLD));
    fonts.families.insert(named(BOLD), with(BOLD));
    let mut mono = vec!["JetBrains Mono".to_owned(), "Inter".to_owned()];
    mono.extend(behind.iter().cloned());
    fonts.families.insert(FontFamily::Monospace, mono);
    fonts
}
