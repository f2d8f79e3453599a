//! Refusing what is to be supported by the rules: the official names what is not met, and what was found.

use duixian_assess::reference::{Audience, Truth};
use duixian_casework::case::Standing;
use duixian_casework::command::Action;
use duixian_rules::vocabulary::Lang;

use crate::casefile::CaseFile;
use crate::casefile::facts::FactLine;
use crate::casefile::grounds::Grounds;
use crate::casefile::why::Why;
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;
use crate::problem::Problem;

use super::panels::field;

/// Something that may not be met.
pub struct Ground {
    /// What the form sends for it.
    value: String,
    /// What the official reads.
    pub text: Text,
    /// What stands there now, beside a fact.
    now: Text,
    /// What the letter says, with its clause where that is known.
    words: String,
    /// Whether it is on record that it is not met: by the rules, or because it was looked into and found not to hold.
    pub is_unmet: bool,
}

/// The value of what is none of the conditions, facts and documents.
const OTHER: &str = "other";

/// What the letter says of that, before its clause.
const OTHER_WORDS: &str = "其他要求";

impl Ground {
    /// Whether it is none of the conditions, facts and documents; only its words tell whether it is met.
    pub fn is_other(&self) -> bool {
        self.value == OTHER
    }

    /// What the letter says; what is none of the conditions, facts and documents has the clause that was typed.
    pub fn words(&self, clause: &str) -> String {
        if self.is_other() { format!("{}（{clause}）", self.words) } else { self.words.clone() }
    }

    /// Whether it may be named for a case that nobody looks at alone.
    pub fn may_be_named(&self) -> bool {
        self.is_unmet || self.is_other()
    }

    /// What tells it from others where several cases are declined: the same condition of two cases is one.
    pub fn key(&self) -> &str {
        if self.is_other() { OTHER } else { &self.words }
    }
}

/// Whether an action would refuse what the rules say is to be supported.
pub fn is_against_the_rules(file: &CaseFile, action: Action) -> bool {
    let standing = file.case.assessed.as_ref().map(|assessed| assessed.standing);
    matches!(action, Action::NotAccept | Action::Decline)
        && matches!(standing, Some(Standing::Entitled | Standing::Conditional))
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
    Text::new(
        format!("按规则应当支持；仍{}的，请写明不符合哪一条款、查明了什么事实。", what.0),
        format!(
            "By the rules it is to be supported. If it is {} all the same, name the clause that is not met, and what was found.",
            what.1
        ),
    )
}

/// All that may be named. Nothing where an action does not go against the rules.
pub fn grounds(file: &CaseFile, action: Action) -> Result<Vec<Ground>, Problem> {
    if is_against_the_rules(file, action) { all(file) } else { Ok(Vec::new()) }
}

/// The conditions as they are asked of anyone, the limits that turn it away, the facts, the documents, and what is none of
/// them.
pub fn all(file: &CaseFile) -> Result<Vec<Ground>, Problem> {
    let why = Why::of(file, Lang::Zh, Audience::Official)?;
    let english = Why::of(file, Lang::En, Audience::Official)?;
    let clause = file.clause();
    let mut all = Vec::new();
    if let (Some(zh), Some(en)) = (&why, &english) {
        for (place, (zh, en)) in zh.conditions.iter().zip(&en.conditions).enumerate() {
            all.push(Ground {
                value: format!("condition-{place}"),
                text: Text::new(
                    format!("条件：{}（{}）", zh.asked, zh.clause),
                    format!("Condition: {} ({})", en.asked, en.clause),
                ),
                now: Text::default(),
                words: format!("{}（{}）", zh.asked, zh.clause),
                is_unmet: zh.truth == Truth::False,
            });
        }
        let limits = zh.limits.iter().zip(&en.limits).filter(|(zh, _)| !zh.passed);
        for (place, (zh, en)) in limits.enumerate() {
            all.push(Ground {
                value: format!("limit-{place}"),
                text: Text::new(
                    format!("限额：{}（{}）", zh.asked, zh.clause),
                    format!("Limit: {} ({})", en.asked, en.clause),
                ),
                now: Text::default(),
                words: format!("{}（{}）", zh.asked, zh.clause),
                is_unmet: true,
            });
        }
    }
    for (place, fact) in FactLine::all(file, why.as_ref()).into_iter().enumerate() {
        let whence = if file.case.statements.contains_key(&fact.cell) { "填报的" } else { "登记的" };
        let finding = file.case.statements.get(&fact.cell).and_then(|statement| statement.finding.as_ref());
        all.push(Ground {
            value: format!("fact-{place}"),
            text: Text::new(format!("事实：{}", fact.name.zh), format!("Fact: {}", fact.name.en)),
            now: Text::new(format!("（现为 {}）", fact.value.zh), format!(" (now {})", fact.value.en)),
            // Read alone by the applicant: it must say what is wrong with the fact.
            words: format!("{}“{}”经查不属实，或者没有得到证明（{clause}）", whence, fact.name.zh),
            is_unmet: finding.is_some_and(|finding| !finding.holds),
        });
    }
    let mut kinds: Vec<&String> = Vec::new();
    let required = file.scene.procedure.required_evidence.iter();
    for kind in required.chain(file.case.evidence.iter().map(|piece| &piece.kind)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    for (place, kind) in kinds.into_iter().enumerate() {
        let pieces = || file.case.evidence.iter().filter(|piece| piece.kind == *kind);
        all.push(Ground {
            value: format!("evidence-{place}"),
            text: Text::new(format!("佐证：{kind}"), format!("Evidence: {kind}")),
            now: Text::default(),
            words: format!("佐证“{kind}”（{clause}）"),
            is_unmet: pieces().any(|piece| piece.finding.as_ref().is_some_and(|finding| !finding.holds)),
        });
    }
    all.push(Ground {
        value: OTHER.to_owned(),
        text: ("其他（请写明条款）", "Something else (name the clause)").into(),
        now: Text::default(),
        words: OTHER_WORDS.to_owned(),
        is_unmet: false,
    });
    Ok(all)
}

/// The form: what is not met, and what was found. What was found not to hold is ticked already.
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
    let unmet = grounds.iter().filter(|ground| ground.is_unmet);
    unmet.fold(Form::new(lang, fields), |form, ground| form.and(&name("unmet"), ground.value.clone()))
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
    if form.texts(unmet).contains(&OTHER) && form.text(clause).is_empty() {
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
