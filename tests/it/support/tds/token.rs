//! The tokens of an answer ([MS-TDS] 2.2.7).

use super::types::{Cell, Column};

/// An answer under way.
#[derive(Debug, Default)]
pub(super) struct Answer(pub(super) Vec<u8>);

/// Bits of a DONE's status.
pub(super) const MORE: u16 = 1;
pub(super) const ERROR: u16 = 2;
pub(super) const COUNT: u16 = 0x10;
pub(super) const ATTENTION: u16 = 0x20;

/// `DONE`, at the end of a batch's statement; `DONEPROC`; `DONEINPROC`.
pub(super) const DONE: u8 = 0xfd;
pub(super) const DONE_PROC: u8 = 0xfe;
pub(super) const DONE_IN_PROC: u8 = 0xff;

/// An error of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) number: u32,
    pub(super) class: u8,
    pub(super) state: u8,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(number: u32, class: u8, message: impl Into<String>) -> Self {
        Self { number, class, state: 1, message: message.into() }
    }
}

/// UTF-16, little end first.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn short(into: &mut Vec<u8>, text: &str) {
    into.push(u8::try_from(text.encode_utf16().count()).unwrap());
    into.extend_from_slice(&utf16(text));
}

impl Answer {
    fn sized(&mut self, kind: u8, body: &[u8]) {
        self.0.push(kind);
        self.0.extend_from_slice(&u16::try_from(body.len()).unwrap().to_le_bytes());
        self.0.extend_from_slice(body);
    }

    /// `ERROR`, or `INFO` where it is none (class up to 10).
    pub(super) fn fault(&mut self, fault: &Fault) {
        let mut body = fault.number.to_le_bytes().to_vec();
        body.extend_from_slice(&[fault.state, fault.class]);
        let units = u16::try_from(fault.message.encode_utf16().count()).unwrap();
        body.extend_from_slice(&units.to_le_bytes());
        body.extend_from_slice(&utf16(&fault.message));
        short(&mut body, "STANDIN");
        short(&mut body, "");
        body.extend_from_slice(&1_u32.to_le_bytes());
        self.sized(if fault.class > 10 { 0xaa } else { 0xab }, &body);
    }

    /// `ENVCHANGE` of a text: database (1), language (2), packet size (4).
    pub(super) fn changed(&mut self, what: u8, new: &str, old: &str) {
        let mut body = vec![what];
        short(&mut body, new);
        short(&mut body, old);
        self.sized(0xe3, &body);
    }

    /// `ENVCHANGE` of bytes: collation (7), the beginning (8) and end (9, 10) of a transaction.
    pub(super) fn changed_bytes(&mut self, what: u8, new: &[u8], old: &[u8]) {
        let mut body = vec![what, u8::try_from(new.len()).unwrap()];
        body.extend_from_slice(new);
        body.push(u8::try_from(old.len()).unwrap());
        body.extend_from_slice(old);
        self.sized(0xe3, &body);
    }

    /// `ENVCHANGE` 20: another server is to be asked.
    pub(super) fn routed(&mut self, host: &str, port: u16) {
        let mut value = vec![0];
        value.extend_from_slice(&port.to_le_bytes());
        value.extend_from_slice(&u16::try_from(host.encode_utf16().count()).unwrap().to_le_bytes());
        value.extend_from_slice(&utf16(host));
        let mut body = vec![20];
        body.extend_from_slice(&u16::try_from(value.len()).unwrap().to_le_bytes());
        body.extend_from_slice(&value);
        body.extend_from_slice(&[0, 0]);
        self.sized(0xe3, &body);
    }

    /// `LOGINACK`.
    pub(super) fn welcome(&mut self, version: (u8, u8, u16)) {
        let mut body = vec![1];
        body.extend_from_slice(&0x7400_0004_u32.to_be_bytes());
        short(&mut body, "Microsoft SQL Server");
        body.extend_from_slice(&[version.0, version.1]);
        body.extend_from_slice(&version.2.to_be_bytes());
        self.sized(0xad, &body);
    }

    /// `COLMETADATA`.
    pub(super) fn columns(&mut self, columns: &[Column]) {
        self.0.push(0x81);
        self.0.extend_from_slice(&u16::try_from(columns.len()).unwrap().to_le_bytes());
        for column in columns {
            // User type 0, nullable and maybe writable.
            self.0.extend_from_slice(&[0, 0, 0, 0, 9, 0]);
            column.kind.describe(&mut self.0, column.code_page);
            short(&mut self.0, &column.name);
        }
    }

    /// `ROW`, or `NBCROW` where something is null.
    pub(super) fn row(&mut self, columns: &[Column], cells: &[Cell]) {
        let nulls = cells.contains(&Cell::Null);
        self.0.push(if nulls { 0xd2 } else { 0xd1 });
        if nulls {
            let mut bits = vec![0_u8; cells.len().div_ceil(8)];
            for (at, cell) in cells.iter().enumerate() {
                if *cell == Cell::Null {
                    bits[at / 8] |= 1 << (at % 8);
                }
            }
            self.0.extend_from_slice(&bits);
        }
        for (column, cell) in columns.iter().zip(cells) {
            if *cell != Cell::Null {
                column.kind.encode(&mut self.0, cell, column.code_page);
            }
        }
    }

    /// `RETURNSTATUS` 0.
    pub(super) fn returned(&mut self) {
        self.0.extend_from_slice(&[0x79, 0, 0, 0, 0]);
    }

    /// One of the DONEs.
    pub(super) fn done(&mut self, kind: u8, status: u16, rows: u64) {
        self.0.push(kind);
        self.0.extend_from_slice(&status.to_le_bytes());
        self.0.extend_from_slice(&0xc1_u16.to_le_bytes());
        self.0.extend_from_slice(&rows.to_le_bytes());
    }
}
