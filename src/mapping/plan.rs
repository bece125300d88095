//! A mapping made ready for a reading.
