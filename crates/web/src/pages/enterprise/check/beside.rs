//! What stands beside an application that is about to be sent: another of the party's for the same, or one that a limit counts together
//! with it. Whoever learns of it months later has filled in six pages for nothing.

use duixian_assess::reference::OtherRow;
use duixian_casework::stage::Stage;
use duixian_store::cases::{CaseFilter, CaseRow};

use super::super::appraisal::{self, Preview};
use super::super::draft::Draft;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// Something to know before it is sent, with the party's own applications that it is about.
#[derive(PartialEq)]
pub struct Beside {
    /// What.
    pub text: Text,
    /// Their pages and numbers.
    pub others: Vec<(String, String)>,
}

impl Beside {
    /// That a draft can't be sent, since another application for the same is under way or was granted; nothing where it can.
    pub async fn barring(portal: &Portal, viewer: &Viewer, draft: &Draft) -> Result<Option<Beside>, Problem> {
        let scene = &draft.scene;
        let Some(number) =
            scene.granted.as_ref().or(scene.duplicate.as_ref()).filter(|_| draft.case.stage == Stage::Draft)
        else {
            return Ok(None);
        };
        let text = if scene.granted.is_some() {
            Text::new(
                format!("同一项已由 {number} 获得支持，这一件不能再提交"),
                format!("The same was granted in {number}: this one can't be sent"),
            )
        } else {
            Text::new(
                format!("同一项已有 {number} 在办；在它撤回、不予受理或者不予支持以前，这一件提交不了"),
                format!(
                    "{number} is under way for the same: this one can't be sent before that is withdrawn, not accepted or \
                     declined"
                ),
            )
        };
        let others = own(portal, viewer, draft).await?;
        Ok(Some(Beside { text, others: others.iter().filter_map(|row| linked(row, &[number])).collect() }))
    }

    /// What limits say of other applications: those that are not decided yet and may take its place, and the one that has taken it.
    pub async fn limiting(
        portal: &Portal,
        viewer: &Viewer,
        draft: &Draft,
        now: &Preview,
    ) -> Result<Vec<Beside>, Problem> {
        let Some(explained) = &now.explained else { return Ok(Vec::new()) };
        let effects = |lang: Lang| -> Vec<String> {
            appraisal::read(explained, &draft.scene.pack, lang, |report| {
                let basis = appraisal::only(report).map(|(_, basis)| basis);
                basis.map(|basis| basis.limits.iter().map(|limit| limit.effect.clone()).collect()).unwrap_or_default()
            })
        };
        let traces = explained.measures.iter().flat_map(|measure| &measure.bases).flat_map(|basis| &basis.limits);
        let (zh, en) = (effects(Lang::Zh), effects(Lang::En));
        let mut found = Vec::new();
        for ((trace, zh), en) in traces.zip(zh).zip(en) {
            let rivals: Vec<&OtherRow> = match trace.passed {
                true => trace.pending.iter().collect(),
                false => trace.other.iter().filter(|other| other.case.is_some()).collect(),
            };
            if !rivals.is_empty() {
                let numbers: Vec<&str> = rivals.into_iter().filter_map(|rival| rival.case.as_deref()).collect();
                let others = own(portal, viewer, draft).await?;
                let others = others.iter().filter_map(|row| linked(row, &numbers)).collect();
                found.push(Beside { text: Text::new(zh, en), others });
            }
        }
        Ok(found)
    }
}

/// The party's applications for the measure.
async fn own(portal: &Portal, viewer: &Viewer, draft: &Draft) -> Result<Vec<CaseRow>, Problem> {
    let subject = &draft.case.subject;
    let filter = CaseFilter {
        party: Some(subject.party.clone()),
        measure: Some(subject.measure.clone()),
        per_page: 1000,
        ..CaseFilter::default()
    };
    Ok(portal.store.cases(&viewer.actor, &filter).await?.rows)
}

/// The page and number of an application, if it has one of these numbers.
fn linked(row: &CaseRow, numbers: &[impl AsRef<str>]) -> Option<(String, String)> {
    let number = row.number.clone()?;
    let is_meant = numbers.iter().any(|one| one.as_ref() == number);
    is_meant.then(|| (format!("/cases/{}", row.id.0), number))
}
