//! One made-up enterprise and all that is recorded of it.

use super::rng::Rng;
use super::rows::Tables;
use super::rows::Value::{self, Empty, Number, Text, Word};
use super::words::{FORMS, INDUSTRIES, Industry, Kind, PLACES, SPACES, SUBJECTS, TRADE_FIRST, TRADE_SECOND, WORKS};
use crate::uscc::Uscc;

/// 1 January 2013, the first day of what is recorded, and 31 December 2019, the last; days since 1970-01-01.
const FIRST_DAY: i64 = 15_706;
const LAST_DAY: i64 = 18_261;
/// 1 January of 2016, 2017, 2018 and 2019.
const NEW_YEARS: [i64; 4] = [16_801, 17_167, 17_532, 17_897];
/// 30 June 2019: the youngest enterprises.
const LAST_REGISTERED: i64 = 18_077;
/// A yuan in fen, and ten thousand.
const YUAN: i64 = 100;
const WAN: i64 = 1_000_000;

/// The characters of organisation codes within a unified code.
const LETTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 31^6: how many organisation codes begin with `MA`.
const CODES: u64 = 887_503_681;
/// Enterprises a sample may have: ids hold eight digits of their number.
pub(super) const MOST: u64 = 99_999_999;

/// The enterprise while its rows are made.
struct Maker<'t> {
    rng: Rng,
    tables: &'t mut Tables,
    index: u64,
    code: String,
    industry: &'static Industry,
    /// The day from which events may be dated.
    since: i64,
    scale: usize,
}

/// Appends the rows of the enterprise with this number (from 0).
pub(super) fn make(seed: u64, index: u64, tables: &mut Tables) {
    let mut rng = Rng::of(seed, index);
    let industry = &INDUSTRIES[rng.weighted(&INDUSTRIES.each_ref().map(|industry| industry.share))];
    let is_institution = match industry.kind {
        Kind::Training => rng.chance(700),
        Kind::Science => rng.chance(60),
        _ => rng.chance(4),
    };
    // Most firms are young: the younger of two even draws over 24 years.
    let age = rng.between(0, 8_766).min(rng.between(0, 8_766));
    let registered = LAST_REGISTERED - age;
    let scale = rng.weighted(&[3, 17, 180, 800]);
    let code = code(&mut rng, index, is_institution);
    let since = registered.max(FIRST_DAY);
    let mut maker = Maker { rng, tables, index, code, industry, since, scale };
    let base_sales = maker.sales();
    maker.enterprise(registered, is_institution, base_sales);
    maker.accounts(registered, base_sales);
    maker.intellectual_property();
    maker.recognitions();
    maker.certifications();
    maker.projects();
    maker.alliances();
    maker.standards();
    if industry.kind == Kind::Training {
        maker.trainings(registered);
    }
}

/// A code of its own for each number: multiplying by what has no factor 31 permutes the organisation codes.
fn code(rng: &mut Rng, index: u64, is_institution: bool) -> String {
    let mut number = (index.wrapping_mul(387_420_489) + 1_234_567) % CODES;
    let mut organisation = *b"MA000000";
    for place in (2..8).rev() {
        organisation[place] = LETTERS[(number % 31) as usize];
        number /= 31;
    }
    // The check character of GB 11714, which has letters count from ten in the order of the whole alphabet.
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let sum: u32 = organisation.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum();
    let check = b"0123456789X"[((11 - sum % 11) % 11) as usize] as char;
    let registrar = if is_institution { rng.pick(&["52", "12"]) } else { "91" };
    let division = rng.pick(&["520102", "520102", "520102", "520103", "520100", "520000"]);
    let organisation = String::from_utf8_lossy(&organisation);
    let code = Uscc::complete(&format!("{registrar}{division}{organisation}{check}"));
    code.expect("17 characters of the alphabet are completed").to_string()
}

impl Maker<'_> {
    fn is_technical(&self) -> bool {
        matches!(self.industry.kind, Kind::Software | Kind::Science | Kind::Medicine)
    }

    /// A value, or an empty cell so many times in a thousand.
    fn or_empty<'v>(&mut self, per_mille: u64, value: Value<'v>) -> Value<'v> {
        if self.rng.chance(per_mille) { Empty } else { value }
    }

    fn id(&self, prefix: &str, number: u64) -> String {
        format!("{prefix}{:08}{number:02}", self.index)
    }

    /// A day on which something of the enterprise is recorded.
    fn day(&mut self) -> i64 {
        self.rng.between(self.since, LAST_DAY)
    }

    fn sales(&mut self) -> i64 {
        let median = [40_000 * WAN, 5_000 * WAN, 600 * WAN, 60 * WAN][self.scale];
        let wholesale = self.industry.code.starts_with("F51");
        self.rng.log_normal(if wholesale { median * 2 } else { median }, 3)
    }

    fn trade_name(&mut self) -> String {
        let (first, second) = (self.rng.pick(&TRADE_FIRST), self.rng.pick(&TRADE_SECOND));
        let third = if self.rng.chance(400) { self.rng.pick(&TRADE_SECOND) } else { "" };
        format!("{first}{second}{third}")
    }

    fn enterprise(&mut self, registered: i64, is_institution: bool, sales: i64) {
        let (place, trade) = (self.rng.pick(&PLACES), self.trade_name());
        let word = self.industry.word;
        let name = match (is_institution, self.industry.kind) {
            (true, Kind::Training) => format!("贵阳市南明区{trade}{word}学校"),
            (true, _) => format!("贵州省{trade}{word}院"),
            (false, _) => format!("{place}{trade}{word}{}", self.rng.pick(&FORMS)),
        };
        let elsewhere = ["520103", "520111", "520115", "520113", "520112", "520181", "520123", "520121"];
        let is_local = self.rng.chance(880);
        let district = if is_local { "520102" } else { self.rng.pick(&elsewhere) };
        let moved_in = self.rng.between((registered + 180).max(FIRST_DAY), LAST_DAY);
        let moved_in = if is_local && self.rng.chance(50) { Number(moved_in) } else { Empty };
        // Registers hold the class, the group or the division, with the section's letter or without.
        let code = self.industry.code;
        let industry = &code[usize::from(!self.rng.chance(150))..code.len() - self.rng.weighted(&[800, 80, 120])];
        let is_young_technical = self.is_technical() && self.scale >= 2 && registered > FIRST_DAY;
        let is_incubated = is_young_technical && self.rng.chance(120);
        let graduated = registered + self.rng.between(300, 1_300);
        let has_graduated = is_incubated && graduated <= LAST_DAY && self.rng.chance(700);
        let quota = match &code[..3] {
            "F51" => 2_000 * WAN,
            "F52" => 500 * WAN,
            _ if code.starts_with('C') => 2_000 * WAN,
            _ => 1_000 * WAN,
        };
        let above_quota = self.rng.between(registered + 200, LAST_DAY.max(registered + 200)).max(FIRST_DAY - 700);
        let is_above_quota = sales >= quota && self.rng.chance(750) && above_quota <= LAST_DAY;
        let row = [
            Text(&self.code.clone()),
            self.or_empty(5, Text(&name)),
            self.or_empty(20, Number(registered)),
            self.or_empty(15, Text(district)),
            moved_in,
            self.or_empty(30, Text(industry)),
            {
                let scale = self.scale;
                self.or_empty(40, Word(scale))
            },
            if is_incubated { Text(self.rng.pick(&SPACES)) } else { Empty },
            if has_graduated { Number(graduated) } else { Empty },
            if is_above_quota { Number(above_quota) } else { Empty },
        ];
        self.tables.enterprises.push(&row);
    }

    fn accounts(&mut self, registered: i64, mut sales: i64) {
        let borrows = self.rng.chance(300);
        let researches = self.rng.chance(if self.is_technical() { 350 } else { 30 });
        for (year, new_year) in (2016..).zip(NEW_YEARS).take(3) {
            sales = sales / 100 * self.rng.between(82, 148);
            let days = (new_year + 365 - registered).min(365);
            if days <= 0 {
                continue;
            }
            let earned = sales / 365 * days + self.rng.between(0, 99);
            let mut share = |low, high| earned / 10_000 * self.rng.between(low, high) + self.rng.between(0, 99);
            let (retained, interest, spent) = (share(5, 60), share(20, 180), share(100, 900));
            let retained = if self.rng.chance(3) { -retained / 4 } else { retained };
            let row = [
                Text(&self.code.clone()),
                Number(year),
                self.or_empty(25, Number(earned)),
                self.or_empty(60, Number(retained)),
                self.or_empty(35, Number(if borrows { interest } else { 0 })),
                self.or_empty(30, Number(researches.into())),
                self.or_empty(40, Number(if researches { spent } else { 0 })),
            ];
            self.tables.accounts.push(&row);
        }
    }

    /// How many of something there are where there is any: mostly few, seldom many.
    fn few(&mut self, most: u64) -> u64 {
        1 + most / (1 + self.rng.below(most))
    }

    fn subject(&mut self) -> String {
        let (subject, work) = (self.rng.pick(&SUBJECTS), self.rng.pick(&WORKS));
        format!("{subject}{work}")
    }

    fn intellectual_property(&mut self) {
        let kind = self.industry.kind;
        let share = match kind {
            Kind::Software | Kind::Science | Kind::Medicine => 420,
            Kind::Maker => 250,
            Kind::Plain | Kind::Training => 60,
        };
        if !self.rng.chance(share) {
            return;
        }
        let count = self.few(60);
        for number in 0..count {
            let weights = if kind == Kind::Software { [700, 120, 120, 60] } else { [100, 250, 450, 200] };
            let (kind, title) = (self.rng.weighted(&weights), self.subject());
            let title = if kind == 0 { format!("{title}V{}.0", 1 + number % 3) } else { format!("一种{title}") };
            let day = self.day();
            let row = [
                Text(&self.id("IP", number)),
                Text(&self.code.clone()),
                Word(kind),
                self.or_empty(20, Number(day)),
                self.or_empty(10, Text(&title)),
            ];
            self.tables.ip_filings.push(&row);
        }
        if count >= 3 && self.rng.chance(250) {
            for number in 0..self.few(3) {
                let output = self.rng.log_normal(1_500 * WAN, 2);
                let (product, day) = (self.subject(), self.day());
                let has_patent = self.rng.chance(600);
                let row = [
                    Text(&self.id("CP", number)),
                    Text(&self.code.clone()),
                    Text(&product),
                    self.or_empty(40, Number(has_patent.into())),
                    self.or_empty(30, Number(output)),
                    if output >= 2_000 * WAN { Number(day) } else { Empty },
                ];
                self.tables.ip_products.push(&row);
            }
        }
    }

    fn recognitions(&mut self) {
        let share = if self.is_technical() { 300 } else { 15 };
        if !self.rng.chance(share) {
            return;
        }
        for number in 0..self.few(4) {
            let kind = self.rng.weighted(&[110, 90, 60, 20, 20, 480, 220]);
            let is_platform = kind < 5;
            let level = self.rng.weighted(&[80, 400, 520]);
            // Some platforms stand under several recognitions of one party, some are shared with other parties.
            let key = match self.rng.weighted(&[600, 250, 150]) {
                0 => String::new(),
                1 => format!("PT{:08}", self.index),
                _ => format!("PG{:07}", self.index / 64),
            };
            let day = self.day();
            let row = [
                Text(&self.id("RD", number)),
                Text(&self.code.clone()),
                Word(kind),
                if is_platform { self.or_empty(30, Word(level)) } else { Empty },
                if is_platform { Text(&key) } else { Empty },
                self.or_empty(20, Number(day)),
                self.or_empty(150, Number(day + 1_095)),
            ];
            self.tables.recognitions.push(&row);
        }
    }

    fn certifications(&mut self) {
        let share = match self.industry.kind {
            Kind::Medicine => 500,
            Kind::Science => 350,
            _ if self.industry.code.starts_with('E') => 300,
            _ => 25,
        };
        if !self.rng.chance(share) {
            return;
        }
        for number in 0..self.few(6) {
            let is_medical = self.industry.kind == Kind::Medicine;
            let kind = if is_medical { self.rng.weighted(&[200, 450, 350]) } else { 0 };
            let (class, cost) = (self.rng.between(1, 3), self.rng.log_normal(2 * WAN, 2) / YUAN * YUAN);
            let day = self.day();
            let started = day + self.rng.between(30, 500);
            let starts = kind > 0 && started <= LAST_DAY && self.rng.chance(600);
            let row = [
                Text(&self.id("ZZ", number)),
                Text(&self.code.clone()),
                Word(kind),
                self.or_empty(30, Number(class)),
                self.or_empty(40, Number(cost)),
                self.or_empty(20, Number(day)),
                if starts { Number(started) } else { Empty },
            ];
            self.tables.certifications.push(&row);
        }
    }

    fn projects(&mut self) {
        let share = if self.is_technical() { 180 } else { 12 };
        if !self.rng.chance(share) {
            return;
        }
        for number in 0..self.few(5) {
            let (kind, level) = (self.rng.weighted(&[800, 200]), self.rng.weighted(&[60, 340, 600]));
            let (title, day) = (self.subject(), self.day());
            let summary = format!("面向{}，开展{title}的研究与应用。", self.rng.pick(&SUBJECTS));
            // A project carried by several parties, and its award, have one key.
            let key = match self.rng.weighted(&[700, 200, 100]) {
                0 => String::new(),
                1 => format!("XK{:08}", self.index),
                _ => format!("XG{:07}", self.index / 32),
            };
            let row = [
                Text(&self.id("XM", number)),
                Text(&self.code.clone()),
                Word(kind),
                self.or_empty(25, Word(level)),
                Text(&title),
                self.or_empty(200, Text(&summary)),
                Text(&key),
                self.or_empty(20, Number(day)),
            ];
            self.tables.projects.push(&row);
        }
    }

    fn alliances(&mut self) {
        if !self.rng.chance(if self.scale <= 1 { 30 } else { 2 }) {
            return;
        }
        let (name, day) = (format!("南明区{}产业技术创新联盟", self.rng.pick(&SUBJECTS)), self.day());
        let is_led = self.rng.chance(250);
        let row = [
            Text(&self.id("LM", 0)),
            Text(&self.code.clone()),
            Text(&name),
            self.or_empty(40, Number(is_led.into())),
            self.or_empty(20, Number(day)),
        ];
        self.tables.alliances.push(&row);
    }

    fn standards(&mut self) {
        if !self.rng.chance(if self.is_technical() { 60 } else { 6 }) {
            return;
        }
        for number in 0..self.few(4) {
            let (level, role) = (self.rng.weighted(&[50, 350, 600]), self.rng.weighted(&[250, 750]));
            let day = self.day();
            let row = [
                Text(&self.id("BZ", number)),
                Text(&self.code.clone()),
                self.or_empty(20, Word(level)),
                Word(role),
                self.or_empty(20, Number(day)),
            ];
            self.tables.standards.push(&row);
        }
    }

    fn trainings(&mut self, registered: i64) {
        for (year, next_new_year) in (2016..).zip(&NEW_YEARS[1..]) {
            if registered < *next_new_year && self.rng.chance(700) {
                let placed = self.rng.log_normal(60, 2);
                let row = [Text(&self.code.clone()), Number(year), self.or_empty(30, Number(placed))];
                self.tables.trainings.push(&row);
            }
        }
    }
}
