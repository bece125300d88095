//! Sealing: what the file must not give away is encrypted with a key that is not in the file.
//!
//! XChaCha20-Poly1305 (24-byte random nonces, so no counter has to survive a crash). The associated data is the workspace,
//! the person's key and the kind of blob: a blob moved to another row, another column or another workspace does not open.
//! Pure.
//!
//! Sealing is done for everyone, opening for a few: so a blob is sealed as the construction is defined (HChaCha20 makes a key of
//! the first 16 bytes of the nonce, ChaCha20-Poly1305 with the last 8 does the rest; draft-irtf-cfrg-xchacha-03, 2.3) with
//! the fast implementation the TLS stack brings anyway, and opened with a second, independent one.

use aws_lc_rs::aead::{self, LessSafeKey, UnboundKey};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::bond::Bonds;
use crate::model::SecretBytes;

/// What a blob holds. Part of what it is sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlobKind {
    /// A stored password.
    Password,
    /// A source row.
    Row,
    /// Something a document keeps sealed.
    Document,
    /// What stood in Okta before an operation, and what was set.
    Before,
}

impl BlobKind {
    fn byte(self) -> u8 {
        match self {
            Self::Password => b'P',
            Self::Row => b'R',
            Self::Document => b'D',
            Self::Before => b'B',
        }
    }
}

/// From before which change of what is bound a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// Before there was a ledger.
    BeforeLedger,
    /// Its settings and its reading were bound each by itself.
    InParts,
    /// Nothing was bound.
    Unbound,
}

/// A blob did not open: another key, another row, or changed bytes. It can't be told which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub(crate) struct DoesNotOpen;

/// A workspace's key: 32 random bytes. Wiped when dropped, never shown.
#[derive(Clone)]
pub(crate) struct SealingKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(covered)")
    }
}

impl SealingKey {
    /// A new one from the operating system's randomness.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// From the 64 hexadecimal digits it is kept as. `None` if it is anything else.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// As 64 hexadecimal digits, for a keychain or a key file.
    pub(crate) fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }
}

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// Seals and opens for one workspace. Cheap to share; knows no database.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    key: Zeroizing<[u8; 32]>,
    /// For fingerprints, derived from the key: equal people have equal fingerprints, and they give nothing away.
    fingerprint: Hmac<Sha256>,
    bonds: Bonds,
    check: [u8; 16],
    /// What files kept before there was a ledger, before the whole was bound as one, and before anything was bound.
    earlier: [[u8; 16]; 3],
    workspace: Vec<u8>,
}

impl Sealer {
    pub(crate) fn new(key: &SealingKey, workspace_id: &str) -> Self {
        let derive = |purpose: &[u8]| {
            let mut mac = keyed(key.0.as_slice());
            mac.update(purpose);
            mac.update(workspace_id.as_bytes());
            let mut out = mac.finalize().into_bytes();
            let derived = Zeroizing::new(<[u8; 32]>::from(out));
            out.as_mut_slice().zeroize();
            derived
        };
        let sealing = derive(b"causeway seal 1");
        let cipher = XChaCha20Poly1305::new(&(*sealing).into());
        let check = |purpose| {
            let mut check = [0; 16];
            check.copy_from_slice(&derive(purpose)[..16]);
            check
        };
        let (unbound, in_parts) = (check(b"causeway check 1"), check(b"causeway check 2"));
        let (before_ledger, check) = (check(b"causeway check 3"), check(b"causeway check 4"));
        Self {
            cipher,
            key: sealing,
            fingerprint: keyed(derive(b"causeway fingerprint 1").as_slice()),
            bonds: Bonds::new(keyed(derive(b"causeway bond 1").as_slice())),
            check,
            earlier: [before_ledger, in_parts, unbound],
            workspace: workspace_id.as_bytes().to_vec(),
        }
    }

    /// What the workspace keeps in the clear to know its key again. Tells nothing about the key.
    pub(crate) fn check_value(&self) -> String {
        hex::encode(self.check)
    }

    /// Whether this is the key the workspace was made with.
    pub(crate) fn fits(&self, check_value: &str) -> bool {
        let bound: bool = self.check_value().as_bytes().ct_eq(check_value.as_bytes()).into();
        bound || self.age(check_value).is_some()
    }

    /// From before which change of what is bound a file is, by what it keeps; `None` for one of now, or of another key. What an older
    /// file keeps is in no other file, and nobody can make it without the key: a file once brought up to date is never taken for an
    /// older one.
    pub(crate) fn age(&self, check_value: &str) -> Option<Age> {
        let is = |earlier: [u8; 16]| -> bool {
            hex::encode(earlier).as_bytes().ct_eq(check_value.as_bytes()).into()
        };
        let ages = [Age::BeforeLedger, Age::InParts, Age::Unbound];
        ages.into_iter().zip(self.earlier).find_map(|(age, earlier)| is(earlier).then_some(age))
    }

    /// What a file of this age keeps.
    #[cfg(test)]
    pub(crate) fn value_of(&self, age: Age) -> String {
        hex::encode(self.earlier[age as usize])
    }

    /// Makes and checks the tags that bind what belongs together.
    pub(crate) fn bonds(&self) -> &Bonds {
        &self.bonds
    }

    fn associated(&self, kind: BlobKind, identity: &str) -> Vec<u8> {
        let mut aad = Vec::with_capacity(self.workspace.len() + identity.len() + 12);
        aad.extend_from_slice(b"causeway");
        aad.push(FORMAT);
        aad.push(kind.byte());
        aad.extend_from_slice(&self.workspace);
        aad.push(0);
        aad.extend_from_slice(identity.as_bytes());
        aad
    }

    /// Seals `clear` for this identity. Each call needs fresh randomness, which `nonces` gives.
    pub(crate) fn seal(&self, kind: BlobKind, identity: &str, clear: &[u8], nonces: &mut Nonces) -> Vec<u8> {
        let nonce = nonces.next();
        let aad = self.associated(kind, identity);
        // Room for everything at once: growing would leave what is not sealed yet behind.
        let mut blob = Vec::with_capacity(1 + NONCE + clear.len() + TAG);
        blob.push(FORMAT);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(clear);
        match self.seal_in_place(&nonce, &aad, &mut blob[1 + NONCE..]) {
            Some(tag) => blob.extend_from_slice(&tag),
            None => {
                // Only a message over 256 GB is refused; nothing readable is kept then.
                blob.zeroize();
            }
        }
        blob
    }

    /// Encrypts `text` where it stands; the tag.
    fn seal_in_place(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG]> {
        let (first, last) = nonce.split_at(16);
        let first = <[u8; 16]>::try_from(first).ok()?;
        let mut derived = chacha20::hchacha::<chacha20::R20>(&(*self.key).into(), &first.into());
        let key = UnboundKey::new(&aead::CHACHA20_POLY1305, derived.as_slice());
        derived.as_mut_slice().zeroize();
        let mut short = [0; 12];
        short[4..].copy_from_slice(last);
        let nonce = aead::Nonce::assume_unique_for_key(short);
        let tag =
            LessSafeKey::new(key.ok()?).seal_in_place_separate_tag(nonce, aead::Aad::from(aad), text).ok()?;
        tag.as_ref().try_into().ok()
    }

    /// Opens a blob that was sealed for this identity and kind.
    pub(crate) fn open(
        &self,
        kind: BlobKind,
        identity: &str,
        blob: &[u8],
    ) -> Result<SecretBytes, DoesNotOpen> {
        if blob.len() < 1 + NONCE + TAG || blob[0] != FORMAT {
            return Err(DoesNotOpen);
        }
        let nonce = <[u8; NONCE]>::try_from(&blob[1..=NONCE]).map_err(|_| DoesNotOpen)?;
        let aad = self.associated(kind, identity);
        let payload = Payload { msg: &blob[1 + NONCE..], aad: &aad };
        self.cipher.decrypt(&XNonce::from(nonce), payload).map(SecretBytes::new).map_err(|_| DoesNotOpen)
    }

    /// A keyed fingerprint of some parts: to see that something changed without keeping it.
    pub(crate) fn fingerprint<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 16] {
        let mut mac = self.fingerprint.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&full[..16]);
        short
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// Nonces that never repeat: 128 random bits drawn once, and a counter. A million of them cost one system call.
pub(crate) struct Nonces {
    random: [u8; 16],
    counter: u64,
}

impl Nonces {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        Ok(Self { random, counter: 0 })
    }

    fn next(&mut self) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce[..16].copy_from_slice(&self.random);
        nonce[16..].copy_from_slice(&self.counter.to_le_bytes());
        self.counter += 1;
        nonce
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer(byte: u8, workspace: &str) -> Sealer {
        Sealer::new(&SealingKey(Zeroizing::new([byte; 32])), workspace)
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_only_where_it_belongs(clear: Vec<u8>, key in "\\PC*", other in "\\PC*", flip: prop::sample::Index) {
            let sealer = sealer(7, "w");
            let mut nonces = Nonces::new().unwrap();
            let blob = sealer.seal(BlobKind::Password, &key, &clear, &mut nonces);
            let opened = sealer.open(BlobKind::Password, &key, &blob).unwrap();
            prop_assert_eq!(opened.expose(), clear.as_slice());
            prop_assert_eq!(sealer.open(BlobKind::Row, &key, &blob), Err(DoesNotOpen));
            if key != other {
                prop_assert_eq!(sealer.open(BlobKind::Password, &other, &blob), Err(DoesNotOpen));
            }
            prop_assert_eq!(super::tests::sealer(8, "w").open(BlobKind::Password, &key, &blob), Err(DoesNotOpen));
            prop_assert_eq!(super::tests::sealer(7, "v").open(BlobKind::Password, &key, &blob), Err(DoesNotOpen));
            let mut bent = blob.clone();
            let at = flip.index(bent.len());
            bent[at] ^= 1;
            prop_assert_eq!(sealer.open(BlobKind::Password, &key, &bent), Err(DoesNotOpen));
        }

        #[test]
        fn foreign_bytes_never_open(blob: Vec<u8>) {
            prop_assert_eq!(sealer(7, "w").open(BlobKind::Row, "k", &blob), Err(DoesNotOpen));
        }
    }

    proptest! {
        #[test]
        fn both_implementations_give_the_same_bytes(clear: Vec<u8>, key in "\\PC*") {
            let sealer = sealer(9, "w");
            let blob = sealer.seal(BlobKind::Row, &key, &clear, &mut Nonces::new().unwrap());
            let nonce = <[u8; NONCE]>::try_from(&blob[1..=NONCE]).unwrap();
            let aad = sealer.associated(BlobKind::Row, &key);
            let other = sealer.cipher.encrypt(&XNonce::from(nonce), Payload { msg: &clear, aad: &aad });
            prop_assert_eq!(&blob[1 + NONCE..], other.unwrap());
        }
    }

    #[test]
    fn nonces_differ_and_so_do_blobs_of_equal_text() {
        let sealer = sealer(1, "w");
        let mut nonces = Nonces::new().unwrap();
        let one = sealer.seal(BlobKind::Row, "k", b"same", &mut nonces);
        let two = sealer.seal(BlobKind::Row, "k", b"same", &mut nonces);
        assert_ne!(one, two);
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        let sealer = sealer(1, "w");
        let of = |parts: &[&[u8]]| sealer.fingerprint(parts.iter().copied());
        assert_eq!(of(&[b"ab", b"c"]), of(&[b"ab", b"c"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"ab"]), super::tests::sealer(2, "w").fingerprint([b"ab".as_slice()]));
    }

    #[test]
    fn a_key_is_known_again_and_never_shown() {
        let key = SealingKey::random().unwrap();
        let again = SealingKey::from_hex(&key.to_hex()).unwrap();
        let check = Sealer::new(&key, "w").check_value();
        assert!(Sealer::new(&again, "w").fits(&check));
        assert!(!sealer(1, "w").fits(&check));
        assert_eq!(format!("{key:?}"), "SealingKey(covered)");
        assert!(SealingKey::from_hex("not a key").is_none());
    }
}
