//! Mappings as files.

use serde::Deserialize;

use super::error::MappingError;
use super::types::Mapping;

/// The newest format of mapping files that this Causeway reads, and the one it writes.
pub const VERSION: u32 = 1;

impl Mapping {
    /// As the text of a mapping file.
    pub fn to_json(&self) -> String {
        // Plain structs, vectors and texts: nothing in them can fail to be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// From the text of a mapping file. Words this format does not know are refused, so that nothing in a file is passed over.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        #[derive(Deserialize)]
        struct Version {
            version: Option<u64>,
        }
        let text = text.trim_start_matches('\u{feff}');
        let refused = |error: &serde_json::Error| MappingError::NotAMapping { what: error.to_string() };
        // The version first: a newer format may well have words this one does not know.
        let Version { version } = serde_json::from_str(text).map_err(|error| refused(&error))?;
        match version {
            Some(found) if found > u64::from(VERSION) => {
                return Err(MappingError::Newer { found, known: VERSION });
            }
            Some(1..) => {}
            Some(0) | None => {
                return Err(MappingError::NotAMapping { what: "it has no “version”".to_owned() });
            }
        }
        let mut mapping: Self = serde_json::from_str(text).map_err(|error| refused(&error))?;
        // One that was written by hand, too.
        mapping.note_product_of_path();
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Rule, Target, Transform};
    use crate::model::{PasswordSettings, SaltOrder, Selection, TableName};
    use proptest::prelude::*;

    fn example() -> Mapping {
        let rule =
            |column: &str, target, transforms| Rule { column: Some(column.to_owned()), target, transforms };
        Mapping {
            version: VERSION,
            selection: Selection::table(TableName { schema: None, name: "users".to_owned() }),
            rules: vec![
                rule(
                    "e-mail",
                    Target::Attribute("login".to_owned()),
                    vec![Transform::Trim, Transform::Lower],
                ),
                rule("name", Target::Attribute("lastName".to_owned()), vec![Transform::FamilyName]),
                rule(
                    "dept",
                    Target::Group,
                    vec![Transform::Lookup(vec![("IT".to_owned(), "Büro".to_owned())])],
                ),
                rule("pw", Target::Password, Vec::new()),
            ],
            password: PasswordSettings { salt_order: Some(SaltOrder::Prefix), ..PasswordSettings::default() },
            left_tables: Vec::new(),
        }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        assert_eq!(Mapping::from_json(&example().to_json()).unwrap(), example());
        assert_eq!(Mapping::from_json(&format!("\u{feff}{}", example().to_json())).unwrap(), example());
    }

    #[test]
    fn the_file_is_for_people_too() {
        let text = example().to_json();
        assert!(text.contains("\"attribute\": \"login\"") && text.ends_with("}\n"), "{text}");
    }

    #[test]
    fn words_not_known_are_refused_with_their_place() {
        for (from, to, says) in [
            ("\"rules\"", "\"rulez\"", "rulez"),
            ("\"column\"", "\"colum\"", "colum"),
            ("\"salt_order\"", "\"saltorder\"", "saltorder"),
            ("\"people\"", "\"peopel\"", "peopel"),
            ("\"trim\"", "\"trimm\"", "trimm"),
        ] {
            let text = example().to_json().replacen(from, to, 1);
            let error = Mapping::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("line"), "{error}");
        }
    }

    #[test]
    fn newer_files_and_other_files_are_refused() {
        let newer = example().to_json().replacen("\"version\": 1", "\"version\": 2, \"new\": true", 1);
        assert_eq!(Mapping::from_json(&newer), Err(MappingError::Newer { found: 2, known: 1 }));
        for text in ["", "{}", "[]", "null", "{\"version\":0}", "hello", "{\"version\":\"1\"}"] {
            assert!(matches!(Mapping::from_json(text), Err(MappingError::NotAMapping { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            prop_assert!(Mapping::from_json(&text).is_err());
        }
    }
}
