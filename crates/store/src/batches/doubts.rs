//! What the bank has said that does not go with what is recorded: looked into by another person than who has read it.

use std::collections::BTreeSet;

use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::{Case, CaseId, Payment, PaymentOutcome};
use duixian_casework::command::Command;
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::permit::may_pay;
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::{Oddity, References};
use duixian_casework::stage::Stage;
use serde_json::json;

use super::results::has_left;
use super::{before, keep, load, proofs};
use crate::access::{given, needs, optional};
use crate::cases::{Scene, act, rows};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::numbers;
use crate::once::{Done, Key};
use crate::people;
use crate::tx::Tx;

impl Store {
    /// The cases whose payments the bank has proved by a reference, or that have or had a payment of this number, or in the batch of this
    /// number.
    pub async fn cases_by_payment(&self, text: &str) -> Result<Vec<CaseId>, StoreError> {
        let number = numbers::payment_number_meant(text);
        let row = self.one("SELECT case_id FROM payments WHERE end_to_end_id = $1", values![number]).await?;
        if let Some(row) = row {
            return Ok(vec![CaseId(row.int("case_id")?)]);
        }
        if let Some(number) = numbers::batch_number_meant(text) {
            let sql = "SELECT DISTINCT p.case_id FROM payments p JOIN batches b ON b.id = p.batch WHERE b.number = $1 \
                       ORDER BY p.case_id";
            let rows = self.all(sql, values![number]).await?;
            return rows.iter().map(|row| Ok(CaseId(row.int("case_id")?))).collect();
        }
        proofs::cases(self, text).await
    }

    /// The batches of which the bank has said something that nobody has looked into yet, the oldest first.
    pub async fn doubted_batches(&self) -> Result<Vec<Batch>, StoreError> {
        doubted_batches(self).await
    }

    /// Ends a doubt of a batch, by its place among them: what the bank says is confirmed, and then recorded, or what was recorded
    /// stands, on these grounds.
    ///
    /// # Errors
    /// `Refusal::ReadByYou` for who has read it; `TextMissing` without grounds where the record stands or money is freed; `BankCallsItPaid` where it can't be
    /// ended so; what keeps the case from it.
    pub async fn end_doubt(
        &self,
        actor: &Actor,
        key: &Key,
        batch: i64,
        place: usize,
        is_confirmed: bool,
        grounds: &str,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Finance])?;
        let grounds = optional(grounds, 1000, "核实的经过和依据", "the grounds")?;
        let official = actor.clone();
        self.write_once(actor, key, format!("end_doubt {batch} {place} {is_confirmed} {grounds}"), move |tx| {
            Box::pin(async move { end(tx, &official, batch, place, is_confirmed, &grounds).await })
        })
        .await
    }

    /// Puts forward that a payment of a batch which is recorded as come back has not: why, and by what of the bank that is seen. It waits for
    /// another of finance to confirm or reject it ([`Store::end_doubt`]).
    ///
    /// # Errors
    /// [`StoreError::BadInput`] without a reason or without what the bank has on it; [`StoreError::Refused`] with why it can't be put forward.
    pub async fn contest_return(
        &self,
        actor: &Actor,
        key: &Key,
        batch: i64,
        payment: &str,
        (reason, proof): (&str, &str),
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Finance])?;
        let reason = given(reason, 1000, "理由", "the reason")?;
        let proof = given(proof, 200, "银行的凭据", "what the bank has on it")?;
        let (official, payment) = (actor.clone(), payment.to_owned());
        self.write_once(actor, key, format!("contest_return {batch} {payment} {reason} {proof}"), move |tx| {
            Box::pin(async move {
                let mut batch = load(tx, batch).await?;
                let line = batch.line(&payment).ok_or(StoreError::NotFound)?;
                let case = rows::load(tx, line.case).await?;
                Scene::around(tx, &case).await?.with_context(tx.now(), |context| may_pay(&case, &official, context))?;
                let has_left = has_left(tx, batch.who_contests(&payment)).await?;
                let said = (payment.as_str(), reason.as_str(), proof.as_str());
                let what = batch.contest_return(&case, said, &official, tx.now(), has_left)?;
                keep(tx, &official, &batch, "doubt_raised", &json!({ "doubt": what })).await
            })
        })
        .await
    }

    /// The payments of a batch that are recorded as come back, each with why the actor can't put forward that it has not; none where they can.
    pub async fn contestable(
        &self,
        actor: &Actor,
        batch: &Batch,
    ) -> Result<Vec<(BatchLine, Option<Refusal>)>, StoreError> {
        let is_back = |line: &&BatchLine| matches!(line.outcome, Some(PaymentOutcome::Returned { .. }));
        let mut found = Vec::new();
        for line in batch.lines.iter().filter(is_back) {
            let case = rows::load(self, line.case).await?;
            let scene = Scene::around(self, &case).await?;
            let own = scene.with_context(self.now(), |context| may_pay(&case, actor, context));
            let has_left = has_left(self, batch.who_contests(&line.end_to_end_id)).await?;
            let open = batch.may_contest_return(&case, &line.end_to_end_id, actor, has_left).map(drop);
            found.push((line.clone(), own.and(open).err()));
        }
        Ok(found)
    }

    /// The payments that a number of the bank is said of, for the numbers by which what waits of a batch came back or failed: by some banks two
    /// come back by one, and whoever confirms that is to know.
    pub async fn payments_by_number(&self, batch: &Batch) -> Result<References, StoreError> {
        let numbers = |batch: &Batch| {
            let open = batch.open_doubts().filter(|(_, doubt)| doubt.what.frees_money());
            let told = open.filter_map(|(_, doubt)| {
                Some((doubt.what.reference()?.to_owned(), doubt.what.end_to_end_id().to_owned()))
            });
            told.collect::<Vec<_>>()
        };
        let own = numbers(batch);
        let mut found = proofs::references(self, &own.iter().map(|(number, _)| number.as_str()).collect()).await?;
        if !own.is_empty() {
            for (number, payment) in doubted_batches(self).await?.iter().flat_map(numbers) {
                found.entry(number).or_default().insert(payment);
            }
        }
        Ok(found)
    }
}

async fn doubted_batches(link: &impl Queries) -> Result<Vec<Batch>, StoreError> {
    let sql = "SELECT data FROM batches WHERE doubted <> 0 ORDER BY id";
    link.all(sql, vec![]).await?.iter().map(|row| row.json("data")).collect()
}

/// The cases of which the bank has said of a payment what waits for a second person.
pub(crate) async fn doubted_cases(link: &impl Queries) -> Result<Vec<Case>, StoreError> {
    let mut cases = Vec::new();
    for batch in doubted_batches(link).await? {
        let doubted: BTreeSet<&str> = batch.open_doubts().map(|(_, doubt)| doubt.what.end_to_end_id()).collect();
        for line in batch.lines.iter().filter(|line| doubted.contains(line.end_to_end_id.as_str())) {
            cases.push(rows::load(link, line.case).await?);
        }
        for (_, doubt) in batch.open_doubts().filter(|(_, doubt)| doubt.what.calls_stray_paid()) {
            let sql = "SELECT case_id FROM payments WHERE end_to_end_id = $1";
            if let Some(row) = link.one(sql, values![doubt.what.end_to_end_id()]).await? {
                cases.push(rows::load(link, CaseId(row.int("case_id")?)).await?);
            }
        }
    }
    Ok(cases)
}

/// The number of the batch in which something that the bank has said of a payment of the case waits for a second person; of one that was
/// taken out of its batch, that it was made.
pub(crate) async fn doubted_in(link: &impl Queries, case: &Case) -> Result<Option<String>, StoreError> {
    let sql = "SELECT p.end_to_end_id, b.data FROM payments p JOIN batches b ON b.id = p.batch \
               WHERE p.case_id = $1 AND b.doubted <> 0 ORDER BY b.id";
    for row in link.all(sql, values![case.id.0]).await? {
        let (batch, id): (Batch, String) = (row.json("data")?, row.text("end_to_end_id")?);
        let is_in_case = case.payments.iter().any(|payment| payment.end_to_end_id == id);
        let is_its = |doubted: &Doubted| doubted.end_to_end_id() == id && (is_in_case || doubted.calls_stray_paid());
        if batch.open_doubts().any(|(_, doubt)| is_its(&doubt.what)) {
            return Ok(Some(batch.number));
        }
    }
    Ok(None)
}

/// Who stands alone for it that the payment of a paid case was made, where the bank has said otherwise.
pub(crate) async fn settled_alone(link: &impl Queries, case: &Case) -> Result<Vec<UserId>, StoreError> {
    let is_made = |payment: &&Payment| matches!(payment.outcome, Some(PaymentOutcome::Paid { .. }));
    match case.payments.iter().find(is_made).filter(|_| case.stage == Stage::Paid) {
        Some(payment) => Ok(load(link, payment.batch).await?.settled_alone(&payment.end_to_end_id)),
        None => Ok(Vec::new()),
    }
}

/// Ends a doubt. Two payments that were given each other's numbers are set right in one: neither could take a number that the other has.
async fn end(
    tx: &mut Tx,
    actor: &Actor,
    batch: i64,
    place: usize,
    is_confirmed: bool,
    grounds: &str,
) -> Result<(), StoreError> {
    let mirror = if is_confirmed { mirror_of(tx, &load(tx, batch).await?, place).await? } else { None };
    if let Some((other, there, payment, number)) = mirror {
        proofs::drop_number(tx, &number, &payment).await?;
        end_one(tx, actor, (batch, place), true, grounds).await?;
        return end_one(tx, actor, (other, there), true, grounds).await;
    }
    end_one(tx, actor, (batch, place), is_confirmed, grounds).await
}

/// The open correction of another payment by which that is to have this one's number, and this one its: its batch, its place, the payment
/// and the number that it has.
async fn mirror_of(tx: &Tx, batch: &Batch, place: usize) -> Result<Option<(i64, usize, String, String)>, StoreError> {
    let doubt = batch.doubts.get(place).filter(|doubt| doubt.end.is_none());
    let Some(what @ Doubted::Renumbered { reference, .. }) = doubt.map(|doubt| &doubt.what) else { return Ok(None) };
    let known = proofs::references(tx, &BTreeSet::from([reference.as_str()])).await?;
    for other in known.get(reference).into_iter().flatten() {
        let Some(batch) = batch_of(tx, other).await? else { continue };
        if let Some(there) = batch.mirror(what) {
            return Ok(Some((batch.id, there, other.clone(), reference.clone())));
        }
    }
    Ok(None)
}

/// The batch of a payment.
async fn batch_of(tx: &Tx, end_to_end_id: &str) -> Result<Option<Batch>, StoreError> {
    match tx.one("SELECT batch FROM payments WHERE end_to_end_id = $1", values![end_to_end_id]).await? {
        Some(row) => Ok(Some(load(tx, row.int("batch")?).await?)),
        None => Ok(None),
    }
}

async fn end_one(
    tx: &mut Tx,
    actor: &Actor,
    (batch, place): (i64, usize),
    is_confirmed: bool,
    grounds: &str,
) -> Result<(), StoreError> {
    let mut batch = load(tx, batch).await?;
    let doubt = batch.end_doubt(place, is_confirmed, grounds, actor, tx.now())?;
    let doubts = batch.doubts.len();
    let doubted = doubt.what.end_to_end_id().to_owned();
    let case = batch.line(&doubted).map(|line| line.case);
    if is_confirmed {
        reader_is_there(tx, &doubt).await?;
        proves_nothing_else(tx, &doubt).await?;
        no_failure_waits(&batch, &doubt)?;
    }
    if let (false, Some(id)) = (is_confirmed, case) {
        let case = rows::load(tx, id).await?;
        Scene::around(tx, &case).await?.with_context(tx.now(), |context| may_pay(&case, actor, context))?;
        doubt.may_be_dismissed(&case)?;
    }
    if !is_confirmed {
        is_not_their_proof(tx, &doubt, actor).await?;
    }
    if let (true, Some(id)) = (is_confirmed, case) {
        let case = rows::load(tx, id).await?;
        let case = match stays_failed(&case, &doubt.what) {
            true => {
                Scene::around(tx, &case).await?.with_context(tx.now(), |context| may_pay(&case, actor, context))?;
                case
            }
            false => act::act(tx, case, command(&doubt).ok_or(StoreError::NotFound)?, actor).await?,
        };
        let payment = case.payments.iter().find(|payment| payment.end_to_end_id == doubted);
        if doubt.what.frees_money() {
            batch.undo(&doubted);
            batch.take_up(&doubted, doubt.what.reference());
        }
        if let Some(outcome) = payment.and_then(|payment| payment.outcome.clone()) {
            if let (Doubted::NotReturned { .. }, PaymentOutcome::Paid { .. }) = (&doubt.what, &outcome)
                && let Some(number) = batch.forget_return(&doubted)
            {
                proofs::drop_number(tx, &number, &doubted).await?;
            }
            batch.end_otherwise(&doubted, outcome);
        }
        // What can't be paid by it any more is called paid all the same, and stays in doubt: money may have left twice.
        if let Some((reference, on)) = doubt.what.called_paid()
            && payment.is_some_and(Payment::has_failed)
            && let Some(by) = actor.user()
        {
            batch.call_paid(&doubted, reference.to_owned(), on);
            let odd = Doubted::Odd(Oddity::PaidAfterAll(doubted.clone()));
            batch.doubt(odd, by, tx.now(), &doubt.file, false);
        }
        before::tell_next(tx, actor, &case).await?;
    }
    if is_confirmed {
        batch.keep_reader(&doubted, None);
    }
    if is_confirmed && let Some(by) = actor.user() {
        // That a number is another says nothing of what else is in doubt.
        if doubt.what.frees_money() {
            batch.answer_doubts(&doubted, by, tx.now(), false);
        }
        if let Doubted::FailedAgain { .. } = &doubt.what {
            batch.keep_failed(&doubted, doubt.at.day());
        }
        if let Doubted::Renumbered { recorded, reference, .. } = &doubt.what {
            batch.drop_number(&doubted, recorded, reference);
            proofs::drop_number(tx, recorded, &doubted).await?;
        }
        proofs::keep(tx, batch.lines.iter().filter(|line| line.end_to_end_id == doubted)).await?;
        proofs::keep_number(tx, doubt.what.reference(), &doubted).await?;
    }
    if let (false, Doubted::PaidAgain { reference, .. } | Doubted::Renumbered { reference, .. }) =
        (is_confirmed, &doubt.what)
    {
        batch.keep_dropped(&doubted, reference);
    }
    let mut body = json!({ "doubt": doubt.what, "read_by": doubt.by, "file": doubt.file, "grounds": grounds });
    let brought_up: Vec<&Doubted> = batch.doubts[doubts..].iter().map(|doubt| &doubt.what).collect();
    if !brought_up.is_empty() {
        body["doubts"] = json!(brought_up);
    }
    let what = if is_confirmed { "doubt_confirmed" } else { "doubt_dismissed" };
    keep(tx, actor, &batch, what, &body).await
}

/// Whether it says that a payment came to nothing of which the case knows nothing else: that it was paid in between waits still.
fn stays_failed(case: &Case, what: &Doubted) -> bool {
    let is_it = |payment: &&Payment| payment.end_to_end_id == what.end_to_end_id();
    matches!(what, Doubted::FailedAgain { .. })
        && !case.doubtful_payments().any(|payment| is_it(&payment))
        && case.payments.iter().find(is_it).is_some_and(Payment::has_failed)
}

/// That who has read it stands for it still.
async fn reader_is_there(tx: &Tx, doubt: &Doubt) -> Result<(), StoreError> {
    match people::still_has(tx, doubt.by, &[Role::Finance]).await {
        Err(StoreError::Conflict { .. }) if matches!(doubt.what, Doubted::NotReturned { .. }) => {
            Err(StoreError::conflict(
                "提出这一项的人已经停用，或者不再是财务人员：请由在岗的财务人员重新提出，再由另一人确认",
                "who has put this forward is of finance no more: have another put it forward anew, and a third confirm it",
            ))
        }
        Err(StoreError::Conflict { .. }) => Err(StoreError::conflict(
            "读入这份回单的人已经停用，或者不再是财务人员：请由在岗的财务人员把同一份回单再读一次、改由其负责，再由另一人确认",
            "who has read this is of finance no more: have another read the same file again, who then stands for it, and a third confirm it",
        )),
        other => other,
    }
}

/// That who lets the record stand has read nothing of the payment that has the number: they may have given it the number.
async fn is_not_their_proof(tx: &Tx, doubt: &Doubt, actor: &Actor) -> Result<(), StoreError> {
    let others = match &doubt.what {
        Doubted::Odd(Oddity::Reference { other, .. }) => BTreeSet::from([other.clone()]),
        Doubted::Renumbered { reference, .. } => {
            let known = proofs::references(tx, &BTreeSet::from([reference.as_str()])).await?;
            known.into_values().flatten().collect()
        }
        _ => return Ok(()),
    };
    let has_read = |line: &BatchLine| actor.user().is_some_and(|user| line.readers.contains(&user));
    for other in others.iter().filter(|other| *other != doubt.what.end_to_end_id()) {
        let batch = batch_of(tx, other).await?;
        if batch.as_ref().and_then(|batch| batch.line(other)).is_some_and(has_read) {
            return Err(Refusal::RecordedByYou.into());
        }
    }
    Ok(())
}

/// That nothing by which the payment came to nothing waits where it is to be called paid: it would be buried.
fn no_failure_waits(batch: &Batch, doubt: &Doubt) -> Result<(), StoreError> {
    if doubt.what.called_paid().is_none() {
        return Ok(());
    }
    let waits = |one: &Doubt| one.what.frees_money() && one.what.end_to_end_id() == doubt.what.end_to_end_id();
    match batch.open_doubts().any(|(_, one)| waits(one)) {
        false => Ok(()),
        true => Err(StoreError::conflict(
            "这笔付款还有一项“退回”或者“没有付成”待核实：请先核实那一项，再确认这一项",
            "that this payment came back or failed waits too: look into that first, and then confirm this",
        )),
    }
}

/// That the number by which a payment is to be called paid proves no other. By one number two may come back: whoever confirms that has
/// been told.
async fn proves_nothing_else(tx: &Tx, doubt: &Doubt) -> Result<(), StoreError> {
    let Some(said) = doubt.what.reference().filter(|_| !doubt.what.frees_money()) else { return Ok(()) };
    let known = proofs::references(tx, &BTreeSet::from([said])).await?;
    let payments = known.get(said).filter(|payments| !payments.contains(doubt.what.end_to_end_id()));
    match payments.and_then(BTreeSet::first) {
        None => Ok(()),
        Some(other) => Err(StoreError::conflict(
            format!(
                "银行流水 {said} 已经用于 {other}，一笔流水只能证明一笔：请向银行查清。{other} 的流水也记错了的，先读入 {other} 的回单并更正（两笔记成了对方的，读入两笔的回单以后，确认其中一项，两笔一并更正）；没有记错的，维持原记录"
            ),
            format!(
                "the bank's number {said} proves {other} already, and no other: ask the bank. If {other} has a wrong number too, read the answer \
                 about it and correct that first (of two that have each other's, read the answers about both and confirm one: both are set \
                 right); if not, let the record stand"
            ),
        )),
    }
}

/// What is asked of the case once a doubt is confirmed.
fn command(doubt: &Doubt) -> Option<Command> {
    let reported_by = doubt.by;
    match &doubt.what {
        Doubted::Returned(back) => Some(Command::RecordReturn { back: back.clone(), reported_by }),
        Doubted::FailedAgain { end_to_end_id, .. } => {
            Some(Command::ConfirmFailure { end_to_end_id: end_to_end_id.clone(), reported_by })
        }
        Doubted::Renumbered { end_to_end_id, reference, on, .. } => {
            let (end_to_end_id, reference) = (end_to_end_id.clone(), reference.clone());
            Some(Command::CorrectReference { end_to_end_id, reference, on: *on, reported_by })
        }
        Doubted::PaidAgain { end_to_end_id, reference, on }
        | Doubted::NotReturned { end_to_end_id, reference, on, .. } => {
            let outcome = PaymentOutcome::Paid { reference: reference.clone(), on: *on };
            Some(Command::RecordPayment { end_to_end_id: end_to_end_id.clone(), outcome })
        }
        Doubted::Odd(_) => None,
    }
}
