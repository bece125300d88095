//! Review asks who someone is who may be a person of an earlier read.

use causeway::app::steps::{ReviewAsk, Select};
use causeway::model::{Finding, Severity};
use causeway::workspace::{FindingCount, IDENTITY_UNSURE, PeopleFilter};
use egui_kittest::kittest::Queryable as _;

use crate::people::{counts, people};
use crate::review::{inspected, review};
use crate::support::window;

#[test]
fn one_several_and_all_can_be_said_to_be_the_same_people_or_new() {
    // Of one.
    let mut one = window(|app| {
        inspected(app, 4);
        let detail = &mut app.steps.review.inspector.person.as_mut().unwrap().detail;
        let text = "May be “ann@x.example” with other data: the same person, or somebody new?";
        detail.findings = vec![Finding::new(Severity::Blocks, IDENTITY_UNSURE, None, text)];
    });
    one.run_ok();
    one.get_by_label("Same person");
    one.get_by_label("Somebody new");

    // Of all who are shown, and of several: only where anybody is asked about.
    for asked in [0, 3] {
        let mut all = window(move |app| {
            review(app);
            let mut counts = counts();
            let unsure =
                FindingCount { code: IDENTITY_UNSURE.into(), severity: Severity::Blocks, people: asked };
            counts.findings.push(unsure);
            app.steps.review.fill(counts, people());
            app.steps.review.list.filter =
                PeopleFilter { finding: Some(IDENTITY_UNSURE.into()), ..PeopleFilter::default() };
        });
        all.run_ok();
        let offered = all.query_by_label("They are the same people").is_some();
        assert_eq!((offered, all.query_by_label("They are new people").is_some()), (asked > 0, asked > 0));
        all.state_mut().send(ReviewAsk::Select(0, Select::Only));
        all.state_mut().send(ReviewAsk::Select(2, Select::Extend));
        all.run_ok();
        assert_eq!(all.query_by_label("They are the same people").is_some(), asked > 0);
    }
}
