//! Every route of the portal, asked as nobody and in every role, gives what its access says; and what belongs to another
//! party is not there.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use duixian_casework::case::CaseId;

use super::{Access, Route};
use crate::pages;
use crate::pages::shared::path_part;
use crate::testing::{Answer, Who, World, party};

/// One user for each role, and nobody.
const ASKERS: [Option<Who>; 9] = [
    None,
    Some(Who::Agent),
    Some(Who::Intake),
    Some(Who::Reviewer),
    Some(Who::DecisionMaker),
    Some(Who::Finance),
    Some(Who::Auditor),
    Some(Who::Leader),
    Some(Who::Administrator),
];

/// An address of a route, about things that are there.
fn address(world: &World, route: &Route, case: CaseId, code: &str) -> String {
    let mut parts = Vec::new();
    let all: Vec<&str> = route.path.split('/').collect();
    for (at, part) in all.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| all[at]);
        parts.push(match (before, *part) {
            ("cases", "{id}") => case.0.to_string(),
            (_, "{code}") => code.to_owned(),
            (_, "{round}") => world.round.to_string(),
            (_, "{measure}") | ("measures", "{id}") => "result_award".to_owned(),
            (_, "{*basis}") => "R0-0".to_owned(),
            (_, "{clause}") => path_part("二"),
            (_, "{fund}") => "trial_fund".to_owned(),
            (_, "{year}") => "2019".to_owned(),
            (_, "{action}") => "accept".to_owned(),
            (_, "{table}") => "enterprises".to_owned(),
            (_, "{kind}") => "receipt".to_owned(),
            (_, place) if place.starts_with('{') => "1".to_owned(),
            (_, fixed) => fixed.to_owned(),
        });
    }
    parts.join("/")
}

/// Whether the check on the route turned someone away; what a handler says of its own is another matter.
fn is_turned_away(answer: &Answer) -> bool {
    let to_sign_in = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in?next=");
    let wrong_role = answer.status == StatusCode::FORBIDDEN && answer.text().contains("这个页面只对以下角色开放");
    to_sign_in || wrong_role
}

#[tokio::test]
async fn every_page_is_open_to_those_it_says_and_to_nobody_else() {
    let world = World::new().await;
    let routes = pages::routes();
    let pages = routes.table().iter().filter(|route| route.method == Method::GET);
    let mut opened = 0;
    for route in pages {
        let path = address(&world, route, world.cases.draft, &party(0));
        for who in ASKERS {
            let answer = world.get(who, &path).await;
            let roles = who.map(|who| vec![who.role()]);
            let expected = route.access.allows(roles.as_deref());
            assert_eq!(!is_turned_away(&answer), expected, "{path} as {who:?}: {}", answer.status);
            assert!(!answer.status.is_server_error(), "{path} as {who:?}: {}", answer.status);
            match (expected, who) {
                (false, None) => assert!(answer.location().starts_with("/sign-in?next="), "{path}"),
                (false, Some(_)) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} as {who:?}"),
                (true, _) => opened += usize::from(answer.status == StatusCode::OK),
            }
        }
    }
    assert!(opened > 100, "only {opened} pages were really there");
}

/// Whether a cell is a number or a day as people read it, and not as a spreadsheet does: `1,234.50`, `1,234.50元`, `2019年6月3日`, `3 June 2019`.
fn is_for_reading(cell: &str) -> bool {
    let is_grouped = |word: &str| {
        let (whole, _) = word.split_once('.').unwrap_or((word, ""));
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default().trim_start_matches('-');
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        whole.contains(',') && is_digits(first) && groups.all(|group| group.len() == 3 && is_digits(group))
    };
    let between = |one: char| one.is_whitespace() || !one.is_ascii_digit() && !matches!(one, ',' | '.' | '-');
    let is_day = |cell: &str| cell.ends_with('日') && cell.contains('年') && cell.starts_with("20");
    let months = ["January", "May", "June", "July", "December"];
    cell.split(between).any(is_grouped) || is_day(cell) || months.iter().any(|month| cell.contains(month))
}

#[test]
fn what_is_written_for_reading_is_told_from_numbers_and_days() {
    for cell in ["1,234.50", "至多 100,000.00", "0.00–100,000.00", "-1,234元", "2019年6月3日", "3 June 2019"] {
        assert!(is_for_reading(cell), "{cell}");
    }
    for cell in ["1234.50", "-0.05", "2019-06-03", "2019-06-03 09:00", "试兑20190001", "2019年度第一批", "1,2"] {
        assert!(!is_for_reading(cell), "{cell}");
    }
}

#[tokio::test]
async fn lists_that_are_taken_along_hold_numbers_and_days_that_a_spreadsheet_reads() {
    let world = World::new().await;
    let routes = pages::routes();
    let mut paths: BTreeSet<String> = routes
        .table()
        .iter()
        .filter(|route| route.method == Method::GET)
        .map(|route| address(&world, route, world.cases.payable, &party(0)))
        .collect();
    paths.insert("/finance/funds/trial_fund/2019/statement?by=case".to_owned());
    paths.extend(
        ["parties", "funds", "measures", "stages", "months", "desks", "late"]
            .map(|list| format!("/figures?list={list}")),
    );
    let (mut files, mut amounts, mut days) = (BTreeSet::new(), 0, 0);
    for path in &paths {
        for who in ASKERS {
            for lang in ["zh", "en"] {
                let mark = if path.contains('?') { '&' } else { '?' };
                let answer = world.get(who, &format!("{path}{mark}format=csv&lang={lang}")).await;
                let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                if answer.status != StatusCode::OK || !kind.is_some_and(|kind| kind.starts_with("text/csv")) {
                    continue;
                }
                files.insert(path.as_str());
                // What is on the journal stands there in the words that it is told in.
                if path == "/audit" {
                    continue;
                }
                let bytes = answer.bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte-order mark");
                for record in csv::Reader::from_reader(bytes).records() {
                    for cell in &record.expect("a row") {
                        assert!(!is_for_reading(cell), "{path} as {who:?}: {cell}");
                        amounts += usize::from(cell.ends_with(".00"));
                        days += usize::from(cell.starts_with("2019-"));
                    }
                }
            }
        }
    }
    assert!(files.len() >= 20 && amounts > 50 && days > 50, "{amounts} amounts, {days} days in {files:?}");
    let own = world.get(Some(Who::Agent), "/cases?format=csv").await;
    own.says("规则下限（元）").says(",0.00,100000.00,").says_not("至多");
    world.get(Some(Who::Agent), "/cases").await.says("至多 100,000.00").says_not("规则上限");
}

#[tokio::test]
async fn no_form_is_taken_from_those_who_may_not_or_without_its_token() {
    let world = World::new().await;
    let before = world.store().journal(&Default::default()).await.expect("the journal").total;
    let routes = pages::routes();
    for route in routes.table().iter().filter(|route| route.method == Method::POST) {
        let path = address(&world, route, world.cases.draft, &party(0));
        for who in ASKERS {
            let roles = who.map(|who| vec![who.role()]);
            let is_open = route.access.allows(roles.as_deref());
            let wrong = "0".repeat(64);
            for token in [None, Some(wrong.as_str())] {
                let fields = [("_csrf", token.unwrap_or("")), ("_once", "00112233445566778899aabbccddeeff")];
                let answer = world.post_raw(who, &path, &fields[usize::from(token.is_none())..]).await;
                assert_eq!(is_turned_away(&answer), !is_open, "{path} as {who:?}: {}", answer.status);
                assert!(!is_open || answer.status.is_client_error(), "{path} as {who:?}: {}", answer.status);
            }
            let parts = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n\r\nx\r\n--x--\r\n";
            let request = world.request(Method::POST, who, &path);
            let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
            let answer = world.send(request.body(Body::from(parts)).expect("a request")).await;
            assert!(is_turned_away(&answer) || answer.status.is_client_error(), "{path} as {who:?}: {}", answer.status);
        }
    }
    let after = world.store().journal(&Default::default()).await.expect("the journal").total;
    assert_eq!(before, after, "something was done without a token");
}

#[tokio::test]
async fn another_partys_cases_are_not_there() {
    let world = World::new().await;
    let cases = world.cases;
    let all = [cases.draft, cases.submitted, cases.in_notice, cases.paid, cases.declined, cases.correction];
    let routes = pages::routes();
    let mut asked = 0;
    for route in routes.table() {
        let is_about_a_case = route.path.starts_with("/cases/{id}");
        let is_about_a_party = route.path.starts_with("/my/{code}");
        if !(is_about_a_case || is_about_a_party) {
            continue;
        }
        for case in all {
            let path = address(&world, route, case, &party(0));
            // Someone else's agent, and an agent of nobody's case: the same as if there were no such case.
            let answer = if route.method == Method::GET {
                world.get(Some(Who::OtherAgent), &path).await
            } else {
                let fields = [("reason", "x"), ("value", "x"), ("confirm", "yes")];
                let plain = world.post(Some(Who::OtherAgent), &path, &fields).await;
                match plain.status {
                    StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::BAD_REQUEST => {
                        world.post_files(Some(Who::OtherAgent), &path, &fields, &[("file", "a.pdf", b"%PDF-1.4")]).await
                    }
                    _ => plain,
                }
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {path}", route.method);
            answer.says_not("企业0");
            asked += 1;
        }
    }
    assert!(asked > 50, "only {asked} were asked");
    for case in all {
        let case = world.store().case(case).await.expect("a case");
        assert_eq!(case.subject.party, party(0));
    }
}

#[tokio::test]
async fn lists_and_messages_hold_only_what_is_ones_own() {
    let world = World::new().await;
    for path in ["/cases", "/messages", "/my", "/account"] {
        let own = world.get(Some(Who::OtherAgent), path).await;
        assert!(own.status == StatusCode::OK || own.status == StatusCode::SEE_OTHER, "{path}: {}", own.status);
        own.says_not("企业0").says_not(&party(0));
    }
    world.get(Some(Who::Agent), "/messages").await.is(StatusCode::OK).says("企业0");
    // What officials see of a case, an agent does not, even of their own.
    for path in ["/work", "/audit", "/admin"] {
        world.get(Some(Who::Agent), path).await.is(StatusCode::FORBIDDEN);
    }
}

#[test]
fn every_route_says_who_may_and_no_two_are_one() {
    let routes = pages::routes();
    let mut seen = BTreeSet::new();
    for route in routes.table() {
        assert!(seen.insert((route.method.to_string(), route.path)), "{} {} twice", route.method, route.path);
        assert!(!matches!(route.access, Access::Roles([])), "{} is for nobody", route.path);
        let public = ["/", "/programme", "/calculator", "/measures", "/notices", "/paid", "/sign-in", "/sign-out"];
        if route.access == Access::Public {
            let is_meant = public
                .iter()
                .any(|one| route.path == *one || (*one != "/" && route.path.starts_with(&format!("{one}/"))));
            assert!(is_meant, "{} is open to all: if that is meant, say so here", route.path);
        }
    }
}
