//! A hostile user's day: forged and replayed forms, script in names, too much at once, headers that say more than they
//! should.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Method, StatusCode, header};
use duixian_casework::stage::Stage;
use hyper::body::Frame;

use crate::portal::Options;
use crate::testing::{PASSWORD, Who, World, fresh};

const ADMIN: Option<Who> = Some(Who::Administrator);

#[tokio::test]
async fn a_token_is_good_for_its_session_alone() {
    let world = World::new().await;
    let leaders = world.csrf(Some(Who::Leader)).await;
    let visitors = world.csrf(None).await;
    for token in [leaders.as_str(), visitors.as_str(), "", "zz", &"a".repeat(64)] {
        let fields = [("_csrf", token), ("_once", "00112233445566778899aabbccddeeff"), ("name_zh", "黑客局")];
        world.post_raw(ADMIN, "/admin/settings", &fields).await.is(StatusCode::FORBIDDEN).says("表单已经过期");
    }
    assert_ne!(world.store().settings().await.expect("settings").name_zh, "黑客局");
}

#[tokio::test]
async fn a_form_sent_again_does_nothing_again_and_its_number_serves_nothing_else() {
    let world = World::new().await;
    let once = "00112233445566778899aabbccddeeff";
    let day = |name| [("date", "2019-06-05"), ("kind", "off"), ("name", name)];
    let path = "/admin/calendar";
    world.post_once(ADMIN, path, once, &day("甲")).await.is(StatusCode::SEE_OTHER);
    let total = world.store().journal(&Default::default()).await.expect("the journal").total;
    world.post_once(ADMIN, path, once, &day("甲")).await.is(StatusCode::SEE_OTHER);
    world.post_once(ADMIN, path, once, &day("乙")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let after = world.store().journal(&Default::default()).await.expect("the journal").total;
    assert_eq!(total, after);
    for broken in ["", "x", "00112233445566778899aabbccddeef", "<script>"] {
        let answer = world.post_once(ADMIN, path, broken, &day("丙")).await;
        answer.is(StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn script_in_names_stays_text() {
    let world = World::new().await;
    let evil = "<img src=x onerror=alert(1)>\"'&";
    let fields = [("name", evil), ("login", "evil"), ("roles", "reviewer")];
    // No name has such signs, and what is refused is shown again.
    let refused = world.post(ADMIN, "/admin/users/new", &fields).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says_not("<img src=x").says_not("value=\"<img");
    for path in ["/admin/users?q=evil", "/audit?q=<script>alert(1)</script>", "/notices?q=\"><script>"] {
        let who = if path.starts_with("/audit") { Who::Auditor } else { Who::Administrator };
        let path = path.replace('<', "%3C").replace('>', "%3E").replace('"', "%22");
        let answer = world.get(Some(who), &path).await;
        answer.is(StatusCode::OK).says_not("<img src=x").says_not("<script>alert").says_not("\"><script>");
    }
    world.get(None, "/sign-in?next=%22%3E%3Cscript%3E").await.is(StatusCode::OK).says_not("\"><script>");
    // A name that a spreadsheet would compute.
    let fields = [("name", "=HYPERLINK(\"http://x\")"), ("login", "formula"), ("roles", "reviewer")];
    world.post(ADMIN, "/admin/users/new", &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn too_much_at_once_is_refused() {
    let world = World::new().await;
    let long = "字".repeat(200_000);
    let fields = [("name_zh", long.as_str())];
    world.post(ADMIN, "/admin/settings", &fields).await.is(StatusCode::PAYLOAD_TOO_LARGE).says("太大");
    let file = vec![b'x'; 2 << 20];
    let answer = world.post_files(ADMIN, "/admin/calendar/import", &[], &[("file", "a.csv", &file)]).await;
    answer.is(StatusCode::PAYLOAD_TOO_LARGE).says("一次最多提交 1.0 MB").says_not("回到刚才那一步");
    // It leads back to the page of ours that it came from, whatever else the browser says.
    for (referer, back) in [
        ("http://portal.example/admin/calendar?x=1#y", true),
        ("http://elsewhere.example/admin/calendar", false),
        ("http://portal.example//elsewhere.example/", false),
        ("nothing", false),
    ] {
        let request = world.request(Method::POST, ADMIN, "/admin/settings").header(header::REFERER, referer);
        let request = request.header(header::HOST, "portal.example");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from("x".repeat(300_000))).expect("a request");
        let answer = world.send(request).await;
        answer.is(StatusCode::PAYLOAD_TOO_LARGE).says("一次最多提交 256 KB");
        assert_eq!(answer.text().contains("href=\"/admin/calendar\">回到刚才那一步"), back, "{referer}");
        assert_eq!(answer.text().contains("回到刚才那一步"), back, "{referer}");
    }
    // Nobody's body is read before it is known who they are.
    let answer = world.post_files(None, "/admin/facts", &[], &[("tables", "enterprises.csv", &file)]).await;
    answer.is(StatusCode::SEE_OTHER);
    let many: Vec<(String, String)> = (0..3_000).map(|at| (format!("f{at}"), String::new())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.post(ADMIN, "/admin/settings", &many).await.is(StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nothing_typed_becomes_a_header() {
    let world = World::new().await;
    for next in ["/x%0d%0aSet-Cookie:%20a=b", "/x\r\nX-Evil: 1", "//evil.example/x"] {
        let fields = [("login", "leader"), ("password", PASSWORD), ("next", next)];
        let answer = world.post(None, "/sign-in", &fields).await;
        answer.is(StatusCode::SEE_OTHER);
        assert!(answer.headers.get("x-evil").is_none() && answer.cookie("a").is_none(), "{next}");
        assert!(answer.location().starts_with('/') && !answer.location().starts_with("//"), "{}", answer.location());
    }
    let path = "/admin/users?q=a%0d%0aX-Evil:1&format=csv";
    let answer = world.get(ADMIN, path).await;
    answer.is(StatusCode::OK);
    assert!(answer.headers.get("x-evil").is_none());
}

#[tokio::test]
async fn a_made_up_or_stolen_cookie_is_nobody() {
    let world = World::new().await;
    for cookie in ["session=x", "session=", &format!("session={}", "0".repeat(64)), "session=' OR 1=1 --"] {
        let request = axum::http::Request::get("/account").header(header::COOKIE, cookie);
        let answer = world.send(request.body(Body::empty()).expect("a request")).await;
        answer.leads_to("/sign-in?next=%2Faccount");
    }
    // Over HTTPS the plain name is not looked at: another site of the same domain could have set it.
    let world = World::with(Options { https: true, ..Options::default() }, None).await;
    let token = {
        let answer = world.post(None, "/sign-in", &[("login", "leader"), ("password", PASSWORD)]).await;
        answer.cookie("__Host-session").expect("a session")
    };
    for (name, status) in [("session", StatusCode::SEE_OTHER), ("__Host-session", StatusCode::OK)] {
        let request = axum::http::Request::get("/account").header(header::COOKIE, format!("{name}={token}"));
        world.send(request.body(Body::empty()).expect("a request")).await.is(status);
    }
}

#[tokio::test]
async fn an_address_is_taken_from_a_proxy_only_where_there_is_one() {
    let guess = async |world: &World, forwarded: String| {
        let csrf = world.csrf(None).await;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("_csrf", csrf.as_str()), ("login", &forwarded), ("password", "x")])
            .finish();
        let request = world.request(Method::POST, None, "/sign-in").header("x-forwarded-for", &forwarded);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        world.send(request.body(Body::from(body)).expect("a request")).await.status
    };
    let world = World::new().await;
    let mut last = StatusCode::OK;
    for at in 0..102 {
        last = guess(&world, format!("198.51.100.{at}")).await;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "a header of one's own gives no new count");
}

#[tokio::test]
async fn every_page_is_small_and_complete() {
    let world = World::new().await;
    for (who, path) in [
        (None, "/"),
        (None, "/programme"),
        (None, "/notices"),
        (None, "/sign-in"),
        (ADMIN, "/admin"),
        (ADMIN, "/admin/calendar"),
        (Some(Who::Auditor), "/audit"),
    ] {
        for lang in ["zh", "en"] {
            let answer = world.get(who, &format!("{path}?lang={lang}")).await;
            answer.is(StatusCode::OK).says("</html>").says("<h1");
            assert!(answer.bytes.len() < 100 * 1024, "{path} has {} bytes", answer.bytes.len());
        }
    }
}

/// A body of which the rest comes when it is sent.
struct InParts(tokio::sync::mpsc::Receiver<Bytes>);

impl HttpBody for InParts {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.get_mut().0.poll_recv(cx).map(|part| part.map(|part| Ok(Frame::data(part))))
    }
}

#[tokio::test]
async fn who_may_not_go_on_is_not_served_because_they_began_before() {
    let world = World::new().await;
    let (case, agent) = (world.cases.submitted, Some(Who::Agent));
    let body = format!("_csrf={}&_once=00112233445566778899aabbccddeeff&reason=x", world.csrf(agent).await);
    let (send, parts) = tokio::sync::mpsc::channel(2);
    let request = world
        .request(Method::POST, agent, &format!("/cases/{}/withdraw", case.0))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::new(InParts(parts)))
        .expect("a request");
    let (begin, rest) = body.split_at(10);
    let stopped = async {
        send.send(Bytes::copy_from_slice(begin.as_bytes())).await.expect("it is read");
        // Everything the request needs before its body is done once the body has been taken up.
        while send.capacity() < 2 {
            tokio::task::yield_now().await;
        }
        let admin = world.actor(Who::Administrator).await;
        world.store().set_active(&admin, &fresh(), Who::Agent.id(), false).await.expect("deactivated");
        send.send(Bytes::copy_from_slice(rest.as_bytes())).await.expect("it is read");
        drop(send);
    };
    let (answer, ()) = tokio::join!(world.send(request), stopped);
    answer.is(StatusCode::CONFLICT).says("内容没有提交");
    assert_eq!(world.store().case(case).await.expect("the case").stage, Stage::Submitted);
}

#[tokio::test]
async fn a_forms_address_opened_like_a_page_leads_to_its_page() {
    let world = World::new().await;
    let number = world.store().case(world.cases.in_notice).await.expect("the case").number.expect("a number");
    let notice = format!("/notices/{}", crate::pages::shared::path_part(&number));
    let wrong = world.post(None, &format!("{notice}/object"), &[]).await;
    // The switch of languages on the page that came back leads to the notice.
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("{notice}/object?lang=en"));
    world.get(None, &format!("{notice}/object?lang=en")).await.leads_to(&format!("{notice}?lang=en"));
    let id = world.cases.in_review.0;
    let review = format!("/work/cases/{id}/review");
    world.get(Some(Who::Reviewer), &review).await.leads_to(&format!("/work/cases/{id}"));
    world.get(Some(Who::Auditor), "/audit/verify?page=2").await.leads_to("/audit?page=2");
    world.get(ADMIN, "/admin/users/3/roles").await.leads_to("/admin/users/3");
    // Any other method is still none of its own.
    let request = world.request(Method::DELETE, ADMIN, "/admin/users").body(Body::empty()).expect("a request");
    world.send(request).await.is(StatusCode::METHOD_NOT_ALLOWED);
}
