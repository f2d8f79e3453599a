//! What many decisions come to, to be looked at once more before they are made: each amount beside what was recommended, and the sum.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use duixian_money::Fen;
use duixian_store::cases::Earlier;

use crate::casefile::said::use_condition;
use crate::documents::in_capitals;
use crate::format;
use crate::forms::{Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Facts;

use super::ask::lines;
use super::bulk::FundLine;
use super::checking::{carried, numbered};
use super::deciding;
use super::minding::{Mind, on_amount};
use super::picked::Picked;
use super::rows::sum;

/// One decision of them.
struct Line<'a> {
    one: &'a Picked,
    amount: Fen,
    /// What is to be thought of, of this one.
    minds: Vec<Mind>,
    /// Whether the fund is short of it, and it is not to wait: it will not be decided.
    is_refused: bool,
}

impl Line<'_> {
    fn in_words(&self) -> String {
        in_capitals(self.amount)
    }
}

#[derive(Template)]
#[template(path = "work/bulk_check.html")]
struct Together<'a> {
    page: Page,
    /// What is to be minded comes first.
    lines: Vec<Line<'a>>,
    funds: Vec<FundLine>,
    /// What holds for all.
    facts: Facts,
    carried: Vec<(String, String)>,
}

impl Together<'_> {
    fn say(&self, text: impl Borrow<Text>) -> String {
        self.page.text(text.borrow()).to_owned()
    }

    /// Those that will be decided.
    fn decided(&self) -> impl Iterator<Item = &Line<'_>> {
        self.lines.iter().filter(|line| !line.is_refused)
    }

    fn count(&self) -> usize {
        self.decided().count()
    }

    fn total(&self) -> Fen {
        sum(self.decided().map(|line| line.amount))
    }

    fn total_in_words(&self) -> String {
        in_capitals(self.total())
    }

    /// How many have something to be thought of.
    fn minded(&self) -> usize {
        self.lines.iter().filter(|line| !line.minds.is_empty()).count()
    }

    fn is_grave(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.minds).any(|mind| mind.is_grave)
    }
}

/// The conditions on the use of the money that the rules set, by measure: they are written into each decision.
fn set_by_the_rules(set: &[&Picked]) -> Vec<(Text, Text)> {
    let mut found: Vec<(Text, Text)> = Vec::new();
    for one in set {
        if let Some(condition) = one.file.scene.procedure.use_condition() {
            let scene = &one.file.scene;
            let condition = use_condition(&scene.pack.plan.english, &scene.procedure, &condition);
            let of_measure = (one.file.measure_name(), condition);
            if !found.contains(&of_measure) {
                found.push(of_measure);
            }
        }
    }
    found
}

/// The page on which they are checked. Nothing is decided yet.
pub async fn page(
    portal: &Portal,
    set: &[&Picked],
    funds: Vec<FundLine>,
    form: &Form,
    posted: &Posted,
    page: Page,
) -> Result<Response, Problem> {
    let mut earlier: BTreeMap<&str, Option<Earlier>> = BTreeMap::new();
    let mut lines_of = Vec::new();
    let mut left: Vec<i64> = funds.iter().map(|fund| fund.free.0).collect();
    let if_short = form.text("if_short");
    for one in set {
        // None of them is decided, so that what was granted before is the same for all of a measure.
        let measure = one.file.case.subject.measure.as_str();
        let before = match earlier.get(measure) {
            Some(before) => *before,
            None => portal.store.granted_earlier(measure, one.file.case.id).await?,
        };
        earlier.insert(measure, before);
        let amount = form.money(&one.amount_field()).unwrap_or(Fen(0));
        let mut minds: Vec<Mind> = one.marks.iter().map(Mind::found).collect();
        // They are decided in this order, so that the first have what the fund has; what waits comes before what is new, too.
        let fund = funds.iter().position(|fund| fund.is_of(one)).map(|at| &mut left[at]);
        let is_short = fund.as_ref().is_some_and(|left| **left < amount.0);
        let is_refused = is_short && if_short == "refuse";
        if let Some(left) = fund.filter(|_| !is_refused) {
            *left = left.saturating_sub(amount.0);
        }
        minds.extend(on_amount(&one.file, amount, before, is_short && !is_refused));
        if is_refused {
            minds.push(Mind::grave((
                "资金不足，按所选的办法这次不作决定。",
                "The fund is short: as was chosen, this one is not decided now.",
            )));
        }
        lines_of.push(Line { one, amount, minds, is_refused });
    }
    lines_of.sort_by_key(|line| line.minds.is_empty());
    let conditions = lines(form.text("conditions"));
    let facts = Facts::default().add(("审定理由", "Reason"), Text::same(form.text("reason").to_owned()));
    let facts = match conditions.is_empty() {
        true => facts,
        false => facts.add(("使用条件", "Conditions"), Text::same(numbered(&conditions))),
    };
    let facts = set_by_the_rules(set).into_iter().fold(facts, |facts, (measure, condition)| {
        let name = Text::new(format!("规则写明的用途（{}）", measure.zh), format!("Set by the rules ({})", measure.en));
        facts.add(name, condition)
    });
    let choices = deciding::if_short(None);
    let chosen = choices.into_iter().find(|choice| choice.value == if_short);
    let facts = facts.add(("资金不足时", "If the fund is short"), chosen.map(|choice| choice.text).unwrap_or_default());
    let page = page.titled(("批量审定金额：请再核对", "Decide in bulk — please check once more"));
    let page = page.under("/work", ("办件", "Cases")).wide();
    Page::show(&Together { page, lines: lines_of, funds, facts, carried: carried(posted) })
}
