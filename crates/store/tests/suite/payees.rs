//! Whose accounts a batch pays to: another name than the party's, and what no file for the bank can hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::together::{beside, seat};
use crate::common::{FUND, World, YEAR, account, decide, evidence, fresh, number_of, on_both};
use duixian_casework::batch::BatchStage;
use duixian_casework::case::{BankAccount, CaseId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::batches::{Format, Void};
use duixian_store::cases::{Ask, SharedAccount};
use duixian_store::search::JournalFilter;
use duixian_store::{Clock, Store, StoreError};
use sea_orm::ConnectionTrait;

#[tokio::test(flavor = "multi_thread")]
async fn payees_under_another_name_are_named_by_both_who_release() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (store, own) = (&world.store, world.payable(0, 0, 7).await);
        let strange = world.draft("instant_award", 1, 0).await;
        let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("李萍", "6222000000000008")) };
        world.ask(&world.applicant, strange, save).await;
        world.ask(&world.applicant, strange, Ask::AddEvidence(evidence())).await;
        world.ask(&world.applicant, strange, Ask::Submit).await;
        world.ask(&world.intake, strange, Ask::Accept).await;
        world.ask(&world.decider, strange, decide(9)).await;
        let made = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![own, strange]).await;
        let id = made.expect("a batch").value;
        let batch = store.batch(id).await.expect("the batch");
        let number = batch.lines[1].number.clone();
        let seen = store.to_release(id).await.expect("the batch").seen;
        for (place, who) in [&world.finance, &world.other_finance].into_iter().enumerate() {
            for confirmed in [vec![], vec![own]] {
                let refused = store.release(who, &fresh(), id, &seen, confirmed).await;
                let Err(StoreError::Refused(refusal)) = refused else { panic!("{refused:?}") };
                assert_eq!(refusal, Refusal::PayeesNotConfirmed(vec![number.clone()]));
            }
            let surplus = store.release(who, &fresh(), id, &seen, vec![strange, own]).await;
            assert!(matches!(surplus, Err(StoreError::Refused(Refusal::NoSuch(..)))), "{surplus:?}");
            assert_eq!(store.batch(id).await.expect("the batch").confirmed.len(), place, "nothing of it is kept");
            store.release(who, &fresh(), id, &seen, vec![strange]).await.expect("released");
        }
        let confirmed = store.batch(id).await.expect("the batch").confirmed;
        let by: Vec<_> = confirmed.iter().map(|one| (Some(one.by), one.cases.clone())).collect();
        let expected = [&world.finance, &world.other_finance].map(|who| (who.user(), vec![strange]));
        assert_eq!(by, expected);
        let filter = JournalFilter { kind: Some("batch.released".to_owned()), page: 1, ..JournalFilter::default() };
        let entries = store.journal(&filter).await.expect("the journal").rows;
        assert_eq!(entries.len(), 2);
        for entry in entries {
            assert!(entry.body.contains("\"holder\":\"李萍\"") && entry.body.contains(&number), "{}", entry.body);
            assert!(!entry.body.contains("企业0"), "who is paid under its own name needs no word");
        }
        world.check().await;
    })
    .await;
}

/// The same number, however it is written, in the cases of two parties: officials are told wherever the money goes to it, and both who
/// release it say that they have looked into it.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_two_parties_is_told_and_looked_into_by_both_who_release() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let store = &world.store;
        let (own, plain) = (world.payable(0, 0, 7).await, world.payable(2, 0, 5).await);
        let told = async |id: CaseId| {
            let case = store.case(id).await.expect("the case");
            store.shared_accounts(&[&case]).await.expect("read").remove(&id).unwrap_or_default()
        };
        let made = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![own, plain]).await;
        let id = made.expect("a batch").value;
        let before = store.to_release(id).await.expect("the batch");
        assert_eq!(before.to_look_into().count(), 0);
        store.release(&world.finance, &fresh(), id, &before.seen, vec![]).await.expect("the first");

        // A draft is nobody's business yet, and an account that was replaced before submission never is.
        let other = world.draft("instant_award", 1, 0).await;
        let save = |number: &str| Ask::Save { statements: BTreeMap::new(), account: Some(account("企业1", number)) };
        for number in [number_of(2), format!("{} {}", &number_of(0)[..4], &number_of(0)[4..])] {
            world.ask(&world.applicant, other, save(&number)).await;
            assert_eq!((told(own).await, told(plain).await), (vec![], vec![]));
        }
        world.ask(&world.applicant, other, Ask::AddEvidence(evidence())).await;
        world.ask(&world.applicant, other, Ask::Submit).await;
        let number = store.case(other).await.expect("the case").number.expect("a number");
        let it =
            SharedAccount { case: other, number, party: crate::common::party(1), party_name: "企业1".to_owned() };
        assert_eq!((told(own).await, told(plain).await), (vec![it.clone()], vec![]));
        assert_eq!(told(other).await.iter().map(|one| one.case).collect::<Vec<_>>(), [own]);

        // Whoever released it before that was known has not seen it.
        let stale = store.release(&world.other_finance, &fresh(), id, &before.seen, vec![]).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
        let there = store.to_release(id).await.expect("the batch");
        assert!(matches!(&there.void, Some(Void::Shared(_))), "{:?}", there.void);
        assert_eq!(there.shared, BTreeMap::from([(own, vec![it.clone()])]));
        // And whoever has looked into it for one party has not for the next.
        store.release(&world.other_finance, &fresh(), id, &there.seen, vec![own]).await.expect("the first");
        assert_eq!(store.to_release(id).await.expect("the batch").void, None);
        let third = world.draft("instant_award", 3, 0).await;
        world.ask(&world.applicant, third, save(&number_of(0))).await;
        world.ask(&world.applicant, third, Ask::AddEvidence(evidence())).await;
        world.ask(&world.applicant, third, Ask::Submit).await;
        let there = store.to_release(id).await.expect("the batch");
        assert!(matches!(&there.void, Some(Void::Shared(_))), "{:?}", there.void);
        assert_eq!(there.shared[&own].iter().map(|one| one.case).collect::<Vec<_>>(), [other, third]);
        for who in [&world.other_finance, &world.finance] {
            for confirmed in [vec![], vec![plain]] {
                let refused = store.release(who, &fresh(), id, &there.seen, confirmed).await;
                assert!(
                    matches!(&refused, Err(StoreError::Refused(Refusal::PayeesNotConfirmed(one))) if one.len() == 1)
                );
            }
            let surplus = store.release(who, &fresh(), id, &there.seen, vec![own, plain]).await;
            assert!(matches!(surplus, Err(StoreError::Refused(Refusal::NoSuch(..)))), "{surplus:?}");
            store.release(who, &fresh(), id, &there.seen, vec![own]).await.expect("released");
        }
        assert_eq!(store.batch(id).await.expect("the batch").stage, BatchStage::Released);
        let filter = JournalFilter { kind: Some("batch.released".to_owned()), page: 1, ..JournalFilter::default() };
        let entries = store.journal(&filter).await.expect("the journal").rows;
        let naming = entries.iter().filter(|entry| entry.body.contains(&format!("\"others\":[\"{}\"", it.number)));
        assert_eq!((entries.len(), naming.count()), (4, 3), "the first release had nothing to say of it");
        world.check().await;
        // Where very many have named it, no more of them are looked at than tell whose it is.
        let many: Vec<String> = (10_000..10_300).map(|case| format!("('{}', {case})", number_of(0))).collect();
        let insert = format!("INSERT INTO account_uses (number, case_id) VALUES {}", many.join(", "));
        beside(&world).await.execute_unprepared(&insert).await.expect("done");
        assert_eq!(told(own).await.iter().map(|one| one.case).collect::<Vec<_>>(), [other, third]);
        assert_eq!(told(plain).await, vec![]);
        assert_eq!(told(other).await.iter().map(|one| one.case).collect::<Vec<_>>(), [own, third]);
    })
    .await;
}

/// A batch from before accounts were looked at for characters that no file holds: nothing of it can have been paid, so that it
/// is still to be changed, and the other cases are not held up.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_no_file_can_hold_holds_up_nobody_else() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(1_000_000).await;
        let (bad, good, waiting) =
            (world.payable(0, 0, 7).await, world.payable(1, 0, 9).await, world.payable(2, 0, 5).await);
        let drafted = world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![bad, good]).await;
        let batch = drafted.expect("a batch").value;
        let seen = world.store.to_release(batch).await.expect("the batch").seen;
        world.store.release(&world.finance, &fresh(), batch, &seen, vec![]).await.expect("the first");
        let link = beside(&world).await;
        let harm = |table: &str, fit: &str| {
            format!("UPDATE {table} SET data = REPLACE(data, '\"bank\":\"某银行\"', '\"bank\":\"某\\u0001银行\"') WHERE {fit}")
        };
        link.execute_unprepared(&harm("cases", &format!("id IN ({}, {})", bad.0, waiting.0))).await.expect("done");
        // Of the batch only the first line: the second has its own account.
        let store = Store::open(&world.url, Clock::Shifted).await.expect("opened anew");
        let mut kept = store.batch(batch).await.expect("the batch");
        kept.lines[0].account.bank = "某\u{1}银行".to_owned();
        let data = serde_json::to_string(&kept).expect("a document").replace('\'', "''");
        link.execute_unprepared(&format!("UPDATE batches SET data = '{data}' WHERE id = {batch}")).await.expect("done");

        let seen = store.to_release(batch).await.expect("the batch").seen;
        let refused = store.release(&world.other_finance, &fresh(), batch, &seen, vec![]).await;
        assert!(matches!(&refused, Err(StoreError::Refused(Refusal::AccountsUnwritable(one))) if one.len() == 1));
        let refused = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![waiting]).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::BadAccount(..)))), "{refused:?}");

        // As it was where two had released it.
        let as_released = data.replace("\"half_released\"", "\"released\"");
        link.execute_unprepared(&format!("UPDATE batches SET data = '{as_released}' WHERE id = {batch}")).await.expect("done");
        assert!(store.bank_file(&world.finance, batch, Format::Csv, false).await.is_err());
        store.take_out(&world.finance, &fresh(), batch, BTreeSet::from([bad])).await.expect("taken out");
        let case = store.case(bad).await.expect("the case");
        assert_eq!((case.stage, case.open_payment()), (Stage::PaymentFailed, None));
        let rest = store.batch(batch).await.expect("the batch");
        assert_eq!((rest.stage, rest.lines.len(), rest.released_at), (BatchStage::Drafted, 1, None));
        let seen = store.to_release(batch).await.expect("the batch").seen;
        for who in [&world.finance, &world.other_finance] {
            store.release(who, &fresh(), batch, &seen, vec![]).await.expect("released");
        }
        store.bank_file(&world.finance, batch, Format::Pain001, false).await.expect("a file");
        let late = store.cancel(&world.finance, &fresh(), batch, "重编").await;
        assert!(matches!(late, Err(StoreError::Refused(Refusal::FileAtBank))), "it may be with the bank now");

        for (id, at) in [(bad, 0), (waiting, 2)] {
            let unseen = account(&format!("企业{at}"), "6222000000000003\u{200b}");
            for wrong in [
                BankAccount { bank: "某\u{1}银行".to_owned(), ..account(&format!("企业{at}"), "6222000000000003") },
                account(&format!("企业{at}\u{85}一"), "6222000000000003"),
                unseen,
            ] {
                let refused = store.ask(&world.applicant, &fresh(), id, Ask::CorrectAccount(wrong)).await;
                assert!(matches!(refused, Err(StoreError::Refused(Refusal::BadAccount(..)))), "{refused:?}");
            }
            let new = Ask::CorrectAccount(account(&format!("企业{at}"), "6222000000000003"));
            store.ask(&world.applicant, &fresh(), id, new.clone()).await.expect("corrected");
            let again = store.ask(&world.applicant, &fresh(), id, new).await;
            assert!(matches!(again, Err(StoreError::Refused(Refusal::WrongStage { .. }))), "once it is sound it stays");
        }
        store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![bad, waiting]).await.expect("a batch");
    })
    .await;
}
