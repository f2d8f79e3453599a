//! A step that is open twice: what one tab saves, the other does not undo unseen.

use axum::http::StatusCode;
use duixian_casework::case::BankAccount;

use super::accounts::{answered, sent};
use super::{AGENT, world};
use crate::testing::{Answer, World};

/// What a page of a step carries of what it has shown; empty where it carries nothing.
pub(super) fn seen(page: &Answer) -> String {
    let text = page.text();
    let rest = text.split("name=\"_seen\" value=\"").nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// What an answer to an autosave has the form carry from now on.
fn seen_since(answer: &Answer) -> String {
    let said: serde_json::Value = serde_json::from_str(&answer.text()).expect("an answer in JSON");
    said["seen"].as_str().expect("what was seen").to_owned()
}

impl World {
    /// Opens a step and sends what is typed into it, by its button or as it is typed.
    pub(super) async fn typed(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = path.split('?').next().unwrap_or_default().trim_end_matches("/autosave");
        let seen = seen(&self.get(AGENT, page).await);
        self.from(&seen, path, fields).await
    }

    /// Sends what is typed into a step that had shown this.
    async fn from(&self, seen: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post(AGENT, path, &[fields, &[("_seen", seen)]].concat()).await
    }

    async fn kept(&self) -> BankAccount {
        self.store().case(self.cases.draft).await.expect("the case").account.expect("an account")
    }
}

const OLD: [(&str, &str); 4] =
    [("holder", "企业0"), ("number", "6222000000000001"), ("bank", "某银行"), ("go", "next")];
const NEW: [(&str, &str); 4] =
    [("holder", "企业0"), ("number", "6222000000000002"), ("bank", "某银行"), ("go", "next")];
const STALE: [(&str, &str); 4] =
    [("holder", "企业0"), ("number", "6222000000000001"), ("bank", "另一家银行"), ("go", "next")];

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_tab_puts_no_old_account_back_unseen() {
    let world = world().await;
    let path = format!("/cases/{}/edit/account", world.cases.draft.0);
    let autosave = format!("{path}/autosave");
    world.typed(&path, &OLD).await.is(StatusCode::SEE_OTHER);
    let first = seen(&world.get(AGENT, &path).await);
    assert!(!first.is_empty());
    world.typed(&path, &NEW).await.is(StatusCode::SEE_OTHER);

    // Neither as it is typed nor by the button, nor from a page that carries nothing.
    let refused = world.from(&first, &autosave, &STALE).await;
    refused.is(StatusCode::CONFLICT).says("\"saved\":false").says("这一步在别处改过，没有保存");
    world.post(AGENT, &autosave, &STALE).await.is(StatusCode::CONFLICT);
    let page = world.from(&first, &path, &STALE).await;
    page.is(StatusCode::CONFLICT).says("没有保存：这一步在别处").says("value=\"另一家银行\"");
    page.says("别处已保存为“6222000000000002”").says("别处已保存为“某银行”").says_not("data-autosave");
    page.says_not("别处已保存为“企业0”");
    assert_eq!((world.kept().await.number, world.kept().await.bank), (NEW[1].1.to_owned(), NEW[2].1.to_owned()));
    world.from(&first, &format!("{path}?lang=en"), &STALE).await.says("Saved elsewhere as “6222000000000002”");

    // Who only goes on has typed against nothing, and undoes nothing.
    world.from(&first, &path, &OLD).await.is(StatusCode::SEE_OTHER);
    world.from(&first, &autosave, &OLD).await.is(StatusCode::CONFLICT);
    assert_eq!(world.kept().await.number, NEW[1].1);

    // Who has read both, and saves once more, means it.
    world.from(&seen(&page), &path, &STALE).await.is(StatusCode::SEE_OTHER);
    assert_eq!((world.kept().await.number, world.kept().await.bank), (STALE[1].1.to_owned(), STALE[2].1.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_as_it_is_typed_does_not_stand_in_its_own_way() {
    let world = world().await;
    let path = format!("/cases/{}/edit/account", world.cases.draft.0);
    let opened = seen(&world.get(AGENT, &path).await);
    assert_eq!(opened, "", "nothing is kept yet");
    let once = world.from(&opened, &format!("{path}/autosave"), &OLD).await;
    let twice = world.from(&seen_since(once.is(StatusCode::OK)), &format!("{path}/autosave"), &NEW).await;
    let last = seen_since(twice.is(StatusCode::OK));
    world.from(&last, &path, &STALE).await.is(StatusCode::SEE_OTHER);
    assert_eq!(world.kept().await.bank, STALE[2].1);
    // What is so already is no contradiction, whatever was seen.
    world.from(&opened, &path, &STALE).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_from_elsewhere_stays() {
    let world = world().await;
    let path = format!("/cases/{}/edit/known", world.cases.draft.0);
    let first = seen(&world.get(AGENT, &path).await);
    let dispute = [("f2", "false"), ("w2", "登记错了"), ("go", "next")];
    world.typed(&path, &dispute).await.is(StatusCode::SEE_OTHER);
    let why = async || {
        let case = world.store().case(world.cases.draft).await.expect("the case");
        case.statements.values().filter_map(|said| said.dispute.clone()).collect::<Vec<_>>()
    };
    // The device on which nothing was typed only goes on.
    world.from(&first, &path, &[("f2", ""), ("w2", ""), ("go", "next")]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(why().await, ["登记错了"]);
    // The one on which another thing was typed is shown what was said meanwhile, open.
    let other = [("f2", "false"), ("w2", "另一个理由"), ("go", "next")];
    world.from(&first, &format!("{path}/autosave"), &other).await.is(StatusCode::CONFLICT);
    let page = world.from(&first, &path, &other).await;
    page.is(StatusCode::CONFLICT)
        .says("别处已保存为“登记错了”")
        .says("另一个理由")
        .says("<details class=\"why\" open>");
    assert_eq!(why().await, ["登记错了"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_answered_twice_is_asked_once_more() {
    let world = world().await;
    let start = format!("/my/{}/apply/{}/result_award/R0-96", crate::testing::party(0), world.round);
    let edit = world.post(AGENT, &start, &[]).await.location().to_owned();
    let row = format!("{}/edit/row-1", edit.trim_end_matches("/edit"));
    let first = seen(&world.get(AGENT, &row).await);
    world.typed(&row, &[("f1", "2019-05-01"), ("f2", "true"), ("go", "next")]).await.is(StatusCode::SEE_OTHER);
    let page = world.from(&first, &row, &[("f1", "2019-05-02"), ("f2", "false"), ("go", "next")]).await;
    page.is(StatusCode::CONFLICT).says("value=\"2019-05-02\"").says("id=\"f1-warning\"").says("id=\"f2-warning\"");
    world.get(AGENT, &row).await.says("value=\"2019-05-01\"").says_not("别处");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_after_a_failed_payment_undoes_none_that_was_given_elsewhere() {
    let world = world().await;
    let id = world.cases.payable;
    let batch = sent(&world, id).await;
    answered(&world, batch, Some("账号户名不符")).await;
    let (case, path) = (format!("/cases/{}", id.0), format!("/cases/{}/account", id.0));
    let account = |number: &'static str| [("holder", "企业0"), ("number", number), ("bank", "某银行")];
    let first = seen(&world.get(AGENT, &path).await);
    world.from(&first, &path, &account("6222000000000097")).await.leads_to(&case);
    world.from(&first, &path, &account("6222000000000098")).await.leads_to(&case);
    // That one fails too; the page of the first failure still lies open.
    let batch = sent(&world, id).await;
    answered(&world, batch, Some("账户已销户")).await;
    let page = world.from(&first, &path, &account("6222000000000098")).await;
    page.is(StatusCode::CONFLICT).says("没有保存：这一步在别处").says("别处已保存为“6222000000000097”");
    page.says("value=\"6222000000000098\"").says_not("别处已保存为“某银行”");
    let kept = async || world.store().case(id).await.expect("the case").account.expect("an account").number;
    assert_eq!(kept().await, "6222000000000097");
    // A form that carries nothing has shown nothing.
    world.post(AGENT, &path, &account("6222000000000098")).await.is(StatusCode::CONFLICT);
    world.from(&first, &format!("{path}?lang=en"), &account("6222000000000098")).await.says("Saved elsewhere as");
    // Who has read both, and sends it once more, means it.
    world.from(&seen(&page), &path, &account("6222000000000098")).await.leads_to(&case);
    assert_eq!(kept().await, "6222000000000098");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_for_all_undoes_none_that_was_given_elsewhere() {
    let world = world().await;
    let start = format!("/my/{}/together/{}/result_award", crate::testing::party(0), world.round);
    world.post(AGENT, &start, &[("basis", "R0-15"), ("basis", "R0-16")]).await.is(StatusCode::SEE_OTHER);
    let (path, check) = (format!("{start}/account"), format!("{start}/check"));
    let account = |number: &'static str| [("holder", "企业0"), ("number", number), ("bank", "某银行")];
    let first = seen(&world.get(AGENT, &path).await);
    world.from(&first, &path, &account("6222000000000097")).await.leads_to(&check);
    let page = world.from(&first, &path, &account("6222000000000098")).await;
    page.is(StatusCode::CONFLICT).says("没有保存：这一步在别处").says("别处已保存为“6222000000000097”");
    let again = world.get(AGENT, &path).await;
    again.says("value=\"6222000000000097\"").says_not("别处");
    // What is so already is no contradiction, whatever was seen; who has read both means it.
    world.from(&first, &path, &account("6222000000000097")).await.leads_to(&check);
    world.from(&seen(&page), &path, &account("6222000000000098")).await.leads_to(&check);
    world.get(AGENT, &path).await.says("value=\"6222000000000098\"");
}
