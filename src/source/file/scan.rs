//! Bytes one by one, with the line they stand in, out of a reader of any size.

use std::io::{self, Read};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// How many lines end in these bytes.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').skip(1).count() as u64
}

/// A reader that can look one byte ahead.
pub(super) struct Scan {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
}

impl Scan {
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, buffer: Vec::new(), at: 0, line: 1 }
    }

    /// The line of the next byte.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// What is read and not yet taken; empty at the end.
    pub(super) fn ahead(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            self.buffer.resize(CHUNK, 0);
            let read = loop {
                match self.input.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.at = 0;
            match read {
                Ok(read) => self.buffer.truncate(read),
                Err(error) => {
                    self.buffer.clear();
                    return Err(error);
                }
            }
        }
        Ok(&self.buffer[self.at..])
    }

    /// Takes so many bytes of what is ahead.
    pub(super) fn take(&mut self, count: usize) {
        let end = (self.at + count).min(self.buffer.len());
        self.line += line_ends(&self.buffer[self.at..end]);
        self.at = end;
    }

    /// The next byte, left where it is.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.ahead()?.first().copied())
    }

    /// The next byte.
    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.take(1);
        }
        Ok(byte)
    }

    /// Passes over white space, and gives the byte after it.
    pub(super) fn blank(&mut self) -> io::Result<Option<u8>> {
        loop {
            let ahead = self.ahead()?;
            if ahead.is_empty() {
                return Ok(None);
            }
            let count = ahead.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let whole = count == ahead.len();
            self.take(count);
            if !whole {
                return self.peek();
            }
        }
    }

    /// Takes a line without its end into `line`, at most `longest` bytes of it (`false`: it is longer). `None` at the end.
    pub(super) fn line_into(&mut self, line: &mut Vec<u8>, longest: usize) -> io::Result<Option<bool>> {
        line.clear();
        let mut any = false;
        loop {
            let ahead = self.ahead()?;
            if ahead.is_empty() {
                return Ok(any.then_some(true));
            }
            any = true;
            let end = ahead.iter().position(|byte| *byte == b'\n');
            let part = &ahead[..end.unwrap_or(ahead.len())];
            if line.len() + part.len() > longest {
                return Ok(Some(false));
            }
            line.extend_from_slice(part);
            let taken = part.len() + usize::from(end.is_some());
            self.take(taken);
            if end.is_some() {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(true));
            }
        }
    }
}
