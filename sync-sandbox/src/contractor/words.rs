//! The fixed words that a contractor is made of.

/// Offices: profit center, city, Rails time zone.
pub(crate) const OFFICES: [(&str, &str, &str); 4] = [
    ("CHI", "Chicago", "Central Time (US & Canada)"),
    ("DAL", "Dallas", "Central Time (US & Canada)"),
    ("DEN", "Denver", "Mountain Time (US & Canada)"),
    ("PHX", "Phoenix", "Arizona"),
];

/// Kinds of project, and how large its amounts are in percent.
pub(crate) const KINDS: [(&str, usize); 5] = [
    ("Office Building", 100),
    ("Elementary School", 80),
    ("Hospital Wing", 150),
    ("Warehouse", 60),
    ("Apartments", 90),
];

/// Streets, for names of projects.
pub(crate) const STREETS: [&str; 10] = [
    "Lakeshore",
    "Monroe",
    "Elm",
    "Canal",
    "Mesa",
    "Prairie",
    "Union",
    "Summit",
    "Orchard",
    "River",
];

/// Cost types: code, name, base type, GL account.
pub(crate) const COST_TYPES: [(&str, &str, Option<&str>, &str); 5] = [
    ("L", "Labor", None, "5010"),
    ("M", "Material", Some("materials"), "5020"),
    ("S", "Commitment", Some("commitment"), "5030"),
    ("E", "Equipment", Some("equipment"), "5040"),
    ("O", "Other", None, "5090"),
];

/// A division: code, title, and code and name of each cost code below it.
pub(crate) type Division = (&'static str, &'static str, [(&'static str, &'static str); 3]);

/// Divisions with the cost codes below them.
pub(crate) const DIVISIONS: [Division; 10] = [
    (
        "01",
        "General Requirements",
        [
            ("01-310", "Project Management"),
            ("01-500", "Temporary Facilities"),
            ("01-740", "Cleaning"),
        ],
    ),
    (
        "02",
        "Site Construction",
        [("02-220", "Site Demolition"), ("02-300", "Earthwork"), ("02-500", "Utilities")],
    ),
    (
        "03",
        "Concrete",
        [("03-100", "Formwork"), ("03-200", "Reinforcement"), ("03-300", "Cast-in-Place Concrete")],
    ),
    (
        "05",
        "Metals",
        [
            ("05-100", "Structural Steel"),
            ("05-300", "Metal Deck"),
            ("05-500", "Metal Fabrications"),
        ],
    ),
    (
        "06",
        "Wood",
        [("06-100", "Rough Carpentry"), ("06-200", "Finish Carpentry"), ("06-400", "Millwork")],
    ),
    (
        "07",
        "Thermal and Moisture",
        [("07-200", "Insulation"), ("07-500", "Roofing"), ("07-900", "Sealants")],
    ),
    ("08", "Openings", [("08-100", "Doors"), ("08-400", "Storefront"), ("08-800", "Glazing")]),
    (
        "09",
        "Finishes",
        [("09-250", "Gypsum Board"), ("09-650", "Flooring"), ("09-900", "Painting")],
    ),
    (
        "15",
        "Mechanical",
        [("15-300", "Fire Protection"), ("15-400", "Plumbing"), ("15-700", "HVAC")],
    ),
    (
        "16",
        "Electrical",
        [("16-100", "Wiring"), ("16-500", "Lighting"), ("16-700", "Communications")],
    ),
];

/// The cost code that no rule of the mapping covers.
pub(crate) const UNMAPPED_COST_CODE: (&str, &str) = ("99-900", "Owner Allowance");

/// First words of vendors' names.
pub(crate) const VENDOR_NAMES: [&str; 15] = [
    "Ackerman",
    "Bluestem",
    "Carver & Sons",
    "Delgado",
    "Eastgate",
    "Foundry",
    "Granite",
    "Harlan",
    "Ironwood",
    "Jansen",
    "Keystone",
    "Larkin",
    "Mercer",
    "Northfield",
    "O'Brien",
];

/// Second words of vendors' names.
pub(crate) const TRADES: [&str; 4] = ["Concrete", "Electric", "Mechanical", "Supply"];

/// Employees, for expenses and payroll.
pub(crate) const EMPLOYEES: [&str; 6] =
    ["A. Moreno", "B. Schultz", "C. Whitfield", "D. Okafor", "E. Larsen", "F. Tran"];

/// Units with what is bought by them.
pub(crate) const UNITS: [(&str, &str); 4] =
    [("CY", "Ready-mix"), ("tn", "Reinforcing steel"), ("LF", "Conduit"), ("SF", "Gypsum board")];
