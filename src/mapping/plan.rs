//! A mapping made ready for a reading.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::model::{
    Candidate, Columns, Finding, PasswordEvidence, Profile, Record, SecretBytes, Severity, StoredPassword,
    Value, attribute, group_key,
};

use super::codes;
use super::error::MappingError;
use super::explain::target_words;
use super::flow::Flow;
use super::row::{Column, Row};
use super::transform::{DateReading, Notes, Step, group_names, read_date, read_date_number, usual_boolean};
use super::types::{Mapping, Rule, Target, Transform};

/// A mapping made ready: every column found once, every change prepared. [`Plan::apply`] is pure and can be shared by threads.
#[derive(Debug, Clone)]
pub struct Plan {
    columns: Columns,
    rules: Vec<Ready>,
    /// What a stored password is read by beside its salt.
    beside: Vec<Column>,
}

/// A rule made ready.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) column: Option<Column>,
    pub(super) target: Target,
    pub(super) steps: Vec<Step>,
    /// Whether the target is one of Okta's base attributes, which hold one text.
    base: bool,
}

impl Plan {
    /// Makes a mapping ready for a reading with these columns.
    pub fn compile(mapping: &Mapping, columns: &Columns) -> Result<Self, MappingError> {
        let rules: Vec<Ready> =
            mapping.rules.iter().map(|rule| Ready::compile(rule, columns)).collect::<Result<_, _>>()?;
        let mut beside: Vec<Column> = Vec::new();
        let secret = |column: &Column| {
            let rules = mapping.rules.iter().zip(&rules);
            let mut sources =
                rules.filter(|(rule, _)| matches!(rule.target, Target::Password | Target::Salt));
            sources.any(|(_, ready)| ready.column.as_ref().is_some_and(|own| own.at == column.at))
                && mapping.password.columns().all(|name| !name.eq_ignore_ascii_case(&column.name))
        };
        for name in crate::password::columns_read(&mapping.password, columns.names()) {
            // One that is gone is known for nobody: what is stated by it then imports nothing.
            if let Ok(column) = Column::find(&name, columns, "")
                && !beside.iter().any(|other| other.at == column.at)
                && !secret(&column)
            {
                beside.push(column);
            }
        }
        Ok(Self { columns: columns.clone(), rules, beside })
    }

    /// The columns it was made for.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    pub(super) fn rules(&self) -> &[Ready] {
        &self.rules
    }

    pub(super) fn row<'a>(&self, record: &'a Record, now: DateTime<Utc>) -> Row<'a> {
        Row { record, same: self.columns == record.columns, now }
    }

    /// The person a record stands for as of this moment: whoever is banned until tomorrow is not active today. See
    /// [`Plan::apply_at`].
    pub fn apply(&self, record: &Record) -> Candidate {
        self.apply_at(record, Utc::now())
    }

    /// The person a record stands for at a moment.
    ///
    /// - An attribute with several rules takes the first that has a value.
    /// - Okta's base attributes become text, of a list its first value. Custom attributes keep numbers, truths and lists; any
    ///   change of text makes text of them.
    /// - Groups: the record's own, then those of the rules; trimmed, none empty, none twice (ignoring case).
    /// - Active only if every rule for it says so. A rule that finds no value, or one it can't read, doesn't: who is let in must be
    ///   said.
    /// - The password's bytes are untouched unless a rule states a change.
    /// - The key is the record's, or else the login.
    pub fn apply_at(&self, record: &Record, now: DateTime<Utc>) -> Candidate {
        let row = self.row(record, now);
        let mut person = Draft::default();
        for group in record.groups.iter().flat_map(|text| group_names(text)) {
            person.join(&group);
        }
        let mut username = None;
        for rule in &self.rules {
            match &rule.target {
                Target::Attribute(name) => {
                    if person.profile.get(name).is_some() {
                        continue;
                    }
                    let flow = rule.run(&row, Some(name), &mut person.findings);
                    set(&mut person.profile, name, flow, rule.base);
                    if name == "login" {
                        username = rule.column.as_ref().and_then(|column| row.value(column).as_text());
                    }
                }
                Target::Password => {
                    if person.password.is_none() {
                        person.password = rule.secret(&row);
                        person.password_left |= person.password.is_none() && rule.is_left(&row);
                    }
                }
                Target::Salt => {
                    if person.salt.is_none() {
                        person.salt = rule.secret(&row);
                        person.salt_left |= person.salt.is_none() && rule.is_left(&row);
                    }
                }
                Target::IsActive => {
                    let flow = rule.run(&row, None, &mut person.findings);
                    person.active(flow);
                }
                Target::Group => {
                    for group in rule.run(&row, None, &mut person.findings).into_all() {
                        person.join(&group);
                    }
                }
                Target::LastSignIn => {
                    let flow = rule.run(&row, None, &mut person.findings);
                    person.last_sign_in(flow);
                }
                Target::LeftBehind => {}
            }
        }
        let password = match person.password {
            None if person.password_left => PasswordEvidence::TooLarge,
            // Without its salt a value would be taken for another one.
            Some(_) if person.salt_left => PasswordEvidence::TooLarge,
            None => PasswordEvidence::None,
            Some(text) => PasswordEvidence::Stored(StoredPassword {
                text,
                salt: person.salt,
                username: username.map(Cow::into_owned),
                columns: self.beside.iter().filter_map(|column| beside(&row, column)).collect(),
            }),
        };
        let key = if record.key.is_empty() { person.profile.login().to_owned() } else { record.key.clone() };
        Candidate {
            key,
            profile: person.profile,
            groups: person.groups,
            password,
            active: person.active,
            last_sign_in: person.last_sign_in,
            sharing: 0,
            mapping_findings: person.findings,
        }
    }
}

impl Ready {
    fn compile(rule: &Rule, columns: &Columns) -> Result<Self, MappingError> {
        let target = target_words(&rule.target);
        let column = rule.column.as_deref().map(|name| Column::find(name, columns, &target)).transpose()?;
        let own = |t: &Transform| {
            matches!(t, Transform::Constant(_) | Transform::Default(_) | Transform::Join { .. })
        };
        if column.is_none() && !rule.transforms.iter().any(own) {
            return Err(MappingError::NoColumn { target });
        }
        let steps =
            rule.transforms.iter().map(|t| Step::compile(t, columns, &target)).collect::<Result<_, _>>()?;
        let base = matches!(&rule.target, Target::Attribute(name) if attribute(name).is_some());
        Ok(Self { column, target: rule.target.clone(), steps, base })
    }

    /// The columns it reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column> {
        let joined = self.steps.iter().flat_map(|step| match step {
            Step::Join { columns, .. } => columns.as_slice(),
            _ => &[],
        });
        self.column.iter().chain(joined)
    }

    /// The value after all changes.
    pub(super) fn run<'a>(
        &'a self,
        row: &Row<'a>,
        attribute: Option<&str>,
        findings: &mut Vec<Finding>,
    ) -> Flow<'a> {
        let mut notes = Notes { attribute, findings };
        let start = self.column.as_ref().map_or(Ok(Flow::Nothing), |column| Flow::of(row.value(column)));
        let start = start.unwrap_or_else(|why| {
            let (code, words) = why.told();
            notes.tell(Severity::Warns, code, words);
            Flow::Nothing
        });
        self.steps.iter().fold(start, |flow, step| step.apply(flow, row, &mut notes))
    }

    /// Whether the value was left in the source because it is too large.
    fn is_left(&self, row: &Row<'_>) -> bool {
        let left = |value: &Value| match value {
            Value::TooLarge => true,
            Value::List(values) => values.contains(&Value::TooLarge),
            _ => false,
        };
        self.columns().any(|column| left(row.value(column)))
    }

    /// The value of a password or salt rule. Without changes the column's bytes as they are; what changes make on the way is
    /// wiped.
    fn secret(&self, row: &Row<'_>) -> Option<SecretBytes> {
        let value = self.column.as_ref().map_or(&Value::Null, |column| row.value(column));
        let bytes = match value {
            Value::Real(number) if self.target == Target::Password => {
                Some(Cow::Owned(real(*number).into_bytes()))
            }
            value => bytes_of(value),
        };
        if self.steps.is_empty() {
            return bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| SecretBytes::new(bytes.into_owned()));
        }
        let mut current = Zeroizing::new(match bytes {
            None => String::new(),
            Some(Cow::Borrowed(bytes)) => std::str::from_utf8(bytes).ok()?.to_owned(),
            Some(Cow::Owned(bytes)) => String::from_utf8(bytes).ok()?,
        });
        // Findings about a password's text are assess' job.
        let mut findings = Vec::new();
        for step in &self.steps {
            let mut notes = Notes { attribute: None, findings: &mut findings };
            let next = step.apply(Flow::text(Cow::Borrowed(&current)), row, &mut notes).into_one();
            let next = Zeroizing::new(next.map_or_else(String::new, Cow::into_owned));
            current = next;
        }
        (!current.is_empty()).then(|| SecretBytes::new(current.as_bytes().to_vec()))
    }
}

/// A column that a stored password is read by, and what the row says there. `None` where that was left in the source.
fn beside(row: &Row<'_>, column: &Column) -> Option<(String, String)> {
    let value = row.value(column);
    let text = || match (value.as_text(), value) {
        (Some(text), _) => text.into_owned(),
        // Bytes that are no text: that there are some counts too.
        (None, Value::Bytes(bytes)) => hex::encode(bytes),
        (None, _) => String::new(),
    };
    (*value != Value::TooLarge).then(|| (column.name.clone(), text()))
}

/// A number with a fraction where a password would be: written so that it is known again for what it is. The digits that were typed
/// are lost in it.
fn real(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.1}") } else { format!("{number:E}") }
}

/// The bytes of a password or salt: text and bytes as they are, of a list the first, numbers as text.
fn bytes_of(value: &Value) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text.as_bytes())),
        Value::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
        Value::List(values) => values.iter().filter(|v| !v.is_empty()).find_map(bytes_of),
        other => other.as_text().map(|text| Cow::Owned(text.into_owned().into_bytes())),
    }
}

fn set(profile: &mut Profile, name: &str, flow: Flow<'_>, base: bool) {
    if base {
        if let Some(text) = flow.into_one() {
            profile.set(name, text.into_owned());
        }
        return;
    }
    match flow {
        Flow::Nothing => {}
        Flow::Whole(n) => profile.set(name, n),
        Flow::Real(n) => profile.set(name, n),
        Flow::Truth(b) => profile.set(name, b),
        Flow::Many(texts) => profile.set(name, texts.into_iter().map(Cow::into_owned).collect::<Vec<_>>()),
        other => {
            if let Some(text) = other.into_one() {
                profile.set(name, text.into_owned());
            }
        }
    }
}

/// A candidate in the making.
#[derive(Default)]
struct Draft {
    profile: Profile,
    groups: Vec<String>,
    password: Option<SecretBytes>,
    salt: Option<SecretBytes>,
    /// A password is there and was left in the source.
    password_left: bool,
    /// A salt is there and was left in the source.
    salt_left: bool,
    active: Option<bool>,
    #[expect(clippy::option_option, reason = "as in Candidate: not said, never, or when")]
    last_sign_in: Option<Option<chrono::DateTime<chrono::Utc>>>,
    findings: Vec<Finding>,
}

impl Draft {
    /// Okta tells groups apart ignoring case; the first way of writing wins.
    fn join(&mut self, group: &str) {
        let group = group.trim();
        if group.is_empty() || self.groups.iter().any(|other| other == group) {
            return;
        }
        // ASCII of another length is no other spelling: the usual case costs nothing.
        let same = |other: &String| {
            other.eq_ignore_ascii_case(group)
                || (!(group.is_ascii() && other.is_ascii()) && group_key(other) == group_key(group))
        };
        if !self.groups.iter().any(same) {
            self.groups.push(group.to_owned());
        } else if !self.findings.iter().any(|f| f.code == codes::GROUP_SPELLINGS) {
            let mut notes = Notes { attribute: None, findings: &mut self.findings };
            notes.tell(
                Severity::Notes,
                codes::GROUP_SPELLINGS,
                "In two groups that differ only in capitals: in Okta they are one",
            );
        }
    }

    /// What one rule says of whether someone is active. Nothing, or a word that is not known, lets nobody in: others have a value
    /// there, and what this one's means is for the administrator to say.
    fn active(&mut self, flow: Flow<'_>) {
        let says = match flow {
            Flow::Truth(says) => says,
            other => {
                let word = other.into_one();
                let word = word.as_deref().map(str::trim).filter(|word| !word.is_empty());
                let says = word.and_then(usual_boolean);
                let unsaid = match word {
                    None => {
                        Some((codes::ACTIVE_MISSING, "The source doesn't say whether this person is active"))
                    }
                    Some(_) if says.is_none() => Some((
                        codes::BOOLEAN_UNREADABLE,
                        "Whether this person is active is written in a word that means neither yes nor no",
                    )),
                    Some(_) => None,
                };
                if let Some((code, text)) = unsaid {
                    let told = |f: &Finding| f.code == code && f.attribute.is_none();
                    if !self.findings.iter().any(told) {
                        Notes { attribute: None, findings: &mut self.findings }.tell(
                            Severity::Warns,
                            code,
                            text,
                        );
                    }
                }
                says.unwrap_or(false)
            }
        };
        self.active = Some(self.active.unwrap_or(true) && says);
    }

    fn last_sign_in(&mut self, flow: Flow<'_>) {
        let reading = match flow {
            Flow::Nothing => DateReading::Never,
            Flow::Moment(moment) => DateReading::Moment(moment),
            Flow::Whole(number) => read_date_number(number),
            other => match other.into_one() {
                Some(text) if !text.trim().is_empty() => read_date(&text),
                _ => DateReading::Never,
            },
        };
        match reading {
            DateReading::Never => self.last_sign_in = self.last_sign_in.or(Some(None)),
            DateReading::Day(_) | DateReading::Moment(_) => {
                // Of several columns the latest counts.
                self.last_sign_in = self.last_sign_in.max(Some(reading.moment()));
            }
            DateReading::Ambiguous | DateReading::Unknown => {
                let told = |f: &Finding| f.code == codes::DATE_UNREADABLE || f.code == codes::DATE_AMBIGUOUS;
                if !self.findings.iter().any(|f| told(f) && f.attribute.is_none()) {
                    let code = if reading == DateReading::Ambiguous {
                        codes::DATE_AMBIGUOUS
                    } else {
                        codes::DATE_UNREADABLE
                    };
                    let mut notes = Notes { attribute: None, findings: &mut self.findings };
                    notes.tell(Severity::Notes, code, "The last sign-in is not readable as a date");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
