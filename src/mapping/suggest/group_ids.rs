//! Groups that are written as ids of another table: `1,2` beside a table of groups.

use std::borrow::Cow;

use crate::mapping::transform::unpack;

/// Whether a column of groups seems to hold ids: most of its values are numbers, or keys made by chance, and nothing else. Groups that
/// are called so mean nothing to anyone.
pub(in crate::mapping) fn ids_of_groups<'v>(values: impl Iterator<Item = Cow<'v, str>>) -> bool {
    let (mut ids, mut all) = (0_usize, 0_usize);
    for value in values.filter(|value| !value.trim().is_empty()) {
        all += 1;
        ids += usize::from(are_ids(&value));
    }
    ids > 0 && ids * 2 >= all
}

fn are_ids(text: &str) -> bool {
    let id = |part: &str| {
        let part = part.trim();
        let hex = part.len() >= 32 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        part.chars().all(|c| c.is_ascii_digit()) || hex
    };
    match unpack(text) {
        Some(items) => !items.is_empty() && items.iter().all(|item| id(item)),
        None => text.split([',', ';', '|', ' ', '{', '}', '[', ']', '"', '\'']).all(id),
    }
}
