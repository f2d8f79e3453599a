//! What the registry does not have: a row that the applicant reports.

use axum::http::StatusCode;
use duixian_casework::case::CaseId;

use super::{AGENT, world};
use crate::testing::{World, party};

/// Begins an application for a result that the registry does not have.
async fn begun(world: &World) -> i64 {
    let path = format!("/my/{}/apply/{}/result_award/R0-99", party(0), world.round);
    let begun = world.post(AGENT, &path, &[]).await.is(StatusCode::SEE_OTHER).headers["location"].clone();
    let to = begun.to_str().expect("ASCII").to_owned();
    to.trim_start_matches("/cases/").trim_end_matches("/edit").parse().expect("a case's number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_registry_lacks_is_filled_in_on_one_page() {
    let world = world().await;
    let id = begun(&world).await;
    let row = format!("/cases/{id}/edit/row-1");
    world.get(AGENT, &format!("/cases/{id}/edit")).await.leads_to(&row);
    let page = world.get(AGENT, &row).await;
    page.is(StatusCode::OK)
        .says("成果 R0-99")
        .says("登记里没有这一条")
        .says("完成日")
        .says("name=\"f2\"")
        .says("第 1 步，共 5 步");
    world
        .get(AGENT, &format!("{row}?lang=en"))
        .await
        .says("Results R0-99")
        .says("Date of completion")
        .says("属实 (genuine)")
        .says("Fill it in from the certificate");
    world.get(AGENT, &format!("/cases/{id}/edit/fact-1")).await.is(StatusCode::NOT_FOUND);

    // One thing that is wrong loses nothing of the others.
    let fields = [("f1", "2099-01-01"), ("f2", "true"), ("go", "next")];
    let wrong = world.typed(&format!("{row}?lang=zh"), &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"f1-error\"").says("不能晚于今天");
    world.get(AGENT, &format!("/cases/{id}/edit")).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
    let check = world.get(AGENT, &format!("/cases/{id}/edit/check")).await;
    check.is(StatusCode::OK).says(&format!("{row}?from=check#f1"));
    let fields = [("f1", "2019-05-01"), ("f2", "true"), ("go", "next")];
    world.typed(&format!("{row}?from=check"), &fields).await.leads_to(&format!("/cases/{id}/edit/check"));
    let case = world.store().case(CaseId(id)).await.expect("the case");
    let stated: Vec<_> =
        case.statements.iter().map(|(cell, said)| (cell.column.as_str(), said.value.as_str())).collect();
    assert_eq!(stated, [("done_on", "2019-05-01"), ("genuine", "true")]);
    // What is typed is kept as it is typed, the whole row at once.
    let saved = world.typed(&format!("{row}/autosave"), &[("f1", "2019-04-30"), ("f2", "false")]).await;
    saved.is(StatusCode::OK).says("\"saved\":true");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_half_filled_in_is_come_back_to() {
    let world = world().await;
    let id = begun(&world).await;
    let row = format!("/cases/{id}/edit/row-1");
    world.typed(&row, &[("f2", "true"), ("go", "next")]).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
    world.get(AGENT, &format!("/cases/{id}/edit")).await.leads_to(&row);
    world.get(AGENT, &row).await.says("value=\"true\" checked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registry_lacks_is_offered_once_for_a_measure() {
    let world = world().await;
    let page = world.get(AGENT, &format!("/my/{}", party(0))).await;
    let link = format!("href=\"/my/{}/apply/{}/result_award\"", party(0), world.round);
    assert!(page.text().matches("result_award?round").count() > 2, "several rows lead to the measure");
    assert_eq!(page.text().matches(&link).count(), 1, "{}", page.text());
}
