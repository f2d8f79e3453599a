//! A small district for the tests: one pack, parties with many things done, officials for every duty, both databases.

pub mod limited;
pub mod paying;
pub mod together;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{NaiveDate, TimeDelta};
use duixian_casework::case::{BankAccount, CaseId, Recommendation};
use duixian_casework::command::{IfShort, NewEvidence};
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::stage::Stage;
use duixian_facts::uscc::Uscc;
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{Clock, Key, NewRound, Settings, Store};
use sea_orm::ConnectionTrait;

pub const PACK: &str = "# 试验办法

```兑现
政策 试验办法 (trial)
  发布 2018年1月1日

主体 单位 (enterprises)
  信用代码 (code) 统一代码 主键
  名称 (name) 文本 备查

事项 成果 (results)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  完成日 (done_on) 日期
  属实 (genuine) 是否
```

## 一 资金和办理

```兑现
资金 试验资金 (trial_fund)
  规模 每年 100万元 自 2018年 起
  余额 结转

岗位 窗口 (window)
  部门 科技局

岗位 业务科 (division)
  部门 科技局

岗位 办公会 (meeting)
  部门 科技局

岗位 国库 (treasury)
  部门 财政局

流程 一般事项 (ordinary)
  受理 窗口 5个工作日
  形式审查 业务科 5个工作日
  实质审核 业务科 10个工作日
  审定 办公会 5个工作日
  公示 窗口 5个工作日
  拨付 国库 10个工作日
  补正 10个工作日
  异议 5个工作日

流程 即办事项 (instant)
  受理 窗口 1个工作日
  审定 办公会 1个工作日
  拨付 国库 3个工作日
  补正 10个工作日
  异议 5个工作日
```

## 二 奖励

```兑现
措施 成果奖励 (result_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金
  流程 一般事项
  佐证 证书

措施 即办奖励 (instant_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金
  流程 即办事项
```
";

pub const FUND: &str = "trial_fund";
pub const YEAR: i32 = 2019;
pub const PARTIES: usize = 8;
pub const RESULTS: usize = 100;

pub fn key(text: impl std::fmt::Display) -> Key {
    Key::new(text.to_string()).expect("a plain key")
}

static KEYS: AtomicU32 = AtomicU32::new(0);

/// A key that no one has used.
pub fn fresh() -> Key {
    key(format!("k{}", KEYS.fetch_add(1, Ordering::Relaxed)))
}

pub fn official(id: i64, roles: &[Role]) -> Actor {
    Actor::User { id: UserId(id), roles: roles.to_vec(), desks: Vec::new(), parties: [].into() }
}

/// Code of a party, by its place.
pub fn party(place: usize) -> String {
    let code = Uscc::complete(&format!("91520102MA{place:07}")).expect("seventeen characters");
    String::from_utf8(code.to_bytes().to_vec()).expect("ASCII")
}

pub struct World {
    pub store: Store,
    pub url: String,
    pub round: i64,
    pub applicant: Actor,
    pub intake: Actor,
    pub reviewer: Actor,
    pub decider: Actor,
    pub other_decider: Actor,
    pub finance: Actor,
    pub other_finance: Actor,
    pub auditor: Actor,
    pub admin: Actor,
    /// Where the files are.
    #[expect(dead_code, reason = "held until the files are no longer needed")]
    pub folder: Option<tempfile::TempDir>,
}

impl World {
    /// The people, on a store that is filled already.
    pub fn around(store: Store, url: String, round: i64, folder: Option<tempfile::TempDir>) -> World {
        let parties = (0..PARTIES).map(party).collect();
        World {
            store,
            url,
            round,
            applicant: Actor::User { id: UserId(1), roles: vec![Role::Agent], desks: Vec::new(), parties },
            intake: official(2, &[Role::Intake]),
            reviewer: official(3, &[Role::Reviewer]),
            decider: official(4, &[Role::DecisionMaker]),
            other_decider: official(5, &[Role::DecisionMaker]),
            finance: official(6, &[Role::Finance]),
            other_finance: official(7, &[Role::Finance]),
            auditor: official(8, &[Role::Auditor]),
            admin: official(9, &[Role::Administrator]),
            folder,
        }
    }

    /// A new store with pack, facts and a round that is open.
    pub async fn new(url: String, folder: Option<tempfile::TempDir>) -> World {
        World::of_size(url, folder, PARTIES, RESULTS).await
    }

    /// The same with so many parties, and so many results of each.
    pub async fn of_size(url: String, folder: Option<tempfile::TempDir>, parties: usize, results: usize) -> World {
        let store = Store::open(&url, Clock::Shifted).await.expect("the store opens");
        let admin = official(9, &[Role::Administrator]);
        let pack = store
            .install_pack(&admin, &fresh(), vec![("pack.md".to_owned(), PACK.to_owned())])
            .await
            .unwrap_or_else(|error| panic!("the pack is sound: {error}"));
        let tables = tempfile::tempdir().expect("a folder");
        write_tables(tables.path(), parties, results);
        let source = Name::new("试验", "trial");
        let report = store
            .import_folder(&admin, &fresh(), pack.value, tables.path(), source, |_| {})
            .await
            .unwrap_or_else(|error| panic!("the facts are sound: {error}"));
        assert!(report.value.problems.is_empty(), "{:?}", report.value.problems);
        let now = store.now();
        let round = NewRound {
            name: "第一批".to_owned(),
            year: YEAR,
            as_of: NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a day"),
            measures: Vec::new(),
            opens_at: now.plus(TimeDelta::days(-1)),
            closes_at: now.plus(TimeDelta::days(200)),
            pack: pack.value,
            facts: report.value.version,
        };
        let round = store.open_round(&admin, &fresh(), round).await.expect("the round opens").value;
        let settings = Settings {
            name_zh: "试验区".to_owned(),
            number_prefix: "试兑".to_owned(),
            debtor: Some(account("财政专户", "6222000000000001")),
            ..Settings::default()
        };
        store.set_settings(&admin, &fresh(), settings).await.expect("the settings are kept");
        let mut world = World::around(store, url, round, folder);
        if let Actor::User { parties: codes, .. } = &mut world.applicant {
            *codes = (0..parties).map(party).collect();
        }
        world
    }

    pub async fn appropriate(&self, yuan: i64) {
        let amount = Fen::yuan(yuan);
        self.store
            .appropriate(&Actor::System, &fresh(), FUND, YEAR, amount, "年初预算")
            .await
            .expect("an appropriation");
    }

    pub async fn draft(&self, measure: &str, at: usize, result: usize) -> CaseId {
        let new = NewCase {
            round: self.round,
            party: party(at),
            measure: measure.to_owned(),
            basis: format!("R{at}-{result}"),
        };
        self.store.open_draft(&self.applicant, &fresh(), new).await.expect("a draft").value.id
    }

    pub async fn ask(&self, actor: &Actor, id: CaseId, ask: Ask) -> duixian_casework::case::Case {
        let what = format!("{ask:?}");
        let done = self.store.ask(actor, &fresh(), id, ask).await;
        done.unwrap_or_else(|error| panic!("{what}: {error}")).value
    }

    /// A case that was submitted.
    pub async fn submitted(&self, measure: &str, at: usize, result: usize) -> CaseId {
        let id = self.draft(measure, at, result).await;
        let save =
            Ask::Save { statements: BTreeMap::new(), account: Some(account(&format!("企业{at}"), &number_of(at))) };
        self.ask(&self.applicant, id, save).await;
        self.ask(&self.applicant, id, Ask::AddEvidence(evidence())).await;
        self.ask(&self.applicant, id, Ask::Submit).await;
        id
    }

    /// A case that waits for its decision.
    pub async fn reviewed(&self, measure: &str, at: usize, result: usize) -> CaseId {
        let id = self.submitted(measure, at, result).await;
        let case = self.ask(&self.intake, id, Ask::Accept).await;
        if case.stage == Stage::Reviewed {
            return id;
        }
        self.ask(&self.reviewer, id, Ask::TakeUp).await;
        self.ask(&self.reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
        let go_on = Ask::Review { recommends: Recommendation::GoOn, opinion: "齐全".to_owned() };
        self.ask(&self.reviewer, id, go_on).await;
        self.ask(&self.reviewer, id, Ask::TakeUp).await;
        let support = Recommendation::Support(Fen::yuan(50_000));
        self.ask(&self.reviewer, id, Ask::Review { recommends: support, opinion: "属实".to_owned() }).await;
        id
    }

    /// A case that is payable, by the short way.
    pub async fn payable(&self, at: usize, result: usize, yuan: i64) -> CaseId {
        let id = self.reviewed("instant_award", at, result).await;
        self.ask(&self.decider, id, decide(yuan)).await;
        id
    }

    /// The journal verifies, the books balance.
    pub async fn check(&self) {
        let verified = self.store.verify_journal(|_| {}).await;
        let verified = verified.unwrap_or_else(|broken| panic!("{broken:?}"));
        assert!(verified.rows > 0);
        assert_eq!(self.store.verify_ledger().await.expect("the ledger can be read"), []);
    }
}

/// The number of a party's account.
pub fn number_of(at: usize) -> String {
    format!("622200000000{at:03}2")
}

pub fn account(holder: &str, number: &str) -> BankAccount {
    BankAccount {
        holder: holder.to_owned(),
        number: number.to_owned(),
        bank: "某银行".to_owned(),
        bank_code: Some("102701000001".to_owned()),
    }
}

pub fn evidence() -> NewEvidence {
    NewEvidence {
        kind: "证书".to_owned(),
        number: "Z1".to_owned(),
        issuer: "省厅".to_owned(),
        issued_on: None,
        file: None,
    }
}

/// Why a short fund is shared out pro rata.
pub const SHORT: &str = "年底资金不足";

pub fn decide(yuan: i64) -> Ask {
    Ask::Decide {
        amount: Fen::yuan(yuan),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Refuse,
    }
}

fn write_tables(folder: &Path, all: usize, of_each: usize) {
    let mut parties = "code,name\n".to_owned();
    let mut results = "id,code,done_on,genuine\n".to_owned();
    for at in 0..all {
        let code = party(at);
        parties += &format!("{code},企业{at}\n");
        for result in 0..of_each {
            results += &format!("R{at}-{result},{code},{YEAR}-05-01,true\n");
        }
    }
    std::fs::write(folder.join("enterprises.csv"), parties).expect("the table is written");
    std::fs::write(folder.join("results.csv"), results).expect("the table is written");
}

/// Runs a test on a new SQLite file and, where `DUIXIAN_TEST_POSTGRES` says where one is, in a new schema of PostgreSQL.
pub async fn on_both(test: impl AsyncFn(World)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db").display().to_string();
    test(World::new(path, Some(folder)).await).await;
    match std::env::var("DUIXIAN_TEST_POSTGRES") {
        Err(_) => eprintln!("SKIPPED on PostgreSQL: DUIXIAN_TEST_POSTGRES is not set"),
        Ok(url) => {
            let schema = Schema::new(&url).await;
            test(World::new(schema.url.clone(), None).await).await;
            schema.drop().await;
        }
    }
}

/// A schema of its own on a PostgreSQL server.
pub struct Schema {
    pub url: String,
    name: String,
    link: sea_orm::DatabaseConnection,
}

impl Schema {
    pub async fn new(server: &str) -> Schema {
        let link = sea_orm::Database::connect(server).await.expect("the server of the tests answers");
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_nanos();
        let name = format!("t{}_{nanos}", std::process::id());
        link.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
        let mark = if server.contains('?') { '&' } else { '?' };
        Schema { url: format!("{server}{mark}options[search_path]={name}"), name, link }
    }

    pub async fn drop(self) {
        self.link.execute_unprepared(&format!("DROP SCHEMA {} CASCADE", self.name)).await.expect("the schema goes");
    }
}
