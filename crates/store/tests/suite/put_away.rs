//! What was read, looked into by another and put away, read once more: who has put it away brings nothing up by that, anyone else does, and two
//! are enough to end it again.

use duixian_casework::doubt::Doubted;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;

use crate::common::paying::{AGAIN, FREES, NUMBER, Paying, paying};
use crate::common::{World, fresh, on_both};

/// A payment of which the bank has said this first, and then something that waits for a second person.
type Said = (&'static str, Option<i64>, &'static str, Option<i64>, fn(&Doubted) -> bool);

/// What comes up of a payment that was made, and of one that failed.
const SAID: [Said; 4] = [
    ("成功", Some(2), "退汇", Some(5), FREES),
    // Of one that gives no day, the day is that of the reading.
    ("成功", Some(2), "退汇", None, FREES),
    ("成功", Some(2), "成功", Some(3), NUMBER),
    ("退汇", Some(4), "成功", Some(3), AGAIN),
];

async fn read_by(world: &World, who: &Actor, file: &str) {
    world.store.read_results(who, &fresh(), None, file.as_bytes()).await.expect("read");
}

async fn many(world: &World, one: &Paying) -> usize {
    world.store.batch(one.batch).await.expect("it").doubts.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_put_it_away_brings_nothing_up_and_others_do() {
    for (first, on, word, day, is_it) in SAID {
        on_both(async |world: World| {
            let one = paying(&world, 10).await;
            one.read(&world, first, "A1", on.expect("a day")).await;
            let stage = one.stage(&world).await;
            let file = one.file(word, "B1", day, "明细");
            read_by(&world, &world.finance, &file).await;
            one.end(&world, is_it, false).await.expect("the record stands");
            // The file was kept, and is read again on another day: nothing comes of it, today or later.
            for _ in 0..2 {
                read_by(&world, &world.other_finance, &file).await;
                assert_eq!((many(&world, &one).await, one.is_open(&world, is_it).await), (1, false), "{word} {day:?}");
                world.store.advance_clock(&Actor::System, chrono::TimeDelta::days(1)).await.expect("later");
            }
            // Who had read it may not have been heard: they bring it up anew, and cannot put it away themselves.
            read_by(&world, &world.finance, &file).await;
            assert!(one.is_open(&world, is_it).await, "{word} {day:?}");
            let alone = one.end_by(&world, &world.finance, is_it, false).await;
            assert!(matches!(alone, Err(StoreError::Refused(Refusal::ReadByYou))), "{alone:?}");
            one.end(&world, is_it, false).await.expect("two are enough");
            assert_eq!((one.is_open(&world, is_it).await, one.stage(&world).await), (false, stage));
            world.check().await;
        })
        .await;
    }
}

/// Another file or number is news to whoever reads it.
#[tokio::test(flavor = "multi_thread")]
async fn another_number_or_file_is_news_to_who_has_put_one_away() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 2).await;
        one.read(&world, "成功", "B1", 3).await;
        one.end(&world, NUMBER, false).await.expect("A1 stands");
        read_by(&world, &world.other_finance, &one.file("成功", "C1", Some(3), "明细")).await;
        assert!(one.is_open(&world, |what| what.reference() == Some("C1")).await);
        read_by(&world, &world.other_finance, &one.file("成功", "B1", Some(3), "补打明细")).await;
        assert!(one.is_open(&world, |what| what.reference() == Some("B1")).await);
        world.check().await;
    })
    .await;
}

/// A return that was put away, confirmed after all and then found to be none is no old news to who put it away first.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_since_is_news() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 2).await;
        let file = one.file("退汇", "R1", Some(5), "明细");
        read_by(&world, &world.finance, &file).await;
        one.end(&world, FREES, false).await.expect("the record stands");
        read_by(&world, &world.finance, &file).await;
        one.end(&world, FREES, true).await.expect("it came back after all");
        let said = ("没有退回", "明细");
        world.store.contest_return(&world.finance, &fresh(), one.batch, &one.payment, said).await.expect("put forward");
        one.end(&world, |what| matches!(what, Doubted::NotReturned { .. }), true).await.expect("it has not");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        read_by(&world, &world.other_finance, &file).await;
        assert!(one.is_open(&world, FREES).await);
        world.check().await;
    })
    .await;
}
