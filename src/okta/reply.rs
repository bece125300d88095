//! What came back from Okta: status, the headers that matter, the body; or why nothing came.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

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

/// Okta's error body (okta-api.md 0).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorBody {
    /// Stable: `E0000001`.
    pub error_code: String,
    /// A sentence.
    pub error_summary: String,
    /// What exactly, one a problem.
    pub error_causes: Vec<ErrorCause>,
    /// OAuth's own shape (`invalid_token`), where a front end answers instead.
    #[serde(rename = "error")]
    pub oauth_error: Option<String>,
}

/// One cause in an error body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorCause {
    /// A sentence, mostly `attribute: what is wrong`.
    pub error_summary: String,
}

impl ErrorBody {
    /// Okta's own words: the summary, then the causes.
    pub fn words(&self) -> String {
        let causes: Vec<&str> =
            self.error_causes.iter().map(|c| c.error_summary.trim()).filter(|c| !c.is_empty()).collect();
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

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// No connection was made: certainly nothing was executed.
    NotSent {
        /// The cause in a person's words.
        what: String,
        /// The library's own text.
        technical: String,
    },
    /// The request was (perhaps) sent and no whole answer came back: it may have been executed.
    Unknown {
        /// The cause in a person's words.
        what: String,
        /// The library's own text.
        technical: String,
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
}

/// What became of a request.
pub type Answer = Result<Reply, Broken>;
