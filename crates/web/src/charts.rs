//! Charts as SVG made on the server, each with its figures as a table beside it and a sentence in its place for who cannot
//! see it. Text is text, so that the system's Chinese faces show it; nothing needs a script or a `style` attribute.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use duixian_money::Fen;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::format;
use crate::list::{Cell, Column, List, Row};
use crate::locale::{Lang, Speak, Text as Words};
use crate::page::Page;

/// Figures to be shown.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What is shown, in a short heading.
    pub title: Words,
    /// How.
    pub kind: Kind,
    /// What the figures count.
    pub unit: Unit,
    /// The bars, or the points along the axis.
    pub categories: Vec<Words>,
    /// One or several rows of figures, each with a value for every category; missing ones count as 0.
    pub series: Vec<Series>,
}

/// One row of figures.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is.
    pub name: Words,
    /// Fen, or things counted; see [`Unit`].
    pub values: Vec<i64>,
}

/// How figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bars from left to right, the values beside them. One series.
    Bars,
    /// Bars cut into parts that add up: paid, reserved, free.
    Stacked,
    /// Lines over time.
    Line,
}

/// What figures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Fen, shown in 万元.
    Money,
    /// Things.
    Count,
}

/// Dark to light, so that they differ on a grey printer too. The first three are those of the fund's tiles.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0x1b, 0x64, 0x40), RGBColor(0xd0, 0x9a, 0x35), RGBColor(0xb9, 0xc6, 0xd3), RGBColor(0x1d, 0x4a, 0x77)];
const SINGLE: RGBColor = RGBColor(0x1d, 0x4a, 0x77);
const INK: RGBColor = RGBColor(0x17, 0x22, 0x2e);
const SOFT_INK: RGBColor = RGBColor(0x4d, 0x5b, 0x69);
const GRID: RGBColor = RGBColor(0xd3, 0xda, 0xe1);

/// In the drawing's own units, which are about a pixel each.
const WIDTH: u32 = 440;
const TEXT: f64 = 14.0;
/// From one bar to the next, and how thick each is.
const PITCH: i32 = 26;
const BAR: i32 = 18;

impl Chart {
    /// The figure for a page.
    pub fn show<'a>(&'a self, page: &'a Page) -> Figure<'a> {
        Figure { chart: self, page }
    }

    /// Whether there is anything to see: an empty frame says nothing, and looks broken.
    pub fn has_figures(&self) -> bool {
        (0..self.categories.len()).any(|index| self.series.iter().any(|series| series.at(index) != 0))
    }

    /// The figures as a list, with the sums where parts add up.
    pub fn list(&self) -> List {
        let mut columns = vec![Column::text("category", ("项目", "Item"))];
        let unit = |name: &Words| match self.unit {
            Unit::Money => Words::new(format!("{}（元）", name.zh), format!("{} (yuan)", name.en)),
            Unit::Count => name.clone(),
        };
        columns.extend(self.series.iter().map(|series| Column::number("value", unit(&series.name))));
        if self.kind == Kind::Stacked {
            columns.push(Column::number("sum", unit(&Words::new("合计", "Sum"))));
        }
        let mut list = List::new(self.title.clone(), columns);
        let cell = |value| if self.unit == Unit::Money { Cell::money(Fen(value)) } else { Cell::count(value) };
        for (index, category) in self.categories.iter().enumerate() {
            let mut cells = vec![Cell::pair(category.clone())];
            cells.extend(self.series.iter().map(|series| cell(series.at(index))));
            if self.kind == Kind::Stacked {
                cells.push(cell(self.sum_at(index)));
            }
            list.push(Row::new(cells));
        }
        list
    }

    /// What there is to see, in a sentence: the largest and the smallest.
    pub fn alternative(&self, lang: Lang) -> String {
        let title = self.title.get(lang);
        let totals: Vec<i64> = (0..self.categories.len()).map(|index| self.sum_at(index)).collect();
        let place = |extreme: Option<&i64>| {
            let value = *extreme?;
            let index = totals.iter().position(|total| *total == value)?;
            Some((self.categories[index].get(lang), self.words(lang, value)))
        };
        match (place(totals.iter().max()), place(totals.iter().min())) {
            (Some((most, high)), Some((least, low))) => match lang {
                Lang::Zh => {
                    format!("{title}。共{}项；最多：{most} {high}；最少：{least} {low}。下面有数据表。", totals.len())
                }
                Lang::En => format!(
                    "{title}. {} items; most: {most} {high}; least: {least} {low}. The figures stand in a table below.",
                    totals.len()
                ),
            },
            _ => lang.t("没有数据。", "There are no figures.").to_owned(),
        }
    }

    /// The drawing without its root element.
    pub fn draw(&self, lang: Lang) -> String {
        let mut svg = String::new();
        let size = (WIDTH, self.height());
        let drawn = {
            let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            let drawn = match self.kind {
                Kind::Line => self.draw_lines(lang, &area),
                Kind::Bars | Kind::Stacked => self.draw_bars(lang, &area),
            };
            drawn.and_then(|()| area.present().map_err(|error| error.to_string()))
        };
        // The table has the figures, so a drawing that fails leaves a gap, not an error.
        if drawn.is_err() {
            return String::new();
        }
        let inside = svg.split_once("<svg").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, inside)| inside);
        inside.replace("</svg>", "").trim().to_owned()
    }

    fn height(&self) -> u32 {
        match self.kind {
            Kind::Line => 260,
            Kind::Bars | Kind::Stacked => (PITCH * (self.categories.len() as i32 + 1)).cast_unsigned(),
        }
    }

    fn draw_bars<B: DrawingBackend>(&self, lang: Lang, area: &DrawingArea<B, Shift>) -> Result<(), String> {
        let most = self.most();
        let labels = self.categories.iter().map(|words| text_width(words.get(lang))).max().unwrap_or(0).clamp(40, 150);
        let values = (0..self.categories.len())
            .map(|index| text_width(&self.words(lang, self.sum_at(index))))
            .max()
            .unwrap_or(0);
        let left = labels + 10;
        let room = (WIDTH as i64 - i64::from(left) - i64::from(values) - 16).max(60);
        let x = |value: i64| left + (i128::from(value.max(0)) * i128::from(room) / i128::from(most)) as i32;
        for (index, category) in self.categories.iter().enumerate() {
            let top = 6 + PITCH * index as i32;
            let middle = top + BAR / 2;
            let label = style(area, &INK, Pos::new(HPos::Right, VPos::Center));
            let shown = fitting(category.get(lang), labels);
            area.draw(&Text::new(shown, (left - 8, middle), label)).map_err(|error| error.to_string())?;
            let mut from = 0;
            for (number, series) in self.series.iter().enumerate() {
                let value = series.at(index).max(0);
                let colour = if self.series.len() == 1 { SINGLE } else { COLOURS[number % COLOURS.len()] };
                // A pixel of white keeps neighbours apart where colours are not seen.
                let corners = [(x(from), top), (x(from.saturating_add(value)) - 1, top + BAR)];
                if corners[1].0 > corners[0].0 {
                    area.draw(&Rectangle::new(corners, colour.filled())).map_err(|error| error.to_string())?;
                }
                from = from.saturating_add(value);
            }
            let value = style(area, &INK, Pos::new(HPos::Left, VPos::Center));
            let words = self.words(lang, self.sum_at(index));
            area.draw(&Text::new(words, (x(from) + 6, middle), value)).map_err(|error| error.to_string())?;
        }
        let foot = PITCH * self.categories.len() as i32 + 6;
        let axis = PathElement::new(vec![(left, 2), (left, foot)], SOFT_INK.stroke_width(1));
        area.draw(&axis).map_err(|error| error.to_string())
    }

    fn draw_lines<B: DrawingBackend>(&self, lang: Lang, area: &DrawingArea<B, Shift>) -> Result<(), String> {
        let most = self.most();
        let step = nice_step(most);
        let top = ((most - 1) / step + 1).saturating_mul(step);
        let widest = text_width(&self.axis_words(top)).max(24);
        let (left, right, above, below) = (widest + 10, WIDTH as i32 - 20, 30, 226);
        let last = self.categories.len().saturating_sub(1).max(1) as i32;
        let x = |index: usize| left + (right - left) * index as i32 / last;
        let y = |value: i64| below - (i128::from(value.max(0)) * i128::from(below - above) / i128::from(top)) as i32;
        let fail = |error: DrawingAreaErrorKind<B::ErrorType>| error.to_string();
        for mark in (0..=top / step).map(|number| number.saturating_mul(step)) {
            let colour = if mark == 0 { SOFT_INK } else { GRID };
            area.draw(&PathElement::new(vec![(left, y(mark)), (right, y(mark))], colour.stroke_width(1)))
                .map_err(fail)?;
            let label = style(area, &SOFT_INK, Pos::new(HPos::Right, VPos::Center));
            area.draw(&Text::new(self.axis_words(mark), (left - 6, y(mark)), label)).map_err(fail)?;
        }
        if self.unit == Unit::Money {
            let label = style(area, &SOFT_INK, Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(lang.t("万元", "CNY 10,000"), (0, 10), label)).map_err(fail)?;
        }
        // Every label has about 60 units of room; the others are left out.
        let stride = self.categories.len().div_ceil(((right - left) / 60).max(1) as usize).max(1);
        for (index, category) in self.categories.iter().enumerate().step_by(stride) {
            let label = style(area, &SOFT_INK, Pos::new(HPos::Center, VPos::Top));
            area.draw(&Text::new(category.get(lang).to_owned(), (x(index), below + 8), label)).map_err(fail)?;
        }
        for (number, series) in self.series.iter().enumerate() {
            let colour = LINE_COLOURS[number % LINE_COLOURS.len()];
            let points: Vec<(i32, i32)> =
                (0..self.categories.len()).map(|index| (x(index), y(series.at(index)))).collect();
            area.draw(&PathElement::new(points.clone(), colour.stroke_width(2))).map_err(fail)?;
            for (at_x, at_y) in points {
                // Shapes tell the lines apart where colours do not.
                if number == 0 {
                    area.draw(&Circle::new((at_x, at_y), 4, colour.filled())).map_err(fail)?;
                } else {
                    let corners = [(at_x - 4, at_y - 4), (at_x + 4, at_y + 4)];
                    area.draw(&Rectangle::new(corners, colour.filled())).map_err(fail)?;
                }
            }
        }
        Ok(())
    }

    /// The largest sum of a bar, or the largest point of a line; at least 1.
    fn most(&self) -> i64 {
        let at = |index| match self.kind {
            Kind::Line => self.series.iter().map(|series| series.at(index)).max().unwrap_or(0),
            Kind::Bars | Kind::Stacked => self.sum_at(index),
        };
        (0..self.categories.len()).map(at).max().unwrap_or(0).max(1)
    }

    fn sum_at(&self, index: usize) -> i64 {
        self.series.iter().fold(0, |sum: i64, series| sum.saturating_add(series.at(index)))
    }

    fn words(&self, lang: Lang, value: i64) -> String {
        match self.unit {
            Unit::Money => format::about(lang, Fen(value)),
            Unit::Count => format::count(value),
        }
    }

    /// Without the unit, which stands once above the axis; decimals only where the marks need them.
    fn axis_words(&self, value: i64) -> String {
        match self.unit {
            Unit::Money => Fen(value).to_wan_yuan().trim_end_matches(".00").to_owned(),
            Unit::Count => format::count(value),
        }
    }
}

const LINE_COLOURS: [RGBColor; 3] = [SINGLE, RGBColor(0xa8, 0x6b, 0x0c), RGBColor(0x1b, 0x64, 0x40)];

impl Series {
    /// A row of figures.
    pub fn new(name: impl Into<Words>, values: Vec<i64>) -> Series {
        Series { name: name.into(), values }
    }

    fn at(&self, index: usize) -> i64 {
        self.values.get(index).copied().unwrap_or(0)
    }
}

/// The markup of a [`Chart`].
#[derive(Template)]
#[template(path = "ui/chart.html")]
pub struct Figure<'a> {
    chart: &'a Chart,
    page: &'a Page,
}

impl HtmlSafe for Figure<'_> {}

impl Figure<'_> {
    /// The name and colour of each series; nothing to explain where there is one.
    fn legend(&self) -> Vec<(&str, String)> {
        let is_line = self.chart.kind == Kind::Line;
        let colour = |index: usize| {
            let RGBColor(red, green, blue) =
                if is_line { LINE_COLOURS[index % LINE_COLOURS.len()] } else { COLOURS[index % COLOURS.len()] };
            let mut hex = String::from("#");
            for part in [red, green, blue] {
                // Writing into a string cannot fail.
                let _ = write!(hex, "{part:02x}");
            }
            hex
        };
        if self.chart.series.len() < 2 {
            return Vec::new();
        }
        self.chart
            .series
            .iter()
            .enumerate()
            .map(|(index, series)| (self.page.text(&series.name), colour(index)))
            .collect()
    }
}

fn style<'a, B: DrawingBackend>(area: &DrawingArea<B, Shift>, colour: &'a RGBColor, at: Pos) -> TextStyle<'a> {
    // The library divides by 1.24 on the way out.
    ("sans-serif", TEXT * 1.24).into_text_style(area).color(colour).pos(at)
}

/// About how wide a text is: a Chinese character is as wide as high, a Latin one a little more than half.
fn text_width(text: &str) -> i32 {
    text.chars().map(|character| if character.is_ascii() { 8.0 } else { TEXT }).sum::<f64>().ceil() as i32
}

/// A label cut to the room it has.
fn fitting(text: &str, room: i32) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        if text_width(&shown) + text_width("国…") > room && text_width(text) > room {
            shown.push('…');
            break;
        }
        shown.push(character);
    }
    shown
}

/// 1, 2 or 5 with zeros, so that an axis has three to six marks.
fn nice_step(most: i64) -> i64 {
    let mut step = 1i64;
    while most / step > 5 {
        let grown = [2, 5, 10].map(|factor| step.saturating_mul(factor));
        match grown.iter().find(|candidate| most / **candidate <= 5) {
            Some(found) => return *found,
            None => step = grown[2],
        }
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(kind: Kind) -> Chart {
        Chart {
            title: Words::new("各资金使用情况", "Funds and their use"),
            kind,
            unit: Unit::Money,
            categories: vec![
                Words::new("创新<专项>资金", "Innovation & fund"),
                Words::new("产业扶持资金", "Industry fund"),
            ],
            series: vec![
                Series::new(("已拨付", "Paid"), vec![100_000_000, 50_000_000]),
                Series::new(("可用", "Free"), vec![20_000_000]),
            ],
        }
    }

    #[test]
    fn drawings_are_text_and_shapes_that_the_policy_allows() {
        for kind in [Kind::Bars, Kind::Stacked, Kind::Line] {
            for lang in [Lang::Zh, Lang::En] {
                let svg = chart(kind).draw(lang);
                assert!(svg.contains("<text"), "{svg}");
                assert!(!svg.contains("style="), "{svg}");
                assert!(!svg.contains("<专项>"), "{svg}");
            }
        }
        assert!(chart(Kind::Bars).draw(Lang::Zh).contains("120.00万元"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing_without_a_panic() {
        for kind in [Kind::Bars, Kind::Stacked, Kind::Line] {
            let empty = Chart { categories: vec![], series: vec![], ..chart(kind) };
            empty.draw(Lang::Zh);
            assert_eq!(empty.alternative(Lang::En), "There are no figures.");
            let extreme = Chart { series: vec![Series::new(("甲", "A"), vec![i64::MAX, i64::MIN])], ..chart(kind) };
            extreme.draw(Lang::Zh);
        }
    }

    #[test]
    fn a_chart_of_zeros_has_nothing_to_see() {
        let zeros = Chart { series: vec![Series::new(("甲", "A"), vec![0, 0])], ..chart(Kind::Line) };
        assert!(chart(Kind::Bars).has_figures() && !zeros.has_figures());
        assert!(!Chart { categories: vec![], ..chart(Kind::Bars) }.has_figures());
    }

    #[test]
    fn the_sentence_names_the_extremes() {
        assert_eq!(
            chart(Kind::Stacked).alternative(Lang::Zh),
            "各资金使用情况。共2项；最多：创新<专项>资金 120.00万元；最少：产业扶持资金 50.00万元。下面有数据表。"
        );
    }

    #[test]
    fn axes_have_round_marks() {
        for (most, step) in [(1, 1), (5, 1), (6, 2), (23, 5), (70, 20), (1_000_000, 200_000)] {
            assert_eq!(nice_step(most), step, "{most}");
        }
    }
}
