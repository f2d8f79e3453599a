//! Where tables come from: files of a folder, or texts or rows that someone holds in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use duixian_rules::vocabulary::{TableId, Vocabulary};

use crate::error::{InputProblem, LoadError};
use crate::record;
use crate::report::Warning;

/// Where tables come from. A path is a folder: `load(&vocabulary, path, &options)`.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The files of a folder, as `docs/reference/data.md` names them.
    Folder(&'a Path),
    /// CSV texts in memory, at most one for each table; a table without one has no rows.
    Texts(&'a [TableText]),
    /// Rows in memory, of each table at most once; a table without has none.
    Rows(&'a [TableRows<'a>]),
}

/// Rows of a table in memory, whose cells are apart already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRows<'a> {
    /// Whose rows these are.
    pub table: TableId,
    /// What reports and explanations call the source, where a file would have its name.
    pub name: String,
    /// Each has a cell for every column of the vocabulary, in its order, as a file would have it. Row `i`, from 0, stands on
    /// line `i + 2`, as below a heading.
    pub rows: Vec<&'a [String]>,
}

/// A table as a CSV text in memory, heading first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableText {
    /// Whose rows these are.
    pub table: TableId,
    /// What reports and explanations call the source, where a file would have its name.
    pub name: String,
    /// The bytes, as a CSV file would have them.
    pub csv: Vec<u8>,
}

impl TableText {
    /// A table of records that [`record::write`] has written. Record `i`, from 0, stands on line `i + 2` unless one before it
    /// holds a line break.
    pub fn from_records<R: AsRef<str>>(
        vocabulary: &Vocabulary,
        table: TableId,
        name: impl Into<String>,
        records: impl IntoIterator<Item = R>,
    ) -> TableText {
        let mut csv = record::heading(&vocabulary.tables[table]).into_bytes();
        csv.push(b'\n');
        for record in records {
            csv.extend_from_slice(record.as_ref().as_bytes());
            csv.push(b'\n');
        }
        TableText { table, name: name.into(), csv }
    }
}

impl<'a> From<&'a Path> for Source<'a> {
    fn from(folder: &'a Path) -> Source<'a> {
        Source::Folder(folder)
    }
}

impl<'a> From<&'a PathBuf> for Source<'a> {
    fn from(folder: &'a PathBuf) -> Source<'a> {
        Source::Folder(folder)
    }
}

impl<'a> From<&'a [TableText]> for Source<'a> {
    fn from(texts: &'a [TableText]) -> Source<'a> {
        Source::Texts(texts)
    }
}

impl<'a> From<&'a Vec<TableRows<'a>>> for Source<'a> {
    fn from(rows: &'a Vec<TableRows<'a>>) -> Source<'a> {
        Source::Rows(rows)
    }
}

impl<'a> From<&'a Vec<TableText>> for Source<'a> {
    fn from(texts: &'a Vec<TableText>) -> Source<'a> {
        Source::Texts(texts)
    }
}

/// The formats, by the ending of the file's name.
#[derive(Clone, Copy)]
pub(crate) enum Format<'a> {
    Csv,
    Parquet,
    Xlsx,
    /// No file: rows in memory.
    Rows(&'a [&'a [String]]),
}

impl Format<'_> {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Parquet => "Parquet",
            Format::Xlsx => "XLSX",
            Format::Rows(_) => "rows",
        }
    }

    fn of(extension: &str) -> Option<Self> {
        match extension {
            "csv" => Some(Format::Csv),
            "parquet" => Some(Format::Parquet),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }
}

/// One table's rows, not yet read.
pub(crate) struct Input<'a> {
    /// What reports call it: the file's name without its folder.
    pub(crate) name: String,
    pub(crate) format: Format<'a>,
    content: Content<'a>,
}

enum Content<'a> {
    File(PathBuf),
    Bytes(&'a [u8]),
}

impl<'a> Input<'a> {
    /// What errors call it: the whole path of a file.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.content {
            Content::File(path) => path.clone(),
            Content::Bytes(_) => PathBuf::from(&self.name),
        }
    }

    /// Begins to read it, from the start each time.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match &self.content {
            Content::File(path) => Box::new(File::open(path)?),
            Content::Bytes(bytes) => Box::new(*bytes),
        })
    }

    /// About how many bytes there are, where that is known without a look at the disk.
    pub(crate) fn known_size(&self) -> Option<usize> {
        match (&self.content, self.format) {
            (Content::File(_), _) => None,
            (Content::Bytes(_), Format::Rows(rows)) => Some(rows.len() * ROW_BYTES),
            (Content::Bytes(bytes), _) => Some(bytes.len()),
        }
    }
}

/// About how long a row is as a text.
const ROW_BYTES: usize = 100;

/// What a source holds.
pub(crate) struct Inputs<'a> {
    /// For each table its rows.
    pub(crate) tables: Vec<Option<Input<'a>>>,
    pub(crate) warnings: Vec<Warning>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn of(vocabulary: &Vocabulary, source: Source<'a>) -> Result<Inputs<'a>, LoadError> {
        match source {
            Source::Folder(folder) => Inputs::of_folder(vocabulary, folder),
            Source::Texts(texts) => Inputs::of_texts(vocabulary, texts),
            Source::Rows(tables) => Inputs::of_rows(vocabulary, tables),
        }
    }

    fn of_texts(vocabulary: &Vocabulary, texts: &'a [TableText]) -> Result<Inputs<'a>, LoadError> {
        let mut inputs = Inputs::none(vocabulary);
        for text in texts {
            let (name, content) = (text.name.clone(), Content::Bytes(&text.csv));
            inputs.put(text.table, Input { name, format: Format::Csv, content }, &PathBuf::from(&text.name))?;
        }
        Ok(inputs)
    }

    fn of_rows(vocabulary: &Vocabulary, tables: &'a [TableRows<'a>]) -> Result<Inputs<'a>, LoadError> {
        let mut inputs = Inputs::none(vocabulary);
        for TableRows { table, name, rows } in tables {
            let (format, content) = (Format::Rows(rows), Content::Bytes(&[]));
            inputs.put(*table, Input { name: name.clone(), format, content }, &PathBuf::from(name))?;
        }
        Ok(inputs)
    }

    fn of_folder(vocabulary: &Vocabulary, folder: &Path) -> Result<Inputs<'a>, LoadError> {
        let environment = |source| LoadError::Environment { path: folder.to_owned(), source };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(environment)? {
            // A name that is not Unicode is no table's.
            names.extend(entry.map_err(environment)?.file_name().into_string());
        }
        names.sort();
        let mut inputs = Inputs::none(vocabulary);
        // Hidden files are someone's own, `~$…` is what a spreadsheet program leaves while a file is open.
        for name in names.into_iter().filter(|name| !name.starts_with('.') && !name.starts_with("~$")) {
            let Some((stem, extension)) = name.rsplit_once('.') else { continue };
            let table = vocabulary.tables.iter().position(|table| table.name.en == stem);
            match (table, Format::of(extension)) {
                (Some(table), Some(format)) => {
                    let content = Content::File(folder.join(&name));
                    inputs.put(table, Input { name, format, content }, folder)?;
                }
                (Some(_), None) => inputs.warnings.push(Warning::UnknownFile { file: name }),
                (None, _) if Format::of(&extension.to_ascii_lowercase()).is_some() => {
                    inputs.warnings.push(Warning::UnknownFile { file: name });
                }
                (None, _) => {}
            }
        }
        Ok(inputs)
    }

    fn none(vocabulary: &Vocabulary) -> Inputs<'a> {
        Inputs { tables: vocabulary.tables.iter().map(|_| None).collect(), warnings: Vec::new() }
    }

    fn put(&mut self, table: TableId, input: Input<'a>, place: &Path) -> Result<(), LoadError> {
        if let Some(first) = &self.tables[table] {
            let problem = Box::new(InputProblem::TwoFiles(first.name.clone(), input.name));
            return Err(LoadError::Input { path: place.to_owned(), problem });
        }
        self.tables[table] = Some(input);
        Ok(())
    }
}
