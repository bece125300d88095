//! Small numbers in the file for the words of the model. Never renumbered: files outlive programs.

use super::error::{Result, WorkspaceError};
use super::types::Disposition;
use crate::model::{OutcomeKind, Route, Severity};

fn bad(what: &str, number: i64) -> WorkspaceError {
    WorkspaceError::damaged("a value is not one this program writes", format!("{what} {number}"))
}

pub(crate) fn route(route: Route) -> i64 {
    match route {
        Route::Import => 0,
        Route::Hook => 1,
        Route::Reset => 2,
    }
}

pub(crate) fn to_route(number: i64) -> Result<Route> {
    Route::ALL.into_iter().find(|r| route(*r) == number).ok_or_else(|| bad("route", number))
}

pub(crate) fn disposition(disposition: Disposition) -> i64 {
    match disposition {
        Disposition::Import => 0,
        Disposition::Hook => 1,
        Disposition::Reset => 2,
        Disposition::Blocked => 3,
        Disposition::LeftOut => 4,
    }
}

pub(crate) fn to_disposition(number: i64) -> Result<Disposition> {
    Disposition::ALL.into_iter().find(|d| disposition(*d) == number).ok_or_else(|| bad("state", number))
}

pub(crate) fn outcome(kind: OutcomeKind) -> i64 {
    match kind {
        OutcomeKind::Waiting => 0,
        OutcomeKind::Sending => 1,
        OutcomeKind::Created => 2,
        OutcomeKind::AlreadyThere => 3,
        OutcomeKind::Updated => 4,
        OutcomeKind::Failed => 5,
        OutcomeKind::RolledBack => 6,
    }
}

pub(crate) fn to_outcome(number: i64) -> Result<OutcomeKind> {
    OutcomeKind::ALL.into_iter().find(|k| outcome(*k) == number).ok_or_else(|| bad("outcome", number))
}

pub(crate) fn severity(severity: Severity) -> i64 {
    match severity {
        Severity::Notes => 0,
        Severity::Warns => 1,
        Severity::Blocks => 2,
    }
}

pub(crate) fn to_severity(number: i64) -> Result<Severity> {
    [Severity::Notes, Severity::Warns, Severity::Blocks]
        .into_iter()
        .find(|s| severity(*s) == number)
        .ok_or_else(|| bad("severity", number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back_and_nothing_else_does() {
        for r in Route::ALL {
            assert_eq!(to_route(route(r)).unwrap(), r);
        }
        for d in Disposition::ALL {
            assert_eq!(to_disposition(disposition(d)).unwrap(), d);
        }
        for k in OutcomeKind::ALL {
            assert_eq!(to_outcome(outcome(k)).unwrap(), k);
        }
        for s in [Severity::Notes, Severity::Warns, Severity::Blocks] {
            assert_eq!(to_severity(severity(s)).unwrap(), s);
        }
        assert!(
            to_route(9).is_err()
                && to_disposition(-1).is_err()
                && to_outcome(7).is_err()
                && to_severity(3).is_err()
        );
    }
}
