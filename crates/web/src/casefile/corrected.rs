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
    /// What had been asked for, with how it was answered.
    pub asked: Vec<Asked>,
    /// The pieces of evidence that are new since.
    pub new: Vec<u32>,
}

/// One thing that had been asked for.
pub struct Asked {
    /// What it is about, and what was wrong, in the official's words.
    pub text: Text,
    /// What was done about it.
    pub answer: Answer,
    /// What the applicant says to it; empty where nothing.
    pub said: String,
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
        let changes = Changes::between(&asked, &now);
        let vocabulary = &file.scene.pack.plan.vocabulary;
        let answers = match &back.event.what {
            What::Corrected { answers, .. } => answers.as_slice(),
            _ => &[],
        };
        let told = |(place, defect): (usize, &Defect)| Asked {
            text: in_words(vocabulary, &defect.about, &defect.text),
            answer: changes.answer(defect, &asked.defects),
            said: answers.get(place).cloned().unwrap_or_default(),
        };
        Some(Corrected { at: back.at, asked: asked.defects.iter().enumerate().map(told).collect(), new: changes.new })
    }
}

/// How something that was to be mended was answered. Nobody can tell whether that is enough; but what was not touched is not
/// mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Something was changed there.
    Changed,
    /// The fact stays as it was stated, and this many pieces of evidence are new: the statement may have been right.
    Shown(usize),
    /// Nothing.
    Untouched,
}

impl Answer {
    /// Whether nothing was done about it.
    pub fn is_untouched(self) -> bool {
        self == Answer::Untouched
    }

    /// The look of its tag.
    pub fn class(self) -> &'static str {
        match self {
            Answer::Changed => "good",
            Answer::Shown(_) => "active",
            Answer::Untouched => "hold",
        }
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Answer::Changed => ("已改", "changed").into(),
            Answer::Shown(pieces) => Text::new(
                format!("所填的没有改，补了 {pieces} 份材料"),
                format!("not changed; {pieces} more {} handed in", if pieces == 1 { "document" } else { "documents" }),
            ),
            Answer::Untouched => ("未改", "not changed").into(),
        }
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
#[derive(Default)]
pub struct Changes {
    /// Where.
    places: Vec<DefectAbout>,
    /// The pieces of evidence that were not there.
    new: Vec<u32>,
}

impl Changes {
    /// From a case as it was to what it is.
    pub fn between(before: &Case, now: &Case) -> Changes {
        let mut places = Vec::new();
        for cell in before.statements.keys().chain(now.statements.keys()) {
            let said = |case: &Case| {
                case.statements.get(cell).map(|statement| (statement.value.clone(), statement.dispute.clone()))
            };
            if said(before) != said(now) {
                places.push(DefectAbout::Fact(cell.clone()));
            }
        }
        for piece in before.evidence.iter().chain(&now.evidence) {
            let of_kind = |case: &Case| -> Vec<u32> {
                case.evidence.iter().filter(|other| other.kind == piece.kind).map(|other| other.id).collect()
            };
            if of_kind(before) != of_kind(now) {
                places.push(DefectAbout::Evidence(piece.kind.clone()));
            }
        }
        if before.account != now.account {
            places.push(DefectAbout::Account);
        }
        let was_there = |id: u32| before.evidence.iter().any(|piece| piece.id == id);
        let new = now.evidence.iter().map(|piece| piece.id).filter(|id| !was_there(*id)).collect();
        Changes { places, new }
    }

    /// How a defect among these was answered.
    pub fn answer(&self, defect: &Defect, defects: &[Defect]) -> Answer {
        let is_named = |change: &DefectAbout| defects.iter().any(|defect| defect.about == *change);
        let is_changed = match &defect.about {
            // It may be mended anywhere but where something else was to be.
            DefectAbout::Other => self.places.iter().any(|change| !is_named(change)),
            about => self.places.contains(about),
        };
        match (is_changed, &defect.about) {
            (true, _) => Answer::Changed,
            // What was doubted of a fact may be shown instead of changed.
            (false, DefectAbout::Fact(_)) if !self.new.is_empty() => Answer::Shown(self.new.len()),
            (false, _) => Answer::Untouched,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use duixian_casework::case::CellRef;

    #[test]
    fn a_new_document_answers_a_doubt_about_a_fact_and_no_other() {
        let cell = CellRef { table: "results".to_owned(), row: "R0".to_owned(), column: "finished_on".to_owned() };
        let defect = |about| Defect { about, text: "与证书不符".to_owned() };
        let defects = [
            defect(DefectAbout::Fact(cell.clone())),
            defect(DefectAbout::Evidence("证书".to_owned())),
            defect(DefectAbout::Account),
        ];
        let changes = |places: Vec<DefectAbout>, new: Vec<u32>| Changes { places, new };
        let answers = |changes: Changes| defects.each_ref().map(|defect| changes.answer(defect, &defects));
        let untouched = Answer::Untouched;
        assert_eq!(answers(changes(Vec::new(), Vec::new())), [untouched; 3]);
        let report = DefectAbout::Evidence("检测报告".to_owned());
        assert_eq!(answers(changes(vec![report], vec![7])), [Answer::Shown(1), untouched, untouched]);
        let changed = changes(vec![DefectAbout::Fact(cell)], vec![7, 8]);
        assert_eq!(answers(changed), [Answer::Changed, untouched, untouched]);
        assert_eq!(Answer::Shown(1).text().zh, "所填的没有改，补了 1 份材料");
        assert_eq!(Answer::Shown(2).text().en, "not changed; 2 more documents handed in");
    }
}
