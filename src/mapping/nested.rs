//! What the place of a password inside a JSON document tells of it.

use super::types::{Mapping, Target, Transform};

/// The product whose documents have passwords at this path, as the `password` room names it. Meteor's (Rocket.Chat, Wekan) are the only
/// ones that name the format where the password stands: `services.password.bcrypt`.
pub(super) fn made_by(path: &str) -> Option<&'static str> {
    let mut parts = path.rsplit('.').map(str::trim);
    let (format, holder) = (parts.next()?, parts.next()?);
    let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
    ((is(format, "bcrypt") || is(format, "argon2")) && is(holder, "password")).then_some("meteor")
}

impl Mapping {
    /// Notes whose passwords these are, where the path that they are taken from tells and nothing else was noted: what looks like plain
    /// bcrypt there is over something that the product made of the password first.
    pub fn note_product_of_path(&mut self) {
        if self.password.made_by.is_some() {
            return;
        }
        let mut password = self.rules.iter().filter(|rule| rule.target == Target::Password);
        let found = password.find_map(|rule| {
            // The column is the first part: `services`, or `services.password`.
            let mut path = vec![rule.column.as_deref().unwrap_or_default()];
            path.extend(rule.transforms.iter().filter_map(|change| match change {
                Transform::Pick(part) => Some(part.as_str()),
                _ => None,
            }));
            (path.len() > 1).then(|| made_by(&path.join(".")))?
        });
        self.password.made_by = found.map(str::to_owned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_that_ends_as_meteors_tells() {
        for (path, product) in [
            ("services.password.bcrypt", Some("meteor")),
            ("document.services.password.bcrypt", Some("meteor")),
            ("services.Password.argon2", Some("meteor")),
            ("config.hashed_password", None),
            ("password.hash", None),
            ("bcrypt", None),
            ("password", None),
            ("", None),
        ] {
            assert_eq!(made_by(path), product, "{path}");
        }
    }
}
