//! One piece of evidence for several applications: an office's notice often lists them all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::case::{CaseId, Evidence as Piece};
use duixian_casework::refusal::Refusal;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use super::super::draft::Draft;
use super::super::edit::{form_key, fresh_key, once};
use super::super::upload::{Refused, Upload, UploadForm};
use super::{Part, Place, Together, Walk, basis_text, page_of, refused};
use crate::forms::{Choice, Field, Form, Posted, PostedFiles};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::{Flash, redirect};
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/together/evidence.html")]
struct Evidence {
    page: Page,
    walk: Walk,
    upload: UploadForm,
    whose: Form,
    once: String,
    /// What was handed in: each file, and how many have it.
    files: Vec<Shared>,
    /// How many applications there are, and how many have none of it yet.
    count: usize,
    without: usize,
}

/// A file that some of the applications have.
struct Shared {
    sha256: String,
    name: String,
    count: usize,
}

/// The files of a type, in the order they came.
fn shared(together: &Together, kind: &str) -> Vec<Shared> {
    let mut files: Vec<Shared> = Vec::new();
    for file in together.drafts.iter().flat_map(|draft| pieces(draft, kind)).filter_map(|piece| piece.file.as_ref()) {
        match files.iter_mut().find(|one| one.sha256 == file.sha256) {
            Some(one) => one.count += 1,
            None => files.push(Shared { sha256: file.sha256.clone(), name: file.name.clone(), count: 1 }),
        }
    }
    files
}

fn pieces<'d>(draft: &'d Draft, kind: &'d str) -> impl Iterator<Item = &'d Piece> {
    draft.case.evidence.iter().filter(move |piece| piece.kind == kind)
}

impl Place {
    fn kind(&self, together: &Together) -> Result<(usize, String), Problem> {
        let index = self.number.and_then(|number| number.checked_sub(1)).ok_or_else(Problem::not_found)?;
        Ok((index, together.required_evidence().get(index).cloned().ok_or_else(Problem::not_found)?))
    }
}

/// `GET …/evidence/{number}`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    show(&portal, page, &together, &place, None, None).await
}

async fn show(
    portal: &Portal,
    page: Page,
    together: &Together,
    place: &Place,
    ticked: Option<&Posted>,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let (index, kind) = place.kind(together)?;
    if together.drafts.is_empty() {
        return Ok(redirect(&together.href(Part::Pick)));
    }
    let calendar = portal.store.calendar().await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let without = || together.drafts.iter().filter(|draft| !draft.has_evidence(&kind));
    let lacking = Posted::from_pairs(without().map(|draft| ("for", draft.case.id.0.to_string())));
    let whose = whose(together, &kind);
    let shown = Evidence {
        walk: together.walk(portal, Part::Evidence(index), &calendar),
        upload: UploadForm::new(
            &page,
            &kept_at(together),
            &together.pack.plan.english,
            std::slice::from_ref(&kind),
            refused,
        ),
        whose: Form::new(page.lang, vec![whose]).drafted(ticked.unwrap_or(&lacking)),
        once: once()?,
        files: shared(together, &kind),
        count: together.drafts.len(),
        without: without().count(),
        page: page_of(page, together, together.evidence_name(&kind)),
    };
    Page::show_as(status, &shown)
}

/// Whose evidence it is: those that have none are ticked.
fn whose(together: &Together, kind: &str) -> Field {
    let choice = |draft: &Draft| {
        let names = file_names(draft, kind);
        let hint = match names.as_slice() {
            [] => ("还没有", "none yet").into(),
            names => Text::new(format!("已有：{}", names.join("、")), format!("has: {}", names.join(", "))),
        };
        Choice::new(draft.case.id.0.to_string(), basis_text(draft)).hint(hint)
    };
    let choices = together.drafts.iter().map(choice).collect();
    Field::checkboxes("for", ("这份材料用于", "It is for"), choices)
}

/// The names of the files of a type that one of them has.
pub fn file_names<'d>(draft: &'d Draft, kind: &'d str) -> Vec<&'d str> {
    pieces(draft, kind).filter_map(|piece| piece.file.as_ref()).map(|file| &*file.name).collect()
}

/// Where a file is kept for that was sound while something else was wrong.
fn kept_at(together: &Together) -> String {
    together.href(Part::Pick)
}

/// `POST …/evidence/{number}`: adds what was chosen to each that was ticked; on where nothing was chosen.
pub async fn add(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let (index, kind) = place.kind(&together)?;
    let upload = Upload::read(&page, &kept_at(&together), posted);
    let form = upload.posted.clone();
    let part = Part::Evidence(index);
    if upload.is_blank() {
        let without = together.drafts.iter().filter(|draft| !draft.has_evidence(&kind)).count();
        let to = together.after(part);
        if without == 0 {
            return Ok(redirect(&to));
        }
        let name = together.evidence_name(&kind);
        let text = Text::new(
            format!("没有选文件；还有 {without} 件没有“{}”，提交前要补上", name.zh),
            format!(
                "No file was chosen; {without} are still without “{}”, which they need before they are sent",
                name.en
            ),
        );
        return Ok(Flash { good: false, text }.redirect(&page.site().key, &to));
    }
    let pieces = match upload.evidence(&portal, &viewer, std::slice::from_ref(&kind)).await? {
        Ok(pieces) => pieces,
        Err(refused) => return show(&portal, page, &together, &place, Some(&form), Some(refused)).await,
    };
    let is_ticked = |draft: &&Draft| form.all("for").contains(&draft.case.id.0.to_string().as_str());
    let ticked: Vec<&Draft> = together.drafts.iter().filter(is_ticked).collect();
    if ticked.is_empty() {
        let why = ("请至少选一件申请。", "Choose at least one application.").into();
        let refused = Refused::against(form.clone(), &pieces, "file", why);
        return show(&portal, page, &together, &place, Some(&form), Some(refused)).await;
    }
    // Each piece that was added before has taken its case a version on.
    let mut versions: BTreeMap<CaseId, u64> = ticked.iter().map(|draft| (draft.case.id, draft.case.version)).collect();
    let mut added = BTreeSet::new();
    for (place_of, new) in pieces.iter().enumerate() {
        let key = form_key(&form, &format!("{new:?}"))?;
        let asks = versions.iter().map(|(id, version)| (*id, *version, Ask::AddEvidence(new.clone()))).collect();
        let mut outcomes = portal.store.ask_many(&viewer.actor, &key, asks).await;
        for (id, _) in outcomes.iter().filter(|(_, outcome)| outcome.is_ok()) {
            added.insert(*id);
            versions.entry(*id).and_modify(|version| *version += 1);
        }
        // Where it is already, there is what was wanted.
        outcomes.retain(|(_, outcome)| !matches!(outcome, Err(StoreError::Refused(Refusal::SameFile(_)))));
        if let Some(why) = refused(&portal, &viewer, &together, outcomes).await?.into_iter().next() {
            let together = Together::at(&portal, &viewer, &place).await?;
            let refused = Refused::against(form, &pieces[place_of..], "file", why);
            return show(&portal, page, &together, &place, None, Some(refused)).await;
        }
    }
    let names: Vec<&str> = pieces.iter().filter_map(|new| Some(new.file.as_ref()?.name.as_str())).collect();
    let (names, names_en) = (names.join("、"), names.join(", "));
    let (good, before) = (added.len(), ticked.len() - added.len());
    let flash = match (good, before) {
        (0, _) => Flash::done(
            format!("{names}以前已经交过，没有重复添加"),
            format!("Handed in before, and not added again: {names_en}"),
        ),
        (_, 0) => {
            Flash::done(format!("{names}已加到{good}件申请"), format!("Added to {good} application(s): {names_en}"))
        }
        _ => Flash::done(
            format!("{names}已加到{good}件申请；另外{before}件以前已经有了，没有重复添加"),
            format!("Added to {good} application(s): {names_en}; {before} had it before"),
        ),
    };
    let later = Together::at(&portal, &viewer, &place).await?;
    let is_whole = later.drafts.iter().all(|draft| draft.has_evidence(&kind));
    let to = if is_whole { later.after(part) } else { format!("{}?added={good}", later.href(part)) };
    Ok(flash.redirect(&page.site().key, &to))
}

/// `POST …/evidence/{number}/remove`: takes a file back from all that have it.
pub async fn remove(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
    posted: Posted,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let (index, kind) = place.kind(&together)?;
    let is_it = |piece: &&Piece| piece.file.as_ref().is_some_and(|file| file.sha256 == posted.get("file"));
    let having = together.drafts.iter().filter_map(|draft| Some((draft, pieces(draft, &kind).find(is_it)?.id)));
    let asks = having.map(|(draft, piece)| (draft.case.id, draft.case.version, Ask::RemoveEvidence(piece))).collect();
    // To take away twice does no harm: what is gone is not asked for again.
    let outcomes = portal.store.ask_many(&viewer.actor, &fresh_key()?, asks).await;
    let good = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count();
    let flash = match refused(&portal, &viewer, &together, outcomes).await?.into_iter().next() {
        Some(text) => Flash { good: false, text },
        None => Flash::done(format!("已从{good}件申请里移除"), format!("Removed from {good} application(s)")),
    };
    Ok(flash.redirect(&page.site().key, &together.href(Part::Evidence(index))))
}
