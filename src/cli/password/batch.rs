//! `causeway password explain --batch`: JSON lines in, JSON lines out, in order, on all cores, memory flat.

use std::io::{self, BufRead as _, BufReader, Read, Write};

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::line;

/// Lines answered at a time: bounds memory, and is enough to keep every core busy.
const PORTION: usize = 512;
/// A portion ends early when its lines hold so many bytes together.
const PORTION_BYTES: usize = 4 << 20;
/// Longest line that is read, in bytes. A stored password of 10 MB still gets its answer.
const LONGEST: usize = 16 << 20;

/// Read at a time.
const BUFFER: usize = 128 << 10;

/// One line of the input.
enum Line {
    /// Its bytes, without the line end.
    Read(Zeroizing<Vec<u8>>),
    /// Longer than [`LONGEST`]; passed over to its end.
    TooLong,
}

/// Answers every line. Empty lines are passed over. How many were answered.
pub(super) fn run(input: impl Read, mut output: impl Write) -> io::Result<u64> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    // What Windows' editors put before a file's first line.
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let mut answered = 0;
    loop {
        let portion = portion(&mut input)?;
        if portion.is_empty() {
            return Ok(answered);
        }
        let answers: Vec<_> = portion
            .par_iter()
            .map(|line| match line {
                Line::Read(bytes) => line::answer(bytes),
                Line::TooLong => Zeroizing::new(line::too_long(LONGEST)),
            })
            .collect();
        for answer in &answers {
            output.write_all(answer)?;
            output.write_all(b"\n")?;
            answered += 1;
        }
        // Whoever asks line by line waits for each answer.
        output.flush()?;
    }
}

/// The next lines: as many as have arrived, up to the bounds; at least one, unless the input has ended.
fn portion(input: &mut BufReader<impl Read>) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while lines.len() < PORTION && bytes < PORTION_BYTES {
        if !lines.is_empty() && input.buffer().is_empty() {
            break;
        }
        let Some(line) = next(input)? else { break };
        if let Line::Read(line) = &line {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            bytes += line.len();
        }
        lines.push(line);
    }
    Ok(lines)
}

/// The next line, `None` at the end.
fn next(input: &mut BufReader<impl Read>) -> io::Result<Option<Line>> {
    let mut line = Zeroizing::new(Vec::new());
    let read = input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if read > LONGEST {
        input.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Read(line)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answers(input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        run(input, &mut output).unwrap();
        output
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| serde_json::from_slice(l).unwrap())
            .collect()
    }

    #[test]
    fn each_line_is_answered_in_order_and_bad_ones_stop_nothing() {
        let answers = answers(
            br#"{"id":1,"stored":"5f4dcc3b5aa765d61d8327deb882cf99","assume":"md5","password":"password","more":[]}
{"id":"two","stored":12}

not json
[1]
{"id":5,"stored":"$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW"}
{"stored":null,"password":"x"}"#,
        );
        assert_eq!(answers.len(), 6);
        assert_eq!(answers[0]["id"], 1);
        assert_eq!(answers[0]["outcome"], "import");
        assert_eq!(answers[0]["okta"]["algorithm"], "MD5");
        assert_eq!(answers[0]["verifies"], true);
        assert_eq!(answers[1]["id"], "two");
        for bad in &answers[1..4] {
            assert!(bad["error"].is_string() && bad.get("outcome").is_none(), "{bad}");
        }
        assert_eq!(answers[4]["id"], 5);
        assert_eq!((&answers[4]["outcome"], &answers[4]["verifies"]), (&"import".into(), &Value::Null));
        assert_eq!((&answers[5]["outcome"], &answers[5]["verifies"]), (&"reset".into(), &false.into()));
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_line() {
        let answers = answers(b"\xef\xbb\xbf{\"stored\":\"!\"}\r\n{\"stored\":\"*\"}\r\n[]\r\n");
        assert_eq!((&answers[0]["outcome"], &answers[1]["outcome"]), (&"reset".into(), &"reset".into()));
        assert!(answers[2]["error"].as_str().unwrap().starts_with("the line is not a JSON object"));
    }

    #[test]
    fn an_error_never_shows_the_line() {
        let shown = answers(br#"{"stored":{"hunter2":"hunter2"}}"#)[0].to_string();
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_line_without_end_is_answered_and_passed_over() {
        let mut input = vec![b'a'; LONGEST + 10];
        input.extend_from_slice(b"\n{\"stored\":\"!\"}");
        let answers = answers(&input);
        assert!(answers[0]["error"].as_str().unwrap().contains("longer"));
        assert_eq!(answers[1]["outcome"], "reset");
    }
}
