//! One person, assessed.

use chrono::{DateTime, NaiveDate, Utc};

use super::schema::SchemaRules;
use super::{codes, groups, password, profile};
use crate::model::{Assessed, Candidate, Finding, PasswordSettings, Route, Severity};

/// What assessing depends on beside the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessContext {
    /// What the administrator stated about stored passwords.
    pub password: PasswordSettings,
    /// What the org demands of profiles.
    pub schema: SchemaRules,
    /// Today.
    pub today: NaiveDate,
}

impl AssessContext {
    /// Okta's own schema, and these settings.
    pub fn new(password: PasswordSettings, today: NaiveDate) -> Self {
        Self { password, schema: SchemaRules::default(), today }
    }
}

/// After how many days without a sign-in a person is noted as long unused.
const LONG_UNUSED: i64 = 365;

/// Decides a candidate's route, and says everything there is to know about them, the gravest first.
pub fn assess(candidate: Candidate, context: &AssessContext) -> Assessed {
    let mut findings = candidate.mapping_findings.clone();
    profile::findings(&candidate.profile, &context.schema, &mut findings);
    groups::findings(&candidate.groups, &mut findings);
    if candidate.active == Some(false) {
        let text = "Switched off in the source; left out unless you put this person back";
        findings.push(Finding::new(Severity::Warns, codes::DISABLED, None, text));
    }
    if let Some(last) = candidate.last_sign_in {
        sign_in(last, context.today, &mut findings);
    }
    let verdict = password::verdict(&candidate, &context.password, &mut findings);
    // Stable: findings of one severity stay in the order they were made.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Assessed {
        candidate,
        scheme: verdict.scheme,
        scheme_label: verdict.label,
        route: verdict.route,
        findings,
    }
}

fn sign_in(last: Option<DateTime<Utc>>, today: NaiveDate, out: &mut Vec<Finding>) {
    let Some(last) = last else {
        out.push(Finding::new(Severity::Notes, codes::NEVER_SIGNED_IN, None, "Never signed in"));
        return;
    };
    let days = (today - last.date_naive()).num_days();
    if days < -1 {
        let text = format!("The last sign-in lies in the future: {}", last.date_naive());
        out.push(Finding::new(Severity::Warns, codes::SIGN_IN_FUTURE, None, text));
    } else if days > LONG_UNUSED {
        let text = format!("Last signed in on {}, more than a year ago", last.date_naive());
        out.push(Finding::new(Severity::Notes, codes::LONG_UNUSED, None, text));
    }
}

/// What follows where the administrator chose that this person sets a new password, whatever is stored: no hash is sent, and nothing is
/// checked by the hook.
pub fn must_reset(assessed: &mut Assessed) {
    if assessed.route != Route::Reset {
        assessed.route = Route::Reset;
        // Nothing is sent that Okta could refuse.
        assessed.findings.retain(|finding| finding.code != codes::PASSWORD_BELOW_POLICY);
        let text = "You chose that this person must reset; the stored password is not sent";
        assessed.findings.push(Finding::new(Severity::Notes, codes::MUST_RESET, None, text));
    }
}

/// Whether a person is left out unless the administrator puts them back: those the source has switched off.
pub fn left_out_by_default(assessed: &Assessed) -> bool {
    assessed.candidate.active == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PasswordEvidence, Profile, SecretBytes, StoredPassword};
    use serde_json::json;

    fn context() -> AssessContext {
        AssessContext::new(PasswordSettings::default(), NaiveDate::from_ymd_opt(2026, 5, 11).unwrap())
    }

    fn stored(text: &str) -> PasswordEvidence {
        PasswordEvidence::Stored(StoredPassword {
            text: SecretBytes::from(text),
            ..StoredPassword::default()
        })
    }

    fn candidate(attributes: &[(&str, serde_json::Value)]) -> Candidate {
        let mut profile = Profile::default();
        for (name, value) in [
            ("login", json!("tomas.dvorak@example.com")),
            ("email", json!("tomas.dvorak@example.com")),
            ("firstName", json!("Tomáš")),
            ("lastName", json!("Dvořák")),
        ] {
            profile.set(name, value);
        }
        for (name, value) in attributes {
            profile.set(name, value.clone());
        }
        Candidate {
            key: "1".to_owned(),
            profile,
            groups: vec!["Sales".to_owned()],
            password: stored("{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW"),
            active: Some(true),
            last_sign_in: None,
            sharing: 0,
            mapping_findings: Vec::new(),
        }
    }

    fn codes_of(candidate: Candidate) -> Vec<String> {
        assess(candidate, &context()).findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_sound_person_with_bcrypt_is_imported_without_findings() {
        let assessed = assess(candidate(&[]), &context());
        assert_eq!(
            (assessed.scheme.as_str(), assessed.scheme_label.as_str()),
            ("spring-bcrypt", "bcrypt · 10")
        );
        assert_eq!(assessed.route, Route::Import);
        assert_eq!(assessed.findings, []);
        assert!(!left_out_by_default(&assessed));
    }

    #[test]
    fn a_stored_password_goes_into_nobodys_profile() {
        let md5 = "63c17d31de36b9b9ed6b980f8502d2ce";
        for (name, value) in [
            ("lastName", json!(md5)),
            ("department", json!("$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW")),
            ("costCenter", json!("{SSHA}Wk8RtqhVJ1xjSpNKIUvTwXGFQnJmZWFk")),
        ] {
            assert!(
                codes_of(candidate(&[(name, value)])).contains(&codes::LOOKS_STORED.to_owned()),
                "{name}"
            );
        }
        for (name, value) in [("employeeNumber", json!(md5)), ("title", json!("Head of $2a$ and {things}"))] {
            assert!(
                !codes_of(candidate(&[(name, value)])).contains(&codes::LOOKS_STORED.to_owned()),
                "{name}"
            );
        }
    }

    #[test]
    fn what_okta_refuses_blocks() {
        let long = "x".repeat(51);
        for (attribute, value, code) in [
            ("login", json!(""), codes::LOGIN_MISSING),
            ("firstName", json!(""), codes::REQUIRED_MISSING),
            ("lastName", json!("  "), codes::REQUIRED_MISSING),
            ("login", json!("tomas"), codes::LOGIN_FORM),
            ("email", json!("tomas(at)example.com"), codes::EMAIL_FORM),
            ("secondEmail", json!("-"), codes::EMAIL_FORM),
            ("firstName", json!(long), codes::TOO_LONG),
            ("login", json!(format!("{}@example.com", "x".repeat(300))), codes::TOO_LONG),
            ("countryCode", json!("CZE"), codes::TOO_LONG),
            ("countryCode", json!("cz"), codes::COUNTRY_FORM),
            ("countryCode", json!("XX"), codes::COUNTRY_FORM),
            ("locale", json!("en-US"), codes::LOCALE_FORM),
            ("preferredLanguage", json!("czech language"), codes::LANGUAGE_FORM),
            ("timezone", json!("Prague"), codes::TIMEZONE_FORM),
            ("profileUrl", json!("/people/1"), codes::URL_FORM),
            ("title", json!("Head\u{0}"), codes::CONTROL_CHARACTERS),
            ("firstName", json!("To\u{9f}m"), codes::CONTROL_CHARACTERS),
            ("title", json!(3), codes::WRONG_TYPE),
        ] {
            let assessed = assess(candidate(&[(attribute, value.clone())]), &context());
            let finding = assessed.findings.iter().find(|f| f.code == code);
            let finding = finding.unwrap_or_else(|| panic!("{attribute} {value}: {:?}", assessed.findings));
            assert_eq!(finding.severity, Severity::Blocks, "{code}");
            assert_eq!(finding.attribute.as_deref(), Some(attribute), "{code}");
            assert!(assessed.blocked());
        }
    }

    #[test]
    fn names_in_every_script_pass_and_characters_are_counted_not_bytes() {
        for (first, last) in
            [("伟", "李"), ("محمد", "الأحمد"), ("Дмитрий", "Иванов"), ("Máire", "O'Neill"), ("नमन", "शर्मा")]
        {
            assert_eq!(
                codes_of(candidate(&[("firstName", json!(first)), ("lastName", json!(last))])),
                Vec::<String>::new()
            );
        }
        assert_eq!(codes_of(candidate(&[("firstName", json!("伟".repeat(50)))])), Vec::<String>::new());
        assert_eq!(codes_of(candidate(&[("firstName", json!("伟".repeat(51)))])), [codes::TOO_LONG]);
    }

    #[test]
    fn what_surprises_warns_or_notes() {
        assert_eq!(codes_of(candidate(&[("login", json!("a/b@example.com"))])), [codes::LOGIN_UNADDRESSABLE]);
        assert_eq!(
            codes_of(candidate(&[("shoe", json!("<b>44</b>"))])),
            [codes::ATTRIBUTE_UNCHECKED, codes::HTML]
        );
        assert_eq!(codes_of(candidate(&[("streetAddress", json!("Dlouhá 1\nPraha"))])), Vec::<String>::new());
        let many = Candidate { groups: (0..21).map(|n| format!("G{n}")).collect(), ..candidate(&[]) };
        assert_eq!(codes_of(many), [codes::MANY_GROUPS]);
        let nameless =
            Candidate { groups: vec![" ".to_owned(), "é".repeat(256), "é".repeat(255)], ..candidate(&[]) };
        assert_eq!(codes_of(nameless), [codes::GROUP_NAME, codes::GROUP_NAME]);
    }

    #[test]
    fn what_cannot_be_seen_is_told_and_blocks_where_it_must_be_typed() {
        for c in [
            '\u{200b}',
            '\u{feff}',
            '\u{ad}',
            '\u{202e}',
            '\u{2060}',
            '\u{2067}',
            '\u{34f}',
            '\u{3164}',
            '\u{e0020}',
        ] {
            let address = format!("tom{c}as@example.com");
            for (attribute, value, severity) in [
                ("login", address.as_str(), Severity::Blocks),
                ("email", &address, Severity::Blocks),
                ("secondEmail", &address, Severity::Blocks),
                ("firstName", &format!("To{c}m"), Severity::Warns),
                ("lastName", &format!("Dvo{c}r"), Severity::Warns),
                ("displayName", &format!("{c}Tom"), Severity::Warns),
                ("mobilePhone", &format!("+14155552671{c}"), Severity::Warns),
                ("countryCode", &format!("C{c}Z"), Severity::Blocks),
            ] {
                let assessed = assess(candidate(&[(attribute, json!(value))]), &context());
                let found: Vec<_> =
                    assessed.findings.iter().filter(|f| f.code == codes::INVISIBLE_CHARACTERS).collect();
                assert_eq!(found.len(), 1, "{attribute} {:04x}: {:?}", u32::from(c), assessed.findings);
                assert_eq!(found[0].severity, severity, "{attribute}");
                assert!(found[0].text.contains(&format!("U+{:04X}", u32::from(c))), "{}", found[0].text);
                assert!(
                    !assessed
                        .findings
                        .iter()
                        .any(|f| f.code == codes::EMAIL_FORM || f.code == codes::LOGIN_FORM)
                );
            }
        }
        let groups = Candidate { groups: vec!["Sal\u{200b}es".to_owned()], ..candidate(&[]) };
        assert_eq!(codes_of(groups), [codes::INVISIBLE_CHARACTERS]);
        assert_eq!(codes_of(candidate(&[("firstName", json!("علی\u{200c}رضا"))])), Vec::<String>::new());
    }

    #[test]
    fn blank_values_are_left_out_and_told() {
        for blank in [" ", "\u{a0}", "\t", "\u{200b}", " \u{feff}"] {
            for attribute in ["secondEmail", "mobilePhone", "title", "shoe"] {
                let assessed = assess(candidate(&[(attribute, json!(blank))]), &context());
                let found: Vec<_> = assessed.findings.iter().map(|f| f.code.as_str()).collect();
                assert_eq!(found, [codes::BLANK_LEFT_OUT], "{attribute} {blank:?}");
            }
            assert_eq!(codes_of(candidate(&[("firstName", json!(blank))])), [codes::REQUIRED_MISSING]);
            assert_eq!(codes_of(candidate(&[("login", json!(blank))])), [codes::LOGIN_MISSING]);
        }
        assert_eq!(codes_of(candidate(&[("mobilePhone", json!(""))])), Vec::<String>::new());
    }

    #[test]
    fn disabled_people_are_left_out() {
        let off = assess(Candidate { active: Some(false), ..candidate(&[]) }, &context());
        assert!(left_out_by_default(&off));
        assert_eq!(off.findings[0].code, codes::DISABLED);
        let unsaid = assess(Candidate { active: None, ..candidate(&[]) }, &context());
        assert!(!left_out_by_default(&unsaid));
    }

    #[test]
    fn the_last_sign_in_is_judged_by_the_given_day() {
        let at = |text: &str| Candidate { last_sign_in: Some(text.parse().ok()), ..candidate(&[]) };
        assert_eq!(codes_of(at("never")), [codes::NEVER_SIGNED_IN]);
        assert_eq!(codes_of(at("2024-01-01T00:00:00Z")), [codes::LONG_UNUSED]);
        assert_eq!(codes_of(at("2026-05-01T00:00:00Z")), Vec::<String>::new());
        assert_eq!(codes_of(at("2027-05-01T00:00:00Z")), [codes::SIGN_IN_FUTURE]);
    }

    #[test]
    fn each_kind_of_password_finds_its_route() {
        for (password, scheme, route, code) in [
            (PasswordEvidence::None, "none", Route::Reset, Some(codes::PASSWORD_NONE)),
            (PasswordEvidence::AskSource, "ask-source", Route::Hook, None),
            (stored("*LK*"), "none", Route::Reset, Some(codes::PASSWORD_EMPTY)),
            (stored("gibberish"), "unknown", Route::Reset, Some(codes::PASSWORD_UNKNOWN)),
            (stored("$2a$10$short"), "malformed", Route::Reset, Some(codes::PASSWORD_MALFORMED)),
            (
                stored("5f4dcc3b5aa765d61d8327deb882cf99"),
                "ambiguous",
                Route::Hook,
                Some(codes::PASSWORD_AMBIGUOUS),
            ),
            (stored("{noop}Kiefer-42"), "spring-noop", Route::Import, Some(codes::PASSWORD_CLEAR_TEXT)),
        ] {
            let assessed = assess(Candidate { password, ..candidate(&[]) }, &context());
            assert_eq!(assessed.scheme, scheme);
            assert_eq!(assessed.route, route, "{scheme}");
            assert_eq!(assessed.findings.first().map(|f| f.code.as_str()), code, "{scheme}");
            assert!(!assessed.blocked(), "{scheme}: a password never keeps a person from moving");
        }
    }

    #[test]
    fn a_stated_digest_is_imported_with_a_note() {
        let mut context = context();
        context.password.assume = Some("md5".to_owned());
        let person = Candidate { password: stored("5f4dcc3b5aa765d61d8327deb882cf99"), ..candidate(&[]) };
        let assessed = assess(person, &context);
        assert_eq!((assessed.scheme.as_str(), assessed.route), ("hex-md5", Route::Import));
        assert_eq!(assessed.findings[0].code, codes::PASSWORD_WEAK);
    }

    #[test]
    fn who_is_to_set_a_new_password_takes_that_route_whatever_is_stored() {
        for (password, chosen) in [
            (stored("{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW"), true),
            (stored("5f4dcc3b5aa765d61d8327deb882cf99"), true),
            (PasswordEvidence::AskSource, true),
            // They set a new one anyway: the choice changes nothing, and nothing is said of it.
            (PasswordEvidence::None, false),
        ] {
            let mut assessed = assess(Candidate { password, ..candidate(&[]) }, &context());
            must_reset(&mut assessed);
            assert_eq!(assessed.route, Route::Reset);
            assert_eq!(assessed.findings.iter().any(|f| f.code == codes::MUST_RESET), chosen);
            assert!(!assessed.blocked());
        }
    }

    #[test]
    fn the_gravest_comes_first() {
        let mut person = candidate(&[("login", json!("a/b"))]);
        person.mapping_findings = vec![Finding::new(Severity::Notes, "mapping_note", None, "x")];
        let assessed = assess(person, &context());
        let severities: Vec<Severity> = assessed.findings.iter().map(|f| f.severity).collect();
        assert!(severities.is_sorted_by(|a, b| a >= b), "{severities:?}");
        assert_eq!(assessed.findings.last().unwrap().code, "mapping_note");
    }
}
