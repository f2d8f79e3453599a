//! A small district for tests: one table of each kind, filled row by row, and plans built node by node.

use std::sync::Arc;

use duixian_facts::table::{Column, Facts, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_NUMBER, NO_WORD, Table, TextColumn};
use duixian_facts::uscc::Uscc;
use duixian_money::Fen;
use duixian_rules::plan::{
    Alternative, Amount, Basis, Condition, FactSlot, Limit, LimitKind, Measure, MeasureNotes, Node, NodeId, NodeInfo,
    NodeType, Pay, Payable, Period, Plan, Procedure, Scope,
};
use duixian_rules::vocabulary::{self, ColumnType, Empty, Name, TableKind, Vocabulary};

use crate::batch::{AssessOptions, assess_batch};
use crate::calendar::day_number;
use crate::result::{Reason, Row, Status};

/// Appends a cell to a column of the variant that the table is known to have there.
macro_rules! push {
    ($column:expr, $variant:ident, $value:expr) => {
        match $column {
            Column::$variant(cells) => cells.push($value),
            other => unreachable!("{other:?}"),
        }
    };
}

/// The party table.
pub const PARTIES: usize = 0;
/// The table of events.
pub const EVENTS: usize = 1;
/// The table of accounts.
pub const ACCOUNTS: usize = 2;
/// Columns of the party table.
pub const P_CODE: usize = 0;
pub const P_DISTRICT: usize = 1;
pub const P_MOVED: usize = 2;
pub const P_INDUSTRY: usize = 3;
/// Columns of the table of events.
pub const E_LEVEL: usize = 2;
pub const E_ON: usize = 3;
pub const E_AMOUNT: usize = 4;
pub const E_KEY: usize = 5;
pub const E_TITLE: usize = 6;
pub const E_CLOSED: usize = 7;
pub const E_CODE: usize = 1;
/// Columns of the table of accounts.
pub const A_YEAR: usize = 1;
pub const A_SALES: usize = 2;

/// The bits of the facts that can be missing, in the order of [`World::slots`].
pub const DISTRICT: u64 = 1;
pub const LEVEL: u64 = 4;
pub const ON: u64 = 8;
pub const AMOUNT: u64 = 16;
pub const TITLE: u64 = 32;
pub const SALES: u64 = 64;

/// A plan and the facts it is run over.
pub struct World {
    pub plan: Plan,
    pub facts: Facts,
}

/// An event; what is not given is empty.
#[derive(Default)]
pub struct Event<'a> {
    pub id: &'a str,
    pub party: u32,
    pub level: Option<u8>,
    pub on: Option<i64>,
    pub amount: Option<i64>,
    pub key: &'a str,
    pub title: &'a str,
    pub closed: Option<i64>,
}

/// Days since 1970-01-01.
pub fn day(year: i64, month: i64, day: i64) -> i64 {
    day_number(year, month, day)
}

impl World {
    /// A district without parties and a plan without rules.
    pub fn new() -> World {
        use ColumnType::{Count, Date, Division, Industry, Money, Party, Text, Word, Year};
        let name = |text: &str| Name::new(format!("{text}中"), text);
        let table = |text: &str, kind, key: &[usize], columns: &[(&str, ColumnType, Empty)]| vocabulary::Table {
            name: name(text),
            kind,
            columns: columns
                .iter()
                .map(|&(text, ty, empty)| vocabulary::Column { name: name(text), ty, empty })
                .collect(),
            key: key.to_vec(),
        };
        let tables = vec![
            table(
                "parties",
                TableKind::Party,
                &[0],
                &[
                    ("code", Party, Empty::Required),
                    ("district", Division, Empty::Unknown),
                    ("moved", Date, Empty::NotHappened),
                    ("industry", Industry, Empty::Unknown),
                ],
            ),
            table(
                "events",
                TableKind::Event,
                &[0],
                &[
                    ("id", Text, Empty::Required),
                    ("code", Party, Empty::Required),
                    ("level", Word(0), Empty::Unknown),
                    ("on", Date, Empty::Unknown),
                    ("amount", Money, Empty::Unknown),
                    ("key", Text, Empty::Own),
                    ("title", Text, Empty::Unknown),
                    ("closed", Date, Empty::NotHappened),
                    ("count", Count, Empty::NotHappened),
                ],
            ),
            table(
                "accounts",
                TableKind::Account,
                &[0, 1],
                &[("code", Party, Empty::Required), ("year", Year, Empty::Required), ("sales", Money, Empty::Unknown)],
            ),
        ];
        let words = ["high", "middle", "low"].map(name).to_vec();
        let word_lists = vec![Arc::new(vocabulary::WordList { name: name("levels"), words })];
        let mut desks = Vec::new();
        let procedures = vec![Procedure::built_in(&mut desks)];
        let plan = Plan {
            policy: name("test"),
            vocabulary: Vocabulary { tables, word_lists, groups: Vec::new() },
            nodes: Vec::new(),
            measures: Vec::new(),
            funds: Vec::new(),
            desks,
            procedures,
            definitions: Vec::new(),
            english: Default::default(),
        };
        let columns = [
            vec![
                Column::Party(Vec::new()),
                Column::Division(Vec::new()),
                Column::Date(Vec::new()),
                Column::Industry(Vec::new()),
            ],
            vec![
                Column::Text(TextColumn::default()),
                Column::Empty,
                Column::Word(Vec::new()),
                Column::Date(Vec::new()),
                Column::Number(Vec::new()),
                Column::Text(TextColumn::default()),
                Column::Text(TextColumn::default()),
                Column::Date(Vec::new()),
                Column::Empty,
            ],
            vec![Column::Empty, Column::Date(Vec::new()), Column::Number(Vec::new())],
        ];
        let tables = columns.map(|columns| Table { columns, ..Table::default() }).into();
        World { plan, facts: Facts::new(tables) }
    }

    /// Adds a party whose code begins like this; `industry` as in the column, in nibbles.
    pub fn party(&mut self, code: &str, district: Option<u32>, moved: Option<i64>, industry: Option<u16>) -> u32 {
        let table = &mut self.facts.tables[PARTIES];
        let [codes, districts, moves, industries] = &mut table.columns[..] else { unreachable!() };
        let body = format!("{code:0<17}");
        push!(codes, Party, Uscc::complete(&body).unwrap());
        push!(districts, Division, district.unwrap_or(NO_DIVISION));
        push!(moves, Date, date(moved));
        push!(industries, Industry, industry.unwrap_or(NO_INDUSTRY));
        table.rows += 1;
        table.rows as u32 - 1
    }

    /// Adds a party of no interest.
    pub fn any_party(&mut self) -> u32 {
        let number = self.facts.tables[PARTIES].rows;
        self.party(&format!("91520102{number:09}"), Some(520_102), None, Some(0x51FF))
    }

    /// Adds an event.
    pub fn event(&mut self, event: Event) {
        let table = &mut self.facts.tables[EVENTS];
        let [ids, _, levels, on, amounts, keys, titles, closed, _] = &mut table.columns[..] else { unreachable!() };
        push!(ids, Text, event.id);
        push!(levels, Word, event.level.unwrap_or(NO_WORD));
        push!(on, Date, date(event.on));
        push!(amounts, Number, event.amount.unwrap_or(NO_NUMBER));
        push!(keys, Text, event.key);
        push!(titles, Text, event.title);
        push!(closed, Date, date(event.closed));
        table.party.push(event.party);
        table.rows += 1;
    }

    /// Adds an account.
    pub fn account(&mut self, party: u32, year: i32, sales: Option<i64>) {
        let table = &mut self.facts.tables[ACCOUNTS];
        let [_, years, all_sales] = &mut table.columns[..] else { unreachable!() };
        push!(years, Date, year);
        push!(all_sales, Number, sales.unwrap_or(NO_NUMBER));
        table.party.push(party);
        table.rows += 1;
    }

    /// Adds a node.
    pub fn node(&mut self, node: Node) -> NodeId {
        self.scoped(node, Scope::Row)
    }

    /// Adds a node of a scope.
    pub fn scoped(&mut self, node: Node, scope: Scope) -> NodeId {
        self.plan.nodes.push(NodeInfo { node, scope, ty: NodeType::Count, may_be_absent: true });
        self.plan.nodes.len() - 1
    }

    /// Adds a constant.
    pub fn constant(&mut self, value: i64) -> NodeId {
        self.scoped(Node::Constant(value), Scope::Constant)
    }

    /// Adds a cell.
    pub fn column(&mut self, table: usize, column: usize) -> NodeId {
        self.node(Node::Column(table, column))
    }

    /// Every fact that can be missing.
    pub fn slots(&self) -> Vec<FactSlot> {
        let tables = self.plan.vocabulary.tables.iter().enumerate();
        let slots = tables.flat_map(|(table, shape)| {
            let columns = shape.columns.iter().enumerate().filter(|(_, column)| column.empty == Empty::Unknown);
            columns.map(move |(column, _)| FactSlot { table, column })
        });
        slots.collect()
    }

    /// Adds a measure that pays the alternatives to each row of a table. Events are dated by their day from 2010 on,
    /// other tables go by years from 2010 on.
    pub fn measure(&mut self, table: usize, conditions: &[NodeId], alternatives: &[(Option<NodeId>, Amount)]) -> usize {
        let text = |kind: &str, index: usize| Name::new(format!("{kind}{index}号"), format!("{kind} {index}"));
        let span = Default::default();
        let period = if table == EVENTS {
            Period::Dated { date: self.column(EVENTS, E_ON), start: day(2010, 1, 1) }
        } else {
            Period::Yearly { start: 2010 }
        };
        let condition = |(index, &node): (usize, &NodeId)| {
            let (clause, text) = (format!("二.{index}"), text("condition", index));
            Condition { node, clause, text, general: None, reading_of: None, span }
        };
        let alternative = |(index, &(guard, amount)): (usize, &(Option<NodeId>, Amount))| {
            let (clause, text) = (format!("三.{index}"), text("tier", index));
            Alternative { guard, amount, clause, text, span }
        };
        let measure = Measure {
            name: Name::new("措施", format!("measure_{}", self.plan.measures.len())),
            clause: "一".to_owned(),
            span,
            basis: Basis { table, filter: None, period },
            conditions: conditions.iter().enumerate().map(condition).collect(),
            pay: Pay {
                alternatives: alternatives.iter().enumerate().map(alternative).collect(),
                by_rank: false,
                text: Name::new("支付", "pays"),
                span,
            },
            limits: Vec::new(),
            payable: Payable::NotBefore(None),
            fund: None,
            procedure: 0,
            slots: self.slots(),
            named: Vec::new(),
            notes: MeasureNotes::default(),
        };
        self.plan.measures.push(measure);
        self.plan.measures.len() - 1
    }

    /// Adds a measure on events that pays each its amount, within limits.
    pub fn limited(&mut self, limits: impl IntoIterator<Item = LimitKind>) -> usize {
        let amount = self.column(EVENTS, E_AMOUNT);
        let measure = self.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
        self.plan.measures[measure].limits = limits
            .into_iter()
            .enumerate()
            .map(|(index, kind)| Limit {
                kind,
                clause: format!("四.{index}"),
                text: Name::new(format!("限额{index}号"), format!("limit {index}")),
                span: Default::default(),
            })
            .collect();
        measure
    }

    /// Assesses a year as of its last day.
    pub fn assess(&self, year: i64) -> Vec<Vec<Row>> {
        let options = AssessOptions { year, as_of: day(year, 12, 31), measures: None, all: true };
        let assessment = assess_batch(&self.plan, &self.facts, &options);
        assessment.measures.into_iter().map(|measure| measure.rows.iter().collect()).collect()
    }

    /// The id of each event that a measure reports, with what it comes to.
    pub fn outcomes(&self, measure: usize, year: i64) -> Vec<(&str, Outcome)> {
        let Column::Text(ids) = &self.facts.tables[EVENTS].columns[0] else { unreachable!() };
        let outcome = |row: &Row| match (row.status(), row.amount()) {
            (Status::Entitled, Some(span)) if span.high == Some(span.low) => Outcome::Pays(span.low.0),
            (Status::Conditional, Some(span)) => Outcome::Span(span.low.0, span.high.map(|Fen(high)| high)),
            _ => Outcome::Reason(row.reason()),
        };
        self.assess(year)[measure].iter().map(|row| (ids.get(row.basis as usize), outcome(row))).collect()
    }
}

/// What a row comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One amount, in fen.
    Pays(i64),
    /// An interval.
    Span(i64, Option<i64>),
    /// No amount, for this reason.
    Reason(Reason),
}

fn date(day: Option<i64>) -> i32 {
    day.map_or(NO_DATE, |day| day as i32)
}
