//! Why a load fails as a whole.

use std::fmt;
use std::path::PathBuf;

use duixian_rules::vocabulary::{Lang, Name};

use crate::report::RowError;

/// Why nothing was loaded.
#[derive(Debug)]
pub enum LoadError {
    /// The machine's fault, not the data's: a folder or file that cannot be read.
    Environment {
        /// What could not be read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data's fault.
    Input {
        /// The file, or the folder where no single file is at fault.
        path: PathBuf,
        /// What is wrong with it.
        problem: Box<InputProblem>,
    },
}

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputProblem {
    /// One table in two files.
    TwoFiles(String, String),
    /// No heading line.
    NoHeading,
    /// Two headings that mean the same column.
    DuplicateColumn {
        /// The first heading.
        first: String,
        /// The second.
        second: String,
    },
    /// A `!` or key column that the file does not have.
    MissingColumn(Name),
    /// More columns than [`crate::limits::COLUMNS`].
    TooManyColumns,
    /// A cell of more than [`crate::limits::CELL_BYTES`], or a record of more than [`crate::limits::RECORD_BYTES`].
    TooLong {
        /// Where the record begins.
        line: u64,
    },
    /// More rows than a table can number.
    TooManyRows,
    /// A file larger than its format is read at, or one that would unpack to far more than it is.
    TooLarge(&'static str),
    /// UTF-16 text.
    Utf16,
    /// A file called `.xlsx` that is something else.
    NoWorkbook,
    /// A Parquet column of a type that the vocabulary's column cannot be read from.
    ColumnType {
        /// The heading.
        column: String,
        /// The type in the file.
        found: String,
        /// What is taken instead.
        expected: &'static str,
    },
    /// A money or decimal column in floating point.
    FloatColumn {
        /// The heading.
        column: String,
    },
    /// What the format's parser said.
    Malformed {
        /// The format's name.
        format: &'static str,
        /// The parser's words.
        detail: String,
    },
    /// The first row in error, where the caller asked to stop at it.
    Row(RowError),
}

impl LoadError {
    /// What failed, where, and what to do.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (LoadError::Environment { path, source }, Lang::Zh) => {
                format!("{}：无法读取（{source}）；请核对路径、权限与磁盘", path.display())
            }
            (LoadError::Environment { path, source }, Lang::En) => {
                format!("{}: cannot be read ({source}); check the path, its permissions and the disk", path.display())
            }
            (LoadError::Input { problem, .. }, _) if matches!(**problem, InputProblem::Row(_)) => problem.message(lang),
            (LoadError::Input { path, problem }, Lang::Zh) => format!("{}：{}", path.display(), problem.message(lang)),
            (LoadError::Input { path, problem }, Lang::En) => format!("{}: {}", path.display(), problem.message(lang)),
        }
    }
}

impl InputProblem {
    /// What is wrong and what to do, without the file.
    pub fn message(&self, lang: Lang) -> String {
        use InputProblem as P;
        let (zh, en) = match self {
            P::TwoFiles(first, second) => (
                format!("同一张表有两个文件：{first} 与 {second}；请只留一个"),
                format!("one table in two files, {first} and {second}; keep one of them"),
            ),
            P::NoHeading => ("没有表头；第一行应是列名".into(), "no heading; the first line names the columns".into()),
            P::DuplicateColumn { first, second } => (
                format!("“{first}”与“{second}”是同一列；请删去一个"),
                format!("\"{first}\" and \"{second}\" are the same column; remove one"),
            ),
            P::MissingColumn(name) => (
                format!("缺少必填的“{}”（{}）列；请补上", name.zh, name.en),
                format!("the required column \"{}\" ({}) is missing; add it", name.en, name.zh),
            ),
            P::TooManyColumns => (
                "列数超过一万；这不像一张数据表，请核对".into(),
                "more than 10,000 columns; this is hardly a data table, check the file".into(),
            ),
            P::TooLong { line } => (
                format!("第 {line} 行起的记录过长；多半是引号没有配对，请核对"),
                format!("the record that begins on line {line} is too long; most likely a quote is not closed"),
            ),
            P::TooManyRows => (
                "行数超过四十亿；请按区县或年度拆分".into(),
                "more than four thousand million rows; split the data by district or year".into(),
            ),
            P::TooLarge(what) => (
                format!("文件过大或解压后过大（{what}）；请核对来源，数据量大时请用 Parquet 或 CSV"),
                format!(
                    "the file is, or unpacks to be, too large ({what}); check its source; large tables go in \
                         Parquet or CSV"
                ),
            ),
            P::NoWorkbook => (
                "不是 XLSX 工作簿；改文件名不会改变格式，请在 Excel 或 WPS 中打开，另存为 .xlsx".into(),
                "not an XLSX workbook; renaming a file does not change its format: open it in Excel or WPS and save it as .xlsx"
                    .into(),
            ),
            P::Utf16 => ("是 UTF-16 编码；请另存为 UTF-8".into(), "encoded in UTF-16; save it as UTF-8".into()),
            P::ColumnType { column, found, expected } => (
                format!("“{column}”列的类型是 {found}，无法读取；请改用 {expected}"),
                format!("column \"{column}\" is of type {found}, which cannot be read here; use {expected}"),
            ),
            P::FloatColumn { column } => (
                format!("“{column}”列是浮点数，浮点数不能精确表示金额；请改用小数位不多于两位的 decimal 或文本"),
                format!(
                    "column \"{column}\" is floating point, which does not hold amounts exactly; use decimal with \
                         a small scale, or text"
                ),
            ),
            P::Malformed { format, detail } => (
                format!("不是完好的 {format} 文件（{detail}）；请重新导出"),
                format!("not a sound {format} file ({detail}); export it again"),
            ),
            P::Row(error) => (error.message(Lang::Zh), error.message(Lang::En)),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LoadError::Environment { source, .. } => Some(source),
            LoadError::Input { .. } => None,
        }
    }
}
