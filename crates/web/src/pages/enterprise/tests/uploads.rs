//! Several files chosen at once: each is a piece of its own, and what is wrong with one keeps the others.

use super::*;

/// The same document with other bytes: another file.
fn pdf(minor: u8) -> Vec<u8> {
    [format!("%PDF-1.{minor}").as_bytes(), &PDF[8..]].concat()
}

/// What brings back each of the files that a refused form has kept.
fn sealed(page: &crate::testing::Answer) -> Vec<String> {
    let text = page.text();
    let parts = text.split("name=\"kept\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    parts.map(|part| part.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_chosen_together_are_pieces_each_and_one_that_is_wrong_keeps_the_rest() {
    let world = world().await;
    let id = world.cases.draft.0;
    let path = format!("/cases/{id}/evidence/evidence-1");
    let page = world.get(AGENT, &format!("/cases/{id}/edit/evidence-1")).await;
    page.is(StatusCode::OK).says("type=\"file\"").says(" multiple").says("可以一次选几个");
    let (front, back, script) = (pdf(5), pdf(6), b"<html><script>alert(1)</script></html>");
    let files: [(&str, &str, &[u8]); 4] = [
        ("file", "正面.pdf", &front),
        ("file", "坏的.jpg", script),
        ("file", "反面.pdf", &back),
        ("file", "正面（重）.pdf", &front),
    ];
    let refused = world.post_files(AGENT, &path, &[("go", "next"), ("number", "Z-9")], &files).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("“坏的.jpg”打不开").says("value=\"Z-9\"").says_not("（重）");
    let kept = sealed(&refused);
    assert_eq!(kept.len(), 2);
    // Of two that are wrong each is told beside the field, and not only above.
    let both: [(&str, &str, &[u8]); 2] = [("file", "坏的.jpg", script), ("file", "也坏.pdf", script)];
    let both =
        world.post_files(AGENT, &path, &[("go", "next")], &both).await.is(StatusCode::UNPROCESSABLE_ENTITY).text();
    let beside =
        both.split("id=\"file-error\"").nth(1).expect("an error").split("</p>").next().expect("its end").to_owned();
    assert!(beside.contains("坏的.jpg") && beside.contains("也坏.pdf"), "{beside}");
    assert!(world.store().case(world.cases.draft).await.expect("the case").evidence.is_empty());
    let fields = [("go", "more"), ("number", "Z-9"), ("kept", kept[0].as_str()), ("kept", kept[1].as_str())];
    let third = pdf(7);
    world.post_files(AGENT, &path, &fields, &[("file", "附页.pdf", &third)]).await.is(StatusCode::SEE_OTHER);
    let case = world.store().case(world.cases.draft).await.expect("the case");
    let names =
        case.evidence.iter().filter_map(|piece| Some((piece.number.as_str(), piece.file.as_ref()?.name.as_str())));
    assert_eq!(names.collect::<Vec<_>>(), [("Z-9", "正面.pdf"), ("Z-9", "反面.pdf"), ("Z-9", "附页.pdf")]);
    // What is there already is not added again, and keeps none of the others.
    let (fourth, fifth) = (pdf(8), pdf(9));
    let files: [(&str, &str, &[u8]); 3] =
        [("file", "续一.pdf", &fourth), ("file", "又一次.pdf", &third), ("file", "续二.pdf", &fifth)];
    let sent = world.post_files(AGENT, &path, &[("go", "more")], &files).await;
    sent.is(StatusCode::SEE_OTHER);
    assert!(told(&sent).contains("已收到续一.pdf、续二.pdf；又一次.pdf以前已经交过，没有重复添加"), "{}", told(&sent));
    assert_eq!(world.store().case(world.cases.draft).await.expect("the case").evidence.len(), 5);
    let page = world.get(AGENT, &format!("/cases/{id}/edit/evidence-1?lang=en")).await;
    page.is(StatusCode::OK).says("正面.pdf (").says_not("正面.pdf（");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sees_in_a_number_is_told_beside_the_number() {
    let world = world().await;
    let path = format!("/cases/{}/evidence/evidence-1", world.cases.draft.0);
    let file: [(&str, &str, &[u8]); 1] = [("file", "证书.pdf", PDF)];
    for field in ["number", "issuer"] {
        let refused = world.post_files(AGENT, &path, &[("go", "next"), (field, "Z\u{200b}-9")], &file).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"{field}-error\"")).says("里面有看不见的字符");
        refused.says_not("id=\"file-error\"").says("不用再选");
    }
}

/// What the next page will say.
fn told(answer: &crate::testing::Answer) -> String {
    let cookie = answer.cookie("flash").unwrap_or_default();
    let message = cookie.split_once('.').map_or("", |(_, message)| message).to_owned();
    form_urlencoded::parse(message.as_bytes())
        .find(|(name, _)| name == "zh")
        .map_or_else(String::new, |(_, zh)| zh.into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_twice_traps_nobody_and_to_leave_is_always_possible() {
    let world = world().await;
    let id = world.cases.draft.0;
    let path = format!("/cases/{id}/evidence/evidence-1");
    let photo = pdf(5);
    let file: [(&str, &str, &[u8]); 1] = [("file", "photo.pdf", &photo)];
    world.post_files(AGENT, &path, &[("go", "more")], &file).await.is(StatusCode::SEE_OTHER);
    for (go, to) in [
        ("next", format!("/cases/{id}/edit/more")),
        ("back", format!("/cases/{id}/edit/known")),
        ("leave", format!("/cases/{id}")),
    ] {
        let sent = world.post_files(AGENT, &path, &[("go", go)], &file).await;
        sent.leads_to(&to);
        assert!(told(&sent).contains("photo.pdf以前已经交过，没有重复添加"), "{}", told(&sent));
    }
    // Who leaves takes along what is sound, and is told what is not.
    let (other, script) = (pdf(6), b"<html><script>alert(1)</script></html>");
    let files: [(&str, &str, &[u8]); 2] = [("file", "好的.pdf", &other), ("file", "坏的.jpg", script)];
    let left = world.post_files(AGENT, &path, &[("go", "leave")], &files).await;
    left.leads_to(&format!("/cases/{id}"));
    let said = told(&left);
    assert!(said.contains("已收到好的.pdf；没有收下：“坏的.jpg”打不开"), "{said}");
    assert_eq!(world.store().case(world.cases.draft).await.expect("the case").evidence.len(), 2);
    // Of several applications, those that have it keep it, and the others get it.
    let start = format!("/my/{}/together/{}/result_award", party(0), world.round);
    world.post(AGENT, &start, &[("basis", "R0-15")]).await.is(StatusCode::SEE_OTHER);
    let page = world.get(AGENT, &format!("{start}/evidence/1")).await.text();
    let ids = page.split("name=\"for\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let fields: Vec<(&str, &str)> = ids.map(|id| ("for", id)).collect();
    let third = pdf(7);
    let files: [(&str, &str, &[u8]); 2] = [("file", "photo.pdf", &photo), ("file", "新的.pdf", &third)];
    let sent = world.post_files(AGENT, &format!("{start}/evidence/1"), &fields, &files).await;
    sent.leads_to(&format!("{start}/account"));
    assert_eq!(world.store().case(world.cases.draft).await.expect("the case").evidence.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_go_to_several_applications() {
    let world = world().await;
    let start = format!("/my/{}/together/{}/result_award", party(0), world.round);
    world.post(AGENT, &start, &[("basis", "R0-15"), ("basis", "R0-16")]).await.is(StatusCode::SEE_OTHER);
    let page = world.get(AGENT, &format!("{start}/evidence/1")).await.text();
    let ids: Vec<String> = page
        .split("name=\"for\" value=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
        .collect();
    assert_eq!(ids.len(), 3);
    let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("for", id.as_str())).collect();
    let (front, back) = (pdf(5), pdf(6));
    let files: [(&str, &str, &[u8]); 2] = [("file", "正面.pdf", &front), ("file", "反面.pdf", &back)];
    let sent = world.post_files(AGENT, &format!("{start}/evidence/1"), &fields, &files).await;
    sent.leads_to(&format!("{start}/account"));
    for id in ids {
        let id = duixian_casework::case::CaseId(id.parse().expect("a number"));
        assert_eq!(world.store().case(id).await.expect("the case").evidence.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_replaced_or_not_kept_is_said() {
    let world = world().await;
    // What is typed of a document stays with its file alone.
    let draft = world.cases.draft.0;
    let path = format!("/cases/{draft}/evidence/evidence-1");
    for (go, to) in [("leave", format!("/cases/{draft}")), ("next", String::new())] {
        let left = world.post_files(AGENT, &path, &[("go", go), ("number", "Z-9")], &[]).await;
        match go {
            "leave" => assert!(told(left.leads_to(&to)).contains("没有保存"), "{}", told(&left)),
            _ => _ = left.is(StatusCode::UNPROCESSABLE_ENTITY).says("value=\"Z-9\""),
        }
    }
    // A file that is there already takes no other's place.
    let case = async || world.store().case(world.cases.correction).await.expect("the case");
    let path = format!("/cases/{}/evidence/evidence-1", world.cases.correction.0);
    let old = case().await.evidence[0].clone();
    let number = old.id.to_string();
    let new = pdf(5);
    world.post_files(AGENT, &path, &[("go", "more")], &[("file", "补充.pdf", &new)]).await.is(StatusCode::SEE_OTHER);
    let fields = [("go", "more"), ("replaces", number.as_str())];
    let sent = world.post_files(AGENT, &path, &fields, &[("file", "补充.pdf", &new)]).await;
    assert!(told(&sent).contains("没有重复添加；没有替换："), "{}", told(&sent));
    assert!(case().await.evidence.iter().any(|piece| piece.id == old.id));
}
