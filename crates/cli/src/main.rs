//! The one binary, `duixian`: the command line of `docs/reference/cli.md`.

mod arguments;
mod assess;
mod database;
mod demo;
mod explain;
mod failure;
mod files;
mod loading;
mod pack;
mod sample;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, AuditCommand, Command, UserCommand};

/// The allocator: what goes through many small texts and rows, as a submission does, takes a tenth less of the processors with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Check(command) => pack::check(command),
        Command::Test(command) => pack::test(command),
        Command::Fmt(command) => pack::fmt(command),
        Command::Assess(command) => assess::run(command),
        Command::Explain(command) => explain::run(command),
        Command::Sample(command) => sample::run(command),
        Command::Serve(command) => serve::run(command),
        Command::Audit { command: AuditCommand::Verify(command) } => database::verify(command),
        Command::User { command: UserCommand::Add(command) } => database::add_user(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = &failure.message {
                eprintln!("{}", message.in_lang(arguments.command.lang()));
            }
            ExitCode::from(failure.code)
        }
    }
}
