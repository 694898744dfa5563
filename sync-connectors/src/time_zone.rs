//! Procore's names of time zones, which are those of Ruby on Rails, and their IANA zones.
//!
//! A project's `time_zone` reads `Central Time (US & Canada)`; dates of its date-times are taken in
//! that zone. An IANA name is taken as it is. Where a name is not known the zone is UTC, and
//! [`Zone::is_known`] says so, so that a host can report it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// The zone in which a project's dates are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    tz: Tz,
    known: bool,
}

impl Zone {
    /// UTC, as the zone of a project that names none or an unknown one.
    pub const FALLBACK: Self = Self { tz: Tz::UTC, known: false };

    /// The zone of a name: an IANA name or one of Procore's own; UTC when it is neither.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let name = name.trim();
        if let Ok(tz) = name.parse::<Tz>() {
            return Self { tz, known: true };
        }
        ZONES
            .iter()
            .find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .and_then(|(iana, _)| iana.parse::<Tz>().ok())
            .map_or(Self::FALLBACK, |tz| Self { tz, known: true })
    }

    /// Whether the name was known; dates of an unknown zone are taken in UTC.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.known
    }

    /// The IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.tz.name()
    }

    /// The calendar date of a moment in this zone.
    #[must_use]
    pub fn date_of(self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.tz).date_naive()
    }
}

/// IANA zone, and every name of Procore that stands for it.
#[rustfmt::skip]
const ZONES: &[(&str, &[&str])] = &[
    // the Americas, west to east
    ("Etc/GMT+12", &["International Date Line West"]),
    ("Pacific/Midway", &["Midway Island"]),
    ("Pacific/Pago_Pago", &["American Samoa"]),
    ("Pacific/Honolulu", &["Hawaii"]),
    ("America/Juneau", &["Alaska"]),
    ("America/Los_Angeles", &["Pacific Time (US & Canada)"]),
    ("America/Tijuana", &["Tijuana"]),
    ("America/Denver", &["Mountain Time (US & Canada)"]),
    ("America/Phoenix", &["Arizona"]),
    ("America/Chihuahua", &["Chihuahua"]),
    ("America/Mazatlan", &["Mazatlan"]),
    ("America/Chicago", &["Central Time (US & Canada)"]),
    ("America/Regina", &["Saskatchewan"]),
    ("America/Mexico_City", &["Mexico City", "Guadalajara"]),
    ("America/Monterrey", &["Monterrey"]),
    ("America/Guatemala", &["Central America"]),
    ("America/New_York", &["Eastern Time (US & Canada)"]),
    ("America/Indiana/Indianapolis", &["Indiana (East)"]),
    ("America/Bogota", &["Bogota"]),
    ("America/Lima", &["Lima", "Quito"]),
    ("America/Halifax", &["Atlantic Time (Canada)"]),
    ("America/Caracas", &["Caracas"]),
    ("America/La_Paz", &["La Paz"]),
    ("America/Santiago", &["Santiago"]),
    ("America/Asuncion", &["Asuncion"]),
    ("America/Puerto_Rico", &["Puerto Rico"]),
    ("America/Guyana", &["Georgetown"]),
    ("America/St_Johns", &["Newfoundland"]),
    ("America/Sao_Paulo", &["Brasilia"]),
    ("America/Argentina/Buenos_Aires", &["Buenos Aires"]),
    ("America/Montevideo", &["Montevideo"]),
    ("America/Godthab", &["Greenland"]),
    // the Atlantic, Europe and Africa
    ("Atlantic/South_Georgia", &["Mid-Atlantic"]),
    ("Atlantic/Azores", &["Azores"]),
    ("Atlantic/Cape_Verde", &["Cape Verde Is."]),
    ("Etc/UTC", &["UTC"]),
    ("Europe/Dublin", &["Dublin"]),
    ("Europe/London", &["London", "Edinburgh"]),
    ("Europe/Lisbon", &["Lisbon"]),
    ("Africa/Casablanca", &["Casablanca"]),
    ("Africa/Monrovia", &["Monrovia"]),
    ("Europe/Amsterdam", &["Amsterdam"]),
    ("Europe/Belgrade", &["Belgrade"]),
    ("Europe/Berlin", &["Berlin"]),
    ("Europe/Bratislava", &["Bratislava"]),
    ("Europe/Brussels", &["Brussels"]),
    ("Europe/Budapest", &["Budapest"]),
    ("Europe/Copenhagen", &["Copenhagen"]),
    ("Europe/Ljubljana", &["Ljubljana"]),
    ("Europe/Madrid", &["Madrid"]),
    ("Europe/Paris", &["Paris"]),
    ("Europe/Prague", &["Prague"]),
    ("Europe/Rome", &["Rome"]),
    ("Europe/Sarajevo", &["Sarajevo"]),
    ("Europe/Skopje", &["Skopje"]),
    ("Europe/Stockholm", &["Stockholm"]),
    ("Europe/Vienna", &["Vienna"]),
    ("Europe/Warsaw", &["Warsaw"]),
    ("Europe/Zagreb", &["Zagreb"]),
    ("Europe/Zurich", &["Zurich", "Bern"]),
    ("Africa/Algiers", &["West Central Africa"]),
    ("Africa/Cairo", &["Cairo"]),
    ("Africa/Harare", &["Harare"]),
    ("Africa/Johannesburg", &["Pretoria"]),
    ("Africa/Nairobi", &["Nairobi"]),
    ("Europe/Athens", &["Athens"]),
    ("Europe/Bucharest", &["Bucharest"]),
    ("Europe/Helsinki", &["Helsinki"]),
    ("Europe/Istanbul", &["Istanbul"]),
    ("Europe/Kaliningrad", &["Kaliningrad"]),
    ("Europe/Kiev", &["Kyiv", "Kiev"]),
    ("Europe/Minsk", &["Minsk"]),
    ("Europe/Moscow", &["Moscow", "St. Petersburg"]),
    ("Europe/Riga", &["Riga"]),
    ("Europe/Samara", &["Samara"]),
    ("Europe/Sofia", &["Sofia"]),
    ("Europe/Tallinn", &["Tallinn"]),
    ("Europe/Vilnius", &["Vilnius"]),
    ("Europe/Volgograd", &["Volgograd"]),
    // Asia
    ("Asia/Jerusalem", &["Jerusalem"]),
    ("Asia/Baghdad", &["Baghdad"]),
    ("Asia/Kuwait", &["Kuwait"]),
    ("Asia/Riyadh", &["Riyadh"]),
    ("Asia/Tehran", &["Tehran"]),
    ("Asia/Baku", &["Baku"]),
    ("Asia/Muscat", &["Muscat", "Abu Dhabi"]),
    ("Asia/Tbilisi", &["Tbilisi"]),
    ("Asia/Yerevan", &["Yerevan"]),
    ("Asia/Kabul", &["Kabul"]),
    ("Asia/Karachi", &["Karachi", "Islamabad"]),
    ("Asia/Tashkent", &["Tashkent"]),
    ("Asia/Yekaterinburg", &["Ekaterinburg"]),
    ("Asia/Kolkata", &["Kolkata", "Chennai", "Mumbai", "New Delhi"]),
    ("Asia/Kathmandu", &["Kathmandu"]),
    ("Asia/Colombo", &["Sri Jayawardenepura"]),
    ("Asia/Almaty", &["Almaty"]),
    ("Asia/Dhaka", &["Dhaka", "Astana"]),
    ("Asia/Novosibirsk", &["Novosibirsk"]),
    ("Asia/Rangoon", &["Rangoon"]),
    ("Asia/Bangkok", &["Bangkok", "Hanoi"]),
    ("Asia/Jakarta", &["Jakarta"]),
    ("Asia/Krasnoyarsk", &["Krasnoyarsk"]),
    ("Asia/Chongqing", &["Chongqing"]),
    ("Asia/Hong_Kong", &["Hong Kong"]),
    ("Asia/Irkutsk", &["Irkutsk"]),
    ("Asia/Kuala_Lumpur", &["Kuala Lumpur"]),
    ("Asia/Shanghai", &["Beijing"]),
    ("Asia/Singapore", &["Singapore"]),
    ("Asia/Taipei", &["Taipei"]),
    ("Asia/Ulaanbaatar", &["Ulaanbaatar", "Ulaan Bataar"]),
    ("Asia/Urumqi", &["Urumqi"]),
    ("Asia/Seoul", &["Seoul"]),
    ("Asia/Tokyo", &["Tokyo", "Osaka", "Sapporo"]),
    ("Asia/Yakutsk", &["Yakutsk"]),
    ("Asia/Vladivostok", &["Vladivostok"]),
    ("Asia/Magadan", &["Magadan"]),
    ("Asia/Srednekolymsk", &["Srednekolymsk"]),
    ("Asia/Kamchatka", &["Kamchatka"]),
    // Australia and the Pacific
    ("Australia/Perth", &["Perth"]),
    ("Australia/Adelaide", &["Adelaide"]),
    ("Australia/Darwin", &["Darwin"]),
    ("Australia/Brisbane", &["Brisbane"]),
    ("Australia/Hobart", &["Hobart"]),
    ("Australia/Melbourne", &["Melbourne", "Canberra"]),
    ("Australia/Sydney", &["Sydney"]),
    ("Pacific/Guam", &["Guam"]),
    ("Pacific/Port_Moresby", &["Port Moresby"]),
    ("Pacific/Guadalcanal", &["Solomon Is."]),
    ("Pacific/Noumea", &["New Caledonia"]),
    ("Pacific/Auckland", &["Auckland", "Wellington"]),
    ("Pacific/Fiji", &["Fiji"]),
    ("Pacific/Majuro", &["Marshall Is."]),
    ("Pacific/Chatham", &["Chatham Is."]),
    ("Pacific/Tongatapu", &["Nuku'alofa"]),
    ("Pacific/Fakaofo", &["Tokelau Is."]),
    ("Pacific/Apia", &["Samoa"]),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_zone_of_the_table_exists_and_no_name_stands_twice() {
        let mut names = std::collections::BTreeSet::new();
        for (iana, all) in ZONES {
            assert!(iana.parse::<Tz>().is_ok(), "{iana}");
            for name in *all {
                assert!(names.insert(*name), "{name}");
                assert!(Zone::named(name).is_known(), "{name}");
            }
        }
    }

    #[test]
    fn the_date_is_that_of_the_projects_wall_clock() {
        let moment: DateTime<Utc> = "2026-03-01T05:30:00Z".parse().unwrap();
        let day = |name: &str| Zone::named(name).date_of(moment).to_string();
        assert_eq!(day("Central Time (US & Canada)"), "2026-02-28");
        assert_eq!(day("America/Chicago"), "2026-02-28");
        assert_eq!(day("Sydney"), "2026-03-01");
    }

    #[test]
    fn an_unknown_zone_is_utc_and_says_so() {
        let zone = Zone::named("Middle Earth");
        assert!(!zone.is_known());
        assert_eq!(zone.name(), "UTC");
    }
}
