//! Declining many cases at once: what is not met is chosen once, and held against each case by what is on record of it.

use std::collections::BTreeSet;

use duixian_casework::case::CaseId;
use duixian_casework::command::Action;
use duixian_rules::vocabulary::Lang;

use crate::casefile::grounds::{Ground, Grounds, all};
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;
use crate::problem::Problem;

use super::picked::Picked;
use super::refusing;

/// What may not be met in each of the cases that can be declined.
#[derive(Default)]
pub struct Declining {
    of: Vec<(CaseId, Vec<Ground>)>,
    /// Whether they are of several measures: what is written for one then stands in no letter of another.
    is_mixed: bool,
}

impl Declining {
    /// The grounds of those picked; none for another action.
    pub fn of(action: Action, picked: &[Picked]) -> Result<Declining, Problem> {
        let mut of = Vec::new();
        for one in picked.iter().filter(|one| action == Action::Decline && one.refused.is_empty()) {
            of.push((one, all(&one.file)?));
        }
        let measures: BTreeSet<(&str, String)> =
            of.iter().map(|(one, _)| (one.file.case.subject.measure.as_str(), one.file.clause())).collect();
        let is_mixed = measures.len() > 1;
        let of = of.into_iter().map(|(one, grounds)| (one.file.case.id, grounds)).collect();
        Ok(Declining { of, is_mixed })
    }

    fn grounds(&self, id: CaseId) -> &[Ground] {
        self.of.iter().find(|(case, _)| *case == id).map_or(&[], |(_, grounds)| grounds)
    }

    /// Whether something may be named for all. What is none of the conditions, facts and documents has its clause in words,
    /// and those hold for one measure alone.
    fn may_be_named(&self, ground: &Ground) -> bool {
        ground.may_be_named() && !(self.is_mixed && ground.is_other())
    }

    /// What is not met in a case, as its row says it.
    pub fn unmet(&self, id: CaseId) -> Text {
        let unmet = || self.grounds(id).iter().filter(|ground| ground.is_unmet);
        let joined =
            |lang: Lang, between: &str| unmet().map(|ground| ground.text.get(lang)).collect::<Vec<_>>().join(between);
        match unmet().count() {
            0 => Text::default(),
            _ => {
                Text::new(format!("不符合：{}", joined(Lang::Zh, "；")), format!("Not met: {}", joined(Lang::En, "; ")))
            }
        }
    }

    /// What is asked for all: what is not met, of what is not met somewhere, and what was found.
    pub fn fields(&self) -> Vec<Field> {
        let mut found: Vec<(&Ground, usize)> = Vec::new();
        for ground in self.of.iter().flat_map(|(_, grounds)| grounds).filter(|ground| self.may_be_named(ground)) {
            match found.iter_mut().find(|(known, _)| known.key() == ground.key()) {
                Some((_, count)) => *count += 1,
                None => found.push((ground, 1)),
            }
        }
        let is_empty = found.is_empty();
        let clause =
            found.iter().any(|(ground, _)| ground.is_other()).then(|| refusing::clause_field("clause".to_owned()));
        // What fits every case comes last, as on a case's own page.
        found.sort_by_key(|(ground, _)| ground.is_other());
        let choices = found.into_iter().map(|(ground, count)| {
            let choice = Choice::new(ground.key(), ground.text.clone());
            match ground.is_other() {
                true => choice.hint(refusing::ALL_MET),
                false => choice.hint(Text::new(format!("{count} 件不符合"), format!("not met in {count}"))),
            }
        });
        let unmet = Field::checkboxes("unmet", ("不符合哪一条", "What is not met"), choices.collect())
            .hint(self.hint(is_empty));
        let reason = Field::text_area("reason", ("查明了什么事实", "What was found"))
            .hint((
                "写明事实和来源。每家企业都会原样看到这段话。",
                "The facts and where they come from. Each applicant reads this as it is.",
            ))
            .max_chars(500);
        [Some(unmet), clause, Some(reason)].into_iter().flatten().collect()
    }

    fn hint(&self, is_empty: bool) -> Text {
        let zh = match (is_empty, self.is_mixed) {
            (true, true) => {
                "选中的案件没有记录在案的不符合之处，又不是同一项措施，不能一起办：请按措施分别选中，或者逐件办理。"
            }
            (_, true) => {
                "逐件核对：每件只写进它确实不符合的条款；所选各条都符合的，不一起办，办完说明。这里有几项措施的案件，不能一起用“其他”：请只选同一项措施的案件，或者逐件办理。"
            }
            (_, false) => "逐件核对：每件只写进它确实不符合的条款；所选各条都符合的，不一起办，办完说明。",
        };
        let en = match (is_empty, self.is_mixed) {
            (true, true) => {
                "Nothing is on record as not met in these cases, and they are of several measures: pick those of one measure and decline them together, or each on its own page."
            }
            (_, true) => {
                "Held against each case: its letter names only what is not met there. A case that meets all of it is left out, and told of. These cases are of several measures, so “something else” is not open to them together: pick those of one measure, or decline each on its own page."
            }
            (_, false) => {
                "Held against each case: its letter names only what is not met there. A case that meets all of it is left out, and told of."
            }
        };
        (zh, en).into()
    }

    /// The reason for one case.
    ///
    /// # Errors
    /// Why it is left out: nothing of what was chosen is unmet there.
    pub fn reason(&self, id: CaseId, form: &Form) -> Result<String, Text> {
        let chosen = form.texts("unmet");
        let named: Vec<&Ground> = self.grounds(id).iter().filter(|ground| chosen.contains(&ground.key())).collect();
        let unmet: Vec<String> = named
            .iter()
            .filter(|ground| self.may_be_named(ground))
            .map(|ground| ground.words(form.text("clause")))
            .collect();
        if !unmet.is_empty() {
            return Ok(Grounds::of(&unmet, form.text("reason")).reason());
        }
        let met = |lang: Lang, between: &str| {
            named.iter().map(|ground| ground.text.get(lang)).collect::<Vec<_>>().join(between)
        };
        Err(match named.is_empty() {
            true => Text::new(
                "所选的各条不适用于本件；要不予支持的，请单件办理",
                "nothing of what was chosen applies to it: decline it on its own page",
            ),
            false => Text::new(
                format!("本件符合所选的“{}”；要不予支持的，请单件写明查明的事实", met(Lang::Zh, "”“")),
                format!(
                    "it meets what was chosen ({}): decline it on its own page, with what was found",
                    met(Lang::En, "; ")
                ),
            ),
        })
    }
}
