//! What people read, from a made-up programme.

use duixian_rules::vocabulary::Lang;

use super::*;
use crate::reference::example::{code, day, facts, plan};
use crate::reference::{Index, explain_party};

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
    let words = words::Words { plan: &plan, lang: Lang::Zh };
    let texts = [left, right, product, moved, stayed].map(|node| words.in_general(node));
    assert_eq!(texts, ["1 + 2 − 1", "1 − (1 + 2)", "(1 + 2) × 2", "有 基准日", "没有 基准日"]);
}
