//! The portal under load. See `bench/portal/README.md`.
//!
//! `portal-bench fill URL PARTIES CASES` makes a district, its agents and submitted cases, and prints one line for each page
//! to be asked for: name, path, session. `portal-bench load ADDRESS SECONDS CLIENTS < pages` asks for them and prints what it
//! took. `portal-bench submit URL CLIENTS SECONDS` prints durable submissions per second.

mod fill;
mod load;
mod submit;

use std::error::Error;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["fill", url, parties, cases] => fill::fill(url, parties.parse()?, cases.parse()?).await,
        ["load", address, seconds, clients] => load::load(address, seconds.parse()?, clients.parse()?),
        ["submit", url, clients, seconds] => submit::submit(url, clients.parse()?, seconds.parse()?).await,
        _ => {
            Err("portal-bench fill URL PARTIES CASES | load ADDRESS SECONDS CLIENTS | submit URL CLIENTS SECONDS"
                .into())
        }
    }
}
