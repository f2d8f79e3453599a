//! What an applicant says that the registry has wrong: each with what became of it, as letters and pages tell it, whether or not it has
//! decided anything.

use duixian_casework::case::{Finding, Statement};
use duixian_rules::vocabulary::Lang;

use super::CaseFile;
use super::facts::FactLine;
use super::queue::plain;
use crate::format;
use crate::locale::Text;

/// One value of the registry that the applicant calls wrong.
#[derive(Clone, Debug)]
pub struct Disputed {
    /// What it is called.
    pub name: Text,
    /// What the registry has, and from where; what was stated instead, and why.
    pub claim: Text,
    /// What became of it, with the note of whoever has looked into it.
    pub outcome: Text,
}

impl Disputed {
    /// All of a case, in the order of its statements.
    pub fn all(file: &CaseFile) -> Vec<Disputed> {
        let of = |fact: FactLine| {
            let statement = file.case.statements.get(&fact.cell)?;
            let grounds = statement.dispute.as_deref()?;
            let finding = statement.finding.as_ref().filter(|finding| file.case.is_current(finding));
            let outcome = outcome(finding);
            Some(Disputed { claim: claim(&fact, grounds), name: fact.name, outcome })
        };
        FactLine::all(file, None).into_iter().filter_map(of).collect()
    }

    /// As a sentence of a letter.
    pub fn sentence(&self) -> Text {
        let (zh, en) = (&self.outcome.zh, &self.outcome.en);
        Text::new(
            format!("{}：{}。处理：{zh}。", self.name.zh, self.claim.zh),
            format!("{}: {}. {}.", self.name.en, self.claim.en, format::capital(en)),
        )
    }
}

/// What a case disputes that nobody has looked into, as a refusal names it.
pub fn open_names(file: &CaseFile) -> Text {
    let is_open = |statement: &Statement| {
        let finding = statement.finding.as_ref();
        statement.dispute.is_some() && !finding.is_some_and(|finding| file.case.is_current(finding))
    };
    let facts = FactLine::all(file, None).into_iter();
    let open: Vec<Text> =
        facts.filter(|fact| file.case.statements.get(&fact.cell).is_some_and(is_open)).map(|fact| fact.name).collect();
    let joined = |lang, between: &str| open.iter().map(|name| name.get(lang)).collect::<Vec<_>>().join(between);
    Text::new(joined(Lang::Zh, "、"), joined(Lang::En, ", "))
}

fn claim(fact: &FactLine, grounds: &str) -> Text {
    let stated = fact.stated.as_ref().map(|stated| stated.value.clone()).unwrap_or_default();
    let (zh, en) = match &fact.registry {
        Some(registry) => (format!("登记为{}", registry.zh), format!("the registry has {}", registry.en)),
        None => ("登记里没有".to_owned(), "the registry has nothing".to_owned()),
    };
    let grounds = plain(grounds);
    Text::new(
        format!("{zh}，申请单位称应为{}，理由：{grounds}", stated.zh),
        format!("{en}; the applicant says {}, because: {grounds}", stated.en),
    )
}

fn outcome(finding: Option<&Finding>) -> Text {
    let Some(finding) = finding else {
        return ("没有核实，以登记为准", "not looked into; the registry stands").into();
    };
    let (zh, en) = match finding.holds {
        true => ("认可，按所报的计", "recognised; what was stated counts"),
        false => ("不认可，以登记为准", "not recognised; the registry stands"),
    };
    let (day_zh, day_en) = (format::date(Lang::Zh, finding.at.day()), format::date(Lang::En, finding.at.day()));
    let note = plain(&finding.note);
    let noted = |between: &str| if note.is_empty() { String::new() } else { format!("{between}{note}") };
    Text::new(format!("{day_zh}核实，{zh}{}", noted("：")), format!("looked into on {day_en}: {en}{}", noted(" — ")))
}
