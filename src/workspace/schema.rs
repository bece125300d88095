//! The format's history: the SQL files of `schema/`, one a step, in the program itself.
//!
//! Listed by hand: sqlx's macro that reads the folder compiles sqlx, its drivers, tokio and rustls a second time for the build
//! machine. A test keeps the list whole.

use std::sync::LazyLock;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Each step: its number, its name and its SQL. A step that was released is never changed: its checksum is in people's files.
const STEPS: [(u32, &str, &str); 13] = [
    (1, "start", include_str!("schema/0001_start.sql")),
    (2, "hook", include_str!("schema/0002_hook.sql")),
    (3, "there", include_str!("schema/0003_there.sql")),
    (4, "short", include_str!("schema/0004_short.sql")),
    (5, "resets", include_str!("schema/0005_resets.sql")),
    (6, "routes", include_str!("schema/0006_routes.sql")),
    (7, "bonds", include_str!("schema/0007_bonds.sql")),
    (8, "marks", include_str!("schema/0008_marks.sql")),
    (13, "service", include_str!("schema/0013_service.sql")),
    (16, "taken", include_str!("schema/0016_taken.sql")),
    (17, "since", include_str!("schema/0017_since.sql")),
    (18, "identity", include_str!("schema/0018_identity.sql")),
    (20, "ledger", include_str!("schema/0020_ledger.sql")),
];

/// The newest version this program writes.
pub(super) const NEWEST: u32 = STEPS[STEPS.len() - 1].0;

/// Brings a file of any age to [`NEWEST`].
pub(super) static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let steps = STEPS.into_iter().map(|(version, name, sql)| {
        Migration::new(i64::from(version), name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(steps.collect())
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/workspace/schema");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let steps: Vec<String> =
            STEPS.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
        assert_eq!(steps, files);
    }

    /// What sqlx's macro wrote into the files made so far: the same text must give the same sum, or none of them would open.
    #[test]
    fn the_first_step_has_the_checksum_that_files_carry() {
        let first = hex::encode(&*MIGRATOR.iter().next().unwrap().checksum);
        assert_eq!(
            first,
            "7cd638911fe96c47a85cc34e0f193bcba73396b9c253674dd4712a2e5485d402254a9c42083865be9fa7a68d8e4f0563"
        );
    }
}
