//! The public notice that a case hangs in: all cases of its round whose notice ends the same day.

use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{CaseFilter, Sort};

use duixian_rules::vocabulary::Lang;

use super::{Kind, Maker, gone, series_number};
use crate::casefile::basis::Bases;
use crate::documents::{Frame, PartyName, PublicNotice, PublicRow};
use crate::problem::Problem;

/// The stages of cases that are in notice or have been.
const NOTICED: [Stage; 6] =
    [Stage::InNotice, Stage::Objection, Stage::Payable, Stage::PaymentFailed, Stage::Paid, Stage::Closed];

impl Maker<'_> {
    pub(super) async fn notice(&self) -> Result<PublicNotice, Problem> {
        let case = &self.file.case;
        let notice = case.notice.as_ref().ok_or_else(gone)?;
        let (from, until) = (notice.at.day(), notice.until);
        let mut filter = CaseFilter {
            stages: NOTICED.to_vec(),
            round: Some(case.subject.round),
            sort: Sort::Number,
            per_page: 1000,
            page: 1,
            ..CaseFilter::default()
        };
        let mut rows = Vec::new();
        let mut bases = Bases::new(self.store);
        // One notice has one number, from whichever of its cases it is printed: that of the first.
        let mut first: Option<String> = None;
        loop {
            // What is in notice is public: whoever asks sees the list that everyone sees.
            let page = self.store.cases(&Actor::System, &filter).await?;
            for row in page.rows.iter().filter(|row| row.notice_until == Some(until)) {
                first = first.or_else(|| row.number.clone());
                rows.push(PublicRow {
                    party: PartyName::Firm(row.party_name.clone()),
                    measure: self.measure_named(&row.measure),
                    what: bases.name(row.round, &row.party, &row.measure, &row.basis).await?.get(Lang::Zh).to_owned(),
                    clause: row.clause.clone(),
                    amount: row.amount.unwrap_or(Fen(0)),
                });
            }
            if filter.page >= page.pages() {
                break;
            }
            filter.page += 1;
        }
        let calendar = &self.file.scene.calendar;
        let working_days = u32::try_from(calendar.working_days_between(from, until)).unwrap_or(0);
        let contact = &self.settings.contact;
        let aside = if contact.is_empty() { String::new() } else { format!("（{contact}）") };
        let number = series_number(Kind::Notice, &first.unwrap_or_else(|| self.case_number()));
        Ok(PublicNotice {
            frame: Frame { number, ..self.frame(Kind::Notice, from) },
            round: self.file.scene.round.name.clone(),
            rows,
            from,
            until,
            working_days,
            objections_to: format!("{}{aside}", self.office()),
        })
    }

    fn measure_named(&self, en: &str) -> String {
        let measures = &self.file.pack().plan.measures;
        measures.iter().find(|one| one.name.en == en).map_or_else(|| en.to_owned(), |one| one.name.zh.clone())
    }
}
