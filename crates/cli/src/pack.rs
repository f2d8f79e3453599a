//! `check`, `test` and `fmt`: work on the pack alone.

use std::io::Write;
use std::path::Path;

use duixian_assess::examples;
use duixian_rules::diagnostic::{Diagnostic, Severity};
use duixian_rules::fmt::{self, Names};
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::Lang;

use crate::arguments::{FmtArguments, PackArguments, default_lang};
use crate::failure::Failure;
use crate::files::read_pack;

/// `duixian check`
pub fn check(arguments: &PackArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    let pack = read_pack(&arguments.pack)?;
    print(&pack, &pack.diagnostics, lang);
    let errors = count(&pack, Severity::Error);
    let warnings = count(&pack, Severity::Warning);
    let (measures, funds, clauses) = (
        pack.plan.measures.len(),
        pack.plan.funds.len(),
        pack.documents.iter().map(|document| document.clauses.len()).sum::<usize>(),
    );
    match lang {
        Lang::Zh => eprintln!(
            "{}：{clauses} 条条款，{measures} 项措施，{funds} 笔资金；{errors} 个错误，{warnings} 个提醒",
            title(&pack, lang)
        ),
        Lang::En => eprintln!(
            "{}: {clauses} clauses, {measures} measures, {funds} funds; {errors} errors, {warnings} warnings",
            title(&pack, lang)
        ),
    }
    if errors > 0 { Err(Failure::reported()) } else { Ok(()) }
}

/// `duixian test`
pub fn test(arguments: &PackArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    let pack = runnable(&arguments.pack, lang)?;
    let run = examples::run(&pack.plan, &pack.examples);
    print(&pack, &run.failures, lang);
    print(&pack, &run.unreached, lang);
    let (passed, failed, unreached) = (run.passed, run.failures.len(), run.unreached.len());
    match lang {
        Lang::Zh => {
            eprintln!("示例：{passed} 行符合预期，{failed} 行不符；{unreached} 处条件、金额档或限额没有示例走到");
        }
        Lang::En => {
            eprintln!(
                "examples: {passed} rows as expected, {failed} not; {unreached} conditions, amounts or limits unreached"
            );
        }
    }
    if failed > 0 { Err(Failure::reported()) } else { Ok(()) }
}

/// `duixian fmt`
pub fn fmt(arguments: &FmtArguments) -> Result<(), Failure> {
    let lang = default_lang();
    let pack = read_pack(&arguments.pack)?;
    let names = Names::new(&pack.items);
    let mut changes = Vec::new();
    let mut diagnostics = Vec::new();
    for (index, file) in pack.sources.files.iter().enumerate() {
        let target = arguments.lang.map(Into::into);
        if let Some(text) = fmt::file(index as u32, &file.text, target, &names, &mut diagnostics)
            && text != *file.text
        {
            changes.push((file.path.clone(), text));
        }
    }
    if !diagnostics.is_empty() {
        print(&pack, &diagnostics, lang);
        return Err(Failure::input(
            "规则有语法错误，没有改写任何文件",
            "the rules have syntax errors; no file was rewritten",
        ));
    }
    for (path, text) in &changes {
        if arguments.check {
            eprintln!("{path}");
        } else {
            replace(Path::new(path), text)?;
        }
    }
    if arguments.check && !changes.is_empty() {
        return Err(Failure::input(
            "以上文件不是规范格式：运行 duixian fmt 改写",
            "the files above are not in canonical form: run duixian fmt",
        ));
    }
    Ok(())
}

/// Reads a pack and refuses one that has errors.
pub fn runnable(path: &Path, lang: Lang) -> Result<Pack, Failure> {
    let pack = read_pack(path)?;
    if pack.has_errors() {
        let errors: Vec<Diagnostic> =
            pack.diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
        print(&pack, &errors, lang);
        return Err(Failure::input(
            "规则包有错误，不能运行：请先改正（duixian check 可列出全部）",
            "the pack has errors and cannot run: mend them first (duixian check lists all)",
        ));
    }
    Ok(pack)
}

/// Prints findings on standard error.
pub fn print(pack: &Pack, diagnostics: &[Diagnostic], lang: Lang) {
    for diagnostic in diagnostics {
        eprintln!("{}", diagnostic.render(&pack.sources, lang));
    }
}

/// The programme's name, or a word for one that has none.
pub fn title(pack: &Pack, lang: Lang) -> &str {
    match pack.plan.policy.in_lang(lang) {
        "" => "–",
        name => name,
    }
}

fn count(pack: &Pack, severity: Severity) -> usize {
    pack.diagnostics.iter().filter(|found| found.severity == severity).count()
}

/// Writes a file whole or not at all.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        // A temporary file is private; the pack keeps the permissions it had.
        file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(|_| ()).map_err(|error| {
        Failure::environment(
            format!("写不了 {}：{error}", path.display()),
            format!("cannot write {}: {error}", path.display()),
        )
    })
}
