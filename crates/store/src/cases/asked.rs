//! What people ask of a case: casework's commands less what the store itself supplies.

use std::collections::BTreeMap;

use duixian_casework::case::{BankAccount, CaseId, CellRef, Defect, Recommendation};
use duixian_casework::command::{Command, IfShort, NewEvidence, Stated};
use duixian_money::Fen;

/// Something asked of a case. Numbers, assessments and payments are the store's to add.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the command of the same name, with the same fields")]
pub enum Ask {
    Save { statements: BTreeMap<CellRef, Option<Stated>>, account: Option<BankAccount> },
    AddEvidence(NewEvidence),
    RemoveEvidence(u32),
    Submit,
    Resubmit { answers: Vec<String> },
    Withdraw { reason: String },
    Accept,
    NotAccept { reason: String },
    AskCorrection { defects: Vec<Defect> },
    TakeUp,
    FindStatement { cell: CellRef, holds: bool, note: String },
    ConfirmFacts { facts: BTreeMap<CellRef, String>, source: String },
    FindEvidence { id: u32, holds: bool, note: String },
    Distinguish { other: CaseId, grounds: String },
    Review { recommends: Recommendation, opinion: String },
    SendBack { reason: String },
    Hold { reason: String },
    Resume,
    Decide { amount: Fen, reason: String, conditions: Vec<String>, priority: i32, if_short: IfShort },
    Fund,
    Decline { reason: String },
    ProposeRevocation { grounds: String, remark: String },
    ConfirmRevocation,
    DropRevocation { reason: String },
    PublishNotice,
    Object { name: String, contact: String, grounds: String },
    Reply { text: String },
    AnswerObjection { id: u32, upheld: bool, text: String },
    EndNotice,
    ProposeEnding { reason: String },
    EndPayment,
    DropEnding { reason: String },
    CorrectAccount(BankAccount),
    Close,
}

impl Ask {
    /// Whether the rules are asked about the case with it.
    pub(crate) fn is_assessed(&self) -> bool {
        matches!(self, Ask::Submit | Ask::Resubmit { .. } | Ask::FindStatement { .. } | Ask::FindEvidence { .. })
    }

    /// The command; none of what something must be looked up for first.
    pub(crate) fn into_command(self) -> Result<Command, Wanting> {
        Ok(match self {
            Ask::Submit => return Err(Wanting::Submit),
            Ask::Resubmit { answers } => return Err(Wanting::Resubmit { answers }),
            Ask::Distinguish { other, grounds } => return Err(Wanting::Other { other, grounds }),
            Ask::Save { statements, account } => Command::Save { statements, account },
            Ask::AddEvidence(evidence) => Command::AddEvidence(evidence),
            Ask::RemoveEvidence(id) => Command::RemoveEvidence(id),
            Ask::Withdraw { reason } => Command::Withdraw { reason },
            Ask::Accept => Command::Accept,
            Ask::NotAccept { reason } => Command::NotAccept { reason },
            Ask::AskCorrection { defects } => Command::AskCorrection { defects },
            Ask::TakeUp => Command::TakeUp,
            Ask::FindStatement { cell, holds, note } => Command::FindStatement { cell, holds, note },
            Ask::ConfirmFacts { facts, source } => Command::ConfirmFacts { facts, source },
            Ask::FindEvidence { id, holds, note } => Command::FindEvidence { id, holds, note },
            Ask::Review { recommends, opinion } => Command::Review { recommends, opinion },
            Ask::SendBack { reason } => Command::SendBack { reason },
            Ask::Hold { reason } => Command::Hold { reason },
            Ask::Resume => Command::Resume,
            Ask::Decide { amount, reason, conditions, priority, if_short } => {
                Command::Decide { amount, reason, conditions, priority, if_short }
            }
            Ask::Fund => Command::Fund { shared: None },
            Ask::Decline { reason } => Command::Decline { reason },
            Ask::ProposeRevocation { grounds, remark } => Command::ProposeRevocation { grounds, remark },
            Ask::ConfirmRevocation => Command::ConfirmRevocation,
            Ask::DropRevocation { reason } => Command::DropRevocation { reason },
            Ask::PublishNotice => Command::PublishNotice,
            Ask::Object { name, contact, grounds } => Command::Object { name, contact, grounds },
            Ask::Reply { text } => Command::Reply { text },
            Ask::AnswerObjection { id, upheld, text } => Command::AnswerObjection { id, upheld, text },
            Ask::EndNotice => Command::EndNotice,
            Ask::ProposeEnding { reason } => Command::ProposeEnding { reason },
            Ask::EndPayment => Command::EndPayment,
            Ask::DropEnding { reason } => Command::DropEnding { reason },
            Ask::CorrectAccount(account) => Command::CorrectAccount(account),
            Ask::Close => Command::Close,
        })
    }
}

/// What is asked that something must be looked up for first: what the rules say, or the other case.
pub(crate) enum Wanting {
    Submit,
    Resubmit { answers: Vec<String> },
    Other { other: CaseId, grounds: String },
}
