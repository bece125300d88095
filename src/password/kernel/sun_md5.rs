//! Sun's MD5 crypt (Alec Muffett's, Solaris 9): rounds of MD5 over the digest, the round's number, and, where bits of the digest say
//! so, a speech of Hamlet's.
//!
//! Source: `crypt_sunmd5.c` of illumos; the text is act 3, scene 1 as Project Gutenberg has it (2ws2610), with C's final NUL.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::crypt64::transpose;
use crate::password::text::Bytes;

/// Rounds that are added to what the value says.
pub(crate) const ALWAYS: u32 = 4096;

/// What is hashed where the coin falls so.
const HAMLET: &str = "\
To be, or not to be,--that is the question:--\n\
Whether 'tis nobler in the mind to suffer\n\
The slings and arrows of outrageous fortune\n\
Or to take arms against a sea of troubles,\n\
And by opposing end them?--To die,--to sleep,--\n\
No more; and by a sleep to say we end\n\
The heartache, and the thousand natural shocks\n\
That flesh is heir to,--'tis a consummation\n\
Devoutly to be wish'd. To die,--to sleep;--\n\
To sleep! perchance to dream:--ay, there's the rub;\n\
For in that sleep of death what dreams may come,\n\
When we have shuffled off this mortal coil,\n\
Must give us pause: there's the respect\n\
That makes calamity of so long life;\n\
For who would bear the whips and scorns of time,\n\
The oppressor's wrong, the proud man's contumely,\n\
The pangs of despis'd love, the law's delay,\n\
The insolence of office, and the spurns\n\
That patient merit of the unworthy takes,\n\
When he himself might his quietus make\n\
With a bare bodkin? who would these fardels bear,\n\
To grunt and sweat under a weary life,\n\
But that the dread of something after death,--\n\
The undiscover'd country, from whose bourn\n\
No traveller returns,--puzzles the will,\n\
And makes us rather bear those ills we have\n\
Than fly to others that we know not of?\n\
Thus conscience does make cowards of us all;\n\
And thus the native hue of resolution\n\
Is sicklied o'er with the pale cast of thought;\n\
And enterprises of great pith and moment,\n\
With this regard, their currents turn awry,\n\
And lose the name of action.--Soft you now!\n\
The fair Ophelia!--Nymph, in thy orisons\n\
Be all my sins remember'd.\n\0";

/// The bit of that number of the digest.
fn bit(digest: [u8; 16], at: u32) -> u32 {
    u32::from(digest[(at >> 3) as usize & 15] >> (at & 7)) & 1
}

/// Seven bits of the digest, each of which two of its bytes point at.
fn number(digest: [u8; 16], first: usize) -> u32 {
    (0..7_usize).fold(0, |sum, i| {
        let (a, b) = (digest[(first + i) & 15], digest[(first + i + 3) & 15]);
        let at = digest[usize::from(a >> (b % 5)) & 15] >> ((b >> (a & 7)) & 1);
        sum | bit(digest, u32::from(at)) << i
    })
}

/// Which way the coin falls in a round.
fn coin(digest: [u8; 16], round: u32) -> bool {
    let further = |at: u32| bit(digest, at) as usize;
    let x = number(digest, further(round));
    let y = number(digest, 8 + further(round + 64));
    bit(digest, x) != bit(digest, y)
}

/// The 22 digits of the digest. `settings` is all that stands before them, without the last dollar sign; `rounds` what it says of
/// rounds.
pub(crate) fn sun_md5(password: &[u8], settings: &[u8], rounds: u32) -> Bytes {
    let mut digest =
        Zeroizing::new(<[u8; 16]>::from(Md5::new().chain_update(password).chain_update(settings).finalize()));
    for round in 0..rounds.saturating_add(ALWAYS) {
        let mut hasher = Md5::new().chain_update(digest.as_slice());
        if coin(*digest, round) {
            hasher.update(HAMLET);
        }
        hasher.update(round.to_string());
        *digest = hasher.finalize().into();
    }
    transpose(digest.as_slice())
}
