//! Why a case comes to what it does: the rule's conditions with both sides, its limits, the facts it read.

use duixian_assess::explain::{BasisReport, ClauseText, LimitReport, MeasureReport, NeedLine, Report, TestLine};
use duixian_assess::reference::{Audience, PartyExplanation, Step, Truth};
use duixian_assess::result::Status as Outcome;
use duixian_casework::case::CellRef;
use duixian_casework::dossier::row_key;
use duixian_facts::record::cells_of;
use duixian_facts::table::Facts;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::Lang;

use super::file::CaseFile;
use super::{cells, industry};
use crate::locale::Text;
use crate::problem::Problem;
use crate::ui::{Status, Tone};

/// The trace of a rule, laid out in one language.
#[derive(Clone, Debug)]
pub struct Why {
    /// What it comes to.
    pub status: Status,
    /// The amount, or why there is none, in a sentence.
    pub decision: String,
    /// The clause that decides.
    pub clause: String,
    /// The heading of the measure's clause.
    pub clause_title: String,
    /// How the clause is read.
    pub readings: Vec<String>,
    /// What the rule pays.
    pub rule: String,
    /// The alternative that applies, with its amount.
    pub pays: Option<String>,
    /// From when it is paid.
    pub payable_from: Option<String>,
    /// What the official weighs, what the money is for, what is to be shown.
    pub notes: Vec<(String, Vec<String>)>,
    /// The conditions, in the order of the rule.
    pub conditions: Vec<Condition>,
    /// The calculations that the conditions and the amount call by a name.
    pub calculations: Vec<String>,
    /// The limits, as far as the rule came.
    pub limits: Vec<LimitReport>,
    /// What is missing.
    pub missing: Vec<String>,
    /// What would have to be otherwise.
    pub nearest: Vec<NeedLine>,
    /// The cells it read, each once, in the order of the rule.
    pub read: Vec<CellRef>,
}

/// One condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Whether it holds.
    pub truth: Truth,
    /// How it came out, in a sentence.
    pub sentence: String,
    /// What it asks, of anyone.
    pub asked: String,
    /// The rule's own words.
    pub text: String,
    /// Where it stands: its clause, or the one under which the pack's reading stands that sets it.
    pub clause: String,
    /// Whether no clause sets it but that reading.
    pub is_reading: bool,
    /// The clause of the measure, under which it was cited before readings were cited where they stand.
    pub of_measure: String,
    /// The general rule it comes from.
    pub general: Option<String>,
    /// The cases of which none holds, where it offers several.
    pub tests: Vec<TestLine>,
    /// The cells it read.
    pub read: Vec<CellRef>,
}

/// How a truth looks.
pub fn verdict(truth: Truth) -> Status {
    match truth {
        Truth::True => Status::good("符合", "holds"),
        Truth::False => Status::bad("不符合", "does not hold"),
        Truth::Unknown => Status::hold("待定", "open"),
    }
}

impl Why {
    /// The trace of a case, by the rules and facts of its round; none where its row is no basis of the measure. What a party
    /// reads names no rivals.
    ///
    /// # Errors
    /// Where the facts on record cannot be read.
    pub fn of(file: &CaseFile, lang: Lang, audience: Audience) -> Result<Option<Why>, Problem> {
        let Some(claim) = &file.appraisal.claim else { return Ok(None) };
        let facts = file.dossier.facts(&file.pack().plan);
        let facts = facts.map_err(|error| Problem::internal(format!("facts: {error:?}")))?;
        let explained = claim.explained.clone().for_audience(audience);
        Ok(laid_out(file, &facts, &explained, lang))
    }
}

fn laid_out(file: &CaseFile, facts: &Facts, explained: &PartyExplanation, lang: Lang) -> Option<Why> {
    let clauses = |number: &str| ClauseText::of(file.pack(), number);
    let mut report = Report::new(explained, &file.pack().plan, lang, &clauses);
    industry::name_in(&mut report, file.vocabulary());
    let measure: &MeasureReport = report.measures.first()?;
    let basis: &BasisReport = measure.bases.first()?;
    let steps = &explained.measures.first()?.bases.first()?.conditions;
    let reader = Reader { file, facts };
    let conditions = basis.conditions.iter().zip(steps).map(|(condition, step)| Condition {
        truth: condition.truth,
        sentence: condition.sentence.clone(),
        asked: condition.asked.clone(),
        text: condition.text.clone(),
        clause: condition.clause.clone(),
        is_reading: condition.is_reading,
        of_measure: measure.clause.clone(),
        general: condition.general.clone(),
        tests: condition.tests.clone(),
        read: reader.cells_of_step(step),
    });
    let mut read = Vec::new();
    for fact in &basis.facts {
        reader.add(fact.slot, fact.row, &mut read);
    }
    Some(Why {
        status: status(basis.status),
        decision: basis.decision.clone(),
        clause: basis.clause.clone(),
        clause_title: measure.clause_title.clone(),
        readings: measure.readings.clone(),
        rule: measure.pays.clone(),
        pays: basis.pays.clone(),
        payable_from: basis.payable_from.clone(),
        notes: measure.notes.iter().map(|(heading, notes)| ((*heading).to_owned(), notes.clone())).collect(),
        conditions: conditions.collect(),
        calculations: basis.calculations.clone(),
        limits: basis.limits.clone(),
        missing: basis.missing.iter().map(|missing| missing.text.clone()).collect(),
        nearest: basis.nearest.clone(),
        read,
    })
}

/// What a rule comes to, as a status.
pub fn status(outcome: Outcome) -> Status {
    let (tone, text): (Tone, Text) = match outcome {
        Outcome::Entitled => (Tone::Good, ("应当支持", "entitled").into()),
        Outcome::Conditional => (Tone::Good, ("可以支持，金额待定", "entitled; the amount is decided").into()),
        Outcome::Unknown => (Tone::Hold, ("缺事实，不能判定", "facts are missing").into()),
        Outcome::NotEntitled => (Tone::Bad, ("按规则不予支持", "not entitled").into()),
    };
    Status::new(tone, text)
}

/// Finds the cells that a rule read by the names that statements have.
struct Reader<'a> {
    file: &'a CaseFile,
    facts: &'a Facts,
}

impl Reader<'_> {
    fn cells_of_step(&self, step: &Step) -> Vec<CellRef> {
        let mut cells = Vec::new();
        step.each_fact(&mut |read, _| self.add(read.slot, read.row, &mut cells));
        cells
    }

    fn add(&self, slot: FactSlot, row: u32, cells: &mut Vec<CellRef>) {
        let vocabulary = self.file.vocabulary();
        let table = &vocabulary.tables[slot.table];
        let row = row_key(table, &cells_of(vocabulary, self.facts, slot.table, row as usize));
        let (table, column) = (table.name.en.clone(), table.columns[slot.column].name.en.clone());
        let cell = CellRef { table, row, column };
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
}

/// A cell's name: the column's, with its table's where that is another than the measure's own or the party's.
pub fn cell_name(file: &CaseFile, cell: &CellRef) -> Text {
    let vocabulary = file.vocabulary();
    let Some(table) = vocabulary.table(&cell.table) else { return Text::same(cell.column.clone()) };
    let declared = &vocabulary.tables[table];
    let column = declared.column(&cell.column).and_then(|column| declared.columns.get(column));
    let name = column.map_or_else(|| Text::same(cell.column.clone()), |column| cells::name(&column.name));
    let own = file.measure().map(|(_, measure)| measure.basis.table);
    if own == Some(table) && cell.row == file.case.subject.basis || vocabulary.party_table() == Some(table) {
        return name;
    }
    let of = cells::name(&declared.name);
    let row = if cell.row.is_empty() { String::new() } else { format!(" {}", cell.row) };
    Text::new(format!("{}{row}·{}", of.zh, name.zh), format!("{}{row}: {}", of.en, name.en))
}
