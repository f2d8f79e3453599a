//! What a firm is called after the registry has renamed it.

use super::*;

/// What is under way goes by the name that the registry has now, on every page; what is done keeps that of then, and is found by both.
#[tokio::test]
async fn a_party_that_is_renamed_is_called_the_same_on_every_page() {
    let world = World::new().await;
    let store = world.store();
    let (paid, open) = (world.cases.paid, world.cases.payable);
    let number = async |id| store.case(id).await.expect("a case").number.expect("a number");
    let (paid_number, open_number) = (number(paid).await, number(open).await);
    let party_of = async |id| store.case(id).await.expect("a case").subject.party;
    let (of_paid, of_open) = (party_of(paid).await, party_of(open).await);
    let was = store.party(&of_paid).await.expect("read").expect("a party").name;
    let mut rows = format!("code,name\n{of_paid},改名甲\n");
    if of_open != of_paid {
        rows += &format!("{of_open},改名甲\n");
    }
    let fields = [("source_zh", "登记机关"), ("source_en", ""), ("shrink", "yes")];
    let answer = world.post_files(ADMIN, "/admin/facts", &fields, &[("tables", "单位.csv", rows.as_bytes())]).await;
    answer.is(StatusCode::OK);
    let auditor = Some(Who::Auditor);
    let shown = world.get(auditor, &format!("/work/cases/{}", paid.0)).await;
    shown.is(StatusCode::OK).says(&format!("{paid_number} {was}")).says_not("与单位名称");
    let shown = world.get(auditor, &format!("/work/cases/{}", open.0)).await;
    shown.is(StatusCode::OK).says(&format!("{open_number} 改名甲"));
    let listed = |text: &str| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("/work?view=all&q={text}&format=csv")
    };
    let by_new = world.get(auditor, &listed("改名甲")).await.text();
    let row = |text: &str, number: &str| text.lines().find(|row| row.contains(number)).map(str::to_owned);
    assert!(row(&by_new, &open_number).is_some_and(|row| row.contains("改名甲")), "{by_new}");
    assert!(row(&by_new, &paid_number).is_some_and(|row| row.contains(&was)), "{by_new}");
    // What is closed afterwards, too.
    let close = duixian_store::cases::Ask::Close;
    store.ask(&world.actor(Who::Finance).await, &crate::testing::fresh(), paid, close).await.expect("it is closed");
    let by_new = world.get(auditor, &listed("改名甲")).await.text();
    assert!(row(&by_new, &paid_number).is_some_and(|row| row.contains(&was)), "{by_new}");
    let by_old = world.get(auditor, &listed(&was)).await.text();
    assert!(row(&by_old, &paid_number).is_some(), "{by_old}");
}
