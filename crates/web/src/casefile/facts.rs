//! The facts of a case, each with its source: the registry, the applicant's word, or that word found to hold.

use duixian_casework::case::{CellRef, Finding, Statement};
use duixian_casework::dossier::Source;
use duixian_rules::vocabulary::{ColumnId, Lang, TableId};
use duixian_store::facts::FactRow;

use super::cells;
use super::file::{CaseFile, local};
use super::why::{Why, cell_name};
use crate::format;
use crate::locale::Text;
use crate::ui::{Status, Tone};

/// One fact.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// Which cell.
    pub cell: CellRef,
    /// Its name.
    pub name: Text,
    /// The value that counts.
    pub value: Text,
    /// Whether nothing is known.
    pub is_missing: bool,
    /// Where the value that counts comes from.
    pub source: Text,
    /// What the registry says, where something else was stated.
    pub registry: Option<Text>,
    /// That value alone, without its source.
    pub recorded: Option<Text>,
    /// What the applicant stated.
    pub stated: Option<Stated>,
    /// Whether the rule reads it.
    pub is_read: bool,
    /// What the registry says and nobody disputes, in the canonical form of tables: what an official can confirm.
    pub undisputed: Option<String>,
    /// That an official has confirmed it.
    pub confirmed: Option<Found>,
}

/// What was stated of a cell, and what was found of it.
#[derive(Clone, Debug)]
pub struct Stated {
    /// Its place among the statements, for the names of form fields.
    pub place: usize,
    /// The value.
    pub value: Text,
    /// Why the registry is wrong, where it says otherwise.
    pub dispute: Option<String>,
    /// Who stated it, and when.
    pub by: Text,
    /// What an official found.
    pub finding: Option<Found>,
}

impl Stated {
    /// Whether something was found that counts.
    pub fn is_found(&self) -> bool {
        self.finding.as_ref().is_some_and(|finding| finding.is_current)
    }
}

/// A finding in words.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whether it holds.
    pub status: Status,
    /// In words; may be empty.
    pub note: String,
    /// Who and when.
    pub by: Text,
    /// Whether it counts; what was found before the case came back to review is to be confirmed.
    pub is_current: bool,
}

impl Found {
    /// A finding as it is shown.
    pub fn of(file: &CaseFile, finding: &Finding) -> Found {
        let status =
            if finding.holds { Status::good("属实", "holds") } else { Status::bad("不属实", "does not hold") };
        let is_current = file.case.is_current(finding);
        let status = match is_current {
            true => status,
            false => Status::hold("须重新确认", "to be confirmed"),
        };
        Found { status, note: finding.note.clone(), by: by(file, finding.by, finding.at), is_current }
    }
}

/// Who and when: `周敏 2018年5月3日 09:05`.
pub fn by(file: &CaseFile, user: duixian_casework::people::UserId, at: duixian_casework::moment::Moment) -> Text {
    let (who, when) = (file.who(user), local(at));
    Text::new(format!("{who} {}", format::moment(Lang::Zh, when)), format!("{who}, {}", format::moment(Lang::En, when)))
}

impl FactLine {
    /// Whether it could be confirmed and is not, or not any more.
    pub fn is_to_confirm(&self) -> bool {
        self.undisputed.is_some() && !self.confirmed.as_ref().is_some_and(|found| found.is_current)
    }

    /// The facts that the rule read, then what else was stated.
    pub fn all(file: &CaseFile, why: Option<&Why>) -> Vec<FactLine> {
        let read: &[CellRef] = why.map_or(&[], |why| &why.read);
        let stated = file.case.statements.keys().filter(|cell| !read.contains(cell));
        read.iter()
            .map(|cell| (cell, true))
            .chain(stated.map(|cell| (cell, false)))
            .map(|(cell, is_read)| line(file, cell, is_read))
            .collect()
    }
}

fn line(file: &CaseFile, cell: &CellRef, is_read: bool) -> FactLine {
    let vocabulary = file.vocabulary();
    let place =
        vocabulary.table(&cell.table).and_then(|table| Some((table, vocabulary.tables[table].column(&cell.column)?)));
    let shown = |text: &str| match place {
        Some((table, column)) => cells::value(vocabulary, table, column, text),
        None => Text::same(text.to_owned()),
    };
    let counted = place.and_then(|(table, column)| file.dossier.cell(table, &cell.row, column));
    let (text, source) = counted.unwrap_or(("", Source::Registry));
    let statement = file.case.statements.get_key_value(cell);
    let registry = place.and_then(|(table, column)| registry_of(&file.registry, table, &cell.row, column));
    let source_text = source_in_words(source, registry.as_ref());
    let differs = statement.is_some() && registry.as_ref().is_some_and(|(value, _)| !value.is_empty());
    let registry = registry.filter(|_| differs).map(|(value, source)| (shown(&value), source));
    let recorded = registry.as_ref().map(|(value, _)| value.clone());
    let is_undisputed = is_read && source == Source::Registry && statement.is_none() && !text.is_empty();
    let undisputed = is_undisputed.then(|| text.to_owned());
    let confirmed = file.case.confirmed.get(cell).filter(|confirmed| undisputed.as_ref() == Some(&confirmed.value));
    FactLine {
        cell: cell.clone(),
        name: cell_name(file, cell),
        value: shown(text),
        is_missing: text.is_empty(),
        source: source_text,
        registry: registry.map(|(value, source)| with_source(&value, &source)),
        stated: statement
            .map(|(cell, statement)| stated(file, cell, statement, shown(&statement.value), recorded.as_ref())),
        recorded,
        is_read,
        undisputed,
        confirmed: confirmed.map(|confirmed| found_confirmed(file, &confirmed.finding)),
    }
}

/// Where the value of a cell that counts comes from, by what the registry has of its party.
pub fn source_of(source: Source, registry: &[FactRow], (table, row, column): (TableId, &str, ColumnId)) -> Text {
    source_in_words(source, registry_of(registry, table, row, column).as_ref())
}

fn source_in_words(source: Source, registry: Option<&(String, Text)>) -> Text {
    match source {
        Source::Stated => ("企业填报，未核实", "stated, not verified").into(),
        Source::Verified => ("企业填报，已核实属实", "stated, found to hold").into(),
        // That something has not happened is read in the registry like anything else.
        Source::Registry => registry.map_or_else(Text::default, |(_, source)| source.clone()),
    }
}

fn stated(file: &CaseFile, cell: &CellRef, statement: &Statement, value: Text, recorded: Option<&Text>) -> Stated {
    let found = |finding: &Finding| {
        let found = Found::of(file, finding);
        // Of two values that contradict each other, which one holds must be said.
        let status = recorded.map(|recorded| which(finding.holds, &value, recorded));
        Found { status: status.unwrap_or(found.status), ..found }
    };
    Stated {
        place: file.case.statements.keys().position(|one| one == cell).unwrap_or_default(),
        finding: statement.finding.as_ref().map(found),
        value,
        dispute: statement.dispute.clone(),
        by: by(file, statement.by, statement.at),
    }
}

fn found_confirmed(file: &CaseFile, finding: &Finding) -> Found {
    let found = Found::of(file, finding);
    let status = if found.is_current { Status::good("已确认", "confirmed") } else { found.status };
    Found { status, ..found }
}

fn which(holds: bool, stated: &Text, recorded: &Text) -> Status {
    match holds {
        true => {
            Status::new(Tone::Good, Text::new(format!("按填报 {}", stated.zh), format!("as stated: {}", stated.en)))
        }
        false => Status::new(
            Tone::Bad,
            Text::new(format!("按登记 {}", recorded.zh), format!("as registered: {}", recorded.en)),
        ),
    }
}

/// What the registry has in a cell, and from where; none of a row that it does not have.
fn registry_of(registry: &[FactRow], table: TableId, row: &str, column: ColumnId) -> Option<(String, Text)> {
    let found = registry.iter().find(|one| one.table == table && one.key == row)?;
    let recorded = local(found.recorded_at).date();
    let source = Text::new(
        format!("{}，{}", found.source.zh, format::date(Lang::Zh, recorded)),
        format!("{}, {}", found.source.en, format::date(Lang::En, recorded)),
    );
    Some((found.cells.get(column)?.clone(), source))
}

fn with_source(value: &Text, source: &Text) -> Text {
    Text::new(format!("{}（{}）", value.zh, source.zh), format!("{} ({})", value.en, source.en))
}
