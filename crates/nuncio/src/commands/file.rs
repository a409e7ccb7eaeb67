//! `nuncio file`: sends files, fetches those that came, and lists them.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api;
use trust::{Digest, Hasher};

use super::send::pause;
use crate::cli::{FileGet, FileList, FilePut, Output};
use crate::client::{Client, Download, Post, Upload, escaped};
use crate::exit::{self, Failure};
use crate::output;

/// How many bytes are read at once.
const PIECE: usize = 1 << 20;
/// How long to wait between two looks at a file that is on its way.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After how many bytes progress is told again.
const TELL_EVERY: u64 = 16 << 20;

/// `nuncio file put`.
pub(crate) fn put(options: &FilePut, format: Output) -> Result<ExitCode, Failure> {
    let FilePut { file: path, to, service, media_type, description, reference, at, .. } = options;
    let client = Client::new(at)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Failure::said(exit::USAGE, "the file has no name"))?;
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (digest, bytes) = digest(&mut file, path)?;
    let sha256 = digest.to_string();
    let address = format!("/v1/files/{sha256}");
    let offset = client.upload_offset(&address)?;
    if offset < bytes {
        file.seek(SeekFrom::Start(offset))
            .with_context(|| format!("cannot read {}", path.display()))?;
        let mut told = Telling::new("to the gateway", offset, bytes, file);
        client.upload(&mut Upload { path: &address, offset, length: bytes, body: &mut told })?;
    }
    let announce = api::Announce {
        to: to.clone(),
        name,
        media_type: media_type.clone(),
        description: description.clone(),
        reference: reference.clone(),
        service: service.clone(),
        ..api::Announce::default()
    };
    let body = serde_json::to_vec(&announce).context("texts have a form in JSON")?;
    // What is sent to whom is the key: the command can be repeated.
    let said = format!("nuncio file 1\n{sha256}\n{}", String::from_utf8_lossy(&body));
    let key = options.key.clone().unwrap_or_else(|| Digest::of(said.as_bytes()).to_string());
    let path = format!("{address}/announce");
    let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
    let mut sent: api::File = client.post(&Post { path: &path, headers: &headers, body: &body })?;
    if let Some(seconds) = options.wait {
        sent = announced(&client, &sent, Duration::from_secs(seconds))?;
    }
    match format {
        Output::Json => output::json(&sent),
        Output::Table => print(&sent),
    }
    Ok(match sent.state.as_str() {
        "failed" => ExitCode::from(exit::INVALID),
        _ => ExitCode::SUCCESS,
    })
}

/// Waits until a file is announced, or will not be.
fn announced(client: &Client, sent: &api::File, most: Duration) -> Result<api::File, Failure> {
    let mut waited = Duration::ZERO;
    let mut told = Progress::new("to the hub", 0, sent.bytes);
    loop {
        let files: api::Files = client.get("/v1/files", Duration::ZERO)?;
        let found = files.sent.into_iter().find(|it| it.id == sent.id);
        let found = found.ok_or_else(|| Failure::said(exit::NOT_FOUND, "the order has gone"))?;
        told.at(found.held_bytes);
        if found.state != "sending" {
            return Ok(found);
        }
        if waited >= most {
            let words = "it is not announced yet; the gateway goes on: see 'nuncio file list'";
            return Err(Failure::said(exit::TIMEOUT, words));
        }
        pause(LOOK_EVERY);
        waited += LOOK_EVERY;
    }
}

/// `nuncio file get`.
pub(crate) fn get(options: &FileGet, format: Output) -> Result<ExitCode, Failure> {
    let FileGet { id, to, wait, at } = options;
    let client = Client::new(at)?;
    let file = here(&client, id, Duration::from_secs(wait.unwrap_or(0)))?;
    let sender = file.from.get(..8).unwrap_or(&file.from);
    let address = format!("/v1/files/{}?sender={}", file.sha256, escaped(sender));
    // Beside its place until it is whole.
    let mut partial = to.clone().into_os_string();
    partial.push(".part");
    let partial = PathBuf::from(partial);
    let cannot = |what: &str| format!("cannot {what} {}", partial.display());
    let mut out = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&partial)
        .with_context(|| cannot("open"))?;
    let mut offset = out.metadata().with_context(|| cannot("read"))?.len();
    if offset > file.bytes {
        out.set_len(0).with_context(|| cannot("write"))?;
        offset = 0;
    }
    if offset < file.bytes {
        out.seek(SeekFrom::Start(offset)).with_context(|| cannot("write"))?;
        let mut told = Progress::new("from the gateway", offset, file.bytes);
        client.download(&Download { path: &address, offset }, |piece| {
            out.write_all(piece)?;
            offset += piece.len() as u64;
            told.at(offset);
            Ok(())
        })?;
    }
    out.seek(SeekFrom::Start(0)).with_context(|| cannot("read"))?;
    let (found, bytes) = digest(&mut out, &partial)?;
    if found.to_string() != file.sha256 || bytes != file.bytes {
        fs::remove_file(&partial).with_context(|| cannot("remove"))?;
        let words = format!("expected SHA-256 {}, but found {found}; nothing is kept", file.sha256);
        return Err(Failure::said(exit::INVALID, words));
    }
    out.sync_all().with_context(|| cannot("sync"))?;
    fs::rename(&partial, to).with_context(|| format!("cannot write {}", to.display()))?;
    match format {
        Output::Json => output::json(&file),
        Output::Table => print(&file),
    }
    Ok(ExitCode::SUCCESS)
}

/// The file that a message announced, once the gateway has it.
fn here(client: &Client, id: &str, most: Duration) -> Result<api::File, Failure> {
    let mut waited = Duration::ZERO;
    loop {
        let files: api::Files = client.get("/v1/files", Duration::ZERO)?;
        let found = files.received.into_iter().find(|it| it.message.as_deref() == Some(id));
        match found {
            Some(file) if file.state == "here" => return Ok(file),
            Some(file) if file.state == "given-up" => {
                let problem = file.problem.unwrap_or_default();
                return Err(Failure::said(exit::NOT_FOUND, format!("{id}: {problem}")));
            }
            found if waited >= most => {
                let (code, words) = match found {
                    Some(file) => {
                        let (held, bytes) = (file.held_bytes, file.bytes);
                        (exit::TIMEOUT, format!("{held} of {bytes} bytes are here yet"))
                    }
                    None => (exit::NOT_FOUND, "no such message announced a file".to_owned()),
                };
                return Err(Failure::said(code, format!("{id}: {words}")));
            }
            _ => {}
        }
        pause(LOOK_EVERY);
        waited += LOOK_EVERY;
    }
}

/// `nuncio file list`.
pub(crate) fn list(options: &FileList, format: Output) -> Result<ExitCode, Failure> {
    let files: api::Files = Client::new(&options.at)?.get("/v1/files", Duration::ZERO)?;
    match format {
        Output::Json => output::json(&files),
        Output::Table => files.sent.iter().chain(&files.received).for_each(print),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(file: &api::File) {
    let api::File { message, id, state, from, to, name, bytes, held_bytes, .. } = file;
    let named = message.as_deref().or(id.as_deref()).unwrap_or_default();
    let far = if held_bytes == bytes { String::new() } else { format!(" {held_bytes} of") };
    output::line(&format!("{named}  {state:<9} {from} -> {to}  {name} {far} {bytes} bytes"));
    output::line(&format!("  sha256 {}", file.sha256));
    if let Some(problem) = &file.problem {
        output::line(&format!("  {problem}"));
    }
}

/// SHA-256 and length of a file, from its beginning.
fn digest(file: &mut File, path: &Path) -> Result<(Digest, u64), Failure> {
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0_u64;
    loop {
        let read = file.read(&mut piece);
        let length = read.with_context(|| format!("cannot read {}", path.display()))?;
        if length == 0 {
            return Ok((hasher.finish(), bytes));
        }
        hasher.update(piece.get(..length).unwrap_or_default());
        bytes += length as u64;
    }
}

/// Tells on the standard error how far something has come.
struct Progress {
    way: &'static str,
    told: u64,
    bytes: u64,
}

impl Progress {
    fn new(way: &'static str, at: u64, bytes: u64) -> Self {
        Self { way, told: at, bytes }
    }

    fn at(&mut self, at: u64) {
        if at == self.told || (at < self.bytes && at < self.told + TELL_EVERY) {
            return;
        }
        self.told = at;
        let (mib, all) = (at >> 20, self.bytes >> 20);
        let percent = at.saturating_mul(100) / self.bytes.max(1);
        output::progress(&format!("{}: {mib} of {all} MiB, {percent}%", self.way));
    }
}

/// A file that tells how far it was read.
struct Telling {
    progress: Progress,
    at: u64,
    file: File,
}

impl Telling {
    fn new(way: &'static str, at: u64, bytes: u64, file: File) -> Self {
        Self { progress: Progress::new(way, at, bytes), at, file }
    }
}

impl Read for Telling {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.at += length as u64;
        self.progress.at(self.at);
        Ok(length)
    }
}
