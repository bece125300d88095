//! A kind's form, as data: the window draws it, the command line has a flag for some of its fields, and the kind reads it back.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The form of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Fields in rows, in the order they are read.
    pub rows: &'static [Row],
    /// What opens the rows that are folded away, and what folds them; not used where there are none.
    pub more: &'static str,
    /// One sentence under the form; may be empty.
    pub note: &'static str,
}

impl Form {
    /// Every field.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.rows.iter().flat_map(|row| row.fields)
    }

    /// A field by its id.
    pub fn field(&self, id: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.id == id)
    }

    /// Whether something is folded away.
    pub fn has_more(&self) -> bool {
        self.rows.iter().any(|row| row.more)
    }
}

/// Fields side by side.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The fields.
    pub fields: &'static [Field],
    /// Whether it is folded away at first.
    pub more: bool,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in [`Values`].
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// More words after the label; may be empty.
    pub beside: &'static str,
    /// Pale words while it is empty.
    pub hint: &'static str,
    /// How wide it is beside others of its row, as a share.
    pub share: f32,
    /// What is said while it is empty; `None` where it may be.
    pub needed: Option<&'static str>,
    /// The command line's flag for it, without the dashes.
    pub flag: Option<&'static str>,
    /// What is typed or chosen.
    pub input: Input,
}

impl Field {
    /// A field for text that may be empty, without a flag.
    pub(crate) const fn text(id: &'static str, label: &'static str) -> Self {
        Self { id, label, beside: "", hint: "", share: 1.0, needed: None, flag: None, input: Input::Text }
    }
}

/// What is typed or chosen in a field.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// A line of text.
    Text,
    /// A number from 1 to 65535.
    Port,
    /// A secret. It is never among the [`Values`].
    Password,
    /// The path of a file, picked or typed.
    File {
        /// The title of the system's dialog.
        title: &'static str,
        /// What it offers: words, and endings without the dot.
        kinds: &'static [(&'static str, &'static [&'static str])],
    },
    /// One of several.
    Choice(&'static [Choice]),
}

/// One of several.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What stands in [`Values`].
    pub value: &'static str,
    /// Its words.
    pub words: &'static str,
    /// What should be known before it is chosen; may be empty.
    pub warning: &'static str,
}

/// A file in PEM, for an [`Input::File`].
pub(crate) const PEM: Input = Input::File {
    title: "PEM file",
    kinds: &[("PEM files", &["pem", "crt", "cer", "key"]), ("All files", &["*"])],
};

/// What a form's fields hold, but no secret. A field that was never set is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// What a field holds.
    pub fn get(&self, id: &str) -> &str {
        self.0.get(id).map_or("", String::as_str)
    }

    /// The same, to be typed in.
    pub fn text_mut(&mut self, id: &'static str) -> &mut String {
        self.0.entry(id).or_default()
    }

    /// Sets what a field holds.
    pub fn set(&mut self, id: &'static str, text: impl Into<String>) {
        self.0.insert(id, text.into());
    }

    /// The same, for making one.
    pub(crate) fn with(mut self, id: &'static str, text: impl Into<String>) -> Self {
        self.set(id, text);
        self
    }

    /// The same for a file that may be none.
    pub(crate) fn with_path(self, id: &'static str, path: Option<&PathBuf>) -> Self {
        self.with(id, path.map(|path| path.display().to_string()).unwrap_or_default())
    }

    /// What a field holds, without blanks around it.
    pub(crate) fn trimmed(&self, id: &str) -> &str {
        self.get(id).trim()
    }

    /// A file; `None` when the field is empty.
    pub(crate) fn path(&self, id: &str) -> Option<PathBuf> {
        Some(self.trimmed(id)).filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    /// The same for names, with commas between; one that holds a comma or a quote stands in quotes.
    pub(crate) fn with_list(self, id: &'static str, names: &[String]) -> Self {
        let quoted = |name: &String| match name {
            name if name.contains([',', '"']) || name.trim() != name => {
                format!("\"{}\"", name.replace('"', "\"\""))
            }
            name => name.clone(),
        };
        self.with(id, names.iter().map(quoted).collect::<Vec<_>>().join(", "))
    }

    /// The names in a field, with commas between.
    pub(crate) fn list(&self, id: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut chars = self.get(id).chars().peekable();
        loop {
            while chars.next_if(|c| c.is_whitespace() || *c == ',').is_some() {}
            let mut name = String::new();
            match chars.next() {
                None => break,
                Some('"') => {
                    while let Some(c) = chars.next() {
                        if c == '"' && chars.next_if_eq(&'"').is_none() {
                            break;
                        }
                        name.push(c);
                    }
                }
                Some(c) => {
                    name.push(c);
                    name.extend(std::iter::from_fn(|| chars.next_if(|c| *c != ',')));
                    name.truncate(name.trim_end().len());
                }
            }
            names.push(name);
        }
        names
    }

    /// What a field says that is missing or wrong, the first of them.
    pub(crate) fn missing(&self, form: &Form) -> Option<&'static str> {
        form.fields().find_map(|field| match field.input {
            Input::Port if self.trimmed(field.id).parse::<u16>().map_or(true, |port| port == 0) => {
                Some("The port is a number from 1 to 65535")
            }
            Input::Password => None,
            _ => field.needed.filter(|_| self.trimmed(field.id).is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_a_field() {
        let list = |text: &str| Values::default().with("names", text).list("names");
        assert_eq!(list("hr, Old Stuff ,,public"), ["hr", "Old Stuff", "public"]);
        assert_eq!(list(r#""a, b", "say ""hi""""#), ["a, b", r#"say "hi""#]);
        assert_eq!(list(" , "), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn names_come_back(names in proptest::collection::vec("\\PC{1,8}", 0..4)) {
            prop_assume!(names.iter().all(|name| !name.starts_with('"') || name.contains('"')));
            let values = Values::default().with_list("names", &names);
            prop_assert_eq!(values.list("names"), names);
        }
    }
}
