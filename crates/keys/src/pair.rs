//! A secret and what belongs to it, in two files: a key and the grant or the certificate of it; and how
//! the next pair takes the place of the one in use.
//!
//! `signing.key` has `signing.next.key` and `signing.old.key` beside it. At each moment the folder has
//! a secret and a proof that belong together, or what is missing of a move is made up for by
//! [`Pair::settle`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a key and of what others know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The file of the key.
    pub secret: PathBuf,
    /// The file of its grant or certificate.
    pub proof: PathBuf,
}

impl Pair {
    /// A file beside another one: `signing.key` has `signing.next.key` and `signing.old.key`.
    #[must_use]
    pub fn beside(file: &Path, word: &str) -> PathBuf {
        let mut name = file.file_stem().unwrap_or_default().to_owned();
        name.push(".");
        name.push(word);
        if let Some(extension) = file.extension() {
            name.push(".");
            name.push(extension);
        }
        file.with_file_name(name)
    }

    /// The pair that will take this one's place.
    #[must_use]
    pub fn next(&self) -> Self {
        self.named("next")
    }

    /// The pair whose place this one has taken.
    #[must_use]
    pub fn old(&self) -> Self {
        self.named("old")
    }

    fn named(&self, word: &str) -> Self {
        let Self { secret, proof } = self;
        Self { secret: Self::beside(secret, word), proof: Self::beside(proof, word) }
    }

    /// Moves the next pair to the places of this one; the old one stays beside it.
    ///
    /// # Errors
    ///
    /// When a file cannot be moved.
    pub fn advance(&self) -> io::Result<()> {
        let (next, old) = (self.next(), self.old());
        self.forget_old()?;
        for (place, old) in [(&self.secret, old.secret), (&self.proof, old.proof)] {
            fs::hard_link(place, old)?;
        }
        fs::rename(next.secret, &self.secret)?;
        // A power cut must not leave the second move without the first: [`Self::settle`] counts on it.
        self.sync()?;
        fs::rename(next.proof, &self.proof)?;
        self.sync()
    }

    /// Finishes a move that was cut short: the secret has come to its place, and the proof has not.
    ///
    /// # Errors
    ///
    /// When a file cannot be moved.
    pub fn settle(&self) -> io::Result<()> {
        let next = self.next();
        if next.secret.exists() || !next.proof.exists() || !self.secret.exists() {
            return Ok(());
        }
        // A move begins with a copy of the old secret; without it nothing was begun.
        if self.old().secret.exists() {
            fs::rename(next.proof, &self.proof)?;
            self.sync()?;
        }
        Ok(())
    }

    /// Removes the old pair, whatever of it is there.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed.
    pub fn forget_old(&self) -> io::Result<()> {
        let old = self.old();
        for file in [old.secret, old.proof] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let folders = [self.secret.parent(), self.proof.parent()];
        folders.into_iter().flatten().try_for_each(|folder| {
            // A bare name is in the folder of the process.
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            fs::File::open(folder)?.sync_all()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(folder: &Path) -> Pair {
        let pair = Pair { secret: folder.join("tls.key"), proof: folder.join("tls.pem") };
        let next = pair.next();
        for (file, text) in [
            (&pair.secret, "secret 1"),
            (&pair.proof, "proof 1"),
            (&next.secret, "secret 2"),
            (&next.proof, "proof 2"),
        ] {
            fs::write(file, text).expect("the folder is ours");
        }
        pair
    }

    fn holds(pair: &Pair) -> (String, String) {
        let read = |file| fs::read_to_string(file).unwrap_or_else(|_| "nothing".to_owned());
        (read(&pair.secret), read(&pair.proof))
    }

    fn words(secret: &str, proof: &str) -> (String, String) {
        (secret.to_owned(), proof.to_owned())
    }

    #[test]
    fn the_next_pair_takes_the_place_and_the_old_one_stays_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("there is room");
        let pair = pair(folder.path());
        pair.advance().expect("all are there");
        assert_eq!(holds(&pair), words("secret 2", "proof 2"));
        assert_eq!(holds(&pair.old()), words("secret 1", "proof 1"));
        assert_eq!(holds(&pair.next()), words("nothing", "nothing"));
        pair.forget_old().expect("it can be removed");
        assert_eq!(holds(&pair.old()), words("nothing", "nothing"));
        pair.forget_old().expect("it is done already");
    }

    #[test]
    fn a_move_that_is_cut_short_anywhere_is_finished_or_done_again() {
        // What is there after each step of the move.
        let steps: [fn(&Pair); 4] = [
            |pair| fs::hard_link(&pair.secret, pair.old().secret).expect("a step"),
            |pair| fs::hard_link(&pair.proof, pair.old().proof).expect("a step"),
            |pair| fs::rename(pair.next().secret, &pair.secret).expect("a step"),
            |pair| fs::rename(pair.next().proof, &pair.proof).expect("a step"),
        ];
        for cut in 0..=steps.len() {
            let folder = tempfile::tempdir().expect("there is room");
            let pair = pair(folder.path());
            steps.iter().take(cut).for_each(|step| step(&pair));
            pair.settle().expect("it can be finished");
            let want =
                if cut < 3 { words("secret 1", "proof 1") } else { words("secret 2", "proof 2") };
            assert_eq!(holds(&pair), want, "cut after {cut}");
            if cut < 3 {
                pair.advance().expect("it is done again");
                assert_eq!(holds(&pair), words("secret 2", "proof 2"), "cut after {cut}");
            }
            assert_eq!(holds(&pair.old()), words("secret 1", "proof 1"), "cut after {cut}");
        }
    }
}
