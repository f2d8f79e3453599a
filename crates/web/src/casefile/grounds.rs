//! The grounds of a refusal that goes against what the rules say: what is not met, by its clause, and what was found. They
//! stand in the reason as one text, so that the journal and every page read it as it is, and letters take it apart again.

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
        let plain = |text: &String| text.trim().trim_end_matches('。').replace(FOUND, "，查明：");
        let unmet: Vec<String> = unmet.iter().map(plain).collect();
        Grounds { unmet: unmet.join("；"), found: found.trim().to_owned() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_put_together_and_taken_apart() {
        let unmet = ["属实（二）。".to_owned(), "佐证“证书”（二）".to_owned()];
        let grounds = Grounds::of(&unmet, " 证书编号查无此号。查明：两次都是。 ");
        let reason = "不符合：属实（二）；佐证“证书”（二）。查明：证书编号查无此号。查明：两次都是。";
        assert_eq!(grounds.reason(), reason);
        assert_eq!(Grounds::read(reason), Some(grounds));
        for text in ["成果与主业无关", "不符合：条件", "查明：没有"] {
            assert_eq!(Grounds::read(text), None, "{text}");
        }
    }
}
