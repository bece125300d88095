//! The list of places a column can go to.

use egui::{Popup, PopupCloseBehavior, Response, ScrollArea, Ui};

use super::MapAsk;
use super::derived::Line;
use crate::app::steps::View;
use crate::mapping::{Mapping, Target, attribute_name, target_words};
use crate::model::ATTRIBUTES;
use crate::ui::widgets::{Field, Words as _, menu_row, name_menu};

/// What is not an attribute, in the order of the list.
const ROLES: [Target; 5] =
    [Target::Password, Target::Salt, Target::IsActive, Target::Group, Target::LastSignIn];

/// Draws the list under `button` while it is open.
pub(super) fn picker(
    button: &Response,
    line: &Line,
    mapping: &Mapping,
    search: &mut String,
    view: &mut View<'_>,
) {
    Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(270.0).show(|ui| {
        ui.set_width(270.0);
        name_menu(ui, "Attributes");
        let field = Field::search("Search attributes").in_row().show(ui, search);
        if button.clicked() {
            field.request_focus();
        }
        let wanted = search.trim().to_lowercase();
        let fits = |word: &str| wanted.is_empty() || word.to_lowercase().contains(&wanted);
        let mut chosen: Option<Option<Target>> = None;
        let mut first: Option<Target> = None;
        ScrollArea::vertical().max_height(300.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut offer = |ui: &mut Ui, target: Target, word: &str| {
                let on = line.target.as_ref() == Some(&target);
                first.get_or_insert_with(|| target.clone());
                if menu_row(ui, word, on).clicked() {
                    chosen = Some(Some(target));
                }
            };
            for role in ROLES.iter().filter(|role| fits(&target_words(role))) {
                offer(ui, role.clone(), &target_words(role));
            }
            for attribute in ATTRIBUTES.iter().filter(|a| fits(a.name)) {
                let word = if attribute.required {
                    format!("{} ★", attribute.name)
                } else {
                    attribute.name.to_owned()
                };
                offer(ui, Target::Attribute(attribute.name.to_owned()), &word);
            }
            let custom: Vec<&str> = crate::mapping::custom_attributes(mapping);
            for name in custom.iter().filter(|name| fits(name)) {
                offer(ui, Target::Attribute((*name).to_owned()), &format!("+ {name}"));
            }
            let typed = search.trim();
            // What is typed may be the column's name; Okta takes fewer signs.
            let name = attribute_name(typed);
            let known = ATTRIBUTES.iter().any(|a| a.name.eq_ignore_ascii_case(&name))
                || custom.contains(&name.as_str());
            if typed.contains(|c: char| c.is_ascii_alphanumeric()) && !known {
                offer(ui, Target::Attribute(name.clone()), &format!("+ Custom attribute “{name}”"));
            }
            if wanted.is_empty() {
                ui.add_space(4.0);
                if menu_row(ui, "Leave behind", line.target.is_none()).clicked() {
                    chosen = Some(None);
                }
            }
        });
        if crate::ui::widgets::confirmed_by_enter(&field) && !wanted.is_empty() {
            chosen = first.map(Some);
        }
        if line.rule.is_some() && wanted.is_empty() {
            ui.add_space(4.0);
            ui.fine("The same column may go to a second attribute:");
            if menu_row(ui, "Use this column once more", false).clicked() {
                let used =
                    |name: &str| mapping.rules.iter().any(|r| r.target == Target::Attribute(name.to_owned()));
                let free = ATTRIBUTES.iter().map(|a| a.name).find(|name| !used(name));
                if let Some(free) = free {
                    let target = Some(Target::Attribute(free.to_owned()));
                    view.send(MapAsk::Assign { rule: None, column: line.column.clone(), target });
                }
                ui.close();
            }
        }
        if let Some(target) = chosen {
            view.send(MapAsk::Assign { rule: line.rule, column: line.column.clone(), target });
            ui.close();
        }
    });
}
