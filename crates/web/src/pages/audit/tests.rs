//! An auditor's day.

use axum::http::StatusCode;

use duixian_casework::case::PaymentOutcome;
use duixian_store::search::JournalFilter;

use crate::testing::{Who, World};

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
    for bank in [paid.end_to_end_id, reference] {
        world.get(AUDITOR, &format!("/audit/money?q={bank}")).await.says("从资金支出：30,000元").says("即办奖励");
    }
    world.get(AUDITOR, "/audit/money?q=x").await.is(StatusCode::OK).says("没有找到这样的案件");
}
