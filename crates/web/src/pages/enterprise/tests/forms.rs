//! The form of an application by the rules of a real programme: what is asked, how it may be answered, and what is said beforehand.

use std::path::Path;

use duixian_casework::case::{Case, CaseId, CellRef, Defect, DefectAbout};
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_store::StoreError;
use duixian_store::cases::CaseFilter;

use super::*;
use crate::testing::{Answer, YEAR, account, evidence, open_round};

/// What cases go by that were begun before: no pack takes their place without it.
const OF_OLD: &str = "## 九 旧办法

每项属实的成果最多奖励 10 万元。

```兑现
事项 成果 (results)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  完成日 (done_on) 日期
  属实 (genuine) 是否

资金 试验资金 (trial_fund)
  规模 每年 100万元 自 2018年 起

措施 成果奖励 (result_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金

措施 即办奖励 (instant_award)
  对象 每项 成果
  基准日 完成日
  条件 属实
  支付 不超过 10万元
  资金 试验资金

事项 试制 (trials)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  完成日 (done_on) 日期
  量产 (in_production) 是否 空即未发生

措施 试制奖励 (trial_award)
  对象 每项 试制
  基准日 完成日
  条件 量产
  支付 不超过 10万元
  限额 同一 信用代码 一次
  资金 试验资金
```
";

/// What most national standards are called.
const STANDARD: &str = "GB/T 38628-2018";

/// A round by the rules of Nanming, with the first party in the district and two certificates of its own.
async fn nanming(world: &World) -> i64 {
    let store = world.store();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/nanming-2017");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the pack")
        .map(|file| file.expect("a file").path())
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path))
        .map(|(name, path)| (name, std::fs::read_to_string(path).expect("a text")))
        .collect();
    files.push(("9-旧办法.md".to_owned(), OF_OLD.to_owned()));
    files.sort();
    let pack = store.install_pack(&Actor::System, &fresh(), files).await;
    let pack = pack.unwrap_or_else(|error| panic!("the pack is sound: {error}")).value;
    let tables = tempfile::tempdir().expect("a folder");
    let (first, second) = (party(0), party(1));
    let parties =
        format!("code,name,district,moved_in_on\n{first},企业0,520102,\n{second},企业1,520102,{YEAR}-02-01\n");
    std::fs::write(tables.path().join("enterprises.csv"), parties).expect("a table");
    let recognitions = format!(
        "id,code,kind,recognised_on,valid_until\nGR1,{first},high_tech_enterprise,{YEAR}-03-01,2022-02-28\n\
         GR2,{first},high_tech_enterprise,{YEAR}-04-01,2022-03-31\n"
    );
    std::fs::write(tables.path().join("recognitions.csv"), recognitions).expect("a table");
    let standards = format!("id,code,level,role,published_on\n{STANDARD},{first},national,lead,{YEAR}-03-01\n");
    std::fs::write(tables.path().join("standards.csv"), standards).expect("a table");
    open_round(store, "南明第一批", pack, tables.path()).await
}

/// Where an application for a measure begins, for the first party.
fn apply(round: i64, measure: &str) -> String {
    format!("/my/{}/apply/{round}/{measure}", party(0))
}

/// Begins an application for a basis that the registry does not have; its address.
async fn begun(world: &World, start: &str, basis: &str) -> String {
    let answer = world.post(AGENT, start, &[("basis", basis), ("anyway", "beside")]).await;
    answer.is(StatusCode::SEE_OTHER);
    answer.location().trim_end_matches("/edit").to_owned()
}

fn id(case: &str) -> CaseId {
    CaseId(case.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number"))
}

async fn stored(world: &World, case: &str) -> Case {
    world.store().case(id(case)).await.expect("the case")
}

fn cell(table: &str, row: &str, column: &str) -> CellRef {
    CellRef { table: table.to_owned(), row: row.to_owned(), column: column.to_owned() }
}

/// Hands in all that a case needs beside its facts.
async fn handed_in(world: &World, case: &str) {
    let (store, agent) = (world.store(), world.actor(Who::Agent).await);
    let scene = store.context_of(&stored(world, case).await).await.expect("its surroundings");
    let account = Some(account("企业0", "6222000000000002"));
    store.ask(&agent, &fresh(), id(case), Ask::Save { statements: BTreeMap::new(), account }).await.expect("saved");
    for kind in scene.procedure.required_evidence {
        let piece = duixian_casework::command::NewEvidence { kind, ..evidence() };
        store.ask(&agent, &fresh(), id(case), Ask::AddEvidence(piece)).await.expect("handed in");
    }
}

#[track_caller]
fn says(page: &Answer, text: &str) {
    page.says(text);
}

async fn send(world: &World, case: &str) -> Answer {
    let seen = stored(world, case).await.version.to_string();
    world.post(AGENT, &format!("{case}/submit"), &[("agree", "yes"), ("what", "submit"), ("version", &seen)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_answered_has_not_never_happened() {
    let world = world().await;
    let round = nanming(&world).await;
    let case = begun(&world, &apply(round, "new_drug_award"), "国药1").await;
    let (row, check) = (format!("{case}/edit/row-1"), format!("{case}/edit/check"));
    let page = world.get(AGENT, &row).await;
    page.is(StatusCode::OK).says("投产日：没有发生").says("空着的算没有填").says("投产日指新药组织生产销售之日。");
    page.says_not("没有发生的，留空");
    // Before anything is typed, everything that is missing is named, each with its field.
    let wanted = ["类别", "类号", "获证日", "投产日"].map(|fact| format!("请填写认证 国药1 · {fact}"));
    let bare = world.get(AGENT, &check).await;
    wanted.iter().for_each(|text| says(&bare, text));
    bare.says_not("填完就能算出结果").says(&format!("{row}?from=check#f1"));
    let together = world.get(AGENT, &format!("/my/{}/together/{round}/new_drug_award/check", party(0))).await;
    wanted.iter().for_each(|text| says(&together, text));
    together.says_not("填完就能算出结果").says(&format!("{row}?from=check#f1"));

    world.typed(&row, &[("f2", "drug"), ("f1", ""), ("f3", ""), ("f4", ""), ("go", "next")]).await;
    handed_in(&world, &case).await;
    let page = world.get(AGENT, &check).await;
    page.is(StatusCode::OK).says("还缺 3 项").says("还不能判定").says_not("尚未发生").says_not("仍然可以提交");
    wanted[1..].iter().for_each(|text| says(&page, text));
    page.says("投产日；没有发生的，勾选“没有发生”");
    world.get(AGENT, &case).await.says("还缺 3 项");
    world.get(AGENT, &format!("{case}/edit")).await.leads_to(&row);
    send(&world, &case).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("还缺3项");
    assert_eq!(stage(&world, id(&case).0).await, Stage::Draft);

    // What is refused on other grounds says no more for anyone; only what stands in a column of its own is asked still.
    let live = world.typed(&format!("{row}/autosave"), &[("f2", "drug"), ("f3", "4"), ("f4", "2019-02-01")]).await;
    live.is(StatusCode::OK).says("还没有填：投产日");

    // Both at once is neither.
    let both =
        [("f2", "drug"), ("f1", "2019-03-01"), ("n1", "yes"), ("f3", "三类"), ("f4", "2019-02-01"), ("go", "next")];
    world.typed(&row, &both).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("请只留一个");

    // That it has not happened is said, and kept as it was said.
    let said = [("f2", "drug"), ("f1", ""), ("n1", "yes"), ("f3", "三类"), ("f4", "2019-02-01"), ("go", "next")];
    world.typed(&row, &said).await.is(StatusCode::SEE_OTHER);
    let statements = stored(&world, &case).await.statements;
    assert_eq!(statements[&cell("certifications", "国药1", "production_started_on")].value, "");
    assert_eq!(statements[&cell("certifications", "国药1", "class")].value, "3");
    world.get(AGENT, &row).await.says("name=\"n1\" value=\"yes\" checked");
    world.get(AGENT, &check).await.says("依据的事项尚未发生").says("仍然可以提交").says_not("还缺").says("没有发生");
    // Nobody is held to what they have ticked.
    world.typed(&row, &[("f2", "drug"), ("f1", ""), ("f3", "3"), ("f4", "2019-02-01"), ("go", "next")]).await;
    send(&world, &case).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("还缺1项");
    let happened = [("f2", "drug"), ("f1", "2019-03-01"), ("f3", "Ⅲ"), ("f4", "2019-02-01"), ("go", "next")];
    world.typed(&row, &happened).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, &check).await.says("最多1,000,000元").says_not("还缺");
    send(&world, &case).await.leads_to(&case);
    assert_eq!(stage(&world, id(&case).0).await, Stage::Submitted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_is_cleared_takes_back_what_it_said_beside_a_choice_too() {
    let world = world().await;
    let case = begun(&world, &apply(nanming(&world).await, "trial_award"), "试1").await;
    let row = format!("{case}/edit/row-1");
    let in_production = cell("trials", "试1", "in_production");
    let page = world.get(AGENT, &row).await;
    let page = page.is(StatusCode::OK).says("量产：没有发生").text();
    let absent = page.split("name=\"n").nth(1).and_then(|rest| rest.split('"').next()).expect("the box");
    let (absent, field) = (format!("n{absent}"), format!("f{absent}"));
    world.typed(&format!("{row}/autosave"), &[(&absent, "yes")]).await.is(StatusCode::OK);
    assert_eq!(stored(&world, &case).await.statements[&in_production].value, "");
    world.typed(&format!("{row}/autosave"), &[("go", "next")]).await.is(StatusCode::OK);
    assert!(!stored(&world, &case).await.statements.contains_key(&in_production));
    world.typed(&row, &[(&field, "true"), ("go", "next")]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(stored(&world, &case).await.statements[&in_production].value, "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_once_by_the_partys_code_is_granted_once_to_the_party() {
    let world = world().await;
    let start = apply(nanming(&world).await, "trial_award");
    let first = begun(&world, &start, "试1").await;
    let page = world.get(AGENT, &format!("{first}/edit/row-1")).await.text();
    let absent = page.split("name=\"n").nth(1).and_then(|rest| rest.split('"').next()).expect("the box");
    let chosen = format!("f{absent}");
    let day = if absent == "1" { "f2" } else { "f1" };
    world.typed(&format!("{first}/edit/row-1"), &[(&chosen, "true"), (day, "2019-03-01")]).await;
    handed_in(&world, &first).await;
    send(&world, &first).await.leads_to(&first);
    world.get(AGENT, &start).await.is(StatusCode::OK).says("每家只支持一次，本单位已有一件在办");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_with_gaps_by_any_door() {
    let world = world().await;
    let round = nanming(&world).await;
    let case = begun(&world, &apply(round, "device_registration"), "械1").await;
    let row = format!("{case}/edit/row-1");
    world.typed(&row, &[("f2", "device"), ("f3", "3"), ("go", "next")]).await.is(StatusCode::SEE_OTHER);
    handed_in(&world, &case).await;
    // By no other door either: silence is no word, whoever takes it for one.
    let (store, agent, intake) = (world.store(), world.actor(Who::Agent).await, world.actor(Who::Intake).await);
    let refused = store.ask(&agent, &fresh(), id(&case), Ask::Submit).await;
    let named = |refusal: &Refusal| refusal.text(duixian_rules::vocabulary::Lang::Zh).contains("投产日");
    assert!(matches!(&refused, Err(StoreError::Refused(refusal)) if named(refusal)), "{refused:?}");
    // Sent whole, it is sent back; what was said of the day is taken back, and is asked for again.
    world.typed(&row, &[("f2", "device"), ("f3", "3"), ("n1", "yes"), ("go", "next")]).await;
    store.ask(&agent, &fresh(), id(&case), Ask::Submit).await.expect("it is sent");
    let sent = stored(&world, &case).await;
    assert_eq!(sent.assessed.expect("it was assessed").reason.0, "依据的事项尚未发生");
    world.get(AGENT, &case).await.is(StatusCode::OK).says("依据的事项尚未发生").says_not("还缺");
    let defects = vec![Defect { about: DefectAbout::Other, text: "请补充说明".to_owned() }];
    store.ask(&intake, &fresh(), id(&case), Ask::AskCorrection { defects }).await.expect("it is sent back");
    world.typed(&row, &[("f2", "device"), ("f3", "3"), ("f1", ""), ("go", "next")]).await;
    world.get(AGENT, &format!("{case}/edit/check")).await.says("还缺 1 项").says("请填写认证 械1 · 投产日");
    let again = store.ask(&agent, &fresh(), id(&case), Ask::Resubmit { answers: vec![String::new()] }).await;
    assert!(matches!(&again, Err(StoreError::Refused(refusal)) if named(refusal)), "{again:?}");
    world.typed(&row, &[("f2", "device"), ("f3", "3"), ("n1", "yes"), ("go", "next")]).await;
    world.get(AGENT, &format!("{case}/edit/check")).await.says_not("还缺");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_rule_comes_to_is_asked_for() {
    let world = world().await;
    let round = nanming(&world).await;
    let optional = |page: &Answer, field: &str| {
        let text = page.text();
        let label = text.split(&format!("<label for=\"{field}\">")).nth(1).expect("the field").to_owned();
        label.split("</label>").next().is_some_and(|label| label.contains("选填"))
    };
    for (place, is_optional) in [(0, true), (1, false)] {
        let start = format!("/my/{}/apply/{round}/software_recognition", party(place));
        let case = begun(&world, &start, "软1").await;
        let page = world.get(AGENT, &format!("{case}/edit/row-1")).await;
        page.is(StatusCode::OK).says("有效期止指证书有效期的最后一天");
        let text = page.text();
        let field = text.split("<label for=\"").skip(1).find(|rest| rest.contains(">有效期止")).expect("the field");
        let field = field.split('"').next().expect("its name").to_owned();
        assert_eq!(optional(&page, &field), is_optional, "whoever moved in is asked until when it was valid");
        let check = world.get(AGENT, &format!("{case}/edit/check")).await;
        let wanted = "请填写认定 软1 · 有效期止";
        if is_optional {
            check.says_not(wanted)
        } else {
            check.says(wanted)
        };
        check.says("请填写认定 软1 · 认定日");
        // What may not have happened need not be filled in by whoever says that it has not.
        let known = world.get(AGENT, &format!("{case}/edit/known")).await.text();
        let control = known.split("没有发生的，留空").nth(1).and_then(|rest| rest.split("<input").nth(1));
        let control = control.and_then(|rest| rest.split('>').next()).expect("the control");
        assert!(control.contains("type=\"date\"") && !control.contains("aria-required"), "{control}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_is_told_with_how_long_it_is_and_none_of_it_is_lost() {
    let world = world().await;
    let case = format!("/cases/{}/edit", world.cases.draft.0);
    let (known, check) = (format!("{case}/known"), format!("{case}/check"));
    let long = "长".repeat(501);
    let typed = [("f2", "false"), ("w2", long.as_str()), ("go", "next")];
    // It is kept as it is typed, and told.
    let live = world.typed(&format!("{known}/autosave"), &typed).await;
    live.is(StatusCode::OK).says("\"w2\":\"最多500个字，现在有501个。\"");
    live.says("\"saved\":true").says("：为什么”现在还用不了：最多500个字，现在有501个。");
    let page = world.typed(&known, &typed).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"w2-error\"").says("最多500个字，现在有501个。").says(&long);
    world.get(AGENT, &known).await.is(StatusCode::OK).says(&long).says("现在还用不了：最多500个字");
    world.get(AGENT, &check).await.says("为什么：最多500个字，现在有501个。");
    let fits = "长".repeat(500);
    world.typed(&known, &[("f2", "false"), ("w2", &fits), ("go", "next")]).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, &check).await.is(StatusCode::OK).says(&fits).says_not("最多500个字");
    // So it is with an account; and a number that looks right says why it is none.
    let account = format!("{case}/account");
    let bank = "行".repeat(71);
    let typed = [("holder", "企业0"), ("number", "6222\u{200b}000000000002"), ("bank", bank.as_str()), ("go", "next")];
    let page = world.typed(&account, &typed).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).says("开户行最多70个字，现在有71个。").says(&bank);
    page.says("账号里有看不见的字符，请清空后重新手打。").says_not("位数字。");
    world.get(AGENT, &account).await.is(StatusCode::OK).says(&bank);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_that_ends_before_it_begins_is_warned_of_and_an_amount_is_read_as_rules_write_it() {
    let world = world().await;
    let round = nanming(&world).await;
    let case = begun(&world, &apply(round, "software_recognition"), "软1").await;
    let row = format!("{case}/edit/row-1");
    let page = world.get(AGENT, &row).await.text();
    let field = |label: &str| {
        let rest = page.split("<label for=\"").skip(1).find(|rest| rest.contains(&format!("\">{label}")));
        rest.and_then(|rest| rest.split('"').next()).expect("the field").to_owned()
    };
    let (begins, ends) = (field("认定日"), field("有效期止"));
    let typed = [(begins.as_str(), "2018-06-01"), (ends.as_str(), "2017-06-01"), ("f2", "software_enterprise")];
    let live = world.typed(&format!("{row}/autosave"), &typed).await;
    let doubt = "有效期止（2017年6月1日）早于认定日（2018年6月1日），请核对。";
    live.is(StatusCode::OK).says(doubt);
    for page in [row.clone(), format!("{case}/edit/check")] {
        world.get(AGENT, &page).await.is(StatusCode::OK).says(doubt);
    }
    // Among several that go together, each doubt names its application.
    handed_in(&world, &case).await;
    let together = format!("/my/{}/together/{round}/software_recognition/check", party(0));
    world.get(AGENT, &together).await.is(StatusCode::OK).says(&format!("软1：{doubt}"));
    let mended = [typed[0], (ends.as_str(), "2019-06-01"), typed[2]];
    world.typed(&format!("{row}/autosave"), &mended).await.says(&format!("\"doubt-{ends}\":\"\""));

    let case = begun(&world, &apply(round, "ip_industrialisation"), "品1").await;
    let row = format!("{case}/edit/row-1");
    let page = world.get(AGENT, &row).await;
    page.is(StatusCode::OK).says("达产日指产品产值达到 100 万元之日。").says("1.3亿");
    let text = page.text();
    let money = text.split("data-money").nth(1).and_then(|rest| rest.split("name=\"").nth(1)).expect("an amount");
    let money = money.split('"').next().expect("its name").to_owned();
    world.typed(&format!("{row}/autosave"), &[(money.as_str(), "1.3亿")]).await.says("\"unusable\":\"\"");
    assert_eq!(
        stored(&world, &case).await.statements[&cell("ip_products", "品1", "output_value")].value,
        "130000000.00"
    );
    // What is kept and can't be used is said wherever one goes from it.
    let wrong = [(money.as_str(), "一大笔"), ("go", "leave")];
    world.typed(&format!("{row}/autosave"), &wrong).await.says("已保存的“产值”现在还用不了：请写数字金额");
    let left = world.typed(&row, &wrong).await;
    left.leads_to(&case);
    assert!(left.cookie("flash").is_some_and(|told| told.contains("good=0")), "{left:?}");
    world.get(AGENT, &row).await.is(StatusCode::OK).says("已保存的“产值”现在还用不了");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_application_of_what_each_party_has_once_is_warned_of() {
    let world = world().await;
    let round = nanming(&world).await;
    let start = apply(round, "high_tech_recognition");
    world.get(AGENT, &start).await.is(StatusCode::OK).says("开始填写").says_not("本单位已有一件在办");
    let first = world.post(AGENT, &format!("{start}/GR1"), &[]).await;
    let first = first.location().trim_end_matches("/edit").to_owned();
    handed_in(&world, &first).await;
    send(&world, &first).await.leads_to(&first);
    let number = stored(&world, &first).await.number.expect("a number");
    // Before it is begun, however it is named, and on the page from which it would be sent.
    for path in [start.clone(), format!("{start}/GR2")] {
        let page = world.get(AGENT, &path).await;
        page.is(StatusCode::OK)
            .says("每家只支持一次，本单位已有一件在办")
            .says(&format!("<a href=\"{first}\">{number}</a>"));
    }
    let warned = world.post(AGENT, &format!("{start}/GR2"), &[]).await;
    warned.is(StatusCode::OK).says("先获准的先占");
    let second = begun(&world, &start, "GR9").await;
    let fields = [("f1", "2019-05-01"), ("f2", "high_tech_enterprise"), ("go", "next")];
    world.typed(&format!("{second}/edit/row-1"), &fields).await.is(StatusCode::SEE_OTHER);
    let check = world.get(AGENT, &format!("{second}/edit/check")).await;
    check.is(StatusCode::OK).says("另有1件申请尚未审定").says(&format!("<a href=\"{first}\">{number}</a>"));
    // The warning of one does not hide that of the other: the same certificate once more.
    let same = world.post(AGENT, &start, &[("basis", "GR1"), ("anyway", "beside")]).await;
    same.is(StatusCode::OK).says("这一项已经申请过");
    // Two that go together are rivals, too.
    let together = format!("/my/{}/together/{round}/high_tech_recognition", party(0));
    world.post(AGENT, &together, &[("basis", "GR2")]).await.is(StatusCode::SEE_OTHER);
    let agent = world.actor(Who::Agent).await;
    let filter = CaseFilter { text: Some("GR2".to_owned()), ..CaseFilter::default() };
    let third = world.store().cases(&agent, &filter).await.expect("cases").rows[0].id.0;
    for case in [second, format!("/cases/{third}")] {
        handed_in(&world, &case).await;
    }
    let check = world.get(AGENT, &format!("{together}/check")).await;
    check.is(StatusCode::OK).says("可以提交 2 件").says("这2件里，只能有一件获得支持").says("另有1件申请尚未审定");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_sent_is_not_offered_and_says_so_to_the_end() {
    let world = world().await;
    let taken = format!("/my/{}/apply/{}/result_award/R0-1", party(0), world.round);
    let first = format!("/cases/{}", world.cases.submitted.0);
    world.get(AGENT, &taken).await.is(StatusCode::OK).says("看已有的申请").says(&first).says_not("仍要再填一份");
    // One that was begun all the same says so on its last page, and has nothing to press.
    let begun = world.post(AGENT, &taken, &[("anyway", "yes")]).await;
    let case = begun.location().trim_end_matches("/edit").to_owned();
    handed_in(&world, &case).await;
    let number = stored(&world, &first).await.number.expect("a number");
    let check = world.get(AGENT, &format!("{case}/edit/check")).await;
    check
        .is(StatusCode::OK)
        .says(&format!("同一项已有 {number} 在办；在它撤回、不予受理或者不予支持以前，这一件提交不了"))
        .says(&format!("<a href=\"{first}\">{number}</a>"));
    check.says_not("value=\"send\"").says_not("填好后就能提交");
    let together = format!("/my/{}/together/{}/result_award/check", party(0), world.round);
    world.get(AGENT, &together).await.says(&format!("<a href=\"{first}\">同一项已有 {number} 在办"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_with_a_stroke_goes_all_the_way() {
    let world = world().await;
    let round = nanming(&world).await;
    let start = apply(round, "standard_lead");
    let listed = format!("{start}/GB%2FT%2038628-2018");
    world.get(AGENT, &start).await.is(StatusCode::OK).says(&format!("href=\"{listed}\""));
    world.get(AGENT, &listed).await.is(StatusCode::OK).says(STANDARD).says("30万元");
    let case = world.post(AGENT, &listed, &[]).await;
    let case = case.location().trim_end_matches("/edit").to_owned();
    assert_eq!(stored(&world, &case).await.subject.basis, STANDARD);
    let dispute = [("f1", "2019-04-01"), ("w1", "公告上是四月"), ("go", "next")];
    world.typed(&format!("{case}/edit/known"), &dispute).await.is(StatusCode::SEE_OTHER);
    let said = stored(&world, &case).await.statements;
    assert_eq!(said[&cell("standards", STANDARD, "published_on")].value, "2019-04-01");
    handed_in(&world, &case).await;
    send(&world, &case).await.leads_to(&case);
    world.get(AGENT, &case).await.is(StatusCode::OK).says(STANDARD);
    let agent = world.actor(Who::Agent).await;
    for text in [STANDARD, "gbt 38628"] {
        let filter = CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
        let found = world.store().cases(&agent, &filter).await.expect("cases").rows;
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [id(&case)], "{text}");
    }
    // However it is written, it is the same: there is one already.
    world.get(AGENT, &format!("{start}/GBT38628-2018")).await.is(StatusCode::OK).says("这一项已经申请过");
    let own = begun(&world, &start, "GB/T 1-2019").await;
    assert_eq!(stored(&world, &own).await.subject.basis, "GB/T 1-2019");
    let fields = [("f1", "2019-05-01"), ("f2", "lead"), ("f3", "national"), ("go", "next")];
    world.typed(&format!("{own}/edit/row-1"), &fields).await.is(StatusCode::SEE_OTHER);
    handed_in(&world, &own).await;
    world.get(AGENT, &format!("{own}/edit/check")).await.says("标准 GB/T 1-2019 · 发布日").says("300,000元");
    send(&world, &own).await.leads_to(&own);
}
