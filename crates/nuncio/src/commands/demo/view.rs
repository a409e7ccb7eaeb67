//! What the demo shows: a live table on a terminal, lines in a pipe, nothing with `--output json`.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use super::payments::Payment;
use crate::cli::Output;
use crate::output;

/// How many of the last sentences stay under the live table.
const SENTENCES: usize = 6;

/// What the demo shows.
#[derive(Debug)]
pub(super) struct View {
    start: Instant,
    style: Style,
    rows: Vec<(String, String)>,
    sentences: Vec<String>,
    /// How many lines the last drawing took.
    drawn: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Live,
    Lines,
    Silent,
}

impl View {
    /// A view for where standard output goes.
    pub(super) fn new(output: Output) -> Self {
        let style = match output {
            Output::Json => Style::Silent,
            Output::Table if std::io::stdout().is_terminal() => Style::Live,
            Output::Table => Style::Lines,
        };
        Self { start: now(), style, rows: Vec::new(), sentences: Vec::new(), drawn: 0 }
    }

    /// The time since the demo began.
    pub(super) fn elapsed(&self) -> Duration {
        now().duration_since(self.start)
    }

    /// Says a sentence.
    pub(super) fn say(&mut self, sentence: &str) {
        let sentence = format!("{:>7.3}  {sentence}", self.elapsed().as_secs_f64());
        match self.style {
            Style::Silent => {}
            Style::Lines => output::line(&sentence),
            Style::Live => {
                self.sentences.push(sentence);
                self.draw();
            }
        }
    }

    /// Shows how far a payment has come.
    pub(super) fn show(&mut self, payment: &Payment) {
        match self.style {
            Style::Silent => {}
            Style::Lines => self.say(&payment.line()),
            Style::Live => {
                let row = format!("{}  {}", payment.line_head(), payment.steps());
                match self.rows.iter_mut().find(|(id, _)| id == payment.id()) {
                    Some((_, old)) => *old = row,
                    None => self.rows.push((payment.id().to_owned(), row)),
                }
                self.draw();
            }
        }
    }

    /// Leaves what stands there, and the cursor below it.
    pub(super) fn close(&mut self) {
        self.drawn = 0;
    }

    fn draw(&mut self) {
        let mut text = String::new();
        if self.drawn > 0 {
            // Up to where the last drawing began, and clear to the end of the screen.
            text.push_str(&format!("\x1b[{}A\x1b[J", self.drawn));
        }
        let last = self.sentences.len().saturating_sub(SENTENCES);
        let sentences = self.sentences.iter().skip(last);
        let lines: Vec<&str> = self
            .rows
            .iter()
            .map(|(_, row)| row.as_str())
            .chain(std::iter::once(""))
            .chain(sentences.map(String::as_str))
            .collect();
        self.drawn = lines.len();
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        output::raw(text.as_bytes());
    }
}

#[expect(clippy::disallowed_methods, reason = "the demo tells how long things took")]
fn now() -> Instant {
    Instant::now()
}
