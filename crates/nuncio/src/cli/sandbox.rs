//! The arguments of `nuncio sandbox`.

use std::path::PathBuf;

use clap::Args;
use iso::Institution;

#[derive(Debug, Args)]
#[command(
    after_help = "A word at the end of a message's reference (BizMsgIdr, or field 20) steers the \
                        peer that receives it:\n  +RJCT-AC04  rejects, with this code\n  +RTRN-AC04  \
                        accepts and returns the money\n  +DCLN-AM04  does not take the message\n  \
                        +SILENT     says nothing\n  +LATE-30    \
                        answers after 30 seconds\n  +TWICE      answers twice\n  +AFTER      answers \
                        after the answer to the next message\nWithout one it accepts. See \
                        docs/sandbox.md.\n\nExample:\n  nuncio sandbox --dir box &\n  \
                        nuncio send samples/pacs.008.001.08.xml --gateway box/ALPHDEFFA --wait\n  \
                        nuncio inbox --gateway box/ALPHDEFFA"
)]
pub(crate) struct Sandbox {
    /// The folder of the network, made if it is not there; a temporary one if left out
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// An institution of yours, by the 8 characters of its BIC; repeat for more
    #[arg(long = "institution", default_value = "ALPHDEFF")]
    pub(crate) institutions: Vec<Institution>,
    /// A simulated institution; repeat for more
    #[arg(long = "peer", default_values = ["BRAVFRPP", "CHARGB2L"])]
    pub(crate) peers: Vec<Institution>,
}
