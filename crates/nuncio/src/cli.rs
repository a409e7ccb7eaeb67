//! The arguments of every command, and the help that teaches them.

mod archive;
mod backup;
mod directory;
mod file;
mod govern;
mod hub;
mod journal;
mod lanes;
mod proofs;
mod relations;
mod report;
mod sandbox;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use iso::{Institution, Terminal};

pub(crate) use archive::{Archive, ArchiveFind, ArchiveRaw};
pub(crate) use backup::{Backup, BackupAge, BackupCreate, BackupDrill, BackupRestore};
pub(crate) use directory::{
    Directory, DirectoryCheck, DirectoryExport, DirectoryForm, DirectoryImport, DirectoryShow,
};
pub(crate) use file::{File, FileGet, FileList, FilePut};
pub(crate) use govern::{
    Govern, GovernApply, GovernLine, GovernLog, GovernPropose, GovernShow, GovernSign,
};
pub(crate) use hub::{FiguresForm, Hub, HubFigures, Switch};
pub(crate) use journal::{
    Form, Journal, JournalArchive, JournalExport, JournalInspect, JournalRepair, JournalVerify,
};
pub(crate) use lanes::Lanes;
pub(crate) use proofs::{
    Checkpoint, CheckpointCompare, CheckpointRenew, CheckpointShow, Key, KeyCeremony, KeyCertify,
    KeyExpiry, KeyGrant, KeyLine, KeyMaking, KeyNew, KeyRotate, KeySeal, KeyShow, Log, LogMirror,
    Token, Witness, WitnessInit,
};
pub(crate) use relations::{
    Answer, Copy, Decline, Relationship, RelationshipAnswer, Service, What,
};
pub(crate) use report::{Calendar, Notices, Report, ReportHours};
pub(crate) use sandbox::Sandbox;

/// The arguments of the program.
#[derive(Debug, Parser)]
#[command(
    name = "nuncio",
    version,
    about = "An open network for interbank messages",
    long_about = "An open network for interbank messages: every message is validated, signed by its \
                  sender over its exact bytes, accepted durably, delivered once in sequence, and \
                  provable to a third party by a receipt.\n\nStart with 'nuncio demo'.",
    after_help = "Exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 denied, 5 conflict, \
                  6 invalid message or proof, 7 timeout."
)]
pub(crate) struct Cli {
    /// How to print: tables for people, or JSON for programs
    #[arg(long, global = true, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Aligned columns
    Table,
    /// One JSON document
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a network of one hub and three institutions, exchange payments, check every proof
    Demo(Demo),
    /// Run a network to try things in: its other institutions are simulated and answer as told
    Sandbox(Sandbox),
    /// Put a load on a hub and measure it: throughput, latency, cost, and that nothing is lost
    Bench(Bench),
    /// Make the files of a network: keys, certificates, settings
    #[command(subcommand)]
    Network(Network),
    /// Run the hub of a network, and give it orders
    #[command(subcommand)]
    Hub(Hub),
    /// Run the gateway of an institution
    #[command(subcommand)]
    Gateway(Gateway),
    /// Check messages: form, schema or structure, and the rules of a profile; nothing is sent
    Check(Check),
    /// Print a message in plain words, as a clerk reads it
    Show(Show),
    /// Look after the schemas of ISO 20022 messages
    #[command(subcommand)]
    Schema(Schema),
    /// Send messages through your institution's gateway
    Send(Send),
    /// Show what your institution received, and take it over
    Inbox(Inbox),
    /// Send files, and fetch those that came
    #[command(subcommand)]
    File(File),
    /// Answer a request of a real-time service that your institution received
    Answer(Answer),
    /// Say that your institution does not take a message that it received
    Decline(Decline),
    /// List messages between others that wait for what you decide; authorise or refuse them
    #[command(subcommand)]
    Copy(Copy),
    /// Permit others to send to you, and ask them for their permission
    #[command(subcommand)]
    Relationship(Relationship),
    /// Show the services of the network: its rule books
    #[command(subcommand)]
    Service(Service),
    /// Look at the institutions of a network, and change them by files: TOML, or CSV as spreadsheets
    /// write it
    #[command(subcommand)]
    Directory(Directory),
    /// Show when the services of the network are open
    #[command(subcommand)]
    Calendar(Calendar),
    /// Show what the network told your institution: broadcasts, planned work, permissions, and more
    Notices(Notices),
    /// Show the lanes of your institution and who empties them, and split its traffic into own ones
    #[command(subcommand)]
    Lanes(Lanes),
    /// Say which reports your institution gets, and have one made now
    #[command(subcommand)]
    Report(Report),
    /// Find messages in the archive of the network, by their names and numbers
    #[command(subcommand)]
    Archive(Archive),
    /// Show what became of a message or transaction, step by step
    Track(Track),
    /// Fetch the receipt of a message, or print one as a page
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Receipt(Receipt),
    /// Check a receipt with nothing but the network's public keys: no hub, no gateway
    #[command(after_help = "Example:\n  nuncio receipt ALPHDEFFA-1 --to payment.receipt\n  \
                            nuncio verify payment.receipt --key network.keys --payload payment.xml")]
    Verify(Verify),
    /// Copy and audit the public log of a network
    #[command(subcommand)]
    Log(Log),
    /// Look at checkpoints of a log, compare them, put receipts under newer ones
    #[command(subcommand)]
    Checkpoint(Checkpoint),
    /// Run a witness, which vouches that a log shows one history
    #[command(subcommand)]
    Witness(Witness),
    /// Make, seal, list and grant signing keys; say what ends when
    #[command(subcommand)]
    Key(Key),
    /// Change the network with the signatures of its governors, and audit who changed what
    #[command(subcommand)]
    Govern(Govern),
    /// Look after a hub's journal
    #[command(subcommand)]
    Journal(Journal),
    /// Copy a hub's journal, bring it back, and prove that it can be brought back
    #[command(subcommand)]
    Backup(Backup),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder for the demo's network; it must be empty or new (a temporary one if left out)
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// A folder of messages to send instead of the built-in samples
    #[arg(long)]
    pub(crate) samples: Option<PathBuf>,
    /// Keep the folder and say where it is
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "A hub and its clients run on this machine: real mutual TLS, real keys, a real \
                        journal with fdatasync. Clients sign, verify every answer and every offer, and \
                        acknowledge with a signature; they have no store.\n\nClosed loop (the default): \
                        each sender has --window messages on their way. Open loop (--rate): messages \
                        are due at fixed times, and what waits counts as latency.\n\nExamples:\n  \
                        nuncio bench --seconds 10\n  nuncio bench --rate 20000 --seconds 30\n  \
                        nuncio bench --institutions 11000 --senders 0 --seconds 20\n  \
                        nuncio bench --institutions 102 --senders 100 --rate 1000 --flood\n  \
                        nuncio bench --growth 1000000 --plot growth"
)]
pub(crate) struct Bench {
    #[command(subcommand)]
    pub(crate) run: Option<BenchRun>,
    /// Sample messages to send in turn; one pacs.008 of 3.4 KB if left out
    #[arg(long = "message", value_name = "FILE")]
    pub(crate) messages: Vec<PathBuf>,
    /// How many institutions are connected
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=17_000))]
    pub(crate) institutions: u32,
    /// How many of them send, each to the next; one if left out
    #[arg(long)]
    pub(crate) senders: Option<u32>,
    /// How many messages of a sender may be on their way, from sending to the notice of delivery
    #[arg(long, default_value_t = 2_048, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    pub(crate) window: u32,
    /// How many messages go under one signature at most
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) frame: u32,
    /// Open loop: messages a second, of all senders together
    #[arg(long)]
    pub(crate) rate: Option<f64>,
    /// The institution after the senders floods: as many messages as answers allow, to the next one;
    /// the latencies that are shown are those of the others
    #[arg(long, requires = "rate")]
    pub(crate) flood: bool,
    /// Send until so many messages are stored, and show what a message costs as they grow
    #[arg(long, value_name = "MESSAGES", conflicts_with_all = ["rate", "seconds", "warm_up"])]
    pub(crate) growth: Option<u64>,
    /// Write that to FILE.csv and, as a picture, to FILE.svg
    #[arg(long, value_name = "FILE", requires = "growth")]
    pub(crate) plot: Option<PathBuf>,
    /// How long messages count
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// How long messages are sent before they count
    #[arg(long, default_value_t = 2)]
    pub(crate) warm_up: u64,
    /// The rules above the schema that the hub checks
    #[arg(long, value_enum, default_value_t = Profile::CrossBorder)]
    pub(crate) rules: Profile,
    /// Show where the hub's time goes, step by step
    #[arg(long)]
    pub(crate) profile: bool,
    /// Do not measure the floors of this machine
    #[arg(long)]
    pub(crate) no_floors: bool,
    /// The hub keeps no archive
    #[arg(long)]
    pub(crate) no_archive: bool,
    /// The folder for the network, empty or new; a temporary one if left out
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// A network that runs already: the folder that 'nuncio network init' made; its gateways must not
    /// run, and what was sent before must have been acknowledged by none of them
    #[arg(long, conflicts_with_all = ["dir", "institutions"])]
    pub(crate) network: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchRun {
    /// Let a crowd send through several services while the hub is killed, and check every promise
    #[command(
        after_help = "Members send through an open service, one of a closed group, one that needs a \
                            relationship and one that refuses duplicates, to members that are connected \
                            or away and to strangers. The hub is killed (SIGKILL) and started again in \
                            between. In the end a checker that has seen only what the members saw says \
                            whether anything acknowledged was lost, doubled, altered or reordered, and \
                            whether each refusal had its codes.\n\nExample:\n  nuncio bench crowd \
                            --institutions 11000 --connected 2000"
    )]
    Crowd(BenchCrowd),
}

#[derive(Debug, Args)]
pub(crate) struct BenchCrowd {
    /// How many institutions the directory has
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(8..=17_000))]
    pub(crate) institutions: u32,
    /// How many of them are connected
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(4..=17_000))]
    pub(crate) connected: u32,
    /// How many messages each of them sends
    #[arg(long, default_value_t = 64)]
    pub(crate) messages: u64,
    /// How often the hub is killed in between
    #[arg(long, default_value_t = 3)]
    pub(crate) kills: u64,
    /// How long it may take, in seconds
    #[arg(long, default_value_t = 600)]
    pub(crate) seconds_max: u64,
    /// The folder for the network, empty or new; a temporary one if left out
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Network {
    /// Make a new network in a folder: its authority, its hub, and a gateway for each institution
    #[command(after_help = "Example:\n  nuncio network init net --name demo \
                            --institution ALPHDEFF --institution BRAVFRPP\n  \
                            nuncio hub run --dir net/hub &\n  \
                            nuncio gateway run --dir net/ALPHDEFFA &")]
    Init(NetworkInit),
}

#[derive(Debug, Args)]
pub(crate) struct NetworkInit {
    /// The folder to make; it must be empty or new
    pub(crate) dir: PathBuf,
    /// The network's name: 1 to 32 letters, digits and the signs . - _ !
    #[arg(long, default_value = "demo")]
    pub(crate) name: trust::NetworkName,
    /// An institution to admit, by the 8 characters of its BIC; repeat for more
    #[arg(long = "institution", required = true)]
    pub(crate) institutions: Vec<Institution>,
    /// A further terminal of one of them, such as BRAVFRPPB; the first one is A; repeat for more
    #[arg(long = "terminal")]
    pub(crate) terminals: Vec<Terminal>,
    /// Where the hub listens
    #[arg(long, default_value = "127.0.0.1:7400")]
    pub(crate) hub: std::net::SocketAddr,
    /// Where the first gateway's REST service listens; each further one takes the next port
    #[arg(long, default_value = "127.0.0.1:7411")]
    pub(crate) rest: std::net::SocketAddr,
    /// The algorithm of the institutions' signing keys
    #[arg(long, value_enum, default_value_t = KeyAlgorithm::Ed25519)]
    pub(crate) algorithm: KeyAlgorithm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyAlgorithm {
    /// Ed25519 (RFC 8032)
    Ed25519,
    /// ECDSA over P-256 with SHA-256 (FIPS 186-5)
    P256,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Gateway {
    /// Run the gateway of an institution until it is told to stop
    Run(Run),
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The folder with the settings and keys, as 'nuncio network init' makes it
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

/// Where the gateway is, for the commands that ask one.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The gateway's folder: its address and token are read there
    #[arg(long, env = "NUNCIO_GATEWAY_DIR", value_name = "DIR")]
    pub(crate) gateway: Option<PathBuf>,
    /// The gateway's address, when its folder is not at hand
    #[arg(long, env = "NUNCIO_GATEWAY_URL", value_name = "URL", conflicts_with = "gateway")]
    pub(crate) url: Option<String>,
    /// The file with the token for that address
    #[arg(long, env = "NUNCIO_TOKEN_FILE", value_name = "FILE", requires = "url")]
    pub(crate) token_file: Option<PathBuf>,
}

/// The rules above the schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Form and schema alone
    None,
    /// What holds for every message: identifiers, codes, sums, dates
    #[default]
    Base,
    /// The market practice of payments between correspondents since November 2026
    CrossBorder,
}

/// Where further schemas are.
#[derive(Debug, Args)]
pub(crate) struct Schemas {
    /// A folder with the schemas that were added, beside those that the program carries
    #[arg(long, env = "NUNCIO_SCHEMAS", value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "ISO 20022 and FIN are told apart by the first byte. A file may hold many \
                        messages: FIN as it comes, RJE or DOS-PCC; XML documents one after the \
                        other. Of a folder, all files are read that begin \
                        as messages do.\n\nExit code 0 if all are good, \
                        6 if any is not.")]
pub(crate) struct Check {
    /// Files, folders, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The rules above the schema, for ISO 20022 messages
    #[arg(long, value_enum, default_value_t)]
    pub(crate) profile: Profile,
    /// FIN: take line ends without CR, as in files that passed through an editor
    #[arg(long)]
    pub(crate) edited: bool,
    /// Say only what is wrong
    #[arg(long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) schemas: Schemas,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The file, or - for standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) schemas: Schemas,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Compile schema files (XSD) and add them to the folder of schemas
    Add(SchemaAdd),
    /// List the message types that can be checked
    List(SchemaList),
    /// Print what a schema allows, a line for each element and limit
    Show(SchemaShow),
    /// Compare two schema files: what one allows and the other does not
    Diff(SchemaDiff),
}

#[derive(Debug, Args)]
pub(crate) struct SchemaAdd {
    /// Schema files, or folders of them
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) schemas: Schemas,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaList {
    #[command(flatten)]
    pub(crate) schemas: Schemas,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaShow {
    /// The message type, such as pacs.008.001.08
    pub(crate) message_type: String,
    #[command(flatten)]
    pub(crate) schemas: Schemas,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaDiff {
    /// The one file
    pub(crate) old: PathBuf,
    /// The other file
    pub(crate) new: PathBuf,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Each file is one message. What a file's message is named is told, so that \
                        'nuncio track' can follow it. A file that is sent twice with the same key \
                        is accepted once."
)]
pub(crate) struct Send {
    /// The messages
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The idempotency key (for one file); made from the file's content if left out
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Check only; send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Wait until each message is accepted or refused, for at most as many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30")]
    pub(crate) wait: Option<u64>,
    /// Send requests of a real-time service, and wait for their outcomes, for at most as many
    /// seconds; exit code 7 where there is no response
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60")]
    #[arg(conflicts_with_all = ["wait", "dry_run"])]
    pub(crate) wait_answer: Option<u64>,
    /// The service; that of the gateway's settings if left out
    #[arg(long)]
    pub(crate) service: Option<String>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct Inbox {
    /// Wait for a message when there is none, for at most as many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) wait: u64,
    /// Write each message to this folder, and only then take it over
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// Take over what is shown, so that it is not shown again
    #[arg(long)]
    pub(crate) ack: bool,
    /// How many to show at most
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct Track {
    /// A message's id, or a transaction's UETR
    #[arg(value_name = "UETR|ID")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct Receipt {
    #[command(subcommand)]
    pub(crate) command: Option<ReceiptCommand>,
    /// The message's id
    #[arg(required = true)]
    pub(crate) id: Option<String>,
    /// Which proof: acceptance or refusal by the network, delivery to the receiver, or that the
    /// receiver has not taken it until now
    #[arg(long, value_enum)]
    pub(crate) kind: Option<ReceiptKind>,
    /// Write what shows to others what a sealed message says to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) disclosure: Option<PathBuf>,
    /// Write the receipt to this file instead of printing it as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    /// Make a page to print of a receipt that is good: what it proves, and the receipt itself as a
    /// QR code
    #[command(after_help = "Example:\n  nuncio receipt print payment.receipt --key network.keys \
                            --to payment.html")]
    Print(ReceiptPrint),
}

#[derive(Debug, Args)]
pub(crate) struct ReceiptPrint {
    /// The receipt, binary or JSON
    pub(crate) receipt: PathBuf,
    /// The network's public keys (network.keys)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The page to write (HTML, one file)
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReceiptKind {
    /// The network took the message
    Acceptance,
    /// The network refused the message
    Refusal,
    /// The receiver took the message
    Delivery,
    /// By some time the receiver had not taken the message
    NonDelivery,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The receipt, binary or JSON
    pub(crate) receipt: PathBuf,
    /// The network's public keys (network.keys)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The message itself, to check that the receipt is about these bytes
    #[arg(long, value_name = "FILE")]
    pub(crate) payload: Option<PathBuf>,
    /// What shows that a sealed message says what the file of --payload holds
    #[arg(long, value_name = "FILE", requires = "payload")]
    pub(crate) disclosure: Option<PathBuf>,
}
