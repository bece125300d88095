//! What of a person can be done away from the writer: folding, sealing, the fingerprint.

use std::sync::Arc;

use super::super::bond::{ReadParts, Tag, ends};
use super::super::codec;
use super::super::error::{Result, WorkspaceError};
use super::super::numbers;
use super::super::open::Inner;
use super::super::seal::{BlobKind, Nonces};
use super::super::store::{self, Folded, NEVER};
use super::super::types::{Arrived, ReadingInfo};
use crate::model::{Columns, Finding, PasswordEvidence};

/// Prepares batches for a [`super::Reading`]. One a worker.
pub struct Preparer {
    inner: Arc<Inner>,
    nonces: Nonces,
    covered: Arc<str>,
    /// The columns of the row before, and their names as JSON.
    names: Option<(Columns, Arc<str>)>,
}

/// A batch ready to be written. Passwords and rows in it are sealed.
pub struct Prepared {
    pub(super) people: Vec<Person>,
    pub(super) covered: Arc<str>,
}

impl Prepared {
    /// How many people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

/// A person as the tables hold them.
pub(super) struct Person {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) folded: Folded,
    pub(super) scheme: String,
    pub(super) label: String,
    pub(super) route: i64,
    pub(super) leave_out: bool,
    pub(super) profile: String,
    pub(super) groups: Vec<String>,
    pub(super) groups_json: Option<String>,
    pub(super) active: Option<bool>,
    pub(super) last_sign_in: Option<i64>,
    pub(super) mapping_findings: Option<String>,
    pub(super) evidence: i64,
    pub(super) password: Option<Vec<u8>>,
    pub(super) columns: Columns,
    pub(super) source_row: Vec<u8>,
    pub(super) fingerprint: [u8; 16],
    /// Binds what was read to the key.
    pub(super) tag: Tag,
    pub(super) findings: Vec<Finding>,
}

impl Preparer {
    pub(super) fn new(inner: Arc<Inner>, info: &ReadingInfo) -> Result<Self> {
        let nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
        Ok(Self { inner, nonces, covered: store::to_json(&info.covered)?.into(), names: None })
    }

    /// Seals a batch: some 10 µs a person. Pure work, no waiting.
    pub fn prepare(&mut self, people: impl IntoIterator<Item = Arrived>) -> Prepared {
        let people = people.into_iter().map(|person| self.person(person)).collect();
        Prepared { people, covered: Arc::clone(&self.covered) }
    }

    fn person(&mut self, arrived: Arrived) -> Person {
        let Arrived { assessed, record, leave_out } = arrived;
        let candidate = assessed.candidate;
        let sealer = &self.inner.sealer;
        // Of our own types, which always can be written as JSON.
        let profile = serde_json::to_string(&candidate.profile).unwrap_or_default();
        let groups_json = (!candidate.groups.is_empty())
            .then(|| serde_json::to_string(&candidate.groups).unwrap_or_default());
        let mapping_findings = (!candidate.mapping_findings.is_empty())
            .then(|| serde_json::to_string(&candidate.mapping_findings).unwrap_or_default());
        let (evidence, clear) = match &candidate.password {
            PasswordEvidence::None => (0, None),
            PasswordEvidence::Stored(stored) => (1, Some(codec::encode_password(stored))),
            PasswordEvidence::AskSource => (2, None),
            PasswordEvidence::TooLarge => (3, None),
        };
        let active: &[u8] = match candidate.active {
            None => b"?",
            Some(true) => b"1",
            Some(false) => b"0",
        };
        let fingerprint = sealer.fingerprint([
            profile.as_bytes(),
            groups_json.as_deref().unwrap_or_default().as_bytes(),
            clear.as_ref().map_or(&[][..], |clear| clear.expose()),
            active,
            &[evidence],
        ]);
        let password = clear
            .map(|clear| sealer.seal(BlobKind::Password, &candidate.key, clear.expose(), &mut self.nonces));
        let row = codec::encode_row(&record.values);
        let source_row = sealer.seal(BlobKind::Row, &candidate.key, row.expose(), &mut self.nonces);
        let last_sign_in = candidate.last_sign_in.map(|at| at.map_or(NEVER, |at| at.timestamp_millis()));
        let names = match &self.names {
            Some((columns, names)) if *columns == record.columns => Arc::clone(names),
            _ => {
                let names: Arc<str> =
                    serde_json::to_string(record.columns.names()).unwrap_or_default().into();
                self.names = Some((record.columns.clone(), Arc::clone(&names)));
                names
            }
        };
        let read = ReadParts {
            key: candidate.key.as_bytes(),
            profile: profile.as_bytes(),
            groups: groups_json.as_deref().map(str::as_bytes),
            active: candidate.active.map(i64::from),
            last_sign_in,
            mapping_findings: mapping_findings.as_deref().map(str::as_bytes),
            evidence: i64::from(evidence),
            password: password.as_deref(),
            source_row: ends(&source_row),
            fingerprint: &fingerprint,
            columns: [names.as_bytes(), self.covered.as_bytes()],
        };
        let tag = read.begin(sealer.bonds()).tag();
        Person {
            tag,
            name: store::shorten(&candidate.profile.display_name()),
            login: store::shorten(candidate.profile.login()),
            folded: Folded::of(&candidate.profile),
            key: candidate.key,
            scheme: assessed.scheme,
            label: assessed.scheme_label,
            route: numbers::route(assessed.route),
            leave_out,
            profile,
            groups: candidate.groups,
            groups_json,
            active: candidate.active,
            last_sign_in,
            mapping_findings,
            evidence: i64::from(evidence),
            password,
            columns: record.columns,
            source_row,
            fingerprint,
            findings: assessed.findings,
        }
    }
}
