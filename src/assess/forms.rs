//! The forms of values: addresses, countries, languages, time zones, URLs.

/// An e-mail address as Okta takes it: one part before the last `@`, a domain with a dot after it. Non-ASCII letters are
/// fine (RFC 6531); white space and control characters are not.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    let atom = |c: char| {
        c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || (!c.is_ascii() && !c.is_whitespace())
    };
    !local.is_empty()
        && local.len() <= 64 * 4
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || c == '-'
                    || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
            })
    };
    let mut labels = domain.split('.');
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && labels.all(label)
        && last.chars().count() >= 2
        && !last.bytes().all(|b| b.is_ascii_digit())
}

/// ISO 3166-1 alpha-2: two capital letters.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// `en_US`, as Okta's locale wants it: a language, perhaps a script, perhaps a country, joined by underscores.
pub(crate) fn is_locale(text: &str) -> bool {
    is_tag(text, '_')
}

/// `en-US`, as in `Accept-Language`: one tag.
pub(crate) fn is_language(text: &str) -> bool {
    is_tag(text, '-')
}

fn is_tag(text: &str, separator: char) -> bool {
    let mut parts = text.split(separator);
    let language = parts.next().unwrap_or_default();
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    (2..=3).contains(&language.len())
        && letters(language)
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `Europe/Prague`: the form of an IANA time zone. Whether there is such a place only Okta knows.
pub(crate) fn is_timezone(text: &str) -> bool {
    if matches!(text, "UTC" | "GMT" | "UCT" | "Zulu" | "EST" | "MST" | "HST" | "CET" | "EET" | "MET" | "WET")
    {
        return true;
    }
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b))
    };
    (2..=3).contains(&text.split('/').count()) && text.split('/').all(part)
}

/// An absolute URL with a host.
pub(crate) fn is_absolute_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Whether a value holds what a browser would take for markup.
pub(crate) fn holds_html(text: &str) -> bool {
    let starts_tag = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    text.match_indices('<').any(|(at, _)| starts_tag(&text[at + 1..]) && text[at..].contains('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "jan@example.com",
            "maire.o'neill@x.ie",
            "a+b@x.co.uk",
            "李伟@例え.jp",
            "дмитрий@почта.рф",
            "a/b@x.cz",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "jan",
            "jan@",
            "@x.cz",
            "jan@localhost",
            "jan@x..cz",
            ".jan@x.cz",
            "jan.@x.cz",
            "ja n@x.cz",
            "jan@x.cz ",
            "jan@-x.cz",
            "jan@x.1",
            "jan@x.c",
            "a@b@c.cz",
            "jan@x_y.cz",
            "Jan <jan@x.cz>",
            "jan@x.cz,eva@x.cz",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn codes_of_places_and_languages() {
        assert!(is_country("CZ") && !is_country("cz") && !is_country("CZE") && !is_country("C1"));
        assert!(
            is_locale("en_US")
                && is_locale("cs")
                && is_locale("zh_Hans_CN")
                && !is_locale("en-US")
                && !is_locale("english")
        );
        assert!(
            is_language("en-US")
                && is_language("cs")
                && !is_language("en_US")
                && !is_language("Czech language")
        );
        assert!(
            is_timezone("Europe/Prague") && is_timezone("America/Argentina/Ushuaia") && is_timezone("UTC")
        );
        assert!(
            is_timezone("Etc/GMT+3")
                && !is_timezone("+02:00")
                && !is_timezone("Prague")
                && !is_timezone("Europe/")
        );
        assert!(
            is_absolute_url("https://example.com/jan") && !is_absolute_url("/jan") && !is_absolute_url("jan")
        );
    }

    #[test]
    fn markup() {
        assert!(
            holds_html("<b>x</b>")
                && holds_html("a <script>")
                && !holds_html("a < b > c")
                && !holds_html("<3")
        );
    }
}
