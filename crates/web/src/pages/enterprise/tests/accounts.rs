//! Money that comes back, and the account it is to go to in its place.

use axum::http::StatusCode;
use duixian_casework::case::CaseId;
use duixian_casework::stage::Stage;
use duixian_store::cases::Ask;

use super::late::seen;
use super::{AGENT, OTHER, stage, world};
use crate::testing::{Answer, Who, World, account, fresh, party};

/// The bank says that the first payment was made after all, and the second fails: nobody asks the applicant for an account meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_says_two_things_of_is_not_the_applicants_to_mend() {
    let world = World::new().await;
    let id = world.cases.payable;
    let first = sent(&world, id).await;
    answered(&world, first, Some("账号户名不符")).await;
    let account = account("企业0", "6222000000000099");
    let agent = world.actor(Who::Agent).await;
    world.store().ask(&agent, &fresh(), id, Ask::CorrectAccount(account)).await.expect("another account");
    let second = sent(&world, id).await;
    answered(&world, first, None).await;
    let (path, odd) = (format!("/cases/{}", id.0), "银行的说法还没有查清");
    world
        .get(Some(Who::Finance), &format!("/work{path}"))
        .await
        .is(StatusCode::OK)
        .says(odd)
        .says("已在批次里的，请移出");
    // Nobody of finance takes back what the bank says.
    let batch = world.get(Some(Who::OtherFinance), &format!("/finance/batches/{first}")).await;
    batch.is(StatusCode::OK).says("维持原记录改不了银行的话");
    answered(&world, second, Some("账户已销户")).await;
    assert_eq!(stage(&world, id.0).await, Stage::PaymentFailed);
    let page = world.get(AGENT, &path).await;
    page.is(StatusCode::OK).says("财政部门正在向银行核实").says_not(&format!("{path}/account"));
    world.get(AGENT, &format!("{path}/account")).await.is(StatusCode::SEE_OTHER);
    world.get(Some(Who::Finance), &format!("/work{path}")).await.says(odd);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_an_account_that_failed_before_is_told_while_they_write() {
    let world = world().await;
    let batch = sent(&world, world.cases.payable).await;
    let failed = world.store().case(world.cases.payable).await.expect("the case").number.expect("a number");
    let path = format!("/cases/{}/edit", world.cases.draft.0);
    let given = |number| [("holder", "企业0"), ("number", number), ("bank", "某银行"), ("go", "next")];
    let bad = "6222 0000 0000 0002";
    world.typed(&format!("{path}/account"), &given(bad)).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, &format!("{path}/account")).await.is(StatusCode::OK).says_not("银行没有付成");
    answered(&world, batch, Some("AC04 账户已销户")).await;
    let told = format!("银行没有付成这个账户（{failed}：账户已销户）");
    let page = world.get(AGENT, &format!("{path}/account")).await;
    page.is(StatusCode::OK).says(&told).says("id=\"number-warning\"").says("可以照样提交");
    let english = world.get(AGENT, &format!("{path}/account?lang=en")).await;
    english.says(&format!("The bank could not pay to this account ({failed}: 账户已销户)"));
    let check = format!("{path}/check");
    world
        .get(AGENT, &check)
        .await
        .is(StatusCode::OK)
        .says(&format!("收款账户：{told}"))
        .says("/edit/account?from=check#number");
    // What is typed is told at once, and no more once it is another account.
    let autosave = format!("{path}/account/autosave");
    world.typed(&autosave, &given("6222000000000099")).await.is(StatusCode::OK).says("\"failed-account\":\"\"");
    world.get(AGENT, &check).await.is(StatusCode::OK).says_not("银行没有付成");
    world.typed(&autosave, &given("６２２２000000000002")).await.is(StatusCode::OK).says(&told);
    // With something wrong beside it, it is told all the same; and it stops nobody.
    let wrong = [("holder", "企业0"), ("number", bad), ("bank", "某银行"), ("bank_code", "1"), ("go", "next")];
    let page = world.typed(&format!("{path}/account"), &wrong).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"bank_code-error\"").says(&told);
    world.typed(&format!("{path}/account"), &given(bad)).await.is(StatusCode::SEE_OTHER);
    // Another party that gives the same account learns nothing of it.
    let other = format!("/cases/{}/edit/account", world.cases.of_other.0);
    let shown = seen(&world.get(OTHER, &other).await);
    let same = [&given(bad)[..], &[("_seen", shown.as_str())]].concat();
    world.post(OTHER, &other, &same).await.is(StatusCode::SEE_OTHER);
    world.get(OTHER, &other).await.is(StatusCode::OK).says("6222000000000002").says_not("银行没有付成");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_payment_says_what_the_bank_said_and_takes_another_account() {
    let world = world().await;
    let id = world.cases.payable;
    let path = format!("/cases/{}/account", id.0);
    // Before that there is nothing to correct: whoever looks for it reads what to do instead.
    let case = format!("/cases/{}", id.0);
    let told = world.get(AGENT, &path).await;
    told.leads_to(&case);
    let told = told.cookie("flash").expect("a message");
    let mut told = form_urlencoded::parse(told.as_bytes());
    assert!(told.any(|(key, zh)| key == "zh" && zh.contains("请在拨付以前告诉受理窗口")));
    let batch = sent(&world, id).await;
    answered(&world, batch, Some("账号户名不符")).await;
    let page = world.get(AGENT, &case).await;
    page.is(StatusCode::OK).says("账号户名不符").says("更正收款账户");
    let page = world.get(AGENT, &path).await;
    page.is(StatusCode::OK).says("账号户名不符").says("只能是本单位（企业0）").says_not("逐件核实");
    let shown = seen(&page);
    let same = [("holder", "企业0"), ("number", "6222000000000002"), ("bank", "某银行"), ("bank_code", "102701000001")];
    world.post(AGENT, &path, &same).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("没有付成的那个账户");
    let other = [("holder", "别的公司"), ("number", "6222000000000099"), ("bank", "某银行"), ("_seen", shown.as_str())];
    let refused = world.post(AGENT, &path, &other).await;
    refused
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("id=\"holder-error\"")
        .says("审定以后不再审核收款人：户名只能是本单位（企业0）")
        .says("这个户名不能用")
        .says_not("可以这样提交")
        .says_not("number-error");
    // Another bank has another code, and a form that was filled in before would keep the one before.
    let code = ("bank_code", "102701000001");
    let moved = [("holder", "企业0"), ("number", "6222000000000099"), ("bank", "别的银行"), code];
    let asked = world.post(AGENT, &path, &moved).await;
    asked.is(StatusCode::UNPROCESSABLE_ENTITY).says("原来的联行号已经清空").says_not("value=\"102701000001\"");
    asked.says("name=\"code_asked_for\" value=\"别的银行\"");
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let good = [
        ("holder", "企业0"),
        ("number", "6222 0000 0000 0099"),
        ("bank", "别的银行"),
        code,
        ("code_asked_for", "别的银行"),
        ("_seen", &shown),
    ];
    for _ in 0..2 {
        world.post_once(AGENT, &path, &once, &good).await.leads_to(&format!("/cases/{}", id.0));
    }
    assert_eq!(stage(&world, id.0).await, Stage::Payable);
    let nothing = world
        .store()
        .ask(&world.actor(Who::OtherAgent).await, &fresh(), id, Ask::Resubmit { answers: Vec::new() })
        .await;
    assert!(nothing.is_err());
}

/// The bank pays by the code: it is not left to another bank unseen, whichever page the account is given on.
#[tokio::test(flavor = "multi_thread")]
async fn another_bank_is_not_given_with_the_code_of_the_one_before() {
    const CODE: &str = "102701000001";
    let world = world().await;
    let id = world.cases.draft;
    let path = format!("/cases/{}/edit/account", id.0);
    let given = |bank, more: &[(&'static str, &'static str)]| {
        let account = [("holder", "企业0"), ("number", "6222000000000002"), ("bank", bank), ("bank_code", CODE)];
        [&account[..], more].concat()
    };
    let kept = async || {
        let account = world.store().case(id).await.expect("the case").account.expect("an account");
        (account.bank, account.bank_code.unwrap_or_default())
    };
    // The account of the last application stands there beforehand, and the form says which bank its code is of.
    let page = world.get(AGENT, &path).await;
    page.is(StatusCode::OK)
        .says("name=\"bank_before\" value=\"某银行\"")
        .says("name=\"code_before\" value=\"102701000001\"");
    let before = [("bank_before", "某银行"), ("code_before", CODE)];
    // It is kept without the code as it is typed, however often; and whoever leaves it so is told.
    for bank in ["另", "另一家银行"] {
        world.typed(&format!("{path}/autosave"), &given(bank, &before)).await.is(StatusCode::OK).says("\"saved\":true");
        assert_eq!(kept().await, (bank.to_owned(), String::new()));
    }
    let left = world.typed(&path, &given("另一家银行", &[before[0], before[1], ("go", "leave")])).await;
    left.leads_to(&format!("/cases/{}", id.0));
    assert!(told(&left).contains("原来的联行号已经清空"), "{}", told(&left));
    let next = [before[0], before[1], ("go", "next")];
    let asked = world.typed(&path, &given("另一家银行", &next)).await;
    asked.is(StatusCode::UNPROCESSABLE_ENTITY).says("原来的联行号已经清空").says("name=\"bank_code\" value=\"\"");
    asked.says("name=\"code_asked_for\" value=\"另一家银行\"").says("name=\"bank_before\" value=\"某银行\"");
    // Who has been asked, and gives the same code once more, means it.
    let again = [before[0], before[1], ("code_asked_for", "另一家银行"), ("go", "next")];
    world.typed(&path, &given("另一家银行", &again)).await.is(StatusCode::SEE_OTHER);
    assert_eq!(kept().await, ("另一家银行".to_owned(), CODE.to_owned()));

    // So it is where several get one account.
    let together = format!("/my/{}/together/{}/result_award", party(0), world.round);
    let (account, check) = (format!("{together}/account"), format!("{together}/check"));
    let page = world.get(AGENT, &account).await;
    page.is(StatusCode::OK).says("name=\"bank_before\" value=\"另一家银行\"");
    let before = [("bank_before", "另一家银行"), ("code_before", CODE)];
    for shown in [&before[..0], &before[..]] {
        let asked = world.typed(&account, &given("第三家银行", shown)).await;
        asked.is(StatusCode::UNPROCESSABLE_ENTITY).says("原来的联行号已经清空").says("name=\"bank_code\" value=\"\"");
        asked.says("name=\"code_asked_for\" value=\"第三家银行\"");
    }
    assert_eq!(kept().await.0, "另一家银行");
    let again = [("code_asked_for", "第三家银行")];
    world.typed(&account, &given("第三家银行", &again)).await.leads_to(&check);
    // What the bank will pay by is read once more before it is sent.
    world.get(AGENT, &check).await.is(StatusCode::OK).says("第三家银行（联行号 102701000001）");
    world.get(AGENT, &format!("{check}?lang=en")).await.says("第三家银行 (bank code 102701000001)");
}

/// What the next page will say.
fn told(answer: &Answer) -> String {
    let message = answer.cookie("flash").unwrap_or_default();
    let zh = form_urlencoded::parse(message.as_bytes()).find(|(name, _)| name == "zh").map(|(_, zh)| zh.into_owned());
    zh.unwrap_or_default()
}

/// Puts a case into a batch of its own, which two release and whose file goes to the bank.
pub(super) async fn sent(world: &World, id: CaseId) -> i64 {
    let (finance, other, store) =
        (world.actor(Who::Finance).await, world.actor(Who::OtherFinance).await, world.store());
    let (fund, year) = (crate::testing::FUND, crate::testing::YEAR);
    let batch = store.make_batch(&finance, &fresh(), fund, year, vec![id]).await.expect("a batch").value;
    let seen = store.to_release(batch).await.expect("the batch").seen;
    store.release(&finance, &fresh(), batch, &seen, vec![]).await.expect("the first release");
    store.release(&other, &fresh(), batch, &seen, vec![]).await.expect("the second release");
    store.bank_file(&finance, batch, duixian_store::batches::Format::Csv, false).await.expect("its file");
    batch
}

/// Reads what the bank answers of a batch: that it was paid, or why not.
pub(super) async fn answered(world: &World, batch: i64, failed: Option<&str>) {
    let store = world.store();
    let file = store.payment_file(&store.batch(batch).await.expect("the batch")).await.expect("its file");
    let refused: Vec<_> =
        failed.map(|why| (file.orders()[0].end_to_end_id.clone(), why.to_owned())).into_iter().collect();
    let results = duixian_bank::sample_results(&file, &refused, duixian_bank::ResultFormat::Csv);
    let finance = world.actor(Who::Finance).await;
    store.read_results(&finance, &fresh(), None, results.as_bytes()).await.expect("the bank's answer");
}
