//! The codes of findings: stable, for filters, exports and scripts.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $code;)+

        /// All codes, in the order of this page.
        pub const ALL: &[&str] = &[$($code),+];
    };
}

codes! {
    /// Blocks. An attribute that Okta requires has no value. The login is `login_missing`.
    REQUIRED_MISSING = "required_missing";
    /// Blocks. There is no login: Okta has no people without one.
    LOGIN_MISSING = "login_missing";
    /// Blocks. The org wants logins in the form of an e-mail address, and this one isn't.
    LOGIN_FORM = "login_form";
    /// Warns. The login holds a character that no path to it can (`/`, `?`, `[`, …): Okta finds such a person by id only, never by
    /// login.
    LOGIN_UNADDRESSABLE = "login_unaddressable";
    /// Blocks. Another person here has this login too; Okta ignores case and diacritics. Set by the workspace.
    LOGIN_DUPLICATE = "login_duplicate";
    /// Warns. Another person here has this e-mail address too. An org takes that unless self-service registration is switched on: then
    /// each address once, and the refusal speaks of the login (okta-api.md 2.5). Set by the workspace.
    EMAIL_DUPLICATE = "email_duplicate";
    /// Warns. An account in Okta has a login that differs only in accents: Okta takes both for the same, and refuses this one. Set by
    /// the workspace, once it was looked up.
    LOGIN_IN_OKTA = "login_in_okta";
    /// Warns. Another account in Okta has this e-mail address: refused as a second person's is. Set by the workspace, once it was
    /// looked up.
    EMAIL_IN_OKTA = "email_in_okta";
    /// Blocks. An e-mail address is none.
    EMAIL_FORM = "email_form";
    /// Blocks. A value has fewer characters than Okta takes.
    TOO_SHORT = "too_short";
    /// Blocks. A value has more characters than Okta takes.
    TOO_LONG = "too_long";
    /// Blocks. A value holds control characters (line ends in addresses apart).
    CONTROL_CHARACTERS = "control_characters";
    /// Blocks in a login or an address, warns elsewhere. Characters that nobody can see, or that turn the order of the others round.
    INVISIBLE_CHARACTERS = "invisible_characters";
    /// Blocks. A value that looks like a stored password: its row is shifted, or the column is the wrong one.
    LOOKS_STORED = "looks_stored";
    /// Notes. A value of blanks alone, which Okta would refuse: it is left out.
    BLANK_LEFT_OUT = "blank_left_out";
    /// Blocks. A value is not of the type Okta's schema gives the attribute.
    WRONG_TYPE = "wrong_type";
    /// Blocks. A value is not one of those Okta's schema lists.
    NOT_IN_LIST = "not_in_list";
    /// Blocks. A number is less or greater than Okta's schema takes.
    OUT_OF_RANGE = "out_of_range";
    /// Warns. The org's schema has a pattern of its own that Causeway can't check.
    PATTERN_UNCHECKED = "pattern_unchecked";
    /// Blocks. The country is not a code of ISO 3166-1 (two capital letters).
    COUNTRY_FORM = "country_form";
    /// Blocks. The locale is not in the form `en_US`.
    LOCALE_FORM = "locale_form";
    /// Blocks. The language is not in the form `en-US`.
    LANGUAGE_FORM = "language_form";
    /// Blocks. The time zone is not an IANA name such as `Europe/Prague`.
    TIMEZONE_FORM = "timezone_form";
    /// Blocks. The profile URL is not an absolute URL.
    URL_FORM = "url_form";
    /// Warns. Not one of Okta's base attributes; the org's schema isn't known yet.
    ATTRIBUTE_UNCHECKED = "attribute_unchecked";
    /// Blocks. The org's schema has no such attribute.
    ATTRIBUTE_UNKNOWN = "attribute_unknown";
    /// Notes. A custom value holds HTML; Okta stores it as it is.
    HTML = "html";
    /// Notes. More groups than one create call takes (20): the rest are added right after.
    MANY_GROUPS = "many_groups";
    /// A group of that name is Okta's own, and nobody can be put into it: left out.
    GROUP_BUILT_IN = "group_built_in";
    /// Blocks. A group's name is empty or longer than 255 characters.
    GROUP_NAME = "group_name";
    /// Warns. The account is switched off in the source; such people are left out unless put back.
    DISABLED = "disabled";
    /// Notes. The source says that this person never signed in.
    NEVER_SIGNED_IN = "never_signed_in";
    /// Notes. The last sign-in is more than a year ago.
    LONG_UNUSED = "long_unused";
    /// Warns. The last sign-in lies in the future: the date is not what it seems.
    SIGN_IN_FUTURE = "sign_in_future";
    /// Notes. The source keeps no password, or none was mapped.
    PASSWORD_NONE = "password_none";
    /// Warns. A marker, or an empty value, stands where a password would be.
    PASSWORD_EMPTY = "password_empty";
    /// Warns. The stored password is damaged.
    PASSWORD_MALFORMED = "password_malformed";
    /// Warns. No scheme fits the stored password.
    PASSWORD_UNKNOWN = "password_unknown";
    /// Warns. Several schemes fit the stored password: someone has to say which.
    PASSWORD_AMBIGUOUS = "password_ambiguous";
    /// Warns. Checking the stored password would cost too much.
    PASSWORD_TOO_COSTLY = "password_too_costly";
    /// Notes. Okta can't take the stored password; why.
    PASSWORD_NOT_IMPORTABLE = "password_not_importable";
    /// Notes. The stored password moves, but is weakly protected in the old store.
    PASSWORD_WEAK = "password_weak";
    /// Warns. The source keeps the password itself.
    PASSWORD_CLEAR_TEXT = "password_clear_text";
    /// Warns; notes where the administrator says that it is real. The clear-text password is that of too many people: it is not sent.
    PASSWORD_SHARED = "password_shared";
    /// Warns. Okta's default password policy would refuse the clear-text password, and the person with it.
    PASSWORD_BELOW_POLICY = "password_below_policy";
    /// Warns. The stored password or its salt is larger than 1 MiB, and was left in the source.
    PASSWORD_TOO_LARGE = "password_too_large";
    /// Notes. The administrator chose that this person sets a new password, whatever is stored.
    MUST_RESET = "must_reset";
    /// Notes. A line end or padding was taken off the stored password.
    PASSWORD_TRIMMED = "password_trimmed";
}
