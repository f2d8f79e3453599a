//! Who is signed in: found once for each request, in its extensions from then on.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use duixian_casework::people::{Actor, Role, UserId};
use duixian_rules::vocabulary::Lang;
use duixian_store::sessions::Session;

use crate::locale::{self, Text};
use crate::nav;
use crate::page::NavItem;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::{self, Shell, redirect};
use crate::uploads::Room;

/// Who is signed in. An extractor; on a public page, `Option<Viewer>`.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// What they may do at this moment; what the store is asked with.
    pub actor: Actor,
    /// Messages that nobody has opened yet.
    pub unread: u64,
    /// Whether they must choose a new password first.
    pub must_change: bool,
    /// The session's token, for signing out.
    pub(crate) token: String,
}

impl Viewer {
    /// Their roles.
    pub fn roles(&self) -> &[Role] {
        match &self.actor {
            Actor::User { roles, .. } => roles,
            Actor::Public | Actor::System => &[],
        }
    }

    /// The codes of the parties they act for now.
    pub fn parties(&self) -> &[String] {
        self.actor.own_parties()
    }

    /// Whether they have a role.
    pub fn has(&self, role: Role) -> bool {
        self.actor.has(role)
    }

    /// Whether they have one of several roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Viewer, Problem> {
        let viewer = parts.extensions.get::<Viewer>().cloned();
        viewer.ok_or_else(|| Problem::internal("a page that needs a viewer is open to all"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Viewer>, Infallible> {
        Ok(parts.extensions.get::<Viewer>().cloned())
    }
}

/// Who sends a form, asked again once all of it has come: who may not go on is not served because they began before.
#[derive(Clone)]
pub(crate) struct Sender {
    portal: Arc<Portal>,
    token: String,
    actor: Actor,
}

impl Sender {
    /// Refuses whoever has been signed out, or may do something else now, since the form began to come.
    pub(crate) async fn still(&self) -> Result<(), Problem> {
        match self.portal.store.session(&self.token).await? {
            Some(session) if session.actor == self.actor => Ok(()),
            _ => Err(Problem::conflict((
                "表单传到一半时，您的登录或者权限有了变化，内容没有提交。",
                "While the form was being sent your session or what you may do has changed; nothing was submitted.",
            ))),
        }
    }

    /// Makes room for what they upload.
    pub(crate) fn upload(&self, bytes: u64) -> Result<Room, Problem> {
        self.portal.uploads.admit(self.actor.user(), bytes)
    }
}

/// Middleware around all routes: finds the session of the request's cookie, and shows the page to whom it belongs to.
pub(crate) async fn find(State(portal): State<Arc<Portal>>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(portal.site());
    let token = locale::cookie(request.headers(), portal.session_cookie()).map(str::to_owned);
    let Some(token) = token else { return next.run(request).await };
    let viewer = match signed_in(&portal, token).await {
        Ok(Some(found)) => found,
        Ok(None) => return next.run(request).await,
        Err(problem) => return problem.into_response(),
    };
    let (viewer, session) = viewer;
    let Some(shell) = request.extensions().get::<Arc<Shell>>().cloned() else {
        return Problem::internal("the session lies outside app::surround").into_response();
    };
    shell.sign_in(shell::Viewer {
        session: session.csrf_seed,
        name: viewer.name.clone(),
        role: role_text(&viewer),
        nav: nav::of(&viewer, portal.has_demo_clock(viewer.roles())),
        others: match other_parties(&portal, &viewer, &shell.path).await {
            Ok(others) => others,
            Err(problem) => return problem.into_response(),
        },
        unread: u32::try_from(viewer.unread).unwrap_or(u32::MAX),
    });
    if viewer.must_change && !may_wait(&shell.path) {
        return redirect("/account/password");
    }
    let sender = Sender { portal, token: viewer.token.clone(), actor: viewer.actor.clone() };
    request.extensions_mut().insert(sender);
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

/// What can be opened before a first password is changed.
fn may_wait(path: &str) -> bool {
    matches!(path, "/account/password" | "/sign-out" | "/sign-in")
}

async fn signed_in(portal: &Portal, token: String) -> Result<Option<(Viewer, Session)>, Problem> {
    let Some(session) = portal.store.session(&token).await? else { return Ok(None) };
    let unread = if session.actor.has(Role::Agent) { portal.store.unread(&session.actor).await? } else { 0 };
    let viewer = Viewer {
        user: session.user,
        name: session.name.clone(),
        login: session.login.clone(),
        actor: session.actor.clone(),
        unread,
        must_change: session.must_change,
        token,
    };
    Ok(Some((viewer, session)))
}

/// How many parties stand in the header; whoever acts for more chooses from the page of all.
const PARTIES_SHOWN: usize = 8;

/// The other parties that an agent can turn to from where they are.
async fn other_parties(portal: &Portal, viewer: &Viewer, path: &str) -> Result<Vec<NavItem>, Problem> {
    let parties = viewer.parties();
    match parties.len() {
        0 | 1 => return Ok(Vec::new()),
        2..=PARTIES_SHOWN => {}
        _ => return Ok(vec![NavItem::new("/my", "选择单位", "Choose a party")]),
    }
    let mut others = Vec::new();
    for code in parties {
        let href = format!("/my/{code}");
        if path == href || path.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/')) {
            continue;
        }
        let name = portal.store.party(code).await?.map_or_else(|| code.clone(), |party| party.name);
        others.push(NavItem { href, text: Text::same(name) });
    }
    Ok(others)
}

/// In which roles, as it stands under the name.
fn role_text(viewer: &Viewer) -> Text {
    let in_lang = |lang: Lang, between: &str| {
        viewer.roles().iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(between)
    };
    Text::new(in_lang(Lang::Zh, "、"), in_lang(Lang::En, ", "))
}
