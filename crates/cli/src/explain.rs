//! `duixian explain`: why one party is entitled to what it is, and what is missing.

use duixian_assess::explain::{ClauseText, render_html, render_json, render_text};
use duixian_assess::reference::{Index, explain_party};
use duixian_facts::uscc::Uscc;

use crate::arguments::{ExplainArguments, Format};
use crate::failure::Failure;
use crate::loading::{Loading, as_of_days, measures_named, to_stdout};
use crate::pack::runnable;

/// Runs the command.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    let code = arguments.code.trim();
    if Uscc::parse(code).is_err() {
        return Err(Failure::call(
            format!("“{code}”不是统一社会信用代码：18 位，末位为校验码"),
            format!("“{code}” is not a unified social credit code: 18 characters, the last a check digit"),
        ));
    }
    let pack = runnable(&arguments.pack, lang)?;
    let measures = measures_named(&pack.plan, &arguments.measures)?;
    let loading = Loading { data: &arguments.data, columns: None, strict: false, errors: None, lang };
    let facts = loading.run(&pack.plan)?;
    let index = Index::new(&pack.plan, &facts);
    let Some(party) = index.party(code) else {
        return Err(Failure::input(
            format!("{} 的单位名录里没有 {code}（有误的行不算）", arguments.data.display()),
            format!("no valid row of parties in {} has the code {code}", arguments.data.display()),
        ));
    };
    let as_of = as_of_days(arguments.as_of, arguments.year);
    let explanation = explain_party(&index, party, arguments.year, as_of, measures.as_deref());
    let clauses = |number: &str| ClauseText::of(&pack, number);
    let text = match arguments.format {
        Format::Text => render_text(&explanation, &pack.plan, lang, &clauses),
        Format::Json => render_json(&explanation, &pack.plan, &clauses),
        Format::Html => render_html(&explanation, &pack.plan, lang, &clauses),
    };
    to_stdout(|out| out.write_all(text.as_bytes()))
}
