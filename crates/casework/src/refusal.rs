//! Why a command is refused: the rule it would break, in words for the person who gave it.

use chrono::NaiveDate;
use duixian_money::{Fen, Span};
use duixian_rules::plan::Duty;

use crate::case::CellRef;
use crate::command::Action;
use crate::people::Role;
use crate::stage::Stage;

mod words;

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The case does not stand where this can be done.
    WrongStage {
        /// What was asked.
        action: Action,
        /// Where the case stands.
        stage: Stage,
    },
    /// A text holds what nobody sees: what it is, in Chinese and English.
    Unseen(&'static str, &'static str),
    /// The actor lacks the role.
    NeedsRole(Role),
    /// The actor does not sit at the desk that has the case.
    NeedsDesk(String),
    /// A colleague of the desk has taken the case up: their name, empty where it is not known.
    TakenUpBy(String),
    /// The actor does not act for the party.
    NotYourParty,
    /// The actor acts for the party, and must not handle its case as an official.
    OwnParty,
    /// 回避: the actor has done another duty of the case.
    Recused {
        /// The duty already done.
        did: Duty,
        /// The duty asked for.
        now: Duty,
    },
    /// The actor acts for the party now, and has done a duty of the case as an official.
    OfficialBefore(Duty),
    /// The round is not open yet.
    RoundNotOpen(NaiveDate),
    /// The round is over.
    RoundClosed(NaiveDate),
    /// The deadline of a correction has passed.
    TooLate(NaiveDate),
    /// The rules give nothing.
    NotEntitled(String, String),
    /// Facts are missing.
    FactsMissing(String, String),
    /// What is stated can't be: which of it and why, in Chinese and English.
    FactsWrong(String, String),
    /// A required piece of evidence is missing.
    EvidenceMissing(Vec<String>),
    /// No account was given.
    AccountMissing,
    /// The amount lies outside the assessed span.
    OutsideSpan {
        /// The amount.
        amount: Fen,
        /// The span.
        span: Span,
    },
    /// The amount is not above zero.
    NothingToGrant,
    /// The fund has less than was decided: what is cut is shared out by a rule, by two people.
    ShortForOne {
        /// What is free.
        free: Fen,
        /// What was decided.
        wanted: Fen,
    },
    /// The fund is short.
    FundShort {
        /// What is free.
        free: Fen,
        /// What waits for it already, and comes first.
        waiting: Fen,
        /// What was wanted.
        wanted: Fen,
    },
    /// The fund would carry it, but not with what waits that was decided before.
    OthersWait {
        /// What is free.
        free: Fen,
        /// What waits.
        waiting: Fen,
        /// What was wanted.
        wanted: Fen,
    },
    /// Another party was granted a basis of the same number, in this case.
    GrantedElsewhere(String),
    /// The number is written as that of the other case is, by its number.
    SameNumber(String),
    /// The registry has the basis as another party's.
    OfAnotherParty,
    /// The fund has no account for the year.
    NoFund(String),
    /// A text must be given.
    TextMissing(&'static str, &'static str),
    /// At least one defect must be named.
    NoDefects,
    /// What the command names is not there.
    NoSuch(&'static str, &'static str),
    /// It was answered, found or recorded already.
    AlreadyDone,
    /// That a return of it never was is put forward already, and waits for another of finance.
    ReturnContested,
    /// The case has the same file for the same type of evidence, under this name.
    SameFile(String),
    /// An objection is still open.
    ObjectionOpen,
    /// The notice still hangs.
    NoticeRuns(NaiveDate),
    /// The payment may not be made before this day.
    NotPayableBefore(NaiveDate),
    /// Another account may still be given until this day.
    AccountMayCome(NaiveDate),
    /// A payment is under way.
    PaymentUnderWay,
    /// What was decided is in a payment batch, and can be revoked only once it is taken out.
    TakeOutFirst,
    /// What was decided is to be revoked: nothing is done with it until that is settled.
    RevocationOpen,
    /// Whoever proposes a revocation does not confirm it.
    SecondDeciderNeeded,
    /// Whoever decided a case neither answers the objections to that nor declines it while it waits for money: another one does.
    DecidedByYou(Action),
    /// Who has reviewed it does not answer to the objections to it.
    ReviewedByYou(Action),
    /// Whoever proposes to end a payment does not confirm it.
    SecondPayerNeeded,
    /// It was proposed already to end the payment.
    EndingOpen,
    /// What is free goes to those first that wait and were decided before.
    OthersAhead {
        /// What the fund has free.
        free: Fen,
        /// What those before it wait for.
        ahead: Fen,
        /// What it waits for itself.
        wanted: Fen,
    },
    /// How the fund is shared out among those that wait was put forward, and waits for a second decision maker: nothing of it goes another
    /// way before that is confirmed, sent back, or taken back.
    SharingOpen,
    /// Where waiting cases get less than was decided, or are passed over by later ones, one decision maker proposes that and another confirms it.
    SecondSharerNeeded,
    /// The bank has said of a payment what does not go with what is recorded; a second person has yet to look into it, on the page of this batch.
    DoubtOpen(String),
    /// The same of a payment of another case for the same basis.
    OtherInDoubt {
        /// The other case's number.
        other: String,
        /// The batch's number.
        batch: String,
    },
    /// The bank has said of a payment that was recorded as failed that it was made.
    PaidAfterAll {
        /// The case's number.
        case: String,
        /// What the bank knows the payment by.
        payment: String,
    },
    /// The bank says of a payment that was recorded as failed that it was made, and another has paid the case.
    PaidTwice {
        /// What the bank knows the payment by.
        payment: String,
    },
    /// The bank says of a payment that was recorded as failed that it was made: nobody's finding takes back its word but its own.
    BankCallsItPaid {
        /// What the bank knows the payment by.
        payment: String,
    },
    /// The bank has said two things of an earlier payment, and what is true is being cleared up.
    PaymentInDoubt,
    /// The same, where the case would be withdrawn: it may be paid already.
    MayBePaid,
    /// Money has left, or is on its way, in another case for the same basis.
    PaidOtherwise {
        /// The case's number.
        case: String,
        /// The number of the other.
        other: String,
    },
    /// The bank has paid another case since this one was decided, and both are more than the measure's limits give.
    LimitTaken {
        /// The case's number.
        case: String,
        /// The number of the other.
        other: String,
    },
    /// The batch is not in a state for this.
    WrongBatchStage(&'static str, &'static str),
    /// The file of the batch may be with the bank.
    FileAtBank,
    /// The file of the batch was fetched in another form, and nobody has said that it was not sent: a bank that is sent both may pay
    /// twice.
    OtherFormFetched {
        /// The form that was fetched, as people call it.
        fetched: &'static str,
        /// The form that was asked for.
        wanted: &'static str,
        /// Whether the bank has answered since: what it has answered was sent, whatever anyone says.
        is_answered: bool,
    },
    /// The same person cannot release a batch twice.
    SecondPersonNeeded,
    /// Who has read the bank's answer cannot confirm what it says.
    ReadByYou,
    /// What the bank says now contradicts what this person has recorded: they may confirm it, and another lets the record stand.
    RecordedByYou,
    /// A text that is published or passed on holds numbers by which people are reached, named or robbed, or where they live: the text, in
    /// both languages, and these.
    Personal(&'static str, &'static str, Vec<String>),
    /// The grounds of an objection hold the name that whoever objects has given or signs with, and what else is to be left out of them.
    OwnName(String, Vec<String>),
    /// What the public reads says who has objected, or how they are reached: the text, in both languages, and what it says.
    Objector(&'static str, &'static str, String),
    /// Who stands alone for it that a payment was made, where the bank has said otherwise, does not close its case.
    SettledByYou,
    /// Payees under another name than the party's were not named by who releases the batch: the numbers of their cases.
    PayeesNotConfirmed(Vec<String>),
    /// Another thing was found to hold of the same fact in this case of the party.
    Contradicts(String),
    /// No file for the bank can hold the accounts of these cases, by their numbers.
    AccountsUnwritable(Vec<String>),
    /// Reviewers cannot finish before they have looked at every statement and piece of evidence.
    NotVerified(Vec<String>),
    /// Support is not refused before all is looked into that the applicant says the registry has wrong.
    DisputesOpen {
        /// What is disputed, without a finding that counts.
        cells: Vec<CellRef>,
        /// Where the case stands, which says who looks into it.
        stage: Stage,
    },
    /// An objection is being answered, by this day: until then the case is not withdrawn.
    AnsweredFirst(Option<NaiveDate>),
    /// The account is not well formed.
    BadAccount(&'static str, &'static str),
    /// There are as many pieces of evidence as a case may have.
    TooMuchEvidence(usize),
    /// The money may not go to someone else: the party's name.
    HolderIsNotParty(String),
    /// The bank has sent a payment of this case back from this account.
    AccountCameBack,
    /// There is another live case for the same basis.
    Duplicate(String),
    /// The same basis was granted in this case; where the measure goes by years, for the same year.
    GrantedBefore(String),
    /// What was given is neither a telephone number nor an e-mail address.
    Unreachable,
}
