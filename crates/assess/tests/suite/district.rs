//! Random districts: small, dense in boundary values, with all that a reader may leave empty left empty.

use std::collections::HashSet;

use chrono::Datelike;
use duixian_facts::table::{
    Column, Facts, Lines, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_NUMBER, NO_WORD, Origin, Table, TextColumn,
};
use duixian_facts::uscc::Uscc;
use duixian_rules::plan::{Period, Plan};
use duixian_rules::syntax::token::date_of;
use duixian_rules::vocabulary::{self, ColumnType, Empty, TableId, TableKind};

use super::dice::Dice;
use super::palette::{Palette, Tested, day};

/// What is asked of a district.
#[derive(Clone, Debug)]
pub struct Question {
    pub year: i64,
    pub as_of: i64,
    pub all: bool,
    pub measures: Option<Vec<usize>>,
}

impl Question {
    pub fn random(plan: &Plan, dice: &mut Dice) -> Question {
        let starts = plan.measures.iter().map(|measure| match measure.basis.period {
            Period::Dated { start, .. } => i64::from(date_of(start).year()),
            Period::Yearly { start } => start,
        });
        // A plan without measures has no start; any year will do.
        let starts: Vec<i64> = starts.chain(plan.measures.is_empty().then_some(2017)).collect();
        let start = *dice.pick(&starts);
        let (from_start, of_programme) = (start + dice.below(5) as i64, dice.between(2015, 2020) as i64);
        let year = if dice.one_in(2) { from_start } else { of_programme };
        let as_of = match dice.below(8) {
            0 => day(year, 1, 1),
            1 => day(year - 1, 12, 31),
            2 => day(year + 1, 6, 30),
            3 => day(year, 6, 30),
            4 => day(year, 1, 1) + dice.below(365) as i64,
            _ => day(year, 12, 31),
        };
        let subset = |dice: &mut Dice| (0..plan.measures.len()).filter(|_| dice.one_in(3)).collect();
        let measures = if dice.one_in(4) { Some(subset(dice)) } else { None };
        Question { year, as_of, all: dice.one_in(2), measures }
    }
}

/// A cell before it has a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Draft {
    Empty,
    Number(i64),
    Text(String),
}

/// A random district of so many parties.
pub fn district(plan: &Plan, question: &Question, parties: usize, dice: &mut Dice) -> Facts {
    let all_values = Palette::of(plan, question.year, question.as_of);
    let tested = Tested::of(plan);
    let values = all_values.few(question.year, dice);
    let parties = if dice.one_in(40) { 0 } else { parties };
    let tables = plan.vocabulary.tables.iter().enumerate().map(|(id, declared)| {
        let rows = match declared.kind {
            TableKind::Party => (0..parties as u32).collect(),
            _ if parties == 0 || dice.one_in(12) => Vec::new(),
            // So many of the parties have events, each so many or thereabouts.
            _ => {
                let (some, each) = (dice.between(1, parties), dice.between(1, 4));
                (0..some * each).map(|_| dice.below(some) as u32).collect()
            }
        };
        let sources = Sources { all: &all_values, few: &values, tested: &tested, question };
        Author { plan, id, declared, sources, empty: *dice.pick(&[0, 10, 10, 50]), dice }.table(rows)
    });
    Facts::new(tables.collect())
}

struct Sources<'a> {
    all: &'a Palette,
    few: &'a Palette,
    tested: &'a Tested,
    question: &'a Question,
}

/// Writes one table.
struct Author<'a> {
    plan: &'a Plan,
    id: TableId,
    declared: &'a vocabulary::Table,
    sources: Sources<'a>,
    /// How many cells in a hundred are empty where they may be.
    empty: usize,
    dice: &'a mut Dice,
}

impl Author<'_> {
    fn table(mut self, parties: Vec<u32>) -> Table {
        let is_party_table = self.declared.kind == TableKind::Party;
        let mut drafts: Vec<Vec<Draft>> = Vec::new();
        let mut party = Vec::new();
        let mut keys = HashSet::new();
        // What most rows say alike, so that in some districts all conditions of a rule hold at once.
        let usual: Vec<Draft> = (0..self.declared.columns.len()).map(|column| self.cell(column, 0)).collect();
        for (row, &owner) in parties.iter().enumerate() {
            // A second try where a key is taken; then the row is given up, as a reader would.
            for _ in 0..2 {
                let cells: Vec<Draft> =
                    usual.iter().enumerate().map(|(column, usual)| self.usual_or_own(column, usual, row)).collect();
                let of_key = self.declared.key.iter().map(|&column| match self.declared.columns[column].ty {
                    ColumnType::Party if !is_party_table => Draft::Number(owner.into()),
                    _ => cells[column].clone(),
                });
                if keys.insert(of_key.collect::<Vec<Draft>>()) {
                    drafts.push(cells);
                    party.push(owner);
                    break;
                }
            }
        }
        let columns = (0..self.declared.columns.len()).map(|column| self.column(column, &drafts, is_party_table));
        Table {
            rows: drafts.len(),
            columns: columns.collect(),
            party: if is_party_table { Vec::new() } else { party },
            origin: Origin { file: format!("{}.csv", self.declared.name.en), lines: Lines::CountUp(2) },
        }
    }

    fn may_be_empty(&self, column: usize) -> bool {
        let is_key = self.declared.key.contains(&column);
        let ty = self.declared.columns[column].ty;
        !is_key && ty != ColumnType::Party && self.declared.columns[column].empty != Empty::Required
    }

    fn usual_or_own(&mut self, column: usize, usual: &Draft, row: usize) -> Draft {
        let is_key = self.declared.key.contains(&column);
        let goes_along = !is_key && *usual != Draft::Empty && self.dice.one_in(2);
        if goes_along { usual.clone() } else { self.cell(column, row) }
    }

    fn cell(&mut self, column: usize, row: usize) -> Draft {
        let ty = self.declared.columns[column].ty;
        // What has not happened is as common as what has.
        let not_happened = self.declared.columns[column].empty == Empty::NotHappened && self.dice.one_in(3);
        if self.may_be_empty(column) && (not_happened || self.dice.percent(self.empty)) {
            return Draft::Empty;
        }
        let Sources { all, few, tested, question } = &self.sources;
        let values = if self.dice.one_in(5) { all } else { few };
        let dice = &mut *self.dice;
        if let Some(numbers) = tested.numbers.get(&(self.id, column)).filter(|numbers| !numbers.is_empty())
            && !self.declared.key.contains(&column)
            && dice.one_in(2)
        {
            let number = *dice.pick(numbers);
            return Draft::Number(match ty {
                ColumnType::Word(_) | ColumnType::Bool => number,
                ColumnType::Count => (number + dice.below(3) as i64 - 1).max(0),
                _ => number + dice.below(3) as i64 - 1,
            });
        }
        let own_texts = tested.texts.get(&(self.id, column)).filter(|texts| !texts.is_empty() && !dice.one_in(4));
        let texts = own_texts.unwrap_or(&few.texts);
        match ty {
            ColumnType::Money => Draft::Number(*dice.pick(&values.money)),
            ColumnType::Percent | ColumnType::Decimal => Draft::Number(*dice.pick(&values.shares)),
            ColumnType::Count => Draft::Number(*dice.pick(&values.counts)),
            ColumnType::Date => Draft::Number(*dice.pick(&values.days)),
            ColumnType::Year if dice.one_in(2) => Draft::Number(question.year - dice.below(3) as i64),
            ColumnType::Year => Draft::Number(*dice.pick(&values.years)),
            ColumnType::Bool => Draft::Number(dice.below(2) as i64),
            ColumnType::Word(list) => {
                Draft::Number(dice.below(self.plan.vocabulary.word_lists[list].words.len()) as i64)
            }
            ColumnType::Text if self.declared.id_column() == Some(column) => {
                let beginning = dice.pick(&["A", "a", "Z", "甲", "é", ""]);
                Draft::Text(format!("{beginning}{}", dice.below(1_000) * 1_000 + row))
            }
            ColumnType::Text => Draft::Text(text(texts, dice)),
            ColumnType::Industry => Draft::Text(digits(texts, 2, 4, dice)),
            ColumnType::Division => Draft::Text(digits(texts, 6, 6, dice)),
            ColumnType::Party => Draft::Text(code(texts, row, dice)),
        }
    }

    fn column(&mut self, column: usize, rows: &[Vec<Draft>], is_party_table: bool) -> Column {
        let ty = self.declared.columns[column].ty;
        let is_left_out = self.may_be_empty(column) && self.dice.one_in(25);
        if is_left_out || (ty == ColumnType::Party && !is_party_table) {
            return Column::Empty;
        }
        let cells = rows.iter().map(|row| &row[column]);
        let numbers = cells.clone().map(|cell| match cell {
            Draft::Number(number) => Some(*number),
            _ => None,
        });
        let texts = cells.map(|cell| match cell {
            Draft::Text(text) => Some(text.as_str()),
            _ => None,
        });
        match ty {
            ColumnType::Money | ColumnType::Percent | ColumnType::Decimal | ColumnType::Count => {
                Column::Number(numbers.map(|number| number.unwrap_or(NO_NUMBER)).collect())
            }
            ColumnType::Date | ColumnType::Year => {
                Column::Date(numbers.map(|number| number.map_or(NO_DATE, |number| number as i32)).collect())
            }
            ColumnType::Bool | ColumnType::Word(_) => {
                Column::Word(numbers.map(|number| number.map_or(NO_WORD, |number| number as u8)).collect())
            }
            ColumnType::Industry => {
                let pack = |text: &str| u16::from_str_radix(&format!("{text:F<4}"), 16).unwrap_or(NO_INDUSTRY);
                Column::Industry(texts.map(|text| text.map_or(NO_INDUSTRY, pack)).collect())
            }
            ColumnType::Division => {
                let parse = |text: &str| text.parse().unwrap_or(NO_DIVISION);
                Column::Division(texts.map(|text| text.map_or(NO_DIVISION, parse)).collect())
            }
            ColumnType::Party => Column::Party(texts.flatten().flat_map(Uscc::parse).collect()),
            ColumnType::Text => {
                let mut column = TextColumn::default();
                texts.for_each(|text| column.push(text.unwrap_or("")));
                Column::Text(column)
            }
        }
    }
}

/// One of the texts, sometimes with something after it.
fn text(texts: &[String], dice: &mut Dice) -> String {
    let text = dice.pick(texts);
    if dice.one_in(5) { format!("{text}{}", dice.pick(&["1", "台", "Z"])) } else { text.clone() }
}

/// Digits that begin as one of the texts does, from `least` to `most` of them.
fn digits(texts: &[String], least: usize, most: usize, dice: &mut Dice) -> String {
    let fits = |text: &&String| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    let beginnings: Vec<&String> = texts.iter().filter(fits).collect();
    let beginning = if beginnings.is_empty() || dice.one_in(4) { "" } else { dice.pick(&beginnings) };
    let length = dice.between(least.max(beginning.len()), most);
    let mut digits = beginning.to_owned();
    while digits.len() < length {
        digits.push(*dice.pick(&['0', '1', '2', '5']));
    }
    digits
}

/// A code that begins as one of the texts does, or as any kind of organisation's.
fn code(texts: &[String], row: usize, dice: &mut Dice) -> String {
    let fits = |text: &&String| text.len() < 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let own: Vec<&str> = texts.iter().filter(fits).map(String::as_str).collect();
    let beginning =
        if own.is_empty() || dice.one_in(3) { dice.pick(&["91", "52", "12", "9"]) } else { dice.pick(&own) };
    let body = format!("{beginning:0<10}{:02}{row:05}", dice.below(100));
    let code = Uscc::complete(&body).expect("digits alone are always a code once the check digit is added");
    code.to_string()
}
