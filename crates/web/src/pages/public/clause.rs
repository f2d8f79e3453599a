//! One clause: our restatement, the readings chosen, the rule in either language, its examples, and what it pays.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_rules::fmt::{self, Names};
use duixian_rules::markdown::{self, Clause, ExampleTable};
use duixian_rules::pack::Pack;
use duixian_rules::syntax::ast::Item;

use super::measure::{MeasurePart, MeasureView, titled};
use crate::casefile::said::all_said;
use crate::format;
use crate::locale::{Lang, Speak, Text};
use crate::page::Page;
use crate::pages::shared::clause_href;
use crate::portal::Portal;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "public/clause.html")]
struct ClausePage {
    page: Page,
    prose: Vec<Text>,
    readings: Vec<Text>,
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
    /// Each cell with its column's heading, which stands beside it where the rows are stacked.
    rows: Vec<Vec<(String, String)>>,
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
    let link = |clause: &&Clause| (clause_href(&clause.number), titled(&pack, clause).get(page.lang).to_owned());
    let (before, after) = (at.checked_sub(1).and_then(|at| all.get(at)).map(link), all.get(at + 1).map(link));
    let examples = examples_of(&pack, clause, rule_lang, &names);
    let english = &pack.plan.english;
    let (prose, readings) = (all_said(english, &clause.prose), all_said(english, &clause.readings));
    let page = page.titled(titled(&pack, clause)).under("/programme", ("政策与规则", "Programme"));
    Page::show(&ClausePage { page, prose, readings, rules, rule_lang, examples, measures, before, after })
}

/// The tables of examples under a clause's heading, before the next heading with a number, in a language.
fn examples_of(pack: &Pack, clause: &Clause, lang: Lang, names: &Names) -> Vec<ExampleView> {
    let (file, start) = (clause.span.file, clause.span.start);
    let Some(document) = pack.documents.get(file as usize) else { return Vec::new() };
    let next = document.clauses.iter().map(|one| one.span.start).filter(|other| *other > start).min();
    let is_here = |table: &ExampleTable| {
        let at = table.title.span.start;
        at > start && next.is_none_or(|next| at < next)
    };
    let places: Vec<usize> =
        document.examples.iter().enumerate().filter(|(_, table)| is_here(table)).map(|(at, _)| at).collect();
    if places.is_empty() {
        return Vec::new();
    }
    // The pack's own formatter knows how each cell is written in the other language; it keeps the tables in their order.
    let text = pack.sources.files.get(file as usize).map_or("", |source| &source.text);
    let written = fmt::file(file, text, Some(lang), names, &mut Vec::new()).map(|text| markdown::read(file, &text));
    let tables = written.as_ref().map_or(&document.examples, |document| &document.examples);
    places.iter().filter_map(|at| tables.get(*at)).map(|table| view(table, lang)).collect()
}

fn view(table: &ExampleTable, lang: Lang) -> ExampleView {
    let title = if table.defaults {
        format!("{}{}", lang.t("没有写明时：", "Unless said otherwise: "), table.title.text)
    } else {
        format!("{}{}", lang.t("示例：", "Examples: "), table.title.text)
    };
    let headings: Vec<String> = table.headings.iter().map(|one| one.text.clone()).collect();
    let heading = |at: usize| headings.get(at).cloned().unwrap_or_default();
    let rows = table
        .rows
        .iter()
        .map(|row| row.iter().enumerate().map(|(at, one)| (heading(at), shown(lang, &one.text))).collect());
    ExampleView { title, rows: rows.collect(), headings }
}

/// A cell of an example, with its day or amount as pages write them elsewhere.
fn shown(lang: Lang, cell: &str) -> String {
    let day =
        || cell.parse::<NaiveDate>().ok().filter(|day| day.to_string() == cell).map(|day| format::date(lang, day));
    let whole = || cell.strip_suffix('元').filter(|yuan| yuan.bytes().all(|one| one.is_ascii_digit()));
    let amount = || whole()?.parse::<i64>().ok()?.checked_mul(100).map(|fen| format::yuan(lang, Fen(fen)));
    day().or_else(amount).unwrap_or_else(|| cell.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_amounts_of_examples_are_written_as_elsewhere() {
        let cells = ["2017-05-03", "3000元", "500元", "30万元", "不定额", "K1", "元", "", "99999999999999999999元"];
        let told = cells.map(|cell| shown(Lang::Zh, cell));
        let expected =
            ["2017年5月3日", "3,000元", "500元", "30万元", "不定额", "K1", "元", "", "99999999999999999999元"];
        assert_eq!(told, expected);
        assert_eq!(shown(Lang::En, "2017-05-03"), "3 May 2017");
    }
}
