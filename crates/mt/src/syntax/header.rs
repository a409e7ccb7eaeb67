//! Blocks 1 and 2: who sends, who receives, which type, how urgent.
//!
//! Grammar: block 1 is `1!a2!n12!c4!n6!n`. Block 2 of an input message is
//! `I3!n12!c[1!a][1!n][3!n]`, of an output message `O3!n4!n28!c6!n4!n[1!a]`, where the 28 are a
//! message input reference: `6!n12!c4!n6!n`.

use std::fmt;

use crate::charset::Class;

/// Block 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basic<'a> {
    /// Invariant: 25 characters of the grammar above.
    text: &'a str,
}

impl<'a> Basic<'a> {
    /// Reads the 25 characters between `{1:` and `}`.
    ///
    /// # Errors
    ///
    /// What is out of form: the place, from 0, and what was expected there.
    pub fn parse(text: &'a str) -> Result<Self, HeaderError> {
        let bytes = text.as_bytes();
        exact(bytes, 25)?;
        if !matches!(bytes.first(), Some(b'F' | b'A' | b'L')) {
            return Err(HeaderError { at: 0, expected: "application F, A or L" });
        }
        digits(bytes, 1, 3, "two digits of a service")?;
        terminal(bytes, 3)?;
        digits(bytes, 15, 19, "four digits of a session")?;
        digits(bytes, 19, 25, "six digits of a sequence")?;
        Ok(Self { text })
    }

    /// `F` for FIN, `A` for the general purpose application, `L` for its logon.
    #[must_use]
    pub fn application(&self) -> char {
        char::from(self.text.as_bytes().first().copied().unwrap_or(b'F'))
    }

    /// The service: 1 for messages, 21 for acknowledgements, 2 to 6 for sessions.
    #[must_use]
    pub fn service(&self) -> u8 {
        number(self.part(1, 3)).try_into().unwrap_or_default()
    }

    /// The logical terminal at the user's end, 12 characters.
    #[must_use]
    pub fn terminal(&self) -> LogicalTerminal<'a> {
        LogicalTerminal { text: self.part(3, 15) }
    }

    /// The session number, four digits.
    #[must_use]
    pub fn session(&self) -> u16 {
        number(self.part(15, 19)).try_into().unwrap_or_default()
    }

    /// The sequence number within the session, six digits.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        number(self.part(19, 25))
    }

    /// All 25 characters.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    fn part(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// The name of a service identifier of block 1, if it is one.
#[must_use]
pub fn service_name(service: u8) -> Option<&'static str> {
    Some(match service {
        1 => "message",
        2 => "login",
        3 => "select",
        5 => "quit",
        6 => "logout",
        12 => "removal of an application by the network",
        13 => "abort of an application, confirmed",
        14 => "removal of a terminal by the network",
        15 => "abort of a terminal, confirmed",
        21 => "acknowledgement of a message",
        22 => "acknowledgement of a login",
        23 => "acknowledgement of a select",
        25 => "acknowledgement of a quit",
        26 => "acknowledgement of a logout",
        33 => "abort of an application by the user",
        35 => "abort of a terminal by the user",
        42 => "refusal of a login",
        43 => "refusal of a select",
        _ => return None,
    })
}

/// An address of 12 characters: BIC8, terminal code, branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogicalTerminal<'a> {
    /// Invariant: 12 characters `4!c2!a2!c1!c3!c`.
    text: &'a str,
}

impl<'a> LogicalTerminal<'a> {
    /// Reads an address of 12 characters.
    ///
    /// # Errors
    ///
    /// What is out of form.
    pub fn parse(text: &'a str) -> Result<Self, HeaderError> {
        exact(text.as_bytes(), 12)?;
        terminal(text.as_bytes(), 0)?;
        Ok(Self { text })
    }

    /// All 12 characters.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The address without the terminal code: a BIC of 11 characters.
    #[must_use]
    pub fn bic(&self) -> iso::Bic {
        let mut bic = [0; 11];
        for (to, from) in
            bic.iter_mut().zip(self.text.bytes().take(8).chain(self.text.bytes().skip(9)))
        {
            *to = from;
        }
        let text = std::str::from_utf8(&bic).expect("an address is ASCII: parse checked it");
        text.parse().expect("an address without its terminal code is a BIC: parse checked it")
    }

    /// The terminal code, the ninth character; `X` stands for any terminal.
    #[must_use]
    pub fn code(&self) -> char {
        char::from(self.text.as_bytes().get(8).copied().unwrap_or(b'X'))
    }
}

impl fmt::Display for LogicalTerminal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Debug for LogicalTerminal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Block 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application<'a> {
    /// As the sender gives it to the network.
    Input(Input<'a>),
    /// As the network gives it to the receiver.
    Output(Output<'a>),
}

/// Block 2 of an input message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    text: &'a str,
}

/// Block 2 of an output message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output<'a> {
    text: &'a str,
}

impl<'a> Application<'a> {
    /// Reads what stands between `{2:` and `}`.
    ///
    /// # Errors
    ///
    /// What is out of form: the place, from 0, and what was expected there.
    pub fn parse(text: &'a str) -> Result<Self, HeaderError> {
        let bytes = text.as_bytes();
        match bytes.first() {
            Some(b'I') => Self::input(text, bytes),
            Some(b'O') => Self::output(text, bytes),
            _ => Err(HeaderError { at: 0, expected: "I for input or O for output" }),
        }
    }

    fn input(text: &'a str, bytes: &[u8]) -> Result<Self, HeaderError> {
        if !matches!(bytes.len(), 16 | 17 | 18 | 21) {
            return Err(HeaderError { at: bytes.len(), expected: "16, 17, 18 or 21 characters" });
        }
        digits(bytes, 1, 4, "three digits of a message type")?;
        terminal(bytes, 4)?;
        priority(bytes, 16)?;
        if !matches!(bytes.get(17), None | Some(b'1' | b'2' | b'3')) {
            return Err(HeaderError { at: 17, expected: "delivery monitoring 1, 2 or 3" });
        }
        digits(bytes, 18, bytes.len(), "three digits of an obsolescence period")?;
        Ok(Self::Input(Input { text }))
    }

    fn output(text: &'a str, bytes: &[u8]) -> Result<Self, HeaderError> {
        if !matches!(bytes.len(), 46 | 47) {
            return Err(HeaderError { at: bytes.len(), expected: "46 or 47 characters" });
        }
        digits(bytes, 1, 4, "three digits of a message type")?;
        digits(bytes, 4, 14, "input time and date in digits")?;
        terminal(bytes, 14)?;
        digits(bytes, 26, 36, "session and sequence in digits")?;
        digits(bytes, 36, 46, "output date and time in digits")?;
        priority(bytes, 46)?;
        Ok(Self::Output(Output { text }))
    }

    /// The three digits of the message type.
    #[must_use]
    pub fn message_type(&self) -> &'a str {
        self.as_str().get(1..4).unwrap_or_default()
    }

    /// The characters between `{2:` and `}`.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        match self {
            Self::Input(input) => input.text,
            Self::Output(output) => output.text,
        }
    }

    /// `S` system, `U` urgent or `N` normal, where it is given.
    #[must_use]
    pub fn priority(&self) -> Option<char> {
        let at = match self {
            Self::Input(_) => 16,
            Self::Output(_) => 46,
        };
        self.as_str().as_bytes().get(at).map(|byte| char::from(*byte))
    }
}

impl<'a> Input<'a> {
    /// Whom the message is for.
    #[must_use]
    pub fn receiver(&self) -> LogicalTerminal<'a> {
        LogicalTerminal { text: self.text.get(4..16).unwrap_or_default() }
    }

    /// 1: warn if it is not delivered; 2: notify of delivery; 3: both.
    #[must_use]
    pub fn monitoring(&self) -> Option<u8> {
        self.text.as_bytes().get(17).map(|byte| byte - b'0')
    }

    /// After how many units of five minutes an undelivered message is obsolete.
    #[must_use]
    pub fn obsolescence(&self) -> Option<u16> {
        self.text.get(18..21).and_then(|digits| digits.parse().ok())
    }
}

impl<'a> Output<'a> {
    /// When the sender gave it to the network, in the sender's time: `HHMM`.
    #[must_use]
    pub fn input_time(&self) -> &'a str {
        self.text.get(4..8).unwrap_or_default()
    }

    /// The message input reference: date, sender, session and sequence, 28 characters.
    #[must_use]
    pub fn input_reference(&self) -> &'a str {
        self.text.get(8..36).unwrap_or_default()
    }

    /// Who sent it.
    #[must_use]
    pub fn sender(&self) -> LogicalTerminal<'a> {
        LogicalTerminal { text: self.text.get(14..26).unwrap_or_default() }
    }

    /// The date of delivery in the receiver's time: `YYMMDD`.
    #[must_use]
    pub fn output_date(&self) -> &'a str {
        self.text.get(36..42).unwrap_or_default()
    }

    /// The time of delivery in the receiver's time: `HHMM`.
    #[must_use]
    pub fn output_time(&self) -> &'a str {
        self.text.get(42..46).unwrap_or_default()
    }
}

/// What is out of form in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at character {at}")]
pub struct HeaderError {
    /// The place, from 0.
    pub at: usize,
    /// What should stand there.
    pub expected: &'static str,
}

fn exact(bytes: &[u8], length: usize) -> Result<(), HeaderError> {
    if bytes.len() == length {
        return Ok(());
    }
    let expected = if length == 25 { "25 characters" } else { "12 characters" };
    Err(HeaderError { at: bytes.len().min(length), expected })
}

fn digits(bytes: &[u8], from: usize, to: usize, expected: &'static str) -> Result<(), HeaderError> {
    if bytes.get(from..to).is_some_and(|digits| Class::N.has_all(digits)) {
        return Ok(());
    }
    let wrong =
        bytes.iter().enumerate().take(to).skip(from).find(|(_, byte)| !byte.is_ascii_digit());
    wrong.map_or(Ok(()), |(at, _)| Err(HeaderError { at, expected }))
}

/// `4!c2!a2!c1!c3!c` from a place on.
fn terminal(bytes: &[u8], from: usize) -> Result<(), HeaderError> {
    let expected = "an address: BIC of 8, terminal code, branch of 3";
    if let Some(text) = bytes.get(from..from + 12)
        && Class::C.has_all(text)
        && text.get(4..6).is_some_and(|country| Class::A.has_all(country))
    {
        return Ok(());
    }
    for (place, byte) in bytes.iter().skip(from).take(12).enumerate() {
        let letter = matches!(place, 4 | 5);
        if !(byte.is_ascii_uppercase() || !letter && byte.is_ascii_digit()) {
            return Err(HeaderError { at: from + place, expected });
        }
    }
    if bytes.len() < from + 12 { Err(HeaderError { at: bytes.len(), expected }) } else { Ok(()) }
}

fn priority(bytes: &[u8], at: usize) -> Result<(), HeaderError> {
    match bytes.get(at) {
        None | Some(b'S' | b'U' | b'N') => Ok(()),
        Some(_) => Err(HeaderError { at, expected: "priority S, U or N" }),
    }
}

fn number(digits: &str) -> u32 {
    digits.bytes().fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')))
}
