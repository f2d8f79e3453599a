//! Batches, released by two people, and what the bank answers to them.

use chrono::{NaiveDate, TimeDelta};
use duixian_bank::ResultFormat;
use duixian_casework::case::CaseId;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::Actor;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::batches::{Format, Settled};
use duixian_store::cases::Ask;

use super::together::seat;
use super::{FUND, World, YEAR, account, fresh};

/// The first line of a bank's answer that is a table.
pub const HEAD: &str = "业务编号,金额,处理结果,银行流水号,入账日期,原因";

/// A batch of some cases that two people have released.
pub async fn released(world: &World, cases: Vec<CaseId>) -> i64 {
    let store = &world.store;
    let batch = store.make_batch(&world.finance, &fresh(), FUND, YEAR, cases).await;
    let batch = batch.unwrap_or_else(|error| panic!("a batch: {error}")).value;
    let there = store.to_release(batch).await.expect("the batch");
    // Whoever releases it has looked into all that go to another name, or to an account of two parties.
    let confirmed: Vec<CaseId> = there.to_look_into().map(|line| line.case).collect();
    for (who, is_second) in [(&world.finance, false), (&world.other_finance, true)] {
        let done = store.release(who, &fresh(), batch, &there.seen, confirmed.clone()).await.expect("released");
        assert_eq!(done.value.is_second, is_second);
    }
    batch
}

/// Fetches the file of a batch where nobody has, without which the bank can't answer it. One that is stopped has none.
pub async fn sent(world: &World, batch: i64) {
    if world.store.fetched(batch).await.expect("the journal").is_empty() {
        let _stopped = world.store.bank_file(&world.finance, batch, Format::Csv, false).await;
    }
}

/// The bank's answer to a batch, in which the payments of some cases fail.
pub async fn answer(world: &World, batch: i64, failing: &[CaseId], format: ResultFormat) -> Vec<u8> {
    let batch = world.store.batch(batch).await.expect("the batch");
    let failed: Vec<String> =
        batch.lines.iter().filter(|line| failing.contains(&line.case)).map(|line| line.end_to_end_id.clone()).collect();
    sent(world, batch.id).await;
    let file = world.store.payment_file(&batch).await.expect("its file");
    let failures: Vec<(String, String)> = failed.into_iter().map(|id| (id, "账号户名不符".to_owned())).collect();
    duixian_bank::sample_results(&file, &failures, format).into_bytes()
}

/// An answer of the bank is read.
pub async fn read(world: &World, file: impl AsRef<[u8]>) -> Settled {
    world.store.read_results(&world.finance, &fresh(), None, file.as_ref()).await.expect("read").value
}

/// The party gives another account, whose number ends with a digit.
pub async fn correct(world: &World, id: CaseId, digit: usize) -> Result<(), StoreError> {
    let account = account("企业0", &format!("622200000000000{digit}"));
    world.store.ask(&world.applicant, &fresh(), id, Ask::CorrectAccount(account)).await.map(drop)
}

/// The same answer, as a table, with another number of the bank for every payment.
pub fn renumbered(answer: &[u8], number: &str) -> Vec<u8> {
    let text = std::str::from_utf8(answer).expect("a text");
    let head: Vec<&str> = text.lines().next().expect("a heading").trim_start_matches('\u{feff}').split(',').collect();
    let place = head.iter().position(|name| *name == "银行流水号").expect("the column");
    let row = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells.get(place).is_some_and(|cell| !cell.is_empty() && *cell != "银行流水号") {
            cells[place] = number;
        }
        cells.join(",")
    };
    text.lines().map(row).collect::<Vec<_>>().join("\n").into_bytes()
}

/// A case of 300 yuan, a payment of it that is with the bank, and the day on which it was sent; then time has passed.
pub struct Paying {
    pub case: CaseId,
    pub batch: i64,
    pub payment: String,
    pub sent: NaiveDate,
}

impl Paying {
    pub async fn of(world: &World, case: CaseId, days: i64) -> Paying {
        let batch = released(world, vec![case]).await;
        sent(world, batch).await;
        let payment = world.store.batch(batch).await.expect("it").lines[0].end_to_end_id.clone();
        let sent = world.store.now().day();
        world.store.advance_clock(&Actor::System, TimeDelta::days(days)).await.expect("later");
        Paying { case, batch, payment, sent }
    }

    /// A file of the bank: a word and its number, so many days after it was sent; without them undated.
    pub fn file(&self, word: &str, number: &str, after: Option<i64>, note: &str) -> String {
        let day = after.map_or(String::new(), |days| (self.sent + TimeDelta::days(days)).to_string());
        format!("{HEAD}\n{},300.00,{word},{number},{day},{note}\n", self.payment)
    }

    pub async fn read(&self, world: &World, word: &str, number: &str, after: i64) {
        read(world, self.file(word, number, Some(after), "明细")).await;
    }

    /// The other one of finance reads it.
    pub async fn read_by_other(&self, world: &World, file: &str) {
        world.store.read_results(&world.other_finance, &fresh(), None, file.as_bytes()).await.expect("read");
    }

    /// A second person ends what is open and of this kind.
    pub async fn end(&self, world: &World, is_it: fn(&Doubted) -> bool, is_confirmed: bool) -> Result<(), StoreError> {
        self.end_by(world, &world.other_finance, is_it, is_confirmed).await
    }

    /// Someone ends it.
    pub async fn end_by(
        &self,
        world: &World,
        who: &Actor,
        is_it: fn(&Doubted) -> bool,
        is_confirmed: bool,
    ) -> Result<(), StoreError> {
        let there = world.store.batch(self.batch).await.expect("it");
        let open = there.open_doubts().find(|(_, doubt)| is_it(&doubt.what));
        let (place, _) = open.unwrap_or_else(|| panic!("it is open: {:?}", there.doubts));
        world.store.end_doubt(who, &fresh(), self.batch, place, is_confirmed, "查对明细").await.map(drop)
    }

    pub async fn is_open(&self, world: &World, is_it: fn(&Doubted) -> bool) -> bool {
        let there = world.store.batch(self.batch).await.expect("it");
        there.open_doubts().any(|(_, doubt)| is_it(&doubt.what))
    }

    pub async fn stage(&self, world: &World) -> Stage {
        world.store.case(self.case).await.expect("the case").stage
    }
}

pub async fn paying(world: &World, days: i64) -> Paying {
    seat(world).await;
    world.appropriate(10_000).await;
    Paying::of(world, world.payable(0, 0, 300).await, days).await
}

pub const NUMBER: fn(&Doubted) -> bool = |what| matches!(what, Doubted::Renumbered { .. });
pub const AGAIN: fn(&Doubted) -> bool = |what| matches!(what, Doubted::PaidAgain { .. });
pub const FREES: fn(&Doubted) -> bool = Doubted::frees_money;
pub const AFTER_ALL: fn(&Doubted) -> bool = |what| matches!(what, Doubted::Odd(Oddity::PaidAfterAll(_)));
