//! Whole tables of products and of companies' own lists: who is off is off.

use super::*;

#[test]
fn people_who_are_switched_off_are_off_whatever_the_product() {
    let products: &[(&str, Table<'_>, &str)] = &[
        ("Mattermost", &[("username", &["a", "b"]), ("deleteat", &["#0", "#1714566600000"])], "yn"),
        (
            "Gitea",
            &[
                ("lower_name", &["a", "b", "c"]),
                ("is_active", &["!t", "!t", "!f"]),
                ("prohibit_login", &["!f", "!t", "!f"]),
            ],
            "ynn",
        ),
        (
            "Forgejo in SQLite",
            &[
                ("is_active", &["#1", "#1"]),
                ("prohibit_login", &["#0", "#1"]),
                ("is_restricted", &["#1", "#0"]),
            ],
            "yn",
        ),
        (
            "Rails discard",
            &[("email", &["a@x.example", "b@x.example"]), ("discarded_at", &["–", "2024-05-01 10:00:00"])],
            "yn",
        ),
        ("Rails paranoia", &[("deleted_at", &["–", "@2024-05-01T10:00:00Z"])], "yn"),
        (
            "Devise lockable",
            &[
                ("failed_attempts", &["#0", "#9"]),
                ("unlock_token", &["–", "x"]),
                ("locked_at", &["–", "2024-05-01 10:00:00"]),
            ],
            "yn",
        ),
        (
            "Supabase",
            &[
                ("banned_until", &["–", "@2999-01-01T00:00:00Z", "@2001-01-01T00:00:00Z", "infinity", "–"]),
                ("deleted_at", &["–", "–", "–", "–", "@2024-01-01T00:00:00Z"]),
                ("is_sso_user", &["!f", "!f", "!f", "!f", "!f"]),
            ],
            "ynynn",
        ),
        (
            "Discourse",
            &[
                ("active", &["!t", "!t", "!t", "!f"]),
                // It stays when the suspension is over.
                ("suspended_at", &["–", "@2024-01-01T00:00:00Z", "@2024-01-01T00:00:00Z", "–"]),
                ("suspended_till", &["–", "@2999-01-01T00:00:00Z", "@2024-02-01T00:00:00Z", "–"]),
                ("silenced_till", &["@2999-01-01T00:00:00Z", "–", "–", "–"]),
            ],
            "ynyn",
        ),
        (
            "ASP.NET Identity",
            &[
                // One of them unconfirmed would be asked about: see below.
                ("EmailConfirmed", &["#1"; 4]),
                (
                    "LockoutEnd",
                    &[
                        "–",
                        "2999-12-31 23:59:59.9999999 +00:00",
                        "2020-01-01 10:00:00 +00:00",
                        "9999-12-31T23:59:59+00:00",
                    ],
                ),
                ("LockoutEnabled", &["#1", "#1", "#1", "#0"]),
                ("AccessFailedCount", &["#0", "#5", "#0", "#0"]),
            ],
            "ynyn",
        ),
        (
            "ASP.NET membership",
            &[("IsLockedOut", &["#0", "#1"]), ("LastLockoutDate", &["1754-01-01", "2024-01-01"])],
            "yn",
        ),
        (
            "phpBB",
            &[
                ("user_type", &["#0", "#1", "#2", "#3"]),
                ("username_clean", &["a", "b", "c", "d"]),
                ("user_password", &["x", "x", "", "x"]),
                ("user_inactive_reason", &["#0", "#3", "#0", "#0"]),
                ("user_inactive_time", &["#0", "#1714566600", "#0", "#0"]),
            ],
            "ynny",
        ),
        (
            "Moodle",
            &[
                ("deleted", &["#0", "#1", "#0"]),
                ("suspended", &["#0", "#0", "#1"]),
                ("confirmed", &["#1", "#1", "#1"]),
            ],
            "ynn",
        ),
        (
            "Joomla",
            &[("block", &["#0", "#1"]), ("activation", &["", "0"]), ("lastResetTime", &["–", "2024-01-01"])],
            "yn",
        ),
        (
            "Drupal",
            &[
                ("uid", &["#1", "#2"]),
                ("name", &["a", "b"]),
                ("pass", &["$S$D", "$S$D"]),
                ("access", &["#1714566600", "#0"]),
                ("login", &["#1714566600", "#0"]),
                ("status", &["#1", "#0"]),
            ],
            "yn",
        ),
        (
            "WordPress multisite",
            &[
                ("user_login", &["a", "b", "c"]),
                ("user_pass", &["x", "x", "x"]),
                ("user_status", &["#0", "#0", "#0"]),
                ("spam", &["#0", "#1", "#0"]),
                ("deleted", &["#0", "#0", "#1"]),
            ],
            "ynn",
        ),
        (
            "Magento",
            &[
                ("is_active", &["#1", "#0", "#1"]),
                ("lock_expires", &["–", "–", "2999-01-01 00:00:00"]),
                ("failures_num", &["#0", "#0", "#6"]),
                ("first_failure", &["–", "–", "2024-01-01 00:00:00"]),
            ],
            "ynn",
        ),
        (
            "GitLab",
            &[
                ("state", &["active", "blocked", "ldap_blocked", "deactivated", "banned"]),
                ("locked_at", &["–"; 5]),
            ],
            "ynnnn",
        ),
        (
            "Mastodon",
            &[("disabled", &["!f", "!t", "!f"]), ("suspended_at", &["–", "–", "@2024-01-01T00:00:00Z"])],
            "ynn",
        ),
        ("Ghost", &[("status", &["active", "active", "inactive", "locked"])], "yynn"),
        ("Strapi", &[("blocked", &["#0", "#1", "–"]), ("confirmed", &["#1", "#1", "#1"])], "yny"),
        ("ERPNext", &[("enabled", &["#1", "#0"]), ("docstatus", &["#0", "#0"])], "yn"),
        ("Odoo", &[("active", &["!t", "!f"]), ("active_directory_id", &["x", "y"])], "yn"),
        (
            "Keycloak",
            &[("enabled", &["!t", "!f"]), ("email_verified", &["!t", "!t"]), ("not_before", &["#0", "#0"])],
            "yn",
        ),
        (
            "FusionAuth",
            &[
                ("active", &["!t", "!f", "!t", "!t"]),
                ("expiry", &["–", "–", "#1714566600000", "#32503680000000"]),
            ],
            "ynny",
        ),
        (
            "Kratos",
            &[("state", &["active", "inactive"]), ("state_changed_at", &["@2024-01-01T00:00:00Z"; 2])],
            "yn",
        ),
        (
            "Django",
            &[("is_active", &["!t", "!f"]), ("is_staff", &["!f", "!t"]), ("last_login", &["–", "–"])],
            "yn",
        ),
        (
            "Spring",
            &[
                ("enabled", &["!t", "!f", "!t", "!t", "!t"]),
                ("account_non_locked", &["!t", "!t", "!f", "!t", "!t"]),
                ("account_non_expired", &["!t", "!t", "!t", "!f", "!t"]),
                ("credentials_non_expired", &["!t", "!t", "!t", "!t", "!t"]),
            ],
            "ynnny",
        ),
        (
            "Liferay",
            &[
                ("userId", &["#1", "#2"]),
                ("screenName", &["a", "b"]),
                ("emailAddress", &["a@x.example", "b@x.example"]),
                ("lockout", &["!f", "!f"]),
                ("status", &["#0", "#5"]),
            ],
            "yn",
        ),
        (
            "Redmine",
            &[
                ("login", &["a", "b", "c", ""]),
                ("hashed_password", &["x", "x", "x", ""]),
                ("admin", &["!f", "!f", "!f", "!f"]),
                ("status", &["#1", "#3", "#2", "#0"]),
            ],
            "ynnn",
        ),
        ("Invision", &[("temp_ban", &["#0", "#-1", "#32503680000", "#1714566600"])], "ynny"),
        (
            "XenForo",
            &[
                ("username", &["a", "b", "c", "d"]),
                ("user_group_id", &["#2"; 4]),
                ("user_state", &["valid", "valid", "disabled", "email_confirm"]),
                ("is_banned", &["#0", "#1", "#0", "#0"]),
            ],
            "ynnn",
        ),
        (
            "vBulletin",
            &[
                ("userid", &["#1", "#2"]),
                ("usergroupid", &["#2", "#8"]),
                ("displaygroupid", &["#0", "#0"]),
                ("username", &["a", "b"]),
            ],
            "yn",
        ),
        (
            "Mautic",
            &[
                ("role_id", &["#1", "#2"]),
                ("is_published", &["#1", "#0"]),
                ("username", &["a", "b"]),
                ("password", &["x", "x"]),
            ],
            "yn",
        ),
        ("Zulip", &[("is_active", &["!t", "!f"]), ("is_mirror_dummy", &["!f", "!f"])], "yn"),
        (
            "Okta as CSV",
            &[(
                "status",
                &[
                    "ACTIVE",
                    "DEPROVISIONED",
                    "SUSPENDED",
                    "LOCKED_OUT",
                    "PASSWORD_EXPIRED",
                    "PROVISIONED",
                    "STAGED",
                ],
            )],
            "ynnnyyn",
        ),
        (
            "Cognito",
            &[
                ("UserStatus", &["CONFIRMED", "ARCHIVED", "RESET_REQUIRED", "COMPROMISED"]),
                ("Enabled", &["!t"; 4]),
            ],
            "ynyn",
        ),
        (
            "Yii",
            &[
                ("auth_key", &["x"; 3]),
                ("password_hash", &["x"; 3]),
                ("password_reset_token", &["–"; 3]),
                ("status", &["#10", "#9", "#0"]),
            ],
            "ynn",
        ),
        (
            "TYPO3",
            &[
                ("disable", &["#0", "#1", "#0", "#0"]),
                ("deleted", &["#0", "#0", "#1", "#0"]),
                ("endtime", &["#0", "#0", "#0", "#1714566600"]),
            ],
            "ynnn",
        ),
        (
            "GLPI",
            &[
                ("is_active", &["#1"; 4]),
                ("is_deleted", &["#0", "#1", "#0", "#0"]),
                ("end_date", &["–", "–", "2020-01-01 00:00:00", "2999-01-01 00:00:00"]),
            ],
            "ynny",
        ),
        (
            "SMF",
            &[
                ("id_member", &["#1", "#2", "#3"]),
                ("member_name", &["a", "b", "c"]),
                ("is_activated", &["#1", "#11", "#0"]),
            ],
            "ynn",
        ),
        ("Flarum", &[("suspended_until", &["–", "2038-01-01 00:00:00"])], "yn"),
        (
            "nopCommerce",
            &[
                ("Active", &["#1", "#1", "#0"]),
                ("Deleted", &["#0", "#1", "#0"]),
                ("CannotLoginUntilDateUtc", &["–", "–", "–"]),
            ],
            "ynn",
        ),
        ("Synapse", &[("deactivated", &["#0", "#1", "#0"]), ("locked", &["!f", "!f", "!t"])], "ynn"),
        ("Grafana", &[("is_disabled", &["#0", "#1"])], "yn"),
        ("Jira", &[("active", &["T", "F"])], "yn"),
        ("a bit of MySQL's", &[("enabled", &["b1", "b0"]), ("locked", &["b0", "b0"])], "yn"),
        (
            "SAP",
            &[
                ("BNAME", &["a", "b", "c"]),
                ("UFLAG", &["#0", "#64", "#0"]),
                ("GLTGB", &["00000000", "99991231", "20200101"]),
            ],
            "ynn",
        ),
        ("PeopleSoft", &[("OPRID", &["a", "b"]), ("ACCTLOCK", &["#0", "#1"])], "yn"),
        ("Oracle", &[("ACCOUNT_STATUS", &["OPEN", "LOCKED", "OPEN"])], "yny"),
        (
            "Active Directory",
            &[
                ("userAccountControl", &["#512", "#514", "#66048", "#590336", "#512"]),
                (
                    "accountExpires",
                    &["#0", "#9223372036854775807", "#133590402000000000", "#0", "9223372036854775807"],
                ),
                ("lockoutTime", &["#0", "#0", "#0", "#0", "#133590402000000000"]),
            ],
            "ynnnn",
        ),
        ("389 Directory Server", &[("nsAccountLock", &["–", "TRUE", "false"])], "yny"),
        ("OpenLDAP", &[("pwdAccountLockedTime", &["–", "000001010000Z", "20240501120000Z"])], "ynn"),
    ];
    all_hold(products);
}

#[test]
fn people_of_staff_lists_in_several_languages() {
    let lists: &[(&str, Table<'_>, &str)] = &[
        (
            "German",
            &[
                ("aktiv", &["ja", "nein", "ja", "ja"]),
                ("gesperrt", &["0", "0", "1", "0"]),
                ("austritt", &["", "", "", "31.12.2020"]),
            ],
            "ynnn",
        ),
        (
            "German words",
            &[
                ("Status", &["aktiv", "ausgetreten", "gekündigt", "aktiv"]),
                ("Austrittsdatum", &["31.12.2999", "", "", "30.06.2020"]),
            ],
            "ynnn",
        ),
        (
            "French",
            &[
                ("actif", &["oui", "non", "oui"]),
                ("date_de_sortie", &["", "", "2020-12-31"]),
                ("supprimé", &["0", "0", "0"]),
            ],
            "ynn",
        ),
        (
            "Spanish",
            &[("estado", &["activo", "baja", "activo"]), ("fecha_baja", &["–", "2020-01-01", "2020-01-01"])],
            "ynn",
        ),
        ("Spanish flag", &[("baja", &["0", "1"])], "yn"),
        ("Italian", &[("attivo", &["si", "no"]), ("data_cessazione", &["–", "–"])], "yn"),
        ("Portuguese", &[("ativo", &["S", "N"]), ("data_desligamento", &["–", "2020-01-01"])], "yn"),
        (
            "Polish",
            &[("czy_aktywny", &["tak", "nie", "tak"]), ("data_zwolnienia", &["–", "–", "2020-02-29"])],
            "ynn",
        ),
        ("Dutch", &[("actief", &["ja", "nee"]), ("datum_uit_dienst", &["–", "–"])], "yn"),
        ("Russian", &[("активен", &["да", "нет", "да"]), ("заблокирован", &["0", "0", "1"])], "ynn"),
        (
            "Japanese",
            &[("在職", &["1", "1"]), ("退職日", &["–", "2020/03/31"]), ("削除フラグ", &["0", "0"])],
            "yn",
        ),
        ("Chinese", &[("状态", &["启用", "禁用", "离职"])], "ynn"),
        (
            "HR in English",
            &[
                ("employment_status", &["Active", "Terminated", "Active", "Active"]),
                ("termination_date", &["", "2020-01-31", "2999-01-31", ""]),
                ("contract_end", &["–", "–", "–", "2020-12-31"]),
            ],
            "ynyn",
        ),
        (
            "left behind",
            &[("terminated_on", &["–", "01/31/2020", "12/31/2999"]), ("leave_date", &["–", "–", "–"])],
            "yny",
        ),
        (
            "runs out",
            &[
                ("valid_until", &["infinity", "2020-01-01", "9999-12-31", "–"]),
                ("valid_from", &["–", "–", "–", "2999-01-01"]),
            ],
            "ynyn",
        ),
        ("expires", &[("account_expires_at", &["0", "1577836800", "32503680000"])], "yny"),
        ("day first", &[("gueltig_bis", &["31/12/2020", "03/04/2999", ""])], "nyy"),
        (
            "months in words",
            &[("end_date", &["Dec 31 2020", "Dec 31, 2999", "31 December 2020", ""])],
            "nyny",
        ),
        ("both", &[("is_active", &["#1", "#1", "#0"]), ("is_archived", &["#0", "#1", "#0"])], "ynn"),
    ];
    all_hold(lists);
}
