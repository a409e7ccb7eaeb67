//! The regular expressions of XML Schema (part 2, appendix F), as far as ISO 20022 uses them.
//!
//! ```text
//! regex  ::= branch ("|" branch)*
//! branch ::= (atom ("?" | "*" | "+" | "{" n ("," m?)? "}")?)*
//! atom   ::= character | "." | "\" escape | class | "(" regex ")"
//! class  ::= "[" "^"? (range | character | "\" escape)+ ("-" class)? "]"
//! escape ::= n | r | t | d | D | s | S | p{..} | P{..} | one of \ | . - ^ ? * + { } ( ) [ ]
//! ```
//!
//! Of `\p` these are known: `Zs`, `Nd`, `C` where Latin letters are concerned, and the blocks
//! `IsBasicLatin`, `IsLatin-1Supplement`, `IsLatinExtended-A`. `\w`, `\i` and `\c` are refused.

use super::set::Set;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    One(Set),
    Sequence(Vec<Self>),
    Either(Vec<Self>),
    Repeat { node: Box<Self>, min: u32, max: Option<u32> },
}

/// How deep groups may nest, so that walking over the nodes is bounded.
const NESTING_MAX: usize = 16;

/// Reads an expression; the error says what is not understood.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut parser = Parser { rest: text };
    // Each open group: the branches that are complete, and the one that is being read.
    let mut groups: Vec<(Vec<Node>, Vec<Node>)> = vec![(Vec::new(), Vec::new())];
    while let Some(character) = parser.next() {
        let node = match character {
            '(' => {
                if groups.len() > NESTING_MAX {
                    return Err(format!("groups nest deeper than {NESTING_MAX}"));
                }
                groups.push((Vec::new(), Vec::new()));
                continue;
            }
            '|' => {
                let group = groups.last_mut().ok_or("a lone )")?;
                let branch = std::mem::take(&mut group.1);
                group.0.push(Node::Sequence(branch));
                continue;
            }
            ')' => {
                let group = groups.pop().filter(|_| !groups.is_empty()).ok_or("a lone )")?;
                close(group)
            }
            '[' => Node::One(parser.class(0)?),
            '\\' => Node::One(parser.escape()?),
            '.' => Node::One(Set::of(&[(10, 10), (13, 13)]).complement()),
            '?' | '*' | '+' | '{' | '}' | ']' => return Err(format!("{character} without escape")),
            other => Node::One(Set::character(other)),
        };
        let node = parser.quantified(node)?;
        groups.last_mut().ok_or("a lone )")?.1.push(node);
    }
    let group = groups.pop().filter(|_| groups.is_empty()).ok_or("a ( without )")?;
    Ok(close(group))
}

fn close((mut branches, last): (Vec<Node>, Vec<Node>)) -> Node {
    if branches.is_empty() {
        return Node::Sequence(last);
    }
    branches.push(Node::Sequence(last));
    Node::Either(branches)
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next();
        self.rest = characters.as_str();
        character
    }

    fn eat(&mut self, character: char) -> bool {
        let found = self.rest.strip_prefix(character);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn quantified(&mut self, node: Node) -> Result<Node, String> {
        let (min, max) = match self.rest.chars().next() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                let (inside, rest) = self.rest.split_once('}').ok_or("a { without }")?;
                let inside = inside.get(1..).unwrap_or_default();
                let number = |text: &str| {
                    text.parse::<u32>().map_err(|_| format!("{{{inside}}} counts nothing"))
                };
                let counts = match inside.split_once(',') {
                    None => (number(inside)?, Some(number(inside)?)),
                    Some((min, "")) => (number(min)?, None),
                    Some((min, max)) => (number(min)?, Some(number(max)?)),
                };
                // The closing brace is eaten below like the signs above.
                self.rest = rest;
                return repeat(node, counts);
            }
            _ => return Ok(node),
        };
        self.next();
        repeat(node, (min, max))
    }

    /// What stands behind `[`.
    fn class(&mut self, depth: usize) -> Result<Set, String> {
        if depth > NESTING_MAX {
            return Err("classes nest too deep".into());
        }
        let negative = self.eat('^');
        let mut set = Set::default();
        let mut subtracted = None;
        let mut first = true;
        loop {
            let character = self.next().ok_or("a [ without ]")?;
            match character {
                ']' if !first => break,
                '-' if !first && self.eat('[') => {
                    subtracted = Some(self.class(depth + 1)?);
                    if !self.eat(']') {
                        return Err("a subtraction that does not end its class".into());
                    }
                    break;
                }
                '[' | ']' => return Err(format!("{character} within a class")),
                '\\' => {
                    let escaped = self.escape()?;
                    let single = single(&escaped);
                    match single {
                        Some(from) if self.range_follows() => set.add(&self.range(from)?),
                        _ => set.add(&escaped),
                    }
                }
                from if self.range_follows() => set.add(&self.range(from)?),
                other => set.add(&Set::character(other)),
            }
            first = false;
        }
        if negative {
            set = set.complement();
        }
        Ok(match subtracted {
            Some(subtracted) => set.without(&subtracted),
            None => set,
        })
    }

    /// Whether `-x` follows, and not `-]` or `-[`.
    fn range_follows(&self) -> bool {
        let mut next = self.rest.chars();
        next.next() == Some('-') && !matches!(next.next(), Some(']' | '[') | None)
    }

    fn range(&mut self, from: char) -> Result<Set, String> {
        self.eat('-');
        let to = match self.next() {
            Some('\\') => single(&self.escape()?).ok_or("a range up to a class")?,
            Some(character) => character,
            None => return Err("a [ without ]".into()),
        };
        if to < from {
            return Err(format!("the range {from}-{to} is empty"));
        }
        Ok(Set::of(&[(u32::from(from), u32::from(to))]))
    }

    /// What stands behind `\`.
    fn escape(&mut self) -> Result<Set, String> {
        let character = self.next().ok_or("a lone \\")?;
        Ok(match character {
            'n' => Set::character('\n'),
            'r' => Set::character('\r'),
            't' => Set::character('\t'),
            'd' => Set::of(DIGITS),
            'D' => Set::of(DIGITS).complement(),
            's' => Set::of(SPACES),
            'S' => Set::of(SPACES).complement(),
            'p' | 'P' => {
                let inside = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let (name, rest) = inside.ok_or("\\p without {..}")?;
                let set = property(name).ok_or_else(|| format!("\\p{{{name}}}"))?;
                self.rest = rest;
                if character == 'p' { set } else { set.complement() }
            }
            '\\' | '|' | '.' | '-' | '^' | '?' | '*' | '+' | '{' | '}' | '(' | ')' | '[' | ']' => {
                Set::character(character)
            }
            other => return Err(format!("\\{other}")),
        })
    }
}

fn repeat(node: Node, (min, max): (u32, Option<u32>)) -> Result<Node, String> {
    if max.is_some_and(|max| max < min) {
        return Err(format!("{{{min},{}}} counts nothing", max.unwrap_or_default()));
    }
    Ok(Node::Repeat { node: Box::new(node), min, max })
}

fn single(set: &Set) -> Option<char> {
    match set.ranges() {
        [(first, last)] if first == last => char::from_u32(*first),
        _ => None,
    }
}

fn property(name: &str) -> Option<Set> {
    Some(match name {
        "Zs" => Set::of(&[
            (0x20, 0x20),
            (0xa0, 0xa0),
            (0x1680, 0x1680),
            (0x2000, 0x200a),
            (0x202f, 0x202f),
            (0x205f, 0x205f),
            (0x3000, 0x3000),
        ]),
        "Nd" => Set::of(DIGITS),
        // Control, format and unassigned characters of the Latin blocks, which is where the one
        // schema that asks for them uses them; surrogates, private use and the rest do not matter.
        "C" => Set::of(&[(0, 0x1f), (0x7f, 0x9f), (0xad, 0xad)]),
        "IsBasicLatin" => Set::of(&[(0, 0x7f)]),
        "IsLatin-1Supplement" => Set::of(&[(0x80, 0xff)]),
        "IsLatinExtended-A" => Set::of(&[(0x100, 0x17f)]),
        _ => return None,
    })
}

const SPACES: &[(u32, u32)] = &[(9, 10), (13, 13), (32, 32)];

/// Decimal digits (general category Nd) of Unicode 14.
const DIGITS: &[(u32, u32)] = &[
    (0x30, 0x39),
    (0x660, 0x669),
    (0x6f0, 0x6f9),
    (0x7c0, 0x7c9),
    (0x966, 0x96f),
    (0x9e6, 0x9ef),
    (0xa66, 0xa6f),
    (0xae6, 0xaef),
    (0xb66, 0xb6f),
    (0xbe6, 0xbef),
    (0xc66, 0xc6f),
    (0xce6, 0xcef),
    (0xd66, 0xd6f),
    (0xde6, 0xdef),
    (0xe50, 0xe59),
    (0xed0, 0xed9),
    (0xf20, 0xf29),
    (0x1040, 0x1049),
    (0x1090, 0x1099),
    (0x17e0, 0x17e9),
    (0x1810, 0x1819),
    (0x1946, 0x194f),
    (0x19d0, 0x19d9),
    (0x1a80, 0x1a89),
    (0x1a90, 0x1a99),
    (0x1b50, 0x1b59),
    (0x1bb0, 0x1bb9),
    (0x1c40, 0x1c49),
    (0x1c50, 0x1c59),
    (0xa620, 0xa629),
    (0xa8d0, 0xa8d9),
    (0xa900, 0xa909),
    (0xa9d0, 0xa9d9),
    (0xa9f0, 0xa9f9),
    (0xaa50, 0xaa59),
    (0xabf0, 0xabf9),
    (0xff10, 0xff19),
    (0x104a0, 0x104a9),
    (0x10d30, 0x10d39),
    (0x11066, 0x1106f),
    (0x110f0, 0x110f9),
    (0x11136, 0x1113f),
    (0x111d0, 0x111d9),
    (0x112f0, 0x112f9),
    (0x11450, 0x11459),
    (0x114d0, 0x114d9),
    (0x11650, 0x11659),
    (0x116c0, 0x116c9),
    (0x11730, 0x11739),
    (0x118e0, 0x118e9),
    (0x11950, 0x11959),
    (0x11c50, 0x11c59),
    (0x11d50, 0x11d59),
    (0x11da0, 0x11da9),
    (0x16a60, 0x16a69),
    (0x16ac0, 0x16ac9),
    (0x16b50, 0x16b59),
    (0x1d7ce, 0x1d7ff),
    (0x1e140, 0x1e149),
    (0x1e2f0, 0x1e2f9),
    (0x1e950, 0x1e959),
    (0x1fbf0, 0x1fbf9),
];
