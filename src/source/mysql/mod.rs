//! A MySQL or MariaDB database.
//!
//! Every question and every reading is one transaction, `WITH CONSISTENT SNAPSHOT, READ ONLY`: it sees one state of the database (of
//! tables that know transactions: MyISAM's do not), and the server itself refuses to write. Results come in MySQL's text form, which
//! every type has, and values that are compared with are written as hexadecimal digits, so that no setting of a server makes
//! anything else of them. What a collation takes for the same (`ä` and `a`, `ANNA` and `anna`) is only used to find by an index: the
//! letters decide.

mod catalog;
mod connect;
mod errors;
mod kind;
mod plan;
mod session;
mod source;
mod spec;
mod url;
mod values;

pub use spec::{MysqlSpec, MysqlTls};
