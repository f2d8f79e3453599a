//! Pays what is payable: a batch for each fund, released by two, answered by a bank that sends some payments back.

use std::collections::BTreeMap;

use duixian_bank::{ResultFormat, sample_results};
use duixian_casework::case::CaseId;
use duixian_store::StoreError;
use duixian_store::batches::Format;

use super::YEAR;
use super::play::Play;

/// Makes and settles the day's batches; whether there was nothing to pay.
pub async fn a_days_payments(play: &mut Play<'_>) -> Result<bool, StoreError> {
    let mut by_fund: BTreeMap<String, Vec<(CaseId, bool)>> = BTreeMap::new();
    for (case, fails) in play.to_be_paid().await? {
        // Some support is not payable before a certain day.
        let from = case.assessed.as_ref().and_then(|assessed| assessed.payable_from);
        if from.is_none_or(|from| from <= play.store.now().day()) {
            by_fund.entry(case.subject.fund.clone()).or_default().push((case.id, fails));
        }
    }
    let is_idle = by_fund.is_empty();
    for (fund, cases) in by_fund {
        let [first, second] = &play.office.finance;
        let (store, ids) = (play.store, cases.iter().map(|(id, _)| *id).collect());
        let key = play.next_key()?;
        let batch = store.make_batch(first, &key, &fund, YEAR, ids).await?.value;
        let drafted = store.to_release(batch).await?;
        let confirmed: Vec<CaseId> = drafted.to_look_into().map(|line| line.case).collect();
        for one in [first, second] {
            let key = play.next_key()?;
            store.release(one, &key, batch, &drafted.seen, confirmed.clone()).await?;
        }
        store.bank_file(first, batch, Format::Pain001, false).await?;
        let batch = store.batch(batch).await?;
        let failing = batch.lines.iter().filter(|line| cases.contains(&(line.case, true)));
        let failures: Vec<(String, String)> =
            failing.map(|line| (line.end_to_end_id.clone(), "收款账户已销户".to_owned())).collect();
        let answer = sample_results(&store.payment_file(&batch).await?, &failures, ResultFormat::Camt054);
        let key = play.next_key()?;
        store.read_results(second, &key, Some(batch.id), answer.as_bytes()).await?;
    }
    Ok(is_idle)
}
