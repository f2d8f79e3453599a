//! What an official wants mended: where that is done, and whether anything was changed there since it was asked.

use duixian_casework::case::{Case, Defect, DefectAbout, Evidence};
use duixian_casework::event::What;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Vocabulary;
use duixian_store::cases::JournalEntry;

use super::draft::Draft;
use crate::casefile::cells;
use crate::casefile::file::as_of;
use crate::locale::Text;

/// One thing to mend.
pub struct Mend {
    /// What it is about, and what is wrong, in the official's words.
    pub text: Text,
    /// Where it is mended.
    pub href: String,
    /// Whether something was changed there. Nobody can tell whether that is enough; but what was not touched is not mended.
    pub is_changed: bool,
}

/// All that is to be mended in a case that was sent back; nothing of any other case.
pub fn mends(draft: &Draft, history: &[JournalEntry]) -> Vec<Mend> {
    let case = &draft.case;
    if case.stage != Stage::Correction {
        return Vec::new();
    }
    let asked = as_of(case.id, history, |what| matches!(what, What::CorrectionAsked { .. }));
    let changes = asked.map_or_else(Vec::new, |asked| changes(&asked, case));
    let is_named = |change: &DefectAbout| case.defects.iter().any(|defect| defect.about == *change);
    let mend = |defect: &Defect| {
        let (step, anchor) = draft.place_of(&defect.about);
        Mend {
            text: in_words(&draft.scene.pack.plan.vocabulary, &defect.about, &defect.text),
            href: format!("{}?from=check#{anchor}", draft.href(step)),
            is_changed: match &defect.about {
                // It may be mended anywhere but where something else was to be.
                DefectAbout::Other => changes.iter().any(|change| !is_named(change)),
                about => changes.contains(about),
            },
        }
    };
    case.defects.iter().map(mend).collect()
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

/// The pieces that were there when the correction was asked for and are of a type that is to be mended: a new file may take
/// their place.
pub fn replaceable<'c>(case: &'c Case, history: &[JournalEntry]) -> Vec<&'c Evidence> {
    if case.stage != Stage::Correction {
        return Vec::new();
    }
    let Some(asked) = as_of(case.id, history, |what| matches!(what, What::CorrectionAsked { .. })) else {
        return Vec::new();
    };
    let is_to_mend = |kind: &String| {
        case.defects.iter().any(|defect| matches!(&defect.about, DefectAbout::Evidence(about) if about == kind))
    };
    let was_there = |piece: &&Evidence| asked.evidence.iter().any(|other| other.id == piece.id);
    case.evidence.iter().filter(was_there).filter(|piece| is_to_mend(&piece.kind)).collect()
}

/// What of a case is otherwise than it was.
fn changes(before: &Case, now: &Case) -> Vec<DefectAbout> {
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
