//! Who a run is about to send, before it does: what is asked about before a run into a real org.

use sqlx::{QueryBuilder, Sqlite};

use super::change::list;
use super::error::Result;
use super::filter::IS_THERE;
use super::loose::{Number, Text};
use super::numbers;
use super::open::Workspace;
use super::types::{GroupCount, NextRun, Scope};
use crate::model::{Route, RoutePolicy};

/// Groups told by name; the others are only counted.
const NAMED: u32 = 50;

impl Workspace {
    /// Whom a run of this scope would send under a policy: those who go and wait, and those a crash left `sending`. Reads each of them
    /// once.
    pub async fn next_run(&self, scope: &Scope, policy: RoutePolicy) -> Result<NextRun> {
        let mut tx = self.0.readers.begin().await?;
        let mut sql = QueryBuilder::new(format!("SELECT p.route, {IS_THERE} AS there, count(*)"));
        going(&mut sql, scope);
        let rows: Vec<(Number, bool, Number)> =
            sql.push(" GROUP BY 1, 2").build_query_as().fetch_all(&mut *tx).await?;
        let mut next = NextRun::default();
        for (route, there, n) in rows {
            let n = n.count();
            // Whoever has a route that is none is not sent: they are put down as changed when it is their turn.
            let route = numbers::to_route(route.0).unwrap_or(Route::Reset);
            let place = match (there, policy.apply(route)) {
                (true, _) => &mut next.there,
                (false, Route::Import) => &mut next.import,
                (false, Route::Hook) => &mut next.hook,
                (false, Route::Reset) => &mut next.reset,
            };
            *place += n;
        }
        let mut sql = QueryBuilder::new(
            "SELECT g.name, count(*), count(*) OVER () FROM memberships m JOIN groups g ON g.id = m.group_id
             WHERE m.person IN (SELECT p.id",
        );
        going(&mut sql, scope);
        sql.push(format!(") GROUP BY g.id ORDER BY 2 DESC, 1 LIMIT {NAMED}"));
        let rows: Vec<(Text, Number, Number)> = sql.build_query_as().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        next.all_groups = rows.first().map_or(0, |(_, _, all)| all.count());
        next.groups =
            rows.into_iter().map(|(name, n, _)| GroupCount { name: name.0, people: n.count() }).collect();
        Ok(next)
    }
}

/// Writes ` FROM people p WHERE …` for those a run of this scope sends.
fn going(sql: &mut QueryBuilder<Sqlite>, scope: &Scope) {
    sql.push(" FROM people p WHERE (p.outcome = 1 OR (p.outcome = 0 AND p.state <= 2 AND p.gone = 0");
    if let Scope::Only(ids) = scope {
        sql.push(" AND p.id IN (SELECT value FROM json_each(").push_bind(list(ids)).push("))");
    }
    sql.push("))");
}
