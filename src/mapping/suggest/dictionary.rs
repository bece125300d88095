//! What columns are called, in several languages and by several products.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::name_words::fold;

/// What a column's name says it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::mapping) enum Meaning {
    /// An Okta attribute.
    Attribute(&'static str),
    /// A first and last name in one.
    FullName,
    /// A phone that does not say which.
    Phone,
    /// A stored password.
    Password,
    /// Its salt.
    Salt,
    /// True for people who may sign in.
    Active,
    /// True for people who may not.
    Inactive,
    /// A moment since which a person may not; empty for those who may.
    InactiveSince,
    /// The last sign-in.
    LastSignIn,
    /// Groups or roles.
    Group,
}

use Meaning::{Attribute as A, FullName, Group, LastSignIn, Password, Phone, Salt};

/// Names without marks and accents; the likelier first.
const NAMES: &[(Meaning, &str)] = &[
    (
        A("login"),
        "login username userlogin loginname logonname logon userprincipalname upn samaccountname uname userid uid accountname \
         account loginid useraccount signinname benutzername benutzerkennung benutzer kennung anmeldename nutzername \
         nomutilisateur nomdutilisateur identifiant utilisateur usuario nombreusuario nombredeusuario nazwauzytkownika uzytkownik \
         gebruikersnaam gebruiker inlognaam nomeutente utente nomeusuario nomedeusuario uzivatel uzivatelskejmeno \
         prihlasovacijmeno felhasznalonev kayttajatunnus kayttajanimi anvandarnamn brukernavn brugernavn kullaniciadi логин \
         имяпользователя 用户名 账号 ユーザー名 사용자",
    ),
    (
        A("email"),
        "deliveryemail email mail emailaddress emailaddr mailaddress primaryemail workemail businessemail useremail usermail emailid \
         emailadresse mailadresse epost epostadresse eposta correo correoelectronico correoe courriel adressemail adresseemail \
         adressecourriel adresemail adrespocztyelektronicznej pocztaelektroniczna postaelettronica indirizzoemail emailadres \
         enderecoemail sahkoposti электроннаяпочта почта имейл 邮箱 电子邮件 电子邮箱 メール メールアドレス 이메일",
    ),
    (
        A("secondEmail"),
        "secondemail secondaryemail alternateemail alternativeemail altemail privateemail personalemail homeemail email2 mail2 \
         privatemail emailprivat privateemailadresse emailpersonnel correopersonal emailprywatny",
    ),
    (
        A("firstName"),
        "firstname givenname fname forename first given vorname rufname prenom voornaam roepnaam nombres primernombre imie \
         imiona primeironome primonome krestnijmeno jmeno meno keresztnev utonev etunimi fornamn fornavn имя 名字 名 이름",
    ),
    (
        A("lastName"),
        "lastname surname familyname lname sn last family nachname familienname zuname nomdefamille nomfamille apellidos \
         apellido primerapellido nazwisko achternaam familienaam cognome sobrenome apelido ultimonome prijmeni priezvisko \
         vezeteknev csaladnev sukunimi efternamn etternavn efternavn soyad soyadi soyisim фамилия 姓 姓氏",
    ),
    (
        A("middleName"),
        "middlename mname middle secondname zweitername deuxiemeprenom segundonombre drugieimie patronymic отчество",
    ),
    (
        FullName,
        "fullname name realname commonname cn completename personname employeename vollername vollstaendigername \
         vollstandigername ganzername nomcomplet nomprenom prenomnom nombrecompleto nombreyapellidos nombre nom nome naam \
         volledigenaam imieinazwisko imienazwisko nomecompleto nomecognome nominativo celejmeno teljesnev nev kokonimi nimi \
         namn navn adsoyad фио полноеимя 姓名 氏名 성명",
    ),
    (
        A("displayName"),
        "displayname displayedname anzeigename nomaffiche nombremostrado nazwawyswietlana weergavenaam publicname",
    ),
    (A("nickName"), "nickname nick spitzname surnom apodo bijnaam przezwisko soprannome"),
    (A("honorificPrefix"), "honorificprefix salutation anrede civilite tratamiento aanhef nameprefix"),
    (A("honorificSuffix"), "honorificsuffix namesuffix generationqualifier"),
    (
        A("title"),
        "title jobtitle position jobposition job function jobfunction designation occupation titel funktion stelle \
         stellenbezeichnung berufsbezeichnung poste intituleposte fonction cargo puesto stanowisko functie functietitel mansione \
         qualifica funcao pozice beosztas nimike befattning stilling unvan должность 职位 职务 役職",
    ),
    (
        A("mobilePhone"),
        "mobilephone mobile mobilenumber mobileno cellphone cell cellular cellnumber mobiletelephone mobilephonenumber mobil \
         mobilnummer mobiltelefon handy handynummer handynr gsm natel telephoneportable portable telmobile telportable movil \
         telefonomovil celular numerocelular komorka telefonkomorkowy mobiel mobielnummer cellulare telefonocellulare telemovel \
         мобильный мобильныйтелефон 手机 手机号 携帯 携帯電話",
    ),
    (
        A("primaryPhone"),
        "primaryphone workphone officephone businessphone homephone landline fixedline deskphone phonework phoneoffice phonehome \
         diensttelefon festnetz telefondienstlich telephonefixe telephonebureau telefonofijo telefonotrabajo telefonstacjonarny \
         telefoonwerk",
    ),
    (
        Phone,
        "phone phonenumber telephone telephonenumber tel phoneno telno telnr telnumber contactnumber telefon telefonnummer \
         telefonnr rufnummer telefono numerodetelefono numerotelephone numtel telefone telefoon telefoonnummer numertelefonu \
         nrtelefonu puhelin puhelinnumero телефон номертелефона 电话 电话号码 電話 電話番号 전화",
    ),
    (
        A("streetAddress"),
        "streetaddress street address address1 addressline1 addr addr1 street1 strasse anschrift adresse adresse1 rue direccion \
         calle domicilio ulica adres adresulica straat indirizzo endereco rua adresa ulice cim osoite gatuadress адрес улица 地址 住所",
    ),
    (
        A("city"),
        "city town locality l cityname ort stadt wohnort ville commune ciudad localidad poblacion miasto miejscowosc plaats \
         woonplaats stad citta comune cidade mesto obec varos kaupunki город 城市 市",
    ),
    (
        A("state"),
        "state province stateprovince region st county bundesland kanton provincia estado wojewodztwo provincie область 省",
    ),
    (
        A("zipCode"),
        "zipcode zip postalcode postcode zippostalcode plz postleitzahl codepostal cp codigopostal kodpocztowy cap cep psc \
         iranyitoszam postinumero postnummer индекс 邮编 郵便番号",
    ),
    (
        A("countryCode"),
        "countrycode country countryiso iso2 c landcode laendercode landercode land pays codepays pais kraj paese страна 国家 国",
    ),
    (A("postalAddress"), "postaladdress mailingaddress postanschrift adressepostale"),
    (
        A("preferredLanguage"),
        "preferredlanguage language lang languagecode langcode sprache langue idioma jezyk taal lingua jazyk kieli sprak dil язык 语言 言語",
    ),
    (A("locale"), "locale userlocale"),
    (
        A("timezone"),
        "timezone tz zoneinfo timezonename zeitzone fuseauhoraire zonahoraria tijdzone strefaczasowa fusoorario",
    ),
    (A("userType"), "usertype employeetype employmenttype mitarbeitertyp typeemploye tipoempleado"),
    (
        A("employeeNumber"),
        "employeenumber employeeid empno empid employeeno staffnumber staffno staffid personnelnumber workerid payrollnumber \
         personalnummer personalnr persnr mitarbeiternummer mitarbeiternr matricule numeroempleado numerodeempleado \
         numerpracownika personeelsnummer matricola matricula osobnicislo 工号 社員番号 табельныйномер",
    ),
    (
        A("costCenter"),
        "costcenter costcentre costcenternumber kostenstelle centrecout centredecout centrodecosto centrocoste kostenplaats centrodicosto mpk",
    ),
    (
        A("organization"),
        "organization organisation company companyname institution employer o orgname firma unternehmen societe entreprise empresa organizacion \
         organizacja organisatie bedrijf azienda societa organizacao компания 公司 会社",
    ),
    (
        A("division"),
        "division businessunit bereich geschaeftsbereich geschaftsbereich sparte dywizja divisione pion",
    ),
    (
        A("department"),
        "department dept departmentname deptname abteilung abteilungsname departement departamento dzial wydzial afdeling \
         reparto dipartimento oddeleni osztaly osasto avdelning avdeling afdelingsnavn bolum отдел 部门 部署 부서",
    ),
    (
        A("manager"),
        "manager managername supervisor supervisorname vorgesetzter responsable superviseur jefe przelozony leidinggevende",
    ),
    (A("profileUrl"), "profileurl userurl website homepage webseite siteweb paginaweb"),
    (
        Password,
        "password passwordhash hashedpassword encryptedpassword passwd pass pwd userpass userpassword passhash pwdhash pwhash \
         passwdhash userpasswordhash passworddigest cryptedpassword cryptpassword passwordencrypted passwordhashed hashpassword \
         hashpass loginpassword unicodepwd passwort passworthash passwortverschluesselt kennwort kennworthash motdepasse \
         motdepassehash mdp mdphash contrasena contrasenia contrasenahash clave claveacceso haslo haslohash skrothasla wachtwoord \
         wachtwoordhash parola passwordcifrata senha senhahash heslo heslohash jelszo salasana losenord passord adgangskode sifre \
         пароль хешпароля 密码 口令 パスワード 비밀번호 pw userpw credential credentials",
    ),
    (
        Salt,
        "salt passwordsalt passsalt pwsalt pwdsalt passwdsalt hashsalt usersalt salz passwortsalt selmotdepasse sol zout",
    ),
    (
        LastSignIn,
        "lastlogin lastsignin lastsignedin lastsignedinat lastlogininstant lastlogon lastloginat lastsigninat lastlogindate lastlogintime lastlogontimestamp lastlogontime \
         lastseen lastseenat lastaccess lastvisit lastloggedin lastsuccessfullogin letzterlogin letzteanmeldung \
         derniereconnexion dernierlogin ultimoacceso ultimologin ultimasesion ostatnielogowanie ostatnilogin laatstelogin \
         laatsteinlog ultimoaccesso ultimoacesso posledniprihlaseni последнийвход 最后登录",
    ),
    (
        Group,
        "groups group groupname groupnames roles role rolename rolenames team teams teamname usergroup usergroups userrole \
         userroles memberof authorities authority gruppe gruppen gruppenname rolle rollen groupe groupes grupo grupos rol grupa \
         grupy rola groep groepen gruppo gruppi ruolo ruoli skupina группа роль 角色 组",
    ),
];

/// A name in the dictionary, and how far behind the likeliest name of its meaning it stands.
static BY_NAME: LazyLock<HashMap<String, (Meaning, usize)>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for (meaning, names) in NAMES {
        for (rank, name) in names.split_whitespace().enumerate() {
            by_name.entry(fold(name)).or_insert((*meaning, rank));
        }
    }
    by_name
});

/// What a folded name without marks means, and its rank among the names of that meaning.
pub(super) fn look_up(name: &str) -> Option<(Meaning, usize)> {
    BY_NAME.get(name).copied()
}

/// Words that say whose column it is, or of what kind; they come first and tell nothing more.
pub(super) const PREFIXES: &[&str] = &[
    "user",
    "usr",
    "u",
    "emp",
    "employee",
    "staff",
    "member",
    "mem",
    "person",
    "pers",
    "contact",
    "account",
    "acct",
    "customer",
    "cust",
    "client",
    "kunde",
    "kunden",
    "benutzer",
    "mitarbeiter",
    "utilisateur",
    "usuario",
    "empleado",
    "pracownik",
    "medewerker",
    "profile",
    "people",
    "tbl",
    "col",
    "fld",
    "f",
    "str",
    "txt",
    "vc",
    "vch",
    "s",
    "c",
    "b",
    "dt",
    "ts",
    "is",
    "fk",
    "auth",
    "sys",
    "student",
    "worker",
    "candidate",
    "party",
    "owner",
    "admin",
    "login",
];

/// Words that may stand beside a name and change nothing.
pub(super) const NEUTRAL: &[&str] = &[
    "address",
    "addr",
    "primary",
    "main",
    "default",
    "work",
    "business",
    "company",
    "corporate",
    "official",
    "internal",
    "value",
    "text",
    "field",
    "str",
    "nr",
    "no",
    "number",
    "num",
    "current",
    "user",
    "usr",
    "the",
    "e",
    "1",
    "at",
    "on",
    "date",
    "time",
    "timestamp",
    "utc",
    "name",
    "desc",
    "description",
    "label",
    "flag",
    "ind",
    "indicator",
    "yn",
    "hash",
    "hashed",
    "digest",
    "bcrypt",
    "crypt",
    "encrypted",
    "sha",
    "md",
    "256",
    "512",
    "5",
];

/// Words of columns that must never be suggested: secrets of other kinds, private matters, and facts about another column.
pub(super) const BANNED: &[&str] = &[
    "token",
    "tokens",
    "secret",
    "secrets",
    "pin",
    "pins",
    "ssn",
    "nino",
    "security",
    "question",
    "answer",
    "otp",
    "totp",
    "hotp",
    "mfa",
    "tfa",
    "2fa",
    "factor",
    "twofactor",
    "recovery",
    "reset",
    "resets",
    "remember",
    "api",
    "apikey",
    "csrf",
    "nonce",
    "session",
    "cookie",
    "cvv",
    "cvc",
    "iban",
    "bic",
    "card",
    "creditcard",
    "salary",
    "gehalt",
    "wage",
    "bank",
    "passport",
    "tax",
    "steuer",
    "pesel",
    "curp",
    "dni",
    "bsn",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "geburtsdatum",
    "geburtstag",
    "gender",
    "sex",
    "geschlecht",
    "religion",
    "hint",
    "verified",
    "verification",
    "confirmed",
    "confirmation",
    "activation",
    "expires",
    "expiry",
    "expired",
    "expiration",
    "changed",
    "changes",
    "change",
    "created",
    "updated",
    "modified",
    "history",
    "previous",
    "prev",
    "old",
    "temp",
    "tmp",
    "attempts",
    "attempt",
    "failed",
    "failures",
    "count",
    "counter",
    "version",
    "algorithm",
    "algo",
    "iterations",
    "fax",
    "ip",
    "note",
    "notes",
    "comment",
    "comments",
    "photo",
    "avatar",
    "image",
    "picture",
    "blob",
    "signature",
    "backup",
    "legacy",
    "superuser",
    "constraint",
    "format",
    "hashalgorithm",
    "policy",
    "never",
    "required",
    "mother",
    "maiden",
    "emergency",
    "spouse",
    "parent",
    "guardian",
];

/// Beginnings and endings that give a secret away where no mark parts the words.
pub(super) const BANNED_PARTS: &[&str] =
    &["token", "secret", "answer", "question", "socialsecurity", "creditcard", "geburt", "hint", "salary"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for (name, meaning) in [
            ("firstname", A("firstName")),
            ("hasło", Password),
            ("contraseña", Password),
            ("téléphone", Phone),
            ("Mot de passe", Password),
            ("Фамилия", A("lastName")),
            ("姓名", FullName),
            ("Größe", A("title")),
        ] {
            let found = look_up(&fold(name)).map(|(meaning, _)| meaning);
            assert_eq!(found == Some(meaning), name != "Größe", "{name}: {found:?}");
        }
    }
}
