//! The actions of a case as a page shows them: a form for each that is open, a greyed button with the reason for the others.

use duixian_casework::case::{Objection, Recommendation};
use duixian_casework::command::{Action, Command};
use duixian_casework::handle::{actions, disputes_found, handle};
use duixian_casework::people::{Actor, Role};
use duixian_casework::permit::may_uphold;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;

use crate::casefile::CaseFile;
use crate::casefile::cells;
use crate::casefile::disputed;
use crate::casefile::file::span_text;
use crate::casefile::grounds::in_official_words;
use crate::casefile::industry;
use crate::format;
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;
use crate::once::Once;
use crate::problem::Problem;
use crate::ui;

use super::effects::effect;
use super::money::Purse;
use super::{deciding, refusing, untrue};

/// An action that is open.
pub struct Panel {
    /// Which.
    pub action: Action,
    /// What it is called.
    pub title: Text,
    /// What follows from it.
    pub effect: Text,
    /// What is to be thought of before.
    pub warnings: Vec<Text>,
    /// What it asks.
    pub form: Form,
    /// Whether it is shown open.
    pub open: bool,
    /// The number by which the store does it once.
    pub once: String,
    /// What the button is called.
    pub button: Text,
    /// Whether it ends badly for the applicant.
    pub is_grave: bool,
    /// The objection it answers.
    pub objection: Option<Objection>,
}

/// What a page shows of the actions of a case.
pub struct Panels {
    /// Those that are open.
    pub open: Vec<Panel>,
    /// Those that are not, each with the reason.
    pub closed: Vec<ui::Action>,
    /// Why statements cannot be verified now; empty where they can.
    pub statements: Text,
    /// The same of evidence.
    pub evidence: Text,
    /// Whether the viewer is one to whom that is said: a reviewer, of a case that is in review or about to be.
    pub explains: bool,
}

/// The actions that stand beside what they are about, not among the others.
const BESIDE: [Action; 3] = [Action::FindStatement, Action::ConfirmFacts, Action::FindEvidence];

/// The actions an official may be offered on a case.
pub fn is_officials(action: Action) -> bool {
    !matches!(
        action,
        Action::Save
            | Action::AddEvidence
            | Action::RemoveEvidence
            | Action::Submit
            | Action::Resubmit
            | Action::Withdraw
            | Action::CorrectAccount
    ) && Action::ON_PAGES.contains(&action)
}

/// A refusal in both languages.
pub fn words(refusal: &Refusal) -> Text {
    Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En))
}

/// All that stands in the way, in both languages; empty where nothing does.
pub fn all_words(refusals: &[Refusal]) -> Text {
    joined(&refusals.iter().map(words).collect::<Vec<Text>>())
}

/// A refusal of something that is asked of a case: facts by their names for people.
pub fn words_of(file: &CaseFile, refusal: &Refusal) -> Text {
    let words = words(refusal);
    match refusal {
        Refusal::DisputesOpen { .. } => {
            let open = disputed::open_names(file);
            Text::new(format!("{}（{}）", words.zh, open.zh), format!("{} ({})", words.en, open.en))
        }
        // The transition names a desk as the pack does; its English name stands beside that.
        Refusal::NeedsDesk(desk) => {
            let names = file.scene.pack.plan.desks.iter().map(|one| cells::name(&one.name));
            let en = names.into_iter().find(|name| name.zh == *desk).map(|name| name.en.to_string());
            let en = Refusal::NeedsDesk(en.unwrap_or_else(|| desk.clone())).text(Lang::En);
            Text::new(words.zh, en)
        }
        _ => words,
    }
}

/// Several reasons as one text.
pub fn joined(reasons: &[Text]) -> Text {
    let joined = |lang, between: &str| reasons.iter().map(|why| why.get(lang)).collect::<Vec<_>>().join(between);
    Text::new(joined(Lang::Zh, "；"), joined(Lang::En, "; "))
}

/// A number for a form.
pub fn once() -> Result<String, Problem> {
    Once::fresh().map(|once| once.to_string()).map_err(|error| Problem::internal(format!("no randomness: {error}")))
}

impl Panels {
    /// All actions of a case that concern an official.
    pub fn of(file: &CaseFile, actor: &Actor, purse: Option<&Purse>, lang: Lang) -> Result<Panels, Problem> {
        let all = file.scene.with_context(file.now, |context| actions(&file.case, actor, context));
        let not_here = || not_here(file.case.stage);
        let is_near = matches!(file.case.stage, Stage::Accepted | Stage::FormalReview | Stage::SubstantiveReview);
        let mut panels = Panels {
            open: Vec::new(),
            closed: Vec::new(),
            statements: not_here(),
            evidence: not_here(),
            explains: is_near && actor.has(Role::Reviewer),
        };
        for (action, mut refusals) in all.into_iter().filter(|(action, _)| is_officials(*action)) {
            if refusals.is_empty() {
                refusals.extend(unfundable(file, action, actor));
            }
            let why: Vec<Text> = refusals.iter().map(|refusal| words_of(file, refusal)).collect();
            let reason = Some(joined(&why)).filter(|words| !words.is_empty());
            match action {
                Action::FindStatement => panels.statements = reason.unwrap_or_default(),
                // Whoever may verify what was stated may confirm what was not.
                Action::ConfirmFacts => {}
                Action::FindEvidence => panels.evidence = reason.unwrap_or_default(),
                // It is asked only where there is another number.
                Action::Distinguish if reason.is_some() => {}
                _ if reason.is_some() => {
                    panels.closed.push(ui::Action::main(action.word(), label(action), "").unless(reason));
                }
                Action::AnswerObjection => {
                    for objection in file.case.open_objections() {
                        let form = answering(file, objection.id, actor, lang);
                        panels.open.push(Panel { form, ..panel(file, action, Some(objection), purse, lang)? });
                    }
                }
                _ => panels.open.push(panel(file, action, None, purse, lang)?),
            }
        }
        // Taking up again what one has is not offered; whoever has it goes on.
        if file.case.assignee.is_some() && file.case.assignee == actor.user() {
            panels.open.retain(|panel| panel.action != Action::TakeUp);
        }
        debug_assert!(panels.open.iter().all(|panel| !BESIDE.contains(&panel.action)));
        // Nobody is to find what ends a case, or takes back what was decided, opened for them.
        let takes_back =
            |panel: &Panel| panel.is_grave || matches!(panel.action, Action::ProposeRevocation | Action::ProposeEnding);
        if let Some(first) = panels.open.first_mut().filter(|panel| !takes_back(panel)) {
            first.open = true;
        }
        Ok(panels)
    }

    /// Gives an action that is open the form that it is offered with.
    pub fn offer(&mut self, action: Action, form: Form) {
        if let Some(panel) = self.open.iter_mut().find(|panel| panel.action == action) {
            panel.form = form;
        }
    }

    /// Offers an action no more that has nothing to act on.
    pub fn leave_out(&mut self, action: Action) {
        self.open.retain(|panel| panel.action != action);
    }

    /// Shows a form again as it was sent, with what is wrong in it; says whether its action is still open.
    pub fn show_again(&mut self, action: Action, objection: Option<u32>, form: &Form) -> bool {
        let is_it = |panel: &Panel| panel.action == action && panel.objection.as_ref().map(|one| one.id) == objection;
        let is_open = self.open.iter().any(is_it);
        for panel in self.open.iter_mut().filter(|_| is_open) {
            panel.open = is_it(panel);
            if panel.open {
                panel.form = form.clone();
            }
        }
        is_open
    }

    /// Whether the result of looking into a statement or a piece of evidence can be put on record now.
    pub fn may_verify(&self, action: Action) -> bool {
        match action {
            Action::FindStatement => self.statements.is_empty(),
            _ => self.evidence.is_empty(),
        }
    }
}

/// Why a waiting case can't be funded by itself, though the actor might: there is not enough money for it and for those before it.
fn unfundable(file: &CaseFile, action: Action, actor: &Actor) -> Option<Refusal> {
    let command = (action == Action::Fund).then_some(Command::Fund { shared: None })?;
    file.scene.with_context(file.now, |context| handle(&file.case, command, actor, context)).err()
}

/// What is to be thought of before an action.
fn warnings(file: &CaseFile, action: Action) -> Result<Vec<Text>, Problem> {
    let sentence = |text: Text, (zh, en): (&str, &str)| {
        Text::new(format!("{}。{zh}", text.zh), format!("{}.{en}", format::capital(&text.en)))
    };
    let then = match action {
        Action::Review => {
            ("仍建议支持的，请在意见里写明为什么。", " If you recommend support all the same, say why in the opinion.")
        }
        Action::Decide => {
            ("仍审定支持的，请在理由里写明为什么。", " If you support it all the same, say why in the reason.")
        }
        _ => {
            let warning = refusing::warning(file, action);
            return Ok(if warning.is_empty() { Vec::new() } else { vec![warning] });
        }
    };
    Ok(untrue::told(file)?.into_iter().map(|text| sentence(text, then)).collect())
}

/// Why nothing is verified at a stage.
fn not_here(stage: Stage) -> Text {
    match stage {
        Stage::Accepted => ("领办以后才能核实", "take the case up first").into(),
        _ => ("本件现在不在审核环节", "the case is not in review now").into(),
    }
}

fn label(action: Action) -> Text {
    Text::new(action.label(Lang::Zh), format::capital(action.label(Lang::En)))
}

/// The same of a case that stands there: what was declined was granted nothing that could be revoked.
fn label_at(stage: Stage, action: Action) -> Text {
    match (stage, action) {
        (Stage::Declined | Stage::PaymentEnded, Action::ProposeRevocation) => {
            ("提请撤销原决定", "Propose to revoke the decision").into()
        }
        (Stage::Declined | Stage::PaymentEnded, Action::ConfirmRevocation) => {
            ("确认撤销原决定", "Confirm the revocation").into()
        }
        (Stage::Declined | Stage::PaymentEnded, Action::DropRevocation) => {
            ("不撤销原决定", "Let the decision stand").into()
        }
        _ => label(action),
    }
}

/// The same of a case that someone else may have: to take that up is to take it over.
fn label_of(file: &CaseFile, action: Action) -> Text {
    match action {
        Action::TakeUp if file.case.assignee.is_some() => ("接手", "Take it over").into(),
        _ => label_at(file.case.stage, action),
    }
}

fn panel(
    file: &CaseFile,
    action: Action,
    objection: Option<&Objection>,
    purse: Option<&Purse>,
    lang: Lang,
) -> Result<Panel, Problem> {
    let title = match objection {
        Some(objection) if file.case.objections.len() > 1 => {
            Text::new(format!("答复异议 {}", objection.id), format!("Answer objection {}", objection.id))
        }
        _ => label_of(file, action),
    };
    Ok(Panel {
        action,
        title,
        effect: effect(file, action, purse),
        warnings: warnings(file, action)?,
        form: form(file, action, objection.map(|one| one.id), purse, lang)?,
        open: false,
        once: once()?,
        button: button(file, action),
        is_grave: matches!(
            action,
            Action::NotAccept | Action::Decline | Action::ConfirmRevocation | Action::EndPayment
        ),
        objection: objection.cloned(),
    })
}

/// The name of a field of an action: unlike those of the other forms on the page.
pub fn field(action: Action, objection: Option<u32>, name: &str) -> String {
    match objection {
        Some(id) => format!("{}-{id}-{name}", action.word()),
        None => format!("{}-{name}", action.word()),
    }
}

/// What an action asks.
pub fn form(
    file: &CaseFile,
    action: Action,
    objection: Option<u32>,
    purse: Option<&Purse>,
    lang: Lang,
) -> Result<Form, Problem> {
    let name = |name: &str| field(action, objection, name);
    let reason = |label: (&'static str, &'static str), hint: (&'static str, &'static str)| {
        Field::text_area(name("reason"), label).hint(hint).max_chars(500)
    };
    let to_party = ("企业会原样看到这段话。", "The applicant reads this as it is.");
    let inside = ("写给下一环节的同事，企业看不到。", "For colleagues; the applicant does not see it.");
    Ok(match action {
        Action::NotAccept | Action::Decline if refusing::is_against_the_rules(file, action) => {
            refusing::form(&refusing::grounds(file, action)?, action, lang)
        }
        Action::NotAccept => Form::new(lang, vec![reason(("不予受理的理由", "Why it is not accepted"), to_party)]),
        Action::Decline => {
            let form = Form::new(lang, vec![reason(("不予支持的理由", "Why it is declined"), to_party)]);
            match file.assessed() {
                Some(assessed) if file.span().is_none() => {
                    let told = in_official_words(&assessed.reason.0);
                    form.with(&name("reason"), industry::named(file.vocabulary(), &told))
                }
                _ => form,
            }
        }
        Action::ProposeRevocation => {
            let grounds = Field::text_area(name("reason"), ("撤销的理由", "Why it is revoked"))
                .hint((
                    "确认后企业会原样看到，并记入经过；写明错在哪里、依据什么。",
                    "Once confirmed the applicant reads it as it is: say what is wrong, and by what that is known.",
                ))
                .max_chars(500);
            // What nobody could read in public needs no explanation there.
            let remark = file.case.notice.is_some().then(|| {
                Field::text(name("remark"), ("公开说明（一句话）", "For the public, in one line"))
                    .hint((
                        "公示随即撤下，公示页面上写这一句；不要写个人信息。",
                        "The notice comes down, and its page says this: name no persons.",
                    ))
                    .max_chars(100)
            });
            Form::new(lang, [Some(grounds), remark].into_iter().flatten().collect())
        }
        Action::DropRevocation => Form::new(lang, vec![reason(("不撤销的理由", "Why the decision stands"), inside)]),
        Action::DropEnding => Form::new(lang, vec![reason(("不终止的理由", "Why it is not ended"), inside)]),
        Action::ProposeEnding => {
            let ended = "收款账户逾期没有更正，款项无法拨付。";
            let form = Form::new(lang, vec![reason(("终止拨付的理由", "Why the payment is ended"), to_party)]);
            form.with(&name("reason"), ended)
        }
        Action::SendBack => Form::new(lang, vec![reason(("退回的原因", "Why it goes back"), inside)]),
        Action::Hold => Form::new(lang, vec![reason(("暂缓的原因", "Why it is put on hold"), to_party)]),
        Action::Review => review(file, true, lang),
        Action::Decide => deciding::form(file, purse.map(|purse| &purse.fund), None, lang),
        Action::AnswerObjection => {
            answer_form(objection.unwrap_or_default(), Text::default(), Default::default(), lang)
        }
        _ => Form::new(lang, Vec::new()),
    })
}

/// The answer to an objection. To uphold it takes back what was decided: who may not decide reads whose that is.
pub fn answering(file: &CaseFile, objection: u32, actor: &Actor, lang: Lang) -> Form {
    let refusal = file.scene.with_context(file.now, |context| may_uphold(&file.case, actor, context)).err();
    let because = refusal.map_or_else(Text::default, |refusal| {
        let why = words(&refusal);
        Text::new(
            format!("撤销审定须由审定人员作出（{}）；认为成立的，请交审定人员答复", why.zh),
            format!("it takes back what was decided, and is for who decides ({}): leave the answer to them", why.en),
        )
    });
    let (case, others) = (&file.case, file.case.open_objections().filter(|one| one.id != objection).count());
    let back = match others {
        0 => (
            "审定撤销，退回审核，预留的资金释放。",
            "The decision is revoked: back to review; the money is free again.",
        ),
        _ => (
            "其余异议也答复后，审定撤销，退回审核，预留的资金释放。",
            "Once the others are answered, too, the decision is revoked: back to review; the money is free again.",
        ),
    };
    let on = match (others, case.upheld_objection().is_some()) {
        (0, false) => ("公示接着计时。", "The notice's clock goes on."),
        (_, false) => ("其余异议也答复后再看。", "What follows is seen when the others are answered, too."),
        (0, true) => ("另有异议成立：答复后退回审核。", "Another was upheld: with this answer it goes back to review."),
        (_, true) => (
            "另有异议成立：其余也答复后退回审核。",
            "Another was upheld: once the rest are answered it goes back to review.",
        ),
    };
    answer_form(objection, because, (back.into(), on.into()), lang)
}

/// `because`: why it can't be upheld; empty where it can. Then what follows if it is, and if it is not.
fn answer_form(objection: u32, because: Text, (back, on): (Text, Text), lang: Lang) -> Form {
    let name = |name: &str| field(Action::AnswerObjection, Some(objection), name);
    let mut upheld = Choice::new("yes", ("异议成立", "Upheld")).hint(back);
    upheld.disabled_because = because;
    let not_upheld = Choice::new("no", ("异议不成立", "Not upheld")).hint(on);
    let fields = vec![
        Field::radios(name("upheld"), ("结论", "Finding"), vec![not_upheld, upheld]),
        Field::text_area(name("text"), ("答复", "Answer"))
            .hint(("公开在公示页面上，不要写个人信息。", "It is shown with the public notice: name no persons."))
            .max_chars(1000),
    ];
    Form::new(lang, fields)
}

/// What a review asks. Only who recommends support must give an amount.
pub fn review(file: &CaseFile, needs_amount: bool, lang: Lang) -> Form {
    let name = |name: &str| field(Action::Review, None, name);
    let next = file.case.stage.step().and_then(|step| file.scene.procedure.review_after(step));
    let mut choices = Vec::new();
    if let Some(next) = next {
        let kind = (next.kind.label(Lang::Zh), next.kind.label(Lang::En));
        choices.push(Choice::new(
            "go_on",
            Text::new(format!("符合，转{}", kind.0), format!("In order: on to the {}", kind.1)),
        ));
    }
    let span = file.span();
    let leads_to: Text = match next {
        Some(next) => Text::new(
            format!("也转{}，金额供其核实。", next.kind.label(Lang::Zh)),
            format!("It goes on to the {} too, which looks into the amount.", next.kind.label(Lang::En)),
        ),
        None => ("转审定。", "It goes to the decision.").into(),
    };
    let support = Choice::new("support", ("建议支持，金额如下", "Recommend this amount")).hint(leads_to);
    choices.push(match span {
        Some(_) => support,
        None => support.disabled(("按规则没有可支持的金额", "the rules give no amount")),
    });
    let decline = Choice::new("decline", ("建议不予支持", "Recommend to decline"))
        .hint(("直接转审定。", "It goes to the decision at once."));
    choices.push(match file.scene.with_context(file.now, |context| disputes_found(&file.case, context)) {
        Ok(()) => decline,
        Err(refusal) => decline.disabled(words_of(file, &refusal)),
    });
    let mut amount = Field::money(name("amount"), ("建议金额", "Amount recommended"));
    let mut hint: Text = ("建议支持的必须填写，其他结论不填。", "For a recommendation of support alone.").into();
    if let Some(span) = span {
        let within = within(span);
        hint = Text::new(format!("{}{}", hint.zh, within.zh), format!("{} {}", hint.en, within.en));
        // An amount that goes with no recommendation is wrong as such, whatever it comes to.
        if needs_amount {
            amount = amount.between(span.low, span.high.unwrap_or(Fen::MAX));
        }
    }
    amount = amount.hint(hint);
    if !needs_amount {
        amount = amount.optional();
    }
    let opinion = Field::text_area(name("opinion"), ("审核意见", "Opinion")).max_chars(1000);
    let fields = vec![Field::radios(name("recommends"), ("结论", "Conclusion"), choices), amount, opinion];
    let mut form = Form::new(lang, fields);
    // What came back is looked at anew: nothing is concluded beforehand.
    if file.case.reopened.is_some() {
        return form;
    }
    if next.is_some() {
        form = form.with(&name("recommends"), "go_on");
    } else if let Some(exact) = exact(span) {
        form = form.with(&name("recommends"), "support").with(&name("amount"), exact.to_yuan_string());
    }
    form
}

pub(super) fn is_to_decline(file: &CaseFile) -> bool {
    file.case.opinions.last().is_some_and(|opinion| opinion.recommends == Recommendation::Decline)
}

/// The amount that the rules give, where they give just one.
pub fn exact(span: Option<duixian_money::Span>) -> Option<Fen> {
    span.filter(|span| span.high == Some(span.low)).map(|span| span.low)
}

pub fn within(span: duixian_money::Span) -> Text {
    let text = span_text(span);
    Text::new(format!("规则给出的范围：{}。", text.zh), format!("What the rules allow: {}.", text.en))
}

fn button(file: &CaseFile, action: Action) -> Text {
    match action {
        Action::AskCorrection => ("发出补正通知", "Send it back").into(),
        Action::Review => ("提交意见", "Give the opinion").into(),
        Action::Decide => ("审定", "Decide").into(),
        Action::PublishNotice => ("开始公示", "Publish").into(),
        Action::AnswerObjection => ("答复", "Answer").into(),
        other => label_of(file, other),
    }
}
