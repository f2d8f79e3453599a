//! What is posted to a step, kept unless the step was saved elsewhere since it was opened.
//!
//! A form puts the whole of its step back, so that one left open in another tab, or on another device, would undo what was saved
//! meanwhile. Each carries the fingerprint of what was kept when it was shown; where that is no longer so, and what is posted is
//! something else, nothing is kept until someone has seen both.

use std::collections::BTreeSet;

use duixian_casework::case::{BankAccount, CellRef};
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use sha2::{Digest, Sha256};

use super::draft::{Draft, Step};
use super::edit::fresh_key;
use super::facts::{self, Typed};
use crate::csrf::hex;
use crate::forms::{Form, Posted};
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// The field that carries the fingerprint.
pub const FIELD: &str = "_seen";
/// How often it is tried anew where something else of the case is changed at the same moment.
const TRIES: usize = 4;

/// What has become of what was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// It is what the form had shown, and another has changed it since: that stands, for nobody has typed against it.
    LeftAlone,
    /// Something else was saved elsewhere, and nothing was kept.
    Overtaken,
}

/// What was posted to a step, and the case as it is now.
pub struct Taken {
    /// The case.
    pub draft: Draft,
    /// The step.
    pub step: Step,
    /// What was posted, as it differs from what was kept before.
    pub typed: Typed,
    /// What has become of it.
    pub outcome: Outcome,
    /// The fingerprint that the form, if it stays open, is to carry from now on.
    pub seen: String,
}

/// Takes what was posted to a step. It is held against the very state of the case that it changes, so that of two who save at
/// once the second is seen to be late.
pub async fn take(
    portal: &Portal,
    viewer: &Viewer,
    mut draft: Draft,
    word: &str,
    posted: &Posted,
) -> Result<Taken, Problem> {
    let (id, seen) = (draft.case.id.0, posted.get(FIELD));
    let mut tries = 0;
    loop {
        tries += 1;
        let step = draft.step(word)?;
        let typed = facts::read(&draft, step, posted);
        let now = fingerprint(&draft, step);
        let (is_late, whole) = (seen != now, of_typed(&draft, step, &typed));
        if !typed.is_new() {
            // What a form left out and another has answered is not seen yet, even where all it did send is so already.
            let seen = if is_late && whole != now { seen.to_owned() } else { now };
            return Ok(Taken { draft, step, typed, outcome: Outcome::Kept, seen });
        }
        if is_late {
            let outcome = if whole == seen { Outcome::LeftAlone } else { Outcome::Overtaken };
            return Ok(Taken { draft, step, typed, outcome, seen: seen.to_owned() });
        }
        // To save the same twice does no harm, so that each saving has a key of its own: a page that was come back to can be sent
        // again with something else in it.
        let ask = Ask::Save { statements: typed.statements.clone(), account: typed.account.clone() };
        let (key, version) = (fresh_key()?, Some(draft.case.version));
        match portal.store.ask_of_version(&viewer.actor, &key, draft.case.id, version, ask).await {
            Ok(done) => {
                // As it was left by this saving: what another saves a moment later was not seen.
                let draft = Draft::around(portal, done.value).await?;
                let seen = fingerprint(&draft, step);
                return Ok(Taken { draft, step, typed, outcome: Outcome::Kept, seen });
            }
            Err(StoreError::Conflict { .. }) if tries < TRIES => draft = Draft::of(portal, viewer, id).await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The fingerprint of what is kept of a step.
pub fn fingerprint(draft: &Draft, step: Step) -> String {
    let said = draft.questions_of(step).into_iter().filter_map(|question| {
        let said = draft.case.statements.get(&question.cell)?;
        Some((&question.cell, &said.value, &said.dispute))
    });
    digest(said, draft.case.account.as_ref().filter(|_| step == Step::Account))
}

/// The same of what a form said: equal to what it had shown where nobody has typed anything.
fn of_typed(draft: &Draft, step: Step, typed: &Typed) -> String {
    let said = draft.questions_of(step).into_iter().filter_map(|question| {
        let said = typed.said.get(&question.cell)?;
        Some((&question.cell, &said.value, &said.dispute))
    });
    digest(said, typed.whole_account.as_ref())
}

/// The fingerprint of the accounts that some applications have; which has which does not matter.
pub fn of_accounts<'a>(accounts: impl Iterator<Item = &'a BankAccount>) -> String {
    let kept: BTreeSet<String> = accounts.map(|account| format!("{account:?}")).collect();
    if kept.is_empty() { String::new() } else { hex(&Sha256::digest(format!("{kept:?}"))[..8]) }
}

/// Of nothing it is empty, so that a form that carries none counts as one that has shown nothing.
fn digest<'a>(
    said: impl Iterator<Item = (&'a CellRef, &'a String, &'a Option<String>)>,
    account: Option<&BankAccount>,
) -> String {
    let said: Vec<_> = said.collect();
    if said.is_empty() && account.is_none() {
        return String::new();
    }
    hex(&Sha256::digest(format!("{said:?}\n{account:?}"))[..8])
}

/// The form as it was typed, with what was saved elsewhere beside each field that differs from it.
pub fn told(draft: &Draft, step: Step, mut form: Form, typed: &Typed) -> Form {
    for question in draft.questions_of(step) {
        let Some(stated) = typed.statements.get(&question.cell) else { continue };
        let there = draft.case.statements.get(&question.cell);
        let (typed, kept) = (stated.as_ref(), there.map(|said| (&said.value, &said.dispute)));
        if typed.map(|said| &said.value) != kept.map(|(value, _)| value) {
            let text = match kept {
                Some((value, _)) if value.is_empty() && question.may_not_have_happened() => {
                    saved(&("没有发生", "it has not happened").into())
                }
                Some((value, _)) if !value.is_empty() => {
                    saved(&question.value_text(&draft.scene.pack.plan.vocabulary, value))
                }
                _ => emptied(),
            };
            form.warn(&question.field(), text);
        }
        let why = kept.and_then(|(_, dispute)| dispute.clone());
        if typed.and_then(|said| said.dispute.clone()) != why {
            let text = why.map_or_else(emptied, |why| saved(&Text::same(why)));
            form.warn(&format!("w{}", question.number), text);
        }
    }
    if let (Some(typed), Some(kept)) = (&typed.account, &draft.case.account) {
        warn_of_account(&mut form, typed, kept);
    }
    form
}

/// Puts beside each field of an account what was saved elsewhere, where that differs from what was typed.
pub fn warn_of_account(form: &mut Form, typed: &BankAccount, kept: &BankAccount) {
    let code = |account: &BankAccount| account.bank_code.clone().unwrap_or_default();
    for (name, typed, kept) in [
        ("holder", typed.holder.clone(), kept.holder.clone()),
        ("number", typed.number.clone(), kept.number.clone()),
        ("bank", typed.bank.clone(), kept.bank.clone()),
        ("bank_code", code(typed), code(kept)),
    ] {
        if typed != kept {
            form.warn(name, if kept.is_empty() { emptied() } else { saved(&Text::same(kept)) });
        }
    }
}

fn saved(text: &Text) -> Text {
    Text::new(format!("别处已保存为“{}”。", text.zh), format!("Saved elsewhere as “{}”.", text.en))
}

fn emptied() -> Text {
    ("别处保存的是空的。", "Saved elsewhere as empty.").into()
}
