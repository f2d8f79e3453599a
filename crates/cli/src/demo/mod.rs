//! A demonstration: a made-up district in the spring of 2019, people for every role, and cases in every state.
//!
//! It is played, not written: every case got to where it stands by what its people asked of it, with the demonstration's
//! clock moving on, so that journal, ledger and messages are those of a real office.

mod district;
mod pay;
mod people;
mod play;

use std::path::Path;

use chrono::NaiveDate;
use duixian_casework::case::BankAccount;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::{Key, NewRound, Settings, Store, StoreError};
use duixian_web::portal::DemoAccount;

pub use people::{PASSWORD, accounts};

/// How many enterprises the district has.
const ENTERPRISES: u64 = 10_000;
/// The seed that the district is made from.
const SEED: u64 = 2017;
/// The year that its first round looks at.
const YEAR: i32 = 2018;

/// What has been made, for the terminal.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Parties in the registry.
    pub parties: u64,
    /// Cases, drafts included.
    pub cases: usize,
    /// The day that counts as today.
    pub today: NaiveDate,
}

/// The accounts as the sign-in page lists them.
pub fn listed() -> Vec<DemoAccount> {
    let listed = |account: &people::Account| DemoAccount {
        login: account.login.to_owned(),
        password: PASSWORD.to_owned(),
        name: account.name.to_owned(),
        what: account.what.into(),
    };
    accounts().iter().map(listed).collect()
}

/// Fills an empty store; one that is a demonstration already stays as it is, and gives none. `files` are the pack's, by path
/// and text.
///
/// # Errors
/// What the store says; [`StoreError::Conflict`] where it holds something real.
pub async fn fill(
    store: &Store,
    files: Vec<(String, String)>,
    told: impl Fn(&str, &str) + Clone + Send + Sync + 'static,
) -> Result<Option<Made>, StoreError> {
    if store.is_demo().await? {
        return Ok(None);
    }
    let first_day = day(2019, 3, 4);
    store.begin_demo(Moment::at(first_day, 8, 30)).await?;
    let system = Actor::System;
    let key = |name: &str| Key::new(format!("demo-{name}"));
    let settings = Settings {
        name_zh: "南明区科学技术局".to_owned(),
        name_en: "Nanming District Bureau of Science and Technology".to_owned(),
        debtor: Some(BankAccount {
            holder: "南明区财政国库支付中心".to_owned(),
            number: "5201020190000001".to_owned(),
            bank: "贵阳银行南明支行".to_owned(),
            bank_code: Some("313701099012".to_owned()),
        }),
        contact: "（演示）南明区政务服务中心科技窗口".to_owned(),
        number_prefix: "南明兑".to_owned(),
    };
    store.set_settings(&system, &key("settings")?, settings).await?;
    let pack = store.install_pack(&system, &key("pack")?, files).await?.value;

    told("造一个样例辖区", "making a sample district");
    let district = district::make(&store.pack(pack).await?.plan, ENTERPRISES, SEED, YEAR, first_day).await?;
    let source = Name::new("样例登记库（2019年3月导入）", "sample registry (imported in March 2019)");
    let report = import(store, pack, district.folder.path(), source, told.clone()).await?;

    told("请来各岗位的人", "asking people to their desks");
    let office = people::invite(store).await?;
    let round = NewRound {
        name: "2018年度第一批".to_owned(),
        year: YEAR,
        as_of: day(YEAR, 12, 31),
        measures: Vec::new(),
        opens_at: Moment::at(day(2019, 3, 1), 9, 0),
        closes_at: Moment::at(day(2019, 6, 28), 18, 0),
        pack,
        facts: report.version,
    };
    let next = NewRound {
        name: "2019年度第一批".to_owned(),
        year: YEAR + 1,
        as_of: day(YEAR + 1, 12, 31),
        opens_at: Moment::at(day(2020, 3, 2), 9, 0),
        closes_at: Moment::at(day(2020, 6, 30), 18, 0),
        ..round.clone()
    };
    let round = store.open_round(&system, &key("round-1")?, round).await?.value;
    store.open_round(&system, &key("round-2")?, next).await?;
    let memo = "区级财政年初安排";
    let size = Fen::yuan(15_000_000);
    store.appropriate(&system, &key("fund-1")?, "innovation_fund", YEAR, size, memo).await?;

    told("办理申请", "playing cases");
    let cases = play::Play::begin(store, &office, round, &district).await?.play_out().await?;
    Ok(Some(Made { parties: ENTERPRISES, cases, today: store.now().day() }))
}

async fn import(
    store: &Store,
    pack: i64,
    folder: &Path,
    source: Name,
    told: impl Fn(&str, &str) + Send + Sync + 'static,
) -> Result<duixian_store::facts::ImportReport, StoreError> {
    told("导入登记库", "importing the registry");
    let key = Key::new("demo-facts")?;
    Ok(store.import_folder(&Actor::System, &key, pack, folder, source, |_| {}).await?.value)
}

/// A day that is written here.
fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the days written in this module are days of the calendar")
}
