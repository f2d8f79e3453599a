//! A correction that came back: what was asked, and what was changed since.

use duixian_casework::case::{Case, CellRef, Defect, DefectAbout, Evidence};
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::stage::Stage;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::Vocabulary;

use super::cells;
use super::file::{CaseFile, as_of};
use super::said;
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
        let plan = &file.scene.pack.plan;
        let answers = match &back.event.what {
            What::Corrected { answers, .. } => answers.as_slice(),
            _ => &[],
        };
        let told = |(place, defect): (usize, &Defect)| Asked {
            text: in_words(plan, &defect.about, &defect.text),
            answer: changes.answer(&plan.vocabulary, defect, &asked.defects),
            said: answers.get(place).cloned().unwrap_or_default(),
        };
        let new = changes.new.iter().map(|piece| piece.id).collect();
        Some(Corrected { at: back.at, asked: asked.defects.iter().enumerate().map(told).collect(), new })
    }
}

/// How something that was to be mended was answered. Nobody can tell whether that is enough; but what was not touched is not
/// mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Something was changed there.
    Changed,
    /// The fact stays as it was stated, and this many new pieces of evidence are for it: the statement may have been right.
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
pub fn in_words(plan: &Plan, about: &DefectAbout, words: &str) -> Text {
    let about: Text = match about {
        DefectAbout::Fact(cell) => fact_name(&plan.vocabulary, cell),
        DefectAbout::Evidence(kind) => {
            let name = said::evidence(&plan.english, kind);
            Text::new(format!("佐证“{}”", name.zh), format!("Evidence “{}”", name.en))
        }
        DefectAbout::Account => ("收款账户", "Bank account").into(),
        DefectAbout::Other => return Text::same(words.to_owned()),
    };
    Text::new(format!("{}：{words}", about.zh), format!("{}: {words}", about.en))
}

fn fact_name(vocabulary: &Vocabulary, cell: &CellRef) -> Text {
    let table = vocabulary.table(&cell.table).map(|table| &vocabulary.tables[table]);
    let column = table.and_then(|table| table.columns.get(table.column(&cell.column)?));
    column.map_or_else(|| Text::same(cell.column.clone()), |column| cells::name(&column.name))
}

/// What of a case is otherwise than it was.
#[derive(Default)]
pub struct Changes {
    /// Where.
    places: Vec<DefectAbout>,
    /// The pieces of evidence that were not there.
    new: Vec<Evidence>,
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
        let new = now.evidence.iter().filter(|piece| !was_there(piece.id)).cloned().collect();
        Changes { places, new }
    }

    /// How a defect among these was answered.
    pub fn answer(&self, vocabulary: &Vocabulary, defect: &Defect, defects: &[Defect]) -> Answer {
        let is_shown_by = |piece: &&Evidence| shows(vocabulary, piece, defect, defects);
        let is_changed = match &defect.about {
            // It may be mended anywhere but where something else was to be, or is shown.
            DefectAbout::Other => self.places.iter().any(|change| !self.is_of_another(vocabulary, change, defects)),
            about => self.places.contains(about),
        };
        match (is_changed, self.new.iter().filter(is_shown_by).count()) {
            (true, _) => Answer::Changed,
            (false, 0) => Answer::Untouched,
            // What was doubted of a fact may be shown instead of changed.
            (false, pieces) => Answer::Shown(pieces),
        }
    }

    /// Whether a change has a defect of its own, or is of evidence that shows a fact.
    fn is_of_another(&self, vocabulary: &Vocabulary, change: &DefectAbout, defects: &[Defect]) -> bool {
        let is_shown = |piece: &Evidence| defects.iter().any(|defect| shows(vocabulary, piece, defect, defects));
        let is_proof = |kind: &String| self.new.iter().any(|piece| piece.kind == *kind && is_shown(piece));
        let is_of_proof = matches!(change, DefectAbout::Evidence(kind) if is_proof(kind));
        is_of_proof || defects.iter().any(|defect| defect.about == *change)
    }
}

/// Whether a new piece of evidence is for a fact that was doubted: its name or its file's names the fact in Chinese, or the official
/// has asked for it there and nowhere else. One of a type that is itself to be mended is for that alone. Of any other nobody can
/// tell what it is for, and it answers no doubt.
fn shows(vocabulary: &Vocabulary, piece: &Evidence, defect: &Defect, defects: &[Defect]) -> bool {
    let DefectAbout::Fact(cell) = &defect.about else { return false };
    if defects.iter().any(|other| matches!(&other.about, DefectAbout::Evidence(kind) if *kind == piece.kind)) {
        return false;
    }
    let fact = fact_name(vocabulary, cell);
    let file = piece.file.as_ref().map_or("", |file| &file.name);
    let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    // What the rules do not name has a name of its own after that of its type.
    let name = piece.kind.rsplit('：').next().unwrap_or_default();
    let asks_for_it = |defect: &Defect| !name.is_empty() && defect.text.contains(name);
    let is_asked_for = asks_for_it(defect) && defects.iter().filter(|defect| asks_for_it(defect)).count() == 1;
    names(name, &fact.zh) || names(file, &fact.zh) || is_asked_for
}

/// Whether what a document is called names a fact. Of two characters a fact has a name that many documents hold by chance, as `年度`
/// stands in `2019年度审计报告`: such a document is called so and nothing else, or says that it proves it.
fn names(document: &str, fact: &str) -> bool {
    if fact.chars().count() > LONGEST_COMMON {
        return document.contains(fact);
    }
    let rest = document.trim().strip_prefix(fact).map(str::trim);
    rest.is_some_and(|rest| rest.is_empty() || PROVES.iter().any(|word| rest.starts_with(word)))
}

/// The most characters of a name that says little by itself.
const LONGEST_COMMON: usize = 2;

/// What a document is called after the fact that it is to prove.
const PROVES: [&str; 6] = ["证明", "说明", "证书", "凭证", "材料", "截图"];

#[cfg(test)]
mod tests {
    use duixian_casework::case::FileRef;
    use duixian_casework::people::UserId;
    use duixian_rules::vocabulary::{Column, ColumnType, Empty, Name, Table, TableKind};

    use super::*;

    fn piece(id: u32, kind: &str, file: &str) -> Evidence {
        let (name, none) = (file.to_owned(), String::new);
        let file = FileRef { sha256: none(), name, media_type: none(), size: 1 };
        Evidence {
            id,
            kind: kind.to_owned(),
            number: none(),
            issuer: none(),
            issued_on: None,
            file: Some(file),
            by: UserId(1),
            at: Moment(0),
            finding: None,
        }
    }

    /// Facts whose names are read in what is handed in.
    fn vocabulary() -> Vocabulary {
        let name = |zh: &str, en: &str| Name::new(zh, en);
        let column = |zh, en| Column { name: name(zh, en), ty: ColumnType::Text, empty: Empty::Unknown };
        let columns =
            vec![column("行业", "industry"), column("销售额", "sales"), column("年度", "year"), column("编号", "id")];
        let table = Table { name: name("单位", "parties"), kind: TableKind::Party, columns, key: vec![0] };
        Vocabulary { tables: vec![table], ..Vocabulary::default() }
    }

    fn fact(column: &str) -> DefectAbout {
        DefectAbout::Fact(CellRef { table: "parties".to_owned(), row: String::new(), column: column.to_owned() })
    }

    fn defect(about: DefectAbout, text: &str) -> Defect {
        Defect { about, text: text.to_owned() }
    }

    fn of_kind(kind: &str) -> DefectAbout {
        DefectAbout::Evidence(kind.to_owned())
    }

    /// What became of each when these places were changed and these pieces handed in.
    fn answers(defects: &[Defect], places: Vec<DefectAbout>, new: Vec<Evidence>) -> Vec<Answer> {
        let mut places = places;
        places.extend(new.iter().map(|piece| of_kind(&piece.kind)));
        let (changes, vocabulary) = (Changes { places, new }, vocabulary());
        defects.iter().map(|defect| changes.answer(&vocabulary, defect, defects)).collect()
    }

    #[test]
    fn a_file_answers_what_it_is_for_and_nothing_else() {
        let defects = [
            defect(fact("industry"), "与营业执照不符"),
            defect(fact("sales"), "与审计报告不符，请补审计报告"),
            defect(of_kind("贷款合同"), "看不清"),
            defect(of_kind("还款凭证"), "缺一张"),
            defect(DefectAbout::Account, "户名不对"),
        ];
        let answers = |places, new| answers(&defects, places, new);
        let (changed, none) = (Answer::Changed, Answer::Untouched);
        assert_eq!(answers(Vec::new(), Vec::new()), [none; 5]);
        assert_eq!(answers(Vec::new(), vec![piece(7, "贷款合同", "合同.pdf")]), [none, none, changed, none, none]);
        assert_eq!(answers(Vec::new(), vec![piece(7, "其他证明材料：检测报告", "a.pdf")]), [none; 5]);
        // Its name says what it is for, or the name of its file, or what the official has asked for.
        let shown = |pieces| Answer::Shown(pieces);
        let named = vec![piece(7, "其他证明材料：行业证明", "a.pdf"), piece(8, "其他证明材料：说明", "行业.pdf")];
        assert_eq!(answers(Vec::new(), named), [shown(2), none, none, none, none]);
        let asked = vec![piece(7, "其他证明材料：审计报告", "a.pdf")];
        assert_eq!(answers(Vec::new(), asked), [none, shown(1), none, none, none]);
        // A type that is to be mended is mended, and shows no fact.
        assert_eq!(answers(Vec::new(), vec![piece(7, "还款凭证", "销售额.pdf")])[1], none);
        let stated = answers(vec![fact("sales")], vec![piece(7, "其他证明材料：销售额", "a.pdf")]);
        assert_eq!(stated, [none, changed, none, none, none]);
    }

    #[test]
    fn a_name_that_many_documents_hold_shows_nothing_by_chance() {
        let defects = [defect(fact("year"), "请核对"), defect(fact("id"), "请核对")];
        let of = |kind: &str, file: &str| answers(&defects, Vec::new(), vec![piece(7, kind, file)]);
        let (shown, none) = (Answer::Shown(1), Answer::Untouched);
        for file in ["2019年度审计报告.pdf", "年度审计报告.pdf", "video.pdf", "id.pdf", "year.pdf", "新编号表.pdf"]
        {
            assert_eq!(of("其他证明材料：报告", file), [none; 2], "{file}");
        }
        assert_eq!(of("其他证明材料：报告", "年度说明（盖章）.pdf"), [shown, none]);
        assert_eq!(of("其他证明材料：编号证明", "a.pdf"), [none, shown]);
        assert_eq!(of("其他证明材料：编号", "a"), [none, shown]);
    }

    #[test]
    fn what_has_no_place_is_not_answered_by_what_is_for_something_else() {
        let defects = [defect(fact("industry"), "请说明"), defect(DefectAbout::Other, "补章程")];
        let shown = answers(&defects, Vec::new(), vec![piece(7, "其他证明材料：行业证明", "a.pdf")]);
        assert_eq!(shown, [Answer::Shown(1), Answer::Untouched]);
        let handed_in = answers(&defects, Vec::new(), vec![piece(7, "其他证明材料：章程", "a.pdf")]);
        assert_eq!(handed_in, [Answer::Untouched, Answer::Changed]);
    }

    #[test]
    fn what_several_ask_for_is_for_none_of_them() {
        let defects = [defect(fact("industry"), "请补证明"), defect(fact("sales"), "请补证明")];
        let answers = answers(&defects, Vec::new(), vec![piece(7, "其他证明材料：证明", "a.pdf")]);
        assert_eq!(answers, [Answer::Untouched; 2]);
        assert_eq!(Answer::Shown(1).text().zh, "所填的没有改，补了 1 份材料");
        assert_eq!(Answer::Shown(2).text().en, "not changed; 2 more documents handed in");
    }
}
