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

/// The series of a case's number, and its place there.
pub(crate) fn series_of_case(number: &str) -> Option<(String, i64)> {
    let (prefix, rest) = number.rsplit_once('〔')?;
    let (year, nth) = rest.strip_suffix('号')?.split_once('〕')?;
    Some((format!("case/{prefix}/{year}"), nth.parse().ok()?))
}

/// The same of a batch's number.
pub(crate) fn series_of_batch(number: &str) -> Option<(String, i64)> {
    let (year, nth) = number.strip_prefix("拨〔")?.split_once('〕')?;
    Some((format!("batch/{year}"), nth.parse().ok()?))
}

/// The number of a batch that is made now: `拨〔2019〕0007`.
pub(crate) async fn next_batch_number(tx: &mut Tx) -> Result<String, StoreError> {
    let year = tx.now().year();
    let number = tx.next_of_series(format!("batch/{year}")).await?;
    Ok(format!("拨〔{year}〕{number:04}"))
}

/// The number of a payment, which goes to the bank and so is of plain letters: `DX2019-0007-3` is the third of `拨〔2019〕0007`.
/// It has the batch's number, and none of the case's, so that nobody takes it for one.
pub(crate) fn payment_number(batch: &str, nth: i64) -> String {
    let parts: Vec<&str> = batch.split(|one: char| !one.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    format!("DX{}-{nth}", parts.join("-"))
}
