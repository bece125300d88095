//! The window on the display there is: it begins no larger than what title bar and task bar leave, and where the room is less than
//! every page is laid out for, everything is drawn a little smaller instead of cut off.

use egui::{Context, Key, KeyboardShortcut, Modifiers, Vec2, ViewportCommand, vec2};

use crate::ui::theme::size;

/// What the title bar and the system's own bars take of a display's height at most, in points: 32 and 48 on Windows 11, 28 with a
/// menu bar of 38 on macOS, 37 and 32 on GNOME; a Dock more.
const BARS: f32 = 96.0;
/// The smallest that everything is drawn, as a part of its size: text of 14 points is 10 then, and still read.
const SMALLEST: f32 = 0.7;
/// How far one goes with the keys.
const WISHES: std::ops::RangeInclusive<f32> = 0.5..=3.0;
/// One step of the keys.
const STEP: f32 = 1.1;
/// Frames after which a window is shown: before, the system ignores what it is asked.
const SHOWN: u64 = 3;

const LARGER: [KeyboardShortcut; 2] = [
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals),
];
const SMALLER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);
const AS_IT_WAS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num0);

/// What is known of the window and its display.
pub(super) struct Fit {
    /// How large the reader wants everything; 1 is the design's size.
    wish: f32,
    /// Whether the window was fitted to its display.
    placed: bool,
}

impl Default for Fit {
    fn default() -> Self {
        Self { wish: 1.0, placed: false }
    }
}

impl Fit {
    /// Once a frame, before anything is drawn.
    pub(super) fn logic(&mut self, ctx: &Context) {
        self.keys(ctx);
        let now = ctx.zoom_factor();
        let zoom = zoom_for(ctx.content_rect().size() * now, self.wish);
        if (zoom - now).abs() > 0.001 {
            ctx.set_zoom_factor(zoom);
        }
        if !self.placed {
            self.place(ctx, now);
        }
    }

    /// Larger, smaller, as it was: on any keyboard the keys of a browser.
    fn keys(&mut self, ctx: &Context) {
        ctx.input_mut(|i| {
            if LARGER.iter().any(|keys| i.consume_shortcut(keys)) {
                self.wish = (self.wish * STEP).min(*WISHES.end());
            }
            if i.consume_shortcut(&SMALLER) {
                self.wish = (self.wish / STEP).max(*WISHES.start());
            }
            if i.consume_shortcut(&AS_IT_WAS) {
                self.wish = 1.0;
            }
        });
    }

    /// Fills the display where the window would reach under its bars. The system knows what they leave; we don't.
    fn place(&mut self, ctx: &Context, zoom: f32) {
        if ctx.cumulative_frame_nr() < SHOWN {
            ctx.request_repaint();
            return;
        }
        let Some(display) = ctx.input(|i| i.viewport().monitor_size) else { return };
        self.placed = true;
        let full = ctx.input(|i| i.viewport().maximized.or(i.viewport().fullscreen)).unwrap_or_default();
        if let (Some(size), false) = (beside_bars(display * zoom), full) {
            // What it comes back to when it no longer fills the display.
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size / zoom));
            ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
        }
    }
}

/// How large everything is drawn in a window of this size (points at a zoom of 1), so that there is room for every page.
fn zoom_for(window: Vec2, wish: f32) -> f32 {
    let [width, height] = size::LAID_OUT_FOR;
    let fit = (window.x / width).min(window.y / height).clamp(SMALLEST, 1.0);
    // A wish is of what fits: larger than that is the reader's choice, who scrolls then.
    (fit * wish).clamp(*WISHES.start(), *WISHES.end())
}

/// The size beside the bars of a display of this size, where our own is too large for it.
fn beside_bars(display: Vec2) -> Option<Vec2> {
    let [width, height] = size::WINDOW;
    let room = vec2(display.x, display.y - BARS);
    let fits = room.x >= width && room.y >= height;
    let [least, low] = size::WINDOW_MIN;
    (!fits).then(|| room.min(vec2(width, height)).max(vec2(least, low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_begins_under_the_bars_of_its_display() {
        for (display, begins) in [
            // Points: a display of 1920 × 1080 pixels at 125 % and 150 %.
            ([1920.0, 1080.0], None),
            ([1536.0, 864.0], Some([1280.0, 768.0])),
            ([1280.0, 720.0], Some([1280.0, 624.0])),
            // The notebooks: 1366 × 768 at 100, 125 and 150 %.
            ([1366.0, 768.0], Some([1280.0, 672.0])),
            ([1092.8, 614.4], Some([1092.8, 518.4])),
            ([910.7, 512.0], Some([910.7, 420.0])),
            ([1280.0, 800.0], Some([1280.0, 704.0])),
            ([1024.0, 700.0], Some([1024.0, 604.0])),
            ([1024.0, 600.0], Some([1024.0, 504.0])),
            ([1440.0, 900.0], None),
            ([3840.0, 2160.0], None),
        ] {
            let begins = begins.map(|[x, y]| vec2(x, y));
            let size = beside_bars(display.into());
            assert_eq!(size.map(Vec2::round), begins.map(Vec2::round), "{display:?}");
        }
    }

    #[test]
    fn every_page_has_the_room_it_is_laid_out_for_however_small_the_window() {
        for window in [
            [720.0, 420.0],
            [911.0, 442.0],
            [1093.0, 540.0],
            [1024.0, 600.0],
            [1366.0, 700.0],
            [2560.0, 1440.0],
        ] {
            let zoom = zoom_for(window.into(), 1.0);
            let [width, height] = window.map(|side| side / zoom);
            assert!(width >= 1023.9 && height >= 599.9, "{window:?} at {zoom}: {width} × {height}");
            assert!((SMALLEST..=1.0).contains(&zoom), "{zoom}");
        }
        // A reader who wants it larger gets it larger.
        assert!((zoom_for(vec2(1280.0, 800.0), 1.5) - 1.5).abs() < 0.001);
        assert!((zoom_for(vec2(911.0, 480.0), 1.25) - 1.0).abs() < 0.001);
    }
}
