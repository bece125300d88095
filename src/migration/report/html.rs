//! The report as one HTML page that needs nothing else: numbers, runs, and everyone who failed.

use std::fmt::Write as _;

use crate::migration::MigrationError;
use crate::migration::import::Tally;
use crate::migration::report::table::reset_words;
use crate::model::{OutcomeKind, number, statuses_in_words};
use crate::workspace::{PeopleFilter, Sort, Workspace};

/// At most so many failed people are listed; the CSV has all.
const MOST_LISTED: usize = 5000;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a2233;--quiet:#5a6478;--line:#dfe3ea;--ground:#fff;--bad:#b42330}\
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--quiet:#a3adbf;--line:#343b49;--ground:#14181f;--bad:#ff8f96}}\
body{font:15px/1.5 Inter,system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:72rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}.quiet{color:var(--quiet)}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}\
td.n{text-align:right;font-variant-numeric:tabular-nums;width:7rem}.bad{color:var(--bad)}code{font-size:.9em}";

/// The whole page.
pub async fn html(workspace: &Workspace) -> Result<String, MigrationError> {
    let counts = workspace.counts().await?;
    let tally = Tally::of(&counts);
    let mut page = String::with_capacity(64 * 1024);
    let name = escaped(workspace.name());
    let _ = write!(
        page,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{name} – report</title><style>{STYLE}</style></head><body><h1>{name}</h1>"
    );
    if let Some(reading) = workspace.current_reading().await? {
        let _ = write!(
            page,
            "<p class=\"quiet\">Read from {} on {} UTC.</p>",
            escaped(&reading.info.source),
            reading.started.format("%Y-%m-%d %H:%M")
        );
    }
    page.push_str("<h2>What happened to everyone</h2><table>");
    for (n, words) in [
        (counts.total, "people in the source"),
        (tally.created_import, "created, with the password they have"),
        (tally.created_hook, "created, their password is checked by the hook at the first sign-in"),
        (tally.created_reset, "created, must reset"),
        (tally.updated, "in Okta before, profile updated"),
        (tally.already_there, "in Okta before, left unchanged"),
        (tally.failed, "failed"),
        (tally.waiting + tally.sending, "not sent yet"),
        (counts.blocked, "blocked by a finding"),
        (counts.left_out, "left out"),
    ] {
        let _ = write!(page, "<tr><td class=\"n\">{}</td><td>{words}</td></tr>", number(n));
    }
    let kept_out = statuses_in_words(workspace.kept_out().await?);
    if !kept_out.is_empty() {
        let _ = write!(
            page,
            "<tr><td class=\"n\"></td><td>of those who failed, in Okta already but kept out there: {kept_out}</td></tr>"
        );
    }
    page.push_str("</table>");
    runs(workspace, &mut page).await?;
    failed(workspace, &mut page).await?;
    resets(workspace, &mut page).await?;
    page.push_str("</body></html>\n");
    Ok(page)
}

async fn runs(workspace: &Workspace, page: &mut String) -> Result<(), MigrationError> {
    let runs = workspace.runs().await?;
    if runs.is_empty() {
        return Ok(());
    }
    page.push_str("<h2>Runs</h2><table><tr><th>Started (UTC)</th><th>Ended</th><th>How</th><th>Org</th><th>Label group</th></tr>");
    for run in runs {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            run.started.format("%Y-%m-%d %H:%M:%S"),
            run.ended.map(|t| t.format("%H:%M:%S").to_string()).unwrap_or_default(),
            escaped(run.how.as_deref().unwrap_or("cut off")),
            escaped(&run.begun_with.org),
            escaped(run.begun_with.label_group.as_deref().unwrap_or("–")),
        );
    }
    page.push_str("</table>");
    Ok(())
}

async fn failed(workspace: &Workspace, page: &mut String) -> Result<(), MigrationError> {
    let filter = PeopleFilter { outcomes: vec![OutcomeKind::Failed], ..PeopleFilter::default() };
    let mut walk = workspace.walk(&filter, Sort::default()).await?;
    if walk.is_empty() {
        return Ok(());
    }
    let all = walk.len();
    let _ = write!(
        page,
        "<h2>Failed: {}</h2><table><tr><th>Row</th><th>Name</th><th>Login</th><th>What Okta said</th><th>What to do</th></tr>",
        number(all as u64)
    );
    while let Some(people) = walk.next().await? {
        for person in &people {
            let outcome = &person.row.outcome;
            let _ = write!(
                page,
                "<tr><td>{}</td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td class=\"bad\"><code>{}</code> {}</td><td>{}</td></tr>",
                person.row.row,
                escaped(&person.row.name),
                escaped(&person.row.login),
                escaped(outcome.code.as_deref().unwrap_or_default()),
                escaped(outcome.message.as_deref().unwrap_or_default()),
                escaped(outcome.suggestion.as_deref().unwrap_or_default()),
            );
        }
        if walk.done() >= MOST_LISTED {
            break;
        }
    }
    page.push_str("</table>");
    if all > MOST_LISTED {
        only_the_first(page);
    }
    Ok(())
}

/// Whose password was reset at the end, as they never signed in through the hook.
async fn resets(workspace: &Workspace, page: &mut String) -> Result<(), MigrationError> {
    let most = u32::try_from(MOST_LISTED).unwrap_or(u32::MAX);
    let resets = workspace.resets(most).await?;
    if resets.is_empty() {
        return Ok(());
    }
    let all = workspace.count_resets().await?;
    let _ = write!(
        page,
        "<h2>Passwords reset at the end: {}</h2><table><tr><th>Name</th><th>Login</th><th>How it stands</th><th>When (UTC)</th></tr>",
        number(all)
    );
    for (name, login, reset, at) in &resets {
        let _ = write!(
            page,
            "<tr><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td>{}</td><td>{}</td></tr>",
            escaped(name),
            escaped(login),
            escaped(&reset_words(reset)),
            at.format("%Y-%m-%d %H:%M:%S"),
        );
    }
    page.push_str("</table>");
    if resets.len() == MOST_LISTED {
        only_the_first(page);
    }
    Ok(())
}

fn only_the_first(page: &mut String) {
    let _ = write!(
        page,
        "<p class=\"quiet\">Only the first {} are listed; the CSV has all.</p>",
        number(MOST_LISTED as u64)
    );
}

/// Text that can't become markup: names come from foreign data.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_becomes_markup() {
        assert_eq!(
            escaped("<b>O'Neill & \"Co\"</b>\u{0}"),
            "&lt;b&gt;O&#39;Neill &amp; &quot;Co&quot;&lt;/b&gt;\u{fffd}"
        );
    }
}
