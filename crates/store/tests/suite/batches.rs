//! Payment: batches, two people, the bank's answers, a second try.

use std::collections::BTreeSet;

use crate::common::paying::{answer, released};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, account, decide, fresh, official, on_both, party};
use chrono::TimeDelta;
use duixian_bank::ResultFormat;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::{CaseId, Recommendation};
use duixian_casework::doubt::Doubted;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::batches::{Format, REPORT, Released, Settled, Void};
use duixian_store::cases::{Ask, NewCase};
use duixian_store::people::NewUser;
use duixian_store::{Settings, Store, StoreError};

/// The place of an open doubt of a batch.
async fn open_doubt(store: &Store, batch: i64, is_it: impl Fn(&Doubted) -> bool) -> usize {
    let batch = store.batch(batch).await.expect("the batch");
    let found = batch.open_doubts().find(|(_, doubt)| is_it(&doubt.what)).map(|(place, _)| place);
    found.expect("an open doubt")
}

#[tokio::test(flavor = "multi_thread")]
async fn from_text_to_money_with_an_objection_and_a_failed_payment() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (store, id) = (&world.store, world.reviewed("result_award", 0, 0).await);
        world.ask(&world.decider, id, decide(80_000)).await;
        world.ask(&world.intake, id, Ask::PublishNotice).await;
        let objection =
            Ask::Object {
                name: "某人".to_owned(), contact: "0851-8888 0000".to_owned(), grounds: "不实".to_owned()
            };
        let case = world.ask(&Actor::Public, id, objection).await;
        assert_eq!(case.stage, Stage::Objection);
        store.advance_clock(&world.admin, TimeDelta::days(30)).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").notices_ended, 0, "the clock stands still");
        let answer_it = Ask::AnswerObjection { id: 1, upheld: false, text: "属实".to_owned() };
        world.ask(&world.intake, id, answer_it).await;
        store.advance_clock(&world.admin, TimeDelta::days(30)).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").notices_ended, 1);
        assert_eq!(store.tick().await.expect("a tick").notices_ended, 0);
        assert_eq!(store.case(id).await.expect("the case").stage, Stage::Payable);

        let batch = released(&world, vec![id]).await;
        let mut bytes = answer(&world, batch, &[id], ResultFormat::Csv).await;
        let text = String::from_utf8(bytes.clone()).expect("text");
        let own = text.lines().nth(1).expect("a line of ours");
        let number = store.batch(batch).await.expect("the batch").lines[0].end_to_end_id.clone();
        for foreign in 0..500 {
            bytes.extend(format!("{}\n", own.replace(&number, &format!("ZZ{foreign}-1"))).bytes());
        }
        let settled = store.read_results(&world.finance, &fresh(), None, &bytes).await.expect("read").value;
        assert_eq!(settled.batches[0].settlement.news.len(), 1);
        assert_eq!((settled.unknown.len(), settled.more_unknown), (200, 300));
        let case = store.case(id).await.expect("the case");
        assert_eq!(case.stage, Stage::PaymentFailed);
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.reserved, position.paid), (Fen::yuan(80_000), Fen(0)), "the reservation is kept");

        world.ask(&world.applicant, id, Ask::CorrectAccount(account("企业0", "6222000000000003"))).await;
        let second = released(&world, vec![id]).await;
        // What speaks of another batch is not read where one is looked at, and says of which payment it speaks.
        let refused = store.read_results(&world.finance, &fresh(), Some(second), own.as_bytes()).await;
        assert!(refused.is_err(), "a line without its headings is no answer");
        let of_first = text.as_bytes();
        let Err(StoreError::BadInput { zh, .. }) =
            store.read_results(&world.finance, &fresh(), Some(second), of_first).await
        else {
            panic!("an answer of another batch")
        };
        assert!(zh.contains("其他批次") && zh.contains(&number), "{zh}");
        let bytes = answer(&world, second, &[], ResultFormat::Camt054).await;
        let settled = store.read_results(&world.finance, &fresh(), Some(second), &bytes).await.expect("read").value;
        assert_eq!(settled.batches[0].settlement.news.len(), 1);
        let again = store.read_results(&world.finance, &fresh(), Some(second), &bytes).await.expect("read").value;
        let again = &again.batches[0].settlement;
        assert_eq!((again.news.len(), again.known.len()), (0, 1));
        // The same form says again what it said; its report keeps it, and is no report of another kind.
        let form = fresh();
        let first = store.read_results(&world.finance, &form, Some(second), &bytes).await.expect("read");
        let repeated = store.read_results(&world.finance, &form, Some(second), &bytes).await.expect("read");
        assert_eq!((&repeated.value, first.already, repeated.already), (&first.value, false, true));
        let report = store.report::<Settled>(REPORT, first.value.report).await.expect("the report");
        assert_eq!((report.by, report.told.batches), (world.finance.user(), first.value.batches));
        let other = store.report::<Settled>("bulk", first.value.report).await;
        assert!(matches!(other, Err(StoreError::NotFound)), "{other:?}");
        assert_eq!(store.case(id).await.expect("the case").stage, Stage::Paid);
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.reserved, position.paid), (Fen(0), Fen::yuan(80_000)));
        let totals = store.reconciliation(batch).await.expect("a reconciliation").totals;
        assert_eq!((totals.sent, totals.failed), (Fen::yuan(80_000), Fen::yuan(80_000)));
        world.ask(&world.finance, id, Ask::Close).await;
        let ids: Vec<String> = store
            .case(id)
            .await
            .expect("the case")
            .payments
            .iter()
            .map(|payment| payment.end_to_end_id.clone())
            .collect();
        assert!(ids[0] == number && number.ends_with("-0001-1") && ids[1].ends_with("-0002-1"), "{ids:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_release_and_neither_has_handled_the_case() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let store = &world.store;
        // Someone who reviews and also works in finance.
        let both = official(20, &[Role::Reviewer, Role::Finance]);
        let id = world.submitted("result_award", 0, 0).await;
        world.ask(&world.intake, id, Ask::Accept).await;
        world.ask(&both, id, Ask::TakeUp).await;
        world.ask(&both, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
        let opinion = |recommends| Ask::Review { recommends, opinion: "好".to_owned() };
        world.ask(&both, id, opinion(Recommendation::GoOn)).await;
        world.ask(&both, id, opinion(Recommendation::Support(Fen::yuan(5)))).await;
        world.ask(&world.decider, id, decide(5)).await;
        world.ask(&world.intake, id, Ask::PublishNotice).await;
        store.advance_clock(&world.admin, TimeDelta::days(30)).await.expect("time passes");
        store.tick().await.expect("a tick");
        let other = world.payable(1, 0, 7).await;
        let recused = store.make_batch(&both, &fresh(), FUND, YEAR, vec![other, id]).await;
        assert!(matches!(recused, Err(StoreError::Refused(Refusal::Recused { .. }))), "{recused:?}");
        let batch = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![other, id]).await.expect("made").value;
        let seen = store.to_release(batch).await.expect("the batch").seen;
        let recused = store.release(&both, &fresh(), batch, &seen, vec![]).await;
        assert!(matches!(recused, Err(StoreError::Refused(Refusal::Recused { .. }))), "{recused:?}");
        let early = store.bank_file(&world.finance, batch, Format::Csv, false).await;
        assert!(matches!(early, Err(StoreError::Refused(Refusal::WrongBatchStage(..)))));
        store.release(&world.finance, &fresh(), batch, &seen, vec![]).await.expect("the first");
        let same = store.release(&world.finance, &fresh(), batch, &seen, vec![]).await;
        assert!(matches!(same, Err(StoreError::Refused(Refusal::SecondPersonNeeded))), "{same:?}");
        let absent = BTreeSet::from([other, CaseId(4711)]);
        let refused = store.take_out(&world.finance, &fresh(), batch, absent).await;
        assert!(matches!(refused, Err(StoreError::BadInput { .. })), "{refused:?}");
        let still = store.batch(batch).await.expect("the batch");
        assert_eq!((still.lines.len(), still.stage), (2, BatchStage::HalfReleased), "nothing of it was done");
        let taken = store.take_out(&world.finance, &fresh(), batch, BTreeSet::from([other])).await;
        assert_eq!(taken.expect("taken out").value, 1);
        assert_eq!(store.batch(batch).await.expect("the batch").stage, BatchStage::Drafted);
        let unseen = store.release(&world.finance, &fresh(), batch, &seen, vec![]).await;
        assert!(matches!(unseen, Err(StoreError::Conflict { .. })), "it is not what was seen any more: {unseen:?}");
        let seen = store.to_release(batch).await.expect("the batch").seen;
        store.release(&world.finance, &fresh(), batch, &seen, vec![]).await.expect("the first again");
        store.release(&world.other_finance, &fresh(), batch, &seen, vec![]).await.expect("the second");
        let (name, csv) = store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("a file");
        let late = store.cancel(&world.finance, &fresh(), batch, "重编").await;
        assert!(matches!(late, Err(StoreError::Refused(Refusal::FileAtBank))), "{late:?}");
        assert_eq!(
            (name, &csv),
            (
                format!("DXB{batch}.csv"),
                &store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("same").1
            )
        );
        assert!(
            store
                .bank_file(&world.finance, batch, Format::Pain001, true)
                .await
                .expect("a file")
                .1
                .starts_with(b"<?xml")
        );
        // What was taken out goes into another batch, under another number.
        let second = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![other]).await.expect("made").value;
        let of_second = store.batch(second).await.expect("it").lines[0].end_to_end_id.clone();
        assert!(of_second.starts_with("DX") && of_second.ends_with("-0002-1"), "{of_second}");
        store.cancel(&world.other_finance, &fresh(), second, "重编").await.expect("cancelled");
        assert!(store.case(other).await.expect("the case").open_payment().is_none());
        let garbage = store.read_results(&world.finance, &fresh(), None, b"<a>").await;
        assert!(matches!(garbage, Err(StoreError::BadInput { .. })));
        world.check().await;
    })
    .await;
}

/// What a notification says of another account or file than ours is told, and not recorded.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_account_or_file_is_not_recorded() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 7).await);
        let batch = released(&world, vec![id]).await;
        let sound = String::from_utf8(answer(&world, batch, &[], ResultFormat::Camt054).await).expect("text");
        for (from, to) in [
            ("6222000000000001".to_owned(), "6222000000009999"),
            (format!("<PmtInfId>DXB{batch}<"), "<PmtInfId>DXB4711<"),
        ] {
            assert!(sound.contains(&from), "{sound}");
            let bytes = sound.replace(&from, to).into_bytes();
            let settled = store.read_results(&world.finance, &fresh(), None, &bytes).await.expect("read").value;
            let settlement = &settled.batches[0].settlement;
            assert_eq!((settlement.news.len(), settlement.odd.len(), settlement.missing.len()), (0, 1, 1), "{to}");
        }
        let twice = sound.replacen("<Amt Ccy=\"CNY\">7.00", "<Amt Ccy=\"CNY\">14.00", 1);
        assert_ne!(twice, sound);
        let refused = store.read_results(&world.finance, &fresh(), None, twice.as_bytes()).await;
        assert!(matches!(&refused, Err(StoreError::BadInput { zh, .. }) if zh.contains("合计")), "{refused:?}");
        // Another account was set before the answer came: it is ours all the same.
        let settings = store.settings().await.expect("the settings");
        let debtor = Some(account("财政专户", "6222000000000077"));
        store.set_settings(&world.admin, &fresh(), Settings { debtor, ..settings }).await.expect("kept");
        let settled = store.read_results(&world.finance, &fresh(), None, sound.as_bytes()).await.expect("read").value;
        assert_eq!(settled.batches[0].settlement.news.len(), 1);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_calls_paid_after_all_is_not_paid_again() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let store = &world.store;
        let (alone, tried) = (world.payable(0, 0, 50_000).await, world.payable(1, 0, 30_000).await);
        let batch = released(&world, vec![alone, tried]).await;
        let failed = answer(&world, batch, &[alone, tried], ResultFormat::Csv).await;
        let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
        store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
        assert_eq!(store.case(alone).await.expect("the case").stage, Stage::PaymentFailed);
        world.ask(&world.applicant, tried, Ask::CorrectAccount(account("企业1", "6222000000000009"))).await;
        let second = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![tried]).await.expect("made").value;

        // Nothing is under way for the one, which is paid; the other goes no further until it is taken out of its new batch.
        let settled = store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read").value;
        let settlement = &settled.batches[0].settlement;
        let number = store.batch(batch).await.expect("it").lines[1].end_to_end_id.clone();
        assert_eq!((settlement.news.len(), settlement.odd.clone()), (1, vec![Oddity::PaidAfterAll(number.clone())]));
        let case = store.case(alone).await.expect("the case");
        assert_eq!((case.stage, case.doubtful_payment()), (Stage::Paid, None));
        let seen = store.to_release(second).await.expect("it").seen;
        let refused = store.release(&world.finance, &fresh(), second, &seen, vec![]).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(Refusal::PaidAfterAll { payment, .. })) if *payment == number),
            "{refused:?}"
        );
        store.take_out(&world.finance, &fresh(), second, BTreeSet::from([tried])).await.expect("taken out");
        let refused = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![tried]).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::PaidAfterAll { .. }))), "{refused:?}");
        let settled = store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read").value;
        assert_eq!((settled.batches[0].settlement.news.len(), settled.batches[0].totals.1), (1, Fen(0)));
        assert_eq!(store.case(tried).await.expect("the case").stage, Stage::Paid);
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.reserved, position.paid), (Fen(0), Fen::yuan(80_000)));

        // Where it did not arrive, a new answer of the bank says so; the one that was read before does not.
        let other = world.payable(4, 0, 10_000).await;
        let batch = released(&world, vec![other]).await;
        let failed = answer(&world, batch, &[other], ResultFormat::Csv).await;
        store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
        world.ask(&world.applicant, other, Ask::CorrectAccount(account("企业4", "6222000000000007"))).await;
        let next = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![other]).await.expect("made").value;
        let untold = store.to_release(next).await.expect("it").seen;
        let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
        store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read");
        store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
        assert!(store.case(other).await.expect("the case").doubtful_payment().is_some());
        let mut anew = failed.clone();
        anew.extend(b"\r\n");
        let settled = store.read_results(&world.finance, &fresh(), None, &anew).await.expect("read").value;
        assert_eq!((settled.batches[0].settlement.reported.len(), settled.batches[0].settlement.odd.len()), (1, 0));
        // It frees money to be paid again: who has read it can't confirm it, and until another has nothing is paid.
        let place = open_doubt(store, batch, |what| matches!(what, Doubted::FailedAgain { .. })).await;
        let refused = store.end_doubt(&world.finance, &fresh(), batch, place, true, "查对明细").await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::ReadByYou))), "{refused:?}");
        assert!(store.case(other).await.expect("the case").doubtful_payment().is_some());
        store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        assert_eq!(store.case(other).await.expect("the case").doubtful_payment(), None);
        assert_eq!(store.batch(batch).await.expect("it").open_doubts().count(), 0);
        // Whoever releases the next batch sees what it follows, and by whom that was cleared up.
        let before = store.batch(next).await.expect("it").lines[0].before.clone().expect("a payment before");
        let cleared = before.payment.cleared.expect("it was cleared up");
        assert_eq!(Some(cleared.reported_by), world.finance.user());
        assert_eq!(Some(cleared.confirmed_by), world.other_finance.user());
        // A page that was opened before that was told is not what is signed now.
        let stale = store.release(&world.finance, &fresh(), next, &untold, vec![]).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
        let seen = store.to_release(next).await.expect("it").seen;
        store.release(&world.finance, &fresh(), next, &seen, vec![]).await.expect("the first");

        // What was withdrawn before the bank said so is not granted again, and nothing can be withdrawn after.
        let (gone, here) = (world.payable(2, 0, 20_000).await, world.payable(3, 0, 20_000).await);
        let third = released(&world, vec![gone, here]).await;
        let failed = answer(&world, third, &[gone, here], ResultFormat::Csv).await;
        let paid = answer(&world, third, &[], ResultFormat::Csv).await;
        store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
        let withdraw = || Ask::Withdraw { reason: "不要了".to_owned() };
        world.ask(&world.applicant, gone, withdraw()).await;
        world.ask(&world.applicant, here, Ask::CorrectAccount(account("企业3", "6222000000000008"))).await;
        let fourth = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![here]).await.expect("made").value;
        let settled = store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read").value;
        assert!(settled.batches[0].settlement.odd.iter().all(|odd| matches!(odd, Oddity::PaidAfterAll(_))));
        assert_eq!(settled.batches[0].settlement.odd.len(), 2);
        let again = NewCase {
            round: world.round,
            party: party(2),
            measure: "instant_award".to_owned(),
            basis: "R2-0".to_owned(),
        };
        let refused = store.open_draft(&world.applicant, &fresh(), again).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::GrantedBefore(_)))), "{refused:?}");
        store.take_out(&world.finance, &fresh(), fourth, BTreeSet::from([here])).await.expect("taken out");
        let refused = store.ask(&world.applicant, &fresh(), here, withdraw()).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::MayBePaid))), "{refused:?}");
        world.check().await;
    })
    .await;
}

/// What a file says of who pays is what two people have signed, whatever is set before the second or after.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_paid_from_the_account_that_was_signed() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 7).await);
        let batch = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await.expect("made").value;
        let set = async |number: Option<&str>| {
            let debtor = number.map(|number| account("财政专户", number));
            let settings = Settings { debtor, ..store.settings().await.expect("the settings") };
            store.set_settings(&world.admin, &fresh(), settings).await.expect("kept");
        };
        let look = async || store.to_release(batch).await.expect("the batch");
        let release = async |who: &Actor, seen: &str| store.release(who, &fresh(), batch, seen, vec![]).await;
        set(None).await;
        let refused = release(&world.finance, &look().await.seen).await;
        assert!(matches!(&refused, Err(StoreError::BadInput { zh, .. }) if zh.contains("付款账户")), "{refused:?}");
        set(Some("6222000000000001")).await;
        let first = look().await;
        release(&world.finance, &first.seen).await.expect("the first");

        // Another account than the first has seen: nobody signs what they have not seen, and the first signs anew.
        set(Some("6222000000000077")).await;
        let unseen = release(&world.other_finance, &first.seen).await;
        assert!(matches!(unseen, Err(StoreError::Conflict { .. })), "{unseen:?}");
        let now = look().await;
        assert_eq!((now.void.clone(), now.batch.stage), (Some(Void::Debtor), BatchStage::Drafted));
        let anew = release(&world.other_finance, &now.seen).await.expect("signed").value;
        assert_eq!((anew.is_second, anew.void), (false, Some(Void::Debtor)));
        let both = release(&world.finance, &now.seen).await.expect("signed").value;
        assert_eq!((both.is_second, both.void), (true, None));

        let file = store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("a file").1;
        assert!(String::from_utf8_lossy(&file).contains("6222000000000077"));
        set(Some("6222000000000088")).await;
        assert_eq!(store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("a file").1, file);
        // A batch from before accounts were kept with it is paid from the one that is set.
        let older = duixian_casework::batch::Batch { debtor: None, ..store.batch(batch).await.expect("it") };
        let file = store.payment_file(&older).await.expect("a file");
        assert_eq!(file.header().debtor_account, "6222000000000088");
        world.check().await;
    })
    .await;
}

/// Whoever has signed first must still be one who could when the second signs.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_release_counts_only_from_who_could_still_give_it() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 7).await);
        let first = world.finance.user().expect("a user");
        let release = async |who: &Actor, batch: i64| {
            let seen = store.to_release(batch).await.expect("the batch").seen;
            store.release(who, &fresh(), batch, &seen, vec![]).await.expect("signed").value
        };
        let finance = vec![Role::Finance];
        let roles =
            async |roles: Vec<Role>| store.set_roles(&world.admin, &fresh(), first, roles, vec![]).await.expect("set");
        let active = async |is: bool| store.set_active(&world.admin, &fresh(), first, is).await.expect("set");
        // Roles are changed only as long as someone administers.
        let admin = NewUser {
            login: "admin".to_owned(),
            name: "管理员".to_owned(),
            password: "春天来了 2019".to_owned(),
            roles: vec![Role::Administrator],
            desks: Vec::new(),
            must_change: false,
        };
        store.create_user(&world.admin, &fresh(), admin).await.expect("a user");
        let name = "finance6".to_owned();
        let number = store.case(id).await.expect("the case").number.expect("a number");
        for void in [Void::Inactive(name.clone()), Void::NotFinance(name.clone()), Void::Kept(name, number)] {
            let batch = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await.expect("made").value;
            assert_eq!(release(&world.finance, batch).await, Released { is_second: false, void: None });
            match &void {
                Void::Inactive(_) => active(false).await,
                Void::NotFinance(_) => roles(vec![Role::Leader]).await,
                _ => {
                    // An agent can have no office; what was delegated to one outlasts that.
                    roles(vec![Role::Agent]).await;
                    store.delegate(&world.admin, &fresh(), first, &party(0), None, "授权书").await.expect("delegated");
                    roles(finance.clone()).await
                }
            };
            let there = store.to_release(batch).await.expect("the batch");
            assert_eq!((there.void, there.batch.stage), (Some(void.clone()), BatchStage::Drafted));
            assert_eq!(
                release(&world.other_finance, batch).await,
                Released { is_second: false, void: Some(void.clone()) }
            );
            assert!(store.bank_file(&world.finance, batch, Format::Csv, false).await.is_err());
            store.cancel(&world.other_finance, &fresh(), batch, "重编").await.expect("cancelled");
            active(true).await;
            roles(finance.clone()).await;
        }
        world.check().await;
    })
    .await;
}
