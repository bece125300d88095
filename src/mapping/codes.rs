//! The codes of the findings that mapping makes. Stable: filters, exports and scripts use them.

/// A value that is not text (binary, or not valid UTF-8) where text is needed. The attribute stays empty.
pub const VALUE_NOT_TEXT: &str = "value_not_text";
/// A value that the source holds and that was left there, because it is larger than 1 MiB. The attribute stays empty.
pub const VALUE_TOO_LARGE: &str = "value_too_large";
/// A phone number that can't be read, or that its country doesn't have. It stays as it is.
pub const PHONE_UNREADABLE: &str = "phone_unreadable";
/// A phone number with an extension, which E.164 has no place for: kept behind the number.
pub const PHONE_EXTENSION: &str = "phone_extension";
/// A date in a form that is not known. It stays as it is.
pub const DATE_UNREADABLE: &str = "date_unreadable";
/// A date such as 03/04/2020 that could be read two ways. It stays as it is.
pub const DATE_AMBIGUOUS: &str = "date_ambiguous";
/// A word that means neither true nor false. Where it is about whether a person is active, they are left out.
pub const BOOLEAN_UNREADABLE: &str = "boolean_unreadable";
/// The column that says who is active is empty for this person. They are left out.
pub const ACTIVE_MISSING: &str = "active_missing";
/// A name without a space, split by the habit of its language (`李伟`).
pub const NAME_SPLIT_GUESSED: &str = "name_split_guessed";
/// A change that would make a value larger than 1 MiB, and was not made.
pub const GROWN_TOO_LARGE: &str = "grown_too_large";
/// Text that was cut to a length.
pub const SHORTENED: &str = "shortened";

/// A person is in two groups that Okta takes for one.
pub const GROUP_SPELLINGS: &str = "group_spellings";

/// All codes above.
pub const ALL: [&str; 12] = [
    VALUE_NOT_TEXT,
    VALUE_TOO_LARGE,
    PHONE_UNREADABLE,
    PHONE_EXTENSION,
    DATE_UNREADABLE,
    DATE_AMBIGUOUS,
    BOOLEAN_UNREADABLE,
    ACTIVE_MISSING,
    NAME_SPLIT_GUESSED,
    GROWN_TOO_LARGE,
    SHORTENED,
    GROUP_SPELLINGS,
];
