//! The lines of a case's page: evidence, what was said, objections, payments.

use std::collections::BTreeMap;

use duixian_casework::case::{BankAccount, CaseId, Evidence, Objection, PaymentOutcome};
use duixian_casework::people::Role;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;

use crate::casefile::facts::{Found, by};
use crate::casefile::file::local;
use crate::casefile::history::{WITHHELD, recommendation};
use crate::casefile::{CaseFile, payee, stages};
use crate::format;
use crate::locale::Text;
use crate::problem::Problem;
use crate::ui::{Deadline, Status};
use crate::viewer::Viewer;

use super::panels::once;

/// A piece of evidence as it is shown.
pub struct EvidenceLine {
    /// Its number within the case.
    pub id: u32,
    /// Type, number, issuer, day.
    pub what: Text,
    /// The document's own number, issuer and day.
    pub about: Text,
    /// The file: where it is fetched, its name and size.
    pub file: Option<(String, String, String)>,
    /// Who handed it in, and when.
    pub by: Text,
    /// What else of this case its file is to show: reviewers ask whether one document can show both.
    pub twice: Text,
    /// The first other cases that its file is used for: address and number.
    pub elsewhere: Vec<(String, String)>,
    /// How many more there are.
    pub more_elsewhere: usize,
    /// What was found of it.
    pub finding: Option<Found>,
    /// The number of its form.
    pub once: String,
}

impl EvidenceLine {
    /// Whether something was found that counts.
    pub fn is_found(&self) -> bool {
        self.finding.as_ref().is_some_and(|finding| finding.is_current)
    }
}

/// What was said of a case, an opinion or the decision.
pub struct Said {
    /// At which step.
    pub stage: Text,
    /// What it comes to.
    pub what: Text,
    /// In words.
    pub text: String,
    /// Who and when.
    pub by: Text,
}

/// An objection and its answer.
pub struct Objected {
    /// Its number.
    pub id: u32,
    /// Who objects.
    pub who: Text,
    /// When.
    pub when: Text,
    /// Why.
    pub grounds: String,
    /// By when it is to be answered.
    pub due: Deadline,
    /// What the party says to it, and who has said so.
    pub reply: Option<(String, Text)>,
    /// Whether it was upheld, the answer, and by whom.
    pub answer: Option<(Status, String, Text)>,
}

/// An attempt to pay.
pub struct Paid {
    /// How much.
    pub amount: Fen,
    /// What the bank knows it by.
    pub reference: String,
    /// How it ended.
    pub outcome: Status,
    /// What the bank said.
    pub said: Text,
}

/// How many other cases of a file are named.
const MOST_NAMED: usize = 3;

/// The other cases in which files are evidence, by SHA-256: each with its number.
pub type Elsewhere = BTreeMap<String, Vec<(CaseId, Option<String>)>>;

/// The evidence, each piece with what else its file is used for.
pub fn evidence(file: &CaseFile, elsewhere: &Elsewhere) -> Result<Vec<EvidenceLine>, Problem> {
    let id = file.case.id.0;
    let hash = |piece: &Evidence| piece.file.as_ref().map(|file| file.sha256.clone());
    let twice = |piece: &Evidence| {
        let is_same = |other: &&Evidence| other.id != piece.id && hash(other).is_some() && hash(other) == hash(piece);
        let same = file.case.evidence.iter().filter(is_same);
        let kinds: Vec<Text> = same.map(|other| file.evidence_name(&other.kind)).collect();
        let joined = |of: fn(&Text) -> &str, between: &str| kinds.iter().map(of).collect::<Vec<_>>().join(between);
        Text::new(joined(|kind| &kind.zh, "、"), joined(|kind| &kind.en, ", "))
    };
    let named = |(id, number): &(CaseId, Option<String>)| {
        (format!("/work/cases/{}", id.0), number.clone().unwrap_or_else(|| id.0.to_string()))
    };
    file.case
        .evidence
        .iter()
        .map(|piece| {
            let issued = |lang| piece.issued_on.map(|day| format::date(lang, day)).unwrap_or_default();
            let parts = |issued: String, between: &str| {
                let parts = [piece.number.clone(), piece.issuer.clone(), issued];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
            };
            let link = |file: &duixian_casework::case::FileRef| {
                (format!("/cases/{id}/evidence/{}/file", piece.id), file.name.clone(), format::bytes(file.size))
            };
            let others = hash(piece).and_then(|hash| elsewhere.get(&hash)).map_or(&[][..], Vec::as_slice);
            Ok(EvidenceLine {
                id: piece.id,
                what: file.evidence_name(&piece.kind),
                about: Text::new(parts(issued(Lang::Zh), "，"), parts(issued(Lang::En), ", ")),
                file: piece.file.as_ref().map(link),
                twice: twice(piece),
                elsewhere: others.iter().take(MOST_NAMED).map(named).collect(),
                more_elsewhere: others.len().saturating_sub(MOST_NAMED),
                by: by(file, piece.by, piece.at),
                finding: piece.finding.as_ref().map(|finding| Found::of(file, finding)),
                once: once()?,
            })
        })
        .collect()
}

/// The reviewers' opinions, in order.
pub fn opinions(file: &CaseFile) -> Vec<Said> {
    file.case
        .opinions
        .iter()
        .map(|opinion| Said {
            stage: stages::label(opinion.stage),
            what: recommendation(opinion.recommends),
            text: opinion.text.clone(),
            by: by(file, opinion.by, opinion.at),
        })
        .collect()
}

/// The objections; who objects is told those alone who may know.
pub fn objections(file: &CaseFile, sees_objectors: bool) -> Vec<Objected> {
    let when = |at: duixian_casework::moment::Moment| {
        Text::new(format::moment(Lang::Zh, local(at)), format::moment(Lang::En, local(at)))
    };
    let due = |objection: &Objection| {
        let due = file.scene.with_context(file.now, |context| context.objection_due(objection));
        Deadline::seen(&file.scene.calendar, file.today(), due)
    };
    file.case
        .objections
        .iter()
        .map(|objection| Objected {
            id: objection.id,
            due: due(objection),
            who: if sees_objectors {
                Text::same(format!("{}（{}）", objection.name, objection.contact))
            } else {
                WITHHELD.into()
            },
            when: when(objection.at),
            grounds: objection.grounds.clone(),
            reply: objection.reply.as_ref().map(|reply| (reply.text.clone(), by(file, reply.by, reply.at))),
            answer: objection.answer.as_ref().map(|answer| {
                let status = if answer.upheld {
                    Status::bad("异议成立", "upheld")
                } else {
                    Status::good("异议不成立", "not upheld")
                };
                (status, answer.text.clone(), by(file, answer.by, answer.at))
            }),
        })
        .collect()
}

/// The attempts to pay, in order.
pub fn payments(file: &CaseFile) -> Vec<Paid> {
    file.case
        .payments
        .iter()
        .map(|payment| {
            let (outcome, said) = match &payment.outcome {
                None => (Status::active("在批次中", "in a batch"), Text::default()),
                Some(PaymentOutcome::Paid { reference, on }) => (
                    Status::good("银行已付款", "paid"),
                    Text::new(
                        format!("{}，银行流水号 {reference}", format::date(Lang::Zh, *on)),
                        format!("{}, the bank's number {reference}", format::date(Lang::En, *on)),
                    ),
                ),
                Some(PaymentOutcome::Failed { reason }) => (Status::bad("失败", "failed"), Text::same(reason.clone())),
                Some(PaymentOutcome::Returned { reference, on, returned_on, reason, .. }) => {
                    let day = |lang, day| format::date(lang, day);
                    (
                        Status::bad("付后退汇", "paid, and sent back"),
                        Text::new(
                            format!(
                                "{}付，银行流水号 {reference}；{}退回：{reason}",
                                day(Lang::Zh, *on),
                                day(Lang::Zh, *returned_on)
                            ),
                            format!(
                                "{}, the bank's number {reference}; sent back on {}: {reason}",
                                day(Lang::En, *on),
                                day(Lang::En, *returned_on)
                            ),
                        ),
                    )
                }
            };
            Paid { amount: payment.amount, reference: payment.end_to_end_id.clone(), outcome, said }
        })
        .collect()
}

/// An account: whole for those who check and pay it, its end alone for others.
pub fn account_text(account: &BankAccount, viewer: &Viewer) -> Text {
    // As the applicant was told: who pays reads it whole, and who checks them.
    let sees_all = viewer.has_any(&[Role::Finance, Role::Auditor]);
    let (holder, bank) = (&account.holder, payee::bank(account));
    if sees_all {
        let number = &account.number;
        return Text::new(format!("{holder}　{number}　{}", bank.zh), format!("{holder}　{number}　{}", bank.en));
    }
    let end: String = account.number.chars().skip(account.number.chars().count().saturating_sub(4)).collect();
    Text::new(format!("{holder}　尾号 {end}　{}", bank.zh), format!("{holder}, ending {end}, {}", bank.en))
}
