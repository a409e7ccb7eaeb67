//! The arguments of `nuncio lanes`.

use clap::{Args, Subcommand};

use super::At;

#[derive(Debug, Subcommand)]
pub(crate) enum Lanes {
    /// Show the lanes of your institution: what waits in each, which terminal empties it, the rules
    Show(LanesShow),
    /// Say by which lanes of its own messages to your institution go, in place of the rules before
    #[command(
        after_help = "A rule is 'NUMBER NAME: CONDITIONS', with a number from 4 to 19. The first rule \
                            that a message meets names its lane; one that meets none goes by the lane \
                            of its priority. Conditions, all of which must be met: all, \
                            types=TYPE,TYPE (a type may end in a star), urgent or normal, \
                            branch=BRANCH, from=BIC, service=NAME.\n\nRules hold for messages that \
                            are accepted from now on; what waits stays where it is.\n\n\
                            Examples:\n  nuncio lanes set '4 funds: types=pacs.* urgent' \
                            '5 paris: branch=PAR'\n  nuncio lanes set --none"
    )]
    Set(LanesSet),
}

#[derive(Debug, Args)]
pub(crate) struct LanesShow {
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct LanesSet {
    /// The rules, in their order
    #[arg(required_unless_present = "none")]
    pub(crate) rules: Vec<String>,
    /// No lanes of its own any more
    #[arg(long, conflicts_with = "rules")]
    pub(crate) none: bool,
    #[command(flatten)]
    pub(crate) at: At,
}
