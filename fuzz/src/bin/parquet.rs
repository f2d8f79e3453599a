//! Any bytes as a Parquet file.

#![no_main]

use std::sync::LazyLock;

use duixian_fuzz::readers::Folder;
use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<Folder> = LazyLock::new(|| Folder::new("parquet"));

fuzz_target!(|input: &[u8]| FOLDER.read(input));
