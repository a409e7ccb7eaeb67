//! Parties, accounts, amounts and dates of a message, read with the formats of its fields.

use crate::notation::format::Kind;
use crate::notation::matching::Captures;
use crate::notation::standard::Standard;
use crate::syntax::message::Message;
use crate::syntax::scan::Field;

/// An amount and the field that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountOf<'a> {
    /// The field.
    pub field: Field<'a>,
    /// The amount.
    pub money: iso::Money,
}

/// A date and the field that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateOf<'a> {
    /// The field.
    pub field: Field<'a>,
    /// The date. `YYMMDD` from 80 on means the last century.
    pub date: iso::Date,
}

/// A party of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party<'a> {
    /// The field.
    pub field: Field<'a>,
    /// What it does in this message, in plain words; the qualifier for field 95.
    pub role: &'a str,
    /// Its account, without the slash before it.
    pub account: Option<&'a str>,
    /// Its BIC.
    pub bic: Option<iso::Bic>,
    /// Its name: the lines of a name without those of an address, where the field tells them apart,
    /// otherwise all lines.
    pub name: Vec<&'a str>,
    /// The lines of its address, where the field tells them apart.
    pub address: Vec<&'a str>,
    /// Its country, where the field gives it.
    pub country: Option<iso::Country>,
}

impl<'a> Message<'a> {
    /// The amounts, in the order of the text. One with a wrong currency or too many decimals is
    /// left out.
    pub fn amounts<'m>(
        &'m self,
        standard: &'m Standard,
    ) -> impl Iterator<Item = AmountOf<'a>> + 'm {
        self.fields().iter().filter_map(move |field| {
            let [currency, amount] = first_parts(standard, *field, [Kind::Currency, Kind::Amount]);
            let amount = iso::Amount::from_fin(amount?).ok()?;
            let money = iso::Money::new(amount, currency?.parse().ok()?).ok()?;
            Some(AmountOf { field: *field, money })
        })
    }

    /// The dates, in the order of the text, the first of each field.
    pub fn dates<'m>(&'m self, standard: &'m Standard) -> impl Iterator<Item = DateOf<'a>> + 'm {
        self.fields().iter().filter_map(move |field| {
            let [short, long] = first_parts(standard, *field, [Kind::Date, Kind::LongDate]);
            let date = match (short, long) {
                (Some(short), _) => iso::Date::from_fin6(short).ok()?,
                (None, long) => iso::Date::from_fin8(long?).ok()?,
            };
            Some(DateOf { field: *field, date })
        })
    }

    /// The references, in the order of the text: fields 20 and 21 of any letter.
    pub fn references(&self) -> impl Iterator<Item = Field<'a>> {
        self.fields().iter().filter(|field| matches!(field.tag().number(), 20 | 21)).copied()
    }

    /// The accounts that stand for themselves, in the order of the text: fields 25 and 97.
    pub fn accounts(&self) -> impl Iterator<Item = &'a str> {
        self.fields().iter().filter_map(|field| match field.tag().number() {
            25 => field.lines().next().map(|line| line.strip_prefix('/').unwrap_or(line)),
            97 => field.value().rsplit('/').next(),
            _ => None,
        })
    }

    /// The parties, in the order of the text.
    pub fn parties(&self) -> impl Iterator<Item = Party<'a>> {
        self.fields().iter().filter_map(|field| party(*field))
    }
}

/// The first part of each of two kinds in a field.
fn first_parts<'a>(
    standard: &Standard,
    field: Field<'a>,
    kinds: [Kind; 2],
) -> [Option<&'a str>; 2] {
    let Some(known) = standard.field(field.tag()) else { return [None; 2] };
    let has = |kind: Kind| known.format.parts.iter().any(|part| part.kind == kind);
    if !kinds.into_iter().any(has) {
        return [None; 2];
    }
    let mut captures = Captures::default();
    if known.format.matches(field.value(), &mut captures).is_err() {
        return [None; 2];
    }
    kinds.map(|kind| {
        let capture = captures.iter().find(|capture| {
            known.format.part_of(**capture).is_some_and(|part| part.kind == kind)
        })?;
        field.value().get(capture.from..capture.to)
    })
}

/// What a party field of this number is, in plain words.
fn role(number: u16) -> Option<&'static str> {
    Some(match number {
        50 => "ordering customer",
        51 => "sending institution",
        52 => "ordering institution",
        53 => "sender's correspondent",
        54 => "receiver's correspondent",
        55 => "third reimbursement institution",
        56 => "intermediary",
        57 => "account with institution",
        58 => "beneficiary institution",
        59 => "beneficiary",
        82 => "party A",
        83 => "fund or beneficiary customer",
        84 => "dealing branch of party A",
        85 => "dealing branch of party B",
        86 => "second intermediary",
        87 => "party B",
        88 => "broker",
        _ => return None,
    })
}

fn party(field: Field<'_>) -> Option<Party<'_>> {
    let (number, option) = (field.tag().number(), field.tag().option());
    if number == 95 {
        return generic_party(field);
    }
    // Field 86 without a letter is the information of a statement.
    let role = role(number).filter(|_| number != 86 || option.is_some())?;
    let mut party = empty(field, role);
    let mut lines = field.lines().peekable();
    if let Some(account) = lines.peek().and_then(|line| line.strip_prefix('/')) {
        lines.next();
        // `/C/123` and `/D/123` say first which side of the account is meant.
        let marked = account.strip_prefix("C/").or_else(|| account.strip_prefix("D/"));
        party.account = Some(marked.unwrap_or(account)).filter(|account| !account.is_empty());
    }
    match option {
        Some('F') => structured(&mut party, lines),
        _ => party.name.extend(lines),
    }
    if matches!(option, Some('A' | 'C' | 'G' | 'P')) {
        party.bic = party.name.first().and_then(|line| line.parse().ok());
        if party.bic.is_some() {
            party.name.clear();
        }
    }
    Some(party)
}

fn empty<'a>(field: Field<'a>, role: &'a str) -> Party<'a> {
    let (name, address) = (Vec::new(), Vec::new());
    Party { field, role, account: None, bic: None, name, address, country: None }
}

/// The numbered lines of option F: 1 name, 2 street, 3 country and town.
fn structured<'a>(party: &mut Party<'a>, lines: impl Iterator<Item = &'a str>) {
    for line in lines {
        let Some((number, text)) = line.split_once('/') else { continue };
        match number {
            "1" => party.name.push(text),
            "2" => party.address.push(text),
            "3" => {
                let (country, town) = text.split_once('/').unwrap_or((text, ""));
                party.country = country.parse().ok();
                party.address.extend(Some(town).filter(|town| !town.is_empty()));
            }
            _ => (),
        }
    }
}

/// `:QUAL//BIC` or `:QUAL//name` in lines.
fn generic_party(field: Field<'_>) -> Option<Party<'_>> {
    let mut lines = field.lines();
    let (role, first) = lines.next()?.strip_prefix(':')?.split_once("//")?;
    let mut party = empty(field, role);
    match field.tag().option() {
        Some('P') => party.bic = first.parse().ok(),
        _ => party.name.extend(std::iter::once(first).chain(lines)),
    }
    Some(party)
}
