//! Files that somebody exported: CSV and its like, Excel workbooks, JSON and JSON lines, LDIF, SQL dumps.
//!
//! A file can't be asked anything, so its rows are first put into a temporary database without a name ([`stage`]), and that is asked as a
//! SQLite file is: conditions, own SQL, joins, counts and groups work the same, and give the same. Each format is a [`rows::Reader`] that
//! reads on at flat memory and notes what is odd, with row numbers.

mod delimited;
mod dump;
mod encoding;
mod excel;
mod fault;
mod format;
mod grid;
mod json;
mod kind;
mod known;
mod ldif;
mod mangled;
mod notes;
mod open;
mod pool;
mod print;
mod rows;
mod scan;
mod spec;
mod stage;

pub use spec::FileSpec;

#[cfg(test)]
mod tests;
