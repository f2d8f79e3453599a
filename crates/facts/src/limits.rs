//! How much of a file is taken before it is refused, so that no file can exhaust the memory.

/// Bytes of one CSV cell.
pub const CELL_BYTES: usize = 1 << 20;
/// Bytes of one CSV record.
pub const RECORD_BYTES: usize = 8 << 20;
/// Columns of one file.
pub const COLUMNS: usize = 10_000;
/// Bytes that an XLSX file may unpack to.
pub const XLSX_BYTES: u64 = 1 << 30;
/// How many times its packed size an entry of an XLSX file may unpack to, once it is larger than a mebibyte. Sheets of
/// repeated rows reach about a hundred; deflate's own ceiling is about a thousand.
pub const XLSX_RATIO: u64 = 400;
/// Bytes of a Parquet footer.
pub const PARQUET_FOOTER_BYTES: u64 = 16 << 20;
/// Bytes that one column of one Parquet row group may unpack to.
pub const PARQUET_CHUNK_BYTES: i64 = 1 << 30;
