//! Several applications filled in once and sent together.

use super::*;
use duixian_store::cases::CaseFilter;

fn start(world: &World) -> String {
    format!("/my/{}/together/{}/result_award", party(0), world.round)
}

/// The drafts of the party for the measure, by basis: their numbers in the store and versions.
async fn drafts(world: &World) -> BTreeMap<String, (i64, u64)> {
    let agent = world.actor(Who::Agent).await;
    let filter = CaseFilter { stages: vec![Stage::Draft], party: Some(party(0)), per_page: 1000, ..Default::default() };
    let mut drafts = BTreeMap::new();
    for row in world.store().cases(&agent, &filter).await.expect("cases").rows {
        let case = world.store().case(row.id).await.expect("the case");
        if row.measure == "result_award" {
            drafts.insert(row.basis, (row.id.0, case.version));
        }
    }
    drafts
}

async fn picks(world: &World, bases: &[&str]) -> Vec<(&'static str, String)> {
    let drafts = drafts(world).await;
    bases.iter().map(|basis| ("case", format!("{}:{}", drafts[*basis].0, drafts[*basis].1))).collect()
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_common_is_given_once_and_each_is_sent_for_itself() {
    let world = world().await;
    let start = start(&world);
    world.get(AGENT, &format!("/my/{}", party(0))).await.is(StatusCode::OK).says("一起申请").says(&start);
    let pick = world.get(AGENT, &start).await;
    pick.is(StatusCode::OK).says("一起申请哪些").says("value=\"R0-15\"").says("已经开始填的有 1 件草稿");
    // What has an application already is not offered; and what was left out when the draft was begun is not put in again.
    pick.says_not("value=\"R0-15\" checked");
    pick.says_not("value=\"R0-1\"");
    // What only a script does is not there without it: the row of buttons would be shown, hidden or not.
    pick.says("<div data-pick-tools=\"basis\" hidden><div class=\"actions\">");

    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let ticked = [("basis", "R0-15"), ("basis", "R0-16"), ("basis", "R0-17")];
    for _ in 0..2 {
        world.post_once(AGENT, &start, &once, &ticked).await.leads_to(&format!("{start}/evidence/1"));
    }
    let begun = drafts(&world).await;
    assert_eq!(begun.len(), 4, "{begun:?}");

    // The piece goes to those that are ticked; the page comes back while any has none.
    let evidence = format!("{start}/evidence/1");
    world.get(AGENT, &evidence).await.is(StatusCode::OK).says("4件申请里还有4件没有这份材料").says("R0-16");
    let of = |basis: &str| begun[basis].0.to_string();
    let (first, second, third) = (of("R0-15"), of("R0-16"), of("R0-17"));
    let fields = [("for", first.as_str()), ("for", second.as_str()), ("number", "合-1")];
    let answer = world.post_files(AGENT, &evidence, &fields, &[("file", "合订.pdf", PDF)]).await;
    answer.leads_to(&format!("{evidence}?added=2"));
    world.get(AGENT, &evidence).await.says("4件申请里还有2件没有这份材料").says("已有：合订.pdf");
    let nobody = world.post_files(AGENT, &evidence, &[], &[("file", "三.pdf", PDF)]).await;
    nobody.is(StatusCode::UNPROCESSABLE_ENTITY).says("请至少选一件申请").says("还没有存进申请");
    let rest = [("for", third.as_str())];
    world
        .post_files(AGENT, &evidence, &rest, &[("file", "三.pdf", PDF)])
        .await
        .leads_to(&format!("{evidence}?added=1"));
    world.post_files(AGENT, &evidence, &[], &[]).await.leads_to(&format!("{start}/account"));

    // One file too many goes from all that have it.
    let everyone = [("for", first.as_str()), ("for", second.as_str())];
    let wrong: Vec<u8> = [b"%PDF-1.5", &PDF[8..]].concat();
    world.post_files(AGENT, &evidence, &everyone, &[("file", "错的.pdf", &wrong)]).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, &evidence).await.says("错的.pdf").says("用于 2 件");
    let draft = world.store().case(duixian_casework::case::CaseId(begun["R0-15"].0)).await.expect("the case");
    let file = draft.evidence.last().and_then(|piece| piece.file.clone()).expect("a file");
    let removed = world.post(AGENT, &format!("{evidence}/remove"), &[("file", &file.sha256)]).await;
    removed.leads_to(&evidence);
    world.get(AGENT, &evidence).await.says_not("错的.pdf").says("合订.pdf");

    // The account of the last application is there already, and is looked at before it is taken.
    let account = world.get(AGENT, &format!("{start}/account")).await;
    account.is(StatusCode::OK).says("上次申请").says("value=\"某银行\"");
    let fields = [("holder", "企业0"), ("number", "62"), ("bank", "某银行")];
    world
        .post(AGENT, &format!("{start}/account"), &fields)
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("6 至 32 位");
    let fields = [("holder", "企业0"), ("number", "6222 0000 0000 0001"), ("bank", "某银行")];
    world.post(AGENT, &format!("{start}/account"), &fields).await.leads_to(&format!("{start}/check"));

    let check = world.get(AGENT, &format!("{start}/check")).await;
    check.is(StatusCode::OK).says("可以提交 3 件").says("最多300,000元").says("1 件还不能提交").says("请上传证书");
    let chosen = picks(&world, &["R0-15", "R0-16", "R0-17"]).await;
    let mut fields = borrowed(&chosen);
    world.post(AGENT, &format!("{start}/check"), &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("内容属实");
    fields.push(("agree", "yes"));
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    for _ in 0..2 {
        let sent =
            format!("{start}/sent?case={}&case={}&case={}", begun["R0-15"].0, begun["R0-16"].0, begun["R0-17"].0);
        world.post_once(AGENT, &format!("{start}/check"), &once, &fields).await.leads_to(&sent);
        let sent = world.get(AGENT, &sent).await;
        sent.is(StatusCode::OK).says("3 件，最多300,000元").says("R0-17").says_not("R0-1<").says("以前提交的还有");
    }
    for basis in ["R0-15", "R0-16", "R0-17"] {
        let case = world.store().case(duixian_casework::case::CaseId(begun[basis].0)).await.expect("the case");
        assert_eq!(case.stage, Stage::Submitted);
        assert_eq!((case.evidence.len(), case.account.is_some()), (1, true));
    }
    // One message names all three, each with its page; it leads to what was sent together.
    let messages = world.get(AGENT, "/messages?show=unread").await;
    messages.is(StatusCode::OK).says("成果奖励：3 件一起提交");
    for basis in ["R0-15", "R0-16", "R0-17"] {
        messages.says(&format!("<a href=\"/cases/{}\">", begun[basis].0)).says(basis);
    }
    let agent = world.actor(Who::Agent).await;
    let newest = world.store().messages(&agent, None, Default::default(), 1).await.expect("messages").rows;
    let of_these: Vec<_> =
        newest.iter().filter(|message| message.kind == "submitted" && !message.beside.is_empty()).collect();
    let [message] = of_these[..] else { panic!("{of_these:?}") };
    assert!(newest.iter().filter(|other| other.at >= message.at).count() == 1, "no other of those that were sent");
    let opened = world.get(AGENT, &format!("/messages/{}", message.id)).await;
    opened.is(StatusCode::SEE_OTHER);
    world.get(AGENT, opened.location()).await.is(StatusCode::OK).says("3 件，最多300,000元");
    let sent = world.get(AGENT, &format!("{start}/sent")).await;
    sent.is(StatusCode::OK).says("R0-15").says("R0-17").says("等待受理").says("还有1件草稿没有提交");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lacks_something_or_was_changed_meanwhile_is_not_sent_and_says_so() {
    let world = world().await;
    let start = start(&world);
    world.post(AGENT, &start, &[("basis", "R0-15"), ("basis", "R0-16")]).await.is(StatusCode::SEE_OTHER);
    let chosen = picks(&world, &["R0-15"]).await;
    let mut fields = borrowed(&chosen);
    fields.push(("agree", "yes"));
    let check = format!("{start}/check");
    world.post(AGENT, &check, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("选中的申请有的还没有填好");
    world.get(AGENT, &check).await.says("还缺“证书”，上传后就能提交").says(&format!("{start}/evidence/1\">还缺"));
    let all = drafts(&world).await;
    let everyone: Vec<String> = all.values().map(|(id, _)| id.to_string()).collect();
    let whose: Vec<(&str, &str)> = everyone.iter().map(|id| ("for", id.as_str())).collect();
    let evidence = format!("{start}/evidence/1");
    world
        .post_files(AGENT, &evidence, &whose, &[("file", "合订.pdf", PDF)])
        .await
        .leads_to(&format!("{start}/account"));
    // An account is no document: what is missing is called by its name, and given once for all.
    let page = world.get(AGENT, &check).await;
    page.says(&format!("{start}/account\">还没有收款账户，填好后就能提交")).says_not("还缺材料").says_not("还缺“");
    let fields = [("holder", "企业0"), ("number", "6222000000000001"), ("bank", "某银行")];
    world.post(AGENT, &format!("{start}/account"), &fields).await.leads_to(&check);
    let mut chosen = picks(&world, &["R0-15", "R0-16"]).await;
    // One of them was written on since the page was shown.
    chosen[1].1 = format!("{}:{}", all["R0-16"].0, all["R0-16"].1);
    let mut fields = borrowed(&chosen);
    // Whoever has not said yet that it is true is told so, and says it of what there is now.
    let told = world.post(AGENT, &check, &fields).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).says("有的申请在别处改过（").says("下面是现在的内容和收款账户");
    told.says("id=\"agree-error\"").says_not("请先确认内容属实");
    fields.push(("agree", "yes"));
    let answer = world.post(AGENT, &check, &fields).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("1件已经提交").says("R0-16").says("已有变化");
    assert_eq!(stage(&world, all["R0-15"].0).await, Stage::Submitted);
    assert_eq!(stage(&world, all["R0-16"].0).await, Stage::Draft);
    // A second device that sends it again is told that it was sent.
    let again = world.post(AGENT, &check, &[("case", &*chosen[0].1), ("agree", "yes")]).await;
    again.leads_to(&format!("{start}/sent?case={}", all["R0-15"].0));
    // Nobody else finds any of it.
    for path in [start.clone(), evidence, check, format!("{start}/account"), format!("{start}/sent")] {
        world.get(OTHER, &path).await.is(StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_stays_out_after_an_error() {
    let world = world().await;
    let start = format!("/my/{}/together/{}/instant_award", party(0), world.round);
    let ticked = |page: &crate::testing::Answer| page.text().matches(" checked").count();
    assert!(ticked(&world.get(AGENT, &start).await) > 10);
    let wrong = world.post(AGENT, &start, &[]).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("请至少选一项").says("value=\"R0-10\"");
    assert_eq!(ticked(&wrong), 0);
}
