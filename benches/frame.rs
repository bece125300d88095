//! What a frame costs the processor while someone scrolls through the review: laying out, drawing and cutting into triangles,
//! without the graphics card. With a million people as with two hundred: the ratio of the two is what counts.
//!
//! ```text
//! cargo bench --bench frame
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use causeway::app::facts::{OpenWorkspace, PeopleFact};
use causeway::app::jobs::{Jobs, Places};
use causeway::app::steps::StepId;
use causeway::app::{App, Shown};
use causeway::model::{Outcome, OutcomeKind, Route, Severity};
use causeway::secrets::SessionOnly;
use causeway::ui::theme;
use causeway::workspace::{Counts, Disposition, PersonId, PersonRow, SchemeCount};
use egui_kittest::Harness;

/// Frames a measurement.
const FRAMES: usize = 400;

fn main() {
    let few = measure(200);
    let many = measure(1_000_000);
    for (people, times) in [(200, &few), (1_000_000, &many)] {
        println!(
            "{people} people: a frame while scrolling takes {:.2} ms, the slowest of a hundred {:.2} ms",
            millis(times[times.len() / 2]),
            millis(times[times.len() * 99 / 100])
        );
    }
    let ratio = many[many.len() / 2].as_secs_f64() / few[few.len() / 2].as_secs_f64();
    println!("a million to two hundred: {ratio:.2}");
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The times of all frames, the shortest first.
fn measure(people: u32) -> Vec<Duration> {
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_context_setup(theme::apply)
        .build_eframe(move |_| app(people));
    for _ in 0..12 {
        window.step();
    }
    let order = Arc::clone(&window.state().steps.review.list.order);
    let mut times = Vec::with_capacity(FRAMES);
    for frame in 0..FRAMES {
        // As someone who pulls the bar: to another place each frame, its rows just come.
        let at = frame * 7919 * 31 % order.len();
        let list = &mut window.state_mut().steps.review.list;
        let near = &order[at.saturating_sub(40)..(at + 40).min(order.len())];
        let near = near.iter().map(|id| row(id.0)).collect();
        let version = list.rows.version();
        list.rows.put(version, near);
        list.scroll_to = Some(at);
        let begun = Instant::now();
        window.step();
        let output = window.output();
        let (shapes, scale) = (output.shapes.clone(), output.pixels_per_point);
        let triangles = window.ctx.tessellate(shapes, scale);
        times.push(begun.elapsed());
        std::hint::black_box(triangles);
    }
    times.sort_unstable();
    times
}

fn app(people: u32) -> App {
    let nowhere = PathBuf::from("/nonexistent/causeway-bench");
    let places = Places { config: nowhere.clone(), data: nowhere, key_file: None };
    let mut app = App::new(Jobs::disconnected(places, Arc::new(SessionOnly::new())));
    let total = u64::from(people);
    app.facts.workspace =
        Some(OpenWorkspace { name: "Intranet to Okta".into(), path: "move.causeway".into() });
    app.facts.people = Some(PeopleFact { total, blocked: total / 50, hook: total / 10 });
    let counts = Counts {
        total,
        import: total - total / 10 - total / 50,
        hook: total / 10,
        blocked: total / 50,
        schemes: vec![SchemeCount {
            scheme: "bcrypt".into(),
            label: "bcrypt".into(),
            routes: vec![],
            people: total,
        }],
        ..Counts::default()
    };
    app.steps.review.fill(counts, (1..=80).map(row).collect());
    app.steps.review.list.order = Arc::new((1..=people).map(PersonId).collect());
    app.show(Shown::Step(StepId::Review));
    app
}

fn row(n: u32) -> PersonRow {
    let names = ["Máire O'Neill", "Tomáš Dvořák", "Ana Ruiz", "Дмитрий Иванов", "Joseph Grant-Whitaker"];
    PersonRow {
        id: PersonId(n),
        row: n,
        name: names[n as usize % names.len()].to_owned(),
        login: format!("user{n}@example.com"),
        route: Route::Import,
        disposition: if n.is_multiple_of(50) { Disposition::Blocked } else { Disposition::Import },
        scheme: "bcrypt".into(),
        scheme_label: "bcrypt · 10".into(),
        finding: n.is_multiple_of(7).then(|| (Severity::Warns, "Phone shortened to 15 digits".to_owned())),
        findings: u32::from(n.is_multiple_of(7)),
        outcome: Outcome::of(OutcomeKind::Waiting),
        sent: None,
        edited: false,
        gone: false,
        changed: None,
        there: false,
        there_as: None,
    }
}
