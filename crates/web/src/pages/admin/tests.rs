//! What an administrator does in a day.

use axum::http::StatusCode;
use duixian_store::Key;
use duixian_store::cases::CaseFilter;
use duixian_store::people::NewUser;
use duixian_store::search::JournalFilter;

use crate::format;
use crate::locale::Lang;
use crate::testing::{Answer, PACK, PASSWORD, Who, World, party};

mod auditors;
mod names;
mod overtaken;
mod renamed;
mod withdrawn;

const ADMIN: Option<Who> = Some(Who::Administrator);

/// What the forms of a page say that they show, in their order.
async fn seen(world: &World, path: &str) -> Vec<String> {
    let page = world.get(ADMIN, path).await;
    let text = page.is(StatusCode::OK).text();
    let numbers = text.split("name=\"seen\" value=\"").skip(1);
    numbers.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// Sends a form of a page with what its first one says that it shows.
async fn post(world: &World, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let seen = seen(world, page).await.swap_remove(0);
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("seen", seen.as_str())]).collect();
    world.post(ADMIN, path, &fields).await
}

#[tokio::test]
async fn a_user_is_made_with_a_password_shown_once_and_must_change_it() {
    let world = World::new().await;
    world.get(ADMIN, "/admin/users/new").await.is(StatusCode::OK).says("初始密码由系统生成");
    let fields = [("name", "李雷"), ("login", "li.lei"), ("roles", "reviewer"), ("desks", "division")];
    let once = "00112233445566778899aabbccddeeff";
    let answer = world.post_once(ADMIN, "/admin/users/new", once, &fields).await;
    answer.is(StatusCode::OK).says("只显示这一次");
    let text = answer.text();
    let password = text.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).expect("a password");
    world.post_once(ADMIN, "/admin/users/new", once, &fields).await.is(StatusCode::OK).says_not(password);
    let signed_in = world.post(None, "/sign-in", &[("login", "li.lei"), ("password", password)]).await;
    signed_in.leads_to("/account/password");
    let taken = world.post(ADMIN, "/admin/users/new", &fields).await;
    taken.is(StatusCode::UNPROCESSABLE_ENTITY).says("登录名已有人使用").says("value=\"李雷\"");
    world.get(ADMIN, "/admin/users?q=li.l").await.says("李雷").says("业务科").says_not("OtherAgent");
}

#[tokio::test]
async fn the_last_of_a_role_or_desk_is_moved_only_once_that_is_confirmed() {
    let world = World::new().await;
    // Who, which roles and desks they are to have, and what nobody would have any more.
    let cases = [
        (Who::Intake, vec![("roles", "leader")], "没有别的受理人员"),
        (Who::Finance, vec![("roles", "leader")], "放款要两个人"),
        (Who::Reviewer, vec![("roles", "reviewer"), ("desks", "window")], "没有别的审核人员"),
        (Who::Reviewer, vec![("roles", "leader")], "没有别的"),
    ];
    for (who, fields, left) in cases {
        let user = who.id().0;
        let before = world.store().user(who.id()).await.expect("the user");
        let (page, at) = (format!("/admin/users/{user}"), format!("/admin/users/{user}/roles"));
        let asked = post(&world, &page, &at, &fields).await;
        asked.is(StatusCode::UNPROCESSABLE_ENTITY).says(left).says("仍要保存");
        let now = world.store().user(who.id()).await.expect("the user");
        assert_eq!((&now.roles, &now.desks), (&before.roles, &before.desks), "nothing is changed before that");
    }
    let page = format!("/admin/users/{}", Who::Intake.id().0);
    let confirmed = [("roles", "leader"), ("confirmed", "yes")];
    post(&world, &page, &format!("{page}/roles"), &confirmed).await.is(StatusCode::SEE_OTHER);
    // Where nothing is left to nobody, there is nothing to confirm.
    let page = format!("/admin/users/{}", Who::Leader.id().0);
    let more = [("roles", "leader"), ("roles", "intake")];
    post(&world, &page, &format!("{page}/roles"), &more).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_user_is_barred_and_let_in_again() {
    let world = World::new().await;
    let id = Who::Leader.id().0;
    let page = world.get(ADMIN, &format!("/admin/users/{id}")).await;
    page.says("<summary>停用</summary>").says("确认停用</button>").says_not("仍要停用");
    let finance = Who::Finance.id().0;
    world.get(ADMIN, &format!("/admin/users/{finance}")).await.says("放款要两个人").says("仍要停用");
    let intake = Who::Intake.id().0;
    world.get(ADMIN, &format!("/admin/users/{intake}")).await.says("没有别的受理人员").says("仍要停用");
    world.post(ADMIN, &format!("/admin/users/{id}/active"), &[("active", "no")]).await.is(StatusCode::SEE_OTHER);
    // What a reviewer has taken up waits for a colleague once they are barred, and not before.
    let reviewer = world.store().user(Who::Reviewer.id()).await.expect("the reviewer");
    let colleague = NewUser {
        login: "colleague".to_owned(),
        name: "同事".to_owned(),
        password: PASSWORD.to_owned(),
        roles: reviewer.roles,
        desks: reviewer.desks,
        must_change: false,
    };
    let key = Key::new("00000000000000000000000000000042").expect("a key");
    let administrator = world.actor(Who::Administrator).await;
    let colleague = world.store().create_user(&administrator, &key, colleague).await.expect("made").value;
    let waits = async || {
        let colleague = world.store().actor_of(colleague).await.expect("the colleague");
        let mine = CaseFilter { mine: true, per_page: 100, ..CaseFilter::default() };
        let found = world.store().cases(&colleague, &mine).await.expect("a list").rows;
        found.iter().any(|row| row.id == world.cases.in_review)
    };
    assert!(!waits().await, "someone has taken it up");
    let barred = format!("/admin/users/{}/active", Who::Reviewer.id().0);
    world.post(ADMIN, &barred, &[("active", "no")]).await.is(StatusCode::SEE_OTHER);
    assert!(waits().await);
    world.get(Some(Who::Leader), "/account").await.leads_to("/sign-in?next=%2Faccount");
    let inactive = world.post(None, "/sign-in", &[("login", "leader"), ("password", PASSWORD)]).await;
    inactive.is(StatusCode::UNPROCESSABLE_ENTITY).says("已经停用");
    let me = format!("/admin/users/{}/active", Who::Administrator.id().0);
    world.post(ADMIN, &me, &[("active", "no")]).await.is(StatusCode::CONFLICT).says("不能停用自己的账号");
    // What a request leaves out is not done.
    let other = format!("/admin/users/{}/active", Who::Auditor.id().0);
    for fields in [&[][..], &[("active", "")], &[("active", "0")]] {
        world.post(ADMIN, &other, fields).await.is(StatusCode::BAD_REQUEST);
    }
    assert!(world.store().user(Who::Auditor.id()).await.expect("the auditor").active);
    let reset = world.post(ADMIN, &format!("/admin/users/{id}/password"), &[]).await;
    reset.is(StatusCode::OK).says("只显示这一次");
}

#[tokio::test]
async fn a_desk_that_nobody_is_at_is_warned_of_and_who_is_barred_is_marked() {
    let world = World::new().await;
    world.get(ADMIN, "/admin").await.is(StatusCode::OK).says_not("没有人在岗");
    let case = format!("/work/cases/{}", world.cases.in_review.0);
    world.get(Some(Who::Intake), &case).await.is(StatusCode::OK).says_not("已停用");
    let active = format!("/admin/users/{}/active", Who::Reviewer.id().0);
    world.post(ADMIN, &active, &[("active", "no")]).await.is(StatusCode::SEE_OTHER);
    world.get(ADMIN, "/admin").await.says("没有人在岗，转到这里的案件没有人办：业务科（审核）");
    world.get(Some(Who::Intake), &case).await.says("Reviewer（已停用）");
    world.get(Some(Who::Intake), "/work?view=all").await.says("Reviewer（已停用）");
    // Roles of which one case takes one alone are not given to one person without a word.
    let fields = [("name", "兼任"), ("login", "both"), ("roles", "reviewer"), ("roles", "decision_maker")];
    world.post(ADMIN, "/admin/users/new", &fields).await.is(StatusCode::OK).says("每一件里只能办其中一项");
}

#[tokio::test]
async fn a_delegation_is_granted_by_name_and_revoked() {
    let world = World::new().await;
    let path = "/admin/delegations";
    let fields = |agent, party| [("agent", agent), ("party", party), ("until", "2019-12-31"), ("note", "授权书1号")];
    let intake = Some(Who::Intake);
    world.get(intake, path).await.is(StatusCode::OK).says_not("href=\"/admin\"");
    world.get(Some(Who::Administrator), path).await.is(StatusCode::OK).says("<a href=\"/admin\">管理</a>");
    world.post(intake, path, &fields("agent2", "企业")).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("有几家都符合");
    world.post(intake, path, &fields("admin", "企业1")).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("不是经办人");
    world.post(intake, path, &fields("agent2", "企业1")).await.leads_to(path);
    assert!(world.actor(Who::OtherAgent).await.acts_for(&party(1)));
    world.get(intake, path).await.says("授权书1号").says("2019年12月31日");
    let again = world.post(intake, path, &fields("agent2", &party(1))).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).says("已是这家单位的经办人");
    world.post(intake, &format!("{path}/4/revoke"), &[]).await.leads_to(path);
    assert!(!world.actor(Who::OtherAgent).await.acts_for(&party(1)));
}

#[tokio::test]
async fn a_round_is_opened_and_its_closing_moved() {
    let world = World::new().await;
    let form = world.get(ADMIN, "/admin/rounds/new").await;
    form.is(StatusCode::OK).says("空着就是评定年度的最后一天").says("成果奖励");
    let fields = [
        ("name", "2019年度第二批"),
        ("year", "2019"),
        ("as_of", "2019-12-31"),
        ("opens", "2019-07-01"),
        ("closes", "2019-06-01"),
        ("pack", "1"),
        ("facts", "1"),
        ("measures", "instant_award"),
    ];
    let wrong = world.post(ADMIN, "/admin/rounds/new", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("截止不能早于开始");
    let mut early = fields;
    (early[2], early[4]) = (("as_of", "2018-12-31"), ("closes", "2019-08-31"));
    let answer = world.post(ADMIN, "/admin/rounds/new", &early).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("不能早于评定年度");
    let mut right = fields;
    (right[2], right[4]) = (("as_of", ""), ("closes", "2019-08-31"));
    // It is looked at once more: what it is, and what may be a slip of the pen.
    let check = world.post(ADMIN, "/admin/rounds/new", &right).await;
    check.is(StatusCode::OK).says("请核对后开批").says("即办奖励").says("依据截至 2019年12月31日，在截止受理以后");
    assert_eq!(world.store().rounds().await.expect("rounds").len(), 1);
    let changed: Vec<(&str, &str)> = right.iter().copied().chain([("change", "1")]).collect();
    world.post(ADMIN, "/admin/rounds/new", &changed).await.is(StatusCode::OK).says("value=\"2019年度第二批\"");
    let right: Vec<(&str, &str)> = right.iter().copied().chain([("confirmed", "1")]).collect();
    let opened = world.post(ADMIN, "/admin/rounds/new", &right).await;
    opened.leads_to("/admin/rounds/2");
    let again = world.post(ADMIN, "/admin/rounds/new", &right).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).says("已有一个批次叫“2019年度第二批”");
    // A name that another has, and a closing that nobody means, are told before anything is to be checked.
    let unconfirmed = &right[..right.len() - 1];
    let taken = world.post(ADMIN, "/admin/rounds/new", unconfirmed).await;
    taken.is(StatusCode::UNPROCESSABLE_ENTITY).says("已有一个批次叫这个名称").says_not("请核对后开批");
    let mut far = fields;
    (far[0], far[4]) = (("name", "另一批"), ("closes", "2999-12-31"));
    world.post(ADMIN, "/admin/rounds/new", &far).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("不能晚于2024年");
    world
        .get(ADMIN, "/admin/rounds/2")
        .await
        .says("2019年8月31日")
        .says("2019年12月31日")
        .says("即办奖励")
        .says("尚未开始");
    // A slip of the first day is mended before it has begun, and not after.
    let opening = "/admin/rounds/2/opening";
    world.get(ADMIN, "/admin/rounds/2").await.says(&format!("action=\"{opening}\"")).says("value=\"2019-07-01\"");
    let opens = async || world.store().round(2).await.expect("a round").opens_at.day().to_string();
    for (day, then) in
        [("2019-07-08", "2019-07-08"), ("2019-09-30", "2019-07-08"), ("2018-01-01", "2019-07-08"), ("", "2019-07-08")]
    {
        world.post(ADMIN, opening, &[("opens", day)]).await.leads_to("/admin/rounds/2");
        assert_eq!(opens().await, then, "{day}");
    }
    world.post(ADMIN, opening, &[("opens", "2019-07-01")]).await.leads_to("/admin/rounds/2");
    let first = world.store().round(1).await.expect("a round").opens_at;
    world.post(ADMIN, "/admin/rounds/1/opening", &[("opens", "2019-07-08")]).await.leads_to("/admin/rounds/1");
    assert_eq!(world.store().round(1).await.expect("a round").opens_at, first);
    world.get(ADMIN, "/admin/rounds/1").await.says_not("改开始日期");
    world.store().verify_journal(|_| ()).await.expect("the journal holds");
    // New facts come in before it begins: it can go by them, and one that has begun can't.
    world.get(ADMIN, "/admin/rounds/2").await.says_not("换用最新的规则和数据");
    let code = party(0);
    let table = format!("code,name\n{code},改名企业\n");
    world
        .post_files(
            ADMIN,
            "/admin/facts",
            &[("source_zh", "登记机关"), ("source_en", ""), ("shrink", "yes")],
            &[("tables", "enterprises.csv", table.as_bytes())],
        )
        .await;
    let newest = world.store().fact_versions().await.expect("versions")[0].id;
    assert!(newest > 1, "the facts were taken in");
    world.get(ADMIN, "/admin/rounds/2").await.says("换用最新的规则和数据");
    world.post(ADMIN, "/admin/rounds/2/renew", &[]).await.leads_to("/admin/rounds/2");
    assert_eq!(world.store().round(2).await.expect("the round").facts, newest);
    world.post(ADMIN, "/admin/rounds/1/renew", &[]).await.leads_to("/admin/rounds/1");
    assert_eq!(world.store().round(1).await.expect("the round").facts, 1);
    let over = post(&world, "/admin/rounds/1", "/admin/rounds/1", &[("closes", "2019-06-02")]).await;
    over.is(StatusCode::UNPROCESSABLE_ENTITY).says("不能早于今天").says("件，截止后不能提交");
    let later = [("closes", "2019-09-30")];
    post(&world, "/admin/rounds/2", "/admin/rounds/2", &later).await.leads_to("/admin/rounds/2");
    world.get(ADMIN, "/admin/rounds").await.says("2019年9月30日");
}

/// Whoever closes a round earlier sees first how many are still writing; who has moved it, and when, stays to be read.
#[tokio::test]
async fn a_round_is_closed_earlier_only_after_a_look_at_its_drafts() {
    const ROUND: &str = "/admin/rounds/1";
    let world = World::new().await;
    let today = world.store().now().day().to_string();
    let before = world.store().round(world.round).await.expect("the round").closes_at;
    let check = post(&world, ROUND, ROUND, &[("closes", &today)]).await;
    check.is(StatusCode::OK).says("请核对后提前截止").says("还没有提交的草稿").says("就不能提交").says("确认提前截止");
    assert_eq!(world.store().round(world.round).await.expect("the round").closes_at, before, "nothing is done yet");
    let change = post(&world, ROUND, ROUND, &[("closes", &today), ("change", "1")]).await;
    change.is(StatusCode::OK).says(&format!("value=\"{today}\"")).says_not("改过的截止日期");
    post(&world, ROUND, ROUND, &[("closes", &today), ("confirmed", "1")]).await.leads_to(ROUND);
    assert!(world.store().round(world.round).await.expect("the round").closes_at < before);
    world.get(ADMIN, ROUND).await.says("改过的截止日期").says("Administrator（").says(" 改为 ");
    // A later day shuts nobody out; one that nobody means, or from before it opens, is told at once, and the same day changes nothing.
    post(&world, ROUND, ROUND, &[("closes", "2024-12-31")]).await.leads_to(ROUND);
    let moved = world.store().round(world.round).await.expect("the round").closes_at;
    for (closes, why) in [("2999-12-31", "不能晚于2024年"), ("2018-01-01", "截止不能早于开始")] {
        let refused = post(&world, ROUND, ROUND, &[("closes", closes)]).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says(why).says_not("请核对后提前截止");
    }
    let count = async || world.store().journal(&JournalFilter::default()).await.expect("the journal").total;
    let before = count().await;
    post(&world, ROUND, ROUND, &[("closes", "2024-12-31")]).await.leads_to(ROUND);
    let admin = world.actor(Who::Administrator).await;
    world.store().change_closing(&admin, &crate::testing::fresh(), world.round, moved).await.expect("nothing to do");
    assert_eq!((count().await, world.store().round(world.round).await.expect("the round").closes_at), (before, moved));
}

#[tokio::test]
async fn the_calendar_is_edited_and_a_year_read_from_a_file() {
    const CALENDAR: &str = "/admin/calendar";
    let world = World::new().await;
    world.get(ADMIN, "/admin/calendar?month=2019-10").await.is(StatusCode::OK).says("国庆节").says("调休上班");
    let day = [("date", "2019-06-05"), ("kind", "work"), ("name", "某日")];
    post(&world, CALENDAR, CALENDAR, &day).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let named = [("date", "2019-06-05"), ("kind", "off"), ("name", "停水,一天")];
    let answer = post(&world, CALENDAR, CALENDAR, &named).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"name-error\"").says_not("id=\"date-error\"");
    let day = [("date", "2019-06-05"), ("kind", "off"), ("name", "停水一天")];
    let entered = post(&world, CALENDAR, CALENDAR, &day).await;
    entered.leads_to("/admin/calendar?month=2019-06");
    // Whose deadlines the day touches, and that the dates given stay.
    let flash = entered.cookie("flash").expect("a message");
    let words = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    assert!(flash.contains(&words("件还没有到期的，剩余工作日变了")), "{flash}");
    assert!(flash.contains(&words("办理部门的期限，到期日不变")), "{flash}");
    let past = [("date", "2019-01-02"), ("kind", "off"), ("name", "补录")];
    let entered = post(&world, CALENDAR, CALENDAR, &past).await;
    let flash = entered.cookie("flash").expect("a message");
    assert!(flash.contains(&words("在办案件的剩余天数和超期天数都不变")), "{flash}");
    let listed = world.get(ADMIN, "/admin/calendar?month=2019-06").await;
    // A first click asks, a second one deletes; neither takes a script.
    listed.says("停水一天").says("<summary aria-label=\"删除这一天").says("确认删除");
    let removed = post(&world, CALENDAR, "/admin/calendar/remove", &[("date", "2019-06-05")]).await;
    removed.leads_to("/admin/calendar?month=2019-06");
    world.get(ADMIN, "/admin/calendar?month=2019-06").await.says_not("停水一天");
    let large = "x".repeat(300 << 10);
    let number = seen(&world, CALENDAR).await.swap_remove(0);
    let file = [("file", "2027.csv", large.as_bytes())];
    let answer = world.post_files(ADMIN, "/admin/calendar/import", &[("seen", number.as_str())], &file).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("文件超过256 KB").says_not("缺少表头");
    let bad = "date,kind,name\n2027-02-30,off,x\n";
    let number = seen(&world, CALENDAR).await.swap_remove(0);
    let fields = [("seen", number.as_str())];
    let file = [("file", "2027.csv", bad.as_bytes())];
    let answer = world.post_files(ADMIN, "/admin/calendar/import", &fields, &file).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("第 2 行");
    let good = "date,kind,name\n2027-10-01,off,国庆节\n2027-10-09,work,国庆节\n";
    let file = [("file", "2027.csv", good.as_bytes())];
    let answer = world.post_files(ADMIN, "/admin/calendar/import", &fields, &file).await;
    answer.leads_to("/admin/calendar?month=2027-10");
    world.get(ADMIN, "/admin/calendar?month=2027-10").await.says("国庆节");
}

#[tokio::test]
async fn tables_are_taken_in_and_bad_rows_told() {
    let world = World::new().await;
    let code = party(0);
    let parties = format!("code,name\n{code},企业甲\n123,坏行\n");
    let fields = [("source_zh", "登记机关"), ("source_en", "")];
    let answer =
        world.post_files(ADMIN, "/admin/facts", &fields, &[("tables", "enterprises.csv", parties.as_bytes())]).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("单位现有 3 行，文件里可用的只有 1 行").says("value=\"登记机关\"");
    // What is wrong with which row is told before anyone is to confirm that the others are no more.
    answer.says("请先看下面有错的行").says("enterprises.csv 第").says("“123”").says_not("单位.csv 第");
    let confirmed = [("source_zh", "登记机关"), ("source_en", ""), ("shrink", "yes")];
    let answer =
        world.post_files(ADMIN, "/admin/facts", &confirmed, &[("tables", "enterprises.csv", parties.as_bytes())]).await;
    answer
        .is(StatusCode::OK)
        .says("有几行没有收下")
        .says("enterprises.csv")
        .says_not("单位.csv")
        .says_not(">enterprises<");
    let named = world.post_files(ADMIN, "/admin/facts", &fields, &[("tables", "单位.csv", parties.as_bytes())]).await;
    named.says("单位.csv 第").says_not("enterprises.csv 第");
    let none = [("tables", "enterprises.csv", b"code,name\n123,x\n".as_slice())];
    let answer = world.post_files(ADMIN, "/admin/facts", &confirmed, &none).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("没有一行可用，没有导入");
    let evil = [("tables", "../../x.sh", b"x".as_slice())];
    let answer = world.post_files(ADMIN, "/admin/facts", &fields, &evil).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("不能用");
    world.get(ADMIN, "/admin/facts").await.is(StatusCode::OK).says("登记机关");
}

#[tokio::test]
async fn a_table_may_have_its_chinese_name_and_begin_as_a_blank_one() {
    let world = World::new().await;
    world.get(ADMIN, "/admin/facts").await.is(StatusCode::OK).says("href=\"/admin/facts/template/enterprises\"");
    let blank = world.get(ADMIN, "/admin/facts/template/enterprises?lang=en").await;
    blank.is(StatusCode::OK);
    assert_eq!(blank.text(), "\u{feff}信用代码,名称\r\n");
    let kept = blank.headers["content-disposition"].to_str().expect("ASCII");
    assert!(kept.contains("enterprises.csv") && kept.contains("%E5%8D%95%E4%BD%8D.csv"), "{kept}");
    world.get(ADMIN, "/admin/facts/template/nothing").await.is(StatusCode::NOT_FOUND);
    world.get(Some(Who::Intake), "/admin/facts/template/enterprises").await.is(StatusCode::FORBIDDEN);

    let fields = [("source_zh", "登记机关"), ("source_en", ""), ("shrink", "yes")];
    let rows = format!("{}{},企业甲\r\n", blank.text(), party(0));
    let other = [("tables", "企业.csv", rows.as_bytes())];
    let answer = world.post_files(ADMIN, "/admin/facts", &fields, &other).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY);
    answer.says("没有收到单位表。请把文件命名为 enterprises.csv 或 单位.csv（您选的是“企业.csv”）");
    let twice = [("tables", "单位.csv", rows.as_bytes()), ("tables", "enterprises.csv", rows.as_bytes())];
    let answer = world.post_files(ADMIN, "/admin/facts", &fields, &twice).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("“单位”有两个文件");
    let named = [("tables", "单位.csv", rows.as_bytes())];
    world.post_files(ADMIN, "/admin/facts", &fields, &named).await.is(StatusCode::OK).says("全部收下");
    let party = world.store().party(&party(0)).await.expect("the store answers").expect("the party");
    assert_eq!(party.name, "企业甲");
}

#[tokio::test]
async fn a_wrong_pack_is_refused_with_the_line() {
    let world = World::new().await;
    world.get(ADMIN, "/admin/pack").await.is(StatusCode::OK);
    world.get(ADMIN, "/admin/pack/1").await.is(StatusCode::OK).says("成果奖励").says("2 例");
    world.get(ADMIN, "/admin/pack/9").await.is(StatusCode::NOT_FOUND);
    let text = "# x\n\n```兑现\n措施 x (y)\n  对象 每项 没有的表\n```\n";
    let answer = world.post_files(ADMIN, "/admin/pack", &[], &[("files", "x.md", text.as_bytes())]).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("x.md:4:4").says("E203");
}

/// Cases are found by English names: a new version that has one of theirs no more is installed once that is confirmed.
#[tokio::test]
async fn a_pack_that_loses_a_measure_with_cases_is_confirmed_first() {
    let world = World::new().await;
    let text = PACK.replace("(result_award)", "(outcome_award)");
    let file = [("files", "trial.md", text.as_bytes())];
    let refused = world.post_files(ADMIN, "/admin/pack", &[], &file).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("措施“成果奖励”（result_award）").says("name=\"given_up\"");
    world.post_files(ADMIN, "/admin/pack", &[("given_up", "result_award")], &file).await.leads_to("/admin/pack/2");
    let filter = JournalFilter { kind: Some("pack.installed".to_owned()), ..JournalFilter::default() };
    let entries = world.store().journal(&filter).await.expect("the journal").rows;
    world.get(Some(Who::Auditor), &format!("/audit/entries/{}", entries[0].seq)).await.says("确认不再要的英文名");
}

/// Days off that are entered while people's periods run take nothing of these; what changes nothing is told as such.
#[tokio::test]
async fn a_change_of_the_calendar_tells_what_it_has_moved_and_what_was_there() {
    const CALENDAR: &str = "/admin/calendar";
    let world = World::new().await;
    let flash = async |at: &str, fields: &[(&str, &str)]| {
        let told = post(&world, CALENDAR, at, fields).await.is(StatusCode::SEE_OTHER).cookie("flash");
        let told = told.expect("a message");
        form_urlencoded::parse(told.as_bytes()).find(|(key, _)| key == "zh").expect("it").1.into_owned()
    };
    let notice = async || {
        let case = world.store().case(world.cases.in_notice).await.expect("a case");
        (case.notice.expect("a notice").until, case.number.expect("a number"))
    };
    let (until, number) = notice().await;
    let date = until.to_string();
    let day = |name| [("date", date.as_str()), ("kind", "off"), ("name", name)];
    let told = flash(CALENDAR, &day("临时放假")).await;
    assert!(told.contains("当事人的期限按原来剩下的工作日顺延：公示"), "{told}");
    assert!(told.contains("已录入：放假（临时放假）"), "{told}");
    let (later, _) = notice().await;
    assert!(later > until);
    let was = format::date(Lang::Zh, until);
    world.get(None, &format!("/notices/{number}")).await.says(&format!("公示期由{was}顺延"));
    let case = world.cases.in_notice.0;
    world.get(Some(Who::Intake), &format!("/work/cases/{case}")).await.says("期限顺延").says("工作日历有变");
    world.get(Some(Who::Agent), &format!("/cases/{case}")).await.says("期限顺延").says("工作日历有变");
    let printed = world.get(Some(Who::Intake), &format!("/cases/{case}/documents/notice")).await;
    let (was_printed, now) = (format::date(Lang::Zh, until), format::date(Lang::Zh, later));
    printed
        .is(StatusCode::OK)
        .says(&format!("至{was_printed}，共"))
        .says(&format!("工作日历有变，公示期顺延至{now}。"));

    let told = flash(CALENDAR, &day("临时放假")).await;
    assert!(told.contains(&format!("{was}原来就是放假（临时放假），没有改动")), "{told}");
    let told = flash(CALENDAR, &day("停电")).await;
    assert!(told.contains(&format!("{was}原来是放假（临时放假），已改成放假（停电）")), "{told}");
    let removed = [("date", date.as_str())];
    let told = flash("/admin/calendar/remove", &removed).await;
    assert!(told.contains(&format!("{was}已删除")) && told.contains("到期日不提前"), "{told}");
    let told = flash("/admin/calendar/remove", &removed).await;
    assert!(told.contains(&format!("{was}已经删除了")), "{told}");
    assert_eq!(notice().await.0, later);

    for (date, why) in [("2019-02-30", "2019年2月30日不是日历上的日期"), ("9999-12-31", "年份应在")] {
        let wrong = [("date", date), ("kind", "off"), ("name", "停水")];
        post(&world, CALENDAR, CALENDAR, &wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY).says(why);
    }
    // As Excel saves it in Chinese: 日期,类别,名称 and 2027-10-01,放假,国庆节.
    let gbk = b"\xc8\xd5\xc6\xda,\xc0\xe0\xb1\xf0,\xc3\xfb\xb3\xc6\r\n2027-10-01,\xb7\xc5\xbc\xd9,\xb9\xfa\xc7\xec\xbd\xda\r\n";
    let number = seen(&world, CALENDAR).await.swap_remove(0);
    let (fields, file) = ([("seen", number.as_str())], [("file", "2027.csv", gbk.as_slice())]);
    world.post_files(ADMIN, "/admin/calendar/import", &fields, &file).await.is(StatusCode::SEE_OTHER);
    world.get(ADMIN, "/admin/calendar?month=2027-10").await.says("国庆节");
    let file = [("file", "2027.csv", b"\xff\xfea\0".as_slice())];
    let refused = world.post_files(ADMIN, "/admin/calendar/import", &fields, &file).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("GB18030");
}

/// What is no name is told beside the name; a page that shows users would else show what it is not.
#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let world = World::new().await;
    for name in ["=1+1", "<script>alert(1)</script>", "-张三"] {
        let fields = [("name", name), ("login", "newone"), ("roles", "leader")];
        let refused = world.post(ADMIN, "/admin/users/new", &fields).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"name-error\"").says("姓名里有名字不用的符号");
    }
}

/// Before the only one of a desk is barred it is said what lies there.
#[tokio::test]
async fn who_alone_is_at_a_desk_is_barred_knowing_what_waits_there() {
    let world = World::new().await;
    let page = world.get(ADMIN, &format!("/admin/users/{}", Who::Intake.id().0)).await;
    page.is(StatusCode::OK).says("停用以后：").says("没有别的受理人员，那里等办的").says("件没有人办");
}

const SETTINGS: &str = "/admin/settings";

#[tokio::test]
async fn settings_act_at_once() {
    let world = World::new().await;
    world.get(ADMIN, "/admin/settings").await.is(StatusCode::OK).says("value=\"6222000000000001\"").says("试验资金");
    let fields = [("name_zh", "新区科技局"), ("contact", "0851-1234"), ("number_prefix", "新兑")];
    post(&world, SETTINGS, SETTINGS, &fields).await.leads_to("/admin/settings");
    world.get(None, "/").await.says("新区科技局").says("0851-1234");
    let number = seen(&world, SETTINGS).await.swap_remove(1);
    let carry = [("fund", "trial_fund"), ("rule-trial_fund", "carry"), ("seen", number.as_str())];
    world.post(ADMIN, "/admin/settings/carry", &carry).await.leads_to("/admin/settings");
    world.post(ADMIN, "/admin/settings/carry", &[("fund", "x"), ("rule-x", "carry")]).await.is(StatusCode::NOT_FOUND);
}

/// What a bank's file or a number could not be made of is told beside its field.
#[tokio::test]
async fn settings_that_no_file_could_be_made_of_are_refused() {
    let world = World::new().await;
    let good = [
        ("name_zh", "南明区"),
        ("name_en", "Nanming"),
        ("contact", "0851-1234"),
        ("number_prefix", "南明兑"),
        ("holder", "财政专户"),
        ("account", "6222000000000001"),
        ("bank", "某银行"),
        ("bank_code", "102701000001"),
    ];
    for (field, wrong) in [
        ("holder", "财政\u{1}中心"),
        ("holder", "财政\u{200b}中心"),
        ("name_zh", "南明\u{202e}区"),
        ("name_en", "Nanming\u{200b}"),
        ("contact", "0851\u{2060}1234"),
        ("account", "12"),
        ("bank_code", "12"),
        ("bank_code", ""),
        ("number_prefix", "../"),
        ("number_prefix", "<b>"),
    ] {
        let fields = good.map(|(name, value)| if name == field { (name, wrong) } else { (name, value) });
        let page = post(&world, SETTINGS, SETTINGS, &fields).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"{field}-error\""));
    }
    post(&world, SETTINGS, SETTINGS, &good).await.leads_to("/admin/settings");
}

#[tokio::test]
async fn a_new_agent_is_led_on_to_the_party_they_act_for() {
    let world = World::new().await;
    let fields = |login, role| [("name", "新人"), ("login", login), ("roles", role)];
    let to = "href=\"/admin/delegations?agent=newagent\"";
    world.post(ADMIN, "/admin/users/new", &fields("newagent", "agent")).await.is(StatusCode::OK).says(to);
    world.get(ADMIN, "/admin/delegations?agent=newagent").await.says("value=\"newagent\"");
    let clerk = world.post(ADMIN, "/admin/users/new", &fields("newclerk", "intake")).await;
    clerk.is(StatusCode::OK).says_not("/admin/delegations?agent");
    // Who acts for somebody already is not asked again when the password is.
    let reset = world.post(ADMIN, &format!("/admin/users/{}/password", Who::Agent.id().0), &[]).await;
    reset.is(StatusCode::OK).says_not("/admin/delegations?agent");
}

#[tokio::test]
async fn an_account_that_pays_is_written_in_full_or_not_at_all() {
    const SETTINGS: &str = "/admin/settings";
    let world = World::new().await;
    let whole =
        [("name_zh", "科技局"), ("holder", "某局"), ("account", ""), ("bank", "某行"), ("bank_code", "102701000013")];
    let answer = post(&world, SETTINGS, SETTINGS, &whole).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("付款账户要写全").says_not("6至32位");
    let mut none = whole;
    (none[1], none[3], none[4]) = (("holder", ""), ("bank", ""), ("bank_code", ""));
    post(&world, SETTINGS, SETTINGS, &none).await.leads_to(SETTINGS);
    assert_eq!(world.store().settings().await.expect("settings").debtor, None);
}
