//! Messages (通知) to those who act for a party: what has become of its case. Kinds and documents; the words are the pages'.

use duixian_casework::case::{Case, CaseId, DefectAbout, PaymentOutcome};
use duixian_casework::event::{AfterAnswer, Event, What};
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_rules::plan::StepKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::cases::Scene;
use crate::db::{Queries, Row, Store, Value, values};
use crate::error::StoreError;
use crate::once::Key;
use crate::page::{Page, window};
use crate::tx::Tx;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// Whom it is for: a party's code.
    pub party: String,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// When.
    pub at: Moment,
    /// What happened: the word of the event, or `lapsed` for what time withdrew, `payment_ended` for what could not be paid; of those who
    /// act for the party `agent_registered` and `agent_ended`.
    pub kind: String,
    /// `number`, `measure`, `basis` and `year` of the case, and what the kind has: `reason`, `amount` (fen), `due`, `until`,
    /// `defects`, `conditions`, `closed`; `step` is the word of the step that is due, `decided_by` the day by which all is decided.
    pub body: Json,
    /// The other cases that were sent together with it, in the order of their numbers.
    pub beside: Vec<Beside>,
    /// When someone who acts for the party first opened it.
    pub read_at: Option<Moment>,
}

/// A case that was sent together with that of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// What it is for.
    pub basis: String,
}

/// Which messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    #[default]
    All,
    /// Those that nobody has opened.
    Unread,
    /// Those that ask for something that has not been done yet: the last one of each case that still waits for its
    /// correction, for another account, for what its applicant says to an objection that is not answered, or to be sent while its round takes it.
    ToDo,
}

impl Wanted {
    fn condition(self, now: Moment) -> String {
        match self {
            Wanted::All => "1 = 1".to_owned(),
            Wanted::Unread => "read_at IS NULL".to_owned(),
            Wanted::ToDo => format!(
                "EXISTS (SELECT 1 FROM cases c WHERE c.id = messages.case_id \
                 AND (c.stage = 'correction' AND messages.kind = 'correction_asked' \
                 OR c.stage = 'payment_failed' AND messages.kind IN ('payment_failed', 'payment_returned') \
                 OR c.stage = 'draft' AND messages.kind = 'draft_reminded' \
                 AND EXISTS (SELECT 1 FROM rounds r WHERE r.id = c.round AND r.closes_at > {now}) \
                 OR c.stage = 'objection' AND messages.kind = 'objected' AND NOT EXISTS (SELECT 1 FROM journal j \
                 WHERE j.subject = 'case/' || c.id AND j.kind = 'case.replied' AND j.at >= messages.at))) \
                 AND NOT EXISTS (SELECT 1 FROM messages later WHERE later.party = messages.party \
                 AND later.case_id = messages.case_id AND later.id > messages.id \
                 AND later.kind IN ('correction_asked', 'payment_failed', 'payment_returned', 'objected', 'draft_reminded'))",
                now = now.0
            ),
        }
    }
}

/// How many messages a page shows.
const PER_PAGE: u64 = 20;

impl Store {
    /// The messages to the parties an actor acts for, or to one of them; the newest first. `page` counts from 1.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for a party the actor does not act for.
    pub async fn messages(
        &self,
        actor: &Actor,
        party: Option<&str>,
        wanted: Wanted,
        page: u64,
    ) -> Result<Page<Message>, StoreError> {
        let Some((parties, values)) = parties_of(actor, party)? else { return Ok(Page::empty(PER_PAGE)) };
        let which = wanted.condition(self.now());
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM messages WHERE party IN ({parties}) AND {which}");
        let total = self.one(&sql, values.clone()).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(page, PER_PAGE, total);
        let sql = format!(
            "SELECT id, party, case_id, at, kind, body, read_at FROM messages WHERE party IN ({parties}) \
             AND {which} ORDER BY id DESC LIMIT {PER_PAGE} OFFSET {offset}"
        );
        let mut rows = self.all(&sql, values).await?.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        look_beside(self, &mut rows).await?;
        Ok(Page { rows, total, page, per_page: PER_PAGE })
    }

    /// The parties that an actor acts for and that have messages.
    pub async fn parties_with_messages(&self, actor: &Actor) -> Result<Vec<String>, StoreError> {
        let Some((parties, values)) = parties_of(actor, None)? else { return Ok(Vec::new()) };
        let sql = format!("SELECT DISTINCT party FROM messages WHERE party IN ({parties}) ORDER BY party");
        self.all(&sql, values).await?.iter().map(|row| row.text("party")).collect()
    }

    /// How many messages to the parties an actor acts for nobody has opened yet.
    pub async fn unread(&self, actor: &Actor) -> Result<u64, StoreError> {
        let Some((parties, values)) = parties_of(actor, None)? else { return Ok(0) };
        let sql = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM messages WHERE party IN ({parties}) AND read_at IS NULL"
        );
        Ok(self.one(&sql, values).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs())
    }

    /// A message to one of the parties an actor acts for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, or it is another's.
    pub async fn message(&self, actor: &Actor, id: i64) -> Result<Message, StoreError> {
        let Some((parties, mut values)) = parties_of(actor, None)? else { return Err(StoreError::NotFound) };
        values.push(id.into());
        let place = values.len();
        let sql = format!(
            "SELECT id, party, case_id, at, kind, body, read_at FROM messages WHERE party IN ({parties}) AND id = ${place}"
        );
        let mut found = [message(&self.one(&sql, values).await?.ok_or(StoreError::NotFound)?)?];
        look_beside(self, &mut found).await?;
        let [message] = found;
        Ok(message)
    }

    /// Notes that all messages to the parties an actor acts for were opened, or those to one of them.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for a party the actor does not act for.
    pub async fn mark_all_read(&self, actor: &Actor, party: Option<&str>) -> Result<(), StoreError> {
        let Some((parties, values)) = parties_of(actor, party)? else { return Ok(()) };
        self.mark(format!("party IN ({parties})"), values).await
    }

    /// Notes that messages were opened. Those that are not for the actor, or were opened before, stay as they are. It is
    /// not written on the journal: reading changes nothing.
    pub async fn mark_read(&self, actor: &Actor, ids: Vec<i64>) -> Result<(), StoreError> {
        let Some((parties, values)) = parties_of(actor, None)? else { return Ok(()) };
        let ids: Vec<String> = ids.into_iter().take(500).map(|id| id.to_string()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.mark(format!("id IN ({}) AND party IN ({parties})", ids.join(", ")), values).await
    }

    async fn mark(&self, which: String, values: Vec<Value>) -> Result<(), StoreError> {
        let next = values.len() + 1;
        let sql = format!("UPDATE messages SET read_at = ${next} WHERE {which} AND read_at IS NULL");
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let values = values.into_iter().chain(values![now.0]).collect();
                tx.execute(&sql, values).await.map(drop)
            })
        })
        .await
    }
}

/// Placeholders and values for the parties whose messages an actor may read; none if there are none.
fn parties_of(actor: &Actor, only: Option<&str>) -> Result<Option<(String, Vec<Value>)>, StoreError> {
    if actor.user().is_none() {
        return Err(StoreError::Denied);
    }
    let wanted: Vec<&String> =
        actor.own_parties().iter().filter(|party| only.is_none_or(|only| only == *party)).collect();
    if wanted.is_empty() {
        return if only.is_some() { Err(StoreError::Denied) } else { Ok(None) };
    }
    let places: Vec<String> = (1..=wanted.len()).map(|place| format!("${place}")).collect();
    let values = wanted.into_iter().map(|party| Value::from(party.as_str())).collect();
    Ok(Some((places.join(", "), values)))
}

fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.int("id")?,
        party: row.text("party")?,
        case: row.opt_int("case_id")?.map(CaseId),
        at: Moment(row.int("at")?),
        kind: row.text("kind")?,
        body: row.json("body")?,
        beside: Vec::new(),
        read_at: row.opt_int("read_at")?.map(Moment),
    })
}

/// Fills in what was sent together with the cases of messages.
async fn look_beside(store: &Store, messages: &mut [Message]) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = messages.iter().map(|message| message.id.to_string()).collect();
    let sql = format!(
        "SELECT message, case_id, number, basis FROM message_cases WHERE message IN ({}) ORDER BY number, case_id",
        ids.join(", ")
    );
    for row in store.all(&sql, vec![]).await? {
        let id = row.int("message")?;
        let beside =
            Beside { case: CaseId(row.int("case_id")?), number: row.text("number")?, basis: row.text("basis")? };
        messages.iter_mut().filter(|message| message.id == id).for_each(|message| message.beside.push(beside.clone()));
    }
    Ok(())
}

/// What an event leaves for those who act for its case's party, and a change of who acts for a party, as the tables have it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Note {
    /// A message, about no case where it is about those who act for the party; `together` tells it from those of other forms, where one
    /// form has sent more.
    Message { id: i64, party: String, case: Option<i64>, at: i64, kind: String, body: String, together: Option<String> },
    /// A place beside the message that another case of the same form has left.
    Beside { message: i64, case: i64, number: String, basis: String },
}

impl Note {
    /// The columns by which a message is read.
    pub(crate) const MESSAGE: &str = "id, party, case_id, at, kind, body, together";

    pub(crate) fn of_message(row: &Row) -> Result<Note, StoreError> {
        let (id, party, case, at) = (row.int("id")?, row.text("party")?, row.opt_int("case_id")?, row.int("at")?);
        let (kind, body, together) = (row.text("kind")?, row.text("body")?, row.opt_text("together")?);
        Ok(Note::Message { id, party, case, at, kind, body, together })
    }

    pub(crate) fn of_beside(row: &Row) -> Result<Note, StoreError> {
        let (message, case) = (row.int("message")?, row.int("case_id")?);
        Ok(Note::Beside { message, case, number: row.text("number")?, basis: row.text("basis")? })
    }

    /// Writes it. Only what is sent together is looked for by others of the transaction, and must be there for them.
    pub(crate) async fn put(self, tx: &mut Tx) -> Result<(), StoreError> {
        match self {
            Note::Message { id, party, case, at, kind, body, together: None } => {
                let values = values![id, party, case, at, kind, body];
                tx.insert_late("messages", "id, party, case_id, at, kind, body", values)
            }
            Note::Message { id, party, case, at, kind, body, together } => {
                let sql = "INSERT INTO messages (id, party, case_id, at, kind, body, together) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7)";
                tx.execute(sql, values![id, party, case, at, kind, body, together]).await.map(drop)
            }
            Note::Beside { message, case, number, basis } => {
                let sql = "INSERT INTO message_cases (message, case_id, number, basis) VALUES ($1, $2, $3, $4)";
                tx.execute(sql, values![message, case, number, basis]).await.map(drop)
            }
        }
    }
}

/// The message that an event calls for, to be put down in the transaction of the event. `case` is the case after it; `form` is the
/// key of the form that asked the same of other cases: for all that it sends for a party the first leaves a message, and the others are put
/// beside it. Each does so in its own part of a transaction, so that what is refused is told of nowhere.
pub(crate) async fn note(
    tx: &mut Tx,
    event: &Event,
    case: &Case,
    scene: &Scene,
    form: Option<&Key>,
) -> Result<Option<Note>, StoreError> {
    let Some((kind, mut body)) = message_for(event, case) else { return Ok(None) };
    if let (Json::Object(body), Json::Object(more)) = (&mut body, steps_for(event, case, scene)) {
        body.extend(more);
    }
    let (party, id) = (case.subject.party.clone(), case.id.0);
    let together = match (form, &event.what) {
        (Some(form), What::Submitted { number, .. }) => {
            let together = form.part(&format!("together {party}")).as_str().to_owned();
            let first = tx.one("SELECT id FROM messages WHERE together = $1", values![together.as_str()]).await?;
            if let Some(first) = first {
                let (message, basis) = (first.int("id")?, case.subject.basis.clone());
                return Ok(Some(Note::Beside { message, case: id, number: number.clone(), basis }));
            }
            Some(together)
        }
        _ => None,
    };
    let (message, at) = (tx.next_id("messages").await?, event.at.0);
    let (kind, body) = (kind.to_owned(), body.to_string());
    Ok(Some(Note::Message { id: message, party, case: Some(id), at, kind, body, together }))
}

/// Which step is `due`, and until when all is decided: dates that stand side by side must say what each is of.
fn steps_for(event: &Event, case: &Case, scene: &Scene) -> Json {
    let procedure = &scene.procedure;
    let after_acceptance = || procedure.review_after(StepKind::Accept).map_or(StepKind::Decide, |step| step.kind);
    let step = match &event.what {
        What::Submitted { .. } => Some(StepKind::Accept),
        What::Accepted { .. } => Some(after_acceptance()),
        What::Corrected { .. } | What::Resumed { .. } => match case.stage {
            Stage::Accepted => Some(after_acceptance()),
            stage => stage.step(),
        },
        What::Decided { .. } | What::Funded { .. } => Some(StepKind::Notice),
        What::NoticeEnded { .. } => Some(StepKind::Pay),
        _ => None,
    };
    let decided_by = match (&event.what, step) {
        (What::Accepted { .. }, Some(step)) if step != StepKind::Decide => {
            Some(scene.calendar.add_working_days(event.at.day(), procedure.days_to_decide()))
        }
        _ => None,
    };
    json!({ "step": step.map(StepKind::word), "decided_by": decided_by })
}

/// The kind and document of the message that an event calls for; none where the applicant did it, or need not know. What
/// one party reads of a case says nothing of others: who objected stays out.
pub fn message_for(event: &Event, case: &Case) -> Option<(&'static str, Json)> {
    let by_time = event.by.is_none();
    let mut kind = event.what.word();
    let more = match &event.what {
        What::Submitted { due, .. } => json!({ "due": due }),
        What::Accepted { due, .. } | What::Corrected { due, .. } => json!({ "due": due }),
        What::NotAccepted { reason }
        | What::Declined { reason }
        | What::PaymentEnded { reason }
        | What::Held { reason, .. } => json!({ "reason": reason }),
        What::AccountReminded { due } => json!({ "due": due }),
        What::CorrectionAsked { due, .. } | What::CorrectionReminded { due } => {
            json!({ "due": due, "defects": defects(case) })
        }
        // Of a notice it is said where that hangs.
        What::DeadlineMoved { stage, was_due, due } if *stage != Stage::InNotice => {
            json!({ "stage": stage, "was_due": was_due, "due": due })
        }
        What::DraftReminded { closes } => json!({ "due": closes }),
        What::DraftMissed { closed } => json!({ "closed": closed }),
        What::Resumed { due } => json!({ "due": due }),
        What::Decided { decision, due, .. } => {
            json!({ "amount": decision.funded, "reason": decision.reason, "conditions": decision.conditions, "due": due })
        }
        What::Queued(decision) => json!({ "amount": decision.amount, "reason": decision.reason }),
        What::Funded { amount, due, .. } => {
            let decided = case.decision.as_ref().map(|decision| decision.amount);
            let sharing = case.decision.as_ref().and_then(|decision| decision.sharing.as_ref());
            json!({ "amount": amount, "decided": decided, "due": due, "sharing": sharing })
        }
        What::Revoked { proposal, .. } => json!({ "reason": proposal.grounds }),
        What::NoticePublished(notice) => json!({ "until": notice.until }),
        What::Objected { objection, due, .. } => {
            json!({ "grounds": objection.grounds, "due": objection.due.unwrap_or(*due) })
        }
        What::ObjectionAnswered { answer, then, .. } => {
            let until = if let AfterAnswer::NoticeGoesOn(until) = then { Some(until) } else { None };
            let back = matches!(then, AfterAnswer::BackToReview { .. });
            json!({ "upheld": answer.upheld, "back": back, "answer": answer.text, "until": until })
        }
        What::NoticeEnded { due } => json!({ "due": due }),
        What::Paid { on, .. } => {
            let amount =
                case.payments.iter().rev().find(|paid| matches!(paid.outcome, Some(PaymentOutcome::Paid { .. })));
            json!({ "on": on, "amount": amount.map(|paid| paid.amount) })
        }
        // Nothing is asked of the applicant where it was not the account.
        What::PaymentFailed { reason, due, is_payers: false } => json!({ "reason": reason, "due": due }),
        What::PaymentReturned { back, due, .. } => {
            let amount = case.payments.iter().find(|payment| payment.end_to_end_id == back.end_to_end_id);
            json!({ "reason": back.reason, "on": back.on, "amount": amount.map(|payment| payment.amount), "due": due })
        }
        What::FailedAfterAll { end_to_end_id, due: Some(due), .. } => {
            kind = "payment_failed";
            let it = case.payments.iter().find(|payment| payment.end_to_end_id == *end_to_end_id);
            let reason = it.and_then(|payment| match &payment.outcome {
                Some(PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. }) => Some(reason),
                _ => None,
            });
            json!({ "reason": reason, "due": due })
        }
        What::Closed => json!({}),
        What::Withdrawn { reason } if by_time => {
            kind = "lapsed";
            json!({ "reason": reason, "defects": defects(case) })
        }
        _ => return None,
    };
    let mut body = json!({
        "number": case.number,
        "measure": case.subject.measure,
        "basis": case.subject.basis,
        "year": case.subject.year,
    });
    if let (Json::Object(body), Json::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    Some((kind, body))
}

/// What the applicant is to mend, or has not mended in time.
fn defects(case: &Case) -> Json {
    case.defects.iter().map(|defect| json!({ "about": about(&defect.about), "text": defect.text })).collect()
}

fn about(about: &DefectAbout) -> Json {
    match about {
        DefectAbout::Fact(cell) => json!({ "fact": String::from(cell.clone()) }),
        DefectAbout::Evidence(kind) => json!({ "evidence": kind }),
        DefectAbout::Account => json!("account"),
        DefectAbout::Other => json!("other"),
    }
}
