use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{OktaStatus, Profile, Route, RoutePolicy};

const RULES: Rules = Rules { groups_in_create: 20 };

fn profile(pairs: &[(&str, &str)]) -> Profile {
    let mut profile = Profile::default();
    for (name, value) in pairs {
        profile.set(name, *value);
    }
    profile
}

fn groups(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("Group {n}")).collect()
}

#[test]
fn who_is_nowhere_is_made_with_what_they_have_and_as_many_groups_as_one_call_takes() {
    let (ours, many) = (profile(&[("login", "anna@example.com")]), groups(25));
    let choices = Choices { label_group: Some("Label".to_owned()), ..Choices::default() };
    let wanted = Wanted { profile: &ours, groups: &many, route: Route::Import };
    let Decision::Carry(operations) = decide(&wanted, Standing::Nobody, Before::Nothing, &choices, RULES)
    else {
        panic!("nothing to do")
    };
    let first: Vec<String> = std::iter::once("Label".to_owned()).chain(groups(19)).collect();
    let create = Operation::Create { activate: true, sent: Sent::Password, groups: first };
    assert_eq!(operations[0], create);
    let joins: Vec<Operation> =
        groups(25)[19..].iter().map(|group| Operation::Join { group: group.clone() }).collect();
    assert_eq!(operations[1..], joins);
    assert_eq!(create.inverse(), [Operation::Deactivate, Operation::Delete]);
}

#[test]
fn groups_that_okta_takes_for_one_are_one_and_nobody_joins_everyone() {
    let (ours, of) = (profile(&[("login", "anna@example.com")]), ["Sales", "Everyone", "SALES", "label"]);
    let groups: Vec<String> = of.map(str::to_owned).to_vec();
    let choices = Choices { label_group: Some("Label".to_owned()), ..Choices::default() };
    let wanted = Wanted { profile: &ours, groups: &groups, route: Route::Hook };
    let made = Operation::Create {
        activate: true,
        sent: Sent::Hook,
        groups: vec!["Label".to_owned(), "Sales".to_owned()],
    };
    assert_eq!(
        decide(&wanted, Standing::Nobody, Before::Nothing, &choices, RULES),
        Decision::Carry(vec![made])
    );
}

#[test]
fn nobody_without_a_password_is_activated_and_the_policy_decides_what_is_sent() {
    let ours = profile(&[("login", "anna@example.com")]);
    for (route, policy, activate, sent) in [
        (Route::Import, RoutePolicy::Best, true, Sent::Password),
        (Route::Hook, RoutePolicy::Best, true, Sent::Hook),
        (Route::Reset, RoutePolicy::Best, false, Sent::Nothing),
        (Route::Import, RoutePolicy::AllHook, true, Sent::Hook),
        (Route::Reset, RoutePolicy::AllHook, false, Sent::Nothing),
        (Route::Import, RoutePolicy::AllReset, false, Sent::Nothing),
    ] {
        let wanted = Wanted { profile: &ours, groups: &[], route };
        let choices = Choices { policy, ..Choices::default() };
        let made = Operation::Create { activate, sent, groups: Vec::new() };
        assert_eq!(
            decide(&wanted, Standing::Nobody, Before::Nothing, &choices, RULES),
            Decision::Carry(vec![made])
        );
        let staged = Choices { activate: false, ..choices };
        let made = Operation::Create { activate: false, sent, groups: Vec::new() };
        assert_eq!(
            decide(&wanted, Standing::Nobody, Before::Nothing, &staged, RULES),
            Decision::Carry(vec![made])
        );
    }
}

#[test]
fn who_is_there_is_left_updated_or_a_conflict() {
    let ours = profile(&[("login", "A@x.example"), ("firstName", "Máire"), ("city", "Cork"), ("state", " ")]);
    let theirs =
        profile(&[("login", "a@x.example"), ("firstName", "Maire"), ("city", "Cork"), ("title", "Dr")]);
    let wanted = Wanted { profile: &ours, groups: &[], route: Route::Import };
    let here = |status| Standing::Here(Account { status, profile: &theirs });
    let update = Choices { existing: Existing::Update, ..Choices::default() };
    let change =
        Change { attribute: "firstName".to_owned(), from: Some(json!("Maire")), to: Some(json!("Máire")) };
    for status in OktaStatus::ALL {
        let (left, updated) = if status.keeps_out() {
            (Decision::Conflict(Conflict::KeptOut(status)), Decision::Conflict(Conflict::KeptOut(status)))
        } else {
            let set = Operation::SetAttributes { changes: vec![change.clone()] };
            (Decision::Leave(Left::Unchanged), Decision::Carry(vec![set]))
        };
        assert_eq!(decide(&wanted, here(status), Before::Nothing, &Choices::default(), RULES), left);
        assert_eq!(decide(&wanted, here(status), Before::Nothing, &update, RULES), updated);
    }
    let same = Standing::Here(Account { status: OktaStatus::Active, profile: &ours });
    assert_eq!(
        decide(&wanted, same, Before::Nothing, &update, RULES),
        Decision::Leave(Left::NothingToUpdate)
    );
    assert_eq!(
        decide(&wanted, Standing::Twin, Before::Nothing, &update, RULES),
        Decision::Conflict(Conflict::LoginTaken)
    );
    // What an earlier try did, whose answer never came, shows by nothing being left to do.
    let updated = decide(&wanted, same, Before::Updating, &update, RULES);
    assert_eq!(updated, Decision::Leave(Left::UpdatedBefore));
    let again = decide(&wanted, here(OktaStatus::Active), Before::Updating, &update, RULES);
    assert!(matches!(again, Decision::Carry(_)));
    for (before, left) in [(Before::Done, Left::SentBefore), (Before::Failed, Left::FailedBefore)] {
        for standing in [Standing::Nobody, Standing::Twin, same, here(OktaStatus::Suspended)] {
            assert_eq!(decide(&wanted, standing, before, &update, RULES), Decision::Leave(left));
        }
    }
    assert!(!same_values(&ours, &theirs) && same_values(&profile(&[("login", "A@X.example")]), &theirs));
}

#[test]
fn numbers_compare_as_numbers() {
    let set = |value: serde_json::Value| {
        let mut profile = Profile::default();
        profile.set("badge", value);
        profile
    };
    assert!(differing(&set(json!(7)), &set(json!(7.0))).is_empty());
    assert_eq!(differing(&set(json!(7)), &set(json!("7"))).len(), 1);
}

proptest! {
    /// What an update sets and its inverse sets back leaves what was there.
    #[test]
    fn an_update_can_be_taken_back(
        ours in proptest::collection::btree_map("[a-d]", "[x-z]{1,2}", 0..4),
        theirs in proptest::collection::btree_map("[a-d]", "[x-z]{1,2}", 0..4),
    ) {
        let of = |values: &std::collections::BTreeMap<String, String>| {
            let mut profile = Profile::default();
            for (name, value) in values {
                profile.set(name, value.clone());
            }
            profile
        };
        let (ours, theirs) = (of(&ours), of(&theirs));
        let apply = |profile: &Profile, operation: &Operation| {
            let mut after = profile.clone();
            if let Operation::SetAttributes { changes } = operation {
                for change in changes {
                    after.set(&change.attribute, change.to.clone().unwrap_or_default());
                }
            }
            after
        };
        let set = Operation::SetAttributes { changes: differing(&ours, &theirs) };
        let after = apply(&theirs, &set);
        prop_assert!(differing(&ours, &after).is_empty());
        let back = set.inverse().iter().fold(after, |profile, operation| apply(&profile, operation));
        prop_assert_eq!(back, theirs);
    }
}
