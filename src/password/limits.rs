//! What checking one stored password may cost, at most.
//!
//! A migrated table is untrusted input: one row with `rounds=999999999` must not hang anything. Parameters are compared
//! with these caps before any work starts. Okta gives its password hook three seconds in all, so the caps are what one
//! core of a small machine does in about one.

/// Longest stored value that is looked at, in bytes. Anything longer is no stored password.
pub const STORED_BYTES: usize = 4096;
/// Longest password that is checked, in bytes. Some schemes take time quadratic in it.
pub const PASSWORD_BYTES: usize = 1024;
/// bcrypt: the least cost the algorithm knows.
pub const BCRYPT_MIN: u8 = 4;
/// bcrypt: the greatest cost that is verified here (1.25 s on one core).
pub const BCRYPT_VERIFY: u8 = 14;
/// bcrypt: the greatest cost Okta imports.
pub const BCRYPT_IMPORT: u8 = 20;
/// PBKDF2: iterations × blocks of output.
pub const PBKDF2_WORK: u64 = 5_000_000;
/// PBKDF2: longest derived key, in bytes.
pub const PBKDF2_KEY: usize = 1024;
/// PBKDF2: the fewest iterations Okta imports.
pub const PBKDF2_IMPORT: u32 = 4096;
/// scrypt: memory (128 · N · r), in bytes.
pub const SCRYPT_MEMORY: u64 = 256 << 20;
/// scrypt: N · r · p.
pub const SCRYPT_WORK: u64 = 1 << 22;
/// scrypt: p.
pub const SCRYPT_PARALLEL: u32 = 16;
/// Argon2: memory, in KiB.
pub const ARGON2_MEMORY: u64 = 512 << 10;
/// Argon2: memory × passes, in KiB.
pub const ARGON2_WORK: u64 = 1 << 20;
/// Argon2: lanes.
pub const ARGON2_LANES: u32 = 64;
/// Rounds of crypt(3)'s SHA schemes.
pub const SHA_CRYPT_ROUNDS: u32 = 2_000_000;
/// Rounds × (password length + 64) of crypt(3)'s SHA schemes.
pub const SHA_CRYPT_WORK: u64 = 2_000_000_000;
/// Rounds of iterated digests (Shiro, Tomcat, Jasypt, Symfony).
pub const DIGEST_ROUNDS: u32 = 2_000_000;
/// Rounds of Sun's MD5 crypt, each of which may hash a speech of Hamlet's.
pub const SUN_MD5_ROUNDS: u32 = 400_000;
/// log2 of the rounds of phpass and Drupal.
pub const PHPASS_LOG2: u32 = 20;
/// Longest plain-text password Okta takes, in characters.
pub const PLAIN_TEXT: usize = 72;
