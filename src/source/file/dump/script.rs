//! The words of an SQL script, one by one: names, texts, numbers, signs.

use std::io::Read;

use super::super::fault::Fault;
use super::super::rows::LONGEST;
use super::super::scan::Scan;

/// A word of a script.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::source::file) enum Token {
    /// A word or number as it stands.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A text.
    Text(Vec<u8>),
    /// Bytes: `X'…'`, `0x…`.
    Bytes(Vec<u8>),
    /// A sign.
    Sign(u8),
}

impl Token {
    /// Whether it is this word, whatever its case.
    pub(in crate::source::file) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    /// What it names.
    pub(in crate::source::file) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// A script that is being read.
pub(in crate::source::file) struct Script {
    pub(in crate::source::file) scan: Scan,
    /// Whether a backslash in a text escapes what follows, as in MySQL.
    pub(in crate::source::file) backslash: bool,
}

/// How a stretch of text ended: at a quote, or at a backslash.
#[derive(PartialEq)]
enum Stop {
    Quote,
    Backslash,
}

impl Script {
    pub(in crate::source::file) fn new(input: Box<dyn Read + Send>, backslash: bool) -> Self {
        Self { scan: Scan::new(input), backslash }
    }

    /// The next word. `None` at the end.
    pub(in crate::source::file) fn token(&mut self) -> Result<Option<Token>, Fault> {
        loop {
            let Some(byte) = self.scan.blank()? else { return Ok(None) };
            match byte {
                b'#' if self.backslash => self.rest_of_line()?,
                b'-' => {
                    self.scan.take(1);
                    if self.scan.peek()? == Some(b'-') {
                        self.rest_of_line()?;
                        continue;
                    }
                    return self.word(vec![b'-']).map(Some);
                }
                b'/' => {
                    self.scan.take(1);
                    if self.scan.peek()? != Some(b'*') {
                        return Ok(Some(Token::Sign(b'/')));
                    }
                    self.comment()?;
                }
                b'\'' => return Ok(Some(Token::Text(self.quoted(b'\'', self.backslash)?))),
                // MySQL's texts may stand in double quotes; its dumps never write them so.
                b'"' | b'`' => {
                    let name = self.quoted(byte, false)?;
                    return Ok(Some(Token::Name(String::from_utf8_lossy(&name).into_owned())));
                }
                b'[' => {
                    self.scan.take(1);
                    // `text[]`, `integer[3]`.
                    if self.scan.peek()?.is_none_or(|next| next == b']' || next.is_ascii_digit()) {
                        return Ok(Some(Token::Sign(b'[')));
                    }
                    let mut name = Vec::new();
                    self.until(b']', false, &mut name)?;
                    return Ok(Some(Token::Name(String::from_utf8_lossy(&name).into_owned())));
                }
                b'$' => return self.dollar().map(Some),
                byte if is_word(byte) => return self.word(Vec::new()).map(Some),
                byte => {
                    self.scan.take(1);
                    return Ok(Some(Token::Sign(byte)));
                }
            }
        }
    }

    fn rest_of_line(&mut self) -> Result<(), Fault> {
        loop {
            let ahead = self.scan.ahead()?;
            if ahead.is_empty() {
                return Ok(());
            }
            let end = ahead.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(ahead.len(), |at| at + 1);
            self.scan.take(count);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Result<(), Fault> {
        let mut star = false;
        while let Some(byte) = self.scan.next()? {
            if star && byte == b'/' {
                return Ok(());
            }
            star = byte == b'*';
        }
        Ok(())
    }

    /// A word, and the text or bytes it stands before: `E'…'`, `X'…'`, `0x…`, `_binary '…'`.
    fn word(&mut self, mut word: Vec<u8>) -> Result<Token, Fault> {
        loop {
            let ahead = self.scan.ahead()?;
            let count = ahead.iter().take_while(|byte| is_word(**byte)).count();
            let all = count == ahead.len() && count > 0;
            if word.len() + count > LONGEST {
                return Err(Fault::TooLong { row: self.scan.line() });
            }
            word.extend_from_slice(&ahead[..count]);
            self.scan.take(count);
            if all {
                continue;
            }
            // `1.5e+7`
            if matches!(self.scan.peek()?, Some(b'+' | b'-'))
                && word.last().is_some_and(|last| matches!(last, b'e' | b'E'))
                && word.first().is_some_and(u8::is_ascii_digit)
                && !word.starts_with(b"0x")
            {
                word.extend(self.scan.next()?);
                continue;
            }
            break;
        }
        let text = String::from_utf8_lossy(&word).into_owned();
        let quoted = self.scan.peek()? == Some(b'\'');
        match text.as_bytes() {
            b"E" | b"e" if quoted => Ok(Token::Text(self.quoted(b'\'', true)?)),
            b"N" | b"n" if quoted => Ok(Token::Text(self.quoted(b'\'', self.backslash)?)),
            b"B" | b"b" if quoted => {
                let digits = self.quoted(b'\'', false)?;
                let number = str::from_utf8(&digits).ok().and_then(|d| i64::from_str_radix(d, 2).ok());
                Ok(number.map_or(Token::Text(digits), |number| Token::Word(number.to_string())))
            }
            b"X" | b"x" if quoted => {
                let digits = self.quoted(b'\'', false)?;
                Ok(hex::decode(&digits).map_or(Token::Text(digits), Token::Bytes))
            }
            [b'0', b'x', digits @ ..] if !digits.is_empty() => match hex::decode(digits) {
                Ok(bytes) => Ok(Token::Bytes(bytes)),
                Err(_) => Ok(Token::Word(text)),
            },
            b"_binary" => {
                if self.scan.blank()? == Some(b'\'') {
                    return Ok(Token::Bytes(self.quoted(b'\'', true)?));
                }
                Ok(Token::Word(text))
            }
            _ => Ok(Token::Word(text)),
        }
    }

    /// What stands in quotes, a doubled one for one.
    fn quoted(&mut self, quote: u8, backslash: bool) -> Result<Vec<u8>, Fault> {
        let row = self.scan.line();
        self.scan.take(1);
        let mut text = Vec::new();
        loop {
            if self.until(quote, backslash, &mut text)? == Stop::Backslash {
                let Some(next) = self.scan.next()? else { return Err(unended(row)) };
                text.push(match next {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'0' => 0,
                    b'b' => 8,
                    b'Z' => 26,
                    other => other,
                });
            } else if self.scan.peek()? == Some(quote) {
                self.scan.take(1);
                text.push(quote);
            } else {
                return Ok(text);
            }
        }
    }

    /// Takes what stands before a quote (or a backslash), and that too.
    fn until(&mut self, quote: u8, backslash: bool, text: &mut Vec<u8>) -> Result<Stop, Fault> {
        let row = self.scan.line();
        loop {
            let ahead = self.scan.ahead()?;
            if ahead.is_empty() {
                return Err(unended(row));
            }
            let stop = ahead.iter().position(|byte| *byte == quote || (backslash && *byte == b'\\'));
            let part = &ahead[..stop.unwrap_or(ahead.len())];
            if text.len() + part.len() > LONGEST {
                return Err(Fault::TooLong { row });
            }
            text.extend_from_slice(part);
            let end = stop.map(|at| if ahead[at] == quote { Stop::Quote } else { Stop::Backslash });
            let taken = part.len() + usize::from(end.is_some());
            self.scan.take(taken);
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// `$$ … $$`, `$tag$ … $tag$`: bodies of functions; nothing in them is data.
    fn dollar(&mut self) -> Result<Token, Fault> {
        self.scan.take(1);
        let mut tag = vec![b'$'];
        while let Some(byte) = self.scan.peek()? {
            if byte == b'$' {
                tag.push(byte);
                self.scan.take(1);
                break;
            }
            if !(byte.is_ascii_alphanumeric() || byte == b'_') || tag.len() > 64 {
                return Ok(Token::Sign(b'$'));
            }
            tag.push(byte);
            self.scan.take(1);
        }
        let mut last = Vec::new();
        while let Some(byte) = self.scan.next()? {
            last.push(byte);
            if last.ends_with(&tag) {
                break;
            }
            if last.len() > 4096 {
                last.drain(..last.len() - tag.len());
            }
        }
        Ok(Token::Sign(b'$'))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@') || byte >= 0x80
}

fn unended(row: u64) -> Fault {
    Fault::Malformed { row, what: "a quote has no partner".into() }
}
