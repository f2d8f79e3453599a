//! A case on its way: steps, what happened, what is known, until when.

use chrono::{NaiveDate, NaiveDateTime};
use duixian_casework::calendar::Calendar;

use super::shown;
use crate::format;
use crate::locale::{Speak, Text};

/// The main path, with where the case is.
#[derive(Clone, Debug, Default)]
pub struct Steps(pub Vec<Step>);

/// One step of the path.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub text: Text,
    /// Whether the case has passed it.
    pub state: StepState,
}

/// Whether a step is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Passed.
    Done,
    /// Here.
    Current,
    /// Still to come.
    Ahead,
}

impl Steps {
    /// The names in order; `current` counts from 0, and one past the end means that all are done.
    pub fn at(names: Vec<Text>, current: usize) -> Steps {
        let state = |index: usize| match index.cmp(&current) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::Ahead,
        };
        Steps(names.into_iter().enumerate().map(|(index, text)| Step { text, state: state(index) }).collect())
    }
}

shown!(Steps, ShownSteps, "ui/steps.html");

/// What happened, the latest first or last as the page needs it.
#[derive(Clone, Debug, Default)]
pub struct Timeline(pub Vec<Event>);

/// One thing that happened, or will.
#[derive(Clone, Debug)]
pub struct Event {
    /// What.
    pub what: Text,
    /// When; `None` for what is still to come without a date.
    pub when: Option<NaiveDateTime>,
    /// Who, or at which desk. May be empty.
    pub who: Text,
    /// What was said with it. May be empty.
    pub note: Text,
    /// How it looks.
    pub kind: EventKind,
    /// A page with more.
    pub more: Option<(String, Text)>,
}

/// How an event looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventKind {
    /// Happened.
    #[default]
    Plain,
    /// A good turn.
    Good,
    /// A bad one.
    Bad,
    /// Still to come.
    Next,
}

impl Event {
    /// Something that happened.
    pub fn new(what: impl Into<Text>, when: NaiveDateTime) -> Event {
        Event {
            what: what.into(),
            when: Some(when),
            who: Text::default(),
            note: Text::default(),
            kind: EventKind::Plain,
            more: None,
        }
    }

    /// Something to come.
    pub fn next(what: impl Into<Text>) -> Event {
        Event {
            what: what.into(),
            when: None,
            who: Text::default(),
            note: Text::default(),
            kind: EventKind::Next,
            more: None,
        }
    }

    /// Who did it.
    pub fn by(self, who: impl Into<Text>) -> Event {
        Event { who: who.into(), ..self }
    }

    /// What was said with it.
    pub fn note(self, note: impl Into<Text>) -> Event {
        Event { note: note.into(), ..self }
    }

    /// How it looks.
    pub fn kind(self, kind: EventKind) -> Event {
        Event { kind, ..self }
    }

    /// A page with more.
    pub fn more(self, href: impl Into<String>, text: impl Into<Text>) -> Event {
        Event { more: Some((href.into(), text.into())), ..self }
    }

    fn class(&self) -> &'static str {
        match self.kind {
            EventKind::Plain => "",
            EventKind::Good => "good",
            EventKind::Bad => "bad",
            EventKind::Next => "next",
        }
    }
}

shown!(Timeline, ShownTimeline, "ui/timeline.html");

/// What is known, each with its source.
#[derive(Clone, Debug, Default)]
pub struct Facts(pub Vec<Fact>);

/// One thing known.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Text,
    /// From where and when. May be empty.
    pub source: Text,
    /// A page of ours that the value leads to.
    pub href: Option<String>,
}

impl Facts {
    /// Adds one.
    pub fn add(mut self, name: impl Into<Text>, value: impl Into<Text>) -> Facts {
        self.0.push(Fact { name: name.into(), value: value.into(), source: Text::default(), href: None });
        self
    }

    /// Gives the last one its source.
    pub fn from(mut self, source: impl Into<Text>) -> Facts {
        if let Some(last) = self.0.last_mut() {
            last.source = source.into();
        }
        self
    }

    /// Gives the last one a page that it leads to.
    pub fn link(mut self, href: impl Into<String>) -> Facts {
        if let Some(last) = self.0.last_mut() {
            last.href = Some(href.into());
        }
        self
    }
}

shown!(Facts, ShownFacts, "ui/facts.html");

/// Until when, and how many working days that is.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// The last day.
    pub last_day: NaiveDate,
    /// Days of the calendar left after today; negative once it has passed, be it on a weekend.
    pub days_left: i64,
    /// Working days left after today, make-up days counted; negative where overdue.
    pub working_days_left: i64,
    /// Whether the holidays around the last day have been entered; without them working days go by the week alone.
    pub is_certain: bool,
}

/// How pressing a deadline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Days ahead.
    Calm,
    /// At most two working days.
    Soon,
    /// Past.
    Late,
}

impl Deadline {
    /// As it is seen on a day.
    pub fn seen(calendar: &Calendar, today: NaiveDate, last_day: NaiveDate) -> Deadline {
        let days_left = last_day.signed_duration_since(today).num_days();
        let working_days_left = calendar.working_days_between(today, last_day);
        Deadline { last_day, days_left, working_days_left, is_certain: calendar.is_certain(last_day) }
    }

    /// As it was seen when its clock was stopped after it had passed: meanwhile nothing is counted.
    fn stopped(last_day: NaiveDate, working_days_left: i64) -> Deadline {
        Deadline { last_day, days_left: working_days_left.min(-1), working_days_left, is_certain: true }
    }

    /// As it is seen on a day, or as it stands where its clock was stopped with so many working days left.
    pub fn standing(calendar: &Calendar, today: NaiveDate, last_day: NaiveDate, stopped: Option<i64>) -> Deadline {
        stopped.map_or_else(|| Deadline::seen(calendar, today, last_day), |left| Deadline::stopped(last_day, left))
    }

    /// Whether it has passed.
    pub fn is_past(&self) -> bool {
        self.days_left < 0
    }

    /// How pressing it is.
    pub fn urgency(&self) -> Urgency {
        match self.working_days_left {
            _ if self.is_past() => Urgency::Late,
            ..=2 => Urgency::Soon,
            _ => Urgency::Calm,
        }
    }

    /// The count in words, for tables: `还有3个工作日`.
    pub fn count(&self) -> Text {
        match self.working_days_left {
            // On the days off after the last day no working day has been lost yet.
            0 if self.is_past() => Text::new("已过期，之后还没有工作日", "past, no working day since"),
            days @ ..0 => Text::new(
                format!("已超期{}个工作日", days.unsigned_abs()),
                format!("{} working day(s) overdue", days.unsigned_abs()),
            ),
            0 if self.days_left > 0 => Text::new(
                format!("还有{}天，都不是工作日", self.days_left),
                format!("{} day(s) left, none of them a working day", self.days_left),
            ),
            0 => Text::new("今天到期", "due today"),
            days if !self.is_certain => Text::new(
                format!("还有{days}个工作日（那时的放假安排还没有录入，只按周末算）"),
                format!(
                    "{days} working day(s) left (by weekends alone: the holidays around that day are not entered yet)"
                ),
            ),
            days => Text::new(format!("还有{days}个工作日"), format!("{days} working day(s) left")),
        }
    }

    fn class(&self) -> &'static str {
        match self.urgency() {
            Urgency::Calm => "",
            Urgency::Soon => "soon",
            Urgency::Late => "late",
        }
    }
}

shown!(Deadline, ShownDeadline, "ui/deadline.html");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_past_on_the_weekend_after_it() {
        let day = |month, day| NaiveDate::from_ymd_opt(2019, month, day).expect("a day");
        let calendar = Calendar::shipped();
        let seen = |today, last_day| {
            let deadline = Deadline::seen(&calendar, today, last_day);
            (deadline.urgency(), deadline.count().zh.to_string())
        };
        // 5 July 2019 is a Friday.
        assert_eq!(seen(day(7, 5), day(7, 5)), (Urgency::Soon, "今天到期".to_owned()));
        assert_eq!(seen(day(7, 6), day(7, 5)), (Urgency::Late, "已过期，之后还没有工作日".to_owned()));
        assert_eq!(seen(day(7, 7), day(7, 5)), (Urgency::Late, "已过期，之后还没有工作日".to_owned()));
        assert_eq!(seen(day(7, 8), day(7, 5)), (Urgency::Late, "已超期1个工作日".to_owned()));
        assert_eq!(seen(day(7, 5), day(7, 7)), (Urgency::Soon, "还有2天，都不是工作日".to_owned()));
        assert_eq!(seen(day(7, 6), day(7, 8)), (Urgency::Soon, "还有1个工作日".to_owned()));
        let (today, last_day) = (NaiveDate::from_ymd_opt(2026, 12, 29), NaiveDate::from_ymd_opt(2027, 1, 5));
        let beyond = Deadline::seen(&calendar, today.expect("a day"), last_day.expect("a day")).count();
        assert!(beyond.zh.contains("放假安排还没有录入"), "{}", beyond.zh);
    }
}
