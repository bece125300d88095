//! What people paste to say where something is: a connection URL, a JDBC string, the path of a file, a command line. Taken apart as
//! far as every kind of source takes it apart; what it means, the kind says.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

use super::SourceError;

/// What stays as it is in a part of a URL (RFC 3986, unreserved).
pub(crate) const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, and what a path may hold.
pub(crate) const PATH: &AsciiSet = &PART.remove(b'/').remove(b':');

/// What was pasted.
#[derive(Debug)]
pub(crate) enum Pasted<'a> {
    /// A URL of a scheme that the kind knows.
    Url {
        /// What stands after the scheme's colon.
        rest: &'a str,
    },
    /// A connection string that the kind knows: its names and values (`Server=…;Database=…`).
    Pairs(Vec<(String, String)>),
    /// The path of a file, as it is.
    Path(&'a str),
    /// The command line of a program that the kind knows: the words after the program's name.
    Command(Vec<String>),
}

pub(crate) fn bad(why: &str) -> SourceError {
    SourceError::BadUrl { why: why.to_owned(), examples: String::new() }
}

/// A part of a URL without its % signs. A % that is no code stays a %, as browsers do it.
pub(crate) fn decode(text: &str) -> Result<String, SourceError> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| bad("something in it is not valid text after decoding its % signs"))
}

/// A port.
pub(crate) fn parse_port(text: &str) -> Result<u16, SourceError> {
    text.parse().ok().filter(|port| *port != 0).ok_or_else(|| bad("the port is not a number from 1 to 65535"))
}

/// The path of a file, out of a URL or as it was typed.
pub(crate) fn file_path(path: &str) -> Result<std::path::PathBuf, SourceError> {
    let path = if cfg!(windows) && path.len() > 3 && path.starts_with('/') && path.as_bytes()[2] == b':' {
        &path[1..]
    } else {
        path
    };
    if path.is_empty() || path == ":memory:" {
        return Err(bad("it names no file"));
    }
    if path.contains('\0') {
        return Err(bad("a file name can't hold a zero byte"));
    }
    Ok(path.into())
}

/// What stands between a URL's slashes, decoded; its options as they stand.
#[derive(Debug, Default)]
pub(crate) struct Server<'a> {
    /// The user; empty where none is named.
    pub(crate) user: String,
    /// The password, if it is not empty.
    pub(crate) password: Option<String>,
    /// The host; empty where none is named.
    pub(crate) host: String,
    /// The port, where one is named.
    pub(crate) port: Option<u16>,
    /// The database; empty where none is named.
    pub(crate) database: String,
    /// What stands after the question mark.
    pub(crate) options: &'a str,
}

impl<'a> Server<'a> {
    /// Takes `//user:password@host:port/database?options` apart.
    pub(crate) fn parse(rest: &'a str) -> Result<Self, SourceError> {
        let Some(rest) = rest.strip_prefix("//") else {
            return Err(bad("“//” is missing after the scheme"));
        };
        let mut server = Self::default();
        // A password may hold an @ that was not encoded: the last one before the options counts.
        let options_at = rest.find('?').unwrap_or(rest.len());
        let (user_info, rest) = match rest[..options_at].rfind('@') {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        if let Some(user_info) = user_info {
            let (user, secret) = match user_info.split_once(':') {
                Some((user, secret)) => (user, Some(secret)),
                None => (user_info, None),
            };
            server.user = decode(user)?;
            server.password = secret.filter(|secret| !secret.is_empty()).map(decode).transpose()?;
        }
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        server.options = options;
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        server.database = decode(database)?;
        if authority.contains(',') {
            return Err(bad("it names several servers; name one"));
        }
        let (host, after) = match authority.strip_prefix('[') {
            Some(v6) => v6.split_once(']').ok_or_else(|| bad("a “]” is missing after the address"))?,
            None => match authority.split_once(':') {
                Some((host, port)) => (host, &authority[authority.len() - port.len() - 1..]),
                None => (authority, ""),
            },
        };
        server.host = decode(host)?;
        if let Some(text) = after.strip_prefix(':') {
            if !text.is_empty() {
                server.port = Some(parse_port(text)?);
            }
        } else if !after.is_empty() {
            return Err(bad("the address is followed by something that is not a port"));
        }
        Ok(server)
    }
}

/// The properties of a connection string: `name=value;name={va;lue};name='va;lue'`. Inside of braces and quotes the closing one is
/// written twice.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, SourceError> {
    let mut pairs = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace() || *c == ';').is_some() {}
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let mut name = String::new();
        loop {
            match chars.next() {
                Some('=') => break,
                Some(c) if c != ';' => name.push(c),
                _ => return Err(bad("a part of it is no “name=value”")),
            }
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        let close = match chars.peek() {
            Some('{') => Some('}'),
            Some(quote @ ('\'' | '"')) => Some(*quote),
            _ => None,
        };
        if let Some(close) = close {
            chars.next();
            loop {
                match chars.next() {
                    None => return Err(bad("a quote or brace in it does not end")),
                    Some(c) if c == close && chars.next_if_eq(&close).is_none() => break,
                    Some(c) => value.push(c),
                }
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            if chars.peek().is_some_and(|c| *c != ';') {
                return Err(bad("something follows a quoted part of it"));
            }
        } else {
            value.extend(std::iter::from_fn(|| chars.next_if(|c| *c != ';')));
        }
        pairs.push((name.trim().to_owned(), value));
    }
}

/// The words of a command line as a shell takes them apart: blanks between, quotes and backslashes inside.
pub(crate) fn words(line: &str) -> Result<Vec<String>, SourceError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\\' => {
                // A backslash at a line's end goes on in the next.
                match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => word.get_or_insert_default().push(c),
                }
            }
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(bad("a quote in it does not end")),
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => word.extend(chars.next()),
                        Some(inside) => word.push(inside),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The options of a command line, as `getopt_long` takes them apart.
#[derive(Debug)]
pub(crate) struct Options {
    words: std::vec::IntoIter<String>,
    /// Short options that take a value.
    short: &'static str,
    /// Long options that take a value.
    long: &'static [&'static str],
    only_names: bool,
}

/// One word of a command line, with its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opt {
    /// `-h value`, `-hvalue`: the letter, and its value where one is given.
    Short(char, Option<String>),
    /// `--host value`, `--host=value`: the name, and its value where one is given.
    Long(String, Option<String>),
    /// A word that is no option.
    Name(String),
}

impl Options {
    /// Of these words. `short` and `long`: options that take a value in the word after them.
    pub(crate) fn new(words: Vec<String>, short: &'static str, long: &'static [&'static str]) -> Self {
        Self { words: words.into_iter(), short, long, only_names: false }
    }
}

impl Iterator for Options {
    type Item = Opt;

    fn next(&mut self) -> Option<Opt> {
        let word = self.words.next()?;
        if self.only_names {
            return Some(Opt::Name(word));
        }
        if word == "--" {
            self.only_names = true;
            return self.next();
        }
        if let Some(long) = word.strip_prefix("--") {
            if let Some((name, value)) = long.split_once('=') {
                return Some(Opt::Long(name.to_owned(), Some(value.to_owned())));
            }
            let value = if self.long.contains(&long) { self.words.next() } else { None };
            return Some(Opt::Long(long.to_owned(), value));
        }
        let mut rest = word.chars();
        match (rest.next(), rest.next()) {
            (Some('-'), Some(letter)) => {
                let attached = rest.as_str();
                let value = if !attached.is_empty() {
                    Some(attached.to_owned())
                } else if self.short.contains(letter) {
                    self.words.next()
                } else {
                    None
                };
                Some(Opt::Short(letter, value))
            }
            _ => Some(Opt::Name(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_as_a_shell_takes_them() {
        assert_eq!(
            words(r#"psql -h 'db 01' -U "o\"neill" a\ b"#).unwrap(),
            ["psql", "-h", "db 01", "-U", "o\"neill", "a b"]
        );
        assert_eq!(words("mysql \\\n  -p''").unwrap(), ["mysql", "-p"]);
        assert!(words("psql 'x").is_err());
    }

    #[test]
    fn options_with_their_values() {
        let words = ["-hdb", "-U", "hr", "--port=5433", "--dbname", "x", "-W", "--", "-y"]
            .map(str::to_owned)
            .to_vec();
        let short = |c, v: Option<&str>| Opt::Short(c, v.map(str::to_owned));
        let long = |n: &str, v: &str| Opt::Long(n.into(), Some(v.into()));
        let found: Vec<_> = Options::new(words, "hUp", &["dbname", "port"]).collect();
        assert_eq!(
            found,
            [
                short('h', Some("db")),
                short('U', Some("hr")),
                long("port", "5433"),
                long("dbname", "x"),
                short('W', None),
                Opt::Name("-y".into())
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            if let Ok(words) = words(&text) {
                Options::new(words, "hp", &["host"]).for_each(drop);
            }
            let _ = Server::parse(&text);
        }
    }
}
