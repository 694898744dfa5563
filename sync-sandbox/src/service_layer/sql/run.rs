//! A query against the company: names resolved once, then rows.

use std::cmp::Ordering;

use super::{
    super::{
        error::Refusal,
        state::State,
        value::{Record, Value, exact_decimal},
        write_checks::date_of,
    },
    parameter_error,
    parse::{self, ColumnName, Condition, Operand, Select},
    tables::Table,
};

/// A query whose names are known to the company.
#[derive(Debug)]
pub(super) struct Plan {
    select: Select,
    tables: Vec<Table>,
    columns: Vec<(usize, String, String)>,
    order: Vec<(usize, String, bool)>,
}

/// One combination of rows, one of each table.
type Combination = Vec<Record>;

/// Resolves the names of a text.
pub(super) fn plan(state: &State, text: &str) -> Result<Plan, Refusal> {
    let select = parse::select(text)?;
    let mut tables = Vec::new();
    for source in &select.sources {
        let table = Table::of(&source.table)
            .ok_or_else(|| Refusal::bad(702, format!("Table '{}' not accessible", source.table)))?;
        tables.push(table);
    }
    let resolver = Resolver { state, text, select: &select, tables: &tables };
    let mut columns = Vec::new();
    for (column, renamed) in &select.columns {
        let (table, name) = resolver.column(column)?;
        columns.push((table, name.clone(), renamed.clone().unwrap_or(name)));
    }
    if columns.is_empty() {
        for (n, table) in tables.iter().enumerate() {
            columns.extend(table.columns().map(|name| (n, name.to_owned(), name.to_owned())));
        }
    }
    let mut names: Vec<_> = columns.iter().map(|(_, _, shown)| shown).collect();
    names.sort();
    if let [first, ..] = names.windows(2).filter(|pair| pair[0] == pair[1]).collect::<Vec<_>>()[..]
    {
        let what = format!("Column '{}' is selected twice.", first[0]);
        return Err(parse::syntax(text, 0, &what));
    }
    let mut order = Vec::new();
    for (column, descending) in &select.order {
        let (table, name) = resolver.column(column)?;
        order.push((table, name, *descending));
    }
    for (n, source) in select.sources.iter().enumerate() {
        if let Some(on) = &source.on {
            resolver.within(n + 1).condition(on)?;
        }
    }
    if let Some(condition) = &select.condition {
        resolver.condition(condition)?;
    }
    Ok(Plan { columns, order, tables, select })
}

/// Finds columns among the tables of a text.
#[derive(Clone, Copy)]
struct Resolver<'a> {
    state: &'a State,
    text: &'a str,
    select: &'a Select,
    tables: &'a [Table],
}

impl<'a> Resolver<'a> {
    /// The same among the first tables alone: a join sees no later one.
    fn within(self, tables: usize) -> Self {
        Self { tables: &self.tables[..tables.min(self.tables.len())], ..self }
    }

    fn column(&self, name: &ColumnName) -> Result<(usize, String), Refusal> {
        let candidates: Vec<_> = self
            .tables
            .iter()
            .zip(&self.select.sources)
            .enumerate()
            .filter(|(_, (_, source))| {
                name.table.as_ref().is_none_or(|alias| alias.eq_ignore_ascii_case(&source.alias))
            })
            .filter_map(|(n, (table, _))| Some((n, table.column(self.state, &name.column)?)))
            .collect();
        match candidates.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(self.wrong(name, "Invalid column name")),
            _ => Err(self.wrong(name, "Ambiguous column name")),
        }
    }

    fn wrong(&self, name: &ColumnName, what: &str) -> Refusal {
        parse::syntax(self.text, name.at, &format!("{what} '{}'.", name.column))
    }

    fn condition(&self, condition: &Condition) -> Result<(), Refusal> {
        let operand = |operand: &Operand| match operand {
            Operand::Column(name) => self.column(name).map(|_| ()),
            _ => Ok(()),
        };
        match condition {
            Condition::And(a, b) | Condition::Or(a, b) => {
                self.condition(a)?;
                self.condition(b)
            }
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare(a, _, b) | Condition::Like(a, b) => {
                operand(a)?;
                operand(b)
            }
            Condition::IsNull(a) => operand(a),
        }
    }
}

impl Plan {
    /// The rows, each as its shown names and values.
    pub(super) fn rows(
        &self,
        state: &State,
        parameters: &[(String, String)],
    ) -> Result<Vec<Vec<(String, Value)>>, Refusal> {
        let parameters = parameters
            .iter()
            .map(|(name, text)| Ok((name.clone(), literal(text)?)))
            .collect::<Result<Vec<_>, Refusal>>()?;
        let context = Context { plan: self, state, parameters: &parameters };
        let mut combinations: Vec<Combination> = vec![Vec::new()];
        for (table, source) in self.tables.iter().zip(&self.select.sources) {
            let rows = table.rows(state);
            let mut joined = Vec::new();
            for left in &combinations {
                for right in &rows {
                    let mut both = left.clone();
                    both.push(right.clone());
                    if source.on.as_ref().is_none_or(|on| context.is_met(on, &both)) {
                        joined.push(both);
                    }
                }
            }
            combinations = joined;
        }
        if let Some(condition) = &self.select.condition {
            combinations.retain(|row| context.is_met(condition, row));
        }
        combinations.sort_by(|a, b| {
            let by = |(table, column, descending): &(usize, String, bool)| {
                let ordering =
                    compare(&self.cell(a, *table, column), &self.cell(b, *table, column));
                let ordering = ordering.unwrap_or(Ordering::Equal);
                if *descending { ordering.reverse() } else { ordering }
            };
            self.order.iter().map(by).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        });
        let mut rows: Vec<Vec<(String, Value)>> = Vec::new();
        for combination in &combinations {
            let row: Vec<_> = self
                .columns
                .iter()
                .map(|(table, column, name)| (name.clone(), self.cell(combination, *table, column)))
                .collect();
            if !self.select.distinct || !rows.contains(&row) {
                rows.push(row);
            }
        }
        rows.truncate(self.select.top.unwrap_or(usize::MAX));
        Ok(rows)
    }

    fn cell(&self, row: &Combination, table: usize, column: &str) -> Value {
        match (self.tables.get(table), row.get(table)) {
            (Some(table), Some(row)) => table.cell(row, column),
            _ => Value::Null,
        }
    }
}

/// A parameter as the address spells it: a text in quotes or a number.
fn literal(text: &str) -> Result<Value, Refusal> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        // A lone quote would end the text.
        if inner.replace("''", "").contains('\'') {
            return Err(parameter_error());
        }
        return Ok(Value::Text(inner.replace("''", "'")));
    }
    exact_decimal(text).map(Value::Number).ok_or_else(parameter_error)
}

struct Context<'a> {
    plan: &'a Plan,
    state: &'a State,
    parameters: &'a [(String, Value)],
}

impl Context<'_> {
    fn value(&self, operand: &Operand, row: &Combination) -> Value {
        match operand {
            Operand::Column(name) => {
                let resolver = Resolver {
                    state: self.state,
                    text: "",
                    select: &self.plan.select,
                    tables: &self.plan.tables,
                };
                resolver
                    .within(row.len())
                    .column(name)
                    .map_or(Value::Null, |(table, column)| self.plan.cell(row, table, &column))
            }
            Operand::Text(text) => Value::Text(text.clone()),
            Operand::Number(text) => exact_decimal(text).map_or(Value::Null, Value::Number),
            Operand::Parameter(name) => self
                .parameters
                .iter()
                .find(|(sent, _)| sent == name)
                .map_or(Value::Null, |(_, value)| value.clone()),
        }
    }

    fn is_met(&self, condition: &Condition, row: &Combination) -> bool {
        self.holds(condition, row) == Some(true)
    }

    /// SQL's three values: `None` where a null decides.
    fn holds(&self, condition: &Condition, row: &Combination) -> Option<bool> {
        match condition {
            Condition::And(a, b) => match (self.holds(a, row), self.holds(b, row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(a, b) => match (self.holds(a, row), self.holds(b, row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Condition::Not(inner) => self.holds(inner, row).map(|holds| !holds),
            Condition::IsNull(operand) => Some(self.value(operand, row) == Value::Null),
            Condition::Like(text, pattern) => {
                match (self.value(text, row), self.value(pattern, row)) {
                    (Value::Text(text), Value::Text(pattern)) => {
                        let text: Vec<char> = text.chars().collect();
                        let pattern: Vec<char> = pattern.chars().collect();
                        Some(like(&text, &pattern))
                    }
                    _ => None,
                }
            }
            Condition::Compare(left, sign, right) => {
                let ordering = compare(&self.value(left, row), &self.value(right, row));
                ordering.map(|ordering| match *sign {
                    "=" => ordering.is_eq(),
                    "<>" | "!=" => ordering.is_ne(),
                    "<" => ordering.is_lt(),
                    "<=" => ordering.is_le(),
                    ">" => ordering.is_gt(),
                    _ => ordering.is_ge(),
                })
            }
        }
    }
}

/// How two values stand to each other; `None` where nothing can be said, as of null.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Integer(number) => Some((*number).into()),
        Value::Number(number) => Some(*number),
        Value::Text(text) => exact_decimal(text),
        _ => None,
    };
    let date = |value: &Value| match value {
        Value::Date(date) => Some(*date),
        Value::Text(text) => date_of(text),
        _ => None,
    };
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(_), _) | (_, Value::Date(_)) => Some(date(a)?.cmp(&date(b)?)),
        _ => Some(number(a)?.cmp(&number(b)?)),
    }
}

/// `%` any characters, `_` one.
fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|n| like(&text[n..], rest)),
        Some((wanted, rest)) => text
            .split_first()
            .is_some_and(|(c, after)| (*wanted == '_' || wanted == c) && like(after, rest)),
    }
}
