//! Evidence: one type at a time, a photo will do; what can't be taken is said at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::{CaseId, Evidence};
use duixian_casework::command::NewEvidence;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use super::correction;
use super::draft::{Draft, Step};
use super::edit::{self, Frame, form_key, fresh_key};
use super::upload::{Refused, Upload, UploadForm};
use crate::casefile::CaseFile;
use crate::casefile::said::OTHER_EVIDENCE;
use crate::forms::{Posted, PostedFiles};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::{Flash, redirect};
use crate::viewer::Viewer;

/// A piece that was handed in, as it is listed.
pub struct Piece {
    /// Its number within the case.
    pub id: u32,
    /// Its type.
    pub what: Text,
    /// Number, issuer and date, as far as they were given.
    pub details: Text,
    /// Where its file is, and what it is called, with its size.
    pub file: Option<(String, Text)>,
    /// Whether it can be taken back.
    pub can_go: bool,
    /// Whether an official has found it right, and what was noted.
    pub found: Option<(bool, String)>,
}

#[derive(Template)]
#[template(path = "enterprise/evidence.html")]
struct EvidencePage {
    page: Page,
    frame: Frame,
    upload: UploadForm,
    once: String,
    pieces: Vec<Piece>,
    step: String,
    is_required: bool,
    /// What a new file may take the place of: number and name.
    replaceable: Vec<(u32, String)>,
}

/// The page of a step about evidence.
pub async fn show(
    portal: &Portal,
    page: Page,
    draft: &Draft,
    step: Step,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let frame = Frame::of(portal, &page, draft, step).await?;
    let mut replaceable = Vec::new();
    if draft.case.stage == Stage::Correction {
        let history = CaseFile::of(&portal.store, draft.case.clone()).await?.history;
        let old =
            correction::replaceable(&draft.case, &history).into_iter().filter(|piece| belongs(draft, step, piece));
        replaceable.extend(old.map(|piece| {
            let name = piece.file.as_ref().map_or_else(|| piece.number.clone(), |file| file.name.clone());
            (piece.id, if name.is_empty() { draft.evidence_name(&piece.kind).get(page.lang).to_owned() } else { name })
        }));
    }
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let upload = UploadForm::new(&page, &place(draft), &draft.scene.pack.plan.english, &draft.kinds(step), refused);
    let page = page.narrow().titled(edit::title(draft, step));
    let pieces =
        draft.case.evidence.iter().filter(|piece| belongs(draft, step, piece)).map(|piece| listed(draft, piece));
    let page = EvidencePage {
        frame,
        upload,
        once: edit::once()?,
        pieces: pieces.collect(),
        step: step.word(),
        is_required: matches!(step, Step::Evidence(_)),
        replaceable,
        page,
    };
    Page::show_as(status, &page)
}

/// Where a file is kept for that was sound while something else was wrong.
fn place(draft: &Draft) -> String {
    draft.case.id.0.to_string()
}

/// Whether a piece is listed on a step: by its type; what no step names stands among the other evidence.
fn belongs(draft: &Draft, step: Step, piece: &Evidence) -> bool {
    let is_required = draft.scene.procedure.required_evidence.contains(&piece.kind);
    match step {
        Step::Evidence(_) => draft.kinds(step).contains(&piece.kind),
        Step::More => !is_required,
        _ => false,
    }
}

/// A piece as it is listed.
pub fn listed(draft: &Draft, piece: &Evidence) -> Piece {
    let mut zh: Vec<String> = Vec::new();
    let mut en: Vec<String> = Vec::new();
    if !piece.number.is_empty() {
        zh.push(piece.number.clone());
        en.push(piece.number.clone());
    }
    if !piece.issuer.is_empty() {
        zh.push(piece.issuer.clone());
        en.push(piece.issuer.clone());
    }
    if let Some(day) = piece.issued_on {
        zh.push(crate::format::date(Lang::Zh, day));
        en.push(crate::format::date(Lang::En, day));
    }
    let href = format!("/cases/{}/evidence/{}/file", draft.case.id.0, piece.id);
    Piece {
        id: piece.id,
        what: draft.evidence_name(&piece.kind),
        details: Text::new(zh.join("，"), en.join(", ")),
        file: piece.file.as_ref().map(|file| {
            let (name, size) = (&file.name, crate::format::bytes(file.size));
            (href, Text::new(format!("{name}（{size}）"), format!("{name} ({size})")))
        }),
        can_go: draft.is_open(),
        found: piece.finding.as_ref().map(|finding| (finding.holds, finding.note.clone())),
    }
}

/// `POST /cases/{id}/evidence/{step}`: hands in what was chosen, and goes on; on where nothing was.
pub async fn add(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((id, word)): Path<(i64, String)>,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !draft.is_open() {
        return Ok(redirect(&format!("/cases/{id}")));
    }
    let step = draft.step(&word)?;
    let upload = Upload::read(&page, &place(&draft), posted);
    let form = upload.posted.clone();
    let is_leaving = matches!(form.get("go"), "back" | "leave");
    // Who asks for another one has meant to give this one: what was too large was left out before.
    if upload.is_blank() && form.get("go") != "more" {
        return Ok(edit::go_on(&page, &draft, step, form.get("go")));
    }
    if is_leaving && !upload.has_file() {
        // What is typed of a document is kept with its file alone: whoever leaves without one is told so.
        let text = (
            "还没有选文件，填的文号、出具单位、日期没有保存",
            "No file was chosen: the number, issuer and date were not kept",
        );
        let flash = Flash { good: false, text: text.into() };
        return Ok(flash.redirect(&page.site().key, &edit::goal(&page, &draft, step, form.get("go"))));
    }
    let (pieces, mut wrong) = match upload.evidence(&portal, &viewer, &draft.kinds(step)).await? {
        Ok(pieces) => (pieces, Vec::new()),
        // Whoever leaves is not kept from it by a file that can't be taken.
        Err(refused) if is_leaving => refused.left_behind(),
        Err(refused) => return show(&portal, page, &draft, step, Some(refused)).await,
    };
    let (mut received, mut again) = (Vec::new(), Vec::new());
    for (place, new) in pieces.iter().enumerate() {
        let key = form_key(&form, &format!("{new:?}"))?;
        let asked = portal.store.ask(&viewer.actor, &key, draft.case.id, Ask::AddEvidence(new.clone())).await;
        match asked {
            Ok(_) => received.push(new),
            // It is there, which is what was wanted.
            Err(StoreError::Refused(Refusal::SameFile(_))) => again.push(new),
            Err(error) if is_leaving => wrong.push(problem::for_form(error)?),
            Err(error) => {
                let refused = Refused::against(form, &pieces[place..], "file", problem::for_form(error)?);
                // Those before it were taken, and stand in the list.
                let draft = Draft::of(&portal, &viewer, id).await?;
                return show(&portal, page, &draft, step, Some(refused)).await;
            }
        }
    }
    let replaced = replace(&portal, &viewer, &draft, &form, (&received, &again)).await?;
    let flash = told(&received, replaced, &again, wrong);
    let draft = Draft::of(&portal, &viewer, id).await?;
    if form.get("go") == "more" {
        // Another address than before, so that the script which watches the upload opens it anew.
        let from = if page.query_value("from").is_some() { "&from=check" } else { "" };
        return Ok(flash.redirect(
            &page.site().key,
            &format!("{}?added={name_count}{from}", draft.href(step), name_count = draft.case.next_evidence),
        ));
    }
    Ok(flash.redirect(&page.site().key, &edit::goal(&page, &draft, step, form.get("go"))))
}

/// What became of the files that were chosen.
fn told(received: &[&NewEvidence], old: Replaced, again: &[&NewEvidence], wrong: Vec<Text>) -> Flash {
    let names = |pieces: &[&NewEvidence]| -> Vec<String> {
        pieces.iter().filter_map(|new| Some(new.file.as_ref()?.name.clone())).collect()
    };
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if !received.is_empty() {
        let names = names(received);
        let (mut there, mut there_en) =
            (format!("已收到{}", names.join("、")), format!("Received: {}", names.join(", ")));
        if !old.gone.is_empty() {
            there += &format!("，替换了{}", old.gone.join("、"));
            there_en += &format!(", in place of {}", old.gone.join(", "));
        }
        zh.push(there);
        en.push(there_en);
    }
    if !again.is_empty() {
        let names = names(again);
        zh.push(format!("{}以前已经交过，没有重复添加", names.join("、")));
        en.push(format!("Handed in before, and not added again: {}", names.join(", ")));
    }
    if !old.kept.is_empty() {
        zh.push(format!("没有替换：{}", old.kept.join("、")));
        en.push(format!("Not replaced: {}", old.kept.join(", ")));
    }
    let good = wrong.is_empty() && old.kept.is_empty();
    for text in wrong {
        zh.push(format!("没有收下：{}", text.zh.trim_end_matches('。')));
        en.push(format!("Not taken: {}", text.en.trim_end_matches('.')));
    }
    Flash { good, text: Text::new(zh.join("；"), en.join("; ")) }
}

/// What became of the pieces that new files were said to replace, by name.
#[derive(Default)]
struct Replaced {
    /// Taken out.
    gone: Vec<String>,
    /// Left as they were, since nothing new has come in their place.
    kept: Vec<String>,
}

/// Takes out what a correction's new files were said to replace. What was handed in a second time stays; and where all files were there
/// already nothing goes: the boxes are ticked beforehand, and whoever chose an old file may not have meant them.
async fn replace(
    portal: &Portal,
    viewer: &Viewer,
    draft: &Draft,
    form: &Posted,
    (received, again): (&[&NewEvidence], &[&NewEvidence]),
) -> Result<Replaced, Problem> {
    let mut replaced = Replaced::default();
    let new = received.first().or(again.first()).filter(|_| draft.case.stage == Stage::Correction);
    let Some(new) = new else { return Ok(replaced) };
    let ids: Vec<u32> = form.all("replaces").into_iter().filter_map(|id| id.parse().ok()).collect();
    // What the applicant named itself may be named otherwise the second time.
    let is_other = |kind: &str| kind.starts_with(OTHER_EVIDENCE);
    let is_same = |old: &str| old == new.kind || is_other(old) && is_other(&new.kind);
    let is_there_again = |old: &Evidence| {
        again
            .iter()
            .any(|new| new.file.as_ref().zip(old.file.as_ref()).is_some_and(|(new, old)| new.sha256 == old.sha256))
    };
    let old = draft.case.evidence.iter().filter(|old| is_same(&old.kind) && ids.contains(&old.id));
    for old in old {
        let name = old.file.as_ref().map_or_else(|| old.kind.clone(), |file| file.name.clone());
        if received.is_empty() || is_there_again(old) {
            replaced.kept.push(name);
        } else {
            portal.store.ask(&viewer.actor, &fresh_key()?, draft.case.id, Ask::RemoveEvidence(old.id)).await?;
            replaced.gone.push(name);
        }
    }
    Ok(replaced)
}

/// `POST /cases/{id}/evidence/{step}/remove`: takes a piece back.
pub async fn remove(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((id, word)): Path<(i64, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let step = draft.step(&word)?;
    let piece: u32 = posted.get("piece").parse().map_err(|_| Problem::bad_request("no such piece"))?;
    // A second click finds it gone, which is what was wanted.
    if draft.case.evidence.iter().any(|there| there.id == piece) {
        portal.store.ask(&viewer.actor, &fresh_key()?, draft.case.id, Ask::RemoveEvidence(piece)).await?;
    }
    let from = if page.query_value("from").is_some() { "?from=check" } else { "" };
    Ok(Flash::done("已删除", "Removed").redirect(&page.site().key, &format!("{}{from}", draft.href(step))))
}

/// `GET /cases/{id}/evidence/{piece}/file`: as a download, to whoever may see the case.
pub async fn file(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path((id, piece)): Path<(i64, u32)>,
) -> Result<Response, Problem> {
    let case = portal.store.case_for(&viewer.actor, CaseId(id)).await?;
    let file = portal.store.file(&case, piece).await?;
    let encoded: String = form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_str(&file.media_type).unwrap_or(HeaderValue::from_static("application/octet-stream")),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, file.bytes).into_response())
}
