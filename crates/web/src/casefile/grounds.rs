//! The grounds of a refusal that goes against what the rules say: what is not met, by its clause, and what was found. They
//! stand in the reason as one text, so that the journal and every page read it as it is, and letters take it apart again.

use duixian_assess::reference::{Audience, Truth};
use duixian_casework::case::{CellRef, Statement};
use duixian_rules::vocabulary::Lang;

use super::facts::FactLine;
use super::file::CaseFile;
use super::queue::plain;
use super::why::Why;
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
    /// What reasons say that were given before the pack's readings were cited where they stand.
    former: Option<String>,
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
        [Some(self.words.as_str()), self.former.as_deref()].into_iter().flatten()
    }
}

/// Whether the registry stands against what was stated: that is no finding that anybody said an untruth.
pub fn stands_as_registered(statement: &Statement) -> bool {
    statement.dispute.is_some() && statement.finding.as_ref().is_some_and(|finding| !finding.holds)
}

/// Where a condition stands, as a letter cites it: what only the pack reads into a clause is not said to stand there.
fn cited(clause: &str, is_reading: bool) -> Text {
    match is_reading {
        true => Text::new(format!("{clause}，本规则包的读法"), format!("{clause}, by the pack's reading")),
        false => Text::same(clause.to_owned()),
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
                former: zh.is_reading.then(|| format!("{}（{}）", zh.asked, zh.of_measure)),
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
                former: None,
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
        former: None,
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
        former: None,
        is_unmet: finding.is_some_and(|finding| !finding.holds) && !as_registered,
        is_true: finding.is_some_and(|finding| finding.holds),
        about: About::Fact(fact.cell),
    }
}

fn of_evidence(file: &CaseFile, place: usize, kind: &str) -> Ground {
    let pieces = || file.case.evidence.iter().filter(|piece| piece.kind == kind);
    let holds = || pieces().map(|piece| piece.finding.as_ref().map(|finding| finding.holds));
    let is_unmet = holds().any(|holds| holds == Some(false));
    let is_true = pieces().next().is_some() && holds().all(|holds| holds == Some(true));
    let (now, is_wrong) = match (pieces().next().is_some(), is_unmet, is_true) {
        (false, ..) => (("（没有提交）", " (not handed in)"), "没有提交"),
        (_, true, _) => (("（核验为不属实）", " (found not to hold)"), "经核验不属实"),
        (_, _, true) => (("（核验为属实）", " (found to hold)"), "不足以证明"),
        _ => (("（没有核验）", " (not verified)"), "没有达到要求"),
    };
    Ground {
        value: format!("evidence-{place}"),
        about: About::Evidence(kind.to_owned()),
        text: Text::new(format!("佐证：{kind}"), format!("Evidence: {}", file.evidence_name(kind).en)),
        now: now.into(),
        words: format!("佐证“{kind}”（{}）", file.clause()),
        former: None,
        letter: format!("佐证“{kind}”{is_wrong}（{}）", file.clause()),
        is_unmet,
        is_true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_of_each_part_what_it_is() {
        let ground = |words: &str, letter: &str| Ground {
            value: String::new(),
            about: About::Limit,
            text: Text::default(),
            now: Text::default(),
            words: words.to_owned(),
            former: None,
            letter: letter.to_owned(),
            is_unmet: true,
            is_true: false,
        };
        let all = [
            ground("是企业（三(八).1）", "不符合“是企业”这一条件（三(八).1）"),
            ground("大；小（二）", "不符合“大；小”这一条件（二）"),
            ground("（甲且乙）或（丙）（三）", "不符合“（甲且乙）或（丙）”这一条件（三）"),
            ground("佐证“公告”（三(八).1）", "佐证“公告”没有提交（三(八).1）"),
        ];
        for (unmet, told) in [
            (
                "是企业（三(八).1）；佐证“公告”（三(八).1）",
                "不符合“是企业”这一条件（三(八).1）；佐证“公告”没有提交（三(八).1）",
            ),
            ("大；小（二）；其他要求（第九条）", "不符合“大；小”这一条件（二）；不符合第九条的规定"),
            ("其他要求（第三条（二））", "不符合第三条（二）的规定"),
            ("其他要求（第三条（二）；第五条）", "不符合第三条（二）；第五条的规定"),
            ("佐证应当真实有效；是企业", "不符合“佐证应当真实有效”这一要求；不符合“是企业”这一要求"),
            // As it was written before the brackets of a condition were wide.
            (
                "(甲且乙)或(丙)（三）；其他要求（第九条）",
                "不符合“（甲且乙）或（丙）”这一条件（三）；不符合第九条的规定",
            ),
        ] {
            assert_eq!(in_sentences(unmet, &all), told);
            assert_eq!(all[2].is_named_in(unmet), unmet.starts_with("(甲"), "{unmet}");
        }
    }

    #[test]
    fn what_the_pack_reads_is_cited_where_it_stands_and_known_again_as_it_was_cited_before() {
        let cited = |is_reading| cited("三", is_reading).zh.into_owned();
        assert_eq!((cited(false).as_str(), cited(true).as_str()), ("三", "三，本规则包的读法"));
        let here = Ground {
            value: String::new(),
            about: About::Condition(0),
            text: Text::default(),
            now: Text::default(),
            words: "登记在本区（三，本规则包的读法）".to_owned(),
            former: Some("登记在本区（三(八).1）".to_owned()),
            letter: "不符合“登记在本区”这一条件（三，本规则包的读法）".to_owned(),
            is_unmet: true,
            is_true: false,
        };
        let (now, before) = ("登记在本区（三，本规则包的读法）；属实（二）", "登记在本区（三(八).1）");
        assert!(here.is_named_in(now) && here.is_named_in(before) && !here.is_named_in("登记在本区（二）"));
        assert_eq!(in_sentences(before, &[here]), "不符合“登记在本区”这一条件（三，本规则包的读法）");
    }

    #[test]
    fn a_clause_that_was_typed_comes_out_as_it_was_meant() {
        let other = Ground {
            value: OTHER.to_owned(),
            about: About::Other,
            text: Text::default(),
            now: Text::default(),
            words: OTHER_WORDS.to_owned(),
            former: None,
            letter: String::new(),
            is_unmet: false,
            is_true: false,
        };
        for (typed, clause) in [
            ("第九条", "第九条"),
            ("第三条（二）", "第三条（二）"),
            ("第三条（二）第（1）项", "第三条（二）第（1）项"),
            ("（二）。", "（二）"),
            ("第三条（二）；第五条", "第三条（二）、第五条"),
        ] {
            let grounds = Grounds::of(&["属实（二）".to_owned(), other.words(typed)], "查无此号");
            let read = Grounds::read(&grounds.reason()).expect("grounds");
            let parts = parts(&read.unmet);
            assert_eq!(parts.len(), 2, "{parts:?}");
            assert_eq!((parts[0], clause_of_other(parts[1])), ("属实（二）", Some(clause)));
        }
        // Earlier versions kept a clause as it was typed.
        assert_eq!(parts("属实（二）；其他要求（第三条；第五条）"), ["属实（二）", "其他要求（第三条；第五条）"]);
        assert_eq!(clause_of_other("佐证“证书”（二）"), None);
    }

    #[test]
    fn a_reason_is_put_together_and_taken_apart() {
        let unmet = ["属实（二）。".to_owned(), "佐证“证书”（二）".to_owned()];
        let grounds = Grounds::of(&unmet, " 证书编号查无此号。查明：两次都是。 ");
        let reason = "不符合：属实（二）；佐证“证书”（二）。查明：证书编号查无此号。查明：两次都是。";
        assert_eq!(grounds.reason(), reason);
        assert_eq!(Grounds::read(reason), Some(grounds));
        for again in ["查明：证书查无此号", " 查明: 证书查无此号 "] {
            assert_eq!(Grounds::of(&unmet, again).found, "证书查无此号", "the word stands before it anyway");
        }
        for text in ["成果与主业无关", "不符合：条件", "查明：没有"] {
            assert_eq!(Grounds::read(text), None, "{text}");
        }
    }
}
