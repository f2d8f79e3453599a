//! What lists come to: how many cases, how many of them late, and their amounts.

use std::collections::BTreeMap;

use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;

use super::{CaseFilter, Condition};
use crate::db::{Queries, Store};
use crate::error::StoreError;

/// How many cases, and what they come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count<T> {
    /// Of what.
    pub of: T,
    /// How many.
    pub cases: u64,
    /// How many with a deadline that has passed.
    pub overdue: u64,
    /// The sum of what was decided.
    pub amount: Fen,
}

/// Counts of one filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// By stage, in the order of stages.
    pub by_stage: Vec<Count<Stage>>,
    /// By desk, by English name; the empty name where no desk has them.
    pub by_desk: Vec<Count<String>>,
    /// By measure, by English name.
    pub by_measure: Vec<Count<String>>,
}

/// Cases of one stage, desk and measure.
struct Cell {
    stage: Stage,
    desk: String,
    measure: String,
    /// How many, how many of them overdue, and their fen.
    count: (u64, u64, i64),
}

/// Counts while they are gathered.
#[derive(Default)]
struct Gathered {
    by_stage: BTreeMap<Stage, Count<Stage>>,
    by_desk: BTreeMap<String, Count<String>>,
    by_measure: BTreeMap<String, Count<String>>,
}

impl Gathered {
    fn counts(self) -> CaseCounts {
        CaseCounts {
            by_stage: self.by_stage.into_values().collect(),
            by_desk: self.by_desk.into_values().collect(),
            by_measure: self.by_measure.into_values().collect(),
        }
    }
}

impl Store {
    /// How many cases a filter takes, and what they come to, by stage, desk and measure.
    pub async fn counts(&self, actor: &Actor, filter: &CaseFilter) -> Result<CaseCounts, StoreError> {
        let mut all = Gathered::default();
        for Cell { stage, desk, measure, count } in self.cells(actor, filter).await? {
            add(&mut all.by_stage, stage, count);
            add(&mut all.by_desk, desk, count);
            add(&mut all.by_measure, measure, count);
        }
        Ok(all.counts())
    }

    /// The same, and beside it what a filter would take with another choice of stage or desk: each stage with all of the filter but its
    /// stages, each desk with all but its desk. What stands beside a choice is then what choosing it gives.
    pub async fn counts_beside(
        &self,
        actor: &Actor,
        filter: &CaseFilter,
    ) -> Result<(CaseCounts, CaseCounts), StoreError> {
        let wide = CaseFilter { stages: Vec::new(), desk: None, ..filter.clone() };
        let (mut taken, mut beside) = (Gathered::default(), Gathered::default());
        for Cell { stage, desk, measure, count } in self.cells(actor, &wide).await? {
            let is_of_stage = filter.stages.is_empty() || filter.stages.contains(&stage);
            let is_at_desk = filter.desk.as_ref().is_none_or(|wanted| *wanted == desk);
            if is_at_desk {
                add(&mut beside.by_stage, stage, count);
            }
            if is_of_stage {
                add(&mut beside.by_desk, desk.clone(), count);
            }
            if is_of_stage && is_at_desk {
                add(&mut taken.by_stage, stage, count);
                add(&mut taken.by_desk, desk, count);
                add(&mut taken.by_measure, measure.clone(), count);
                add(&mut beside.by_measure, measure, count);
            }
        }
        Ok((taken.counts(), beside.counts()))
    }

    async fn cells(&self, actor: &Actor, filter: &CaseFilter) -> Result<Vec<Cell>, StoreError> {
        let Some(Condition { text, values }) = Condition::of(self, actor, filter) else { return Ok(Vec::new()) };
        let today = self.now().day();
        // One reading for all of them, in the order of the index that lists read.
        let sql = format!(
            "SELECT stage, desk, measure, COUNT(*) AS n, COUNT(CASE WHEN due < '{today}' THEN 1 END) AS late, \
             CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM cases WHERE {text} GROUP BY stage, desk, measure"
        );
        let mut cells = Vec::new();
        for row in self.all(&sql, values).await? {
            let word = row.text("stage")?;
            cells.push(Cell {
                stage: Stage::from_word(&word).ok_or_else(|| StoreError::corrupt("cases.stage", &word))?,
                desk: row.text("desk")?,
                measure: row.text("measure")?,
                count: (row.int("n")?.unsigned_abs(), row.int("late")?.unsigned_abs(), row.int("amount")?),
            });
        }
        Ok(cells)
    }
}

/// Adds cases, overdue ones and their fen to the count of something.
fn add<T: Ord + Clone>(counts: &mut BTreeMap<T, Count<T>>, of: T, (cases, overdue, amount): (u64, u64, i64)) {
    let empty = Count { of: of.clone(), cases: 0, overdue: 0, amount: Fen(0) };
    let count = counts.entry(of).or_insert(empty);
    count.cases += cases;
    count.overdue += overdue;
    count.amount = Fen(count.amount.0.saturating_add(amount));
}
