//! Our tokens poured into egui's two styles.

use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals};

use super::{DARK, Face, LIGHT, MOTION, Tokens, install_fonts, size};

/// Gives a context our fonts, icons and both styles. Once, at start; tests call it from their context set-up.
pub fn apply(ctx: &Context) {
    egui_extras::install_image_loaders(ctx);
    install_fonts(ctx);
    for (theme, tokens) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.set_visuals_of(theme, visuals(theme, tokens));
        ctx.style_mut_of(theme, style);
    }
    ctx.options_mut(|options| {
        // Linux reports no theme; until the portal has answered, light is the safer guess for an office.
        options.fallback_theme = Theme::Light;
        // Closing asks first while a job runs: the shell looks at the keys itself.
        options.quit_shortcuts.clear();
        // Nor does egui zoom by itself: what is drawn smaller to fit the display is a part of it.
        options.zoom_with_keyboard = false;
    });
}

/// Turns movement off, or on again.
pub fn set_reduced_motion(ctx: &Context, reduced: bool) {
    ctx.all_styles_mut(|style| {
        style.animation_time = if reduced { 0.0 } else { MOTION };
        style.scroll_animation = if reduced {
            egui::style::ScrollAnimation::none()
        } else {
            egui::style::ScrollAnimation::default()
        };
    });
}

fn style(style: &mut Style) {
    style.text_styles = [
        (TextStyle::Heading, Face::Title.font()),
        (TextStyle::Body, Face::Body.font()),
        (TextStyle::Button, Face::Button.font()),
        (TextStyle::Small, Face::Small.font()),
        (TextStyle::Monospace, Face::Mono.font()),
    ]
    .into();
    style.animation_time = MOTION;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(size::SMALL, size::SMALL);
    spacing.button_padding = Vec2::new(14.0, 8.0);
    spacing.interact_size = Vec2::new(28.0, 28.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(20);
    spacing.text_edit_width = 240.0;
    spacing.icon_width = 18.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 8.0;
    spacing.slider_rail_height = 6.0;
    spacing.scroll = egui::style::ScrollStyle::floating();
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating_width = 5.0;
    spacing.scroll.floating_allocated_width = 0.0;
    // A table's bar stands off the edge of the card the table is in.
    spacing.scroll.bar_outer_margin = 3.0;
    spacing.scroll.foreground_color = false;
}

fn visuals(theme: Theme, t: &Tokens) -> Visuals {
    let mut v = theme.default_visuals();
    v.override_text_color = None;
    v.weak_text_color = Some(t.muted);
    v.hyperlink_color = t.accent;
    v.faint_bg_color = t.hover;
    v.extreme_bg_color = t.panel;
    v.text_edit_bg_color = Some(t.panel);
    v.code_bg_color = t.quiet.bg;
    v.warn_fg_color = t.hook.text;
    v.error_fg_color = t.bad.text;
    v.panel_fill = t.bg;
    v.window_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.line);
    v.window_corner_radius = CornerRadius::same(size::CORNER_CARD);
    v.menu_corner_radius = CornerRadius::same(10);
    let shadow = Shadow { offset: [0, 8], blur: 28, spread: 0, color: t.shadow };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    v.selection.bg_fill = t.accent_bg;
    v.selection.stroke = Stroke::new(1.0, t.accent);
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);
    v.slider_trailing_fill = true;
    v.handle_shape = egui::style::HandleShape::Circle;
    v.interact_cursor = Some(egui::CursorIcon::PointingHand);
    v.striped = false;
    let corner = CornerRadius::same(size::CORNER);
    let widgets = &mut v.widgets;
    for (w, fill, line, text) in [
        (&mut widgets.noninteractive, t.panel, t.line, t.text),
        (&mut widgets.inactive, t.panel, t.line, t.text),
        (&mut widgets.hovered, t.hover, t.line_strong, t.text),
        (&mut widgets.active, t.accent_bg, t.accent, t.text),
        (&mut widgets.open, t.hover, t.line_strong, t.text),
    ] {
        w.bg_fill = fill;
        w.weak_bg_fill = fill;
        w.bg_stroke = Stroke::new(1.0, line);
        w.fg_stroke = Stroke::new(1.0, text);
        w.corner_radius = corner;
        w.expansion = 0.0;
    }
    // Scroll handles and slider rails are drawn with these two.
    widgets.inactive.bg_fill = t.line_strong;
    widgets.hovered.bg_fill = t.muted;
    v.image_loading_spinners = false;
    v.disabled_alpha = 0.5;
    debug_assert_ne!(t.text, Color32::TRANSPARENT);
    v
}
