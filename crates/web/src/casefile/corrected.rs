//! A correction that came back: what was asked, and what was changed since.

use duixian_casework::case::{Case, Defect, DefectAbout};
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Vocabulary;

use super::cells;
use super::file::{CaseFile, as_of};
use crate::locale::Text;

/// What came back to an official.
pub struct Corrected {
    /// When it did.
    pub at: Moment,
    /// What had been asked for, with whether something was changed there.
    pub asked: Vec<(Text, bool)>,
    /// The pieces of evidence that are new since.
    pub new: Vec<u32>,
}

impl Corrected {
    /// The last correction of a case that is still to be examined and decided; none of any other.
    pub fn of(file: &CaseFile) -> Option<Corrected> {
        let case = &file.case;
        let is_examined =
            matches!(case.stage, Stage::Submitted | Stage::Accepted | Stage::FormalReview | Stage::SubstantiveReview);
        let back = file.history.iter().rfind(|entry| matches!(entry.event.what, What::Corrected { .. }));
        let back = back.filter(|_| is_examined)?;
        let asked = as_of(case.id, &file.history, |what| matches!(what, What::CorrectionAsked { .. }))?;
        let now = as_of(case.id, &file.history, |what| matches!(what, What::Corrected { .. }))?;
        let changes = changes(&asked, &now);
        let vocabulary = &file.scene.pack.plan.vocabulary;
        let told = |defect: &Defect| {
            let words = in_words(vocabulary, &defect.about, &defect.text);
            (words, is_changed(defect, &asked.defects, &changes))
        };
        let was_there = |id: u32| asked.evidence.iter().any(|piece| piece.id == id);
        Some(Corrected {
            at: back.at,
            asked: asked.defects.iter().map(told).collect(),
            new: now.evidence.iter().map(|piece| piece.id).filter(|id| !was_there(*id)).collect(),
        })
    }
}

/// Whether something was changed where a defect was to be mended. Nobody can tell whether that is enough; but what was not
/// touched is not mended.
pub fn is_changed(defect: &Defect, defects: &[Defect], changes: &[DefectAbout]) -> bool {
    let is_named = |change: &DefectAbout| defects.iter().any(|defect| defect.about == *change);
    match &defect.about {
        // It may be mended anywhere but where something else was to be.
        DefectAbout::Other => changes.iter().any(|change| !is_named(change)),
        about => changes.contains(about),
    }
}

/// A defect with what it is about: an official often writes only what is wrong with it.
pub fn in_words(vocabulary: &Vocabulary, about: &DefectAbout, words: &str) -> Text {
    let about: Text = match about {
        DefectAbout::Fact(cell) => {
            let table = vocabulary.table(&cell.table).map(|table| &vocabulary.tables[table]);
            let column = table.and_then(|table| table.columns.get(table.column(&cell.column)?));
            column.map_or_else(|| Text::same(cell.column.clone()), |column| cells::name(&column.name))
        }
        DefectAbout::Evidence(kind) => Text::new(format!("佐证“{kind}”"), format!("Evidence “{kind}”")),
        DefectAbout::Account => ("收款账户", "Bank account").into(),
        DefectAbout::Other => return Text::same(words.to_owned()),
    };
    Text::new(format!("{}：{words}", about.zh), format!("{}: {words}", about.en))
}

/// What of a case is otherwise than it was.
pub fn changes(before: &Case, now: &Case) -> Vec<DefectAbout> {
    let mut changes = Vec::new();
    for cell in before.statements.keys().chain(now.statements.keys()) {
        let said = |case: &Case| {
            case.statements.get(cell).map(|statement| (statement.value.clone(), statement.dispute.clone()))
        };
        if said(before) != said(now) {
            changes.push(DefectAbout::Fact(cell.clone()));
        }
    }
    for piece in before.evidence.iter().chain(&now.evidence) {
        let of_kind = |case: &Case| -> Vec<u32> {
            case.evidence.iter().filter(|other| other.kind == piece.kind).map(|other| other.id).collect()
        };
        if of_kind(before) != of_kind(now) {
            changes.push(DefectAbout::Evidence(piece.kind.clone()));
        }
    }
    if before.account != now.account {
        changes.push(DefectAbout::Account);
    }
    changes
}
