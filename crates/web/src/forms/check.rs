//! What a field's description says about its values.

use std::ops::RangeInclusive;

use duixian_text::{has_control_in_lines, has_turned, has_unseen};

use super::{Field, Kind, read_date, read_money, read_whole};
use crate::format;
use crate::locale::{Lang, Text};

/// Whole numbers between these are years.
const YEARS: RangeInclusive<i64> = 1900..=2999;

/// The first thing wrong with the values of a field.
pub(super) fn check(field: &Field, values: &[&str]) -> Option<Text> {
    if field.read_only {
        return None;
    }
    let value = values.first().map_or("", |value| value.trim());
    if values.iter().all(|value| value.trim().is_empty()) {
        return field.required.then(|| missing(field));
    }
    match &field.kind {
        // A line is a name or a number: with something in it that nobody sees it would pass for another. Longer texts are pasted,
        // and what their editors put between the words stands for nothing.
        Kind::Text { max_chars } => unseen(has_unseen(value)).or_else(|| too_long(value, *max_chars)),
        Kind::TextArea { max_chars } => {
            unseen(has_control_in_lines(value) || has_turned(value)).or_else(|| too_long(value, *max_chars))
        }
        Kind::Password => too_long(value, 200),
        Kind::Money { low, high } => match read_money(value) {
            Err(error) => Some(error),
            Ok(amount) if amount < *low => Some(Text::new(
                format!("不能少于{}。", format::yuan(Lang::Zh, *low)),
                format!("It must be at least {}.", format::yuan(Lang::En, *low)),
            )),
            Ok(amount) if amount > *high => Some(Text::new(
                format!("不能多于{}。", format::yuan(Lang::Zh, *high)),
                format!("It must be at most {}.", format::yuan(Lang::En, *high)),
            )),
            Ok(_) => None,
        },
        Kind::Whole { low, high } => match read_whole(value) {
            Err(error) => Some(if low >= YEARS.start() && high <= YEARS.end() { not_a_year() } else { error }),
            Ok(number) if number < *low => {
                Some(Text::new(format!("不能小于{low}。"), format!("It must be at least {low}.")))
            }
            Ok(number) if number > *high => {
                Some(Text::new(format!("不能大于{high}。"), format!("It must be at most {high}.")))
            }
            Ok(_) => None,
        },
        Kind::Date { first, last } => match read_date(value) {
            Err(error) => Some(error),
            Ok(day) => match (first, last) {
                (Some(first), _) if day < *first => Some(Text::new(
                    format!("不能早于{}。", format::date(Lang::Zh, *first)),
                    format!("It must not be before {}.", format::date(Lang::En, *first)),
                )),
                (_, Some(last)) if day > *last => Some(Text::new(
                    format!("不能晚于{}。", format::date(Lang::Zh, *last)),
                    format!("It must not be after {}.", format::date(Lang::En, *last)),
                )),
                _ => None,
            },
        },
        Kind::Radios(choices) | Kind::Select(choices) | Kind::Checkboxes(choices) => {
            let chosen = |value: &str| choices.iter().find(|choice| choice.value == value.trim());
            let is_single = !matches!(field.kind, Kind::Checkboxes(_));
            if is_single && values.len() > 1 || values.iter().any(|value| chosen(value).is_none()) {
                return Some(Text::new("请从列出的选项中选择。", "Choose from what is listed."));
            }
            // What could be chosen when the page was opened, and no more, says why.
            let closed = values.iter().filter_map(|value| chosen(value)).find(|one| !one.disabled_because.is_empty());
            closed.map(|choice| choice.disabled_because.clone())
        }
        Kind::Checkbox | Kind::File { .. } | Kind::Hidden => None,
    }
}

fn not_a_year() -> Text {
    Text::new("请只写四位数的年份，例如 2018。", "Write the year in four digits, such as 2018.")
}

fn missing(field: &Field) -> Text {
    let (zh, en) = (&field.label.zh, &field.label.en);
    match field.kind {
        // A group of choices is often named by a case, “if the fund is short”, and not by what is chosen.
        Kind::Radios(_) | Kind::Checkboxes(_) => Text::new("请选一项。", "Choose one."),
        Kind::Select(_) => Text::new(format!("请选择{zh}。"), format!("Choose: {en}.")),
        Kind::Checkbox => Text::new("请勾选确认后再继续。", "Tick the box to go on."),
        Kind::File { .. } => Text::new(format!("请上传{zh}。"), format!("Upload: {en}.")),
        Kind::Hidden => Text::new("表单不完整，请刷新页面。", "The form is incomplete; reload the page."),
        _ => Text::new(format!("请填写{zh}。"), format!("Fill in: {en}.")),
    }
}

fn unseen(is_there: bool) -> Option<Text> {
    let (zh, en) =
        ("里面有看不见的字符，请清空后重新手打。", "It has characters that can't be seen: empty it and type it anew.");
    is_there.then(|| Text::new(zh, en))
}

fn too_long(value: &str, max_chars: usize) -> Option<Text> {
    let chars = value.chars().count();
    (chars > max_chars).then(|| {
        Text::new(
            format!("最多{max_chars}个字，现在有{chars}个。"),
            format!("At most {max_chars} characters; there are {chars}."),
        )
    })
}
