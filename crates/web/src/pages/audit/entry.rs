//! One entry of the journal with its hash, checked on the spot, and its neighbours.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::moment::Moment;
use duixian_store::StoreError;
use duixian_store::journal::Entry;
use duixian_store::search::JournalFilter;

use super::refs::{self, Met};
use super::{told, words};
use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Facts, Status};

#[derive(Template)]
#[template(path = "audit/entry.html")]
struct EntryPage {
    page: Page,
    facts: Facts,
    /// What was written, in words; nothing where the entry has no more than what, when and who.
    told: Vec<told::Line>,
    /// The entry of the same kind before it, where what was written is told by what it changed.
    compared: Option<i64>,
    /// The same as it stands on the journal.
    body: String,
    kind: String,
    hash: String,
    prev: String,
    own: Status,
    link: Status,
    before: Option<i64>,
    after: Option<i64>,
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(seq): Path<i64>,
    page: Page,
) -> Result<Response, Problem> {
    let entry = portal.store.journal_entry(seq).await?;
    let neighbour = async |seq: i64| match portal.store.journal_entry(seq).await {
        Ok(entry) => Ok(Some(entry)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(Problem::from(error)),
    };
    let before = neighbour(seq - 1).await?;
    let after = neighbour(seq + 1).await?;
    let own = if entry.digest() == entry.hash {
        Status::good("与内容相符", "That of its content")
    } else {
        Status::bad("与内容不符", "Not that of its content")
    };
    let link = match &before {
        Some(before) if before.hash == entry.prev => Status::good("与上一条相接", "That of the entry before"),
        None if seq == 1 => Status::good("第一条", "The first entry"),
        _ => Status::bad("与上一条不相接", "Not that of the entry before"),
    };
    let names = refs::people(&portal).await?;
    let of_packs = Names::load(&portal.store).await?;
    let accounts = refs::accounts(&portal).await?;
    let mut met = Met::new();
    let former = former(&portal, &entry).await?;
    refs::meet(&portal, &of_packs, &accounts, std::iter::once(entry.body.as_str()), &mut met).await?;
    let who = entry.actor.map(|actor| {
        let name = names.get(&actor).cloned().unwrap_or_default();
        Text::same(format!("{name}（{}）", actor.0))
    });
    let moment = |lang| format!("{}:{}", format::moment(lang, entry.at.local()), entry.at.local().format("%S"));
    let (about, href) = words::subject(&portal, &names, (&of_packs, &accounts), &entry, &mut met).await?;
    let known = told::Known { people: &names, names: &of_packs, accounts: &accounts, met: &met };
    let mut facts = Facts::default()
        .add(("事项", "What"), words::entry(&entry, &accounts))
        .add(("类别", "Area"), words::area(&entry.kind))
        .add(("时间", "When"), Text::new(moment(Lang::Zh), moment(Lang::En)))
        .add(("办理人", "Who"), who.unwrap_or_else(|| words::nobody(&entry.kind)))
        .add(("对象", "About"), about);
    if let Some(href) = href {
        facts = facts.link(href);
    }
    let page =
        page.titled(Text::new(format!("日志第 {seq} 条"), format!("Entry {seq}"))).under("/audit", ("审计", "Audit"));
    Page::show(&EntryPage {
        page,
        facts,
        told: match &former {
            Some(former) => told::changes(&former.body, &entry.body, &known),
            None => told::lines(&entry.body, &known),
        },
        compared: former.map(|former| former.seq),
        body: words::masked(&entry.body),
        kind: entry.kind,
        hash: entry.hash,
        prev: entry.prev,
        own,
        link,
        before: before.map(|entry| entry.seq),
        after: after.map(|entry| entry.seq),
    })
}

/// The settings before these, which stand on the journal as a whole each time: what matters of them is what was changed.
async fn former(portal: &Portal, entry: &Entry) -> Result<Option<Entry>, Problem> {
    if entry.kind != "settings.changed" {
        return Ok(None);
    }
    let (subjects, kind) = (vec![entry.subject.clone()], Some(entry.kind.clone()));
    let before = Some(Moment(entry.at.0 + 1));
    let filter = JournalFilter { subjects, kind, before, ..JournalFilter::default() };
    Ok(portal.store.journal(&filter).await?.rows.into_iter().find(|one| one.seq < entry.seq))
}
