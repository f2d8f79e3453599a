//! The steps of the form that are about facts and about the account: their fields, and what was typed into them.

use std::collections::BTreeMap;

use duixian_casework::account::{FailedElsewhere, same_name};
use duixian_casework::case::{BankAccount, CellRef};
use duixian_casework::command::Stated;
use duixian_rules::vocabulary::{ColumnType, Empty};
use duixian_store::facts::Party;

use super::bank_code;
use super::draft::{Draft, Step};
use super::standing::bank_words;
use super::typed_account::{LONGEST_NAME, account_errors, posted_account};
use crate::casefile::payee;
use crate::casefile::question::{LONGEST, Question, both, meaning, typed_text};
use crate::forms::{Field, Form, Posted};
use crate::locale::{Lang, Text};

/// What a step's form said.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What is stated of cells; none takes a statement back. Only what is not so already.
    pub statements: BTreeMap<CellRef, Option<Stated>>,
    /// The account, where it is not so already.
    pub account: Option<BankAccount>,
    /// All that the form said of cells, so already or not.
    pub said: BTreeMap<CellRef, Stated>,
    /// The account in it, so already or not; none where nobody has typed any.
    pub whole_account: Option<BankAccount>,
    /// Whether the account came with the code of another bank, which it is kept without.
    pub is_without_code: bool,
    /// What is wrong, by field. It is kept all the same.
    pub errors: Vec<(String, Text)>,
}

impl Typed {
    /// Whether there is anything to keep.
    pub fn is_new(&self) -> bool {
        !self.statements.is_empty() || self.account.is_some()
    }
}

/// The form of a step with what is kept in it.
pub fn form(draft: &Draft, step: Step, lang: Lang) -> Form {
    match step {
        Step::Known => {
            let known = draft.questions_of(step);
            let fields = known.iter().flat_map(|question| dispute_fields(draft, question)).collect();
            known.into_iter().fold(Form::new(lang, fields), |form, question| with_dispute(draft, form, question))
        }
        Step::Fact(_) | Step::Row(_) => {
            let asked = draft.questions_of(step);
            let fields = asked.iter().flat_map(|question| asking_fields(draft, question)).collect();
            let form = asked.into_iter().fold(Form::new(lang, fields), |form, question| {
                let said = draft.case.statements.get(&question.cell);
                let is_absent = said.is_some_and(|said| said.value.is_empty());
                let said = said.map(|said| typed_text(&question.column, &said.value));
                // Where but one answer leads anywhere, it is given beforehand.
                let value = said.or_else(|| question.only_word(&draft.scene.pack.plan.vocabulary));
                let form = form.with(&question.field(), value.unwrap_or_default());
                if is_absent { form.with(&question.not_happened(), "yes") } else { form }
            });
            doubted(draft, form)
        }
        Step::Account => account_form(draft.case.account.as_ref(), &draft.party, lang),
        Step::Evidence(_) | Step::More | Step::Check => Form::new(lang, Vec::new()),
    }
}

/// The fields of a question: the control, and beside it the box for what has not happened. Only what the rule comes to is marked as
/// needed: that a form asks for more than counts makes people look for papers that nobody reads.
fn asking_fields(draft: &Draft, question: &Question) -> Vec<Field> {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    let field = question.control(vocabulary, &question.field(), question.label(), draft.today);
    let mut hints = vec![meaning(&draft.scene.pack, &draft.rule().clause, &question.column), field.hint.clone()];
    let mut fields = Vec::new();
    if question.may_not_have_happened() {
        hints.push(
            (
                "没有发生的，勾选下面的“没有发生”；空着的算没有填。",
                "If it has not happened, tick the box below: left empty it counts as not filled in.",
            )
                .into(),
        );
        let label = question.label();
        let label = Text::new(format!("{}：没有发生", label.zh), format!("{}: it has not happened", label.en)).headed();
        fields.push(Field::checkbox(question.not_happened(), label).optional());
    }
    hints.retain(|hint| !hint.is_empty());
    let (zh, en): (Vec<String>, Vec<String>) =
        hints.into_iter().map(|hint| (hint.zh.into_owned(), hint.en.into_owned())).unzip();
    let field = field.hint(Text::new(zh.concat(), en.join(" ")));
    let field = if question.is_term() { field.live(doubt_slot(question)) } else { field };
    let is_asked = question.is_required || draft.reached.contains(&question.cell);
    fields.insert(0, if is_asked { required(field) } else { field });
    fields
}

/// The form with what is to be looked at twice beside its fields.
fn doubted(draft: &Draft, mut form: Form) -> Form {
    for (question, doubt) in draft.doubts() {
        form.warn(&question.field(), doubt);
    }
    form
}

/// The name under which a term's doubt is kept up to date beside its field: each field has its own.
fn doubt_slot(question: &Question) -> String {
    format!("doubt-{}", question.field())
}

/// What is to be looked at twice of what was typed, by the slot of its field; empty where a doubt has gone.
pub fn live_doubts(draft: &Draft, posted: &Posted) -> Vec<(String, Text)> {
    let doubts = draft.doubts();
    let typed = draft.questions.iter().filter(|question| question.is_term() && posted.has(&question.field()));
    let of = |question: &Question| {
        let found = doubts.iter().find(|(doubted, _)| doubted.cell == question.cell);
        (doubt_slot(question), found.map(|(_, text)| text.clone()).unwrap_or_default())
    };
    typed.map(of).collect()
}

/// A gap is no error in a draft, so the field is marked as needed without being checked for it.
fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

fn dispute_fields(draft: &Draft, question: &Question) -> [Field; 3] {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    // The fields of many facts stand on one page, and what is wrong with them at its top: each says of which it is.
    let of = question.full_label();
    let should = Text::new(format!("{}：应当是", of.zh), format!("{}: it should be", of.en));
    let field = question.control(vocabulary, &question.field(), should, draft.today);
    // Here someone says what the registry should have; that they say nothing of a thing is no dispute.
    let field = match question.column.empty {
        Empty::NotHappened if field.hint.is_empty() => {
            field.hint(("没有发生的，留空，在下面写明。", "Leave it empty if it has not happened, and say so below."))
        }
        _ => field,
    };
    [
        if has_to_be_said(question) { required(field) } else { field.unmarked() },
        grounds_field(question),
        Field::checkbox(taken_back(question), ("没有异议，还是按登记的算", "No dispute: let the registry count"))
            .optional(),
    ]
}

/// Whether whoever disputes a fact has to say what should stand there: elsewhere, nothing means something too.
fn has_to_be_said(question: &Question) -> bool {
    matches!(question.column.empty, Empty::Unknown | Empty::Required)
}

/// The field in which it is said why the registry is wrong.
fn grounds_field(question: &Question) -> Field {
    let of = question.full_label();
    let why = Text::new(format!("{}：为什么，有什么材料可以证明", of.zh), format!("{}: why, and what shows it", of.en));
    Field::text_area(format!("w{}", question.number), why.headed()).max_chars(LONGEST)
}

/// What is wrong with why the registry is said to be wrong, as its field tells it. That nothing is said is no part of it.
pub fn wrong_grounds(question: &Question, why: &str) -> Option<Text> {
    wrong_text(grounds_field(question), why)
}

/// What is wrong with a text, as its field tells it. The text is kept whole until it is mended: what is cut is cut unseen.
pub fn wrong_text(field: Field, text: &str) -> Option<Text> {
    let posted = Posted::from_pairs([(field.name.clone(), text)]);
    let form = Form::new(Lang::Zh, vec![field.optional()]).filled(&posted);
    form.found().first().map(|(_, error)| error.clone())
}

/// The box that takes a dispute back. What is typed disputes by itself, so that nobody's words are lost for want of a tick; but
/// of a choice among several, one stays chosen, and cannot be emptied.
fn taken_back(question: &Question) -> String {
    format!("r{}", question.number)
}

fn with_dispute(draft: &Draft, form: Form, question: &Question) -> Form {
    let Some(said) = draft.case.statements.get(&question.cell) else { return form };
    let number = question.number;
    form.with(&question.field(), typed_text(&question.column, &said.value))
        .with(&format!("w{number}"), said.dispute.clone().unwrap_or_default())
}

/// The fields of an account, with one that is known or, failing that, the party's name.
pub fn account_form(account: Option<&BankAccount>, party: &Party, lang: Lang) -> Form {
    let hint = (
        "一般应当与单位名称一致；不一致的，审核和拨付时逐件核实，可能要求改用本单位账户。",
        "As a rule the party's name; any other is looked into, and you may be asked for an account of the party's own.",
    );
    warned(filled_account(account, party, hint, lang), party)
}

/// The same without a warning, with what is asked of the holder.
pub fn filled_account(account: Option<&BankAccount>, party: &Party, hint: impl Into<Text>, lang: Lang) -> Form {
    let form = Form::new(lang, account_fields(hint));
    match account {
        Some(account) => bank_code::opened(form, account)
            .with("holder", account.holder.clone())
            .with("number", account.number.clone())
            .with("bank", account.bank.clone())
            .with("bank_code", account.bank_code.clone().unwrap_or_default()),
        None => form.with("holder", party.name.clone()),
    }
}

/// The form with the warning that the holder in it calls for.
pub fn warned(mut form: Form, party: &Party) -> Form {
    let warning = other_holder(party, form.text("holder")).unwrap_or_default();
    form.warn("holder", warning);
    form
}

/// The form with the warning that the bank could not pay to the account in it, where that is the one which is kept.
pub fn warned_of_failure(mut form: Form, draft: &Draft) -> Form {
    let is_kept = |kept: &BankAccount| same_name(&kept.number, form.text("number"));
    if draft.case.account.as_ref().is_some_and(is_kept) {
        form.warn("number", failed_account(draft));
    }
    form
}

/// That the bank could not pay to the account of a draft in another application of the party, whose own the bank's words are; empty where it
/// could, or was not asked to. It keeps nobody from sending it: they may have settled it with the bank.
pub fn failed_account(draft: &Draft) -> Text {
    let Some(failed) = &draft.scene.failed_elsewhere else { return Text::default() };
    let told = not_paid_to(failed);
    Text::new(
        format!("{}确认无误的，可以照样提交。", told.zh),
        format!("{} If all are right, you may send it all the same.", told.en),
    )
}

/// That the bank could not pay to an account in another case, and what to look at.
pub fn not_paid_to(failed: &FailedElsewhere) -> Text {
    let (number, reason) = (&failed.number, bank_words(&failed.reason));
    Text::new(
        format!("银行没有付成这个账户（{number}：{reason}）。请核对户名、账号和开户行；"),
        format!("The bank could not pay to this account ({number}: {reason}). Check its holder, number and bank."),
    )
}

fn account_fields(hint: impl Into<Text>) -> Vec<Field> {
    let mut fields = vec![
        Field::text("holder", ("户名", "Account holder"))
            .max_chars(LONGEST_NAME)
            .hint(hint)
            .live("other-holder")
            .autocomplete("organization"),
        Field::text("number", ("账号", "Account number"))
            .max_chars(60)
            .hint(("只写数字，中间的空格会去掉。", "Digits; spaces are taken out."))
            .live("failed-account"),
        Field::text("bank", ("开户行", "Bank"))
            .max_chars(LONGEST_NAME)
            .hint(("写到支行，例如 贵阳银行南明支行。", "With its branch.")),
        Field::text("bank_code", ("联行号", "Bank code"))
            .max_chars(20)
            .optional()
            .hint(("十二位数字；不知道可以不填。", "Twelve digits, if you know them.")),
    ];
    fields.extend(bank_code::fields());
    fields
}

/// What was typed into a step.
pub fn read(draft: &Draft, step: Step, posted: &Posted) -> Typed {
    let mut typed = Typed::default();
    match step {
        Step::Known => {
            for question in draft.questions_of(step) {
                read_dispute(draft, question, posted, &mut typed);
            }
        }
        Step::Fact(_) | Step::Row(_) => {
            // A browser sends nothing of a choice that nobody has made, and of a box that was cleared. Where both stand together,
            // nothing is stated any more; a choice without the box stays as it was, since it can't be taken back on the page.
            let is_cleared = |question: &Question| is_chosen(question) && question.may_not_have_happened();
            let is_sent = |question: &&Question| {
                posted.has(&question.field()) || posted.has(&question.not_happened()) || is_cleared(question)
            };
            for question in draft.questions_of(step).into_iter().filter(is_sent) {
                let (value, error) =
                    question.read(&draft.scene.pack.plan.vocabulary, posted.get(&question.field()), draft.today);
                let is_absent = question.may_not_have_happened() && !posted.get(&question.not_happened()).is_empty();
                let error = error.or_else(|| (is_absent && !value.is_empty()).then(both));
                typed.errors.extend(error.map(|error| (question.field(), error)));
                let stated = (is_absent || !value.is_empty()).then_some(Stated { value, dispute: None });
                put(draft, question, stated, &mut typed);
            }
        }
        Step::Account => {
            let mut account = posted_account(posted);
            // The code of another bank is not kept for this one, whether the form is sent or left as it was typed.
            typed.is_without_code = bank_code::is_of_another(posted, &account, draft.case.account.as_ref());
            account.bank_code = account.bank_code.filter(|_| !typed.is_without_code);
            // The holder stands there beforehand.
            let is_untouched = account.number.is_empty() && account.bank.is_empty() && account.bank_code.is_none();
            typed.whole_account = Some(account.clone()).filter(|_| !is_untouched);
            if draft.case.account.is_some() || !is_untouched {
                typed.errors = account_errors(&account);
                typed.errors.extend(typed.is_without_code.then(|| ("bank_code".to_owned(), bank_code::taken_out())));
                typed.account = Some(account).filter(|account| draft.case.account.as_ref() != Some(account));
            }
        }
        Step::Evidence(_) | Step::More | Step::Check => {}
    }
    typed
}

/// Whether a question is answered by choosing among words.
fn is_chosen(question: &Question) -> bool {
    matches!(question.column.ty, ColumnType::Bool | ColumnType::Word(_))
}

/// What is kept of a step and can't be used as it is, with what is wrong; empty where all of it can. Gaps are no mistakes.
pub fn unusable(draft: &Draft, step: Step) -> Text {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    let mut wrong: Vec<(Text, Text)> = Vec::new();
    for question in draft.questions_of(step) {
        let said = draft.case.statements.get(&question.cell);
        let error = said.and_then(|said| question.wrong(vocabulary, &said.value, draft.today));
        wrong.extend(error.map(|error| (question.label(), error)));
        let error = said.and_then(|said| wrong_grounds(question, said.dispute.as_deref()?));
        let label = question.label();
        let label = Text::new(format!("{}：为什么", label.zh), format!("{}: why", label.en));
        wrong.extend(error.map(|error| (label, error)));
    }
    if let (Step::Account, Some(account)) = (step, &draft.case.account) {
        let is_given = |(field, _): &(String, Text)| match field.as_str() {
            "holder" => !account.holder.is_empty(),
            "number" => !account.number.is_empty(),
            "bank" => !account.bank.is_empty(),
            _ => true,
        };
        let fields = account_fields(Text::default());
        let label = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.label.clone());
        let errors = account_errors(account).into_iter().filter(is_given);
        wrong.extend(errors.filter_map(|(field, error)| Some((label(&field)?, error))));
    }
    let text = |(label, error): &(Text, Text)| {
        Text::new(
            format!("已保存的“{}”现在还用不了：{}", label.zh, error.zh),
            format!("“{}” is saved, but can't be used as it is: {}", label.en, error.en),
        )
    };
    let (zh, en): (Vec<String>, Vec<String>) =
        wrong.iter().map(text).map(|text| (text.zh.into_owned(), text.en.into_owned())).unzip();
    Text::new(zh.concat(), en.join(" "))
}

fn read_dispute(draft: &Draft, question: &Question, posted: &Posted, typed: &mut Typed) {
    let number = question.number;
    let (value, error) = question.read(&draft.scene.pack.plan.vocabulary, posted.get(&question.field()), draft.today);
    let why = posted.get(&format!("w{number}")).trim().to_owned();
    if !posted.get(&taken_back(question)).is_empty() || value.is_empty() && why.is_empty() {
        put(draft, question, None, typed);
        return;
    }
    if let Some(error) = error {
        typed.errors.push((question.field(), error));
    } else if let Some(error) = gap(question, &value) {
        typed.errors.push((question.field(), error));
    }
    let unsaid = Text::from(("请写明为什么登记的不对。", "Say why the registry is wrong."));
    let error = if why.is_empty() { Some(unsaid) } else { wrong_grounds(question, &why) };
    typed.errors.extend(error.map(|error| (format!("w{number}"), error)));
    put(draft, question, Some(Stated { value, dispute: Some(why) }), typed);
}

/// What a dispute lacks that says only that something is wrong, or says what the registry says.
pub fn gap(question: &Question, value: &str) -> Option<Text> {
    let known = question.known.as_ref()?;
    if value.is_empty() && has_to_be_said(question) {
        return Some(("请写明应当是什么。", "Say what it should be.").into());
    }
    (value == known.value).then(|| {
        ("与登记的一样；没有异议就不用填。", "This is what the registry says; leave it empty if you do not dispute it.")
            .into()
    })
}

/// Keeps what is not so already.
fn put(draft: &Draft, question: &Question, stated: Option<Stated>, typed: &mut Typed) {
    typed.said.extend(stated.clone().map(|stated| (question.cell.clone(), stated)));
    let there = draft.case.statements.get(&question.cell);
    let is_same = match (&stated, there) {
        (None, None) => true,
        (Some(stated), Some(there)) => stated.value == there.value && stated.dispute == there.dispute,
        _ => false,
    };
    if !is_same {
        typed.statements.insert(question.cell.clone(), stated);
    }
}

/// That an account is another's than the party's, said where the holder is typed and where it is sent. It is no error: some
/// are paid so, each looked into.
pub fn other_holder(party: &Party, holder: &str) -> Option<Text> {
    let name = &party.name;
    payee::is_other(holder, name, &party.code).then(|| {
        let mark = payee::mark(holder, name);
        Text::new(
            format!(
                "{}。可以这样提交，但办件人员会在拨付前核实，可能退回要求改用本单位的账户；银行也可能退回。",
                mark.zh
            ),
            format!(
                "{}. You may send it so, but officials look into it before anything is paid and may send it back for an \
                 account of the party's own; the bank may send the money back too.",
                mark.en
            ),
        )
    })
}
