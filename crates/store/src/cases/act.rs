//! A command on a case, from the transition to the rows it leaves.

use duixian_casework::case::{Case, Evidence};
use duixian_casework::command::{Action, Command};
use duixian_casework::event::{Event, MoneyMove, What};
use duixian_casework::handle::handle;
use duixian_casework::people::{Actor, Role};
use duixian_casework::permit::permit;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;

use crate::appraisal::{appraise, appraise_whole};
use crate::cases::asked::{Ask, Wanting};
use crate::cases::left::{self, Left, Said};
use crate::cases::{accounts, elsewhere, keys, rows, scene::Scene};
use crate::error::StoreError;
use crate::funds::{book, late};
use crate::notices::Hung;
use crate::once::Key;
use crate::tx::Tx;
use crate::{files, messages, numbers, people};

/// Does what is asked of a case; `form` is the key of what was asked of several cases at once.
pub(crate) async fn ask(
    tx: &mut Tx,
    case: Case,
    ask: Ask,
    actor: &Actor,
    form: Option<&Key>,
) -> Result<Case, StoreError> {
    let mut scene = Scene::around(tx, &case).await?;
    if let Ask::Save { statements, .. } = &ask {
        keys::are_plain(&scene.pack.plan, &case, statements)?;
    }
    let command = match ask.into_command() {
        Ok(command) => command,
        Err(Wanting::Other { other, grounds }) => {
            tx.put_down().await?;
            let others = elsewhere::elsewhere(tx, &scene.pack.plan, &case).await?;
            let other = others.into_iter().find(|one| one.case == other);
            let other = other.ok_or(Refusal::NoSuch("件同一编号的申请", "case for the same number"))?;
            Command::Distinguish { other: other.case, number: other.number, basis: other.basis, grounds }
        }
        // Whoever may not submit at all costs no number, nor an assessment but the one that was made ahead.
        Err(Wanting::Resubmit { answers }) => {
            scene.permit(&case, Action::Resubmit, actor, tx.now())?;
            Command::Resubmit { assessed: appraise_whole(tx, &case, &scene.round).await?, answers }
        }
        Err(Wanting::Submit) => {
            scene.permit(&case, Action::Submit, actor, tx.now())?;
            let assessed = appraise_whole(tx, &case, &scene.round).await?;
            scene.look_up_duplicate(tx, &case).await?;
            Command::Submit { assessed, number: numbers::next_case_number(tx).await? }
        }
    };
    let is_finding = matches!(command, Command::FindStatement { .. } | Command::FindEvidence { .. });
    let case = act_in(tx, case, command, actor, &mut scene, form).await?;
    if !is_finding {
        return Ok(case);
    }
    let assessed = appraise(tx, &case, &scene.round).await?;
    act_in(tx, case, Command::Reassess { assessed }, &Actor::System, &mut scene, form).await
}

/// Gives a command to a case, and keeps what comes of it.
pub(crate) async fn act(tx: &mut Tx, case: Case, command: Command, actor: &Actor) -> Result<Case, StoreError> {
    let mut scene = Scene::around(tx, &case).await?;
    act_in(tx, case, command, actor, &mut scene, None).await
}

async fn act_in(
    tx: &mut Tx,
    mut case: Case,
    command: Command,
    actor: &Actor,
    scene: &mut Scene,
    form: Option<&Key>,
) -> Result<Case, StoreError> {
    if matches!(command.action(), Action::Decide | Action::Fund) {
        tx.put_down().await?;
        scene.look_up_free(tx, &case).await?;
        scene.look_up_doubt(tx, &case).await?;
    }
    let action = command.action();
    match action {
        Action::Remind => scene.look_up_duplicate(tx, &case).await?,
        Action::Fund => {
            scene.look_up_duplicate(tx, &case).await?;
            scene.look_up_limits(tx, &case).await?;
        }
        Action::FindStatement | Action::Decide => {
            tx.put_down().await?;
            scene.look_up_contradictions(tx, &case).await?;
        }
        Action::PutInBatch | Action::NoteRelease => {
            tx.put_down().await?;
            scene.look_up_paid(tx, &case).await?;
            scene.look_up_doubt(tx, &case).await?;
            scene.look_up_doubt_of_others(tx, &case).await?;
        }
        Action::Close => {
            tx.put_down().await?;
            scene.look_up_doubt(tx, &case).await?;
            scene.look_up_doubt_of_others(tx, &case).await?;
        }
        Action::CorrectAccount => {
            tx.put_down().await?;
            scene.look_up_doubt(tx, &case).await?;
            scene.look_up_failed_account(tx, &case).await?;
        }
        Action::Withdraw | Action::ProposeEnding | Action::EndPayment => {
            scene.look_up_doubt(tx, &case).await?;
        }
        _ => {}
    }
    let is_in_review = matches!(case.stage, Stage::Accepted | Stage::FormalReview | Stage::SubstantiveReview);
    if is_in_review && actor.user().is_some() && actor.user() != case.assignee {
        scene.look_up_assignee(tx, &case).await?;
    }
    if action == Action::Decide || action == Action::Decline && case.stage == Stage::Reviewed {
        scene.permit(&case, action, actor, tx.now())?;
        // What limits leave hangs on what was granted to others since the review.
        let assessed = appraise(tx, &case, &scene.round).await?;
        let now = tx.now();
        let again = Command::Reassess { assessed };
        for event in scene.with_context(now, |context| handle(&case, again, &Actor::System, context))? {
            record(tx, &mut case, event, scene, form).await?;
        }
    }
    if matches!(command.action(), Action::ProposeRevocation | Action::ConfirmRevocation) {
        scene.look_up_duplicate(tx, &case).await?;
    }
    if let (Action::ConfirmRevocation, Some(proposal)) = (command.action(), &case.revocation) {
        people::still_has(tx, proposal.by, &[Role::DecisionMaker]).await?;
    }
    if let (Action::EndPayment, Some(proposal)) = (command.action(), &case.ending) {
        people::still_has(tx, proposal.by, &[Role::Finance]).await?;
    }
    if command.action() == Action::CorrectAccount {
        scene.look_up_name(tx, &case).await?;
    }
    let now = tx.now();
    let events = scene.with_context(now, |context| handle(&case, command, actor, context))?;
    if events.is_empty() {
        return Ok(case);
    }
    for event in events {
        record(tx, &mut case, event, scene, form).await?;
    }
    rows::keep(tx, &case, scene).await?;
    Ok(case)
}

/// One event: on the case, on the journal, as a message and in the ledger.
async fn record(
    tx: &mut Tx,
    case: &mut Case,
    event: Event,
    scene: &Scene,
    form: Option<&Key>,
) -> Result<(), StoreError> {
    let money = event.what.money(case.stage);
    let before = money.map(|money| (money, case.clone()));
    if let What::EvidenceAdded(Evidence { file: Some(file), .. }) = &event.what {
        files::note_use(tx, case.id, file).await?;
    }
    accounts::note_use(tx, case, &event.what)?;
    case.apply(&event);
    let note = messages::note(tx, &event, case, scene, form).await?;
    let hung = match &event.what {
        What::NoticePublished(notice) => {
            let name = rows::name_of(tx, &case.subject.party).await?;
            Some(Hung::up(case, notice, name, form))
        }
        _ => None,
    };
    let left = Left {
        kept: note.as_ref().map(left::hash_of).transpose()?,
        hung: hung.as_ref().map(left::hash_of).transpose()?,
    };
    journal(tx, case, &event, left)?;
    if let Some(note) = note {
        note.put(tx).await?;
    }
    if let Some(hung) = hung {
        hung.put(tx)?;
    }
    if let Some((money, before)) = before {
        match money {
            MoneyMove::Reserve(amount) => reserve(tx, case, &event, amount).await?,
            MoneyMove::TakeBack => {
                let amount = book::take_back(tx, event.by, &before).await?;
                reserve(tx, case, &event, amount).await?;
            }
            MoneyMove::Pay => book::pay(tx, event.by, &before).await?,
            MoneyMove::Release => book::release(tx, event.by, &before).await?,
            MoneyMove::Late => {}
        }
        if before.has_been_doubted() || case.has_been_doubted() {
            late::settle(tx, event.by, case).await?;
        }
    }
    Ok(())
}

/// Sets money aside for a case, and notes with it by which transfer.
async fn reserve(tx: &mut Tx, case: &mut Case, event: &Event, amount: Fen) -> Result<(), StoreError> {
    let transfer = book::reserve(tx, event.by, case, amount).await?;
    let reserved = Event { at: event.at, by: event.by, what: What::Reserved { transfer } };
    case.apply(&reserved);
    journal(tx, case, &reserved, Left::default())
}

fn journal(tx: &mut Tx, case: &Case, event: &Event, left: Left) -> Result<(), StoreError> {
    let kind = format!("case.{}", event.what.word());
    tx.journal(event.by, &kind, &rows::subject_of(case.id), &Said::of(&event.what, left)).map(drop)
}

impl Scene {
    fn permit(
        &self,
        case: &Case,
        action: Action,
        actor: &Actor,
        now: duixian_casework::moment::Moment,
    ) -> Result<(), Refusal> {
        self.with_context(now, |context| permit(case, action, actor, context))
    }
}
