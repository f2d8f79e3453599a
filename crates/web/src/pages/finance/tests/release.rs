//! Who signs what when a batch is released.

use axum::http::StatusCode;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::BankAccount;
use duixian_store::Settings;
use duixian_store::cases::Ask;

use super::{FINANCE, OTHER, made};
use crate::testing::{Who, World, fresh};

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
