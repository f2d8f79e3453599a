//! Cases from draft to payment, what is refused, what is done once.

use std::collections::BTreeMap;

use crate::common::{World, YEAR, account, decide, evidence, fresh, key, number_of, on_both, party};
use chrono::TimeDelta;
use duixian_casework::case::{CaseId, CellRef, Defect, DefectAbout};
use duixian_casework::command::{NewEvidence, Stated};
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::{Ask, CaseFilter, NewCase, Sort};
use duixian_store::messages::Wanted;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_all_the_way_to_its_decision() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let id = world.submitted("result_award", 0, 0).await;
        let defects = vec![Defect { about: DefectAbout::Account, text: "账号有误".to_owned() }];
        let case = world.ask(&world.intake, id, Ask::AskCorrection { defects }).await;
        assert_eq!(case.stage, Stage::Correction);
        world.ask(&world.applicant, id, Ask::Resubmit { answers: Vec::new() }).await;
        let case = world.ask(&world.intake, id, Ask::Accept).await;
        let year = world.store.now().year();
        assert_eq!(case.number.as_deref(), Some(format!("试兑〔{year}〕000001号").as_str()));
        world.ask(&world.reviewer, id, Ask::TakeUp).await;
        let unseen = world.store.case_for(&Actor::Public, id).await;
        assert!(matches!(unseen, Err(StoreError::NotFound)));
        let history = world.store.history(id).await.expect("a history");
        let words: Vec<&str> = history.iter().map(|entry| entry.event.what.word()).collect();
        assert_eq!(
            words,
            ["opened", "saved", "evidence_added", "submitted", "correction_asked", "corrected", "accepted", "taken_up"]
        );
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_evidence_than_may_be_gets_in_at_once() {
    on_both(async |world: World| {
        let id = world.draft("result_award", 0, 0).await;
        let has = world.store.case(id).await.expect("the case").evidence.len();
        for _ in has..53 {
            world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
        }
        let uploads: Vec<_> = (0..30)
            .map(|place| {
                let (store, applicant) = (world.store.clone(), world.applicant.clone());
                tokio::spawn(async move {
                    let pdf = format!("%PDF-1.4\n% {place}\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
                    let file = store.put_file(&applicant, "证书.pdf", pdf.into_bytes()).await?;
                    let new = NewEvidence { file: Some(file), ..evidence() };
                    store.ask(&applicant, &fresh(), id, Ask::AddEvidence(new)).await
                })
            })
            .collect();
        let mut taken = 0;
        for upload in uploads {
            match upload.await.expect("no panic") {
                Ok(_) => taken += 1,
                Err(error) => assert!(matches!(&error, StoreError::Refused(Refusal::TooMuchEvidence(60))), "{error:?}"),
            }
        }
        assert_eq!((taken, world.store.case(id).await.expect("the case").evidence.len()), (7, 60));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_its_work_once() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let (store, applicant) = (&world.store, &world.applicant);
        let new = NewCase {
            round: world.round,
            party: party(0),
            measure: "result_award".to_owned(),
            basis: "R0-1".to_owned(),
        };
        let first = store.open_draft(applicant, &key("draft"), new.clone()).await.expect("a draft");
        let again = store.open_draft(applicant, &key("draft"), new.clone()).await.expect("the same");
        assert_eq!((again.value.id, again.already, first.already), (first.value.id, true, false));
        let other = NewCase { basis: "R0-2".to_owned(), ..new };
        let other = store.open_draft(applicant, &key("draft"), other).await;
        assert!(matches!(other, Err(StoreError::Conflict { .. })));
        let id = first.value.id;
        let ask = Ask::AddEvidence(evidence());
        for _ in 0..3 {
            store.ask(applicant, &key("evidence"), id, ask.clone()).await.expect("once");
        }
        assert_eq!(store.case(id).await.expect("the case").evidence.len(), 1);
        let reviewed = world.reviewed("instant_award", 1, 0).await;
        let decided = store.ask(&world.decider, &key("decide"), reviewed, decide(10)).await.expect("decided");
        let again = store.ask(&world.decider, &key("decide"), reviewed, decide(10)).await.expect("the same");
        assert_eq!((decided.already, again.already), (false, true));
        assert_eq!(decided.value, again.value);
        let position = store.position(crate::common::FUND, crate::common::YEAR).await.expect("a position");
        assert_eq!(position.reserved, Fen::yuan(10));
        // Many at once, as of a double click.
        let clicks: Vec<_> = (0..8)
            .map(|_| {
                let (store, applicant) = (store.clone(), applicant.clone());
                tokio::spawn(
                    async move { store.ask(&applicant, &key("twice"), id, Ask::AddEvidence(evidence())).await },
                )
            })
            .collect();
        let mut first = 0;
        for click in clicks {
            first += usize::from(!click.await.expect("no panic").expect("done").already);
        }
        assert_eq!(first, 1);
        assert_eq!(store.case(id).await.expect("the case").evidence.len(), 2);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_nothing() {
    on_both(async |world: World| {
        world.appropriate(100).await;
        let (store, id) = (&world.store, world.submitted("result_award", 0, 0).await);
        let before = store.verify_journal(|_| {}).await.expect("sound");
        let wrong = [
            (&world.applicant, Ask::Accept),
            (&world.reviewer, Ask::Accept),
            (&world.intake, Ask::Submit),
            (
                &world.intake,
                Ask::Review { recommends: duixian_casework::case::Recommendation::GoOn, opinion: "x".to_owned() },
            ),
            (&world.decider, decide(1)),
            (&world.applicant, Ask::Withdraw { reason: " ".to_owned() }),
            (&Actor::Public, Ask::Accept),
        ];
        for (actor, ask) in wrong {
            let refused = store.ask(actor, &fresh(), id, ask.clone()).await;
            assert!(matches!(refused, Err(StoreError::Refused(_) | StoreError::NotFound)), "{ask:?}: {refused:?}");
        }
        let twice = world.draft("result_award", 0, 0).await;
        let save = Ask::Save { statements: Default::default(), account: Some(account("甲", "6222000000")) };
        world.ask(&world.applicant, twice, save).await;
        world.ask(&world.applicant, twice, Ask::AddEvidence(evidence())).await;
        let duplicate = store.ask(&world.applicant, &fresh(), twice, Ask::Submit).await;
        assert!(matches!(duplicate, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{duplicate:?}");
        let short = world.reviewed("instant_award", 1, 0).await;
        let refused = store.ask(&world.decider, &fresh(), short, decide(101)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::FundShort { .. }))), "{refused:?}");
        let position = store.position(crate::common::FUND, crate::common::YEAR).await.expect("a position");
        assert_eq!((position.reserved, position.free), (Fen(0), Fen::yuan(100)));
        let after = store.verify_journal(|_| {}).await.expect("sound");
        // Drafting and reviewing were kept, the refusals not: 3 + 5 + 0 events.
        assert_eq!(after.cases, before.cases + 2);
        assert_eq!(store.case(id).await.expect("the case").stage, Stage::Submitted);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_what_each_may_see() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let draft = world.draft("result_award", 0, 9).await;
        let mut submitted = Vec::new();
        for result in 0..5 {
            submitted.push(world.submitted("result_award", 1, result).await);
        }
        world.ask(&world.intake, submitted[0], Ask::Accept).await;
        let store = &world.store;
        let all = CaseFilter::default();
        let of = async |actor: &Actor, filter: &CaseFilter| {
            let page = store.cases(actor, filter).await.expect("a page");
            assert_eq!(page.total, page.rows.len() as u64);
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(of(&world.applicant, &all).await.len(), 6);
        assert!(!of(&world.intake, &all).await.contains(&draft));
        assert!(of(&world.auditor, &all).await.contains(&draft));
        assert!(of(&Actor::Public, &all).await.is_empty());
        let mine = CaseFilter { mine: true, ..CaseFilter::default() };
        assert_eq!(of(&world.intake, &mine).await, submitted[1..]);
        assert_eq!(of(&world.reviewer, &mine).await, submitted[..1]);
        let by_text = |text: &str| CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
        assert_eq!(of(&world.intake, &by_text("000002号")).await, submitted[1..2]);
        assert_eq!(of(&world.intake, &by_text("企业1")).await.len(), 5);
        assert_eq!(of(&world.intake, &by_text("%")).await.len(), 0);
        // By the number of its basis too, and nobody finds what they may not see.
        assert_eq!(of(&world.intake, &by_text("r1-3")).await, submitted[3..4]);
        assert_eq!(of(&world.intake, &by_text("R0-9")).await, []);
        assert_eq!(of(&world.auditor, &by_text("R0-9")).await, [draft]);
        let page = CaseFilter { per_page: 2, page: 3, descending: true, ..CaseFilter::default() };
        let page = store.cases(&world.intake, &page).await.expect("a page");
        assert_eq!((page.total, page.rows.len(), page.pages()), (5, 1, 3));
        let counts = store.counts(&world.intake, &all).await.expect("counts");
        let stages: Vec<_> = counts.by_stage.iter().map(|count| (count.of, count.cases)).collect();
        assert_eq!(stages, [(Stage::Submitted, 4), (Stage::Accepted, 1)]);
        assert_eq!(counts.by_desk.iter().map(|count| count.cases).collect::<Vec<_>>(), [1, 4]);
    })
    .await;
}

/// Whoever goes from one to the next walks through a list in its order, whatever that is, with and without deadlines, and begins anew at its end.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_case_is_the_next_of_the_list_in_every_order() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        for result in 0..3 {
            world.submitted("result_award", result % 2, result).await;
        }
        world.reviewed("result_award", 0, 3).await;
        world.reviewed("result_award", 1, 4).await;
        let withdrawn = world.submitted("result_award", 0, 5).await;
        world.ask(&world.applicant, withdrawn, Ask::Withdraw { reason: "改日再报".to_owned() }).await;
        let (store, actor) = (&world.store, &world.intake);
        let next =
            async |filter: &CaseFilter, id| store.next_case(actor, filter, id).await.expect("a case").map(|row| row.id);
        for sort in [Sort::Due, Sort::Number, Sort::Submitted, Sort::Updated, Sort::Party, Sort::Amount, Sort::Stage] {
            for (descending, text) in [(false, None), (true, None), (false, Some("企业".to_owned()))] {
                let filter = CaseFilter { sort, descending, text, ..CaseFilter::default() };
                let rows = store.cases(actor, &filter).await.expect("a page").rows;
                let ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
                assert_eq!(ids.len(), 6);
                for (place, id) in ids.iter().enumerate() {
                    let follows = ids[(place + 1) % ids.len()];
                    assert_eq!(next(&filter, *id).await, Some(follows), "{filter:?} {ids:?} after {id:?}");
                }
            }
        }
        // What is in the list no more has its place all the same.
        let live = CaseFilter { stages: vec![Stage::Submitted], sort: Sort::Number, ..CaseFilter::default() };
        assert_ne!(next(&live, withdrawn).await, None);
        assert_eq!(store.case_in(actor, &live, withdrawn).await.expect("an answer"), None);
    })
    .await;
}

/// What is on hold is found by who may resume it; and what stands beside a choice of stage or desk is what choosing it gives.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_in_reach_and_counts_are_those_of_the_lists_they_open() {
    on_both(async |world: World| {
        let held = world.submitted("result_award", 0, 0).await;
        world.ask(&world.intake, held, Ask::Hold { reason: "等函".to_owned() }).await;
        let other = world.reviewed("result_award", 1, 1).await;
        let (store, filter) = (&world.store, CaseFilter { held: true, ..CaseFilter::default() });
        for (actor, found) in [(&world.intake, vec![held]), (&world.reviewer, vec![]), (&world.decider, vec![])] {
            let page = store.cases(actor, &filter).await.expect("a page");
            assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), found);
        }
        let stage = store.case(other).await.expect("the case").stage;
        let chosen = CaseFilter { stages: vec![stage], ..CaseFilter::default() };
        let (taken, beside) = store.counts_beside(&world.intake, &chosen).await.expect("counts");
        assert_eq!(taken, store.counts(&world.intake, &chosen).await.expect("counts"));
        for count in beside.by_stage {
            let alone = CaseFilter { stages: vec![count.of], ..CaseFilter::default() };
            assert_eq!(store.cases(&world.intake, &alone).await.expect("a page").total, count.cases);
        }
        for count in beside.by_desk {
            let at = CaseFilter { desk: Some(count.of), ..chosen.clone() };
            assert_eq!(store.cases(&world.intake, &at).await.expect("a page").total, count.cases);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_action_does_each_for_itself() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let mut asked = Vec::new();
        for result in 0..10 {
            let id = world.submitted("result_award", 0, result).await;
            let version = world.store.case(id).await.expect("the case").version;
            // One was seen in a version that is over.
            asked.push((id, if result == 3 { version - 1 } else { version }, Ask::Accept));
        }
        let bulk = key("bulk");
        let outcomes = world.store.ask_many(&world.intake, &bulk, asked.clone()).await;
        for (place, (id, outcome)) in outcomes.iter().enumerate() {
            assert_eq!(*id, asked[place].0);
            match place {
                3 => assert!(matches!(outcome, Err(StoreError::Conflict { .. })), "{outcome:?}"),
                _ => assert_eq!(outcome.as_ref().expect("accepted").stage, Stage::Accepted),
            }
        }
        let again = world.store.ask_many(&world.intake, &bulk, asked).await;
        assert_eq!(again.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 9);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_several_cases_counts_those_that_the_reader_may_see() {
    on_both(async |world: World| {
        let (one, other) = (world.draft("result_award", 1, 0).await, world.draft("result_award", 1, 1).await);
        let file = world
            .store
            .put_file(&world.applicant, "证书.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n".to_vec())
            .await;
        let file = file.unwrap_or_else(|error| panic!("{error}"));
        for id in [one, other] {
            let piece = NewEvidence { file: Some(file.clone()), ..evidence() };
            world.ask(&world.applicant, id, Ask::AddEvidence(piece)).await;
        }
        let of = async |actor: &Actor, files: &[&str]| {
            let uses = world.store.other_uses(actor, one, files).await.expect("uses");
            let case = |(id, _): (CaseId, Option<String>)| id;
            let cases = |(hash, uses): (String, Vec<_>)| (hash, uses.into_iter().map(case).collect::<Vec<_>>());
            uses.into_iter().map(cases).collect::<Vec<_>>()
        };
        let hash = file.sha256.as_str();
        assert_eq!(of(&world.applicant, &[hash, "none"]).await, [(hash.to_owned(), vec![other])]);
        assert_eq!(of(&world.auditor, &[hash]).await, [(hash.to_owned(), vec![other])]);
        // Drafts are not for officials, and nothing is for the public.
        assert_eq!(of(&world.intake, &[hash]).await, []);
        assert_eq!(of(&Actor::Public, &[hash]).await, []);
        assert_eq!(of(&world.applicant, &[]).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_party_sends_together_is_told_in_one_message() {
    on_both(async |world: World| {
        let draft = async |at: usize, result: usize| {
            let id = world.draft("result_award", at, result).await;
            let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("企业", "6222000000000002")) };
            world.ask(&world.applicant, id, save).await;
            (id, world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await.version, Ask::Submit)
        };
        let mut asked = vec![draft(1, 0).await];
        for result in 0..5 {
            asked.push(draft(0, result).await);
        }
        // One was seen in a version that is over: it is not sent, and not told of.
        asked[3].1 -= 1;
        for _ in 0..2 {
            let outcomes = world.store.ask_many(&world.applicant, &key("together"), asked.clone()).await;
            assert_eq!(outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 5);
        }
        let one = draft(0, 5).await;
        world.store.ask_many(&world.applicant, &key("alone"), vec![one.clone()]).await;
        let told = async |at: usize| {
            let found =
                world.store.messages(&world.applicant, Some(&party(at)), Wanted::All, 1).await.expect("messages");
            let all = found.rows.into_iter().map(|message| {
                let beside = message.beside.into_iter().map(|one| one.case);
                let mut cases: Vec<CaseId> = message.case.into_iter().chain(beside).collect();
                cases.sort();
                cases
            });
            all.collect::<Vec<_>>()
        };
        assert_eq!(told(0).await, [vec![one.0], vec![asked[1].0, asked[2].0, asked[4].0, asked[5].0]]);
        assert_eq!(told(1).await, [vec![asked[0].0]], "another party reads of its own alone");
        world.check().await;
    })
    .await;
}

/// A row of the registry is one party's: nobody else applies for it; and a number that the registry does not know is granted to one
/// party, with the others' cases in sight of who decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_one_partys() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let new = |at: usize, basis: &str| NewCase {
            round: world.round,
            party: party(at),
            measure: "instant_award".to_owned(),
            basis: basis.to_owned(),
        };
        let foreign = world.store.open_draft(&world.applicant, &fresh(), new(1, "R0-0")).await;
        assert!(matches!(foreign, Err(StoreError::Refused(Refusal::OfAnotherParty))), "{foreign:?}");

        let mut cases = Vec::new();
        for at in 0..2 {
            let opened = world.store.open_draft(&world.applicant, &fresh(), new(at, "UNKNOWN-1")).await;
            let id = opened.expect("a draft").value.id;
            let cell = |column: &str| CellRef {
                table: "results".to_owned(),
                row: "UNKNOWN-1".to_owned(),
                column: column.to_owned(),
            };
            let stated = |value: &str| Some(Stated { value: value.to_owned(), dispute: None });
            let statements = [(cell("done_on"), stated("2019-05-01")), (cell("genuine"), stated("true"))].into();
            let account = Some(account(&format!("企业{at}"), &number_of(at)));
            world.ask(&world.applicant, id, Ask::Save { statements, account }).await;
            world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
            world.ask(&world.applicant, id, Ask::Submit).await;
            cases.push(world.ask(&world.intake, id, Ask::Accept).await);
        }
        let [first, second] = &cases[..] else { panic!("two cases") };
        let seen = world.store.cases_elsewhere(second).await.expect("the others");
        assert_eq!(seen.iter().map(|one| (one.case, one.is_granted)).collect::<Vec<_>>(), [(first.id, false)]);
        world.ask(&world.decider, first.id, decide(100)).await;
        let refused = world.store.ask(&world.decider, &fresh(), second.id, decide(100)).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(Refusal::GrantedElsewhere(number))) if Some(number) == first.number.as_ref()),
            "{refused:?}"
        );
        world.ask(&world.applicant, first.id, Ask::Withdraw { reason: "不是我们的".to_owned() }).await;
        world.ask(&world.decider, second.id, decide(100)).await;
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_reminds_once_of_a_correction_before_it_takes_it_back() {
    on_both(async |world: World| {
        let (store, id) = (&world.store, world.submitted("result_award", 0, 0).await);
        let defects = vec![Defect { about: DefectAbout::Account, text: "账号有误".to_owned() }];
        let asked = world.ask(&world.intake, id, Ask::AskCorrection { defects }).await;
        let reminders = async || {
            let told = store.messages(&world.applicant, None, Wanted::All, 1).await.expect("messages").rows;
            told.into_iter().filter(|message| message.kind == "correction_reminded").collect::<Vec<_>>()
        };
        assert_eq!((store.tick().await.expect("a tick").reminded, reminders().await.len()), (0, 0));
        let due = asked.due.expect("a deadline");
        let early = due.signed_duration_since(store.now().day()) - chrono::TimeDelta::days(1);
        store.advance_clock(&world.admin, early).await.expect("time passes");
        assert_eq!(store.tick().await.expect("a tick").reminded, 1);
        assert_eq!(store.tick().await.expect("a tick").reminded, 0);
        let told = reminders().await;
        assert_eq!((told.len(), told[0].case), (1, Some(id)));
        assert_eq!(told[0].body["due"], due.to_string());
        assert_eq!(told[0].body["defects"][0]["text"], "账号有误");
        store.advance_clock(&world.admin, chrono::TimeDelta::days(5)).await.expect("time passes");
        let ticked = store.tick().await.expect("a tick");
        assert_eq!((ticked.reminded, ticked.corrections_lapsed), (0, 1));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_tells_once_of_a_draft_before_its_round_closes_and_after() {
    on_both(async |world: World| {
        let (store, id) = (&world.store, world.draft("result_award", 0, 0).await);
        let sent = world.submitted("result_award", 0, 1).await;
        // Nobody is called upon to send what would be refused beside it.
        let beside = world.draft("result_award", 0, 1).await;
        assert_ne!(beside, sent);
        let told = async || {
            let told = store.messages(&world.applicant, None, Wanted::All, 1).await.expect("messages").rows;
            told.into_iter().filter(|message| message.kind.starts_with("draft_")).collect::<Vec<_>>()
        };
        let tick = async || store.tick().await.expect("a tick").drafts_told;
        assert_eq!((tick().await, told().await.len()), (0, 0));
        let last_day = store.round(world.round).await.expect("the round").last_day();
        let early = last_day - store.now().day() - TimeDelta::days(1);
        store.advance_clock(&world.admin, early).await.expect("time passes");
        assert_eq!((tick().await, tick().await), (1, 0));
        assert_eq!(told().await[0].body["due"], last_day.to_string());
        // It is to be done as long as the round takes it, and waits for its applicant no more once that is closed.
        let to_do = async || {
            let told = store.messages(&world.applicant, None, Wanted::ToDo, 1).await.expect("messages").rows;
            let drafts = CaseFilter { stages: vec![Stage::Draft], sendable: true, ..CaseFilter::default() };
            let drafts = store.cases(&world.applicant, &drafts).await.expect("drafts").rows;
            (told.into_iter().map(|message| message.kind).collect::<Vec<_>>(), drafts.iter().any(|row| row.id == id))
        };
        assert_eq!(to_do().await, (vec!["draft_reminded".to_owned()], true));
        store.advance_clock(&world.admin, TimeDelta::days(30)).await.expect("time passes");
        assert_eq!((tick().await, tick().await), (1, 0));
        assert_eq!(to_do().await, (vec![], false));
        let told = told().await;
        let kinds: Vec<_> = told.iter().map(|message| (message.kind.as_str(), message.case)).collect();
        assert_eq!(kinds, [("draft_missed", Some(id)), ("draft_reminded", Some(id))], "and nothing of {sent:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_late_is_counted_at_its_desk_whatever_came_after() {
    on_both(async |world: World| {
        let id = world.reviewed("result_award", 0, 0).await;
        world.store.advance_clock(&world.admin, TimeDelta::days(20)).await.expect("time passes");
        world.ask(&world.decider, id, Ask::SendBack { reason: "再核".to_owned() }).await;
        let held = world.submitted("result_award", 0, 1).await;
        world.store.advance_clock(&world.admin, TimeDelta::days(20)).await.expect("time passes");
        world.ask(&world.intake, held, Ask::Hold { reason: "等函".to_owned() }).await;
        let leader = crate::common::official(20, &[Role::Leader]);
        for (year, was_late) in [(Some(YEAR), 1), (None, 1), (Some(YEAR + 1), 0)] {
            let figures = world.store.figures(&leader, year).await.expect("figures");
            let late = |desk: &str| figures.by_desk.iter().find(|one| one.desk == desk).map_or(0, |one| one.was_late);
            assert_eq!((late("meeting"), late("division")), (was_late, 0), "{year:?}");
        }
        // What is on hold after its last day stays among the late.
        let late = CaseFilter { overdue: true, ..CaseFilter::default() };
        let rows = world.store.cases(&leader, &late).await.expect("a list").rows;
        assert!(rows.iter().any(|row| row.id == held && row.stage == Stage::OnHold), "{rows:?}");
        world.check().await;
    })
    .await;
}
