//! A made-up district in the shape of `docs/reference/data.md`, for trials and measurement.
//!
//! Each enterprise is made from the seed and its number alone, so the files are the same bytes whatever the number of
//! threads, and no more than a few thousand enterprises are in memory at once.

mod enterprise;
mod rng;
mod rows;
mod words;
mod write;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use duixian_rules::vocabulary::Lang;
use rayon::prelude::*;
use tempfile::NamedTempFile;

use rows::{TABLES, Tables};
use write::{Encoded, TableWriter};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct SampleOptions {
    /// How many enterprises; at most 99,999,999.
    pub enterprises: u64,
    /// The same seed gives the same district.
    pub seed: u64,
    /// The format of all files.
    pub format: SampleFormat,
    /// The day on which the tables are drawn up, in days since 1970-01-01: they know nothing of later days. None for all that is
    /// made, which ends with 2019.
    pub known_on: Option<i64>,
}

/// The formats a sample is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleFormat {
    /// UTF-8 without a byte order mark.
    Csv,
    /// Compressed with zstd.
    Parquet,
}

impl SampleFormat {
    fn extension(self) -> &'static str {
        match self {
            SampleFormat::Csv => "csv",
            SampleFormat::Parquet => "parquet",
        }
    }
}

/// What was made: each table's name and its number of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleReport {
    /// The tables in the order of `docs/reference/data.md`.
    pub tables: Vec<(&'static str, u64)>,
}

/// Why nothing was made.
#[derive(Debug)]
pub enum SampleError {
    /// More enterprises than ids have room for.
    TooMany,
    /// The folder holds a table in another format, which would make two files of one table.
    OtherFormat(PathBuf),
    /// The folder or a file in it cannot be written.
    Environment {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SampleError {
    /// What failed and what to do.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (SampleError::TooMany, Lang::Zh) => format!("最多可造 {} 家企业", enterprise::MOST),
            (SampleError::TooMany, Lang::En) => format!("at most {} enterprises can be made", enterprise::MOST),
            (SampleError::OtherFormat(path), Lang::Zh) => {
                format!("{}：此表已有另一格式的文件；请先移走，或换一个文件夹", path.display())
            }
            (SampleError::OtherFormat(path), Lang::En) => {
                format!(
                    "{}: the table is already there in another format; move it away or choose another folder",
                    path.display()
                )
            }
            (SampleError::Environment { path, source }, Lang::Zh) => {
                format!("{}：无法写入（{source}）；请核对路径、权限与磁盘空间", path.display())
            }
            (SampleError::Environment { path, source }, Lang::En) => {
                format!(
                    "{}: cannot be written ({source}); check the path, its permissions and the disk",
                    path.display()
                )
            }
        }
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for SampleError {}

/// Enterprises made at a time by one thread.
const CHUNK: u64 = 4_096;

/// Writes a made-up district into a folder, which is made if it is not there. Every row is valid. Files of the same names
/// are replaced, once all tables are whole.
pub fn sample(options: &SampleOptions, dir: &Path) -> Result<SampleReport, SampleError> {
    if options.enterprises > enterprise::MOST {
        return Err(SampleError::TooMany);
    }
    refuse_other_formats(options.format, dir)?;
    let environment = |source| SampleError::Environment { path: dir.to_owned(), source };
    std::fs::create_dir_all(dir).map_err(environment)?;
    let files: Vec<NamedTempFile> = TABLES
        .iter()
        .map(|_| tempfile::Builder::new().prefix(".sample-").tempfile_in(dir))
        .collect::<io::Result<_>>()
        .map_err(environment)?;
    let rows = write_all(options, &files).map_err(environment)?;
    for (table, file) in TABLES.iter().zip(files) {
        let path = dir.join(format!("{}.{}", table.name, options.format.extension()));
        let failed = |source| SampleError::Environment { path: path.clone(), source };
        file.as_file().sync_all().map_err(failed)?;
        make_readable(&file).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
    }
    Ok(SampleReport { tables: TABLES.iter().map(|table| table.name).zip(rows).collect() })
}

fn refuse_other_formats(format: SampleFormat, dir: &Path) -> Result<(), SampleError> {
    for table in &TABLES {
        for extension in ["csv", "parquet", "xlsx"].into_iter().filter(|other| *other != format.extension()) {
            let path = dir.join(format!("{}.{extension}", table.name));
            if path.exists() {
                return Err(SampleError::OtherFormat(path));
            }
        }
    }
    Ok(())
}

/// Temporary files are their owner's alone; the tables are to be read by others as any new file is.
#[cfg(unix)]
fn make_readable(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

/// Writes all tables and returns how many rows each has. While some chunks are written, the next are made.
fn write_all(options: &SampleOptions, files: &[NamedTempFile]) -> io::Result<Vec<u64>> {
    let mut writers = Vec::new();
    for (table, file) in TABLES.iter().zip(files) {
        let file = file.as_file().try_clone()?;
        writers.push(match options.format {
            SampleFormat::Csv => TableWriter::csv(table, file)?,
            SampleFormat::Parquet => TableWriter::parquet(table, file)?,
        });
    }
    let mut counts = vec![0; TABLES.len()];
    let window = 2 * rayon::current_num_threads() as u64 * CHUNK;
    let mut ready: Vec<[(Encoded, u64); 10]> = Vec::new();
    let mut next = 0;
    loop {
        let last = next >= options.enterprises;
        let end = (next + window).min(options.enterprises);
        let starts: Vec<u64> = (next..end).step_by(CHUNK as usize).collect();
        let (made, written) = rayon::join(
            || {
                starts
                    .par_iter()
                    .map(|&start| make(options, start..(start + CHUNK).min(end)))
                    .collect::<io::Result<Vec<_>>>()
            },
            || {
                writers.par_iter_mut().zip(&mut counts).enumerate().try_for_each(|(table, (writer, count))| {
                    ready.iter().try_for_each(|chunk| {
                        let (rows, number) = &chunk[table];
                        *count += number;
                        writer.write(rows)
                    })
                })
            },
        );
        written?;
        ready = made?;
        next = end;
        if last {
            break;
        }
    }
    writers.into_par_iter().try_for_each(TableWriter::finish)?;
    Ok(counts)
}

fn make(options: &SampleOptions, numbers: std::ops::Range<u64>) -> io::Result<[(Encoded, u64); 10]> {
    let mut tables = Tables::known_on(options.known_on.unwrap_or(i64::MAX));
    for number in numbers {
        enterprise::make(options.seed, number, &mut tables);
    }
    let mut encoded = Vec::with_capacity(TABLES.len());
    for rows in tables.into_array() {
        let bytes = match options.format {
            SampleFormat::Csv => Encoded::Csv(write::csv(&rows)?),
            SampleFormat::Parquet => Encoded::Parquet(write::parquet(&rows)?),
        };
        encoded.push((bytes, rows.len as u64));
    }
    Ok(encoded.try_into().unwrap_or_else(|_| unreachable!("there are as many tables as rows were made for")))
}
