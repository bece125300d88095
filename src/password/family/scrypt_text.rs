//! scrypt as text, but for Spring's, Django's and Werkzeug's. Hook.
//!
//! - `$scrypt$ln=16,r=8,p=1$b64$b64`: PHC, unpadded standard Base64. Ory Kratos writes N itself after `ln=`: over 32 it is N.
//! - `$s0$e0801$b64$b64(32)` (lambdaworks): log2 N ‖ r ‖ p packed in hex. `$e0801$b64$b64(32)`: Spring before it wrote labels.
//! - `$7$` N (1 digit) r (5) p (5) salt `$` 43 digits: crypt(3); the salt is text.
//! - `400$8$1$hex$hex` (Ruby's scrypt): all numbers in hex.
//! - `$9$`14 of salt`$`43 digits: Cisco type 9, N 2^14, r 1, p 1; the alphabet of type 8, the salt is text.
//! - `s2:hex:hex(64)`: Lucia, N 2^14, r 16, p 1; the salt is the hex text, the password is normalised (NFKC) first.
//! - `$rscrypt$0$b64(log2 N, r, p)$b64$b64$`: Rust's `rust-scrypt`; with `1` r and p have four bytes each, little-endian.

use crate::password::kernel::crypt64;
use crate::password::kernel::scrypt::{Normalised, Parameters, Scrypt};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

use super::pbkdf2_text::cisco_key;

/// scrypt as text.
pub(crate) struct ScryptText;

const PARTS: &str = "it has not the right number of parts";
const COST: &str = "its cost parameters are none that scrypt has";
const SALT: &str = "its salt is not of its alphabet";
const LENGTH: &str = "its digest has the wrong length";

impl Scheme for ScryptText {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let parsed = if let Some(rest) = text.strip_prefix(b"$scrypt$") {
            phc(rest)
        } else if let Some(rest) = text.strip_prefix(b"$s0$") {
            packed("lambdaworks-s0-scrypt", "scrypt, as lambdaworks' library writes it", rest)
        } else if let Some(rest) = text.strip_prefix(b"$7$") {
            crypt(rest)
        } else if let Some(rest) = text.strip_prefix(b"$9$") {
            cisco(rest)
        } else if let Some(rest) = text.strip_prefix(b"s2:") {
            lucia(rest)
        } else if let Some(rest) = text.strip_prefix(b"$rscrypt$") {
            rscrypt(rest)
        } else if text.starts_with(b"$") && bare_spring(&text[1..]) {
            packed("spring-scrypt-v4_1", "scrypt, as Spring Security writes it", &text[1..])
        } else if ruby_like(text) {
            ruby(text)
        } else {
            return None;
        };
        Some(parsed.map_or_else(|reason| Reading::malformed("scrypt", reason), Reading::Recognised))
    }
}

fn phc(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [costs, salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    let [n, r, p] = text::fields(costs, b',').ok_or(COST)?;
    let cost = |field: &[u8], name: &[u8]| field.strip_prefix(name).and_then(text::number).ok_or(COST);
    let (n, r, p) = (cost(n, b"ln=")?, cost(r, b"r=")?, cost(p, b"p=")?);
    let parameters =
        if n > 32 { Parameters::new(u64::from(n), r, p)? } else { Parameters::from_log2(n, r, p)? };
    let salt = text::base64_bare(salt).ok_or(SALT)?;
    let key = text::base64_bare(key).filter(|key| [16, 24, 32, 64].contains(&key.len())).ok_or(LENGTH)?;
    Ok(Parsed::new("phc-scrypt", "scrypt", "scrypt as a PHC string", Scrypt { parameters, salt, key }))
}

fn packed(id: &'static str, origin: &'static str, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [costs, salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    let parameters = Parameters::packed(costs)?;
    let salt = text::base64(salt).filter(|salt| (8..=64).contains(&salt.len())).ok_or(SALT)?;
    let key = text::base64(key).filter(|key| key.len() == 32).ok_or(LENGTH)?;
    Ok(Parsed::new(id, "scrypt", origin, Scrypt { parameters, salt, key }))
}

/// Five or six hex digits, and then long Base64: `$6$` and the like are never taken for it.
fn bare_spring(rest: &[u8]) -> bool {
    text::split_once(rest, b'$')
        .is_some_and(|(costs, rest)| (5..=6).contains(&costs.len()) && text::is_hex(costs) && rest.len() > 60)
}

fn crypt(rest: &[u8]) -> Result<Parsed, &'static str> {
    let (costs, rest) = rest.split_at_checked(11).ok_or(PARTS)?;
    let log_n = crypt64::digit(costs[0]).ok_or(COST)?;
    let r = crypt64::number(&costs[1..6]).ok_or(COST)?;
    let p = crypt64::number(&costs[6..]).ok_or(COST)?;
    let parameters = Parameters::from_log2(log_n, r, p)?;
    let (salt, key) = text::split_once(rest, b'$').ok_or(PARTS)?;
    if !crypt64::is_crypt64(salt) {
        return Err(SALT);
    }
    let key = crypt64::decode(key).filter(|key| key.len() == 32).ok_or(LENGTH)?;
    let method = Scrypt { parameters, salt: text::bytes(salt), key };
    Ok(Parsed::new("crypt-scrypt-7", "scrypt", "A Unix password (scrypt)", method))
}

fn cisco(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    if salt.len() != 14 || !crypt64::is_crypt64(salt) {
        return Err(SALT);
    }
    let key = cisco_key(key).ok_or(LENGTH)?;
    let parameters = Parameters::from_log2(14, 1, 1)?;
    let method = Scrypt { parameters, salt: text::bytes(salt), key };
    Ok(Parsed::new("cisco-type9", "scrypt", "scrypt, as Cisco's type 9 writes it", method))
}

fn lucia(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [salt, key] = text::fields(rest, b':').ok_or(PARTS)?;
    let key = text::hex(key).filter(|key| key.len() == 64).ok_or(LENGTH)?;
    if salt.is_empty() || salt.len() > 64 || !salt.iter().all(u8::is_ascii_alphanumeric) {
        return Err(SALT);
    }
    let parameters = Parameters::new(1 << 14, 16, 1)?;
    let method = Normalised(Scrypt { parameters, salt: text::bytes(salt), key });
    Ok(Parsed::new("lucia-scrypt", "scrypt", "scrypt, as Lucia writes it", method))
}

fn rscrypt(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [format, costs, salt, key, end] = text::fields(rest, b'$').ok_or(PARTS)?;
    let costs = text::base64(costs).ok_or(COST)?;
    let wide = |four: &[u8]| four.first_chunk::<4>().map(|four| u32::from_le_bytes(*four)).ok_or(COST);
    let (log_n, r, p) = match (format, costs.as_slice()) {
        (b"0", [log_n, r, p]) => (*log_n, u32::from(*r), u32::from(*p)),
        (b"1", [log_n, rest @ ..]) if rest.len() == 8 => (*log_n, wide(rest)?, wide(&rest[4..])?),
        _ => return Err(COST),
    };
    if !end.is_empty() {
        return Err(PARTS);
    }
    let parameters = Parameters::from_log2(u32::from(log_n), r, p)?;
    let salt = text::base64(salt).filter(|salt| (8..=64).contains(&salt.len())).ok_or(SALT)?;
    let key = text::base64(key).filter(|key| [32, 64].contains(&key.len())).ok_or(LENGTH)?;
    Ok(Parsed::new(
        "rscrypt",
        "scrypt",
        "scrypt, as Rust's rust-scrypt writes it",
        Scrypt { parameters, salt, key },
    ))
}

fn ruby_like(text: &[u8]) -> bool {
    text::fields::<5>(text, b'$').is_some_and(|[n, r, p, salt, key]| {
        [n, r, p].iter().all(|f| (1..=6).contains(&f.len()))
            && [n, r, p, salt, key].iter().all(|f| text::is_hex(f))
    })
}

fn ruby(text: &[u8]) -> Result<Parsed, &'static str> {
    let [n, r, p, salt, key] = text::fields(text, b'$').ok_or(PARTS)?;
    let number = |f: &[u8]| {
        let digits = std::str::from_utf8(f).ok().filter(|digits| !digits.starts_with('0'));
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(COST)
    };
    let parameters = Parameters::new(u64::from(number(n)?), number(r)?, number(p)?)?;
    let salt = text::hex(salt).ok_or(SALT)?;
    let key = text::hex(key).filter(|key| [32, 64].contains(&key.len())).ok_or(LENGTH)?;
    Ok(Parsed::new(
        "ruby-scrypt",
        "scrypt",
        "scrypt, as Ruby's scrypt and Authlogic write it",
        Scrypt { parameters, salt, key },
    ))
}
