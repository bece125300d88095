//! No core dumps: the memory of what holds passwords and keys is not to end up in a file when it crashes.

/// Keeps this process out of core dumps for the rest of its life. `alone`: also out of the reach of debuggers and of others of the same
/// user (Linux), for a service that nobody looks into; a window needs to be known by the desktop. Where the system refuses nothing
/// changes. On Windows there is no such limit: crash reports are a setting of the computer there.
pub fn no_core_dumps(alone: bool) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // One byte, where the system lets us: no core fits into it, and on Linux a program that takes cores through a pipe is not
        // even started then (core(5)), as it would be with nothing.
        let to = |bytes| setrlimit(Resource::Core, Rlimit { current: Some(bytes), maximum: Some(bytes) });
        if to(1).is_err() {
            let _ = to(0);
        }
    }
    #[cfg(target_os = "linux")]
    if alone {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = alone;
}
