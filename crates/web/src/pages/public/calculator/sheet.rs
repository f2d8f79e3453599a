//! What the calculator asks of a measure: the facts that its rule reads, in the order of the rule, and nothing else. Who asks
//! is nobody: of a code only its beginning is asked, and of what merely names or numbers a thing nothing at all.

use std::collections::BTreeSet;

use duixian_assess::{Looks, facts_read, looks, words_meant};
use duixian_casework::case::CellRef;
use duixian_facts::form::is_required;
use duixian_rules::pack::Pack;
use duixian_rules::plan::{FactSlot, Measure, NodeId, Plan};
use duixian_rules::vocabulary::{ColumnId, ColumnType, TableId};

use super::starts::{Start, starts};
use crate::casefile::cells;
use crate::casefile::question::{Question, meaning, names_the_row};
use crate::format::capital;
use crate::locale::Text;

/// The number of the thing that is tried out: it has none.
pub(super) const BASIS: &str = "试算";

/// How many rows of a table can be filled in that a rule counts or adds up, beside the one that is tried out.
const OTHER_ROWS: i32 = 2;

/// A measure's questions.
pub(super) struct Sheet {
    /// In groups, one for each row that they are about.
    pub(super) groups: Vec<Group>,
    /// Words that the measure takes for granted: with another one there would be nothing to reckon.
    pub(super) fixed: Vec<(CellRef, String)>,
    /// Rows that the rule counts and of which there is nothing to ask.
    pub(super) uncounted: Vec<Text>,
}

/// The questions about one row.
pub(super) struct Group {
    /// Its heading's id.
    pub(super) id: String,
    /// What the row is.
    pub(super) title: Text,
    /// The questions.
    pub(super) asks: Vec<Ask>,
    /// Of a row beside the one that is tried out.
    pub(super) other: Option<OtherRow>,
}

/// A row that the rule counts or adds up. It may not be there, and as long as nobody says so it may be anything.
pub(super) struct OtherRow {
    /// Its table.
    pub(super) table: TableId,
    /// Its key.
    pub(super) key: String,
    /// The name of the box that says that there is none.
    pub(super) none: String,
    /// What the box says.
    pub(super) says: Text,
}

/// One question.
#[derive(Clone)]
pub(super) struct Ask {
    /// Its field's name, and its name in the address: `recognitions-level`. It stays as long as the pack's names do.
    pub(super) name: String,
    /// The fact.
    pub(super) question: Question,
    /// How a code may begin, as far as the rule looks at it; empty of all else.
    pub(super) starts: Vec<Start>,
    /// What the pack says the fact is.
    pub(super) meaning: Text,
    /// Whether it is about a row beside the one that is tried out.
    pub(super) is_of_other_row: bool,
}

impl Ask {
    /// Whether it is about the party's code. That is no fact of a row, but whose all rows are.
    pub(super) fn is_code(&self) -> bool {
        self.question.column.ty == ColumnType::Party
    }

    /// Whether one beginning is chosen. The code of an industry is known to whoever applies, and typed.
    pub(super) fn is_choice_of_starts(&self) -> bool {
        !self.starts.is_empty() && self.question.column.ty != ColumnType::Industry
    }

    /// What is asked.
    pub(super) fn label(&self) -> Text {
        let label = self.question.label();
        if self.is_code() {
            return Text::new(format!("{}的开头", label.zh), format!("How the {} begins", label.en));
        }
        Text::new(label.zh, capital(&label.en))
    }

    /// Whether it can be answered that it has not happened.
    pub(super) fn may_not_have_happened(&self) -> bool {
        self.question.may_not_have_happened()
    }

    /// The name of the box by which that is answered.
    pub(super) fn not_happened(&self) -> String {
        format!("{}-none", self.name)
    }
}

impl Sheet {
    /// The questions of a measure, for a year.
    pub(super) fn of(pack: &Pack, measure: &Measure, year: i32) -> Sheet {
        let asking = Asking { pack, measure, year, looks: looks(&pack.plan, measure) };
        let mut sheet = Sheet { groups: Vec::new(), fixed: Vec::new(), uncounted: Vec::new() };
        asking.own_rows(&mut sheet);
        asking.other_rows(&mut sheet);
        sheet.groups.retain(|group| !group.asks.is_empty());
        sheet
    }

    /// All questions, in order.
    pub(super) fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.groups.iter().flat_map(|group| &group.asks)
    }

    /// The question about a cell.
    pub(super) fn ask_of(&self, slot: FactSlot, row: &str) -> Option<&Ask> {
        self.asks().find(|ask| ask.question.slot == slot && ask.question.cell.row == row)
    }

    /// The question about how the party's code begins, where the rule looks at that.
    pub(super) fn code(&self) -> Option<&Ask> {
        self.asks().find(|ask| ask.is_code())
    }
}

/// What the questions are made of.
struct Asking<'p> {
    pack: &'p Pack,
    measure: &'p Measure,
    year: i32,
    looks: Looks,
}

impl Asking<'_> {
    fn plan(&self) -> &Plan {
        &self.pack.plan
    }

    /// About the thing that is applied for, then about the party.
    fn own_rows(&self, sheet: &mut Sheet) {
        let read = facts_read(self.plan(), self.measure);
        let table = self.measure.basis.table;
        let party_table = self.plan().vocabulary.party_table();
        let declared = &self.plan().vocabulary.tables[table];
        let is_yearly = declared.year_column().is_some();
        let key = if is_yearly { self.year.to_string() } else { BASIS.to_owned() };
        let (zh, en) = (&declared.name.zh, declared.name.in_english());
        let title = if is_yearly {
            self.of_year(0, table)
        } else {
            Text::new(format!("这一项{zh}"), format!("{}: this one", capital(&en)))
        };
        let basis = self.asks(sheet, &read.basis, &key, None);
        sheet.groups.push(Group { id: "of-basis".to_owned(), title, asks: basis, other: None });

        let Some(party_table) = party_table else { return };
        let name = &self.plan().vocabulary.tables[party_table].name;
        let mut asks = self.asks(sheet, &read.party, "", None);
        // Whose a row is, is the party's code, wherever it stands.
        let tests = self.code_tests();
        if !tests.is_empty() {
            let column = self.plan().vocabulary.tables[party_table].party_column();
            let slot = column.map(|column| FactSlot { table: party_table, column });
            let before = |slot: FactSlot| {
                let place = |of: FactSlot| read.party.iter().position(|read| *read == of);
                asks.iter().filter(|ask| place(ask.question.slot) < place(slot)).count()
            };
            let place = slot.map_or(0, before);
            asks.splice(place..place, slot.map(|slot| self.ask(slot, "", None, &tests)));
        }
        let title = Text::new(format!("这家{}", name.zh), "The party");
        sheet.groups.push(Group { id: "of-party".to_owned(), title, asks, other: None });
    }

    /// About the rows that the rule counts or adds up.
    fn other_rows(&self, sheet: &mut Sheet) {
        for (table, columns) in &self.looks.gathered {
            let declared = &self.plan().vocabulary.tables[*table];
            let slots: Vec<FactSlot> =
                columns.iter().map(|column| FactSlot { table: *table, column: *column }).collect();
            let is_yearly = declared.year_column().is_some();
            let is_own = *table == self.measure.basis.table;
            let first = if is_yearly && !is_own { 0 } else { 1 };
            let mut has_any = false;
            for place in first..=OTHER_ROWS {
                let key = if is_yearly { (self.year - place).to_string() } else { place.to_string() };
                let (title, says) = if is_yearly {
                    let of = self.of_year(place, *table);
                    let says = Text::new(format!("没有{}", of.zh), format!("There is none: {}", of.en));
                    (of, says)
                } else {
                    let (zh, en) = (&declared.name.zh, capital(&declared.name.in_english()));
                    let title = Text::new(format!("别的{zh}，第{place}项"), format!("{en}: another one, no. {place}"));
                    (title, Text::new(format!("没有别的{zh}了"), "There is no other"))
                };
                let asks = self.asks(sheet, &slots, &key, Some(place));
                has_any |= !asks.is_empty();
                let id = format!("of-{}-{place}", declared.name.en);
                let none = format!("{}-{place}-none", declared.name.en);
                sheet.groups.push(Group { id, title, asks, other: Some(OtherRow { table: *table, key, none, says }) });
            }
            if !has_any {
                sheet.uncounted.push(cells::name(&declared.name));
            }
        }
    }

    /// A year's row: `2018年的年度账目`.
    fn of_year(&self, before: i32, table: TableId) -> Text {
        let name = &self.plan().vocabulary.tables[table].name;
        let year = self.year - before;
        Text::new(format!("{year}年的{}", name.zh), format!("{} of {year}", capital(&name.in_english())))
    }

    /// The questions about a row. `place` is that of a row beside the one that is tried out.
    fn asks(&self, sheet: &mut Sheet, slots: &[FactSlot], row: &str, place: Option<i32>) -> Vec<Ask> {
        let mut asks = Vec::new();
        let mut seen: BTreeSet<ColumnId> = BTreeSet::new();
        for &slot in slots {
            let declared = &self.plan().vocabulary.tables[slot.table];
            if names_the_row(declared, slot.column) || self.looks.keys.contains(&slot) || !seen.insert(slot.column) {
                continue;
            }
            let tests = self.looks.beginnings.get(&slot).map(Vec::as_slice).unwrap_or_default();
            let ask = self.ask(slot, row, place, tests);
            match ask.question.only_word(&self.plan().vocabulary) {
                Some(word) if ask.question.offered.is_some() => sheet.fixed.push((ask.question.cell, word)),
                _ => asks.push(ask),
            }
        }
        asks
    }

    fn ask(&self, slot: FactSlot, row: &str, place: Option<i32>, tests: &[NodeId]) -> Ask {
        let plan = self.plan();
        let declared = &plan.vocabulary.tables[slot.table];
        let column = declared.columns[slot.column].clone();
        let (of, name) = (&declared.name.en, &column.name.en);
        let is_own = slot.table == self.measure.basis.table && place.is_none();
        Ask {
            name: place.map_or_else(|| format!("{of}-{name}"), |place| format!("{of}-{place}-{name}")),
            starts: starts(plan, column.ty, tests),
            meaning: meaning(self.pack, &self.measure.clause, &column),
            is_of_other_row: place.is_some(),
            question: Question {
                number: 0,
                cell: CellRef { table: of.clone(), row: row.to_owned(), column: name.clone() },
                slot,
                table: declared.name.clone(),
                is_required: is_required(declared, slot.column),
                column,
                known: None,
                offered: words_meant(plan, self.measure).remove(&slot.column).filter(|_| is_own),
            },
        }
    }

    /// The tests of how the party's code begins, in whatever table it stands.
    fn code_tests(&self) -> Vec<NodeId> {
        let is_code =
            |slot: &FactSlot| self.plan().vocabulary.tables[slot.table].columns[slot.column].ty == ColumnType::Party;
        let of_codes = self.looks.beginnings.iter().filter(|(slot, _)| is_code(slot));
        of_codes.flat_map(|(_, tests)| tests.iter().copied()).collect()
    }
}
