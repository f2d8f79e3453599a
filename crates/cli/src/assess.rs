//! `duixian assess`: who is entitled to what.

use std::collections::BTreeSet;

use duixian_assess::{AssessOptions, Entitlements, OutputError, Summary, assess_batch};
use duixian_rules::pack::Pack;
use duixian_rules::reads::columns_read;
use duixian_rules::vocabulary::{ColumnId, Lang, TableId};

use crate::arguments::AssessArguments;
use crate::failure::Failure;
use crate::loading::{Loading, as_of_days, measures_named, spinner, to_stdout};
use crate::pack::runnable;

/// Runs the command.
pub fn run(arguments: &AssessArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    // This thread is one of those that work. A further one would wait while they do, and wakened by it they now and then share one
    // core while another idles.
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(arguments.threads.map_or(0, usize::from)).use_current_thread();
    threads.build_global().map_err(|error| {
        Failure::environment(format!("开不了工作线程：{error}"), format!("cannot start worker threads: {error}"))
    })?;
    let pack = runnable(&arguments.pack, lang)?;
    let measures = measures_named(&pack.plan, &arguments.measures)?;
    if let Some(out) = &arguments.out {
        duixian_assess::output::check_format(out).map_err(output_failure)?;
    }
    let facts = Loading {
        data: &arguments.data,
        columns: Some(columns_to_keep(&pack, measures.as_deref())),
        strict: arguments.strict,
        errors: arguments.errors.as_deref(),
        lang,
    }
    .run(&pack.plan)?;
    let bar = spinner(lang, "评定", "assessing");
    let options = AssessOptions {
        year: arguments.year,
        as_of: as_of_days(arguments.as_of, arguments.year),
        measures,
        all: arguments.all,
    };
    let assessment = assess_batch(&pack.plan, &facts, &options);
    bar.set_message(if lang == Lang::Zh { "写出结果" } else { "writing the result" });
    let table = Entitlements::new(&pack.plan, &facts, &assessment, lang);
    let written = match &arguments.out {
        Some(path) => table.save(path).map_err(output_failure),
        None => to_stdout(|out| table.write_csv(out)),
    };
    bar.finish_and_clear();
    written?;
    eprint!("{}", Summary::of(&pack.plan, &assessment).render(lang));
    let hides = |measure: &duixian_assess::MeasureRows| {
        pack.plan.measures[measure.measure].hides_refusals(&pack.plan.vocabulary)
    };
    if !arguments.all && assessment.measures.iter().any(hides) {
        match lang {
            Lang::Zh => eprintln!("注：逐家、逐年账目审核的措施，不予的行没有列出，也没有计数；加 --all 全部列出。"),
            Lang::En => eprintln!(
                "Note: refused rows of measures on parties and accounts are neither listed nor counted; --all lists them."
            ),
        }
    }
    let contradictions = assessment.contradictions(&pack.plan).count();
    if contradictions > 0 {
        return Err(Failure::input(
            format!("有 {contradictions} 行同时适用两个例外或两档，规则自相矛盾：结果里标为待定，请改规则"),
            format!(
                "in {contradictions} rows two exceptions or tiers apply at once: the rule contradicts itself; they are marked unknown, mend the rule"
            ),
        ));
    }
    Ok(())
}

/// What the rules read, and what names a basis in the result.
fn columns_to_keep(pack: &Pack, measures: Option<&[usize]>) -> BTreeSet<(TableId, ColumnId)> {
    let plan = &pack.plan;
    let asked = plan.measures.iter().enumerate().filter(|(id, _)| measures.is_none_or(|asked| asked.contains(id)));
    let asked: Vec<_> = asked.map(|(_, measure)| measure).collect();
    let mut columns = columns_read(plan, asked.iter().copied());
    for measure in asked {
        let table = measure.basis.table;
        columns.extend(plan.vocabulary.tables[table].id_column().map(|id| (table, id)));
    }
    columns
}

fn output_failure(error: OutputError) -> Failure {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    if error.is_environment() { Failure::environment(zh, en) } else { Failure::call(zh, en) }
}
