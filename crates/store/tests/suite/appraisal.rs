//! What the rules say of a case beside others: limits look at what was decided, statements at what was found.

use std::collections::BTreeMap;

use crate::common::limited::{limited, open};
use crate::common::paying::{answer, released};
use crate::common::together::seat;
use crate::common::{World, YEAR, account, decide, evidence, fresh, on_both, party};
use duixian_assess::Status;
use duixian_bank::ResultFormat;
use duixian_casework::appraisal::record_of;
use duixian_casework::case::{Assessed, Case, CaseId, CellRef, Defect, DefectAbout, Standing, Subject};
use duixian_casework::command::Stated;
use duixian_casework::dossier::Source;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::messages::Wanted;
use duixian_store::public::PublicFilter;

async fn draft(world: &World, measure: &str, place: usize, basis: &str) -> CaseId {
    let (party, measure, basis) = (party(place), measure.to_owned(), basis.to_owned());
    let new = NewCase { round: world.round, party, measure, basis };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("甲公司", "6222000000000002")) };
    world.ask(&world.applicant, id, save).await;
    id
}

async fn submitted(world: &World, measure: &str, place: usize, basis: &str) -> Case {
    let id = draft(world, measure, place, basis).await;
    world.ask(&world.applicant, id, Ask::Submit).await
}

async fn granted(world: &World, measure: &str, place: usize, basis: &str, yuan: i64) -> Case {
    let case = submitted(world, measure, place, basis).await;
    world.ask(&world.intake, case.id, Ask::Accept).await;
    world.ask(&world.decider, case.id, decide(yuan)).await
}

fn assessed(case: &Case) -> &Assessed {
    case.assessed.as_ref().expect("it was assessed")
}

fn standing(case: &Case) -> Standing {
    assessed(case).standing
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cant_be_is_kept_in_a_draft_and_sent_by_nobody() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let id = draft(&world, "first_award", 0, "L0-1").await;
        let save = |column: &str, value: &str, dispute: Option<&str>| {
            let cell = CellRef { table: "results".to_owned(), row: "L0-1".to_owned(), column: column.to_owned() };
            let stated = Stated { value: value.to_owned(), dispute: dispute.map(str::to_owned) };
            Ask::Save { statements: BTreeMap::from([(cell, Some(stated))]), account: None }
        };
        let refused = async |ask: Ask| match world.store.ask(&world.applicant, &fresh(), id, ask).await {
            Err(StoreError::Refused(Refusal::FactsWrong(zh, _))) => zh,
            other => panic!("{other:?}"),
        };
        world.ask(&world.applicant, id, save("genuine", "perhaps", None)).await;
        let told = refused(Ask::Submit).await;
        assert!(told.starts_with("成果 L0-1 · 属实：") && told.contains("true"), "{told}");
        world.ask(&world.applicant, id, save("genuine", "true", None)).await;
        world.ask(&world.applicant, id, save("done_on", "2099-01-01", Some("登记有误"))).await;
        let told = refused(Ask::Submit).await;
        assert!(told.starts_with("成果 L0-1 · 完成日：不能晚于今天"), "{told}");
        assert_eq!(world.store.case(id).await.expect("the draft").stage, Stage::Draft);
        world.ask(&world.applicant, id, save("done_on", &format!("{YEAR}-05-20"), Some("登记有误"))).await;
        world.ask(&world.applicant, id, Ask::Submit).await;
        // A correction is sent no sooner.
        let defect = Defect { about: DefectAbout::Account, text: "账号有误".to_owned() };
        world.ask(&world.intake, id, Ask::AskCorrection { defects: vec![defect] }).await;
        world.ask(&world.applicant, id, save("genuine", "perhaps", None)).await;
        refused(Ask::Resubmit { answers: Vec::new() }).await;
        world.ask(&world.applicant, id, save("genuine", "true", None)).await;
        world.ask(&world.applicant, id, Ask::Resubmit { answers: Vec::new() }).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_taken_by_what_was_decided_and_by_nothing_else() {
    on_both(async |mut world: World| {
        seat(&world).await;
        limited(&mut world).await;
        // The registry does not know whether the second result is genuine; stated, it is.
        let id = draft(&world, "first_award", 0, "L0-1").await;
        let missing = world.store.ask(&world.applicant, &fresh(), id, Ask::Submit).await;
        assert!(matches!(missing, Err(StoreError::Refused(Refusal::FactsMissing(..)))), "{missing:?}");
        let cell = CellRef { table: "results".to_owned(), row: "L0-1".to_owned(), column: "genuine".to_owned() };
        let stated = Stated { value: "true".to_owned(), dispute: None };
        let statements = BTreeMap::from([(cell, Some(stated))]);
        world.ask(&world.applicant, id, Ask::Save { statements, account: None }).await;
        let pending = world.ask(&world.applicant, id, Ask::Submit).await;
        assert_eq!(standing(&pending), Standing::Entitled);

        // A pending claim takes no place; a decided one does; one that is withdrawn gives it back.
        let first = submitted(&world, "first_award", 0, "L0-0").await;
        assert_eq!(standing(&first), Standing::Entitled);
        world.ask(&world.intake, first.id, Ask::Accept).await;
        let first = world.ask(&world.decider, first.id, decide(50_000)).await;
        let appraised = world.store.appraisal(&pending).await.expect("appraised");
        assert_eq!(appraised.appraisal.assessed.standing, Standing::NotEntitled);
        let number = first.number.clone().expect("a number");
        assert!(appraised.appraisal.assessed.reason.0.contains(&number), "{:?}", appraised.appraisal.assessed.reason);
        let table = appraised.pack.plan.vocabulary.table("results").expect("the table");
        assert_eq!(appraised.dossier.cell(table, "L0-1", 3), Some(("true", Source::Stated)));
        // One that is revoked gives it back, too.
        let propose = Ask::ProposeRevocation { grounds: "金额有误".to_owned(), remark: String::new() };
        world.ask(&world.decider, first.id, propose).await;
        world.ask(&world.other_decider, first.id, Ask::ConfirmRevocation).await;
        let appraised = world.store.appraisal(&pending).await.expect("appraised");
        assert_eq!(appraised.appraisal.assessed.standing, Standing::Entitled);
        world.ask(&world.decider, first.id, decide(50_000)).await;
        world.ask(&world.applicant, first.id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        let appraised = world.store.appraisal(&pending).await.expect("appraised");
        assert_eq!(appraised.appraisal.assessed.standing, Standing::Entitled);

        // What was granted counts in any round, for whoever has the same project.
        let first = granted(&world, "project_award", 1, "L1-0", 30_000).await;
        let round = world.store.round(world.round).await.expect("the round");
        world.round = open(&world, round.pack, round.facts).await;
        let rival = submitted(&world, "project_award", 2, "L2-0").await;
        assert_eq!(standing(&rival), Standing::NotEntitled);
        let reason = &assessed(&rival).reason.0;
        assert!(!reason.contains(first.number.as_deref().expect("a number")), "of others' cases nothing: {reason}");
        let again = draft(&world, "project_award", 2, "L2-0").await;
        let refused = world.store.ask(&world.applicant, &fresh(), again, Ask::Submit).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{refused:?}");
        world.check().await;
    })
    .await;
}

/// What was withdrawn and paid all the same takes its place from others, by whatever they are counted together.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_after_it_was_withdrawn_counts() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        seat(&world).await;
        let store = &world.store;
        // By its party, by a text, by the whole measure.
        for (measure, yuan) in [("first_award", 50_000), ("project_award", 30_000), ("top_award", 20_000)] {
            let id = granted(&world, measure, 0, "L0-0", yuan).await.id;
            let batch = released(&world, vec![id]).await;
            let failed = answer(&world, batch, &[id], ResultFormat::Csv).await;
            let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
            store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
            world.ask(&world.applicant, id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
            let case = store.case(id).await.expect("the case");
            assert_eq!(record_of(&case), None, "what was withdrawn takes no place");
            store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read");
            let case = store.case(id).await.expect("the case");
            assert!(record_of(&case).is_some_and(|record| record.granted == Fen::yuan(yuan)), "{measure}");
        }
        let rival = submitted(&world, "project_award", 1, "L1-0").await;
        assert_eq!(standing(&rival), Standing::NotEntitled);
        // Two places, of which the one paid late has the first whatever others have reached.
        assert_eq!(standing(&submitted(&world, "top_award", 3, "L3-0").await), Standing::Entitled);
        assert_eq!(standing(&submitted(&world, "top_award", 2, "L2-0").await), Standing::NotEntitled);
        let id = draft(&world, "first_award", 0, "L0-1").await;
        let cell = CellRef { table: "results".to_owned(), row: "L0-1".to_owned(), column: "genuine".to_owned() };
        let statements = [(cell, Some(Stated { value: "true".to_owned(), dispute: None }))].into();
        world.ask(&world.applicant, id, Ask::Save { statements, account: None }).await;
        assert_eq!(standing(&world.ask(&world.applicant, id, Ask::Submit).await), Standing::NotEntitled);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_since_the_review_counts_at_the_decision() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let mut reviewed = Vec::new();
        for place in 0..2 {
            let case = submitted(&world, "project_award", place, &format!("L{place}-0")).await;
            assert_eq!(standing(&case), Standing::Entitled, "nothing was granted yet");
            reviewed.push(world.ask(&world.intake, case.id, Ask::Accept).await);
        }
        // The same project in another spelling, by someone who types it.
        let new = NewCase {
            round: world.round,
            party: party(2),
            measure: "project_award".to_owned(),
            basis: "NEW-1".to_owned(),
        };
        let typed = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
        let cells =
            [("done_on", format!("{YEAR}-05-01")), ("genuine", "true".to_owned()), ("project_key", "ｋ．".to_owned())];
        let statements = cells.map(|(column, value)| {
            let cell = CellRef { table: "results".to_owned(), row: "NEW-1".to_owned(), column: column.to_owned() };
            (cell, Some(Stated { value, dispute: None }))
        });
        let statements = BTreeMap::from(statements);
        let account = Some(account("丙公司", "6222000000000004"));
        world.ask(&world.applicant, typed, Ask::Save { statements, account }).await;
        let typed = world.ask(&world.applicant, typed, Ask::Submit).await;
        reviewed.push(world.ask(&world.intake, typed.id, Ask::Accept).await);
        // In letters that look like it, or with what nobody sees, it can't be stated at all.
        let other = draft(&world, "project_award", 3, "L3-1").await;
        for value in ["Κ", "ᴋ", "K\u{200b}", "—", "㐅"] {
            let cell =
                CellRef { table: "results".to_owned(), row: "L3-1".to_owned(), column: "project_key".to_owned() };
            let stated = Stated { value: value.to_owned(), dispute: Some("登记有误".to_owned()) };
            let save = Ask::Save { statements: BTreeMap::from([(cell, Some(stated))]), account: None };
            let refused = world.store.ask(&world.applicant, &fresh(), other, save).await;
            assert!(matches!(refused, Err(StoreError::BadInput { .. })), "{value:?}: {refused:?}");
        }

        let first = world.ask(&world.decider, reviewed[0].id, decide(30_000)).await;
        let number = first.number.expect("a number");
        for case in &reviewed[1..] {
            let late = world.store.ask(&world.decider, &fresh(), case.id, decide(30_000)).await;
            let Err(StoreError::Refused(Refusal::NotEntitled(zh, _))) = late else { panic!("{late:?}") };
            assert!(!zh.contains(&number), "of others' cases nothing: {zh}");
            assert_eq!(
                world.store.case(case.id).await.expect("the case").assessed,
                case.assessed,
                "nothing is half done"
            );
        }
        world.ask(&world.applicant, first.id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        world.ask(&world.decider, reviewed[2].id, decide(30_000)).await;
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stood_on_the_applicants_side_handles_nothing_of_it() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let case = submitted(&world, "project_award", 0, "L0-0").await;
        let official = |id: i64, parties: Vec<String>| Actor::User {
            id: UserId(id),
            roles: vec![Role::Intake, Role::DecisionMaker],
            desks: Vec::new(),
            parties: parties.into(),
        };
        for (id, parties) in [(1, Vec::new()), (77, vec![party(0)])] {
            let own = world.store.ask(&official(id, parties), &fresh(), case.id, Ask::Accept).await;
            assert!(matches!(own, Err(StoreError::Refused(Refusal::OwnParty))), "{own:?}");
        }
        world.ask(&official(77, vec![party(1)]), case.id, Ask::Accept).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_basis_is_granted_once_also_where_no_limit_says_so() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let first = granted(&world, "instant_award", 0, "L0-0", 10_000).await;
        let same = Case { id: CaseId(i64::MAX), ..first.clone() };
        let appraised = world.store.appraisal(&same).await.expect("appraised").appraisal.assessed;
        assert_eq!((appraised.standing, appraised.span), (Standing::NotEntitled, None));
        assert!(appraised.reason.0.contains(first.number.as_deref().expect("a number")), "{:?}", appraised.reason);
        let itself = world.store.appraisal(&first).await.expect("appraised").appraisal.assessed;
        assert_eq!(itself.standing, Standing::Conditional, "it is not in its own way");
        let other = Case { subject: Subject { basis: "L0-1".to_owned(), ..same.subject.clone() }, ..same.clone() };
        let other = world.store.appraisal(&other).await.expect("appraised").appraisal.assessed;
        assert_eq!(other.standing, Standing::Unknown, "another basis is another matter");
        let next = Case { subject: Subject { year: YEAR + 1, ..same.subject.clone() }, ..same.clone() };
        let next = world.store.appraisal(&next).await.expect("appraised").appraisal.assessed;
        assert_eq!(
            next.standing,
            Standing::NotEntitled,
            "what has a number of its own happened once, whenever that was"
        );
        world.ask(&world.applicant, first.id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        let free = world.store.appraisal(&same).await.expect("appraised").appraisal.assessed;
        assert_eq!(free.standing, Standing::Conditional);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_decide_what_a_statement_counts_for() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let (party, measure) = (party(3), "result_award".to_owned());
        let new = NewCase { round: world.round, party: party.clone(), measure, basis: "NEW-1".to_owned() };
        let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
        let cell = |row: &str, column: &str| CellRef {
            table: "results".to_owned(),
            row: row.to_owned(),
            column: column.to_owned(),
        };
        let save = |cells: &[(&str, &str)]| Ask::Save {
            statements: cells
                .iter()
                .map(|(column, value)| {
                    let stated = Stated { value: (*value).to_owned(), dispute: None };
                    (cell("NEW-1", column), Some(stated))
                })
                .collect(),
            account: Some(account("丁公司", "6222000000000003")),
        };
        // A basis that the registry does not have is made of statements.
        let of_draft = world.store.case(id).await.expect("the case");
        let nothing = world.store.appraisal(&of_draft).await.expect("appraised").appraisal.assessed;
        assert_eq!((nothing.standing, nothing.reason.1.contains("NEW-1")), (Standing::Unknown, true));
        let case = world.ask(&world.applicant, id, save(&[("done_on", "2019-07-01")])).await;
        let missing = world.store.appraisal(&case).await.expect("appraised").appraisal;
        assert_eq!(missing.assessed.standing, Standing::Unknown);
        assert!(missing.assessed.reason.0.contains("属实"), "{:?}", missing.assessed.reason);
        world.ask(&world.applicant, id, save(&[("genuine", "true")])).await;
        world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
        let case = world.ask(&world.applicant, id, Ask::Submit).await;
        assert_eq!(standing(&case), Standing::Conditional);

        world.ask(&world.intake, id, Ask::Accept).await;
        world.ask(&world.reviewer, id, Ask::TakeUp).await;
        let find =
            |holds| Ask::FindStatement { cell: cell("NEW-1", "genuine"), holds, note: "查无此事".to_owned() };
        let case = world.ask(&world.reviewer, id, find(false)).await;
        assert_eq!(standing(&case), Standing::Unknown, "a statement that does not hold says nothing");
        let case = world.ask(&world.reviewer, id, find(true)).await;
        assert_eq!(standing(&case), Standing::Conditional);
        let appraised = world.store.appraisal(&case).await.expect("appraised");
        let table = appraised.pack.plan.vocabulary.table("results").expect("the table");
        assert_eq!(appraised.dossier.cell(table, "NEW-1", 3), Some(("true", Source::Verified)));
        assert_eq!(appraised.dossier.cell(table, "L3-0", 3), Some(("true", Source::Registry)));

        // Against what the registry knows a statement counts once it was found to hold.
        let against = draft(&world, "first_award", 3, "L3-0").await;
        let disputed = Stated { value: "false".to_owned(), dispute: Some("登记有误".to_owned()) };
        let statements = BTreeMap::from([(cell("L3-0", "genuine"), Some(disputed))]);
        world.ask(&world.applicant, against, Ask::Save { statements, account: None }).await;
        let case = world.ask(&world.applicant, against, Ask::Submit).await;
        assert_eq!(standing(&case), Standing::Entitled, "nobody has found yet that the registry is wrong");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_reads_what_it_is_entitled_to_beside_what_it_has_applied_for() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        for (place, yuan) in [(0, 20_000), (1, 20_000)] {
            // Ranked among those who have applied.
            granted(&world, "top_award", place, &format!("L{place}-0"), yuan).await;
        }
        let mine = granted(&world, "first_award", 2, "L2-0", 50_000).await;
        let of = world.store.entitlements(&world.applicant, world.round, &party(2)).await.expect("entitlements");
        let plan = &of.pack.plan;
        let status = |measure: &str, basis: &str| {
            let of_measure = of.explained.measures.iter().find(|one| plan.measures[one.measure].name.en == measure);
            let bases = &of_measure.expect("the measure").bases;
            bases.iter().find(|one| one.basis == basis).expect("the basis").row.status()
        };
        assert_eq!(status("result_award", "L2-0"), Status::Conditional);
        assert_eq!(status("result_award", "L2-1"), Status::Unknown);
        assert_eq!(status("first_award", "L2-0"), Status::Entitled, "its own claim takes no place from it");
        assert_eq!(status("project_award", "L2-0"), Status::Entitled);
        assert_eq!(status("top_award", "L2-0"), Status::NotEntitled, "both places are given");
        let own: Vec<_> = of.cases.iter().map(|case| (case.id, case.stage, case.amount)).collect();
        assert_eq!(own, [(mine.id, Stage::Payable, Some(Fen::yuan(50_000)))]);
        assert_eq!(of.explained.name.as_deref(), Some("企业2"));
        let stranger = crate::common::official(99, &[Role::Agent]);
        let denied = world.store.entitlements(&stranger, world.round, &party(2)).await;
        assert!(matches!(denied, Err(StoreError::NotFound)));
        world.store.entitlements(&world.auditor, world.round, &party(2)).await.expect("officials may");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_the_leader_and_the_party_read_what_is_theirs() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let noticed = world.reviewed("result_award", 0, 0).await;
        world.ask(&world.decider, noticed, decide(40_000)).await;
        let nothing = world.store.notices(&PublicFilter::default()).await.expect("notices");
        assert_eq!(nothing.total, 0);
        let case = world.ask(&world.intake, noticed, Ask::PublishNotice).await;
        let payable = world.payable(1, 0, 30_000).await;
        let waiting = world.submitted("instant_award", 2, 0).await;
        let declined = world.reviewed("instant_award", 3, 0).await;
        world.ask(&world.decider, declined, Ask::Decline { reason: "不符合".to_owned() }).await;

        let number = case.number.clone().expect("a number");
        let notices = world.store.notices(&PublicFilter::default()).await.expect("notices");
        assert_eq!(notices.rows.len(), 1);
        let notice = &notices.rows[0];
        assert_eq!(
            (notice.case.number.as_str(), notice.case.party_name.as_str(), notice.amount),
            (&*number, "企业0", Some(Fen::yuan(40_000)))
        );
        assert_eq!(world.store.notice(&number).await.expect("the notice"), *notice);
        let hidden = world.store.case(payable).await.expect("the case").number.expect("a number");
        assert!(matches!(world.store.notice(&hidden).await, Err(StoreError::NotFound)));
        let by_text = PublicFilter { text: Some("企业0".to_owned()), ..PublicFilter::default() };
        assert_eq!(world.store.notices(&by_text).await.expect("notices").total, 1);
        let by_text = PublicFilter { text: Some("_".to_owned()), ..PublicFilter::default() };
        assert_eq!(world.store.notices(&by_text).await.expect("notices").total, 0);
        assert_eq!(world.store.payments_made(&PublicFilter::default()).await.expect("payments").total, 0);

        let leader = crate::common::official(20, &[Role::Leader]);
        let figures = world.store.figures(&leader, Some(YEAR)).await.expect("figures");
        assert!(matches!(world.store.figures(&world.applicant, None).await, Err(StoreError::Denied)));
        let instant = figures.by_measure.iter().find(|one| one.measure == "instant_award").expect("the measure");
        assert_eq!(
            [&instant.submitted, &instant.open, &instant.decided, &instant.ended].map(|tally| tally.cases),
            [3, 1, 1, 1]
        );
        assert_eq!(instant.decided.amount, Fen::yuan(30_000));
        // Every figure opens the list it counts.
        let mut tallies = vec![&instant.submitted, &instant.open, &instant.decided, &instant.paid, &instant.ended];
        tallies.extend(figures.by_month.iter().flat_map(|month| [&month.submitted, &month.decided, &month.paid]));
        tallies.extend(figures.by_desk.iter().flat_map(|desk| [&desk.open, &desk.overdue]));
        tallies.extend(figures.by_stage.iter().map(|(_, tally)| tally));
        assert!(tallies.len() > 10);
        for tally in tallies {
            let listed = world.store.cases(&leader, &tally.filter).await.expect("the list");
            assert_eq!(listed.total, tally.cases, "{:?}", tally.filter);
        }
        assert_eq!(figures.by_fund[0].reserved, Fen::yuan(70_000));
        // However many ask at once: none holds one connection while waiting for another.
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (store, leader) = (world.store.clone(), leader.clone());
            asking.spawn(async move { store.figures(&leader, Some(YEAR)).await });
        }
        while let Some(answer) = asking.join_next().await {
            assert_eq!(answer.expect("no panic").expect("figures").by_fund, figures.by_fund);
        }

        // Messages, to those who act for the party and to no one else.
        let kinds = |page: duixian_store::Page<duixian_store::messages::Message>| -> Vec<String> {
            page.rows.into_iter().map(|message| message.kind).collect()
        };
        let to = |place: usize| party(place);
        let messages = world.store.messages(&world.applicant, Some(&to(0)), Wanted::All, 1).await.expect("messages");
        let ids: Vec<i64> = messages.rows.iter().map(|message| message.id).collect();
        assert_eq!(kinds(messages), ["notice_published", "decided", "accepted", "submitted"]);
        let unread = world.store.unread(&world.applicant).await.expect("a number");
        let stranger = crate::common::official(99, &[Role::Agent]);
        assert!(matches!(world.store.messages(&stranger, Some(&to(0)), Wanted::All, 1).await, Err(StoreError::Denied)));
        world.store.mark_read(&stranger, ids.clone()).await.expect("nothing happens");
        assert_eq!(world.store.unread(&world.applicant).await.expect("a number"), unread);
        world.store.mark_read(&world.applicant, ids).await.expect("read");
        assert_eq!(world.store.unread(&world.applicant).await.expect("a number"), unread - 4);
        let _ = waiting;
    })
    .await;
}
