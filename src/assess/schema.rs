//! What an org's user schema demands of each attribute.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::forms::{self, Form};
use crate::model::ATTRIBUTES;

/// The JSON type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// A whole number of 32 bits.
    Integer,
    /// A list of these.
    Array(Items),
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Items {
    /// Texts.
    String,
    /// Numbers.
    Number,
    /// Whole numbers of 32 bits.
    Integer,
}

/// What the schema demands of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeRule {
    /// Its type.
    pub kind: AttributeType,
    /// Whether Okta refuses a person without it.
    pub required: bool,
    /// Least number of characters of a text.
    pub min: Option<usize>,
    /// Greatest number of characters of a text.
    pub max: Option<usize>,
    /// The least number it takes.
    pub least: Option<Number>,
    /// The greatest number it takes.
    pub most: Option<Number>,
    /// The only values it takes, if the schema lists them. Empty: any. Not for lists.
    pub allowed: Vec<Value>,
    /// The form of a text, where it has one that can be checked.
    pub form: Option<Form>,
}

/// What a login has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginForm {
    /// An e-mail address: Okta's default.
    Email,
    /// Anything; then the least length isn't enforced either (`pattern: ".+"`).
    Anything,
    /// Characters of a set: letters, digits, and these. (`pattern: "[-a-z0-9\._]+"`.)
    Characters(Vec<(char, char)>),
    /// A pattern of another kind, which only Okta can check.
    Other(String),
}

/// What an org's user schema demands. [`SchemaRules::default`] is Okta's own before anyone changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRules {
    attributes: BTreeMap<String, AttributeRule>,
    /// What a login has to look like.
    pub login: LoginForm,
    /// Whether these rules were read from the org. If not, attributes that are not here may exist all the same.
    pub from_org: bool,
}

impl Default for SchemaRules {
    fn default() -> Self {
        let rule = |a: &crate::model::Attribute| AttributeRule {
            kind: AttributeType::String,
            required: a.required,
            min: a.min,
            max: a.max,
            least: None,
            most: None,
            allowed: Vec::new(),
            form: Form::of_base(a.name),
        };
        Self {
            attributes: ATTRIBUTES.iter().map(|a| (a.name.to_owned(), rule(a))).collect(),
            login: LoginForm::Email,
            from_org: false,
        }
    }
}

impl SchemaRules {
    /// The rules in an answer of `GET /api/v1/meta/schemas/user/{id}`. `None` if it is no user schema.
    pub fn from_okta(schema: &Value) -> Option<Self> {
        let definitions = schema.get("definitions")?;
        let mut rules = Self { attributes: BTreeMap::new(), login: LoginForm::Email, from_org: true };
        for part in ["base", "custom"] {
            let Some(part) = definitions.get(part) else { continue };
            let required: Vec<&str> = part
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let rule = AttributeRule::from_okta(name, property, required.contains(&name.as_str()));
                rules.attributes.insert(name.clone(), rule);
            }
        }
        if !rules.attributes.contains_key("login") {
            return None;
        }
        if let Some(pattern) =
            schema.pointer("/definitions/base/properties/login/pattern").and_then(Value::as_str)
        {
            rules.login = LoginForm::of_pattern(pattern);
        }
        Some(rules)
    }

    /// The rule for an attribute, if the schema has it.
    pub fn rule(&self, attribute: &str) -> Option<&AttributeRule> {
        self.attributes.get(attribute)
    }

    /// The attribute of that name in whatever capitals: Okta takes no second one.
    pub fn like(&self, attribute: &str) -> Option<&str> {
        self.attributes.keys().map(String::as_str).find(|name| name.eq_ignore_ascii_case(attribute))
    }

    /// The attributes Okta refuses a person without, by name.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().filter(|(_, rule)| rule.required).map(|(name, _)| name.as_str())
    }
}

impl AttributeRule {
    fn from_okta(name: &str, property: &Value, listed_as_required: bool) -> Self {
        let size = |key| property.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let number = |key| property.get(key).and_then(Value::as_number).cloned();
        Self {
            kind: match property.get("type").and_then(Value::as_str) {
                Some("boolean") => AttributeType::Boolean,
                Some("number") => AttributeType::Number,
                Some("integer") => AttributeType::Integer,
                Some("array") => {
                    AttributeType::Array(match property.pointer("/items/type").and_then(Value::as_str) {
                        Some("number") => Items::Number,
                        Some("integer") => Items::Integer,
                        _ => Items::String,
                    })
                }
                _ => AttributeType::String,
            },
            required: listed_as_required
                || property.get("required").and_then(Value::as_bool).unwrap_or(false),
            min: size("minLength"),
            max: size("maxLength"),
            least: number("minimum"),
            most: number("maximum"),
            allowed: property.get("enum").and_then(Value::as_array).cloned().unwrap_or_default(),
            form: Form::of_schema(property).or_else(|| Form::of_base(name)),
        }
    }
}

impl LoginForm {
    /// Okta's patterns are `.+` or one set of characters; see `okta-api` on the login attribute.
    fn of_pattern(pattern: &str) -> Self {
        if pattern == ".+" {
            return Self::Anything;
        }
        let set = pattern.strip_prefix('[').and_then(|rest| rest.strip_suffix("]+"));
        set.and_then(character_ranges).map_or_else(|| Self::Other(pattern.to_owned()), Self::Characters)
    }

    /// Whether a login fits. `None` where only Okta can tell.
    pub(crate) fn fits(&self, login: &str) -> Option<bool> {
        match self {
            Self::Email => Some(forms::is_login(login)),
            Self::Anything => Some(true),
            Self::Characters(ranges) => {
                Some(login.chars().all(|c| ranges.iter().any(|(from, to)| (*from..=*to).contains(&c))))
            }
            Self::Other(_) => None,
        }
    }
}

/// The ranges of a character set's inside: `-a-z0-9\._`. `None` for anything cleverer (classes, negation).
fn character_ranges(set: &str) -> Option<Vec<(char, char)>> {
    let mut tokens = Vec::new();
    let mut chars = set.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next().filter(|c| !c.is_alphanumeric())?;
                tokens.push((escaped, true));
            }
            '[' | ']' | '&' => return None,
            '^' if tokens.is_empty() => return None,
            c => tokens.push((c, false)),
        }
    }
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(&(from, _)) = tokens.get(at) {
        if let (Some(('-', false)), Some(&(to, _))) = (tokens.get(at + 1), tokens.get(at + 2)) {
            if from > to {
                return None;
            }
            ranges.push((from, to));
            at += 3;
        } else {
            ranges.push((from, from));
            at += 1;
        }
    }
    (!ranges.is_empty()).then_some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema(login: &Value) -> Value {
        json!({"definitions": {
            "base": {"required": ["login"], "properties": {
                "login": login,
                "firstName": {"type": "string", "required": false, "minLength": 1, "maxLength": 50},
                "email": {"type": "string", "required": true, "maxLength": 100}}},
            "custom": {"properties": {"shoe": {"type": "integer"}, "colour": {"type": "string", "enum": ["red", "blue"]}}}}})
    }

    #[test]
    fn an_orgs_schema_replaces_the_defaults() {
        let rules = SchemaRules::from_okta(&schema(&json!({"type": "string"}))).unwrap();
        assert_eq!(rules.required().collect::<Vec<_>>(), ["email", "login"]);
        assert_eq!(rules.rule("shoe").unwrap().kind, AttributeType::Integer);
        assert_eq!(rules.rule("colour").unwrap().allowed, ["red", "blue"]);
        assert_eq!(rules.rule("title"), None);
        assert!(rules.from_org);
        assert_eq!(SchemaRules::from_okta(&json!({"errorCode": "E0000006"})), None);
    }

    #[test]
    fn login_patterns_are_understood_or_left_to_okta() {
        let form =
            |pattern: &str| SchemaRules::from_okta(&schema(&json!({"pattern": pattern}))).unwrap().login;
        assert_eq!(form(".+"), LoginForm::Anything);
        assert_eq!(form(r"[-a-z0-9\._]+").fits("jan.novak-2"), Some(true));
        assert_eq!(form(r"[-a-z0-9\._]+").fits("jan@novak"), Some(false));
        assert_eq!(form("^[a-z]{3}$"), LoginForm::Other("^[a-z]{3}$".to_owned()));
        assert_eq!(form(r"[\d]+").fits("1"), None);
        assert_eq!(form("[z-a]+").fits("b"), None);
    }
}
