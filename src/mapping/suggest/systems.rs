//! The product that made the passwords, by the columns that only its table of people has.
//!
//! A prefix of tables or another name of them changes nothing, so it is known in an export or in somebody's own SQL too. A new product
//! is one entry. What it means for passwords is the `password` room's matter.

use crate::model::{Catalog, PasswordSettings};
use crate::password::{of_attribute, telling_column, tells};

use super::looks::Column;

/// Columns that together only this product has.
struct Signature {
    /// The product, as the `password` room names it.
    system: &'static str,
    /// All of them are there.
    all: &'static [&'static str],
    /// At least one of them is there, where any is named.
    any: &'static [&'static str],
    /// Where one of these is there, it is another product.
    none: &'static [&'static str],
    /// The column of the passwords, where its name alone does not say so.
    password: Option<&'static str>,
}

const fn signature(system: &'static str, all: &'static [&'static str]) -> Signature {
    Signature { system, all, any: &[], none: &[], password: None }
}

/// Supabase's own table has Devise's names, and no pepper.
const SUPABASE: &[&str] = &["instance_id", "raw_user_meta_data", "raw_app_meta_data", "aud"];

static SIGNATURES: [Signature; 28] = [
    Signature {
        password: Some("token"),
        ..signature("vbulletin5", &["userid", "usergroupid", "token", "scheme"])
    },
    Signature { password: Some("token"), ..signature("vbulletin5", &["username", "token", "scheme"]) },
    signature("matomo", &["login", "password", "email", "superuser_access"]),
    signature("matomo", &["login", "password", "token_auth"]),
    signature("matomo", &["login", "password", "ts_password_modified"]),
    Signature {
        password: Some("user_hash"),
        none: &["user_password"],
        ..signature("suitecrm", &["user_name", "user_hash"])
    },
    Signature { password: Some("password"), ..signature("nodebb", &["password", "password:shaWrapped"]) },
    Signature { password: Some("password"), ..signature("nodebb", &["password", "userslug"]) },
    Signature {
        password: Some("password"),
        any: &[
            "banExpires",
            "reactivationCode",
            "lostPasswordKey",
            "lastLostPasswordRequestTime",
            "userOnlineGroupID",
        ],
        none: &["usergroupid"],
        ..signature("woltlab", &["userID", "username", "password"])
    },
    Signature { password: Some("passwd"), ..signature("ilias", &["passwd", "passwd_enc_type"]) },
    Signature { password: Some("passwd"), ..signature("ilias", &["usr_id", "login", "passwd"]) },
    Signature {
        password: Some("password"),
        ..signature("metabase", &["password", "password_salt", "is_superuser", "is_qbnewb"])
    },
    Signature {
        password: Some("crypted_password"),
        ..signature("authlogic", &["crypted_password", "password_salt", "persistence_token"])
    },
    signature("fosuserbundle", &["username_canonical", "email_canonical", "salt", "password"]),
    Signature {
        password: Some("password"),
        ..signature("pimcore", &["name", "password", "parentId", "admin"])
    },
    Signature {
        password: Some("services_password_bcrypt"),
        ..signature("meteor", &["services_password_bcrypt"])
    },
    Signature {
        password: Some("user_password"),
        ..signature("phpbb3", &["username_clean", "user_password"])
    },
    Signature {
        password: Some("user_password"),
        ..signature("phpbb3", &["user_password", "user_form_salt"])
    },
    Signature { password: Some("passwd"), ..signature("smf", &["id_member", "member_name", "passwd"]) },
    signature("moodle", &["auth", "mnethostid", "password"]),
    signature("flask-security", &["fs_uniquifier", "password"]),
    signature("owncloud", &["uid", "displayname", "password"]),
    Signature { none: SUPABASE, ..signature("devise", &["encrypted_password"]) },
    Signature { password: Some("passwd"), ..signature("gitea", &["passwd", "passwd_hash_algo"]) },
    signature("fusionauth", &["encryption_scheme", "factor", "salt", "password"]),
    signature("discourse", &["password_hash", "password_algorithm"]),
    Signature { password: Some("data"), ..signature("xenforo", &["scheme_class", "data"]) },
    Signature { any: &["passwordhash", "password"], ..signature("vanilla", &["hashmethod"]) },
];

/// What the columns show of the passwords in them.
pub(super) struct Shown {
    /// The product, as the `password` room names it.
    pub(super) system: Option<&'static str>,
    /// The place of the column of its passwords, where its name alone does not say so.
    pub(super) password: Option<usize>,
}

/// What the columns show.
pub(super) fn shown(catalog: &Catalog, columns: &[Column<'_>]) -> Shown {
    let at = |name: &str| columns.iter().position(|column| same(column.name, name));
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let found = signed(catalog, &names);
    Shown {
        system: found.map(|signature| signature.system),
        password: found.and_then(|signature| signature.password).and_then(at),
    }
}

fn signed(catalog: &Catalog, names: &[&str]) -> Option<&'static Signature> {
    let has = |name: &&str| names.iter().any(|own| same(own, name));
    let fits = |signature: &&Signature| {
        signature.all.iter().all(has)
            && (signature.any.is_empty() || signature.any.iter().any(has))
            && !signature.none.iter().any(has)
            && !elsewhere(catalog, signature)
    };
    SIGNATURES.iter().find(fits)
}

/// The product that these names show, be they of columns or of a document's members.
pub(super) fn system_of(catalog: &Catalog, names: &[&str]) -> Option<&'static str> {
    signed(catalog, names).map(|signature| signature.system)
}

/// Whether two names of columns are the same but for the case of their letters and what stands between their words: a dot, a colon and
/// an underscore come of the same document.
fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    plain(one) == plain(other)
}

/// Whether some of the columns were left out of rows whose table shows another product.
fn elsewhere(catalog: &Catalog, signature: &Signature) -> bool {
    !signature.none.is_empty()
        && catalog.tables.iter().any(|table| {
            let has = |name: &&str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
            signature.all.iter().all(&has) && signature.none.iter().any(has)
        })
}

/// What the columns alone say of the passwords: the product, the column that tells how each was made, a scheme that the column's name is.
pub(super) fn passwords(shown: &Shown, columns: &[Column<'_>], password: Option<usize>) -> PasswordSettings {
    let Some(password) = password.and_then(|at| columns.get(at)) else { return PasswordSettings::default() };
    let names = columns.iter().map(|column| column.name).filter(|name| *name != password.name);
    let told_by = telling_column(names, shown.system).filter(|name| {
        let column = columns.iter().find(|column| column.name == *name);
        column.is_some_and(|column| plausible(column))
    });
    PasswordSettings {
        made_by: shown.system.map(str::to_owned),
        told_by: told_by.map(str::to_owned),
        assume: of_attribute(password.name).map(str::to_owned),
        ..PasswordSettings::default()
    }
}

/// Whether a column's values can be words for ways to hash: short ones, few of them; and where its name could mean anything, words
/// that are known.
fn plausible(column: &Column<'_>) -> bool {
    let words: Vec<String> =
        column.values.iter().filter_map(|value| value.as_text()).map(Into::into).collect();
    let short = words.iter().all(|word| word.len() <= 80);
    let plain = column.name.to_ascii_lowercase();
    let says_so =
        ["pass", "pw", "hash", "encryption_scheme", "scheme_class"].iter().any(|part| plain.contains(part));
    let known = words.iter().filter(|word| tells(column.name, word)).count();
    short && (says_so || words.is_empty() || known * 2 >= words.len())
}
