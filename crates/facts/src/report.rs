//! What a load found: rows read and refused, each refusal with its place and reason, and warnings.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use duixian_rules::vocabulary::{Lang, Name, WordList};

use crate::uscc::UsccError;

/// What a load found, table by table in the vocabulary's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One for each table of the vocabulary, those without a file included.
    pub tables: Vec<TableReport>,
    /// What was passed over without harm to any row.
    pub warnings: Vec<Warning>,
}

/// What was found in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReport {
    /// The table.
    pub table: Name,
    /// The file's name without its folder; empty if there was none.
    pub file: Arc<str>,
    /// Rows read, valid or not.
    pub rows_read: u64,
    /// Rows in error, each counted once however many of its cells are bad.
    pub rows_in_error: u64,
    /// How many cells were refused, by what was wrong.
    pub errors_by_class: BTreeMap<ErrorClass, u64>,
    /// The first errors in full, by line; [`TableReport::errors_by_class`] counts those beyond the limit too.
    pub errors: Vec<RowError>,
}

impl TableReport {
    /// Rows that take part.
    pub fn rows_valid(&self) -> u64 {
        self.rows_read - self.rows_in_error
    }
}

/// One cell that kept its row from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The file's name without its folder.
    pub file: Arc<str>,
    /// The line, counted as [`crate::table::Origin::lines`] counts.
    pub line: u32,
    /// The column as the file's heading names it; empty where the whole row is meant.
    pub column: Arc<str>,
    /// What the cell holds, cut to about 60 characters.
    pub value: String,
    /// What is wrong.
    pub reason: RowErrorKind,
}

/// Why a row takes no part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowErrorKind {
    /// A `!` column or part of the key is empty.
    Empty,
    /// Not an amount in plain digits.
    NotMoney,
    /// More decimals than the type holds.
    TooManyDecimals {
        /// How many it holds.
        most: u8,
    },
    /// A number beyond what is taken.
    TooLarge,
    /// A number cell of a spreadsheet that is no whole number of fen (or of the type's last place).
    NotExact,
    /// Not a plain decimal number.
    NotDecimal,
    /// Not a day of the calendar as `YYYY-MM-DD`.
    NotDate,
    /// A point in time that is not midnight.
    NotMidnight,
    /// Not a year.
    NotYear,
    /// Not a whole number.
    NotCount,
    /// A year or count below zero.
    Negative,
    /// Neither `true` nor `false`.
    NotBool,
    /// Not one of the list's words.
    NotWord(Arc<WordList>),
    /// Not an industry code.
    NotIndustry,
    /// Not a division code.
    NotDivision,
    /// Not a unified social credit code.
    NotCode(UsccError),
    /// A code that no valid row of the party table has.
    UnknownParty,
    /// An earlier valid row has the same key.
    DuplicateKey,
    /// A record with more or fewer cells than the heading.
    CellCount {
        /// How many the heading has.
        expected: usize,
        /// How many the record has.
        found: usize,
    },
    /// Bytes that are no text in the file's encoding, or control characters in a form.
    NotText,
    /// A text longer than a cell may be.
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
}

/// Errors of one sort, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorClass {
    /// Not a value of the column's type.
    WrongType,
    /// Not one of the column's words.
    UnknownWord,
    /// A negative year or count.
    Negative,
    /// Empty where it must not be.
    Empty,
    /// Not a unified social credit code.
    BadCode,
    /// A code that is in no valid party row.
    UnknownParty,
    /// A second row with the same key.
    DuplicateKey,
    /// Too few or too many cells.
    CellCount,
}

impl ErrorClass {
    /// A short name for tables of counts.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            ErrorClass::WrongType => ("类型不符", "wrong type"),
            ErrorClass::UnknownWord => ("词不在词表", "unknown word"),
            ErrorClass::Negative => ("年度或数量为负", "negative year or count"),
            ErrorClass::Empty => ("必填为空", "empty but required"),
            ErrorClass::BadCode => ("信用代码有误", "bad credit code"),
            ErrorClass::UnknownParty => ("主体不存在", "unknown party"),
            ErrorClass::DuplicateKey => ("键重复", "duplicate key"),
            ErrorClass::CellCount => ("单元格数不符", "wrong number of cells"),
        };
        pick(lang, zh, en)
    }
}

impl RowErrorKind {
    /// The sort of error this is.
    pub fn class(&self) -> ErrorClass {
        match self {
            RowErrorKind::Empty => ErrorClass::Empty,
            RowErrorKind::Negative => ErrorClass::Negative,
            RowErrorKind::NotWord(_) => ErrorClass::UnknownWord,
            RowErrorKind::NotCode(_) => ErrorClass::BadCode,
            RowErrorKind::UnknownParty => ErrorClass::UnknownParty,
            RowErrorKind::DuplicateKey => ErrorClass::DuplicateKey,
            RowErrorKind::CellCount { .. } => ErrorClass::CellCount,
            _ => ErrorClass::WrongType,
        }
    }

    /// What is wrong and what to do, without the place.
    pub fn message(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            RowErrorKind::Empty => ("此列必填，请补上", "this column must not be empty; fill it in"),
            RowErrorKind::NotMoney => (
                "不是金额，请写成以元为单位的纯数字，如 12345.60（不用千分位、指数）",
                "not an amount; write yuan in plain digits like 12345.60, without separators or exponent",
            ),
            RowErrorKind::TooManyDecimals { most } => {
                return match lang {
                    Lang::Zh => format!("小数多于 {most} 位，请按凭证改正"),
                    Lang::En => format!("more than {most} decimals; correct it from its source"),
                };
            }
            RowErrorKind::TooLarge => ("数太大，请核对", "too large a number; check it"),
            RowErrorKind::NotExact => (
                "数字单元格不是精确到分的数，请改为文本或改正",
                "this number cell is not exact to the fen; correct it or make it a text cell",
            ),
            RowErrorKind::NotDecimal => ("不是数，请写成纯数字，如 2.12", "not a number; write plain digits like 2.12"),
            RowErrorKind::NotDate => {
                ("不是日历上的日期，请写成 2017-06-30 的样子", "not a day of the calendar; write it like 2017-06-30")
            }
            RowErrorKind::NotMidnight => ("带有时刻，请只留日期", "it has a time of day; keep the date only"),
            RowErrorKind::NotYear => ("不是年度，请写成 2017 的样子", "not a year; write it like 2017"),
            RowErrorKind::NotCount => ("不是整数，请写成纯数字", "not a whole number; write plain digits"),
            RowErrorKind::Negative => ("不能为负，请核对", "it cannot be negative; check it"),
            RowErrorKind::NotBool => ("请写 true 或 false", "write true or false"),
            RowErrorKind::NotWord(list) => {
                let words: Vec<String> = list
                    .words
                    .iter()
                    .map(|word| match lang {
                        Lang::Zh => format!("{}（{}）", word.en, word.zh),
                        Lang::En => word.en.clone(),
                    })
                    .collect();
                return match lang {
                    Lang::Zh => format!("不在“{}”之列，请用：{}", list.name.zh, words.join("、")),
                    Lang::En => format!("not a word of {}; use one of: {}", list.name.en, words.join(", ")),
                };
            }
            RowErrorKind::NotIndustry => (
                "不是行业代码，请写 GB/T 4754-2017 的 2–4 位数字，前面可带门类字母，如 5131 或 F5131",
                "not an industry code; write 2–4 digits of GB/T 4754-2017, with or without the section letter, \
                 like 5131 or F5131",
            ),
            RowErrorKind::NotDivision => {
                ("不是行政区划代码，请写六位数字，如 520102", "not a division code; write six digits like 520102")
            }
            RowErrorKind::NotCode(error) => return code_message(*error, lang),
            RowErrorKind::UnknownParty => (
                "主体表中没有此代码的有效行，请先补上主体或改正代码",
                "no valid row of the party table has this code; add the party or correct the code",
            ),
            RowErrorKind::DuplicateKey => (
                "与前面某行的键相同，以前一行为准，请删除或改正此行",
                "an earlier row has the same key and stands; delete or correct this one",
            ),
            RowErrorKind::CellCount { expected, found } => {
                return match lang {
                    Lang::Zh => format!("此行有 {found} 个单元格，表头有 {expected} 个，请核对逗号与引号"),
                    Lang::En => format!(
                        "this record has {found} cells where the heading has {expected}; check commas and quotes"
                    ),
                };
            }
            RowErrorKind::TooLong { most } => {
                return match lang {
                    Lang::Zh => format!("文字过长，最多 {most} 字节，请缩短"),
                    Lang::En => format!("too long a text; shorten it to {most} bytes"),
                };
            }
            RowErrorKind::NotText => (
                "含有损坏的文字，请把文件另存为 UTF-8 并改正此处",
                "damaged text; save the file as UTF-8 and correct this place",
            ),
        };
        pick(lang, zh, en).to_owned()
    }
}

fn code_message(error: UsccError, lang: Lang) -> String {
    match (lang, error) {
        (Lang::Zh, UsccError::Length(length)) => {
            format!("统一社会信用代码应有 18 个字符，这里有 {length} 个，请核对证照")
        }
        (Lang::En, UsccError::Length(length)) => {
            format!("a unified social credit code has 18 characters, this has {length}; check the licence")
        }
        (Lang::Zh, UsccError::Character(position)) => {
            format!("第 {position} 个字符不能用于统一社会信用代码（只用数字和 I、O、S、V、Z 以外的大写字母），请核对")
        }
        (Lang::En, UsccError::Character(position)) => format!(
            "character {position} cannot stand in a unified social credit code (digits and capitals without \
             I, O, S, V, Z); check the licence"
        ),
        (Lang::Zh, UsccError::CheckDigit(expected)) => {
            format!("校验码不符，按前 17 位应为 {expected}，请核对证照")
        }
        (Lang::En, UsccError::CheckDigit(expected)) => {
            format!("the check digit should be {expected} for these 17 characters; check the licence")
        }
    }
}

impl RowError {
    /// One line: place, value, what is wrong and what to do.
    pub fn message(&self, lang: Lang) -> String {
        let RowError { file, line, column, value, reason } = self;
        let reason = reason.message(lang);
        match (lang, column.is_empty()) {
            (Lang::Zh, true) => format!("{file} 第 {line} 行：{reason}"),
            (Lang::En, true) => format!("{file} line {line}: {reason}"),
            (Lang::Zh, false) => format!("{file} 第 {line} 行“{column}”列“{value}”：{reason}"),
            (Lang::En, false) => format!("{file} line {line}, column {column}, \"{value}\": {reason}"),
        }
    }
}

/// Something passed over without harm to any row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A column that the table does not have.
    UnknownColumn {
        /// The file's name without its folder.
        file: Arc<str>,
        /// The heading.
        column: String,
    },
    /// A data file named like no table.
    UnknownFile {
        /// Its name without its folder.
        file: String,
    },
}

impl Warning {
    /// What was passed over, and why.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::Zh, Warning::UnknownColumn { file, column }) => format!("{file}：没有“{column}”这一列，已略过"),
            (Lang::En, Warning::UnknownColumn { file, column }) => {
                format!("{file}: the table has no column \"{column}\"; it is passed over")
            }
            (Lang::Zh, Warning::UnknownFile { file }) => format!("{file}：没有叫这个名字的表，已略过"),
            (Lang::En, Warning::UnknownFile { file }) => {
                format!("{file}: no table has this name; the file is passed over")
            }
        }
    }
}

impl Report {
    /// Rows in error over all tables.
    pub fn rows_in_error(&self) -> u64 {
        self.tables.iter().map(|table| table.rows_in_error).sum()
    }

    /// The errors kept in full, by table, then line.
    pub fn errors(&self) -> impl Iterator<Item = &RowError> {
        self.tables.iter().flat_map(|table| &table.errors)
    }

    /// A few lines for a person: warnings, then what was read and refused, table by table.
    pub fn summary(&self, lang: Lang) -> String {
        let mut text = String::new();
        for warning in &self.warnings {
            line(&mut text, &warning.message(lang));
        }
        for table in self.tables.iter().filter(|table| !table.file.is_empty()) {
            let (name, file) = (table.table.in_lang(lang), &table.file);
            let (read, bad) = (table.rows_read, table.rows_in_error);
            line(
                &mut text,
                &match (lang, bad) {
                    (Lang::Zh, 0) => format!("{name}（{file}）：{read} 行，全部有效"),
                    (Lang::En, 0) => format!("{name} ({file}): {read} rows, all valid"),
                    (Lang::Zh, _) => format!("{name}（{file}）：{read} 行，其中 {bad} 行有误、不参与"),
                    (Lang::En, _) => format!("{name} ({file}): {read} rows, {bad} in error and left out"),
                },
            );
            for (class, count) in &table.errors_by_class {
                line(
                    &mut text,
                    &match lang {
                        Lang::Zh => format!("  {}：{count}", class.label(lang)),
                        Lang::En => format!("  {}: {count}", class.label(lang)),
                    },
                );
            }
        }
        text
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
}

fn pick<'t>(lang: Lang, zh: &'t str, en: &'t str) -> &'t str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
