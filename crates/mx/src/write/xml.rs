//! Elements and text. The one place where text is escaped, and the only one that writes tags.

use iso::Money;

use crate::NAMESPACE_PREFIX;

/// A document that grows.
pub(super) struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    pub(super) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    /// An element with elements inside.
    pub(super) fn group(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.begin(name, "");
        self.inside(name, inside);
    }

    /// The root of a part, with the namespace of its message type.
    pub(super) fn part(
        &mut self,
        name: &'static str,
        message_type: &'static str,
        inside: impl FnOnce(&mut Self),
    ) {
        self.indent();
        self.out.extend(["<", name, " xmlns=\"", NAMESPACE_PREFIX, message_type, "\">\n"]);
        self.inside(name, inside);
    }

    fn begin(&mut self, name: &'static str, attributes: &str) {
        self.indent();
        self.out.extend(["<", name, attributes, ">\n"]);
    }

    fn inside(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.indent();
        self.out.extend(["</", name, ">\n"]);
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }

    /// An element with text, whatever the text is.
    pub(super) fn leaf(&mut self, name: &'static str, text: &str) {
        self.indent();
        self.out.extend(["<", name, ">"]);
        self.text(text);
        self.out.extend(["</", name, ">\n"]);
    }

    /// The same, if there is a text.
    pub(super) fn optional<T: AsRef<str>>(&mut self, name: &'static str, text: Option<&T>) {
        if let Some(text) = text {
            self.leaf(name, text.as_ref());
        }
    }

    /// An amount, with all decimals of its currency.
    pub(super) fn money(&mut self, name: &'static str, money: Money) {
        self.indent();
        let currency = money.currency();
        self.out.extend(["<", name, " Ccy=\"", currency.as_str(), "\">"]);
        let amount = money.amount();
        let decimals = usize::from(currency.decimals().unwrap_or_default());
        let text = match amount.in_units(currency.decimals().unwrap_or_default()) {
            // Zeros behind the last decimal of the currency are more than receivers take.
            Some(units) if decimals == 0 => units.to_string(),
            Some(units) => {
                let digits = format!("{units:0width$}", width = decimals + 1);
                let (whole, fraction) = digits.split_at(digits.len() - decimals);
                format!("{whole}.{fraction}")
            }
            None => amount.to_string(),
        };
        self.out.push_str(&text);
        self.out.extend(["</", name, ">\n"]);
    }

    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\r' => self.out.push_str("&#13;"),
                other => self.out.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut xml = Xml::new();
        xml.leaf("Nm", "A<b>&amp;]]>\r\"'");
        let text = String::from_utf8(xml.into_bytes()).expect("it is text");
        assert!(text.ends_with("<Nm>A&lt;b&gt;&amp;amp;]]&gt;&#13;\"'</Nm>\n"), "{text}");
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        for (money, want) in [
            ("EUR 12.5", "<Amt Ccy=\"EUR\">12.50</Amt>\n"),
            ("JPY 100", "<Amt Ccy=\"JPY\">100</Amt>\n"),
            ("EUR 0.07", "<Amt Ccy=\"EUR\">0.07</Amt>\n"),
            ("BHD 1.5", "<Amt Ccy=\"BHD\">1.500</Amt>\n"),
        ] {
            let mut xml = Xml::new();
            xml.money("Amt", money.parse().expect("money"));
            let text = String::from_utf8(xml.into_bytes()).expect("it is text");
            assert!(text.ends_with(want), "{text}");
        }
    }
}
