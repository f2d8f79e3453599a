//! One batch: its payments, who has released it, its files, and what the bank has answered.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_bank::Totals;
use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::{BankAccount, CaseId};
use duixian_casework::doubt::Doubted;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::{Fetched, Format as FileFormat, ToRelease};

use crate::export::{self, Format};
use crate::list::{Cell, List};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Facts, Pager, Status, Steps, Tab, Tabs};
use crate::viewer::Viewer;

use super::doubts::{self, NotEnded, Shown};
use super::lines::{self, Reads, is_wanted};
use super::payees::{self, Payee, SharedLine};
use super::recused::Looked;
use super::said::After;
use super::unsent;
use super::{batches, before, standing};

const PER_PAGE: u64 = 100;

#[derive(Template)]
#[template(path = "finance/batch.html")]
struct BatchPage {
    page: Page,
    batch: Batch,
    status: Status,
    steps: Steps,
    facts: Facts,
    tabs: Tabs,
    list: List,
    pager: Pager,
    totals: Totals,
    is_payer: bool,
    is_demo: bool,
    /// Why this viewer can't release it now; none where they can.
    no_release: Option<Text>,
    /// The cases that keep this viewer from releasing it, with the reason.
    recused: Vec<(BatchLine, Text)>,
    /// Those of them that this viewer can't take out, nor cancel the batch for it.
    kept: Vec<(BatchLine, Text)>,
    /// Who else could release it.
    others: Vec<Text>,
    /// The answers of the bank that call payments of it made, though it never went there.
    called_paid: Vec<i64>,
    /// Whether a second is needed, and there is none.
    lacks_second: bool,
    refused: NotReleased,
    /// The payees that whoever releases it looks into and ticks, and what is said above them.
    payees: Vec<Payee>,
    legend: Text,
    /// The cases whose account is another party's too.
    shared: Vec<SharedLine>,
    /// What is released, as the form carries it: a batch that was changed meanwhile is looked at again.
    seen: String,
    /// The account that pays; none where none is set.
    debtor: Option<BankAccount>,
    /// The cases that nothing may be paid for now, by what the bank has said, and why.
    stopped: Vec<(BatchLine, Text)>,
    /// Of those that can't be paid now, the payments that the bank calls made by a number which is another's: nothing of them is to be
    /// stopped, and why they wait.
    misnumbered: Vec<(BatchLine, Text)>,
    /// The same of those that the bank has answered with another amount.
    misstated: Vec<(BatchLine, Text)>,
    /// Why nobody can fetch its file now; none where finance can.
    no_file: Option<Text>,
    /// Why a release that was given counts no more; empty where none was, or it does.
    void: Text,
    /// What the bank has said that does not go with what is recorded, and nobody has looked into; and what was looked into.
    doubts: Vec<Shown>,
    ended: Vec<Shown>,
    /// The payments that follow one which came to nothing, where that is to be looked at.
    followed: Vec<(BatchLine, Text)>,
    /// The payments that are recorded as come back, for finance, and why this viewer can't put forward that one has not; none where they can.
    came_back: Vec<(BatchLine, Option<Text>)>,
    /// Who has fetched the file for the bank.
    fetched: Vec<Text>,
    /// What to look out for since it was fetched already; empty where nobody has.
    fetched_before: Text,
    /// The forms of its file.
    files: Vec<FileForm>,
}

/// A form in which the file is fetched.
struct FileForm {
    word: &'static str,
    label: Text,
    /// What is to be confirmed first, where someone has the other form: a bank that is sent both may pay twice.
    confirm: Option<Text>,
}

/// Why a batch was not released just now, and which payees were ticked; empty where nobody asked.
#[derive(Default)]
pub(super) struct NotReleased {
    pub why: Text,
    pub ticked: Vec<CaseId>,
}

impl BatchPage {
    fn may_change(&self) -> bool {
        self.is_payer && self.batch.may_change(self.is_at_bank()).is_ok()
    }

    fn is_at_bank(&self) -> bool {
        self.batch.not_at_bank(!self.fetched.is_empty()).is_err()
    }

    /// Those of them of which it can be put forward that they have not.
    fn contestable(&self) -> Vec<&BatchLine> {
        self.came_back.iter().filter(|(_, why)| why.is_none()).map(|(line, _)| line).collect()
    }

    /// Whether there is nothing in it that this viewer can take out.
    fn keeps_all(&self) -> bool {
        self.kept.len() == self.batch.lines.len()
    }

    fn is_open(&self) -> bool {
        matches!(self.batch.stage, BatchStage::Drafted | BatchStage::HalfReleased)
    }

    fn is_released(&self) -> bool {
        matches!(self.batch.stage, BatchStage::Released | BatchStage::Settled)
    }

    /// Whether the bank can have been asked for its payments.
    fn is_sent(&self) -> bool {
        self.is_released() && self.is_at_bank()
    }

    fn is_settled(&self) -> bool {
        self.batch.stage == BatchStage::Settled
    }

    fn is_second(&self) -> bool {
        self.batch.stage == BatchStage::HalfReleased
    }

    fn is_cancelled(&self) -> bool {
        self.batch.stage == BatchStage::Cancelled
    }

    fn has_failures(&self) -> bool {
        self.totals.failed > Fen(0)
    }

    /// What failed before it was paid.
    fn failed(&self) -> Fen {
        Fen(self.totals.failed.0.saturating_sub(self.batch.returned().0))
    }

    /// Whether what was sent is what has become of it: an open payment is one of the parts, so that only the settled batch
    /// says something by adding up.
    fn adds_up(&self) -> bool {
        let parts = [self.totals.paid, self.totals.failed, self.totals.missing];
        sum(parts.into_iter()) == self.totals.sent
    }

    fn is_ticked(&self, payee: &Payee) -> bool {
        self.refused.ticked.contains(&payee.case)
    }

    fn others(&self) -> String {
        self.others.iter().map(|one| one.get(self.page.lang)).collect::<Vec<_>>().join(self.page.t("、", ", "))
    }
}

/// `GET /finance/batches/{id}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    show(&portal, &viewer, page, id, (NotReleased::default(), NotEnded::default())).await
}

/// The batch as it is now, with why it was not released, or a doubt not ended.
pub(super) async fn show(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    id: i64,
    (refused, not_ended): (NotReleased, NotEnded),
) -> Result<Response, Problem> {
    let store = &portal.store;
    let ToRelease { batch, debtor, void, stopped, shared: accounts, seen } = store.to_release(id).await?;
    let count = stopped.len();
    let found =
        stopped.iter().filter_map(|(case, why)| Some((batch.lines.iter().find(|line| line.case == *case)?, why)));
    let is_number = |odd: &Oddity| matches!(odd, Oddity::Reference { .. });
    let is_amount = |odd: &Oddity| matches!(odd, Oddity::Reference { .. } | Oddity::Amount { .. });
    let (misnumbered, rest): (Vec<_>, Vec<_>) =
        found.partition(|(line, why)| is_answered_but(&batch, line, why, is_number));
    let (misstated, stopped): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(line, why)| is_answered_but(&batch, line, why, is_amount));
    let [misnumbered, misstated, stopped] = [misnumbered, misstated, stopped].map(|all| {
        let told = all.into_iter().map(|(line, why)| (line.clone(), beside(&line.number, &words(why))));
        told.collect::<Vec<(BatchLine, Text)>>()
    });
    let users = store.users().await?;
    let people: People = users.iter().map(|user| (user.id, user.name.clone())).collect();
    let wanted = page.query_value("outcome").unwrap_or_default();
    let sees_accounts = viewer.has_any(&[Role::Finance, Role::Auditor]);
    let lines: Vec<&BatchLine> = batch.lines.iter().filter(|line| is_wanted(line, &wanted)).collect();
    let is_payer = viewer.has(Role::Finance);
    let fetched = store.fetched(id).await?;
    let at_bank = batch.not_at_bank(!fetched.is_empty());
    let is_open = batch.may_change(!fetched.is_empty()).is_ok();
    let is_at_bank = at_bank.is_err();
    let may_pick = is_payer && is_open;
    let reads = Reads { may_pick, sees_accounts, is_at_bank, is_file: false, shared: &accounts, kept: &[] };
    if let Some(format) = Format::asked(&page) {
        let list = lines::list(&lines, &batch, &people, &Reads { may_pick: false, is_file: true, ..reads });
        return export::answer_of(&list, page.lang, format, "batch", &Text::same(batch.number));
    }
    let names = Names::load(store).await?;
    let is_unreleased = matches!(batch.stage, BatchStage::Drafted | BatchStage::HalfReleased);
    let looked = match is_payer && (is_open || is_unreleased) {
        true => Looked::at(portal, &batch).await?,
        false => Looked::at_none(),
    };
    let (recused, kept) = (looked.not_paid_by(&viewer.actor), looked.not_taken_out_by(&viewer.actor));
    let reads = Reads { kept: &kept, ..reads };
    let others = match is_payer && is_unreleased {
        true => looked.others(portal, viewer, &batch, &users).await?,
        false => Vec::new(),
    };
    let called_paid = match fetched.is_empty() {
        true => unsent::called_paid(portal, &batch).await?,
        false => Vec::new(),
    };
    let is_second = batch.released_by.first().is_some_and(|first| Some(*first) != viewer.actor.user());
    let lacks_second = others.is_empty() && !is_second;

    let came_back = if is_payer { store.contestable(&viewer.actor, &batch).await? } else { Vec::new() };
    let came_back = came_back.into_iter().map(|(line, why)| (line, why.as_ref().map(words))).collect();
    let no_release = match batch.may_release(&viewer.actor) {
        Err(refusal) => Some(words(&refusal)),
        Ok(_) if at_bank.is_err() => at_bank.as_ref().err().map(words),
        Ok(_) if debtor.is_none() => {
            Some(Text::new("还没有设置付款账户，请联系管理员", "no account that pays is set: ask the administrator"))
        }
        Ok(_) if count > 0 => Some(Text::new(
            format!("其中 {count} 件现在不能付，见上；请先移出"),
            format!("{count} of its cases can't be paid now, listed above: take them out first"),
        )),
        Ok(_) if !kept.is_empty() => Some(Text::new(
            format!("其中 {} 件您须回避，见下；请由其他财务人员放款", recused.len()),
            format!("you are recused from {} of its cases, listed below: someone else releases it", recused.len()),
        )),
        Ok(_) if !recused.is_empty() => Some(Text::new(
            format!("其中 {} 件您须回避，见下；请由其他财务人员放款，或把这几件移出", recused.len()),
            format!(
                "you are recused from {} of its cases, listed below: someone else releases it, or they are taken out",
                recused.len()
            ),
        )),
        Ok(_) => None,
    };
    let cancelled = if batch.stage == BatchStage::Cancelled { store.cancelled(id).await? } else { None };
    let totals = store.reconciliation(id).await?.totals;
    let known = doubts::Known {
        after: After::of_doubts(portal, &batch).await?,
        taken: doubts::taken(portal, &batch).await?,
        shared: store.payments_by_number(&batch).await?,
    };
    let (doubts, ended) = doubts::shown(&batch, &known, &not_ended, &people, viewer);
    let followed = if is_open { before::to_look_at(portal, &batch, &people, sees_accounts).await? } else { Vec::new() };
    let pager = Pager::asked(&page, PER_PAGE, lines.len() as u64);
    let offset = usize::try_from(pager.offset()).unwrap_or(usize::MAX);
    let shown: Vec<&BatchLine> = lines.iter().skip(offset).take(PER_PAGE as usize).copied().collect();
    let mut list = lines::list(&shown, &batch, &people, &reads);
    if pager.total <= PER_PAGE && wanted.is_empty() {
        let mut cells = vec![Cell::pair(("合计", "Sum"))];
        cells.extend(std::iter::repeat_with(Cell::empty).take(5));
        cells.push(Cell::money(batch.total()));
        cells.push(Cell::empty());
        list.totals = cells;
    }
    let tabs = tabs(&page, &batch, &wanted);
    let title = Text::new(format!("拨付批次 {}", batch.number), format!("Batch {}", batch.number));
    let page = page.titled(title).under("/finance/batches", ("拨付批次", "Payment batches")).wide();
    let is_done = refused.why.is_empty() && not_ended.why.is_empty();
    let status = if is_done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = BatchPage {
        status: batches::status(&batch),
        steps: standing::steps(&batch),
        facts: standing::facts(&batch, cancelled.as_ref(), sees_accounts, &names, &people),
        is_demo: portal.demo,
        page,
        tabs,
        list,
        pager,
        totals,
        is_payer,
        came_back,
        no_release,
        no_file: no_file(count, at_bank.is_err()),
        stopped,
        misnumbered,
        misstated,
        recused,
        kept,
        others,
        called_paid,
        lacks_second,
        refused,
        payees: payees::to_look_into(&batch, &accounts),
        legend: payees::legend(&batch, &accounts),
        shared: payees::shared_of(&batch, &accounts),
        seen,
        void: void.map_or_else(Text::default, |void| Text::new(void.text(Lang::Zh), void.text(Lang::En))),
        debtor,
        doubts,
        ended,
        followed,
        fetched_before: fetched_before(&fetched, batch.is_answered()),
        files: files(&fetched, batch.is_answered()),
        fetched: fetched.iter().map(|one| who_fetched(one, &people)).collect(),
        batch,
    };
    Page::show_as(status, &view)
}

/// Who has fetched the file, when, in which form, and the beginning of its SHA-256: enough to hold a file against it.
fn who_fetched(one: &Fetched, people: &People) -> Text {
    let who = one.by.map_or_else(String::new, |user| person(people, user));
    let (form, start) = (one.format.name(), one.sha256.get(..16).unwrap_or_default());
    let (unsent_zh, unsent_en) = match one.unsent.map(FileFormat::name) {
        Some(other) => (format!("，确认 {other} 没有送出"), format!(", confirming that the {other} was not sent")),
        None => (String::new(), String::new()),
    };
    Text::new(
        format!("{who} {} 下载 {form}，SHA-256 {start}…{unsent_zh}", at(one.at, Lang::Zh)),
        format!("{who}, {}: {form}, SHA-256 {start}…{unsent_en}", at(one.at, Lang::En)),
    )
}

/// What to look out for before a file is fetched once more: a bank that is sent both forms may pay twice.
fn fetched_before(fetched: &[Fetched], is_answered: bool) -> Text {
    if let (Some(sent), true) = (fetched.last(), is_answered) {
        let name = sent.format.name();
        return Text::new(
            format!("银行已有回单，送出的是 {name}：只能再下载 {name} 留底，不要再送银行。"),
            format!(
                "The bank has answered: the {name} was sent. It can be fetched again as a copy, which is not to be sent once more."
            ),
        );
    }
    let has = |format| fetched.iter().any(|one| one.format == format);
    match (has(FileFormat::Csv), has(FileFormat::Pain001)) {
        (true, true) => (
            "CSV 和 pain.001 两种格式都已有人下载。只能送一种，两种都送，银行可能付两次。",
            "Both forms were fetched. Send one of them: a bank that is sent both may pay twice.",
        )
            .into(),
        (true, false) => (
            "CSV 已有人下载。要改送 pain.001，先确认 CSV 没有送出；两种都送，银行可能付两次。",
            "The CSV was fetched. Before pain.001 is sent instead, make sure that the CSV was not: sent both, a bank may pay twice.",
        )
            .into(),
        (false, true) => (
            "pain.001 已有人下载。要改送 CSV，先确认 pain.001 没有送出；两种都送，银行可能付两次。",
            "pain.001 was fetched. Before the CSV is sent instead, make sure that pain.001 was not: sent both, a bank may pay twice.",
        )
            .into(),
        (false, false) => Text::default(),
    }
}

/// The forms that can be fetched: of a batch that the bank has answered, only what was sent.
fn files(fetched: &[Fetched], is_answered: bool) -> Vec<FileForm> {
    let sent = fetched.last().filter(|_| is_answered).map(|one| one.format);
    let form = |word, format: FileFormat, label: (&'static str, &'static str)| {
        let other = fetched.iter().map(|one| one.format).find(|other| *other != format && sent.is_none());
        let confirm = other.map(|other| {
            let name = other.name();
            Text::new(format!("已查明 {name} 没有送出银行"), format!("I have made sure that the {name} was not sent"))
        });
        sent.is_none_or(|sent| sent == format).then(|| FileForm { word, label: label.into(), confirm })
    };
    let forms = [
        form("csv", FileFormat::Csv, ("下载 CSV", "Download CSV")),
        form("pain001", FileFormat::Pain001, ("下载 ISO 20022（pain.001）", "Download ISO 20022 (pain.001)")),
    ];
    forms.into_iter().flatten().collect()
}

/// A refusal in both languages.
pub fn words(refusal: &Refusal) -> Text {
    Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En))
}

/// Whether all that keeps a payment from being made is what the bank has answered of it, and only in this does not fit: what the bank is
/// done with can't be stopped.
fn is_answered_but(batch: &Batch, line: &BatchLine, why: &Refusal, is_it: impl Fn(&Oddity) -> bool) -> bool {
    let open = batch.doubts.iter().filter(|doubt| doubt.end.is_none());
    let mut said = open.filter(|doubt| doubt.what.end_to_end_id() == line.end_to_end_id).peekable();
    let is_here = matches!(why, Refusal::DoubtOpen(number) if *number == batch.number) && said.peek().is_some();
    is_here && said.all(|doubt| matches!(&doubt.what, Doubted::Odd(odd) if is_it(odd)))
}

/// What is said of a case where its number stands before it: the number is not named again.
pub(super) fn beside(number: &str, said: &Text) -> Text {
    if number.is_empty() {
        return said.clone();
    }
    let spaced = [format!(" {number} "), format!("{number} "), format!(" {number}"), number.to_owned()];
    let zh = spaced.iter().fold(said.zh.to_string(), |zh, number| zh.replace(number, "本件"));
    Text::new(zh, said.en.replace(number, "this case"))
}

/// Why the file of a released batch is not handed out: nothing of it may be sent while one of its payments may not.
fn no_file(count: usize, is_at_bank: bool) -> Option<Text> {
    if count == 0 {
        return None;
    }
    Some(match is_at_bank {
        true => Text::new(
            format!("其中 {count} 件还没有查清，见上；查清以前不能再下载"),
            format!("{count} of its cases are not cleared up, listed above: it can't be fetched again before that"),
        ),
        false => Text::new(
            format!("其中 {count} 件现在不能付，见上；移出以前不能下载"),
            format!("{count} of its cases can't be paid now, listed above: take them out before it is fetched"),
        ),
    })
}

fn tabs(page: &Page, batch: &Batch, current: &str) -> Tabs {
    let all = [
        ("", "全部", "All"),
        ("paid", "已付", "Paid"),
        ("failed", "失败或退汇", "Failed or came back"),
        ("open", "未回", "Open"),
    ];
    let tab = |(word, zh, en): (&'static str, &'static str, &'static str)| Tab {
        href: page.href_with(&[("outcome", word), ("page", "")]),
        text: Text::new(zh, en),
        count: Some(batch.lines.iter().filter(|line| is_wanted(line, word)).count() as u64),
        is_current: word == current,
    };
    Tabs { label: ("按结果", "By outcome").into(), tabs: all.into_iter().map(tab).collect() }
}

/// The names of those who can have handled a batch.
pub(super) type People = HashMap<UserId, String>;

/// A moment as people read it.
pub(super) fn at(moment: Moment, lang: Lang) -> String {
    crate::format::moment(lang, moment.local())
}

pub(super) fn person(people: &People, user: UserId) -> String {
    people.get(&user).cloned().unwrap_or_else(|| format!("#{}", user.0))
}
