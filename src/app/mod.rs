//! The wizard.
//!
//! Each frame has two halves. `logic` takes in what jobs sent and carries out the commands of the last frame; `ui` only draws plain
//! state and sends commands. What a person can ask for is one [`Command`] enum, sent alike by a button, a key and a test.
//!
//! - `steps/`: one file a page of the wizard; `start`: the page before them.
//! - [`jobs`]: the only bridge to async work. Nothing else here awaits, opens a file or a socket.
//! - [`facts`]: what is known about the migration; the next step is computed from it, never stored.

mod application;
mod command;
pub mod facts;
mod fit;
mod invented;
pub mod jobs;
pub mod people;
mod place;
mod portal;
mod practice;
mod rail_narrow;
mod run;
mod shell;
mod start;
pub mod steps;
mod typed_path;

pub use application::{App, Shown};
pub use command::Command;
pub use place::{Looked, Place};
pub use practice::{PracticeAsk, PracticePanel};
pub use run::{AppOptions, RunError, run};
pub use start::{Keyless, Recent, Start, StartAsk};
