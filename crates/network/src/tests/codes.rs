//! The codes that the machine gives, and their pages in `docs/codes`.

use std::collections::BTreeSet;
use std::path::Path;

use trust::governance::GovernanceError;
use trust::{Fault, KeyId, Lane, LogTime, Monitoring};

use crate::directory::{Branch, SessionNumber};
use crate::event::Relation;
use crate::real_time::RequestOutcome;
use crate::refusal::Refusal;
use crate::rejection::{Flaw, Rejection};
use crate::relationship::Missing;

/// One of each refusal. A new variant fails to compile in `Refusal::code`, and then here by page.
fn refusals() -> Vec<Refusal> {
    let terminal = "ALPHDEFFA".parse().unwrap();
    let receiver = "BANKFRPP".parse().unwrap();
    let name = "demo".parse().unwrap();
    let key = KeyId([1; 8]);
    vec![
        Refusal::WrongNetwork { expected: name, found: name },
        Refusal::ForeignSender { expected: terminal, found: terminal },
        Refusal::OtherNumber { expected: 1, found: 2 },
        Refusal::KeyNotValid { key, terminal },
        Refusal::SystemPriority,
        Refusal::Expired,
        Refusal::SenderSuspended { sender: terminal },
        Refusal::UnknownReceiver { receiver },
        Refusal::ReceiverSuspended { receiver },
        Refusal::LaneFull { receiver },
        Refusal::NoticesFull { sender: terminal },
        Refusal::UnknownBranch { receiver },
        Refusal::TestWithLive { sender: terminal, receiver },
        Refusal::UnknownService { service: name },
        Refusal::RetiredService { service: name },
        Refusal::ServiceMode { service: name, institution: terminal.institution() },
        Refusal::TypeNotCarried { service: name, message_type: name },
        Refusal::PayloadTooLong { service: name, limit: 1, found: 2 },
        Refusal::MonitoringNotOffered { service: name, option: Monitoring::Both },
        Refusal::SenderOutside { service: name, sender: terminal },
        Refusal::ReceiverOutside { service: name, receiver },
        Refusal::NotPermitted {
            service: name,
            sender: terminal,
            receiver,
            missing: Missing::End { until: LogTime(1) },
        },
        Refusal::FilesNotCarried { service: name },
        Refusal::FileTooLong { service: name, limit: 1, found: 2 },
        Refusal::FileQuota { service: name, sender: terminal, limit: 1, used: 2 },
        Refusal::TooManyFiles,
        Refusal::OtherFileLength { first: 1, expected: 1, found: 2 },
        Refusal::Duplicate { service: name, first: 1 },
        Refusal::NotRealTime { service: name },
        Refusal::RealTimePriority { service: name },
        Refusal::ReceiverAway { service: name, receiver },
        Refusal::TooManyRequests { sender: terminal },
        Refusal::NoSuchRequest { record: 1 },
        Refusal::RequestAnswered { record: 1 },
        Refusal::RequestOver { record: 1, outcome: RequestOutcome::TimedOut },
        Refusal::NotTheReceiver { record: 1, sender: terminal },
        Refusal::NotTheRequester { record: 1, receiver },
        Refusal::OtherService { record: 1, service: name },
        Refusal::Closed { service: name, lane: Lane::NORMAL, opens_at: LogTime(1) },
        Refusal::NotSealed { service: name },
        Refusal::Sealed { service: name },
        Refusal::CopySuspended { service: name, institution: terminal.institution() },
        Refusal::CopiesFull { service: name, institution: terminal.institution() },
    ]
}

/// One of each rejection.
fn rejections() -> Vec<Rejection> {
    let terminal = "ALPHDEFFA".parse().unwrap();
    let institution = "ALPHDEFF".parse().unwrap();
    let name = "demo".parse().unwrap();
    let relation = Relation { sender: institution, receiver: institution, service: name };
    let (lane, key, session) = (Lane::NORMAL, KeyId([1; 8]), SessionNumber(1));
    vec![
        Rejection::NoSession { terminal },
        Rejection::SessionOver { terminal, session, open: session },
        Rejection::WrongInputNumber { terminal, expected: 1, found: 2 },
        Rejection::NotAMember { terminal },
        Rejection::AnsweredAhead { terminal, last: 1, found: 2 },
        Rejection::ReceivedAhead { terminal, lane, last: 1, found: 2 },
        Rejection::UnknownLane { terminal, lane },
        Rejection::LanesElsewhere { terminal, lane },
        Rejection::AlreadyAcknowledged { lane, acknowledged: 1, through: 1 },
        Rejection::WrongFirst { lane, expected: 1, found: 2 },
        Rejection::NeverOffered { lane, last: 1, through: 2 },
        Rejection::BadRange { first: 1, through: 0 },
        Rejection::WrongKey { terminal, lane },
        Rejection::AlreadyAdmitted { institution },
        Rejection::Unknown { institution },
        Rejection::AlreadySuspended { institution },
        Rejection::NotSuspended { institution },
        Rejection::ForeignGrant { expected: name, found: name },
        Rejection::AlreadyGranted { holder: terminal, key },
        Rejection::TooManyGrants { holder: terminal },
        Rejection::GrantOver { holder: terminal, key },
        Rejection::Expelled { institution },
        Rejection::NoSuchKey { holder: terminal, key },
        Rejection::NotGoverned,
        Rejection::NoConsent,
        Rejection::Change(GovernanceError::Signatures { found: 1, wanted: 2 }),
        Rejection::Change(GovernanceError::Number { expected: 2, found: 1 }),
        Rejection::Change(GovernanceError::Form),
        Rejection::AlreadyGoverned,
        Rejection::ServiceExists { service: name },
        Rejection::NoService { service: name },
        Rejection::TooManyServices,
        Rejection::TooManyCalendars,
        Rejection::NoCalendar { calendar: name, service: name },
        Rejection::BadRules { service: name, flaw: Flaw::Window },
        Rejection::TestWithLive { service: name, institution },
        Rejection::AlreadyInGroup { service: name, institution },
        Rejection::NotInGroup { service: name, institution },
        Rejection::OwnPermission { institution },
        Rejection::PermissionOver { relation },
        Rejection::TooManyPermissions,
        Rejection::NotPermitted { relation },
        Rejection::AlreadyRequested { relation },
        Rejection::TooManyRequests { institution },
        Rejection::NotRequested { relation },
        Rejection::NoBranch { institution, branch: Branch::HEAD_OFFICE },
        Rejection::NotNext { terminal, lane, expected: 1, found: 2 },
        Rejection::NotAMessage { lane, output_number: 1 },
        Rejection::NotWaiting { institution, sequence: 1 },
        Rejection::MayBeDelivered { institution, sequence: 1 },
        Rejection::WorkOver { until: LogTime(1) },
        Rejection::Answers { sequence: 1 },
        Rejection::NotTheDecider { message: 1, institution },
        Rejection::UnknownCopy { message: 1 },
        Rejection::AlreadyDecided { message: 1, record: 2, is_authorised: true },
        Rejection::NotHeld { message: 1 },
        Rejection::DeciderSuspended { institution },
        Rejection::DecisionUnsigned { terminal },
        Rejection::NoBypass { service: name },
        Rejection::BypassSet { service: name, on: true },
    ]
}

fn codes() -> Vec<(&'static str, Fault)> {
    let refusals = refusals().iter().map(|no| (no.code(), no.fault())).collect::<Vec<_>>();
    let rejections = rejections().iter().map(|no| (no.code(), no.fault())).collect::<Vec<_>>();
    [refusals, rejections].concat()
}

#[test]
fn no_code_is_used_twice() {
    let all = codes();
    let different: BTreeSet<&str> = all.iter().map(|(code, _)| *code).collect();
    assert_eq!(different.len(), all.len());
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    let files = std::fs::read_dir(&folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = names.filter(|name| name.starts_with("NET")).collect();
    let wanted: BTreeSet<String> = codes().iter().map(|(code, _)| format!("{code}.md")).collect();
    assert_eq!(pages, wanted);
}

#[test]
fn every_page_names_its_code_its_fault_and_what_to_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    for (code, fault) in codes() {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}: the title names the code");
        let fault = format!("**At fault:** the {fault}.");
        for part in [fault.as_str(), "**What to do:** ", "**Example:** "] {
            assert!(page.contains(part), "{code}: the page has `{part}`");
        }
        let example = page.split("**Example:** ").last().unwrap();
        assert!(example.contains(&format!("`{code} ")), "{code}: the example shows the code");
    }
}

#[test]
fn a_refusal_fits_on_record() {
    for refusal in refusals() {
        let reason = refusal.reason();
        assert_eq!(reason.code().as_str(), refusal.code());
        assert_eq!(reason.text(), refusal.to_string(), "no text is cut");
    }
}
