//! One fact stated as two things, in two cases of a party.

use crate::desk::{Desk, PARTY, all_steps, user};
use duixian_casework::case::{Case, CaseId, CellRef, Finding, Statement};
use duixian_casework::command::Command;
use duixian_casework::contradiction::{Contradiction, contradictions};
use duixian_casework::people::{Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;

/// A case in its last review that states a role of a standard, or a word of the party itself.
fn case(id: i64, row: &str, role: &str, finding: Option<bool>) -> Case {
    let desk = Desk::new(all_steps());
    let found = |holds| Finding { holds, note: String::new(), by: UserId(11), at: desk.now };
    let statement =
        Statement { value: role.to_owned(), dispute: None, by: UserId(1), at: desk.now, finding: finding.map(found) };
    let cell = CellRef { table: "standards".to_owned(), row: row.to_owned(), column: "role".to_owned() };
    let mut case = Case::open(CaseId(id), desk.case.subject.clone(), UserId(1), desk.now);
    case.number = Some(format!("{id}号"));
    case.stage = Stage::SubstantiveReview;
    case.statements.insert(cell, statement);
    case
}

#[test]
fn what_another_case_states_otherwise_is_told_and_binds_once_it_was_found() {
    let own = case(1, "GB 1", "participant", None);
    let told = |other: &Case| contradictions(&own, [other]).iter().map(|one| one.is_binding).collect::<Vec<_>>();
    assert_eq!(told(&case(2, "gb1", "lead", None)), [false], "however the number is written");
    assert_eq!(told(&case(2, "GB 1", "lead", Some(true))), [true]);
    assert_eq!(told(&case(2, "GB 1", "lead", Some(false))), [false; 0], "what was found wrong says nothing");
    assert_eq!(told(&case(2, "GB 1", "participant", Some(true))), [false; 0], "they agree");
    assert_eq!(told(&case(2, "GB 2", "lead", Some(true))), [false; 0], "another row");
    for over in [Stage::Draft, Stage::NotAccepted, Stage::Declined, Stage::PaymentEnded, Stage::Withdrawn] {
        let ended = Case { stage: over, ..case(2, "GB 1", "lead", Some(true)) };
        assert_eq!(told(&ended), [false; 0], "{over:?} came to nothing");
    }
    // What is said of the party itself may be another thing in another year.
    let own = case(1, "", "participant", None);
    let mut other = case(2, "", "lead", Some(true));
    assert!(contradictions(&own, [&other]).iter().all(|one| one.is_binding));
    other.subject.year += 1;
    assert!(contradictions(&own, [&other]).iter().all(|one| !one.is_binding));
}

#[test]
fn nothing_is_found_to_hold_that_contradicts_what_was() {
    let desk = Desk::new(all_steps());
    let own = case(1, "GB 1", "participant", None);
    assert_eq!(own.subject.party, PARTY);
    let known: Vec<Contradiction> = contradictions(&own, [&case(2, "GB 1", "lead", Some(true))]);
    let reviewer = user(11, &[Role::Reviewer], &[]);
    let cell = own.statements.keys().next().expect("a statement").clone();
    let find = |holds| Command::FindStatement { cell: cell.clone(), holds, note: "查明".to_owned() };
    let asked = |holds| {
        desk.with_context(|context| {
            let context = duixian_casework::handle::Context { contradictions: &known, ..*context };
            duixian_casework::handle::handle(&own, find(holds), &reviewer, &context)
        })
    };
    assert_eq!(asked(true), Err(Refusal::Contradicts("2号".to_owned())));
    assert!(asked(false).is_ok());
}
