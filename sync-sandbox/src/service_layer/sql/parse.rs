//! The text of a stored query: one `select` over tables of the allow-list.
//!
//! ```text
//! select [distinct] [top n] * | column [[as] name], .. from table [alias]
//!   [inner join table [alias] on condition] [where condition] [order by column [asc|desc], ..]
//! condition: comparisons, like, is [not] null, and, or, not, parentheses
//! ```
//!
//! The manual calls it a limited subset of SQL without printing it; what stands here is no wider.
//! Everything else is a syntax error: a second statement, a comment, a function, a sub-query.

use super::super::error::Refusal;

/// A word of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name.
    Word(String),
    /// A name in brackets or double quotes, never a keyword.
    Name(String),
    Text(String),
    Number(String),
    Parameter(String),
    Sign(&'static str),
}

/// A column, with its table's alias where the text says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnName {
    pub(super) table: Option<String>,
    pub(super) column: String,
    pub(super) at: usize,
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Column(ColumnName),
    Text(String),
    Number(String),
    Parameter(String),
}

/// What a row must meet.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare(Operand, &'static str, Operand),
    Like(Operand, Operand),
    IsNull(Operand),
}

/// A table with the name that the text gives it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) table: String,
    pub(super) alias: String,
    pub(super) on: Option<Condition>,
}

/// A query.
#[derive(Clone, Debug)]
pub(super) struct Select {
    pub(super) distinct: bool,
    pub(super) top: Option<usize>,
    /// Columns with their names; every column where there are none.
    pub(super) columns: Vec<(ColumnName, Option<String>)>,
    pub(super) sources: Vec<Source>,
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<(ColumnName, bool)>,
}

const KEYWORDS: [&str; 24] = [
    "select", "distinct", "top", "from", "inner", "join", "on", "where", "and", "or", "not",
    "like", "is", "null", "order", "by", "asc", "desc", "as", "union", "group", "having", "left",
    "in",
];

const SIGNS: [&str; 14] =
    ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "*", "-", ";"];

/// Whether a word is a keyword.
fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// 701 in the manual's words: position and text from which on it is wrong.
pub(super) fn syntax(text: &str, at: usize, what: &str) -> Refusal {
    Refusal::bad(701, format!("Invalid SQL syntax:{text}, line 1, character position {at}, {what}"))
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let wrong = || syntax(text, at, &format!("Incorrect syntax near '{first}'."));
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (token, length) = match first {
            '\'' => {
                quoted(rest, '\'').map(|(word, end)| (Token::Text(word), end)).ok_or_else(wrong)?
            }
            '"' => {
                quoted(rest, '"').map(|(word, end)| (Token::Name(word), end)).ok_or_else(wrong)?
            }
            '[' => {
                let end = rest.find(']').ok_or_else(wrong)?;
                (Token::Name(rest[1..end].to_owned()), end + 1)
            }
            ':' => {
                let name = word(&rest[1..]);
                if name.is_empty() {
                    return Err(wrong());
                }
                (Token::Parameter(name.to_owned()), name.len() + 1)
            }
            '0'..='9' => {
                let number: &str = &rest
                    [..rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len())];
                (Token::Number(number.to_owned()), number.len())
            }
            c if c.is_alphabetic() || c == '_' || c == '@' => {
                (Token::Word(word(rest).to_owned()), word(rest).len())
            }
            _ => {
                if rest.starts_with("--") || rest.starts_with("/*") {
                    return Err(wrong());
                }
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(wrong)?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push((at, token));
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// A name or keyword at the beginning.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '@');
    &text[..end.unwrap_or(text.len())]
}

/// A quoted word and where it ends; a doubled quote stands for one.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            word.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
            word.push(quote);
        } else {
            return Some((word, at + 1));
        }
    }
    None
}

/// The text as the server shows it: names in brackets.
pub(super) fn shown(text: &str) -> Result<String, Refusal> {
    let mut out = String::new();
    for (_, token) in tokens(text)? {
        let part = match token {
            Token::Word(word) if is_keyword(&word) => word,
            Token::Word(name) | Token::Name(name) => format!("[{name}]"),
            Token::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Token::Number(number) => number,
            Token::Parameter(name) => format!(":{name}"),
            Token::Sign(sign) => sign.to_owned(),
        };
        let joined = matches!(part.as_str(), "." | ",") || out.ends_with('.') || out.is_empty();
        if !joined {
            out.push(' ');
        }
        out.push_str(&part);
    }
    Ok(out)
}

/// Parameters in the order of their first use.
pub(super) fn parameters(text: &str) -> Result<Vec<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for (_, token) in tokens(text)? {
        if let Token::Parameter(name) = token
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// Reads a query.
pub(super) fn select(text: &str) -> Result<Select, Refusal> {
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, depth: 0 };
    let select = parser.select()?;
    match parser.tokens.get(parser.at) {
        None => Ok(select),
        Some(_) => Err(parser.wrong()),
    }
}

/// Parentheses and negations that a text may nest.
const DEPTH_MAX: usize = 40;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn wrong(&self) -> Refusal {
        let (at, near) = match self.tokens.get(self.at) {
            Some((at, _)) => (*at, word(&self.text[*at..])),
            None => (self.text.len(), ""),
        };
        let near = if near.is_empty() { self.text.get(at..).unwrap_or_default() } else { near };
        syntax(self.text, at, &format!("Incorrect syntax near '{near}'."))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).map(|(_, token)| token.clone());
        self.at += 1;
        token
    }

    fn peek_keyword(&self, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((_, Token::Word(word))) if word.eq_ignore_ascii_case(keyword))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is = self.peek_keyword(keyword);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, keyword: &str) -> Result<(), Refusal> {
        if self.keyword(keyword) { Ok(()) } else { Err(self.wrong()) }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some((_, Token::Sign(s))) if *s == sign);
        self.at += usize::from(is);
        is
    }

    fn name(&mut self) -> Result<String, Refusal> {
        match self.tokens.get(self.at) {
            Some((_, Token::Name(name))) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            Some((_, Token::Word(word))) if !is_keyword(word) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.wrong()),
        }
    }

    fn column(&mut self) -> Result<ColumnName, Refusal> {
        let at = self.tokens.get(self.at).map_or(self.text.len(), |(at, _)| *at);
        let first = self.name()?;
        if self.sign(".") {
            return Ok(ColumnName { table: Some(first), column: self.name()?, at });
        }
        Ok(ColumnName { table: None, column: first, at })
    }

    fn select(&mut self) -> Result<Select, Refusal> {
        self.expect("select")?;
        let distinct = self.keyword("distinct");
        let top = if self.keyword("top") { Some(self.count()?) } else { None };
        let mut columns = Vec::new();
        if !self.sign("*") {
            loop {
                let column = self.column()?;
                let renamed = self.keyword("as") || !(self.peek_keyword("from") || self.at_comma());
                columns.push((column, if renamed { Some(self.name()?) } else { None }));
                if !self.sign(",") {
                    break;
                }
            }
        }
        self.expect("from")?;
        let mut sources = vec![self.source()?];
        while self.peek_keyword("inner") || self.peek_keyword("join") {
            self.keyword("inner");
            self.expect("join")?;
            let mut source = self.source()?;
            self.expect("on")?;
            source.on = Some(self.condition()?);
            sources.push(source);
        }
        let condition = if self.keyword("where") { Some(self.condition()?) } else { None };
        let mut order = Vec::new();
        if self.keyword("order") {
            self.expect("by")?;
            loop {
                let column = self.column()?;
                let descending = self.keyword("desc");
                if !descending {
                    self.keyword("asc");
                }
                order.push((column, descending));
                if !self.sign(",") {
                    break;
                }
            }
        }
        Ok(Select { distinct, top, columns, sources, condition, order })
    }

    fn at_comma(&self) -> bool {
        matches!(self.tokens.get(self.at), Some((_, Token::Sign(","))))
    }

    fn count(&mut self) -> Result<usize, Refusal> {
        match self.tokens.get(self.at) {
            Some((_, Token::Number(number))) => {
                let count = number.parse().map_err(|_| self.wrong())?;
                self.at += 1;
                Ok(count)
            }
            _ => Err(self.wrong()),
        }
    }

    fn source(&mut self) -> Result<Source, Refusal> {
        let table = self.name()?;
        let clauses = ["inner", "join", "on", "where", "order"];
        let ends = self.at >= self.tokens.len()
            || clauses.iter().any(|clause| self.peek_keyword(clause))
            || matches!(self.tokens.get(self.at), Some((_, Token::Sign(_))));
        let alias = if self.keyword("as") || !ends { self.name()? } else { table.clone() };
        Ok(Source { table, alias, on: None })
    }

    fn condition(&mut self) -> Result<Condition, Refusal> {
        let mut left = self.conjunction()?;
        while self.keyword("or") {
            left = Condition::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Condition, Refusal> {
        let mut left = self.negation()?;
        while self.keyword("and") {
            left = Condition::And(Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Condition, Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.wrong());
        }
        let condition = if self.keyword("not") {
            Condition::Not(Box::new(self.negation()?))
        } else if self.sign("(") {
            let inner = self.condition()?;
            if !self.sign(")") {
                return Err(self.wrong());
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, Refusal> {
        let left = self.operand()?;
        if self.keyword("is") {
            let not = self.keyword("not");
            self.expect("null")?;
            let is_null = Condition::IsNull(left);
            return Ok(if not { Condition::Not(Box::new(is_null)) } else { is_null });
        }
        if self.keyword("like") {
            return Ok(Condition::Like(left, self.operand()?));
        }
        let sign = ["=", "<>", "!=", "<=", ">=", "<", ">"].into_iter().find(|s| self.sign(s));
        let sign = sign.ok_or_else(|| self.wrong())?;
        Ok(Condition::Compare(left, sign, self.operand()?))
    }

    fn operand(&mut self) -> Result<Operand, Refusal> {
        let negative = self.sign("-");
        let operand = match self.tokens.get(self.at).map(|(_, token)| token.clone()) {
            Some(Token::Number(number)) => {
                Operand::Number(if negative { format!("-{number}") } else { number })
            }
            _ if negative => return Err(self.wrong()),
            Some(Token::Text(text)) => Operand::Text(text),
            Some(Token::Parameter(name)) => Operand::Parameter(name),
            _ => return Ok(Operand::Column(self.column()?)),
        };
        self.next();
        Ok(operand)
    }
}
