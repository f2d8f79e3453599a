//! Finance over a small district.

mod answers;
mod failed;
mod late;
mod proposed;
mod release;
mod returns;
mod sharing;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::{BankAccount, CaseId, PaymentOutcome};
use duixian_casework::command::IfShort;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};

use crate::testing::{Answer, FUND, Who, World, YEAR, evidence, fresh, party};

const FINANCE: Option<Who> = Some(Who::Finance);
const OTHER: Option<Who> = Some(Who::OtherFinance);
/// What whoever fetches a file confirms where another has its other form.
const UNSENT: &[(&str, &str)] = &[("unsent", "1")];

fn fund(rest: &str) -> String {
    format!("/finance/funds/{FUND}/{YEAR}{rest}")
}

/// A batch of the payable case, made through the page.
async fn made(world: &World) -> String {
    let case = world.cases.payable.0.to_string();
    let fields = [("fund", FUND), ("year", "2019"), ("case", case.as_str())];
    let answer = world.post(FINANCE, "/finance/batches", &fields).await;
    answer.is(StatusCode::SEE_OTHER);
    answer.location().to_owned()
}

/// The number of a batch of that address, and what its release form says was seen.
async fn seen(world: &World, href: &str) -> (i64, String) {
    let id: i64 = href.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
    (id, world.store().to_release(id).await.expect("a batch").seen)
}

async fn released(world: &World) -> (String, i64) {
    let href = made(world).await;
    let (id, seen) = seen(world, &href).await;
    for who in [FINANCE, OTHER] {
        world.post(who, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    }
    (href, id)
}

/// A batch that was released and whose file was fetched, so that the bank can answer it.
async fn sent(world: &World) -> (String, i64) {
    let (href, id) = released(world).await;
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    (href, id)
}

/// What an answer leaves for the next page to say, and whether it says that something was done.
fn flash(answer: &Answer) -> (bool, String) {
    let message = answer.cookie("flash").expect("a message");
    let (_, message) = message.split_once('.').expect("a signature");
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(message.as_bytes());
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned())).unwrap_or_default()
    };
    (value("good") == "1", value("zh"))
}

async fn stage(world: &World, case: CaseId) -> Stage {
    world.store().case(case).await.expect("a case").stage
}

#[tokio::test]
async fn every_view_of_a_fund_shows_and_exports_what_it_has() {
    let world = World::new().await;
    let position = world.store().position(FUND, YEAR).await.expect("a position");
    assert_eq!(position.size, Fen(position.paid.0 + position.reserved.0 + position.free.0));
    let answer = world.get(FINANCE, "/finance").await;
    answer.is(StatusCode::OK).says("试验资金 2019年度").says("100.00 <small>万元").says("1,000,000.00");
    answer.says("待拨付（含已列入批次的）");
    for who in [Who::Auditor, Who::Leader, Who::DecisionMaker, Who::Administrator] {
        world.get(Some(who), "/finance").await.is(StatusCode::OK).says_not("等着办的");
    }
    world.get(Some(Who::Agent), "/finance").await.is(StatusCode::FORBIDDEN);
    world.get(FINANCE, &fund("")).await.is(StatusCode::OK).says("30,000.00").says("成果奖励");
    let answer = world.get(FINANCE, &fund("/reservations")).await;
    answer.is(StatusCode::OK).says("与台账一致").says(&position.reserved.to_grouped_yuan());
    world.get(FINANCE, &fund("/reservations?stage=payable&sort=-amount")).await.is(StatusCode::OK).says("30,000.00");
    let answer = world.get(FINANCE, &fund("/transfers?kind=appropriation&since=2019-06-01&until=2019-06-30")).await;
    answer.is(StatusCode::OK).says("年度安排").says("年初预算").says_not("<td role=\"cell\" data-label=\"类别\">预留");
    world.get(FINANCE, &fund("/transfers?since=2030-01-01")).await.is(StatusCode::OK).says("没有符合条件的明细");
    world.get(FINANCE, &fund("/transfers?case=无此号")).await.is(StatusCode::OK).says("没有这个受理号的案件");
    let paid = world.store().case(world.cases.paid).await.expect("a case");
    let number = paid.number.expect("a number");
    let of_case: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let answer = world.get(FINANCE, &fund(&format!("/transfers?case={of_case}"))).await;
    answer.is(StatusCode::OK).says("拨付").says(&number).says_not("年初预算");
    // A part of the number will do, if it is that of one case.
    let digits: String = number.chars().filter(char::is_ascii_digit).skip(4).collect();
    world.get(FINANCE, &fund(&format!("/transfers?case={digits}"))).await.says("拨付").says(&number);
    world.get(FINANCE, &fund("/transfers?case=0000")).await.is(StatusCode::OK).says("请写得完整些");
    for by in ["measure", "clause", "case"] {
        world.get(FINANCE, &fund(&format!("/statement?by={by}"))).await.is(StatusCode::OK).says("与资金状况一致");
    }
    for view in ["", "/reservations", "/transfers", "/statement?by=case", "/statement"] {
        let sign = if view.contains('?') { '&' } else { '?' };
        for format in ["csv", "xlsx"] {
            let answer = world.get(FINANCE, &fund(&format!("{view}{sign}format={format}"))).await;
            answer.is(StatusCode::OK);
            assert!(answer.headers.get("content-disposition").is_some(), "{}", answer.line);
            assert!(answer.bytes.len() > 100, "{}", answer.line);
        }
    }
    world.get(FINANCE, &fund("/statement?by=case&format=csv")).await.says(&number);
    world.get(FINANCE, "/finance/funds/nothing/2019").await.is(StatusCode::NOT_FOUND);
    world.get(FINANCE, "/finance?lang=en").await.is(StatusCode::OK).says("Payment batches");
}

#[tokio::test]
async fn money_is_appropriated_once_and_a_bad_form_keeps_what_was_typed() {
    let world = World::new().await;
    // Where nobody waits for money it is this year's budget, and nothing is booked before it was looked at once more.
    world
        .get(FINANCE, "/finance/appropriate")
        .await
        .is(StatusCode::OK)
        .says("name=\"year\" class=\"short number\" value=\"2019\"");
    let asked = [("fund", FUND), ("year", "2019"), ("amount", "20万"), ("memo", "追加")];
    let check = world.post(FINANCE, "/finance/appropriate", &asked).await;
    check
        .is(StatusCode::OK)
        .says("请核对后登记")
        .says("1,000,000元 → 1,200,000元")
        .says("超过政策写明的规模 1,000,000元")
        .says("试验资金")
        .says("value=\"20万\"");
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").size, Fen::yuan(1_000_000));
    // Money without its grounds is what an audit asks about first: neither checked nor booked.
    for confirmed in ["", "1"] {
        let bare = [("fund", FUND), ("year", "2019"), ("amount", "20万"), ("memo", " "), ("confirmed", confirmed)];
        let bare = if confirmed.is_empty() { &bare[..4] } else { &bare[..] };
        let answer = world.post(FINANCE, "/finance/appropriate", bare).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"memo-error\"").says("请填写依据。");
    }
    let other = [("fund", FUND), ("year", "2021"), ("amount", "20万"), ("memo", "批复〔2021〕1号")];
    world
        .post(FINANCE, "/finance/appropriate", &other)
        .await
        .is(StatusCode::OK)
        .says("2021 年度的第一笔安排")
        .says("今年是 2019 年");
    let next = [("fund", FUND), ("year", "2020"), ("amount", "20万"), ("memo", "批复〔2020〕1号")];
    world.post(FINANCE, "/finance/appropriate", &next).await.is(StatusCode::OK).says_not("今年是");
    let changed = [("fund", FUND), ("year", "2021"), ("amount", "20万"), ("change", "1")];
    world
        .post(FINANCE, "/finance/appropriate", &changed)
        .await
        .is(StatusCode::OK)
        .says("下一步：核对")
        .says("value=\"2021\"");
    let fields = [("fund", FUND), ("year", "2019"), ("amount", "20万"), ("memo", "追加"), ("confirmed", "1")];
    let once = "0123456789abcdef0123456789abcdef";
    for _ in 0..2 {
        let answer = world.post_once(FINANCE, "/finance/appropriate", once, &fields).await;
        answer.leads_to("/finance");
    }
    // It is put forward, once; another person books it.
    let size = async || world.store().position(FUND, YEAR).await.expect("a position").size;
    assert_eq!(size().await, Fen::yuan(1_000_000));
    let waits = world.get(FINANCE, "/finance").await;
    waits.says("安排 200,000元").says("依据：追加").says("须由另一名财务人员确认").says_not("确认入账</button>");
    waits.says("确认以前，这笔钱不能用").says_not("仍可以审定出去");
    let confirm = [("end", "confirm")];
    world.post(FINANCE, "/finance/proposals/1", &confirm).await.leads_to("/finance");
    world.post(Some(Who::DecisionMaker), "/finance/proposals/1", &confirm).await.leads_to("/finance");
    world.post(Some(Who::Administrator), "/finance/proposals/1", &confirm).await.is(StatusCode::FORBIDDEN);
    assert_eq!(size().await, Fen::yuan(1_000_000));
    world.get(OTHER, "/finance?lang=en").await.says("Checked: book it");
    world.post(OTHER, "/finance/proposals/1", &confirm).await.leads_to("/finance");
    world.get(OTHER, "/finance").await.says_not("等第二人确认");
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").size, Fen::yuan(1_200_000));
    let wrong = [("fund", FUND), ("year", "2019"), ("amount", "零"), ("memo", "批复〔2019〕7号")];
    let answer = world.post(FINANCE, "/finance/appropriate", &wrong).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("批复〔2019〕7号").says("id=\"amount-error\"");
    world
        .get(OTHER, "/finance/appropriate?year=2020")
        .await
        .is(StatusCode::OK)
        .says("规模 100.00万元")
        .says_not("2019年规模");
    world.get(Some(Who::Administrator), "/finance/appropriate").await.is(StatusCode::FORBIDDEN);
    world.post(Some(Who::Leader), "/finance/appropriate", &fields).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_year_is_closed_when_it_is_over_by_the_rule_of_its_policy() {
    let world = World::new().await;
    world.get(FINANCE, &fund("/close")).await.is(StatusCode::OK).says("2019年度还没有结束").says_not("name=\"free\"");
    world.post(FINANCE, &fund("/close"), &[("free", "1")]).await.is(StatusCode::CONFLICT);
    let finance = world.actor(Who::Finance).await;
    world.store().advance_clock(&finance, chrono::TimeDelta::days(220)).await.expect("time moves on");
    let before = world.store().position(FUND, YEAR).await.expect("a position");
    let answer = world.get(FINANCE, &fund("/close")).await;
    answer.is(StatusCode::OK).says("余额结转下年").says("试验资金 2020年度").says(&before.free.to_grouped_yuan());
    answer.says("件没有审定</a>").says("仍要办理").says_not("还没有结束，受理到");
    // What will be applied for would find nothing either.
    let (admin, later) = (world.actor(Who::Administrator).await, world.store().now().plus(chrono::TimeDelta::days(30)));
    world.store().change_closing(&admin, &fresh(), world.round, later).await.expect("it is put off");
    world.get(FINANCE, &fund("/close")).await.says("“2019年度第一批”还没有结束，受理到").says("仍要办理");
    world
        .get(FINANCE, &fund("/close?lang=en"))
        .await
        .says("“<span lang=\"zh-CN\">2019年度第一批</span>”, a round of this year");
    let free = before.free.0.to_string();
    let stale = [("free", "1"), ("rule", "carry_over")];
    world.post(FINANCE, &fund("/close"), &stale).await.is(StatusCode::CONFLICT).says("再确认一次");
    let fields = [("free", free.as_str()), ("rule", "carry_over")];
    let once = "00000000000000000000000000000003";
    for _ in 0..2 {
        let answer = world.post_once(FINANCE, &fund("/close"), once, &fields).await;
        answer.leads_to("/finance");
        let told = flash(&answer);
        assert!(told.0 && told.1.starts_with("已登记，等另一名财务人员在资金页确认"), "{told:?}");
    }
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").free, before.free);
    let told = world.get(OTHER, "/finance").await;
    told.says("结转到2020年度").says("这笔钱仍可以审定出去").says_not("这笔钱不能用");
    world.post(OTHER, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to("/finance");
    let after = world.store().position(FUND, YEAR).await.expect("a position");
    assert_eq!((after.free, after.reserved, after.paid), (Fen(0), before.reserved, before.paid));
    assert_eq!(world.store().position(FUND, YEAR + 1).await.expect("a position").size, before.free);
    world.get(FINANCE, &fund("/close")).await.is(StatusCode::OK).says("没有可用余额");
    world.get(FINANCE, &fund("/transfers")).await.says("年末结余结转");
    world
        .get(FINANCE, &fund("/transfers?lang=en"))
        .await
        .says("carried over at the end of the year")
        .says_not("年末结余结转");
    // What was carried over is no appropriation of the new year, whose absence is still told of.
    let reminded = "2020年度还没有安排：</strong>试验资金（只有上年转入）";
    world.get(FINANCE, "/finance").await.says(reminded);
    world.get(FINANCE, &fund("/statement")).await.says("转出下年").says("与资金状况一致");
    // In one row what goes out of the size has the other sign than what came in, on the page as in its exports.
    let csv = world.get(FINANCE, &fund("/statement?format=csv")).await.text();
    let out = format!("-{}", before.free.to_yuan_string());
    assert!(csv.contains(&out), "{csv}");
}

#[tokio::test]
async fn a_batch_is_paid_after_two_people_and_a_file_sent_twice_pays_once() {
    let world = World::new().await;
    let answer = world.get(FINANCE, "/finance/batches/new").await;
    answer.is(StatusCode::OK).says("30,000.00").says("**** 0002").says_not("6222000000000002");
    let href = made(&world).await;
    let (id, seen) = seen(&world, &href).await;
    world.get(FINANCE, &href).await.is(StatusCode::OK).says("6222000000000002").says("OtherFinance");
    world.get(Some(Who::Leader), &href).await.is(StatusCode::OK).says("**** 0002").says_not("6222000000000002");
    world.get(FINANCE, "/finance/batches/new").await.is(StatusCode::OK).says("已经列入批次");
    // Nobody gets the file before two have released it, and nobody can be both.
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::CONFLICT);
    world.post(FINANCE, &format!("{href}/release"), &[("seen", "9:9")]).await.leads_to(&href);
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::Drafted);
    let release = format!("{href}/release");
    world.post(FINANCE, &release, &[("seen", &seen)]).await.leads_to(&href);
    world.post(FINANCE, &release, &[("seen", &seen)]).await.leads_to(&href);
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::HalfReleased);
    world.get(FINANCE, &href).await.says("须由另一人放款").says("aria-disabled");
    world.post(Some(Who::Auditor), &release, &[("seen", &seen)]).await.is(StatusCode::FORBIDDEN);
    world.post(OTHER, &release, &[("seen", &seen)]).await.leads_to(&href);
    // Nobody has it by following a link, nor the second form without a word about the first.
    world.get(FINANCE, &format!("{href}/file/csv")).await.is(StatusCode::SEE_OTHER);
    assert!(world.store().fetched(id).await.expect("who").is_empty());
    world.post(FINANCE, &format!("{href}/file/csv"), &[]).await.is(StatusCode::OK);
    world.post(FINANCE, &format!("{href}/file/pain001"), &[]).await.leads_to(&format!("{href}#bank"));
    world.get(FINANCE, &href).await.says("已查明 CSV 没有送出银行");
    assert_eq!(world.store().fetched(id).await.expect("who").len(), 1);
    for format in ["csv", "pain001"] {
        world.post(FINANCE, &format!("{href}/file/{format}"), UNSENT).await.is(StatusCode::OK).says("6222000000000002");
    }
    world.post(Some(Who::Leader), &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::FORBIDDEN);
    world.post(FINANCE, &format!("{href}/file/exe"), UNSENT).await.is(StatusCode::NOT_FOUND);

    let results = format!("{href}/results");
    let answer = world.get(FINANCE, &format!("{href}/sample?fail=none&form=camt054")).await;
    answer.is(StatusCode::OK);
    let file = answer.bytes.clone();
    let answer = world.post_files(FINANCE, &results, &[], &[("file", "answer.xml", &file)]).await;
    let told = world.follow(FINANCE, &answer).await;
    told.is(StatusCode::OK).says("新记 1 笔").says("已付").says("读入").says("Finance，");
    assert_eq!(stage(&world, world.cases.payable).await, Stage::Paid);
    let paid = world.store().position(FUND, YEAR).await.expect("a position").paid;
    let again = world.post_files(FINANCE, &results, &[], &[("file", "answer.xml", &file)]).await;
    world.follow(FINANCE, &again).await.is(StatusCode::OK).says("没有重复入账");
    // The first report says what it said, to whoever may see where money is.
    world.get(Some(Who::Leader), answer.location()).await.is(StatusCode::OK).says("新记 1 笔").says("Finance，");
    world.get(Some(Who::Reviewer), answer.location()).await.is(StatusCode::FORBIDDEN);
    // It is found again from where files are read, from its batch, and from the list of all.
    let link = format!("href=\"{}\"", answer.location());
    let (_, id) = href.rsplit_once('/').expect("a number");
    let of_batch = format!("/finance/reports?batch={id}");
    world.get(Some(Who::Leader), &href).await.says(&format!("<a href=\"{of_batch}\">1 份不同的文件</a>"));
    for path in ["/finance/results", "/finance/reports", of_batch.as_str()] {
        world.get(FINANCE, path).await.is(StatusCode::OK).says(&link);
    }
    world.get(FINANCE, "/finance/reports?batch=99").await.is(StatusCode::NOT_FOUND);
    world.get(Some(Who::Reviewer), "/finance/reports").await.is(StatusCode::FORBIDDEN);
    world.get(FINANCE, "/finance/results/99").await.is(StatusCode::NOT_FOUND);
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").paid, paid);
    world.get(FINANCE, &href).await.is(StatusCode::OK).says("已对账").says("分毫不差");
    world.get(FINANCE, &format!("{href}?outcome=failed")).await.is(StatusCode::OK).says("没有付款");
    let csv = world.get(Some(Who::Leader), &format!("{href}?format=csv")).await;
    csv.is(StatusCode::OK).says("企业0").says_not("6222000000000002");
    // Its file has what the bank has said, and the batch's number in both its names.
    let batch = world.store().batch(id.parse().expect("a number")).await.expect("a batch");
    let Some(PaymentOutcome::Paid { reference, on }) = batch.lines[0].outcome.clone() else { panic!("it is paid") };
    csv.says("结果,银行流水号,银行付款日,退汇日,失败或退汇的原因").says(&format!("已付,{reference},{on},,"));
    let names = csv.headers["content-disposition"].to_str().expect("ASCII");
    assert_eq!(batch.number, "拨〔2019〕0002");
    let kept = "%E9%80%90%E7%AC%94%E4%BB%98%E6%AC%BE%20%E6%8B%A8%E3%80%942019%E3%80%950002";
    assert_eq!(names, format!("attachment; filename=\"batch-2019-0002.csv\"; filename*=UTF-8''{kept}.csv"));
    let names = world.get(FINANCE, &fund("/statement?format=xlsx")).await;
    let names = names.headers["content-disposition"].to_str().expect("ASCII");
    assert!(names.starts_with("attachment; filename=\"statement-") && names.contains("-2019.xlsx\""), "{names}");
    assert!(names.ends_with("%202019%E5%B9%B4%E5%BA%A6.xlsx"), "{names}");
    world.get(Some(Who::Auditor), "/finance/batches").await.is(StatusCode::OK).says("已对账").says_not("编制批次</a>");
}

#[tokio::test]
async fn what_the_bank_refuses_is_told_with_its_reason_and_keeps_its_money() {
    let world = World::new().await;
    let (href, _) = sent(&world).await;
    let before = world.store().position(FUND, YEAR).await.expect("a position");
    let file = world.get(FINANCE, &format!("{href}/sample?fail=first&form=csv")).await.bytes;
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", &file)]).await;
    world.follow(FINANCE, &answer).await.is(StatusCode::OK).says("收款账户已销户").says("这次新记失败 1 笔");
    assert_eq!(stage(&world, world.cases.payable).await, Stage::PaymentFailed);
    let after = world.store().position(FUND, YEAR).await.expect("a position");
    assert_eq!((after.paid, after.reserved), (before.paid, before.reserved));
    world.get(FINANCE, &href).await.says("有失败的付款").says("分毫不差");
    world.get(FINANCE, "/finance").await.says("拨付失败，等企业更正账户");
    world.get(FINANCE, &fund("/reservations")).await.says("与台账一致");
}

#[tokio::test]
async fn what_does_not_fit_is_told_with_its_case_and_is_not_what_the_bank_said_nothing_of() {
    let world = World::new().await;
    let (href, id) = sent(&world).await;
    let file = world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.text();
    let sent = world.store().batch(id).await.expect("a batch").lines[0].clone();
    let file = file.replace(&sent.amount.to_yuan_string(), "1.00");
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", file.as_bytes())]).await;
    let told = world.follow(FINANCE, &answer).await;
    told.is(StatusCode::OK).says("1 笔对不上没有记").says("银行还没有说到的 0 笔").says("说到但对不上的 1 笔");
    told.says(&format!("<a href=\"/work/cases/{}\">{}</a> {}", sent.case.0, sent.number, sent.party));
    let waits = format!("<a href=\"{href}#doubts\">在批次页等另一名财务人员核实</a>");
    told.says(&waits).says("其中 1 笔等另一名财务人员（不是读入的人）在批次页记下核实结果");
    let report = answer.location().to_owned();
    // The batch goes on saying so: another amount may have left too, whatever answer comes after.
    let batch = world.get(FINANCE, &href).await;
    batch.is(StatusCode::OK).says("银行回单有 1 项待核实").says("银行说 1元").says_not("分毫不差");
    let mut file = world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.bytes;
    // What is not ours is told with what people ask the bank about it by.
    let text = String::from_utf8(file.to_vec()).expect("UTF-8");
    let (head, row) = text.trim_end().split_once('\n').expect("a row");
    let theirs = row.replace(&sent.end_to_end_id, "OTHER1").replace(&sent.amount.to_yuan_string(), "12.30");
    let of = |row: &str, title: &str| {
        let place = head.trim().split(',').position(|one| one.contains(title)).expect("a column");
        row.trim().split(',').nth(place).expect("a cell").to_owned()
    };
    let theirs = theirs.replace(&of(row, "银行流水号"), "THEIRS7");
    file = format!("{head}\n{}\n{}\n", row.trim(), theirs.trim()).into_bytes();
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "b.csv", &file)]).await;
    let told = world.follow(FINANCE, &answer).await;
    told.is(StatusCode::OK).says("第 3 行　OTHER1　12.30元　已付，").says("流水 THEIRS7");
    world.get(FINANCE, &href).await.says("银行回单有 1 项待核实").says("已付 ");
    let end = [("end", "dismiss"), ("grounds", "银行更正了金额，只付出过一次")];
    world.post(OTHER, &format!("{href}/doubts/0"), &end).await.is(StatusCode::SEE_OTHER);
    world.get(FINANCE, &href).await.says_not("待核实").says("只付出过一次").says("分毫不差");
    world.get(FINANCE, &report).await.says("后来都已核实").says_not("等另一名财务人员");
}

#[tokio::test]
async fn a_file_that_is_no_answer_changes_nothing() {
    let world = World::new().await;
    let (href, _) = released(&world).await;
    let results = format!("{href}/results");
    let workbook = world.post_files(FINANCE, &results, &[], &[("file", "a.xlsx", b"PK\x03\x04\x14\0\xff\xfe")]).await;
    workbook.is(StatusCode::UNPROCESSABLE_ENTITY).says("这是 Excel 工作簿").says("另存为 CSV").says_not("GB18030");
    for bytes in [&b"<x>"[..], b"", b"a,b\n1,2\n", b"\xff\xfe"] {
        let answer = world.post_files(FINANCE, &results, &[], &[("file", "a", bytes)]).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("什么也没有记");
    }
    world.post_files(FINANCE, &results, &[], &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("请先选择");
    assert_eq!(stage(&world, world.cases.payable).await, Stage::Payable);
}

#[tokio::test]
async fn a_payment_is_taken_out_and_a_batch_cancelled_before_it_is_released() {
    let world = World::new().await;
    let href = made(&world).await;
    let (id, seen) = seen(&world, &href).await;
    world.post(FINANCE, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    let case = world.cases.payable.0.to_string();
    for unknown in ["4711", "x"] {
        let chosen = [("case", case.as_str()), ("case", unknown)];
        world.post(FINANCE, &format!("{href}/take-out"), &chosen).await.leads_to(&href);
        let batch = world.store().batch(id).await.expect("a batch");
        assert_eq!((batch.lines.len(), batch.stage), (1, BatchStage::HalfReleased), "all or nothing");
    }
    let once = "00000000000000000000000000000001";
    for _ in 0..2 {
        let twice = [("case", case.as_str()), ("case", case.as_str())];
        world.post_once(FINANCE, &format!("{href}/take-out"), once, &twice).await.leads_to(&href);
    }
    let batch = world.store().batch(id).await.expect("a batch");
    assert_eq!((batch.lines.len(), batch.stage), (0, BatchStage::Drafted));
    world.get(FINANCE, &href).await.is(StatusCode::OK).says("没有付款");
    world.post(FINANCE, &format!("{href}/take-out"), &[]).await.leads_to(&href);
    let again = made(&world).await;
    assert_ne!(again, href);
    // One signature is a check, and releases nothing.
    let (id, seen) = self::seen(&world, &again).await;
    world.get(FINANCE, &again).await.says("<dt>放款人</dt><dd>还没有人</dd>");
    world.post(FINANCE, &format!("{again}/release"), &[("seen", &seen)]).await.leads_to(&again);
    world.get(OTHER, &again).await.says("<dt>第一人复核</dt><dd>Finance</dd>").says_not("放款人");
    world.get(OTHER, &format!("{again}?lang=en")).await.says("<dt>Checked by the first</dt>").says_not("Released by");
    // It is cancelled for a reason, which the batch and its cases keep.
    let silent = world.post(OTHER, &format!("{again}/cancel"), &[("reason", " ")]).await;
    assert!(!flash(&silent).0 && flash(&silent).1.contains("作废的理由"), "{:?}", flash(&silent));
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::HalfReleased);
    world.post(OTHER, &format!("{again}/cancel"), &[("reason", "编错了批次")]).await.leads_to(&again);
    let cancelled = world.get(FINANCE, &again).await;
    cancelled.is(StatusCode::OK).says("已作废").says_not("/release\"").says_not("放款人").says_not("第一人复核");
    cancelled.says("<dt>作废</dt><dd>OtherFinance 2019年").says("<dt>作废的理由</dt><dd>编错了批次</dd>");
    let english = world.get(FINANCE, &format!("{again}?lang=en")).await;
    english.says("<dt>Cancelled by</dt><dd>OtherFinance ").says("<span lang=\"zh-CN\">编错了批次</span>");
    let history = world.get(FINANCE, &format!("/work/cases/{case}")).await;
    history.says("整批作废：编错了批次");
    world.get(Some(Who::Agent), &format!("/cases/{case}")).await.is(StatusCode::OK).says_not("编错了批次");
    let kept = world.store().cancelled(id).await.expect("the journal").expect("it is cancelled");
    assert_eq!((kept.by, kept.reason.as_str()), (world.actor(Who::OtherFinance).await.user(), "编错了批次"));
    let batches = world.get(FINANCE, "/finance/batches?format=csv").await.text();
    let row = batches.lines().find(|row| row.contains("已作废")).expect("the batch");
    assert!(row.ends_with("Finance,,"), "nobody has released it: {row}");
    world.get(FINANCE, "/finance/batches/new").await.is(StatusCode::OK).says("name=\"case\"");
    // All that are ready, in one click, and twice.
    let all = [("fund", FUND), ("year", "2019"), ("all", "1"), ("ready", case.as_str())];
    let first = world.post_once(FINANCE, "/finance/batches", "00000000000000000000000000000002", &all).await;
    let second = world.post_once(FINANCE, "/finance/batches", "00000000000000000000000000000002", &all).await;
    first.is(StatusCode::SEE_OTHER);
    assert_eq!(first.location(), second.location());
    let none = world.post(FINANCE, "/finance/batches", &[("fund", FUND), ("year", "2019")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says("没有编成");
    world.get(FINANCE, "/finance/batches/999").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_released_reservation_comes_back_instead_of_going_out_again() {
    let world = World::new().await;
    let upheld = Ask::AnswerObjection { id: 1, upheld: true, text: "成立".to_owned() };
    let decider = world.actor(Who::OtherDecisionMaker).await;
    let done = world.store().ask(&decider, &fresh(), world.cases.objected, upheld).await;
    done.unwrap_or_else(|error| panic!("answered: {error}"));
    let answer = world.get(FINANCE, &fund("/transfers?kind=void")).await;
    let text = answer.is(StatusCode::OK).text();
    let cell = |label: &str| {
        let rest = text.split(&format!("data-label=\"{label}\">")).nth(1).expect("a cell");
        rest.split("</td>").next().unwrap_or("").to_owned()
    };
    assert!(cell("从").contains("（预留）") && !cell("到").contains("（预留）"), "{} {}", cell("从"), cell("到"));
}

/// A decision that waits where its fund is short.
fn waits() -> Ask {
    let (reason, conditions) = ("按规定".to_owned(), Vec::new());
    Ask::Decide { amount: Fen::yuan(60_000), reason, conditions, priority: 2, if_short: IfShort::Queue }
}

/// Leaves 40,000 yuan free: the rest is granted to other results.
async fn drain(world: &World) {
    for result in 10.. {
        let free = world.store().position(FUND, YEAR).await.expect("a position").free;
        let rest = Fen(free.0 - Fen::yuan(40_000).0);
        if rest <= Fen(0) {
            return;
        }
        grant(world, result, rest.min(Fen::yuan(100_000))).await;
    }
}

/// An award that is decided at once, for a result of the agent's first party.
async fn grant(world: &World, result: usize, amount: Fen) {
    grant_to(world, result, amount, "企业0").await;
}

/// The same, to an account of that holder.
async fn grant_to(world: &World, result: usize, amount: Fen, holder: &str) -> CaseId {
    decided(world, result, amount, holder, IfShort::Refuse).await
}

/// The same, where it waits if the fund is short.
async fn decided(world: &World, result: usize, amount: Fen, holder: &str, if_short: IfShort) -> CaseId {
    let new = NewCase {
        round: world.round,
        party: party(0),
        measure: "instant_award".to_owned(),
        basis: format!("R0-{result}"),
    };
    let agent = world.actor(Who::Agent).await;
    let opened = world.store().open_draft(&agent, &fresh(), new).await.expect("a draft");
    let account = BankAccount {
        holder: holder.to_owned(),
        number: "6222000000000002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    let decide = Ask::Decide {
        amount,
        reason: "按规定".to_owned(),
        conditions: vec!["用于研发".to_owned()],
        priority: 1,
        if_short,
    };
    let steps = [
        (Who::Agent, Ask::Save { statements: BTreeMap::new(), account: Some(account) }),
        (Who::Agent, Ask::AddEvidence(evidence())),
        (Who::Agent, Ask::Submit),
        (Who::Intake, Ask::Accept),
        (Who::DecisionMaker, decide),
    ];
    for (who, ask) in steps {
        let what = format!("{ask:?}");
        let actor = world.actor(who).await;
        let done = world.store().ask(&actor, &fresh(), opened.value.id, ask).await;
        done.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    opened.value.id
}
