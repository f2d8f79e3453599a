//! What can be wrong with a file from the bank, said so that an official can act on it.

use std::fmt;

use duixian_money::ParseFenError;

use crate::MAX_BYTES;

/// What is wrong with a file from the bank, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFileError {
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// The column's heading, or the path of the element under the document; none where the whole line is meant.
    pub place: Option<String>,
    /// What is wrong.
    pub kind: BankFileErrorKind,
}

/// What can be wrong with a file from the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankFileErrorKind {
    /// No bytes at all.
    Empty,
    /// So many bytes, more than [`MAX_BYTES`].
    TooLarge(usize),
    /// Neither UTF-8 nor GB18030, or another encoding than the one declared.
    Encoding,
    /// A workbook of Excel, or another archive.
    Workbook,
    /// Not well-formed XML; the parser's words.
    Malformed(String),
    /// A document type definition, which could bring in entities from anywhere.
    DocumentType,
    /// An entity that XML does not know by itself.
    Entity(String),
    /// Elements nested deeper than any such message does.
    TooDeep(usize),
    /// More payments than are read from one file.
    TooMany(usize),
    /// Another kind or version of message; its namespace.
    OtherMessage(String),
    /// No payment stands in the file, nor anything else to be told of.
    NoEntries,
    /// Columns that are needed and not there, by their Chinese and English headings.
    MissingColumns(Vec<(&'static str, &'static str)>),
    /// A column that is there twice.
    RepeatedColumn,
    /// A row of another number of cells than the headings.
    Cells {
        /// Of the headings.
        expected: usize,
        /// Of the row.
        found: usize,
    },
    /// A line break inside a cell, most often because a quotation mark is not closed.
    LineBreak,
    /// A value that is needed and not there.
    Missing,
    /// A value that stands there twice.
    RepeatedValue,
    /// More characters than such a value has.
    TooLong {
        /// The most it has.
        max: usize,
    },
    /// A control character.
    Control,
    /// Not an amount.
    Amount {
        /// What stands there.
        text: String,
        /// What is wrong with it.
        why: ParseFenError,
    },
    /// An amount of zero or less.
    NotPositive,
    /// Another currency than the yuan.
    Currency(String),
    /// Not a day.
    Date(String),
    /// A word for the outcome that is not known.
    Status(String),
    /// None of the codes that the element may have.
    Code {
        /// What stands there.
        text: String,
        /// The codes, as people read them.
        known: &'static str,
    },
    /// A sum that is not that of what it is said of.
    Total {
        /// What stands there, in yuan.
        told: String,
        /// What it comes to.
        found: String,
    },
    /// A payment that stands in the file before.
    RepeatedId {
        /// Its number.
        id: String,
        /// The line where it first stands.
        first: usize,
    },
    /// Two files in one: rows with another number of the file.
    OtherFile(String),
    /// So many errors that the rest is not told.
    More,
}

impl BankFileError {
    pub(crate) fn of_file(kind: BankFileErrorKind) -> BankFileError {
        BankFileError { line: None, place: None, kind }
    }

    pub(crate) fn at(line: usize, place: impl Into<Option<String>>, kind: BankFileErrorKind) -> BankFileError {
        BankFileError { line: Some(line), place: place.into(), kind }
    }

    /// What is wrong, where, and what to do, in Chinese.
    pub fn message_zh(&self) -> String {
        use BankFileErrorKind as K;
        let place = match (self.line, &self.place) {
            (Some(line), Some(place)) => format!("第 {line} 行“{place}”："),
            (Some(line), None) => format!("第 {line} 行："),
            (None, Some(place)) => format!("“{place}”："),
            (None, None) => String::new(),
        };
        let what = match &self.kind {
            K::Empty => "文件是空的；请向银行重新下载".to_owned(),
            K::TooLarge(size) => format!("文件有 {size} 字节，最多 {MAX_BYTES} 字节；请向银行索取分开的文件"),
            K::Encoding => "文件编码既不是 UTF-8 也不是 GB18030，或与声明不符；请向银行重新下载，不要另存".to_owned(),
            K::Workbook => {
                "这是 Excel 工作簿（或者压缩包），读不了；请用 Excel 打开，另存为 CSV 再读入，或者向银行下载 CSV"
                    .to_owned()
            }
            K::Malformed(detail) => format!("不是完好的 XML（{detail}）；请向银行重新下载"),
            K::DocumentType => "含有文档类型定义（DOCTYPE），出于安全不予读取；请向银行索取不含它的文件".to_owned(),
            K::Entity(name) => format!("引用了未知的实体“{name}”，出于安全不予读取；请向银行索取正确的文件"),
            K::TooDeep(max) => format!("元素嵌套超过 {max} 层，不是银行回单；请核对文件"),
            K::TooMany(max) => format!("明细超过 {max} 条；请向银行索取分开的文件"),
            K::OtherMessage(found) => {
                format!("报文是“{found}”，不是 camt.054.001.08；请向银行索取该版本的借贷记通知")
            }
            K::NoEntries => "文件里没有一条明细；请核对是否选错了文件".to_owned(),
            K::MissingColumns(columns) => {
                let names: Vec<String> = columns.iter().map(|(zh, en)| format!("“{zh}”（{en}）")).collect();
                format!("缺少列{}；请核对表头或选错的文件", names.join("、"))
            }
            K::RepeatedColumn => "这一列出现了两次；请只保留一列".to_owned(),
            K::Cells { expected, found } => format!("应有 {expected} 个单元格，实有 {found} 个；请向银行重新下载"),
            K::LineBreak => "单元格里有换行，多半是引号没有成对；请向银行重新下载".to_owned(),
            K::Missing => "缺少内容；请向银行索取完整的文件".to_owned(),
            K::RepeatedValue => "同一内容出现了两次，无法判断以哪个为准；请向银行核实".to_owned(),
            K::TooLong { max } => format!("超过 {max} 个字；请向银行核实"),
            K::Control => "含有控制字符；请向银行重新下载".to_owned(),
            K::Amount { text, why } => {
                let why = match why {
                    ParseFenError::NotPlainDigits => "不是金额",
                    ParseFenError::TooManyDecimals => "小数超过两位",
                    ParseFenError::TooLarge => "超出可处理的上限",
                };
                format!("“{text}”{why}；请写成 12345.60 的形式")
            }
            K::NotPositive => "金额必须大于零；请向银行核实".to_owned(),
            K::Currency(text) => format!("币种是“{text}”，只接受人民币（CNY）；请向银行核实"),
            K::Date(text) => format!("“{text}”不是日期；请写成 2026-03-01 的形式"),
            K::Status(text) => format!("不认识处理结果“{text}”；请写成功、失败、退汇或处理中"),
            K::Code { text, known } => format!("不认识代码“{text}”，应为 {known}；请向银行核实"),
            K::Total { told, found } => {
                format!("写的是 {told}，所含各笔合计却是 {found}；请向银行索取正确的文件")
            }
            K::RepeatedId { id, first } => format!("业务编号 {id} 在第 {first} 行已有结果；请向银行核实以哪个为准"),
            K::OtherFile(id) => format!("文件编号“{id}”与前面不同；请一次只导入一个文件"),
            K::More => "错误太多，其余未列出；请先改正以上各处".to_owned(),
        };
        place + &what
    }

    /// What is wrong, where, and what to do, in English.
    pub fn message_en(&self) -> String {
        use BankFileErrorKind as K;
        let place = match (self.line, &self.place) {
            (Some(line), Some(place)) => format!("line {line}, \"{place}\": "),
            (Some(line), None) => format!("line {line}: "),
            (None, Some(place)) => format!("\"{place}\": "),
            (None, None) => String::new(),
        };
        let what = match &self.kind {
            K::Empty => "the file is empty; download it from the bank again".to_owned(),
            K::TooLarge(size) => {
                format!("the file has {size} bytes, at most {MAX_BYTES} are read; ask the bank for it in parts")
            }
            K::Encoding => {
                "the file is neither UTF-8 nor GB18030, or not what it declares to be; download it from the \
                            bank again without saving it in another program"
                    .to_owned()
            }
            K::Workbook => "this is a workbook of Excel (or another archive), which is not read; open it in Excel and save it as CSV, or \
                            download the CSV from the bank"
                .to_owned(),
            K::Malformed(detail) => format!("the XML is broken ({detail}); download it from the bank again"),
            K::DocumentType => {
                "it has a document type definition (DOCTYPE), which is not read for safety; ask the bank \
                                for a file without"
                    .to_owned()
            }
            K::Entity(name) => {
                format!(
                    "it refers to the unknown entity \"{name}\", which is not read for safety; ask the bank for a correct file"
                )
            }
            K::TooDeep(max) => {
                format!("elements are nested more than {max} deep, as in no bank's answer; check the file")
            }
            K::TooMany(max) => format!("there are more than {max} entries; ask the bank for the file in parts"),
            K::OtherMessage(found) => format!(
                "the message is \"{found}\", not camt.054.001.08; ask the bank for the debit notification in that version"
            ),
            K::NoEntries => "there is no entry in the file; check whether it is the right one".to_owned(),
            K::MissingColumns(columns) => {
                let names: Vec<String> = columns.iter().map(|(zh, en)| format!("\"{en}\" ({zh})")).collect();
                format!(
                    "these columns are missing: {}; check the headings, or whether it is the right file",
                    names.join(", ")
                )
            }
            K::RepeatedColumn => "the column is there twice; keep one".to_owned(),
            K::Cells { expected, found } => {
                format!("expected {expected} cells, found {found}; download the file from the bank again")
            }
            K::LineBreak => {
                "there is a line break in a cell, most likely because a quotation mark is not closed; download \
                             the file from the bank again"
                    .to_owned()
            }
            K::Missing => "the value is missing; ask the bank for a complete file".to_owned(),
            K::RepeatedValue => "the value is there twice, and which one holds cannot be told; ask the bank".to_owned(),
            K::TooLong { max } => format!("it has more than {max} characters; ask the bank"),
            K::Control => "it has a control character; download the file from the bank again".to_owned(),
            K::Amount { text, why } => {
                let why = match why {
                    ParseFenError::NotPlainDigits => "is not an amount",
                    ParseFenError::TooManyDecimals => "has more than two decimals",
                    ParseFenError::TooLarge => "is more than can be handled",
                };
                format!("\"{text}\" {why}; write it like 12345.60")
            }
            K::NotPositive => "the amount must be more than zero; ask the bank".to_owned(),
            K::Currency(text) => format!("the currency is \"{text}\", only the yuan (CNY) is accepted; ask the bank"),
            K::Date(text) => format!("\"{text}\" is not a day; write it like 2026-03-01"),
            K::Status(text) => {
                format!("the outcome \"{text}\" is not known; write success, failed, returned or pending")
            }
            K::Code { text, known } => format!("the code \"{text}\" is not known, expected {known}; ask the bank"),
            K::Total { told, found } => {
                format!("it says {told}, but what it holds comes to {found}; ask the bank for a correct file")
            }
            K::RepeatedId { id, first } => {
                format!("payment {id} has an outcome on line {first} already; ask the bank which one holds")
            }
            K::OtherFile(id) => {
                format!("the file number \"{id}\" differs from the one before; take in one file at a time")
            }
            K::More => "there are more errors, which are not listed; correct these first".to_owned(),
        };
        place + &what
    }
}

impl fmt::Display for BankFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for BankFileError {}

/// Collects errors up to a bound, so that a hostile file cannot fill the memory with them.
#[derive(Default)]
pub(crate) struct Errors(Vec<BankFileError>);

impl Errors {
    /// Errors told of one file.
    const MOST: usize = 100;

    /// Adds one.
    pub(crate) fn push(&mut self, error: BankFileError) {
        match self.0.len() {
            length if length < Errors::MOST => self.0.push(error),
            Errors::MOST => self.0.push(BankFileError::of_file(BankFileErrorKind::More)),
            _ => {}
        }
    }

    /// What was found where nothing is wrong, otherwise what is wrong.
    pub(crate) fn or<T>(self, found: T) -> Result<T, Vec<BankFileError>> {
        if self.0.is_empty() { Ok(found) } else { Err(self.0) }
    }
}
