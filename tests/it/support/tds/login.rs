//! The start of a session: PRELOGIN ([MS-TDS] 2.2.6.5) and LOGIN7 (2.2.6.4).

use super::Encryption;

/// What the client says about encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Off,
    On,
    NotSupported,
}

/// The client's wish, out of its PRELOGIN.
pub(super) fn wish(message: &[u8]) -> Option<Wish> {
    let mut at = 0;
    while *message.get(at)? != 0xff {
        let place = usize::from(u16::from_be_bytes([*message.get(at + 1)?, *message.get(at + 2)?]));
        if message[at] == 1 {
            return match message.get(place)? & 0x0f {
                0 => Some(Wish::Off),
                2 => Some(Wish::NotSupported),
                _ => Some(Wish::On),
            };
        }
        at += 5;
    }
    None
}

/// The server's PRELOGIN and whether the sign-in, and all after it, is encrypted.
pub(super) fn prelogin(ours: Encryption, wish: Wish, version: (u8, u8, u16)) -> (Vec<u8>, Option<bool>) {
    let (answer, encrypted) = match (ours, wish) {
        (Encryption::NotSupported, _) | (Encryption::Off, Wish::NotSupported) => (2, None),
        (Encryption::Off, Wish::Off) => (0, Some(false)),
        (_, Wish::On) => (1, Some(true)),
        (Encryption::Required | Encryption::Strict, _) => (3, Some(true)),
    };
    let options: [(u8, Vec<u8>); 5] = [
        (0, {
            let mut bytes = vec![version.0, version.1];
            bytes.extend_from_slice(&version.2.to_be_bytes());
            bytes.extend_from_slice(&[0, 0]);
            bytes
        }),
        (1, vec![answer]),
        (2, vec![0]),
        (3, Vec::new()),
        (4, vec![0]),
    ];
    let mut table = Vec::new();
    let mut data = Vec::new();
    let start = options.len() * 5 + 1;
    for (token, bytes) in options {
        table.push(token);
        table.extend_from_slice(&u16::try_from(start + data.len()).unwrap().to_be_bytes());
        table.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&bytes);
    }
    table.push(0xff);
    table.extend_from_slice(&data);
    (table, encrypted)
}

/// What LOGIN7 says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) packet_size: u32,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) app: String,
    pub(super) server: String,
    pub(super) database: String,
    pub(super) read_only: bool,
    /// Whether the client wants to sign in with Windows' own way.
    pub(super) integrated: bool,
}

/// Reads LOGIN7. `None` where it is none.
pub(super) fn login(message: &[u8]) -> Option<Login> {
    let number = |at: usize| Some(u32::from_le_bytes(message.get(at..at + 4)?.try_into().ok()?));
    let field = |at: usize| {
        let place = usize::from(u16::from_le_bytes([*message.get(at)?, *message.get(at + 1)?]));
        let units = usize::from(u16::from_le_bytes([*message.get(at + 2)?, *message.get(at + 3)?]));
        if units == 0 { Some(&[][..]) } else { message.get(place..place + units * 2) }
    };
    let text = |bytes: &[u8]| {
        let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    if number(0)? as usize != message.len() || number(4)? < 0x7200_0002 {
        return None;
    }
    // Each byte: its halves were changed, then it was XORed with 0xA5.
    let password: Vec<u8> = field(44)?.iter().map(|byte| (byte ^ 0xa5).rotate_left(4)).collect();
    Some(Login {
        packet_size: number(8)?,
        user: text(field(40)?),
        password: text(&password),
        app: text(field(48)?),
        server: text(field(52)?),
        database: text(field(68)?),
        read_only: message.get(26)? & 0x20 != 0,
        integrated: message.get(25)? & 0x80 != 0,
    })
}
