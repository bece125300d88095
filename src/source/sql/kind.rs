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

/// A column of the people's table or SELECT.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its name in the result; unique.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: Kind,
    /// The type that a text is turned into before it is compared with this column's values as they are, so that an index on the
    /// column serves. `None`: it compares as it is.
    pub(crate) cast: Option<String>,
}
