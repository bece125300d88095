//! What came back from Okta: status, the headers that matter, the body; or why nothing came.

use chrono::DateTime;
use reqwest::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::model::{said, said_word, take_said, take_word};

/// What a bucket's headers said: `X-Rate-Limit-*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls a window allows this caller. 0 in a concurrency refusal.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// When the window renews: epoch seconds by the server's clock.
    pub reset: i64,
}

impl Limits {
    /// What the rate headers say. A proxy may hand them on twice, or join the two with a comma (`600, 600`): the smaller number
    /// counts, as in Okta's own SDKs. `None` when one of the three is missing or is no number.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let count = |name| smallest(headers, name).and_then(|n| u32::try_from(n).ok());
        Some(Self {
            limit: count("x-rate-limit-limit")?,
            remaining: count("x-rate-limit-remaining")?,
            reset: smallest(headers, "x-rate-limit-reset")?,
        })
    }
}

/// The smallest number a header holds, however often it came and however its values were joined.
fn smallest(headers: &HeaderMap, name: &str) -> Option<i64> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(leading_number).min()
}

/// The number a text begins with: `600`, and the 600 of `600;w=60`.
fn leading_number(text: &str) -> Option<i64> {
    let text = text.trim();
    text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())].parse().ok()
}

/// A date in the form of HTTP's headers, as epoch seconds; the first, where a proxy joined two.
fn http_date(text: &str) -> Option<i64> {
    // `Sun, 03 Feb 2019 06:34:40 GMT` has 29 letters, always.
    let text = text.trim();
    let date = DateTime::parse_from_rfc2822(text)
        .or_else(|wrong| text.get(..29).map_or(Err(wrong), DateTime::parse_from_rfc2822));
    date.ok().map(|date| date.timestamp())
}

/// Okta's error body (okta-api.md 0).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorBody {
    /// Stable: `E0000001`.
    #[serde(deserialize_with = "take_word")]
    pub error_code: String,
    /// A sentence. Of this and all others, what is longer than anyone reads is cut as it is taken in.
    #[serde(deserialize_with = "take_said")]
    pub error_summary: String,
    /// What exactly, one a problem.
    pub error_causes: Vec<ErrorCause>,
    /// OAuth's own shape (`invalid_token`), where a front end answers instead.
    #[serde(rename = "error", deserialize_with = "take_oauth")]
    pub oauth_error: Option<String>,
}

/// The most causes that are told: more than a person has attributes that fail at once.
const MOST_CAUSES: usize = 50;

/// One cause in an error body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorCause {
    /// A sentence, mostly `attribute: what is wrong`.
    #[serde(deserialize_with = "take_said")]
    pub error_summary: String,
}

fn take_oauth<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| said(&text)))
}

impl ErrorBody {
    /// Okta's own words: the summary, then the causes. At most [`LONGEST_SAID`](crate::model::LONGEST_SAID) characters.
    pub fn words(&self) -> String {
        said(&self.all_words())
    }

    fn all_words(&self) -> String {
        let causes = self.error_causes.iter().map(|c| c.error_summary.trim()).filter(|c| !c.is_empty());
        let causes: Vec<&str> = causes.take(MOST_CAUSES).collect();
        match (self.error_summary.trim(), causes.is_empty()) {
            ("", true) => self.oauth_error.clone().unwrap_or_default(),
            (summary, true) => summary.to_owned(),
            ("", false) => causes.join("; "),
            (summary, false) => format!("{summary}: {}", causes.join("; ")),
        }
    }
}

/// An HTTP answer. The body is wiped when dropped: a profile is personal, and an activation link opens an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Okta's id for this exchange, for support.
    pub request_id: Option<String>,
    /// The bucket's headers, if they came.
    pub limits: Option<Limits>,
    /// The server's clock: epoch seconds.
    pub date: Option<i64>,
    /// `Retry-After` in seconds, which Okta does not promise.
    pub retry_after: Option<u64>,
    /// The address of the next page.
    pub next: Option<String>,
    /// Whether the body calls itself JSON.
    pub json: bool,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("limits", &self.limits)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// An answer's status and headers; the body is still to come.
    pub(crate) fn begun(status: u16, headers: &HeaderMap) -> Self {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let date = text(header::DATE).and_then(http_date);
        let mut next = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
        Self {
            status,
            request_id: headers.get("x-okta-request-id").and_then(|value| value.to_str().ok()).map(said_word),
            limits: Limits::of(headers),
            date,
            retry_after: retry_after(headers, date),
            next: next.find_map(next_link).map(str::to_owned),
            json: text(header::CONTENT_TYPE).is_some_and(|kind| kind.contains("json")),
            body: Zeroizing::new(Vec::new()),
        }
    }

    /// Whether the status says success.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as a value. `None` when it is not that.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as Okta's error, if it is one.
    pub fn error(&self) -> Option<ErrorBody> {
        if self.ok() {
            return None;
        }
        self.parse::<ErrorBody>().filter(|e| !e.error_code.is_empty() || e.oauth_error.is_some())
    }

    /// Whether the body is a web page: a proxy, a captive portal or a maintenance page answered in Okta's place.
    pub fn is_web_page(&self) -> bool {
        let start = self.body.iter().position(|b| !b.is_ascii_whitespace() && *b < 0x80).unwrap_or(0);
        !self.json && self.body.get(start).is_some_and(|b| *b == b'<')
    }

    /// For tests, and for people who bring their own transport.
    pub fn of(status: u16, body: &str) -> Self {
        Self {
            status,
            request_id: None,
            limits: None,
            date: None,
            retry_after: None,
            next: None,
            json: body.starts_with(['{', '[']),
            body: Zeroizing::new(body.as_bytes().to_vec()),
        }
    }
}

/// `Retry-After`: seconds, or a date, which is compared with the server's own.
fn retry_after(headers: &HeaderMap, now: Option<i64>) -> Option<u64> {
    let date = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(http_date);
    let seconds = match date {
        Some(until) => (until - now?).max(0),
        None => smallest(headers, header::RETRY_AFTER.as_str())?,
    };
    u64::try_from(seconds).ok()
}

/// `<https://…>; rel="next"` in a Link header, which may hold several.
fn next_link(header: &str) -> Option<&str> {
    header.split(',').find_map(|part| {
        let (link, rest) = part.trim().strip_prefix('<')?.split_once('>')?;
        rest.contains("rel=\"next\"").then_some(link)
    })
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// No connection was made: certainly nothing was executed.
    NotSent {
        /// The cause in a person's words.
        what: String,
        /// The library's own text.
        technical: String,
        /// Whether it may be over in a moment. A name that no server has, or a certificate that is not trusted, stays so.
        passes: bool,
    },
    /// The request was (perhaps) sent and no whole answer came back: it may have been executed.
    Unknown {
        /// The cause in a person's words.
        what: String,
        /// The library's own text.
        technical: String,
        /// Whether asking once more makes sense to someone who waits for the answer. After a time-out they have waited enough.
        passes: bool,
    },
}

impl Broken {
    /// The cause in a person's words.
    pub fn what(&self) -> &str {
        match self {
            Self::NotSent { what, .. } | Self::Unknown { what, .. } => what,
        }
    }

    /// The library's own text.
    pub fn technical(&self) -> &str {
        match self {
            Self::NotSent { technical, .. } | Self::Unknown { technical, .. } => technical,
        }
    }

    /// Whether it may be over in a moment.
    pub fn passes(&self) -> bool {
        match self {
            Self::NotSent { passes, .. } | Self::Unknown { passes, .. } => *passes,
        }
    }
}

/// What became of a request.
pub type Answer = Result<Reply, Broken>;

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(all: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn of_doubled_rate_headers_the_smaller_is_read() {
        let rate = |limit: &str, remaining: &str, reset: &str| {
            let all = headers(&[
                ("x-rate-limit-limit", limit),
                ("X-Rate-Limit-Remaining", remaining),
                ("x-rate-limit-reset", reset),
            ]);
            Reply::begun(200, &all).limits.map(|l| (l.limit, l.remaining, l.reset))
        };
        assert_eq!(rate("600", "599", "1549175710"), Some((600, 599, 1_549_175_710)));
        assert_eq!(rate("600, 300", "0,12", "1549175710, 1549175695"), Some((300, 0, 1_549_175_695)));
        assert_eq!(rate("600;w=60", " 7 ", "1549175710.5"), Some((600, 7, 1_549_175_710)));
        assert_eq!(rate("0, 0", "0, 0", "9, 9"), Some((0, 0, 9)), "a refusal for concurrency");
        assert_eq!(rate("many", "0", "9"), None);
        let twice = headers(&[
            ("x-rate-limit-limit", "600"),
            ("x-rate-limit-limit", "50"),
            ("x-rate-limit-remaining", "3"),
            ("x-rate-limit-reset", "9"),
        ]);
        assert_eq!(Reply::begun(429, &twice).limits.map(|l| l.limit), Some(50));
    }

    #[test]
    fn dates_come_joined_too_and_retry_after_may_be_one() {
        let date = |text: &str| Reply::begun(200, &headers(&[("date", text)])).date;
        let once = date("Sun, 03 Feb 2019 06:34:40 GMT");
        assert_eq!(once, Some(1_549_175_680));
        assert_eq!(date("Sun, 03 Feb 2019 06:34:40 GMT, Sun, 03 Feb 2019 06:34:41 GMT"), once);
        assert_eq!(date("yesterday"), None);
        let after = |text: &str| {
            let all = headers(&[("date", "Sun, 03 Feb 2019 06:34:40 GMT"), ("retry-after", text)]);
            Reply::begun(429, &all).retry_after
        };
        assert_eq!(after("30"), Some(30));
        assert_eq!(after("30, 20"), Some(20));
        assert_eq!(after("Sun, 03 Feb 2019 06:35:00 GMT"), Some(20));
        assert_eq!(after("Sun, 03 Feb 2019 06:34:00 GMT"), Some(0), "never before now");
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn the_next_page_is_found_among_the_links() {
        assert_eq!(next_link(r#"<https://a/b?after=1>; rel="next""#), Some("https://a/b?after=1"));
        assert_eq!(
            next_link(r#"<https://a/b>; rel="self", <https://a/b?after=2>; rel="next""#),
            Some("https://a/b?after=2")
        );
        assert_eq!(next_link(r#"<https://a/b>; rel="self""#), None);
    }
}
