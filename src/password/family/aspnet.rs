//! ASP.NET Identity, and SimpleMembership before it: one Base64 blob with its layout in the first byte.
//!
//! - Version 2 and SimpleMembership: `00` ‖ 16 salt ‖ 32: PBKDF2-HMAC-SHA-1, 1000 iterations. Hook.
//! - Version 3: `01` ‖ prf ‖ iterations ‖ salt length (big-endian, four bytes each) ‖ salt ‖ 32; prf 0 is SHA-1, 1 SHA-256,
//!   2 SHA-512. The key has 32 bytes even with SHA-512.

use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// ASP.NET Identity.
pub(crate) struct AspNet;

impl Scheme for AspNet {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        // 00 and 01 at the front are `AA`…`AQ` in Base64; 49 bytes are the shortest.
        if !(68..=1024).contains(&seen.text.len()) || seen.text[0] != b'A' {
            return None;
        }
        let blob = text::base64(seen.text)?;
        let parsed = match *blob.as_slice() {
            [0, ..] if blob.len() == 49 => {
                let (salt, key) = blob[1..].split_at(16);
                let method = Pbkdf2::new(Prf::Sha1, 1000, text::bytes(salt), text::bytes(key));
                method.map(|method| {
                    ("aspnet-identity-v2", Prf::Sha1, "ASP.NET Identity 2 or SimpleMembership", method)
                })
            }
            [1, 0, 0, 0, 0..=2, ..] => version_3(&blob),
            _ => return None,
        };
        Some(match parsed {
            Ok((id, prf, origin, method)) => {
                Reading::Recognised(Parsed::new(id, prf.label(), origin, method))
            }
            Err(reason) => Reading::malformed("ASP.NET Identity", reason),
        })
    }
}

fn version_3(blob: &[u8]) -> Result<(&'static str, Prf, &'static str, Pbkdf2), &'static str> {
    let number = |at: usize| {
        let four = blob.get(at..at + 4).and_then(|four| four.first_chunk::<4>());
        four.map(|four| u32::from_be_bytes(*four)).ok_or("its header is cut short")
    };
    let prf = match number(1)? {
        0 => Prf::Sha1,
        1 => Prf::Sha256,
        _ => Prf::Sha512,
    };
    let (rounds, salt_len) = (number(5)?, number(9)? as usize);
    let rest = &blob[13..];
    if salt_len < 16 || rest.len() != salt_len.saturating_add(32) {
        return Err("its salt or digest has the wrong length");
    }
    let (salt, key) = rest.split_at(salt_len);
    let method = Pbkdf2::new(prf, rounds, text::bytes(salt), text::bytes(key))?;
    let id = prf.pick("aspnet-identity-v3-sha1", "aspnet-identity-v3-sha256", "aspnet-identity-v3-sha512");
    Ok((id, prf, "ASP.NET Identity 3", method))
}
