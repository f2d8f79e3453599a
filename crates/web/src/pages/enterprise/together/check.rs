//! All of the applications once more: what each comes to, what any still lacks; those that lack nothing are sent.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::case::CaseId;
use duixian_money::Span;
use duixian_store::cases::Ask;

use super::super::amounts::Total;
use super::super::apply::once_for_all;
use super::super::check::beside::Beside;
use super::super::check::{Gap, doubts, gaps};
use super::super::draft::{Draft, Step};
use super::super::edit::{form_key, once};
use super::super::facts::other_holder;
use super::super::typed_account::grouped;
use super::{MOST, Part, Place, Together, Walk, basis_text, page_of, refused, sent_elsewhere};
use crate::casefile::payee;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::{Flash, redirect};
use crate::viewer::Viewer;

/// One of the applications as it stands.
struct Ready {
    id: CaseId,
    version: u64,
    name: Text,
    says: Text,
    files: Vec<String>,
    amount: Option<Span>,
    /// What it lacks, or what it can't be sent beside; empty of one that can be sent.
    gaps: Vec<Gap>,
    /// What limits say of other applications.
    beside: Vec<Beside>,
    /// What is to be looked at twice.
    doubts: Vec<Gap>,
    href: String,
}

/// An account that some of them name.
#[derive(PartialEq)]
struct Payee {
    holder: String,
    /// That the holder is another than the party; empty where it is not.
    warning: Text,
    number: String,
    bank: Text,
}

#[derive(Template)]
#[template(path = "enterprise/together/check.html")]
struct Check {
    page: Page,
    walk: Walk,
    form: Form,
    once: String,
    /// How many can be sent, and what they come to.
    count: usize,
    sum: Option<Text>,
    short: Option<Text>,
    /// Those that can't be sent yet.
    lacking: Vec<Ready>,
    /// That those which go together take each other's places.
    rivals: Option<Text>,
    beside: Vec<Beside>,
    doubts: Vec<Gap>,
    accounts: Vec<Payee>,
    closed: Option<Text>,
    /// Where nothing can be sent: what all of them lack first, and where it is given once for all.
    wanting: (String, Text),
}

/// `GET …/check`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let ready = look(&portal, &viewer, &together).await?;
    show(&portal, page, &together, ready, None).await
}

/// Looks at each of them.
async fn look(portal: &Portal, viewer: &Viewer, together: &Together) -> Result<Vec<Ready>, Problem> {
    let mut ready = Vec::new();
    for draft in &together.drafts {
        let previews = draft.previews(portal).await?;
        let is_due = previews.now.may_be_due();
        let mut gaps = gaps(draft, &previews);
        if let Some(barring) = Beside::barring(portal, viewer, draft).await? {
            let href = barring.others.into_iter().next().map(|(href, _)| href);
            gaps.push(Gap { text: barring.text, href });
        }
        ready.push(Ready {
            id: draft.case.id,
            version: draft.case.version,
            name: basis_text(draft),
            gaps,
            beside: Beside::limiting(portal, viewer, draft, &previews.now).await?,
            doubts: doubts(draft).into_iter().map(|doubt| doubt.of(&basis_text(draft))).collect(),
            says: previews.now.sentence,
            files: draft
                .case
                .evidence
                .iter()
                .filter_map(|piece| piece.file.as_ref())
                .map(|file| file.name.clone())
                .collect(),
            amount: previews.now.span.filter(|_| is_due),
            href: draft.href(Step::Check),
        });
    }
    Ok(ready)
}

fn form(lang: Lang, ready: &[Ready]) -> Form {
    let whole = ready.iter().filter(|one| one.gaps.is_empty());
    let hint = |one: &Ready| {
        let (zh, en) = (one.files.join("、"), one.files.join(", "));
        Text::new(format!("{}；佐证：{zh}", one.says.zh), format!("{}; evidence: {en}", one.says.en))
    };
    let choices = whole.map(|one| Choice::new(value(one), one.name.clone()).hint(hint(one)).amount(one.amount));
    let label = ("以上内容属实，佐证与原件一致。", "What is stated is true, and the evidence is as the originals.");
    let agree = Field::checkbox("agree", label);
    Form::new(lang, vec![Field::checkboxes("case", ("提交哪些？", "Which are sent?"), choices.collect()), agree])
}

/// `12:7`: the case and the version of it that was seen.
fn value(one: &Ready) -> String {
    format!("{}:{}", one.id.0, one.version)
}

async fn show(
    portal: &Portal,
    page: Page,
    together: &Together,
    mut ready: Vec<Ready>,
    given: Option<Form>,
) -> Result<Response, Problem> {
    let Some(first) = together.drafts.first() else { return Ok(redirect(&together.href(Part::Pick))) };
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let whole = || ready.iter().filter(|one| one.gaps.is_empty());
    let ticked = Posted::from_pairs(whole().map(|one| ("case", value(one))));
    let form = given.unwrap_or_else(|| form(page.lang, &ready).drafted(&ticked));
    let total = Total::of(whole().filter_map(|one| one.amount));
    let left = if total.count > 0 { first.left(portal).await? } else { None };
    let short = left.and_then(|left| left.short(&first.fund_name(), Some(Span::exact(total.low))));
    let mut accounts: Vec<Payee> = Vec::new();
    for account in together.drafts.iter().filter_map(|draft: &Draft| draft.case.account.as_ref()) {
        let shown = Payee {
            holder: account.holder.clone(),
            warning: other_holder(&together.party, &account.holder).unwrap_or_default(),
            number: grouped(&account.number),
            bank: payee::bank(account),
        };
        if !accounts.contains(&shown) {
            accounts.push(shown);
        }
    }
    let (mut beside, mut doubts): (Vec<Beside>, Vec<Gap>) = (Vec::new(), Vec::new());
    for one in ready.iter_mut().filter(|one| one.gaps.is_empty()) {
        // What is said of one is mostly said of all.
        for other in std::mem::take(&mut one.beside) {
            if !beside.contains(&other) {
                beside.push(other);
            }
        }
        doubts.append(&mut one.doubts);
    }
    let whole = || ready.iter().filter(|one| one.gaps.is_empty());
    let shown = Check {
        walk: together.walk(portal, Part::Check, &first.scene.calendar),
        form,
        once: once()?,
        count: whole().count(),
        sum: total.text().filter(|_| total.count > 0),
        short,
        accounts,
        closed: together.closed(portal),
        rivals: rivals(together, whole().filter(|one| one.amount.is_some()).count()),
        beside,
        doubts,
        wanting: wanting(together),
        lacking: ready.into_iter().filter(|one| !one.gaps.is_empty()).collect(),
        page: page_of(page, together, ("核对并一起提交", "Check and send them together")),
    };
    Page::show_as(status, &shown)
}

/// That of several which go together only one can be granted, where the measure supports each party once.
fn rivals(together: &Together, count: usize) -> Option<Text> {
    let asked = once_for_all(&together.pack.plan, together.rule()).filter(|_| count > 1)?;
    Some(Text::new(
        format!("{}：一起提交的这{count}件里，只能有一件获得支持", asked.zh),
        format!("{}: only one of these {count} can be granted", asked.en),
    ))
}

/// What the applications lack first of what is given once for all; what only their own pages mend stands above.
fn wanting(together: &Together) -> (String, Text) {
    let part = together.next_open();
    match part {
        Part::Evidence(index) => {
            let name = together.evidence_name(&together.required_evidence()[index]);
            let text = Text::new(
                format!("还缺“{}”，上传后就能提交", name.zh),
                format!("“{}” is missing: hand it in, and they can be sent", name.en),
            );
            (together.href(part), text)
        }
        Part::Account => {
            let text = ("还没有收款账户，填好后就能提交", "There is no account yet: give it, and they can be sent");
            (together.href(part), text.into())
        }
        Part::Pick | Part::Check => {
            let text = ("上面列出的还没有填好，填好后就能提交", "What is listed above is to be filled in first");
            ("#gaps".to_owned(), text.into())
        }
    }
}

/// `POST …/check`: sends each that is ticked, each for itself.
pub async fn submit(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
    posted: Posted,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let sent: Vec<(CaseId, u64)> = posted.all("case").into_iter().filter_map(read_pick).take(MOST).collect();
    let ready = look(&portal, &viewer, &together).await?;
    let mut form = form(page.lang, &ready).drafted(&posted);
    if sent.is_empty() {
        form.error("case", ("请至少选一件。", "Choose at least one."));
    }
    if !form.is_checked("agree") {
        form.error("agree", ("请先确认内容属实。", "Say first that it is true."));
    }
    let lacks = |id: &CaseId| ready.iter().any(|one| one.id == *id && !one.gaps.is_empty());
    if sent.iter().any(|(id, _)| lacks(id)) {
        form.error(
            "case",
            ("选中的申请有的还没有填好，见上面列出的。", "Some of those chosen lack something: see above."),
        );
    }
    // What was changed since is to be read again before anyone says that it is true.
    let is_seen = |one: &Ready| sent.iter().all(|(id, version)| *id != one.id || *version == one.version);
    if !form.is_good() && !ready.iter().all(is_seen) {
        let anew = changed(page.lang, &ready, &sent);
        return show(&portal, page, &together, ready, Some(anew)).await;
    }
    if !form.is_good() {
        return show(&portal, page, &together, ready, Some(form)).await;
    }
    // What was sent by a first click is no draft any more; the store answers a second click as it did the first.
    let key = form_key(&posted, "submit together")?;
    let asks = sent.into_iter().map(|(id, version)| (id, version, Ask::Submit)).collect();
    let outcomes = portal.store.ask_many(&viewer.actor, &key, asks).await;
    let done: Vec<CaseId> = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(id, _)| *id).collect();
    let good = done.len();
    let mut elsewhere: Vec<CaseId> = Vec::new();
    for (id, _) in outcomes.iter().filter(|(_, outcome)| outcome.is_err()) {
        elsewhere.extend(sent_elsewhere(&portal, &viewer, *id).await.map(|case| case.id));
    }
    if !elsewhere.is_empty() && good + elsewhere.len() == outcomes.len() {
        let count = elsewhere.len();
        let (zh, en) = match good {
            0 => (String::new(), String::new()),
            _ => (format!("{good}件申请已经提交；"), format!("{good} application(s) sent; ")),
        };
        let flash = Flash::done(
            format!("{zh}{count}件已经在别处提交，不用再交"),
            format!("{en}{count} had been sent elsewhere already, and need not be sent again"),
        );
        let all: Vec<CaseId> = done.into_iter().chain(elsewhere).collect();
        return Ok(flash.redirect(&page.site().key, &together.sent_href(&all)));
    }
    let refused = refused(&portal, &viewer, &together, outcomes).await?;
    if refused.is_empty() {
        let flash = Flash::done(format!("{good}件申请已经提交"), format!("{good} application(s) sent"));
        return Ok(flash.redirect(&page.site().key, &together.sent_href(&done)));
    }
    let together = Together::at(&portal, &viewer, &place).await?;
    if together.drafts.is_empty() {
        let text = refused.into_iter().next().unwrap_or_default();
        return Ok(Flash { good: false, text }.redirect(&page.site().key, &together.sent_href(&done)));
    }
    let ready = look(&portal, &viewer, &together).await?;
    let mut form = self::form(page.lang, &ready).drafted(&posted);
    if good > 0 {
        let text = Text::new(format!("{good}件已经提交，其余的没有："), format!("{good} sent; the others not:"));
        form.error("case", text);
    }
    refused.into_iter().for_each(|why| form.error("case", why));
    show(&portal, page, &together, ready, Some(form)).await
}

/// The form anew with the same ones chosen, and nothing said to be true, where some were changed since it was shown.
fn changed(lang: Lang, ready: &[Ready], sent: &[(CaseId, u64)]) -> Form {
    let chosen = || ready.iter().filter(|one| sent.iter().any(|(id, _)| *id == one.id));
    let mut form = form(lang, ready).drafted(&Posted::from_pairs(chosen().map(|one| ("case", value(one)))));
    let changed: Vec<&Text> =
        chosen().filter(|one| !sent.contains(&(one.id, one.version))).map(|one| &one.name).collect();
    let names = |lang, between: &str| changed.iter().map(|name| name.get(lang)).collect::<Vec<_>>().join(between);
    let text = Text::new(
        format!(
            "您打开这一页以后，有的申请在别处改过（{}），下面是现在的内容和收款账户：请重新核对，再确认属实。",
            names(Lang::Zh, "、")
        ),
        format!(
            "Since you opened this page, applications were changed elsewhere ({}). Below is what there is now, with the account: look at \
             it again, then say that it is true.",
            names(Lang::En, ", ")
        ),
    );
    form.error("agree", text);
    form
}

/// Reads [`value`].
fn read_pick(text: &str) -> Option<(CaseId, u64)> {
    let (id, version) = text.split_once(':')?;
    Some((CaseId(id.parse().ok()?), version.parse().ok()?))
}
