//! The words in columns' names that tell who may sign in: one dictionary, in several languages and by several products' habits.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::mapping::suggest::{fold, tokens};
use crate::model::name_words::dictionary;

/// What a word in a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// May sign in: `active`, `enabled`.
    On,
    /// May not: `deleted`, `locked`, `ban`.
    Off,
    /// Is gone from a certain day on: `terminated`, `ausgetreten`.
    Gone,
    /// The going itself: `exit`, `departure`, `baja`. With a day only: who is on leave comes back.
    Leaving,
    /// May have to be true before anyone signs in, where the product asks for it: `approved`, `confirmed`.
    Doubt,
    /// Turns the rest round: `non`, `not`.
    Not,
    /// Up to a moment: `until`, `to`.
    Until,
    /// The end of something.
    End,
    /// Runs out: `expires`, `expiry`.
    Expiry,
    /// Holds: `valid_until`, `gueltig_bis`.
    Valid,
    /// From a moment on.
    From,
    /// A status of any kind.
    Status,
    /// Says that a moment is meant: `at`, `on`, `date`.
    Time,
    /// What is employed by: `contract_end`. With an end or expiry only.
    Job,
    /// Who did it, or why: a trace of the thing itself.
    Trace,
    /// Says nothing of its own: whose it is, that it is a flag.
    Plain,
    /// Makes it about something else: a password, a newsletter, a count.
    Other,
}

/// The dictionary. Words are small, without accents (both `geloescht` and `geloscht`).
const WORDS: &[(Word, &str)] = &[
    (
        Word::On,
        "active enabled enable activated activate allow allowed permitted can may employed unlocked unblocked unbanned \
         usable aktiv aktiviert freigeschaltet freigegeben zugelassen beschaeftigt beschaftigt angestellt actif active \
         habilite autorise activo activa activado activada habilitado habilitada ativo ativa ativado ativada attivo attiva \
         attivato attivata abilitato abilitata aktywny aktywna aktywne wlaczony wlaczona actief ingeschakeld geactiveerd \
         aktivni aktivny povoleno povoleny aktif aktivt aktiivinen engedelyezett \
         активен активна активный активно включен включена действует 启用 有效 在职 在職 有効 활성 نشط",
    ),
    (
        Word::Off,
        "deleted delete deletion del removed removal disabled disable inactive inactivated inactivation deactivated deactivate \
         deactivation blocked block banned ban suspended suspend suspension archived archive locked lock lockout discarded \
         discard trashed prohibited prohibit forbidden forbid denied deny revoked revoke revocation cancelled canceled \
         cancellation barred blacklisted blacklist blocklisted blocklist frozen freeze expelled excluded obsolete spam spammer \
         cannot nologin closed voided tombstone tombstoned purged erased anonymized anonymised invalidated invalid dead quarantined unavailable unusable \
         gesperrt sperre sperrung geloescht geloscht loeschung loschung deaktiviert deaktivierung inaktiv stillgelegt \
         archiviert verboten supprime supprimee suppression desactive desactivee desactivation bloque bloquee blocage suspendu \
         suspendue verrouille verrouillee inactif inactive banni bannie radie radiee cloture \
         eliminado eliminada eliminacion borrado borrada suspendido suspendida suspension bloqueado bloqueada bloqueo \
         inactivo inactiva desactivado desactivada deshabilitado deshabilitada anulado anulada \
         eliminato eliminata cancellato cancellata cancellazione bloccato bloccata blocco sospeso sospesa disabilitato \
         disabilitata disattivato disattivata inattivo inattiva \
         excluido excluida exclusao suspenso suspensa desativado desativada inativo inativa apagado bloqueio \
         usuniety usunieta usunieto usuniecie zablokowany zablokowana zablokowano blokada nieaktywny nieaktywna zawieszony \
         zawieszona skasowany wylaczony wylaczona dezaktywowany zarchiwizowany \
         verwijderd geblokkeerd inactief uitgeschakeld gedeactiveerd geschorst blokkering gearchiveerd \
         smazany smazano zablokovany zablokovan blokovany neaktivni neaktivny vymazany zruseny deaktivovany \
         torolt torolve letiltott letiltva zarolt inaktiv poistettu estetty lukittu \
         slettet sperret deaktivert borttagen avstangd sparrad raderad laast silindi silinmis engelli engellendi pasif kapali \
         удален удалена удалено заблокирован заблокирована отключен отключена неактивен неактивна блокировка архив \
         禁用 已删除 删除 停用 冻结 注销 封禁 停止 無効 削除 削除済 削除済み 凍結 退会 삭제 정지 차단 탈퇴 محذوف موقوف",
    ),
    (
        Word::Gone,
        "terminated left resigned retired dismissed offboarded separated departed exited fired laidoff deceased \
         baja cese 退職 退社 \
         ausgetreten ausgeschieden gekuendigt gekundigt entlassen verstorben pensioniert parti licencie demissionne \
         cesado despedido jubilado cessato cessata dimesso licenziato demitido demitida desligado desligada \
         zwolniony zwolniona odszedl uitgetreden ontslagen kilepett odesel уволен уволена выбыл 退職済 离职 離職 퇴직",
    ),
    (
        Word::Leaving,
        "termination terminate term leave leaving exit departure resignation retirement dismissal offboarding offboard \
         separation quit death dod lastworkingday austritt austritts ausscheiden ausscheidens kuendigung kundigung kuendigungs kundigungs \
         entlassung weggang sortie depart licenciement demission retraite egreso salida despido renuncia \
         cessazione licenziamento dimissioni uscita saida demissao desligamento rescisao uitdienst ontslag vertrek \
         zwolnienie zwolnienia odejscie odejscia rozwiazanie wystapienie vystup odchod ukonceni kilepes cikis isten \
         увольнение увольнения выбытие 退团 离开 퇴사",
    ),
    (
        Word::Doubt,
        "approved approve approval confirmed confirm verified validated accepted registered bestaetigt bestatigt",
    ),
    (Word::Not, "non not no un nicht kein pas nie nao niet ne"),
    (Word::Until, "until till til thru through to bis jusqua jusqu hasta fino ate tot do po до 期限 まで"),
    (
        Word::End,
        "end ends ending ended ende fin fine termino koniec konca einde slut konec vege bitis конец окончание 終了",
    ),
    (
        Word::Expiry,
        "expires expire expired expiry expiration exp expiring ablauf ablaufdatum abgelaufen verfall verfalls verfallsdatum \
         caducidad caduca caducado vencimiento vence vencido scadenza scade scaduto vencimento expirado expirada expire \
         echeance wygasa wygasniecie wygasniecia wygasl verloopt verlopen vervaldatum expirace срок истекает 有効期限 过期 만료",
    ),
    (
        Word::Valid,
        "valid validity gueltig gultig gueltigkeit gultigkeit valide validite valido valida validez validita validade wazny \
         waznosc waznosci wazne geldig platny platnost действителен 有効",
    ),
    (Word::From, "from since ab von desde depuis od seit vanaf начиная"),
    (
        Word::Status,
        "status state statut statuts estado stato stav statusa zustand stan durum situacao статус состояние 状态 狀態 状態 상태",
    ),
    (
        Word::Time,
        "at on date dates datetime time timestamp stamp ts dt day utc gmt when ms epoch unix datum zeitpunkt am fecha data dia \
         dzien kiedy le jour quand tarih tarihi data дата время 日 日時 日付 时间 時間 日期 일 일자 일시",
    ),
    (
        Word::Job,
        "contract employment assignment service work job membership access acces acceso accesso acesso zugang zutritt toegang dostep \
         dostepu hr vertrag vertrags vertragsende arbeitsvertrag \
         dienst beschaeftigung beschaeftigungs beschaftigung beschaftigungs anstellung contrat emploi contrato empleo lavoro \
         contratto rapporto emprego umowy umowa dienstverband contracts smlouvy abonnement lifecycle workflow",
    ),
    (Word::Trace, "reason reasons by text note notes comment message grund motif motivo powod reden cause"),
    (
        Word::Plain,
        "user usr u account accounts acct member mem employee emp staff person people pers customer cust client contact student \
         worker profile login logon signin log sign in out is has been was are be it record rec rcd row entry post sys system auth flag ind \
         indicator yn bool boolean value val the a current currently admin temp temporary temporarily perm permanent permanently \
         soft logical logically id code cd tbl col fld f s b n x n1 web site portal tiny \
         ist ob benutzer konto mitarbeiter kunde kunden mitglied person wurde kennzeichen kz est a ete compte utilisateur membre \
         es esta cuenta usuario empleado e conto utente dipendente conta usuario funcionario czy jest uzytkownik konto pracownik \
         gebruiker medewerker je uzivatel ucet zamestnanec de del la les der die das des dem vom von zum zur au al el los d l di da z フラグ 区分 有無 者 是否 标志 标记 用户 账号 ユーザー 社員 여부",
    ),
    (
        Word::Other,
        "password passwd passwort pass pwd pw kennwort contrasena haslo token tokens secret key keys api otp totp mfa tfa factor \
         session sessions cookie hash salt credential credentials newsletter notification notifications notify sms push \
         email emails mail mails phone mobile fax avatar photo picture image certificate cert card invoice payment plan trial \
         license licence insurance passport visa marital civil count counter attempts attempt failed failures failure ip color \
         theme online last previous prev version days hours minutes seconds duration period interval limit max min changed \
         change modified updated created join joined hire hired birth order family region country province address",
    ),
];

/// The meaning of a word; the first in the dictionary counts.
static MEANINGS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| dictionary(WORDS));

/// Whether a word says of somebody that they are kept out or gone, and not of a thing that it is over.
pub(in crate::mapping) fn keeps_out(word: &str) -> bool {
    const OF_THINGS: [&str; 25] = [
        "voided",
        "tombstone",
        "tombstoned",
        "spam",
        "archive",
        "archived",
        "cancelled",
        "canceled",
        "cancellation",
        "obsolete",
        "closed",
        "purged",
        "erased",
        "dead",
        "left",
        "invalid",
        "unavailable",
        "leave",
        "term",
        "exit",
        "quit",
        "death",
        "separation",
        "saida",
        "baja",
    ];
    matches!(MEANINGS.get(fold(word).as_str()), Some(Word::Off | Word::Gone | Word::Leaving))
        && !OF_THINGS.contains(&word)
}

/// The longest word of the dictionary, in letters.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| MEANINGS.keys().map(|word| word.chars().count()).max().unwrap_or(0));

/// Names that mean something as a whole only.
const WHOLE: &[(&str, Sense, bool)] = &[
    // Directories: 389, OpenLDAP's password policy, PingDirectory, Active Directory, Kerberos.
    ("nologin", Sense::Off, false),
    ("nsaccountlock", Sense::Off, false),
    ("pwdaccountlockedtime", Sense::Off, true),
    ("dspwpaccountdisabled", Sense::Off, false),
    ("msdsuseraccountdisabled", Sense::Off, false),
    ("krbprincipalexpiration", Sense::ValidUntil, true),
    // SAP: valid until.
    ("gltgb", Sense::ValidUntil, true),
    ("lastworkingday", Sense::OffFrom, true),
    ("lastdayofwork", Sense::OffFrom, true),
    ("lastdateworked", Sense::OffFrom, true),
    ("letzterarbeitstag", Sense::OffFrom, true),
    ("dernierjourtravaille", Sense::OffFrom, true),
];

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// `None`: a word that is not in the dictionary.
    pub(super) meaning: Option<Word>,
}

/// A name's words: taken apart at marks and capitals, and where there are none (`deleteat`, `istgesperrt`), as few words of the
/// dictionary as it falls into.
pub(super) fn parts(name: &str) -> Vec<Part> {
    tokens(name).into_iter().flat_map(|token| segments(&token)).collect()
}

fn segments(token: &str) -> Vec<Part> {
    let known = |text: &str| MEANINGS.get(text).copied();
    if let Some(meaning) = known(token) {
        return vec![Part { text: token.to_owned(), meaning: Some(meaning) }];
    }
    let letters: Vec<char> = token.chars().collect();
    let unknown = || vec![Part { text: token.to_owned(), meaning: None }];
    if letters.len() > 40 {
        return unknown();
    }
    // The fewest words that make up the first `end` letters, and how long the last of them is.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; letters.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=letters.len() {
        for length in 1..=end.min(*LONGEST) {
            let Some((before, _)) = best[end - length] else { continue };
            let piece: String = letters[end - length..end].iter().collect();
            // One or two Latin letters are in every word: only `is` and what says when (`at`, `on`) is taken for some.
            let short = piece.is_ascii() && length <= 2;
            let counts = match known(&piece) {
                Some(Word::Time) => length > 1 || !short,
                Some(_) => !short || piece == "is",
                None => false,
            };
            if !counts {
                continue;
            }
            if best[end].is_none_or(|(count, _)| before + 1 < count) {
                best[end] = Some((before + 1, length));
            }
        }
    }
    let mut pieces = Vec::new();
    let mut end = letters.len();
    while end > 0 {
        let Some((_, length)) = best[end] else { return unknown() };
        let text: String = letters[end - length..end].iter().collect();
        pieces.push(Part { meaning: known(&text), text });
        end -= length;
    }
    pieces.reverse();
    pieces
}

/// What a column's name says of who may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Sense {
    /// True or a word for those who may.
    On,
    /// True, or a moment, for those who may not.
    Off,
    /// The same; a day that lies ahead has not come yet.
    OffFrom,
    /// The moment at which it is over.
    OffUntil,
    /// The last moment.
    ValidUntil,
    /// The first moment.
    ValidFrom,
    /// True or a moment for those who may, where the product asks for it.
    Doubt,
    /// A status in words or codes.
    Status,
    /// Who did it or why: not empty for those who may not.
    Trace,
}

/// A name that says something of who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mapping) struct Named {
    pub(in crate::mapping) sense: Sense,
    /// Every word is known and fits: else it may be about something else.
    pub(in crate::mapping) exact: bool,
    /// A moment is meant.
    pub(in crate::mapping) timed: bool,
    /// A flag can't mean it: only a day.
    pub(in crate::mapping) day_only: bool,
    /// The thing, not the state (`deactivation_date`): a day that lies ahead has not come yet.
    pub(in crate::mapping) noun: bool,
    /// What the thing is called, to see that `suspended_at` and `suspended_till` are about the same.
    pub(in crate::mapping) stem: String,
}

/// What a name says of who may sign in; `None`: nothing.
pub(in crate::mapping) fn named(name: &str) -> Option<Named> {
    let whole = tokens(name).concat();
    if let Some((whole, sense, timed)) = WHOLE.iter().find(|(known, ..)| *known == whole) {
        let stem = whole.to_string();
        return Some(Named {
            sense: *sense,
            exact: true,
            timed: *timed,
            day_only: *timed,
            noun: false,
            stem,
        });
    }
    let parts = parts(name);
    let has = |meaning: Word| parts.iter().any(|part| part.meaning == Some(meaning));
    let other = has(Word::Other);
    // `failed_login_locked_until` is about the person; `password_expires_at` is not.
    if other && !(has(Word::Off) && has(Word::Until)) {
        return None;
    }
    let exact = !other && parts.iter().all(|part| part.meaning.is_some());
    let stem_of = |meanings: &[Word]| {
        let found = parts.iter().find(|part| part.meaning.is_some_and(|m| meanings.contains(&m)));
        found.map(|part| part.text.chars().take(3).collect::<String>()).unwrap_or_default()
    };
    let timed = has(Word::Time) || has(Word::From);
    let noun = parts.iter().any(|part| {
        let ends = ["ion", "ione", "ung", "sao"].iter().any(|ending| part.text.ends_with(ending));
        part.meaning == Some(Word::Off) && ends
    });
    let temporary = parts.iter().any(|part| part.text.starts_with("temp"));
    let make = |sense, stem: String| Named { sense, exact, timed, day_only: false, noun, stem };
    let (off, gone, on) = (has(Word::Off), has(Word::Gone), has(Word::On));
    let runs_out = has(Word::Until) || has(Word::Expiry);
    if off || gone {
        // `lockout_enabled`: whether someone can be locked out at all.
        if on || has(Word::Doubt) || has(Word::Status) {
            return None;
        }
        let stem = stem_of(&[Word::Off, Word::Gone]);
        return Some(match () {
            () if has(Word::Not) => make(Sense::On, stem),
            () if has(Word::Trace) => make(Sense::Trace, stem),
            () if off && (runs_out || has(Word::End) || temporary) => make(Sense::OffUntil, stem),
            () if gone => make(Sense::OffFrom, stem),
            () => make(Sense::Off, stem),
        });
    }
    if has(Word::Trace) {
        return None;
    }
    if has(Word::Leaving) {
        let leaving = make(Sense::OffFrom, stem_of(&[Word::Leaving]));
        return Some(Named { day_only: true, ..leaving });
    }
    // From here on an unknown word means something else: `trial_expires`, `api_enabled`.
    if !exact {
        return None;
    }
    let valid = has(Word::Valid);
    let until = Named { day_only: true, timed: true, ..make(Sense::ValidUntil, "valid".to_owned()) };
    if has(Word::Expiry) && has(Word::Not) {
        return Some(make(Sense::On, "valid".to_owned()));
    }
    if (on || valid) && (runs_out || has(Word::End)) {
        return Some(until);
    }
    if (on || valid) && has(Word::From) {
        return Some(Named { day_only: true, ..make(Sense::ValidFrom, "valid".to_owned()) });
    }
    if has(Word::Expiry) {
        // `expired` may be a flag.
        return Some(Named { day_only: false, ..until });
    }
    if has(Word::End) && (timed || has(Word::Job)) || has(Word::Job) && has(Word::Until) {
        return Some(until);
    }
    if on && has(Word::Not) {
        return Some(make(Sense::Off, stem_of(&[Word::On])));
    }
    if has(Word::Status) {
        return Some(make(Sense::Status, String::new()));
    }
    if has(Word::Doubt) {
        return Some(make(Sense::Doubt, String::new()));
    }
    (on || valid).then(|| make(Sense::On, String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_of_the_dictionary() {
        for (name, expected) in [
            ("deleteat", "delete at"),
            ("LockoutEnd", "lockout end"),
            ("lockoutend", "lockout end"),
            ("isdeleted", "is deleted"),
            ("istgesperrt", "ist gesperrt"),
            ("gesperrt_am", "gesperrt am"),
            ("accountExpires", "account expires"),
            ("loginDisabled", "login disabled"),
            ("退職日", "退職 日"),
            ("update", "update"),
            ("candidate", "candidate"),
        ] {
            let words: Vec<_> = parts(name).into_iter().map(|part| part.text).collect();
            assert_eq!(words.join(" "), expected, "{name}");
        }
    }

    #[test]
    fn names_say_who_may_sign_in() {
        use Sense::{Doubt, Off, OffFrom, OffUntil, On, Status, Trace, ValidFrom, ValidUntil};
        for (name, sense) in [
            ("is_active", On),
            ("user_enabled", On),
            ("account_non_locked", On),
            ("accountNonExpired", On),
            ("can_login", On),
            ("czy_aktywny", On),
            ("deleted", Off),
            ("deleteat", Off),
            ("prohibit_login", Off),
            ("discarded_at", Off),
            ("user_inactive_flag", Off),
            ("nicht_aktiv", Off),
            ("supprimé", Off),
            ("удалён", Off),
            ("terminated_on", OffFrom),
            ("fecha_baja", OffFrom),
            ("date_de_sortie", OffFrom),
            ("Austrittsdatum", OffFrom),
            ("退職日", OffFrom),
            ("banned_until", OffUntil),
            ("suspended_till", OffUntil),
            ("LockoutEnd", OffUntil),
            ("lock_expires", OffUntil),
            ("valid_until", ValidUntil),
            ("gueltig_bis", ValidUntil),
            ("expires_at", ValidUntil),
            ("end_date", ValidUntil),
            ("contract_end", ValidUntil),
            ("valid_from", ValidFrom),
            ("confirmed_at", Doubt),
            ("user_state", Status),
            ("employment_status", Status),
            ("temp_ban", OffUntil),
            ("nsAccountLock", Off),
            ("failed_login_locked_until", OffUntil),
            ("last_working_day", OffFrom),
            ("ban_reason", Trace),
            ("deleted_by", Trace),
        ] {
            assert_eq!(named(name).map(|named| named.sense), Some(sense), "{name}");
        }
        for name in [
            "LockoutEnabled",
            "email_verified_at",
            "password_expires_at",
            "last_active_at",
            "two_factor_enabled",
            "newsletter_active",
            "marital_status",
            "trial_ends_at",
            "failed_attempts",
            "lock_version",
            "AccessFailedCount",
            "birth_date",
            "start",
            "name",
            "state_changed_at",
            "remember_token",
            "notes",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
