//! A change of the calendar: nothing of the days that people have is taken, and what changes nothing is no change.

use crate::common::paying::{HEAD, read, released, sent};
use crate::common::together::seat;
use crate::common::{World, decide, fresh, on_both};
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::calendar::{Day, DayKind};
use duixian_casework::case::{CaseId, Defect, DefectAbout};
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::calendar::{Changed, Moved};
use duixian_store::cases::Ask;
use duixian_store::messages::Wanted;
use duixian_store::search::JournalFilter;

/// The next days from the day after today on that are worked, as days off.
async fn off(world: &World, count: usize, name: &str) -> Vec<Day> {
    let calendar = world.store.calendar().await.expect("a calendar");
    let mut date = world.store.now().day();
    let mut days = Vec::new();
    while days.len() < count {
        date = calendar.add_working_days(date, 1);
        days.push(Day { date, kind: DayKind::Off, name: name.to_owned() });
    }
    days
}

async fn entries(world: &World, kind: &str) -> u64 {
    let filter = JournalFilter { kind: Some(kind.to_owned()), ..JournalFilter::default() };
    world.store.journal(&filter).await.expect("the journal").total
}

async fn due(world: &World, id: CaseId) -> NaiveDate {
    world.store.case(id).await.expect("it").due.expect("a deadline")
}

#[tokio::test(flavor = "multi_thread")]
async fn days_off_that_are_entered_while_a_period_runs_take_nothing_of_it() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let store = &world.store;
        let failed = world.payable(0, 0, 20_000).await;
        let batch = released(&world, vec![failed]).await;
        sent(&world, batch).await;
        let line = store.batch(batch).await.expect("it").lines[0].clone();
        read(&world, &format!("{HEAD}\n{},20000.00,失败,,,账户已销户\n", line.end_to_end_id)).await;
        let hanging = world.reviewed("result_award", 1, 0).await;
        world.ask(&world.decider, hanging, decide(50_000)).await;
        world.ask(&world.intake, hanging, Ask::PublishNotice).await;
        let asked = world.submitted("result_award", 2, 0).await;
        let defects = vec![Defect { about: DefectAbout::Account, text: "账号有误".to_owned() }];
        world.ask(&world.intake, asked, Ask::AskCorrection { defects }).await;
        let at_desk = world.submitted("result_award", 3, 0).await;
        let of_people = [hanging, asked, failed];
        let mut before = Vec::new();
        for id in of_people {
            before.push(due(&world, id).await);
        }
        let promised = due(&world, at_desk).await;
        // All began today, which is none of their days: that it is one off takes nothing of them.
        let today = Day { date: store.now().day(), kind: DayKind::Off, name: "当天放假".to_owned() };
        let done = store.set_days(&world.admin, &fresh(), vec![today.clone()]).await.expect("entered").value;
        assert_eq!((done.moved, due(&world, hanging).await), (Moved::default(), before[0]));
        store.remove_day(&world.admin, &fresh(), today.date).await.expect("taken out");

        let days = off(&world, 2, "临时放假").await;
        let done = store.set_days(&world.admin, &fresh(), days.clone()).await.expect("entered").value;
        let moved = Moved { notices: 1, corrections: 1, accounts: 1 };
        assert_eq!(done, Changed { days: 2, were: vec![], moved });
        let calendar = store.calendar().await.expect("a calendar");
        for (id, was) in of_people.into_iter().zip(&before) {
            assert_eq!(due(&world, id).await, calendar.add_working_days(*was, 2));
        }
        assert_eq!(due(&world, at_desk).await, promised, "a desk's deadline stays as it was promised");
        assert_eq!(entries(&world, "case.deadline_moved").await, 3);
        let told = store.messages(&world.applicant, None, Wanted::All, 1).await.expect("messages").rows;
        let told: Vec<_> = told.iter().filter(|message| message.kind == "deadline_moved").collect();
        assert_eq!(told.iter().map(|message| message.case).collect::<Vec<_>>(), [Some(asked), Some(failed)]);

        // Time ends the notice when its days are over, and no earlier.
        let wait = before[0] + TimeDelta::days(1) - store.now().day();
        store.advance_clock(&world.admin, wait).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").notices_ended, 0);
        assert_eq!(store.case(hanging).await.expect("it").stage, Stage::InNotice);
        // What is taken out again gives days, and ends nothing earlier.
        let until = due(&world, hanging).await;
        let done = store.remove_day(&world.admin, &fresh(), days[1].date).await.expect("taken out").value;
        assert_eq!((done.moved, due(&world, hanging).await), (Moved::default(), until));
        let wait = until + TimeDelta::days(1) - store.now().day();
        store.advance_clock(&world.admin, wait).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").notices_ended, 1);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_is_no_change_and_what_was_there_is_told() {
    on_both(async |world: World| {
        let store = &world.store;
        let days = off(&world, 1, "停电").await;
        store.set_days(&world.admin, &fresh(), days.clone()).await.expect("entered");
        let again = store.set_days(&world.admin, &fresh(), days.clone()).await.expect("there already").value;
        assert_eq!((again, entries(&world, "calendar.set").await), (Changed::default(), 1));
        let other = vec![Day { name: "停水".to_owned(), ..days[0].clone() }];
        let done = store.set_days(&world.admin, &fresh(), other.clone()).await.expect("another name").value;
        assert_eq!((done.days, done.were), (1, days.clone()));
        let done = store.remove_day(&world.admin, &fresh(), days[0].date).await.expect("taken out").value;
        assert_eq!((done.days, done.were), (1, other));
        let done = store.remove_day(&world.admin, &fresh(), days[0].date).await.expect("gone already").value;
        assert_eq!((done, entries(&world, "calendar.removed").await), (Changed::default(), 1));
        // Who takes out a day that another has made something else is told that it was not taken out.
        store.set_days(&world.admin, &fresh(), days.clone()).await.expect("entered");
        let stale = store.remove_day_of_version(&world.admin, &fresh(), Some(0), days[0].date).await;
        let Err(StoreError::Conflict { zh, .. }) = stale else { panic!("{stale:?}") };
        assert!(zh.contains("没有删除。请看清后再删除") && zh.contains("月"), "{zh}");
        world.check().await;
    })
    .await;
}
