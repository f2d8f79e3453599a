//! `audit verify` beside the chain: whatever table the journal is the source of is held against it, row by row.

use std::collections::BTreeMap;

use crate::common::limited::limited;
use crate::common::paying::{HEAD, answer, read, released};
use crate::common::together::{beside, seat};
use crate::common::{FUND, World, YEAR, account, decide, evidence, fresh, on_both, party};
use chrono::NaiveDate;
use duixian_bank::ResultFormat;
use duixian_casework::calendar::{Day, DayKind};
use duixian_casework::case::PaymentOutcome;
use duixian_casework::command::NewEvidence;
use duixian_casework::people::{Role, UserId};
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_rules::vocabulary::{Lang, Name};
use duixian_store::cases::{Ask, NewCase};
use duixian_store::facts::RowChange;
use duixian_store::funds::Proposed;
use duixian_store::people::NewUser;
use duixian_store::{Broken, Clock, Settings, Store};
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// What is done to a table behind the journal's back, and what the check says of it.
const TAMPERING: [(&str, &str, &[&str]); 86] = [
    ("accounts", "UPDATE accounts SET year = year + 1 WHERE kind <> 'treasury'", &["accounts", "year 栏"]),
    ("accounts", "UPDATE accounts SET fund = 'x' WHERE kind = 'treasury'", &["accounts", "fund 栏"]),
    ("accounts", "UPDATE accounts SET lim = 'unlimited'", &["accounts", "lim 栏"]),
    (
        "accounts",
        "INSERT INTO accounts (id, kind, fund, year, lim, dp, dq, cp, cq, withdrawn, returned) \
         VALUES (99, 'fund', 'x', 2019, 'within', 0, 0, 0, 0, 0, 0)",
        &["accounts", "“99”不在日志里"],
    ),
    ("chain", "UPDATE chain SET at = at + 1", &["链头的时间"]),
    ("proofs", "DELETE FROM proofs", &["proofs", "里没有"]),
    ("proofs", "INSERT INTO proofs (reference, end_to_end_id) VALUES ('B1', 'DXX')", &["“B1”不在日志里"]),
    (
        "proofs",
        "INSERT INTO proofs (reference, end_to_end_id) SELECT 'B1', MIN(end_to_end_id) FROM payments",
        &["“B1 ", "不在日志里"],
    ),
    // A number of another payment of the batch: it stands in the batch's text.
    (
        "proofs",
        "INSERT INTO proofs (reference, end_to_end_id) SELECT MIN(r.reference), p.end_to_end_id FROM proofs r \
         JOIN payments p ON p.end_to_end_id <> r.end_to_end_id GROUP BY p.end_to_end_id",
        &["proofs", "不在日志里"],
    ),
    ("users", "UPDATE users SET name = '张三' WHERE id = 7", &["users", "name 栏", "张三"]),
    ("users", "UPDATE users SET must_change = 1 WHERE id = 7", &["users", "must_change 栏"]),
    ("users", "UPDATE users SET created_at = created_at + 1 WHERE id = 7", &["users", "created_at 栏"]),
    (
        "users",
        "UPDATE users SET password_hash = (SELECT o.password_hash FROM users o WHERE o.id = 1) WHERE id = 7",
        &["users", "“7”的 password_hash 栏"],
    ),
    ("users", "DELETE FROM users WHERE id = 7", &["users", "里没有“7”"]),
    ("delegations", "UPDATE delegations SET granted_by = 7", &["delegations", "granted_by 栏"]),
    ("delegations", "UPDATE delegations SET since = since - 1", &["delegations", "since 栏"]),
    ("delegations", "UPDATE delegations SET note = '口头'", &["delegations", "note 栏", "口头"]),
    ("delegations", "UPDATE delegations SET revoked_at = 1", &["delegations", "revoked_at 栏"]),
    ("messages", "UPDATE messages SET body = REPLACE(body, '2019', '2018')", &["messages", "与日志里的校验值不符"]),
    ("messages", "UPDATE messages SET body = '{}' WHERE case_id IS NULL", &["messages", "与日志里的校验值不符"]),
    ("messages", "DELETE FROM messages WHERE case_id IS NULL", &["messages", "里没有“delegation”"]),
    ("messages", "UPDATE messages SET kind = 'declined' WHERE kind = 'paid'", &["messages", "与日志里的校验值不符"]),
    ("messages", "UPDATE messages SET at = at + 1 WHERE kind = 'paid'", &["messages", "里没有“case/"]),
    ("messages", "UPDATE messages SET party = 'x' WHERE kind = 'paid'", &["messages", "里没有“case/"]),
    ("messages", "DELETE FROM messages WHERE kind = 'paid'", &["messages", "里没有“case/"]),
    (
        "messages",
        "INSERT INTO messages (id, party, case_id, at, kind, body) \
         SELECT 9999, party, case_id, at, kind, body FROM messages WHERE id = 1",
        &["messages", "“9999”不在日志里"],
    ),
    (
        "messages",
        "INSERT INTO messages (id, party, case_id, at, kind, body) VALUES (9999, 'x', 999, 1, 'paid', '{}')",
        &["messages", "“9999”不在日志里"],
    ),
    ("message_cases", "UPDATE message_cases SET number = 'x'", &["message_cases", "与日志里的校验值不符"]),
    ("message_cases", "DELETE FROM message_cases", &["messages", "里没有“case/"]),
    (
        "message_cases",
        "INSERT INTO message_cases (message, case_id, number, basis) VALUES (1, 999, 'x', 'x')",
        &["message_cases", "“1 case/999”不在日志里"],
    ),
    ("reports", "UPDATE reports SET told = REPLACE(told, '拨〔', '付〔')", &["reports", "told 栏"]),
    ("reports", "UPDATE reports SET actor = 7", &["reports", "actor 栏"]),
    ("reports", "DELETE FROM reports WHERE id = 1", &["reports", "里没有“1”"]),
    (
        "reports",
        "INSERT INTO reports (id, kind, at, actor, told) VALUES (99, 'bulk', 1, 7, '{}')",
        &["reports", "“99”不在日志里"],
    ),
    ("cases", "UPDATE cases SET party_name = '另一家' WHERE id = 1", &["cases", "party_name 栏", "另一家"]),
    ("cases", "UPDATE cases SET updated_at = updated_at + 1 WHERE id = 1", &["cases", "updated_at 栏"]),
    (
        "cases",
        "UPDATE cases SET data = REPLACE(data, '\"holder\":\"', '\"holder\":\"另') WHERE data LIKE '%\"holder\":\"%'",
        &["事件重演的结果不符"],
    ),
    ("notices", "UPDATE notices SET party_name = '另一家'", &["notices", "party_name / sheet"]),
    ("notices", "UPDATE notices SET sheet = 'x'", &["notices", "party_name / sheet"]),
    ("numbers", "UPDATE numbers SET last = last - 1 WHERE series LIKE 'case/%'", &["numbers", "case/", "last 栏"]),
    ("numbers", "UPDATE numbers SET last = last + 1 WHERE series LIKE 'batch/%'", &["numbers", "batch/", "last 栏"]),
    ("numbers", "DELETE FROM numbers WHERE series LIKE 'case/%'", &["numbers", "里没有“case/"]),
    ("transfers", "UPDATE transfers SET settled_amount = settled_amount - 1", &["资金预留"]),
    ("transfers", "UPDATE transfers SET outcome = NULL, settled_by = NULL, settled_amount = NULL", &["资金预留"]),
    (
        "meta",
        "UPDATE meta SET value = REPLACE(value, '\"amount\":10000', '\"amount\":90000') WHERE key = 'fund_proposals'",
        &["待确认"],
    ),
    ("meta", "DELETE FROM meta WHERE key = 'fund_proposals'", &["待确认"]),
    (
        "meta",
        "UPDATE meta SET value = REPLACE(value, '\"last\":', '\"last\":1') WHERE key = 'fund_proposals'",
        &["待第二人确认", "没有登记"],
    ),
    ("payments", "DELETE FROM payments", &["payments", "里没有"]),
    ("payments", "UPDATE payments SET case_id = case_id + 1", &["payments", "case_id"]),
    ("payments", "INSERT INTO payments (end_to_end_id, batch, case_id) VALUES ('DXX', 1, 1)", &["DXX", "不在日志里"]),
    ("case_keys", "DELETE FROM case_keys", &["case_keys", "里没有"]),
    ("case_keys", "UPDATE case_keys SET key = 'x'", &["case_keys", "不在日志里"]),
    ("case_keys", "INSERT INTO case_keys (measure, key, case_id) VALUES ('m', 'k', 999)", &["case/999"]),
    ("result_files", "DELETE FROM result_files", &["result_files", "里没有"]),
    ("result_files", "UPDATE result_files SET at = at + 1", &["result_files", "at 栏"]),
    ("result_files", "INSERT INTO result_files (sha256, batch, at) VALUES ('ff', 1, 1)", &["“ff”不在日志里"]),
    ("result_files", "INSERT INTO result_files (sha256, batch, at) VALUES ('ff', 99, 1)", &["“ff”不在日志里"]),
    (
        "meta",
        "UPDATE meta SET value = REPLACE(value, '财政专户', '张三') WHERE key = 'settings'",
        &["meta", "debtor", "张三"],
    ),
    ("meta", "DELETE FROM meta WHERE key = 'settings'", &["meta", "“settings”"]),
    ("rounds", "UPDATE rounds SET closes_at = closes_at + 1", &["rounds", "closes_at", "日志记的是"]),
    ("rounds", "UPDATE rounds SET data = REPLACE(data, '第一批', '第二批')", &["rounds", "name", "第一批", "第二批"]),
    ("rounds", "DELETE FROM rounds WHERE id = 1", &["rounds", "“1”", "里没有"]),
    ("carry_rules", "DELETE FROM carry_rules", &["carry_rules", FUND]),
    ("carry_rules", "UPDATE carry_rules SET rule = '\"CarryOver\"'", &["carry_rules", "Lapse", "CarryOver"]),
    ("calendar", "UPDATE calendar SET kind = 'work'", &["calendar", "2019-06-03", "off", "work"]),
    ("packs", "UPDATE packs SET files = REPLACE(files, '10万元', '90万元')", &["packs", "files"]),
    ("packs", "UPDATE packs SET hash = 'x' WHERE id = 1", &["packs", "hash"]),
    ("notices", "DELETE FROM notices WHERE at = (SELECT MAX(at) FROM notices)", &["notices", "里没有"]),
    ("notices", "UPDATE notices SET amount = amount + 1", &["notices", "amount"]),
    (
        "notices",
        "INSERT INTO notices SELECT 999, at, sheet, number, party, party_name, measure, basis, clause, amount FROM notices LIMIT 1",
        &["case/999"],
    ),
    (
        "facts",
        "UPDATE facts SET record = REPLACE(record, '2019-05-01', '2019-05-02') WHERE id = 20",
        &["facts", "第 1 版", "摘要"],
    ),
    ("facts", "DELETE FROM facts WHERE id = 20", &["facts", "第 1 版"]),
    ("facts", "UPDATE facts SET until = 2 WHERE id = 20", &["facts", "第 2 版"]),
    ("facts", "UPDATE facts SET folded_key = 'x' WHERE id = 20", &["facts", "folded_key"]),
    (
        "fact_versions",
        "UPDATE fact_versions SET row_count = row_count + 1 WHERE id = 1",
        &["fact_versions", "row_count"],
    ),
    (
        "fact_versions",
        "UPDATE fact_versions SET source_zh = '别处' WHERE id = 1",
        &["fact_versions", "source_zh", "别处"],
    ),
    ("parties", "UPDATE parties SET name = '另一家'", &["parties", "name", "另一家"]),
    ("parties", "INSERT INTO parties (code, name, search) VALUES ('x', 'x', 'x')", &["parties"]),
    (
        "files",
        "UPDATE files SET content = (SELECT o.content FROM files o WHERE o.sha256 <> files.sha256)",
        &["files", "content"],
    ),
    ("files", "DELETE FROM files", &["files", "里没有"]),
    ("files", "UPDATE files SET size = size + 1", &["files", "size"]),
    ("account_uses", "DELETE FROM account_uses", &["account_uses", "里没有“case/"]),
    (
        "account_uses",
        "INSERT INTO account_uses (number, case_id) VALUES ('6222999', 1)",
        &["account_uses", "“6222999”不在日志里"],
    ),
    ("account_uses", "UPDATE account_uses SET case_id = case_id + 100000", &["account_uses"]),
    ("file_uses", "DELETE FROM file_uses", &["file_uses", "里没有"]),
    ("file_uses", "UPDATE file_uses SET case_id = case_id + 1", &["file_uses"]),
];

/// The same of the documents of batches, by the text that is replaced.
const OF_BATCHES: [(&str, &str, &str); 9] = [
    ("\"party\":\"", "\"party\":\"另", "data 栏"),
    ("\"holder\":\"企业", "\"holder\":\"另", "与案件的记录不符"),
    ("\"released_by\":[6,7]", "\"released_by\":[6,8]", "released_by"),
    ("\"number\":\"6222000000000001\"", "\"number\":\"6222000000000009\"", "debtor"),
    ("\"reason\":\"查无此户\"", "\"reason\":\"无\"", "data 栏"),
    ("\"created_by\":6", "\"created_by\":7", "created_by"),
    ("\"confirmed\":[]", "\"confirmed\":[{\"by\":8,\"at\":1,\"cases\":[1]}]", "confirmed"),
    ("\"before\":null", "\"before\":null,\"dropped\":[\"B9\"]", "data 栏"),
    ("\"paid\":{\"reference\":\"", "\"paid\":{\"reference\":\"X", "与案件的记录不符"),
];

async fn said(world: &World, harm: &str) -> (String, String) {
    match world.store.verify_journal(|_| {}).await {
        Err(Broken::Link { zh, en, .. }) => (zh, en),
        Err(Broken::Unreadable(error)) => (error.text(Lang::Zh), error.text(Lang::En)),
        Ok(verified) => panic!("nothing was found: {harm} {verified:?}"),
    }
}

/// Does something to a table, says what the check makes of it, and puts the table back.
async fn tampered(world: &World, link: &DatabaseConnection, table: &str, harm: &str) -> (String, String) {
    let run = async |sql: String| link.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    run(format!("CREATE TABLE stash AS SELECT * FROM {table}")).await;
    let done = run(harm.to_owned()).await;
    assert!(done.rows_affected() > 0, "{harm}");
    let said = said(world, harm).await;
    run(format!("DELETE FROM {table}")).await;
    run(format!("INSERT INTO {table} SELECT * FROM stash")).await;
    run("DROP TABLE stash".to_owned()).await;
    said
}

/// Something in every table.
async fn filled(world: &mut World) {
    seat(world).await;
    let store = world.store.clone();
    store.delegate(&world.admin, &fresh(), UserId(1), &party(0), None, "").await.expect("delegated");
    let new = NewUser {
        login: "second.agent".to_owned(),
        name: "李四".to_owned(),
        password: "not-a-common-one".to_owned(),
        roles: vec![Role::Agent],
        desks: Vec::new(),
        must_change: false,
    };
    let second = store.create_user(&world.admin, &fresh(), new).await.expect("a user").value;
    store.delegate(&world.admin, &fresh(), second, &party(0), None, "").await.expect("delegated");
    world.appropriate(1_000_000).await;
    let (one, other) = (world.payable(0, 0, 300).await, world.payable(1, 1, 200).await);
    let batch = released(world, vec![one, other]).await;
    let paid = answer(world, batch, &[], ResultFormat::Csv).await;
    read(world, &paid).await;
    let line = store.batch(batch).await.expect("it").lines[0].clone();
    let Some(PaymentOutcome::Paid { on, .. }) = line.outcome else { panic!("paid") };
    read(world, format!("{HEAD}\n{},300.00,退汇,B77,{on},查无此户\n", line.end_to_end_id)).await;
    let back = Proposed::TakeBack;
    store.propose(&world.finance, &fresh(), back, (FUND, YEAR), Fen(10_000), "多报").await.expect("put forward");
    let mut drafts = Vec::new();
    for text in [1, 2] {
        let pdf = format!("%PDF-1.4\n% {text}\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
        let file = store.put_file(&world.applicant, "证书.pdf", pdf.into_bytes()).await.expect("kept");
        let draft = world.draft("result_award", 2, text).await;
        let account = Some(account("企业2", "6222000000000003"));
        world.ask(&world.applicant, draft, Ask::Save { statements: BTreeMap::new(), account }).await;
        let add = Ask::AddEvidence(NewEvidence { file: Some(file), ..evidence() });
        drafts.push((draft, world.ask(&world.applicant, draft, add).await.version, Ask::Submit));
    }
    let sent = store.ask_many(&world.applicant, &fresh(), drafts).await;
    assert!(sent.iter().all(|(_, one)| one.is_ok()), "{sent:?}");
    for result in [2, 3] {
        let noticed = world.reviewed("result_award", 0, result).await;
        world.ask(&world.decider, noticed, decide(100)).await;
        world.ask(&world.intake, noticed, Ask::PublishNotice).await;
    }
    let date = NaiveDate::from_ymd_opt(2019, 6, 3).expect("a day");
    let day = Day { date, kind: DayKind::Off, name: "停电".to_owned() };
    store.set_day(&world.admin, &fresh(), day).await.expect("set");
    store.set_carry_rule(&world.admin, &fresh(), FUND, CarryRule::Lapse).await.expect("set");
    let cells = BTreeMap::from([("genuine".to_owned(), "否".to_owned())]);
    let source = Name::new("科技局更正", "corrected by the bureau");
    let (table, row) = ("results".to_owned(), "R5-5".to_owned());
    let change =
        RowChange { pack: 1, party: party(5), table, row, cells: Some(cells), source, note: "证书复核".to_owned() };
    store.put_fact(&world.intake, &fresh(), change).await.expect("a version");
    let closes_at = store.round(1).await.expect("it").closes_at.plus(chrono::TimeDelta::days(1));
    store.change_closing(&world.admin, &fresh(), 1, closes_at).await.expect("moved");
    let settings = Settings { contact: "0851-1".to_owned(), ..store.settings().await.expect("set") };
    store.set_settings(&world.admin, &fresh(), settings).await.expect("set");
    limited(world).await;
    let new =
        NewCase { round: world.round, party: party(0), measure: "project_award".to_owned(), basis: "L0-0".to_owned() };
    let counted = store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("企业0", "6222000000000002")) };
    world.ask(&world.applicant, counted, save).await;
    world.ask(&world.applicant, counted, Ask::Submit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_that_the_journal_is_the_source_of_is_held_against_it() {
    on_both(async |mut world: World| {
        filled(&mut world).await;
        world.check().await;
        let verified = world.store.verify_journal(|_| {}).await.expect("sound");
        for held in &verified.held {
            assert!(held.count > 0 && held.unseen == 0, "{held:?}");
            assert!(held.text(Lang::Zh).contains(held.zh) && held.text(Lang::En).contains(held.en));
        }
        let link = beside(&world).await;
        for (table, harm, words) in TAMPERING {
            let (zh, en) = tampered(&world, &link, table, harm).await;
            assert!(words.iter().all(|word| zh.contains(word)) && !en.is_empty(), "{harm}\n{zh}\n{en}");
        }
        for (from, to, word) in OF_BATCHES {
            let harm = format!("UPDATE batches SET data = REPLACE(data, '{from}', '{to}') WHERE data LIKE '%{from}%'");
            let (zh, _) = tampered(&world, &link, "batches", &harm).await;
            assert!(zh.contains(word), "{harm}\n{zh}");
        }
        world.check().await;
        link.close().await.expect("closed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_its_record_is_counted_and_not_called_wrong() {
    on_both(async |world: World| {
        world.appropriate(1000).await;
        let id = world.reviewed("result_award", 0, 2).await;
        world.ask(&world.decider, id, decide(100)).await;
        world.ask(&world.intake, id, Ask::PublishNotice).await;
        let link = beside(&world).await;
        link.execute_unprepared("DELETE FROM notices").await.expect("from before sheets were kept");
        let verified = world.store.verify_journal(|_| {}).await.expect("sound");
        let notices = verified.held.iter().find(|held| held.en == "notices").expect("a line of its own");
        assert_eq!((notices.count, notices.unseen), (0, 1));
        assert!(notices.text(Lang::Zh).contains("另有 1"), "{}", notices.text(Lang::Zh));
        link.close().await.expect("closed");
    })
    .await;
}

/// Nobody vouches for the time that the head of the chain tells: set ahead, it would date what comes after, and bring on what time does.
#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_by_the_last_entry() {
    on_both(async |world: World| {
        let link = beside(&world).await;
        let before = world.store.now();
        link.execute_unprepared("UPDATE chain SET at = at + 100000000000").await.expect("set ahead");
        let again = Store::open(&world.url, Clock::Shifted).await.expect("opened");
        for store in [&again, &world.store] {
            let settings = Settings { contact: fresh().as_str().to_owned(), ..store.settings().await.expect("set") };
            store.set_settings(&world.admin, &fresh(), settings).await.expect("set");
            assert!(store.now().0 - before.0 < 100_000_000, "{:?}", store.now());
        }
        world.check().await;
        link.close().await.expect("closed");
    })
    .await;
}
