//! The list that an official came from, kept in the address of each case on the way: what comes next is the next of that list.

use duixian_casework::case::CaseId;
use duixian_store::cases::CaseFilter;

use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

use super::filters;

/// In the address: the case that came next when the page was opened. What is done to a case may move it within its list.
const NEXT: &str = "next";

/// What of an address is not of the list: the reader's language, and what only this page has.
const NOT_OF_LIST: [&str; 4] = ["lang", "case", "all", NEXT];

/// The list that a page hangs under.
pub struct Following {
    /// Its filter and order, as they stand in addresses; empty where someone came from elsewhere.
    query: String,
    /// The case that was next when the page was opened on which something was done.
    kept: Option<CaseId>,
    /// The case that is next now.
    next: Option<CaseId>,
}

impl Following {
    /// As the address of a page has it.
    pub fn of(page: &Page) -> Following {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(page.query().unwrap_or_default().as_bytes()) {
            if !NOT_OF_LIST.contains(&&*name) {
                pairs.append_pair(&name, &value);
            }
        }
        let kept = page.query_value(NEXT).and_then(|id| id.parse().ok()).map(CaseId);
        Following { query: pairs.finish(), kept, next: None }
    }

    /// Where the list is.
    pub fn list_href(&self) -> String {
        with_query("/work", &self.query)
    }

    /// Where another case of the list is.
    pub fn case_href(&self, id: CaseId) -> String {
        with_query(&format!("/work/cases/{}", id.0), &self.query)
    }

    /// What goes behind the address of what is done to a case, and of the case after that: the list, and what comes next in it.
    pub fn suffix(&self) -> String {
        let next = self.next.or(self.kept).map_or_else(String::new, |id| format!("{NEXT}={}", id.0));
        let parts: Vec<&str> =
            [self.query.as_str(), next.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// Whether they came from a list.
    pub fn is_of_list(&self) -> bool {
        !self.query.is_empty()
    }

    /// The case that comes after one in the list; where they came from none, among all that waits for them, by its deadline.
    pub async fn find(
        &mut self,
        portal: &Portal,
        viewer: &Viewer,
        page: &Page,
        id: CaseId,
    ) -> Result<Option<(String, Text)>, Problem> {
        let filter = match self.is_of_list() {
            true => filters::asked(page, viewer),
            false => CaseFilter { mine: true, ..CaseFilter::default() },
        };
        let store = &portal.store;
        let row = match self.kept.filter(|kept| *kept != id) {
            // Who was quicker may have done it meanwhile: then the one after it is next.
            Some(kept) => match store.case_in(&viewer.actor, &filter, kept).await? {
                Some(row) => Some(row),
                None => store.next_case(&viewer.actor, &filter, kept).await?.filter(|row| row.id != id),
            },
            None => store.next_case(&viewer.actor, &filter, id).await?,
        };
        self.next = row.as_ref().map(|row| row.id);
        Ok(row.map(|row| {
            let number = row.number.unwrap_or_default();
            (self.case_href(row.id), Text::same(format!("{number} {}", row.party_name)))
        }))
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
