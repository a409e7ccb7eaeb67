//! What is kept where a log has shown two histories: both signed checkpoints, and the proof.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use session::gateway::Contradiction;

use crate::config::Config;

/// The files in the gateway's folder.
const ONE: &str = "history-1.checkpoint";
const OTHER: &str = "history-2.checkpoint";
const EVIDENCE: &str = "equivocation.json";

/// Writes down what a hub has shown, for others to judge. What cannot be written stands in the log.
pub(super) fn keep(config: &Config, contradiction: &Contradiction) {
    let Contradiction { smaller, larger, evidence } = contradiction;
    let mut files = vec![(ONE, smaller.clone()), (OTHER, larger.clone())];
    files.extend(evidence.as_ref().map(|evidence| (EVIDENCE, evidence.to_json())));
    for (name, text) in &files {
        let path = config.file(Path::new(name));
        let written = fs::File::create(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        if let Err(error) = written {
            tracing::error!(file = %path.display(), %error, text, "evidence cannot be kept");
        }
    }
    let folder = config.folder.display();
    if evidence.is_some() {
        tracing::error!(
            %folder, file = EVIDENCE,
            "the log has shown two histories: the evidence is kept, and 'nuncio verify' judges it"
        );
    } else {
        tracing::error!(
            %folder, files = ?[ONE, OTHER],
            "two checkpoints of the log do not fit together: 'nuncio checkpoint compare' asks the \
             log which of them it stands by"
        );
    }
}
