//! Numbers and words as people may send them: one number is one party's however it is written, and nothing unseen is kept.

use crate::common::{World, account, decide, evidence, fresh, number_of, on_both, party};
use duixian_casework::case::{CaseId, CellRef};
use duixian_casework::command::Stated;
use duixian_casework::contradiction::{Contradiction, Rests};
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{Settings, StoreError};

async fn open(world: &World, at: usize, basis: &str) -> Result<CaseId, StoreError> {
    let new =
        NewCase { round: world.round, party: party(at), measure: "instant_award".to_owned(), basis: basis.to_owned() };
    Ok(world.store.open_draft(&world.applicant, &fresh(), new).await?.value.id)
}

/// A case for a result that the registry does not have, accepted.
async fn accepted(world: &World, at: usize, basis: &str) -> CaseId {
    let id = open(world, at, basis).await.unwrap_or_else(|error| panic!("{basis:?}: {error}"));
    let cell = |column: &str| CellRef { table: "results".to_owned(), row: basis.to_owned(), column: column.to_owned() };
    let stated = |value: &str| Some(Stated { value: value.to_owned(), dispute: None });
    let statements = [(cell("done_on"), stated("2019-05-01")), (cell("genuine"), stated("true"))].into();
    let account = Some(account(&format!("企业{at}"), &number_of(at)));
    world.ask(&world.applicant, id, Ask::Save { statements, account }).await;
    world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
    world.ask(&world.applicant, id, Ask::Submit).await;
    world.ask(&world.intake, id, Ask::Accept).await;
    id
}

const LIKE: [&str; 9] = ["Ｒ０-0", "R 0-0", "R0-0.", "r0-0", "R0—0", "RO-O", "R\u{3000}00", "R0一0", "R0-0号"];

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_the_registry_is_its_partys_however_it_is_written() {
    on_both(async |world: World| {
        for basis in LIKE {
            let foreign = open(&world, 1, basis).await;
            assert!(matches!(foreign, Err(StoreError::Refused(Refusal::OfAnotherParty))), "{basis:?} {foreign:?}");
        }
        let own = open(&world, 0, "R0-0").await.expect("its own");
        for basis in LIKE {
            assert_eq!(open(&world, 0, basis).await.expect("the same draft"), own, "{basis:?}");
        }
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_number_is_granted_once_however_it_is_written() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let first = accepted(&world, 0, "UNKNOWN-1").await;
        let twin = open(&world, 0, "unknown 1").await.expect("a warning, no refusal");
        assert_ne!(twin, first);
        let save = Ask::Save { statements: Default::default(), account: Some(account("企业0", "6222000000000002")) };
        world.ask(&world.applicant, twin, save).await;
        world.ask(&world.applicant, twin, Ask::AddEvidence(evidence())).await;
        let refused = world.store.ask(&world.applicant, &fresh(), twin, Ask::Submit).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{refused:?}");
        let second = accepted(&world, 1, "ＵＮＫＮＯＷＮ１").await;
        let case = world.store.case(second).await.expect("the case");
        let seen = world.store.cases_elsewhere(&case).await.expect("the others");
        assert_eq!(seen.iter().map(|one| one.case).collect::<Vec<_>>(), [first], "officials see the other");
        world.ask(&world.decider, first, decide(100)).await;
        let refused = world.store.ask(&world.decider, &fresh(), second, decide(100)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::GrantedElsewhere(_)))), "{refused:?}");
        let other = accepted(&world, 2, "UNKNOWN-2").await;
        world.ask(&world.decider, other, decide(100)).await;
        world.check().await;
    })
    .await;
}

/// Numbers that differ in signs alone have one key: whoever decides says on what grounds they are two, and then they are.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_only_look_alike_are_two_once_an_official_says_so() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let first = accepted(&world, 0, "K1-12").await;
        world.ask(&world.decider, first, decide(100)).await;
        let (second, same) = (accepted(&world, 1, "K11-2").await, accepted(&world, 2, "k1-12").await);
        let refused = world.store.ask(&world.decider, &fresh(), second, decide(100)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::GrantedElsewhere(_)))), "{refused:?}");
        let say = |other, grounds: &str| Ask::Distinguish { other, grounds: grounds.to_owned() };
        for (id, other, grounds) in [(second, first, " "), (second, second, "两份原件"), (same, first, "两份原件")]
        {
            let refused = world.store.ask(&world.decider, &fresh(), id, say(other, grounds)).await;
            assert!(matches!(refused, Err(StoreError::Refused(_))), "{grounds:?}: {refused:?}");
        }
        // Whoever says so does not decide by it.
        let said = world.ask(&world.other_decider, second, say(first, "两份证书都核对过原件")).await;
        assert!(said.distinct.get(&first).is_some_and(|finding| finding.note.contains("原件")));
        for (id, other) in [(first, second), (second, first)] {
            let case = world.store.case(id).await.expect("the case");
            let seen = world.store.cases_elsewhere(&case).await.expect("the others");
            assert!(seen.iter().any(|one| one.case == other && one.is_distinct), "both know it");
        }
        world.ask(&world.decider, second, decide(100)).await;
        // Of the others nothing was said.
        let refused = world.store.ask(&world.decider, &fresh(), same, decide(100)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::GrantedElsewhere(_)))), "{refused:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basis_is_asked_about_whatever_the_way_in() {
    on_both(async |world: World| {
        for (basis, why) in [
            ("x|y", "不能有“|”"),
            ("x｜y", "不能有“|”"),
            ("/", "至少要有一个"),
            ("\u{202e}gpj.exe", "看不见"),
            ("R0-0\u{200b}", "看不见"),
            ("R\u{ad}9", "看不见"),
            ("R\u{1}9", "看不见"),
            ("R\u{fffd}9", "看不见"),
            (" ", "请写明"),
            ("…", "至少要有一个"),
        ] {
            let Err(StoreError::BadInput { zh, en }) = open(&world, 0, basis).await else { panic!("{basis:?}") };
            assert!(zh.contains(why) && !en.is_empty(), "{basis:?}: {zh}");
        }
        let Err(StoreError::BadInput { zh, .. }) = open(&world, 0, &"长".repeat(101)).await else {
            panic!("too long")
        };
        assert!(zh.contains("最多 100"), "{zh}");
    })
    .await;
}

/// Standards are numbered so. However the stroke is written, it is one number.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_may_have_a_stroke() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let first = accepted(&world, 0, "GB/T 38628-2018").await;
        let case = world.store.case(first).await.expect("the case");
        assert_eq!(case.subject.basis, "GB/T 38628-2018");
        assert!(case.statements.keys().all(|cell| cell.row == "GB/T 38628-2018"), "{:?}", case.statements);
        let twin = open(&world, 0, "ＧＢ／Ｔ 38628—2018").await.expect("a draft");
        let refused = world.store.ask(&world.applicant, &fresh(), twin, Ask::Submit).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{refused:?}");
        let elsewhere = accepted(&world, 1, "GBT38628-2018").await;
        world.ask(&world.decider, first, decide(100)).await;
        let refused = world.store.ask(&world.decider, &fresh(), elsewhere, decide(100)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::GrantedElsewhere(_)))), "{refused:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_kept_with_what_nobody_sees() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let id = world.reviewed("result_award", 0, 0).await;
        world.ask(&world.decider, id, decide(80_000)).await;
        world.ask(&world.intake, id, Ask::PublishNotice).await;
        let object = |name: &str, grounds: &str| Ask::Object {
            name: name.to_owned(),
            contact: "0851-85810000".to_owned(),
            grounds: grounds.to_owned(),
        };
        for (name, grounds) in [("a", "不\0实"), ("a", "不\u{8}实"), ("a", "不\u{9b}实"), ("a", "x\u{c}x")] {
            let refused = world.store.ask(&Actor::Public, &fresh(), id, object(name, grounds)).await;
            let Err(StoreError::BadInput { zh, .. }) = refused else { panic!("{name:?} {grounds:?}: {refused:?}") };
            assert!(zh.contains("控制字符"), "{zh}");
        }
        for name in ["\0a", "a\u{7f}", "a\u{202e}b", "\u{200b}"] {
            let refused = world.store.ask(&Actor::Public, &fresh(), id, object(name, "不实")).await;
            assert!(matches!(refused, Err(StoreError::Refused(Refusal::Unseen(..)))), "{name:?}: {refused:?}");
        }
        let case = world.ask(&Actor::Public, id, object("a", "第一\r\n第二\t\\u0001 \\b")).await;
        assert_eq!((case.stage, case.objections.len()), (Stage::Objection, 1));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_such_as_files_and_numbers_can_be_made_of() {
    on_both(async |world: World| {
        let settings = world.store.settings().await.expect("the settings");
        let with = |holder: &str, prefix: &str| {
            let mut new = Settings { number_prefix: prefix.to_owned(), ..settings.clone() };
            if let Some(debtor) = &mut new.debtor {
                holder.clone_into(&mut debtor.holder);
            }
            new
        };
        for prefix in ["../", "南明/兑", "<b>", "南 明", "a\u{200b}", "一二三四五六七八九十一"] {
            let refused = world.store.set_settings(&world.admin, &fresh(), with("财政专户", prefix)).await;
            assert!(matches!(refused, Err(StoreError::BadInput { .. })), "{prefix:?} {refused:?}");
        }
        let refused = world.store.set_settings(&world.admin, &fresh(), with("财政\u{1}中心", "南明兑")).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::BadAccount(..)))), "{refused:?}");
        let mut codeless = with("财政专户", "南明兑");
        codeless.debtor.as_mut().expect("an account").bank_code = None;
        let refused = world.store.set_settings(&world.admin, &fresh(), codeless).await;
        assert!(
            matches!(refused, Err(StoreError::Refused(Refusal::BadAccount(..)))),
            "files need the code: {refused:?}"
        );
        for prefix in ["", "南明兑", "NM2"] {
            world.store.set_settings(&world.admin, &fresh(), with("财政专户", prefix)).await.expect("kept");
        }
    })
    .await;
}

/// A case of the long way for a result that the registry does not have, taken up by its reviewer.
async fn in_review(
    world: &World,
    at: usize,
    (measure, basis): (&str, &str),
    (done_on, genuine): (&str, &str),
) -> CaseId {
    let new = NewCase { round: world.round, party: party(at), measure: measure.to_owned(), basis: basis.to_owned() };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    let stated = |value: &str| Some(Stated { value: value.to_owned(), dispute: None });
    let statements = [(cell(basis, "done_on"), stated(done_on)), (cell(basis, "genuine"), stated(genuine))].into();
    let account = Some(account(&format!("企业{at}"), &number_of(at)));
    world.ask(&world.applicant, id, Ask::Save { statements, account }).await;
    world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
    world.ask(&world.applicant, id, Ask::Submit).await;
    world.ask(&world.intake, id, Ask::Accept).await;
    id
}

fn cell(row: &str, column: &str) -> CellRef {
    CellRef { table: "results".to_owned(), row: row.to_owned(), column: column.to_owned() }
}

/// One fact cannot be two things, whichever measures they are stated for: what contradicts what was found to hold is not found to
/// hold, nor is anything decided by it.
#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_what_was_found_does_not_hold() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let stated = ("2019-05-01", "true");
        let first = in_review(&world, 0, ("result_award", "STD-1"), stated).await;
        // The short way has no review: its decision goes by what is stated.
        let other = in_review(&world, 0, ("instant_award", "std 1"), ("2019-06-01", "true")).await;
        let foreign = in_review(&world, 1, ("result_award", "STD-2"), ("2019-06-01", "true")).await;
        let case = world.store.case(other).await.expect("the case");
        let seen = world.store.contradictions(&case).await.expect("the others");
        assert_eq!(seen.iter().map(|one| (one.case, one.is_binding)).collect::<Vec<_>>(), [(first, false)]);
        assert_eq!((seen[0].cell.clone(), seen[0].value.as_str()), (cell("std 1", "done_on"), "2019-05-01"));

        world.ask(&world.reviewer, first, Ask::TakeUp).await;
        let find = |row: &str, column: &str, holds| Ask::FindStatement {
            cell: cell(row, column),
            holds,
            note: "已查".to_owned(),
        };
        world.ask(&world.reviewer, first, find("STD-1", "done_on", true)).await;
        let number = world.store.case(first).await.expect("the case").number.expect("a number");
        let is_refused =
            |refused: &StoreError| matches!(refused, StoreError::Refused(Refusal::Contradicts(of)) if *of == number);
        let refused = world.store.ask(&world.decider, &fresh(), other, decide(100)).await;
        assert!(refused.as_ref().is_err_and(is_refused), "{refused:?}");

        // Of another party, or where it is the same, nothing is in the way.
        world.ask(&world.reviewer, foreign, Ask::TakeUp).await;
        world.ask(&world.reviewer, foreign, find("STD-2", "done_on", true)).await;
        let second = in_review(&world, 0, ("result_award", "STD-3"), stated).await;
        world.ask(&world.reviewer, second, Ask::TakeUp).await;
        world.ask(&world.reviewer, second, find("STD-3", "done_on", true)).await;

        // Once the first was found not to hold, the other may.
        world.ask(&world.reviewer, first, find("STD-1", "done_on", false)).await;
        world.ask(&world.decider, other, decide(100)).await;
        world.check().await;
    })
    .await;
}

/// What one case disputes of the registry, and another rests on: whoever looks at either reads it.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_case_disputes_and_another_takes_from_the_registry_is_seen_in_both() {
    on_both(async |world: World| {
        let open = async |measure: &str, row: &str, stated: Option<(&str, &str)>| {
            let new =
                NewCase { round: world.round, party: party(0), measure: measure.to_owned(), basis: row.to_owned() };
            let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
            let disputed =
                |value: &str| Some(Stated { value: value.to_owned(), dispute: Some("登记有误".to_owned()) });
            let statements = stated.map(|(column, value)| (cell(row, column), disputed(value))).into_iter().collect();
            let account = Some(account("企业0", "6222000000000002"));
            world.ask(&world.applicant, id, Ask::Save { statements, account }).await;
            world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
            world.ask(&world.applicant, id, Ask::Submit).await;
            world.ask(&world.intake, id, Ask::Accept).await;
            id
        };
        let disputing = open("result_award", "R0-0", Some(("done_on", "2019-06-01"))).await;
        let resting = open("instant_award", "R0-0", None).await;
        let elsewhere = open("instant_award", "R0-1", None).await;
        let seen = async |id: CaseId| {
            let case = world.store.case(id).await.expect("the case");
            let seen = world.store.contradictions(&case).await.expect("the others");
            let one = |one: &Contradiction| (one.case, one.rests, one.own.clone(), one.value.clone(), one.is_found);
            seen.iter().map(one).collect::<Vec<_>>()
        };
        let (registered, disputed) = ("2019-05-01".to_owned(), "2019-06-01".to_owned());
        let from_other = (resting, Some(Rests::Other), disputed.clone(), registered.clone(), false);
        assert_eq!(seen(disputing).await, [from_other]);
        let own = |is_found| (disputing, Some(Rests::Own), registered.clone(), disputed.clone(), is_found);
        assert_eq!(seen(resting).await, [own(false)]);
        assert_eq!(seen(elsewhere).await, [], "of another row");

        let find = |holds| Ask::FindStatement { cell: cell("R0-0", "done_on"), holds, note: "已查".to_owned() };
        world.ask(&world.reviewer, disputing, Ask::TakeUp).await;
        world.ask(&world.reviewer, disputing, find(true)).await;
        assert_eq!(seen(resting).await, [own(true)]);
        world.ask(&world.reviewer, disputing, find(false)).await;
        assert_eq!((seen(disputing).await, seen(resting).await), (vec![], vec![]), "the registry was right");
        world.check().await;
    })
    .await;
}
