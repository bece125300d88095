//! Products by name, and what they do to a password before they hash it.
//!
//! The value alone does not tell: bcrypt of Matomo looks like any bcrypt, and is over the MD5 of the password. So a product's name
//! decides: stated as `assume` it holds, shown by the tables only (`made_by`) it keeps its values from being imported until
//! somebody states or proves how they were made.
//!
//! Sources: each product's own code (vBulletin 5 `vB_Utility_Password`, Matomo `Auth\Password`, phpBB `request\type_cast_helper`, NodeBB
//! `password.js`, Flask-Security `get_hmac`, SMF 2.1 `hash_password`, ownCloud 5 to 7 `OC_User_Database`, Moodle
//! `$CFG->passwordpeppers`, Devise `config.pepper`, SuiteCRM `User::getPasswordHash`, WoltLab `PasswordUtil::getDoubleSaltedHash`, ILIAS
//! `ilBcryptPasswordEncoder`, Meteor `accounts-password`, Metabase `metabase.models.user`, Authlogic `crypto_providers/bcrypt.rb` (tokens: password, then salt), Symfony `BCryptPasswordEncoder`, Pimcore `Tool\Authentication`).

use crate::model::Preparation::{
    self, HmacSha512Base64, Html, Md5Hex, Nfc, SaltAfter, SaltBefore, Sha256Hex, Sha512Hex, UserName,
};

/// Products whose values name themselves, and which are told from each other by their name where their values share a shape.
pub(crate) static TOLD_APART: [&str; 6] = ["django", "werkzeug", "web2py", "joomla", "magento", "tomcat"];

/// Whether a scheme's id is of the product that is stated by its name alone.
pub(crate) fn is_of(product: &str, id: &str) -> bool {
    let product = product.trim();
    TOLD_APART.iter().any(|name| name.eq_ignore_ascii_case(product))
        && id.get(..product.len()).is_some_and(|head| head.eq_ignore_ascii_case(product))
}

/// What a product does to a password before it hashes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Nothing: it hashes what is typed.
    AsTyped,
    /// Always this.
    First(&'static [Preparation]),
    /// It may put a secret of the application beside it, as it is set up.
    MayPepper,
    /// It has a scheme of its own around another's text.
    Own,
    /// What is hashed is keyed with a secret of the installation, in a way that nothing here computes.
    Keyed,
}

/// A product.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// Its name in settings.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Other words for it.
    words: &'static [&'static str],
    pub(crate) habit: Habit,
    /// Schemes that are its own way already, habits and all.
    own: &'static [&'static str],
    /// What to say where its values are in doubt: a shape, and what to do.
    pub(crate) shape: &'static str,
    /// One sentence: what it may have done, and what to do about it.
    pub ask: &'static str,
}

impl System {
    /// Whether a scheme is this product's own way, with what it does first.
    pub(crate) fn owns(&self, scheme: &str) -> bool {
        self.own.contains(&scheme)
    }

    /// Whether its values need a proof or a statement before any of them is imported.
    pub fn doubtful(&self) -> bool {
        self.habit != Habit::AsTyped
    }
}

const fn system(
    id: &'static str,
    name: &'static str,
    words: &'static [&'static str],
    habit: Habit,
    own: &'static [&'static str],
) -> System {
    System { id, name, words, habit, own, shape: "", ask: "" }
}

const fn asking(system: System, shape: &'static str, ask: &'static str) -> System {
    System { shape, ask, ..system }
}

static SYSTEMS: [System; 25] = [
    asking(
        system(
            "vbulletin5",
            "vBulletin 5",
            &["vbulletin-5", "vb5", "vbulletin-6", "vbulletin"],
            Habit::First(&[Md5Hex]),
            &["vbulletin", "vbulletin-text"],
        ),
        "Passwords of vBulletin",
        "vBulletin 5 hashes the MD5 of the password, and nothing in the value tells: state vBulletin 5 in the Map step, or prove it with a known password",
    ),
    asking(
        system("matomo", "Matomo", &["piwik"], Habit::First(&[Md5Hex]), &["hex-md5"]),
        "Passwords of Matomo",
        "Matomo hashes the MD5 of the password, and nothing in the value tells: state Matomo in the Map step, or prove it with a known password",
    ),
    asking(
        system(
            "suitecrm",
            "SuiteCRM",
            &["suite-crm", "sugarcrm", "sugar-crm", "sugar"],
            Habit::First(&[Md5Hex]),
            &["hex-md5"],
        ),
        "Passwords of SuiteCRM",
        "SuiteCRM and SugarCRM hash the MD5 of the password, and nothing in the value tells: state SuiteCRM in the Map step, or prove it with a known password",
    ),
    asking(
        system(
            "woltlab",
            "WoltLab",
            &["woltlab-suite", "wcf", "burning-board", "wbb"],
            Habit::Own,
            &["woltlab"],
        ),
        "Passwords of WoltLab",
        "WoltLab may run bcrypt twice, and nothing in the value tells: state WoltLab in the Map step, or prove it with a known password",
    ),
    asking(
        system("ilias", "ILIAS", &[], Habit::Keyed, &[]),
        "bcrypt values of ILIAS",
        "ILIAS may mix a secret of the installation in, where passwd_enc_type says bcrypt and not bcryptphp: state bcrypt in the Map step only for the others, or prove one with a known password",
    ),
    asking(
        system("metabase", "Metabase", &[], Habit::First(&[SaltBefore]), &[]),
        "Passwords of Metabase",
        "Metabase puts its password_salt in front of the password before it hashes: the hook checks them",
    ),
    asking(
        system("authlogic", "Authlogic", &[], Habit::First(&[SaltAfter]), &[]),
        "Passwords of Authlogic",
        "Authlogic puts its password_salt behind the password before it hashes: the hook checks them",
    ),
    asking(
        system("pimcore", "Pimcore", &[], Habit::Keyed, &[]),
        "bcrypt values of Pimcore",
        "Pimcore hashes an MD5 of the name and the password together, which nothing here computes: those people set a new password",
    ),
    asking(
        system("meteor", "Meteor", &[], Habit::First(&[Sha256Hex]), &["meteor-bcrypt"]),
        "Passwords of Meteor",
        "Meteor hashes the SHA-256 of the password, and nothing in the value tells: state Meteor in the Map step, or prove it with a known password",
    ),
    asking(
        system("phpbb3", "phpBB 3", &["phpbb", "phpbb-3"], Habit::First(&[Nfc, Html]), &[]),
        "Passwords of phpBB",
        "phpBB writes & < > \" as in HTML before it hashes: people with such characters would be locked out, so the hook checks them all",
    ),
    asking(
        system("nodebb", "NodeBB", &[], Habit::First(&[Sha512Hex]), &[]),
        "Passwords of NodeBB",
        "NodeBB hashes the SHA-512 of the password, and nothing in the value tells: state NodeBB in the Map step, or prove it with a known password",
    ),
    asking(
        system(
            "flask-security",
            "Flask-Security",
            &["flask-security-too"],
            Habit::First(&[HmacSha512Base64]),
            &[],
        ),
        "Passwords of Flask-Security",
        "Flask-Security mixes its SECURITY_PASSWORD_SALT in before it hashes: state Flask-Security with that secret as the pepper, or prove with a known password that there is none",
    ),
    asking(
        system(
            "smf",
            "Simple Machines Forum",
            &["smf-2.1", "smf2.1", "smf21", "smf-sha1", "simple-machines-forum", "simple-machines"],
            Habit::First(&[UserName]),
            &["smf-sha1"],
        ),
        "Passwords of Simple Machines Forum",
        "Simple Machines Forum hashes the user name with the password: the hook checks them",
    ),
    asking(
        system("devise", "Devise", &["devise-bcrypt"], Habit::MayPepper, &[]),
        "bcrypt values of Devise",
        "Devise may mix a secret in (config.pepper), and nothing in the value tells: prove it with a known password, or state in the Map step that there is a pepper or none",
    ),
    asking(
        system("owncloud", "ownCloud", &[], Habit::MayPepper, &[]),
        "bcrypt values of ownCloud",
        "ownCloud up to version 7 put its passwordsalt behind the password: prove it with a known password, or state the pepper in the Map step",
    ),
    asking(
        system("moodle", "Moodle", &[], Habit::MayPepper, &[]),
        "bcrypt values of Moodle",
        "Moodle may mix a secret in (passwordpeppers), and nothing in the value tells: prove it with a known password, or state in the Map step that there is a pepper or none",
    ),
    system("gitea", "Gitea", &["forgejo", "gogs", "gitea-pbkdf2"], Habit::AsTyped, &[]),
    system("fusionauth", "FusionAuth", &[], Habit::AsTyped, &[]),
    // Its salt column is for digests; bcrypt and Argon2 ignore it.
    system("fosuserbundle", "FOSUserBundle", &["fos-user", "fosuser", "sylius"], Habit::AsTyped, &[]),
    system("discourse", "Discourse", &["discourse-pbkdf2"], Habit::AsTyped, &[]),
    system("xenforo", "XenForo", &["xenforo-2", "xenforo2", "xenforo1-sha256"], Habit::AsTyped, &[]),
    system("vanilla", "Vanilla", &["vanilla-forums"], Habit::AsTyped, &[]),
    system("shopware", "Shopware", &["shopware-5", "shopware-6"], Habit::AsTyped, &[]),
    system("magento2", "Magento 2", &["magento-2", "adobe-commerce"], Habit::AsTyped, &[]),
    system("kratos", "Ory Kratos", &["ory", "ory-kratos", "zitadel", "passwap"], Habit::AsTyped, &[]),
];

/// A product by its name in settings, or another word for it.
pub fn system_of(id: &str) -> Option<&'static System> {
    stated_by(id)
}

/// The products there are.
pub fn systems() -> &'static [System] {
    &SYSTEMS
}

/// The product whose habit is stated with a word of `assume`: a system's own name, or a scheme that only it writes.
pub(crate) fn stated_by(word: &str) -> Option<&'static System> {
    let word = word.trim();
    let named = |system: &&System| {
        let other = |name: &&str| name.eq_ignore_ascii_case(word);
        system.id.eq_ignore_ascii_case(word) || system.words.iter().any(other)
    };
    SYSTEMS.iter().find(named)
}

/// The id of the product that a plain word (small letters, hyphens) stands for.
pub(crate) fn id_of(plain: &str) -> Option<&'static str> {
    stated_by(plain).map(|system| system.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_products_name_stands_for_its_own_schemes() {
        assert!(
            is_of("Django", "django-sha1") && !is_of("sha1", "sha1-x") && !is_of("django", "web2py-sha1")
        );
    }

    #[test]
    fn a_word_names_one_product() {
        let mut seen = std::collections::BTreeSet::new();
        for system in systems() {
            for word in std::iter::once(&system.id).chain(system.words) {
                assert!(seen.insert(*word), "{word} names two");
                assert_eq!(stated_by(word).map(|s| s.id), Some(system.id));
            }
            assert_eq!(
                system.doubtful(),
                !system.ask.is_empty() && !system.shape.is_empty(),
                "{}",
                system.id
            );
        }
    }
}
