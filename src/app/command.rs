//! What a person can ask for. A button, a key and a test send the same values; the shell carries them out at the start of the next
//! frame.

use super::practice::PracticeAsk;
use super::start::StartAsk;
use super::steps::StepAsk;
use super::steps::StepId;
use crate::ui::theme::Look;
use crate::ui::widgets::Toast;

/// What a person can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Open another page of the wizard.
    GoTo(StepId),
    /// The page before this one.
    Back,
    /// A workspace was opened; `facts.workspace` says which.
    Opened,
    /// The people changed: count them again.
    Refresh,
    /// Close the workspace and show the start page.
    CloseWorkspace,
    /// Light, dark, or as the system says.
    Look(Look),
    /// Show a short message.
    Toast(Toast),
    /// Close the window; asks first while a job runs.
    Quit,
    /// Stop the running jobs and close the window.
    QuitAnyway,
    /// Don't close after all.
    Stay,
    /// Something on the start page.
    Start(StartAsk),
    /// Something in the small window into the practice org.
    Practice(PracticeAsk),
    /// Something in a step.
    Step(StepAsk),
}

impl From<StartAsk> for Command {
    fn from(ask: StartAsk) -> Self {
        Self::Start(ask)
    }
}
