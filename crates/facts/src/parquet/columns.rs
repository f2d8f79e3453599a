//! From Arrow arrays to typed columns.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal64Type, Decimal128Type, Decimal256Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
};
use duixian_money::Fen;
use duixian_rules::vocabulary::ColumnType;

use crate::assemble::append_rows;
use crate::cells;
use crate::chunk::Cells;
use crate::error::InputProblem;
use crate::heading::Bound;
use crate::report::RowErrorKind;

/// Told of a bad cell: its row in the batch, its text and what is wrong.
type OnFault<'f> = dyn FnMut(usize, &str, RowErrorKind) + 'f;

/// The Arrow type to read a file's column as, or why it cannot be read as the table's.
pub(super) fn read_as(bound: &Bound, found: &DataType) -> Result<DataType, InputProblem> {
    let is_integer = found.is_integer();
    let most_decimals = match bound.ty {
        ColumnType::Money => 2,
        ColumnType::Percent => 4,
        ColumnType::Decimal => 6,
        _ => -1,
    };
    match (bound.ty, found) {
        (_, DataType::Null) => Ok(DataType::Null),
        // Few distinct texts: each is looked at once a batch.
        (
            ColumnType::Word(_) | ColumnType::Bool | ColumnType::Industry | ColumnType::Division,
            DataType::Utf8 | DataType::Binary,
        ) => Ok(DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))),
        (_, DataType::Utf8 | DataType::Binary) => Ok(DataType::Utf8View),
        (ColumnType::Bool, DataType::Boolean) => Ok(DataType::Boolean),
        (ColumnType::Date, DataType::Date32 | DataType::Timestamp(..)) => Ok(found.clone()),
        (ColumnType::Year | ColumnType::Count, _) if is_integer => Ok(found.clone()),
        (ColumnType::Money | ColumnType::Percent | ColumnType::Decimal, _) if is_integer => Ok(found.clone()),
        (_, DataType::Decimal128(precision, scale)) if (0..=most_decimals).contains(scale) => match precision {
            ..=18 => Ok(DataType::Decimal64(*precision, *scale)),
            _ => Ok(found.clone()),
        },
        (_, DataType::Decimal256(_, scale)) if (0..=most_decimals).contains(scale) => Ok(found.clone()),
        (ColumnType::Money | ColumnType::Percent | ColumnType::Decimal, _) if found.is_floating() => {
            Err(InputProblem::FloatColumn { column: bound.name.to_string() })
        }
        (ty, _) => Err(InputProblem::ColumnType {
            column: bound.name.to_string(),
            found: found.to_string(),
            expected: match ty {
                ColumnType::Money => "decimal(18,2) / text",
                ColumnType::Percent => "decimal(18,4) / text",
                ColumnType::Decimal => "decimal(18,6) / text",
                ColumnType::Date => "date32 / text",
                ColumnType::Year | ColumnType::Count => "integer / text",
                ColumnType::Bool => "boolean / text",
                _ => "text (string)",
            },
        }),
    }
}

/// Appends an array's values to a column. Its type is one that [`read_as`] gave.
pub(super) fn convert(cells: &mut Cells<'_>, array: &ArrayRef, fault: &mut OnFault<'_>) {
    let ty = cells.bound.ty;
    let (scale_to, is_year) = match ty {
        ColumnType::Money => (2, false),
        ColumnType::Percent => (4, false),
        ColumnType::Decimal => (6, false),
        _ => (0, ty == ColumnType::Year),
    };
    match array.data_type() {
        DataType::Utf8View => texts(cells, array, fault),
        DataType::Dictionary(..) => dictionary(cells, array, fault),
        DataType::Boolean => {
            let values = array.as_boolean();
            each(cells, array, fault, |row| Ok(Value::Word(values.value(row).into())), |_| String::new());
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>().values();
            each(
                cells,
                array,
                fault,
                |row| cells::check_date(values[row]).map(Value::Date),
                |row| cells::date_text(values[row]),
            );
        }
        DataType::Timestamp(unit, _) => timestamps(cells, array, *unit, fault),
        DataType::Decimal64(_, scale) => {
            let values = array.as_primitive::<Decimal64Type>().values();
            let scale = (scale_to - *scale) as u32;
            each(cells, array, fault, |row| scaled(values[row].into(), scale), |row| values[row].to_string());
        }
        DataType::Decimal128(_, scale) => {
            let values = array.as_primitive::<Decimal128Type>().values();
            let scale = (scale_to - *scale) as u32;
            each(cells, array, fault, |row| scaled(values[row], scale), |row| values[row].to_string());
        }
        DataType::Decimal256(_, scale) => {
            let values = array.as_primitive::<Decimal256Type>().values();
            let scale = (scale_to - *scale) as u32;
            let narrow = |value: i256| value.to_i128().ok_or(RowErrorKind::TooLarge);
            each(cells, array, fault, |row| scaled(narrow(values[row])?, scale), |row| values[row].to_string());
        }
        DataType::Int8 => integers::<Int8Type>(cells, array, scale_to, is_year, fault),
        DataType::Int16 => integers::<Int16Type>(cells, array, scale_to, is_year, fault),
        DataType::Int32 => integers::<Int32Type>(cells, array, scale_to, is_year, fault),
        DataType::Int64 => integers::<Int64Type>(cells, array, scale_to, is_year, fault),
        DataType::UInt8 => integers::<UInt8Type>(cells, array, scale_to, is_year, fault),
        DataType::UInt16 => integers::<UInt16Type>(cells, array, scale_to, is_year, fault),
        DataType::UInt32 => integers::<UInt32Type>(cells, array, scale_to, is_year, fault),
        DataType::UInt64 => integers::<UInt64Type>(cells, array, scale_to, is_year, fault),
        // Only `Null` is left of the types that `read_as` gives.
        _ => each(cells, array, fault, |_| Ok(Value::Nothing), |_| String::new()),
    }
}

/// A value of a typed array on its way into a column.
enum Value {
    Nothing,
    Number(i64),
    Date(i32),
    Word(u8),
}

/// Appends the values that `value` gives by row, which is asked only where the array is not null; `text` prints a bad
/// one.
fn each(
    cells: &mut Cells<'_>,
    array: &ArrayRef,
    fault: &mut OnFault<'_>,
    value: impl Fn(usize) -> Result<Value, RowErrorKind>,
    text: impl Fn(usize) -> String,
) {
    let nulls = array.logical_nulls();
    for row in 0..array.len() {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let value = if is_null { Ok(Value::Nothing) } else { value(row) };
        let result = match value {
            Ok(Value::Nothing) => cells.push_empty(),
            Ok(Value::Number(value)) => cells.push_number(value),
            Ok(Value::Date(value)) => cells.push_date(value),
            Ok(Value::Word(value)) => cells.push_word(value),
            Err(reason) => {
                // The value's own fault says more than that an empty cell in its place would be one.
                let _ = cells.push_empty();
                Err(reason)
            }
        };
        if let Err(reason) = result {
            fault(row, &if is_null { String::new() } else { text(row) }, reason);
        }
    }
}

fn integers<T: ArrowPrimitiveType>(
    cells: &mut Cells<'_>,
    array: &ArrayRef,
    scale: i8,
    is_year: bool,
    fault: &mut OnFault<'_>,
) where
    T::Native: Into<i128> + std::fmt::Display,
{
    let values = array.as_primitive::<T>().values();
    let is_count = cells.bound.ty == ColumnType::Count;
    each(
        cells,
        array,
        fault,
        |row| {
            let value: i128 = values[row].into();
            if is_year {
                let year = value.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
                return cells::check_year(year).map(Value::Date);
            }
            if is_count && value < 0 {
                return Err(RowErrorKind::Negative);
            }
            scaled(value, scale as u32)
        },
        |row| values[row].to_string(),
    );
}

/// A number with `scale` more decimals, within the bounds of what a table may hold.
fn scaled(value: i128, scale: u32) -> Result<Value, RowErrorKind> {
    let value = value.checked_mul(10i128.pow(scale)).ok_or(RowErrorKind::TooLarge)?;
    if value.abs() > i128::from(Fen::MAX.0) {
        return Err(RowErrorKind::TooLarge);
    }
    Ok(Value::Number(value as i64))
}

fn timestamps(cells: &mut Cells<'_>, array: &ArrayRef, unit: TimeUnit, fault: &mut OnFault<'_>) {
    let (values, per_second) = match unit {
        TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().values(), 1),
        TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().values(), 1_000),
        TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().values(), 1_000_000),
        TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().values(), 1_000_000_000),
    };
    let per_day: i64 = 86_400 * per_second;
    each(
        cells,
        array,
        fault,
        |row| {
            if values[row].rem_euclid(per_day) != 0 {
                return Err(RowErrorKind::NotMidnight);
            }
            let days = i32::try_from(values[row] / per_day).map_err(|_| RowErrorKind::NotDate)?;
            cells::check_date(days).map(Value::Date)
        },
        |row| {
            let days = values[row].div_euclid(per_day);
            let seconds = values[row].rem_euclid(per_day) / per_second;
            let day = i32::try_from(days).map_or_else(|_| days.to_string(), cells::date_text);
            format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        },
    );
}

fn texts(cells: &mut Cells<'_>, array: &ArrayRef, fault: &mut OnFault<'_>) {
    for (row, text) in array.as_string_view().iter().enumerate() {
        let text = text.unwrap_or("");
        if let Err(reason) = cells.push(text) {
            fault(row, cells::trim(text), reason);
        }
    }
}

/// Looks at each distinct text once, then copies the values.
fn dictionary(cells: &mut Cells<'_>, array: &ArrayRef, fault: &mut OnFault<'_>) {
    let array = array.as_dictionary::<Int32Type>();
    let (keys, distinct) = (array.keys(), array.values().as_string::<i32>());
    let text = |row: usize| {
        let key = keys.is_valid(row).then(|| keys.value(row) as usize);
        key.filter(|&key| distinct.is_valid(key)).map_or("", |key| distinct.value(key))
    };
    // A dictionary is that of the whole row group: where most of it is not in this batch, looking at each row is less.
    if distinct.len() > array.len() {
        for row in 0..array.len() {
            if let Err(reason) = cells.push(text(row)) {
                fault(row, cells::trim(text(row)), reason);
            }
        }
        return;
    }
    let gathered = cells.take();
    let mut faults: Vec<Option<RowErrorKind>> =
        distinct.iter().map(|text| cells.push(text.unwrap_or("")).err()).collect();
    // One more entry, for nulls.
    faults.push(cells.push_empty().err());
    let entries: Vec<u32> = (0..array.len())
        .map(|row| if keys.is_valid(row) { keys.value(row) as u32 } else { distinct.len() as u32 })
        .collect();
    let parsed = std::mem::replace(&mut cells.column, gathered);
    append_rows(&mut cells.column, &parsed, Some(&entries));
    if faults.iter().any(Option::is_some) {
        for (row, &entry) in entries.iter().enumerate() {
            if let Some(reason) = &faults[entry as usize] {
                fault(row, cells::trim(text(row)), reason.clone());
            }
        }
    }
}
