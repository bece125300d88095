//! Which kind a pasted connection URL, file or command line is of.

use secrecy::SecretString;

use super::SourceError;
use super::kinds::{SourceKind, SourceSpec};
use super::pasted::{Pasted, bad, decode, pairs, words};

impl SourceSpec {
    /// Understands a pasted connection URL, JDBC string, command line (`psql -h …`), or the path of a file. The password, where there
    /// is one in it, comes apart.
    pub fn parse_url(text: &str) -> Result<(Self, Option<SecretString>), SourceError> {
        Self::parse(text).map_err(|error| match error {
            SourceError::BadUrl { why, .. } => SourceError::BadUrl { why, examples: url_examples() },
            other => other,
        })
    }

    fn parse(text: &str) -> Result<(Self, Option<SecretString>), SourceError> {
        let text = text.trim();
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        if let Some((kind, words)) = command(text)? {
            return kind.parse(&Pasted::Command(words));
        }
        if let Some((kind, pairs)) = connection_string(text) {
            return kind.parse(&Pasted::Pairs(pairs));
        }
        let Some((scheme, rest)) = text.split_once(':') else { return file(text) };
        let scheme = scheme.to_ascii_lowercase();
        if let Some(kind) = all().find(|kind| kind.about().url.schemes.contains(&scheme.as_str())) {
            return kind.parse(&Pasted::Url { rest });
        }
        match rest.strip_prefix("//") {
            Some(path) if scheme == "file" => match path.split_once('?') {
                Some((path, _)) => of_ending(&decode(path)?)?.parse(&Pasted::Url { rest }),
                None => file(&decode(path)?),
            },
            // `C:\people.db`, or a file name with a colon in it.
            None => file(text),
            Some(_) => Err(bad(&format!("Causeway does not know the kind “{scheme}”"))),
        }
    }
}

fn all() -> impl Iterator<Item = SourceKind> {
    SourceKind::ALL.iter().copied()
}

/// A file's path; its ending says which kind it is.
fn file(path: &str) -> Result<(SourceSpec, Option<SecretString>), SourceError> {
    of_ending(path)?.parse(&Pasted::Path(path))
}

/// The kind of files with that ending.
fn of_ending(path: &str) -> Result<SourceKind, SourceError> {
    let ending = std::path::Path::new(path).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let of_ending = |kind: &SourceKind| {
        kind.about().tiles.iter().any(|tile| ending.iter().any(|e| tile.endings.contains(&e.as_str())))
    };
    let kind = all().find(of_ending).or_else(|| all().find(|kind| kind.about().url.any_file));
    kind.ok_or_else(|| bad("it names no server"))
}

/// The kind whose program's command line this is, and the words after the program's name. Settings before it (`PGPASSWORD=… psql`) are
/// passed over: they may hold a secret, and nothing else that counts.
fn command(text: &str) -> Result<Option<(SourceKind, Vec<String>)>, SourceError> {
    let program = |word: &str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let name = name.strip_suffix(".exe").unwrap_or(name).to_ascii_lowercase();
        all().find(|kind| kind.about().url.programs.contains(&name.as_str()))
    };
    // A file may be called `my psql`: only what begins with the program is a command.
    let mut first = text.split_whitespace().skip_while(|word| is_setting(word));
    let Some(kind) = first.next().and_then(program).filter(|_| first.next().is_some()) else {
        return Ok(None);
    };
    let words = words(text)?.into_iter().skip_while(|word| is_setting(word)).skip(1).collect();
    Ok(Some((kind, words)))
}

/// The kind whose connection string (`Server=…;Database=…`) this is, and its names and values.
fn connection_string(text: &str) -> Option<(SourceKind, Vec<(String, String)>)> {
    let pairs = pairs(text).ok()?;
    let kind = all().find(|kind| kind.is_written(&pairs))?;
    Some((kind, pairs))
}

/// `NAME=value` before a command.
fn is_setting(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// How each kind is written in one line, for help texts.
pub fn url_examples() -> String {
    let mut examples: Vec<_> = all().map(|kind| kind.about().url.example).collect();
    let last = examples.pop().unwrap_or_default();
    if examples.is_empty() { last.to_owned() } else { format!("{} or {last}", examples.join(", ")) }
}
