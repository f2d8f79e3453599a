//! An auditor's day.

mod found;

use axum::http::StatusCode;

use duixian_casework::case::PaymentOutcome;
use duixian_casework::command::IfShort;
use duixian_casework::people::{Actor, Role};
use duixian_money::Fen;
use duixian_store::cases::Ask;
use duixian_store::funds::Proposed;
use duixian_store::people::NewUser;
use duixian_store::search::JournalFilter;

use crate::testing::{FUND, PASSWORD, Who, World, YEAR, fresh};

const AUDITOR: Option<Who> = Some(Who::Auditor);

#[tokio::test]
async fn the_journal_is_searched_and_checked() {
    let world = World::new().await;
    world.get(AUDITOR, "/audit").await.is(StatusCode::OK).says("登录").says("共 ");
    let number = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    let q: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let found = world.get(AUDITOR, &format!("/audit?q={q}&kind=case.")).await;
    found.is(StatusCode::OK).says("提交申请").says("到账").says_not("开批");
    world.get(AUDITOR, "/audit?q=nothing").await.is(StatusCode::OK).says("没有找到这样的案件");
    world.get(AUDITOR, "/audit?who=3&from=2019-06-03&to=2019-06-03").await.is(StatusCode::OK).says("Intake");
    world.get(AUDITOR, "/audit?from=2030-01-01").await.says("没有符合条件的记录");
    // Of a quiet day most entries say that someone came or went.
    let but_sessions = world.get(AUDITOR, "/audit?kind=without-sessions&who=3&format=csv").await;
    but_sessions.is(StatusCode::OK).says("受理").says_not("登录");
    let checked = world.post(AUDITOR, "/audit/verify", &[]).await;
    checked.is(StatusCode::OK).says("检查通过");
    world.get(AUDITOR, "/audit?kind=round.&format=csv").await.is(StatusCode::OK).says("开批");
    // What an export is read without the portal for: amounts, reasons and whoever they concern.
    let decided = world.get(AUDITOR, "/audit?kind=case.&format=csv").await;
    decided.is(StatusCode::OK).says("内容").says("金额：30,000元").says_not("6222000000000002");
}

#[tokio::test]
async fn an_entry_shows_its_hash_and_no_account() {
    let world = World::new().await;
    let mut has_masked = false;
    for seq in 1..80 {
        let entry = world.get(AUDITOR, &format!("/audit/entries/{seq}")).await;
        if entry.status == StatusCode::NOT_FOUND {
            break;
        }
        entry.is(StatusCode::OK).says("与内容相符").says_not("6222000000000002").says_not("6222000000000001");
        has_masked |= entry.text().contains("**** 0002");
    }
    assert!(has_masked, "an account was recorded");
    let decided = JournalFilter { kind: Some("case.decided".into()), ..JournalFilter::default() };
    let seq = world.store().journal(&decided).await.expect("entries").rows[0].seq;
    let told = world.get(AUDITOR, &format!("/audit/entries/{seq}")).await;
    told.is(StatusCode::OK).says("<dt>金额</dt><dd>30,000元</dd>").says("日志原文");
    world.get(AUDITOR, "/audit/entries/999999").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_fen_is_followed_from_the_appropriation_to_the_account() {
    let world = World::new().await;
    let number = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    let q: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    // The end of a number will do; a name that several have is left to choose from.
    let short = number.trim_end_matches(|one: char| !one.is_ascii_digit());
    let digits: String = short.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
    world.get(AUDITOR, &format!("/audit/money?q={digits}")).await.is(StatusCode::OK).says("从资金支出：30,000元");
    let party: String = form_urlencoded::byte_serialize("企业0".as_bytes()).collect();
    for area in ["/audit", "/audit/money"] {
        let several = world.get(AUDITOR, &format!("{area}?q={party}")).await;
        several.is(StatusCode::OK).says("请选一件").says(&number).says(&format!("href=\"{area}?q={q}\""));
    }
    let page = world.get(AUDITOR, &format!("/audit/money?q={q}")).await;
    page.is(StatusCode::OK).says("预算安排：1,000,000元").says("预留：30,000元").says("从资金支出：30,000元");
    // Who audits reads the account whole: it is by it that the money went where it should.
    page.says("6222000000000002").says("即办奖励").says("放款：Finance、OtherFinance");
    let paid = world.store().case(world.cases.paid).await.expect("a case").payments[0].clone();
    let Some(PaymentOutcome::Paid { reference, .. }) = paid.outcome else { panic!("it is paid") };
    let number_of_payment = paid.end_to_end_id.clone();
    for bank in [paid.end_to_end_id, reference] {
        world.get(AUDITOR, &format!("/audit/money?q={bank}")).await.says("从资金支出：30,000元").says("即办奖励");
    }
    world.get(AUDITOR, "/audit/money?q=x").await.is(StatusCode::OK).says("没有找到这样的案件、付款号、批次号");
    let small = number_of_payment.to_lowercase();
    assert_ne!(small, number_of_payment);
    world.get(AUDITOR, &format!("/audit/money?q={small}")).await.says("从资金支出：30,000元");
}

/// A payment of a batch that was cancelled is followed to it, to who released it and to who cancelled it; what came into the fund
/// after the money was set aside is none of it.
#[tokio::test]
async fn a_payment_of_a_cancelled_batch_is_followed_too() {
    let world = World::new().await;
    let store = world.store();
    let (finance, other) = (world.actor(Who::Finance).await, world.actor(Who::OtherFinance).await);
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR, Fen::yuan(7_000), "以后追加").await.expect("more money");
    let made =
        store.make_batch(&finance, &fresh(), FUND, YEAR, vec![world.cases.payable]).await.expect("a batch").value;
    let batch = store.batch(made).await.expect("a batch");
    for by in [&finance, &other] {
        let seen = store.to_release(made).await.expect("a batch").seen;
        store.release(by, &fresh(), made, &seen, Vec::new()).await.expect("signed");
    }
    store.cancel(&other, &fresh(), made, "账户有误").await.expect("cancelled");
    let again =
        store.make_batch(&finance, &fresh(), FUND, YEAR, vec![world.cases.payable]).await.expect("a batch").value;
    let again = store.batch(again).await.expect("a batch");
    for text in [batch.lines[0].end_to_end_id.as_str(), &batch.number, &again.number] {
        let page = world.get(AUDITOR, &format!("/audit/money?q={}", query(text))).await;
        page.is(StatusCode::OK).says(&format!("批次 {}：30,000元", batch.number)).says("放款：Finance、OtherFinance");
        page.says(&format!("批次 {}作废", batch.number)).says("账户有误");
        page.says(&format!("批次 {}：30,000元", again.number)).says_not("第一人复核");
        page.says("预算安排：1,000,000元").says_not("以后追加");
    }
    let fund = world.get(AUDITOR, &format!("/audit/money?q={}", query("试验资金"))).await;
    fund.says("以后追加");
    // Who released it stays on record where it was cancelled afterwards.
    let shown = world.get(AUDITOR, &format!("/finance/batches/{made}")).await;
    shown.is(StatusCode::OK).says("<dt>放款人</dt><dd>Finance、OtherFinance</dd>").says("已作废");
    world.get(AUDITOR, "/finance/batches?format=csv").await.says("Finance、OtherFinance,2019-");
}

fn query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The newest entry of a kind, as its page shows it.
async fn newest(world: &World, kind: &str) -> crate::testing::Answer {
    let filter = JournalFilter { kind: Some(kind.to_owned()), per_page: 1, ..JournalFilter::default() };
    let seq = world.store().journal(&filter).await.expect("entries").rows[0].seq;
    world.get(AUDITOR, &format!("/audit/entries/{seq}")).await
}

#[tokio::test]
async fn an_amount_and_a_fund_are_followed_too() {
    let world = World::new().await;
    let number = async |id| world.store().case(id).await.expect("a case").number.expect("a number");
    let (paid, payable) = (number(world.cases.paid).await, number(world.cases.payable).await);
    for typed in ["30,000元", "30000", "3万元"] {
        let page = world.get(AUDITOR, &format!("/audit/money?q={}", query(typed))).await;
        page.is(StatusCode::OK).says("金额是 30,000元 的 2 件");
        let text = page.text();
        let at = |number: &str| text.find(&format!("q={}", query(number))).expect("the case is offered");
        assert!(at(&paid) < at(&payable), "what was paid comes first");
    }
    world.get(AUDITOR, &format!("/audit/money?q={}", query("12345元"))).await.says("没有找到");
    let fund = world.get(AUDITOR, &format!("/audit/money?q={}", query("试验资金"))).await;
    fund.is(StatusCode::OK).says("资金从哪里来，到哪里去").says("预算安排：1,000,000元").says("年初预算");
    fund.says("href=\"/finance/funds/trial_fund/2019\"").says("/finance/funds/trial_fund/2019/reservations\"");
    // A year alone is the beginning of a number, and so is a part of one.
    for digits in ["2019", "20", "201"] {
        world.get(AUDITOR, &format!("/audit/money?q={digits}")).await.says_not("资金从哪里来");
    }
    let with_year = world.get(AUDITOR, &format!("/audit/money?q={}", query("试验资金 2019年度"))).await;
    with_year.says("资金从哪里来，到哪里去");
}

#[tokio::test]
async fn what_was_set_aside_and_let_go_again_is_no_case_of_its_amount() {
    let world = World::new().await;
    let money = |text: &str| format!("/audit/money?q={}", query(text));
    world.get(AUDITOR, &money("30,000元")).await.says("金额是 30,000元 的 2 件");
    // The case that is shown is none of the others.
    let number = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let short = digits.trim_start_matches("2019").to_owned();
    let shown = world.get(AUDITOR, &money(&short)).await;
    shown.is(StatusCode::OK).says("从资金支出：30,000元").says("付款号").says_not("业务编号").says_not("另有");
    let agent = world.actor(Who::Agent).await;
    let withdraw = Ask::Withdraw { reason: "不要了".to_owned() };
    world.store().ask(&agent, &fresh(), world.cases.payable, withdraw).await.expect("withdrawn");
    world.get(AUDITOR, &money("30,000元")).await.says("金额是 30,000元 的 1 件");
}

#[tokio::test]
async fn an_amount_that_is_a_case_number_too_is_said_to_be_that_of_others() {
    let world = World::new().await;
    let store = world.store();
    let number = store.case(world.cases.paid).await.expect("a case").number.expect("a number");
    let serial = number.chars().rev().filter(char::is_ascii_digit).take(6).collect::<Vec<char>>();
    let serial: String = serial.into_iter().rev().collect();
    let yuan: i64 = serial.parse().expect("digits");
    let decide = Ask::Decide {
        amount: Fen::yuan(yuan),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Refuse,
    };
    let decider = world.actor(Who::DecisionMaker).await;
    store.ask(&decider, &fresh(), world.cases.reviewed, decide).await.expect("decided");
    let page = world.get(AUDITOR, &format!("/audit/money?q={serial}")).await;
    page.is(StatusCode::OK).says("从资金支出：30,000元").says("另有 1 件的金额是");
}

/// However much has left a fund since, all that came into it is told, and only that.
#[tokio::test]
async fn what_came_into_a_fund_is_told_whole_and_by_what_brought_it() {
    let world = World::new().await;
    let store = world.store();
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR, Fen::yuan(7_000), "追加").await.expect("more money");
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR + 1, Fen::yuan(5), "明年").await.expect("money");
    let incoming = super::money::incoming(&world.portal, FUND, YEAR).await.expect("transfers");
    let told: Vec<(&str, i64)> = incoming.iter().map(|row| (row.kind, row.transfer.amount.0)).collect();
    assert_eq!(told, [("appropriation", 700_000), ("appropriation", 100_000_000)]);
    let entries = super::money::entries_of(&world.portal, &incoming).await.expect("entries");
    assert_eq!(entries.len(), 2, "each is on the journal");
    // What is carried on to the next year came into that one.
    let (finance, other) = (world.actor(Who::Finance).await, world.actor(Who::OtherFinance).await);
    store.advance_clock(&finance, chrono::TimeDelta::days(220)).await.expect("time moves on");
    let free = store.position(FUND, YEAR).await.expect("a position").free;
    let close = Proposed::Close(duixian_ledger::CarryRule::CarryOver);
    let put = store.propose(&finance, &fresh(), close, (FUND, YEAR), free, "").await.expect("put forward").value;
    store.end_proposal(&other, &fresh(), put, true, "").await.expect("it is closed");
    let kinds = async |year| {
        let rows = super::money::incoming(&world.portal, FUND, year).await.expect("transfers");
        rows.into_iter().map(|row| row.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(YEAR).await, ["appropriation", "appropriation"]);
    assert_eq!(kinds(YEAR + 1).await, ["appropriation", "carry_over"]);
    let changes = super::money::changes(&world.portal, FUND, YEAR).await.expect("transfers");
    let changed: Vec<&str> = changes.iter().map(|row| row.kind).collect();
    assert_eq!(changed, ["appropriation", "appropriation", "carry_over"]);
}

/// What an export has met is not looked up again, nor what there is not.
#[tokio::test]
async fn what_entries_name_is_looked_up_once() {
    let world = World::new().await;
    let mut met = super::refs::Met::new();
    let id = world.cases.paid.0;
    let shown = super::refs::case(&world.portal, id, &mut met).await.expect("an answer").expect("the case");
    assert_eq!(super::refs::case(&world.portal, 999_999, &mut met).await.expect("an answer"), None);
    assert_eq!(super::refs::batch(&world.portal, 999_999, &mut met).await.expect("an answer"), None);
    assert_eq!(met.len(), 3, "{met:?}");
    // What is remembered is what is given, whatever there is by now.
    let other = super::refs::Shown { href: None, ..shown };
    met.insert((super::labels::Is::Case, id), Some(other.clone()));
    assert_eq!(super::refs::case(&world.portal, id, &mut met).await.expect("an answer"), Some(other));
}

#[tokio::test]
async fn entries_lead_to_what_they_name() {
    let world = World::new().await;
    let store = world.store();
    let (id, number) = (world.cases.paid.0, store.case(world.cases.paid).await.expect("a case").number.expect("one"));
    let journal = world.get(AUDITOR, &format!("/audit?q={}", query(&number))).await;
    journal.says("资金划转：预留").says("资金划转：拨付").says(&format!("/audit/money?q={}", query(&number)));
    world
        .get(AUDITOR, "/audit?kind=transfer")
        .await
        .says("资金划转：安排")
        .says("/finance/funds/trial_fund/2019/transfers");
    let transfer = newest(&world, "transfer").await;
    transfer.says("资金划转：拨付").says(&format!("<dd><a href=\"/work/cases/{id}\">{number}</a></dd>"));
    transfer.says("<dt>所结的预留</dt><dd><a href=\"/audit/money?q=");
    let batch = store.case(world.cases.paid).await.expect("a case").payments[0].batch;
    let listed = newest(&world, "case.put_in_batch").await;
    listed.says(&format!("<dt>批次</dt><dd><a href=\"/finance/batches/{batch}\">"));
    // An export tells them by the same numbers.
    world.get(AUDITOR, "/audit?kind=transfer&format=csv").await.says(&format!("案件：{number}"));
}

#[tokio::test]
async fn what_the_bank_says_and_nobody_has_looked_into_stands_where_the_money_is_followed() {
    let world = World::new().await;
    let case = world.store().case(world.cases.paid).await.expect("a case");
    let (number, payment) = (case.number.expect("a number"), case.payments[0].clone());
    let money = format!("/audit/money?q={}", query(&number));
    world.get(AUDITOR, &money).await.says_not("回单待核实");
    let today = world.store().now().day();
    let back = format!(
        "业务编号,金额,处理结果,银行流水号,入账日期,原因\n{},30000.00,退汇,T9,{today},账户已销户\n",
        payment.end_to_end_id
    );
    let read =
        world.post_files(Some(Who::Finance), "/finance/results", &[], &[("file", "a.csv", back.as_bytes())]).await;
    read.is(StatusCode::SEE_OTHER);
    let page = world.get(AUDITOR, &money).await;
    page.says("回单待核实").says(&format!("href=\"/finance/batches/{}#doubts\"", payment.batch)).says("账户已销户");
    page.says("Finance读入");
    let settled = newest(&world, "batch.settled").await;
    settled.says("读入银行回单，提出 1 项待核实").says_not("对账完成").says_not("没有新记的付款");
}

#[tokio::test]
async fn a_proposal_taken_back_by_its_own_proposer_was_not_sent_back() {
    let world = World::new().await;
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    let propose = async || {
        let (what, amount) = (Proposed::Appropriate, Fen::yuan(100));
        let put = store.propose(&finance, &fresh(), what, (FUND, YEAR), amount, "追加").await;
        put.expect("it is put forward").value
    };
    store.end_proposal(&finance, &fresh(), propose().await, false, "金额写错").await.expect("taken back");
    newest(&world, "fund.rejected").await.says("安排：提请人撤回");
    let other = world.actor(Who::OtherFinance).await;
    store.end_proposal(&other, &fresh(), propose().await, false, "没有批复").await.expect("sent back");
    newest(&world, "fund.rejected").await.says("安排：退回").says_not("提请人撤回");
}

#[tokio::test]
async fn days_the_wrong_way_round_are_said_to_be_and_people_of_one_name_told_apart() {
    let world = World::new().await;
    let wrong = world.get(AUDITOR, "/audit?from=2019-06-05&to=2019-06-03").await;
    wrong.is(StatusCode::OK).says("早于“从”，两个日期写反了").says_not("没有符合条件的记录");
    world.get(AUDITOR, "/audit?from=2019-06-03&to=2019-06-03").await.says_not("写反了");
    world.get(AUDITOR, "/audit").await.says(">Intake<").says_not("Intake（intake）");
    let double = NewUser {
        login: "intake-double".to_owned(),
        name: "Intake".to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![Role::Intake],
        desks: Vec::new(),
        must_change: false,
    };
    let admin = world.actor(Who::Administrator).await;
    world.store().create_user(&admin, &fresh(), double).await.expect("a user");
    let journal = world.get(AUDITOR, "/audit").await;
    journal.says(">Intake（intake）<").says(">Intake（intake-double）<").says(">Reviewer<");
}

/// One administrator alone can make accounts that pay: whoever audits sees it at once, and so does who is to be the first of two.
#[tokio::test]
async fn what_administrators_do_to_accounts_is_seen() {
    let world = World::new().await;
    let admin = world.actor(Who::Administrator).await;
    let new = NewUser {
        login: "newpayer".to_owned(),
        name: "新财务".to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![Role::Finance],
        desks: Vec::new(),
        must_change: true,
    };
    let id = world.store().create_user(&admin, &fresh(), new).await.expect("a user").value;
    let home = world.get(AUDITOR, "/audit").await;
    home.says("账号最近的变动").says("新财务").says("建立账号：财务");
    world.get(AUDITOR, "/audit?kind=user.").await.says_not("账号最近的变动");
    let finance = world.actor(Who::Finance).await;
    let case = world.cases.payable;
    let batch = world.store().make_batch(&finance, &fresh(), FUND, YEAR, vec![case]).await.expect("a batch").value;
    let path = format!("/finance/batches/{batch}");
    let page = world.get(Some(Who::Finance), &path).await;
    page.is(StatusCode::OK).says("新财务（2019年6月3日由管理员新授权）").says_not("OtherFinance（");
    let roles = vec![Role::Leader];
    world.store().set_roles(&admin, &fresh(), id, roles, vec![]).await.expect("set");
    world.get(AUDITOR, "/audit").await.says("授予领导，收回财务");
    let other = Who::OtherFinance.id();
    world.store().set_password(&admin, &fresh(), other, None, "another-one-7319").await.expect("reset");
    world.get(Some(Who::Finance), &path).await.says("（2019年6月3日由管理员重置密码）");
}

#[tokio::test]
async fn a_payment_is_found_by_its_account_and_a_case_however_its_number_is_written() {
    let world = World::new().await;
    let number = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    for account in ["6222000000000002", "6222 0000 0000 0002", "６２２２-０００００００００００２"] {
        let page = world.get(AUDITOR, &format!("/audit/money?q={}", query(account))).await;
        page.is(StatusCode::OK).says(&number).says_not("没有找到");
    }
    world.get(AUDITOR, "/audit/money?q=6222000000000099").await.says("没有找到");
    let bare: String = number.chars().filter(|one| one.is_alphanumeric() && *one != '号').collect();
    let round = number.replace('〔', "(").replace('〕', "）");
    let square = number.replace('〔', "［").replace('〕', "]");
    for typed in [bare.clone(), format!("{bare}号"), round, square.replace('号', "")] {
        let page = world.get(AUDITOR, &format!("/audit/money?q={}", query(&typed))).await;
        page.is(StatusCode::OK).says("从资金支出：30,000元");
    }
}

#[tokio::test]
async fn the_amount_that_the_bank_says_has_its_unit_where_the_money_is_followed() {
    let world = World::new().await;
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    let batch =
        store.make_batch(&finance, &fresh(), FUND, YEAR, vec![world.cases.payable]).await.expect("a batch").value;
    for who in [Who::Finance, Who::OtherFinance] {
        let seen = store.to_release(batch).await.expect("the batch").seen;
        store.release(&world.actor(who).await, &fresh(), batch, &seen, vec![]).await.expect("released");
    }
    let file = format!("/finance/batches/{batch}/file/csv");
    world.post(Some(Who::Finance), &file, &[("unsent", "1")]).await.is(StatusCode::OK);
    let case = store.case(world.cases.payable).await.expect("a case");
    let (number, payment) = (case.number.expect("a number"), case.payments[0].end_to_end_id.clone());
    let told =
        format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{payment},1000.00,成功,T7,{},\n", store.now().day());
    store.read_results(&finance, &fresh(), None, told.as_bytes()).await.expect("read");
    let page = world.get(AUDITOR, &format!("/audit/money?q={}", query(&number))).await;
    page.says("回单待核实").says("银行说 1,000元").says_not("100000").says_not("：金额：");
}

#[tokio::test]
async fn of_settings_it_is_told_what_was_changed() {
    let world = World::new().await;
    let admin = world.actor(Who::Administrator).await;
    let set = async |contact: &str| {
        let mut new = world.store().settings().await.expect("settings");
        new.contact = contact.to_owned();
        world.store().set_settings(&admin, &fresh(), new).await.expect("set");
    };
    set("一楼窗口").await;
    set("二楼窗口").await;
    let page = newest(&world, "settings.changed").await;
    page.says("相比，改了：").says("一楼窗口 → 二楼窗口").says("日志原文");
    let told = page.text();
    assert_eq!(told.matches(" → ").count(), 1, "nothing else was changed");
    set("二楼窗口").await;
    newest(&world, "settings.changed").await.says("相比，没有改动").says_not(" → ");
}
