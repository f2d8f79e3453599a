//! Evidence: one type at a time, a photo will do; what can't be taken is said at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::{CaseId, Evidence, FileRef};
use duixian_casework::command::NewEvidence;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use super::draft::{Draft, Step};
use super::edit::{self, Frame, form_key, fresh_key};
use crate::forms::{Choice, Field, Form, Posted, PostedFiles, UploadedFile, read_date};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::{Flash, redirect};
use crate::viewer::Viewer;

/// How many bytes an upload may have: one file and what is around it.
pub const MOST_BYTES: usize = 11 << 20;
/// How many bytes one file may have, as the store takes them.
const MOST_FILE_BYTES: u64 = 10 << 20;
/// What phones and computers offer to choose from.
const ACCEPT: &str = "image/*,application/pdf,.pdf,.ofd,.docx,.xlsx";

/// A piece that was handed in, as it is listed.
pub struct Piece {
    /// Its number within the case.
    pub id: u32,
    /// Its type.
    pub what: Text,
    /// Number, issuer and date, as far as they were given.
    pub details: Text,
    /// Where its file is, and what it is called.
    pub file: Option<(String, String)>,
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
    form: Form,
    once: String,
    pieces: Vec<Piece>,
    step: String,
    is_required: bool,
    has_kinds: bool,
    kept: Option<(String, String)>,
}

/// What was wrong with an upload, with what was typed and the file that was sound.
pub struct Refused {
    posted: Posted,
    errors: Vec<(&'static str, Text)>,
    file: Option<FileRef>,
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
    let kinds = draft.kinds(step);
    let mut form = form(page.lang, &kinds);
    let mut kept = None;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(refused) = refused {
        form = form.drafted(&refused.posted);
        refused.errors.into_iter().for_each(|(field, error)| form.error(field, error));
        kept = refused.file.map(|file| (file.name.clone(), seal(&page, draft, &file)));
    } else if let [only, ..] = kinds.as_slice() {
        form = form.with("kind", only.clone());
    }
    let page = page.narrow().titled(edit::title(draft, step));
    let pieces =
        draft.case.evidence.iter().filter(|piece| belongs(draft, step, piece)).map(|piece| listed(draft, piece));
    let page = EvidencePage {
        frame,
        form,
        once: edit::once()?,
        pieces: pieces.collect(),
        step: step.word(),
        is_required: matches!(step, Step::Evidence(_)),
        has_kinds: kinds.len() > 1,
        kept,
        page,
    };
    Page::show_as(status, &page)
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

fn form(lang: Lang, kinds: &[String]) -> Form {
    let choices: Vec<Choice> = kinds.iter().map(|kind| Choice::new(kind.clone(), Text::same(kind.clone()))).collect();
    Form::new(
        lang,
        vec![
            Field::radios("kind", ("是什么材料", "What is it"), choices),
            Field::file("file", ("照片或文件", "Photo or file"), ACCEPT, MOST_FILE_BYTES).hint((
                "手机拍照即可，字要看得清。可以是照片（JPEG、PNG）、PDF、OFD、DOCX、XLSX。",
                "A photo that can be read will do: JPEG, PNG, PDF, OFD, DOCX or XLSX.",
            )),
            Field::text("number", ("文号或证书编号", "Its number")).max_chars(80).optional(),
            Field::text("issuer", ("出具单位", "Issued by")).max_chars(80).optional(),
            Field::date("issued_on", ("出具日期", "Issued on")).optional(),
        ],
    )
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
        what: Text::same(piece.kind.clone()),
        details: Text::new(zh.join("，"), en.join(", ")),
        file: piece.file.as_ref().map(|file| (href, format!("{}（{}）", file.name, crate::format::bytes(file.size)))),
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
    let form = &posted.form;
    let chosen = posted.files.into_iter().find(|file| file.field == "file");
    let kept = unseal(&page, &draft, form.get("kept"));
    let is_blank = chosen.is_none()
        && kept.is_none()
        && ["number", "issuer", "issued_on"].iter().all(|name| form.get(name).trim().is_empty());
    if is_blank || matches!(form.get("go"), "back" | "leave") && chosen.is_none() && kept.is_none() {
        return Ok(edit::go_on(&page, &draft, step, form.get("go")));
    }
    let new = match checked(&portal, &viewer, &draft, step, form, chosen, kept).await? {
        Ok(new) => new,
        Err(refused) => return show(&portal, page, &draft, step, Some(refused)).await,
    };
    let name = new.file.as_ref().map_or_else(|| new.kind.clone(), |file| file.name.clone());
    let content = format!("{new:?}");
    let file = new.file.clone();
    let asked = portal.store.ask(&viewer.actor, &form_key(form, &content)?, draft.case.id, Ask::AddEvidence(new)).await;
    if let Err(error) = asked {
        let error = problem::for_form(error)?;
        let refused = Refused { posted: form.clone(), errors: vec![("file", error)], file };
        return show(&portal, page, &draft, step, Some(refused)).await;
    }
    let flash = Flash::done(format!("已收到{name}"), format!("{name} has been received"));
    if form.get("go") == "more" {
        // Another address than before, so that the script which watches the upload opens it anew.
        let from = if page.query_value("from").is_some() { "&from=check" } else { "" };
        return Ok(flash.redirect(
            &page.site().key,
            &format!("{}?added={name_count}{from}", draft.href(step), name_count = draft.case.next_evidence),
        ));
    }
    let mut response = edit::go_on(&page, &draft, step, form.get("go"));
    if form.get("go") != "leave"
        && let Some(to) = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned)
    {
        response = flash.redirect(&page.site().key, &to);
    }
    Ok(response)
}

/// The evidence that a form gives, its file kept; or what is wrong with it.
async fn checked(
    portal: &Portal,
    viewer: &Viewer,
    draft: &Draft,
    step: Step,
    form: &Posted,
    chosen: Option<UploadedFile>,
    kept: Option<FileRef>,
) -> Result<Result<NewEvidence, Refused>, Problem> {
    let mut errors: Vec<(&'static str, Text)> = Vec::new();
    let kinds = draft.kinds(step);
    let kind = match kinds.as_slice() {
        [only] => only.clone(),
        kinds => kinds.iter().find(|kind| *kind == form.get("kind").trim()).cloned().unwrap_or_default(),
    };
    if kind.is_empty() {
        errors.push(("kind", ("请选择是什么材料。", "Say what it is.").into()));
    }
    let typed_date = form.get("issued_on").trim();
    let issued_on = match read_date(typed_date) {
        _ if typed_date.is_empty() => None,
        Ok(day) if day > portal.store.now().day() => {
            errors.push(("issued_on", ("出具日期不能晚于今天。", "It can't be later than today.").into()));
            None
        }
        Ok(day) => Some(day),
        Err(error) => {
            errors.push(("issued_on", error));
            None
        }
    };
    for name in ["number", "issuer"] {
        if form.get(name).trim().chars().count() > 80 {
            errors.push((name, ("最多80个字。", "At most 80 characters.").into()));
        }
    }
    let file = match chosen {
        Some(chosen) => match portal.store.put_file(&viewer.actor, &chosen.file_name, chosen.bytes.to_vec()).await {
            Ok(file) => Some(file),
            Err(StoreError::TooLarge { .. }) => {
                let most = crate::format::bytes(MOST_FILE_BYTES);
                errors.push((
                    "file",
                    Text::new(
                        format!("“{}”太大，每个文件不超过{most}。请压缩照片或分开上传。", chosen.file_name),
                        format!(
                            "“{}” is too large: at most {most}. Make it smaller or send it in parts.",
                            chosen.file_name
                        ),
                    ),
                ));
                None
            }
            Err(error) => {
                let words = problem::for_form(error)?;
                errors.push((
                    "file",
                    Text::new(
                        format!("“{}”没有收下：{}。", chosen.file_name, words.zh.trim_end_matches('。')),
                        format!("“{}” was not taken: {}.", chosen.file_name, words.en.trim_end_matches('.')),
                    ),
                ));
                None
            }
        },
        None => kept,
    };
    if file.is_none() && !errors.iter().any(|(name, _)| *name == "file") {
        errors.push(("file", ("请选择照片或文件。", "Choose a photo or a file.").into()));
    }
    if errors.is_empty() {
        let (number, issuer) = (form.get("number").trim().to_owned(), form.get("issuer").trim().to_owned());
        Ok(Ok(NewEvidence { kind, number, issuer, issued_on, file }))
    } else {
        Ok(Err(Refused { posted: form.clone(), errors, file }))
    }
}

/// A file that was taken while something else in its form was wrong: its name and hash go out with the page, signed, and
/// come back, so that nobody has to choose it again, and nobody can name another's.
fn seal(page: &Page, draft: &Draft, file: &FileRef) -> String {
    let size = file.size.to_string();
    let pairs = [("sha", &*file.sha256), ("name", &*file.name), ("type", &*file.media_type), ("size", &*size)];
    let message = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}.{message}", page.site().key.sign("evidence", &format!("{}/{message}", draft.case.id.0)))
}

fn unseal(page: &Page, draft: &Draft, sealed: &str) -> Option<FileRef> {
    let (signature, message) = sealed.split_once('.')?;
    if !page.site().key.verify_signature("evidence", &format!("{}/{message}", draft.case.id.0), signature) {
        return None;
    }
    let value = |name: &str| {
        form_urlencoded::parse(message.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let size = value("size")?.parse().ok()?;
    Some(FileRef { sha256: value("sha")?, name: value("name")?, media_type: value("type")?, size })
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

impl EvidencePage {
    /// Whether something about the document was typed already, or is wrong.
    fn has_details(&self) -> bool {
        let names = ["number", "issuer", "issued_on"];
        names.iter().any(|name| !self.form.text(name).is_empty())
            || self.form.found().iter().any(|(field, _)| names.contains(&field.as_str()))
    }
}
