//! Other parties' cases for the same number, as whoever decides or reviews reads it before anything is done: a number is supported once.

use duixian_store::StoreError;
use duixian_store::cases::Elsewhere;

use crate::casefile::{CaseFile, stages};
use crate::locale::Text;
use crate::portal::Portal;

/// Each of them of which nobody has found that its number is another one.
pub async fn told(portal: &Portal, file: &CaseFile) -> Result<Vec<Text>, StoreError> {
    let others = portal.store.cases_elsewhere(&file.case).await?;
    Ok(others.iter().filter(|other| !other.is_distinct).map(text).collect())
}

fn text(other: &Elsewhere) -> Text {
    let Elsewhere { number, party_name, .. } = other;
    if other.is_granted {
        return Text::new(
            format!("同一编号已在 {party_name} 的 {number} 中审定支持，一个编号只支持一家"),
            format!("the same number was granted to {party_name} in {number}; a number is supported once"),
        );
    }
    let stage = stages::label(other.stage);
    Text::new(
        format!("同一编号 {party_name} 也申请过（{number}，{}），请先查清编号属于谁", stage.zh),
        format!(
            "{party_name} has applied for the same number as well ({number}, {}): find out first whose it is",
            stage.en
        ),
    )
}
