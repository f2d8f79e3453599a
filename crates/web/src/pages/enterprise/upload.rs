//! The form by which a piece of evidence is handed in, for one case or for several: what it asks, what is wrong with what came,
//! and the files that were sound kept while the rest is mended. What is typed is said of each of the files.

use duixian_casework::case::FileRef;
use duixian_casework::command::NewEvidence;
use duixian_casework::stated::FIRST_DAY;
use duixian_rules::english::English;
use duixian_store::StoreError;

use super::facts::wrong_text;
use crate::casefile::said::{self, OTHER_EVIDENCE};
use crate::forms::{Choice, Field, Form, Posted, PostedFiles, UploadedFile, read_date};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::viewer::Viewer;

/// How many bytes an upload may have: the files that are chosen together, and what is around them.
pub const MOST_BYTES: usize = MOST_TOGETHER as usize + (1 << 20);
/// How many bytes files chosen together may have: four of the largest.
const MOST_TOGETHER: u64 = 40 << 20;
/// How many bytes one file may have, as the store takes them.
const MOST_FILE_BYTES: u64 = 10 << 20;
/// What phones and computers offer to choose from.
const ACCEPT: &str = "image/*,application/pdf,.pdf,.ofd,.docx,.xlsx";
/// How long the name may be of a document that the rules do not name.
const MOST_OF_A_NAME: usize = 40;
/// The fields about the document itself.
const DETAILS: [&str; 3] = ["number", "issuer", "issued_on"];

/// The form as it is shown.
pub struct UploadForm {
    /// Its fields.
    pub form: Form,
    /// Whether it has to be said what it is.
    pub has_kinds: bool,
    /// Whether it may be something that the rules do not name, and has to be named.
    pub has_name: bool,
    /// Files that were sound while something else was wrong: their names, and what brings each back.
    pub kept: Vec<(String, String)>,
}

impl UploadForm {
    /// An empty form for these types of evidence, or what was refused. What is kept comes back to this place alone.
    pub fn new(page: &Page, place: &str, english: &English, kinds: &[String], refused: Option<Refused>) -> UploadForm {
        let mut form = begun(page.lang, english, kinds);
        let mut kept = Vec::new();
        if let Some(refused) = refused {
            form = form.drafted(&refused.posted);
            refused.errors.into_iter().for_each(|(field, error)| form.error(field, error));
            kept.extend(refused.files.iter().map(|file| (file.name.clone(), seal(page, place, file))));
        }
        UploadForm { form, has_kinds: kinds.len() > 1, has_name: kinds.iter().any(|kind| kind == OTHER_EVIDENCE), kept }
    }

    /// Whether something about the document was typed already, or is wrong.
    pub fn has_details(&self) -> bool {
        let is_typed = |name: &&str| !self.form.text(name).is_empty();
        DETAILS.iter().any(is_typed) || self.form.found().iter().any(|(field, _)| DETAILS.contains(&field.as_str()))
    }
}

/// What came with the form.
pub struct Upload {
    /// What was typed.
    pub posted: Posted,
    chosen: Vec<UploadedFile>,
    kept: Vec<FileRef>,
}

/// What was wrong with an upload, with what was typed and the files that were sound.
pub struct Refused {
    posted: Posted,
    errors: Vec<(&'static str, Text)>,
    files: Vec<FileRef>,
    /// The evidence that the sound files give; nothing where what is said of them all is wrong.
    sound: Vec<NewEvidence>,
}

impl Refused {
    /// A sound upload that something else stood against, with what was not taken of it.
    pub fn against(posted: Posted, left: &[NewEvidence], field: &'static str, why: Text) -> Refused {
        let files = left.iter().filter_map(|new| new.file.clone()).collect();
        Refused { posted, errors: vec![(field, why)], files, sound: Vec::new() }
    }

    /// What of it can be handed in all the same, for who goes elsewhere now, and what is wrong with the rest.
    pub fn left_behind(self) -> (Vec<NewEvidence>, Vec<Text>) {
        (self.sound, self.errors.into_iter().map(|(_, error)| error).collect())
    }
}

impl Upload {
    /// Reads it, with the files that an earlier form of this place had kept.
    pub fn read(page: &Page, place: &str, came: PostedFiles) -> Upload {
        let chosen = came.files.into_iter().filter(|file| file.field == "file").collect();
        let kept = came.form.all("kept").into_iter().filter_map(|sealed| unseal(page, place, sealed)).collect();
        Upload { posted: came.form, chosen, kept }
    }

    /// Whether there is a file.
    pub fn has_file(&self) -> bool {
        !self.chosen.is_empty() || !self.kept.is_empty()
    }

    /// Whether nothing was chosen or typed.
    pub fn is_blank(&self) -> bool {
        !self.has_file() && DETAILS.iter().all(|name| self.posted.get(name).trim().is_empty())
    }

    /// The evidence that it gives, one piece for each file; or what is wrong with it, and the files that are sound.
    pub async fn evidence(
        self,
        portal: &Portal,
        viewer: &Viewer,
        kinds: &[String],
    ) -> Result<Result<Vec<NewEvidence>, Refused>, Problem> {
        let Upload { posted, chosen, kept } = self;
        let form = &posted;
        let mut errors: Vec<(&'static str, Text)> = Vec::new();
        let kind = match kinds {
            [only] => only.clone(),
            kinds => kinds.iter().find(|kind| *kind == form.get("kind").trim()).cloned().unwrap_or_default(),
        };
        if kind.is_empty() {
            errors.push(("kind", ("请选择是什么材料。", "Say what it is.").into()));
        }
        let kind = match (kind == OTHER_EVIDENCE, form.get("name").trim()) {
            (false, "") => kind,
            // The field stands beside the kinds, and a name that is typed there is not to be lost unseen.
            (false, _) => {
                let text = Text::new(
                    format!("只有选“{OTHER_EVIDENCE}”才另写名称：请清空，或者改选“{OTHER_EVIDENCE}”。"),
                    "Only a document of another kind is given a name: empty this, or choose that kind.",
                );
                errors.push(("name", text));
                kind
            }
            (true, "") => {
                errors.push(("name", ("请写明是什么材料。", "Say what the document is.").into()));
                kind
            }
            // Named by the applicant, and never taken for a type that the rules ask for.
            (true, name) => {
                errors.extend(wrong_text(name_field(), name).map(|error| ("name", error)));
                format!("{OTHER_EVIDENCE}：{name}")
            }
        };
        let typed_date = form.get("issued_on").trim();
        let issued_on = match read_date(typed_date) {
            _ if typed_date.is_empty() => None,
            Ok(day) if day > portal.store.now().day() => {
                errors.push(("issued_on", ("出具日期不能晚于今天。", "It can't be later than today.").into()));
                None
            }
            Ok(day) if day < FIRST_DAY => {
                errors.push((
                    "issued_on",
                    ("不能早于1949年10月1日，请检查年份。", "It can't be before 1 October 1949: check the year.")
                        .into(),
                ));
                None
            }
            Ok(day) => Some(day),
            Err(error) => {
                errors.push(("issued_on", error));
                None
            }
        };
        for (name, field) in [("number", number_field()), ("issuer", issuer_field())] {
            errors.extend(wrong_text(field, form.get(name)).map(|error| (name, error)));
        }
        let mut files = kept;
        for one in chosen {
            match take(portal, viewer, one).await? {
                // The same file chosen twice is one.
                Ok(file) if files.iter().any(|there| there.sha256 == file.sha256) => {}
                Ok(file) => files.push(file),
                Err(error) => errors.push(("file", error)),
            }
        }
        if files.is_empty() && !errors.iter().any(|(name, _)| *name == "file") {
            errors.push(("file", ("请选择照片或文件。", "Choose a photo or a file.").into()));
        }
        let (number, issuer) = (form.get("number").trim(), form.get("issuer").trim());
        let piece = |file: &FileRef| NewEvidence {
            kind: kind.clone(),
            number: number.to_owned(),
            issuer: issuer.to_owned(),
            issued_on,
            file: Some(file.clone()),
        };
        let is_sound = errors.iter().all(|(field, _)| *field == "file");
        let sound = files.iter().filter(|_| is_sound).map(piece).collect();
        Ok(if errors.is_empty() { Ok(sound) } else { Err(Refused { posted, errors, files, sound }) })
    }
}

/// Keeps a file, or says why not, with its name.
async fn take(portal: &Portal, viewer: &Viewer, chosen: UploadedFile) -> Result<Result<FileRef, Text>, Problem> {
    let name = &chosen.file_name;
    match portal.store.put_file(&viewer.actor, name, chosen.bytes.to_vec()).await {
        Ok(file) => Ok(Ok(file)),
        Err(StoreError::TooLarge { .. }) => {
            let most = crate::format::bytes(MOST_FILE_BYTES);
            Ok(Err(Text::new(
                format!("“{name}”太大，每个文件不超过{most}。请压缩照片或分开上传。"),
                format!("“{name}” is too large: at most {most}. Make it smaller or send it in parts."),
            )))
        }
        // The store names the file itself.
        Err(error @ StoreError::BadInput { .. }) => Ok(Err(problem::for_form(error)?)),
        Err(error) => {
            let words = problem::for_form(error)?;
            Ok(Err(Text::new(
                format!("“{name}”没有收下：{}。", words.zh.trim_end_matches('。')),
                format!("“{name}” was not taken: {}.", words.en.trim_end_matches('.')),
            )))
        }
    }
}

/// The form before anyone has typed. Of several types none is chosen: what stands there is easily sent as it is.
fn begun(lang: Lang, english: &English, kinds: &[String]) -> Form {
    match kinds {
        [only] => form(lang, english, kinds).with("kind", only.clone()),
        _ => form(lang, english, kinds),
    }
}

fn form(lang: Lang, english: &English, kinds: &[String]) -> Form {
    let choices: Vec<Choice> =
        kinds.iter().map(|kind| Choice::new(kind.clone(), said::evidence(english, kind).headed())).collect();
    Form::new(
        lang,
        vec![
            Field::radios("kind", ("是什么材料", "What is it"), choices),
            name_field().optional(),
            Field::file("file", ("照片或文件", "Photos or files"), ACCEPT, MOST_FILE_BYTES)
                .several_within(MOST_TOGETHER)
                .hint((
                    "手机拍照即可，字要看得清。可以是照片（JPEG、PNG）、PDF、OFD、DOCX、XLSX。",
                    "Photos that can be read will do: JPEG, PNG, PDF, OFD, DOCX or XLSX.",
                )),
            number_field().optional(),
            issuer_field().optional(),
            Field::date("issued_on", ("出具日期", "Issued on")).optional(),
        ],
    )
}

fn name_field() -> Field {
    let hint = (
        "选“其他证明材料”的必填，例如：厂房租赁合同。",
        "Required with “other evidence”, such as: lease of the premises.",
    );
    Field::text("name", ("材料名称", "What the document is called")).hint(hint).max_chars(MOST_OF_A_NAME)
}

fn number_field() -> Field {
    Field::text("number", ("文号或证书编号", "Its number")).max_chars(80)
}

fn issuer_field() -> Field {
    Field::text("issuer", ("出具单位", "Issued by")).max_chars(80)
}

/// A file that was taken while something else in its form was wrong: its name and hash go out with the page, signed, and
/// come back, so that nobody has to choose it again, and nobody can name another's.
fn seal(page: &Page, place: &str, file: &FileRef) -> String {
    let size = file.size.to_string();
    let pairs = [("sha", &*file.sha256), ("name", &*file.name), ("type", &*file.media_type), ("size", &*size)];
    let message = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}.{message}", page.site().key.sign("evidence", &format!("{place}/{message}")))
}

fn unseal(page: &Page, place: &str, sealed: &str) -> Option<FileRef> {
    let (signature, message) = sealed.split_once('.')?;
    if !page.site().key.verify_signature("evidence", &format!("{place}/{message}"), signature) {
        return None;
    }
    let value = |name: &str| {
        form_urlencoded::parse(message.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let size = value("size")?.parse().ok()?;
    Some(FileRef { sha256: value("sha")?, name: value("name")?, media_type: value("type")?, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_types_none_is_chosen_beforehand() {
        let kinds = ["标准立项文件".to_owned(), OTHER_EVIDENCE.to_owned()];
        assert_eq!(begun(Lang::Zh, &English::default(), &kinds).text("kind"), "");
        assert_eq!(begun(Lang::Zh, &English::default(), &kinds[..1]).text("kind"), "标准立项文件");
    }
}
