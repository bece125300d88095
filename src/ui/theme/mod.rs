//! Every colour, size, font and icon of the window. Nothing outside this folder names one.

mod fonts;
mod icons;
mod style;
mod tokens;

pub use fonts::{Face, install_fonts};
pub use icons::Icon;
pub use style::{apply, set_reduced_motion};
pub use tokens::{DARK, LIGHT, Pair, Tokens, Tone};

/// Lengths, in points. The design's own scale: 4 8 12 16 20 28.
pub mod size {
    /// Around the page.
    pub const PAGE: f32 = 28.0;
    /// Inside a card.
    pub const CARD: f32 = 20.0;
    /// Between cards, between fields side by side.
    pub const GAP: f32 = 16.0;
    /// Between things that belong together.
    pub const SMALL: f32 = 8.0;
    /// Between a label and its field, a sign and its word.
    pub const TINY: f32 = 4.0;
    /// Between buttons, between blocks inside a card.
    pub const MEDIUM: f32 = 12.0;
    /// Corner of a chip.
    pub const CORNER_CHIP: u8 = 6;
    /// Corner of a button or field.
    pub const CORNER: u8 = 8;
    /// Corner of a card.
    pub const CORNER_CARD: u8 = 12;
    /// Height of a button or field.
    pub const CONTROL: f32 = 36.0;
    /// Height of a button or field inside a table row.
    pub const CONTROL_ROW: f32 = 28.0;
    /// Height of a chip.
    pub const CHIP: f32 = 22.0;
    /// Height of a table row.
    pub const ROW: f32 = 37.0;
    /// Height of a table row with two lines.
    pub const ROW_TWO: f32 = 46.0;
    /// Width of the step rail.
    pub const RAIL: f32 = 240.0;
    /// Width of the rail in a narrow window: numbers only.
    pub const RAIL_NARROW: f32 = 64.0;
    /// A window is narrow below this width: the rail shows numbers only, and Review's panel is a drawer.
    pub const NARROW: f32 = 1180.0;
    /// A window is low below this height: titles are smaller and stand alone.
    pub const LOW: f32 = 680.0;
    /// Width of an inspector.
    pub const INSPECTOR: f32 = 296.0;
    /// Width of a drawer: an inspector that lies over the page in a narrow window.
    pub const DRAWER: f32 = 400.0;
    /// The most that a page is wide; in a wider window it stands in the middle.
    pub const CONTENT: f32 = 1440.0;
    /// Height of the footer.
    pub const FOOTER: f32 = 60.0;
    /// An icon beside text.
    pub const ICON: f32 = 14.0;
    /// The least window that every page is laid out for; in a smaller one everything is drawn smaller.
    pub const LAID_OUT_FOR: [f32; 2] = [1024.0, 600.0];
    /// The least window: a display of 1366 × 768 pixels at 150 %, without the system's bars, has room for it.
    pub const WINDOW_MIN: [f32; 2] = [720.0, 420.0];
    /// The window at first start.
    pub const WINDOW: [f32; 2] = [1280.0, 800.0];
}

/// How long a movement lasts that tells something, in seconds.
pub const MOTION: f32 = 0.13;

/// The colours of the theme `ui` is drawn in.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    of(ui.visuals().dark_mode)
}

/// The colours of the theme a context is drawn in; for what is drawn outside any `Ui`.
pub fn tokens_of(ctx: &egui::Context) -> &'static Tokens {
    of(ctx.theme() == egui::Theme::Dark)
}

fn of(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// Light, dark or as the system says; kept in the settings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Look {
    /// All, in the order the menu shows them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// As egui wants it.
    pub fn preference(self) -> egui::ThemePreference {
        match self {
            Self::System => egui::ThemePreference::System,
            Self::Light => egui::ThemePreference::Light,
            Self::Dark => egui::ThemePreference::Dark,
        }
    }
}
