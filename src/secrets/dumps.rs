//! No core dumps: the memory of what holds passwords and keys is not to end up in a file when it crashes.

/// Keeps this process out of core dumps for the rest of its life. `alone`: also out of the reach of debuggers and of others of the same
/// user (Linux), for a service that nobody looks into; a window needs to be known by the desktop. Where the system refuses nothing
/// changes. On Windows there is no such limit: crash reports are a setting of the computer there. What was not done is given back, to be
/// told.
pub fn no_core_dumps(alone: bool) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    if alone {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = alone;
    not_done(limited(), cfg!(windows))
}

/// Whether the system lets this process have no core dumps.
#[cfg(unix)]
fn limited() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // One byte, where the system lets us: no core fits into it, and on Linux a program that takes cores through a pipe is not even
    // started then (core(5)), as it would be with nothing.
    let to = |bytes| setrlimit(Resource::Core, Rlimit { current: Some(bytes), maximum: Some(bytes) });
    to(1).is_ok() || to(0).is_ok()
}

#[cfg(not(unix))]
fn limited() -> bool {
    false
}

/// What to tell the administrator.
fn not_done(kept_out: bool, windows: bool) -> Option<&'static str> {
    match (kept_out, windows) {
        (true, _) => None,
        (false, true) => Some(
            "On Windows crash reports are a setting of the computer: one of this program could hold passwords. Keep it out of them under HKLM\\SOFTWARE\\Microsoft\\Windows\\Windows Error Reporting\\ExcludedApplications, and write no LocalDumps.",
        ),
        (false, false) => Some(
            "The system did not let this program keep itself out of core dumps: one could hold passwords. Switch them off (ulimit -c 0).",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::not_done;

    #[test]
    fn what_is_not_done_is_told() {
        assert_eq!(not_done(true, false), None);
        assert!(not_done(false, true).is_some_and(|words| words.contains("crash reports")));
        assert!(not_done(false, false).is_some_and(|words| words.contains("core dumps")));
    }
}
