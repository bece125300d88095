//! The wizard's pages. A new step is one file beside this one, and one line in `steps!` below.

mod finish;
mod hook;
mod import;
mod live;
mod map;
mod okta;
mod review;
mod source;

use egui::Ui;

use super::command::Command;
use super::facts::Facts;
use super::jobs::Jobs;
use crate::ui::widgets::Toast;

/// What a page draws from and sends to. Drawing changes nothing but what is typed: all else is a command.
pub struct View<'a> {
    /// What is known about the migration.
    pub facts: &'a Facts,
    /// Ctrl/Cmd+F was pressed in this frame: a page with a search field gives it the keyboard.
    pub find: bool,
    commands: &'a mut Vec<Command>,
}

impl<'a> View<'a> {
    /// A view whose commands land in `commands`.
    pub fn new(facts: &'a Facts, find: bool, commands: &'a mut Vec<Command>) -> Self {
        Self { facts, find, commands }
    }

    /// Asks for something; carried out at the start of the next frame.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.commands.push(command.into());
    }

    /// The commands sent so far in this frame.
    pub(super) fn commands_mut(&mut self) -> &mut Vec<Command> {
        self.commands
    }
}

/// What a page works with in `logic`: it asks jobs, takes their answers, and tells what is now known.
pub struct Work<'a> {
    /// The bridge to async work.
    pub jobs: &'a mut Jobs,
    /// What is known about the migration; pages write what they learnt.
    pub facts: &'a mut Facts,
    commands: &'a mut Vec<Command>,
}

impl<'a> Work<'a> {
    /// Work whose commands land in `commands`.
    pub fn new(jobs: &'a mut Jobs, facts: &'a mut Facts, commands: &'a mut Vec<Command>) -> Self {
        Self { jobs, facts, commands }
    }

    /// Asks for something; carried out in this frame.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.commands.push(command.into());
    }

    /// Shows a short message.
    pub fn toast(&mut self, toast: Toast) {
        self.send(Command::Toast(toast));
    }
}

/// A button of the footer.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its words.
    pub label: String,
    /// What it asks for.
    pub command: Command,
    /// Whether it can be pressed. If not, the footer's note says what is missing.
    pub enabled: bool,
    /// Whether it stops or removes something.
    pub danger: bool,
}

impl Action {
    /// A button that can be pressed.
    pub fn new(label: impl Into<String>, command: impl Into<Command>) -> Self {
        Self { label: label.into(), command: command.into(), enabled: true, danger: false }
    }

    /// Whether it can be pressed.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// It stops or removes something.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// The footer of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Footer {
    /// Whether there is a way back.
    pub back: bool,
    /// Other buttons, at the left.
    pub secondary: Vec<Action>,
    /// Beside the main button: what comes next, or what is missing. Never empty while the main button is dead.
    pub note: String,
    /// The main button; Enter presses it.
    pub main: Option<Action>,
}

/// What a page shows; the same for all.
pub trait Page {
    /// The title and the line under it.
    fn heading(&self, facts: &Facts) -> (String, String);
    /// One line in the rail on what the step holds, or `None` for `Not started`.
    fn rail_line(&self, facts: &Facts) -> Option<String>;
    /// The footer.
    fn footer(&self, facts: &Facts) -> Footer;
    /// Draws the page between title and footer.
    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>);
    /// Takes in what jobs sent. Called every frame, shown or not; never blocks.
    fn logic(&mut self, work: &mut Work<'_>) {
        let _ = work;
    }
    /// A workspace was opened: forget the former one, ask for what is kept in it.
    fn opened(&mut self, work: &mut Work<'_>) {
        let _ = work;
    }
    /// The page is shown now and was not before.
    fn entered(&mut self, work: &mut Work<'_>) {
        let _ = work;
    }
}

/// A page with the things a person can ask of it.
pub trait Step: Page {
    /// What a person can ask for on it.
    type Ask;
    /// Carries it out.
    fn handle(&mut self, ask: Self::Ask, work: &mut Work<'_>);
}

/// Lists the steps: the field's name, the id, the type, what one can ask of it, and its title.
macro_rules! steps {
    ($($field:ident: $id:ident($step:ident, $ask:ident) = $title:literal,)*) => {
        /// A step of the wizard.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum StepId {
            $(#[doc = $title] $id,)*
        }

        impl StepId {
            /// All steps in order.
            pub const ALL: [Self; [$($title),*].len()] = [$(Self::$id),*];

            /// Its title in the rail.
            pub fn title(self) -> &'static str {
                match self { $(Self::$id => $title,)* }
            }
        }

        /// What a person can ask for in a step.
        #[derive(Debug, Clone, PartialEq)]
        pub enum StepAsk {
            $(#[doc = $title] $id($ask),)*
        }

        $(impl From<$ask> for Command {
            fn from(ask: $ask) -> Self {
                Self::Step(StepAsk::$id(ask))
            }
        })*

        /// Every step's state.
        #[derive(Default)]
        pub struct Steps {
            $(#[doc = $title] pub $field: $step,)*
        }

        impl Steps {
            /// The page of a step.
            pub fn page(&self, id: StepId) -> &dyn Page {
                match id { $(StepId::$id => &self.$field,)* }
            }

            /// The page of a step, to be drawn.
            pub fn page_mut(&mut self, id: StepId) -> &mut dyn Page {
                match id { $(StepId::$id => &mut self.$field,)* }
            }

            /// Carries out what was asked of a step.
            pub fn handle(&mut self, ask: StepAsk, work: &mut Work<'_>) {
                match ask { $(StepAsk::$id(ask) => self.$field.handle(ask, work),)* }
            }
        }

        $(pub use $field::{$step, $ask};)*
    };
}

pub use finish::{ResetAsk, Resets};
pub use hook::{Open as HookOpen, Sure as HookSure};
pub use import::Chart;
pub use live::LiveRun;
pub use okta::{LookAsk, Looking};
pub use review::{Bulk, BulkKind, InspectAsk, Select, Tab, Trial, TrialAsk, TrialPhase};

steps! {
    source: Source(SourceStep, SourceAsk) = "Source",
    map: Map(MapStep, MapAsk) = "Map",
    review: Review(ReviewStep, ReviewAsk) = "Review",
    okta: Okta(OktaStep, OktaAsk) = "Okta",
    import: Import(ImportStep, ImportAsk) = "Import",
    hook: Hook(HookStep, HookAsk) = "Password hook",
    finish: Finish(FinishStep, FinishAsk) = "Finish",
}

impl StepId {
    /// Its number in the rail, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(0, |at| at + 1)
    }

    /// The step before.
    pub fn before(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        at.checked_sub(1).and_then(|at| Self::ALL.get(at)).copied()
    }
}
