//! Sending an application back: everything that is wrong, told at once, each tied to what it is about.

use duixian_casework::case::{CellRef, Defect, DefectAbout};

use crate::casefile::CaseFile;
use crate::casefile::facts::FactLine;
use crate::casefile::payee;
use crate::casefile::why::cell_name;
use crate::forms::{Field, Form};
use crate::locale::{Lang, Text};

/// Something that may be wrong, with the field in which to say what.
pub struct Item {
    /// The field's name.
    pub field: String,
    /// What it is about.
    pub about: DefectAbout,
    /// What that is called.
    pub name: Text,
    /// What stands there now.
    pub now: Text,
    /// What is known to be wrong with it, as the notice would say it; empty where nothing is.
    pub offered: String,
}

/// Lines for what fits nowhere else.
const OTHERS: usize = 2;
/// The longest text of a defect, in characters.
const LONGEST: usize = 300;

/// Everything an official may ask to be mended: the facts, the evidence, the account, and more.
pub fn items(file: &CaseFile, facts: &[FactLine]) -> Vec<Item> {
    let mut items = Vec::new();
    for fact in facts {
        items.push(item(items.len(), DefectAbout::Fact(fact.cell.clone()), fact.name.clone(), fact.value.clone()));
    }
    let procedure = &file.scene.procedure;
    let mut kinds: Vec<&String> = procedure.required_evidence.iter().chain(&procedure.optional_evidence).collect();
    kinds.extend(file.case.evidence.iter().map(|piece| &piece.kind));
    let mut seen: Vec<&String> = Vec::new();
    for kind in kinds {
        if seen.contains(&kind) {
            continue;
        }
        seen.push(kind);
        let count = file.case.evidence.iter().filter(|piece| piece.kind == *kind).count();
        let now = match count {
            0 => ("没有提交", "not handed in").into(),
            count => Text::new(format!("已交{count}份"), format!("{count} handed in")),
        };
        items.push(item(items.len(), DefectAbout::Evidence(kind.clone()), file.evidence_name(kind), now));
    }
    let account = file.case.account.as_ref();
    let now = account.map_or_else(Text::default, |account| Text::same(format!("{}，{}", account.holder, account.bank)));
    let of_account = item(items.len(), DefectAbout::Account, ("收款账户", "Bank account").into(), now);
    let strange = account.filter(|account| payee::is_other(&account.holder, &file.party, &file.case.subject.party));
    let offered = strange.map_or_else(String::new, |account| payee::defect(&account.holder, &file.party));
    items.push(Item { offered, ..of_account });
    for _ in 0..OTHERS {
        items.push(item(items.len(), DefectAbout::Other, ("其他", "Something else").into(), Text::default()));
    }
    items
}

fn item(place: usize, about: DefectAbout, name: Text, now: Text) -> Item {
    Item { field: format!("ask_correction-{place}"), about, name, now, offered: String::new() }
}

/// The form: one line for each.
pub fn form(items: &[Item], lang: Lang) -> Form {
    let field = |item: &Item| Field::text(&item.field, item.name.clone()).optional().max_chars(LONGEST);
    Form::new(lang, items.iter().map(field).collect())
}

/// The form before anyone has typed: what is known to be wrong stands there, to be taken out by who knows better.
pub fn offered(items: &[Item], lang: Lang) -> Form {
    let known = items.iter().filter(|item| !item.offered.is_empty());
    known.fold(form(items, lang), |form, item| {
        let text: String = item.offered.chars().take(LONGEST).collect();
        form.with(&item.field, text)
    })
}

/// What was written, as defects.
pub fn defects(items: &[Item], form: &Form) -> Vec<Defect> {
    let written = items.iter().filter(|item| !form.text(&item.field).is_empty());
    written.map(|item| Defect { about: item.about.clone(), text: form.text(&item.field).to_owned() }).collect()
}

/// What a defect is about, in words.
pub fn about(file: &CaseFile, about: &DefectAbout) -> Text {
    match about {
        DefectAbout::Fact(cell) => fact(file, cell),
        DefectAbout::Evidence(kind) => {
            Text::new(format!("佐证“{kind}”"), format!("evidence “{}”", file.evidence_name(kind).en))
        }
        DefectAbout::Account => ("收款账户", "bank account").into(),
        DefectAbout::Other => ("其他", "other").into(),
    }
}

fn fact(file: &CaseFile, cell: &CellRef) -> Text {
    cell_name(file, cell)
}
