//! Looking things up in the journal and among delegations, on both databases.

use crate::common::paying::{answer, read, released, sent};
use crate::common::together::seat;
use crate::common::{World, decide, fresh, official, on_both, party};
use duixian_bank::ResultFormat;
use duixian_casework::command::IfShort;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_ledger::{Entry, Kind};
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::{Ask, CaseFilter, NewCase};
use duixian_store::people::NewUser;
use duixian_store::public::PublicFilter;
use duixian_store::search::{DelegationFilter, JournalFilter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_is_searched_by_subject_kind_person_and_time() {
    on_both(async |world: World| {
        world.appropriate(100_000).await;
        let id = world.submitted("instant_award", 0, 1).await;
        let of = async |filter: JournalFilter| world.store.journal(&filter).await.expect("the journal");
        let all = of(JournalFilter::default()).await;
        assert!(all.rows.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1), "the newest first, without a gap");
        assert_eq!(all.total, all.rows[0].seq.unsigned_abs());
        let subjects = vec![format!("case/{}", id.0)];
        let case = of(JournalFilter { subjects: subjects.clone(), ..JournalFilter::default() }).await;
        assert!(case.total >= 4 && case.rows.iter().all(|entry| entry.subject == subjects[0]));
        let one = JournalFilter { subjects, kind: Some("case.submitted".to_owned()), ..JournalFilter::default() };
        assert_eq!(of(one).await.total, 1);
        let cases = of(JournalFilter { kind: Some("case.".to_owned()), ..JournalFilter::default() }).await;
        assert_eq!(cases.total, case.total);
        // An underscore is a letter like others, not one that stands for any.
        assert_eq!(of(JournalFilter { kind: Some("case_".to_owned()), ..JournalFilter::default() }).await.total, 0);
        let applicant = JournalFilter { actor: world.applicant.user(), ..JournalFilter::default() };
        assert_eq!(of(applicant).await.total, case.total);
        let nobody = of(JournalFilter { by_nobody: true, ..JournalFilter::default() }).await;
        assert!(nobody.rows.iter().all(|entry| entry.actor.is_none()));
        let later = JournalFilter {
            from: Some(world.store.now().plus(chrono::TimeDelta::days(1))),
            ..JournalFilter::default()
        };
        assert_eq!(of(later).await.total, 0);
        let page = of(JournalFilter { page: 2, per_page: 3, ..JournalFilter::default() }).await;
        assert_eq!((page.rows.len(), page.rows[0].seq), (3, all.rows[3].seq));
        let entry = world.store.journal_entry(all.rows[0].seq).await.expect("an entry");
        assert_eq!(entry.digest(), entry.hash);
        assert!(matches!(world.store.journal_entry(0).await, Err(StoreError::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delegations_are_found_by_agent_and_party() {
    on_both(async |world: World| {
        let mut made: Vec<UserId> = Vec::new();
        for login in ["li.lei", "han"] {
            let new = NewUser {
                login: login.to_owned(),
                name: login.to_uppercase(),
                password: "Mingde-2019-Qiu".to_owned(),
                roles: vec![Role::Agent],
                desks: Vec::new(),
                must_change: false,
            };
            made.push(world.store.create_user(&world.admin, &fresh(), new).await.expect("a user").value);
        }
        let (admin, store) = (&world.admin, &world.store);
        let first = store.delegate(admin, &fresh(), made[0], &party(1), None, "1").await.expect("a delegation").value;
        store.delegate(admin, &fresh(), made[1], &party(2), None, "2").await.expect("a delegation");
        let find = async |text: &str, holding| {
            let filter = DelegationFilter { text: Some(text.to_owned()), holding, ..DelegationFilter::default() };
            let found = store.delegations(&filter).await.expect("delegations");
            found.rows.iter().map(|one| one.note.clone()).collect::<String>()
        };
        assert_eq!(find("", false).await, "21");
        assert_eq!(find("LI.L", false).await, "1");
        assert_eq!(find("企业2", false).await, "2");
        assert_eq!((find("企业２", false).await, find("ＬＩ.ｌ", false).await), ("2".to_owned(), "1".to_owned()));
        assert_eq!(find(&party(1), true).await, "1");
        store.revoke(admin, &fresh(), first).await.expect("a revocation");
        assert_eq!((find("li", true).await, find("li", false).await), (String::new(), "1".to_owned()));
        assert_eq!(find("%", false).await, "", "a percent sign is no wildcard");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_width_letters_and_digits_find_what_half_width_ones_do() {
    on_both(async |world: World| {
        world.appropriate(100_000).await;
        let store = &world.store;
        let id = world.payable(1, 3, 10).await;
        let number = store.case(id).await.expect("the case").number.expect("a number");
        let wide = |text: &str| -> String {
            let wide = |one: char| {
                if one.is_ascii_alphanumeric() { char::from_u32(u32::from(one) + 0xfee0) } else { Some(one) }
            };
            text.chars().filter_map(wide).collect()
        };
        let find = async |text: &str| {
            let filter = CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
            store.cases(&Actor::System, &filter).await.expect("cases").rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        for text in [number.as_str(), "企业1", &party(1), "R1-3", "r1"] {
            assert_eq!((find(text).await, find(&wide(text)).await), (vec![id], vec![id]), "{text}");
        }
        // Each of several words is found wherever it stands, and none is left out.
        for text in ["企业1 R1-3", "R1-3　企业1", "r1-3 企业"] {
            assert_eq!(find(text).await, [id], "{text}");
        }
        assert_eq!(find("企业1 没有").await, []);
        // A number that stands in full width on record is found by either, and by no letters that only look like it.
        let new = NewCase {
            round: world.round,
            party: party(0),
            measure: "result_award".to_owned(),
            basis: "ＺＬ２０１９-７".to_owned(),
        };
        let own = store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
        for text in ["zl2019", "ＺＬ２０１９", "ZL 2019-7"] {
            assert_eq!(find(text).await, [own], "{text}");
        }
        assert_eq!((find("zi").await, find("z%7").await), (Vec::new(), Vec::new()));
        assert_eq!(store.find_parties("企业１", 9).await.expect("parties")[0].code, party(1));
        assert_eq!(store.find_parties("", 9).await.expect("parties").len(), 8);
        let noticed = world.reviewed("result_award", 2, 0).await;
        world.ask(&world.decider, noticed, decide(10)).await;
        let number = world.ask(&world.intake, noticed, Ask::PublishNotice).await.number.expect("a number");
        let public = PublicFilter { text: Some(wide(&number)), ..PublicFilter::default() };
        assert_eq!(store.notices(&public).await.expect("notices").total, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_found_by_its_number_however_that_is_written() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let batch = released(&world, vec![world.payable(0, 0, 300).await]).await;
        let number = world.store.batch(batch).await.expect("the batch").number;
        let bare: String = number.chars().filter(|one| one.is_alphanumeric()).collect();
        let square = number.replace('〔', "[").replace('〕', "]");
        for text in [number.as_str(), &bare, &square] {
            let found = world.store.batch_by_number(text).await.expect("an answer");
            assert_eq!(found.map(|one| one.id), Some(batch), "{text}");
        }
        for text in ["", "拨〔1999〕0001", "DX1999-0001-1"] {
            assert_eq!(world.store.batch_by_number(text).await.expect("an answer"), None, "{text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parties_that_were_paid_are_read_a_page_at_a_time_and_cases_by_an_amount() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let mut ids = Vec::new();
        for (at, yuan) in [(0, 3_000), (1, 5_000), (0, 1_000)] {
            ids.push(world.payable(at, ids.len(), yuan).await);
        }
        let waits = world.payable(1, 3, 5_000).await;
        let leader = official(20, &[Role::Leader]);
        let of_amount = async || world.store.cases_of_amount(&leader, Fen::yuan(5_000)).await.expect("cases");
        let batch = released(&world, ids.clone()).await;
        sent(&world, batch).await;
        let told = answer(&world, batch, &[], ResultFormat::Csv).await;
        read(&world, told).await;
        assert_eq!(of_amount().await, [ids[1], waits], "what was paid comes first");
        // What is let go again is not set aside any more.
        world.ask(&world.applicant, waits, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        assert_eq!(of_amount().await, [ids[1]]);
        for (page, first) in [(1, party(1)), (2, party(0)), (7, party(0))] {
            let paid = world.store.most_paid(&leader, None, page, 1).await.expect("parties");
            assert_eq!((paid.total, paid.sum.cases, paid.sum.amount), (2, 3, Fen::yuan(9_000)));
            assert_eq!(paid.rows.iter().map(|row| row.party.clone()).collect::<Vec<_>>(), [first]);
        }
        let both = world.store.most_paid(&leader, None, 1, u32::MAX).await.expect("parties");
        assert_eq!(both.rows.iter().map(|row| row.paid.amount).collect::<Vec<_>>(), [5_000, 4_000].map(Fen::yuan));
        let none = world.store.most_paid(&leader, Some(1999), 1, 10).await.expect("parties");
        assert_eq!((none.total, none.rows.len(), none.sum.amount), (0, 0, Fen(0)));
        // What was decided and waits for money is found, and what a fund was given, which is of no case.
        let (short, amount) = (world.reviewed("instant_award", 2, 0).await, Fen(9_500_001));
        let (reason, conditions) = ("按规定".to_owned(), Vec::new());
        let wait = Ask::Decide { amount, reason, conditions, priority: 1, if_short: IfShort::Queue };
        world.ask(&world.decider, short, wait).await;
        assert_eq!(world.store.cases_of_amount(&leader, amount).await.expect("cases"), [short]);
        let given = async |yuan: i64| {
            let found = world.store.fund_transfers_of_amount(&leader, Fen::yuan(yuan)).await.expect("transfers");
            found.iter().map(|one| one.kind).collect::<Vec<_>>()
        };
        assert_eq!(given(100_000).await, [Kind::Single(Entry::Appropriation)]);
        assert_eq!(given(5_000).await, []);
        let denied = world.store.fund_transfers_of_amount(&world.applicant, amount).await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        world.check().await;
    })
    .await;
}
