//! An explanation for a terminal.

use super::report::{BasisReport, LimitReport, MeasureReport, MissingReport, Report, SummaryItem, mark, status_mark};
use super::words::Words;
use crate::reference::Truth;

/// The whole explanation, ending in a line break.
pub fn render(report: &Report) -> String {
    let words = report.words;
    let mut page = Page { words, text: String::new() };
    page.line(0, &format!("{}{}", report.party, words.aside(&report.code)));
    let as_of = words.pick("截至", "as of");
    page.line(0, &format!("{} · {} · {as_of} {}", report.policy, report.year, report.as_of));
    page.heading(words.pick("结论", "Summary"));
    if report.summary.is_empty() {
        page.line(1, words.pick("本年度没有可审核的事项。", "There is nothing to assess in this year."));
    }
    for line in &report.summary {
        let label = line.status.label(words.lang);
        page.line(1, &format!("{} {label}{}{}", status_mark(line.status), words.pick("：", ": "), line.text));
        for SummaryItem { name, outcome } in &line.items {
            page.line(2, &format!("{name}{}{outcome}", words.pick("：", ": ")));
        }
    }
    if !report.missing.is_empty() {
        page.line(1, words.pick("还缺：", "Still missing:"));
        report.missing.iter().for_each(|line| page.line(2, line));
    }
    report.measures.iter().for_each(|measure| page.measure(measure));
    if !report.without.is_empty() {
        page.heading(words.pick("本年度没有可审核事项的措施", "Measures with nothing to assess this year"));
        for measure in &report.without {
            page.line(1, &format!("{} {}", measure.clause, measure.name));
            page.labelled(2, words.pick("须先有", "would need"), &measure.needed);
            measure.outside.iter().for_each(|row| page.line(2, row));
        }
    }
    page.text
}

struct Page<'a> {
    words: Words<'a>,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.text.push('\n');
        self.line(0, heading);
    }

    fn labelled(&mut self, depth: usize, label: &str, text: &str) {
        self.line(depth, &format!("{label}{}{text}", self.words.pick("：", ": ")));
    }

    fn measure(&mut self, measure: &MeasureReport) {
        let words = self.words;
        let title = format!("{} {}", measure.clause, measure.clause_title);
        self.heading(&format!("{}{}", measure.name, words.aside(title.trim_end())));
        measure.bases.iter().for_each(|basis| self.basis(basis));
        for row in &measure.outside {
            self.labelled(1, words.pick("不计", "not counted"), row);
        }
        self.labelled(1, words.pick("规则", "rule"), &measure.pays);
        if let Some(fund) = &measure.fund {
            self.labelled(1, words.pick("资金", "fund"), fund);
        }
        for (heading, notes) in &measure.notes {
            notes.iter().for_each(|note| self.labelled(1, heading, note));
        }
        for reading in &measure.readings {
            self.labelled(1, words.pick("读法", "reading"), reading);
        }
    }

    fn basis(&mut self, basis: &BasisReport) {
        let words = self.words;
        let place = basis.place.as_ref().map(|place| format!(" · {place}")).unwrap_or_default();
        self.line(1, &format!("{}{place}", basis.name));
        let label = basis.status.label(words.lang);
        let colon = words.pick("：", ": ");
        let clause = words.aside(&basis.clause);
        self.line(2, &format!("{} {label}{colon}{}{clause}", status_mark(basis.status), basis.decision));
        if let Some(day) = &basis.payable_from {
            self.labelled(2, words.pick("可付", "payable from"), day);
        }
        for condition in &basis.conditions {
            let general = condition.general.as_ref().map(|general| format!("{general}{colon}")).unwrap_or_default();
            let line = format!("{} {general}{} · {}", mark(condition.truth), condition.sentence, condition.clause);
            self.line(2, &line);
            for test in &condition.tests {
                self.line(3 + test.depth, &format!("{} {}", mark(test.truth), test.text));
            }
        }
        if let Some(pays) = &basis.pays {
            self.labelled(2, words.pick("规定金额", "amount by the rule"), pays);
        }
        for LimitReport { passed, clause, effect, .. } in &basis.limits {
            let mark = mark(if *passed { Truth::True } else { Truth::False });
            self.line(2, &format!("{mark} {effect} · {clause}"));
        }
        let located = |missing: &MissingReport| {
            let place = missing.place.as_ref().map(|place| words.aside(place)).unwrap_or_default();
            format!("{}{place}", missing.text)
        };
        let missing: Vec<String> = basis.missing.iter().map(located).collect();
        self.list(words.pick("补齐后即可判定：", "Would be settled by:"), missing.iter().map(|line| (0, line)));
        let nearest = basis.nearest.iter().map(|need| (need.depth, &need.text));
        self.list(words.pick("要符合，还需：", "To qualify:"), nearest);
        self.list(words.pick("其中：", "Where:"), basis.calculations.iter().map(|line| (0, line)));
        let facts: Vec<String> = basis
            .facts
            .iter()
            .map(|fact| format!("{}{colon}{}  {}", fact.name, fact.value, fact.place).trim_end().to_owned())
            .collect();
        self.list(words.pick("所依据的事实：", "On these facts:"), facts.iter().map(|line| (0, line)));
    }

    fn list<'t>(&mut self, heading: &str, lines: impl Iterator<Item = (usize, &'t String)>) {
        for (index, (depth, line)) in lines.enumerate() {
            if index == 0 {
                self.line(2, heading);
            }
            self.line(3 + depth, line);
        }
    }
}
