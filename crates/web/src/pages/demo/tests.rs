//! Moving a demonstration's time.

use axum::http::StatusCode;

use duixian_store::search::JournalFilter;

use crate::testing::{Who, World};

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_move_time_at_once_one_does() {
    let world = World::new().await;
    let who = Some(Who::Leader);
    let next = [("from", "2019-06-03"), ("to", "next")];
    let kind = Some("clock.advanced".to_owned());
    let filter = JournalFilter { kind, ..JournalFilter::default() };
    let moves = async || world.store().journal(&filter).await.expect("the journal").total;
    // One session for all six: whoever is not signed in yet would sign in anew.
    world.get(who, "/demo/clock").await.is(StatusCode::OK);
    let before = moves().await;
    let post = || world.post(who, "/demo/clock", &next);
    let answers = tokio::join!(post(), post(), post(), post(), post(), post());
    answers.0.leads_to("/demo/clock");
    assert_eq!(world.store().now().day().to_string(), "2019-06-04");
    assert_eq!(moves().await, before + 1);
}

#[tokio::test]
async fn time_moves_forward_once_and_what_has_come_due_is_done() {
    let world = World::new().await;
    let who = Some(Who::Leader);
    world.get(who, "/demo/clock").await.is(StatusCode::OK).says("2019年6月3日（周一）").says("2019年6月4日（周二）");
    let next = [("from", "2019-06-03"), ("to", "next")];
    world.post(who, "/demo/clock", &next).await.leads_to("/demo/clock");
    world.post(who, "/demo/clock", &next).await.leads_to("/demo/clock");
    assert_eq!(world.store().now().day().to_string(), "2019-06-04", "a second click does not move it again");
    // 7 June 2019 is 端午节: of 14 days on, nine are worked, and the notice of five is over.
    world.post(who, "/demo/clock", &[("from", "2019-06-04"), ("days", "14")]).await.leads_to("/demo/clock");
    let case = world.store().case(world.cases.in_notice).await.expect("a case");
    assert_eq!(case.stage, duixian_casework::stage::Stage::Payable);
    for days in ["0", "-3", "x", "9999"] {
        let answer = world.post(who, "/demo/clock", &[("from", "2019-06-18"), ("days", days)]).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
}
