//! The tables, as an ordered list of steps written once for both databases.
//!
//! The list is our own because it is all that is needed: sea-orm-migration would bring a command line and a schema
//! builder for what is portable SQL but for two types. `{id}` stands for a key given by us, `{blob}` for bytes.

mod keys;
mod replayed;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sha2::{Digest, Sha256};

use crate::batches::proofs;
use crate::cases::accounts;
use crate::db::{execute_on, one_of, values};
use crate::error::StoreError;
use crate::once::hex;

/// The steps; the database's version is how many of them it has been through. A step that was released is never edited.
const STEPS: [&str; 21] = [
    include_str!("migration/0001.sql"),
    include_str!("migration/0002.sql"),
    include_str!("migration/0003.sql"),
    include_str!("migration/0004.sql"),
    include_str!("migration/0005.sql"),
    include_str!("migration/0006.sql"),
    include_str!("migration/0007.sql"),
    include_str!("migration/0008.sql"),
    include_str!("migration/0009.sql"),
    include_str!("migration/0010.sql"),
    include_str!("migration/0011.sql"),
    include_str!("migration/0012.sql"),
    include_str!("migration/0013.sql"),
    include_str!("migration/0014.sql"),
    include_str!("migration/0015.sql"),
    include_str!("migration/0016.sql"),
    include_str!("migration/0017.sql"),
    include_str!("migration/0018.sql"),
    include_str!("migration/0019.sql"),
    include_str!("migration/0020.sql"),
    include_str!("migration/0021.sql"),
];

/// The step after which numbers are given the keys by which they are compared.
const WITH_KEYS: usize = 6;

/// The step after which cases that came back to review say why.
const WITH_REASONS: usize = 7;

/// The step after which cases say who has worked on them for their party.
const WITH_APPLICANTS: usize = 8;

/// The step after which numbers, and what limits count by, are given the keys of today.
const WITH_DASHES: usize = 9;

/// The step after which it is kept which payment each number of the bank proves.
const WITH_PROOFS: usize = 11;

/// The step after which it is kept which cases have named which account.
const WITH_ACCOUNTS: usize = 18;

/// The step after which cases say when their notice was taken down.
const WITH_TAKEN_DOWN: usize = 20;

/// A number of our own for PostgreSQL's lock, so that two processes don't migrate at once.
const LOCK: i64 = 0x6475_6978_6961_6e01;

/// Brings the tables up to date, all steps that are missing or none.
pub(crate) async fn migrate(link: &DatabaseConnection) -> Result<(), StoreError> {
    migrate_to(link, STEPS.len()).await
}

async fn migrate_to(link: &DatabaseConnection, steps: usize) -> Result<(), StoreError> {
    let backend = link.get_database_backend();
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let txn = link.begin_with_options(options).await?;
    if backend == DbBackend::Postgres {
        execute_on(&txn, "SELECT pg_advisory_xact_lock($1)", values![LOCK]).await?;
    }
    txn.execute_unprepared("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)").await?;
    let row = one_of(&txn, "SELECT value FROM meta WHERE key = 'schema'", vec![]).await?;
    let version = match row {
        None => 0,
        Some(row) => {
            let text = row.text("value")?;
            let (version, made_by) = text.split_once(' ').unwrap_or((&text, ""));
            let version = version.parse::<usize>().map_err(|error| StoreError::corrupt("meta.schema", error))?;
            if version <= STEPS.len() && made_by != fingerprint(version) {
                return Err(StoreError::bad_input(
                    "这个数据库由一个没有发布的兑现版本写成，表的样子不同，不能接着用；演示用 FRESH=1 ./run 重新开始",
                    "this database was written by a version of duixian that was never released, with other tables: it can't \
                     be used; a demonstration begins anew with FRESH=1 ./run",
                ));
            }
            version
        }
    };
    if version > STEPS.len() {
        return Err(StoreError::bad_input(
            "这个数据库由更新的兑现版本写成，请使用新版程序打开",
            "this database was written by a later version of duixian: open it with that version",
        ));
    }
    for (place, step) in STEPS.iter().enumerate().take(steps).skip(version) {
        for statement in step.split(';').map(without_comments).filter(|statement| !statement.trim().is_empty()) {
            txn.execute_unprepared(&in_dialect(&statement, backend)).await?;
        }
        if place + 1 == WITH_KEYS {
            keys::fill(&txn).await?;
        }
        if place + 1 == WITH_APPLICANTS {
            let by_the_party = ["saved", "evidence_added", "submitted", "corrected", "account_corrected", "withdrawn"];
            replayed::write_anew(&txn, &by_the_party).await?;
        }
        if place + 1 == WITH_DASHES {
            keys::fill(&txn).await?;
            keys::count_anew(&txn).await?;
        }
        if place + 1 == WITH_PROOFS {
            proofs::fill(&txn).await?;
        }
        if place + 1 == WITH_ACCOUNTS {
            accounts::fill(&txn).await?;
        }
        if place + 1 == WITH_TAKEN_DOWN {
            replayed::write_anew(&txn, &["objection_answered", "revoked", "deadline_moved"]).await?;
        }
        if place + 1 == WITH_REASONS {
            // Since then they say why they came back to review.
            replayed::write_anew(&txn, &["sent_back", "objection_answered"]).await?;
        }
    }
    let upsert =
        "INSERT INTO meta (key, value) VALUES ('schema', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    let made = format!("{steps} {}", fingerprint(steps));
    execute_on(&txn, upsert, values![made]).await?;
    txn.commit().await?;
    Ok(())
}

/// What the first steps were, in short: a step that was edited after it had made tables shows.
fn fingerprint(steps: usize) -> String {
    let mut hash = Sha256::new();
    STEPS[..steps].iter().for_each(|step| hash.update(step));
    let mut text = hex(&hash.finalize());
    text.truncate(16);
    text
}

fn without_comments(statement: &str) -> String {
    statement.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n")
}

fn in_dialect(statement: &str, backend: DbBackend) -> String {
    let (id, blob) = match backend {
        DbBackend::Postgres => ("BIGINT PRIMARY KEY", "BYTEA"),
        _ => ("INTEGER PRIMARY KEY", "BLOB"),
    };
    statement.replace("{id}", id).replace("{blob}", blob)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use duixian_casework::case::{Answer, BankAccount, Case, CaseId, Notice, Subject};
    use duixian_casework::event::{AfterAnswer, Event, What};
    use duixian_casework::moment::Moment;
    use duixian_casework::people::UserId;
    use duixian_casework::stage::Stage;

    use super::*;
    use crate::db::{Row, all_of, json};
    use crate::journal::{Entry, Head};

    /// A database of the step before, with a case and facts in it, gets the keys for the rows that are there.
    async fn keys_are_filled(link: &DatabaseConnection) {
        migrate_to(link, WITH_KEYS - 1).await.expect("as it was");
        let case = "INSERT INTO cases (id, party, party_name, measure, basis, clause, year, round, fund, stage, desk, \
                    opened_by, opened_at, updated_at, version, data) \
                    VALUES (7, 'p', 'p', 'm', 'IP-0001', '', 2019, 1, '', 'draft', '', 1, 0, 0, 0, '{}')";
        link.execute_unprepared(case).await.expect("a case");
        for id in 1..=1100 {
            let sql = "INSERT INTO facts (id, tbl, party, row_key, record, since) VALUES ($1, 't', 'p', $2, '', 1)";
            execute_on(link, sql, values![id * 3, format!("ＩＰ {id}")]).await.expect("a row");
        }
        migrate_to(link, WITH_DASHES - 1).await.expect("with keys");
        let case = one_of(link, "SELECT basis_key FROM cases", vec![]).await.expect("read").expect("the case");
        assert_eq!(case.text("basis_key").expect("a text"), "1p0001");
        // Those that were there already are made anew where keys have changed.
        link.execute_unprepared("UPDATE cases SET basis = 'ZL一2019号', basis_key = 'z1一2019号'")
            .await
            .expect("a key of then");
        migrate(link).await.expect("up to date");
        migrate(link).await.expect("still");
        let case = one_of(link, "SELECT basis_key FROM cases", vec![]).await.expect("read").expect("the case");
        assert_eq!(case.text("basis_key").expect("a text"), "z12019");
        let rows = all_of(link, "SELECT id, folded_key FROM facts ORDER BY id", vec![]).await.expect("read");
        assert_eq!(rows.len(), 1100);
        for row in rows {
            assert_eq!(row.text("folded_key").expect("a text"), format!("1p{}", row.int("id").expect("a number") / 3));
        }
    }

    /// Lets a case go through some events, keeps it as it was before a step, without what that adds, and takes all steps. Gives the case as it
    /// should be, and its row.
    async fn written_anew(step: usize, events: Vec<What>, without: fn(&mut Case)) -> (Case, Row) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
        let link = sea_orm::Database::connect(url).await.expect("a database");
        migrate_to(&link, step - 1).await.expect("as it was");
        let [party, measure, basis, fund] = ["p", "m", "b", ""].map(str::to_owned);
        let subject = Subject { party, measure, basis, year: 2019, round: 1, fund };
        let mut case = Case::open(CaseId(7), subject.clone(), UserId(1), Moment(5));
        for (seq, what) in [What::Opened(subject)].into_iter().chain(events).enumerate() {
            let at = Moment(5 + seq as i64);
            let head = Head { seq: seq as i64, hash: String::new() };
            let kind = format!("case.{}", what.word());
            let entry = Entry::after(&head, at, Some(UserId(1)), &kind, "case/7", json(&what).expect("JSON"));
            let sql = format!("INSERT INTO journal ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", Entry::COLUMNS);
            execute_on(&link, &sql, entry.into_values()).await.expect("an entry");
            if seq > 0 {
                case.apply(&Event { at, by: Some(UserId(1)), what });
            }
        }
        let mut old = case.clone();
        without(&mut old);
        let sql = "INSERT INTO cases (id, party, party_name, measure, basis, basis_key, clause, year, round, fund, stage, desk, \
                   opened_by, opened_at, updated_at, version, data) \
                   VALUES (7, 'p', 'p', 'm', 'b', 'b', '', 2019, 1, '', 'formal_review', '', 1, 0, 0, $1, $2)";
        let version = i64::try_from(old.version).expect("few events");
        execute_on(&link, sql, values![version, json(&old).expect("JSON")]).await.expect("a case");
        migrate(&link).await.expect("up to date");
        let row = one_of(&link, "SELECT data, notice_until FROM cases", vec![]).await.expect("read");
        (case, row.expect("the case"))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_case_that_came_back_says_why_once_its_record_can() {
        let back = What::SentBack { reason: "证书已过期".to_owned(), stage: Stage::FormalReview, due: None };
        let (case, row) = written_anew(WITH_REASONS, vec![back], |case| case.reopened = None).await;
        let now: Case = row.json("data").expect("a case");
        assert_eq!(now.reopened.as_ref().map(|reopened| reopened.reason.as_str()), Some("证书已过期"));
        assert_eq!(now, case);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_notice_that_was_taken_down_before_is_listed_with_those_that_are_over() {
        let day = Moment(5).day();
        let put_up = Notice { at: Moment(6), by: UserId(1), until: day, put_off_from: None };
        let answer = Answer { upheld: true, text: "查实".to_owned(), by: UserId(1), at: Moment(7) };
        let then = AfterAnswer::BackToReview { stage: Stage::FormalReview, due: None, by_decider: true };
        let events = vec![What::NoticePublished(put_up), What::ObjectionAnswered { id: 1, answer, then, due: None }];
        let (case, row) = written_anew(WITH_TAKEN_DOWN, events, |case| case.taken_down = None).await;
        assert_eq!(row.json::<Case>("data").expect("a case"), case);
        assert_eq!((case.taken_down, row.text("notice_until").expect("a day")), (Some(day), day.to_string()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waited_for_a_second_person_before_still_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
        let link = sea_orm::Database::connect(url).await.expect("a database");
        migrate_to(&link, 9).await.expect("as it was");
        for (id, said) in
            [(7, r#"{"revocation":{"grounds":"金额有误"}}"#), (8, r#"{"reason":"\"revocation\":{\"grounds\":"}"#)]
        {
            let sql = "INSERT INTO cases (id, party, party_name, measure, basis, basis_key, clause, year, round, fund, stage, \
                       desk, opened_by, opened_at, updated_at, version, data) \
                       VALUES ($1, 'p', 'p', 'm', 'b', 'b', '', 2019, 1, '', 'decided', '', 1, 0, 0, 1, $2)";
            execute_on(&link, sql, values![id, said]).await.expect("a case");
            let sql = "INSERT INTO batches (id, number, fund, year, stage, created_at, data) \
                       VALUES ($1, $2, 'f', 2019, 'settled', 0, $3)";
            let doubts = if id == 7 { r#"{"doubts":[{"end":null}]}"# } else { r#"{"doubts":[]}"# };
            execute_on(&link, sql, values![id, id.to_string(), doubts]).await.expect("a batch");
        }
        migrate(&link).await.expect("up to date");
        let rows = all_of(&link, "SELECT awaits FROM cases ORDER BY id", vec![]).await.expect("read");
        let awaits: Vec<String> = rows.iter().map(|row| row.text("awaits").expect("a text")).collect();
        assert_eq!(awaits, ["decision_maker", ""]);
        let rows = all_of(&link, "SELECT id FROM batches WHERE doubted <> 0", vec![]).await.expect("read");
        assert_eq!(rows.iter().map(|row| row.int("id").expect("a number")).collect::<Vec<_>>(), [7]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_bank_has_proved_is_kept_of_batches_that_are_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
        let link = sea_orm::Database::connect(url).await.expect("a database");
        migrate_to(&link, WITH_PROOFS - 1).await.expect("as it was");
        let paid = r#"{"paid":{"reference":"B1","on":"2019-03-01"}}"#;
        let returned = r#"{"returned":{"reference":"B2","on":"2019-03-01","returned_on":"2019-03-05","reason":"户名不符","returned_by":"B3"}}"#;
        let lines = format!(
            r#"{{"lines":[{{"end_to_end_id":"E1","outcome":{paid}}},{{"end_to_end_id":"E2","outcome":{returned}}},
               {{"end_to_end_id":"E3","outcome":{{"failed":{{"reason":"户名不符"}}}},"called_paid":"B4"}},{{"end_to_end_id":"E4","outcome":null}}]}}"#
        );
        for (id, stage, data) in [(1, "settled", lines.as_str()), (2, "drafted", lines.as_str()), (3, "released", "no")]
        {
            let sql = "INSERT INTO batches (id, number, fund, year, stage, created_at, data) VALUES ($1, $2, 'f', 2019, $3, 0, $4)";
            execute_on(&link, sql, values![id, id.to_string(), stage, data]).await.expect("a batch");
        }
        migrate(&link).await.expect("up to date");
        let rows = all_of(&link, "SELECT reference, end_to_end_id FROM proofs ORDER BY reference", vec![]).await;
        let text = |row: &Row, column: &str| row.text(column).expect("a text");
        let there: Vec<(String, String)> =
            rows.expect("read").iter().map(|row| (text(row, "reference"), text(row, "end_to_end_id"))).collect();
        let expected = [("B1", "E1"), ("B2", "E2"), ("B3", "E2"), ("B4", "E3")];
        assert_eq!(there, expected.map(|(number, id)| (number.to_owned(), id.to_owned())));
    }

    /// A database of the step before, whose journal has accounts of two cases, says of both which they have named.
    async fn accounts_are_filled(link: &DatabaseConnection) {
        migrate_to(link, WITH_ACCOUNTS - 1).await.expect("as it was");
        let account = |number: &str| BankAccount {
            holder: "甲公司".to_owned(),
            number: number.to_owned(),
            bank: "某银行".to_owned(),
            bank_code: None,
        };
        let saved = |number| What::Saved { statements: BTreeMap::new(), account: Some(account(number)) };
        let corrected = What::AccountCorrected { account: account("6222 02"), due: None };
        let without = What::Saved { statements: BTreeMap::new(), account: None };
        let events = [
            (7, saved("622201")),
            (7, without),
            (8, saved("６２２２ 01")),
            (7, corrected),
            (7, saved("622201")),
            (7, What::Closed),
        ];
        for (seq, (case, what)) in events.iter().enumerate() {
            let head = Head { seq: seq as i64, hash: String::new() };
            let (kind, body) = (format!("case.{}", what.word()), json(what).expect("JSON"));
            let entry = Entry::after(&head, Moment(seq as i64), None, &kind, &format!("case/{case}"), body);
            let sql = format!("INSERT INTO journal ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", Entry::COLUMNS);
            execute_on(link, &sql, entry.into_values()).await.expect("an entry");
        }
        migrate(link).await.expect("up to date");
        let rows = all_of(link, "SELECT number, case_id FROM account_uses ORDER BY number, case_id", vec![]).await;
        let of = |row: &Row| (row.text("number").expect("a text"), row.int("case_id").expect("a number"));
        let there: Vec<(String, i64)> = rows.expect("read").iter().map(of).collect();
        assert_eq!(there, [("622201", 7), ("622201", 8), ("622202", 7)].map(|(key, case)| (key.to_owned(), case)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn accounts_that_cases_have_named_are_found_in_the_journal() {
        on_both("a", accounts_are_filled).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn rows_that_are_there_get_their_keys() {
        on_both("m", keys_are_filled).await;
    }

    /// Asks something of an empty database of each kind; the schema of the server's begins with a letter of its own.
    async fn on_both(letter: &str, ask: impl AsyncFn(&DatabaseConnection)) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
        ask(&sea_orm::Database::connect(url).await.expect("a database")).await;
        let Ok(server) = std::env::var("DUIXIAN_TEST_POSTGRES") else {
            return eprintln!("SKIPPED on PostgreSQL: DUIXIAN_TEST_POSTGRES is not set");
        };
        let own = sea_orm::Database::connect(&server).await.expect("the server of the tests answers");
        let schema = format!("{letter}{}", std::process::id());
        own.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("a schema");
        let mark = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{mark}options[search_path]={schema}");
        ask(&sea_orm::Database::connect(url).await.expect("a database")).await;
        own.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.expect("the schema goes");
    }
}
