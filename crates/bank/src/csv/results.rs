//! A bank's answer in CSV, whatever its bytes.

use ::csv::{ReaderBuilder, StringRecord};
use sha2::{Digest, Sha256};

use crate::cell::restore;
use crate::codes::reason_of;
use crate::error::{BankFileError, BankFileErrorKind as Kind, Errors};
use crate::result::{Ignored, IgnoredReason, Origin, Outcome, ResultFile, ResultLine, in_turn, repeats};
use crate::{text, value};

/// The most rows that are read.
const MAX_ROWS: usize = 100_000;

/// Reads a bank's answer.
///
/// UTF-8, with or without a byte order mark, or GB18030. The first row has the headings, in any order, Chinese or English;
/// other columns are passed over. Needed are 业务编号 `end_to_end_id`, 金额 `amount` (yuan) and 处理结果 `status` (成功
/// `success`, 失败 `failed`, 处理中 `pending`); a payment that succeeded needs 银行流水号 `bank_reference` and 入账日期 `date`.
/// 币种 `currency` is CNY where the column is missing; 原因代码 `reason_code`, 原因 `reason` and 回单编号 `file_id` may be.
/// A sum (合计 in place of the number or the outcome), and a row with neither, is none of our payments.
/// A payment may stand there several times, where a statement tells that it was paid and came back: in the order of its days.
/// At most [`MAX_BYTES`](crate::MAX_BYTES) and 100,000 rows. All errors are told at once, a hundred at most.
pub fn read_results(bytes: &[u8]) -> Result<ResultFile, Vec<BankFileError>> {
    let text = text::decode(bytes).map_err(|error| vec![error])?;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut errors = Errors::default();
    let mut table: Option<Table> = None;
    let mut file = ResultFile { id: String::new(), lines: Vec::new(), ignored: Vec::new() };
    let mut record = StringRecord::new();
    let mut counter = LineCounter { text: &text, byte: 0, line: 1 };
    let mut rows = 0;
    while reader.read_record(&mut record).map_err(|_| vec![BankFileError::of_file(Kind::Encoding)])? {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = counter.line_at(record.position().map_or(0, |position| position.byte()));
        let Some(table) = &table else {
            table = Some(Table::new(&record, line)?);
            continue;
        };
        rows += 1;
        if rows > MAX_ROWS {
            errors.push(BankFileError::at(line, None, Kind::TooMany(MAX_ROWS)));
            break;
        }
        let row = Row { table, record: &record, line };
        match row.read(&mut file.id) {
            Ok(Entry::Settled(settled)) => file.lines.push(settled),
            Ok(Entry::Ignored(ignored)) => file.ignored.push(ignored),
            Err(error) => errors.push(error),
        }
    }
    let (lines, repeated) = in_turn(std::mem::take(&mut file.lines));
    file.lines = lines;
    for (line, first) in repeated {
        errors.push(repeats(&line, first, table.as_ref().map_or_else(String::new, |table| table.heading(Column::Id))));
    }
    if rows == 0 {
        errors.push(BankFileError::of_file(Kind::NoEntries));
    }
    if file.id.is_empty() {
        file.id = digest(bytes);
    }
    errors.or(file)
}

/// The number of a file that has none of its own.
fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    FileId,
    Id,
    Amount,
    Currency,
    Status,
    BankReference,
    Date,
    Code,
    Reason,
}

use Column as C;

/// Every column, whether the file must have it, and its headings: the Chinese and the English one that messages use, then
/// others that banks use.
const COLUMNS: [(Column, bool, &[&str]); 9] = [
    (C::FileId, false, &["回单编号", "file_id", "结果文件编号", "result_id"]),
    (C::Id, true, &["业务编号", "end_to_end_id", "端到端标识", "客户流水号"]),
    (C::Amount, true, &["金额", "amount", "金额(元)", "交易金额", "交易金额(元)"]),
    (C::Currency, false, &["币种", "currency"]),
    (C::Status, true, &["处理结果", "status", "状态", "交易状态", "处理状态"]),
    (C::BankReference, false, &["银行流水号", "bank_reference", "交易流水号"]),
    (C::Date, false, &["入账日期", "date", "交易日期", "日期"]),
    (C::Code, false, &["原因代码", "reason_code", "失败代码"]),
    (C::Reason, false, &["原因", "reason", "失败原因", "退回原因"]),
];

const PAID: [&str; 8] = ["成功", "支付成功", "交易成功", "已支付", "已入账", "success", "succeeded", "paid"];
const FAILED: [&str; 10] =
    ["失败", "支付失败", "交易失败", "退汇", "退票", "退回", "拒绝", "failed", "rejected", "returned"];
/// What stands before a sum.
const SUMS: [&str; 5] = ["合计", "总计", "小计", "共计", "total"];
/// Those of them that are said of money that had left.
const CAME_BACK: [&str; 4] = ["退汇", "退票", "退回", "returned"];
const PENDING: [&str; 5] = ["处理中", "待处理", "已受理", "pending", "processing"];

/// Where the columns of this file stand.
struct Table {
    places: [Option<usize>; COLUMNS.len()],
    headings: StringRecord,
}

impl Table {
    fn new(headings: &StringRecord, line: usize) -> Result<Table, Vec<BankFileError>> {
        let mut places = [None; COLUMNS.len()];
        let mut errors = Errors::default();
        for (place, heading) in headings.iter().enumerate() {
            let heading = heading.trim().to_ascii_lowercase().replace('（', "(").replace('）', ")");
            let Some(column) = COLUMNS.iter().position(|(.., names)| names.contains(&heading.as_str())) else {
                continue;
            };
            if places[column].replace(place).is_some() {
                errors.push(BankFileError::at(line, COLUMNS[column].2[0].to_owned(), Kind::RepeatedColumn));
            }
        }
        let needed = COLUMNS.iter().zip(&places).filter(|((_, is_needed, _), place)| *is_needed && place.is_none());
        let missing: Vec<_> = needed.map(|((.., names), _)| (names[0], names[1])).collect();
        if !missing.is_empty() {
            errors.push(BankFileError::at(line, None, Kind::MissingColumns(missing)));
        }
        errors.or(Table { places, headings: headings.clone() })
    }

    /// What a column is called here.
    fn heading(&self, column: Column) -> String {
        let heading = self.places[column as usize].and_then(|place| self.headings.get(place));
        heading.map_or(COLUMNS[column as usize].2[0].to_owned(), value::shortened)
    }
}

/// A row with the table it stands in.
struct Row<'a> {
    table: &'a Table,
    record: &'a StringRecord,
    line: usize,
}

enum Entry {
    Settled(ResultLine),
    Ignored(Ignored),
}

impl Row<'_> {
    fn read(&self, file_id: &mut String) -> Result<Entry, BankFileError> {
        if self.record.iter().any(|cell| cell.contains(['\n', '\r'])) {
            return Err(BankFileError::at(self.line, None, Kind::LineBreak));
        }
        let width = self.table.headings.len();
        // Spreadsheets add empty cells to the right when they save.
        let is_too_long = self.record.iter().skip(width).any(|cell| !cell.trim().is_empty());
        if self.record.len() < width || is_too_long {
            let kind = Kind::Cells { expected: width, found: self.record.len() };
            return Err(BankFileError::at(self.line, None, kind));
        }
        // Banks put sums below the payments. What has an outcome is a payment, and must say which.
        let [id, status] = [C::Id, C::Status].map(|column| self.cell(column));
        let is_sum = [id, status].iter().any(|cell| SUMS.iter().any(|sum| cell.starts_with(sum)));
        if is_sum || (id.is_empty() && status.is_empty()) {
            let reason = IgnoredReason::NoReference;
            return Ok(Entry::Ignored(Ignored { line: self.line, end_to_end_id: None, reason }));
        }
        self.check_file_id(file_id)?;
        let end_to_end_id = self.take(C::Id, value::reference)?;
        let status = self.cell(C::Status).to_ascii_lowercase();
        if PENDING.contains(&status.as_str()) {
            let reason = IgnoredReason::Pending;
            return Ok(Entry::Ignored(Ignored { line: self.line, end_to_end_id: Some(end_to_end_id), reason }));
        }
        let amount = self.take(C::Amount, value::amount)?;
        if !self.cell(C::Currency).is_empty() {
            self.take(C::Currency, value::check_currency)?;
        }
        let outcome = if PAID.contains(&status.as_str()) {
            Outcome::Paid {
                bank_reference: self.take(C::BankReference, value::bank_reference)?,
                on: self.take(C::Date, value::day)?,
            }
        } else if FAILED.contains(&status.as_str()) {
            let code = match self.cell(C::Code) {
                "" => None,
                _ => Some(self.take(C::Code, value::reference)?),
            };
            let reason = reason_of(&value::words(self.cell(C::Reason)), code.as_deref());
            Outcome::Failed { code, reason }
        } else {
            let kind = if status.is_empty() { Kind::Missing } else { Kind::Status(value::shortened(&status)) };
            return Err(self.error(C::Status, kind));
        };
        // A failure needs neither a day nor a number: what can't be read of them is as if it were not there.
        let has_failed = matches!(outcome, Outcome::Failed { .. });
        let failed_on = has_failed.then(|| self.take(C::Date, value::day).ok()).flatten();
        let failed_by = has_failed.then(|| self.take(C::BankReference, value::bank_reference).ok()).flatten();
        let came_back = has_failed && CAME_BACK.contains(&status.as_str());
        let origin = Origin { failed_on, failed_by, came_back, ..Origin::default() };
        Ok(Entry::Settled(ResultLine { line: self.line, end_to_end_id, amount, outcome, origin }))
    }

    /// The number of the file stands on every row, and is the same on all.
    fn check_file_id(&self, file_id: &mut String) -> Result<(), BankFileError> {
        if self.cell(C::FileId).is_empty() {
            return Ok(());
        }
        let id = self.take(C::FileId, value::reference)?;
        if file_id.is_empty() {
            *file_id = id;
        } else if *file_id != id {
            return Err(self.error(C::FileId, Kind::OtherFile(id)));
        }
        Ok(())
    }

    fn cell(&self, column: Column) -> &str {
        let cell = self.table.places[column as usize].and_then(|place| self.record.get(place));
        restore(cell.unwrap_or_default().trim())
    }

    fn take<T>(&self, column: Column, read: impl Fn(&str) -> Result<T, Kind>) -> Result<T, BankFileError> {
        match self.cell(column) {
            "" => Err(self.error(column, Kind::Missing)),
            cell => read(cell).map_err(|kind| self.error(column, kind)),
        }
    }

    fn error(&self, column: Column, kind: Kind) -> BankFileError {
        BankFileError::at(self.line, self.table.heading(column), kind)
    }
}

/// Lines by position. The reader's own count takes empty lines before a record for part of it.
struct LineCounter<'a> {
    text: &'a str,
    byte: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The line of the first thing that is no line break at or after a byte; asked in ascending order.
    fn line_at(&mut self, byte: u64) -> usize {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.byte, bytes.len());
        let end =
            bytes[start..].iter().position(|byte| !matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |at| start + at);
        self.line += bytes[self.byte..end].iter().filter(|byte| **byte == b'\n').count();
        self.byte = end;
        self.line
    }
}
