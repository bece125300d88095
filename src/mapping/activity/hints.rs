//! Names that are no state of an account as such, and yet may say who may not sign in: hidden ones, roles, starts, programs' accounts.

use super::words::{Part, Word, parts};
use crate::mapping::suggest::{fold, tokens};

/// What a name may say of who may sign in that is no state of an account as such: always asked about, never taken by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// A yes for those who may not, or who are nobody: `hidden`, `is_bot`.
    Off,
    /// A yes for those who may: `published` (Mautic's switch), `visible`.
    On,
    /// Any value for those who may not, or not yet: `merged_into`, `activation_code`.
    Filled,
    /// The last moment: `not_after`.
    Until,
    /// A confirmed address, without which many products let nobody in.
    Confirmed,
    /// What kind of account it is, in words: `user_type`.
    Kind,
    /// What somebody may do, in words, of which some are of those who may do nothing: `role` (`banned`), `access` (`denied`).
    Role,
    /// The program that a sign-in starts; some let nobody in.
    Shell,
    /// The day at which it is over, counted from 1970.
    Days,
    /// The first moment: `start_date`.
    Start,
    /// A yes for those who must choose a new password at the next sign-in.
    NewPassword,
    /// A no for them.
    PasswordHolds,
    /// The moment of the password; none for them.
    PasswordSet,
}

/// Names of hints, without whose they are.
const HINTS: &[(Hint, &str)] = &[
    (
        Hint::Off,
        "hidden hide invisible unlisted unpublished bot robot staged placeholder service serviceuser system systemuser guest \
         mirrordummy dummy shadow synthetic machine machineuser technical functional fake test testuser anonymous portalonly api apionly apiuser daemon integration former ex \
         formerstaff dormant restricted pending pendingapproval pendingactivation void rejected rejectedat rejectedon \
         rejectiondate declined declinedat declinedon nosignin nologon",
    ),
    (Hint::On, "published publish visible listed human current"),
    (
        Hint::Filled,
        "mergedinto mergedintoid mergedto mergedtoid mergedwith mergedwithid mergedid mergetarget mergetargetid replacedby \
         replacedbyid supersededby duplicateof duplicateofid masterid activation activationcode activationkey activationtoken \
         activationhash activationlink activatecode actkey verificationcode verificationtoken verificationkey verifycode \
         registrationkey registrationtoken invitationtoken invitetoken invitationcode invitecode",
    ),
    (Hint::Until, "notafter timelimituntil timelimitend timelimit deadline notvalidafter notonorafter"),
    (Hint::Kind, "type kind class category usertype accounttype principaltype actortype"),
    (
        Hint::Role,
        "role roles rolename userrole userroles usergroup usergroups group groups groupname access accessright accessrights rights rolle rollen gruppe rol ruolo",
    ),
    (Hint::Shell, "shell"),
    // shadow(5), and its LDAP schema (RFC 2307).
    (Hint::Days, "shadowexpire"),
    (
        Hint::Start,
        "starttime startdate startsat startat starton startsdate begindate begintime beginsat beginat beginsdate datestart \
         datebegin dateofstart activationdate activationtime activateat activateon activatefrom activatesat golive golivedate \
         effectivedate hiredate datehired dateofhire joindate joiningdate entrydate dateofentry contractstart contractstartdate \
         employmentstart employmentstartdate eintritt eintrittsdatum vertragsbeginn dienstbeginn startdatum beginn begindatum \
         datedebut datededebut datedentree dateentree dateembauche fechainicio fechadeinicio fechaalta fechadealta fechaingreso \
         datainizio datadiinizio dataassunzione datainicio dataadmissao ingangsdatum datumindienst",
    ),
    // Active Directory: 0 for those who must.
    (Hint::PasswordSet, "pwdlastset"),
];

/// What a name may say, where [`super::words::named`] says nothing.
pub(super) fn hint(name: &str) -> Option<Hint> {
    // Whose it is, and that it is a flag.
    const WHOSE: [&str; 14] = [
        "is", "has", "was", "user", "usr", "u", "account", "acct", "member", "employee", "person", "login",
        "flag", "yn",
    ];
    let tokens = tokens(name);
    let bare: String =
        tokens.iter().filter(|token| !WHOSE.contains(&token.as_str())).map(String::as_str).collect();
    let glued = bare.strip_prefix("is").unwrap_or(&bare);
    let is = |names: &str| names.split_whitespace().any(|known| known == bare || known == glued);
    if let Some((hint, _)) = HINTS.iter().find(|(_, names)| is(names)) {
        return Some(*hint);
    }
    if let Some(hint) = new_password(name, &tokens) {
        return Some(hint);
    }
    let parts = parts(name);
    let mail = |part: &Part| matches!(part.text.as_str(), "email" | "mail" | "emails");
    let fits =
        |part: &Part| mail(part) || matches!(part.meaning, Some(Word::Doubt | Word::Plain | Word::Time));
    let doubt = parts.iter().any(|part| part.meaning == Some(Word::Doubt));
    (doubt && parts.iter().any(mail) && parts.iter().all(fits)).then_some(Hint::Confirmed)
}

/// Whether a name says who must choose a new password at the next sign-in: `must_change_password`, `requireReset`.
fn new_password(name: &str, tokens: &[String]) -> Option<Hint> {
    let whole = fold(name);
    let any = |words: &str| words.split_whitespace().any(|word| whole.contains(word));
    let token = |words: &str| words.split_whitespace().any(|word| tokens.iter().any(|token| token == word));
    if any("count attempt token") {
        return None;
    }
    let password = any("password passwd pwd passwort kennwort credential motdepasse contrasena wachtwoord");
    let must = any("must force requir need muss nextlog nextsign forcer debe moet");
    let change = any("change reset renew update aender andern wechsel changer cambiar wijzig");
    let over = any("expired abgelaufen expiree caducad verlopen") || token("temporary temp initial");
    let reset_alone = must && token("reset");
    if !(password && (over || (must && change) || token("reset") || whole.ends_with("reset")) || reset_alone)
    {
        return None;
    }
    let turned = any("nonexpired notexpired unexpired");
    Some(if turned { Hint::PasswordHolds } else { Hint::NewPassword })
}
