//! Names of places that Okta does not take, and what it takes instead: Windows' names of time zones, three-letter country codes.

/// Windows' names of time zones, each with the IANA zone that CLDR gives it for the whole world (`windowsZones`, territory 001).
const WINDOWS: &[(&str, &str)] = &[
    ("AUS Central", "Australia/Darwin"),
    ("AUS Eastern", "Australia/Sydney"),
    ("Afghanistan", "Asia/Kabul"),
    ("Alaskan", "America/Anchorage"),
    ("Aleutian", "America/Adak"),
    ("Altai", "Asia/Barnaul"),
    ("Arab", "Asia/Riyadh"),
    ("Arabian", "Asia/Dubai"),
    ("Arabic", "Asia/Baghdad"),
    ("Argentina", "America/Argentina/Buenos_Aires"),
    ("Astrakhan", "Europe/Astrakhan"),
    ("Atlantic", "America/Halifax"),
    ("Aus Central W.", "Australia/Eucla"),
    ("Azerbaijan", "Asia/Baku"),
    ("Azores", "Atlantic/Azores"),
    ("Bahia", "America/Bahia"),
    ("Bangladesh", "Asia/Dhaka"),
    ("Belarus", "Europe/Minsk"),
    ("Bougainville", "Pacific/Bougainville"),
    ("Canada Central", "America/Regina"),
    ("Cape Verde", "Atlantic/Cape_Verde"),
    ("Caucasus", "Asia/Yerevan"),
    ("Cen. Australia", "Australia/Adelaide"),
    ("Central America", "America/Guatemala"),
    ("Central Asia", "Asia/Almaty"),
    ("Central Brazilian", "America/Cuiaba"),
    ("Central Europe", "Europe/Budapest"),
    ("Central European", "Europe/Warsaw"),
    ("Central Pacific", "Pacific/Guadalcanal"),
    ("Central", "America/Chicago"),
    ("Chatham Islands", "Pacific/Chatham"),
    ("China", "Asia/Shanghai"),
    ("Cuba", "America/Havana"),
    ("Dateline", "Etc/GMT+12"),
    ("E. Africa", "Africa/Nairobi"),
    ("E. Australia", "Australia/Brisbane"),
    ("E. Europe", "Europe/Chisinau"),
    ("E. South America", "America/Sao_Paulo"),
    ("Easter Island", "Pacific/Easter"),
    ("Eastern", "America/New_York"),
    ("Egypt", "Africa/Cairo"),
    ("Ekaterinburg", "Asia/Yekaterinburg"),
    ("FLE", "Europe/Kyiv"),
    ("Fiji", "Pacific/Fiji"),
    ("GMT", "Europe/London"),
    ("GTB", "Europe/Bucharest"),
    ("Georgian", "Asia/Tbilisi"),
    ("Greenland", "America/Nuuk"),
    ("Greenwich", "Atlantic/Reykjavik"),
    ("Haiti", "America/Port-au-Prince"),
    ("Hawaiian", "Pacific/Honolulu"),
    ("India", "Asia/Kolkata"),
    ("Iran", "Asia/Tehran"),
    ("Israel", "Asia/Jerusalem"),
    ("Jordan", "Asia/Amman"),
    ("Kaliningrad", "Europe/Kaliningrad"),
    ("Korea", "Asia/Seoul"),
    ("Libya", "Africa/Tripoli"),
    ("Line Islands", "Pacific/Kiritimati"),
    ("Lord Howe", "Australia/Lord_Howe"),
    ("Magadan", "Asia/Magadan"),
    ("Magallanes", "America/Punta_Arenas"),
    ("Marquesas", "Pacific/Marquesas"),
    ("Mauritius", "Indian/Mauritius"),
    ("Middle East", "Asia/Beirut"),
    ("Montevideo", "America/Montevideo"),
    ("Morocco", "Africa/Casablanca"),
    ("Mountain", "America/Denver"),
    ("Myanmar", "Asia/Yangon"),
    ("N. Central Asia", "Asia/Novosibirsk"),
    ("Namibia", "Africa/Windhoek"),
    ("Nepal", "Asia/Kathmandu"),
    ("New Zealand", "Pacific/Auckland"),
    ("Newfoundland", "America/St_Johns"),
    ("Norfolk", "Pacific/Norfolk"),
    ("North Asia East", "Asia/Irkutsk"),
    ("North Asia", "Asia/Krasnoyarsk"),
    ("North Korea", "Asia/Pyongyang"),
    ("Omsk", "Asia/Omsk"),
    ("Pacific SA", "America/Santiago"),
    ("Pacific", "America/Los_Angeles"),
    ("Pakistan", "Asia/Karachi"),
    ("Paraguay", "America/Asuncion"),
    ("Qyzylorda", "Asia/Qyzylorda"),
    ("Romance", "Europe/Paris"),
    ("Russia Time Zone 10", "Asia/Srednekolymsk"),
    ("Russia Time Zone 11", "Asia/Kamchatka"),
    ("Russia Time Zone 3", "Europe/Samara"),
    ("Russian", "Europe/Moscow"),
    ("SA Eastern", "America/Cayenne"),
    ("SA Pacific", "America/Bogota"),
    ("SA Western", "America/La_Paz"),
    ("SE Asia", "Asia/Bangkok"),
    ("Saint Pierre", "America/Miquelon"),
    ("Sakhalin", "Asia/Sakhalin"),
    ("Samoa", "Pacific/Apia"),
    ("Sao Tome", "Africa/Sao_Tome"),
    ("Saratov", "Europe/Saratov"),
    ("Singapore", "Asia/Singapore"),
    ("South Africa", "Africa/Johannesburg"),
    ("South Sudan", "Africa/Juba"),
    ("Sri Lanka", "Asia/Colombo"),
    ("Sudan", "Africa/Khartoum"),
    ("Syria", "Asia/Damascus"),
    ("Taipei", "Asia/Taipei"),
    ("Tasmania", "Australia/Hobart"),
    ("Tocantins", "America/Araguaina"),
    ("Tokyo", "Asia/Tokyo"),
    ("Tomsk", "Asia/Tomsk"),
    ("Tonga", "Pacific/Tongatapu"),
    ("Transbaikal", "Asia/Chita"),
    ("Turkey", "Europe/Istanbul"),
    ("Turks And Caicos", "America/Grand_Turk"),
    ("US Eastern", "America/Indiana/Indianapolis"),
    ("US Mountain", "America/Phoenix"),
    ("Ulaanbaatar", "Asia/Ulaanbaatar"),
    ("Venezuela", "America/Caracas"),
    ("Vladivostok", "Asia/Vladivostok"),
    ("Volgograd", "Europe/Volgograd"),
    ("W. Australia", "Australia/Perth"),
    ("W. Central Africa", "Africa/Lagos"),
    ("W. Europe", "Europe/Berlin"),
    ("W. Mongolia", "Asia/Hovd"),
    ("West Asia", "Asia/Tashkent"),
    ("West Bank", "Asia/Hebron"),
    ("West Pacific", "Pacific/Port_Moresby"),
    ("Yakutsk", "Asia/Yakutsk"),
    ("Yukon", "America/Whitehorse"),
];

/// The Mexican ones of Windows bear the country behind the word for the time.
const WINDOWS_MEXICO: [(&str, &str); 4] = [
    ("Central", "America/Mexico_City"),
    ("Eastern", "America/Cancun"),
    ("Mountain", "America/Mazatlan"),
    ("Pacific", "America/Tijuana"),
];

/// The IANA name of a time zone as Windows calls it: `W. Europe Standard Time` → `Europe/Berlin`.
pub fn zone_of_windows(name: &str) -> Option<&'static str> {
    let of = |table: &[(&str, &'static str)], region: &str| {
        table.iter().find(|(known, _)| known.eq_ignore_ascii_case(region)).map(|(_, zone)| *zone)
    };
    let ending = |text: &'static str| {
        let at = name.len().checked_sub(text.len())?;
        let (region, end) = name.split_at_checked(at)?;
        end.eq_ignore_ascii_case(text).then_some(region)
    };
    if let Some(region) = ending(" Standard Time (Mexico)") {
        return of(&WINDOWS_MEXICO, region);
    }
    let region = ending(" Standard Time").or_else(|| ending(" Daylight Time"));
    of(WINDOWS, region.unwrap_or_else(|| if name.starts_with("Russia Time Zone ") { name } else { "" }))
}

/// ISO 3166-1: each country's alpha-3 code, then its alpha-2 code.
const ALPHA_3: &str = "\
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ \
    BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH \
    CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK \
    DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI \
    GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN \
    IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB \
    LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT \
    MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO \
    NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO \
    RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI \
    SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG \
    UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW";

/// The alpha-2 code of an alpha-3 code of ISO 3166-1, in either case: `AUT` → `AT`.
pub fn country_of_alpha_3(code: &str) -> Option<&'static str> {
    let all = ALPHA_3.split_ascii_whitespace().filter_map(|both| both.split_at_checked(3));
    let mut both = all.filter(|(three, _)| three.eq_ignore_ascii_case(code));
    both.next().map(|(_, two)| two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{is_country_code, is_time_zone};

    #[test]
    fn windows_zones_are_iana_zones() {
        for (name, zone) in WINDOWS.iter().chain(&WINDOWS_MEXICO) {
            assert!(is_time_zone(zone), "{name}");
        }
        assert_eq!(zone_of_windows("W. Europe Standard Time"), Some("Europe/Berlin"));
        assert_eq!(zone_of_windows("w. europe daylight time"), Some("Europe/Berlin"));
        assert_eq!(zone_of_windows("Pacific Standard Time (Mexico)"), Some("America/Tijuana"));
        assert_eq!(zone_of_windows("Russia Time Zone 3"), Some("Europe/Samara"));
        for none in [
            "",
            "Europe/Berlin",
            "Central",
            "W. Europe",
            "Mars Standard Time",
            " Standard Time",
            "é Standard Time",
        ] {
            assert_eq!(zone_of_windows(none), None, "{none}");
        }
    }

    #[test]
    fn every_country_has_its_three_letters() {
        let twos: std::collections::BTreeSet<&str> =
            ALPHA_3.split_ascii_whitespace().map(|both| &both[3..]).collect();
        assert_eq!((ALPHA_3.split_ascii_whitespace().count(), twos.len()), (249, 249));
        assert!(twos.iter().all(|two| is_country_code(two)));
        assert_eq!(country_of_alpha_3("AUT"), Some("AT"));
        assert_eq!(country_of_alpha_3("deu"), Some("DE"));
        assert_eq!(
            (country_of_alpha_3("XXX"), country_of_alpha_3("AT"), country_of_alpha_3("")),
            (None, None, None)
        );
    }
}
