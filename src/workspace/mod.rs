//! The migration's memory: one SQLite file. All SQL about our own data is here.
