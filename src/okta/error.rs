//! What can go wrong between us and an org, as something the administrator can act on.

use thiserror::Error;

use super::judge::{Call, PauseReason, Verdict, Why, judge};
use super::reply::Answer;
use super::url::UrlProblem;
use crate::model::Explain;

/// What can go wrong with a call. `Display` says what happened; [`Explain::advice`] what to do next;
/// [`Explain::technical`] the text for support.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OktaError {
    /// The address can't be used.
    #[error("{0}")]
    Url(#[from] UrlProblem),
    /// No connection, or no answer.
    #[error("{what}")]
    Unreachable {
        /// In a person's words.
        what: String,
        /// The library's text.
        technical: String,
        /// Whether it may be over in a moment.
        passes: bool,
    },
    /// Something answered, but not Okta.
    #[error("What answered at this address is not Okta.")]
    NotOkta {
        /// Status and kind of the answer.
        technical: String,
    },
    /// The token is wrong, revoked or expired.
    #[error("Okta does not accept this token.")]
    Token {
        /// Okta's words.
        words: String,
    },
    /// The token's owner lacks a right, or the org a feature.
    #[error("This token isn't allowed to do that.")]
    NoRight {
        /// Okta's words.
        words: String,
    },
    /// The org is switched off.
    #[error("This Okta org has been switched off.")]
    OrgOff {
        /// Okta's words.
        words: String,
    },
    /// Not now: limits, maintenance, a server error that went on.
    #[error("Okta can't answer just now.")]
    Busy {
        /// Okta's words, or the status.
        words: String,
    },
    /// No answer that tells whether it was done.
    #[error("It is not known whether Okta did this ({what}): {words}.")]
    NotKnown {
        /// What was asked for: `make the group “x”`.
        what: String,
        /// What came instead of an answer.
        words: String,
    },
    /// Okta refused this request.
    #[error("Okta refused: {words}")]
    Refused {
        /// Okta's code.
        code: String,
        /// Okta's words.
        words: String,
    },
    /// The HTTP library could not be set up.
    #[error("The connection could not be prepared.")]
    Setup(String),
    /// The token has characters that no token has.
    #[error("This is not an Okta token.")]
    TokenForm,
}

impl OktaError {
    /// [`Explain::advice`], as it stands.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Self::Url(problem) => problem.next(),
            Self::Unreachable { .. } => {
                "Check the domain, this computer's network, and whether a firewall or proxy stands in between."
            }
            Self::NotOkta { .. } => {
                "Check the domain. If it is right, a proxy or a sign-in page of the network may be answering in Okta's place."
            }
            Self::Token { .. } => {
                "Make a new token in the Admin Console under Security › API › Tokens. Tokens expire after 30 days without use, \
                 and may be tied to network zones."
            }
            Self::NoRight { .. } => {
                "Give the token's owner the permission in the Admin Console (a super or org admin has all), or use another token."
            }
            Self::OrgOff { .. } => "Ask Okta to switch the org on again, or choose another org.",
            Self::Busy { .. } => "Wait a minute, then try again.",
            Self::NotKnown { .. } => {
                "Wait a minute, then try again: Causeway first checks in Okta whether it is there. If it goes on, check whether a proxy or \
                 firewall changes what Okta answers."
            }
            Self::Refused { .. } => "Okta's own words say why.",
            Self::Setup(_) => "Start the program again; if it stays, report it with the technical text.",
            Self::TokenForm => {
                "Copy the token again, whole: about 42 letters, digits, - and _, starting with 00."
            }
        }
    }

    /// What a run that stands still for this reason tells someone who is not there to mend it.
    pub(crate) fn of_pause(why: PauseReason, words: String) -> Self {
        match why {
            PauseReason::Token => Self::Token { words },
            PauseReason::Rights | PauseReason::Feature => Self::NoRight { words },
            PauseReason::OrgOff => Self::OrgOff { words },
            PauseReason::NotOkta => Self::NotOkta { technical: words },
            PauseReason::SameRefusal => Self::Refused { code: String::new(), words },
            PauseReason::Failing | PauseReason::Unreadable => Self::Busy { words },
        }
    }

    /// Whether it may be over in a moment, so that a question is asked again.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::NotKnown { .. } => true,
            Self::Unreachable { passes, .. } => *passes,
            _ => false,
        }
    }

    /// What an answer that is no success means for someone who asked once and will not wait.
    pub(crate) fn of(call: Call, answer: &Answer) -> Self {
        match answer {
            Err(broken) => Self::Unreachable {
                what: broken.what().to_owned(),
                technical: broken.technical().to_owned(),
                passes: broken.passes(),
            },
            Ok(reply) => {
                let words = reply.error().map_or_else(|| format!("HTTP {}", reply.status), |e| e.words());
                match judge(call, answer) {
                    Verdict::Pause { why: PauseReason::Token, .. } => Self::Token { words },
                    Verdict::Pause { why: PauseReason::OrgOff, .. } => Self::OrgOff { words },
                    Verdict::Pause { why: PauseReason::Rights | PauseReason::Feature, .. } => {
                        Self::NoRight { words }
                    }
                    Verdict::Pause { why: PauseReason::NotOkta, .. } => {
                        Self::NotOkta { technical: format!("HTTP {}", reply.status) }
                    }
                    Verdict::ThisPerson(refusal) => Self::Refused { code: refusal.code, words },
                    Verdict::Missing => Self::Refused { code: "E0000007".to_owned(), words },
                    Verdict::Done if reply.is_web_page() || reply.ok() => {
                        Self::NotOkta { technical: format!("HTTP {}, not the JSON expected", reply.status) }
                    }
                    Verdict::Retry { why: Why::TimedOut, .. } => Self::Busy {
                        words: format!("A gateway timed out before Okta answered (HTTP {}).", reply.status),
                    },
                    Verdict::AskFirst { why: Why::TimedOut } => Self::NotKnown {
                        what: "make it".to_owned(),
                        words: format!("a gateway timed out before Okta answered (HTTP {})", reply.status),
                    },
                    _ if reply.is_web_page() => {
                        Self::NotOkta { technical: format!("HTTP {}, a web page", reply.status) }
                    }
                    _ => Self::Busy { words },
                }
            }
        }
    }
}

impl Explain for OktaError {
    fn advice(&self) -> String {
        self.next().to_owned()
    }

    fn technical(&self) -> Option<&str> {
        let text = match self {
            Self::Unreachable { technical, .. } | Self::NotOkta { technical } | Self::Setup(technical) => {
                technical
            }
            Self::Token { words }
            | Self::NoRight { words }
            | Self::OrgOff { words }
            | Self::Busy { words }
            | Self::NotKnown { words, .. }
            | Self::Refused { words, .. } => words,
            Self::Url(_) | Self::TokenForm => "",
        };
        (!text.is_empty()).then_some(text)
    }
}
