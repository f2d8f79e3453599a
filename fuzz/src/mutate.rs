//! Mutations of the text of packs: by line and by word, so that many of the results still mean something.

use duixian_rules::syntax::keywords::Keyword;
use duixian_rules::vocabulary::Lang;

use crate::dice::Dice;

/// Values at which something changes.
const VALUES: [&str; 14] = [
    "0",
    "1",
    "3",
    "0.01元",
    "1元",
    "50万元",
    "1亿元",
    "100%",
    "0.5%",
    "2016年1月1日",
    "2017年12月31日",
    "2017年",
    "9223372036854775807",
    "“云”",
];

/// Changes a text in one to four places.
pub fn mutate(text: &str, seed: u32) -> String {
    let mut dice = Dice::new(seed.into());
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..dice.between(1, 4) {
        if lines.is_empty() {
            lines.push(String::new());
        }
        let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(9) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => lines[at] = replace_word(&lines[at], &lines[other], &mut dice),
            4 if lines[at].starts_with("  ") => drop(lines[at].drain(..2)),
            4 => lines[at].insert_str(0, "  "),
            _ => lines[at] = replace_word(&lines[at], "", &mut dice),
        }
    }
    lines.join("\n") + "\n"
}

/// Puts another word in the place of one: one from another line if it has any, a keyword, or a value.
fn replace_word(line: &str, other: &str, dice: &mut Dice) -> String {
    let indent = line.len() - line.trim_start().len();
    let mut words: Vec<&str> = line[indent..].split(' ').collect();
    let others: Vec<&str> = other.split_whitespace().collect();
    let lang = if line.is_ascii() { Lang::En } else { Lang::Zh };
    let word = match dice.below(3) {
        0 if !others.is_empty() => *dice.pick(&others),
        1 => *dice.pick(&VALUES),
        _ => dice.pick(Keyword::ALL).spelling(lang),
    };
    let at = dice.below(words.len());
    match dice.below(4) {
        0 => words.insert(at, word),
        1 => drop(words.remove(at)),
        _ => words[at] = word,
    }
    format!("{}{}", &line[..indent], words.join(" "))
}
