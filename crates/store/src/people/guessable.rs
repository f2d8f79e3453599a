//! Whether a password is one that guesses begin with. What everyone knows, or finds on the keyboard, is worth no more than one
//! character of it: a word, a place, a year, keys in a row, the same once more.

use duixian_text::half_width;

use super::passwords::SHORTEST;

/// What a password is worth at least, in characters that nobody knows beforehand.
const WORTH: usize = 6;
/// The longest piece that is looked up as a whole.
const PIECE: usize = 32;
/// How many keys in a row are a row, and not chance.
const ROW: usize = 3;
/// How much of a name is known for a part of it, in letters.
const LETTERS: usize = 4;
/// The same in Chinese characters.
const CHARACTERS: usize = 2;

/// The keyboard's rows and slanting columns, and what is counted up; all of them backwards too.
const ROWS: &str = "1234567890-= !@#$%^&*()_+ qwertyuiop[] asdfghjkl;' zxcvbnm,./ abcdefghijklmnopqrstuvwxyz 01234567890 \
                    1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 一二三四五六七八九十";

/// Words that guesses begin with, here and elsewhere; places among them.
const GUESSED: &str = include_str!("guessed.txt");

/// Whether a password comes early among guesses. `around` are names that whoever guesses knows: the owner's, the office's.
pub(super) fn is_guessable(password: &str, around: &[String]) -> bool {
    let plain = |text: &str| half_width(text).to_lowercase();
    let signs: Vec<char> = plain(password).chars().collect();
    let around: Vec<String> = around.iter().map(|name| plain(name)).collect();
    // What is said again adds nothing: once must be enough.
    if let Some(once) = repeated(&signs) {
        return once.len() < SHORTEST || is_guessable(&once.iter().collect::<String>(), &around);
    }
    // `q1w2e3` is two rows, taken in turn.
    let turns = |from: usize| signs.iter().skip(from).step_by(2).copied().collect::<Vec<char>>();
    let in_turn = worth(&turns(0), &around) + worth(&turns(1), &around);
    worth(&signs, &around).min(worth(&meant(&signs), &around)).min(in_turn) < WORTH
}

/// What is repeated to the end, the last time perhaps in part.
fn repeated(signs: &[char]) -> Option<&[char]> {
    let is_period = |period: &usize| signs.iter().zip(&signs[*period..]).all(|(one, next)| one == next);
    (1..=signs.len() / 2).find(is_period).map(|period| &signs[..period])
}

/// The letters that digits and signs are put for.
fn meant(signs: &[char]) -> Vec<char> {
    let letter = |sign: &char| match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        other => *other,
    };
    signs.iter().map(letter).collect()
}

/// The least that a text is worth, however it is taken apart into what is known and single characters.
fn worth(signs: &[char], around: &[String]) -> usize {
    let mut least = vec![0];
    for end in 1..=signs.len() {
        let alone = least[end - 1] + of_one(signs[end - 1]);
        let first = end.saturating_sub(PIECE);
        let known = (first..end).filter_map(|start| Some(least[start] + of_piece(&signs[start..end], around)?));
        least.push(known.fold(alone, usize::min));
    }
    least[signs.len()]
}

/// There are many more Chinese characters in use than letters.
fn of_one(sign: char) -> usize {
    if sign.is_ascii() { 1 } else { 2 }
}

/// What a piece is worth that is known beforehand; none for any other.
fn of_piece(piece: &[char], around: &[String]) -> Option<usize> {
    if piece.len() > 1 && piece.iter().all(|sign| *sign == piece[0]) {
        return Some(of_one(piece[0]));
    }
    let text: String = piece.iter().collect();
    let back: String = piece.iter().rev().collect();
    let is_in_row = |text: &String| !text.contains(' ') && ROWS.contains(text);
    let is_row = || piece.len() >= ROW && (is_in_row(&text) || is_in_row(&back));
    let lists = || GUESSED.lines().filter(|line| !line.starts_with('#'));
    let is_word = || lists().any(|list| list.split(' ').any(|word| word == text));
    let is_name = || {
        let least = if text.is_ascii() { LETTERS } else { CHARACTERS };
        piece.len() >= least
            && piece.iter().all(|sign| sign.is_alphabetic())
            && around.iter().any(|name| name.contains(&text))
    };
    (is_row() || is_word() || is_date(&text) || is_telephone(&text) || is_name()).then_some(1)
}

/// A year, or a day as people write their birthday.
fn is_date(text: &str) -> bool {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_year = |year: Option<u32>| year.is_some_and(|year| (1900..2100).contains(&year));
    let is_day = |month: Option<u32>, day: Option<u32>| {
        month.is_some_and(|month| (1..=12).contains(&month)) && day.is_some_and(|day| (1..=31).contains(&day))
    };
    text.bytes().all(|byte| byte.is_ascii_digit())
        && match text.len() {
            4 => is_year(number(0, 4)),
            6 => is_day(number(2, 4), number(4, 6)) || is_year(number(0, 4)) && is_day(number(4, 6), Some(1)),
            8 => is_year(number(0, 4)) && is_day(number(4, 6), number(6, 8)),
            _ => false,
        }
}

/// A number of a mobile telephone.
fn is_telephone(text: &str) -> bool {
    text.len() == 11
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.starts_with('1')
        && !matches!(text.as_bytes()[1], b'0'..=b'2')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> Vec<String> {
        [
            "王小明",
            "南明区科学技术局",
            "Nanming District Bureau of Science and Technology",
            "南明兑",
            "",
            "nanming_policy_2017",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    #[test]
    fn what_guesses_begin_with_is_found() {
        for password in [
            "12345678",
            "PassWord",
            "aaaaaaaaaaaa",
            "Password1",
            "p@ssw0rd!",
            "2024_Admin!",
            "abcdefghij",
            "9876543210",
            "qwertyuiop",
            "QWERTYUIOP",
            "qwer1234asdf",
            "1qaz2wsx3edc",
            "zaq12wsx",
            "q1w2e3r4t5",
            "a1b2c3d4e5f6",
            "aa11bb22cc",
            "abcabcabc",
            "xk9xk9xk9xk",
            "密码密码密码密码",
            "天天向上天天向上",
            "我爱你中国2019",
            "nanming2017",
            "NanMing@2018",
            "nanmingqu18",
            "南明区科技2019",
            "南明区科学技术局",
            "ｎａｎｍｉｎｇ２０１７",
            "王小明19900101",
            "guiyang123",
            "贵阳市2018年",
            "kejiju2019",
            "duixian-2019",
            "woaini1314520",
            "5201314520",
            "13912345678",
            "19900101",
        ] {
            assert!(is_guessable(password, &around()), "{password}");
        }
    }

    #[test]
    fn what_is_not_is_left_alone() {
        for password in [
            "correct horse",
            "春天来了很暖和啊",
            "春天来了 2019",
            "冬天冷 20201",
            "Mingde-2019-Qiu",
            "another-Secret-9",
            "not-a-common-one",
            "xk3#Tq9z",
            "h7Gk-2020w",
            "大雪封山，不归",
            "abcde-fghjk-mnpqr-7",
            "8gk3x-zw9tq-4mvbc",
        ] {
            assert!(!is_guessable(password, &around()), "{password}");
        }
    }

    #[test]
    fn the_longest_that_is_taken_is_soon_looked_at() {
        let long: String = ('\u{4e00}'..).step_by(37).take(super::super::passwords::LONGEST / 3).collect();
        assert!(!is_guessable(&long, &around()));
    }
}
