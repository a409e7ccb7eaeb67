//! The arguments of the commands about the log, its checkpoints, witnesses and keys.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{KeyAlgorithm, Run};

/// The network's public keys.
#[derive(Debug, Args)]
pub(crate) struct Known {
    /// The network's public keys (network.keys)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Copy a log as static files and check all of it: signatures, tree, order and times of records
    #[command(
        after_help = "A second run takes only what is new and checks that the log continues \
                            the copy. A web server can serve the folder as it is (C2SP \
                            tlog-tiles).\n\nExample:\n  nuncio log mirror http://127.0.0.1:7401 \
                            --key network.keys --to mirror"
    )]
    Mirror(LogMirror),
}

#[derive(Debug, Args)]
pub(crate) struct LogMirror {
    /// The log: its URL, or a folder with a copy of it
    pub(crate) log: String,
    #[command(flatten)]
    pub(crate) known: Known,
    /// The folder of the copy
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Checkpoint {
    /// Fetch a checkpoint, check it, and say who cosigned it
    Show(CheckpointShow),
    /// Compare checkpoints from several places: one history, or evidence that there are two
    #[command(
        after_help = "Each place is a file with a checkpoint, a receipt, or the URL of a log. \
                            Checkpoints of different sizes are compared with the help of the log \
                            (--log).\n\nExit code 0 if all are of one history, 6 if not."
    )]
    Compare(CheckpointCompare),
    /// Put a receipt under the log's newest cosigned checkpoint
    #[command(after_help = "Example:\n  nuncio checkpoint renew payment.receipt \
                            --log http://127.0.0.1:7401 --key network.keys --to payment.receipt")]
    Renew(CheckpointRenew),
}

#[derive(Debug, Args)]
pub(crate) struct CheckpointShow {
    /// A file with a checkpoint, a receipt, the URL of a log or the folder of a copy
    pub(crate) place: String,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Write the checkpoint to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckpointCompare {
    /// Files with checkpoints, receipts, URLs of logs, or folders of copies
    #[arg(required = true)]
    pub(crate) places: Vec<String>,
    #[command(flatten)]
    pub(crate) known: Known,
    /// The log (URL, or folder of a copy) that proves how the checkpoints hang together
    #[arg(long, value_name = "URL|DIR")]
    pub(crate) log: Option<String>,
    /// Where to write evidence of two histories, or of a log that contradicts itself
    #[arg(long, value_name = "FILE", default_value = "equivocation.json")]
    pub(crate) evidence: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CheckpointRenew {
    /// The receipt, binary or JSON
    pub(crate) receipt: PathBuf,
    /// The log: its URL, or a folder with a copy of it
    #[arg(long, value_name = "URL|DIR")]
    pub(crate) log: String,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Where to write the renewed receipt
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Witness {
    /// Make the folder of a new witness, which follows the logs of a network
    #[command(after_help = "The line that it prints goes into network.keys, and the witness's \
                            address into 'witnesses' in hub.toml.")]
    Init(WitnessInit),
    /// Run a witness until it is told to stop
    Run(Run),
}

#[derive(Debug, Args)]
pub(crate) struct WitnessInit {
    /// The folder to make; it must be empty or new
    pub(crate) dir: PathBuf,
    /// The name under which it cosigns: best a host name of yours, such as witness.example/w1
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Where logs submit their checkpoints
    #[arg(long, default_value = "127.0.0.1:7500")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a signing key, in a sealed file or in a hardware module, or an encryption key
    #[command(after_help = "Examples:\n  nuncio key new signing.key --passphrase-file pass\n  \
                            nuncio key new signing.key --token bank --label signing-2027 \
                            --module /usr/lib/softhsm/libsofthsm2.so --pin-file pin\n\nWith a \
                            module, the file holds no key but says where it is.")]
    New(KeyNew),
    /// Say what a key's file holds, and which public key belongs to it
    Show(KeyShow),
    /// List the keys in a token of a hardware module
    List(Token),
    /// Seal a plain key's file with a passphrase
    Seal(KeySeal),
    /// Make a grant of a key: the network's word that a terminal signs with it (the authority's part)
    Grant(KeyGrant),
    /// Print the line by which a key stands in network.keys
    Line(KeyLine),
    /// Certify a key of TLS that its holder has made (the authority's part)
    Certify(KeyCertify),
    /// Change the signing key of a gateway, or a key of TLS, while what uses it runs, step by step
    #[command(
        after_help = "Steps, each of which can be repeated:\n  nuncio key rotate net/ALPHDEFFA \
                            --passphrase-file pass   makes the next key and a request\n  nuncio key \
                            grant --request signing.request ...       (the authority's part)\n  \
                            nuncio key rotate net/ALPHDEFFA --grant new.grant   puts the grant \
                            beside it\n  (the running gateway changes when the network holds the \
                            grant)\n  nuncio key rotate net/ALPHDEFFA --finish   forgets the old \
                            key\n\nA key of TLS, of a gateway or of the hub, in the same \
                            steps:\n  nuncio key rotate net/ALPHDEFFA --tls --passphrase-file pass\n  \
                            nuncio key certify --request tls.request ...              (the \
                            authority's part)\n  nuncio key rotate net/ALPHDEFFA --tls --certificate \
                            new.pem\n  nuncio key rotate net/ALPHDEFFA --tls --finish\n\nWithout an \
                            option it says where the change stands."
    )]
    Rotate(KeyRotate),
    /// Make the root key and the log key of a network before witnesses, with a protocol to sign
    Ceremony(KeyCeremony),
    /// Say when certificates and grants end; warn 30, 7 and 1 days ahead
    #[command(after_help = "Exit code 0 if all hold for more than 30 days, 1 if any ends sooner.")]
    Expiry(KeyExpiry),
}

/// A token of a hardware module.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The label of the token
    #[arg(long)]
    pub(crate) token: keys::Label,
    /// The library of the module (PKCS#11)
    #[arg(long, value_name = "FILE")]
    pub(crate) module: PathBuf,
    /// The file with the token's PIN; it must stay where it is
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyNew {
    /// The file to make
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) making: KeyMaking,
    /// Make a key to which messages are sealed (X-Wing: X25519 with ML-KEM-768) instead
    #[arg(long, conflicts_with_all = ["algorithm", "token"])]
    pub(crate) encryption: bool,
}

/// How a key is made, and where it is kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct KeyMaking {
    /// The algorithm
    #[arg(long, value_enum, default_value_t = KeyAlgorithm::Ed25519)]
    pub(crate) algorithm: KeyAlgorithm,
    /// The file with the passphrase that seals the key
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The label of the token that makes the key and keeps it
    #[arg(long, requires = "module", requires = "pin_file")]
    pub(crate) token: Option<keys::Label>,
    /// The label of the new key in its token
    #[arg(long)]
    pub(crate) label: Option<keys::Label>,
    /// The library of the module (PKCS#11)
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// The file with the token's PIN; it must stay where it is
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
}

impl KeyMaking {
    /// Whether a key is to be made.
    pub(crate) fn is_asked(&self) -> bool {
        self.passphrase_file.is_some() || self.token.is_some()
    }
}

#[derive(Debug, Args)]
pub(crate) struct KeyRotate {
    /// The folder of the gateway; with --tls also that of the hub
    pub(crate) dir: PathBuf,
    /// Change the key of TLS, not the one that signs
    #[arg(long)]
    pub(crate) tls: bool,
    /// The certificate of the next key of TLS, from the authority
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) certificate: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) making: KeyMaking,
    /// The grant of the next key, from the authority
    #[arg(long, value_name = "FILE")]
    pub(crate) grant: Option<PathBuf>,
    /// Forget the old key and its grant
    #[arg(long)]
    pub(crate) finish: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeyLine {
    /// The file of the key: plain, sealed, or in a hardware module
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) of: KeyOf,
}

/// What a key is of.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeyOf {
    /// It is the key of this network's log
    #[arg(long, value_name = "NETWORK")]
    pub(crate) log: Option<trust::NetworkName>,
    /// It is the root key of this network
    #[arg(long, value_name = "NETWORK")]
    pub(crate) root: Option<trust::NetworkName>,
    /// It is the key of the witness of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) witness: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyCertify {
    /// The request of the holder, as 'nuncio key rotate --tls' makes it
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// The folder of the network's authority (ca.pem, ca.key)
    #[arg(long, value_name = "DIR")]
    pub(crate) authority: PathBuf,
    /// A host name or an address of the hub, once for each
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<String>,
    /// The first moment, such as 2027-01-01T00:00:00.000000Z; now if left out
    #[arg(long)]
    pub(crate) from: Option<trust::LogTime>,
    /// For how many days
    #[arg(long, default_value_t = 730)]
    pub(crate) days: u64,
    /// Where to write the certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyCeremony {
    /// The folder to make; it must be empty or new
    pub(crate) dir: PathBuf,
    /// The name of the network
    #[arg(long)]
    pub(crate) network: trust::NetworkName,
    /// Who is present, once for each person
    #[arg(long, value_name = "NAME")]
    pub(crate) present: Vec<String>,
    #[command(flatten)]
    pub(crate) making: KeyMaking,
}

#[derive(Debug, Args)]
pub(crate) struct KeyShow {
    /// The file of a key
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeySeal {
    /// The file of a plain key; it is replaced
    pub(crate) file: PathBuf,
    /// The file with the passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyGrant {
    /// The request of the holder, as 'nuncio key rotate' makes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["holder", "public"])]
    pub(crate) request: Option<PathBuf>,
    /// The terminal that is to sign
    #[arg(long, required_unless_present = "request")]
    pub(crate) holder: Option<iso::Terminal>,
    /// The public key, as 'nuncio key show' prints it
    #[arg(long, required_unless_present = "request")]
    pub(crate) public: Option<trust::PublicKey>,
    /// The first moment, such as 2027-01-01T00:00:00.000000Z; now if left out
    #[arg(long)]
    pub(crate) from: Option<trust::LogTime>,
    /// For how many days
    #[arg(long, default_value_t = 730)]
    pub(crate) days: u64,
    /// The file of the network's root key
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Where to write the grant; exactly what is granted is printed
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyExpiry {
    /// Certificates (PEM), grants (notes), or folders of them
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}
