//! Which characters the bytes of a text file stand for, and reading them as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding that a file's beginning speaks for. `whole`: the beginning is all of it.
pub(super) fn detect(start: &[u8], whole: bool) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    // Text of Western and most other scripts has a zero in every second byte of UTF-16 where Latin letters, digits, blanks or
    // delimiters stand, and none in any other encoding.
    let looked = &start[..start.len().min(4096)];
    let zeros = |odd: usize| looked.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if looked.len() >= 4 && (even + odd) * 10 > looked.len() {
        return if odd >= even { UTF_16LE } else { UTF_16BE };
    }
    match std::str::from_utf8(start) {
        Ok(_) => UTF_8,
        // Cut inside a character.
        Err(error) if !whole && error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// What the screen calls an encoding.
pub(super) fn name(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "UTF-16LE" => "UTF-16 LE",
        "UTF-16BE" => "UTF-16 BE",
        "windows-1252" => "Windows-1252",
        other => other,
    }
}

/// A text as far as its first bytes go.
pub(super) fn beginning(start: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode(start).0.into_owned()
}

/// Reads a file as UTF-8, whatever its encoding. The mark at the beginning goes. UTF-8 comes as it is: what is not valid in it is found by
/// who reads it.
pub(super) struct Text<R> {
    input: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    raw_at: usize,
    out: Vec<u8>,
    out_at: usize,
    ended: bool,
    begun: bool,
}

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

impl<R: Read> Text<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal());
        Self {
            input,
            decoder,
            raw: Vec::new(),
            raw_at: 0,
            out: Vec::new(),
            out_at: 0,
            ended: false,
            begun: false,
        }
    }

    /// Reads a chunk of what is there.
    fn more(&mut self) -> io::Result<()> {
        self.raw.resize(CHUNK, 0);
        let mut read = 0;
        // The mark must come in one piece.
        while read < 4 {
            let more = self.input.read(&mut self.raw[read..])?;
            if more == 0 {
                self.ended = true;
                break;
            }
            read += more;
        }
        self.raw.truncate(read);
        self.raw_at = 0;
        if !self.begun {
            self.begun = true;
            if self.decoder.is_none() && self.raw.starts_with(b"\xef\xbb\xbf") {
                self.raw_at = 3;
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(decoder) = &mut self.decoder else {
                if self.raw_at < self.raw.len() {
                    let taken = into.len().min(self.raw.len() - self.raw_at);
                    into[..taken].copy_from_slice(&self.raw[self.raw_at..self.raw_at + taken]);
                    self.raw_at += taken;
                    return Ok(taken);
                }
                if self.ended {
                    return Ok(0);
                }
                self.more()?;
                continue;
            };
            if self.out_at < self.out.len() {
                let taken = into.len().min(self.out.len() - self.out_at);
                into[..taken].copy_from_slice(&self.out[self.out_at..self.out_at + taken]);
                self.out_at += taken;
                return Ok(taken);
            }
            if self.raw_at >= self.raw.len() && self.ended {
                return Ok(0);
            }
            // One byte becomes at most three.
            self.out.resize(CHUNK * 3 + 16, 0);
            let (result, read, written, _) =
                decoder.decode_to_utf8(&self.raw[self.raw_at..], &mut self.out, self.ended);
            self.out.truncate(written);
            self.out_at = 0;
            self.raw_at += read;
            if result == CoderResult::InputEmpty && !self.ended {
                self.more()?;
            } else if result == CoderResult::InputEmpty {
                self.raw_at = self.raw.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> String {
        let mut text = String::new();
        Text::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn each_encoding_is_found_and_read() {
        let text = "id;name\r\n1;Máire Ní Bhriain\r\n";
        assert_eq!(detect(text.as_bytes(), true), UTF_8);
        assert_eq!(read(format!("\u{feff}{text}").as_bytes(), UTF_8), text);
        for (big, encoding) in [(false, UTF_16LE), (true, UTF_16BE)] {
            let bytes = utf16(text, big);
            assert_eq!(detect(&bytes, true), encoding);
            assert_eq!(read(&bytes, encoding), text);
            let marked = utf16(&format!("\u{feff}{text}"), big);
            assert_eq!((detect(&marked, true), read(&marked, encoding).as_str()), (encoding, text));
        }
        let western = b"id;name\r\n1;M\xe1ire N\xed Bhriain \x80\r\n";
        assert_eq!(detect(western, true), WINDOWS_1252);
        assert_eq!(read(western, WINDOWS_1252), "id;name\r\n1;Máire Ní Bhriain €\r\n");
    }

    #[test]
    fn a_beginning_cut_inside_a_character_is_still_utf_8() {
        let bytes = "李伟".as_bytes();
        assert_eq!(detect(&bytes[..4], false), UTF_8);
        assert_eq!(detect(&bytes[..4], true), WINDOWS_1252);
        // 李伟 alone has no zero byte in UTF-16, a table with it has.
        assert_eq!(detect(&utf16("名前,李伟\n李伟,李伟\n1,2\n3,4", false), true), UTF_16LE);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC{0,200}", big in any::<bool>()) {
            let bytes = utf16(&text, big);
            let encoding = if big { UTF_16BE } else { UTF_16LE };
            prop_assert_eq!(read(&bytes, encoding), text.trim_start_matches('\u{feff}'));
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300), whole in any::<bool>()) {
            let encoding = detect(&bytes, whole);
            let mut out = Vec::new();
            Text::new(bytes.as_slice(), encoding).read_to_end(&mut out).unwrap();
            prop_assert!(out.len() <= bytes.len() * 3 + 3);
        }
    }
}
