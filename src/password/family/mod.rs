//! One file a family: the grammar of its values, and who writes them.

pub(crate) mod bare_digest;
pub(crate) mod bcrypt;
pub(crate) mod clear_text;
pub(crate) mod markers;
