//! What an uploaded file really is, told from its bytes alone.
//!
//! A file is taken only if it is one of few types through and through: a document that carries another one behind it, or
//! that would do something when opened, is refused whatever its name says. Of the compressed streams inside a PDF those of objects
//! are looked into; files are never served inline, so that a browser has no part in opening them.

use std::io::Cursor;

use zip::ZipArchive;

use self::office::Parts;

/// The most a file may have.
pub const MOST_BYTES: usize = 10 << 20;
/// The most that the parts of a zipped document may unpack to, pictures with them; for markup, which is read, it is less.
const MOST_UNPACKED: u64 = 200 << 20;
/// The most parts that a zipped document may have.
const MOST_PARTS: usize = 5_000;

/// The types of files that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// PDF
    Pdf,
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// 版式文档 OFD (GB/T 33190)
    Ofd,
    /// Word
    Docx,
    /// Excel
    Xlsx,
}

impl MediaType {
    /// All of them.
    const ALL: [MediaType; 6] =
        [MediaType::Pdf, MediaType::Jpeg, MediaType::Png, MediaType::Ofd, MediaType::Docx, MediaType::Xlsx];

    /// What people call a file of it, in Chinese and in English.
    fn label(self) -> (&'static str, &'static str) {
        match self {
            MediaType::Pdf => ("PDF 文件", "PDF file"),
            MediaType::Jpeg => ("JPG 照片", "JPEG photo"),
            MediaType::Png => ("PNG 图片", "PNG picture"),
            MediaType::Ofd => ("OFD 文件", "OFD file"),
            MediaType::Docx => ("Word 文件", "Word file"),
            MediaType::Xlsx => ("Excel 文件", "Excel file"),
        }
    }

    fn has_ending(self, ending: &str) -> bool {
        self.endings().iter().any(|one| ending.eq_ignore_ascii_case(one))
    }

    /// The media type as headers write it.
    pub fn name(self) -> &'static str {
        match self {
            MediaType::Pdf => "application/pdf",
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
            MediaType::Ofd => "application/ofd",
            MediaType::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            MediaType::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The endings that its names have; the first is given to a name that has none.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            MediaType::Pdf => &["pdf"],
            MediaType::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            MediaType::Png => &["png"],
            MediaType::Ofd => &["ofd"],
            MediaType::Docx => &["docx"],
            MediaType::Xlsx => &["xlsx"],
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is nothing in it.
    Empty,
    /// It is none of the types that are taken.
    Unknown,
    /// It begins as one of them, but is damaged, cut short, or has something else behind it.
    Damaged,
    /// It would do something when opened: scripts, macros, programs, other files inside.
    Active,
    /// It would reach for something elsewhere when opened: a template, another program, an address.
    Reaching,
    /// It cannot be read without a password.
    Encrypted,
    /// Objects in it are packed in a way that can't be looked into here.
    Sealed,
    /// It unpacks to more than anyone can look at.
    TooMuch,
    /// It is a picture of so many pixels in width and height, more than any scanner gives.
    Vast(u32, u32),
    /// Its name says that it is something else than this.
    Disguised(MediaType),
}

/// Endings of old Office files, which look like locked ones from inside.
const OLD_OFFICE: [&str; 6] = ["doc", "xls", "ppt", "wps", "et", "dps"];

impl Unfit {
    /// What is wrong with the file of a name and what to do, in sentences that name it, in Chinese and in English. What its
    /// name promises and what is in it are told apart: who sent a torn Word file does not read that Word files are not taken.
    pub fn text(self, name: &str) -> (String, String) {
        let ending = ending_of(name).unwrap_or_default();
        let promised = MediaType::ALL.into_iter().find(|media| media.has_ending(ending));
        let name = plain_name(name);
        let refused =
            |zh: &str, en: &str| (format!("“{name}”没有收下：{zh}。"), format!("“{name}” was not taken: {en}."));
        let unreadable = |zh: &str, en: &str| {
            (
                format!("“{name}”打不开：{zh}。请重新导出，或拍照上传。"),
                format!("“{name}” cannot be opened: {en}. Export it again, or upload a photo."),
            )
        };
        match (self, promised) {
            (Unfit::Empty, _) => refused("文件是空的，请重新选择", "the file is empty; choose it again"),
            (Unfit::Unknown, Some(promised)) => {
                let (zh, en) = promised.label();
                unreadable(
                    &format!("内容不是 {zh}，可能没有传完或已损坏"),
                    &format!("what is in it is no {en}; it may be cut short or damaged"),
                )
            }
            (Unfit::Unknown, None) => refused(
                "只接收 PDF、JPG、PNG、OFD、DOCX、XLSX 文件，请转换后再上传",
                "only PDF, JPG, PNG, OFD, DOCX and XLSX files are taken; convert it first",
            ),
            (Unfit::Damaged, _) => unreadable(
                "文件没有传完、已损坏，或者后面夹带了别的内容",
                "the file is cut short, damaged, or has something else behind it",
            ),
            (Unfit::Active, _) => refused(
                "文件里有脚本、宏、程序或嵌入的文件，请另存为普通 PDF 后再上传",
                "the file holds scripts, macros, programs or other files; save it as a plain PDF first",
            ),
            (Unfit::Reaching, _) => refused(
                "文件一打开就会连到别处或调用别的程序（外部模板、DDE 域、外部数据链接、自动打开的网址等），\
                 请去掉这些内容，或打印成 PDF 后再上传",
                "the file would reach elsewhere when opened (a template from elsewhere, a DDE field, a link to data of other \
                 programs, an address that opens by itself); take that out, or print it as a PDF, and upload that",
            ),
            (Unfit::Encrypted, _) if OLD_OFFICE.iter().any(|old| ending.eq_ignore_ascii_case(old)) => refused(
                "旧版 Office 文件不收，请另存为 DOCX、XLSX 或 PDF 后再上传",
                "old Office files are not taken; save it as DOCX, XLSX or PDF first",
            ),
            (Unfit::Encrypted, _) => refused(
                "文件加了密或限制了权限，请去掉密码，或重新打印成 PDF 后再上传",
                "the file is encrypted; take the password or the restrictions off, or print it anew as a PDF, and upload that",
            ),
            (Unfit::Sealed, _) => refused(
                "文件里有读不出的压缩内容，无法确认里面没有脚本，请重新打印成 PDF 后再上传",
                "something in the file is packed so that nobody can tell whether it holds scripts; print it anew as a PDF and \
                 upload that",
            ),
            (Unfit::TooMuch, _) => {
                refused("文件展开后过大，请拆分后再上传", "the file unpacks to too much; split it into several")
            }
            (Unfit::Vast(width, height), _) => refused(
                &format!(
                    "图片有 {width}×{height} 像素，比任何扫描仪、相机给出的都大，打开它会占满电脑。请缩小后再上传"
                ),
                &format!(
                    "the picture has {width}×{height} pixels, more than any scanner or camera gives: to open it would fill a \
                     computer. Make it smaller first"
                ),
            ),
            (Unfit::Disguised(found), _) => {
                let ((zh, en), right) = (found.label(), found.endings()[0]);
                refused(
                    &format!("内容是 {zh}，文件名却以 .{ending} 结尾。请把扩展名改成 .{right}，或重新导出"),
                    &format!(
                        "what is in it is a {en}, but its name ends in .{ending}. Make that .{right}, or export it again"
                    ),
                )
            }
        }
    }
}

/// Tells what a file is.
///
/// # Errors
/// Why it is not taken.
pub fn sniff(bytes: &[u8]) -> Result<MediaType, Unfit> {
    if bytes.is_empty() {
        Err(Unfit::Empty)
    } else if bytes.starts_with(b"%PDF-") {
        pdf::pdf(bytes)
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        pictures::jpeg(bytes)
    } else if bytes.starts_with(pictures::PNG_SIGNATURE) {
        pictures::png(bytes)
    } else if bytes.starts_with(b"PK\x03\x04") {
        zipped(bytes)
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        // Old Office files may hold macros, and new ones look like this only when a password protects them.
        Err(Unfit::Encrypted)
    } else {
        Err(Unfit::Unknown)
    }
}

/// Whether a name's ending fits; a name without one fits anything.
pub fn fits(name: &str, media: MediaType) -> bool {
    ending_of(name).is_none_or(|ending| media.has_ending(ending))
}

/// What stands behind a name's last dot, if that can be an ending at all.
fn ending_of(name: &str) -> Option<&str> {
    let (_, ending) = name.rsplit_once('.')?;
    let is_one = !ending.is_empty() && ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(ending)
}

/// A name fit to be shown and to be saved under: without folders, control characters and characters that turn the
/// direction of writing, at most 100 characters, with the ending of its type.
pub fn clean_name(name: &str, media: MediaType) -> String {
    let kept = without_tricks(name);
    let ending = kept.rsplit_once('.').map(|(_, ending)| ending);
    let has_ending = ending.is_some_and(|ending| media.has_ending(ending));
    let stem = match (has_ending, kept.rsplit_once('.')) {
        (true, Some((stem, _))) => stem,
        _ => &kept,
    };
    let stem: String = stem.chars().take(100).collect();
    let stem = if stem.trim().is_empty() { "附件" } else { stem.trim() };
    format!("{stem}.{}", if has_ending { ending.unwrap_or_default() } else { media.endings()[0] })
}

/// A name as a message shows it: it may be that of anything.
fn plain_name(name: &str) -> String {
    let plain: String = without_tricks(name).chars().take(100).collect();
    if plain.is_empty() { "附件".to_owned() } else { plain }
}

/// A name without folders, control characters and characters that turn the direction of writing.
fn without_tricks(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns =
        |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let is_kept = |c: &char| !c.is_control() && !turns(*c) && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?');
    let kept: String = last.chars().filter(is_kept).collect();
    kept.trim().trim_matches('.').trim().to_owned()
}

/// Marks of pages and scripts that no picture holds. Short ones would turn up by chance in ten megabytes.
const MARKUP: [&[u8]; 4] = [b"<script", b"<!doctype", b"<?php", b"<iframe"];

fn has_markup(bytes: &[u8]) -> bool {
    let begins = |at: usize| {
        MARKUP.iter().any(|mark| bytes.get(at..at + mark.len()).is_some_and(|there| there.eq_ignore_ascii_case(mark)))
    };
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'<' && begins(at))
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// Endings of parts that a machine would run.
const PROGRAMS: [&str; 22] = [
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "sh", "vbs", "vbe", "js", "jse", "wsf", "hta", "html",
    "htm", "jar", "lnk", "php", "py", "swf",
];

fn zipped(bytes: &[u8]) -> Result<MediaType, Unfit> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unfit::Damaged)?;
    if archive.offset() != 0 || !archive.comment().is_empty() {
        return Err(Unfit::Damaged);
    }
    if archive.len() > MOST_PARTS {
        return Err(Unfit::TooMuch);
    }
    if archive.has_overlapping_files().unwrap_or(true) {
        return Err(Unfit::Damaged);
    }
    let mut unpacked = 0_u64;
    let (mut content_types, mut word, mut excel, mut ofd) = (false, false, false, false);
    let mut relations = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| Unfit::Damaged)?;
        if part.encrypted() {
            return Err(Unfit::Encrypted);
        }
        unpacked = unpacked.saturating_add(part.size());
        let name = part.name().map_err(|_| Unfit::Damaged)?.replace('\\', "/").to_ascii_lowercase();
        if name.starts_with('/') || name.split('/').any(|step| step == "..") || name.contains('\0') {
            return Err(Unfit::Active);
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_macro = name.ends_with("vbaproject.bin") || name.contains("/activex/") || name.contains("/macrosheets/");
        if is_macro || name.contains("/embeddings/") || PROGRAMS.contains(&ending) {
            return Err(Unfit::Active);
        }
        if ending == "rels" {
            relations.push(index);
        }
        content_types |= name == "[content_types].xml";
        word |= name == "word/document.xml";
        excel |= name == "xl/workbook.xml";
        ofd |= name == "ofd.xml";
    }
    if unpacked > MOST_UNPACKED {
        return Err(Unfit::TooMuch);
    }
    let mut parts = Parts::new(archive);
    for index in relations {
        office::relations(&mut parts, index)?;
    }
    match (content_types, word, excel, ofd) {
        (true, true, false, false) => office::word(&mut parts),
        (true, false, true, false) => office::excel(&mut parts),
        (false, false, false, true) => Ok(MediaType::Ofd),
        _ => Err(Unfit::Unknown),
    }
}

mod office;
mod pdf;
mod pictures;
#[cfg(test)]
mod tests;
