//! What people read, from a made-up programme.

use duixian_rules::vocabulary::Lang;

use super::*;
use crate::reference::example::{code, day, facts, plan};
use crate::reference::{Audience, Claim, ClaimRecord, Index, Standing, explain_claim, explain_party};
use duixian_money::Fen;

fn clauses(clause: &str) -> Option<ClauseText> {
    (clause == "三(二).2")
        .then(|| ClauseText { title: "研发平台".to_owned(), readings: vec!["同一平台只补差额".to_owned()] })
}

fn rendered(party: u32, render: impl Fn(&PartyExplanation, &Plan) -> String) -> String {
    let (plan, facts) = (plan(), facts());
    let index = Index::new(&plan, &facts);
    let party = index.party(&code(party).to_string()).unwrap();
    render(&explain_party(&index, party, 2017, day(2017, 12, 31), None), &plan)
}

#[test]
fn text_in_chinese() {
    insta::assert_snapshot!(rendered(1, |explanation, plan| render_text(explanation, plan, Lang::Zh, &clauses)));
}

#[test]
fn text_in_english() {
    insta::assert_snapshot!(rendered(1, |explanation, plan| render_text(explanation, plan, Lang::En, &clauses)));
}

#[test]
fn html() {
    insta::assert_snapshot!(rendered(2, |explanation, plan| render_html(explanation, plan, Lang::Zh, &clauses)));
}

#[test]
fn json() {
    insta::assert_snapshot!(rendered(2, |explanation, plan| render_json(explanation, plan, &clauses)));
}

/// A clause does not say what the pack only reads into it: the condition is cited where the reading stands.
#[test]
fn a_condition_by_the_packs_reading_is_cited_where_that_stands() {
    let cited = |reading_of: Option<&str>| {
        let (mut plan, facts) = (plan(), facts());
        plan.measures[0].conditions[0].reading_of = reading_of.map(str::to_owned);
        let index = Index::new(&plan, &facts);
        let party = index.party(&code(1).to_string()).unwrap();
        let explained = explain_party(&index, party, 2017, day(2017, 12, 31), None);
        let report = Report::new(&explained, &plan, Lang::Zh, &clauses);
        let bases = report.measures.iter().filter(|measure| measure.measure == 0).flat_map(|measure| &measure.bases);
        let condition = bases.flat_map(|basis| basis.conditions.first()).next().expect("a condition");
        (condition.clause.clone(), condition.is_reading)
    };
    assert_eq!(cited(None), ("总则".to_owned(), false));
    assert_eq!(cited(Some("三")), ("三".to_owned(), true));
}

#[test]
fn html_is_escaped_and_complete() {
    for lang in [Lang::Zh, Lang::En] {
        let page = rendered(1, |explanation, plan| render_html(explanation, plan, lang, &clauses));
        // For a look in a browser.
        if let Ok(folder) = std::env::var("EXPLAIN_PAGES") {
            std::fs::write(format!("{folder}/{lang:?}.html"), &page).unwrap();
        }
        assert!(page.contains("贵州&lt;好&gt;商贸") && !page.contains("<好>"));
        assert!(!page.contains("<script") && !page.contains("http"));
        for element in ["section", "table", "tbody", "ul", "details", "article", "dl"] {
            let opened = page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}

#[test]
fn calculations_read_as_they_are_worked_out() {
    use duixian_rules::plan::{Node, NodeInfo, NodeType, Scope};
    let mut plan = plan();
    let mut node = |node: Node| {
        plan.nodes.push(NodeInfo { node, scope: Scope::Constant, ty: NodeType::Count, may_be_absent: false });
        plan.nodes.len() - 1
    };
    let (one, two) = (node(Node::Constant(1)), node(Node::Constant(2)));
    let sum = node(Node::Add(one, two));
    let left = node(Node::Subtract(sum, one));
    let right = node(Node::Subtract(one, sum));
    let product = node(Node::Multiply(sum, two));
    let on = node(Node::BasisDate);
    let moved = node(Node::Happened(on));
    let stayed = node(Node::Not(moved));
    let words = words::Words::new(&plan, Lang::Zh);
    let texts = [left, right, product, moved, stayed].map(|node| words.noun(node));
    assert_eq!(texts, ["1 + 2 − 1", "1 − (1 + 2)", "(1 + 2) × 2", "有基准日记录", "没有基准日记录"]);
}

/// The first party's claim for its platform, beside one record of the same platform granted and one pending, both of the
/// second party.
fn claim(plan: &Plan) -> Claim {
    let facts = facts();
    let index = Index::new(plan, &facts);
    let explain = |party: u32, records: &[ClaimRecord]| {
        let row = index.row_named(plan.measures[0].basis.table, party, if party == 0 { "R-1" } else { "R-5" }).unwrap();
        let year = if party == 0 { 2017 } else { 2016 };
        explain_claim(&index, 0, row, year, day(2017, 12, 31), records).unwrap()
    };
    let theirs = explain(1, &[]);
    let granted = theirs.record("2016-0007", Standing::Granted, Fen(1));
    let pending = theirs.record("2017-0002", Standing::Pending, Fen(0));
    explain(0, &[granted, pending])
}

#[test]
fn a_claim_names_its_rivals_by_case_but_not_to_the_party() {
    let plan = plan();
    let claim = claim(&plan);
    let theirs = code(2).to_string();
    let all = |explanation: &PartyExplanation| {
        let texts = [Lang::Zh, Lang::En].map(|lang| {
            render_text(explanation, &plan, lang, &clauses) + &render_html(explanation, &plan, lang, &clauses)
        });
        texts.concat() + &render_json(explanation, &plan, &clauses)
    };
    let official = all(&claim.explained);
    assert!(official.contains(&theirs) && official.contains("2016-0007"));
    let seen_by_party = claim.explained.clone().for_audience(Audience::Party);
    let party = all(&seen_by_party);
    for secret in [&theirs[..], "2016-0007", "2017-0002", "R-5"] {
        assert!(!party.contains(secret), "{secret}");
    }
    assert!(party.contains("另一单位") && party.contains("another party"));

    let effect = |explanation: &PartyExplanation, lang| {
        Report::new(explanation, &plan, lang, &clauses).measures[0].bases[0].limits[0].effect.clone()
    };
    insta::assert_snapshot!(effect(&claim.explained, Lang::Zh), @"同一平台就高补差：本档20万元，在前的案件2016-0007（R-5，认定日期2016年2月1日）应享受10万元，只补差额；另有1件申请尚未审定：案件2017-0002（R-5，认定日期2016年2月1日），先获准的先占");
    insta::assert_snapshot!(effect(&claim.explained, Lang::En), @"top-up to the highest for the same platform key: this tier is 200,000 yuan; case 2016-0007 (R-5, recognised on 2016-02-01) comes before it with 100,000 yuan; the difference counts; not decided yet: case 2017-0002 (R-5, recognised on 2016-02-01); whichever is granted first takes the place");
    insta::assert_snapshot!(effect(&seen_by_party, Lang::Zh), @"同一平台就高补差：本档20万元，在前的另一单位（认定日期2016年2月1日）应享受10万元，只补差额；另有1件申请尚未审定：另一单位（认定日期2016年2月1日），先获准的先占");
}

#[test]
fn a_party_reads_its_own_explanation_without_its_rivals() {
    let (plan, facts) = (plan(), facts());
    let index = Index::new(&plan, &facts);
    for party in 0..facts.tables[0].rows as u32 {
        let explanation = explain_party(&index, party, 2017, day(2017, 12, 31), None).for_audience(Audience::Party);
        let text = render_text(&explanation, &plan, Lang::Zh, &clauses) + &render_json(&explanation, &plan, &clauses);
        for other in (0..facts.tables[0].rows as u32).filter(|other| *other != party) {
            assert!(!text.contains(&index.party_code(other)), "{party} reads of {other}");
        }
    }
}

#[test]
fn a_row_without_a_tier_is_told_what_the_tiers_look_at() {
    let mut plan = plan();
    // Without the municipal tier.
    plan.measures[0].pay.alternatives.pop();
    let facts = facts();
    let index = Index::new(&plan, &facts);
    let reasons: Vec<String> = (0..facts.tables[0].rows as u32)
        .flat_map(|party| explain_party(&index, party, 2016, day(2017, 12, 31), Some(&[0])).measures)
        .flat_map(|measure| measure.bases)
        .map(|basis| {
            words::Words::new(&plan, Lang::Zh).reason(limits::Limited {
                measure: &plan.measures[0],
                basis: &basis,
                code: "",
            })
        })
        .collect();
    insta::assert_snapshot!(reasons.join("\n"), @"级别为市级，只支持国家级、省级");
}
