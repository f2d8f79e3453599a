//! Money that came back, as everyone reads it: who confirms it, the firm, the public, the auditor; and who fetched the file.

use axum::http::StatusCode;
use duixian_casework::batch::BatchLine;
use duixian_casework::case::BankAccount;
use duixian_casework::stage::Stage;
use duixian_store::cases::Ask;
use duixian_store::search::JournalFilter;

use super::{FINANCE, OTHER, UNSENT, released, stage};
use crate::testing::{FUND, Who, World, YEAR, fresh};

const AUDITOR: Option<Who> = Some(Who::Auditor);

async fn read(world: &World, text: &str) -> String {
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", text.as_bytes())]).await;
    answer.is(StatusCode::SEE_OTHER);
    answer.location().to_owned()
}

/// A batch all of whose payments the bank has made: its page, a payment of it, and the file that says that this one came back today.
async fn paid(world: &World) -> (String, BatchLine, String) {
    let (href, id) = super::sent(world).await;
    read(world, &world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.text()).await;
    let line = world.store().batch(id).await.expect("a batch").lines[0].clone();
    let (today, amount) = (world.store().now().day(), line.amount.to_grouped_yuan().replace(',', ""));
    let row = format!("{},{amount},退汇,T9,{today},销户", line.end_to_end_id);
    (href, line, format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{row}\n"))
}

#[tokio::test]
async fn money_that_came_back_is_told_to_everyone_and_confirmed_by_another() {
    let world = World::new().await;
    let (href, id) = super::sent(&world).await;
    let case = world.cases.payable;
    let paid = world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.text();
    read(&world, &paid).await;
    let line = world.store().batch(id).await.expect("a batch").lines[0].clone();
    let (payment, number) = (line.end_to_end_id.clone(), line.number.clone());
    let back = |day: &str| {
        let amount = line.amount.to_grouped_yuan().replace(',', "");
        format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{payment},{amount},退汇,T9,{day},账户已销户\n")
    };
    // One without a day may tell of what was before: it waits for a second person, and takes the sign of all being well.
    read(&world, &back("")).await;
    let page = world.get(FINANCE, &href).await;
    page.says("银行先说已付，又说于").says("须由另一名财务人员核实").says_not("分毫不差");
    let today = world.store().now().day().to_string();
    let report = read(&world, &back(&today)).await;
    world.get(FINANCE, &report).await.says("待第二人确认").says("账户已销户").says_not("没有新的结果");
    let page = world.get(FINANCE, &href).await;
    page.says("银行先说已付，又说于").says_not("确认，钱在账上");
    page.says("回单待核实").says_not("已对账");
    page.says("<li aria-current=\"step\">读入回单</li><li>对账完成</li>");
    world.get(AUDITOR, "/finance/batches").await.says("回单待核实");
    // It stands where finance begins its day, and its case is not closed meanwhile.
    let funds = world.get(OTHER, "/finance").await;
    funds.says("已付又说退回或失败的，等第二人核实").says(&number).says(&line.party).says(&format!("{href}#doubts"));
    let close = world.get(OTHER, &format!("/work/cases/{}", case.0)).await;
    close.says("对本件付款的说法等第二人核实");
    let arrived = world.get(None, "/paid").await;
    arrived.says("已到账 ").says_not("被银行退回");
    let end = |place: usize| format!("{href}/doubts/{place}");
    let by = [("end", "confirm"), ("grounds", "查过明细")];
    world.post(FINANCE, &end(0), &by).await.leads_to(&href);
    assert_eq!(stage(&world, case).await, Stage::Paid, "who has read it confirms nothing");
    world.post(Some(Who::DecisionMaker), &end(0), &by).await.is(StatusCode::FORBIDDEN);
    world.get(OTHER, &href).await.says("确认，钱在账上").says("维持原记录");
    world.get(OTHER, &format!("{href}?lang=en")).await.says("Confirm: the money is there");
    world.post(OTHER, &end(0), &by).await.leads_to(&href);
    assert_eq!(stage(&world, case).await, Stage::PaymentFailed);
    let page = world.get(FINANCE, &href).await;
    page.says("付后退汇").says("T9").says("已确认：查过明细").says_not("待核实");

    let agent = Some(Who::Agent);
    world
        .get(agent, "/messages?show=todo")
        .await
        .says("付出的款项被银行退回，请更正收款账户")
        .says("账户已销户")
        .says("退回日");
    world.get(agent, &format!("/cases/{}", case.0)).await.says("已付款项被银行退回");
    let public = world.get(None, "/paid").await;
    public.says("银行退回，待重新拨付").says(&number);
    public.says("另有 1 笔（").says("列在下面、不计入合计");
    world.get(FINANCE, "/finance").await.says_not("退汇，等第二人核实");
    world.get(FINANCE, &format!("/work/cases/{}", case.0)).await.says("退汇").says("退汇流水 T9");
    world.get(None, "/paid?lang=en").await.says("sent back by the bank");
    world.get(FINANCE, &super::fund("/statement")).await.says("与资金状况一致").says("退回").says("净拨付");
    // What came back is taken off its measure, so that no row of its own takes it off the fund; the figure opens what adds up to it.
    let fund = world.get(FINANCE, &super::fund("")).await;
    fund.says_not("退回与更正").says("measure=instant_award\"").says("/statement?by=case\"");
    let position = world.store().position(super::FUND, super::YEAR).await.expect("a position");
    for one in &position.by_measure {
        let measure: String = form_urlencoded::byte_serialize(one.measure.as_bytes()).collect();
        let path = super::fund(&format!("/statement?by=case&measure={measure}"));
        world.get(FINANCE, &path).await.says("只列这一措施").says_not("与资金状况一致").says_not("不一致");
        let csv = world.get(FINANCE, &format!("{path}&format=csv")).await.text();
        let statement = world.store().measure_statement(super::FUND, super::YEAR, &one.measure).await.expect("it");
        assert_eq!(one.paid.0, statement.total.paid.0 - statement.total.returned.0, "{csv}");
        assert_eq!(csv.lines().count(), 1 + statement.lines.len(), "{csv}");
    }

    // Another account: whoever releases the next batch reads from which to which, and the auditor the whole way.
    let account = BankAccount { number: "6222000000001799".to_owned(), ..line.account.clone() };
    let actor = world.actor(Who::Agent).await;
    world.store().ask(&actor, &fresh(), case, Ask::CorrectAccount(account)).await.expect("corrected");
    let (next, _) = {
        let href = super::made(&world).await;
        let (id, _) = super::seen(&world, &href).await;
        (href, id)
    };
    let old = &line.account.number;
    let page = world.get(OTHER, &next).await;
    page.says("放款以前请看").says("付出以后于").says(&format!("本次账户与上次不同：{old} → 6222000000001799"));
    let leader = world.get(Some(Who::Leader), &next).await;
    leader.says("本次账户与上次不同：**** ").says("→ **** 1799").says_not("6222000000001799");
    world.get(AUDITOR, &next).await.says("6222000000001799");
    world.get(AUDITOR, &format!("/work/cases/{}", case.0)).await.says(old).says("6222000000001799");
    world
        .get(Some(Who::Reviewer), &format!("/work/cases/{}", case.0))
        .await
        .says("尾号 1799")
        .says_not("6222000000001799");
    for asked in [payment.as_str(), "T9"] {
        let answer = world.get(AUDITOR, &format!("/audit/money?q={asked}")).await;
        answer.says("付后退汇").says("退回资金：").says("更正收款账户").says("6222000000001799");
        // What came back goes to the fund and is set aside anew, in that order, as the journal has it.
        let text = answer.text();
        let places = ["付后退汇", "退回资金：", "预留："].map(|words| text.rfind(words).expect("it is told"));
        assert!(places.is_sorted(), "{places:?}");
    }
}

/// The number that money came back from is told of under another bank's name too.
#[tokio::test]
async fn a_number_that_money_came_back_from_is_told_before_it_is_paid_to_again() {
    let world = World::new().await;
    let (href, line, back) = paid(&world).await;
    read(&world, &back).await;
    let confirm = [("end", "confirm"), ("grounds", "查过明细")];
    world.post(OTHER, &format!("{href}/doubts/0"), &confirm).await.leads_to(&href);
    let account = BankAccount { bank: "另一银行".to_owned(), ..line.account.clone() };
    let agent = world.actor(Who::Agent).await;
    world.store().ask(&agent, &fresh(), line.case, Ask::CorrectAccount(account)).await.expect("corrected");
    let choose = format!("/finance/batches/new?fund={FUND}&year={YEAR}");
    let told = format!("▲ 这个账号在 {} 付过，银行退回：销户", line.end_to_end_id);
    world.get(FINANCE, &choose).await.is(StatusCode::OK).says(&told);
    // Before the release it is the last one, which is told with the bank's old name and its new one.
    let next = super::made(&world).await;
    let page = world.get(OTHER, &next).await;
    page.says(&format!("上一笔 {} 付出以后于", line.end_to_end_id)).says("另一银行").says_not("这个账号在");
}

#[tokio::test]
async fn who_fetched_which_file_is_shown_and_the_other_form_warned_of() {
    let world = World::new().await;
    let (href, _) = released(&world).await;
    world.get(FINANCE, &href).await.says_not("已有人下载").says_not("付款文件下载过");
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    world.get(OTHER, &href).await.says("CSV 已有人下载").says("付款文件下载过 1 次").says("SHA-256");
    let page = world.get(OTHER, &href).await;
    page.says("已查明 CSV 没有送出银行").says_not("，确认 CSV 没有送出").says_not("，确认 pain.001 没有送出");
    // The store refuses what a page that was opened before does not ask for.
    let unasked = world.post(OTHER, &format!("{href}/file/pain001"), &[]).await;
    unasked.leads_to(&format!("{href}#bank"));
    assert_eq!(super::flash(&unasked), (false, "CSV 已有人下载：请先勾选确认它没有送出，再下载 pain.001".to_owned()));
    world.post(OTHER, &format!("{href}/file/pain001"), UNSENT).await.is(StatusCode::OK);
    world.get(FINANCE, &href).await.says("两种格式都已有人下载").says("，确认 CSV 没有送出");
    let page = world.get(AUDITOR, &format!("{href}?lang=en")).await;
    page.says("was fetched 2 time(s)").says("confirming that the CSV was not sent");
    // So does the journal.
    let fetched = Some("batch.file_fetched".to_owned());
    let filter = JournalFilter { kind: fetched, per_page: 1, ..JournalFilter::default() };
    let entry = world.store().journal(&filter).await.expect("the journal").rows.remove(0);
    world.get(AUDITOR, &format!("/audit/entries/{}", entry.seq)).await.is(StatusCode::OK).says("确认没有送出的");
    // What the bank has answered was sent: only a copy of that is there to be fetched.
    let answer = world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.text();
    read(&world, &answer).await;
    let page = world.get(FINANCE, &href).await;
    page.says("送出的是 pain.001").says("/file/pain001\"").says_not("/file/csv\"").says_not("name=\"unsent\"");
    let other = world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await;
    assert!(
        super::flash(&other).1.starts_with("银行已有这一批的回单，pain.001 已经送出"),
        "{:?}",
        super::flash(&other)
    );
    world.post(FINANCE, &format!("{href}/file/pain001"), &[]).await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_payment_of_a_batch_that_was_not_released_is_named_in_the_readers_language() {
    let world = World::new().await;
    let href = super::made(&world).await;
    let (id, _) = super::seen(&world, &href).await;
    let batch = world.store().batch(id).await.expect("a batch");
    let (line, today) = (&batch.lines[0], world.store().now().day());
    let amount = line.amount.to_grouped_yuan().replace(',', "");
    let payment = &line.end_to_end_id;
    let text = format!("业务编号,金额,处理结果,银行流水号,入账日期\n{payment},{amount},成功,T1,{today}\n");
    let report = read(&world, &text).await;
    world
        .get(FINANCE, &report)
        .await
        .says("新记 0 笔，1 笔的付款文件还没有送银行，没有记")
        .says(&format!("{payment}（批次 {} 还没有放款）", batch.number))
        .says_not("不是本系统");
    let english = world.get(FINANCE, &format!("{report}?lang=en")).await;
    english
        .says("0 recorded, 1 were not sent to the bank and were not")
        .says(&format!("{payment} (batch {} is not released yet)", batch.number))
        .says_not("没有放款");
    // It is found among what was read, with the batch that it speaks of.
    world.get(FINANCE, "/finance/reports").await.says(&batch.number);
    assert_eq!(stage(&world, world.cases.payable).await, Stage::Payable);
}

#[tokio::test]
async fn a_payment_that_was_ended_is_no_refusal() {
    let world = World::new().await;
    let (_, batch) = super::sent(&world).await;
    let store = world.store();
    let line = store.batch(batch).await.expect("a batch").lines[0].clone();
    let amount = line.amount.to_grouped_yuan().replace(',', "");
    let payment = &line.end_to_end_id;
    read(&world, &format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{payment},{amount},失败,,,账户已销户\n"))
        .await;
    let days = chrono::TimeDelta::days(40);
    store.advance_clock(&duixian_casework::people::Actor::System, days).await.expect("later");
    let end = Ask::ProposeEnding { reason: "逾期没有更正账户".to_owned() };
    let case = world.cases.payable;
    store.ask(&world.actor(Who::Finance).await, &fresh(), case, end).await.expect("put forward");
    // The second person is told, and sees what is to be ended and why; the firm is not told yet.
    world.get(OTHER, "/finance").await.says("已提请终止拨付，等第二人确认").says("awaits=finance");
    let list = world.get(OTHER, "/work?view=all&awaits=finance").await;
    list.is(StatusCode::OK).says(&format!("/work/cases/{}", case.0)).says("待第二人确认");
    world.get(FINANCE, &format!("/work/cases/{}", case.0)).await.says("终止拨付由您提请，须由另一名财务人员确认");
    let page = world.get(OTHER, &format!("/work/cases/{}", case.0)).await;
    page.says("已提请终止拨付").says("提请，理由：逾期没有更正账户").says("不终止拨付");
    let before = world.get(Some(Who::Agent), &format!("/cases/{}", case.0)).await;
    before.is(StatusCode::OK).says_not("终止拨付告知书").says_not("提请终止");
    // With the account corrected what was put forward comes to nothing, and the history says so to who reads of it at all.
    let account = store.case(case).await.expect("the case").account.expect("an account");
    let corrected = Ask::CorrectAccount(BankAccount { number: "6222000000000009".to_owned(), ..account });
    let other = World::new().await;
    let (_, batch) = super::sent(&other).await;
    let again = other.store().batch(batch).await.expect("a batch").lines[0].end_to_end_id.clone();
    read(&other, &format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{again},{amount},失败,,,账户已销户\n"))
        .await;
    other.store().advance_clock(&duixian_casework::people::Actor::System, days).await.expect("later");
    let end = Ask::ProposeEnding { reason: "逾期没有更正账户".to_owned() };
    other.store().ask(&other.actor(Who::Finance).await, &fresh(), case, end).await.expect("put forward");
    other.store().ask(&other.actor(Who::Agent).await, &fresh(), case, corrected).await.expect("corrected");
    let told = "提请的终止拨付随之作废";
    other.get(OTHER, &format!("/work/cases/{}", case.0)).await.is(StatusCode::OK).says(told);
    other
        .get(Some(Who::Agent), &format!("/cases/{}", case.0))
        .await
        .is(StatusCode::OK)
        .says("更正收款账户")
        .says_not(told);
    store.ask(&world.actor(Who::OtherFinance).await, &fresh(), case, Ask::EndPayment).await.expect("ended");
    let page = world.get(Some(Who::Agent), &format!("/cases/{}", case.0)).await;
    page.is(StatusCode::OK)
        .says("终止拨付告知书")
        .says("为什么终止拨付")
        .says_not("决定书之二")
        .says_not("为什么没有支持");
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/ending", case.0)).await;
    letter
        .is(StatusCode::OK)
        .says("终〔")
        .says("银行说明的原因是：账户已销户。")
        .says("逾期没有更正账户。")
        .says("行政复议");
    world.get(Some(Who::Agent), "/messages").await.says("拨付已经终止").says("《终止拨付告知书》");
    world.get(Some(Who::Auditor), &format!("/work/cases/{}", case.0)).await.says("提请终止拨付").says("终止拨付");
    let number: String = form_urlencoded::byte_serialize(line.number.as_bytes()).collect();
    let trail = world.get(Some(Who::Auditor), &format!("/audit/money?q={number}")).await;
    trail.says("终止拨付").says("逾期没有更正账户").says("释放预留：");
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", case.0)).await;
    letter.is(StatusCode::OK).says("予以支持").says("款项无法拨付，已终止").says_not("不予支持");
}

/// A return that never was: put forward on the batch's page, in finance's list and on its case while it waits, confirmed by another.
#[tokio::test]
async fn a_return_that_never_was_is_put_forward_and_confirmed_by_another() {
    let world = World::new().await;
    let (href, line, back) = paid(&world).await;
    let (case, payment) = (world.cases.payable, line.end_to_end_id.as_str());
    world.get(FINANCE, &href).await.says_not("退汇记错了");
    read(&world, &back).await;
    world.get(OTHER, &href).await.says_not("可不填");
    let silent = world.post(OTHER, &format!("{href}/doubts/0"), &[("end", "confirm")]).await;
    silent.is(StatusCode::UNPROCESSABLE_ENTITY).says("请填写核实的经过和依据").says("<details class=\"confirm\" open>");
    assert_eq!(stage(&world, case).await, Stage::Paid);
    let by = [("end", "confirm"), ("grounds", "查过明细")];
    world.post(OTHER, &format!("{href}/doubts/0"), &by).await.leads_to(&href);
    assert_eq!(stage(&world, case).await, Stage::PaymentFailed);

    world.get(AUDITOR, &href).await.says_not("退汇记错了");
    world.get(FINANCE, &format!("{href}?lang=en")).await.says("A return was recorded wrongly?");
    let said = [("payment", payment), ("reason", "明细里没有这笔退汇"), ("proof", "三月明细第七页")];
    let to = format!("{href}/not-returned");
    world.post(Some(Who::DecisionMaker), &to, &said).await.is(StatusCode::FORBIDDEN);
    let empty = world.post(FINANCE, &to, &said[..2]).await;
    assert_eq!(super::flash(&empty), (false, "请填写银行的凭据".to_owned()));
    assert!(super::flash(&world.post(FINANCE, &to, &said).await).0);
    let page = world.get(FINANCE, &href).await;
    page.says("其实没有退回：明细里没有这笔退汇（凭据：三月明细第七页）").says("须由另一名财务人员核实");
    let greyed = "已有人提出这笔退汇记错了，等另一名财务人员核实";
    page.says(greyed).says_not("name=\"proof\"");
    world.get(OTHER, &format!("{href}?lang=en")).await.says("is put forward already").says_not("name=\"proof\"");
    world.get(OTHER, "/finance").await.says("其实没有退回").says(&format!("{href}#doubts"));
    world.get(OTHER, &format!("/work/cases/{}", case.0)).await.says("对本件付款的说法等第二人核实");
    world.get(OTHER, &href).await.says("确认，没有退回");
    world.post(OTHER, &format!("{href}/doubts/1"), &[("end", "confirm")]).await.leads_to(&href);
    assert_eq!(stage(&world, case).await, Stage::Paid);
    world.get(FINANCE, &href).await.says_not("退汇记错了？").says("分毫不差");

    // Officials read it in the history of the case, the applicant that it was so, and whoever follows the money where that is told.
    let seen = world.get(Some(Who::Reviewer), &format!("/work/cases/{}", case.0)).await;
    seen.says("退汇记错了，钱没有退回").says("Finance提出，另一人确认");
    let seen = world.get(Some(Who::Reviewer), &format!("/work/cases/{}?lang=en", case.0)).await;
    seen.says("The return was a mistake: the money never came back").says("put forward by Finance");
    let own = world.get(Some(Who::Agent), &format!("/cases/{}", case.0)).await;
    own.says("退回一事记录有误").says_not("三月明细第七页").says_not("Finance");
    let money = world.get(AUDITOR, &format!("/audit/money?q={payment}")).await;
    money.says("退汇记错了，钱没有退回").says("三月明细第七页");
    let of_case = format!("/finance/funds/{FUND}/{YEAR}/transfers?case={}", line.number);
    world.get(AUDITOR, &of_case).await.says("退回（记错了：钱没有退回").says("号退回记错了）");
    world.get(AUDITOR, &format!("{of_case}&format=csv&lang=en")).await.says("a mistake: it never came back");
    let raised = Some("batch.doubt_raised".to_owned());
    let filter = JournalFilter { kind: raised, per_page: 1, ..JournalFilter::default() };
    let entry = world.store().journal(&filter).await.expect("the journal").rows.remove(0);
    let entry = world.get(AUDITOR, &format!("/audit/entries/{}", entry.seq)).await;
    entry.says("提出退汇记录有误").says("银行的凭据").says("明细里没有这笔退汇");
}

/// Somebody has looked into what the bank said, and let the record stand: officials and the auditor read it where the case and its money are
/// told, the applicant does not.
#[tokio::test]
async fn that_the_record_stands_is_told_with_its_case() {
    let world = World::new().await;
    let (href, line, back) = paid(&world).await;
    let (case, payment) = (world.cases.payable, line.end_to_end_id.as_str());
    read(&world, &back).await;
    let page = format!("/work/cases/{}", case.0);
    world.get(Some(Who::Intake), &page).await.says_not("回单已核实");
    let stands = [("end", "dismiss"), ("grounds", "明细里钱没有回来")];
    world.post(OTHER, &format!("{href}/doubts/0"), &stands).await.leads_to(&href);
    let seen = world.get(Some(Who::Intake), &page).await;
    seen.says("回单已核实，维持原记录").says("Finance读入，另一人核实：明细里钱没有回来").says("T9");
    let seen = world.get(Some(Who::Intake), &format!("{page}?lang=en")).await;
    seen.says("The bank&#39;s answer looked into: the record stands").says("read by Finance");
    world
        .get(AUDITOR, &format!("/audit/money?q={payment}"))
        .await
        .says("回单已核实，维持原记录")
        .says("明细里钱没有回来");
    let own = world.get(Some(Who::Agent), &format!("/cases/{}", case.0)).await;
    own.says_not("维持原记录").says_not("明细里钱没有回来");
}
