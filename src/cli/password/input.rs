//! What is asked about: the lines of stdin, and what flags and a context file state.

use std::io::{self, Read as _};

use zeroize::Zeroizing;

use super::args::StatedArgs;
use crate::cli::error::CliError;
use crate::model::{PasswordSettings, SecretBytes, StoredPassword};
use crate::password::{self, Context, Question};

/// The lines of stdin that matter, without their ends: the stored value and its salt, and the same of another person.
pub(super) struct Input(Vec<SecretBytes>);

impl Input {
    /// Reads stdin, at most 64 KiB: no stored password is longer.
    pub(super) fn read() -> Result<Self, CliError> {
        let mut all = Zeroizing::new(Vec::with_capacity(1 << 16));
        let read = io::stdin().lock().take(1 << 16).read_to_end(&mut all);
        read.map_err(|error| CliError::Stream(error.to_string()))?;
        let lines = all.split(|byte| *byte == b'\n');
        Ok(Self(lines.map(|l| SecretBytes::new(l.strip_suffix(b"\r").unwrap_or(l).to_vec())).collect()))
    }

    /// Whether there is a value of a person of that place.
    pub(super) fn has(&self, person: usize) -> bool {
        self.0.get(person * 2).is_some_and(|value| !value.is_empty())
    }

    /// The stored password of the person of that place: two lines each.
    pub(super) fn stored(&self, person: usize, stated: &StatedArgs) -> StoredPassword {
        StoredPassword {
            text: self.0.get(person * 2).cloned().unwrap_or_default(),
            salt: self.0.get(person * 2 + 1).filter(|salt| !salt.is_empty()).cloned(),
            username: stated.username.clone(),
            columns: stated.known().unwrap_or_default().beside(),
        }
    }
}

impl StatedArgs {
    /// What the context file says.
    pub(super) fn known(&self) -> Result<Context, CliError> {
        let Some(path) = &self.context else { return Ok(Context::default()) };
        let text = Zeroizing::new(std::fs::read(path).map_err(|e| CliError::reading(path, &e))?);
        serde_json::from_slice(&text).map_err(|_| CliError::Context(path.clone()))
    }

    /// What is stated. A flag goes before the same word of the context file.
    pub(super) fn settings(&self) -> Result<PasswordSettings, CliError> {
        let mut context = self.known()?;
        context.salt_order = self.salt_order.clone().or(context.salt_order);
        context.salt_encoding = self.salt_encoding.clone().or(context.salt_encoding);
        if let Some(word) = self.assume.as_deref().filter(|word| !password::knows(word)) {
            return Err(CliError::Stated(format!("“{word}” isn't a scheme that Causeway knows")));
        }
        let question =
            Question { context: Some(context), assume: self.assume.clone(), ..Question::default() };
        question.settings().map_err(CliError::Stated)
    }
}
