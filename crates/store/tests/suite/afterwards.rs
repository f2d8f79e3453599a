//! What stays of a case whatever becomes of it: its notice, and that it was granted.

use crate::common::{World, decide, fresh, key, on_both, party};
use chrono::TimeDelta;
use duixian_casework::case::CaseId;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::cases::{Ask, CaseFilter, NewCase};
use duixian_store::facts::RowChange;
use duixian_store::notices::{Ended, Sheet};
use duixian_store::{Settings, StoreError};

async fn sheet(world: &World, id: CaseId) -> Sheet {
    let history = world.store.history(id).await.expect("a history");
    let at = history.iter().rev().find(|entry| entry.event.what.word() == "notice_published").expect("a notice").at;
    world.store.notice_sheet(id, at).await.expect("a sheet").expect("it was kept")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_stays_what_it_was_when_it_was_put_up() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let mut decided = Vec::new();
        for result in 0..4 {
            let id = world.reviewed("result_award", 0, result).await;
            world.ask(&world.decider, id, decide(100 + i64::from(result as i32))).await;
            decided.push(id);
        }
        let [a, b, c, alone] = decided[..] else { panic!("four") };
        world.ask(&world.intake, alone, Ask::PublishNotice).await;
        let mut asked = Vec::new();
        for id in [a, b, c] {
            asked.push((id, world.store.case(id).await.expect("a case").version, Ask::PublishNotice));
        }
        for (_, outcome) in world.store.ask_many(&world.intake, &key("morning"), asked).await {
            outcome.expect("published");
        }
        let before = sheet(&world, a).await;
        let amounts: Vec<Fen> = before.rows.iter().map(|row| row.amount).collect();
        assert_eq!((amounts, before.turn), (vec![Fen::yuan(100), Fen::yuan(101), Fen::yuan(102)], 1));
        assert_eq!(sheet(&world, alone).await.rows.len(), 1, "what is put up alone hangs alone");

        let object =
            Ask::Object { name: "某".to_owned(), contact: "0851-88880000".to_owned(), grounds: "不符".to_owned() };
        world.ask(&Actor::Public, a, object).await;
        let answer = Ask::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
        world.ask(&world.other_decider, a, answer).await;
        world.ask(&world.applicant, b, Ask::Withdraw { reason: "不再需要".to_owned() }).await;
        assert_eq!(sheet(&world, c).await, before);
        assert_eq!(sheet(&world, a).await, before);
        let ends = world.store.sheet_ends(&before).await.expect("ends");
        assert!(matches!(ends.get(&a), Some(Ended::Upheld(_))), "{ends:?}");
        assert!(matches!(ends.get(&b), Some(Ended::Withdrawn(_))), "{ends:?}");
        assert_eq!(ends.get(&c), None);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_is_not_applied_for_again() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        // A draft from before the grant can no more be sent, and no other is begun after it.
        let beside = world.submitted("result_award", 0, 0).await;
        world.ask(&world.applicant, beside, Ask::Withdraw { reason: "先撤".to_owned() }).await;
        let draft = world.draft("instant_award", 0, 0).await;
        world.ask(&world.applicant, draft, Ask::Withdraw { reason: "重来".to_owned() }).await;
        let granted = world.reviewed("instant_award", 0, 0).await;
        world.ask(&world.decider, granted, decide(100)).await;
        let number = world.store.case(granted).await.expect("the case").number.expect("a number");
        let new = NewCase {
            round: world.round,
            party: party(0),
            measure: "instant_award".to_owned(),
            basis: "R0-0".to_owned(),
        };
        let refused = world.store.open_draft(&world.applicant, &fresh(), new.clone()).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(Refusal::GrantedBefore(of))) if *of == number),
            "{refused:?}"
        );
        world.ask(&world.applicant, granted, Ask::Withdraw { reason: "不再需要".to_owned() }).await;
        world.store.open_draft(&world.applicant, &fresh(), new).await.expect("what was taken back is granted no more");

        let filter = CaseFilter { stages: vec![Stage::Withdrawn], ..CaseFilter::default() };
        let rows = world.store.cases(&world.intake, &filter).await.expect("a list").rows;
        assert!(!rows.is_empty() && rows.iter().all(|row| row.amount.is_none()), "{rows:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_party_and_office_were_called_is_known_of_every_moment() {
    on_both(async |world: World| {
        let store = &world.store;
        let pass = async || {
            store.advance_clock(&world.admin, TimeDelta::days(1)).await.expect("time passes");
            store.now()
        };
        let set = async |name: &str| {
            let new = Settings { name_zh: name.to_owned(), ..store.settings().await.expect("settings") };
            store.set_settings(&world.admin, &fresh(), new).await.expect("kept");
        };
        let start = pass().await;
        let named = store.party(&party(0)).await.expect("a party").expect("it is there").name;
        assert_eq!(store.settings_at(start).await.expect("settings"), store.settings().await.expect("settings"));
        set("甲局").await;
        let first = pass().await;
        // What is done within the same millisecond would be done at that moment.
        pass().await;
        set("乙局").await;
        let change = RowChange {
            pack: 1,
            party: party(0),
            table: "enterprises".to_owned(),
            row: String::new(),
            cells: Some([("name".to_owned(), "更名企业".to_owned())].into()),
            source: Name::new("市场监管", "registration"),
            note: String::new(),
        };
        store.put_fact(&world.admin, &fresh(), change).await.expect("another name");
        let second = pass().await;
        for (moment, office) in [(first, "甲局"), (second, "乙局")] {
            assert_eq!(store.settings_at(moment).await.expect("settings").name_zh, office);
        }
        for (moment, name) in [(start, named.as_str()), (first, named.as_str()), (second, "更名企业")] {
            assert_eq!(store.party_name_at(&party(0), moment).await.expect("a name").as_deref(), Some(name));
        }
        assert_eq!(store.party_name_at("nobody", second).await.expect("a look"), None);
    })
    .await;
}
