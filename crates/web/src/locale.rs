//! The language of a page: which one a reader wants, and texts that stand in both beside their use.
//!
//! There are no files of keys. A text is a pair where it is used: `lang.t("提交", "Submit")` in Rust,
//! `{{ page.t("提交", "Submit") }}` in a template. A text made in one place and shown in another is a [`Text`].

use std::borrow::{Borrow, Cow};

use axum::http::{HeaderMap, header};
pub use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::format;

/// What a page needs of a language.
pub trait Speak {
    /// The text of this language: Chinese first, English second.
    fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str;
    /// The value of the `lang` attribute.
    fn tag(self) -> &'static str;
    /// The word in the cookie and in `?lang=`.
    fn word(self) -> &'static str;
    /// The other one.
    fn other(self) -> Lang;
}

impl Speak for Lang {
    fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn tag(self) -> &'static str {
        self.t("zh-CN", "en")
    }

    fn word(self) -> &'static str {
        self.t("zh", "en")
    }

    fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }
}

/// A text in both languages, for what is made before the reader is known (navigation, labels of fields, refusals).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A pair.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The same in both languages: a number, the name of a firm.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Text {
        let text = text.into();
        Text { zh: text.clone(), en: text }
    }

    /// The text for a reader.
    pub fn get(&self, lang: impl Borrow<Lang>) -> &str {
        lang.borrow().t(&self.zh, &self.en)
    }

    /// For the head of something, where English begins with a capital.
    pub fn headed(self) -> Text {
        Text::new(self.zh, format::capital(&self.en))
    }

    /// The `lang` attribute that it needs on a page in a language, where it stands there in Chinese because someone typed it so or the
    /// pack says it in nothing else: screen readers and fonts go by it.
    pub fn own_tag(&self, lang: impl Borrow<Lang>) -> Option<&'static str> {
        let is_han = |one: char| matches!(one, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}');
        let is_foreign = *lang.borrow() != Lang::Zh && self.zh == self.en && self.zh.contains(is_han);
        is_foreign.then(|| Lang::Zh.tag())
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<(&'static str, &'static str)> for Text {
    fn from((zh, en): (&'static str, &'static str)) -> Text {
        Text::new(zh, en)
    }
}

/// The language a request asks for: `?lang=` before the cookie `lang` before Chinese. The browser's `Accept-Language` is
/// not asked: office computers often announce English without anyone having chosen it.
pub fn lang_of(query: Option<&str>, headers: &HeaderMap) -> Lang {
    lang_in_query(query).or_else(|| cookie(headers, "lang").and_then(parse_lang)).unwrap_or(Lang::Zh)
}

/// The value of a cookie of the request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The address of the same page in another language; other parts of the query stay.
pub fn href_in(lang: Lang, path: &str, query: Option<&str>) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.unwrap_or("").as_bytes()).filter(|(key, _)| key != "lang") {
        pairs.append_pair(&key, &value);
    }
    pairs.append_pair("lang", lang.word());
    // A path that begins with two slashes would be read as another host.
    format!("/{}?{}", path.trim_start_matches('/'), pairs.finish())
}

/// The language that the address itself asks for.
pub fn lang_in_query(query: Option<&str>) -> Option<Lang> {
    form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key == "lang").and_then(|(_, value)| parse_lang(&value))
}

fn parse_lang(word: &str) -> Option<Lang> {
    match word {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_address_wins_over_the_cookie_and_chinese_is_the_default() {
        let mut headers = HeaderMap::new();
        assert_eq!(lang_of(None, &headers), Lang::Zh);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; lang=en"));
        assert_eq!(lang_of(None, &headers), Lang::En);
        assert_eq!(lang_of(Some("x=1&lang=zh"), &headers), Lang::Zh);
        assert_eq!(lang_of(Some("lang=klingon"), &headers), Lang::En);
    }

    #[test]
    fn switching_keeps_the_rest_of_the_query() {
        assert_eq!(
            href_in(Lang::En, "/cases", Some("desk=2&lang=zh&q=%E5%8D%97")),
            "/cases?desk=2&q=%E5%8D%97&lang=en"
        );
    }
}
