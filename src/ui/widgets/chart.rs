//! A chart to look at: it does not move, zoom or show axes.

use std::ops::RangeInclusive;

use egui::{Response, Role, Sense, Vec2, Vec2b, WidgetInfo};
use egui_plot::Plot;

/// A plot that shows just this part of the plane, and stays so whatever the mouse does.
pub fn still_chart(name: &'static str, x: RangeInclusive<f64>, top: f64) -> Plot<'static> {
    Plot::new(name)
        .show_axes(false)
        .show_grid(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(Vec2b::FALSE)
        // Hovered only: it is no stop of the Tab key, which could do nothing there.
        .sense(Sense::hover())
        .include_x(*x.start())
        .include_x(*x.end())
        .include_y(0.0)
        .include_y(top)
        .set_margin_fraction(Vec2::ZERO)
}

/// Tells screen readers what a chart shows: what it is about, and the numbers that one would see at a look.
pub fn chart_said(chart: &Response, words: &str) {
    chart.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
}
