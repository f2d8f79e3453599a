//! Notices that are over: what is found of a case between the end of its notice and its payment, and after.

use chrono::TimeDelta;
use duixian_bank::ResultFormat;
use duixian_casework::case::CaseId;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::public::{NoticeState, PublicFilter};

use crate::common::paying::{answer, read, released};
use crate::common::together::seat;
use crate::common::{World, decide, fresh, on_both};

async fn put_up(world: &World, result: usize) -> (CaseId, String) {
    let id = world.reviewed("result_award", 0, result).await;
    world.ask(&world.decider, id, decide(300)).await;
    let case = world.ask(&world.intake, id, Ask::PublishNotice).await;
    (id, case.number.expect("a number"))
}

/// What is found by a text: of what hangs the numbers, of what is over the states and amounts as well.
async fn found(world: &World, text: &str) -> (Vec<String>, Vec<(String, NoticeState, Option<Fen>)>) {
    let filter = PublicFilter { text: Some(text.to_owned()), ..PublicFilter::default() };
    let running = world.store.notices(&filter).await.expect("notices").rows;
    let over = world.store.notices_over(&filter).await.expect("notices").rows;
    (
        running.into_iter().map(|one| one.case.number).collect(),
        over.into_iter().map(|one| (one.case.number, one.state, one.amount)).collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_from_its_notice_to_its_payment() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let (first, number) = put_up(&world, 0).await;
        let (second, withdrawn) = put_up(&world, 1).await;
        let (third, objected) = put_up(&world, 2).await;
        let hidden = world.payable(1, 0, 300).await;
        assert_eq!(found(&world, &number).await, (vec![number.clone()], vec![]));
        world.ask(&world.applicant, second, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        let object =
            Ask::Object {
                name: "邻居".to_owned(), contact: "0851-88880000".to_owned(), grounds: "不对".to_owned()
            };
        world.store.ask(&Actor::Public, &fresh(), third, object).await.expect("an objection");
        world.store.advance_clock(&world.finance, TimeDelta::days(30)).await.expect("time moves on");
        assert_eq!(world.store.tick().await.expect("it ends").notices_ended, 1);
        assert_eq!(world.store.case(first).await.expect("it").stage, Stage::Payable);

        let amount = Some(Fen::yuan(300));
        assert_eq!(found(&world, &number).await, (vec![], vec![(number.clone(), NoticeState::Payable, amount)]));
        assert_eq!(found(&world, &withdrawn).await.1, [(withdrawn.clone(), NoticeState::Withdrawn, None)]);
        assert_eq!(found(&world, &objected).await, (vec![objected.clone()], vec![]));
        let (running, over) = found(&world, "企业0").await;
        assert_eq!((running.len(), over.len()), (1, 2));
        // What never was in notice is in none of them. What was taken down is, without what it was to get.
        let hidden = world.store.case(hidden).await.expect("it").number.expect("a number");
        assert_eq!(found(&world, &hidden).await, (vec![], vec![]));
        let upheld = Ask::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
        world.ask(&world.other_decider, third, upheld).await;
        let down = (objected.clone(), NoticeState::TakenDown, None);
        assert_eq!(found(&world, &objected).await, (vec![], vec![down.clone()]));
        let notice = world.store.notice(&objected).await.expect("it was put up");
        assert_eq!((notice.state, notice.amount, notice.until), (down.1, None, world.store.now().day()));
        assert!(matches!(world.store.notice(&hidden).await, Err(StoreError::NotFound)));

        let batch = released(&world, vec![first]).await;
        read(&world, &answer(&world, batch, &[], ResultFormat::Csv).await).await;
        let state = world.store.notice(&number).await.expect("it").state;
        assert!(matches!(state, NoticeState::Paid(_)), "{state:?}");
        assert_eq!(found(&world, &number).await.1, [(number.clone(), state, amount)]);
        let one_each = PublicFilter { per_page: 1, page: 2, ..PublicFilter::default() };
        let page = world.store.notices_over(&one_each).await.expect("a page");
        assert_eq!((page.total, page.page, page.rows.len()), (3, 2, 1));
        world.check().await;
    })
    .await;
}
