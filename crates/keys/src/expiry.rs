//! When certificates and grants end, and when to say so: 30, 7 and 1 days ahead, and when it is over.
//!
//! It reads files; the time is given. Whoever runs for long asks a [`Watch`] now and then, which says
//! each thing once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use trust::{KeyGrant, LogTime};

const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// A certificate or grant, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The file that it stands in.
    pub file: PathBuf,
    /// What it is, for people.
    pub what: String,
    /// The first moment at which it no longer holds.
    pub until: LogTime,
}

/// How near an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// More than 30 days.
    Far,
    /// Within 30 days.
    Month,
    /// Within 7 days.
    Week,
    /// Within a day.
    Day,
    /// It has come.
    Over,
}

impl Nearness {
    /// What is said of it; nothing of what is far.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Far => "",
            Self::Month => "30 days",
            Self::Week => "7 days",
            Self::Day => "1 day",
            Self::Over => "over",
        }
    }
}

impl Ending {
    /// What ends in a text: certificates in PEM form, or one grant of a key.
    ///
    /// # Errors
    ///
    /// Where the text is neither.
    pub fn of_text(file: &Path, text: &str) -> Result<Vec<Self>, trust::pki::PkiError> {
        let ending = |(what, until)| Self { file: file.to_owned(), what, until };
        if let Some((grant, _)) = text.split_once("\n\n")
            && let Ok(grant) = KeyGrant::parse(&format!("{grant}\n"))
        {
            let what = format!("key {} of {}", grant.key.id(), grant.holder);
            return Ok(vec![ending((what, grant.until))]);
        }
        Ok(trust::pki::ends_of_certificates(text)?.into_iter().map(ending).collect())
    }

    /// Whole days until the end; 0 when it has passed or is within a day.
    #[must_use]
    pub fn days_left(&self, now: LogTime) -> u64 {
        self.until.0.saturating_sub(now.0) / DAY_US
    }

    /// How near the end is.
    #[must_use]
    pub fn nearness(&self, now: LogTime) -> Nearness {
        match self.until.0.saturating_sub(now.0) {
            0 => Nearness::Over,
            left if left <= DAY_US => Nearness::Day,
            left if left <= 7 * DAY_US => Nearness::Week,
            left if left <= 30 * DAY_US => Nearness::Month,
            _ => Nearness::Far,
        }
    }
}

/// Looks at the same files again and again, and says each warning once.
#[derive(Debug)]
pub struct Watch {
    files: Vec<PathBuf>,
    said: BTreeMap<Ending, Nearness>,
}

impl Watch {
    /// One for these files.
    #[must_use]
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self { files, said: BTreeMap::new() }
    }

    /// What has come nearer since the last look. The files are read anew, for they are replaced; one
    /// that cannot be read is passed over, since whoever needs it says so.
    pub fn look(&mut self, now: LogTime) -> Vec<Ending> {
        let texts =
            self.files.iter().filter_map(|file| Some((file, fs::read_to_string(file).ok()?)));
        let all = texts.flat_map(|(file, text)| Ending::of_text(file, &text).unwrap_or_default());
        let all: Vec<Ending> = all.collect();
        let mut nearer = Vec::new();
        for ending in all {
            let nearness = ending.nearness(now);
            let said = self.said.insert(ending.clone(), nearness).unwrap_or(Nearness::Far);
            if nearness > said {
                nearer.push(ending);
            }
        }
        nearer
    }

    /// Says in the program's log what has come nearer.
    pub fn say(&mut self, now: LogTime) {
        for ending in self.look(now) {
            let (file, within) = (ending.file.display(), ending.nearness(now).words());
            let (what, until) = (ending.what.as_str(), ending.until);
            tracing::warn!(what, %until, within, %file, "a certificate or grant ends soon");
        }
    }
}

#[cfg(test)]
mod tests {
    use trust::SigningKey;

    use super::*;

    fn grant(until: u64) -> String {
        let grant = KeyGrant {
            network: "demo".parse().unwrap(),
            holder: "ALPHDEFFA".parse().unwrap(),
            key: SigningKey::from_seed(&[7; 32]).public().clone(),
            from: LogTime(0),
            until: LogTime(until),
        };
        format!("{}\n— nuncio/demo/root AAAA\n", grant.text())
    }

    #[test]
    fn each_warning_comes_once_thirty_seven_and_one_day_ahead() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("grant.note");
        fs::write(&file, grant(100 * DAY_US)).unwrap();
        let mut watch = Watch::new(vec![file.clone(), folder.path().join("missing.pem")]);
        let mut said = Vec::new();
        for hour in 0..=100 * 24 {
            let now = LogTime(hour * DAY_US / 24);
            for ending in watch.look(now) {
                said.push((ending.days_left(now), ending.nearness(now)));
            }
        }
        let want =
            [(30, Nearness::Month), (7, Nearness::Week), (1, Nearness::Day), (0, Nearness::Over)];
        assert_eq!(said, want);
        // A new grant in its place begins anew.
        fs::write(&file, grant(110 * DAY_US)).unwrap();
        let nearer = watch.look(LogTime(100 * DAY_US));
        assert_eq!(nearer.len(), 1);
        let key = SigningKey::from_seed(&[7; 32]).id();
        assert_eq!(nearer.first().unwrap().what, format!("key {key} of ALPHDEFFA"));
    }
}
