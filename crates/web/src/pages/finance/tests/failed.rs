//! An account on which a payment failed is still that of the party's other cases: who can see to it is told there.

use duixian_casework::case::CaseId;
use duixian_store::cases::NewCase;

use super::*;

/// Another case of the same party that is to be paid to the same account.
async fn another(world: &World) -> CaseId {
    let agent = world.actor(Who::Agent).await;
    let round = world.store().case(world.cases.payable).await.expect("the case").subject.round;
    let new = NewCase { round, party: party(0), measure: "instant_award".to_owned(), basis: "R0-8".to_owned() };
    let id = world.store().open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
    let decide = Ask::Decide {
        amount: Fen::yuan(10_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Refuse,
    };
    let account = world.store().case(world.cases.payable).await.expect("the case").account;
    for (who, ask) in [
        (Who::Agent, Ask::Save { statements: BTreeMap::new(), account }),
        (Who::Agent, Ask::AddEvidence(evidence())),
        (Who::Agent, Ask::Submit),
        (Who::Intake, Ask::Accept),
        (Who::DecisionMaker, decide),
    ] {
        world.store().ask(&world.actor(who).await, &fresh(), id, ask).await.expect("it is done");
    }
    id
}

#[tokio::test]
async fn an_account_that_failed_is_marked_in_the_partys_other_cases_until_it_is_corrected() {
    let world = World::new().await;
    let id = another(&world).await;
    let own = format!("/cases/{}", id.0);
    let choose = "/finance/batches/new?fund=trial_fund&year=2019";
    let marked = "没有付成";
    world.get(FINANCE, choose).await.is(StatusCode::OK).says_not(marked);
    world.get(Some(Who::Agent), &own).await.is(StatusCode::OK).says_not(marked).says_not("更正收款账户");
    let (_, batch) = sent(&world).await;
    let line = world.store().batch(batch).await.expect("a batch").lines[0].clone();
    let (payment, number) = (line.end_to_end_id.clone(), line.number.clone());
    let amount = line.amount.to_grouped_yuan().replace(',', "");
    let told = format!("业务编号,金额,处理结果,银行流水号,入账日期,原因\n{payment},{amount},失败,,,账户已销户\n");
    let files = [("file", "a.csv", told.as_bytes())];
    world.post_files(FINANCE, "/finance/results", &[], &files).await.is(StatusCode::SEE_OTHER);
    assert_eq!(stage(&world, world.cases.payable).await, Stage::PaymentFailed);
    // Finance before the next batch, the desk on the case, and the firm, who can give another at once.
    world.get(FINANCE, choose).await.says(&format!("▲ 这个账户在 {number} 没有付成：账户已销户"));
    let link = format!("href=\"/work/cases/{}\"", world.cases.payable.0);
    for case in [id, world.cases.reviewed] {
        let page = world.get(Some(Who::DecisionMaker), &format!("/work/cases/{}", case.0)).await;
        page.says("这个收款账户在本单位的另一件里没有付成").says(&link).says("账户已销户");
    }
    let page = world.get(Some(Who::Agent), &own).await;
    page.says("本件的收款账户在另一件里没有付成").says(&number).says(&format!("href=\"{own}/account\""));
    let waiting = world.get(Some(Who::Agent), &format!("/cases/{}", world.cases.reviewed.0)).await;
    waiting.says("轮到拨付的时候可以在这里更正账户").says_not("更正收款账户");
    // Who gives that account once more is told, once, and may all the same.
    let correct = format!("{own}/account");
    world.get(Some(Who::Agent), &correct).await.is(StatusCode::OK).says("账户已销户").says_not("再点一次");
    let same =
        [("holder", "企业0"), ("number", "6222 0000 0000 0002"), ("bank", "某银行"), ("bank_code", "102701000001")];
    let told = world.post(Some(Who::Agent), &correct, &same).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("银行没有付成这个账户（{number}：账户已销户）"));
    told.says("id=\"number-error\"").says("再点一次“更正账户”").says("name=\"told_of\" value=\"6222000000000002\"");
    let meant = [&same[..], &[("told_of", "6222000000000002")]].concat();
    world.post(Some(Who::Agent), &correct, &meant).await.leads_to(&own);
    let agent = world.actor(Who::Agent).await;
    let before = world.store().case(id).await.expect("the case").account.expect("an account");
    let account = BankAccount { number: "6222000000000009".to_owned(), ..before };
    world.store().ask(&agent, &fresh(), id, Ask::CorrectAccount(account)).await.expect("another account");
    world.get(FINANCE, choose).await.is(StatusCode::OK).says_not(marked);
    world.get(Some(Who::Agent), &own).await.says_not(marked).says_not(&format!("{own}/account\""));
}
