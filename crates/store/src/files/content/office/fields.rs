//! Fields of a text document: what they are is their first word, which may stand in one attribute or be spread over runs.

use super::super::Unfit;
use super::is_remote;
use super::markup::{Element, Met};

/// Fields that call a program, bring in another document or data, or make up what another field is.
const REACHING: [&str; 8] = ["DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "IMPORT", "DATABASE", "RD", "QUOTE"];
/// As much of an instruction as says what it is and where it leads.
const LONGEST: usize = 2_048;
/// Fields within fields: nobody needs so many.
const DEEPEST: usize = 64;

/// The instructions of the fields that are open, the innermost last; the first is of what stands in none.
pub(super) struct Fields {
    open: Vec<String>,
}

impl Fields {
    pub(super) fn new() -> Fields {
        Fields { open: vec![String::new()] }
    }

    /// Takes note of what is met.
    pub(super) fn meet(&mut self, met: &Met<'_>) -> Result<(), Unfit> {
        match met {
            Met::Open(element) if element.name == "fldSimple" => judge(element.attribute("instr").unwrap_or_default()),
            Met::Open(element) if element.name == "fldChar" => self.mark(element),
            Met::Close("instrText" | "delInstrText", text) => {
                if let Some(instruction) = self.open.last_mut() {
                    let text = if instruction.is_empty() { text.trim_start_matches(before_words) } else { text };
                    let room = LONGEST.saturating_sub(instruction.len());
                    instruction.extend(text.chars().take(room));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn mark(&mut self, element: &Element) -> Result<(), Unfit> {
        match element.attribute("fldCharType") {
            Some("begin") if self.open.len() > DEEPEST => return Err(Unfit::TooMuch),
            Some("begin") => self.open.push(String::new()),
            Some("end") => {
                judge(&self.open.pop().unwrap_or_default())?;
                if self.open.is_empty() {
                    self.open.push(String::new());
                }
            }
            _ => {
                if let Some(instruction) = self.open.last_mut() {
                    judge(&std::mem::take(instruction))?;
                }
            }
        }
        Ok(())
    }

    /// Judges what is still open at the end of a part.
    pub(super) fn finish(self) -> Result<(), Unfit> {
        self.open.iter().try_for_each(|instruction| judge(instruction))
    }
}

fn before_words(one: char) -> bool {
    !one.is_alphabetic()
}

fn judge(instruction: &str) -> Result<(), Unfit> {
    let words = instruction.trim_start_matches(before_words);
    let (name, rest) = words.split_at(words.find(|one: char| !one.is_alphanumeric()).unwrap_or(words.len()));
    let name = name.to_ascii_uppercase();
    // Pictures that were pasted name the file they came from, which is not looked for; an address would be fetched.
    let is_fetched = name == "INCLUDEPICTURE" && is_remote(rest.trim_start_matches([' ', '"', '“', '\'']));
    if REACHING.contains(&name.as_str()) || is_fetched { Err(Unfit::Reaching) } else { Ok(()) }
}
