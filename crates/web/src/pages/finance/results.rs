//! The bank's answer: read in, and told what it did, payment by payment.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_bank::Ignored;
use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::{CaseId, PaymentOutcome};
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_casework::settlement::Oddity;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::{REPORT, Settled};

use crate::format;
use crate::forms::{Field, Form, PostedFiles};
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared;
use crate::pages::work::rows::sum;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::redirect;
use crate::ui::Status;
use crate::viewer::Viewer;

use super::reports;
use super::said::{self, After};
use super::unsent::{self, NotSent};

/// The largest file that is read.
pub const MOST_BYTES: usize = duixian_bank::MAX_BYTES;
const FIELD: &str = "file";
/// How many rows a table of the report has at most; the others are counted. All stand with the batch.
const MOST_ROWS: usize = 200;
/// How many earlier reports stand below the form.
const LISTED: u64 = 10;

#[derive(Template)]
#[template(path = "finance/upload.html")]
struct Upload {
    page: Page,
    form: Form,
    /// Each error of a file that could not be read.
    errors: Vec<String>,
    back: String,
    /// What earlier files did, the newest first.
    latest: List,
}

/// What the file says of one batch.
struct OfBatch {
    batch: Batch,
    news: List,
    paid: (usize, Fen),
    /// How many of those had failed or come back by what was recorded; and what that was.
    turned: (usize, Text),
    failed: (usize, Fen),
    known: usize,
    odd: Vec<Odd>,
    /// How much of that waits on the batch's page for another person of finance.
    to_verify: usize,
    /// What a second person is to confirm before it is recorded.
    reported: Vec<Odd>,
    /// How much of that nobody has looked into yet.
    waiting: usize,
    missing: (usize, Fen),
    /// What the bank is still at, by this file.
    pending: (usize, Fen),
    totals: (Fen, Fen, Fen),
    /// What of that failed had been paid.
    returned: Fen,
    more: usize,
}

/// What does not fit: the payment's case and party, and what the bank says of it.
struct Odd {
    line: Option<BatchLine>,
    /// The case of one that was taken out of the batch.
    stray: Option<(CaseId, String)>,
    text: Text,
}

impl OfBatch {
    fn href(&self) -> String {
        format!("/finance/batches/{}", self.batch.id)
    }

    fn total(&self) -> Fen {
        self.batch.total()
    }

    /// What failed before it was paid.
    fn unpaid(&self) -> Fen {
        Fen(self.totals.1.0.saturating_sub(self.returned.0))
    }
}

#[derive(Template)]
#[template(path = "finance/results.html")]
struct Told {
    page: Page,
    read: Text,
    batches: Vec<OfBatch>,
    unknown: Vec<Text>,
    more_unknown: usize,
    /// Payments of ours that the bank can't have been asked for.
    unsent: Vec<NotSent>,
    ignored: Vec<(Ignored, Text)>,
    more_ignored: usize,
    back: String,
}

impl Told {
    fn news(&self) -> usize {
        self.batches.iter().map(|one| one.paid.0 + one.failed.0).sum()
    }

    fn known(&self) -> usize {
        self.batches.iter().map(|one| one.known).sum()
    }

    /// What was not recorded, nor before.
    fn odd(&self) -> usize {
        self.unfit() + self.unsent.len() + self.unknown()
    }

    /// What was recorded, and what was not for which reason.
    fn counted(&self) -> Text {
        let mut zh = format!("新记 {} 笔", self.news());
        let mut en = format!("{} recorded", self.news());
        for (count, why, because) in [
            (self.unfit(), "对不上没有记", "do not fit and were not"),
            (self.unsent.len(), "的付款文件还没有送银行，没有记", "were not sent to the bank and were not"),
            (self.unknown(), "不是本系统的没有记", "are not ours and were not"),
        ] {
            if count > 0 {
                zh += &format!("，{count} 笔{why}");
                en += &format!(", {count} {because}");
            }
        }
        Text::new(zh, en)
    }

    /// The payments that the bank calls made, though it can't have been asked for them.
    fn made_unasked(&self) -> Vec<&NotSent> {
        self.unsent.iter().filter(|one| one.is_called_paid).collect()
    }

    /// The others that it can't have been asked for.
    fn not_made(&self) -> Vec<&NotSent> {
        self.unsent.iter().filter(|one| !one.is_called_paid).collect()
    }

    fn reported(&self) -> usize {
        self.batches.iter().map(|one| one.reported.len()).sum()
    }

    /// How many of those still wait.
    fn waiting(&self) -> usize {
        self.batches.iter().map(|one| one.waiting).sum()
    }

    /// How much of what did not fit waits on the pages of batches.
    fn to_verify(&self) -> usize {
        self.batches.iter().map(|one| one.to_verify).sum()
    }

    /// Whether everything that did not fit has been looked into since.
    fn is_settled(&self) -> bool {
        self.unknown() == 0 && self.unsent.is_empty() && self.batches.iter().all(|one| !one.batch.is_doubted())
    }

    fn unfit(&self) -> usize {
        self.batches.iter().map(|one| one.odd.len()).sum()
    }

    fn unknown(&self) -> usize {
        self.unknown.len() + self.more_unknown
    }

    fn id(&self, ignored: &Ignored) -> String {
        ignored.end_to_end_id.clone().unwrap_or_default()
    }
}

/// `GET /finance/results`
pub async fn page(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    show(&portal, page, None, Vec::new(), StatusCode::OK).await
}

/// `GET /finance/batches/{id}/results`
pub async fn page_of_batch(
    State(portal): State<Arc<Portal>>,
    page: Page,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let batch = portal.store.batch(id).await?;
    show(&portal, page, Some(&batch), Vec::new(), StatusCode::OK).await
}

/// `POST /finance/results`
pub async fn read(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    take(&portal, &viewer, page, None, posted).await
}

/// `POST /finance/batches/{id}/results`
pub async fn read_of_batch(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let batch = portal.store.batch(id).await?;
    take(&portal, &viewer, page, Some(batch), posted).await
}

async fn take(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    only: Option<Batch>,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let key = posted.form.key()?;
    let Some(file) = posted.files.iter().find(|file| file.field == FIELD) else {
        let missing = page.t("请先选择银行回单文件。", "Choose the bank's file first.").to_owned();
        return show(portal, page, only.as_ref(), vec![missing], StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let batch = only.as_ref().map(|batch| batch.id);
    match portal.store.read_results(&viewer.actor, &key, batch, &file.bytes).await {
        // An address of its own: reading it again reads no file again.
        Ok(done) => Ok(redirect(&format!("/finance/results/{}", done.value.report))),
        Err(error) => {
            let lang = page.lang;
            let errors = for_form(error)?.get(lang).lines().map(str::to_owned).collect();
            show(portal, page, only.as_ref(), errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

fn back(only: Option<&Batch>) -> String {
    only.map_or_else(|| "/finance/batches".to_owned(), |batch| format!("/finance/batches/{}", batch.id))
}

pub(super) fn framed(page: Page, only: Option<&Batch>, title: (&'static str, &'static str)) -> Page {
    let page = page.titled(title).under("/finance/batches", ("拨付批次", "Payment batches")).wide();
    match only {
        Some(batch) => page.under(back(only), Text::same(batch.number.clone())),
        None => page,
    }
}

async fn show(
    portal: &Portal,
    page: Page,
    only: Option<&Batch>,
    errors: Vec<String>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let field =
        Field::file(FIELD, ("银行回单", "The bank's file"), ".csv,.xml,text/csv,application/xml", MOST_BYTES as u64)
            .hint((
                "ISO 20022 camt.054，或者 CSV：要有业务编号、金额、处理结果三列，成功的还要有银行流水号、入账日期；可以有原因、币种、回单编号。",
                "ISO 20022 camt.054, or CSV with columns 业务编号 (our number), 金额 (amount) and 处理结果 (outcome); what succeeded has 银行流水号 \
                 (the bank's number) and 入账日期 (the day) too; 原因 (reason), 币种 (currency) and 回单编号 (number of the file) may be there.",
            ));
    let mut form = Form::new(page.lang, vec![field]);
    if !errors.is_empty() {
        form.error(FIELD, ("文件没有读入，什么也没有记", "The file was not read; nothing was recorded"));
    }
    let page = framed(page, only, ("读入银行回单", "Read the bank's answer")).narrow();
    let latest = match only {
        Some(batch) => portal.store.reports_of_batch(batch.id).await?,
        None => portal.store.reports::<Settled>(REPORT, None, LISTED).await?,
    };
    let latest = reports::list(portal, &latest).await?;
    Page::show_as(status, &Upload { page, form, errors, back: back(only), latest })
}

/// `GET /finance/results/{id}`
pub async fn report(State(portal): State<Arc<Portal>>, page: Page, Path(id): Path<i64>) -> Result<Response, Problem> {
    let report = portal.store.report::<Settled>(REPORT, id).await?;
    let read = shared::by_and_at(&portal, report.by, report.at).await?;
    let settled = report.told;
    let unsent = unsent::told(&portal, &settled).await?;
    let mut batches = Vec::new();
    for one in settled.batches {
        let batch = portal.store.batch(one.batch).await?;
        let line = |id: &str| batch.lines.iter().find(|line| line.end_to_end_id == id);
        // What this file said of it, whatever came after.
        let news = one.settlement.news.iter().filter_map(|(_, id, said)| Some((line(id)?, said)));
        let (failed, paid): (Vec<New>, Vec<New>) = news.partition(|(_, said)| said.is_back());
        let amounts = |news: &[New]| (news.len(), sum(news.iter().map(|(line, _)| line.amount)));
        // What the bank has said something else about is open too, and stands with what does not fit.
        let is_odd = |id: &str| one.settlement.odd.iter().any(|odd| odd.end_to_end_id() == id);
        let silent = one.settlement.missing.iter().filter(|id| !is_odd(id));
        let (pending, missing): (Vec<&BatchLine>, Vec<&BatchLine>) =
            silent.filter_map(|id| line(id)).partition(|line| one.pending.contains(&line.end_to_end_id));
        let of = |lines: &[&BatchLine]| (lines.len(), sum(lines.iter().map(|line| line.amount)));
        let waits = |odd: &&Oddity| {
            let is_it = |doubt: &Doubt| matches!(&doubt.what, Doubted::Odd(open) if open == *odd);
            batch.open_doubts().any(|(_, doubt)| is_it(doubt))
        };
        let to_verify = one.settlement.odd.iter().filter(waits).count();
        let odd = one.settlement.odd.iter();
        let after = After::of(&portal, &batch, one.settlement.odd.iter()).await?;
        let odd = odd.map(|odd| {
            let id = odd.end_to_end_id();
            Odd { line: line(id).cloned(), stray: after.stray(id, &batch), text: said::oddity(odd, &after) }
        });
        let odd = odd.collect();
        // The one that this file has brought up; of a file that said what was open already, the newest.
        let doubt = |id: &String| {
            let is_it = |doubt: &&Doubt| doubt.what.end_to_end_id() == id && doubt.what.can_be_confirmed();
            let all = || batch.doubts.iter().rev().filter(is_it);
            all().find(|doubt| doubt.at == report.at).or_else(|| all().next())
        };
        let found: Vec<&Doubt> = one.settlement.reported.iter().filter_map(doubt).collect();
        let waiting = found.iter().filter(|doubt| doubt.end.is_none()).count();
        let reported = found.into_iter().map(|doubt| {
            let ended = doubt.end.as_ref().map(|end| Text::new(end.how.label(Lang::Zh), end.how.label(Lang::En)));
            let text = match (said::text(&doubt.what, &after), ended) {
                (said, Some(how)) => {
                    Text::new(format!("{}（{}）", said.zh, how.zh), format!("{} ({})", said.en, how.en))
                }
                (said, None) => said,
            };
            Odd { line: line(doubt.what.end_to_end_id()).cloned(), stray: None, text }
        });
        let reported = reported.collect();
        // What failed comes first: that is what someone has to do something about.
        let rows: Vec<New> = failed.iter().chain(&paid).copied().collect();
        batches.push(OfBatch {
            news: list(&rows[..rows.len().min(MOST_ROWS)], &one.turned),
            turned: turned(&one.turned),
            more: rows.len().saturating_sub(MOST_ROWS),
            paid: amounts(&paid),
            failed: amounts(&failed),
            known: one.settlement.known.len(),
            odd,
            to_verify,
            reported,
            waiting,
            missing: of(&missing),
            pending: of(&pending),
            totals: one.totals,
            returned: one.returned,
            batch,
        });
    }
    let ignored = settled.ignored.into_iter().map(|one| {
        let (zh, en) = one.reason.labels();
        (one, Text::new(zh, en))
    });
    let ignored = ignored.collect();
    let only = match &batches[..] {
        [one] => Some(&one.batch),
        _ => None,
    };
    let page = framed(page, only, ("回单处理结果", "What the bank's answer did"));
    let back = back(only);
    let (more_unknown, more_ignored) = (settled.more_unknown, settled.more_ignored);
    let unknown = settled.unknown.iter().map(said::unknown).collect();
    Page::show(&Told { page, read, batches, unknown, more_unknown, unsent, ignored, more_ignored, back })
}

/// How many payments are paid that had come to nothing, and what was recorded of them.
fn turned(turned: &BTreeMap<String, PaymentOutcome>) -> (usize, Text) {
    let came_back = turned.values().any(|before| matches!(before, PaymentOutcome::Returned { .. }));
    let before = if came_back { ("原记失败或退汇", "failed or come back") } else { ("原记失败", "failed") };
    (turned.len(), before.into())
}

/// A payment, and what a file said of it that was news.
type New<'r> = (&'r BatchLine, &'r PaymentOutcome);

fn list(news: &[New], turned: &BTreeMap<String, PaymentOutcome>) -> List {
    let columns = vec![
        Column::text("number", ("受理号", "Case")),
        Column::text("end_to_end_id", ("付款号", "Payment no.")),
        Column::text("holder", ("收款户名", "Account holder")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::status("outcome", ("结果", "Outcome")),
        Column::text("words", ("银行的说明", "What the bank said")),
    ];
    let mut list = List::new(("这次新记的付款", "Recorded now"), columns).cards();
    for (line, said) in news {
        let (status, said, state) = match said {
            PaymentOutcome::Failed { reason } => {
                (Status::bad("失败", "failed"), Text::same(reason.clone()), RowState::Late)
            }
            PaymentOutcome::Returned { reason, .. } => {
                (Status::bad("付后退汇", "paid, came back"), Text::same(reason.clone()), RowState::Late)
            }
            PaymentOutcome::Paid { reference, on } => (
                Status::good("已付", "paid"),
                Text::new(
                    format!("{} 流水 {reference}", format::date(Lang::Zh, on)),
                    format!("{}, reference {reference}", format::date(Lang::En, on)),
                ),
                RowState::Plain,
            ),
        };
        let status = match turned.get(&line.end_to_end_id) {
            Some(before) => Cell::status(status).note(otherwise(before)),
            None => Cell::status(status),
        };
        list.push(
            Row::new(vec![
                Cell::text(line.number.clone()).link(format!("/work/cases/{}", line.case.0)),
                Cell::text(line.end_to_end_id.clone()),
                Cell::text(line.account.holder.clone()),
                Cell::money(line.amount),
                status,
                Cell::pair(said),
            ])
            .in_state(state),
        );
    }
    list
}

/// That a payment is paid of which something else was recorded, and what the firm was asked for.
fn otherwise(before: &PaymentOutcome) -> Text {
    let (zh, en) = match before {
        PaymentOutcome::Returned { .. } => ("原记付后退汇", "recorded as come back before"),
        _ => ("原记失败", "recorded as failed before"),
    };
    Text::new(
        format!("{zh}，现改为已付；企业不用再更正账户"),
        format!("{en}, and as paid now; no other account is asked for any more"),
    )
}
