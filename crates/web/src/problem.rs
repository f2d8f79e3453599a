//! What went wrong, for the reader: 400 to 500, as a page in the reader's language.
//!
//! A handler returns `Err(Problem::not_found())`; [`render`] turns it, and any bare error of the framework, into a page
//! with the usual header. Nothing technical reaches the reader but the number of the request; [`Site::log`] gets the rest.

use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use duixian_casework::moment::Moment;
use duixian_store::StoreError;

use crate::format;
use crate::locale::{Lang, Text};
use crate::page::{Page, Site};
use crate::shell::Shell;

/// An error that ends a request. One pointer wide, since every handler's result has room for it.
#[derive(Clone, Debug)]
pub struct Problem(Box<Report>);

/// What a [`Problem`] says.
#[derive(Clone, Debug)]
pub struct Report {
    /// The status.
    pub status: StatusCode,
    /// The heading.
    pub title: Text,
    /// What was wrong.
    pub what: Text,
    /// What the reader can do.
    pub todo: Text,
    /// For 429 and 503: seconds until another attempt makes sense.
    pub retry_after: Option<u32>,
    /// For the log only.
    pub detail: Option<String>,
}

impl Problem {
    /// 404: there is no such page, or the viewer may not know that there is.
    pub fn not_found() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            ("没有找到这个页面", "There is no such page"),
            (
                "网址可能抄错，也可能是内容已经移走，或者不归您查看。",
                "The address may be mistyped, the page moved, or not yours to see.",
            ),
            ("请检查网址，或者从首页重新进入。", "Check the address, or start again from the first page."),
        )
    }

    /// 403: known, but not allowed. Say by which rule and who could.
    pub fn forbidden(why: impl Into<Text>) -> Problem {
        Problem(Box::new(Report {
            what: why.into(),
            ..Report::new(
                StatusCode::FORBIDDEN,
                ("这一步您不能办理", "You may not do this"),
                ("", ""),
                ("如果您认为应当有权限，请联系管理员。", "If you think you should be able to, ask the administrator."),
            )
        }))
    }

    /// 403: the form came without the token of this session.
    pub fn forged() -> Problem {
        Problem::new(
            StatusCode::FORBIDDEN,
            ("这张表单已经过期", "This form has expired"),
            (
                "表单不是在您当前的登录状态下打开的，可能是期间退出或者重新登录过。内容没有提交。",
                "The form was not opened in your current session; perhaps you signed out or in since. Nothing was submitted.",
            ),
            ("请返回上一页，刷新后再提交。", "Go back, reload the page and submit again."),
        )
    }

    /// 409: the case has moved on since the page was shown, or the rule forbids it now.
    pub fn conflict(why: impl Into<Text>) -> Problem {
        Problem(Box::new(Report {
            what: why.into(),
            ..Report::new(
                StatusCode::CONFLICT,
                ("情况已经变化，没有办理", "Things have changed; nothing was done"),
                ("", ""),
                ("请刷新页面，看清现在的状态再办。", "Reload the page and look at the present state first."),
            )
        }))
    }

    /// 400: not what a form of ours sends.
    pub fn bad_request(detail: impl Into<String>) -> Problem {
        Problem(Box::new(Report {
            detail: Some(detail.into()),
            ..Report::new(
                StatusCode::BAD_REQUEST,
                ("没有看懂这个请求", "This request could not be understood"),
                ("提交的内容不完整，或者格式不对。", "What was sent is incomplete or not in the expected form."),
                ("请返回上一页，刷新后再试。", "Go back, reload the page and try again."),
            )
        }))
    }

    /// 413.
    pub fn too_large() -> Problem {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ("提交的内容太大", "Too much was sent at once"),
            ("内容超过了允许的大小，没有保存。", "It is larger than allowed and was not kept."),
            ("请压缩照片，或者分开上传。", "Make photos smaller, or upload the files one by one."),
        )
    }

    /// 413, where it is known how many bytes may be sent at once.
    pub fn larger_than(most: usize) -> Problem {
        let most = format::bytes(most as u64);
        Problem::too_large().saying(Text::new(
            format!("一次最多提交 {most}，这次超过了，内容没有保存。"),
            format!("At most {most} can be sent at once, and this was more: nothing was kept."),
        ))
    }

    /// 429: too many attempts.
    pub fn too_many(retry_after_seconds: u32) -> Problem {
        Problem(Box::new(Report {
            retry_after: Some(retry_after_seconds),
            ..Report::new(
                StatusCode::TOO_MANY_REQUESTS,
                ("操作太频繁", "Too many attempts"),
                ("为了安全，短时间内的尝试次数有限。", "For safety, attempts within a short time are limited."),
                ("请稍等片刻再试。", "Please wait a moment and try again."),
            )
        }))
    }

    /// 503: the database is away or the disk is full; nothing was done.
    pub fn unavailable(detail: impl Into<String>) -> Problem {
        Problem(Box::new(Report {
            retry_after: Some(30),
            detail: Some(detail.into()),
            ..Report::new(
                StatusCode::SERVICE_UNAVAILABLE,
                ("系统暂时不能办理", "The service is unavailable for the moment"),
                ("数据没有写入，也没有丢失。", "Nothing was written and nothing was lost."),
                ("请过几分钟再试；急办请致电经办窗口。", "Try again in a few minutes, or call the service desk."),
            )
        }))
    }

    /// 500: our mistake. The detail goes to the log.
    pub fn internal(detail: impl Into<String>) -> Problem {
        Problem(Box::new(Report {
            detail: Some(detail.into()),
            ..Report::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                ("系统出错了", "Something went wrong on our side"),
                ("错误已经记录，这一步没有办成。", "The error has been recorded; this step was not done."),
                (
                    "请再试一次；仍不行时，把下面的编号告诉管理员。",
                    "Try once more; if it fails again, give the administrator the number below.",
                ),
            )
        }))
    }

    /// What a bare status means, for errors the framework answers itself.
    pub fn of_status(status: StatusCode) -> Problem {
        match status {
            StatusCode::NOT_FOUND => Problem::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            StatusCode::TOO_MANY_REQUESTS => Problem::too_many(60),
            StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable(""),
            StatusCode::METHOD_NOT_ALLOWED => Problem::new(
                status,
                ("这个网址不能这样用", "This address cannot be used this way"),
                (
                    "这个网址只接受另一种操作，例如只能从表单提交。",
                    "It takes another kind of request, such as a form being sent.",
                ),
                ("请从页面上的按钮或链接进入。", "Use the buttons and links of the pages."),
            ),
            _ if status.is_server_error() => Problem::internal("").with_status(status),
            _ => Problem::bad_request("").with_status(status),
        }
    }

    /// The same under another status.
    pub fn with_status(self, status: StatusCode) -> Problem {
        Problem(Box::new(Report { status, ..*self.0 }))
    }

    /// The same with other advice.
    pub fn with_todo(self, todo: impl Into<Text>) -> Problem {
        Problem(Box::new(Report { todo: todo.into(), ..*self.0 }))
    }

    fn new(
        status: StatusCode,
        title: (&'static str, &'static str),
        what: (&'static str, &'static str),
        todo: (&'static str, &'static str),
    ) -> Problem {
        Problem(Box::new(Report::new(status, title, what, todo)))
    }
}

impl Report {
    fn new(
        status: StatusCode,
        title: (&'static str, &'static str),
        what: (&'static str, &'static str),
        todo: (&'static str, &'static str),
    ) -> Report {
        Report { status, title: title.into(), what: what.into(), todo: todo.into(), retry_after: None, detail: None }
    }
}

impl Deref for Problem {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

/// What a form says beside its field, or at its top, of an answer of the store; `Err` where it is no answer to a form.
pub fn for_form(error: StoreError) -> Result<Text, Problem> {
    match error {
        StoreError::Refused(_)
        | StoreError::Conflict { .. }
        | StoreError::BadInput { .. }
        | StoreError::TooLarge { .. } => Ok(words(&error)),
        other => Err(other.into()),
    }
}

/// What the store says, in both languages.
pub fn words(error: &StoreError) -> Text {
    Text::new(error.text(Lang::Zh), error.text(Lang::En))
}

impl Problem {
    /// The same, with other words for what was wrong.
    fn saying(mut self, what: Text) -> Problem {
        self.0.what = what;
        self
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let what = words(&error);
        match error {
            // Who may not know of a thing is not told that it is there.
            StoreError::Denied | StoreError::NotFound => Problem::not_found(),
            StoreError::Refused(_) | StoreError::Conflict { .. } => Problem::conflict(what),
            StoreError::TooLarge { .. } => Problem::too_large().saying(what),
            StoreError::BadInput { .. } => {
                Problem::bad_request("").with_status(StatusCode::UNPROCESSABLE_ENTITY).saying(what)
            }
            StoreError::Environment { ref source, .. } => Problem::unavailable(source.to_string()).saying(what),
            StoreError::Corrupt { .. } => Problem::internal(error.to_string()),
        }
    }
}

/// An answer that says from when on it makes sense to try again, which it has in words already: `Retry-After`, in seconds.
pub fn until(mut response: Response, (now, until): (Moment, Moment)) -> Response {
    let seconds = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default().div_ceil(1000).max(1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

impl IntoResponse for Problem {
    /// A bare status with the problem attached; [`render`] makes the page.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware: gives every error a page. Answers that already have one are left alone.
pub async fn render(request: Request, next: Next) -> Response {
    let shell = request.extensions().get::<Arc<Shell>>().cloned();
    let site = request.extensions().get::<Arc<Site>>().cloned();
    let line = format!("{} {}", request.method(), request.uri().path());
    let step = step_before(&request);
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let has_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    let problem = response.extensions().get::<Problem>().cloned();
    let (Some(shell), Some(site)) = (shell, site) else { return response };
    if has_page && problem.is_none() {
        return response;
    }
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    if status.is_server_error() {
        let detail = problem.detail.as_deref().unwrap_or("");
        (site.log)(&format!("{status} {line} request {}: {detail}", shell.request_id));
    }
    let page = Page::new(site, shell.clone()).titled(problem.title.clone()).narrow();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // What was too large is to be sent anew, in smaller pieces, where it came from.
    let back = step.filter(|_| status == StatusCode::PAYLOAD_TOO_LARGE);
    let html = ProblemPage { page, problem: &problem, request_id: &shell.request_id, back }.render();
    // A page that cannot be rendered must not hide the error itself.
    Response::from_parts(parts, html.unwrap_or_else(|_| problem.title.zh.to_string()).into())
}

/// The path of the page of ours that a form was sent from, where the browser says it.
fn step_before(request: &Request) -> Option<String> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (_, rest) = header(header::REFERER)?.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let path = path.split(['?', '#']).next().filter(|path| !path.starts_with("//"))?;
    (request.method() == Method::POST && Some(host) == header(header::HOST)).then(|| path.to_owned())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Page,
    problem: &'a Problem,
    request_id: &'a str,
    /// Where what was sent came from, to which one goes back.
    back: Option<String>,
}
