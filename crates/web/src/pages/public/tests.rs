//! What the public reads, and what it must not.

use axum::http::{StatusCode, header};
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_store::funds::Proposed;
use duixian_store::public::{NoticeState, PublicFilter};

use crate::format;
use crate::locale::Lang;
use crate::pages::shared::path_part;
use crate::testing::{FUND, Who, World, YEAR, fresh};

#[tokio::test]
async fn the_first_page_says_what_there_is_to_get() {
    let world = World::new().await;
    let home = world.get(None, "/").await;
    home.is(StatusCode::OK).says("试验办法").says("不超过10万元").says("2019年度第一批").says("资金规模").says("企业0");
    world
        .get(None, "/?lang=en")
        .await
        .is(StatusCode::OK)
        .says("What it gives")
        .says("Award for results")
        .says("即办奖励 (instant_award)");
    assert!(home.bytes.len() < 100_000);
}

#[tokio::test]
async fn every_clause_has_its_page_with_rule_readings_and_examples() {
    let world = World::new().await;
    world.get(None, "/programme").await.is(StatusCode::OK).says("资金和办理").says("成果奖励");
    let clause = world.get(None, &format!("/programme/{}", path_part("二"))).await;
    clause
        .is(StatusCode::OK)
        .says("以登记为准")
        .says("支付 不超过 10万元")
        .says("示例：成果奖励 2019年")
        .says("10 个工作日");
    let english = world.get(None, &format!("/programme/{}?rule=en", path_part("二"))).await;
    english.says("measure").says("Examples: result_award").says("conditional");
    world.get(None, "/programme/nothing").await.is(StatusCode::NOT_FOUND);
    world.get(None, "/measures/result_award").await.is(StatusCode::OK).says("证书").says("用于研发").says("窗口");
    world.get(None, "/measures/nothing").await.is(StatusCode::NOT_FOUND);
}

async fn numbers(world: &World) -> (String, String) {
    let notices = world.store().notices(&PublicFilter::default()).await.expect("notices").rows;
    let number = |state| notices.iter().find(|one| one.state == state).expect("a notice").case.number.clone();
    (number(NoticeState::Hanging), number(NoticeState::Objected))
}

#[tokio::test]
async fn a_notice_shows_nothing_of_people_and_accounts() {
    let world = World::new().await;
    let (number, objected) = numbers(&world).await;
    let hidden = ["6222000000000002", "某银行", "王某", "13800000000", "成果不是这家做的", "Z1"];
    for path in ["/notices".to_owned(), notice_path(&number), notice_path(&objected), "/paid".to_owned()] {
        let answer = world.get(None, &path).await;
        answer.is(StatusCode::OK).says("企业0").says("R0-");
        for text in hidden {
            answer.says_not(text);
        }
    }
    world.get(None, &notice_path(&objected)).await.says("公示暂停");
    world.get(None, "/notices?format=csv").await.is(StatusCode::OK).says("拟支持金额（元）").says("50000.00");
    world.get(None, "/paid?q=没有").await.says("没有符合条件的事项");
    let long = "%25".repeat(20_000);
    for list in ["/notices", "/paid"] {
        world.get(None, &format!("{list}?q={long}")).await.is(StatusCode::OK).says("没有符合条件的事项");
        world.get(None, &format!("{list}?page=9223372036854775807")).await.is(StatusCode::OK).says("企业0");
    }
}

fn notice_path(number: &str) -> String {
    format!("/notices/{}", path_part(number))
}

#[tokio::test]
async fn what_was_not_published_is_not_there() {
    let world = World::new().await;
    for id in [world.cases.submitted, world.cases.reviewed, world.cases.declined, world.cases.payable] {
        let number = world.store().case(id).await.expect("a case").number.expect("a number");
        world.get(None, &notice_path(&number)).await.is(StatusCode::NOT_FOUND);
        let object = [("name", "张三"), ("contact", "1"), ("grounds", "不对")];
        world.post(None, &format!("{}/object", notice_path(&number)), &object).await.is(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn anyone_objects_once_and_reads_the_answer() {
    let world = World::new().await;
    let (number, _) = numbers(&world).await;
    let path = format!("{}/object", notice_path(&number));
    let gap = world.post(None, &path, &[("name", "张三"), ("contact", ""), ("grounds", "重复申报")]).await;
    gap.is(StatusCode::UNPROCESSABLE_ENTITY).says("重复申报").says("value=\"张三\"");
    let unheard = world.post(None, &path, &[("name", "张三"), ("contact", "1"), ("grounds", "重复申报")]).await;
    unheard.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"contact-error\"").says("会转给申请单位");
    unheard.says_not("id=\"grounds-error\"");
    // What is wrong with both is told at once.
    for contact in ["1", ""] {
        let both = [("name", "张三"), ("contact", contact), ("grounds", "重复申报，问13912345678")];
        let both = world.post(None, &path, &both).await;
        both.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"contact-error\"").says("id=\"grounds-error\"");
    }
    let once = "ffeeddccbbaa99887766554433221100";
    let fields = [("name", "<script>alert(1)</script>"), ("contact", "13900000000"), ("grounds", "重复申报")];
    let receipt = format!("{}?objection=1", notice_path(&number));
    world.post_once(None, &path, once, &fields).await.leads_to(&receipt);
    world.post_once(None, &path, once, &fields).await.is(StatusCode::SEE_OTHER);
    let case = world.store().case(world.cases.in_notice).await.expect("the case");
    assert_eq!(case.objections.len(), 1, "the second click did nothing");
    let intake = world.actor(Who::Intake).await;
    let answer =
        duixian_store::cases::Ask::AnswerObjection { id: 1, upheld: false, text: "不是同一项成果".to_owned() };
    world.store().ask(&intake, &crate::testing::fresh(), case.id, answer).await.expect("an answer");
    let page = world.get(None, &notice_path(&number)).await;
    page.says("不是同一项成果").says("不成立").says_not("alert(1)").says_not("重复申报").says_not("13900000000");
}

#[tokio::test]
async fn whoever_was_right_to_object_finds_the_answer() {
    let world = World::new().await;
    let (_, number) = numbers(&world).await;
    let case = world.store().case_by_number(&number).await.expect("the case");
    let open = case.open_objections().next().expect("an objection").id;
    let upheld =
        duixian_store::cases::Ask::AnswerObjection { id: open, upheld: true, text: "查实，退回重审".to_owned() };
    let decider = world.actor(Who::OtherDecisionMaker).await;
    world.store().ask(&decider, &crate::testing::fresh(), case.id, upheld).await.expect("an answer");
    let page = world.get(None, &notice_path(&number)).await;
    page.is(StatusCode::OK).says("公示终止").says("查实，退回重审").says("成立").says_not("拟支持金额");
    page.says_not("提交异议");
    // It is found by its number and by the receipt of whoever objected, also from the other list.
    let over = world.get(None, "/notices?show=over").await;
    over.is(StatusCode::OK).says(&number).says("公示终止").says_not("50,000.00");
    for text in [number.clone(), format!("{number} 第 1 项"), format!("{number}第1项")] {
        let text = path_part(&text);
        world.get(None, &format!("/notices?show=over&q={text}")).await.says(&notice_path(&number));
        let running = world.get(None, &format!("/notices?q={text}")).await;
        running.is(StatusCode::OK).says("没有符合条件的事项").says("“公示结束”里查到 1 项").says("show=over");
    }
    world.get(None, &format!("/notices?q={}&lang=en", path_part(&number))).await.says("1 found no longer in notice");
    let late = [("name", "张三丰"), ("contact", "13900000000"), ("grounds", "重复申报")];
    world.post(None, &format!("{}/object", notice_path(&number)), &late).await.leads_to(&notice_path(&number));
    assert_eq!(world.store().case_by_number(&number).await.expect("the case").objections.len(), 1);
}

#[tokio::test]
async fn objections_by_the_dozen_are_kept_out() {
    let world = World::new().await;
    let (number, _) = numbers(&world).await;
    let path = format!("{}/object", notice_path(&number));
    let fields = [("name", "张三"), ("contact", "13900000000"), ("grounds", "又一条")];
    // What is sent back to be mended stops no notice, and does not count.
    let told = [("name", "张三"), ("contact", "13900000000"), ("grounds", "问13912345678，或者13812345678")];
    for _ in 0..11 {
        let refused = world.post(None, &path, &told).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("请去掉：13912345678、13812345678");
    }
    for count in 1..=10 {
        world.post(None, &path, &fields).await.leads_to(&format!("{}?objection={count}", notice_path(&number)));
    }
    let eleventh = world.post(None, &path, &fields).await;
    eleventh.says("href=\"#object\"").says_not("grounds-error");
    eleventh.is(StatusCode::TOO_MANY_REQUESTS).says("异议太多").says("又一条").says("value=\"张三\"");
    let wait: u64 = eleventh.headers[header::RETRY_AFTER].to_str().expect("a text").parse().expect("seconds");
    assert!((800..=900).contains(&wait), "{wait}");
    let case = world.store().case(world.cases.in_notice).await.expect("the case");
    assert_eq!(case.objections.len(), 10);
}

#[tokio::test]
async fn what_was_paid_is_listed_with_its_clause() {
    let world = World::new().await;
    let paid = world.get(None, "/paid").await;
    paid.is(StatusCode::OK).says("30,000.00").says("即办奖励").says("二");
    let number = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    world.get(None, &notice_path(&number)).await.is(StatusCode::OK).says("已拨付").says_not("提交异议");
}

#[tokio::test]
async fn what_went_back_at_the_end_of_the_year_is_said_beside_what_is_left() {
    let world = World::new().await;
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    world.get(None, "/").await.is(StatusCode::OK).says_not("年末已收回");
    store.advance_clock(&finance, chrono::TimeDelta::days(220)).await.expect("time moves on");
    let before = store.position(FUND, YEAR).await.expect("a position");
    let (close, of, other) = (Proposed::Close(CarryRule::Lapse), (FUND, YEAR), world.actor(Who::OtherFinance).await);
    let id = store.propose(&finance, &fresh(), close, of, before.free, "").await.expect("put forward").value;
    store.end_proposal(&other, &fresh(), id, true, "").await.expect("it is closed");
    let after = store.position(FUND, YEAR).await.expect("a position");
    assert_eq!((after.free, after.lapsed), (Fen(0), before.free));
    assert_eq!(after.size.0 + after.lapsed.0, before.size.0);
    let lapsed = format!("年末已收回 {}", format::wan(Lang::Zh, before.free));
    world.get(None, "/").await.is(StatusCode::OK).says(&lapsed);
    world.get(None, "/?lang=en").await.is(StatusCode::OK).says("Taken back at the year&#39;s end: CNY ");
}

#[tokio::test]
async fn from_when_on_a_measure_is_given_stands_among_its_conditions() {
    let world = World::new().await;
    for path in ["/measures/result_award".to_owned(), format!("/programme/{}", path_part("二"))] {
        world.get(None, &path).await.is(StatusCode::OK).says("完成日不早于2018年1月1日（起算日）");
    }
    world.get(None, "/measures/result_award?lang=en").await.says("date of completion: not before 1 January 2018");
}

#[tokio::test]
async fn by_what_an_amount_was_reckoned_is_open_to_who_would_object() {
    let world = World::new().await;
    let (number, _) = numbers(&world).await;
    let notice = world.get(None, &notice_path(&number)).await;
    notice.is(StatusCode::OK).says("id=\"reckoning\"").says("按条款：不超过10万元");
    notice.says("<dt>完成日</dt><dd>2019年5月1日<small>来源：登记机关").says("<dt>属实</dt><dd>是");
    world.get(None, &format!("{}?lang=en", notice_path(&number))).await.says("By the clause: up to 100,000 yuan");
    // What was paid leads there.
    let paid = world.store().case(world.cases.paid).await.expect("a case").number.expect("a number");
    world.get(None, "/paid?lang=zh").await.says(&format!("href=\"{}#reckoning\"", notice_path(&paid)));
    world.get(None, &notice_path(&paid)).await.is(StatusCode::OK).says("id=\"reckoning\"").says("2019年5月1日");
    // What was taken back has no amount, and nothing to reckon.
    let (store, decider) = (world.store(), world.actor(Who::OtherDecisionMaker).await);
    let (_, objected) = numbers(&world).await;
    let case = store.case_by_number(&objected).await.expect("the case");
    let upheld = duixian_store::cases::Ask::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
    store.ask(&decider, &fresh(), case.id, upheld).await.expect("an answer");
    world.get(None, &notice_path(&objected)).await.is(StatusCode::OK).says_not("id=\"reckoning\"");
}

#[tokio::test]
async fn english_pages_speak_the_packs_own_english_and_chinese_with_the_id_where_it_has_none() {
    let world = World::new().await;
    let measure = world.get(None, "/measures/result_award?lang=en").await;
    measure.is(StatusCode::OK).says("<h1>Award for results</h1>").says("For each genuine result, an award");
    measure.says("Certificate").says("for research and development").says("Trial Fund").says("Science Bureau");
    measure.says("Service counter").says("办公会 (meeting)").says_not("result award").says_not("证书");
    let clause = world.get(None, &format!("/programme/{}?lang=en", path_part("二"))).await;
    clause.says("二 Awards").says("“Genuine” is what the registry says.").says("Award for results");
    clause.says("即办奖励 (instant_award)");
    let programme = world.get(None, "/programme?lang=en").await;
    programme.says("二 Awards").says("lang=\"en\">For each genuine result").says("lang=\"zh-CN\">钱从哪里来");
    for path in ["/measures/result_award", "/programme"] {
        world.get(None, path).await.says("成果奖励").says("每项属实的成果").says_not("award for results");
    }
}

#[tokio::test]
async fn whoever_objects_follows_it_by_its_number() {
    let world = World::new().await;
    let (_, number) = numbers(&world).await;
    let path = notice_path(&number);
    let again = [("name", "李某"), ("contact", "13900000000"), ("grounds", "重复申报")];
    world.store().advance_clock(&world.actor(Who::Finance).await, chrono::TimeDelta::days(3)).await.expect("moves on");
    let answer = world.post(None, &format!("{path}/object"), &again).await;
    let receipt = format!("{path}?objection=2");
    answer.leads_to(&receipt);
    assert!(answer.cookie("flash").is_none(), "the page itself says what was received");
    // Read anew, it says the same; who did not object is told nothing of it.
    for _ in 0..2 {
        let theirs = world.get(None, &receipt).await;
        theirs
            .is(StatusCode::OK)
            .says("异议已收到")
            .says(&format!("：编号 {number} 第 2 项，请记下；答复公布在本页。"));
        theirs.says("<li id=\"objection-2\"><strong>第 2 项：").says("<li id=\"objection-1\">第 1 项：");
    }
    world.get(None, &format!("{receipt}&lang=en")).await.says(&format!("as objection 2 to {number}: please note it"));
    for other in ["?objection=3", "?objection=x", ""] {
        world
            .get(None, &format!("{path}{other}{}lang=zh", if other.is_empty() { "?" } else { "&" }))
            .await
            .says_not("异议已收到");
    }
    let page = world.get(None, &path).await;
    page.is(StatusCode::OK)
        .says("有 2 项异议正在处理")
        .says("<li id=\"objection-1\">第 1 项：")
        .says("<li id=\"objection-2\">第 2 项：")
        .says("提出人请记下受理号和第几项")
        .says("收到，答复期限");
    page.says("个工作日内答复。不用登录").says_not("超期").says_not("李某").says_not("13900000000");
    let english = world.get(None, &format!("{path}?lang=en")).await;
    english.says("Objection 2: received ").says("You will have an answer within");
    // The second has its own days.
    let due: Vec<String> = page.text().split("答复期限").skip(1).map(|rest| rest.chars().take(120).collect()).collect();
    assert_ne!(due[0], due[1]);
    // What is late is said to be, and promised to nobody.
    world.store().advance_clock(&world.actor(Who::Finance).await, chrono::TimeDelta::days(30)).await.expect("moves on");
    let late = world.get(None, &path).await;
    late.says("已超期").says("可是前面的答复已经超期").says_not("写下来，5 个工作日内答复");
    world.get(None, &format!("{path}?lang=en")).await.says("overdue").says_not("You will have an answer");
    // One that is upheld ends the notice, but not before the other is answered, too.
    let case = world.store().case_by_number(&number).await.expect("the case");
    let upheld = duixian_store::cases::Ask::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
    world.store().ask(&world.actor(Who::OtherDecisionMaker).await, &fresh(), case.id, upheld).await.expect("an answer");
    let waits = world.get(None, &path).await;
    waits
        .says("第 1 项异议：成立，其余异议答复后退回重新审核")
        .says("有 1 项异议正在处理")
        .says("<li id=\"objection-2\">第 2 项：");
    let other =
        duixian_store::cases::Ask::AnswerObjection { id: 2, upheld: false, text: "没有重复申报".to_owned() };
    let back = world.store().ask(&world.actor(Who::Intake).await, &fresh(), case.id, other).await.expect("an answer");
    assert!(back.value.standing_decision().is_none());
    let down = world.get(None, &path).await;
    down.says("第 1 项异议：成立，退回重新审核").says("第 2 项异议：不成立").says_not("答复期限");
    let today = format::date(Lang::Zh, world.store().now().day());
    down.says(&format!("{today}撤下：第 1 项异议成立，退回重新审核。"));
    world.get(None, &receipt).await.says("第 2 项；办理结果见下面的“异议和答复”").says_not("请记下；");
}

#[tokio::test]
async fn what_waits_for_its_payment_stays_to_be_found() {
    let world = World::new().await;
    let (number, objected) = numbers(&world).await;
    let running = world.get(None, "/notices").await;
    running.is(StatusCode::OK).says(&number).says(&objected).says("公示结束 <span class=\"figure\">(0)");
    world.store().advance_clock(&world.actor(Who::Finance).await, chrono::TimeDelta::days(30)).await.expect("moves on");
    world.store().tick().await.expect("it ends");
    let running = world.get(None, "/notices?q=企业0").await;
    running.is(StatusCode::OK).says(&objected).says_not(&number).says("show=over").says("<span class=\"figure\">(1)");
    let over = world.get(None, "/notices?q=企业0&show=over").await;
    over.is(StatusCode::OK).says(&number).says_not(&objected).says("公示期满，待拨付").says("50,000.00");
    over.says("<input type=\"hidden\" name=\"show\" value=\"over\">").says_not("6222000000000002");
    let file = world.get(None, "/notices?show=over&format=csv").await;
    file.is(StatusCode::OK).says(&number).says("50000.00").says("公示期满，待拨付").says_not(&objected);
    world.get(None, "/notices?show=over&lang=en").await.says("Notice over; to be paid").says("No longer in notice");
    let ended = world.get(None, &notice_path(&number)).await;
    ended.is(StatusCode::OK).says("公示期满，待拨付").says("id=\"reckoning\"");
    let notice = world.store().case(world.cases.in_notice).await.expect("a case").notice.expect("its notice");
    let first = notice.first_day(&world.store().calendar().await.expect("a calendar"));
    assert!(first > notice.at.day());
    let (from, until) = (format::date(Lang::Zh, first), format::date(Lang::Zh, notice.until));
    ended.says(&format!("公示期：{from}至{until}。"));
    // Whoever looks for it among what was paid is told where it is.
    let unpaid = world.get(None, &format!("/paid?q={}", path_part(&number))).await;
    unpaid.is(StatusCode::OK).says("没有符合条件的事项").says(&format!("href=\"{}\"", notice_path(&number)));
    let unpaid = world.get(None, "/paid?q=企业0&measure=result_award").await;
    unpaid.is(StatusCode::OK).says("公示里查到 2 项，没有拨付").says("measure=result_award").says("show=over");
    // Of what was withdrawn no amount is told any more, there as on its page.
    let agent = world.actor(Who::Agent).await;
    let withdrawn = duixian_store::cases::Ask::Withdraw { reason: "不要了".to_owned() };
    world.store().ask(&agent, &fresh(), world.cases.in_notice, withdrawn).await.expect("it is withdrawn");
    let over = world.get(None, "/notices?show=over").await;
    over.says(&number).says("已撤回，不再拨付").says_not("50,000.00").says_not("不要了");
    for path in ["/notices?show=over&page=99999", "/notices?show=%00", "/notices?show=over&q=没有"] {
        world.get(None, path).await.is(StatusCode::OK);
    }
}

#[tokio::test]
async fn a_clause_stays_on_its_line() {
    let world = World::new().await;
    for path in ["/notices", "/paid"] {
        world.get(None, path).await.says("data-label=\"条款\" class=\"whole\"");
    }
}
