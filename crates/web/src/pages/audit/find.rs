//! Cases as an auditor names them: by number or a part of it, by the party's name or its code, as on the work list; by what the
//! bank knows of a payment, the account it goes to among that; by its batch; or by how much it was.

use std::collections::BTreeSet;

use duixian_casework::batch::Batch;
use duixian_casework::case::{Case, CaseId};
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::cases::{CaseFilter, CaseRow, Sort};
use duixian_text::half_width;

use crate::format;
use crate::forms::read_money;
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared::path_part;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Pager;
use crate::viewer::Viewer;

/// How many are offered to choose from.
const OFFERED: u64 = 30;
/// The kinds of entries by which a batch's number means the batch and none of its cases.
pub(super) const OF_BATCHES: &str = "batch.";

/// What a text names.
pub(super) enum Named {
    /// Nothing.
    Nothing,
    /// One case.
    One(Box<Case>),
    /// Several.
    Several(Several),
}

/// Cases to choose from.
pub(super) struct Several {
    /// The first of them.
    pub(super) rows: Vec<Offered>,
    /// How many there are in all.
    pub(super) total: u64,
    /// The batch that they are or were in, where it is that which was named.
    pub(super) batch: Option<BatchOffered>,
}

/// A batch to choose.
pub(super) struct BatchOffered {
    /// Its number.
    pub(super) number: String,
    /// The address of its own entries on the journal.
    pub(super) entries: String,
    /// The page of the batch, with all its payments.
    pub(super) href: String,
}

/// The cases of an amount, paid, set aside or waiting for money.
pub(super) struct OfAmount {
    /// In words.
    pub(super) amount: Text,
    /// One page of them.
    pub(super) rows: Vec<Offered>,
    /// Which page.
    pub(super) pager: Pager,
    /// The address that looks for the amount and nothing else.
    pub(super) href: String,
}

/// A case to choose.
pub(super) struct Offered {
    /// The address that chooses it.
    pub(super) href: String,
    /// Its number.
    pub(super) number: String,
    /// The party's name.
    pub(super) party: String,
    /// The measure, and the basis where it has one.
    pub(super) what: Text,
}

impl Several {
    /// How many are not offered.
    pub(super) fn more(&self) -> u64 {
        self.total.saturating_sub(self.rows.len() as u64)
    }
}

/// The cases that a text names; those it leaves open are chosen on the same page.
pub(super) async fn named(portal: &Portal, viewer: &Viewer, page: &Page, text: &str) -> Result<Named, Problem> {
    match portal.store.case_by_number(text).await {
        Ok(case) => return Ok(Named::One(Box::new(case))),
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let filter =
        CaseFilter { text: Some(text.to_owned()), sort: Sort::Number, per_page: OFFERED, ..CaseFilter::default() };
    let found = portal.store.cases(&viewer.actor, &filter).await?;
    let mut numbered: Vec<CaseRow> = found.rows.into_iter().filter(|row| row.number.is_some()).collect();
    let typed = half_width(text);
    // Whoever types digits means a case's number rather than a part of a code.
    numbered.sort_by_key(|row| !row.number.as_ref().is_some_and(|number| number.contains(&typed)));
    match &numbered[..] {
        [] => by_payment(portal, viewer, page, text).await,
        [only] if found.total == 1 => Ok(Named::One(Box::new(case(portal, only.id).await?))),
        _ => {
            let names = Names::load(&portal.store).await?;
            let offered = |row: CaseRow| {
                let number = row.number.unwrap_or_default();
                let measure = names.measure(&row.measure);
                let basis = if row.basis.is_empty() { String::new() } else { format!(" · {}", row.basis) };
                let what = Text::new(format!("{}{basis}", measure.zh), format!("{}{basis}", measure.en));
                Offered { href: page.href_with(&[("q", &number), ("page", "")]), number, party: row.party_name, what }
            };
            let rows = numbered.into_iter().map(offered).collect();
            Ok(Named::Several(Several { rows, total: found.total, batch: None }))
        }
    }
}

/// What the bank knows: our number of a payment or of a batch, its own of what it booked, or that of the account.
async fn by_payment(portal: &Portal, viewer: &Viewer, page: &Page, text: &str) -> Result<Named, Problem> {
    let mut ids = portal.store.cases_by_payment(text.trim()).await?;
    if ids.is_empty() {
        ids = portal.store.cases_by_account(&viewer.actor, text).await?;
    }
    ids.dedup();
    match &ids[..] {
        [] => Ok(Named::Nothing),
        [only] => Ok(Named::One(Box::new(case(portal, *only).await?))),
        _ => match portal.store.batch_by_number(text).await? {
            Some(batch) => {
                let entries = format!("/audit?q={}&kind={OF_BATCHES}", path_part(&batch.number));
                Ok(Named::Several(of_batch(portal, page, &batch, entries).await?))
            }
            None => several(portal, page, &ids).await,
        },
    }
}

/// Cases that one reference of the bank names, from before it could prove but one payment.
async fn several(portal: &Portal, page: &Page, ids: &[CaseId]) -> Result<Named, Problem> {
    let rows = offered(portal, page, ids.iter().take(OFFERED as usize)).await?;
    Ok(Named::Several(Several { rows, total: ids.len() as u64, batch: None }))
}

/// A batch and its cases to choose from: those that were taken out of it come last, and are said to be.
pub(super) async fn of_batch(portal: &Portal, page: &Page, batch: &Batch, entries: String) -> Result<Several, Problem> {
    let mut ids = portal.store.cases_by_payment(&batch.number).await?;
    let inside: BTreeSet<CaseId> = batch.lines.iter().map(|line| line.case).collect();
    ids.sort_by_key(|id| !inside.contains(id));
    let mut rows = offered(portal, page, ids.iter().take(OFFERED as usize)).await?;
    for (row, id) in rows.iter_mut().zip(&ids) {
        if !inside.contains(id) {
            let (zh, en) = (&row.what.zh, &row.what.en);
            row.what = Text::new(format!("{zh} · 已移出这一批"), format!("{en} · taken out of this batch"));
        }
    }
    let (number, href) = (batch.number.clone(), format!("/finance/batches/{}", batch.id));
    Ok(Several { rows, total: ids.len() as u64, batch: Some(BatchOffered { number, entries, href }) })
}

/// Cases to choose from, each with where it stands.
async fn offered(portal: &Portal, page: &Page, ids: impl Iterator<Item = &CaseId>) -> Result<Vec<Offered>, Problem> {
    let names = Names::load(&portal.store).await?;
    let mut rows = Vec::new();
    for id in ids {
        let case = case(portal, *id).await?;
        let number = case.number.unwrap_or_default();
        let party = portal.store.party(&case.subject.party).await?;
        let measure = names.measure(&case.subject.measure);
        let stage = |lang| case.stage.label(lang);
        rows.push(Offered {
            href: page.href_with(&[("q", &number), ("page", "")]),
            party: party.map_or(case.subject.party, |party| party.name),
            what: Text::new(
                format!("{} · {}", measure.zh, stage(Lang::Zh)),
                format!("{} · {}", measure.en, stage(Lang::En)),
            ),
            number,
        });
    }
    Ok(rows)
}

/// The amount that a text is, and whether it can be nothing else: plain digits are parts of numbers as well, those with a decimal point
/// are not.
pub(super) fn amount(text: &str) -> Option<(Fen, bool)> {
    let amount = read_money(text).ok().filter(|amount| *amount > Fen(0))?;
    let signs = ['元', '万', '亿', '¥', '￥', ',', '，', '.', '．', '。'];
    Some((amount, text.contains(signs) || text.contains("yuan")))
}

/// The cases for which just this amount was paid, is set aside, or waits for money, but one that is shown already; none where there are
/// none.
pub(super) async fn of_amount(
    portal: &Portal,
    viewer: &Viewer,
    page: &Page,
    amount: Fen,
    named: &Named,
) -> Result<Option<OfAmount>, Problem> {
    let mut ids = portal.store.cases_of_amount(&viewer.actor, amount).await?;
    if let Named::One(shown) = named {
        ids.retain(|id| *id != shown.id);
    }
    if ids.is_empty() {
        return Ok(None);
    }
    let pager = Pager::asked(page, OFFERED, ids.len() as u64);
    let before = usize::try_from(pager.offset()).unwrap_or(usize::MAX);
    let rows = offered(portal, page, ids.iter().skip(before).take(OFFERED as usize)).await?;
    let amount = Text::new(format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
    let href = page.href_with(&[("q", &amount.zh), ("page", "")]);
    Ok(Some(OfAmount { amount, rows, pager, href }))
}

async fn case(portal: &Portal, id: CaseId) -> Result<Case, Problem> {
    Ok(portal.store.case(id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_digits_may_be_a_number_and_what_has_a_unit_is_an_amount() {
        let wan = Fen::yuan(30_000);
        for (text, expected) in [
            ("30000", Some((wan, false))),
            ("30,000元", Some((wan, true))),
            ("3万", Some((wan, true))),
            ("1.3亿", Some((Fen::yuan(130_000_000), true))),
            ("30000 yuan", Some((wan, true))),
            ("30000.50", Some((Fen(3_000_050), true))),
            ("0.01", Some((Fen(1), true))),
            ("12403．96", Some((Fen(1_240_396), true))),
            ("南明兑〔2019〕000005号", None),
            ("0", None),
            ("7-1", None),
        ] {
            assert_eq!(amount(text), expected, "{text}");
        }
    }
}
