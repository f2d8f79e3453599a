//! The list of cases: its figures open what they count, and what is elsewhere is told of.

use duixian_store::funds::Proposed;

use super::*;
use crate::testing::{FUND, YEAR};

/// The chips of a list that are not chosen: where each leads, and how many cases it promises.
fn chips(page: &Answer) -> Vec<(String, u64)> {
    let text = page.text();
    let groups = text.split("<ul class=\"chips\"").skip(1).filter_map(|rest| rest.split("</ul>").next());
    let links =
        groups.flat_map(|group| group.split("<a href=\"").skip(1)).filter(|link| !link.contains("aria-current"));
    let read = |link: &str| {
        let (href, rest) = link.split_once('"').expect("an address");
        let count = rest.split("<strong class=\"figure\">").nth(1).and_then(|rest| rest.split('<').next());
        (href.replace("&#38;", "&"), count.and_then(|count| count.parse().ok()).expect("a count"))
    };
    links.map(read).collect()
}

#[tokio::test]
async fn every_figure_beside_a_list_opens_as_many_cases() {
    let world = World::new().await;
    let mut followed = 0;
    for query in [
        "",
        "&stage=paid",
        "&stage=paid&stage=closed",
        "&stage=reviewed%2Cin_notice",
        "&desk=division",
        "&desk=window&stage=submitted",
        "&desk=treasury&stage=reviewed",
        "&measure=result_award&desk=window",
        "&fund=trial_fund&year=2019&stage=payable&stage=decided&stage=in_notice",
    ] {
        let page = world.get(Some(Who::Leader), &format!("/work?view=all{query}")).await;
        page.is(StatusCode::OK);
        for (href, count) in chips(&page) {
            let opened = world.get(Some(Who::Leader), &href).await;
            opened.is(StatusCode::OK).says(&format!("<strong class=\"figure\">{count}</strong> 件"));
            assert_eq!(opened.text().matches("<tr role=\"row\"").count() as u64, count + 1, "{query} {href}");
            followed += 1;
        }
    }
    assert!(followed > 30, "{followed}");
}

#[tokio::test]
async fn what_is_chosen_can_be_let_go_of_where_it_takes_nothing() {
    let world = World::new().await;
    let page = world.get(Some(Who::Leader), "/work?view=all&stage=reviewed&desk=treasury").await;
    page.is(StatusCode::OK).says("没有符合条件的案件").says("<strong class=\"figure\">0</strong> 件");
    page.says("<a href=\"/work?view=all&#38;stage=reviewed\" aria-current=\"true\">");
    page.says("<a href=\"/work?view=all&#38;desk=treasury\" aria-current=\"true\">");
}

#[tokio::test]
async fn nothing_is_summed_of_what_is_not_decided() {
    let world = World::new().await;
    let list = world.get(Some(Who::Leader), "/work?view=all&stage=submitted").await;
    list.is(StatusCode::OK).says_not("0.00万元").says_not("已审定 <span");
    let list = world.get(Some(Who::Leader), "/work?view=all&stage=in_notice").await;
    list.says("已审定 <span class=\"figure\">5.00万元</span>");
}

#[tokio::test]
async fn objections_are_counted_to_who_may_answer_them_and_to_who_watches() {
    let world = World::new().await;
    world.get(Some(Who::Intake), "/work").await.is(StatusCode::OK).says("1 件有异议待答复");
    // Who has decided it has nothing to answer, and is told of nothing.
    world.get(Some(Who::DecisionMaker), "/work").await.is(StatusCode::OK).says_not("有异议待答复");
    world.get(Some(Who::OtherDecisionMaker), "/work").await.says("1 件有异议待答复");
    world.get(Some(Who::Leader), "/work?view=all&stage=paid").await.says("1 件有异议待答复");
    world.get(Some(Who::Finance), "/work").await.says_not("有异议待答复");
    // Each is listed with its number, and leads to it.
    let anchor = format!("/work/cases/{}#objection-1", world.cases.objected.0);
    world.get(Some(Who::Intake), "/work/objections").await.says("第 1 项异议").says(&format!("href=\"{anchor}\""));
    world.get(Some(Who::Intake), &anchor).await.is(StatusCode::OK).says("id=\"objection-1\"");
}

/// Whoever has answered reads which objection that was, and what followed.
#[tokio::test]
async fn an_answer_says_which_objection_it_was_to_and_what_followed() {
    let world = World::new().await;
    let id = world.cases.objected;
    let object = async |grounds: &str| {
        let (name, contact) = ("李某".to_owned(), "13900000000".to_owned());
        let ask = Ask::Object { name, contact, grounds: grounds.to_owned() };
        world.store().ask(&Actor::Public, &fresh(), id, ask).await.expect("an objection")
    };
    let answer = async |number: &str, upheld: &str| {
        let (to, text) = (format!("answer_objection-{number}-upheld"), format!("answer_objection-{number}-text"));
        let fields = [("objection", number), (to.as_str(), upheld), (text.as_str(), "已核实")];
        let sent = act(&world, Who::OtherDecisionMaker, id, "answer_objection", &fields).await;
        sent.is(StatusCode::SEE_OTHER);
        let told = sent.cookie("flash").expect("a message");
        form_urlencoded::parse(told.as_bytes()).find(|(key, _)| key == "zh").expect("it").1.into_owned()
    };
    object("金额算错了").await;
    let told = answer("2", "no").await;
    assert!(told.starts_with("已答复第 2 项异议，还有 1 项待答复"), "{told}");
    let told = answer("1", "no").await;
    let until = case(&world, id).await.notice.expect("a notice").until;
    let until = crate::format::date(duixian_rules::vocabulary::Lang::Zh, until);
    assert!(told.starts_with(&format!("已答复第 1 项异议，公示继续到{until}")), "{told}");
    object("还有一处").await;
    let told = answer("3", "yes").await;
    assert!(told.starts_with("已答复第 3 项异议，案件退回审核"), "{told}");
}

#[tokio::test]
async fn what_is_on_hold_stays_in_reach_of_who_may_resume_it() {
    let world = World::new().await;
    let (submitted, in_review, reviewed) = (world.cases.submitted, world.cases.in_review, world.cases.reviewed);
    let tab = |count: usize| format!("暂缓的 <span class=\"figure\">({count})</span>");
    for who in [Who::Intake, Who::Reviewer, Who::DecisionMaker] {
        world.get(Some(who), "/work").await.is(StatusCode::OK).says_not("暂缓的");
        world.get(Some(who), "/work?view=held").await.says("没有暂缓的案件").says(&tab(0));
    }
    let held = [(Who::Intake, submitted), (Who::Reviewer, in_review), (Who::DecisionMaker, reviewed)];
    for (who, id) in held {
        ask(&world, who, id, Ask::Hold { reason: "等待部门回函".to_owned() }).await;
    }
    for (who, id) in held {
        world.get(Some(who), "/work").await.says(&tab(1));
        let list = world.get(Some(who), "/work?view=held").await;
        list.is(StatusCode::OK).says(&tab(1)).says("暂缓").says_not("对选中的：");
        for (_, other) in held {
            let link = format!("/work/cases/{}?view=held\"", other.0);
            if other == id {
                list.says(&link)
            } else {
                list.says_not(&link)
            };
        }
        open(&world, who, id).await.says("恢复办理");
    }
    world.get(Some(Who::Finance), "/work").await.says_not("暂缓的");
    // Who sits at another desk can't resume it, and is not told of it.
    let (user, key) = (Who::Reviewer.id(), fresh());
    world
        .store()
        .set_roles(&Actor::System, &key, user, vec![Role::Reviewer], vec!["window".to_owned()])
        .await
        .expect("other desks");
    world.get(Some(Who::Reviewer), "/work?view=held").await.says("没有暂缓的案件");
    act(&world, Who::Intake, submitted, "resume", &[]).await.is(StatusCode::SEE_OTHER);
    world.get(Some(Who::Intake), "/work").await.says_not("暂缓的").says(&format!("/work/cases/{}\"", submitted.0));
}

#[tokio::test]
async fn the_tab_for_a_second_person_is_of_cases_and_what_waits_elsewhere_is_told() {
    let world = World::new().await;
    let tab = "待第二人确认的案件 <span class=\"figure\">(0)</span>";
    for who in [Who::OtherFinance, Who::DecisionMaker] {
        world.get(Some(who), "/work").await.is(StatusCode::OK).says(tab).says_not("▲ 等另一");
    }
    let (key, amount) = (fresh(), Fen::yuan(1_000));
    let finance = world.actor(Who::Finance).await;
    let put = world.store().propose(&finance, &key, Proposed::Appropriate, (FUND, YEAR), amount, "追加批复").await;
    put.unwrap_or_else(|error| panic!("{error}"));
    for view in ["/work", "/work?view=all&awaits=finance"] {
        let page = world.get(Some(Who::OtherFinance), view).await;
        page.is(StatusCode::OK).says(tab).says("▲ 等另一名财务人员确认：试验资金 2019年度 安排 1,000元");
        page.says("href=\"/finance#proposals\"");
    }
    let page = world.get(Some(Who::OtherFinance), "/work?view=all&awaits=finance").await;
    page.says("这里只列案件").says("<a href=\"/finance\">");
    world.get(Some(Who::OtherFinance), "/finance").await.is(StatusCode::OK).says("id=\"proposals\"");
    // It is nobody else's to confirm.
    for who in [Who::DecisionMaker, Who::Intake, Who::Leader] {
        world.get(Some(who), "/work").await.says_not("▲ 等另一");
    }
    world.get(Some(Who::Reviewer), "/work?view=all&awaits=finance").await.is(StatusCode::OK).says_not("这里只列案件");
}
