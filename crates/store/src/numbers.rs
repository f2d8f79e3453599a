//! Numbers that people read: one series a year, without gaps, because each is given in the transaction that uses it.

use duixian_text::half_width;

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

/// The number of a case as it is written in full, which a text leaves without its brackets and 号, or has with others: `兑2019000123`,
/// `兑(2019)123`; none of a text that is no number of a case.
pub(crate) fn case_number_meant(text: &str) -> Option<String> {
    let text: String = half_width(text).chars().filter(|one| !one.is_whitespace()).collect();
    let text = text.strip_suffix('号').unwrap_or(&text);
    let parts: Vec<&str> = text.split(|one| "〔〕[]［］()（）【】".contains(one)).collect();
    let (prefix, year, nth) = match parts[..] {
        [prefix, year, nth] => (prefix, year, nth),
        [whole] => {
            let (prefix, digits) = whole.split_at_checked(whole.len().checked_sub(10)?)?;
            let (year, nth) = digits.split_at_checked(4)?;
            (prefix, year, nth)
        }
        _ => return None,
    };
    let is_number = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|one| one.is_ascii_digit())
    };
    let is_year = is_number(year, 4) && (year.starts_with("19") || year.starts_with("20"));
    let is_one = is_year && is_number(nth, 6) && !prefix.ends_with(|one: char| one.is_ascii_digit());
    is_one.then(|| format!("{prefix}〔{year}〕{nth:0>6}号"))
}

/// The series of a batch's number, and its place there.
pub(crate) fn series_of_batch(number: &str) -> Option<(String, i64)> {
    let (year, nth) = number.strip_prefix("拨〔")?.split_once('〕')?;
    Some((format!("batch/{year}"), nth.parse().ok()?))
}

/// The number of a batch as it is written in full, which a text leaves without its brackets, or has with others: `拨20190007`,
/// `拨(2019)7`; none of a text that is no number of a batch.
pub(crate) fn batch_number_meant(text: &str) -> Option<String> {
    let text = half_width(text);
    let mut parts =
        text.trim().strip_prefix('拨')?.split(|one: char| !one.is_ascii_digit()).filter(|part| !part.is_empty());
    let (year, nth) = match (parts.next()?, parts.next()) {
        (year, Some(nth)) => (year, nth),
        (whole, None) => whole.split_at_checked(4)?,
    };
    let is_one = parts.next().is_none() && year.len() == 4 && matches!(nth.len(), 1..=6);
    is_one.then(|| format!("拨〔{year}〕{nth:0>4}"))
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

/// The number of a payment that a text is, if it is one: in small letters or of double width too.
pub(crate) fn payment_number_meant(text: &str) -> String {
    half_width(text).trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_meant_however_it_is_written() {
        for text in [
            "南明兑〔2019〕000020号",
            "南明兑2019000020",
            "南明兑2019000020号",
            "南明兑 2019 000020 号",
            "南明兑[2019]000020",
            "南明兑［2019］000020号",
            "南明兑（2019）20号",
            "南明兑(2019)20",
            "南明兑【２０１９】０００２０号",
        ] {
            assert_eq!(case_number_meant(text).as_deref(), Some("南明兑〔2019〕000020号"), "{text}");
        }
        assert_eq!(case_number_meant("2019000020").as_deref(), Some("〔2019〕000020号"));
        for text in [
            "",
            "号",
            "南明兑",
            "南明兑2019",
            "793088887591759580",
            "南明兑〔2019〕号",
            "南明兑〔2019〕0000020号",
            "兑〔一九〕20",
            "DX2019-0005-1",
        ] {
            assert_eq!(case_number_meant(text), None, "{text}");
        }
        for text in ["拨〔2019〕0002", "拨[2019]0002", "拨（2019）2", " 拨20190002 ", "拨２０１９０００２"]
        {
            assert_eq!(batch_number_meant(text).as_deref(), Some("拨〔2019〕0002"), "{text}");
        }
        for text in ["", "拨", "拨2019", "拨付", "2019-0002", "拨〔19〕2", "拨〔2019〕2-3"] {
            assert_eq!(batch_number_meant(text), None, "{text}");
        }
    }
}
