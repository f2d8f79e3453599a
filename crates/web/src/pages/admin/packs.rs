//! Packs: versions of the rules, each with what its own examples and checks say.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_rules::diagnostic::{Diagnostic, Severity};
use duixian_rules::pack::Pack;
use duixian_store::GivenUp;

use crate::casefile::cells;
use crate::export;
use crate::forms::{Choice, Field, Form, PostedFiles};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::{Facts, Status};
use crate::viewer::Viewer;

/// The most bytes of one file of a pack.
const FILE_BYTES: u64 = 4 << 20;

#[derive(Template)]
#[template(path = "admin/packs.html")]
struct PacksPage {
    page: Page,
    form: Form,
    list: List,
    /// What is wrong with a pack that was refused, line by line.
    refused: Option<Text>,
}

#[derive(Template)]
#[template(path = "admin/pack.html")]
struct PackPage {
    page: Page,
    facts: Facts,
    status: Status,
    files: Vec<(String, usize)>,
    measures: Vec<(Text, String)>,
    findings: Vec<(Status, Text)>,
}

impl PackPage {
    fn size(&self, bytes: &usize) -> String {
        crate::format::bytes(*bytes as u64)
    }
}

/// The form with what is to be confirmed of the pack that was chosen; its files are chosen once more.
fn confirming(lang: Lang, given_up: &[GivenUp], confirmed: &BTreeSet<String>) -> Form {
    let choice = |one: &GivenUp| Choice::new(one.id(), Text::new(one.text(Lang::Zh), one.text(Lang::En)));
    let label = ("确认不再要以下英文名（再选一次文件）", "Confirm what is given up (choose the files once more)");
    let boxes = Field::checkboxes("given_up", label, given_up.iter().map(choice).collect()).optional().hint((
        "以前按它们支持过的，以后不再查重、不再计入限额。确认记入日志。",
        "What was granted under them is not looked for nor counted any more. That it was confirmed stays in the journal.",
    ));
    let form = Form::new(lang, vec![files_field(), boxes]);
    confirmed.iter().fold(form, |form, id| form.and("given_up", id.clone()))
}

fn form(lang: Lang) -> Form {
    Form::new(lang, vec![files_field()])
}

fn files_field() -> Field {
    Field::file("files", ("规则包的全部文件", "All files of the pack"), ".md,text/markdown", FILE_BYTES)
        .several()
        .hint((
            "Markdown 文件，按文件名的顺序读。有错误，或者自带的示例算得不对，就不会安装。",
            "Markdown files, read in the order of their names. With an error, or an example that comes out otherwise, it is not installed.",
        ))
}

/// All versions, and the form that installs another.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let form = form(page.lang);
    shown(&portal, page, form, None, StatusCode::OK).await
}

async fn shown(
    portal: &Portal,
    page: Page,
    form: Form,
    refused: Option<Text>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let packs = portal.store.packs().await?;
    let mut list = List::new(
        ("规则包版本", "Versions of the pack"),
        vec![
            Column::number("id", ("版本", "Version")),
            Column::text("name", ("政策", "Programme")),
            Column::date("at", ("安装时间", "Installed")),
            Column::status("state", ("状态", "State")),
            Column::text("hash", ("指纹", "Fingerprint")),
        ],
    )
    .cards();
    for (at, pack) in packs.iter().enumerate() {
        let state = if at == 0 {
            Status::good("新批次用它", "For new rounds")
        } else {
            Status::quiet("以前的", "Earlier")
        };
        list.push(Row::new(vec![
            Cell::text(pack.id.to_string()).link(format!("/admin/pack/{}", pack.id)),
            Cell::pair(cells::name(&pack.name)),
            Cell::of(Value::Moment(pack.created_at.local())),
            Cell::status(state),
            Cell::text(pack.hash.chars().take(16).collect::<String>()),
        ]));
    }
    if let Some(format) = export::Format::asked(&page) {
        return export::answer(&list, page.lang, format, "packs");
    }
    let page = super::framed(page.titled(("规则包", "Packs")));
    Page::show_as(status, &PacksPage { page, form, list, refused })
}

/// Installs a pack.
pub(super) async fn install(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let mut form = form(page.lang);
    let mut files = Vec::new();
    for file in &posted.files {
        let name = file.file_name.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
        match std::str::from_utf8(&file.bytes) {
            Ok(text) if name.ends_with(".md") => files.push((name, text.to_owned())),
            Ok(_) => {
                form.error("files", Text::new(format!("“{name}”不是 .md 文件。"), format!("“{name}” is no .md file.")))
            }
            Err(_) => {
                form.error("files", Text::new(format!("“{name}”不是 UTF-8 编码。"), format!("“{name}” is not UTF-8.")))
            }
        }
    }
    if files.is_empty() && form.is_good() {
        form.error("files", ("请选择文件。", "Choose the files."));
    }
    if !form.is_good() {
        return shown(&portal, page, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let confirmed: BTreeSet<String> = posted.form.all("given_up").into_iter().map(str::to_owned).collect();
    let (key, again) = (posted.form.key()?, files.clone());
    match portal.store.install_pack_giving_up(&viewer.actor, &key, files, confirmed.clone()).await {
        Ok(done) => {
            portal.rename().await?;
            let flash = Flash::done("规则包已安装，新开的批次用它", "The pack is installed; new rounds go by it");
            Ok(flash.redirect(&page.site().key, &format!("/admin/pack/{}", done.value)))
        }
        Err(error) => {
            let text = for_form(error)?;
            // Of a pack that has errors of its own nothing else is asked.
            let given_up = portal.store.given_up_by(again).await.unwrap_or_default();
            if !given_up.is_empty() {
                form = confirming(page.lang, &given_up, &confirmed);
            }
            form.error("files", ("规则包没有安装，原因见下面。", "The pack was not installed; see why below."));
            shown(&portal, page, form, Some(text), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// One version, with what was found in it.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Response, Problem> {
    let pack = portal.store.pack(id).await?;
    let version = portal.store.packs().await?.into_iter().find(|one| one.id == id).ok_or_else(Problem::not_found)?;
    let findings = pack.diagnostics.iter().map(|finding| (status_of(finding), rendered(&pack, finding))).collect();
    let cases: usize = pack.examples.iter().map(|example| example.cases.len()).sum();
    let moment = |lang| crate::format::moment(lang, version.created_at.local());
    let facts = Facts::default()
        .add(("政策", "Programme"), cells::name(&version.name))
        .add(("安装时间", "Installed"), Text::new(moment(Lang::Zh), moment(Lang::En)))
        .add(("指纹（SHA-256）", "Fingerprint (SHA-256)"), Text::same(version.hash))
        .add(
            ("自带示例", "Own examples"),
            Text::new(format!("{cases} 例，安装时全部通过"), format!("{cases}, all as expected when installed")),
        );
    let status = if pack.diagnostics.is_empty() {
        Status::good("没有错误和提醒", "No errors, no warnings")
    } else {
        Status::hold("有提醒", "Has warnings")
    };
    let files = pack.sources.files.iter().map(|file| (file.path.clone(), file.text.len())).collect();
    let measure = |one: &duixian_rules::plan::Measure| (cells::name(&one.name), one.clause.clone());
    let measures = pack.plan.measures.iter().map(measure).collect();
    let page = page.titled(Text::new(format!("规则包第 {id} 版"), format!("Pack, version {id}")));
    let page = super::framed(page).under("/admin/pack", ("规则包", "Packs"));
    Page::show(&PackPage { page, facts, status, files, measures, findings })
}

fn status_of(finding: &Diagnostic) -> Status {
    match finding.severity {
        Severity::Error => Status::bad("错误", "Error"),
        Severity::Warning => Status::hold("提醒", "Warning"),
    }
}

fn rendered(pack: &Pack, finding: &Diagnostic) -> Text {
    Text::new(finding.render(&pack.sources, Lang::Zh), finding.render(&pack.sources, Lang::En))
}
