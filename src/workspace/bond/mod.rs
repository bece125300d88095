//! What decides about a person is bound to them: a keyed tag says that it was put there by this program, for this person.
//!
//! Anyone who can write the file but has not its key must not be able to give one person's password to another, to let someone
//! in who is not meant, or to keep someone out in silence. Each tag is 16 bytes of an HMAC-SHA-256 with a key derived from the
//! workspace's own. It is made when a value is written and checked before the value is used; where it does not fit, that person is
//! neither sent nor let in nor reset, everyone else is, and the reason is told ([`CHANGED_OUTSIDE`]).
//!
//! | bound | together with | checked by |
//! | --- | --- | --- |
//! | what was read (`details`): profile, groups, active flag, sealed password, sealed row | the person's key | import, hook, check, reset, lists, reports |
//! | what was decided (`people`, `memory.left_out`, `edits`): route, state, left out, by hand, whether something blocks, every edit | number, key, what was read, the reading | the same; and each edit, undo and further reading |
//! | what was sent (`memory`, `hook_people.moved`, `resets.state`, every row of the person's in `ledger`): outcome, Okta's id, route, tries, each operation, the login, whom they may be | number and key | the same |
//! | settings (`docs`): mapping, statements about passwords, choices, org, source, hook; the reading the people are from; how many people there are; the last run | each other, in one row with a counter (`bonds`) | every use |
//! | the org's groups, runs, changes that can be taken back, operations on the org (`org_ledger`), groups given (`ledger_groups`) | their name or number | every use |
//!
//! A row moved to another person, another table or another workspace does not fit, nor does one of an earlier reading. The row of the
//! whole shows that a setting is missing or an older one was put back, and that this row itself is older than the people, than a record
//! of what was sent, or than the last run. Whether someone is gone follows from the reading they are bound to, what is shown of their
//! outcome from their record: so nobody is passed over by a column that says otherwise. Who was passed over all the same, before anyone
//! looked, is found by a look through everyone ([`audit`](super::audit)) before each run; it also tells how many were taken out.
//!
//! Not bound, as it only decides what is shown or found: names and logins in lists (`people`, `texts`) and the search index (who is
//! found by a login is let in only if their bound login is that one, and where the index disagrees it is made anew), findings' texts,
//! tallies (counted anew before a run), schemes' names, who was seen in Okta (`there`: the import looks for itself), the chart, and the
//! hook's log. Row numbers too. What of it can't be read at all is that row's fault alone.
//!
//! What can't be told from the file alone: a whole older copy of it, or of everything that changed since; a person's decision undone by
//! putting back all their rows as they were earlier since the same reading; who it was that was removed altogether (they are then sent
//! to nobody and let in nowhere, and counted as missing); and that the record of what was sent was removed altogether (then Okta's own
//! answer, “taken”, finds them again).
//!
//! A file from before tags were made is bound as it is at its first opening: from then on its `key_check` is another value, which
//! nobody can make without the key, so it is never taken for unbound again. So it is with a file whose settings and whose reading were
//! bound each by itself: what fits is bound as one, and nothing else. And so it is with a file from before the ledger.

mod people;
mod tag;
mod upgrade;
mod whole;

#[cfg(test)]
pub(crate) use people::bind_as_before_ledger;
pub(crate) use people::{
    Fault, Of, faults, note_unsound, rebind, renew_decided, renew_read, renew_sent, roll_on, sent_unsound,
    sound_before_ledger, staged_sound,
};
pub(crate) use tag::{Bond, Bonds, DecidedParts, ReadParts, Tag, Tagger, ends};
pub(crate) use upgrade::{bind_all, bind_as_one, keep_check};
pub(crate) use whole::{
    Census, before, begin, census, forget_setting, keep_setting, now, set_reading, set_run, setting,
};

use crate::model::{Finding, Severity};

/// The code of the finding, and of the failure, of someone whose entry was changed by something else than this program.
pub const CHANGED_OUTSIDE: &str = "changed_outside";

/// What is told of such a person.
pub(crate) fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::Read => {
            "What was read of this person was changed in the file by something other than Causeway"
        }
        Fault::Decided => {
            "What was decided about this person was changed in the file by something other than Causeway"
        }
        Fault::Sent => {
            "The record of what was sent of this person was changed in the file by something other than Causeway"
        }
        Fault::Listed => {
            "What lists show of this person was changed in the file by something other than Causeway"
        }
    }
}

/// What to do about it.
pub(crate) const ADVICE: &str = "Find out who can write the migration's file. Then read people again, look at this person, and try again.";

/// The finding that lists and reports show for such a person.
pub(crate) fn finding(fault: Fault) -> Finding {
    Finding::new(Severity::Blocks, CHANGED_OUTSIDE, None, words(fault))
}
