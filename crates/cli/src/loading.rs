//! Loading facts for a command: progress on a terminal, and every bad row told.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use duixian_facts::table::Facts;
use duixian_facts::{InputProblem, LoadError, LoadOptions, Loaded, Report, load};
use duixian_rules::plan::Plan;
use duixian_rules::syntax::token::days_of;
use duixian_rules::vocabulary::{ColumnId, Lang, TableId};
use indicatif::ProgressBar;

use crate::failure::Failure;

/// What to load, and what to say of it.
pub struct Loading<'a> {
    /// The folder of tables.
    pub data: &'a Path,
    /// The columns to keep; all if none.
    pub columns: Option<BTreeSet<(TableId, ColumnId)>>,
    /// Whether the first row in error ends the run.
    pub strict: bool,
    /// Where to write every row in error.
    pub errors: Option<&'a Path>,
    /// The language of messages.
    pub lang: Lang,
}

/// Row errors printed per table; `--errors` writes all of them.
const PRINTED_ERRORS: usize = 1_000;

impl Loading<'_> {
    /// Loads, and reports warnings and bad rows on standard error.
    pub fn run(&self, plan: &Plan) -> Result<Facts, Failure> {
        let lang = self.lang;
        let bar = spinner(lang, "读取事实表", "reading the tables");
        let progress = |table: &str, rows: u64| bar.set_message(format!("{table} {rows}"));
        let needed = |table: TableId, column: ColumnId| {
            self.columns.as_ref().is_none_or(|columns| columns.contains(&(table, column)))
        };
        let options = LoadOptions {
            strict: self.strict,
            needed: &needed,
            progress: &progress,
            kept_errors: if self.errors.is_some() { usize::MAX } else { PRINTED_ERRORS },
        };
        let loaded = load(&plan.vocabulary, self.data, &options);
        bar.finish_and_clear();
        let Loaded { facts, report } = loaded.map_err(failure)?;
        if report.tables.iter().all(|table| table.file.is_empty()) {
            return Err(Failure::input(
                format!("{} 里没有任何事实表：表名见规则包的词汇，如 enterprises.csv", self.data.display()),
                format!(
                    "{} holds no table: files are named as the pack's tables, such as enterprises.csv",
                    self.data.display()
                ),
            ));
        }
        self.report(&report)?;
        Ok(facts)
    }

    fn report(&self, report: &Report) -> Result<(), Failure> {
        if let Some(path) = self.errors {
            write_errors(path, report, self.lang)?;
        } else {
            for error in report.errors() {
                eprintln!("{}", error.message(self.lang));
            }
            let kept: u64 = report.tables.iter().map(|table| table.errors.len() as u64).sum();
            let all: u64 = report.tables.iter().flat_map(|table| table.errors_by_class.values()).sum();
            if all > kept {
                let left = all - kept;
                match self.lang {
                    Lang::Zh => eprintln!("……还有 {left} 处有误没有列出：加 --errors 文件.csv 可全部写出"),
                    Lang::En => eprintln!("… and {left} more: --errors FILE.csv writes them all"),
                }
            }
        }
        eprint!("{}", report.summary(self.lang));
        Ok(())
    }
}

fn write_errors(path: &Path, report: &Report, lang: Lang) -> Result<(), Failure> {
    let environment = |error: io::Error| {
        Failure::environment(
            format!("写不了 {}：{error}", path.display()),
            format!("cannot write {}: {error}", path.display()),
        )
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(environment)?;
    let mut writer = csv::Writer::from_writer(file);
    let mut write = || -> Result<(), csv::Error> {
        writer.write_record(["file", "line", "column", "value", "reason"])?;
        for error in report.errors() {
            let line = error.line.to_string();
            let reason = error.reason.message(lang);
            writer.write_record([&*error.file, &line, &*error.column, &error.value, &reason])?;
        }
        Ok(())
    };
    write().map_err(|error| environment(io::Error::other(error)))?;
    let file = writer.into_inner().map_err(|error| environment(io::Error::other(error.to_string())))?;
    file.persist(path).map_err(|error| environment(error.error))?;
    Ok(())
}

fn failure(error: LoadError) -> Failure {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    match error {
        LoadError::Environment { .. } => Failure::environment(zh, en),
        LoadError::Input { problem, .. } => match *problem {
            InputProblem::Row(_) => {
                Failure::input(format!("{zh}\n已按 --strict 停止"), format!("{en}\nstopped there, as --strict asks"))
            }
            _ => Failure::input(zh, en),
        },
    }
}

/// A spinner on a terminal; nothing elsewhere.
pub fn spinner(lang: Lang, zh: &'static str, en: &'static str) -> ProgressBar {
    let bar = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    bar.enable_steady_tick(Duration::from_millis(120));
    bar.set_message(if lang == Lang::Zh { zh } else { en });
    bar
}

/// The measures named, as indices in the plan; all if none is named.
pub fn measures_named(plan: &Plan, names: &[String]) -> Result<Option<Vec<usize>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for name in names {
        let Some(index) = plan.measures.iter().position(|measure| measure.name.is(name)) else {
            let known: Vec<&str> = plan.measures.iter().map(|measure| measure.name.en.as_str()).collect();
            return Err(Failure::call(
                format!("没有叫“{name}”的措施；有：{}", known.join("、")),
                format!("there is no measure “{name}”; there are: {}", known.join(", ")),
            ));
        };
        found.push(index);
    }
    Ok(Some(found))
}

/// The as-of date in days since 1970-01-01: as given, or the last day of the year.
pub fn as_of_days(as_of: Option<chrono::NaiveDate>, year: i64) -> i64 {
    let last = i32::try_from(year).ok().and_then(|year| chrono::NaiveDate::from_ymd_opt(year, 12, 31));
    as_of.or(last).map_or(i64::MAX, days_of)
}

/// Writes to standard output. A reader that has gone away is no failure: it has seen what it wanted.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::environment(
            format!("写不了标准输出：{error}"),
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}
