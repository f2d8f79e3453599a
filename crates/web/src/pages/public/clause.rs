//! One clause: our restatement, the readings chosen, the rule in either language, its examples, and what it pays.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_rules::examples::{HEADINGS, RESULTS};
use duixian_rules::fmt::{self, Names};
use duixian_rules::markdown::{Clause, ExampleTable};
use duixian_rules::pack::Pack;
use duixian_rules::syntax::ast::Item;

use super::measure::{MeasurePart, MeasureView};
use crate::locale::{Lang, Speak, Text};
use crate::page::Page;
use crate::pages::shared::clause_href;
use crate::portal::Portal;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "public/clause.html")]
struct ClausePage {
    page: Page,
    prose: Vec<String>,
    readings: Vec<String>,
    rules: Vec<String>,
    /// The language that the rule is shown in.
    rule_lang: Lang,
    examples: Vec<ExampleView>,
    measures: Vec<MeasureView>,
    before: Option<(String, String)>,
    after: Option<(String, String)>,
}

/// A table of examples.
struct ExampleView {
    title: String,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl ClausePage {
    fn part<'a>(&'a self, measure: &'a MeasureView) -> MeasurePart<'a> {
        MeasurePart { it: measure, page: &self.page }
    }

    fn rule_tag(&self) -> &'static str {
        self.rule_lang.tag()
    }

    /// The same page with its rule in the other language.
    fn other_rule(&self) -> String {
        self.page.href_with(&[("rule", self.rule_lang.other().word())])
    }
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(number): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let (_, pack) = portal.store.current_pack().await?.ok_or_else(Problem::not_found)?;
    let all: Vec<&Clause> = pack.documents.iter().flat_map(|document| &document.clauses).collect();
    let at = all.iter().position(|clause| clause.number == number).ok_or_else(Problem::not_found)?;
    let clause = all[at];
    let rule_lang = match page.query_value("rule").as_deref() {
        Some("en") => Lang::En,
        Some("zh") => Lang::Zh,
        _ => page.lang,
    };
    let names = Names::new(&pack.items);
    let items: Vec<&Item> = pack.items.iter().filter(|item| item.heading.as_deref() == Some(&number)).collect();
    let rules = items.iter().map(|item| fmt::block(std::slice::from_ref(*item), rule_lang, &names)).collect();
    let measures = pack.plan.measures.iter().filter(|measure| measure.clause == number);
    let measures = measures.map(|measure| MeasureView::of(&pack, measure)).collect();
    let link = |clause: &&Clause| (clause_href(&clause.number), format!("{} {}", clause.number, clause.title));
    let (before, after) = (at.checked_sub(1).and_then(|at| all.get(at)).map(link), all.get(at + 1).map(link));
    let examples = examples_of(&pack, clause).map(|table| view(table, rule_lang, &names)).collect();
    let (prose, readings) = (clause.prose.clone(), clause.readings.clone());
    let page = page
        .titled(Text::same(format!("{} {}", clause.number, clause.title)))
        .under("/programme", ("政策与规则", "Programme"));
    Page::show(&ClausePage { page, prose, readings, rules, rule_lang, examples, measures, before, after })
}

/// The tables of examples under a clause's heading, before the next heading with a number.
fn examples_of<'a>(pack: &'a Pack, clause: &Clause) -> impl Iterator<Item = &'a ExampleTable> {
    let (file, start) = (clause.span.file, clause.span.start);
    let document = pack.documents.get(file as usize);
    let next = document
        .and_then(|document| document.clauses.iter().map(|one| one.span.start).filter(|other| *other > start).min());
    let tables = document.map(|document| document.examples.as_slice()).unwrap_or_default();
    tables.iter().filter(move |table| {
        let at = table.title.span.start;
        at > start && next.is_none_or(|next| at < next)
    })
}

/// A table in a language: headings and words of the pack are translated, what a person wrote is not.
fn view(table: &ExampleTable, lang: Lang, names: &Names) -> ExampleView {
    let heading = |text: &str| {
        let special = HEADINGS.iter().find(|(zh, en)| *zh == text || *en == text);
        special.map_or_else(|| names.translate(text, lang).to_owned(), |(zh, en)| lang.t(zh, en).to_owned())
    };
    let cell = |text: &str| {
        let result = RESULTS.iter().find(|(zh, en, _)| *zh == text || *en == text);
        result.map_or_else(|| names.translate(text, lang).to_owned(), |(zh, en, _)| lang.t(zh, en).to_owned())
    };
    let title: Vec<&str> = table.title.text.split_whitespace().map(|word| names.translate(word, lang)).collect();
    let title = if table.defaults {
        format!("{}{}", lang.t("没有写明时：", "Unless said otherwise: "), title.join(" "))
    } else {
        format!("{}{}", lang.t("示例：", "Examples: "), title.join(" "))
    };
    ExampleView {
        title,
        headings: table.headings.iter().map(|one| heading(&one.text)).collect(),
        rows: table.rows.iter().map(|row| row.iter().map(|one| cell(&one.text)).collect()).collect(),
    }
}
