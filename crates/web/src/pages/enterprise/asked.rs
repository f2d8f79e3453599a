//! What a message has asked for, as it stands now: an old letter promises no day that has been put off, and offers nothing that is over.

use chrono::NaiveDate;
use duixian_casework::stage::Stage;
use duixian_store::messages::Message;

use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// What a message has asked for.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    /// Whether an objection waits for its answer, so that it can be replied to.
    pub is_objected: bool,
    /// How many objections wait for what the party says to them.
    pub open_objections: usize,
    /// By when it is to be done, and whether that is past, where it is still to be done.
    pub due: Option<(NaiveDate, bool)>,
}

impl Asked {
    /// The heading of a message that stands for all objections which wait for a reply, with how many there are.
    pub fn of_all(self, what: Text) -> Text {
        match self.open_objections {
            0 | 1 => what,
            count => Text::new(format!("{}（共{count}项）", what.zh), format!("{} ({count} in all)", what.en)),
        }
    }
}

/// The stage in which a case waits for what a message asks for, and the events by which it begins to wait.
fn waits(message: &Message) -> Option<(Stage, &'static [&'static str])> {
    const CORRECTION: (Stage, &[&str]) = (Stage::Correction, &["correction_asked"]);
    const ACCOUNT: (Stage, &[&str]) = (Stage::PaymentFailed, &["payment_failed", "payment_returned"]);
    match message.kind.as_str() {
        "correction_asked" | "correction_reminded" => Some(CORRECTION),
        "payment_failed" | "payment_returned" | "account_reminded" => Some(ACCOUNT),
        "deadline_moved" if message.body["stage"] == Stage::PaymentFailed.word() => Some(ACCOUNT),
        "deadline_moved" => Some(CORRECTION),
        "objected" => Some((Stage::Objection, &[])),
        _ => None,
    }
}

/// How what a message asks for stands now.
pub async fn asked(portal: &Portal, viewer: &Viewer, message: &Message) -> Result<Asked, Problem> {
    let (Some(id), Some((stage, begins))) = (message.case, waits(message)) else { return Ok(Asked::default()) };
    let case = portal.store.case_for(&viewer.actor, id).await?;
    let is_there = case.stage == stage;
    let Some(due) = case.due.filter(|_| is_there && !begins.is_empty()) else {
        let is_objected = is_there && stage == Stage::Objection;
        let open = case.open_objections().filter(|one| is_objected && one.reply.is_none());
        return Ok(Asked { is_objected, open_objections: open.count(), due: None });
    };
    // What was asked for before it was asked for anew is done, whatever the case waits for now.
    let history = portal.store.history(id).await?;
    let since = history.iter().rev().find(|entry| begins.contains(&entry.event.what.word())).map(|entry| entry.at);
    let is_of_now = since.is_some_and(|since| since <= message.at);
    Ok(Asked { due: is_of_now.then(|| (due, due < portal.store.now().day())), ..Asked::default() })
}
