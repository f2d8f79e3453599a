//! The portal: the store, the installation, and the routes that answer for them.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use duixian_casework::people::Role;
use duixian_store::{Store, StoreError};

use crate::access::Routes;
use crate::access::above::Pages;
use crate::app;
use crate::csrf::Key;
use crate::design;
use crate::format;
use crate::locale::Text;
use crate::nav;
use crate::page::Site;
use crate::pages;
use crate::uploads::Uploads;
use crate::viewer;

/// What handlers need. The state of all routes: `State(portal): State<Arc<Portal>>`.
pub struct Portal {
    /// Cases, facts, funds, people, the journal.
    pub store: Store,
    /// Whether this is a demonstration: its accounts stand on the sign-in page, its time can be moved on.
    pub demo: bool,
    /// Whether readers come through a proxy that says, in `X-Forwarded-For`, where they come from.
    pub behind_proxy: bool,
    /// The accounts listed on the sign-in page of a demonstration.
    pub demo_accounts: Vec<DemoAccount>,
    pub(crate) uploads: Uploads,
    site: RwLock<Arc<Site>>,
    https: bool,
    log: fn(&str),
}

/// An account that a demonstration lists with its password.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// What is signed in with.
    pub login: String,
    /// Its password: of a demonstration, and public.
    pub password: String,
    /// Whose it is: `周敏`.
    pub name: String,
    /// What can be tried with it, in a few words: `受理岗：收件、公示、答复异议`.
    pub what: Text,
}

/// How the portal is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether readers come over HTTPS, which a proxy in front of the portal ends: cookies are `Secure` then.
    pub https: bool,
    /// Whether such a proxy is there. Its word on where a request comes from is taken only then.
    pub behind_proxy: bool,
    /// Listed on the sign-in page, in a demonstration only.
    pub demo_accounts: Vec<DemoAccount>,
    /// Where errors of ours are written, one line each.
    pub log: fn(&str),
}

impl Default for Options {
    fn default() -> Options {
        Options { https: false, behind_proxy: false, demo_accounts: Vec::new(), log: |line| eprintln!("{line}") }
    }
}

impl Portal {
    /// The portal of a store.
    ///
    /// # Errors
    /// What the store says when it is asked for its key and settings.
    pub async fn open(store: Store, options: Options) -> Result<Arc<Portal>, StoreError> {
        let demo = store.is_demo().await?;
        let site = site(&store, demo, options.https, options.log).await?;
        let portal = Portal {
            store,
            demo,
            behind_proxy: options.behind_proxy,
            demo_accounts: if demo { options.demo_accounts } else { Vec::new() },
            uploads: Uploads::default(),
            site: RwLock::new(Arc::new(site)),
            https: options.https,
            log: options.log,
        };
        Ok(Arc::new(portal))
    }

    /// The installation as it is named now.
    pub fn site(&self) -> Arc<Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the installation's names again, after an administrator has changed them.
    ///
    /// # Errors
    /// What the store says.
    pub async fn rename(&self) -> Result<(), StoreError> {
        let fresh = site(&self.store, self.demo, self.https, self.log).await?;
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    /// Writes a line to the log.
    pub fn log(&self, line: &str) {
        (self.log)(line);
    }

    /// The name of the session's cookie. With the prefix, browsers take it from nobody but this very host over HTTPS.
    pub fn session_cookie(&self) -> &'static str {
        if self.https { "__Host-session" } else { "session" }
    }

    /// A cookie that keeps a session's token until the browser closes, or takes it away where there is none.
    pub(crate) fn session_cookie_of(&self, token: Option<&str>) -> String {
        let name = self.session_cookie();
        let age = if token.is_none() { "; Max-Age=0" } else { "" };
        format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{age}", token.unwrap_or(""))
    }

    /// Where a request comes from, for counting guesses at passwords.
    pub(crate) fn address(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> String {
        // The last name in the list is the proxy's own word; what stands before it anyone can write.
        let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
        let told = forwarded.and_then(|list| list.rsplit(',').next()).map(str::trim).filter(|told| !told.is_empty());
        match (self.behind_proxy, told, peer) {
            (true, Some(told), _) => told.to_owned(),
            (_, _, Some(peer)) => peer.ip().to_string(),
            _ => "unknown".to_owned(),
        }
    }

    /// Whether the viewer may offer someone the demonstration's clock.
    pub(crate) fn has_demo_clock(&self, roles: &[Role]) -> bool {
        self.demo && !roles.is_empty()
    }
}

async fn site(store: &Store, demo: bool, https: bool, log: fn(&str)) -> Result<Site, StoreError> {
    let key = Key::new(store.installation_key().await?);
    let settings = store.settings().await?;
    let programme = match store.current_pack().await? {
        Some((_, pack)) => Text::new(pack.plan.policy.zh.clone(), format::capital(&pack.plan.policy.in_english())),
        None => Text::new("产业扶持政策兑现", "Support programme"),
    };
    let office = match (settings.name_zh.as_str(), settings.name_en.as_str()) {
        ("", _) => Text::default(),
        (zh, "") => Text::same(zh.to_owned()),
        (zh, en) => Text::new(zh.to_owned(), en.to_owned()),
    };
    let clock = store.clone();
    Ok(Site {
        programme,
        office,
        contact: settings.contact,
        demo_today: demo.then(|| Box::new(move || clock.now().day()) as Box<dyn Fn() -> _ + Send + Sync>),
        https,
        key,
        log,
        public_nav: nav::public(),
    })
}

/// All routes with their frame around them.
pub fn router(portal: Arc<Portal>) -> Router {
    framed(portal, pages::routes())
}

/// Some routes with the frame around them: for tests of one area.
pub fn framed(portal: Arc<Portal>, routes: Routes) -> Router {
    let site = portal.site();
    let (mut router, table) = routes.into_parts();
    let pages = Pages::of(&table);
    router = router.method_not_allowed_fallback(move |request: Request| std::future::ready(pages.lead(&request)));
    if portal.demo {
        router = router.merge(design::router());
    }
    let router = router.layer(axum::middleware::from_fn_with_state(portal.clone(), viewer::find)).with_state(portal);
    app::surround(router, site)
}

#[cfg(test)]
mod tests;
