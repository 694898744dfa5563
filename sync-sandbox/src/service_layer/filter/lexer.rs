//! The tokens of a `$filter`.

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    /// A name or a keyword.
    Word(String),
    /// A quoted string, quotes already undoubled.
    Text(String),
    /// A number as written.
    Number(String),
}

/// Splits a filter; `None` where a character has no meaning or a quote is never closed.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            ' ' | '\t' => {
                chars.next();
            }
            '(' | ')' | ',' => {
                chars.next();
                tokens.push(match c {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    _ => Token::Comma,
                });
            }
            '\'' => {
                chars.next();
                tokens.push(Token::Text(quoted(&mut chars)?));
            }
            '-' | '0'..='9' => tokens.push(Token::Number(number(&mut chars)?)),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let word = take(&mut chars, |c| c.is_ascii_alphanumeric() || "_./".contains(c));
                tokens.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn quoted(chars: &mut Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => return Some(text),
            c => text.push(c),
        }
    }
}

/// A number ends where a blank, a bracket or the end comes: `2026-01-01` is none.
fn number(chars: &mut Chars<'_>) -> Option<String> {
    let text = take(chars, |c| !" \t(),'".contains(c));
    super::super::value::exact_decimal(&text).map(|_| text)
}

fn take(chars: &mut Chars<'_>, belongs: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(&c) = chars.peek() {
        if !belongs(c) {
            break;
        }
        text.push(c);
        chars.next();
    }
    text
}
