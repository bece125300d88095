//! Codes that mean nothing by themselves, in products whose tables are known by the columns beside them; and the words of a status.

/// A product's code of who may sign in.
pub(super) struct Codes {
    /// Whose it is.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names the product to whoever reads and tests the table")
    )]
    pub(super) product: &'static str,
    /// The column, small letters.
    pub(super) column: &'static str,
    /// Columns beside it, small letters: all of them have to be there.
    pub(super) beside: &'static [&'static str],
    /// Who may sign in; `*` stands for whatever is not in `off`.
    pub(super) on: &'static [&'static str],
    /// Who may not; `*` stands for whatever is not in `on`.
    pub(super) off: &'static [&'static str],
}

const REST: &[&str] = &["*"];

const fn codes(
    product: &'static str,
    column: &'static str,
    beside: &'static [&'static str],
    on: &'static [&'static str],
) -> Codes {
    Codes { product, column, beside, on, off: REST }
}

/// The products. Sources: each product's own schema and constants.
pub(super) const PRODUCTS: &[Codes] = &[
    // USER_NORMAL 0, USER_INACTIVE 1, USER_IGNORE 2 (bots), USER_FOUNDER 3.
    codes("phpBB", "user_type", &["username_clean", "user_password"], &["0", "3"]),
    // Principal: anonymous 0, active 1, registered 2, locked 3.
    codes("Redmine", "status", &["login", "hashed_password", "admin"], &["1"]),
    codes("Drupal", "status", &["uid", "pass", "access", "login"], &["1"]),
    // WorkflowConstants: approved 0, pending 1, draft 2, expired 3, denied 4, inactive 5.
    codes("Liferay", "status", &["userid", "screenname", "emailaddress"], &["0"]),
    codes("Liferay", "status_", &["userid", "screenname", "emailaddress"], &["0"]),
    // UserModel of the templates: deleted 0, inactive 9, active 10.
    codes("Yii", "status", &["auth_key", "password_hash", "password_reset_token"], &["10"]),
    // Disabled 0, enabled 1, needs approval 2, soft-deleted 3.
    codes("HumHub", "status", &["guid", "username", "auth_mode"], &["1"]),
    // Valid 1, invalid 2, invalid for now 3.
    codes("OTRS", "valid_id", &["login", "pw"], &["1"]),
    // Active 1; not activated 0, awaiting consent, approval or deletion 2 to 5; ten more of each when banned.
    codes("SMF", "is_activated", &["id_member", "member_name"], &["1"]),
    codes("XenForo", "user_state", &["username", "user_group_id"], &["valid", "email_confirm_edit"]),
    codes("Canvas", "workflow_state", &["sortable_name", "name"], &["registered", "pre_registered"]),
    codes("Dolibarr", "statut", &["login", "pass_crypted"], &["1"]),
    codes("Mautic", "is_published", &["username", "password", "role_id"], &["1", "true"]),
    codes("LimeSurvey", "user_status", &["users_name", "password"], &["1"]),
    // BuddyPress writes spam 1 and not activated 2; WordPress itself leaves it 0.
    codes("WordPress", "user_status", &["user_login", "user_pass"], &["0"]),
    // USER_STATE: active 1, inactive 2, deleted 3, locked 4, initial 6.
    codes("Zitadel", "state", &["instance_id", "resource_owner", "username"], &["1"]),
    // Unlocked 0; 32, 64 and 128 are locks by whom.
    codes("SAP", "uflag", &["bname"], &["0"]),
    // Of the groups that users are in: GROUP_STATUS_ENABLED 0.
    codes("Zabbix", "users_status", &["usrgrpid", "gui_access"], &["0"]),
    // Groups of the installer: banned.
    Codes {
        product: "vBulletin",
        column: "usergroupid",
        beside: &["userid", "username", "displaygroupid"],
        on: REST,
        off: &["8"],
    },
    Codes {
        product: "MyBB",
        column: "usergroup",
        beside: &["uid", "loginkey", "salt"],
        on: REST,
        off: &["7"],
    },
];

/// The code of a column, by its product.
pub(super) fn product_code(column: &str, all: &[&str]) -> Option<&'static Codes> {
    let has = |name: &&str| all.iter().any(|other| other.eq_ignore_ascii_case(name));
    PRODUCTS.iter().find(|codes| codes.column.eq_ignore_ascii_case(column) && codes.beside.iter().all(has))
}

/// Columns that keep nobody out in the product whose table has another beside them that does. Gitea and Forgejo: who is restricted
/// sees less, and signs in.
const HARMLESS: &[(&str, &str)] = &[("is_restricted", "prohibit_login")];

/// Whether a column is known to keep nobody out, by the columns beside it.
pub(super) fn harmless(column: &str, all: &[&str]) -> bool {
    let known = |(name, beside): &(&str, &str)| {
        name.eq_ignore_ascii_case(column) && all.iter().any(|other| other.eq_ignore_ascii_case(beside))
    };
    HARMLESS.iter().any(known)
}

/// Words of a status, beside the usual ones for yes ([`usual_boolean`](crate::mapping::transform::usual_boolean)).
const ON: &str = "normal regular permanent probation working provisioned recovery password_expired reset_required \
    force_change_password publish allowed permitted granted hired in_service on_duty angestellt \
    beschäftigt beschaeftigt im_dienst en_poste présent present en_activité titulaire vigente alta de_alta contratado in_forza in_servizio \
    zatrudniony w_służbie in_dienst zaměstnán работает работающий 在职 正常 在職 在籍 재직 정상";

/// Words of a status, beside the usual ones for no.
const OFF: &str = "locked_out lockedout deprovisioned discarded trash trashed frozen barred revoked cancelled canceled rejected \
    denied disallowed forbidden prohibited no_access noaccess nologin no_login declined resigned leaver retired dismissed fired quit exited departed deceased dead gone ex-employee merged spam spammer bot \
    ldap_blocked blocked_pending_approval blocked_pending pending pending_approval pending_activation pending_confirmation \
    pending_deletion awaiting_approval awaiting_activation email_confirm email_bounce unconfirmed unverified unactivated \
    not_activated moderated invited invite staged compromised unapproved draft \
    soft_deleted softdeleted obsolete quarantined purged offboarded laid_off withdrawn dropped expelled graduated \
    archived_user invalid-temporarily inactif_temporaire \
    gelöscht geloescht ausgetreten ausgeschieden gekündigt gekuendigt verstorben pensioniert entlassen archiviert abgemeldet \
    supprimé supprime suspendu sorti parti archivé radié démissionnaire licencié retraité \
    eliminado borrado suspendido baja de_baja cesado despedido jubilado \
    eliminato bloccato sospeso cessato dimesso licenziato pensionato disabilitato \
    excluido excluído suspenso desligado demitido aposentado \
    usunięty zablokowany zawieszony zwolniony emerytowany geblokkeerd verwijderd uit_dienst geschorst \
    zablokovaný smazaný ukončen törölt letiltott удален удалён заблокирован уволен уволена \
    离职 已离职 已删除 已停用 冻结 注销 退職 退社 休職 停止 削除 퇴직 정지";

/// Whether a word of a status is known, and whether who has it may sign in. Blanks, dots and hyphens count as underscores.
pub(in crate::mapping) fn status_word(word: &str) -> Option<bool> {
    let word = word.trim().to_lowercase();
    if let Some(says) = crate::mapping::transform::usual_boolean(&word) {
        return Some(says);
    }
    let joined: String =
        word.chars().map(|c| if c.is_whitespace() || matches!(c, '-' | '.') { '_' } else { c }).collect();
    let is = |list: &str| list.split_whitespace().any(|known| known == word || known == joined);
    match (is(ON), is(OFF)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_status() {
        for (word, says) in [
            ("ACTIVE", Some(true)),
            ("DEPROVISIONED", Some(false)),
            ("Locked Out", Some(false)),
            ("ldap_blocked", Some(false)),
            ("ausgetreten", Some(false)),
            ("en poste", Some(true)),
            ("ACCOUNT", None),
            ("", None),
        ] {
            assert_eq!(status_word(word), says, "{word}");
        }
        assert!(ON.split_whitespace().all(|word| !OFF.split_whitespace().any(|other| other == word)));
    }

    #[test]
    fn a_code_is_known_by_the_columns_beside_it() {
        let of = |columns: &[&str]| product_code("status", columns).map(|codes| codes.product);
        assert_eq!(of(&["id", "login", "hashed_password", "status", "admin"]), Some("Redmine"));
        assert_eq!(of(&["id", "auth_key", "Password_Hash", "password_reset_token", "status"]), Some("Yii"));
        assert_eq!(of(&["id", "login", "status"]), None);
    }
}
