//! Reading a pack's files.

use std::fs;
use std::path::{Path, PathBuf};

use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;

use crate::failure::Failure;

/// Far more than a policy needs; a bound against folders named by mistake.
const MAX_PACK_BYTES: u64 = 16 * 1024 * 1024;

/// The Markdown files of a pack, in the order of their names; a single file is a pack too.
pub fn markdown_files(pack: &Path) -> Result<Vec<PathBuf>, Failure> {
    if pack.is_file() {
        return Ok(vec![pack.to_owned()]);
    }
    let entries = fs::read_dir(pack).map_err(|error| {
        Failure::input(
            format!("打不开规则包 {}：{error}", pack.display()),
            format!("cannot open the pack {}: {error}", pack.display()),
        )
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::input(
            format!("{} 里没有 Markdown（.md）文件", pack.display()),
            format!("there is no Markdown (.md) file in {}", pack.display()),
        ));
    }
    Ok(files)
}

/// Reads and compiles a pack.
pub fn read_pack(path: &Path) -> Result<Pack, Failure> {
    let mut sources = Sources::default();
    for (name, text) in read_texts(path)? {
        sources.add(name, text);
    }
    Ok(Pack::read(sources))
}

/// The texts of a pack's files, each with its path.
pub fn read_texts(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut texts = Vec::new();
    let mut total = 0;
    for file in markdown_files(path)? {
        total += fs::metadata(&file).map(|metadata| metadata.len()).unwrap_or(0);
        if total > MAX_PACK_BYTES {
            return Err(Failure::input(
                format!("规则包 {} 太大（超过 16 MiB）", path.display()),
                format!("the pack {} is too large (over 16 MiB)", path.display()),
            ));
        }
        let bytes = fs::read(&file).map_err(|error| {
            Failure::environment(
                format!("读不了 {}：{error}", file.display()),
                format!("cannot read {}: {error}", file.display()),
            )
        })?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::input(
                format!("{} 不是 UTF-8 文本：请另存为 UTF-8", file.display()),
                format!("{} is not UTF-8 text: save it as UTF-8", file.display()),
            )
        })?;
        texts.push((file.display().to_string(), text.trim_start_matches('\u{FEFF}').to_owned()));
    }
    Ok(texts)
}
