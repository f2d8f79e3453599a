//! Names that look like others', errors beside their fields, and what a change of the calendar is said to mean.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::people::Actor;

use super::{ADMIN, post};
use crate::once::Once;
use crate::testing::{PASSWORD, Who, World, party};

#[tokio::test]
async fn a_name_shows_all_that_is_in_it_and_a_namesake_is_told_of() {
    let world = World::new().await;
    let path = "/admin/users/new";
    for name in ["李\u{202e}雷", "李\u{200b}雷"] {
        let fields = [("name", name), ("login", "li.lei"), ("roles", "leader")];
        let answer = world.post(ADMIN, path, &fields).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("姓名：里面有看不见的字符").says("id=\"name-error\"");
    }
    let fields = |login| [("name", "李雷"), ("login", login), ("roles", "agent")];
    world.post(ADMIN, path, &fields("li.lei")).await.is(StatusCode::OK).says_not("姓名一样");
    world.post(ADMIN, path, &fields("lilei2")).await.is(StatusCode::OK).says("还有姓名一样的用户：li.lei");
    let users = world.store().users().await.expect("users");
    let first = users.iter().find(|user| user.login == "li.lei").expect("the first");
    world.get(ADMIN, &format!("/admin/users/{}", first.id.0)).await.says("还有姓名一样的用户：lilei2");
    world.get(ADMIN, &format!("/admin/users/{}", Who::Leader.id().0)).await.says_not("姓名一样");
    // Where they act for somebody, the login stands beside the name.
    let delegated = [("agent", "lilei2"), ("party", "企业1"), ("until", ""), ("note", "授权书1号")];
    world.post(ADMIN, "/admin/delegations", &delegated).await.is(StatusCode::SEE_OTHER);
    world.get(ADMIN, "/admin/delegations").await.says("李雷<small>lilei2</small>");
    let unseen = [("agent", "li.lei"), ("party", "企业1"), ("until", ""), ("note", "授权书\u{200b}1号")];
    let answer = world.post(ADMIN, "/admin/delegations", &unseen).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("授权依据：里面有看不见的字符");
}

/// Old systems send a file's name as it lies on their disk.
#[tokio::test]
async fn a_file_whose_name_is_not_in_utf_8_is_taken_like_any_other() {
    const LINE: &str = "----a-line-between-parts";
    let world = World::new().await;
    let (csrf, once) = (world.csrf(ADMIN).await, Once::fresh().expect("randomness").to_string());
    let sent = async |name: &[u8]| {
        let mut body = Vec::new();
        for (field, value) in [("_csrf", &*csrf), ("_once", &*once), ("source_zh", "登记机关"), ("shrink", "yes")] {
            let part = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"tables\"; filename=\"");
        let table = format!("\"\r\n\r\n信用代码,名称\r\n{},企业甲\r\n\r\n--{LINE}--\r\n", party(0));
        for part in [head.as_bytes(), name, table.as_bytes()] {
            body.extend_from_slice(part);
        }
        let request = world.request(Method::POST, ADMIN, "/admin/facts");
        let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={LINE}"));
        world.send(request.body(Body::from(body)).expect("a request")).await
    };
    // What can't be read as a name is told of, by its ending.
    sent(b"\xff\xfe\xff.csv").await.is(StatusCode::UNPROCESSABLE_ENTITY).says("您选的是“文件.csv”");
    // 单位.csv in GBK is the table of the parties.
    sent(b"\xb5\xa5\xce\xbb.csv").await.is(StatusCode::OK).says("全部收下");
}

#[tokio::test]
async fn what_is_wrong_with_roles_is_told_beside_them() {
    let world = World::new().await;
    let fields = [("name", "李雷"), ("login", "li.lei"), ("roles", "auditor"), ("roles", "leader")];
    let answer = world.post(ADMIN, "/admin/users/new", &fields).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("角色：审计不能兼任其他角色").says("href=\"#roles-0\"");
    answer.says_not("id=\"login-error\"");
}

#[tokio::test]
async fn a_password_is_not_what_the_place_is_called() {
    let world = World::new().await;
    let settings =
        [("name_zh", "南明区科技局"), ("name_en", "Nanming District Bureau of Science"), ("number_prefix", "南明兑")];
    post(&world, "/admin/settings", "/admin/settings", &settings).await.is(StatusCode::SEE_OTHER);
    for weak in ["nanming2017", "南明区科技2018", "qwertyuiop", "abcabcabc", "密码密码密码密码"] {
        let fields = [("current", PASSWORD), ("new", weak), ("again", weak)];
        let answer = world.post(Some(Who::Leader), "/account/password", &fields).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("密码太容易猜到").says("id=\"new-error\"");
    }
}

#[tokio::test]
async fn what_a_day_off_means_to_cases_that_are_overdue_is_told() {
    let world = World::new().await;
    let words = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let case = world.store().case(world.cases.submitted).await.expect("the case");
    let due = case.due.expect("a deadline");
    let enter = async |date: NaiveDate| {
        let date = date.to_string();
        let day = [("date", date.as_str()), ("kind", "off"), ("name", "停电")];
        let entered = post(&world, "/admin/calendar", "/admin/calendar", &day).await;
        entered.is(StatusCode::SEE_OTHER).cookie("flash").expect("a message")
    };
    // Its own last day becomes a day off: it is due then all the same.
    let flash = enter(due).await;
    assert!(flash.contains(&words("的到期日成了休息日，仍在那天到期，不顺延")), "{flash}");
    // The first working day after it is over, and becomes a day off: nothing is left to count.
    let calendar = world.store().calendar().await.expect("the calendar");
    let next = calendar.add_working_days(due, 1);
    let days = (next - world.store().now().day()).num_days();
    world.store().advance_clock(&Actor::System, TimeDelta::days(days)).await.expect("time passes");
    let flash = enter(next).await;
    assert!(flash.contains(&words("件已超期的，超期天数变了（其中 ")), "{flash}");
    assert!(flash.contains(&words("只写“已过期”")), "{flash}");
}
