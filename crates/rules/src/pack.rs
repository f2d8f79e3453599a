//! A pack as a whole: its files read, checked and compiled, with everything that was found on the way.

use crate::analysis;
use crate::compile;
use crate::diagnostic::{self, Diagnostic};
use crate::english::{self, English};
use crate::examples::{self, Example};
use crate::markdown::{self, Clause, Document, EnglishLine};
use crate::plan::Plan;
use crate::source::Sources;
use crate::syntax::ast::{Item, ItemKind};
use crate::syntax::parser;
use crate::syntax::token::date_of;
use crate::vocabulary::Name;

/// A pack, read. There is always one, whatever its files hold; it may run if it has no errors.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its files.
    pub sources: Sources,
    /// What each file holds.
    pub documents: Vec<Document>,
    /// Its declarations, in the order of files and lines.
    pub items: Vec<Item>,
    /// What the rules come down to.
    pub plan: Plan,
    /// Its examples.
    pub examples: Vec<Example>,
    /// What was found, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Pack {
    /// Reads, checks and compiles a pack.
    pub fn read(sources: Sources) -> Pack {
        let mut diagnostics = Vec::new();
        let mut documents = Vec::new();
        let mut items = Vec::new();
        for (index, file) in sources.files.iter().enumerate() {
            let document = markdown::read(index as u32, &file.text);
            for span in &document.misplaced {
                diagnostics.push(
                    Diagnostic::new(
                        "E112",
                        *span,
                        "列表或引用里的规则块不会被读取",
                        "a block of rules inside a list or a quotation is not read",
                    )
                    .hint("把它移到列表或引用之外，顶格写", "move it out, to the left margin"),
                );
            }
            for block in &document.blocks {
                items.extend(parser::parse(block, &mut diagnostics));
            }
            documents.push(document);
        }
        let clauses: Vec<&Clause> = documents.iter().flat_map(|document| &document.clauses).collect();
        mark_readings(&clauses, &mut items);
        let lines: Vec<&EnglishLine> = documents.iter().flat_map(|document| &document.english).collect();
        let english = English::read(&lines);
        english.name(&mut items);
        english::check(&lines, &items, &clauses, &mut diagnostics);
        let plan = Plan { english, ..compile::compile(&items, &mut diagnostics) };
        let tables: Vec<_> = documents.iter().flat_map(|document| document.examples.clone()).collect();
        let measures: Vec<Name> = items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Measure(_)))
            .map(|item| compile::name_of(&item.names))
            .collect();
        let examples = examples::read(&tables, &plan, &measures, default_year(&items), &mut diagnostics);
        analysis::analyse(&items, &plan, &clauses, &mut diagnostics);
        leave_out_uses_of_refused_names(&sources, &mut diagnostics);
        diagnostic::sort(&mut diagnostics);
        Pack { sources, documents, items, plan, examples, diagnostics }
    }

    /// Whether the pack may not run.
    pub fn has_errors(&self) -> bool {
        diagnostic::has_errors(&self.diagnostics)
    }

    /// The clause with this number, in normal form.
    pub fn clause(&self, number: &str) -> Option<&Clause> {
        self.documents.iter().flat_map(|document| &document.clauses).find(|clause| clause.number == number)
    }

    /// How the clause with this number is read: its own readings, then those of the clauses it stands within, the nearest first.
    pub fn readings(&self, number: &str) -> Vec<&str> {
        let all = || self.documents.iter().flat_map(|document| &document.clauses);
        let mut around: Vec<&Clause> = all().filter(|clause| analysis::stands_under(number, &clause.number)).collect();
        around.sort_by_key(|clause| std::cmp::Reverse(clause.number.len()));
        around.into_iter().flat_map(|clause| &clause.readings).map(String::as_str).collect()
    }
}

/// Marks general rules that rest on the pack's reading alone: those that cite nothing, under a heading with a reading and no
/// restatement of the clause.
fn mark_readings(clauses: &[&Clause], items: &mut [Item]) {
    for item in items {
        let heading = item.heading.as_ref().filter(|_| item.cites.is_empty());
        let clause = heading.and_then(|heading| clauses.iter().find(|clause| clause.number == *heading));
        if let (ItemKind::General(general), Some(clause)) = (&mut item.kind, clause) {
            general.is_reading = clause.prose.is_empty() && !clause.readings.is_empty();
        }
    }
}

/// A name that is a word of the language is told where it is declared: that its uses cannot be read is the same mistake.
fn leave_out_uses_of_refused_names(sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let text = |diagnostic: &Diagnostic| {
        let span = diagnostic.span;
        let file = sources.files.get(span.file as usize)?;
        file.text.get(span.start as usize..span.end as usize).map(str::to_owned)
    };
    let refused: Vec<String> = diagnostics.iter().filter(|found| found.id == "E204").filter_map(text).collect();
    diagnostics.retain(|found| found.id != "E201" || !text(found).is_some_and(|text| refused.contains(&text)));
}

/// The year examples are assessed in where they name none: that of publication.
fn default_year(items: &[Item]) -> i64 {
    items
        .iter()
        .find_map(|item| match &item.kind {
            ItemKind::Policy(policy) => policy.published,
            _ => None,
        })
        .map_or(1970, |(day, _)| i64::from(chrono::Datelike::year(&date_of(day))))
}
