//! What came with a POST. Reading it checks the form's token: a handler cannot forget to.

use std::sync::Arc;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use duixian_text::has_unseen;
use encoding_rs::GBK;

use crate::app::FORM_BYTES;
use crate::csrf;
use crate::once::{self, Once};
use crate::page::Site;
use crate::problem::Problem;
use crate::shell::Shell;
use crate::uploads::Room;
use crate::viewer::Sender;

/// How many bytes an upload is taken for that does not say its size.
const UNTOLD: u64 = 48 << 20;
/// What a file is called whose name could not be read.
const UNNAMED: &str = "文件";
/// How many fields a form may send.
const MAX_FIELDS: usize = 2_000;

/// The fields of a posted form, its token checked. An extractor; it must be the last argument of a handler.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    pairs: Vec<(String, String)>,
}

impl Posted {
    /// From pairs, for tests and for values out of a draft.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Posted {
        Posted { pairs: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// From the query of a page, for filters, which change nothing and need no token.
    pub fn from_query(query: Option<&str>) -> Posted {
        let pairs = form_urlencoded::parse(query.unwrap_or("").as_bytes()).take(MAX_FIELDS);
        Posted::from_pairs(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())))
    }

    /// All pairs in the order of the page.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The first value of a name: empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All values of a name, as of the checkboxes of a list.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value).collect()
    }

    /// Whether a button or field of this name was sent.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    /// The number by which a second arrival of the same form is known.
    pub fn once(&self) -> Result<Once, Problem> {
        Once::parse(self.get(once::FIELD)).ok_or_else(|| Problem::bad_request("the form has no number (_once)"))
    }

    /// The same as the store's key.
    pub fn key(&self) -> Result<duixian_store::Key, Problem> {
        Ok(self.once()?.key())
    }
}

/// A file as it came.
#[derive(Clone)]
pub struct UploadedFile {
    /// The field that it came in.
    pub field: String,
    /// The name it had on the sender's disk: to be shown, never to be used as a path.
    pub file_name: String,
    /// What the browser says it is; look at the bytes instead.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// How many bytes a route with files takes in all, where it says so: whoever sends more reads it.
#[derive(Clone, Copy)]
pub struct Most(pub usize);

/// A posted form with files, its token checked. The route sets `DefaultBodyLimit::max`. An extractor like [`Posted`].
#[derive(Clone)]
pub struct PostedFiles {
    /// The fields that are not files.
    pub form: Posted,
    /// The files that were chosen: fields left empty are not among them.
    pub files: Vec<UploadedFile>,
    /// Their room in memory.
    _room: Option<Arc<Room>>,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Posted, Problem> {
        let guard = Guard::of(&request)?;
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Problem::bad_request("not a form").with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| guard.broken(rejection.status()))?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes)
            .take(MAX_FIELDS + 1)
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let posted = Posted { pairs };
        guard.check(&posted)?;
        guard.still().await?;
        Ok(posted)
    }
}

impl<S: Send + Sync> FromRequest<S> for PostedFiles {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<PostedFiles, Problem> {
        let guard = Guard::of(&request)?;
        // Browsers say how much they will send; whoever does not takes as much room as fits.
        let room =
            guard.sender.as_ref().map(|sender| sender.upload(request.body().size_hint().exact().unwrap_or(UNTOLD)));
        let room = room.transpose()?.map(Arc::new);
        let mut parts =
            Multipart::from_request(request, state).await.map_err(|rejection| guard.broken(rejection.status()))?;
        let broken = |error: MultipartError| guard.broken(error.status());
        let mut form = Posted::default();
        let mut files = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            // Whatever came is kept, or the sender is told: a part nobody asks for would be lost without a word.
            let field = part.name().ok_or_else(|| Problem::bad_request("a part without a name"))?.to_owned();
            let file_name = part.file_name().map(str::to_owned).or_else(|| name_in_bytes(part.headers()));
            let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
            match file_name {
                None => form.pairs.push((field, part.text().await.map_err(broken)?)),
                Some(file_name) => {
                    // The token stands before the files in the page: a forged upload is not read at all.
                    if files.is_empty() {
                        guard.check(&form)?;
                    }
                    let bytes = part.bytes().await.map_err(broken)?;
                    if !file_name.is_empty() || !bytes.is_empty() {
                        files.push(UploadedFile { field, file_name, content_type, bytes });
                    }
                }
            }
            if form.pairs.len() + files.len() > MAX_FIELDS {
                return Err(Problem::bad_request("too many fields"));
            }
        }
        guard.check(&form)?;
        guard.still().await?;
        Ok(PostedFiles { form, files, _room: room })
    }
}

/// The name of a part's file where it is not UTF-8: old systems send it as it lies on their disk. It is read as GBK, or else goes
/// by its ending. None where the part is no file.
fn name_in_bytes(headers: &HeaderMap) -> Option<String> {
    const NAME: &[u8] = b"filename";
    let header = headers.get(header::CONTENT_DISPOSITION)?.as_bytes();
    let is_start = |at: usize| at > 0 && matches!(header[at - 1], b';' | b' ' | b'\t');
    let starts = header.windows(NAME.len()).enumerate().filter(|(at, window)| *window == NAME && is_start(*at));
    let rest = &header[starts.map(|(at, _)| at + NAME.len()).next()?..];
    let sent =
        rest.strip_prefix(b"=\"").map_or(rest, |quoted| quoted.split(|byte| *byte == b'"').next().unwrap_or(quoted));
    let (name, _, is_broken) = GBK.decode(sent);
    if rest.starts_with(b"=\"") && !is_broken && !has_unseen(&name) {
        return Some(name.into_owned());
    }
    let ending = sent.rsplit(|byte| *byte == b'.').next().filter(|ending| ending.len() < sent.len().min(8));
    let ending = ending.and_then(|ending| std::str::from_utf8(ending).ok());
    let ending = ending.filter(|ending| ending.chars().all(|one| one.is_ascii_alphanumeric()));
    Some(ending.map_or_else(|| UNNAMED.to_owned(), |ending| format!("{UNNAMED}.{ending}")))
}

/// What is needed of a request to check a form's token and its sender after the body has been read.
struct Guard {
    site: Arc<Site>,
    shell: Arc<Shell>,
    sender: Option<Sender>,
    most: usize,
}

impl Guard {
    fn of(request: &Request) -> Result<Guard, Problem> {
        let extensions = request.extensions();
        match (extensions.get::<Arc<Site>>(), extensions.get::<Arc<Shell>>()) {
            (Some(site), Some(shell)) => {
                let most = extensions.get::<Most>().map_or(FORM_BYTES, |most| most.0);
                let (site, shell) = (site.clone(), shell.clone());
                Ok(Guard { site, shell, sender: extensions.get::<Sender>().cloned(), most })
            }
            _ => Err(Problem::internal("the route lies outside app::surround")),
        }
    }

    /// Why a body could not be read to its end.
    fn broken(&self, status: StatusCode) -> Problem {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::larger_than(self.most),
            _ => Problem::of_status(status),
        }
    }

    /// Refuses whoever may not go on any more, now that all has come.
    async fn still(&self) -> Result<(), Problem> {
        match &self.sender {
            Some(sender) => sender.still().await,
            None => Ok(()),
        }
    }

    fn check(&self, posted: &Posted) -> Result<(), Problem> {
        if posted.pairs.len() > MAX_FIELDS {
            return Err(Problem::bad_request("too many fields"));
        }
        if self.site.key.verify(self.shell.form_session(), posted.get(csrf::FIELD)) {
            Ok(())
        } else {
            Err(Problem::forged())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_name_of_a_file_is_read_in_whatever_bytes_it_was_sent() {
        let name = |sent: &[u8]| {
            let value = HeaderValue::from_bytes(sent).expect("a header");
            name_in_bytes(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, value)]))
        };
        let of = |file: &[u8]| name(&[b"form-data; name=\"file\"; filename=\"", file, b"\""].concat());
        assert_eq!(of(b"\xd6\xa4\xca\xe9.pdf").as_deref(), Some("证书.pdf"));
        assert_eq!(of(b"\xff\xfe\xff.pdf").as_deref(), Some("文件.pdf"));
        assert_eq!(of(b"\xff\xff").as_deref(), Some("文件"));
        assert_eq!(name(b"form-data; name=\"file\"; filename*=UTF-8''%ff.pdf").as_deref(), Some("文件.pdf"));
        assert_eq!(name(b"form-data; name=\"filename\""), None);
        assert_eq!(name(b"form-data; name=\"note\""), None);
    }
}
