//! What the screens count, counted while people come in: counting a million afterwards takes seconds.

use std::collections::{BTreeSet, HashMap};

use sqlx::SqliteConnection;

use super::super::error::Result;
use super::super::numbers;
use crate::model::{Finding, Severity};

/// How many people of a reading are what. Grows with the kinds of people, not with their number.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    /// State, route and number of the scheme.
    people: HashMap<(i64, i64, i64), i64>,
    /// By code and severity, each person once.
    findings: HashMap<(String, i64), i64>,
}

impl Tallies {
    /// Counts a person as written to the table.
    pub(super) fn add(&mut self, state: i64, route: i64, scheme: i64, findings: &[Finding]) {
        *self.people.entry((state, route, scheme)).or_insert(0) += 1;
        match findings {
            [] => {}
            [one] => self.add_finding(&one.code, one.severity, 1),
            several => {
                let kinds: BTreeSet<_> =
                    several.iter().map(|f| (f.code.as_str(), numbers::severity(f.severity))).collect();
                for (code, severity) in kinds {
                    self.count(code, severity, 1);
                }
            }
        }
    }

    /// Counts so many more people with a finding.
    pub(super) fn add_finding(&mut self, code: &str, severity: Severity, people: i64) {
        self.count(code, numbers::severity(severity), people);
    }

    fn count(&mut self, code: &str, severity: i64, people: i64) {
        // Codes are short: a copy for each person with a finding costs less than a second map by code.
        *self.findings.entry((code.to_owned(), severity)).or_insert(0) += people;
    }

    /// Writes them in place of what was counted before. All are present and waiting.
    pub(super) async fn write(self, tx: &mut SqliteConnection) -> Result<()> {
        sqlx::raw_sql("DELETE FROM tally_people; DELETE FROM tally_findings;").execute(&mut *tx).await?;
        for ((state, route, scheme), n) in sorted(self.people) {
            sqlx::query(
                "INSERT INTO tally_people (gone, state, route, outcome, scheme, sent, n) VALUES (0, ?, ?, 0, ?, -1, ?)",
            )
            .bind(state)
            .bind(route)
            .bind(scheme)
            .bind(n)
            .execute(&mut *tx)
            .await?;
        }
        for ((code, severity), n) in sorted(self.findings) {
            sqlx::query("INSERT INTO tally_findings (code, severity, n) VALUES (?, ?, ?)")
                .bind(code)
                .bind(severity)
                .bind(n)
                .execute(&mut *tx)
                .await?;
        }
        Ok(())
    }
}

fn sorted<K: Ord>(counts: HashMap<K, i64>) -> Vec<(K, i64)> {
    let mut list: Vec<_> = counts.into_iter().filter(|(_, n)| *n != 0).collect();
    list.sort_unstable();
    list
}
