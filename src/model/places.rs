//! Countries and time zones: which codes and names there are.

/// The officially assigned alpha-2 codes of ISO 3166-1, 249 of them.
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL \
    BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV \
    CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM \
    IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK \
    LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR \
    PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS \
    ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Whether this is an ISO 3166-1 alpha-2 code: two capital letters that stand for a country.
pub fn is_country_code(text: &str) -> bool {
    text.len() == 2 && CODES.split_ascii_whitespace().any(|code| code == text)
}

/// The areas of the IANA time zone database.
const ZONE_AREAS: &str = "\
    Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US";

/// The names without an area in the IANA time zone database, old ones included.
const ZONES_ALONE: &str = "\
    CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel \
    Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT \
    UTC Universal W-SU WET Zulu";

/// Whether this can be the name of an IANA time zone: `Europe/Prague`, `America/Argentina/Ushuaia`, `UTC`. The area must be one
/// of IANA's, and a name alone one of its few; new places appear every year, so the place is only looked at for its form.
pub fn is_time_zone(text: &str) -> bool {
    let one_of = |names: &str, name: &str| names.split_ascii_whitespace().any(|known| known == name);
    let Some((area, place)) = text.split_once('/') else { return one_of(ZONES_ALONE, text) };
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b))
    };
    one_of(ZONE_AREAS, area) && place.split('/').count() <= 2 && place.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assigned_codes_in_capitals_are_countries() {
        assert_eq!(CODES.split_ascii_whitespace().count(), 249);
        for code in ["CZ", "US", "GB", "TW", "AX", "ZW"] {
            assert!(is_country_code(code), "{code}");
        }
        for no in ["XX", "UK", "EU", "ZZ", "cz", "CZE", "C", "", "C Z", "AD AE"] {
            assert!(!is_country_code(no), "{no}");
        }
    }
    #[test]
    fn time_zones_have_an_area_or_are_known_alone() {
        for good in [
            "Europe/Prague",
            "America/Argentina/Ushuaia",
            "Etc/GMT+3",
            "America/Port-au-Prince",
            "UTC",
            "EST5EDT",
            "W-SU",
        ] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in [
            "",
            "Prague",
            "Europe",
            "Europe/",
            "europe/prague",
            "Czechia/Prague",
            "+02:00",
            "Europe/Prague/a/b",
            "CEST",
            "Etc/3",
        ] {
            assert!(!is_time_zone(bad), "{bad}");
        }
    }
}
