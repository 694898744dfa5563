//! The items of a list body, decoded in the one walk that also proves the body to be JSON.
//!
//! What a list body is (array, envelope, one object) is decided in `record`; what becomes of its items in `paging`.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// White space as JSON has it.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// The items of a JSON array that are still ahead.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    rest: &'a str,
    state: State,
}

#[derive(Debug)]
enum State {
    Begin,
    Within,
    End,
}

/// An item with its text; decoded, or with what is wrong with it.
pub(crate) struct Item<'a, T> {
    pub(crate) text: &'a str,
    pub(crate) value: Result<T, serde_json::Error>,
}

/// The body is not a JSON array.
#[derive(Debug)]
pub(crate) struct NotAnArray;

impl<'a> Items<'a> {
    pub(crate) fn new(body: &'a str) -> Self {
        Self { rest: body, state: State::Begin }
    }

    /// Decodes the next item; `None` after the last, when nothing follows the array.
    pub(crate) fn next_item<T: DeserializeOwned>(
        &mut self,
    ) -> Result<Option<Item<'a, T>>, NotAnArray> {
        if matches!(self.state, State::End) {
            return Ok(None);
        }
        let begins = matches!(self.state, State::Begin);
        if begins {
            self.skip("[").ok_or(NotAnArray)?;
            self.state = State::Within;
        }
        if self.skip("]").is_some() {
            return self.end();
        }
        if !begins {
            self.skip(",").ok_or(NotAnArray)?;
        }
        let ahead = self.rest.trim_start_matches(BLANK);
        let item = decode(ahead)?;
        self.rest = &ahead[item.text.len()..];
        Ok(Some(item))
    }

    fn end<T>(&mut self) -> Result<Option<T>, NotAnArray> {
        self.state = State::End;
        if self.rest.trim_start_matches(BLANK).is_empty() { Ok(None) } else { Err(NotAnArray) }
    }

    fn skip(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.trim_start_matches(BLANK).strip_prefix(token)?;
        Some(())
    }
}

/// Decodes the value that a text begins with. Only one that does not fit is walked through again, to find its end.
fn decode<T: DeserializeOwned>(ahead: &str) -> Result<Item<'_, T>, NotAnArray> {
    let mut values = serde_json::Deserializer::from_str(ahead).into_iter::<T>();
    match values.next().ok_or(NotAnArray)? {
        Ok(value) => Ok(Item { text: &ahead[..values.byte_offset()], value: Ok(value) }),
        Err(error) => {
            let mut texts = serde_json::Deserializer::from_str(ahead).into_iter::<&RawValue>();
            match texts.next() {
                Some(Ok(text)) => Ok(Item { text: text.get(), value: Err(error) }),
                _ => Err(NotAnArray),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, serde::Deserialize)]
    struct Numbered {
        id: i64,
    }

    /// Texts and ids, in order.
    fn walk(body: &str) -> Option<Vec<(String, Option<i64>)>> {
        let mut items = Items::new(body);
        let mut found = Vec::new();
        while let Some(item) = items.next_item::<Numbered>().ok()? {
            found.push((item.text.to_owned(), item.value.ok().map(|value| value.id)));
        }
        Some(found)
    }

    /// The texts as the general reader splits them.
    fn split(body: &str) -> Option<Vec<String>> {
        let items: Vec<&RawValue> = serde_json::from_str(body).ok()?;
        Some(items.into_iter().map(|item| item.get().to_owned()).collect())
    }

    #[test]
    fn an_item_that_does_not_fit_keeps_its_text_and_the_others_are_decoded() {
        let body = " [ {\"id\":1,\"a\":[{}]} , {\"id\":\"x\"},7 ,null,\"t\",{\"id\":2} ] \n";
        let found = walk(body).unwrap();
        let ids: Vec<Option<i64>> = found.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids, [Some(1), None, None, None, None, Some(2)]);
        let texts: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(
            texts,
            ["{\"id\":1,\"a\":[{}]}", "{\"id\":\"x\"}", "7", "null", "\"t\"", "{\"id\":2}"]
        );
    }

    #[test]
    fn what_is_no_array_is_refused_and_nothing_comes_after_the_end() {
        for body in [
            "",
            "[",
            "]",
            "{}",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "[1],",
            "[{\"id\":1]",
            "[{\"id\":1}}",
            "[nul]",
            "[\u{c}1]",
            "[\"\u{1}\"]",
            "[1]x",
        ] {
            assert!(split(body).is_none() && walk(body).is_none(), "{body}");
        }
        let mut items = Items::new("[]");
        assert!(items.next_item::<Numbered>().unwrap().is_none());
        assert!(items.next_item::<Numbered>().unwrap().is_none());
    }

    proptest! {
        #[test]
        fn the_walk_splits_where_the_general_reader_splits(
            body in r#"\[( ?(\{"id":[0-9]{1,3}\}|\{\}|[0-9]{1,2}|\[\]|"[,\]\[]"|null)[ ,]{0,2}){0,4}\]?"#
        ) {
            let texts = walk(&body).map(|items| items.into_iter().map(|(text, _)| text).collect());
            prop_assert_eq!(texts, split(&body), "{}", body);
        }
    }
}
