//! A decision that two decision makers revoke: money, notice, figures, messages and journal say the same of it.

use crate::common::{FUND, World, YEAR, decide, fresh, official, on_both};
use duixian_casework::case::CaseId;
use duixian_casework::people::Role;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::messages::Wanted;
use duixian_store::notices::Ended;
use duixian_store::public::PublicFilter;

fn propose(remark: &str) -> Ask {
    Ask::ProposeRevocation { grounds: "多写了一个零".to_owned(), remark: remark.to_owned() }
}

async fn revoke(world: &World, id: CaseId, remark: &str) -> Stage {
    world.ask(&world.decider, id, propose(remark)).await;
    world.ask(&world.other_decider, id, Ask::ConfirmRevocation).await.stage
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_holds_nothing_any_more() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(1_000_000).await;
        let id = world.reviewed("result_award", 0, 0).await;
        world.ask(&world.decider, id, decide(90_000)).await;
        let case = world.ask(&world.intake, id, Ask::PublishNotice).await;
        let put_up = case.notice.expect("a notice").at;
        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").reserved, Fen::yuan(90_000));
        assert_eq!(revoke(&world, id, "金额有误").await, Stage::SubstantiveReview);

        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").reserved, Fen(0));
        assert_eq!(world.store.notices(&PublicFilter::default()).await.expect("notices").total, 0);
        let sheet = world.store.notice_sheet(id, put_up).await.expect("a sheet").expect("it was kept");
        let ends = world.store.sheet_ends(&sheet).await.expect("ends");
        assert!(matches!(ends.get(&id), Some(Ended::Revoked(_, why)) if why.remark == "金额有误"), "{ends:?}");
        let leader = official(20, &[Role::Leader]);
        let figures = world.store.figures(&leader, Some(YEAR)).await.expect("figures");
        let award = figures.by_measure.iter().find(|one| one.measure == "result_award").expect("the measure");
        assert_eq!((award.open.cases, award.decided.cases, award.decided.amount), (1, 0, Fen(0)));
        assert!(figures.by_month.iter().all(|month| month.decided.cases == 0));
        let told = world.store.messages(&world.applicant, None, Wanted::All, 1).await.expect("messages");
        let last = told.rows.first().expect("a message");
        assert_eq!((last.kind.as_str(), last.body["reason"].as_str()), ("revoked", Some("多写了一个零")));
        world.check().await;

        // Reviewed anew it is decided anew, with money of its own.
        world.ask(&world.reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
        let support = duixian_casework::case::Recommendation::Support(Fen::yuan(9_000));
        world.ask(&world.reviewer, id, Ask::Review { recommends: support, opinion: "属实".to_owned() }).await;
        world.ask(&world.decider, id, decide(9_000)).await;
        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").reserved, Fen::yuan(9_000));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_or_is_payable_is_revoked_and_is_not_shared_out_meanwhile() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(50).await;
        let payable = world.payable(0, 0, 40).await;
        let waiting = world.reviewed("instant_award", 0, 1).await;
        let Ask::Decide { amount, reason, conditions, priority, .. } = decide(40) else { panic!("a decision") };
        let if_short = duixian_casework::command::IfShort::Queue;
        world.ask(&world.decider, waiting, Ask::Decide { amount, reason, conditions, priority, if_short }).await;
        // Of what waits nothing is taken back by one alone.
        let alone = world.store.ask(&world.decider, &fresh(), waiting, Ask::SendBack { reason: "错".to_owned() }).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::WrongStage { .. }))), "{alone:?}");
        world.ask(&world.decider, waiting, propose("")).await;
        let rule = AllocationRule::ProRata;
        let shared = world.store.allocate(&world.other_decider, &fresh(), FUND, YEAR, rule, None).await;
        assert!(matches!(shared, Err(StoreError::Conflict { .. })), "{shared:?}");
        world.ask(&world.other_decider, waiting, Ask::ConfirmRevocation).await;
        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").waiting_cases, 0);
        // What is payable is in no batch as long as its revocation is open.
        world.ask(&world.decider, payable, propose("")).await;
        let batch = world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![payable]).await;
        assert!(matches!(batch, Err(StoreError::Refused(Refusal::RevocationOpen))), "{batch:?}");
        world.ask(&world.other_decider, payable, Ask::DropRevocation { reason: "无误".to_owned() }).await;
        world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![payable]).await.expect("a batch");
        let in_batch = world.store.ask(&world.decider, &fresh(), payable, propose("")).await;
        assert!(matches!(in_batch, Err(StoreError::Refused(Refusal::TakeOutFirst))), "{in_batch:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_declined_and_applied_for_anew_is_not_taken_up_again() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(1_000).await;
        let id = world.reviewed("instant_award", 0, 0).await;
        world.ask(&world.decider, id, Ask::Decline { reason: "不符合".to_owned() }).await;
        world.ask(&world.decider, id, propose("")).await;
        let anew = world.submitted("instant_award", 0, 0).await;
        let twice = world.store.ask(&world.other_decider, &fresh(), id, Ask::ConfirmRevocation).await;
        assert!(matches!(twice, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{twice:?}");
        world.ask(&world.applicant, anew, Ask::Withdraw { reason: "重复".to_owned() }).await;
        assert_eq!(world.ask(&world.other_decider, id, Ask::ConfirmRevocation).await.stage, Stage::Reviewed);
        world.check().await;
    })
    .await;
}
