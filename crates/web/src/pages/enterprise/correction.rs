//! What an official wants mended: where that is done, and how it was answered since it was asked.

use duixian_casework::case::{Case, Defect, DefectAbout, Evidence};
use duixian_casework::event::What;
use duixian_casework::stage::Stage;
use duixian_store::cases::JournalEntry;

use super::draft::Draft;
use crate::casefile::corrected::{Answer, Changes, in_words};
use crate::casefile::file::as_of;
use crate::locale::Text;

/// One thing to mend.
pub struct Mend {
    /// What it is about, and what is wrong, in the official's words.
    pub text: Text,
    /// Where it is mended.
    pub href: String,
    /// What was done about it.
    pub answer: Answer,
}

/// All that is to be mended in a case that was sent back; nothing of any other case.
pub fn mends(draft: &Draft, history: &[JournalEntry]) -> Vec<Mend> {
    let case = &draft.case;
    if case.stage != Stage::Correction {
        return Vec::new();
    }
    let asked = as_of(case.id, history, |what| matches!(what, What::CorrectionAsked { .. }));
    let changes = asked.map(|asked| Changes::between(&asked, case)).unwrap_or_default();
    let plan = &draft.scene.pack.plan;
    let mend = |defect: &Defect| {
        let (step, anchor) = draft.place_of(&defect.about);
        Mend {
            text: in_words(plan, &defect.about, &defect.text),
            href: format!("{}?from=check#{anchor}", draft.href(step)),
            answer: changes.answer(&plan.vocabulary, defect, &case.defects),
        }
    };
    case.defects.iter().map(mend).collect()
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
