//! Evaluates an expression for one row, operand by operand, and keeps what was read on the way if that is asked for.

use duixian_facts::table::Cell;
use duixian_rules::plan::{AggregateKind, FactSlot, Measure, Node, NodeId, Plan};
use duixian_rules::vocabulary::{ColumnId, ColumnType, Empty, TableId};

use super::index::Index;
use super::operations;
use super::trace::{Detail, FactRead, InnerRow, Step};
use super::value::{MissingFacts, Truth, Value, missing_in};

/// What evaluating an expression gives: the bare value, or the value with the steps that led to it. The value is the same
/// either way.
pub trait Finding: Sized {
    /// The finding of one expression.
    fn new(node: NodeId, value: Value, detail: Detail<Self>) -> Self;
    /// The finding of a cell; `read` is called only if the finding keeps it.
    fn cell(node: NodeId, value: Value, read: impl FnOnce() -> FactRead) -> Self;
    /// The finding of an aggregate; `years_without_row` is called only if the finding keeps it.
    fn over(
        node: NodeId,
        value: Value,
        rows: Vec<InnerRow<Self>>,
        years_without_row: impl FnOnce() -> Vec<i64>,
    ) -> Self;
    /// The value found.
    fn value(&self) -> &Value;
}

impl Finding for Value {
    fn new(_: NodeId, value: Value, _: Detail<Value>) -> Value {
        value
    }

    fn cell(_: NodeId, value: Value, _: impl FnOnce() -> FactRead) -> Value {
        value
    }

    fn over(_: NodeId, value: Value, _: Vec<InnerRow<Value>>, _: impl FnOnce() -> Vec<i64>) -> Value {
        value
    }

    fn value(&self) -> &Value {
        self
    }
}

impl Finding for Step {
    fn new(node: NodeId, value: Value, detail: Detail<Step>) -> Step {
        Step { node, value, detail }
    }

    fn cell(node: NodeId, value: Value, read: impl FnOnce() -> FactRead) -> Step {
        Step { node, value, detail: Detail::Fact(read()) }
    }

    fn over(node: NodeId, value: Value, rows: Vec<InnerRow<Step>>, years: impl FnOnce() -> Vec<i64>) -> Step {
        Step { node, value, detail: Detail::Rows { rows, years_without_row: years() } }
    }

    fn value(&self) -> &Value {
        &self.value
    }
}

/// The row for which expressions are evaluated.
#[derive(Clone, Debug)]
pub struct Place {
    /// The rows that columns are read from: the basis, then the rows of the aggregates around the expression, innermost last.
    pub rows: Vec<(TableId, u32)>,
    /// Its party's row in the party table.
    pub party: u32,
    /// [`Node::BasisDate`].
    pub date: Value,
    /// [`Node::RowYear`].
    pub year: Value,
    /// A table and a year of which a row is imagined: of its cells nothing but the year is known.
    pub imagined: Option<(TableId, i64)>,
}

/// Where a cell stands.
struct Spot {
    table: TableId,
    column: ColumnId,
    row: u32,
}

/// Evaluates the expressions of a plan over the facts of a district.
#[derive(Clone, Copy)]
pub struct Evaluator<'a> {
    /// Plan and facts.
    pub index: &'a Index<'a>,
    /// Days since 1970-01-01.
    pub as_of: i64,
}

impl<'a> Evaluator<'a> {
    /// The plan.
    pub fn plan(self) -> &'a Plan {
        &self.index.plan
    }

    /// What an expression comes to in one row.
    pub fn find<F: Finding>(self, id: NodeId, place: &Place) -> F {
        let node = &self.plan().nodes[id].node;
        match node {
            &Node::Column(table, column) if place.imagined.is_some_and(|(of, _)| of == table) => {
                F::new(id, self.imagined((table, column), place), Detail::none())
            }
            &Node::Column(table, column) => {
                let (slot, found) = (FactSlot { table, column }, self.locate((table, column), place));
                F::cell(id, self.read(slot, found.as_ref()), || self.fact_read(slot, found.as_ref()))
            }
            Node::BasisDate => F::new(id, place.date.clone(), Detail::none()),
            Node::RowYear => F::new(id, place.year.clone(), Detail::none()),
            Node::AsOf => F::new(id, Value::Known(self.as_of), Detail::none()),
            Node::HasPrefix(column, prefixes) => {
                self.text_test(id, *column, place, |text| prefixes.iter().any(|prefix| text.starts_with(prefix)))
            }
            Node::TextIs(column, texts) => self.text_test(id, *column, place, |text| texts.iter().any(|is| is == text)),
            Node::Dated { on, steps } => self.dated(id, *on, steps, place),
            Node::Aggregate { kind, table, filter, value } => {
                self.aggregate(id, *kind, *table, (*filter, *value), place)
            }
            _ => {
                let operands: Vec<F> =
                    operations::operands(node).into_iter().map(|operand| self.find(operand, place)).collect();
                let values: Vec<&Value> = operands.iter().map(F::value).collect();
                let value = operations::apply(node, &values);
                F::new(id, value, Detail::Operands(operands))
            }
        }
    }

    /// The cell a column means in this place; none if no row of its table is looked at, which rules cannot be written to do.
    fn locate(self, (table, column): (TableId, ColumnId), place: &Place) -> Option<Spot> {
        let vocabulary = &self.plan().vocabulary;
        let inner = place.rows.iter().rev().find(|(of, _)| *of == table).map(|(_, row)| *row);
        let row = inner.or_else(|| (vocabulary.party_table() == Some(table)).then_some(place.party))?;
        if vocabulary.tables[table].columns[column].ty != ColumnType::Party {
            return Some(Spot { table, column, row });
        }
        // Only the party table holds codes.
        let table_of_codes = vocabulary.party_table()?;
        let column = vocabulary.tables[table_of_codes].party_column()?;
        Some(Spot { table: table_of_codes, column, row: self.index.owner(table, row) })
    }

    /// What a column is worth where it was found. An empty cell is the fact the rule names, wherever it was read.
    fn read(self, slot: FactSlot, found: Option<&Spot>) -> Value {
        let Some(found) = found else { return Value::missing(slot) };
        let empty = self.plan().vocabulary.tables[slot.table].columns[slot.column].empty;
        match (self.index.cell(found.table, found.column, found.row), empty) {
            (Cell::Number(value), _) => Value::Known(value),
            (Cell::Text(_), _) => Value::Known(1),
            (Cell::Empty, Empty::Unknown) => Value::missing(slot),
            (Cell::Empty, Empty::NotHappened | Empty::Own | Empty::Required) => Value::Absent,
        }
    }

    /// A cell for people to look up.
    fn fact_read(self, slot: FactSlot, found: Option<&Spot>) -> FactRead {
        let Some(&Spot { table, column, row }) = found else {
            return FactRead { slot, row: 0, of: String::new(), line: 0, cell: Cell::Empty };
        };
        let line = self.index.facts.tables.get(table).map_or(0, |table| table.origin.lines.of(row as usize));
        let cell = match self.index.cell(table, column, row) {
            Cell::Empty => Cell::Empty,
            Cell::Number(number) => Cell::Number(number),
            Cell::Text(text) => Cell::Text(text.into_owned().into()),
        };
        let of = self.index.basis_text(table, row);
        FactRead { slot: FactSlot { table, column }, row, of, line, cell }
    }

    fn text_test<F: Finding>(self, id: NodeId, column: NodeId, place: &Place, holds: impl Fn(&str) -> bool) -> F {
        let operand: F = self.find(column, place);
        let value = match (operand.value(), &self.plan().nodes[column].node) {
            (Value::Unknown(facts), _) => Value::Unknown(facts.clone()),
            (Value::Known(_), &Node::Column(table, column)) => {
                let cell = self
                    .locate((table, column), place)
                    .map(|found| self.index.cell(found.table, found.column, found.row));
                Value::of_bool(matches!(&cell, Some(Cell::Text(text)) if holds(text)))
            }
            _ => Value::of_bool(false),
        };
        F::new(id, value, Detail::Operands(vec![operand]))
    }

    fn dated<F: Finding>(self, id: NodeId, on: NodeId, steps: &[(i64, NodeId)], place: &Place) -> F {
        let on: F = self.find(on, place);
        let step = match on.value() {
            Value::Known(day) => steps.iter().rev().find(|(from, _)| from <= day),
            Value::Unknown(_) | Value::Absent => None,
        };
        match step {
            Some((_, step)) => {
                let step: F = self.find(*step, place);
                let value = step.value().clone();
                F::new(id, value, Detail::Operands(vec![on, step]))
            }
            None => {
                let value = missing_in([on.value()]).map_or(Value::Absent, Value::Unknown);
                F::new(id, value, Detail::Operands(vec![on]))
            }
        }
    }

    fn aggregate<F: Finding>(
        self,
        id: NodeId,
        kind: AggregateKind,
        table: TableId,
        (filter, value): (Option<NodeId>, Option<NodeId>),
        place: &Place,
    ) -> F {
        let rows: Vec<InnerRow<F>> = self
            .index
            .rows_of_party(table, place.party)
            .into_iter()
            .map(|row| {
                let mut inner = place.clone();
                inner.rows.push((table, row));
                InnerRow {
                    row,
                    filter: filter.map(|filter| self.find(filter, &inner)),
                    value: value.map(|value| self.find(value, &inner)),
                }
            })
            .collect();
        let in_question = |row: &&InnerRow<F>| row.truth() == Truth::Unknown;
        let in_filter = missing_in(rows.iter().filter(in_question).filter_map(InnerRow::filter_value));
        let meant: Vec<&InnerRow<F>> = rows.iter().filter(|row| row.truth() == Truth::True).collect();
        let values: Vec<&Value> = meant.iter().filter_map(|row| row.value.as_ref().map(F::value)).collect();
        let known = values.iter().filter_map(|value| value.known());
        let missing = missing_in(
            values.iter().copied().chain(rows.iter().filter(in_question).filter_map(InnerRow::filter_value)),
        );
        let result = match (kind, in_filter, missing) {
            (AggregateKind::Any, ..) if !meant.is_empty() => Value::of_bool(true),
            (AggregateKind::Any | AggregateKind::Count | AggregateKind::Only, Some(facts), _) => Value::Unknown(facts),
            (AggregateKind::Any, None, _) => Value::of_bool(false),
            (AggregateKind::Count, None, _) => Value::Known(meant.len() as i64),
            (AggregateKind::Only, None, _) => match values[..] {
                [only] => only.clone(),
                _ => Value::Unknown(self.facts_read_by(value)),
            },
            (_, _, Some(facts)) => Value::Unknown(facts),
            (AggregateKind::Sum, ..) => known.fold(Value::Known(0), |sum, value| {
                operations::known(i128::from(sum.known().unwrap_or(0)) + i128::from(value))
            }),
            (AggregateKind::Earliest, ..) => known.min().map_or(Value::Absent, Value::Known),
            (AggregateKind::Latest, ..) => known.max().map_or(Value::Absent, Value::Known),
        };
        let years = || self.years_without_row(table, filter?, place);
        F::over(id, result, rows, || years().unwrap_or_default())
    }

    /// The years within reach of this one that a filter means, as far as it asks for the year, and of which the party has no row.
    /// Where it means all years from one on, or up to one, none of them is missing in particular.
    fn years_without_row(self, table: TableId, filter: NodeId, place: &Place) -> Option<Vec<i64>> {
        /// How far from this year people look for accounts.
        const REACH: i64 = 30;
        /// Farther than any rule looks on purpose.
        const BEYOND: i64 = 5_000;
        self.plan().vocabulary.tables[table].year_column()?;
        let this_year = place.year.known()?;
        let is_meant = |year: &i64| {
            let place = Place { imagined: Some((table, *year)), ..place.clone() };
            self.find::<Value>(filter, &place).truth() != Truth::False
        };
        if [this_year - BEYOND, this_year + BEYOND].iter().any(is_meant) {
            return None;
        }
        let rows = self.index.rows_of_party(table, place.party);
        let has_row = |year: &i64| rows.iter().any(|row| self.index.year_of(table, *row) == Some(*year));
        let years = this_year - REACH..=this_year + REACH;
        Some(years.filter(|year| !has_row(year) && is_meant(year)).collect())
    }

    /// What is known of a row that is imagined.
    fn imagined(self, (table, column): (TableId, ColumnId), place: &Place) -> Value {
        let shape = &self.plan().vocabulary.tables[table];
        match place.imagined {
            Some((_, year)) if shape.year_column() == Some(column) => Value::Known(year),
            _ => Value::missing(FactSlot { table, column }),
        }
    }

    /// The columns an expression reads: the facts missing where there is no one row to read them of.
    fn facts_read_by(self, node: Option<NodeId>) -> MissingFacts {
        let mut facts = MissingFacts::new();
        let mut pending: Vec<NodeId> = node.into_iter().collect();
        while let Some(id) = pending.pop() {
            match &self.plan().nodes[id].node {
                Node::Column(table, column) => {
                    facts.insert(FactSlot { table: *table, column: *column });
                }
                Node::HasPrefix(column, _) | Node::TextIs(column, _) => pending.push(*column),
                Node::Dated { on, steps } => {
                    pending.push(*on);
                    pending.extend(steps.iter().map(|(_, step)| step));
                }
                Node::Aggregate { filter, value, .. } => pending.extend([filter, value].into_iter().flatten()),
                operation => pending.extend(operations::operands(operation)),
            }
        }
        facts
    }

    /// The place of a basis row, its date and year not settled yet.
    pub fn place(self, measure: &Measure, basis: u32) -> Place {
        let table = measure.basis.table;
        Place {
            rows: vec![(table, basis)],
            party: self.index.owner(table, basis),
            date: Value::Unknown(MissingFacts::new()),
            year: Value::Unknown(MissingFacts::new()),
            imagined: None,
        }
    }
}

impl<F: Finding> InnerRow<F> {
    /// Whether the aggregate means this row.
    pub fn truth(&self) -> Truth {
        self.filter_value().map_or(Truth::True, Value::truth)
    }

    fn filter_value(&self) -> Option<&Value> {
        self.filter.as_ref().map(F::value)
    }
}
