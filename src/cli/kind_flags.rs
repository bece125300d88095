//! Flags for the fields of a source's form, as its kind lists them.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::source::{Field, Input, SourceKind};

/// What was given for the fields that have a flag: the flag, without its dashes, and the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindFlags(Vec<(&'static str, String)>);

impl KindFlags {
    /// What was given.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.0.iter().cloned()
    }
}

/// Every field with a flag, each flag once, with the kinds that have it.
fn fields() -> Vec<(&'static str, &'static Field, Vec<&'static str>)> {
    let mut fields: Vec<(&'static str, &'static Field, Vec<&'static str>)> = Vec::new();
    for kind in SourceKind::ALL {
        for field in kind.about().form.fields() {
            let Some(flag) = field.flag else { continue };
            match fields.iter_mut().find(|(known, ..)| *known == flag) {
                Some((.., kinds)) => kinds.push(kind.about().name),
                None => fields.push((flag, field, vec![kind.about().name])),
            }
        }
    }
    fields
}

/// Whether a flag says no by being there.
fn is_switch(flag: &str) -> bool {
    flag.starts_with("no-")
}

fn text(matches: &ArgMatches, flag: &str) -> Option<String> {
    if is_switch(flag) { Some("no".to_owned()) } else { matches.get_one::<String>(flag).cloned() }
}

impl FromArgMatches for KindFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut given = Self::default();
        given.update_from_arg_matches(matches)?;
        Ok(given)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for (flag, ..) in fields() {
            if matches.value_source(flag) == Some(ValueSource::CommandLine)
                && let Some(text) = text(matches, flag)
            {
                self.0.retain(|(known, _)| *known != flag);
                self.0.push((flag, text));
            }
        }
        Ok(())
    }
}

impl Args for KindFlags {
    fn augment_args(mut command: Command) -> Command {
        for (flag, field, kinds) in fields() {
            if is_switch(flag) {
                let help = match field.input {
                    Input::Choice(choices) => {
                        choices.iter().find(|choice| choice.value == "no").map_or("no", |c| c.words)
                    }
                    _ => "no",
                };
                let help = format!(
                    "{}: {}, of a source of the kind {}",
                    field.label,
                    help.to_lowercase(),
                    kinds.join(" or ")
                );
                command = command.arg(Arg::new(flag).long(flag).action(ArgAction::SetTrue).help(help));
                continue;
            }
            let value = if matches!(field.input, Input::File { .. }) { "FILE" } else { "TEXT" };
            let help = format!("{}, of a source of the kind {}", field.label, kinds.join(" or "));
            command = command.arg(Arg::new(flag).long(flag).value_name(value).help(help));
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
