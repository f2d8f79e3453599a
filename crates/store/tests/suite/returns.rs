//! What the bank says after a payment: that it came back, that one reference proves two; and who took the file there.

use crate::common::paying::{HEAD, answer, read, released, sent};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, account, fresh, official, on_both};
use chrono::TimeDelta;
use duixian_bank::ResultFormat;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::PaymentOutcome;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::batches::Format;
use duixian_store::cases::{Ask, CaseFilter};
use duixian_store::messages::Wanted;
use duixian_store::people::NewUser;
use duixian_store::public::PublicFilter;
use duixian_store::search::JournalFilter;

/// The bank's answer that a batch was paid, as a table.
async fn paid(world: &World, batch: i64) -> String {
    String::from_utf8(answer(world, batch, &[], ResultFormat::Csv).await).expect("a table")
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_back_is_confirmed_by_a_second_person_and_paid_again() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 60_000).await);
        let batch = released(&world, vec![id]).await;
        let answer = paid(&world, batch).await;
        read(&world, &answer).await;
        world.ask(&world.finance, id, Ask::Close).await;
        let line = store.batch(batch).await.expect("it").lines[0].clone();
        let Some(PaymentOutcome::Paid { reference, on }) = line.outcome.clone() else { panic!("{line:?}") };
        let payment = line.end_to_end_id.clone();
        let back = |day: &str, words: &str| format!("{HEAD}\n{payment},60000.00,退汇,B77,{day},{words}\n");
        let look = async || store.batch(batch).await.expect("the batch");

        // An answer that is older than the payment, or has no day, may tell of what was before, or the payment was recorded wrongly: that, too,
        // waits for a second person.
        for day in ["2001-01-01", ""] {
            let settlement = read(&world, &back(day, "账号有误")).await.batches.remove(0).settlement;
            assert_eq!((settlement.reported, settlement.odd), (vec![payment.clone()], vec![]));
        }
        assert_eq!(look().await.open_doubts().count(), 1, "the same is not brought up twice");
        let today = store.now().day().to_string();
        let settlement = read(&world, &back(&today, "账户已销户")).await.batches.remove(0).settlement;
        assert_eq!((settlement.reported.clone(), settlement.odd.len()), (vec![payment.clone()], 0));
        read(&world, &back(&today, "账户已销户")).await;
        read(&world, &back(&today, "账户已经销户")).await;
        let there = look().await;
        assert_eq!(there.open_doubts().count(), 1, "of one number and day it is one return");
        let position = async || store.position(FUND, YEAR).await.expect("a position");
        let balances = async || {
            let position = position().await;
            // What came back is no measure's any more, either: paid again, it counts once.
            let of_measures: i64 = position.by_measure.iter().map(|one| one.paid.0).sum();
            assert_eq!(Fen(of_measures), position.paid);
            (position.reserved, position.paid)
        };
        assert_eq!(
            (store.case(id).await.expect("it").stage, balances().await),
            (Stage::Closed, (Fen(0), Fen::yuan(60_000)))
        );

        let is_return = |what: &Doubted| matches!(what, Doubted::Returned(_));
        let place = there.open_doubts().find(|(_, doubt)| is_return(&doubt.what)).expect("it is reported").0;
        for (who, confirms, grounds, refused) in [
            (&world.finance, true, "", Refusal::ReadByYou),
            (&world.finance, false, "银行说记错了", Refusal::ReadByYou),
            (&world.other_finance, false, " ", Refusal::TextMissing("核实的经过和依据", "what was found out, and how")),
            // Confirmed wrongly it is paid twice.
            (&world.other_finance, true, " ", Refusal::TextMissing("核实的经过和依据", "what was found out, and how")),
        ] {
            let answer = store.end_doubt(who, &fresh(), batch, place, confirms, grounds).await;
            assert!(matches!(&answer, Err(StoreError::Refused(why)) if *why == refused), "{answer:?}");
        }
        let denied = store.end_doubt(&world.decider, &fresh(), batch, place, true, "查对明细").await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        let twice = store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await;
        assert!(matches!(twice, Err(StoreError::Refused(Refusal::AlreadyDone))), "{twice:?}");

        let case = store.case(id).await.expect("the case");
        assert_eq!((case.stage, balances().await), (Stage::PaymentFailed, (Fen::yuan(60_000), Fen(0))));
        let there = look().await;
        assert_eq!((there.open_doubts().count(), there.stage), (0, BatchStage::Settled));
        assert!(matches!(&there.lines[0].outcome, Some(PaymentOutcome::Returned { reference: one, on: day, .. })
            if *one == reference && *day == on));
        let totals = store.reconciliation(batch).await.expect("a reconciliation").totals;
        assert_eq!((totals.paid, totals.failed), (Fen(0), Fen::yuan(60_000)));
        let messages = store.messages(&world.applicant, None, Wanted::ToDo, 1).await.expect("messages").rows;
        assert_eq!((messages.len(), messages[0].kind.as_str()), (1, "payment_returned"));
        let public = store.payments_made(&PublicFilter::default()).await.expect("payments").rows;
        assert!(public[0].is_returned, "{public:?}");
        world.check().await;

        // What says again what is known changes nothing; the bank's words of before cannot pay it.
        for text in [answer, back(&today, "账户已销户")] {
            let settlement = read(&world, &text).await.batches.remove(0).settlement;
            assert_eq!((settlement.known.len(), settlement.news.len(), settlement.odd.len()), (1, 0, 0));
        }
        world.ask(&world.applicant, id, Ask::CorrectAccount(account("企业0", "6222000000000009"))).await;
        let second = released(&world, vec![id]).await;
        let before = store.batch(second).await.expect("it").lines[0].before.clone().expect("what was before");
        assert_eq!(
            (before.payment.account.number.as_str(), before.payment.end_to_end_id),
            ("6222000000000002", payment)
        );
        assert_eq!(before.changed.expect("it was changed").0, world.applicant.user());
        read(&world, &paid(&world, second).await).await;
        assert_eq!(
            (store.case(id).await.expect("it").stage, balances().await),
            (Stage::Paid, (Fen(0), Fen::yuan(60_000)))
        );
        let public = store.payments_made(&PublicFilter::default()).await.expect("payments").rows;
        assert!(!public[0].is_returned, "{public:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reference_of_the_bank_proves_one_payment() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let store = &world.store;
        let (one, two, three) =
            (world.payable(0, 0, 10).await, world.payable(1, 0, 10).await, world.payable(2, 0, 10).await);
        let first = released(&world, vec![one, two]).await;
        sent(&world, first).await;
        let ids: Vec<String> =
            store.batch(first).await.expect("it").lines.iter().map(|line| line.end_to_end_id.clone()).collect();
        let today = store.now().day();
        let said = |ids: &[&String]| {
            let rows = ids.iter().map(|id| format!("{id},10.00,成功,B1,{today},\n"));
            format!("{HEAD}\n{}", rows.collect::<String>())
        };
        let settlement = read(&world, &said(&[&ids[0], &ids[1]])).await.batches.remove(0).settlement;
        let shared = |payment: &String| Oddity::Reference {
            end_to_end_id: payment.clone(),
            said: "B1".to_owned(),
            other: ids[0].clone(),
        };
        assert_eq!((settlement.news.len(), settlement.odd), (1, vec![shared(&ids[1])]));
        // Nor for a payment of another batch, in another file; the payment that has it is known all the same.
        let second = released(&world, vec![three]).await;
        sent(&world, second).await;
        let other = store.batch(second).await.expect("it").lines[0].end_to_end_id.clone();
        let settled = read(&world, &said(&[&ids[0], &other])).await;
        assert_eq!(settled.batches[0].settlement.known, [ids[0].clone()]);
        assert_eq!(
            (settled.batches[1].settlement.news.len(), &settled.batches[1].settlement.odd),
            (0, &vec![shared(&other)])
        );
        assert_eq!(store.case(three).await.expect("it").stage, Stage::Payable);
        // One that fits settles the payment, and ends the doubt.
        read(&world, &said(&[&other]).replace("B1", "B2")).await;
        assert_eq!(store.case(three).await.expect("it").stage, Stage::Paid);
        assert_eq!(store.batch(second).await.expect("it").open_doubts().count(), 0);
        for text in [&ids[0], "B1"] {
            assert_eq!(store.cases_by_payment(text).await.expect("found"), [one], "{text}");
        }
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fetches_the_file_for_the_bank_is_on_the_journal() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 10).await);
        let batch = released(&world, vec![id]).await;
        let denied = store.bank_file(&world.decider, batch, Format::Csv, false).await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        // Who says of nothing that it was not sent has confirmed nothing.
        store.bank_file(&world.finance, batch, Format::Csv, true).await.expect("the file");
        let both = store.bank_file(&world.other_finance, batch, Format::Pain001, false).await;
        assert!(matches!(both, Err(StoreError::Refused(Refusal::OtherFormFetched { .. }))), "{both:?}");
        store.bank_file(&world.other_finance, batch, Format::Pain001, true).await.expect("the file");
        let fetched = store.fetched(batch).await.expect("who");
        let by: Vec<_> = fetched.iter().map(|one| (one.by, one.format, one.unsent)).collect();
        let other = (world.other_finance.user(), Format::Pain001, Some(Format::Csv));
        assert_eq!(by, [(world.finance.user(), Format::Csv, None), other]);
        let again = store.bank_file(&world.finance, batch, Format::Csv, false).await;
        assert!(matches!(again, Err(StoreError::Refused(Refusal::OtherFormFetched { .. }))), "{again:?}");
        // What was signed is what was fetched.
        let filter = JournalFilter { kind: Some("batch.released".to_owned()), page: 1, ..JournalFilter::default() };
        let entries = store.journal(&filter).await.expect("the journal").rows;
        let signed: Vec<&str> = entries.iter().map(|entry| entry.body.as_str()).collect();
        for one in &fetched {
            assert!(signed.iter().any(|body| body.contains(&one.sha256)), "{signed:?}");
        }
        world.check().await;
    })
    .await;
}

/// A bank that is sent both forms may pay twice: the store itself gives out one of them, and what is asked for in the same moment
/// finds that.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_fetch_both_forms_at_once_one_has_a_file() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 10).await);
        let batch = released(&world, vec![id]).await;
        let (csv, pain001) = tokio::join!(
            store.bank_file(&world.finance, batch, Format::Csv, false),
            store.bank_file(&world.other_finance, batch, Format::Pain001, false),
        );
        let is_refused =
            |file: &Result<_, StoreError>| matches!(file, Err(StoreError::Refused(Refusal::OtherFormFetched { .. })));
        assert_eq!(csv.is_ok(), is_refused(&pain001), "{csv:?} {pain001:?}");
        assert_eq!(pain001.is_ok(), is_refused(&csv), "{csv:?} {pain001:?}");
        assert_eq!(store.fetched(batch).await.expect("who").len(), 1);
        // The same form is for anyone, any number of times: it has the same numbers.
        let had = if csv.is_ok() { Format::Csv } else { Format::Pain001 };
        let (one, other) = tokio::join!(
            store.bank_file(&world.finance, batch, had, false),
            store.bank_file(&world.other_finance, batch, had, false),
        );
        assert_eq!(one.expect("the file").1, other.expect("the file").1);
        world.check().await;
    })
    .await;
}

/// What the bank has answered was sent: its other form is for nobody any more, whatever they say of it; a copy of the same is.
#[tokio::test(flavor = "multi_thread")]
async fn once_the_bank_has_answered_only_the_form_that_was_sent_is_fetched() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let store = &world.store;
        for (result, before, sent) in
            [(0, None, Format::Csv), (1, None, Format::Pain001), (2, Some(Format::Pain001), Format::Csv)]
        {
            let id = world.payable(0, result, 10).await;
            let batch = released(&world, vec![id]).await;
            for format in before.into_iter().chain([sent]) {
                store.bank_file(&world.finance, batch, format, true).await.expect("the file");
            }
            let other = if sent == Format::Csv { Format::Pain001 } else { Format::Csv };
            let answer = paid(&world, batch).await;
            read(&world, &answer).await;
            for unsent in [false, true] {
                let refused = store.bank_file(&world.other_finance, batch, other, unsent).await;
                let expected =
                    Refusal::OtherFormFetched { fetched: sent.name(), wanted: other.name(), is_answered: true };
                assert!(matches!(&refused, Err(StoreError::Refused(why)) if *why == expected), "{refused:?}");
                store.bank_file(&world.other_finance, batch, sent, unsent).await.expect("a copy");
            }
        }
        world.check().await;
    })
    .await;
}

/// What may have come back is not done with: it stands among what waits, and its case is not closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_not_closed_while_a_return_of_it_waits_for_a_second_person() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, ids) = (&world.store, [world.payable(0, 0, 10).await, world.payable(0, 1, 20).await]);
        let batch = released(&world, ids.to_vec()).await;
        sent(&world, batch).await;
        let orders: Vec<String> =
            store.batch(batch).await.expect("it").lines.iter().map(|line| line.end_to_end_id.clone()).collect();
        let today = store.now().day();
        for (order, yuan) in orders.iter().zip([10, 20]) {
            read(&world, &format!("{HEAD}\n{order},{yuan}.00,成功,B-{yuan},{today},\n")).await;
        }
        assert!(store.doubted_batches().await.expect("none").is_empty());
        read(&world, &format!("{HEAD}\n{},10.00,退汇,R-1,{today},账户已销户\n", orders[0])).await;
        let doubted = store.doubted_batches().await.expect("one");
        assert_eq!(doubted.iter().map(|batch| batch.id).collect::<Vec<_>>(), [batch]);
        let early = store.ask(&world.finance, &fresh(), ids[0], Ask::Close).await;
        let number = doubted[0].number.clone();
        assert!(matches!(&early, Err(StoreError::Refused(Refusal::DoubtOpen(at))) if *at == number), "{early:?}");
        world.ask(&world.finance, ids[1], Ask::Close).await;
        let place = doubted[0].open_doubts().next().expect("a doubt").0;
        store
            .end_doubt(&world.other_finance, &fresh(), batch, place, false, "银行记错")
            .await
            .expect("the record stands");
        assert!(store.doubted_batches().await.expect("none").is_empty());
        world.ask(&world.finance, ids[0], Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Money that nobody can be paid is not reserved for ever: the firm is reminded, and then finance ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_payment_that_nobody_mends_is_ended_and_may_be_applied_for_again() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 60_000).await);
        let batch = released(&world, vec![id]).await;
        sent(&world, batch).await;
        let line = store.batch(batch).await.expect("it").lines[0].clone();
        let failed = format!("{HEAD}\n{},60000.00,失败,,,账户已销户\n", line.end_to_end_id);
        read(&world, &failed).await;
        let end = || Ask::ProposeEnding { reason: "逾期没有更正账户".to_owned() };
        let early = store.ask(&world.finance, &fresh(), id, end()).await;
        assert!(matches!(early, Err(StoreError::Refused(Refusal::AccountMayCome(_)))), "{early:?}");
        assert_eq!(store.tick().await.expect("a tick").reminded, 0);
        let due = store.case(id).await.expect("it").due.expect("a deadline");
        let left = due - store.now().day();
        store.advance_clock(&world.admin, left).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").reminded, 1);
        assert_eq!(store.tick().await.expect("a tick").reminded, 0);
        store.advance_clock(&world.admin, TimeDelta::days(1)).await.expect("time passes");
        world.ask(&world.finance, id, end()).await;
        let waiting = CaseFilter { awaits: Some(Role::Finance), ..CaseFilter::default() };
        assert_eq!(store.cases(&world.finance, &waiting).await.expect("what waits").total, 1);
        let alone = store.ask(&world.finance, &fresh(), id, Ask::EndPayment).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SecondPayerNeeded))), "{alone:?}");
        world.ask(&world.other_finance, id, Ask::EndPayment).await;
        assert_eq!(store.cases(&world.finance, &waiting).await.expect("what waits").total, 0);
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.reserved, position.free), (Fen(0), Fen::yuan(100_000)));
        let told = store.messages(&world.applicant, None, Wanted::All, 1).await.expect("messages").rows;
        let kinds: Vec<&str> = told.iter().map(|message| message.kind.as_str()).take(3).collect();
        assert_eq!(kinds, ["payment_ended", "account_reminded", "payment_failed"]);
        let again = world.submitted("instant_award", 0, 0).await;
        assert_ne!(again, id);
        world.check().await;
    })
    .await;
}

/// Whoever has read of a return may leave, and whoever has dismissed it may have been wrong: the same file read by another brings it
/// up for two people once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_true_return_is_not_buried_by_who_has_read_or_dismissed_it() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 60_000).await);
        let batch = released(&world, vec![id]).await;
        read(&world, &paid(&world, batch).await).await;
        let (line, today) = (store.batch(batch).await.expect("it").lines[0].clone(), store.now().day());
        let file = format!("{HEAD}\n{},60000.00,退汇,B77,{today},账户已销户\n", line.end_to_end_id);
        let (first, second) = (&world.finance, &world.other_finance);
        let reads = async |who: &Actor| {
            let settled = store.read_results(who, &fresh(), None, file.as_bytes()).await.expect("read").value;
            settled.batches[0].settlement.reported.len()
        };
        let ends = async |who: &Actor, place: usize, is_confirmed: bool| {
            store.end_doubt(who, &fresh(), batch, place, is_confirmed, "问过银行").await.map(drop)
        };
        let admin = NewUser {
            login: "admin".to_owned(),
            name: "管理员".to_owned(),
            password: "春天来了 2019".to_owned(),
            roles: vec![Role::Administrator],
            desks: Vec::new(),
            must_change: false,
        };
        store.create_user(&world.admin, &fresh(), admin).await.expect("a user");
        let user = first.user().expect("a user");
        let active = async |is: bool| store.set_active(&world.admin, &fresh(), user, is).await.expect("set");

        assert_eq!(reads(first).await, 1);
        active(false).await;
        assert!(ends(second, 0, true).await.is_err(), "who has read it has left");
        assert_eq!(reads(second).await, 1);
        let refused = ends(second, 1, true).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::ReadByYou))), "{refused:?}");
        active(true).await;
        let alone = ends(first, 1, false).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::RecordedByYou))), "{alone:?}");
        ends(&official(99, &[Role::Finance]), 1, false).await.expect("dismissed by a third");
        // It is true all the same.
        assert_eq!(reads(second).await, 1);
        assert_eq!(store.batch(batch).await.expect("it").doubts.len(), 3);
        ends(first, 2, true).await.expect("confirmed");
        assert_eq!(store.case(id).await.expect("it").stage, Stage::PaymentFailed);
        assert_eq!(reads(second).await, 0, "it is known now");
        world.check().await;
    })
    .await;
}
