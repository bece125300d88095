//! Our icons: 16-point SVG strokes in `assets/icons`, white there and tinted here. Drawn beside a word, never instead of one.

use egui::{Color32, Image, ImageSource, Rect, Ui, Vec2, load::Bytes};

use super::Tone;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// ↺: sets a new one.
    Again,
    /// →: goes to.
    ArrowRight,
    /// !: blocked, failed.
    Bang,
    /// Causeway's mark.
    Bridge,
    /// A company.
    Building,
    /// ✓: holds, moves, done.
    Check,
    /// Opens a list.
    ChevronDown,
    /// The one before.
    ChevronLeft,
    /// The next one.
    ChevronRight,
    /// Copy.
    Copy,
    /// Close, take away.
    Cross,
    /// –: left out, waiting.
    Dash,
    /// A database.
    Database,
    /// More.
    Dots,
    /// =: already there.
    Equals,
    /// Bring in.
    Download,
    /// Show what is covered.
    Eye,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Waiting for something.
    Hourglass,
    /// A connection's address.
    Link,
    /// Kept safe.
    Lock,
    /// Pause.
    Pause,
    /// People.
    People,
    /// A person.
    Person,
    /// Go on.
    Play,
    /// Add.
    Plus,
    /// Search.
    Search,
    /// Sorted downwards.
    SortDown,
    /// Sorted upwards.
    SortUp,
    /// ★: Okta requires it.
    Star,
    /// Light or dark.
    Sun,
    /// ⇄: needs the hook.
    Swap,
    /// Remove.
    Trash,
    /// A pencil.
    Pencil,
    /// Folds away.
    Up,
}

impl Icon {
    /// The file's name and bytes.
    fn file(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Again => ("bytes://icon/again.svg", include_bytes!("../../../assets/icons/again.svg")),
            Self::ArrowRight => {
                ("bytes://icon/arrow-right.svg", include_bytes!("../../../assets/icons/arrow-right.svg"))
            }
            Self::Bang => ("bytes://icon/bang.svg", include_bytes!("../../../assets/icons/bang.svg")),
            Self::Bridge => ("bytes://icon/bridge.svg", include_bytes!("../../../assets/icons/bridge.svg")),
            Self::Building => {
                ("bytes://icon/building.svg", include_bytes!("../../../assets/icons/building.svg"))
            }
            Self::Check => ("bytes://icon/check.svg", include_bytes!("../../../assets/icons/check.svg")),
            Self::ChevronDown => {
                ("bytes://icon/chevron-down.svg", include_bytes!("../../../assets/icons/chevron-down.svg"))
            }
            Self::ChevronLeft => {
                ("bytes://icon/chevron-left.svg", include_bytes!("../../../assets/icons/chevron-left.svg"))
            }
            Self::ChevronRight => {
                ("bytes://icon/chevron-right.svg", include_bytes!("../../../assets/icons/chevron-right.svg"))
            }
            Self::Copy => ("bytes://icon/copy.svg", include_bytes!("../../../assets/icons/copy.svg")),
            Self::Cross => ("bytes://icon/cross.svg", include_bytes!("../../../assets/icons/cross.svg")),
            Self::Dash => ("bytes://icon/dash.svg", include_bytes!("../../../assets/icons/dash.svg")),
            Self::Database => {
                ("bytes://icon/database.svg", include_bytes!("../../../assets/icons/database.svg"))
            }
            Self::Dots => ("bytes://icon/dots.svg", include_bytes!("../../../assets/icons/dots.svg")),
            Self::Equals => ("bytes://icon/equals.svg", include_bytes!("../../../assets/icons/equals.svg")),
            Self::Download => {
                ("bytes://icon/download.svg", include_bytes!("../../../assets/icons/download.svg"))
            }
            Self::Eye => ("bytes://icon/eye.svg", include_bytes!("../../../assets/icons/eye.svg")),
            Self::File => ("bytes://icon/file.svg", include_bytes!("../../../assets/icons/file.svg")),
            Self::Folder => ("bytes://icon/folder.svg", include_bytes!("../../../assets/icons/folder.svg")),
            Self::Hourglass => {
                ("bytes://icon/hourglass.svg", include_bytes!("../../../assets/icons/hourglass.svg"))
            }
            Self::Link => ("bytes://icon/link.svg", include_bytes!("../../../assets/icons/link.svg")),
            Self::Lock => ("bytes://icon/lock.svg", include_bytes!("../../../assets/icons/lock.svg")),
            Self::Pause => ("bytes://icon/pause.svg", include_bytes!("../../../assets/icons/pause.svg")),
            Self::People => ("bytes://icon/people.svg", include_bytes!("../../../assets/icons/people.svg")),
            Self::Person => ("bytes://icon/person.svg", include_bytes!("../../../assets/icons/person.svg")),
            Self::Play => ("bytes://icon/play.svg", include_bytes!("../../../assets/icons/play.svg")),
            Self::Plus => ("bytes://icon/plus.svg", include_bytes!("../../../assets/icons/plus.svg")),
            Self::Search => ("bytes://icon/search.svg", include_bytes!("../../../assets/icons/search.svg")),
            Self::SortDown => {
                ("bytes://icon/sort-down.svg", include_bytes!("../../../assets/icons/sort-down.svg"))
            }
            Self::SortUp => ("bytes://icon/sort-up.svg", include_bytes!("../../../assets/icons/sort-up.svg")),
            Self::Star => ("bytes://icon/star.svg", include_bytes!("../../../assets/icons/star.svg")),
            Self::Sun => ("bytes://icon/sun.svg", include_bytes!("../../../assets/icons/sun.svg")),
            Self::Swap => ("bytes://icon/swap.svg", include_bytes!("../../../assets/icons/swap.svg")),
            Self::Pencil => ("bytes://icon/pencil.svg", include_bytes!("../../../assets/icons/pencil.svg")),
            Self::Trash => ("bytes://icon/trash.svg", include_bytes!("../../../assets/icons/trash.svg")),
            Self::Up => ("bytes://icon/up.svg", include_bytes!("../../../assets/icons/up.svg")),
        }
    }

    /// The sign that goes with a tone.
    pub fn of(tone: Tone) -> Self {
        match tone {
            Tone::Good | Tone::Accent => Self::Check,
            Tone::Hook => Self::Swap,
            Tone::Reset => Self::Again,
            Tone::Bad => Self::Bang,
            Tone::Quiet => Self::Dash,
            Tone::There => Self::Equals,
        }
    }

    /// As an image of `side` points.
    pub fn image(self, side: f32, color: Color32) -> Image<'static> {
        let (uri, bytes) = self.file();
        Image::new(ImageSource::Bytes { uri: uri.into(), bytes: Bytes::Static(bytes) })
            .fit_to_exact_size(Vec2::splat(side))
            .tint(color)
    }

    /// Paints it into a square, without taking part in the layout.
    pub fn paint(self, ui: &Ui, square: Rect, color: Color32) {
        self.image(square.width(), color).paint_at(ui, square);
    }

    /// Paints it in the middle of `rect`, `side` points wide.
    pub fn paint_centred(self, ui: &Ui, rect: Rect, side: f32, color: Color32) {
        self.paint(ui, Rect::from_center_size(rect.center(), Vec2::splat(side)), color);
    }

    /// Places it in the layout as decoration: screen readers pass over it.
    pub fn show(self, ui: &mut Ui, side: f32, color: Color32) {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), egui::Sense::hover());
        self.paint(ui, rect, color);
    }
}
