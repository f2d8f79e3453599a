//! What happens once is granted once whatever its date is said to be; what goes by years is granted once a year, and for so many
//! years as the limit says.

use std::collections::BTreeMap;

use crate::common::{FUND, PACK, World, account, decide, fresh, on_both, party};
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::case::{Case, CellRef, Standing};
use duixian_casework::command::Stated;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{NewRound, StoreError};

const MEASURES: &str = "

## 三 一次的和每年的

```兑现
事项 联盟 (alliances)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  成立日期 (founded_on) 日期

措施 毕业奖励 (graduate_award)
  对象 每家 单位
  基准日 毕业日期
  支付 3万元
  资金 试验资金
  流程 即办事项

措施 联盟补贴 (alliance_award)
  对象 每年 联盟 其中 成立日期 的 年份 不晚于 本年度
  自 2017年 起
  令 首年 (first_year) = 成立日期 的 年份 与 2017年 的 较晚者
  支付 3万元
  限额 不超过 3年 自 首年 起
  资金 试验资金
  流程 即办事项
```
";

/// A round of each year on a pack with those measures, and money in each.
async fn rounds(world: &mut World) -> BTreeMap<i32, i64> {
    let dated = PACK.replace("  名称 (name) 文本 备查\n", "  名称 (name) 文本 备查\n  毕业日期 (graduated_on) 日期\n");
    let files = vec![("pack.md".to_owned(), dated + MEASURES)];
    let pack = world.store.install_pack(&world.admin, &fresh(), files).await;
    let pack = pack.unwrap_or_else(|error| panic!("{error}")).value;
    let folder = tempfile::tempdir().expect("a folder");
    let parties = format!("code,name,graduated_on\n{},企业0,\n", party(0));
    std::fs::write(folder.path().join("enterprises.csv"), parties).expect("the table is written");
    let source = Name::new("登记", "registry");
    let done = world.store.import_folder(&world.admin, &fresh(), pack, folder.path(), source, |_| {}).await;
    let facts = done.unwrap_or_else(|error| panic!("{error}")).value.version;
    let mut rounds = BTreeMap::new();
    for year in 2017..=2022 {
        let now = world.store.now();
        let round = NewRound {
            name: format!("{year}年度"),
            year,
            as_of: NaiveDate::from_ymd_opt(year, 12, 31).expect("a day"),
            measures: Vec::new(),
            opens_at: now.plus(TimeDelta::days(-1)),
            closes_at: now.plus(TimeDelta::days(100)),
            pack,
            facts,
        };
        rounds.insert(year, world.store.open_round(&world.admin, &fresh(), round).await.expect("a round").value);
        let amount = Fen::yuan(1_000_000);
        world.store.appropriate(&Actor::System, &fresh(), FUND, year, amount, "年初预算").await.expect("money");
    }
    rounds
}

/// An application of the first party, with one date stated that the registry does not have.
async fn submitted(
    world: &World,
    round: i64,
    (measure, table, basis): (&str, &str, &str),
    (column, date): (&str, &str),
) -> Result<Case, StoreError> {
    let new = NewCase { round, party: party(0), measure: measure.to_owned(), basis: basis.to_owned() };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await?.value.id;
    let cell = CellRef { table: table.to_owned(), row: basis.to_owned(), column: column.to_owned() };
    let statements = [(cell, Some(Stated { value: date.to_owned(), dispute: None }))].into();
    let save = Ask::Save { statements, account: Some(account("企业0", "6222000000000002")) };
    world.ask(&world.applicant, id, save).await;
    world.store.ask(&world.applicant, &fresh(), id, Ask::Submit).await.map(|done| done.value)
}

async fn granted(world: &World, case: &Case) {
    world.ask(&world.intake, case.id, Ask::Accept).await;
    world.ask(&world.decider, case.id, decide(30_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_once_is_granted_once_whatever_its_date() {
    on_both(async |mut world: World| {
        let rounds = rounds(&mut world).await;
        let award = ("graduate_award", "enterprises", "");
        let first = submitted(&world, rounds[&2018], award, ("graduated_on", "2018-05-01")).await.expect("sent");
        // One that was sent before the grant is refused at its decision, one after it is not begun.
        let beside = submitted(&world, rounds[&2020], award, ("graduated_on", "2020-05-01")).await;
        assert!(matches!(beside, Err(StoreError::Refused(Refusal::Duplicate(_)))), "{beside:?}");
        granted(&world, &first).await;
        let again = submitted(&world, rounds[&2019], award, ("graduated_on", "2019-02-01")).await;
        assert!(matches!(again, Err(StoreError::Refused(Refusal::GrantedBefore(_)))), "{again:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_by_years_is_granted_once_a_year_and_no_more_years_than_may_be() {
    on_both(async |mut world: World| {
        let rounds = rounds(&mut world).await;
        let award = ("alliance_award", "alliances", "LM-1");
        let founded = async |year: i32, date: &str| submitted(&world, rounds[&year], award, ("founded_on", date)).await;
        for year in [2018, 2019] {
            let case = founded(year, "2018-03-01").await.unwrap_or_else(|error| panic!("{year}: {error}"));
            assert_eq!(case.assessed.as_ref().map(|one| one.standing), Some(Standing::Entitled), "{year}");
            granted(&world, &case).await;
            let again = founded(year, "2018-03-01").await;
            assert!(matches!(again, Err(StoreError::Refused(Refusal::GrantedBefore(_)))), "{again:?}");
        }
        // The first year is the one that was granted, whatever day is stated now: the last is the third from it.
        for (year, date, standing) in [
            (2021, "2019-03-01", Standing::NotEntitled),
            (2022, "2022-03-01", Standing::NotEntitled),
            (2020, "2020-03-01", Standing::Entitled),
        ] {
            let case = founded(year, date).await.expect("sent");
            let assessed = case.assessed.as_ref().expect("assessed");
            assert_eq!(assessed.standing, standing, "{year}: {:?}", assessed.reason);
            if standing == Standing::Entitled {
                granted(&world, &case).await;
            } else {
                world.ask(&world.applicant, case.id, Ask::Withdraw { reason: "算了".to_owned() }).await;
            }
        }
        // Three were granted: an earlier one would be the fourth.
        let fourth = founded(2017, "2017-03-01").await.expect("sent");
        assert_eq!(fourth.assessed.as_ref().map(|one| one.standing), Some(Standing::NotEntitled));
        world.check().await;
    })
    .await;
}
