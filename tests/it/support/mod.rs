//! What several topics need.

pub(crate) mod company;
pub(crate) mod http;
pub(crate) mod mariadb;
pub(crate) mod postgres;
pub(crate) mod tds;
