//! `duixian sample`: a made-up district.

use duixian_facts::{SampleError, SampleOptions, sample};
use duixian_rules::vocabulary::Lang;

use crate::arguments::SampleArguments;
use crate::failure::Failure;
use crate::loading::spinner;

/// Runs the command.
pub fn run(arguments: &SampleArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    let options = SampleOptions {
        enterprises: arguments.enterprises,
        seed: arguments.seed,
        format: arguments.format.into(),
        known_on: None,
    };
    let bar = spinner(lang, "造样例辖区", "making the district");
    let made = sample(&options, &arguments.out);
    bar.finish_and_clear();
    let report = made.map_err(|error| {
        let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
        match error {
            SampleError::TooMany => Failure::call(zh, en),
            SampleError::OtherFormat(_) => Failure::input(zh, en),
            SampleError::Environment { .. } => Failure::environment(zh, en),
        }
    })?;
    for (table, rows) in &report.tables {
        match lang {
            Lang::Zh => eprintln!("{table}：{rows} 行"),
            Lang::En => eprintln!("{table}: {rows} rows"),
        }
    }
    Ok(())
}
