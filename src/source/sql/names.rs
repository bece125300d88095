//! The names of a result's columns.

use std::collections::HashSet;

/// The names, each once: a second `id` becomes `id_2`. Names are compared ignoring case, as the database does.
pub(crate) fn unique(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().collect();
    let given: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut taken = HashSet::new();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        if taken.insert(name.to_lowercase()) {
            unique.push(name);
            continue;
        }
        let mut n = 2;
        let free = loop {
            let free = format!("{name}_{n}");
            let small = free.to_lowercase();
            if !given.contains(&small) && taken.insert(small) {
                break free;
            }
            n += 1;
        };
        unique.push(free);
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_once() {
        let names = ["id", "name", "ID", "id_2", "id"].map(str::to_owned);
        assert_eq!(unique(names), ["id", "name", "ID_3", "id_2", "id_4"]);
    }
}
