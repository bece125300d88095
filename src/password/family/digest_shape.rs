//! The shapes that digests have as text, and the ids of what has them. Families ask here whether a value could be a digest.

use crate::password::kernel::digest::Hash;
use crate::password::text::{self, Bytes};

/// How a value writes its bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Hex,
    Base64,
}

/// The ids of the four digests that come salted: order (prefix, postfix) × written (hex, Base64) × salt (text, hex, Base64).
macro_rules! salted {
    ($hash:literal) => {
        salted!(@order $hash, "prefix", "postfix")
    };
    (@order $hash:literal, $($order:literal),*) => {
        [$(salted!(@written $hash, $order, "hex", "base64")),*]
    };
    (@written $hash:literal, $order:literal, $($written:literal),*) => {
        [$([
            concat!("salted-", $hash, "-", $order, "-", $written, "-textsalt"),
            concat!("salted-", $hash, "-", $order, "-", $written, "-hexsalt"),
            concat!("salted-", $hash, "-", $order, "-", $written, "-base64salt"),
        ]),*]
    };
}

/// What is fixed about a digest algorithm here.
pub(super) struct Entry {
    pub(super) hash: Hash,
    /// What an administrator states for it, in any layout.
    pub(super) word: &'static str,
    pub(super) hex: &'static str,
    pub(super) base64: &'static str,
    pub(super) salted: [[[&'static str; 3]; 2]; 2],
    pub(super) labels: [&'static str; 2],
    pub(super) shapes: [&'static str; 2],
}

pub(super) static ENTRIES: [Entry; 6] = [
    Entry {
        hash: Hash::Md5,
        word: "md5",
        hex: "hex-md5",
        base64: "base64-md5",
        salted: salted!("md5"),
        labels: ["MD5", "salted MD5"],
        shapes: ["32 hex digits", "16 bytes in Base64"],
    },
    Entry {
        hash: Hash::Sha1,
        word: "sha1",
        hex: "hex-sha1",
        base64: "base64-sha1",
        salted: salted!("sha1"),
        labels: ["SHA-1", "salted SHA-1"],
        shapes: ["40 hex digits", "20 bytes in Base64"],
    },
    Entry {
        hash: Hash::Sha256,
        word: "sha256",
        hex: "hex-sha256",
        base64: "base64-sha256",
        salted: salted!("sha256"),
        labels: ["SHA-256", "salted SHA-256"],
        shapes: ["64 hex digits", "32 bytes in Base64"],
    },
    Entry {
        hash: Hash::Sha512,
        word: "sha512",
        hex: "hex-sha512",
        base64: "base64-sha512",
        salted: salted!("sha512"),
        labels: ["SHA-512", "salted SHA-512"],
        shapes: ["128 hex digits", "64 bytes in Base64"],
    },
    Entry {
        hash: Hash::Sha224,
        word: "sha224",
        hex: "hex-sha224",
        base64: "base64-sha224",
        salted: salted!("sha224"),
        labels: ["SHA-224", "salted SHA-224"],
        shapes: ["56 hex digits", "28 bytes in Base64"],
    },
    Entry {
        hash: Hash::Sha384,
        word: "sha384",
        hex: "hex-sha384",
        base64: "base64-sha384",
        salted: salted!("sha384"),
        labels: ["SHA-384", "salted SHA-384"],
        shapes: ["96 hex digits", "48 bytes in Base64"],
    },
];

/// The digest this shape may be.
pub(super) fn shape(text: &[u8]) -> Option<(&'static Entry, Written, Bytes)> {
    let by_len = |len: usize| ENTRIES.iter().find(|entry| entry.hash.len() == len);
    if text.len().is_multiple_of(2)
        && let Some(entry) = by_len(text.len() / 2)
        && let Some(digest) = text::hex(text)
    {
        return Some((entry, Written::Hex, digest));
    }
    // Only padded Base64: 28 and 48 bytes need no padding or one sign, and then fit a good part of all tokens.
    if !text.ends_with(b"=") || !text.len().is_multiple_of(4) || text.len() > 88 {
        return None;
    }
    let digest = text::base64(text)?;
    let entry = by_len(digest.len())?;
    Some((entry, Written::Base64, digest))
}

/// Whether a value has the shape of a digest: what is stated of values of another shape says nothing about it.
pub(crate) fn is_bare(text: &[u8]) -> bool {
    shape(text).is_some()
}
