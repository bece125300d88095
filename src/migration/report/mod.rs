//! What happened to everyone, as files: CSV for tools and for another reading, HTML for people.

mod html;
mod operations;
mod table;
mod write;

pub use html::html;
pub use operations::operations;
pub use table::{Secrets, TableScope, csv};
pub use write::{Kind, write};
