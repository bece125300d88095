//! The tags themselves: a keyed hash over everything that belongs together. Pure.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// A tag: the first 16 bytes of an HMAC-SHA-256.
pub(crate) type Tag = [u8; 16];

/// What a tag binds. One kind never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bond {
    /// What was read of a person.
    Read,
    /// What was decided about them.
    Decided,
    /// What was sent, and what Okta said, with the person's operations.
    Sent,
    /// The same as files kept it before there was a ledger.
    SentBefore,
    /// An operation on the org.
    OrgOperation,
    /// A group that people were put into.
    GivenGroup,
    /// A setting.
    Setting,
    /// A row of the table `bonds`.
    Whole,
    /// A group in Okta.
    Group,
    /// A run.
    Run,
    /// A change that can be taken back.
    Undo,
}

impl Bond {
    fn byte(self) -> u8 {
        match self {
            Self::Read => b'r',
            Self::Decided => b'd',
            Self::Sent => b't',
            Self::SentBefore => b's',
            Self::OrgOperation => b'O',
            Self::GivenGroup => b'g',
            Self::Setting => b'S',
            Self::Whole => b'W',
            Self::Group => b'G',
            Self::Run => b'R',
            Self::Undo => b'U',
        }
    }
}

/// Makes the tags of one workspace. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Bonds(Hmac<Sha256>);

impl Bonds {
    /// With a key of its own, derived from the workspace's.
    pub(crate) fn new(keyed: Hmac<Sha256>) -> Self {
        Self(keyed)
    }

    /// Begins a tag.
    pub(crate) fn begin(&self, bond: Bond) -> Tagger {
        let mut mac = self.0.clone();
        mac.update(&[bond.byte()]);
        Tagger(mac)
    }
}

/// A tag being made. Each part says its length, so that nothing moves from one to the next.
pub(crate) struct Tagger(Hmac<Sha256>);

impl Tagger {
    /// Bytes.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Bytes that may be missing.
    pub(crate) fn maybe(mut self, bytes: Option<&[u8]>) -> Self {
        let Some(bytes) = bytes else {
            self.0.update(&u64::MAX.to_le_bytes());
            return self;
        };
        self.bytes(bytes)
    }

    /// A number that may be missing.
    pub(crate) fn number(mut self, number: Option<i64>) -> Self {
        let mut part = [0; 9];
        if let Some(number) = number {
            part[0] = 1;
            part[1..].copy_from_slice(&number.to_le_bytes());
        }
        self.0.update(&part);
        self
    }

    /// The tag.
    pub(crate) fn tag(self) -> Tag {
        let full = self.0.finalize().into_bytes();
        let mut tag = [0; 16];
        tag.copy_from_slice(&full[..16]);
        tag
    }

    /// Whether this is the tag that was kept.
    pub(crate) fn is(self, kept: Option<&[u8]>) -> bool {
        kept.is_some_and(|kept| self.tag().as_slice().ct_eq(kept).into())
    }
}

/// What was read of a person.
pub(crate) struct ReadParts<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) profile: &'a [u8],
    pub(crate) groups: Option<&'a [u8]>,
    pub(crate) active: Option<i64>,
    pub(crate) last_sign_in: Option<i64>,
    pub(crate) mapping_findings: Option<&'a [u8]>,
    pub(crate) evidence: i64,
    pub(crate) password: Option<&'a [u8]>,
    /// The source row's sealed blob by its [`ends`]: they say which blob it is, and it opens unchanged or not at all.
    pub(crate) source_row: [&'a [u8]; 2],
    pub(crate) fingerprint: &'a [u8],
    /// The names of the row's columns, and of those that are covered, as JSON.
    pub(crate) columns: [&'a [u8]; 2],
}

impl ReadParts<'_> {
    pub(crate) fn begin(&self, bonds: &Bonds) -> Tagger {
        bonds
            .begin(Bond::Read)
            .bytes(self.key)
            .bytes(self.profile)
            .maybe(self.groups)
            .number(self.active)
            .number(self.last_sign_in)
            .maybe(self.mapping_findings)
            .number(Some(self.evidence))
            .maybe(self.password)
            .bytes(self.source_row[0])
            .bytes(self.source_row[1])
            .bytes(self.fingerprint)
            .bytes(self.columns[0])
            .bytes(self.columns[1])
    }
}

/// How much of a sealed blob's ends is bound: format and nonce in front, the tag behind.
pub(crate) const ENDS: (usize, usize) = (25, 16);

/// The ends of a sealed blob.
pub(crate) fn ends(blob: &[u8]) -> [&[u8]; 2] {
    [&blob[..ENDS.0.min(blob.len())], &blob[blob.len().saturating_sub(ENDS.1)..]]
}

/// What was decided about a person: by the reading, its rules and findings, and by hand.
pub(crate) struct DecidedParts<'a> {
    pub(crate) id: i64,
    pub(crate) key: &'a [u8],
    /// The tag of what was read.
    pub(crate) read: &'a [u8],
    pub(crate) reading: i64,
    pub(crate) route: i64,
    pub(crate) state: i64,
    pub(crate) left_out: i64,
    pub(crate) default_out: i64,
    /// How many findings block. Whether any does shows by the state; of whoever is left out it is bound by itself, so that they are
    /// as blocked as before when they are put back.
    pub(crate) blocks: i64,
    /// Left out or put back by hand.
    pub(crate) by_hand: Option<i64>,
    /// The edits, by attribute.
    pub(crate) edits: &'a [(Vec<u8>, Vec<u8>)],
}

impl DecidedParts<'_> {
    pub(crate) fn begin(&self, bonds: &Bonds) -> Tagger {
        let mut tagger = bonds
            .begin(Bond::Decided)
            .number(Some(self.id))
            .bytes(self.key)
            .bytes(self.read)
            .number(Some(self.reading))
            .number(Some(self.route))
            .number(Some(self.state))
            .number(Some(self.left_out | if self.left_out != 0 && self.blocks > 0 { 2 } else { 0 }))
            .number(Some(self.default_out))
            .number(self.by_hand);
        for (attribute, value) in self.edits {
            tagger = tagger.bytes(attribute).bytes(value);
        }
        tagger
    }
}

/// What was sent of a person, and what Okta said.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct SentParts<'a> {
    pub(crate) id: i64,
    pub(crate) key: &'a [u8],
    pub(crate) outcome: Option<i64>,
    pub(crate) attempt: Option<i64>,
    pub(crate) run: Option<i64>,
    pub(crate) claimed: Option<i64>,
    pub(crate) recorded: Option<i64>,
    pub(crate) okta_id: Option<&'a [u8]>,
    pub(crate) okta_status: Option<&'a [u8]>,
    pub(crate) route: Option<i64>,
    /// What Okta's log keeps of our creates, the try it was made at, and Okta's clock then.
    pub(crate) mark: Option<&'a [u8]>,
    pub(crate) marked: Option<i64>,
    pub(crate) tried: Option<i64>,
    /// When Okta said that the password is its own.
    pub(crate) moved: Option<i64>,
    /// How a reset stands.
    pub(crate) reset: Option<&'a [u8]>,
    /// The person's rows of the ledger, in order.
    pub(crate) operations: Option<&'a [u8]>,
    /// The login of the account, folded.
    pub(crate) login: Option<&'a [u8]>,
    /// Who they may be, and whether that is still to be said.
    pub(crate) holder: Option<i64>,
    pub(crate) doubted: Option<i64>,
}

impl SentParts<'_> {
    /// Whether nothing was sent yet: there is nothing to bind.
    pub(crate) fn is_blank(&self) -> bool {
        let Self { id, key, outcome, attempt, .. } = *self;
        let zero = |n: Option<i64>| n.unwrap_or(0) == 0;
        zero(outcome)
            && zero(attempt)
            && Self { outcome: None, attempt: None, ..Self { ..*self } }
                == SentParts { id, key, ..SentParts::default() }
    }

    fn start(&self, bonds: &Bonds, bond: Bond) -> Tagger {
        bonds
            .begin(bond)
            .number(Some(self.id))
            .bytes(self.key)
            .number(self.outcome)
            .number(self.attempt)
            .number(self.run)
            .number(self.claimed)
            .number(self.recorded)
            .maybe(self.okta_id)
            .maybe(self.okta_status)
            .number(self.route)
    }

    pub(crate) fn begin(&self, bonds: &Bonds) -> Tagger {
        let tagger = self.rest(self.start(bonds, Bond::Sent)).maybe(self.operations);
        // Records from before this was kept are bound without it, and stay so.
        if self.login.is_none() && self.holder.is_none() && self.doubted.is_none() {
            return tagger;
        }
        tagger.maybe(self.login).number(self.holder).number(self.doubted)
    }

    /// As files kept it before there was a ledger: with the profile before the update, and the fingerprint of what was sent.
    pub(crate) fn begin_before(
        &self,
        bonds: &Bonds,
        original: Option<&[u8]>,
        fingerprint: Option<&[u8]>,
    ) -> Tagger {
        self.rest(self.start(bonds, Bond::SentBefore).maybe(original).maybe(fingerprint))
    }

    fn rest(&self, tagger: Tagger) -> Tagger {
        tagger.maybe(self.mark).number(self.marked).number(self.tried).number(self.moved).maybe(self.reset)
    }
}
