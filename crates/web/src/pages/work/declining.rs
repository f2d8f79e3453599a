//! Declining many cases at once: what is not met is chosen once, and held against each case by what is on record of it.

use duixian_casework::case::CaseId;
use duixian_casework::command::Action;
use duixian_rules::vocabulary::Lang;

use crate::casefile::grounds::Grounds;
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;
use crate::problem::Problem;

use super::picked::Picked;
use super::refusing::{self, Ground};

/// What may not be met in each of the cases that can be declined.
#[derive(Default)]
pub struct Declining {
    of: Vec<(CaseId, Vec<Ground>)>,
}

impl Declining {
    /// The grounds of those picked; none for another action.
    pub fn of(action: Action, picked: &[Picked]) -> Result<Declining, Problem> {
        let mut of = Vec::new();
        for one in picked.iter().filter(|one| action == Action::Decline && one.refused.is_empty()) {
            of.push((one.file.case.id, refusing::all(&one.file)?));
        }
        Ok(Declining { of })
    }

    fn grounds(&self, id: CaseId) -> &[Ground] {
        self.of.iter().find(|(case, _)| *case == id).map_or(&[], |(_, grounds)| grounds)
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
        for ground in self.of.iter().flat_map(|(_, grounds)| grounds).filter(|ground| ground.may_be_named()) {
            match found.iter_mut().find(|(known, _)| known.key() == ground.key()) {
                Some((_, count)) => *count += 1,
                None => found.push((ground, 1)),
            }
        }
        // What fits every case comes last, as on a case's own page.
        found.sort_by_key(|(ground, _)| ground.is_other());
        let choices = found.into_iter().map(|(ground, count)| {
            let choice = Choice::new(ground.key(), ground.text.clone());
            match ground.is_other() {
                true => choice,
                false => choice.hint(Text::new(format!("{count} 件不符合"), format!("not met in {count}"))),
            }
        });
        vec![
            Field::checkboxes("unmet", ("不符合哪一条", "What is not met"), choices.collect()).hint((
                "逐件核对：每件只写进它确实不符合的条款；所选各条都符合的，不一起办，办完说明。",
                "Held against each case: its letter names only what is not met there. A case that meets all of it is left out, and told of.",
            )),
            Field::text_area("reason", ("查明了什么事实", "What was found"))
                .hint((
                    "写明事实和来源。每家企业都会原样看到这段话。",
                    "The facts and where they come from. Each applicant reads this as it is.",
                ))
                .max_chars(500),
        ]
    }

    /// The reason for one case.
    ///
    /// # Errors
    /// Why it is left out: nothing of what was chosen is unmet there.
    pub fn reason(&self, id: CaseId, form: &Form) -> Result<String, Text> {
        let chosen = form.texts("unmet");
        let named: Vec<&Ground> = self.grounds(id).iter().filter(|ground| chosen.contains(&ground.key())).collect();
        let unmet: Vec<String> =
            named.iter().filter(|ground| ground.may_be_named()).map(|ground| ground.words.clone()).collect();
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
