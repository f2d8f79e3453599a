//! For the tests of pages: a small district with users of every role and cases in several stages, and a browser that
//! needs no network.
//!
//! ```ignore
//! let world = World::new().await;
//! let answer = world.get(Some(Who::Agent), &format!("/cases/{}", world.cases.draft.0)).await;
//! answer.is(StatusCode::OK).says("草稿");
//! world.post(Some(Who::Agent), "/cases/1/submit", &[("sure", "yes")]).await.leads_to("/cases/1");
//! ```
//!
//! The district is made once for all tests of a run; each test gets a copy of its database.

// Each area's tests use their own part of this.
#![allow(dead_code, unused_imports)]

mod district;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use duixian_casework::case::CaseId;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_store::{Clock, Key, Store};
use tower::ServiceExt;

use crate::access::Routes;
use crate::once::Once;
use crate::portal::{self, DemoAccount, Options, Portal};

pub(crate) use district::{FUND, PACK, YEAR, account, evidence, open_round, party};

/// The password of all users.
pub(crate) const PASSWORD: &str = "Mingde-2019-Qiu";

/// The users of the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Acts for parties 0 and 1, whose the cases are.
    Agent,
    /// Acts for party 2, which has none of the cases but one draft.
    OtherAgent,
    Intake,
    Reviewer,
    DecisionMaker,
    OtherDecisionMaker,
    Finance,
    OtherFinance,
    Auditor,
    Leader,
    Administrator,
}

impl Who {
    pub(crate) const ALL: [Who; 11] = [
        Who::Agent,
        Who::OtherAgent,
        Who::Intake,
        Who::Reviewer,
        Who::DecisionMaker,
        Who::OtherDecisionMaker,
        Who::Finance,
        Who::OtherFinance,
        Who::Auditor,
        Who::Leader,
        Who::Administrator,
    ];

    pub(crate) fn role(self) -> Role {
        match self {
            Who::Agent | Who::OtherAgent => Role::Agent,
            Who::Intake => Role::Intake,
            Who::Reviewer => Role::Reviewer,
            Who::DecisionMaker | Who::OtherDecisionMaker => Role::DecisionMaker,
            Who::Finance | Who::OtherFinance => Role::Finance,
            Who::Auditor => Role::Auditor,
            Who::Leader => Role::Leader,
            Who::Administrator => Role::Administrator,
        }
    }

    pub(crate) fn login(self) -> &'static str {
        match self {
            Who::Agent => "agent",
            Who::OtherAgent => "agent2",
            Who::Intake => "intake",
            Who::Reviewer => "reviewer",
            Who::DecisionMaker => "decider",
            Who::OtherDecisionMaker => "decider2",
            Who::Finance => "finance",
            Who::OtherFinance => "finance2",
            Who::Auditor => "auditor",
            Who::Leader => "leader",
            Who::Administrator => "admin",
        }
    }

    /// Their number: they were made in this order.
    pub(crate) fn id(self) -> UserId {
        UserId(Who::ALL.iter().position(|who| *who == self).map_or(0, |at| at as i64 + 1))
    }
}

/// The cases, all of party 0 but the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cases {
    pub(crate) draft: CaseId,
    pub(crate) submitted: CaseId,
    /// Taken up by the reviewer, in formal review.
    pub(crate) in_review: CaseId,
    /// Waits for its decision.
    pub(crate) reviewed: CaseId,
    pub(crate) in_notice: CaseId,
    /// One objection, not answered.
    pub(crate) objected: CaseId,
    pub(crate) payable: CaseId,
    pub(crate) paid: CaseId,
    pub(crate) declined: CaseId,
    /// Sent back to the applicant.
    pub(crate) correction: CaseId,
    /// A draft of party 2.
    pub(crate) of_other: CaseId,
}

/// A portal over a copy of the district.
pub(crate) struct World {
    pub(crate) portal: Arc<Portal>,
    pub(crate) app: Router,
    pub(crate) cases: Cases,
    pub(crate) round: i64,
    tokens: Arc<Vec<String>>,
    _folder: tempfile::TempDir,
}

impl World {
    /// With all routes, as a demonstration.
    pub(crate) async fn new() -> World {
        World::with(Options::default(), None).await
    }

    /// The same with some routes alone.
    pub(crate) async fn of(routes: Routes) -> World {
        World::with(Options::default(), Some(routes)).await
    }

    /// With other options.
    pub(crate) async fn with(options: Options, routes: Option<Routes>) -> World {
        let made = district::made().await;
        let folder = tempfile::tempdir().expect("a folder");
        district::copy(made.folder.path(), folder.path());
        let path = folder.path().join("store.db").display().to_string();
        let store = Store::open(&path, Clock::Shifted).await.expect("the store opens");
        let account = DemoAccount {
            login: Who::Intake.login().to_owned(),
            password: PASSWORD.to_owned(),
            name: "周敏".to_owned(),
            what: ("受理岗", "Intake").into(),
        };
        let options = Options { demo_accounts: vec![account], ..options };
        let portal = Portal::open(store, options).await.expect("the portal opens");
        let app = portal::framed(portal.clone(), routes.unwrap_or_else(crate::pages::routes));
        World { portal, app, cases: made.cases, round: made.round, tokens: made.tokens.clone(), _folder: folder }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.portal.store
    }

    /// What someone may do now.
    pub(crate) async fn actor(&self, who: Who) -> Actor {
        self.store().actor_of(who.id()).await.expect("a user")
    }

    /// A page.
    pub(crate) async fn get(&self, who: Option<Who>, path: &str) -> Answer {
        self.send(self.request(Method::GET, who, path).body(Body::empty()).expect("a request")).await
    }

    /// A form, with its token and a fresh number.
    pub(crate) async fn post(&self, who: Option<Who>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let once = Once::fresh().expect("randomness").to_string();
        self.post_once(who, path, &once, fields).await
    }

    /// A form with its token and a number that may have been used.
    pub(crate) async fn post_once(&self, who: Option<Who>, path: &str, once: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(who).await;
        let mut all = vec![("_csrf", csrf.as_str()), ("_once", once)];
        all.extend_from_slice(fields);
        self.post_raw(who, path, &all).await
    }

    /// A form as it is given.
    /// Goes where an answer leads.
    pub(crate) async fn follow(&self, who: Option<Who>, answer: &Answer) -> Answer {
        answer.is(StatusCode::SEE_OTHER);
        self.get(who, answer.location()).await
    }

    pub(crate) async fn post_raw(&self, who: Option<Who>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, who, path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// A form with files: name of the field, name of the file, bytes.
    pub(crate) async fn post_files(
        &self,
        who: Option<Who>,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        const LINE: &str = "----a-line-between-parts";
        let once = Once::fresh().expect("randomness").to_string();
        let csrf = self.csrf(who).await;
        let mut body = Vec::new();
        for (name, value) in [("_csrf", csrf.as_str()), ("_once", once.as_str())].iter().chain(fields) {
            let head = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{LINE}--\r\n").as_bytes());
        let request = self.request(Method::POST, who, path);
        let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={LINE}"));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// A request with the session's cookie, or a visitor's.
    pub(crate) fn request(&self, method: Method, who: Option<Who>, path: &str) -> axum::http::request::Builder {
        let cookie = match who {
            Some(who) => format!("{}={}", self.portal.session_cookie(), self.token(who)),
            None => format!("visitor={VISITOR}"),
        };
        Request::builder().method(method).uri(path).header(header::COOKIE, cookie)
    }

    /// The token of someone's forms.
    pub(crate) async fn csrf(&self, who: Option<Who>) -> String {
        let site = self.portal.site();
        match who {
            None => site.key.token(VISITOR),
            Some(who) => {
                let session = self.store().session(self.token(who)).await.expect("the store answers");
                // A session that a test has ended has no token; the form is then refused for that.
                session.map_or_else(String::new, |session| site.key.token(&session.csrf_seed))
            }
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let line = format!("{} {}", request.method(), request.uri());
        let response = self.app.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
        Answer { line, status: parts.status, headers: parts.headers, bytes }
    }

    fn token(&self, who: Who) -> &str {
        &self.tokens[who.id().0 as usize - 1]
    }
}

/// A visitor's cookie.
const VISITOR: &str = "0123456789abcdef0123456789abcdef";

/// A key that no one has used.
pub(crate) fn fresh() -> Key {
    Once::fresh().expect("randomness").key()
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// What was asked, for messages.
    pub(crate) line: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The page.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Where it leads, for a redirect.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|place| place.to_str().ok()).unwrap_or("")
    }

    /// The value of a cookie that it sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let start = format!("{name}=");
        let mut found = cookies.filter_map(|cookie| cookie.strip_prefix(&start));
        found.next().map(|rest| rest.split(';').next().unwrap_or("").to_owned())
    }

    /// Fails unless it has this status.
    #[track_caller]
    pub(crate) fn is(&self, status: StatusCode) -> &Answer {
        assert_eq!(self.status, status, "{}\n{}", self.line, self.words());
        self
    }

    /// Fails unless it is a page with this text.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Answer {
        assert!(self.text().contains(text), "{} does not say {text:?}:\n{}", self.line, self.words());
        self
    }

    /// Fails where it has this text.
    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) -> &Answer {
        assert!(!self.text().contains(text), "{} says {text:?}", self.line);
        self
    }

    /// Fails unless it is a redirect to this place.
    #[track_caller]
    pub(crate) fn leads_to(&self, place: &str) -> &Answer {
        assert_eq!((self.status, self.location()), (StatusCode::SEE_OTHER, place), "{}\n{}", self.line, self.words());
        self
    }

    /// What a reader sees of the page, for messages: without the markup.
    fn words(&self) -> String {
        let text = self.text();
        let main = text.split_once("<main").map_or(text.as_str(), |(_, main)| main);
        let mut words = String::new();
        let mut is_in_tag = true;
        for character in main.chars() {
            match character {
                '<' => is_in_tag = true,
                '>' => {
                    is_in_tag = false;
                    words.push(' ');
                }
                _ if !is_in_tag => words.push(character),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
