//! Refusing what is to be supported by the rules: what is asked for, and what the letter says that goes against what is on record.

use duixian_casework::case::CellRef;
use duixian_casework::command::Stated;

use super::*;
use crate::testing::PACK;

#[tokio::test]
async fn declining_what_the_rules_support_names_what_is_not_met_and_the_letter_says_it_first() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("按规则可以支持，金额待定；仍不予支持的，请写明不符合哪一条款、查明了什么事实。");
    page.says("条件：属实（二）").says("事实：属实（现为 是）").says("佐证：证书").says("其他（请写明条款）");
    let english = world.get(Some(Who::DecisionMaker), &format!("/work/cases/{}?lang=en", id.0)).await;
    english.says("By the rules it is entitled; the amount is decided").says("Evidence: Certificate");
    // Neither words alone nor a choice alone will do.
    let words = ("decline-reason", "证书编号查无此号");
    let sent = act(&world, Who::DecisionMaker, id, "decline", &[words]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"decline-unmet-error\"").says("证书编号查无此号");
    for unmet in ["condition-9", "any"] {
        let sent = act(&world, Who::DecisionMaker, id, "decline", &[("decline-unmet", unmet), words]).await;
        sent.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let chosen = [("decline-unmet", "condition-0"), ("decline-unmet", "evidence-0")];
    let sent = act(&world, Who::DecisionMaker, id, "decline", &chosen).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"decline-reason-error\"");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    act(&world, Who::DecisionMaker, id, "decline", &[chosen[0], chosen[1], words]).await.is(StatusCode::SEE_OTHER);
    let declined = case(&world, id).await;
    let reason = "不符合：属实（二）；佐证“证书”（二）。查明：证书编号查无此号";
    assert_eq!((declined.stage, declined.reason.as_deref()), (Stage::Declined, Some(reason)));
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter
        .is(StatusCode::OK)
        .says("<p>不符合：属实（二）；佐证“证书”（二）。</p>")
        .says("<p>查明：证书编号查无此号。</p>");
    // Both grounds stand in its table, whatever the rules and the reviewer have said of them.
    letter.says("事实与依据").says("三、救济途径").says_not("供参考").says_not(">符合</td>");
    // What is on record meets the condition: the row says on whose word it is refused all the same.
    letter.says("记录为“是”，经查不符合，见“查明”").says(">本机关2019年");
    letter.says("佐证：证书").says("核验为属实，仍不符合的理由见“查明”").says("业务科，2019年").says(">不符合</td>");
    // Words alone, as decisions of before have them, are no more followed by conditions that are all met.
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", world.cases.declined.0)).await;
    letter.is(StatusCode::OK).says("成果与主业无关").says_not(">符合</td>").says_not("供参考");
}

#[tokio::test]
async fn what_was_found_untrue_is_not_ticked_beforehand_and_stands_in_the_letters_table() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let untrue = Ask::FindEvidence { id: 1, holds: false, note: "编号不存在".to_owned() };
    ask(&world, Who::Reviewer, id, untrue).await;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "证书是假的".to_owned() };
    ask(&world, Who::Reviewer, id, against).await;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("佐证：证书（核验为不属实）").says_not("value=\"evidence-0\" checked");
    let fields = [("decline-unmet", "evidence-0"), ("decline-reason", "证书系伪造")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("不符合：佐证“证书”（二）。").says("不属实：编号不存在").says(">不符合</td>");
    // What was met stands there, too.
    letter.says("三、救济途径").says(">符合</td>").says("业务科，2019年");
}

#[tokio::test]
async fn what_is_not_accepted_against_the_rules_names_what_is_not_met() {
    let world = World::new().await;
    let id = world.cases.submitted;
    open(&world, Who::Intake, id).await.says("仍不予受理的，请写明不符合哪一条款");
    let words = ("not_accept-reason", "同一成果已由他人申请");
    let sent = act(&world, Who::Intake, id, "not_accept", &[words]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"not_accept-unmet-error\"");
    // What is none of the conditions has a clause of its own, and that is asked for.
    let other = ("not_accept-unmet", "other");
    let sent = act(&world, Who::Intake, id, "not_accept", &[other, words]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"not_accept-clause-error\"").says("本应支持");
    let clause = ("not_accept-clause", "第九条");
    act(&world, Who::Intake, id, "not_accept", &[other, clause, words]).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/not_accepted", id.0)).await;
    letter.is(StatusCode::OK).says("<p>不符合第九条的规定。</p>").says("<p>查明：同一成果已由他人申请。</p>");
}

#[tokio::test]
async fn a_row_of_a_refusal_does_not_set_the_record_against_what_was_found() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decline-unmet", "fact-1"), ("decline-reason", "现场核查，成果没有实施")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    // The fact has one row: what the clause asks of it, what was found, and by whom; no row calls it met.
    letter.is(StatusCode::OK).says("为“是”，经查不符合，见“查明”").says(">本机关2019年").says(">不符合</td>");
    letter.says_not(">符合</td>").says_not(">是</td>");
}

#[tokio::test]
async fn a_ground_in_words_has_its_row_beside_the_conditions_that_are_met() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decline-unmet", "other"), ("decline-clause", "第九条"), ("decline-reason", "同一成果已由他人申请")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">其他要求（第九条）</th>").says(">经查不符合，见“查明”</td>");
    letter.says(">不符合</td>").says_not("不属实");
}

/// A clause has brackets of its own, and several may be typed.
#[tokio::test]
async fn a_clause_with_brackets_is_named_whole() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = |clause| {
        [
            ("decline-unmet", "evidence-0"),
            ("decline-unmet", "other"),
            ("decline-clause", clause),
            ("decline-reason", "查无此号"),
        ]
    };
    // What ends a sentence names no clause.
    let sent = act(&world, Who::DecisionMaker, id, "decline", &fields("。")).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"decline-clause-error\"");
    act(&world, Who::DecisionMaker, id, "decline", &fields("第三条（二）；第五条。")).await.is(StatusCode::SEE_OTHER);
    let reason = "不符合：佐证“证书”（二）；其他要求（第三条（二）、第五条）。查明：查无此号";
    assert_eq!(case(&world, id).await.reason.as_deref(), Some(reason));
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">其他要求（第三条（二）、第五条）</th>");
    letter.says(">应当符合第三条（二）、第五条的规定</td>").says_not("应当符合二");
    let id = world.cases.submitted;
    let fields =
        [("not_accept-unmet", "other"), ("not_accept-clause", "第三条（二）"), ("not_accept-reason", "已由他人申请")];
    act(&world, Who::Intake, id, "not_accept", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/not_accepted", id.0)).await;
    letter.is(StatusCode::OK).says("<p>不符合第三条（二）的规定。</p>").says("<p>查明：已由他人申请。</p>");
}

/// As a refusal of an earlier version may have it.
#[tokio::test]
async fn a_clause_that_holds_what_parts_are_told_apart_by_keeps_its_second_half() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let reason = "不符合：其他要求（第三条（二）；第五条）。查明：查无此号".to_owned();
    ask(&world, Who::DecisionMaker, id, Ask::Decline { reason }).await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">其他要求（第三条（二）；第五条）</th>");
    letter.says(">应当符合第三条（二）；第五条的规定</td>");
}

/// The grounds are told apart by the words that the reason has; the letter has the name of an industry beside its code.
#[tokio::test]
async fn a_letter_names_an_industry_and_takes_no_number_of_firms_for_one() {
    let world = World::new().await;
    let name = "  名称 (name) 文本 备查\n";
    let pack = PACK.replace(name, &format!("{name}  行业 (industry) 行业代码\n"));
    let id = super::bulk::by_pack(&world, pack, &[("result_award", "R0-10")]).await[0];
    bring_to_decision(&world, id, Fen::yuan(50_000)).await;
    let fields = [
        ("decline-unmet", "condition-0"),
        ("decline-unmet", "other"),
        ("decline-clause", "第三条（行业为5136）"),
        ("decline-reason", "行业为5136，所报行业为12家企业共有"),
    ];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let reason = case(&world, id).await.reason.expect("a reason");
    assert!(reason.contains("行业为5136，所报行业为12家企业共有"), "{reason}");
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter
        .is(StatusCode::OK)
        .says("行业为批发业（5136），所报行业为12家企业共有")
        .says("第三条（行业为批发业（5136））");
    letter.says(">应当符合第三条（行业为批发业（5136））的规定</td>").says_not("行业为5136");
    letter.says_not(">符合</td>");
}

/// The reason that stands in the form beforehand is what the letter will say.
#[tokio::test]
async fn the_reason_by_the_rules_names_an_industry_beside_its_code() {
    let world = World::new().await;
    let name = "  名称 (name) 文本 备查\n";
    let pack = PACK.replace(name, &format!("{name}  行业 (industry) 行业代码\n"));
    let pack = pack.replacen("  条件 属实\n", "  条件 行业 属于 51\n", 1);
    let pack = pack.split("示例：").next().expect("the pack").to_owned();
    let cell = CellRef { table: "enterprises".to_owned(), row: String::new(), column: "industry".to_owned() };
    let stated = Stated { value: "7484".to_owned(), dispute: None };
    let stated = std::collections::BTreeMap::from([(cell.clone(), Some(stated))]);
    let id = super::bulk::by_pack_stating(&world, pack, &[("result_award", "R0-10")], stated).await[0];
    ask(&world, Who::Reviewer, id, Ask::FindStatement { cell, holds: true, note: "与执照一致".to_owned() }).await;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "行业不符".to_owned() };
    ask(&world, Who::Reviewer, id, against).await;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("行业为专业技术服务业（7484），不属于51</textarea>");
}

/// As a refusal of before, or of the demonstration, may name something that stands in no list.
#[tokio::test]
async fn a_ground_that_nobody_could_choose_brings_what_was_found_untrue() {
    let world = World::new().await;
    let id = world.cases.in_review;
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: false, note: "编号不存在".to_owned() }).await;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "证书是假的".to_owned() };
    ask(&world, Who::Reviewer, id, against).await;
    let reason = "不符合：佐证应当真实有效。查明：名单上没有这个编号".to_owned();
    ask(&world, Who::DecisionMaker, id, Ask::Decline { reason }).await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">佐证应当真实有效</th>").says("不属实：编号不存在");
}
