//! `nuncio directory`: the institutions of a network, in and out of files.
//!
//! What is on record is read from the journal in the hub's folder, beside a hub that runs. An import
//! changes `directory.toml`, which is the operator's order, and asks a running hub to read it again.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use hub::Config;
use hub::control::{Answer, Request};
use hub::directory::{self, Finding, Findings, Form, Listed, Ordered, Orders};
use serde::Serialize;
use trust::LogTime;

use crate::cli::{
    Directory, DirectoryCheck, DirectoryExport, DirectoryForm, DirectoryImport, DirectoryShow,
    Output,
};
use crate::commands::hub::ask;
use crate::exit::{self, Failure};
use crate::{clock, output};

pub(crate) fn run(command: &Directory, format: Output) -> Result<ExitCode, Failure> {
    match command {
        Directory::Import(options) => import(options, format),
        Directory::Export(options) => export(options),
        Directory::Show(options) => show(options, format),
        Directory::Check(options) => check(options, format),
    }
}

fn load(dir: &Path) -> Result<Config, Failure> {
    Ok(Config::load(dir).map_err(anyhow::Error::new)?)
}

/// A file, and what it would change.
struct Read {
    ordered: Ordered,
    orders: Orders,
    findings: Vec<Finding>,
}

fn read(file: &Path, config: &Config) -> Result<Read, Failure> {
    let form = match file.extension().and_then(|end| end.to_str()) {
        Some("toml") => Form::Toml,
        Some("csv") => Form::Csv,
        _ => {
            let text = format!("{} ends neither in .toml nor in .csv", file.display());
            return Err(Failure::said(exit::USAGE, text));
        }
    };
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let network = directory::state(config).map_err(anyhow::Error::new)?;
    let keys = directory::keys(config).map_err(anyhow::Error::new)?;
    let ordered = Ordered::read(&bytes, form);
    let orders = ordered.orders(&folder(file), &keys, &network);
    let findings = orders.findings(&network, clock::now());
    Ok(Read { ordered, orders, findings })
}

/// Where the paths of a file begin.
fn folder(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// What a check says.
#[derive(Serialize)]
struct Checked<'a> {
    institutions: usize,
    services_and_calendars: usize,
    orders: BTreeMap<&'static str, usize>,
    findings: &'a [Finding],
}

fn check(options: &DirectoryCheck, format: Output) -> Result<ExitCode, Failure> {
    let config = load(&options.dir)?;
    let Read { ordered, orders, findings } = read(&options.file, &config)?;
    let (institutions, services) = ordered.count();
    if format == Output::Json {
        output::json(&Checked {
            institutions,
            services_and_calendars: services,
            orders: orders.kinds(),
            findings: &findings,
        });
    } else {
        for finding in &findings {
            output::line(&format!("{}: {finding}", options.file.display()));
        }
        output::line(&format!("{institutions} institutions, {services} services and calendars"));
        say_orders(&orders);
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::INVALID) })
}

fn say_orders(orders: &Orders) {
    if orders.is_empty() {
        output::line("the network is as the file says");
    }
    for (kind, count) in orders.kinds() {
        output::line(&format!("{kind:<10} {count}"));
    }
}

fn import(options: &DirectoryImport, format: Output) -> Result<ExitCode, Failure> {
    let config = load(&options.dir)?;
    let Read { ordered, orders, findings } = read(&options.file, &config)?;
    if !findings.is_empty() {
        let text = format!("{} is wrong, nothing was changed", options.file.display());
        let wrong = anyhow::Error::new(Findings(findings)).context(text);
        return Err(Failure::new(exit::INVALID, wrong));
    }
    let text = directory::import(&config, &ordered, &folder(&options.file));
    let text = text.map_err(anyhow::Error::new)?;
    // What is there is kept beside it: nobody loses what somebody wrote.
    let path = config.directory();
    let (before, new) = (path.with_extension("toml.before"), path.with_extension("toml.new"));
    let failed = || format!("cannot write {}", path.display());
    fs::copy(&path, before).with_context(failed)?;
    write_durably(&new, text.as_bytes()).with_context(failed)?;
    fs::rename(&new, &path).with_context(failed)?;
    if format == Output::Table {
        say_orders(&orders);
    }
    // A hub that died leaves the socket behind.
    if UnixStream::connect(config.control()).is_err() {
        output::line("no hub runs in this folder; it reads directory.toml when it starts");
        return Ok(ExitCode::SUCCESS);
    }
    let Answer::Reloaded { orders, rejected, governed } = ask(&options.dir, &Request::Reload)?
    else {
        return Err(Failure::said(exit::FAILURE, "the hub has answered something else"));
    };
    if governed {
        output::line("governors change this network: 'nuncio govern propose' comes next");
    } else if rejected.is_empty() {
        output::line(&format!("done: {orders} orders are on record"));
    } else {
        return Err(Failure::said(exit::CONFLICT, rejected.join("\n")));
    }
    Ok(ExitCode::SUCCESS)
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn export(options: &DirectoryExport) -> Result<ExitCode, Failure> {
    let config = load(&options.dir)?;
    let network = directory::state(&config).map_err(anyhow::Error::new)?;
    let end = options.to.as_ref().and_then(|file| file.extension()).and_then(|end| end.to_str());
    let named = if end == Some("csv") { DirectoryForm::Csv } else { DirectoryForm::Toml };
    let mut listed = directory::listed(&network);
    if let Some(grants) = &options.grants {
        fs::create_dir_all(grants).with_context(|| format!("cannot make {}", grants.display()))?;
        // Paths in the file begin at its folder.
        let file = options.to.as_deref().map_or_else(|| folder(Path::new("x")), folder);
        let full = grants.canonicalize().unwrap_or_else(|_| grants.clone());
        let within = full.strip_prefix(&file).unwrap_or(&full).to_owned();
        directory::write_grants(&network, &mut listed, grants, &within)
            .map_err(anyhow::Error::new)?;
    }
    let text = match options.form.unwrap_or(named) {
        DirectoryForm::Toml => directory::to_toml(&network, &listed),
        DirectoryForm::Csv => directory::to_csv(&listed),
        DirectoryForm::ServicesCsv => directory::services_to_csv(&network),
    };
    match &options.to {
        Some(file) => {
            fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        None => output::raw(text.as_bytes()),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(options: &DirectoryShow, format: Output) -> Result<ExitCode, Failure> {
    let network = directory::state(&load(&options.dir)?).map_err(anyhow::Error::new)?;
    let Some(institution) = options.institution else {
        let rows = directory::listed(&network);
        if format == Output::Json {
            output::json(&rows);
            return Ok(ExitCode::SUCCESS);
        }
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let terminals = row.terminals.join(" ");
                vec![row.bic.clone(), row.status.to_owned(), terminals, row.name.clone()]
            })
            .collect();
        output::table(&["BIC", "STATUS", "TERMINALS", "NAME"], &cells);
        return Ok(ExitCode::SUCCESS);
    };
    let none = || Failure::said(exit::NOT_FOUND, format!("{institution} is not a member"));
    let member = network.member(institution).ok_or_else(none)?;
    let row = Listed::of(&network, &member);
    if format == Output::Json {
        output::json(&row);
        return Ok(ExitCode::SUCCESS);
    }
    output::line(&format!("bic        {}", row.bic));
    output::line(&format!("name       {}", row.name));
    let reason = row.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    output::line(&format!("status     {}{reason}", row.status));
    let branches = if row.branches.is_empty() { "all".to_owned() } else { row.branches.join(" ") };
    output::line(&format!("branches   {branches}"));
    for contact in &row.contacts {
        output::line(&format!("contact    {contact}"));
    }
    for rule in &row.lanes {
        output::line(&format!("lane       {rule}"));
    }
    for terminal in network.terminals(institution) {
        for grant in network.grants(terminal) {
            let ends: LogTime = grant.ends_at();
            let text = format!("{} from {} until {ends}", grant.key, grant.from);
            output::line(&format!("terminal   {terminal} key {text}"));
        }
    }
    let services = network.services().map(|service| service.rules.name);
    let of = services.filter(|name| network.group_of(*name).any(|it| it == institution));
    let names: Vec<String> = of.map(|name| name.to_string()).collect();
    if !names.is_empty() {
        output::line(&format!("groups     {}", names.join(" ")));
    }
    Ok(ExitCode::SUCCESS)
}
