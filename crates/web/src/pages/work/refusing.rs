//! Refusing what is to be supported by the rules: the official names what is not met, and what was found.

use duixian_casework::case::Standing;
use duixian_casework::command::Action;
use duixian_rules::vocabulary::Lang;

use crate::casefile::CaseFile;
use crate::casefile::grounds::{Ground, Grounds, OTHER, all};
use crate::casefile::queue::plain;
use crate::format;
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;
use crate::problem::Problem;

use super::panels::field;

/// Whether an action would refuse what the rules say is to be supported.
pub fn is_against_the_rules(file: &CaseFile, action: Action) -> bool {
    let standing = file.assessed().map(|assessed| assessed.standing);
    matches!(action, Action::NotAccept | Action::Decline)
        && matches!(standing, Some(Standing::Entitled | Standing::Conditional))
}

/// What the rules say of a case that is to be refused against them, in the words of the case's own page; no sentence yet.
pub fn by_the_rules(file: &CaseFile) -> Text {
    match file.assessed().map(|assessed| assessed.standing) {
        Some(Standing::Conditional) => {
            ("按规则可以支持，金额待定", "by the rules it is entitled; the amount is decided").into()
        }
        _ => ("按规则应当支持", "by the rules it is to be supported").into(),
    }
}

/// What stands above such a form.
pub fn warning(file: &CaseFile, action: Action) -> Text {
    if !is_against_the_rules(file, action) {
        return Text::default();
    }
    let what = match action {
        Action::NotAccept => ("不予受理", "not accepted"),
        _ => ("不予支持", "declined"),
    };
    let rules = by_the_rules(file);
    Text::new(
        format!("{}；仍{}的，请写明不符合哪一条款、查明了什么事实。", rules.zh, what.0),
        format!(
            "{}. If it is {} all the same, name the clause that is not met, and what was found.",
            format::capital(&rules.en),
            what.1
        ),
    )
}

/// All that may be named. Nothing where an action does not go against the rules.
pub fn grounds(file: &CaseFile, action: Action) -> Result<Vec<Ground>, Problem> {
    if is_against_the_rules(file, action) { all(file) } else { Ok(Vec::new()) }
}

/// The form: what is not met, and what was found. Nothing is ticked beforehand: what a refusal rests on is for who decides to
/// name.
pub fn form(grounds: &[Ground], action: Action, lang: Lang) -> Form {
    let name = |name: &str| field(action, None, name);
    let is_all_met = grounds.iter().all(|ground| !ground.is_unmet);
    let choices = grounds.iter().map(|ground| {
        let Ground { text, now, .. } = ground;
        let text = Text::new(format!("{}{}", text.zh, now.zh), format!("{}{}", text.en, now.en));
        let choice = Choice::new(ground.value.clone(), text);
        if ground.is_other() && is_all_met { choice.hint(ALL_MET) } else { choice }
    });
    let fields = vec![
        Field::checkboxes(name("unmet"), ("不符合哪一条", "What is not met"), choices.collect()).hint((
            "可以选几项，写进文书：“不符合：…（条款）”。",
            "Several may be ticked; the letter names them with their clauses.",
        )),
        clause_field(name("clause")),
        Field::text_area(name("reason"), ("查明了什么事实", "What was found"))
            .hint((
                "写明事实和来源。企业会原样看到这段话。",
                "The facts and where they come from. The applicant reads this as it is.",
            ))
            .max_chars(500),
    ];
    Form::new(lang, fields)
}

/// That what was found to hold is named as the ground of a refusal.
pub fn contradicted(grounds: &[Ground], chosen: &[&str]) -> Vec<Text> {
    let named = grounds.iter().filter(|ground| ground.is_true && chosen.contains(&ground.value.as_str()));
    let warning = |ground: &Ground| {
        Text::new(
            format!("“{}”经核实为属实，却选作不符合的理由：请在“查明了什么事实”里写明为什么仍不符合。", ground.text.zh),
            format!(
                "“{}” was found to hold, and is named as not met: say under what was found why it is not.",
                ground.text.en
            ),
        )
    };
    named.map(warning).collect()
}

/// Beside “something else”, where nothing is on record as not met.
pub const ALL_MET: (&str, &str) = (
    "各项条件按规则都符合，本应支持；仍不支持的，请写明依据的条款和查明的事实。",
    "Every condition is met by the rule, so that it is to be supported: say by which clause it is not, and what was found.",
);

/// The clause of what is none of the conditions, facts and documents.
pub fn clause_field(name: String) -> Field {
    Field::text(name, ("“其他”依据的条款", "The clause of “something else”"))
        .hint(("选了“其他”的必填，写进文书。", "Required with “something else”; the letter names it."))
        .max_chars(100)
        .optional()
}

/// Asks for the clause where “something else” was ticked without one.
pub fn check_clause(form: &mut Form, unmet: &str, clause: &str) {
    if form.texts(unmet).contains(&OTHER) && plain(form.text(clause)).is_empty() {
        form.error(clause, ("选了“其他”，请写明依据哪一条款。", "Name the clause of “something else”."));
    }
}

/// The reason as it is put on record: with what was chosen before what was written, where there was something to choose.
pub fn reason(grounds: &[Ground], action: Action, form: &Form) -> String {
    let written = form.text(&field(action, None, "reason"));
    if grounds.is_empty() {
        return written.to_owned();
    }
    let (chosen, clause) = (form.texts(&field(action, None, "unmet")), form.text(&field(action, None, "clause")));
    let is_chosen = |ground: &&Ground| chosen.contains(&ground.value.as_str());
    let unmet: Vec<String> = grounds.iter().filter(is_chosen).map(|ground| ground.words(clause)).collect();
    Grounds::of(&unmet, written).reason()
}
