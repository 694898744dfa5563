//! Lengths of time as people write them: `90s`, `10m`, `12h`, `2d`.

use chrono::TimeDelta;

/// Reads a length of time; `None` when it is none.
pub(crate) fn parse(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let number: i64 = number.parse().ok()?;
    match unit.trim() {
        "s" => TimeDelta::try_seconds(number),
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    }
}

/// Writes a length of time the way it is read.
pub(crate) fn words(time: TimeDelta) -> String {
    let seconds = time.num_seconds();
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
        if seconds != 0 && seconds % size == 0 {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_length_of_time_reads_in_four_units_and_nothing_else() {
        for (text, seconds) in [("180s", 180), ("10m", 600), ("12h", 43_200), ("2d", 172_800)] {
            assert_eq!(parse(text).unwrap().num_seconds(), seconds, "{text}");
            assert_eq!(parse(&words(parse(text).unwrap())), parse(text));
        }
        for text in ["", "10", "m", "1.5h", "-3s", "10 minutes", "99999999999999999999s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
