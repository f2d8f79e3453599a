//! Who signs what when a batch is released.

use axum::http::StatusCode;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::BankAccount;
use duixian_casework::people::{Actor, Role};
use duixian_money::Fen;
use duixian_store::Settings;
use duixian_store::cases::Ask;

use super::{FINANCE, OTHER, UNSENT, grant_to, made};
use crate::testing::{Answer, FUND, Who, World, fresh, party};

#[tokio::test]
async fn both_who_release_see_the_account_that_pays_and_a_change_of_it() {
    let world = World::new().await;
    let href = made(&world).await;
    let (_, seen) = super::seen(&world, &href).await;
    world.get(FINANCE, &href).await.says("从这个账户付出").says("财政专户 6222000000000001");
    world.post(FINANCE, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    let settings = world.store().settings().await.expect("the settings");
    let mut debtor = settings.debtor.clone().expect("an account");
    debtor.number = "6222000000000077".to_owned();
    let settings = Settings { debtor: Some(debtor), ..settings };
    let admin = world.actor(Who::Administrator).await;
    world.store().set_settings(&admin, &fresh(), settings).await.expect("kept");
    let page = world.get(OTHER, &href).await;
    page.says("付款账户在第一人复核以后改过").says("6222000000000077").says_not("第二人放款：").says("第一人复核：");
    world.get(OTHER, &format!("{href}?lang=en")).await.says("the account that pays was changed");
    world.post(OTHER, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    let (id, seen) = super::seen(&world, &href).await;
    let answer = world.post(OTHER, &format!("{href}/release"), &[("seen", &seen)]).await;
    assert!(super::flash(&answer).1.contains("您的确认算作第一人"));
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::HalfReleased);
    world.post(FINANCE, &format!("{href}/release"), &[("seen", &seen)]).await.leads_to(&href);
    let leader = world.get(Some(Who::Leader), &href).await;
    leader.says("付款账户").says("**** 0077").says_not("6222000000000077");
}

/// A number on which an earlier payment of the case failed may come back under another bank's name: the last failure, which was another
/// number's, does not say so.
#[tokio::test]
async fn a_number_that_an_earlier_payment_failed_on_is_told_before_it_is_paid_to_again() {
    let world = World::new().await;
    let agent = world.actor(Who::Agent).await;
    let (choose, marked) = ("/finance/batches/new?fund=trial_fund&year=2019", "这个账号在");
    let fails = async || {
        let (href, id) = super::sent(&world).await;
        let line = world.store().batch(id).await.expect("a batch").lines[0].clone();
        let file = world.get(FINANCE, &format!("{href}/sample?fail=first&form=csv")).await.bytes;
        world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", &file)]).await.is(StatusCode::SEE_OTHER);
        line
    };
    let correct = async |account: BankAccount| {
        world.store().ask(&agent, &fresh(), world.cases.payable, Ask::CorrectAccount(account)).await.expect("corrected")
    };
    let first = fails().await;
    correct(BankAccount { number: "6222000000001799".to_owned(), ..first.account.clone() }).await;
    world.get(FINANCE, choose).await.is(StatusCode::OK).says_not(marked);
    let second = fails().await;
    correct(BankAccount { bank: "另一银行".to_owned(), ..first.account.clone() }).await;
    let told = format!("▲ 这个账号在 {} 付过，没有付成：收款账户已销户", first.end_to_end_id);
    world.get(FINANCE, choose).await.says(&told).says_not(&format!("这个账号在 {}", second.end_to_end_id));
    let next = made(&world).await;
    for who in [FINANCE, OTHER] {
        let page = world.get(who, &next).await;
        page.says("放款以前请看").says(&format!("上一笔 {} 记为失败：", second.end_to_end_id)).says(&told);
        let english = format!("{} went to this number, and failed", first.end_to_end_id);
        world.get(who, &format!("{next}?lang=en")).await.says(&english);
    }
}

/// One person's reading of a failure makes a case payable again: both who sign see which payment, why, and whose word it was.
#[tokio::test]
async fn both_who_release_see_by_whose_word_the_payment_before_has_failed() {
    let world = World::new().await;
    let (href, id) = super::sent(&world).await;
    let sent = world.store().batch(id).await.expect("a batch").lines[0].clone();
    let file = world.get(FINANCE, &format!("{href}/sample?fail=first&form=csv")).await.bytes;
    world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", &file)]).await.is(StatusCode::SEE_OTHER);
    let account = BankAccount { number: "6222000000001799".to_owned(), ..sent.account.clone() };
    let agent = world.actor(Who::Agent).await;
    world.store().ask(&agent, &fresh(), sent.case, Ask::CorrectAccount(account)).await.expect("corrected");
    let next = made(&world).await;
    let users = world.store().users().await.expect("users");
    let reader = users.iter().find(|user| user.id == Who::Finance.id()).expect("who has read it");
    for who in [FINANCE, OTHER] {
        let page = world.get(who, &next).await;
        page.says(&format!("上一笔 {} 记为失败：", sent.end_to_end_id)).says("收款账户已销户");
        page.says(&format!("（{} ", reader.name)).says("记录），请先查对账户明细");
        let page = world.get(who, &format!("{next}?lang=en")).await;
        page.says(&format!("The one before, {}, was recorded as failed", sent.end_to_end_id));
        page.says(&format!("recorded by {}", reader.name));
    }
}

#[tokio::test]
async fn money_for_another_name_than_the_partys_is_marked_and_released_only_where_that_was_looked_into() {
    let world = World::new().await;
    let case = grant_to(&world, 10, Fen::yuan(1_000), "李萍").await;
    let mark = "▲ 户名“李萍”与单位名称“企业0”不一致";
    world.get(FINANCE, "/finance/batches/new").await.is(StatusCode::OK).says(mark);
    let (one, other) = (case.0.to_string(), world.cases.payable.0.to_string());
    let fields = [("fund", FUND), ("year", "2019"), ("case", one.as_str()), ("case", other.as_str())];
    let href = world.post(FINANCE, "/finance/batches", &fields).await.location().to_owned();
    let page = world.get(FINANCE, &href).await;
    page.is(StatusCode::OK).says(mark).says("data-label=\"单位\"").says("有 1 笔户名与单位不一致，请逐笔核实");
    page.says("企业0 的 1,000元付给“李萍”").says("2 笔，合计").says_not("2 笔，发出");
    assert_eq!(page.text().matches("不一致</").count(), 1, "one mark alone");
    let english = world.get(FINANCE, &format!("{href}?lang=en")).await;
    english.says("The holder “李萍” is not the party “企业0”");
    let csv = world.get(FINANCE, &format!("{href}?format=csv")).await;
    csv.is(StatusCode::OK).says("单位").says("企业0").says("李萍");
    let (id, seen) = super::seen(&world, &href).await;
    let release = format!("{href}/release");
    for who in [FINANCE, OTHER] {
        let before = world.store().batch(id).await.expect("a batch").stage;
        let refused = world.post(who, &release, &[("seen", &seen)]).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"payees-error\"").says("没有确认已核实");
        assert_eq!(world.store().batch(id).await.expect("a batch").stage, before);
        let unasked = world.post(who, &release, &[("seen", &seen), ("payee", &one), ("payee", &other)]).await;
        unasked.leads_to(&href);
        assert_eq!(world.store().batch(id).await.expect("a batch").stage, before, "one that has nothing to confirm");
        world.post(who, &release, &[("seen", &seen), ("payee", &one)]).await.leads_to(&href);
    }
    let page = world.get(FINANCE, &href).await;
    page.is(StatusCode::OK).says("核实收款人").says(&format!("{mark}；Finance、OtherFinance已核实"));
    page.says("2 笔，合计").says_not("2 笔，发出");
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::Released);
    // The letter of the payment says whose account the money went to.
    world.post(FINANCE, &format!("{href}/file/csv"), UNSENT).await.is(StatusCode::OK);
    world.get(FINANCE, &href).await.says("2 笔，发出");
    let file = world.get(FINANCE, &format!("{href}/sample?fail=none&form=csv")).await.bytes;
    let answer = world.post_files(FINANCE, "/finance/results", &[], &[("file", "a.csv", &file)]).await;
    world.follow(FINANCE, &answer).await.is(StatusCode::OK).says("新记 2 笔");
    let letter = async |case: &str| world.get(Some(Who::Agent), &format!("/cases/{case}/documents/payment")).await;
    let mine = letter(&other).await;
    mine.is(StatusCode::OK).says("收款账户户名为“企业0”，账号末四位为0002。").says_not("不一致");
    let theirs = letter(&one).await;
    theirs.is(StatusCode::OK).says("收款账户户名为“李萍”，账号末四位为").says("户名与你单位名称不一致");
    // What the money is for ends as a sentence, as it does in the letter of the decision.
    theirs.says("用于研发。").says_not("用于研发。。");
    // Who handles the case is told as well, and offered the words for the applicant.
    world.get(Some(Who::Reviewer), &format!("/work/cases/{}", case.0)).await.is(StatusCode::OK).says(mark);
    world.get(Some(Who::Reviewer), &format!("/work/cases/{other}")).await.says_not("不一致</strong>");
}

#[tokio::test]
async fn an_account_of_two_parties_is_marked_for_officials_alone_and_ticked_before_it_is_paid_to() {
    let world = World::new().await;
    let own = world.cases.payable;
    let choose = "/finance/batches/new?fund=trial_fund&year=2019";
    let case = format!("/work/cases/{}", own.0);
    world.get(FINANCE, choose).await.is(StatusCode::OK).says_not("这个账号也是");
    // Another party applies with the same number, written otherwise.
    let (other, store) = (world.cases.of_other, world.store());
    let account = BankAccount {
        holder: "企业2".to_owned(),
        number: "6222 0000 0000 0002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    let agent = world.actor(Who::OtherAgent).await;
    for ask in [
        Ask::Save { statements: Default::default(), account: Some(account) },
        Ask::AddEvidence(crate::testing::evidence()),
        Ask::Submit,
    ] {
        store.ask(&agent, &fresh(), other, ask).await.expect("it is done");
    }
    let number = store.case(other).await.expect("the case").number.expect("a number");
    let mark = format!("▲ 这个账号也是 企业2 的收款账户（{number}）");
    let link = format!("▲ 这个账号也是 企业2 的收款账户（<a href=\"/work/cases/{}\">{number}</a>）", other.0);
    world.get(FINANCE, choose).await.is(StatusCode::OK).says(&mark).says(&link);
    for who in [Who::Reviewer, Who::DecisionMaker] {
        world.get(Some(who), &case).await.is(StatusCode::OK).says(&link);
    }
    let english = world.get(Some(Who::Reviewer), &format!("{case}?lang=en")).await;
    english.says("▲ This account is also that of 企业2 (<a");
    for (who, id) in [(Who::Agent, own), (Who::OtherAgent, other)] {
        world.get(Some(who), &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says_not("这个账号也是");
    }
    let href = made(&world).await;
    let page = world.get(FINANCE, &href).await;
    page.is(StatusCode::OK).says(&mark).says(&link).says("有 1 笔户名与单位不一致，或者账号也是别的单位的，请逐笔核实");
    page.says(&format!("付给“企业0”，账号也是 企业2 的收款账户（{number}）"));
    let csv = world.get(FINANCE, &format!("{href}?format=csv")).await;
    csv.says("账号也是").says(&format!("企业2 的收款账户（{number}）"));
    let (id, seen) = super::seen(&world, &href).await;
    let (release, own) = (format!("{href}/release"), own.0.to_string());
    for who in [FINANCE, OTHER] {
        let refused = world.post(who, &release, &[("seen", &seen)]).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"payees-error\"").says("没有确认已核实");
        world.post(who, &release, &[("seen", &seen), ("payee", &own)]).await.leads_to(&href);
    }
    assert_eq!(world.store().batch(id).await.expect("a batch").stage, BatchStage::Released);
    world.get(FINANCE, &href).await.says(&format!("{mark}；Finance、OtherFinance已核实"));
}

/// Who is named as the other one.
fn others(page: &Answer) -> String {
    let text = page.text();
    let rest = text.split_once("另一人可以是：").expect("someone is named").1;
    rest.split_once("</p>").expect("a paragraph").0.to_owned()
}

/// Whoever has decided a case of the batch is not waited for, and whoever acts for its party is offered nothing that they are refused then.
#[tokio::test]
async fn whoever_is_recused_from_a_case_is_neither_named_nor_offered_what_they_are_refused() {
    let world = World::new().await;
    let (href, case) = (made(&world).await, world.cases.payable.0.to_string());
    let give = async |who: Who, roles: Vec<Role>| {
        world.store().set_roles(&Actor::System, &fresh(), who.id(), roles, Vec::new()).await.expect("roles");
    };
    assert!(others(&world.get(FINANCE, &href).await).contains("OtherFinance"));
    give(Who::DecisionMaker, vec![Role::DecisionMaker, Role::Finance]).await;
    give(Who::Leader, vec![Role::Leader, Role::Finance]).await;
    let named = others(&world.get(FINANCE, &href).await);
    assert!(named.contains("OtherFinance") && named.contains("Leader") && !named.contains("DecisionMaker"), "{named}");

    // Another acts for the party by now.
    give(Who::OtherFinance, vec![Role::Agent]).await;
    let by = Who::OtherFinance.id();
    world.store().delegate(&Actor::System, &fresh(), by, &party(0), None, "授权书").await.expect("a delegation");
    give(Who::OtherFinance, vec![Role::Finance]).await;
    let named = others(&world.get(FINANCE, &href).await);
    assert!(named.contains("Leader") && !named.contains("OtherFinance"), "{named}");
    let page = world.get(FINANCE, &href).await;
    page.says("确认作废").says("name=\"case\"").says_not("您不能移出").says_not("id=\"no-cancel\"");
    let number = world.store().case(world.cases.payable).await.expect("a case").number.expect("a number");
    let page = world.get(OTHER, &href).await;
    page.says("其中有您须回避的案件，请由其他财务人员作废").says("应当回避").says(&format!("{number}</a>："));
    page.says("您不能移出：").says("这些您都须回避").says_not("确认作废").says_not("name=\"case\"");
    page.says("请由其他财务人员放款").says_not("或把这几件移出");
    world.get(OTHER, &format!("{href}?lang=en")).await.says("someone else of finance cancels it");
    for (what, fields) in [("cancel", ("reason", "编错了批次")), ("take-out", ("case", case.as_str()))] {
        let refused = world.post(OTHER, &format!("{href}/{what}"), &[fields]).await;
        assert!(!super::flash(&refused).0, "{what}: {:?}", super::flash(&refused));
    }

    // Who has decided it may not pay it, but take it out.
    let decider = Some(Who::DecisionMaker);
    let page = world.get(decider, &href).await;
    page.says("或把这几件移出").says("确认作废").says("name=\"case\"").says_not("您不能移出");
    give(Who::Leader, vec![Role::Leader]).await;
    world.get(FINANCE, &href).await.says("没有另一名可以放款的财务人员").says_not("另一人可以是：");
    let taken = world.post(decider, &format!("{href}/take-out"), &[("case", &case)]).await;
    assert!(super::flash(&taken).0, "{:?}", super::flash(&taken));
}
