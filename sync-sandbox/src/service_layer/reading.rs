//! Reads: one entity, a page of a list, a count.

use std::cmp::Ordering;

use http::{HeaderMap, StatusCode};

use super::{
    entity::{EntitySet, Shape, shown},
    error::Refusal,
    expand::{self, Navigation},
    filter,
    state::State,
    uri::{Key, QueryOptions},
    value::{Record, Value},
    wire::{Flavour, Reply, quoted, write_members},
};

/// What a read is answered with: the set, its shapes, and where it was asked.
pub(crate) struct Reader<'a> {
    pub(crate) set: &'a EntitySet,
    pub(crate) flavour: Flavour,
    /// Scheme, host and service path: `https://host:50000/b1s/v2`.
    pub(crate) root: &'a str,
    shape: Shape,
    lines: Option<(&'static str, Shape)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(state: &State, set: &'a EntitySet, flavour: Flavour, root: &'a str) -> Self {
        Self { set, flavour, root, shape: state.shape(set), lines: state.line_shape(set) }
    }

    /// An entity inside another: its members alone.
    pub(crate) fn object(&self, out: &mut String, record: &Record) {
        out.push('{');
        self.members(out, record, None);
        out.push('}');
    }

    /// One entity with its context and, where the set has them, its ETag.
    pub(crate) fn entity(&self, key: &Key, record: &Record, select: Option<&[String]>) -> String {
        let mut out = String::from("{");
        let suffix = if self.flavour == Flavour::V2 { "/$entity" } else { "/@Element" };
        let context = format!("{}/$metadata#{}{suffix}", self.root, self.set.name);
        out.push_str(&format!("\"{}\":{}", self.flavour.annotation("context"), quoted(&context)));
        if let Some(etag) = self.etag(key, record) {
            out.push_str(&format!(",\"{}\":{}", self.flavour.annotation("etag"), quoted(&etag)));
        }
        self.members(&mut out, record, select);
        out.push('}');
        out
    }

    fn members(&self, out: &mut String, record: &Record, select: Option<&[String]>) {
        let lines = self.lines.as_ref().map(|(name, shape)| (*name, shape));
        write_members(out, record, &self.shape, lines, select, self.flavour);
    }

    /// `W/"<40 hex digits>"`, another one after each change. Journal entries have none.
    pub(crate) fn etag(&self, key: &Key, record: &Record) -> Option<String> {
        if !self.set.has_etag {
            return None;
        }
        let version = record.integer("DataVersion").unwrap_or_default();
        let text = format!("{}({})#{version}", self.set.name, key.in_address());
        let digits = (0..3_u64).map(|n| format!("{:016X}", fnv(&text, n))).collect::<String>();
        Some(format!("W/\"{}\"", &digits[..40]))
    }

    /// Reads one entity.
    pub(crate) fn one(
        &self,
        state: &State,
        key: &Key,
        options: &QueryOptions,
    ) -> Result<Reply, Refusal> {
        let record = state.table(&self.set.name).get(key).ok_or_else(Refusal::no_record)?;
        let select = self.select(options)?;
        let expand = self.expand(options)?;
        let mut text = self.entity(key, record, select.as_deref());
        text.pop();
        expand::write(&mut text, state, self, key, record, &expand);
        text.push('}');
        let reply = Reply::json(StatusCode::OK, text);
        Ok(match self.etag(key, record) {
            Some(etag) => reply.header("ETag", etag),
            None => reply,
        })
    }

    /// Rows that the filter lets through, in order.
    fn rows<'s>(
        &self,
        state: &'s State,
        options: &QueryOptions,
    ) -> Result<Vec<(&'s Key, &'s Record)>, Refusal> {
        let parse = |text| filter::parse(text, &self.shape, self.flavour);
        let condition = options.filter.as_deref().map(parse).transpose()?;
        let table = state.table(&self.set.name).iter();
        let mut rows: Vec<_> =
            table.filter(|(_, row)| condition.as_ref().is_none_or(|c| c.holds(row))).collect();
        if let Some(text) = &options.orderby {
            let order = self.order(text)?;
            rows.sort_by(|(_, a), (_, b)| {
                order
                    .iter()
                    .map(|(name, descending)| {
                        let ordering = self.compare(a, b, name);
                        if *descending { ordering.reverse() } else { ordering }
                    })
                    .find(|ordering| ordering.is_ne())
                    .unwrap_or(Ordering::Equal)
            });
        }
        Ok(rows)
    }

    fn order(&self, text: &str) -> Result<Vec<(String, bool)>, Refusal> {
        text.split(',')
            .map(|part| {
                let mut words = part.split_whitespace();
                let name = words.next().unwrap_or_default();
                self.known(name)?;
                match (words.next(), words.next()) {
                    (None | Some("asc"), None) => Ok((name.to_owned(), false)),
                    (Some("desc"), None) => Ok((name.to_owned(), true)),
                    _ => Err(Refusal::query("Query string error - Invalid orderby condition")),
                }
            })
            .collect()
    }

    fn known(&self, name: &str) -> Result<(), Refusal> {
        self.shape.kind(name).map(|_| ()).ok_or_else(|| Refusal::query_property(name))
    }

    fn compare(&self, a: &Record, b: &Record, name: &str) -> Ordering {
        let Some(kind) = self.shape.kind(name) else { return Ordering::Equal };
        match (&*shown(a, name, kind), &*shown(b, name, kind)) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => Ordering::Less,
            (_, Value::Null) => Ordering::Greater,
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }

    fn select(&self, options: &QueryOptions) -> Result<Option<Vec<String>>, Refusal> {
        let Some(text) = &options.select else { return Ok(None) };
        let names: Vec<String> =
            text.split(',').map(|name| name.trim().to_owned()).filter(|n| n != "*").collect();
        names.iter().try_for_each(|name| self.known(name))?;
        Ok(if names.is_empty() { None } else { Some(names) })
    }

    fn expand(&self, options: &QueryOptions) -> Result<Vec<Navigation>, Refusal> {
        expand::parse(self.set.type_name, options.expand.as_deref(), self.flavour)
    }

    /// `/$count`: plain text.
    pub(crate) fn count(&self, state: &State, options: &QueryOptions) -> Result<Reply, Refusal> {
        let mut reply = Reply::json(StatusCode::OK, self.rows(state, options)?.len().to_string());
        reply.content_type = Some("text/plain".to_owned());
        Ok(reply)
    }

    /// One page of a list.
    pub(crate) fn list(
        &self,
        state: &State,
        options: &QueryOptions,
        headers: &HeaderMap,
        rooted_next_link: bool,
    ) -> Result<Reply, Refusal> {
        let rows = self.rows(state, options)?;
        let select = self.select(options)?;
        let expand = self.expand(options)?;
        let (page_size, applied) = page_size(headers, state.options.page_size);
        let wanted = options.top.unwrap_or(usize::MAX).min(page_size);
        let total = rows.len();
        let page: Vec<_> = rows.into_iter().skip(options.skip).take(wanted).collect();
        let mut out = String::from("{");
        let context = format!("{}/$metadata#{}", self.root, self.set.name);
        out.push_str(&format!("\"{}\":{},", self.flavour.annotation("context"), quoted(&context)));
        if options.count {
            let quote = if self.flavour == Flavour::V1 { "\"" } else { "" };
            let name = self.flavour.annotation("count");
            out.push_str(&format!("\"{name}\":{quote}{total}{quote},"));
        }
        out.push_str("\"value\":[");
        for (n, (key, record)) in page.iter().enumerate() {
            out.push_str(if n > 0 { ",{" } else { "{" });
            if let Some(etag) = self.etag(key, record) {
                let name = self.flavour.annotation("etag");
                out.push_str(&format!("\"{name}\":{}", quoted(&etag)));
            }
            self.members(&mut out, record, select.as_deref());
            expand::write(&mut out, state, self, key, record, &expand);
            out.push('}');
        }
        out.push(']');
        // A full page always points to the next one, which may be empty.
        if page.len() == page_size && options.top.is_none_or(|top| top > page_size) {
            let link = self.next_link(options, page_size, rooted_next_link);
            let name = self.flavour.annotation("nextLink");
            out.push_str(&format!(",\"{name}\":{}", quoted(&link)));
        }
        out.push('}');
        let reply = Reply::json(StatusCode::OK, out);
        Ok(match applied {
            Some(applied) => reply.header("Preference-Applied", applied),
            None => reply,
        })
    }

    /// The address of the next page: the caller's own options, `$top` less what was given.
    fn next_link(&self, options: &QueryOptions, given: usize, rooted: bool) -> String {
        let mut parts = options.kept.clone();
        if let Some(top) = options.top {
            parts.push(format!("$top={}", top.saturating_sub(given)));
        }
        parts.push(format!("$skip={}", options.skip + given));
        let root = if rooted { format!("{}/", self.flavour.path()) } else { String::new() };
        format!("{root}{}?{}", self.set.name, parts.join("&"))
    }
}

/// The page size: the caller's wish wins over the server's setting; 0 means no pages.
pub(crate) fn page_size(headers: &HeaderMap, default: usize) -> (usize, Option<String>) {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let preferred = text("prefer")
        .into_iter()
        .flat_map(|prefer| prefer.split([',', ';']))
        .find_map(|part| part.trim().strip_prefix("odata.maxpagesize="))
        .and_then(|n| n.trim().parse::<usize>().ok());
    let unlimited = |n: usize| if n == 0 { usize::MAX } else { n };
    if let Some(n) = preferred {
        return (unlimited(n), Some(format!("odata.maxpagesize={n}")));
    }
    let header = text("b1s-pagesize").and_then(|n| n.trim().parse::<usize>().ok());
    (unlimited(header.unwrap_or(default)), None)
}

fn fnv(text: &str, seed: u64) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325_u64 ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    text.bytes()
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}
