//! The district: one pack, three parties, a user for every role, cases from draft to paid.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use duixian_bank::{ResultFormat, sample_results};
use duixian_casework::case::{BankAccount, CaseId, Defect, DefectAbout, Recommendation};
use duixian_casework::command::{IfShort, NewEvidence};
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_facts::uscc::Uscc;
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::batches::Format;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::people::NewUser;
use duixian_store::{Clock, NewRound, Settings, Store};
use tokio::sync::OnceCell;

use super::{Cases, PASSWORD, Who, fresh};

pub(crate) const FUND: &str = "trial_fund";
pub(crate) const YEAR: i32 = 2019;
const PARTIES: usize = 3;
const RESULTS: usize = 20;

pub(crate) const PACK: &str = "# 试验办法

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

钱从哪里来，由谁办。

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

每项属实的成果最多奖励 10 万元。

> “属实”以登记为准。

```兑现
措施 成果奖励 (result_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金
  流程 一般事项
  佐证 证书
  用途 用于研发

措施 即办奖励 (instant_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金
  流程 即办事项
```

示例：成果奖励 2019年

| 案例 | 完成日     | 属实 | 结果 | 金额          |
| ---- | ---------- | ---- | ---- | ------------- |
| 属实 | 2019-05-01 | 是   | 裁量 | 不超过 10万元 |
| 不实 | 2019-05-01 | 否   | 不予 |               |

| 中文                            | English                                                                 |
| ------------------------------- | ----------------------------------------------------------------------- |
| 试验办法                        | trial rules                                                             |
| 成果                            | results                                                                 |
| 完成日                          | date of completion                                                      |
| 试验资金                        | Trial Fund                                                              |
| 窗口                            | service counter                                                         |
| 科技局                          | Science Bureau                                                          |
| 成果奖励                        | award for results                                                       |
| 奖励                            | Awards                                                                  |
| 每项属实的成果最多奖励 10 万元。  | For each genuine result, an award of up to 100,000 yuan.                |
| “属实”以登记为准。              | “Genuine” is what the registry says.                                    |
| 证书                            | Certificate                                                             |
| 用于研发                        | for research and development                                            |
";

/// What all tests share.
pub(super) struct Made {
    pub(super) folder: tempfile::TempDir,
    pub(super) cases: Cases,
    pub(super) round: i64,
    pub(super) tokens: Arc<Vec<String>>,
}

/// The district, made once.
pub(super) async fn made() -> &'static Made {
    static MADE: OnceCell<Made> = OnceCell::const_new();
    MADE.get_or_init(make).await
}

/// Code of a party, by its place.
pub(crate) fn party(place: usize) -> String {
    let code = Uscc::complete(&format!("91520102MA{place:07}")).expect("seventeen characters");
    String::from_utf8(code.to_bytes().to_vec()).expect("ASCII")
}

pub(crate) fn evidence() -> NewEvidence {
    NewEvidence {
        kind: "证书".to_owned(),
        number: "Z1".to_owned(),
        issuer: "省厅".to_owned(),
        issued_on: None,
        file: None,
    }
}

async fn make() -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db").display().to_string();
    let store = Store::open(&path, Clock::Shifted).await.expect("the store opens");
    let monday = NaiveDate::from_ymd_opt(YEAR, 6, 3).expect("a day");
    store.begin_demo(Moment::at(monday, 9, 0)).await.expect("a demonstration");
    let pack = store.install_pack(&Actor::System, &fresh(), vec![("trial.md".to_owned(), PACK.to_owned())]).await;
    let pack = pack.unwrap_or_else(|error| panic!("the pack is sound: {error}")).value;
    let tables = tempfile::tempdir().expect("a folder");
    write_tables(tables.path());
    let round = open_round(&store, "2019年度第一批", pack, tables.path()).await;
    let settings = Settings {
        name_zh: "试验区科技局".to_owned(),
        number_prefix: "试兑".to_owned(),
        debtor: Some(account("财政专户", "6222000000000001")),
        ..Settings::default()
    };
    store.set_settings(&Actor::System, &fresh(), settings).await.expect("the settings are kept");
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR, Fen::yuan(1_000_000), "年初预算").await.expect("money");
    for who in Who::ALL {
        let new = NewUser {
            login: who.login().to_owned(),
            name: format!("{who:?}"),
            password: PASSWORD.to_owned(),
            roles: vec![who.role()],
            desks: Vec::new(),
            must_change: false,
        };
        let made = store.create_user(&Actor::System, &fresh(), new).await;
        assert_eq!(made.unwrap_or_else(|error| panic!("a user is made: {error}")).value, who.id());
    }
    for (who, place) in [(Who::Agent, 0), (Who::Agent, 1), (Who::OtherAgent, 2)] {
        let delegated = store.delegate(&Actor::System, &fresh(), who.id(), &party(place), None, "授权书").await;
        delegated.unwrap_or_else(|error| panic!("a delegation: {error}"));
    }
    let mut tokens = Vec::new();
    for who in Who::ALL {
        let token = store.sign_in(who.login(), PASSWORD, "192.0.2.1").await.expect("a session");
        tokens.push(token.as_str().to_owned());
    }
    let cases = Making { store: &store, round }.all().await;
    // The copies of the tests are made of a copy: the database itself is put in order when its last connection ends, which
    // happens at some time after this.
    let still = tempfile::tempdir().expect("a folder");
    copy(folder.path(), still.path());
    Made { folder: still, cases, round, tokens: Arc::new(tokens) }
}

/// Takes the tables of a folder in, and opens a round on them for all measures of a pack.
pub(crate) async fn open_round(store: &Store, name: &str, pack: i64, tables: &Path) -> i64 {
    let source = Name::new("登记机关", "the registry");
    let facts = store.import_folder(&Actor::System, &fresh(), pack, tables, source, |_| {}).await;
    let facts = facts.unwrap_or_else(|error| panic!("the facts are sound: {error}")).value.version;
    let now = store.now();
    let round = NewRound {
        name: name.to_owned(),
        year: YEAR,
        as_of: NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a day"),
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(-1)),
        closes_at: now.plus(TimeDelta::days(100)),
        pack,
        facts,
    };
    store.open_round(&Actor::System, &fresh(), round).await.expect("the round opens").value
}

/// Copies a database at which nobody writes.
pub(super) fn copy(from: &Path, to: &Path) {
    for name in ["store.db", "store.db-wal"] {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).expect("a copy of the district");
        }
    }
}

struct Making<'a> {
    store: &'a Store,
    round: i64,
}

impl Making<'_> {
    async fn all(&self) -> Cases {
        let draft = self.draft(Who::Agent, "result_award", 0, 0).await;
        let submitted = self.submitted("result_award", 1).await;
        let in_review = self.submitted("result_award", 2).await;
        self.ask(Who::Intake, in_review, Ask::Accept).await;
        self.ask(Who::Reviewer, in_review, Ask::TakeUp).await;
        let reviewed = self.reviewed(3).await;
        let in_notice = self.in_notice(4).await;
        let objected = self.in_notice(5).await;
        let object = Ask::Object {
            name: "王某".to_owned(),
            contact: "13800000000".to_owned(),
            grounds: "成果不是这家做的".to_owned(),
        };
        let objection = self.store.ask(&Actor::Public, &fresh(), objected, object).await;
        objection.unwrap_or_else(|error| panic!("an objection: {error}"));
        let payable = self.payable(6).await;
        let paid = self.payable(7).await;
        self.pay(paid).await;
        let declined = self.submitted("instant_award", 8).await;
        self.ask(Who::Intake, declined, Ask::Accept).await;
        self.ask(Who::DecisionMaker, declined, Ask::Decline { reason: "成果与主业无关".to_owned() }).await;
        let correction = self.submitted("result_award", 9).await;
        let defect = Defect { about: DefectAbout::Evidence("证书".to_owned()), text: "证书看不清".to_owned() };
        self.ask(Who::Intake, correction, Ask::AskCorrection { defects: vec![defect] }).await;
        let of_other = self.draft(Who::OtherAgent, "result_award", 2, 0).await;
        Cases {
            draft,
            submitted,
            in_review,
            reviewed,
            in_notice,
            objected,
            payable,
            paid,
            declined,
            correction,
            of_other,
        }
    }

    async fn draft(&self, who: Who, measure: &str, at: usize, result: usize) -> CaseId {
        let new = NewCase {
            round: self.round,
            party: party(at),
            measure: measure.to_owned(),
            basis: format!("R{at}-{result}"),
        };
        let actor = self.store.actor_of(who.id()).await.expect("an agent");
        let opened = self.store.open_draft(&actor, &fresh(), new).await;
        opened.unwrap_or_else(|error| panic!("a draft: {error}")).value.id
    }

    async fn ask(&self, who: Who, id: CaseId, ask: Ask) {
        let actor = self.store.actor_of(who.id()).await.expect("a user");
        let what = format!("{ask:?}");
        let done = self.store.ask(&actor, &fresh(), id, ask).await;
        done.unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    async fn submitted(&self, measure: &str, result: usize) -> CaseId {
        let id = self.draft(Who::Agent, measure, 0, result).await;
        let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("企业0", "6222000000000002")) };
        self.ask(Who::Agent, id, save).await;
        self.ask(Who::Agent, id, Ask::AddEvidence(evidence())).await;
        self.ask(Who::Agent, id, Ask::Submit).await;
        id
    }

    async fn reviewed(&self, result: usize) -> CaseId {
        let id = self.submitted("result_award", result).await;
        self.ask(Who::Intake, id, Ask::Accept).await;
        self.ask(Who::Reviewer, id, Ask::TakeUp).await;
        self.ask(Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
        let go_on = Ask::Review { recommends: Recommendation::GoOn, opinion: "齐全".to_owned() };
        self.ask(Who::Reviewer, id, go_on).await;
        self.ask(Who::Reviewer, id, Ask::TakeUp).await;
        let support = Recommendation::Support(Fen::yuan(50_000));
        self.ask(Who::Reviewer, id, Ask::Review { recommends: support, opinion: "属实".to_owned() }).await;
        id
    }

    async fn in_notice(&self, result: usize) -> CaseId {
        let id = self.reviewed(result).await;
        self.ask(Who::DecisionMaker, id, decide(50_000)).await;
        self.ask(Who::Intake, id, Ask::PublishNotice).await;
        id
    }

    async fn payable(&self, result: usize) -> CaseId {
        let id = self.submitted("instant_award", result).await;
        self.ask(Who::Intake, id, Ask::Accept).await;
        self.ask(Who::DecisionMaker, id, decide(30_000)).await;
        id
    }

    async fn pay(&self, id: CaseId) {
        let finance = self.store.actor_of(Who::Finance.id()).await.expect("finance");
        let other = self.store.actor_of(Who::OtherFinance.id()).await.expect("finance");
        let batch = self.store.make_batch(&finance, &fresh(), FUND, YEAR, vec![id]).await;
        let batch = batch.unwrap_or_else(|error| panic!("a batch: {error}")).value;
        let seen = self.store.to_release(batch).await.expect("the batch").seen;
        self.store.release(&finance, &fresh(), batch, &seen, vec![]).await.expect("the first release");
        self.store.release(&other, &fresh(), batch, &seen, vec![]).await.expect("the second release");
        self.store.bank_file(&finance, batch, Format::Csv, false).await.expect("its file");
        let batch = self.store.batch(batch).await.expect("the batch");
        let file = self.store.payment_file(&batch).await.expect("its file");
        let results = sample_results(&file, &[], ResultFormat::Csv);
        let settled = self.store.read_results(&finance, &fresh(), None, results.as_bytes()).await;
        settled.unwrap_or_else(|error| panic!("the bank's answer: {error}"));
    }
}

fn decide(yuan: i64) -> Ask {
    Ask::Decide {
        amount: Fen::yuan(yuan),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Refuse,
    }
}

pub(crate) fn account(holder: &str, number: &str) -> BankAccount {
    BankAccount {
        holder: holder.to_owned(),
        number: number.to_owned(),
        bank: "某银行".to_owned(),
        bank_code: Some("102701000001".to_owned()),
    }
}

fn write_tables(folder: &Path) {
    let mut parties = "code,name\n".to_owned();
    let mut results = "id,code,done_on,genuine\n".to_owned();
    for at in 0..PARTIES {
        let code = party(at);
        parties += &format!("{code},企业{at}\n");
        for result in 0..RESULTS {
            results += &format!("R{at}-{result},{code},{YEAR}-05-01,true\n");
        }
    }
    std::fs::write(folder.join("enterprises.csv"), parties).expect("the table is written");
    std::fs::write(folder.join("results.csv"), results).expect("the table is written");
}
