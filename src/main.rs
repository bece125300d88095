//! The `causeway` program.

use causeway::app::{AppOptions, run};

fn main() -> Result<(), causeway::app::RunError> {
    let mut options = AppOptions::default();
    for argument in std::env::args_os().skip(1) {
        if argument == "--sample" {
            options.sample = true;
        } else {
            options.workspace = Some(argument.into());
        }
    }
    run(options)
}
