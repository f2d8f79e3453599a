//! The grounds of a refusal that goes against what the rules say: what is not met, by its clause, and what was found. They
//! stand in the reason as one text, so that the journal and every page read it as it is, and letters take it apart again.

use duixian_assess::reference::{Audience, Truth};
use duixian_casework::case::{CellRef, Statement};
use duixian_rules::vocabulary::Lang;

use super::facts::FactLine;
use super::file::CaseFile;
use super::queue::plain;
use super::why::{Condition, Why};
use crate::locale::Text;
use crate::problem::Problem;

const UNMET: &str = "不符合：";
const FOUND: &str = "。查明：";

/// What is not met, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// What is not met, each with its clause: `属实（二）；佐证“证书”（二）`.
    pub unmet: String,
    /// What was found, in sentences.
    pub found: String,
}

impl Grounds {
    /// The grounds of what was chosen and written.
    pub fn of(unmet: &[String], found: &str) -> Grounds {
        let part = |text: &String| text.trim().trim_end_matches('。').replace(FOUND, "，查明：");
        let unmet: Vec<String> = unmet.iter().map(part).collect();
        Grounds { unmet: unmet.join("；"), found: begun_once(found).to_owned() }
    }

    /// As a reason: `不符合：…。查明：…`.
    pub fn reason(&self) -> String {
        format!("{UNMET}{}{FOUND}{}", self.unmet, self.found)
    }

    /// The grounds that a reason holds; none of a reason in words alone.
    pub fn read(reason: &str) -> Option<Grounds> {
        let (unmet, found) = reason.trim().strip_prefix(UNMET)?.split_once(FOUND)?;
        Some(Grounds { unmet: unmet.to_owned(), found: found.to_owned() })
    }
}

/// What was found, without the word that stands before it anyway.
fn begun_once(found: &str) -> &str {
    let found = found.trim();
    ["查明：", "查明:"].iter().find_map(|word| found.strip_prefix(word)).unwrap_or(found).trim()
}

/// What a refusal says is not met, as sentences of a letter in which each part says what it is: `不符合“是企业”这一条件
/// （三(八).1）；佐证“标准文本”没有提交（三(八).1）。` What stands in no list is named by the words that the reason has for it.
pub fn in_sentences(unmet: &str, all: &[Ground]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = unmet;
    while !rest.is_empty() {
        let begins = |words: &&str| after(rest, words).is_some_and(|rest| rest.is_empty() || rest.starts_with('；'));
        let named = all.iter().flat_map(|ground| ground.all_words().filter(begins).map(move |words| (ground, words)));
        // A condition of several cases holds what parts are told apart by: the longest words are meant.
        let found = named.max_by_key(|(_, words)| words.len());
        let words = found.map_or_else(|| first_part(rest), |(_, words)| words);
        parts.push(match (found, clause_of_other(words)) {
            (Some((ground, _)), _) => ground.letter.clone(),
            (None, Some(clause)) => format!("不符合{clause}的规定"),
            (None, None) => format!("不符合“{words}”这一要求"),
        });
        rest = after(rest, words).and_then(|rest| rest.strip_prefix('；')).unwrap_or_default();
    }
    parts.join("；")
}

/// What follows some words; brackets are the same in either width, since reasons of before have those of a condition narrow.
fn after<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    words.chars().all(|one| rest.next().map(narrow) == Some(narrow(one))).then_some(rest.as_str())
}

fn narrow(one: char) -> char {
    match one {
        '（' => '(',
        '）' => ')',
        one => one,
    }
}

/// The first of the parts of what is not met.
fn first_part(unmet: &str) -> &str {
    // It is always the last of them, and older records have clauses that hold what parts are told apart by.
    if clause_of_other(unmet).is_some() {
        return unmet;
    }
    unmet.split('；').next().unwrap_or(unmet)
}

/// The parts of what is not met, as the reason has them.
pub fn parts(unmet: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = unmet;
    while !rest.is_empty() {
        let part = first_part(rest);
        parts.push(part);
        rest = rest[part.len()..].strip_prefix('；').unwrap_or_default();
    }
    parts
}

/// What a refusal may rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A condition of the rule, by its place.
    Condition(usize),
    /// A limit that turns it away.
    Limit,
    /// A fact that the rule reads, or that was stated.
    Fact(CellRef),
    /// Evidence of a type.
    Evidence(String),
    /// None of them: it has its clause in words.
    Other,
}

/// Something that may not be met.
pub struct Ground {
    /// What the form sends for it.
    pub value: String,
    /// What it is.
    pub about: About,
    /// What the official reads.
    pub text: Text,
    /// What stands there now, or what was found of it.
    pub now: Text,
    /// What the reason says, with its clause where that is known.
    words: String,
    /// What reasons of before say for it: what the pack alone reads into a clause was cited otherwise then.
    former: Vec<String>,
    /// What a letter says that is read from there alone.
    letter: String,
    /// Whether it is on record that it is not met: by the rules, or because it was looked into and found not to hold.
    pub is_unmet: bool,
    /// Whether it was looked into and found to hold.
    pub is_true: bool,
}

/// The value of what is none of the conditions, facts and documents.
pub const OTHER: &str = "other";

/// What the letter says of that, before its clause.
const OTHER_WORDS: &str = "其他要求";

/// Whether the words of a ground say that it is none of the conditions, facts and documents.
pub fn is_other(words: &str) -> bool {
    words.starts_with(OTHER_WORDS)
}

/// The clause that was typed for what is none of the conditions, facts and documents, out of what [`Ground::words`] made of it: a
/// clause has brackets of its own, as `第三条（二）` has.
pub fn clause_of_other(words: &str) -> Option<&str> {
    words.strip_prefix(OTHER_WORDS)?.strip_prefix('（')?.strip_suffix('）')
}

impl Ground {
    /// Whether it is none of the conditions, facts and documents; only its words tell whether it is met.
    pub fn is_other(&self) -> bool {
        self.about == About::Other
    }

    /// What the reason says; what is none of the conditions, facts and documents has the clause that was typed, without what the
    /// parts of a reason are told apart by. [`clause_of_other`] takes it out again.
    pub fn words(&self, clause: &str) -> String {
        if !self.is_other() {
            return self.words.clone();
        }
        format!("{}（{}）", self.words, plain(clause).replace(['；', ';'], "、"))
    }

    /// Whether it may be named for a case that nobody looks at alone.
    pub fn may_be_named(&self) -> bool {
        self.is_unmet || self.is_other()
    }

    /// What tells it from others where several cases are declined: the same condition of two cases is one.
    pub fn key(&self) -> &str {
        if self.is_other() { OTHER } else { &self.words }
    }

    /// Whether a refusal names it: what it says is not met, put together as [`Grounds::of`] does.
    pub fn is_named_in(&self, unmet: &str) -> bool {
        let narrow = |text: &str| text.chars().map(narrow).collect::<String>();
        let is_part = |words: &str| parts(unmet).iter().any(|part| narrow(part) == narrow(words));
        let is_whole = |words: &str| words.contains('；') && narrow(unmet).contains(&narrow(words));
        self.all_words().any(|words| is_part(words) || is_whole(words))
    }

    /// What a reason may say for it.
    fn all_words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.words).chain(&self.former).map(String::as_str)
    }
}

/// Whether the registry stands against what was stated: that is no finding that anybody said an untruth.
pub fn stands_as_registered(statement: &Statement) -> bool {
    statement.dispute.is_some() && statement.finding.as_ref().is_some_and(|finding| !finding.holds)
}

/// What the pack alone reads into a clause, in the words of an office: who reads a letter knows of no packs.
const READING: &str = "办理口径";

/// What the rules call that, and what reasons of before do.
const READING_OF_PACK: &str = "本规则包的读法";

/// What the rules say of a case, as an official would write it.
pub fn in_official_words(told: &str) -> String {
    told.replace(READING_OF_PACK, READING)
}

/// Where a condition stands, as a letter cites it: what only the pack reads into a clause is not said to stand there.
fn cited(clause: &str, is_reading: bool) -> Text {
    match is_reading {
        true => Text::new(format!("{clause}，{READING}"), format!("{clause}, as the office reads it")),
        false => Text::same(clause.to_owned()),
    }
}

/// What reasons of before say for a condition that only the pack reads into its clause: they have the clause of its measure or, later, the
/// pack's own word.
fn formerly(condition: &Condition) -> Vec<String> {
    let Condition { asked, clause, of_measure, .. } = condition;
    match condition.is_reading {
        true => vec![format!("{asked}（{of_measure}）"), format!("{asked}（{clause}，{READING_OF_PACK}）")],
        false => Vec::new(),
    }
}

/// The conditions as they are asked of anyone, the limits that turn it away, the facts, the documents, and what is none of
/// them.
pub fn all(file: &CaseFile) -> Result<Vec<Ground>, Problem> {
    let why = Why::of(file, Lang::Zh, Audience::Official)?;
    let english = Why::of(file, Lang::En, Audience::Official)?;
    let mut all = Vec::new();
    if let (Some(zh), Some(en)) = (&why, &english) {
        for (place, (zh, en)) in zh.conditions.iter().zip(&en.conditions).enumerate() {
            let cited = cited(&zh.clause, zh.is_reading);
            all.push(Ground {
                value: format!("condition-{place}"),
                about: About::Condition(place),
                text: Text::new(
                    format!("条件：{}（{}）", zh.asked, cited.zh),
                    format!("Condition: {} ({})", en.asked, cited.en),
                ),
                now: Text::default(),
                words: format!("{}（{}）", zh.asked, cited.zh),
                former: formerly(zh),
                letter: format!("不符合“{}”这一条件（{}）", zh.asked, cited.zh),
                is_unmet: zh.truth == Truth::False,
                is_true: false,
            });
        }
        let limits = zh.limits.iter().zip(&en.limits).filter(|(zh, _)| !zh.passed);
        for (place, (zh, en)) in limits.enumerate() {
            all.push(Ground {
                value: format!("limit-{place}"),
                about: About::Limit,
                text: Text::new(
                    format!("限额：{}（{}）", zh.asked, zh.clause),
                    format!("Limit: {} ({})", en.asked, en.clause),
                ),
                now: Text::default(),
                words: format!("{}（{}）", zh.asked, zh.clause),
                former: Vec::new(),
                letter: format!("不符合“{}”这一限额（{}）", zh.asked, zh.clause),
                is_unmet: true,
                is_true: false,
            });
        }
    }
    all.extend(
        FactLine::all(file, why.as_ref()).into_iter().enumerate().map(|(place, fact)| of_fact(file, place, fact)),
    );
    let mut kinds: Vec<&String> = Vec::new();
    let required = file.scene.procedure.required_evidence.iter();
    for kind in required.chain(file.case.evidence.iter().map(|piece| &piece.kind)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    all.extend(kinds.into_iter().enumerate().map(|(place, kind)| of_evidence(file, place, kind)));
    all.push(Ground {
        value: OTHER.to_owned(),
        about: About::Other,
        text: ("其他（请写明条款）", "Something else (name the clause)").into(),
        now: Text::default(),
        words: OTHER_WORDS.to_owned(),
        former: Vec::new(),
        letter: String::new(),
        is_unmet: false,
        is_true: false,
    });
    Ok(all)
}

fn of_fact(file: &CaseFile, place: usize, fact: FactLine) -> Ground {
    let statement = file.case.statements.get(&fact.cell);
    let finding = statement.and_then(|statement| statement.finding.as_ref());
    let (name, clause) = (&fact.name.zh, file.clause());
    let (as_registered, whence) =
        (statement.is_some_and(stands_as_registered), if statement.is_some() { "填报的" } else { "登记的" });
    let now = match as_registered {
        true => Text::new(
            format!("（以登记为准：{}）", fact.value.zh),
            format!(" (the registry stands: {})", fact.value.en),
        ),
        false => Text::new(format!("（现为 {}）", fact.value.zh), format!(" (now {})", fact.value.en)),
    };
    // Read alone by the applicant: it must say what is wrong with the fact.
    let words = match as_registered {
        true => format!("“{name}”以登记为准，所报的更正没有得到证明（{clause}）"),
        false => format!("{whence}“{name}”经查不属实，或者没有得到证明（{clause}）"),
    };
    Ground {
        value: format!("fact-{place}"),
        text: Text::new(format!("事实：{name}"), format!("Fact: {}", fact.name.en)),
        now,
        letter: words.clone(),
        words,
        former: Vec::new(),
        is_unmet: finding.is_some_and(|finding| !finding.holds) && !as_registered,
        is_true: finding.is_some_and(|finding| finding.holds),
        about: About::Fact(fact.cell),
    }
}

fn of_evidence(file: &CaseFile, place: usize, kind: &str) -> Ground {
    let pieces = file.case.evidence.iter().filter(|piece| piece.kind == kind);
    let holds: Vec<Option<bool>> = pieces.map(|piece| piece.finding.as_ref().map(|finding| finding.holds)).collect();
    let (now, is_wrong) = found_of(&holds);
    Ground {
        value: format!("evidence-{place}"),
        about: About::Evidence(kind.to_owned()),
        text: Text::new(format!("佐证：{kind}"), format!("Evidence: {}", file.evidence_name(kind).en)),
        now,
        words: format!("佐证“{kind}”（{}）", file.clause()),
        former: Vec::new(),
        letter: format!("佐证“{kind}”{is_wrong}（{}）", file.clause()),
        is_unmet: holds.contains(&Some(false)),
        is_true: !holds.is_empty() && holds.iter().all(|holds| *holds == Some(true)),
    }
}

/// What was found of the evidence of one type, piece by piece, and what a letter says is wrong with it. Of several it is said how many do
/// not hold: another may have been handed in for the one that does not.
fn found_of(holds: &[Option<bool>]) -> (Text, String) {
    let (all, untrue) = (holds.len(), holds.iter().filter(|holds| **holds == Some(false)).count());
    let told = |now: (&'static str, &'static str), is_wrong: &str| (Text::from(now), is_wrong.to_owned());
    match (all, untrue) {
        (0, _) => told(("（没有提交）", " (not handed in)"), "没有提交"),
        (1, 1) => told(("（核验为不属实）", " (found not to hold)"), "经核验不属实"),
        (_, 1..) => (
            Text::new(
                format!("（{all} 份中有 {untrue} 份核验为不属实）"),
                format!(" ({untrue} of {all} found not to hold)"),
            ),
            format!("{all}份中有{untrue}份经核验不属实"),
        ),
        _ if holds.iter().all(Option::is_some) => told(("（核验为属实）", " (found to hold)"), "不足以证明"),
        _ => told(("（没有核验）", " (not verified)"), "没有达到要求"),
    }
}

#[cfg(test)]
mod tests;
