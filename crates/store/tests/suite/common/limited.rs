//! A district whose measures look at others.

use chrono::{NaiveDate, TimeDelta};
use duixian_rules::vocabulary::Name;
use duixian_store::NewRound;

use super::{PACK, World, YEAR, fresh, party};

/// Measures with every way of looking at others.
const LIMITED: &str = "

## 三 有限额的奖励

```兑现
措施 首次奖励 (first_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 5万元
  限额 每家 一次
  资金 试验资金
  流程 即办事项

措施 同一项目 (project_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 3万元
  限额 同一 项目标识 一次
  资金 试验资金
  流程 即办事项

措施 前两名 (top_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 2万元
  限额 每年 前2名 按 得分 从多到少
  资金 试验资金
  流程 即办事项
```
";

/// The pack with those measures.
pub fn limited_pack() -> String {
    PACK.replace(
        "  属实 (genuine) 是否\n",
        "  属实 (genuine) 是否\n  项目标识 (project_key) 文本 空即自成一项\n  得分 (score) 数目\n",
    ) + LIMITED
}

/// A round on a pack with limits and on facts of four parties with two results each.
pub async fn limited(world: &mut World) {
    limited_with(world, 1_000_000).await;
}

/// The same with so much money.
pub async fn limited_with(world: &mut World, yuan: i64) {
    let pack = world.store.install_pack(&world.admin, &fresh(), vec![("pack.md".to_owned(), limited_pack())]).await;
    let pack = pack.unwrap_or_else(|error| panic!("{error}")).value;
    let folder = tempfile::tempdir().expect("a folder");
    let mut parties = "code,name\n".to_owned();
    let mut results = "id,code,done_on,genuine,project_key,score\n".to_owned();
    for place in 0..4 {
        let code = party(place);
        parties += &format!("{code},企业{place}\n");
        results += &format!("L{place}-0,{code},{YEAR}-05-01,true,K,{}\n", 10 + place);
        results += &format!("L{place}-1,{code},{YEAR}-06-01,,K{place},\n");
    }
    std::fs::write(folder.path().join("enterprises.csv"), parties).expect("the table is written");
    std::fs::write(folder.path().join("results.csv"), results).expect("the table is written");
    let source = Name::new("登记", "registry");
    let done = world.store.import_folder(&world.admin, &fresh(), pack, folder.path(), source, |_| {}).await;
    let facts = done.unwrap_or_else(|error| panic!("{error}")).value.version;
    world.round = open(world, pack, facts).await;
    world.appropriate(yuan).await;
}

pub async fn open(world: &World, pack: i64, facts: i64) -> i64 {
    let now = world.store.now();
    let round = NewRound {
        name: format!("限额批{}", world.store.rounds().await.expect("the rounds").len()),
        year: YEAR,
        as_of: NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a day"),
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(-1)),
        closes_at: now.plus(TimeDelta::days(100)),
        pack,
        facts,
    };
    world.store.open_round(&world.admin, &fresh(), round).await.expect("the round opens").value
}
