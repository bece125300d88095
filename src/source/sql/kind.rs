//! What columns hold.

/// What a column holds, as far as comparing with it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, in the database's own text types.
    Text,
    /// Types with an order of their own that is not worth knowing (UUIDs, enumerations, addresses); compared as text.
    Ordered,
    /// Whole numbers and fractions.
    Number,
    /// True or false.
    Bool,
    /// A moment or a day.
    Time,
    /// Types without an order of their own (JSON, XML, points); compared as text.
    Odd,
}
