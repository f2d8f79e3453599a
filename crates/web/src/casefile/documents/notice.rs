//! The public notice that a case hung in, as it was put up, and the notice that its days are longer.

use chrono::NaiveDate;
use duixian_casework::event::{AfterAnswer, What};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::notices::{Ended, Sheet, SheetRow};

use super::issued::{Issued, void_on_paper, void_reason};
use super::{Kind, Maker, gone, numbered, series_number};
use crate::casefile::basis::Bases;
use crate::documents::{Frame, NoticeExtended, PartyName, PublicNotice, PublicRow};
use crate::problem::Problem;

impl Maker<'_> {
    pub(super) async fn notice(&self, issued: &Issued) -> Result<PublicNotice, Problem> {
        let What::NoticePublished(notice) = &self.file.history[issued.place].event.what else { return Err(gone()) };
        let sheet = self.sheet(issued).await?;
        let ends = self.store.sheet_ends(&sheet).await?;
        let round = self.file.case.subject.round;
        let mut rows = Vec::new();
        let mut bases = Bases::new(self.store);
        for row in &sheet.rows {
            rows.push(PublicRow {
                party: PartyName::Firm(row.party_name.clone()),
                measure: self.measure_named(&row.measure),
                what: bases.name(round, &row.party, &row.measure, &row.basis).await?.get(Lang::Zh).to_owned(),
                clause: row.clause.clone(),
                amount: row.amount,
                void: ends.get(&row.case).map_or_else(String::new, void_reason),
            });
        }
        // From whichever of its cases it is opened, it says the same of all.
        let gone: Vec<(&SheetRow, &Ended)> =
            sheet.rows.iter().filter_map(|row| Some((row, ends.get(&row.case)?))).collect();
        let void = match &gone[..] {
            [(row, ended)] => void_on_paper(ended, Kind::Notice, &row.number),
            [] => String::new(),
            several => format!("本公示中有{}项不再有效，见表中标明的各项。", several.len()),
        };
        let (put_up, until) = (notice.at.day(), notice.until);
        let calendar = &self.calendar;
        let working_days = u32::try_from(calendar.working_days_between(put_up, until)).unwrap_or(0);
        let from = notice.first_day(calendar);
        Ok(PublicNotice {
            frame: Frame { number: self.number_of_sheet(&sheet), void, ..self.frame(issued, put_up) },
            round: self.file.scene.round.name.clone(),
            rows,
            from,
            until,
            working_days,
            put_off_to: self.notice_put_off(issued.place).filter(|day| *day != until),
            objections_to: self.objections_to(),
        })
    }

    /// To when the calendar has moved the days of a notice, by its place in the history, before an objection stopped them: what follows
    /// from an answer has a notice of its own.
    fn notice_put_off(&self, place: usize) -> Option<NaiveDate> {
        let later = self.file.history[place + 1..].iter().map(|entry| &entry.event.what);
        let hanging = later.take_while(|what| !matches!(what, What::Objected { .. } | What::NoticePublished(_)));
        hanging.fold(None, |day, what| match what {
            What::DeadlineMoved { stage: Stage::InNotice, due, .. } => Some(*due),
            _ => day,
        })
    }

    /// What an objection that was not upheld has made of a notice's days. The notice itself stays what it was.
    pub(super) async fn extension(&self, issued: &Issued) -> Result<NoticeExtended, Problem> {
        let entry = &self.file.history[issued.place];
        let What::ObjectionAnswered { then: AfterAnswer::NoticeGoesOn(until), .. } = &entry.event.what else {
            return Err(gone());
        };
        let mut latest_first = Issued::all(self.file).into_iter().rev();
        let is_its = |one: &Issued| one.kind == Kind::Notice && one.place < issued.place;
        let notice = latest_first.find(is_its).ok_or_else(gone)?;
        let stopped = self.file.history[notice.place..issued.place]
            .iter()
            .rev()
            .find(|entry| matches!(entry.event.what, What::Objected { paused: Some(_), .. }))
            .ok_or_else(gone)?;
        Ok(NoticeExtended {
            frame: self.frame(issued, entry.at.day()),
            notice: self.number_of_sheet(&self.sheet(&notice).await?),
            party: self.party.clone(),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            stopped: stopped.at.day(),
            answered: entry.at.day(),
            until: *until,
            objections_to: self.objections_to(),
        })
    }

    /// The sheet as it was kept; of a notice from before sheets were, the case alone.
    async fn sheet(&self, notice: &Issued) -> Result<Sheet, Problem> {
        let at = self.file.history[notice.place].at;
        if let Some(sheet) = self.store.notice_sheet(self.file.case.id, at).await? {
            return Ok(sheet);
        }
        let then = self.then(notice).await?;
        let subject = then.case.subject.clone();
        let row = SheetRow {
            case: self.file.case.id,
            at,
            number: self.case_number(),
            party: subject.party,
            party_name: self.party.clone(),
            measure: subject.measure,
            basis: subject.basis,
            clause: then.clause(),
            amount: then.case.granted().unwrap_or(Fen(0)),
        };
        Ok(Sheet { rows: vec![row], turn: notice.turn as u64 })
    }

    /// One notice has one number, from whichever of its cases it is printed: that of the first.
    fn number_of_sheet(&self, sheet: &Sheet) -> String {
        let first = sheet.rows.first().map_or_else(|| self.case_number(), |row| row.number.clone());
        numbered(series_number(Kind::Notice, &first), usize::try_from(sheet.turn).unwrap_or(usize::MAX))
    }

    fn objections_to(&self) -> String {
        let contact = &self.settings.contact;
        let aside = if contact.is_empty() { String::new() } else { format!("（{contact}）") };
        format!("{}{aside}", self.office())
    }

    fn measure_named(&self, en: &str) -> String {
        let measures = &self.file.pack().plan.measures;
        measures.iter().find(|one| one.name.en == en).map_or_else(|| en.to_owned(), |one| one.name.zh.clone())
    }
}
