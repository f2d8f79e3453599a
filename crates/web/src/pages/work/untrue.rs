//! Evidence that was found not to hold. The rules ask that it is there, not that it is true: whoever recommends, or decides, is told.

use duixian_casework::case::Evidence;

use crate::casefile::CaseFile;
use crate::casefile::grounds::{About, all};
use crate::casefile::queue::plain;
use crate::locale::Text;
use crate::problem::Problem;

/// What was found not to hold of the evidence, type by type, as the grounds of a refusal have it; nothing where all of it holds or is open.
pub fn told(file: &CaseFile) -> Result<Vec<Text>, Problem> {
    // The grounds take some work, and few cases have anything of the kind.
    if !file.case.evidence.iter().any(is_untrue) {
        return Ok(Vec::new());
    }
    let grounds = all(file)?;
    let kinds = grounds.iter().filter(|ground| ground.is_unmet).filter_map(|ground| match &ground.about {
        About::Evidence(kind) => Some(kind),
        _ => None,
    });
    Ok(kinds.map(|kind| of_kind(file, kind)).collect())
}

fn is_untrue(piece: &Evidence) -> bool {
    piece.finding.as_ref().is_some_and(|finding| !finding.holds)
}

/// `佐证“证书”核验为不属实：编号不存在`; of several of one type, how many.
fn of_kind(file: &CaseFile, kind: &str) -> Text {
    let pieces: Vec<&Evidence> = file.case.evidence.iter().filter(|piece| piece.kind == kind).collect();
    let untrue: Vec<&Evidence> = pieces.iter().copied().filter(|piece| is_untrue(piece)).collect();
    let notes: Vec<&str> = untrue.iter().filter_map(|piece| piece.finding.as_ref()).map(|found| &*found.note).collect();
    let note = |between: &str| notes.iter().map(|note| plain(note)).collect::<Vec<_>>().join(between);
    let (all, bad) = (pieces.len(), untrue.len());
    let (of_zh, of_en) = match all {
        1 => (String::new(), String::new()),
        _ => (format!(" {all} 份中有 {bad} 份"), format!(" ({bad} of {all})")),
    };
    Text::new(
        format!("佐证“{kind}”{of_zh}核验为不属实：{}", note("；")),
        format!("evidence “{kind}”{of_en} was found not to hold: {}", note("; ")),
    )
}
