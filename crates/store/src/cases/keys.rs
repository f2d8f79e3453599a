//! What limits count cases together by, where applicants state it: written as numbers are, since one of them in another dress would
//! be counted as another.

use std::collections::BTreeMap;

use duixian_casework::case::{Case, CellRef};
use duixian_casework::command::Stated;
use duixian_rules::plan::{Key, Plan};
use duixian_text::{has_unseen, is_plain};

use crate::error::StoreError;

/// Refuses a stated key that is not written plainly. One that is empty stands for itself.
///
/// # Errors
/// [`StoreError::BadInput`] with the column's name.
pub(crate) fn are_plain(
    plan: &Plan,
    case: &Case,
    statements: &BTreeMap<CellRef, Option<Stated>>,
) -> Result<(), StoreError> {
    let Some(measure) = plan.measures.iter().find(|measure| measure.name.en == case.subject.measure) else {
        return Ok(());
    };
    let table = &plan.vocabulary.tables[measure.basis.table];
    for key in measure.limits.iter().filter_map(|limit| limit.kind.key()) {
        let Key::Column(column) = key else { continue };
        let name = &table.columns[column].name;
        let is_key = |cell: &CellRef| cell.table == table.name.en && cell.column == name.en;
        let stated = statements.iter().filter(|(cell, _)| is_key(cell)).filter_map(|(_, stated)| stated.as_ref());
        for value in stated.map(|stated| stated.value.as_str()).filter(|value| !value.is_empty()) {
            if has_unseen(value) || !is_plain(value) || !value.contains(char::is_alphanumeric) {
                return Err(StoreError::bad_input(
                    format!("“{}”只能用汉字、英文字母、数字和常用符号，请清空后照着文件重新手打", name.zh),
                    format!(
                        "“{}” is written with Chinese characters, Latin letters, digits and signs: empty the field and type it anew",
                        name.en
                    ),
                ));
            }
        }
    }
    Ok(())
}
