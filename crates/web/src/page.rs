//! What every page has: programme, navigation, who is signed in, language, messages. Templates extend `page.html` and
//! have a field `page`.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveDateTime};
use duixian_money::Fen;

use crate::assets;
use crate::csrf::Key;
use crate::format;
use crate::locale::{self, Lang, Speak, Text};
use crate::once::Once;
use crate::problem::Problem;
use crate::shell::{Flash, Shell, Viewer};

/// What is the same for the whole installation.
pub struct Site {
    /// The name at the top: `南明区产业扶持资金`.
    pub programme: Text,
    /// The office that runs it; stands at the foot.
    pub office: Text,
    /// Where people can ask; stands at the foot. May be empty.
    pub contact: String,
    /// In demo mode: the day that counts as today. `None` in real use.
    pub demo_today: Option<Box<dyn Fn() -> NaiveDate + Send + Sync>>,
    /// Whether readers come over HTTPS (directly or through a proxy): then cookies are `Secure` and HSTS is sent.
    pub https: bool,
    /// Signs forms and messages.
    pub key: Key,
    /// Where errors of ours are written, one line each.
    pub log: fn(&str),
    /// What visitors find in the navigation before they sign in.
    pub public_nav: Vec<NavItem>,
}

/// A link of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads. The item is current on this path and on all below it.
    pub href: String,
    /// Its name.
    pub text: Text,
}

impl NavItem {
    /// A link.
    pub fn new(href: impl Into<String>, zh: &'static str, en: &'static str) -> NavItem {
        NavItem { href: href.into(), text: Text::new(zh, en) }
    }
}

/// How wide the content runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// For reading and for one question at a time.
    Narrow,
    /// For most pages.
    #[default]
    Normal,
    /// For dense tables and the case on one page: the whole screen.
    Wide,
}

/// The surroundings of one page. An extractor: handlers take it as an argument.
#[derive(Clone)]
pub struct Page {
    /// The reader's language.
    pub lang: Lang,
    /// The title, at the top of the page and of the window.
    pub title: Text,
    /// A short sentence under the title.
    pub lead: Text,
    /// Where this page hangs: from the outside in, without the page itself.
    pub crumbs: Vec<NavItem>,
    /// How wide it is.
    pub width: Width,
    site: Arc<Site>,
    shell: Arc<Shell>,
}

impl Page {
    /// A page of a request.
    pub fn new(site: Arc<Site>, shell: Arc<Shell>) -> Page {
        Page {
            lang: shell.lang,
            title: Text::default(),
            lead: Text::default(),
            crumbs: Vec::new(),
            width: Width::Normal,
            site,
            shell,
        }
    }

    /// Sets the title.
    pub fn titled(self, title: impl Into<Text>) -> Page {
        Page { title: title.into().headed(), ..self }
    }

    /// Sets the sentence under the title.
    pub fn led(self, lead: impl Into<Text>) -> Page {
        Page { lead: lead.into(), ..self }
    }

    /// Adds a step of the way here.
    pub fn under(mut self, href: impl Into<String>, text: impl Into<Text>) -> Page {
        self.crumbs.push(NavItem { href: href.into(), text: text.into() });
        self
    }

    /// For reading, and for one question at a time.
    pub fn narrow(self) -> Page {
        Page { width: Width::Narrow, ..self }
    }

    /// For dense tables.
    pub fn wide(self) -> Page {
        Page { width: Width::Wide, ..self }
    }

    /// The answer: 200 with the template, or our mistake where it cannot be rendered.
    pub fn show(template: &impl Template) -> Result<Response, Problem> {
        Page::show_as(StatusCode::OK, template)
    }

    /// The same with another status: 422 for a form with errors.
    pub fn show_as(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
        let html = template.render().map_err(|error| Problem::internal(format!("a template failed: {error}")))?;
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        Ok((status, [(header::CONTENT_TYPE, kind)], html).into_response())
    }

    /// The text of the reader's language.
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }

    /// A pair's text in the reader's language.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// Texts one after the other, in the reader's language.
    pub fn list(&self, texts: &[Text]) -> String {
        texts.iter().map(|text| self.text(text)).collect::<Vec<_>>().join(self.t("、", ", "))
    }

    /// The `lang` attribute of a text of the pack, which may have no English.
    pub fn tag_of(&self, text: &Text) -> &'static str {
        if text.zh == text.en { Lang::Zh.tag() } else { self.lang.tag() }
    }

    /// A text in the reader's language; one that is Chinese for every reader is marked as such.
    pub fn marked(&self, text: &Text) -> Marked {
        Marked { tag: text.own_tag(self.lang), text: self.text(text).to_owned() }
    }

    /// What someone has typed, such as the name of a round: it stays as it is, and is marked where it is in Chinese on a page in English.
    pub fn typed(&self, text: &str) -> Marked {
        self.marked(&Text::same(text.to_owned()))
    }

    /// Whether the reader reads Chinese, for sentences whose order differs.
    pub fn zh(&self) -> bool {
        self.lang == Lang::Zh
    }

    /// `300,000元`.
    pub fn yuan(&self, amount: impl std::borrow::Borrow<Fen>) -> String {
        format::yuan(self.lang, *amount.borrow())
    }

    /// `30.00万元`.
    pub fn wan(&self, amount: impl std::borrow::Borrow<Fen>) -> String {
        format::wan(self.lang, *amount.borrow())
    }

    /// `2017年5月3日`.
    pub fn date(&self, date: impl std::borrow::Borrow<NaiveDate>) -> String {
        format::date(self.lang, *date.borrow())
    }

    /// `2017年5月3日 14:05`.
    pub fn moment(&self, moment: impl std::borrow::Borrow<NaiveDateTime>) -> String {
        format::moment(self.lang, *moment.borrow())
    }

    /// The token for a form's hidden field `_csrf`.
    pub fn csrf(&self) -> String {
        self.site.key.token(self.shell.form_session())
    }

    /// The hidden fields of a form: the session's token, and a number by which the form is done once. The number is fresh each
    /// time it is asked for, so that each form of a page has its own.
    pub fn tokens(&self) -> Tokens {
        // Without randomness no request gets as far as a page; a form without a number is refused, not done twice.
        let once = Once::fresh().map(|once| once.to_string()).unwrap_or_default();
        Tokens { csrf: self.csrf(), once }
    }

    /// The installation.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Who is signed in.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.shell.viewer()
    }

    /// The message left by the page before.
    pub fn flash(&self) -> Option<&Flash> {
        self.shell.flash.as_ref()
    }

    /// The path of this page.
    pub fn path(&self) -> &str {
        &self.shell.path
    }

    /// The query of this page.
    pub fn query(&self) -> Option<&str> {
        self.shell.query.as_deref()
    }

    /// The first value of a name in the query; `None` where it is not there or empty.
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query()?.as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// This page with some of its query changed; an empty value takes a name out.
    pub fn href_with(&self, changes: &[(&str, &str)]) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (key, value) in form_urlencoded::parse(self.query().unwrap_or("").as_bytes()) {
            if key != "lang" && !changes.iter().any(|(changed, _)| *changed == key) {
                pairs.append_pair(&key, &value);
            }
        }
        for (key, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
            pairs.append_pair(key, value);
        }
        let query = pairs.finish();
        if query.is_empty() { self.path().to_owned() } else { format!("{}?{query}", self.path()) }
    }

    /// The navigation of this viewer.
    pub fn nav(&self) -> &[NavItem] {
        self.viewer().map_or(&self.site.public_nav, |viewer| &viewer.nav)
    }

    /// Whether an area is the viewer's to enter, so that its link stands in their navigation. Whoever reads a page of an area that is not
    /// finds nothing there to press.
    pub fn has_area(&self, href: &str) -> bool {
        self.nav().iter().any(|item| item.href == href)
    }

    /// Whether a link of the navigation is where this page is: the longest that fits.
    pub fn is_current(&self, item: &NavItem) -> bool {
        let fits = |href: &str| {
            self.path() == href
                || (href != "/" && self.path().strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
        };
        fits(&item.href) && !self.nav().iter().any(|other| other.href.len() > item.href.len() && fits(&other.href))
    }

    /// How many messages nobody has opened, beside the link that leads to them; none where there are none.
    pub fn unread_at(&self, item: &NavItem) -> Option<u32> {
        self.viewer().map(|viewer| viewer.unread).filter(|unread| *unread > 0 && item.href == "/messages")
    }

    /// The demo's day, where this is a demo.
    pub fn demo_today(&self) -> Option<String> {
        self.site.demo_today.as_ref().map(|today| self.date(today()))
    }

    /// The `lang` attribute.
    pub fn lang_tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// The `lang` attribute of the other language.
    pub fn other_lang_tag(&self) -> &'static str {
        self.lang.other().tag()
    }

    /// This page in the other language.
    pub fn other_lang_href(&self) -> String {
        locale::href_in(self.lang.other(), self.path(), self.query())
    }

    /// The class that sets the width.
    pub fn width_class(&self) -> &'static str {
        match self.width {
            Width::Narrow => "narrow",
            Width::Normal => "normal",
            Width::Wide => "wide",
        }
    }

    /// The address of a style sheet or script.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// The scripts of every page.
    pub fn scripts(&self) -> [&'static str; 6] {
        assets::SCRIPTS
    }
}

/// See [`Page::marked`].
#[derive(Template)]
#[template(
    source = r#"{% if let Some(tag) = tag %}<span lang="{{ tag }}">{{ text }}</span>{% else %}{{ text }}{% endif %}"#,
    ext = "html"
)]
pub struct Marked {
    tag: Option<&'static str>,
    text: String,
}

impl HtmlSafe for Marked {}

/// See [`Page::tokens`].
#[derive(Template)]
#[template(
    source = r#"<input type="hidden" name="_csrf" value="{{ csrf }}"><input type="hidden" name="_once" value="{{ once }}">"#,
    ext = "html"
)]
pub struct Tokens {
    csrf: String,
    once: String,
}

impl HtmlSafe for Tokens {}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Page, Problem> {
        match (parts.extensions.get::<Arc<Site>>(), parts.extensions.get::<Arc<Shell>>()) {
            (Some(site), Some(shell)) => Ok(Page::new(site.clone(), shell.clone())),
            _ => Err(Problem::internal("the route lies outside app::surround")),
        }
    }
}
