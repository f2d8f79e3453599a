//! An objection to what is in notice: the form, and what is told of it to whoever objects.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use duixian_casework::handle::objection_grounds;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use crate::forms::{Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::public::notices::{Published, notice_href, published, receipt_href, shown};
use crate::portal::Portal;
use crate::problem::{self, Problem, for_form};
use crate::shell::{Flash, redirect};

pub(super) fn objection_form(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::text("name", ("您的姓名或单位", "Your name, or your firm's"))
                .max_chars(60)
                .hint((
                    "只有答复、审定的人员和审计看得到，不会公开，也不会告诉对方。",
                    "Seen by those who answer, decide and audit; neither published nor told to the party.",
                ))
                .autocomplete("name"),
            Field::text("contact", ("联系方式", "How to reach you"))
                .max_chars(100)
                .hint(("电话、邮箱都可以，用来答复您。", "Telephone or e-mail, for the answer."))
                .autocomplete("tel"),
            Field::text_area("grounds", ("异议的理由", "Grounds"))
                .hint((
                    "写明哪一点不对、您怎么知道的。您写的事实和理由会转给申请单位，请不要在这里写自己的姓名、电话和住址。",
                    "What is wrong, and how you know. What you write here is sent to the applicant: leave out your own name, \
                     number and address.",
                )),
        ],
    )
}

/// Says what is to be left out of the grounds, too, where something else was found wrong first.
fn say_grounds(form: &mut Form) {
    let grounds = form.text("grounds").to_owned();
    if let Err(refusal @ (Refusal::Personal(..) | Refusal::OwnName(..))) =
        objection_grounds(grounds, form.text("name"), "")
    {
        form.error("grounds", problem::words(&StoreError::Refused(refusal)));
    }
}

/// Takes an objection in.
pub(super) async fn object(
    State(portal): State<Arc<Portal>>,
    Path(number): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let Published { is_open, .. } = published(&portal, &number).await?;
    // The page may have lain open until the notice was over.
    if !is_open {
        let (zh, en) = (
            "公示已经结束，不能在网上提异议了；有新情况的，请书面向受理窗口反映。",
            "The notice is over, and no objection is taken here any more: write to the office that takes in applications.",
        );
        let flash = Flash { good: false, text: Text::new(zh, en) };
        return Ok(flash.redirect(&page.site().key, &notice_href(&number)));
    }
    let mut form = objection_form(page.lang).filled(&posted);
    if !form.is_good() {
        say_grounds(&mut form);
        return shown(&portal, page, &number, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    // Each stops a notice and must be answered: nobody is to stop them all by the dozen.
    let address = portal.address(peer.map(|Extension(ConnectInfo(peer))| peer), &headers);
    if let Some(until) = portal.store.count_objection(&address).await? {
        let time = until.local().format("%H:%M").to_string();
        let (zh, en) = (
            format!("您那里短时间内提出的异议太多，请在 {time} 以后再提，或者来电话、来信。"),
            format!("There were too many objections from where you are: send it after {time}, or call or write."),
        );
        form.error("object", Text::new(zh, en));
        let response = shown(&portal, page, &number, form, StatusCode::TOO_MANY_REQUESTS).await?;
        return Ok(problem::until(response, (portal.store.now(), until)));
    }
    let id = portal.store.case_by_number(&number).await?.id;
    let text = |name: &str| form.text(name).to_owned();
    let ask = Ask::Object { name: text("name"), contact: text("contact"), grounds: text("grounds") };
    // Whoever is signed in objects as anyone else does: the objection is not tied to their account.
    match portal.store.ask(&Actor::Public, &posted.key()?, id, ask).await {
        // The page says which objection it was as long as it is read by this address: told once, the number would be lost when
        // the page is read anew.
        Ok(done) => {
            // The same form sent again is the same objection.
            if done.already {
                portal.store.uncount_objection(&address).await?;
            }
            Ok(redirect(&receipt_href(&number, done.value.objections.len())))
        }
        Err(error) => {
            portal.store.uncount_objection(&address).await?;
            let is_contact = matches!(error, StoreError::Refused(Refusal::Unreachable));
            form.error(if is_contact { "contact" } else { "grounds" }, for_form(error)?);
            if is_contact {
                say_grounds(&mut form);
            }
            shown(&portal, page, &number, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
