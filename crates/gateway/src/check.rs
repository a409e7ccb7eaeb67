//! The check at home: what can be known to be wrong with a message before it leaves.
//!
//! It reads the message as the hub will and finds all that is wrong at once. What only the hub can
//! know, such as whether the receiver is a member, it does not ask.

use document::Checker;
use iso::Bic;
use trust::{
    Digest, FileName, Header, LogTime, MessageType, Monitoring, Priority, Reference, ServiceName,
};

use crate::api::Finding;
use crate::config::Config;

/// What a back office says of a message beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The service; the one of the settings unless it is named.
    pub service: Option<ServiceName>,
    /// Which lane it shall take.
    pub priority: Priority,
    /// What the sender wants to hear of its delivery.
    pub monitoring: Monitoring,
    /// The record of the request that it answers.
    pub answers: Option<u64>,
}

/// All that is wrong with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The first of them, in order.
    pub(crate) list: Vec<Finding>,
    /// How many more there are.
    pub(crate) more: u64,
}

/// Makes the header of a message that is fit to be sent; its input number is still 0.
pub(crate) fn check(
    config: &Config,
    checker: &mut Checker,
    body: &[u8],
    wish: &Wish,
    at: LogTime,
) -> Result<Header, Findings> {
    let document = checker.check(body).map_err(read_findings)?;
    let mut list = Vec::new();
    let service = wish.service.unwrap_or(config.service);
    let message_type = document.message_type.parse::<MessageType>();
    if message_type.is_err() {
        let text = format!("{:?} is no type of message", document.message_type);
        list.push(finding("GTW024", text));
    }
    check_service(config, service, message_type.ok(), &mut list);
    check_sender(config, document.from, &mut list);
    let reference = document.reference.parse::<Reference>();
    if let Err(error) = &reference {
        list.push(finding("GTW024", error.to_string()));
    }
    // FIN says in block 2 how urgent a message is; XML leaves it to whoever sends it.
    let is_real_time = wish.priority == Priority::RealTime || wish.answers.is_some();
    let priority = match document.urgent {
        _ if is_real_time => Priority::RealTime,
        true => Priority::Urgent,
        false => wish.priority,
    };
    let payload_length = u32::try_from(body.len());
    match (message_type, reference, payload_length) {
        (Ok(message_type), Ok(reference), Ok(payload_length)) if list.is_empty() => Ok(Header {
            network: config.network,
            service,
            message_type,
            sender: config.terminal,
            receiver: document.to,
            input_number: 0,
            created_at: at,
            expires_at: None,
            payload_length,
            reference,
            uetr: document.uetr,
            priority,
            monitoring: wish.monitoring,
            possible_duplicate: document.possible_duplicate,
            answers: wish.answers,
            file: document.file.as_ref().map(|file| FileName {
                digest: Digest(file.parts().sha256),
                bytes: file.parts().bytes,
            }),
            is_sealed: false,
        }),
        _ => Err(Findings { list, more: 0 }),
    }
}

fn check_service(
    config: &Config,
    service: ServiceName,
    message_type: Option<MessageType>,
    list: &mut Vec<Finding>,
) {
    if config.services.is_empty() {
        return;
    }
    let Some(types) = config.services.get(&service) else {
        list.push(finding("GTW022", format!("service {service} is not set up here")));
        return;
    };
    if let Some(message_type) = message_type
        && !types.is_empty()
        && !types.contains(&message_type)
    {
        let text = format!("service {service} does not carry {message_type}");
        list.push(finding("GTW023", text));
    }
}

fn check_sender(config: &Config, from: Bic, list: &mut Vec<Finding>) {
    let own = config.terminal.institution();
    if from.institution() != own {
        let text = format!("expected a sender of {own}, but found {from}");
        list.push(finding("GTW021", text));
    }
}

fn finding(code: &str, message: String) -> Finding {
    Finding { code: code.to_owned(), path: String::new(), line: 0, column: 0, message }
}

fn read_findings(findings: document::Findings) -> Findings {
    let list = findings.list.into_iter().map(|finding| Finding {
        code: finding.code,
        path: finding.place,
        line: finding.line,
        column: finding.column,
        message: finding.text,
    });
    Findings { list: list.collect(), more: findings.more }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use expect_test::{Expect, expect};

    use super::*;

    const SAMPLE: &str = include_str!("../../../samples/pacs.008.001.08.xml");

    fn config() -> Config {
        Config::new(Path::new("/gw"), "demo".parse().unwrap(), "ALPHDEFFA".parse().unwrap())
    }

    #[track_caller]
    fn expect_findings(config: &Config, body: &str, service: &str, want: &Expect) {
        let wish = Wish {
            service: Some(service.parse().unwrap()).filter(|_: &ServiceName| !service.is_empty()),
            priority: Priority::Normal,
            monitoring: Monitoring::Notice,
            answers: None,
        };
        let mut got = String::new();
        let rules = document::Rules::built_in(config.profile);
        match check(config, &mut Checker::new(rules), body.as_bytes(), &wish, LogTime(7)) {
            Ok(header) => writeln!(
                got,
                "{} {} {} to {} {} {:?}",
                header.service,
                header.message_type,
                header.sender,
                header.receiver,
                header.reference,
                header.uetr
            )
            .unwrap(),
            Err(findings) => {
                for finding in findings.list {
                    let Finding { code, path, line, column, message } = finding;
                    writeln!(got, "{code} {path} {line}:{column} {message}").unwrap();
                }
            }
        }
        want.assert_eq(&got);
    }

    #[test]
    fn a_sample_is_fit_to_be_sent() {
        expect_findings(
            &config(),
            SAMPLE,
            "payments",
            &expect![[r#"
            payments pacs.008.001.08 ALPHDEFFA to BRAVFRPPXXX ALPH20261123-000417 Some(dea3273f-e864-4b5e-b353-6bcb0556b29b)
        "#]],
        );
    }

    #[test]
    fn another_institutions_message_is_not_ours_to_send() {
        let config = Config { terminal: "BRAVFRPPA".parse().unwrap(), ..config() };
        expect_findings(
            &config,
            SAMPLE,
            "payments",
            &expect![[r#"
                GTW021  0:0 expected a sender of BRAVFRPP, but found ALPHDEFFXXX
            "#]],
        );
    }

    #[test]
    fn a_document_without_a_business_header_goes_nowhere() {
        let from = SAMPLE.find("<Document").unwrap();
        let to = SAMPLE.find("</Document>").unwrap() + "</Document>".len();
        expect_findings(
            &config(),
            &SAMPLE[from..to],
            "payments",
            &expect![[r#"
                DOC001  0:0 expected a business application header (AppHdr) beside the document, but found only the document
            "#]],
        );
    }

    #[test]
    fn services_that_are_set_up_limit_what_is_sent() {
        let mut config = config();
        let reports = ["camt.053.001.08".parse().unwrap()].into();
        config.services.insert("reports".parse().unwrap(), reports);
        config.services.insert("payments".parse().unwrap(), [].into());
        expect_findings(
            &config,
            SAMPLE,
            "payments",
            &expect![[r#"
            payments pacs.008.001.08 ALPHDEFFA to BRAVFRPPXXX ALPH20261123-000417 Some(dea3273f-e864-4b5e-b353-6bcb0556b29b)
        "#]],
        );
        expect_findings(
            &config,
            SAMPLE,
            "reports",
            &expect![[r#"
                GTW023  0:0 service reports does not carry pacs.008.001.08
            "#]],
        );
        expect_findings(
            &config,
            SAMPLE,
            "cash",
            &expect![[r#"
            GTW022  0:0 service cash is not set up here
        "#]],
        );
    }

    #[test]
    fn what_the_reader_finds_is_passed_on_with_its_place() {
        expect_findings(
            &config(),
            "not xml at all",
            "payments",
            &expect![[r#"
            XML021  1:1 expected nothing outside the root element, but found text: not xml at all
        "#]],
        );
        let bad = SAMPLE.replace(
            "ALPHDEFFXXX</BICFI></FinInstnId></FIId></Fr>",
            "ALPH</BICFI></FinInstnId></FIId></Fr>",
        );
        expect_findings(
            &config(),
            &bad,
            "payments",
            &expect![[r#"
                SCH023 /RequestPayload[1]/AppHdr[1]/Fr[1]/FIId[1]/FinInstnId[1]/BICFI[1] 4:34 expected a value of the pattern [A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1} (BICFIDec2014Identifier), but found "ALPH"
            "#]],
        );
    }
}
