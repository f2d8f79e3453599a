//! One measure in plain words: how much, for whom, on which evidence, by which steps; and the same for the clause's page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{NaiveDate, TimeDelta};
use duixian_assess::explain::{amounts_in_words, conditions_in_words, limits_in_words, names_in_words};
use duixian_rules::markdown::Clause;
use duixian_rules::pack::Pack;
use duixian_rules::plan::{Condition, LimitKind, Measure, Node, NodeId, Period, Plan, StepKind};

use crate::casefile::cells;
use crate::casefile::said::{all_said, said};
use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared::clause_href;
use crate::portal::Portal;
use crate::problem::Problem;

/// A measure as it is shown.
pub(super) struct MeasureView {
    pub(super) id: String,
    pub(super) name: Text,
    pub(super) clause: String,
    pub(super) clause_href: String,
    /// What is paid, tier by tier.
    pub(super) amounts: Vec<Text>,
    /// What the calculations are that amounts and conditions call by a name.
    pub(super) names: Vec<Text>,
    /// From when on it is given.
    pub(super) period: Text,
    pub(super) conditions: Vec<ConditionView>,
    pub(super) limits: Vec<Text>,
    pub(super) fund: Option<Text>,
    pub(super) evidence: Vec<Text>,
    pub(super) optional_evidence: Vec<Text>,
    pub(super) discretion: Vec<Text>,
    pub(super) purpose: Vec<Text>,
    pub(super) procedure: Text,
    pub(super) steps: Vec<StepView>,
    pub(super) correction_days: u16,
    pub(super) objection_days: u16,
    /// The working days of all steps but the notice's own, added up.
    pub(super) total_days: u32,
}

/// One condition, with where it stands.
pub(super) struct ConditionView {
    pub(super) text: Text,
    /// Its clause, or the one under which the pack's reading stands that sets it.
    pub(super) clause: String,
    pub(super) clause_href: String,
    /// Whether no clause sets it but that reading.
    pub(super) is_reading: bool,
}

impl ConditionView {
    fn of((text, condition): (Text, &Condition)) -> ConditionView {
        let clause = condition.reading_of.as_ref().unwrap_or(&condition.clause);
        ConditionView {
            text,
            clause: clause.clone(),
            clause_href: clause_href(clause),
            is_reading: condition.reading_of.is_some(),
        }
    }
}

/// One step of the procedure.
pub(super) struct StepView {
    pub(super) step: Text,
    pub(super) desk: Text,
    pub(super) department: Text,
    pub(super) days: u16,
    pub(super) is_notice: bool,
}

/// What a measure pays, in one line.
pub(super) fn amount_text(plan: &Plan, measure: &Measure) -> Text {
    let amounts = |lang: Lang, between: &str| amounts_in_words(plan, measure, lang).join(between);
    Text::new(amounts(Lang::Zh, "；"), amounts(Lang::En, "; "))
}

/// The title of the clause above a measure's own: `三(二)` for `三(二).2`.
pub(super) fn group_of(pack: &Pack, clause: &str) -> Text {
    let above = clause.rsplit_once('.').map_or(clause, |(above, _)| above);
    match pack.clause(above) {
        Some(found) => titled(pack, found),
        None => Text::same(above.to_owned()),
    }
}

/// A clause's number and title.
pub(super) fn titled(pack: &Pack, clause: &Clause) -> Text {
    let title = said(&pack.plan.english, &clause.title).headed();
    Text::new(format!("{} {}", clause.number, title.zh), format!("{} {}", clause.number, title.en))
}

impl MeasureView {
    pub(super) fn of(pack: &Pack, measure: &Measure) -> MeasureView {
        let plan = &pack.plan;
        let in_both = |lines: fn(&Plan, &Measure, Lang) -> Vec<String>| {
            let (zh, en) = (lines(plan, measure, Lang::Zh), lines(plan, measure, Lang::En));
            zh.into_iter().zip(en).map(|(zh, en)| Text::new(zh, en)).collect::<Vec<Text>>()
        };
        let asked = in_both(conditions_in_words).into_iter().zip(&measure.conditions);
        let limited = in_both(limits_in_words).into_iter().zip(&measure.limits);
        let in_words = |notes: &[String]| all_said(&plan.english, notes);
        let procedure = &plan.procedures[measure.procedure];
        let steps: Vec<StepView> = procedure
            .steps
            .iter()
            .map(|rule| {
                let desk = &plan.desks[rule.desk];
                StepView {
                    step: Text::new(rule.step.label(Lang::Zh), rule.step.label(Lang::En)).headed(),
                    desk: cells::name(&desk.name).headed(),
                    department: desk.department.as_ref().map_or_else(Text::default, |one| said(&plan.english, one)),
                    days: rule.working_days,
                    is_notice: rule.step == StepKind::Notice,
                }
            })
            .collect();
        MeasureView {
            id: measure.name.en.clone(),
            name: cells::name(&measure.name).headed(),
            clause: measure.clause.clone(),
            clause_href: clause_href(&measure.clause),
            amounts: in_both(amounts_in_words),
            names: in_both(names_in_words),
            period: period_text(plan, measure),
            conditions: asked.map(ConditionView::of).collect(),
            limits: limited.map(|(text, limit)| limit_text(text, &limit.kind)).collect(),
            fund: measure.fund.map(|fund| {
                let name = &plan.funds[fund].name;
                cells::name(name)
            }),
            evidence: in_words(&measure.notes.evidence),
            optional_evidence: in_words(&measure.notes.optional_evidence),
            discretion: in_words(&measure.notes.discretion),
            purpose: in_words(&measure.notes.purpose),
            procedure: cells::name(&procedure.name).headed(),
            total_days: steps.iter().map(|step| u32::from(step.days)).sum(),
            steps,
            correction_days: procedure.correction_days,
            objection_days: procedure.objection_days,
        }
    }
}

/// From when on a measure is given: what lies before that is no basis of it, whatever else it meets.
fn period_text(plan: &Plan, measure: &Measure) -> Text {
    match measure.basis.period {
        Period::Dated { date, start } => {
            let name = date_name(plan, date);
            let start = NaiveDate::default().checked_add_signed(TimeDelta::days(start)).unwrap_or_default();
            Text::new(
                format!("{}不早于{}（起算日），并在批次评定的年度之内", name.zh, format::date(Lang::Zh, start)),
                format!(
                    "{}: not before {}, and within the year that the round assesses",
                    name.en,
                    format::date(Lang::En, start)
                ),
            )
        }
        Period::Yearly { start } => Text::new(
            format!("{start}年度及以后的（起算年），一年一评"),
            format!("of {start} or a later year, each assessed for itself"),
        ),
    }
}

/// What a measure's rows are dated by: a column, or the later or the earlier of several.
fn date_name(plan: &Plan, date: NodeId) -> Text {
    let of_several = |dates: &[NodeId], (zh, en): (&str, &str)| {
        let (names, english): (Vec<String>, Vec<String>) = dates
            .iter()
            .map(|date| date_name(plan, *date))
            .map(|name| (name.zh.into_owned(), name.en.into_owned()))
            .unzip();
        Text::new(format!("{}中{zh}的", names.join("与")), format!("{en} of {}", english.join(" and ")))
    };
    match &plan.nodes[date].node {
        Node::Column(table, column) => {
            let name = &plan.vocabulary.tables[*table].columns[*column].name;
            cells::name(name)
        }
        Node::Greatest(dates) => of_several(dates, ("较晚", "the later")),
        Node::Least(dates) => of_several(dates, ("较早", "the earlier")),
        _ => ("基准日", "the date that counts").into(),
    }
}

/// What a limit asks, with what it means where that is a term of the trade.
fn limit_text(asked: Text, kind: &LimitKind) -> Text {
    match kind {
        LimitKind::TopUp { .. } => {
            Text::new(format!("{}（升级时补差额）", asked.zh), format!("{} (a higher one is topped up)", asked.en))
        }
        _ => asked,
    }
}

/// The measure inside a page.
#[derive(Template)]
#[template(path = "public/measure_part.html")]
pub(super) struct MeasurePart<'a> {
    pub(super) it: &'a MeasureView,
    pub(super) page: &'a Page,
}

impl askama::filters::HtmlSafe for MeasurePart<'_> {}

#[derive(Template)]
#[template(path = "public/measure.html")]
struct MeasurePage {
    page: Page,
    measure: MeasureView,
    prose: Vec<Text>,
}

impl MeasurePage {
    fn part(&self) -> MeasurePart<'_> {
        MeasurePart { it: &self.measure, page: &self.page }
    }
}

/// One measure's page.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let (_, pack) = portal.store.current_pack().await?.ok_or_else(Problem::not_found)?;
    let measure = pack.plan.measures.iter().find(|one| one.name.en == id).ok_or_else(Problem::not_found)?;
    let view = MeasureView::of(&pack, measure);
    let prose =
        pack.clause(&measure.clause).map(|clause| all_said(&pack.plan.english, &clause.prose)).unwrap_or_default();
    let page = page
        .titled(view.name.clone())
        .under("/programme", ("政策与规则", "Programme"))
        .under(view.clause_href.clone(), Text::same(view.clause.clone()));
    Page::show(&MeasurePage { page, measure: view, prose })
}

#[cfg(test)]
mod tests {
    use duixian_rules::source::{SourceFile, Sources};

    use super::*;

    /// Measures by a day of their own, by the later of two, and by years.
    const PACK: &str = "# 试验

```兑现
政策 试验 (trial)
  发布 2018年1月1日

主体 单位 (parties)
  信用代码 (code) 统一代码 主键
  迁入日期 (moved_in_on) 日期 空即未发生

事项 成果 (results)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  完成日 (done_on) 日期

账目 年度账目 (accounts)
  信用代码 (code) 统一代码 主键
  年度 (year) 年份 主键
```

## 一 奖励

```兑现
措施 甲 (a)
  对象 每项 成果
  基准日 完成日
  支付 1万元

措施 乙 (b)
  对象 每项 成果
  基准日 完成日 与 迁入日期 的 较晚者
  自 2013年1月1日 起
  支付 1万元

措施 丙 (c)
  对象 每年 年度账目
  支付 1万元
```

| 中文   | English           |
| ------ | ----------------- |
| 完成日 | day of completion |
";

    #[test]
    fn every_condition_is_cited_where_it_stands() {
        let general = "## 二 通则\n\n> 迁入以前完成的不算：这是读法。\n\n```兑现\n通则 迁入当日起 (from_moving_in)\n  适用 按日 措施\n  \
                       条件 没有 迁入日期 或 基准日 不早于 迁入日期\n```\n\n## 一 奖励\n";
        let text = PACK.replace("## 一 奖励\n", general);
        let text = text.replace("  支付 1万元\n\n措施 乙", "  条件 有 迁入日期\n  支付 1万元\n\n措施 乙");
        let file = SourceFile { path: "trial.md".to_owned(), text: text.into() };
        let pack = Pack::read(Sources { files: vec![file] });
        assert!(!pack.has_errors(), "{:?}", pack.diagnostics);
        let cited = |id: &str| {
            let measure = pack.plan.measures.iter().find(|one| one.name.en == id).expect("a measure");
            let conditions = MeasureView::of(&pack, measure).conditions.into_iter();
            conditions.map(|one| (one.clause, one.is_reading, one.clause_href)).collect::<Vec<_>>()
        };
        let (general, own) = (clause_href("二"), clause_href("一"));
        assert_eq!(cited("a"), [("二".to_owned(), true, general), ("一".to_owned(), false, own)]);
        assert_eq!(cited("c"), []);
    }

    #[test]
    fn every_measure_says_from_when_on_it_is_given() {
        let file = SourceFile { path: "trial.md".to_owned(), text: PACK.into() };
        let pack = Pack::read(Sources { files: vec![file] });
        let texts: Vec<Text> = pack.plan.measures.iter().map(|measure| period_text(&pack.plan, measure)).collect();
        let zh: Vec<&str> = texts.iter().map(|text| &*text.zh).collect();
        assert_eq!(
            zh,
            [
                "完成日不早于2018年1月1日（起算日），并在批次评定的年度之内",
                "完成日与迁入日期中较晚的不早于2013年1月1日（起算日），并在批次评定的年度之内",
                "2018年度及以后的（起算年），一年一评",
            ]
        );
        assert!(
            texts[1]
                .en
                .starts_with("the later of day of completion and 迁入日期 (moved_in_on): not before 1 January 2013"),
            "{}",
            texts[1].en
        );
    }
}
