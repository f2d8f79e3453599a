//! For whom someone acts: the parties delegated to them at this moment, and no others.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_store::facts::Party;

use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::redirect;
use crate::viewer::Viewer;

/// A party that the viewer acts for now. Any other is not there: a delegation that has ended hides everything at once.
pub async fn own(portal: &Portal, viewer: &Viewer, code: &str) -> Result<Party, Problem> {
    if !viewer.actor.acts_for(code) {
        return Err(Problem::not_found());
    }
    named(portal, code).await
}

/// A party with its name; the code where the registry has none.
pub async fn named(portal: &Portal, code: &str) -> Result<Party, Problem> {
    let found = portal.store.party(code).await?;
    Ok(found.unwrap_or_else(|| Party { code: code.to_owned(), name: code.to_owned() }))
}

/// All of them with their names, in the order of their codes.
pub async fn all(portal: &Portal, viewer: &Viewer) -> Result<Vec<Party>, Problem> {
    let mut parties = Vec::new();
    for code in viewer.parties() {
        parties.push(named(portal, code).await?);
    }
    Ok(parties)
}

#[derive(Template)]
#[template(path = "enterprise/parties.html")]
struct Parties {
    page: Page,
    parties: Vec<Party>,
}

/// `GET /my`: straight to the only party, or a choice.
pub async fn choose(State(portal): State<Arc<Portal>>, page: Page, viewer: Viewer) -> Result<Response, Problem> {
    if let [only] = viewer.parties() {
        return Ok(redirect(&format!("/my/{only}")));
    }
    let parties = all(&portal, &viewer).await?;
    let page = if parties.is_empty() {
        page.titled(("还没有可以办理的单位", "No party to act for yet"))
    } else {
        page.titled(("为哪家单位办事？", "For which party?"))
    };
    Page::show(&Parties { page: page.narrow(), parties })
}
