//! What an answer means for the run (okta-api.md 8). Pure: it neither waits nor counts tries.

use serde::{Deserialize, Serialize};

use super::advice;
use super::reply::{Answer, Broken, ErrorBody, Reply};

/// What was asked, as far as it matters for the judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// Changes nothing; may be asked again at will.
    Read,
    /// Creates a user or a group: asking twice may make two, so ask first whether the first went through.
    Create,
    /// Changes something to a state; doing it twice is the same as once (membership PUT, profile update, activate).
    Change,
}

/// Why to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The bucket's allowance is spent (429).
    Limit,
    /// Too many calls at once (429 with limit 0).
    Concurrency,
    /// A mail was just sent to the same address (`E0000118`).
    Mail,
    /// Okta is in read-only mode (`E0000010`).
    ReadOnly,
    /// Okta is still busy with an earlier change of the same object (`E0000112`, `E0000253`).
    StillBusy,
    /// Okta failed (5xx).
    Server,
    /// No connection could be made.
    NoConnection,
    /// The connection broke, or no answer came in time.
    Broken,
    /// A gateway in between waited for Okta no longer (408, 504, 522, 524).
    TimedOut,
    /// Something else answered: a web page, or no JSON.
    NotOkta,
    /// A success in a form that can't be read.
    Unreadable,
}

impl Why {
    /// In words, for a progress line and for a person's outcome when trying is given up.
    pub fn words(self) -> &'static str {
        match self {
            Self::Limit => "Okta's rate limit for this minute is used up",
            Self::Concurrency => "Okta allows fewer calls at once",
            Self::Mail => "Okta sent a mail to this address a moment ago",
            Self::ReadOnly => "Okta is in read-only mode",
            Self::StillBusy => "Okta is still busy with an earlier change",
            Self::Server => "Okta had an error of its own",
            Self::NoConnection => "Okta can't be reached",
            Self::Broken => "the connection to Okta broke",
            Self::TimedOut => "a gateway timed out before Okta answered",
            Self::NotOkta => "something else answered in Okta's place",
            Self::Unreadable => "Okta's answer could not be read",
        }
    }
}

/// How long to wait before trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// As long as the pace says: the next permit is the wait.
    Pace,
    /// So many seconds.
    Seconds(u64),
    /// Growing, jittered steps.
    Backoff,
}

/// Why the whole run must stop and ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The token is wrong, revoked or expired: ask for another.
    Token,
    /// The token's owner lacks a role or scope.
    Rights,
    /// The org lacks a feature.
    Feature,
    /// The org is switched off.
    OrgOff,
    /// What answers is not Okta.
    NotOkta,
    /// Many people in a row were refused in the same way.
    SameRefusal,
    /// Nothing but errors and broken connections for a while.
    Failing,
    /// Successes that can't be read.
    Unreadable,
}

impl PauseReason {
    /// What happened, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Token => "Okta no longer accepts the token.",
            Self::Rights => "The token isn't allowed to do this.",
            Self::Feature => "This org does not have the feature that is needed.",
            Self::OrgOff => "This Okta org has been switched off.",
            Self::NotOkta => "What answers at this address is not Okta.",
            Self::SameRefusal => "Okta refuses one person after another in the same way.",
            Self::Failing => "Okta has failed every call of one kind for a while.",
            Self::Unreadable => "Okta's answers can't be read.",
        }
    }

    /// What to do next.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Token => {
                "Make a new token (Security › API › Tokens), enter it, and resume. Nobody is lost."
            }
            Self::Rights => {
                "Give the token's owner permission to manage users and groups, or use another token, then resume."
            }
            Self::Feature => "Ask Okta whether the org's plan includes it, then resume.",
            Self::OrgOff => "Ask Okta to switch the org on again, then resume.",
            Self::NotOkta => "Check the network: a proxy or sign-in page may stand in between. Then resume.",
            Self::SameRefusal => "Read Okta's words, fix the cause, and resume; or stop here.",
            Self::Failing => {
                "Check status.okta.com, wait until Okta works again, then resume. Nobody is lost."
            }
            Self::Unreadable => {
                "Check whether a proxy or firewall changes what Okta answers. Anyone who was being sent is looked up before anything \
                 is sent again. Then resume."
            }
        }
    }
}

/// Okta's refusal of one person (or one group).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Okta's code, or `HTTP 400` without one.
    pub code: String,
    /// Okta's own words: summary and causes.
    pub words: String,
    /// What to do about it, in ours.
    pub suggestion: Option<String>,
    /// Whether this code is one we know to be about the person. Unknown ones that repeat stop the run.
    pub known: bool,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// There is no such object (404 `E0000007`).
    Missing,
    /// A create was refused because the login or name is taken: look it up, it may be ours from an earlier try.
    Taken(Refusal),
    /// Nothing was executed, or doing it again does no harm: try again after this wait.
    Retry {
        /// Why.
        why: Why,
        /// After how long.
        wait: Wait,
    },
    /// It may have been executed: look before trying again.
    AskFirst {
        /// Why.
        why: Why,
    },
    /// The whole run must stop and ask.
    Pause {
        /// Why.
        why: PauseReason,
        /// Okta's words.
        words: String,
    },
    /// This one is refused; the run goes on.
    ThisPerson(Refusal),
}

/// How long Okta's read-only mode is sat out before asking again, in seconds.
pub(super) const READ_ONLY_WAIT: u64 = 20;

/// What an answer means for the run.
pub fn judge(call: Call, answer: &Answer) -> Verdict {
    match answer {
        Err(Broken::NotSent { .. }) => Verdict::Retry { why: Why::NoConnection, wait: Wait::Backoff },
        Err(Broken::Unknown { .. }) => again(call, Why::Broken),
        Ok(reply) => judge_reply(call, reply),
    }
}

fn judge_reply(call: Call, reply: &Reply) -> Verdict {
    if reply.ok() {
        // 204 has no body; everything else we ask for is JSON.
        let empty = reply.body.iter().all(u8::is_ascii_whitespace);
        return if empty && call != Call::Change && reply.status != 204 || reply.is_web_page() {
            again(call, Why::NotOkta)
        } else {
            Verdict::Done
        };
    }
    let error = reply.error();
    let code = error.as_ref().map(|e| e.error_code.as_str()).unwrap_or_default();
    let words = error
        .as_ref()
        .map(ErrorBody::words)
        .filter(|w| !w.is_empty())
        .unwrap_or_else(|| format!("HTTP {}", reply.status));
    let pause = |why| Verdict::Pause { why, words: words.clone() };
    let person = |known: bool| {
        let code = if code.is_empty() { format!("HTTP {}", reply.status) } else { code.to_owned() };
        let suggestion = advice::suggestion(&code, error.as_ref());
        Refusal { code, words: words.clone(), suggestion, known }
    };
    // The code decides; the status only where there is none.
    match code {
        "E0000011" => return pause(PauseReason::Token),
        "E0000006" | "E0000005" | "E0000119" => return pause(PauseReason::Rights),
        "E0000015" => return pause(PauseReason::Feature),
        "E0000260" => return pause(PauseReason::OrgOff),
        "E0000008" => return pause(PauseReason::NotOkta),
        "E0000007" => return Verdict::Missing,
        "E0000010" => return Verdict::Retry { why: Why::ReadOnly, wait: Wait::Seconds(READ_ONLY_WAIT) },
        "E0000016" => return Verdict::Done, // already active: what was asked for
        "E0000118" => return Verdict::Retry { why: Why::Mail, wait: Wait::Seconds(6) },
        "E0000112" | "E0000253" => return Verdict::Retry { why: Why::StillBusy, wait: Wait::Backoff },
        "E0000231" if reply.status == 412 => {
            return Verdict::Retry { why: Why::StillBusy, wait: Wait::Backoff };
        }
        "E0000100" | "E0000145" => return Verdict::Retry { why: Why::Server, wait: Wait::Backoff },
        "E0000055" | "E0000195" if call == Call::Create => return Verdict::Taken(person(true)),
        "E0000001" if call == Call::Create && error.as_ref().is_some_and(advice::is_taken) => {
            return Verdict::Taken(person(true));
        }
        _ => {}
    }
    match reply.status {
        429 => {
            let concurrency = reply.limits.is_some_and(|l| l.limit == 0);
            Verdict::Retry { why: if concurrency { Why::Concurrency } else { Why::Limit }, wait: Wait::Pace }
        }
        300..=399 => pause(PauseReason::NotOkta),
        // 522 and 524 are Cloudflare's words for it, which many orgs with a domain of their own stand behind.
        408 | 504 | 522 | 524 => again(call, Why::TimedOut),
        // Okta's word for what it will never do, such as a create that names the group Everyone (okta-api.md 3).
        501 if error.is_some() => Verdict::ThisPerson(person(true)),
        500..=599 => again(call, if reply.is_web_page() { Why::NotOkta } else { Why::Server }),
        401 => pause(PauseReason::Token),
        // No JSON from Okta here: a proxy, a firewall or another web server.
        403 | 404 | 407 if error.is_none() => pause(PauseReason::NotOkta),
        403 if error.as_ref().is_some_and(|e| e.oauth_error.is_some()) => pause(PauseReason::Rights),
        _ => Verdict::ThisPerson(person(advice::about_a_person(code))),
    }
}

/// What a success means that can't be read as what was asked for.
pub(crate) fn unreadable(call: Call) -> Verdict {
    again(call, Why::Unreadable)
}

/// A try whose fate is not known.
fn again(call: Call, why: Why) -> Verdict {
    match call {
        Call::Create => Verdict::AskFirst { why },
        Call::Read | Call::Change => Verdict::Retry { why, wait: Wait::Backoff },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::reply::Limits;
    use proptest::prelude::*;

    fn body(code: &str, summary: &str, causes: &[&str]) -> String {
        let causes: Vec<_> = causes.iter().map(|c| serde_json::json!({ "errorSummary": c })).collect();
        serde_json::json!({"errorCode":code,"errorSummary":summary,"errorLink":code,"errorId":"oae1","errorCauses":causes})
            .to_string()
    }

    fn verdict(call: Call, status: u16, code: &str) -> Verdict {
        judge(call, &Ok(Reply::of(status, &body(code, "Something", &[]))))
    }

    #[test]
    fn success_is_done() {
        assert_eq!(judge(Call::Create, &Ok(Reply::of(200, r#"{"id":"00u1"}"#))), Verdict::Done);
        assert_eq!(judge(Call::Change, &Ok(Reply::of(204, ""))), Verdict::Done);
        assert_eq!(verdict(Call::Change, 403, "E0000016"), Verdict::Done, "already active");
    }

    #[test]
    fn the_whole_run_stops_for_what_would_hit_everyone() {
        use PauseReason as P;
        for (status, code, reason) in [
            (401, "E0000011", P::Token),
            (401, "", P::Token),
            (403, "E0000006", P::Rights),
            (403, "E0000005", P::Rights),
            (401, "E0000015", P::Feature),
            (403, "E0000015", P::Feature),
            (403, "E0000260", P::OrgOff),
            (404, "E0000008", P::NotOkta),
        ] {
            for call in [Call::Read, Call::Create, Call::Change] {
                let Verdict::Pause { why, .. } = verdict(call, status, code) else {
                    panic!("{status} {code} must pause")
                };
                assert_eq!(why, reason, "{status} {code}");
            }
        }
        let page = Reply::of(403, "<html>Blocked by the proxy</html>");
        assert!(matches!(judge(Call::Create, &Ok(page)), Verdict::Pause { why: P::NotOkta, .. }));
        assert!(matches!(judge(Call::Read, &Ok(Reply::of(302, ""))), Verdict::Pause { why: P::NotOkta, .. }));
    }

    #[test]
    fn what_passes_is_waited_for() {
        let retry = |why, wait| Verdict::Retry { why, wait };
        assert_eq!(verdict(Call::Create, 429, "E0000047"), retry(Why::Limit, Wait::Pace));
        assert_eq!(verdict(Call::Create, 429, "E0000118"), retry(Why::Mail, Wait::Seconds(6)));
        assert_eq!(verdict(Call::Create, 503, "E0000010"), retry(Why::ReadOnly, Wait::Seconds(20)));
        assert_eq!(verdict(Call::Change, 409, "E0000112"), retry(Why::StillBusy, Wait::Backoff));
        assert_eq!(verdict(Call::Create, 409, "E0000253"), retry(Why::StillBusy, Wait::Backoff));
        let mut reply = Reply::of(429, &body("E0000047", "Too many", &[]));
        reply.limits = Some(Limits { limit: 0, remaining: 0, reset: 9 });
        assert_eq!(judge(Call::Create, &Ok(reply)), retry(Why::Concurrency, Wait::Pace));
        let refused = Broken::NotSent { what: "x".into(), technical: "y".into(), passes: true };
        assert_eq!(judge(Call::Create, &Err(refused)), retry(Why::NoConnection, Wait::Backoff));
    }

    #[test]
    fn a_create_of_unknown_fate_is_looked_up_first() {
        let lost = || Err(Broken::Unknown { what: "x".into(), technical: "y".into(), passes: true });
        assert_eq!(judge(Call::Create, &lost()), Verdict::AskFirst { why: Why::Broken });
        assert_eq!(judge(Call::Change, &lost()), Verdict::Retry { why: Why::Broken, wait: Wait::Backoff });
        assert_eq!(verdict(Call::Create, 500, "E0000009"), Verdict::AskFirst { why: Why::Server });
        assert_eq!(
            judge(Call::Create, &Ok(Reply::of(502, "<html>"))),
            Verdict::AskFirst { why: Why::NotOkta }
        );
        assert_eq!(
            judge(Call::Create, &Ok(Reply::of(200, "<!doctype html>"))),
            Verdict::AskFirst { why: Why::NotOkta }
        );
        assert_eq!(judge(Call::Create, &Ok(Reply::of(200, ""))), Verdict::AskFirst { why: Why::NotOkta });
    }

    #[test]
    fn a_gateway_that_timed_out_is_no_refusal_and_no_other_server() {
        for status in [408, 504, 522, 524] {
            for body in ["<html>Gateway Time-out</html>", ""] {
                let judged = judge(Call::Create, &Ok(Reply::of(status, body)));
                assert_eq!(judged, Verdict::AskFirst { why: Why::TimedOut }, "{status}");
            }
        }
        assert!(Why::TimedOut.words().contains("timed out"));
    }

    #[test]
    fn oktas_words_are_kept_bounded() {
        let long = "x\u{7}y ".repeat(100_000);
        let text = body(&"E".repeat(5000), &long, &[&long, &long]);
        let Verdict::ThisPerson(refusal) = judge(Call::Create, &Ok(Reply::of(400, &text))) else {
            panic!("person")
        };
        assert!(refusal.words.chars().count() <= 501 && refusal.code.chars().count() <= 121);
        assert!(!refusal.words.chars().any(char::is_control));
        assert!(refusal.suggestion.is_none_or(|words| words.chars().count() <= 700));
    }

    #[test]
    fn a_taken_login_is_told_from_other_refusals() {
        let taken = body(
            "E0000001",
            "Api validation failed: login",
            &["login: An object with this field already exists in the current organization"],
        );
        let Verdict::Taken(refusal) = judge(Call::Create, &Ok(Reply::of(400, &taken))) else {
            panic!("taken")
        };
        assert_eq!(
            refusal.words,
            "Api validation failed: login: login: An object with this field already exists in the current organization"
        );
        assert!(matches!(judge(Call::Change, &Ok(Reply::of(400, &taken))), Verdict::ThisPerson(_)));
        assert!(matches!(verdict(Call::Create, 409, "E0000055"), Verdict::Taken(_)));
    }

    #[test]
    fn a_refused_person_keeps_oktas_words_and_gets_a_suggestion() {
        let text =
            body("E0000001", "Api validation failed: newUser", &["mobilePhone: The field is too long"]);
        let Verdict::ThisPerson(r) = judge(Call::Create, &Ok(Reply::of(400, &text))) else {
            panic!("person")
        };
        assert_eq!(r.code, "E0000001");
        assert!(r.words.ends_with("mobilePhone: The field is too long"));
        assert_eq!(r.suggestion.as_deref(), Some("Shorten mobilePhone in Review, then try again."));
        assert!(r.known);
        for (status, code) in
            [(403, "E0000014"), (403, "E0000023"), (403, "E0000038"), (403, "E0000077"), (400, "E0000093")]
        {
            assert!(
                matches!(
                    verdict(Call::Change, status, code),
                    Verdict::ThisPerson(Refusal { known: true, .. })
                ),
                "{code}"
            );
        }
        assert!(matches!(
            verdict(Call::Create, 400, "E0009999"),
            Verdict::ThisPerson(Refusal { known: false, .. })
        ));
        assert_eq!(verdict(Call::Read, 404, "E0000007"), Verdict::Missing);
    }

    proptest! {
        /// No answer at all may be taken for a create that is done, save a 2xx with something that may be JSON in it;
        /// and a create whose fate is unknown never goes out again unasked.
        #[test]
        fn never_sent_twice_unasked(status in 100u16..600, text in "\\PC{0,60}") {
            let verdict = judge(Call::Create, &Ok(Reply::of(status, &text)));
            if verdict == Verdict::Done {
                prop_assert!((200..300).contains(&status) || text.contains("E0000016"));
            }
            if status >= 500 && status != 501 {
                let sent_again = matches!(verdict, Verdict::Retry { .. });
                prop_assert!(!sent_again || text.contains("E0000"));
            }
        }
    }
}
