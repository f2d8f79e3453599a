//! Facts: tables taken in as a new version, with every row that was refused and why.

use std::path::Path as FilePath;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_facts::{LoadOptions, RowError};
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::{Name, Vocabulary};
use duixian_store::facts::{ImportReport, RowProblem};

use crate::export;
use crate::forms::{Field, Form, PostedFiles, UploadedFile};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::viewer::Viewer;

/// The most bytes of one table.
const TABLE_BYTES: u64 = 200 << 20;

/// How many rows in error of each table are told of, as an import keeps them.
const KEPT_ERRORS: usize = 100;

#[derive(Template)]
#[template(path = "admin/facts.html")]
struct FactsPage {
    page: Page,
    form: Form,
    list: List,
    tables: Vec<(String, String)>,
    has_pack: bool,
    /// The rows in error of the files that were not taken in.
    problems: Option<List>,
}

#[derive(Template)]
#[template(path = "admin/facts_report.html")]
struct ReportPage {
    page: Page,
    report: ImportReport,
    tables: List,
    problems: List,
    already: bool,
}

/// `shrinks` asks whether rows are really to go.
fn form(lang: Lang, shrinks: bool) -> Form {
    let files = Field::file("tables", ("数据表", "Tables"), ".csv,.xlsx,.parquet", TABLE_BYTES).several().hint((
        "每张表一个文件，按表名命名，可以一次选多个。单位表必须有；没有选的表保持原样。",
        "One file for each table, named after it, several at once. The party table must be among them; tables not chosen stay as they are.",
    ));
    let mut fields = vec![
        Field::text("source_zh", ("数据来源", "Source")).max_chars(80).hint((
            "例如：市场监管局 2019年6月登记库。会显示在每一项数据旁边。",
            "As in: registry of June 2019. It is shown beside every fact.",
        )),
        Field::text("source_en", ("数据来源（英文）", "Source in English")).max_chars(120).optional(),
        files,
    ];
    if shrinks {
        let confirm =
            ("文件是完整的：其中没有的行确实不再存在", "The files are complete: rows that are not in them are no more");
        fields.push(Field::checkbox("shrink", confirm).optional());
    }
    Form::new(lang, fields)
}

/// All versions, and the form that takes in another.
pub(super) async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let form = form(page.lang, false);
    shown(&portal, page, form, StatusCode::OK).await
}

async fn shown(portal: &Portal, page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    shown_with(portal, page, form, None, status).await
}

async fn shown_with(
    portal: &Portal,
    page: Page,
    form: Form,
    problems: Option<List>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let names = shared::user_names(portal).await?;
    let mut list = List::new(
        ("数据版本", "Versions of the facts"),
        vec![
            Column::number("id", ("版本", "Version")),
            Column::text("source", ("来源", "Source")),
            Column::text("note", ("说明", "Note")),
            Column::number("rows", ("行数", "Rows")),
            Column::date("at", ("导入时间", "Recorded")),
            Column::text("by", ("经手人", "By")),
        ],
    )
    .cards();
    for version in portal.store.fact_versions().await? {
        let by = version.by.and_then(|by| names.get(&by).cloned());
        list.push(Row::new(vec![
            Cell::text(version.id.to_string()),
            Cell::pair(Text::new(version.source.zh, version.source.en)),
            Cell::text(version.note),
            Cell::count(i64::try_from(version.rows).unwrap_or(i64::MAX)),
            Cell::of(Value::Moment(version.created_at.local())),
            by.map_or_else(|| Cell::pair(("系统", "system")), Cell::text),
        ]));
    }
    if let Some(format) = export::Format::asked(&page) {
        return export::answer(&list, page.lang, format, "facts");
    }
    let pack = portal.store.current_pack().await?;
    let has_pack = pack.is_some();
    let tables = pack.map(|(_, pack)| pack.plan.vocabulary.tables.clone()).unwrap_or_default();
    let tables = tables.into_iter().map(|table| (table.name.zh, table.name.en)).collect();
    let page = super::framed(page.titled(("企业数据", "Facts")));
    Page::show_as(status, &FactsPage { page, form, list, tables, has_pack, problems })
}

/// Takes in tables, and tells what came of it.
pub(super) async fn import(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let mut form = form(page.lang, posted.form.has("shrink")).filled(&posted.form);
    if posted.files.is_empty() {
        form.error("tables", ("请选择数据表。", "Choose the tables."));
    }
    let Some((pack, rules)) = portal.store.current_pack().await? else {
        return Err(Problem::conflict(("请先安装规则包。", "Install a pack first.")));
    };
    if !form.is_good() {
        return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if let Some(text) = misnamed(&rules.plan.vocabulary, &posted.files) {
        form.error("tables", text);
        return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let sent = Sent::of(&rules.plan.vocabulary, &posted.files);
    let folder = match kept(rules, posted.files).await? {
        Ok(folder) => folder,
        Err(text) => {
            form.error("tables", text);
            return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    if !form.is_checked("shrink")
        && let Some((text, bad)) = shrinking(&portal, pack, folder.path()).await?
    {
        let mut form = self::form(page.lang, true).drafted(&posted.form);
        form.error("tables", text);
        // Rows that cannot be read are no rows that are gone: whoever is to confirm that sees them first.
        let bad = (!bad.is_empty()).then(|| problems(&sent, &bad));
        return shown_with(&portal, page, form, bad, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (zh, en) = (form.text("source_zh").to_owned(), form.text("source_en").to_owned());
    let source = Name::new(zh.clone(), if en.is_empty() { zh } else { en });
    let key = posted.form.key()?;
    let done = portal.store.import_folder(&viewer.actor, &key, pack, folder.path(), source, |_| {}).await;
    match done {
        Ok(done) => {
            let pack = portal.store.pack(pack).await?;
            report(page, &pack.plan.vocabulary, &sent, done.value, done.already)
        }
        Err(error) => {
            // Where the files lie meanwhile tells nobody anything: they are named as they were chosen.
            let folder = format!("{}/", folder.path().display());
            let words = for_form(error)?;
            let [zh, en] = [words.zh, words.en].map(|text| sent.in_text(&text.replace(&folder, "")));
            form.error("tables", Text::new(zh, en));
            shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// Which tables would lose more than a tenth of their rows. A file cut off on its way, or with a wrong column, would take
/// the district's parties away with one click; whoever means it says so. With them the rows of the files that cannot be read.
async fn shrinking(portal: &Portal, pack: i64, folder: &FilePath) -> Result<Option<(Text, Vec<RowProblem>)>, Problem> {
    let Some(newest) = portal.store.newest_facts().await? else { return Ok(None) };
    let there = portal.store.load_facts(newest.id, pack, |_| {}).await?;
    let (rules, folder) = (portal.store.pack(pack).await?, folder.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let options = LoadOptions { needed: &|_, _| false, kept_errors: KEPT_ERRORS, ..LoadOptions::default() };
        duixian_facts::load(&rules.plan.vocabulary, folder.as_path(), &options).map(|loaded| loaded.report)
    });
    // What cannot be read at all the import itself says better.
    let Ok(report) = read.await.map_err(|error| Problem::internal(error.to_string()))? else { return Ok(None) };
    let mut told = Vec::new();
    for (table, there) in report.tables.iter().zip(&there.tables) {
        let (valid, there) = (table.rows_valid(), there.rows as u64);
        if !table.file.is_empty() && valid * 10 < there * 9 {
            told.push((table.table.clone(), there, valid));
        }
    }
    if told.is_empty() {
        return Ok(None);
    }
    let zh = told.iter().map(|(name, there, valid)| format!("{}现有 {there} 行，文件里可用的只有 {valid} 行", name.zh));
    let en = told
        .iter()
        .map(|(name, there, valid)| format!("{} has {there} rows, the file only {valid} good ones", name.en));
    let (zh, en) = (zh.collect::<Vec<_>>().join("；"), en.collect::<Vec<_>>().join("; "));
    let bad = |error: &RowError| RowProblem {
        file: error.file.to_string(),
        line: error.line,
        text: (error.message(Lang::Zh), error.message(Lang::En)),
    };
    let bad: Vec<RowProblem> = report.errors().map(bad).collect();
    let (first_zh, first_en) = match bad.is_empty() {
        true => ("", ""),
        false => (
            "请先看下面有错的行，能改正的改正后再导入。",
            " See the rows in error below first, and mend what can be mended.",
        ),
    };
    let text = Text::new(
        format!("没有导入：{zh}。{first_zh}文件里没有的行会视为不再存在。确实如此的，请重新选择文件并勾选确认。"),
        format!(
            "Nothing was taken in: {en}.{first_en} Rows not in the file count as gone. If that is meant, choose the files again and confirm."
        ),
    );
    Ok(Some((text, bad)))
}

/// A table as a file without rows: the columns' names as the pack has them, to be filled in.
pub(super) async fn template(
    State(portal): State<Arc<Portal>>,
    Path(table): Path<String>,
) -> Result<Response, Problem> {
    let (_, pack) = portal.store.current_pack().await?.ok_or_else(Problem::not_found)?;
    let tables = &pack.plan.vocabulary.tables;
    let table = tables.iter().find(|one| one.name.en == table).ok_or_else(Problem::not_found)?;
    let name = |name: &Name| Text::new(name.zh.clone(), name.en.clone());
    let columns = table.columns.iter().map(|column| Column::text("column", name(&column.name))).collect();
    let list = List::new(name(&table.name), columns);
    export::answer(&list, Lang::Zh, export::Format::Csv, &table.name.en)
}

/// What is wrong with the names of the files: two for one table, or none for the parties'.
fn misnamed(vocabulary: &Vocabulary, files: &[UploadedFile]) -> Option<Text> {
    let mut seen: Vec<(usize, &str)> = Vec::new();
    for file in files {
        let Some((table, extension)) = safe_name(&file.file_name).and_then(|name| table_of(vocabulary, name)) else {
            // Names that cannot be used at all are told of where the files are kept.
            safe_name(&file.file_name)?;
            continue;
        };
        if seen.contains(&(table, extension)) {
            let name = &vocabulary.tables[table].name;
            return Some(Text::new(
                format!("“{}”有两个文件（{}.{extension} 和 {}.{extension}），请只选一个。", name.zh, name.en, name.zh),
                format!(
                    "There are two files of {} ({}.{extension} and {}.{extension}): choose one.",
                    name.en, name.en, name.zh
                ),
            ));
        }
        seen.push((table, extension));
    }
    let party = vocabulary.party_table()?;
    if seen.iter().any(|(table, _)| *table == party) {
        return None;
    }
    let name = &vocabulary.tables[party].name;
    let chosen: Vec<String> = files.iter().map(|file| format!("“{}”", file.file_name)).collect();
    Some(Text::new(
        format!(
            "没有收到{}表。请把文件命名为 {}.csv 或 {}.csv（您选的是{}）。",
            name.zh,
            name.en,
            name.zh,
            chosen.join("、")
        ),
        format!(
            "The table of the parties is not among them. Name its file {}.csv or {}.csv (you chose {}).",
            name.en,
            name.zh,
            chosen.join(", ")
        ),
    ))
}

/// The table that a file is named after, in either language, and the name's ending.
fn table_of<'a>(vocabulary: &Vocabulary, name: &'a str) -> Option<(usize, &'a str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    Some((vocabulary.tables.iter().position(|table| table.name.is(stem))?, extension))
}

/// What a file is kept as: under its table's English name, which is how tables are found.
fn kept_name(vocabulary: &Vocabulary, name: &str) -> String {
    match table_of(vocabulary, name) {
        Some((table, extension)) => format!("{}.{extension}", vocabulary.tables[table].name.en),
        None => name.to_owned(),
    }
}

/// The files in a folder of their own, under the names of their tables alone.
async fn kept(rules: Arc<Pack>, files: Vec<UploadedFile>) -> Result<Result<tempfile::TempDir, Text>, Problem> {
    let written = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir()?;
        for file in files {
            let Some(name) = safe_name(&file.file_name) else { return Ok(Err(file.file_name)) };
            let name = kept_name(&rules.plan.vocabulary, name);
            std::fs::write(folder.path().join(name), &file.bytes)?;
        }
        Ok(Ok(folder))
    });
    let written: std::io::Result<Result<tempfile::TempDir, String>> =
        written.await.map_err(|error| Problem::internal(error.to_string()))?;
    let written = written.map_err(|error| Problem::unavailable(format!("uploaded tables cannot be kept: {error}")))?;
    Ok(written.map_err(|name| {
        Text::new(
            format!("文件名“{name}”不能用：应为表名加 .csv、.xlsx 或 .parquet。"),
            format!("The file name “{name}” cannot be used: it is the table's name with .csv, .xlsx or .parquet."),
        )
    }))
}

/// The name of a file without its folder, if it is one of a table.
fn safe_name(name: &str) -> Option<&str> {
    let name = name.rsplit(['/', '\\']).next()?;
    let path = FilePath::new(name);
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let stem = path.file_stem()?.to_str()?;
    let is_plain = !stem.is_empty() && stem.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '-');
    (is_plain && matches!(extension.as_str(), "csv" | "xlsx" | "parquet") && name.chars().count() <= 80).then_some(name)
}

/// The names under which files are kept, each with the one under which it was sent.
struct Sent(Vec<(String, String)>);

impl Sent {
    fn of(vocabulary: &Vocabulary, files: &[UploadedFile]) -> Sent {
        let names = files.iter().filter_map(|file| safe_name(&file.file_name));
        Sent(names.map(|name| (kept_name(vocabulary, name), name.to_owned())).collect())
    }

    /// The name of a file as it was sent.
    fn name(&self, kept: &str) -> String {
        self.0.iter().find(|(one, _)| one == kept).map_or(kept, |(_, sent)| sent).to_owned()
    }

    /// A text that names files, with their names as they were sent.
    fn in_text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (kept, sent)| text.replace(kept, sent))
    }
}

/// Rows that cannot be read, and why.
fn problems(sent: &Sent, bad: &[RowProblem]) -> List {
    let mut list = List::new(
        ("没有收下的行（每张表最多列一百行）", "Rows that were refused (at most a hundred of each table)"),
        vec![
            Column::text("file", ("文件", "File")),
            Column::number("line", ("行", "Line")),
            Column::text("why", ("原因", "Why")),
        ],
    )
    .tall();
    for one in bad {
        list.push(Row::new(vec![
            Cell::text(sent.name(&one.file)),
            Cell::count(i64::from(one.line)),
            Cell::pair(Text::new(sent.in_text(&one.text.0), sent.in_text(&one.text.1))),
        ]));
    }
    list
}

/// A table's name for people.
fn table_name(vocabulary: &Vocabulary, table: &str) -> Text {
    let found = vocabulary.tables.iter().find(|one| one.name.en == table);
    found.map_or_else(|| Text::same(table.to_owned()), |one| Text::new(one.name.zh.clone(), one.name.en.clone()))
}

fn report(
    page: Page,
    vocabulary: &Vocabulary,
    sent: &Sent,
    report: ImportReport,
    already: bool,
) -> Result<Response, Problem> {
    let count = |number: u64| Cell::count(i64::try_from(number).unwrap_or(i64::MAX));
    let mut tables = List::new(
        ("各表", "Tables"),
        vec![
            Column::text("table", ("表", "Table")),
            Column::number("read", ("读入", "Read")),
            Column::number("in_error", ("有错", "In error")),
            Column::number("added", ("新增", "New")),
            Column::number("changed", ("改变", "Changed")),
            Column::number("unchanged", ("未变", "Unchanged")),
            Column::number("ended", ("移除", "Ended")),
        ],
    )
    .cards();
    for one in &report.tables {
        tables.push(Row::new(vec![
            Cell::pair(table_name(vocabulary, &one.table)),
            count(one.read),
            count(one.in_error),
            count(one.added),
            count(one.changed),
            count(one.unchanged),
            count(one.ended),
        ]));
    }
    let problems = problems(sent, &report.problems);
    let page = page
        .titled(Text::new(format!("数据第 {} 版", report.version), format!("Facts, version {}", report.version)))
        .under("/admin", ("管理", "Administration"))
        .under("/admin/facts", ("企业数据", "Facts"));
    Page::show(&ReportPage { page, report, tables, problems, already })
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn a_file_lands_nowhere_else() {
        assert_eq!(safe_name("enterprises.csv"), Some("enterprises.csv"));
        assert_eq!(safe_name("C:\\data\\单位.XLSX"), Some("单位.XLSX"));
        assert_eq!(safe_name("../../etc/passwd.csv"), Some("passwd.csv"));
        for name in ["", "..", ".csv", "a.exe", "a b.csv", "a\0.csv", "con:.csv", "a.csv/.."] {
            assert_eq!(safe_name(name), None, "{name:?}");
        }
    }
}
