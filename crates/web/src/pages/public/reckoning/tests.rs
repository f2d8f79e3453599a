//! What a notice tells of how its amount came about, and what it keeps to itself.

use axum::http::StatusCode;
use duixian_casework::case::CaseId;
use duixian_casework::command::IfShort;
use duixian_casework::people::Actor;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};

use crate::pages::shared::path_part;
use crate::testing::{Answer, PACK, Who, World, YEAR, account, fresh, open_round, party};

const SHORT: &str = "short_fund";

/// What the district's policy has besides, in a file of its own.
const MORE: &str = "# 更多

```兑现
词表 行政级别 (government_level)
  国家级 (national)
  省级 (provincial)

事项 平台 (platforms)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  认定日 (recognised_on) 日期
  级别 (level) 行政级别
  平台标识 (platform_key) 文本 空即自成一项

事项 产品 (products)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  达产日 (reached_on) 日期
  产值 (output_value) 金额
  费用 (cost) 金额
```

## 三 更多的支持

```兑现
资金 不够的资金 (short_fund)
  规模 每年 15万元 自 2018年 起
  余额 结转

流程 公示事项 (noticed)
  受理 窗口 1个工作日
  审定 办公会 1个工作日
  公示 窗口 5个工作日
  拨付 国库 3个工作日
  补正 10个工作日
  异议 5个工作日

措施 平台奖励 (platform_award)
  对象 每项 平台
  基准日 认定日
  支付 按 级别
    国家级 30万元
    省级   20万元
  限额 同一 平台标识 就高补差
  资金 试验资金
  流程 公示事项

措施 产业化奖励 (output_award)
  对象 每项 产品
  基准日 达产日
  条件 产值 不少于 100万元
  支付 20万元
  资金 不够的资金
  流程 公示事项

措施 费用资助 (cost_award)
  对象 每项 产品
  基准日 达产日
  条件 产值 不少于 100万元
  条件 销售额 多于 0元
  支付 不超过 费用
  资金 试验资金
  流程 公示事项

措施 分档奖励 (tier_award)
  对象 每项 产品
  基准日 达产日
  支付 按 产值
    不少于 100万元 且 少于 500万元 1万元
    不少于 500万元 2万元
  资金 试验资金
  流程 公示事项

措施 规模奖励 (size_award)
  对象 每项 产品
  基准日 达产日
  支付 按 销售额
    少于 1亿元 1万元
    不少于 1亿元 2万元
  资金 试验资金
  流程 公示事项

措施 销售奖励 (sales_award)
  对象 每项 产品
  基准日 达产日
  支付 销售额 的 1%
  限额 每家 每年 不超过 50万元
  资金 试验资金
  流程 公示事项
```
";

/// The district with more in its policy, and the round of that.
async fn recognising() -> (World, i64) {
    let world = World::new().await;
    let store = world.store();
    let name = "  名称 (name) 文本 备查\n";
    let own = PACK.replacen(name, &format!("{name}  销售额 (sales) 金额\n"), 1);
    let files = vec![("trial.md".to_owned(), own), ("more.md".to_owned(), MORE.to_owned())];
    let pack = store.install_pack(&Actor::System, &fresh(), files).await;
    let pack = pack.unwrap_or_else(|error| panic!("the pack is sound: {error}")).value;
    let folder = tempfile::tempdir().expect("a folder");
    let code = party(0);
    let products = (1..=6).map(|n| format!("C{n},{code},{YEAR}-05-01,4321098.76,12345.67\n")).collect::<String>();
    for (name, rows) in [
        ("enterprises", format!("code,name,sales\n{code},企业0,98765432.10\n")),
        (
            "platforms",
            format!(
                "id,code,recognised_on,level,platform_key\nP1,{code},{YEAR}-03-01,provincial,L1\nP2,{code},{YEAR}-05-01,national,L1\n"
            ),
        ),
        ("products", format!("id,code,reached_on,output_value,cost\n{products}")),
    ] {
        std::fs::write(folder.path().join(format!("{name}.csv")), rows).expect("the table is written");
    }
    let round = open_round(store, "2019年度认定", pack, folder.path()).await;
    let money = Fen::yuan(150_000);
    store.appropriate(&Actor::System, &fresh(), SHORT, YEAR, money, "年初预算").await.expect("money");
    (world, round)
}

async fn ask(world: &World, who: Who, id: CaseId, ask: Ask) {
    let what = format!("{ask:?}");
    let done = world.store().ask(&world.actor(who).await, &fresh(), id, ask).await;
    done.unwrap_or_else(|error| panic!("{what}: {error}"));
}

/// A case that is decided, or waits for money.
async fn decided(world: &World, round: i64, (measure, basis): (&str, &str), amount: Fen) -> CaseId {
    let (measure, basis) = (measure.to_owned(), basis.to_owned());
    let new = NewCase { round, party: party(0), measure, basis };
    let agent = world.actor(Who::Agent).await;
    let opened = world.store().open_draft(&agent, &fresh(), new).await;
    let id = opened.unwrap_or_else(|error| panic!("a draft: {error}")).value.id;
    let save = Ask::Save { statements: Default::default(), account: Some(account("企业0", "6222000000000002")) };
    ask(world, Who::Agent, id, save).await;
    ask(world, Who::Agent, id, Ask::Submit).await;
    ask(world, Who::Intake, id, Ask::Accept).await;
    let decide = Ask::Decide {
        amount,
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Queue,
    };
    ask(world, Who::DecisionMaker, id, decide).await;
    id
}

/// The notice of a case once it was put up.
async fn notice(world: &World, id: CaseId) -> Answer {
    ask(world, Who::Intake, id, Ask::PublishNotice).await;
    read(world, id, "").await
}

async fn read(world: &World, id: CaseId, query: &str) -> Answer {
    let number = world.store().case(id).await.expect("the case").number.expect("a number");
    let page = world.get(None, &format!("/notices/{}{query}", path_part(&number))).await;
    page.is(StatusCode::OK).says("id=\"reckoning\"");
    page
}

#[tokio::test]
async fn what_limits_left_of_an_amount_is_said_beside_the_tier() {
    let (world, round) = recognising().await;
    let first = decided(&world, round, ("platform_award", "P1"), Fen::yuan(200_000)).await;
    let page = notice(&world, first).await;
    page.says("按条款：级别为省级：20万元").says("<dt>级别</dt><dd>省级").says_not("按限额");
    let second = decided(&world, round, ("platform_award", "P2"), Fen::yuan(100_000)).await;
    let page = notice(&world, second).await;
    page.says("按条款：级别为国家级：30万元").says("按限额（同一平台标识就高补差），由300,000元减为100,000元。");
    read(&world, second, "?lang=en").await.says("it is cut from CNY 300,000 to CNY 100,000.");
    // The first was decided when there was no other: what came after it changes nothing of it.
    read(&world, first, "").await.says("级别为省级：20万元").says_not("按限额");
}

#[tokio::test]
async fn what_a_short_fund_did_not_carry_is_said_without_the_grounds_that_were_written_for_those_who_were_cut() {
    let (world, round) = recognising().await;
    let mut waiting = Vec::new();
    for basis in ["C1", "C2"] {
        waiting.push(decided(&world, round, ("output_award", basis), Fen::yuan(200_000)).await);
    }
    let (store, of, rule) = (world.store(), (SHORT, YEAR), AllocationRule::ProRata);
    let shares = store.preview_allocation(of.0, of.1, rule).await.expect("shares");
    let seen = shares.iter().map(|one| one.share).collect();
    let decider = world.actor(Who::DecisionMaker).await;
    let put = store.propose_sharing(&decider, &fresh(), of, (rule, "企业0申请太多。"), seen).await;
    let proposal = put.unwrap_or_else(|error| panic!("{error}")).value;
    let confirmed = store.end_proposal(&world.actor(Who::OtherDecisionMaker).await, &fresh(), proposal, true, "").await;
    confirmed.unwrap_or_else(|error| panic!("{error}"));
    let page = notice(&world, waiting[0]).await;
    page.says("75,000元").says("分配规则：按比例，应支持200,000元，本次安排75,000元，其余125,000元不再安排。");
    page.says_not("申请太多").says("按条款：20万元");
    page.says("<dt>产值</dt><dd>达到要求<small>来源：登记机关").says_not("4,321,098.76");
    read(&world, waiting[0], "?lang=en")
        .await
        .says("<dt>产值 (output_value)</dt><dd>as required")
        .says_not("4,321,098.76");
}

#[tokio::test]
async fn what_the_decision_fixes_within_a_span_is_said_to_be_its_own() {
    let (world, round) = recognising().await;
    let below = decided(&world, round, ("cost_award", "C3"), Fen::yuan(10_000)).await;
    let page = notice(&world, below).await;
    page.says("<dt>费用</dt><dd>12,345.67元").says("在这个范围内由审定决定：10,000元。");
    // What a firm sells is its own, and what a condition asks of the thing is no more than that it is enough.
    page.says("<dt>产值</dt><dd>达到要求").says_not("4,321,098.76").says_not("98,765,432.10");
    let whole = decided(&world, round, ("cost_award", "C4"), Fen(1_234_567)).await;
    notice(&world, whole).await.says("不超过12,345.67元").says_not("由审定决定");
}

#[tokio::test]
async fn a_tier_that_a_figure_picks_is_told_as_the_tier_alone() {
    let (world, round) = recognising().await;
    let tier = decided(&world, round, ("tier_award", "C5"), Fen::yuan(10_000)).await;
    let page = notice(&world, tier).await;
    page.says("按条款：产值达到100万元且低于500万元：1万元</p>").says_not("4,321,098.76").says_not("<dt>产值</dt>");
    page.says("<dt>达产日</dt><dd>2019年5月1日");
    // By what a firm sells no tier is told at all, but what there is.
    let size = decided(&world, round, ("size_award", "C6"), Fen::yuan(10_000)).await;
    let page = notice(&world, size).await;
    page.says("按条款：销售额低于1亿元：1万元；销售额达到1亿元：2万元").says_not("98,765,432.10");
}

#[tokio::test]
async fn what_a_limit_cut_does_not_tell_what_a_firm_sells() {
    let (world, round) = recognising().await;
    let id = decided(&world, round, ("sales_award", "C1"), Fen::yuan(500_000)).await;
    let page = notice(&world, id).await;
    page.says("按条款：销售额的1%").says("减为500,000元。").says_not("987,654.32").says_not("98,765,432.10");
}
