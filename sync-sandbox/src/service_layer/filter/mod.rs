//! `$filter`: `eq ne gt ge lt le and or not`, parentheses, `startswith endswith contains
//! substringof`. No arithmetic, no date, math or string functions, as the manual says (1.22, 7.1).
//!
//! `lexer` makes tokens, this file makes a tree that is checked against the type's properties,
//! `eval` decides whether a record belongs.

mod eval;
mod lexer;

use std::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use self::lexer::Token;
use super::{
    entity::Shape,
    error::Refusal,
    schema::{self, Kind},
    value::exact_decimal,
    wire::Flavour,
    write_checks::date_of,
};

/// A checked condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare { property: String, kind: Kind, operator: Operator, literal: Literal },
    Match { property: String, kind: Kind, place: Place, part: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering == Ordering::Equal,
            Self::NotEqual => ordering != Ordering::Equal,
            Self::Greater => ordering == Ordering::Greater,
            Self::GreaterOrEqual => ordering != Ordering::Less,
            Self::Less => ordering == Ordering::Less,
            Self::LessOrEqual => ordering != Ordering::Greater,
        }
    }

    /// The operator that says the same with its sides swapped.
    fn swapped(self) -> Self {
        match self {
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            same => same,
        }
    }
}

/// Where a part of a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    End,
    Anywhere,
}

/// A literal, already in the property's own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    Text(String),
    Number(Decimal),
    Date(NaiveDate),
}

/// Reads a `$filter` for entities of this shape.
pub(crate) fn parse(text: &str, shape: &Shape, flavour: Flavour) -> Result<Condition, Refusal> {
    let tokens = lexer::tokens(text).ok_or_else(Refusal::query_syntax)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, shape, flavour };
    let condition = parser.either()?;
    if parser.at == tokens.len() { Ok(condition) } else { Err(Refusal::query_syntax()) }
}

const DEPTH_MAX: usize = 64;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    shape: &'a Shape,
    flavour: Flavour,
}

/// One side of a comparison.
enum Side {
    Property(String),
    Quoted(String),
    /// `SAPB1.BoYesNoEnum'tNO'`: type and member.
    Member(String, String),
    Digits(String),
    Null,
}

impl Parser<'_> {
    fn either(&mut self) -> Result<Condition, Refusal> {
        let mut left = self.both()?;
        while self.word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Condition, Refusal> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Condition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Condition, Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Refusal::query_syntax());
        }
        let condition = if self.word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.token(&Token::Open) {
            let inner = self.either()?;
            self.expect(&Token::Close)?;
            inner
        } else if let Some(function) = self.function() {
            self.matching(&function)?
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// The name of a function, if a name and an opening parenthesis follow.
    fn function(&self) -> Option<String> {
        match (self.tokens.get(self.at), self.tokens.get(self.at + 1)) {
            (Some(Token::Word(name)), Some(Token::Open)) => Some(name.clone()),
            _ => None,
        }
    }

    fn matching(&mut self, function: &str) -> Result<Condition, Refusal> {
        let place = match function {
            "startswith" => Place::Start,
            "endswith" => Place::End,
            "contains" | "substringof" => Place::Anywhere,
            _ => return Err(Refusal::query_syntax()),
        };
        self.at += 2;
        let first = self.side()?;
        self.expect(&Token::Comma)?;
        let second = self.side()?;
        self.expect(&Token::Close)?;
        let (property, part) = match (function, first, second) {
            ("substringof", Side::Quoted(part), Side::Property(name)) => (name, part),
            ("startswith" | "endswith" | "contains", Side::Property(name), Side::Quoted(part)) => {
                (name, part)
            }
            _ => return Err(Refusal::query_syntax()),
        };
        let kind = self.kind(&property)?;
        if !matches!(kind, Kind::Text(_)) {
            return Err(Refusal::query_syntax());
        }
        Ok(Condition::Match { property, kind, place, part })
    }

    fn comparison(&mut self) -> Result<Condition, Refusal> {
        let left = self.side()?;
        let operator = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Operator::of(word),
            _ => None,
        }
        .ok_or_else(Refusal::query_syntax)?;
        self.at += 1;
        let right = self.side()?;
        let (property, operator, side) = match (left, right) {
            (Side::Property(_), Side::Property(_)) => return Err(Refusal::query_syntax()),
            (Side::Property(name), side) => (name, operator, side),
            (side, Side::Property(name)) => (name, operator.swapped(), side),
            _ => return Err(Refusal::query_syntax()),
        };
        let kind = self.kind(&property)?;
        let literal = literal(&kind, side).ok_or_else(Refusal::query_syntax)?;
        Ok(Condition::Compare { property, kind, operator, literal })
    }

    fn side(&mut self) -> Result<Side, Refusal> {
        let token = self.tokens.get(self.at).ok_or_else(Refusal::query_syntax)?;
        self.at += 1;
        match token {
            Token::Text(text) => Ok(Side::Quoted(text.clone())),
            Token::Number(text) => Ok(Side::Digits(text.clone())),
            Token::Word(word) if word == "null" => Ok(Side::Null),
            Token::Word(word) => match self.tokens.get(self.at) {
                // Only v2 writes the type of an enum.
                Some(Token::Text(text)) if self.flavour == Flavour::V2 && word.contains('.') => {
                    self.at += 1;
                    Ok(Side::Member(word.clone(), text.clone()))
                }
                _ => Ok(Side::Property(word.clone())),
            },
            _ => Err(Refusal::query_syntax()),
        }
    }

    fn kind(&self, property: &str) -> Result<Kind, Refusal> {
        match self.shape.kind(property) {
            None | Some(Kind::Many(_) | Kind::One(_)) => Err(Refusal::query_property(property)),
            Some(kind) => Ok(kind.clone()),
        }
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w == wanted);
        self.at += usize::from(found);
        found
    }

    fn token(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), Refusal> {
        if self.token(wanted) { Ok(()) } else { Err(Refusal::query_syntax()) }
    }
}

/// The literal in the kind of the property that it is compared with.
fn literal(kind: &Kind, side: Side) -> Option<Literal> {
    match (kind, side) {
        (_, Side::Null) => Some(Literal::Null),
        (Kind::Text(_) | Kind::Time, Side::Quoted(text)) => Some(Literal::Text(text)),
        (Kind::Integer | Kind::Number, Side::Digits(text)) => {
            exact_decimal(&text).map(Literal::Number)
        }
        (Kind::Date, Side::Quoted(text)) => date_of(&text).map(Literal::Date),
        (Kind::Enum(name), Side::Quoted(text)) => {
            schema::member_of(name, &text).map(|m| Literal::Text(m.to_owned()))
        }
        (Kind::Enum(name), Side::Member(of, text)) if of.strip_prefix("SAPB1.") == Some(name) => {
            schema::member_of(name, &text).map(|m| Literal::Text(m.to_owned()))
        }
        _ => None,
    }
}
