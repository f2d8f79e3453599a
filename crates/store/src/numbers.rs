//! Numbers that people read: one series a year, without gaps, because each is given in the transaction that uses it.

use crate::error::StoreError;
use crate::settings;
use crate::tx::Tx;

/// The number of a case that is submitted now: `南明兑〔2019〕000123号`.
pub(crate) async fn next_case_number(tx: &mut Tx) -> Result<String, StoreError> {
    let prefix = settings::settings(tx).await?.number_prefix;
    let prefix = if prefix.is_empty() { "兑".to_owned() } else { prefix };
    let year = tx.now().year();
    let number = tx.next_of_series(format!("case/{prefix}/{year}")).await?;
    Ok(format!("{prefix}〔{year}〕{number:06}号"))
}

/// The number of a batch that is made now: `拨〔2019〕0007`.
pub(crate) async fn next_batch_number(tx: &mut Tx) -> Result<String, StoreError> {
    let year = tx.now().year();
    let number = tx.next_of_series(format!("batch/{year}")).await?;
    Ok(format!("拨〔{year}〕{number:04}"))
}
