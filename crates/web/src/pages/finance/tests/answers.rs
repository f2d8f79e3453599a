//! What pages say of a batch whose file nobody has fetched, and of answers that change what was recorded.

use axum::http::StatusCode;
use chrono::TimeDelta;
use duixian_casework::batch::BatchLine;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::batches::REPORT;

use super::{FINANCE, OTHER, UNSENT, fund, grant_to, released, sent, stage};
use crate::testing::{Answer, FUND, Who, World, fresh};

const HEAD: &str = "业务编号,金额,处理结果,银行流水号,入账日期,原因";

/// Reads an answer about the first payment of a batch, and gives the page that says what it did.
async fn read(world: &World, batch: i64, said: &str) -> Answer {
    let line = world.store().batch(batch).await.expect("a batch").lines[0].clone();
    let text = format!("{HEAD}\n{},{},{said}\n", line.end_to_end_id, line.amount.to_yuan_string());
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", text.as_bytes())]).await;
    answer.is(StatusCode::SEE_OTHER);
    world.follow(FINANCE, &answer).await
}

/// A page that was open when the file was fetched asks by this count whether it says something else by now.
async fn page_of_files(world: &World, href: &str, count: usize) {
    let page = world.get(FINANCE, href).await;
    page.says(&format!("data-fetched=\"{count}\"")).says("finance.js").says("下载以后本页会变");
}

#[tokio::test]
async fn a_batch_that_nobody_has_fetched_waits_for_that_and_no_answer_is_taken() {
    let world = World::new().await;
    let (href, id) = released(&world).await;
    let today = world.store().now().day();
    let page = world.get(FINANCE, &href).await;
    page.says("1 笔，合计").says("等下载银行文件").says_not("1 笔，发出").says_not(">未回</");
    page.says("作废这一批").says("移出以后，由两人重新确认");
    world.get(FINANCE, &format!("{href}?lang=en")).await.says("its file for the bank is to be fetched");
    world.get(FINANCE, &format!("{href}?format=csv")).await.says("等下载银行文件");
    world.get(FINANCE, "/finance").await.says("批次等下载银行文件").says_not("批次等银行回单");
    world.get(FINANCE, "/finance/batches").await.says("已放款，银行文件待下载");
    let number = world.store().batch(id).await.expect("a batch").number;
    let told = read(&world, id, &format!("成功,T1,{today},")).await;
    told.is(StatusCode::OK)
        .says("新记 0 笔，1 笔的付款文件还没有送银行，没有记")
        .says(&format!("（批次 {number} 的付款文件还没有人下载）"))
        .says_not("不是本系统");
    page_of_files(&world, &href, 0).await;
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    page_of_files(&world, &href, 1).await;
    world.get(FINANCE, "/finance").await.says("批次等银行回单").says_not("批次等下载银行文件");
    world.get(FINANCE, "/finance/batches").await.says("已放款").says_not("银行文件待下载");
    world
        .get(FINANCE, &href)
        .await
        .says("1 笔，发出")
        .says(">未回</")
        .says_not("等下载银行文件")
        .says_not("作废这一批");
    read(&world, id, &format!("成功,T1,{today},")).await.says("新记 1 笔").says_not("没有送银行");
}

/// A report from before it was kept why a batch was not with the bank is read as it was written.
#[tokio::test]
async fn an_older_report_names_payments_that_were_not_sent_by_pairs() {
    let world = World::new().await;
    let told = serde_json::json!({ "batches": [], "unknown": [], "unreleased": [["DX1", "PC2019-1"]], "ignored": [] });
    let finance = world.actor(Who::Finance).await;
    let report = world.store().keep_report(&finance, &fresh(), REPORT, &told).await.expect("kept").value;
    let page = world.get(FINANCE, &format!("/finance/results/{report}")).await;
    page.is(StatusCode::OK).says("DX1（批次 PC2019-1 没有放款，或者付款文件没有人下载过）");
}

#[tokio::test]
async fn a_payment_that_failed_and_was_made_after_all_says_both() {
    let world = World::new().await;
    let (href, id) = sent(&world).await;
    let today = world.store().now().day();
    read(&world, id, "失败,,,账户已销户").await.says("这次新记失败 1 笔").says_not("原记失败");
    let told = read(&world, id, &format!("成功,T1,{today},")).await;
    told.says("新记 1 笔")
        .says("其中 1 笔原记失败，现改为已付，企业不用再更正账户")
        .says("原记失败，现改为已付；企业不用再更正账户");
    assert_eq!(stage(&world, world.cases.payable).await, Stage::Paid);
    let english = world.get(FINANCE, &format!("{}?lang=en", told.line.trim_start_matches("GET "))).await;
    english.says("recorded as failed before, and as paid now").says("1 of them had failed by what was recorded");
    // Read once more it is known: the batch counts two files, and the list has three readings and says why.
    read(&world, id, &format!("成功,T1,{today},")).await.says("没有新的结果").says_not("原记失败");
    world.get(FINANCE, &href).await.says(&format!("<a href=\"/finance/reports?batch={id}\">2 份不同的文件</a>"));
    let list = world.get(FINANCE, &format!("/finance/reports?batch={id}")).await;
    list.says("同一份文件再读也列在这里");
    assert_eq!(list.text().matches("<a href=\"/finance/results/").count(), 3);
    world.get(FINANCE, "/finance/reports").await.says_not("同一份文件再读也列在这里");
}

#[tokio::test]
async fn what_came_back_is_told_apart_from_what_failed_and_no_day_to_come_is_taken() {
    let world = World::new().await;
    let (href, id) = sent(&world).await;
    let today = world.store().now().day();
    read(&world, id, &format!("成功,T1,{today},")).await;
    let later = today + TimeDelta::days(3);
    let told = read(&world, id, &format!("退汇,T9,{later},账户已销户")).await;
    told.says("1 笔对不上没有记")
        .says(&crate::format::date(duixian_rules::vocabulary::Lang::Zh, later))
        .says("今天以后")
        .says_not("不早于付款日");
    read(&world, id, &format!("退汇,T9,{today},账户已销户")).await;
    let place = world.store().batch(id).await.expect("a batch").doubts.len() - 1;
    let by = [("end", "confirm"), ("grounds", "查过明细")];
    world.post(OTHER, &format!("{href}/doubts/{place}"), &by).await.leads_to(&href);
    let amount = world.store().batch(id).await.expect("a batch").lines[0].amount;
    let page = world.get(FINANCE, &href).await;
    page.says("失败 0.00万元").says(&format!("付后退汇 {}万元", wan(amount)));
    page.says("有付后退汇的付款").says("钱付出以后退了回来").says_not("有失败的付款").says_not("没有付出去");
    // The list and its exports say the same two things.
    let csv = world.get(Some(Who::Auditor), "/finance/batches?format=csv").await.text();
    let rows: Vec<Vec<&str>> = csv.lines().take(2).map(|line| line.split(',').collect()).collect();
    let cell = |title: &str| {
        let place = rows[0].iter().position(|cell| cell.contains(title)).expect("a column");
        rows[1][place].to_owned()
    };
    assert_eq!((cell("失败（元）"), cell("付后退汇（元）")), ("0.00".to_owned(), amount.to_yuan_string()), "{csv}");
    world.get(FINANCE, "/finance/batches").await.says("付后退汇（元）");
    // So does what is read next of the same batch.
    read(&world, id, &format!("退汇,T9,{today},账户已销户")).await.says("付后退汇 ");
    world.get(FINANCE, &fund("/statement")).await.says("与资金状况一致");
}

fn wan(amount: Fen) -> String {
    format!("{}.{:02}", amount.0 / 1_000_000, amount.0 / 10_000 % 100)
}

/// One number twice in a file proves one payment: the other was made too, as the bank says, and is not to be stopped for it.
#[tokio::test]
async fn of_two_paid_by_one_number_the_second_asks_for_its_own_and_what_the_bank_is_at_is_not_called_silent() {
    let world = World::new().await;
    let others =
        [grant_to(&world, 10, Fen::yuan(1_000), "企业0").await, grant_to(&world, 11, Fen::yuan(2_000), "企业0").await];
    let cases: Vec<String> = others.iter().chain([&world.cases.payable]).map(|case| case.0.to_string()).collect();
    let mut fields = vec![("fund", FUND), ("year", "2019")];
    fields.extend(cases.iter().map(|case| ("case", case.as_str())));
    let href = world.post(FINANCE, "/finance/batches", &fields).await.location().to_owned();
    let (id, seen) = super::seen(&world, &href).await;
    for who in [FINANCE, OTHER] {
        world.post(who, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    }
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    let lines = world.store().batch(id).await.expect("a batch").lines;
    let today = world.store().now().day();
    let said =
        |line: &BatchLine, said: &str| format!("{},{},{said}\n", line.end_to_end_id, line.amount.to_yuan_string());
    let paid = format!("成功,S2,{today},");
    let file = format!("{HEAD}\n{}{}{}", said(&lines[0], "处理中,,,"), said(&lines[1], &paid), said(&lines[2], &paid));
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", file.as_bytes())]).await;
    let told = world.follow(FINANCE, &answer).await;
    told.says("新记 1 笔，1 笔对不上没有记").says("银行说还在处理中的 1 笔，1,000元").says("银行还没有说到的 0 笔");
    let page = world.get(FINANCE, &href).await;
    page.says("有 1 笔银行说已付，只是流水号有疑问").says("不用止付：请向银行问清这几笔正确的流水号");
    page.says(&format!("{}</a>：", lines[2].number)).says_not("请立即联系银行止付").says_not("件现在不能付</strong>");
    page.says("查清以前不能再下载").says_not("/file/csv\"");
    world
        .get(FINANCE, &format!("{href}?lang=en"))
        .await
        .says("Nothing is to be stopped")
        .says_not("ask the bank at once");
    // What the bank is done with at another amount can't be stopped any more than what it has paid by another number.
    let odd = format!("{HEAD}\n{},9.99,成功,S3,{today},\n", lines[2].end_to_end_id);
    world.post_files(FINANCE, "/finance/results", &[], &[("file", "b.csv", odd.as_bytes())]).await;
    let page = world.get(FINANCE, &href).await;
    page.says("有 1 笔银行已有回音，只是金额对不上").says("请向银行问清实际付出了多少").says_not("请立即联系银行止付");
    // Another oddity of it is no mere matter of its number or amount.
    let late = today + chrono::TimeDelta::days(3);
    let odd = format!("{HEAD}\n{}", said(&lines[2], &format!("成功,S4,{late},")));
    world.post_files(FINANCE, "/finance/results", &[], &[("file", "d.csv", odd.as_bytes())]).await;
    world.get(FINANCE, &href).await.says("请立即联系银行止付").says_not("只是金额对不上");
    // What the bank is still at alone records nothing, and says why.
    let only = format!("{HEAD}\n{}", said(&lines[0], "处理中,,,"));
    let refused = world.post_files(FINANCE, "/finance/results", &[], &[("file", "c.csv", only.as_bytes())]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("还没有一笔有结果").says_not("（）");
}

/// What the bank calls paid though it can't have been asked for it is no mere mistake in a file: money may have left, and leave once more.
#[tokio::test]
async fn what_was_never_sent_and_is_called_paid_is_warned_of_with_all_that_the_bank_says() {
    let world = World::new().await;
    let href = super::made(&world).await;
    let (id, _) = super::seen(&world, &href).await;
    let (line, today) = (world.store().batch(id).await.expect("a batch").lines[0].clone(), world.store().now().day());
    world.post(FINANCE, &format!("{href}/cancel"), &[("reason", "编错了批次")]).await.leads_to(&href);
    let told = read(&world, id, "失败,,,账户已销户").await;
    told.says("付款文件还没有送银行，没有记").says("第 2 行　30,000元　失败：账户已销户").says("已经作废");
    told.says_not("银行却说已付").says_not("查清以前不要再付");
    let told = read(&world, id, &format!("成功,T1,{today},")).await;
    told.says("有 1 笔没有送过银行，银行却说已付").says("请立即向银行查实").says("30,000元　已付，").says("流水 T1");
    let link = format!("<a href=\"/work/cases/{}\">{}</a>", line.case.0, line.number);
    told.says(&link).says("本件没有另外付过").says_not("但银行还不该收到");
    let report = told.line.trim_start_matches("GET ").to_owned();
    let english = world.get(FINANCE, &format!("{report}?lang=en")).await;
    english.says("The bank calls 1 paid that were never sent to it").says("Its case was not paid otherwise");
    // The report says how its case stands now: under way in another batch, then paid by that.
    let (_, next) = sent(&world).await;
    let batch = world.store().batch(next).await.expect("a batch");
    let other = batch.lines[0].end_to_end_id.clone();
    world.get(FINANCE, &report).await.says(&format!("本件列在批次 {} 里等着付", batch.number));
    read(&world, next, &format!("成功,T2,{today},")).await.says("新记 1 笔");
    world.get(FINANCE, &report).await.says(&format!("本件另有付款 {other} 已付，可能付了两次"));
    // A number that is on record may be of that payment.
    let told = read(&world, id, &format!("成功,T2,{today},")).await;
    told.says(&format!("流水 T2 已经是付款 {other} 的凭据")).says_not("可能付了两次");
}

/// A payment that was taken out of its batch is not in the list of it: whose it was, and who has taken it out, is told with what the bank says.
#[tokio::test]
async fn what_the_bank_says_of_a_payment_that_was_taken_out_is_told_with_its_case() {
    let world = World::new().await;
    let other = grant_to(&world, 10, Fen::yuan(1_000), "企业0").await;
    let cases = [other, world.cases.payable].map(|case| case.0.to_string());
    let fields = [("fund", FUND), ("year", "2019"), ("case", cases[0].as_str()), ("case", cases[1].as_str())];
    let href = world.post(FINANCE, "/finance/batches", &fields).await.location().to_owned();
    let (id, _) = super::seen(&world, &href).await;
    let lines = world.store().batch(id).await.expect("a batch").lines;
    let out = lines.iter().find(|line| line.case == other).expect("its payment").clone();
    world.post(OTHER, &format!("{href}/take-out"), &[("case", &cases[0])]).await.leads_to(&href);
    let (_, seen) = super::seen(&world, &href).await;
    for who in [FINANCE, OTHER] {
        world.post(who, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    }
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    let today = world.store().now().day();
    let file = format!("{HEAD}\n{},{},成功,S7,{today},\n", out.end_to_end_id, out.amount.to_yuan_string());
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", file.as_bytes())]).await;
    let told = world.follow(FINANCE, &answer).await;
    let said = format!("{}：这一批没有这笔付款，银行说：1,000元，", out.end_to_end_id);
    let link = format!("<a href=\"/work/cases/{}\">{}</a>", other.0, out.number);
    for page in [&told, &world.get(OTHER, &href).await] {
        page.says(&said).says("流水 S7").says(&link).says(&format!("这是 {} 的付款，OtherFinance ", out.number));
        page.says("移出本批").says("可能已在记录以外付出").says("本件没有另外付过");
    }
    let english = world.get(OTHER, &format!("{href}?lang=en")).await;
    english.says("number S7").says("which OtherFinance took out of this batch on");
    let end = [("end", "dismiss"), ("grounds", "银行查明没有付出")];
    world.post(OTHER, &format!("{href}/doubts/0"), &end).await.leads_to(&href);
    world.get(OTHER, &href).await.says("银行查明没有付出").says("流水 S7");
}

/// By one number one payment was made: that another has it is said before anyone confirms, and nothing that was typed is lost.
#[tokio::test]
async fn a_number_of_another_payment_is_named_before_it_is_confirmed_and_what_was_typed_stays() {
    let world = World::new().await;
    let case = grant_to(&world, 10, Fen::yuan(1_000), "企业0").await;
    let cases = [case, world.cases.payable].map(|case| case.0.to_string());
    let fields = [("fund", FUND), ("year", "2019"), ("case", cases[0].as_str()), ("case", cases[1].as_str())];
    let href = world.post(FINANCE, "/finance/batches", &fields).await.location().to_owned();
    let (id, seen) = super::seen(&world, &href).await;
    for who in [FINANCE, OTHER] {
        world.post(who, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    }
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    let (lines, today) = (world.store().batch(id).await.expect("a batch").lines, world.store().now().day());
    let says = async |line: &BatchLine, number: &str| {
        let (id, amount) = (&line.end_to_end_id, line.amount.to_yuan_string());
        let file = format!("{HEAD}\n{id},{amount},成功,{number},{today},\n");
        let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", file.as_bytes())]).await;
        answer.is(StatusCode::SEE_OTHER);
    };
    says(&lines[0], "B1").await;
    says(&lines[1], "B2").await;
    says(&lines[1], "B1").await;
    let taken = format!("现在不能确认：银行流水 B1 已经用于 {}", lines[0].end_to_end_id);
    let page = world.get(OTHER, &href).await;
    page.says(&taken).says("aria-describedby=\"no-confirm-0\"").says_not("确认，以银行现在说的为准");
    world.get(OTHER, &format!("{href}?lang=en")).await.says("This can&#39;t be confirmed now");
    // Of a page from before, what was typed is offered for what is left to do.
    let typed = [("end", "confirm"), ("grounds", "查过六月的明细")];
    let refused = world.post(OTHER, &format!("{href}/doubts/0"), &typed).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"doubt-error\"").says("一笔流水只能证明一笔");
    refused.says(">查过六月的明细</textarea>").says("<details class=\"confirm\" open>");
    // Once the bank says the same of the other, both are set right in one.
    says(&lines[0], "B2").await;
    let page = world.get(OTHER, &href).await;
    page.says("两笔记成了对方的流水：确认以后一并更正").says("确认，以银行现在说的为准").says_not(&taken);
    world.post(OTHER, &format!("{href}/doubts/0"), &typed).await.leads_to(&href);
    world.get(OTHER, &href).await.says_not("待核实").says("查过六月的明细");
}
