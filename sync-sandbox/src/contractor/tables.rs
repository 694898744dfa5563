//! The mapping between both systems as CSV tables, and the configuration that reads them.

use std::fmt::Write as _;

use super::{
    Contractor,
    directory::card_code,
    words::{COST_TYPES, DIVISIONS, OFFICES},
};

/// Where the systems of a trial are.
#[derive(Clone, Debug)]
pub struct ConfigUrls {
    /// Procore's API.
    pub procore: String,
    /// Procore's login.
    pub login: String,
    /// The Service Layer, with its version path.
    pub service_layer: String,
    /// The state store, such as `sqlite:state.db`.
    pub state: String,
}

impl Contractor {
    /// `accounts.csv`: one rule per division and cost type, and two that are more specific. The
    /// profit center and the tax code come from the project.
    #[must_use]
    pub fn accounts_csv(&self) -> String {
        let mut csv = "project,sub_job,cost_code,cost_type,gl_account,profit_center,tax_code,\
                       valid_from,valid_to\n"
            .to_owned();
        for (division, _, _) in DIVISIONS {
            for (cost_type, _, _, account) in COST_TYPES {
                line(&mut csv, format_args!("*,*,{division}-*,{cost_type},{account},,,,"));
            }
        }
        line(&mut csv, format_args!("*,*,01-500,*,5090,,,,"));
        if let Some(project) = self.company.projects.first() {
            line(&mut csv, format_args!("{},*,03-300,M,5020,,,,", project.id));
        }
        csv
    }

    /// `projects.csv`: SAP project, the office's profit center, tax code EX.
    #[must_use]
    pub fn projects_csv(&self) -> String {
        let mut csv = "procore_project_id,sap_project,branch,profit_center,tax_code\n".to_owned();
        for project in &self.company.projects {
            let office = OFFICES.iter().find(|o| o.1 == project.office).map_or("", |o| o.0);
            let code = project.accounting_project_number.as_deref().unwrap_or_default();
            line(&mut csv, format_args!("{},{code},,{office},EX", project.id));
        }
        csv
    }

    /// `vendors.csv`: every vendor; two of a large directory share one card code.
    #[must_use]
    pub fn vendors_csv(&self) -> String {
        let mut csv = "procore_vendor_id,card_code\n".to_owned();
        let frozen = self.books.partners.iter().find(|p| p.frozen);
        let ordinary = self.company.vendors.len() - usize::from(frozen.is_some());
        for (n, vendor) in self.company.vendors.iter().enumerate() {
            match frozen.filter(|p| p.name == vendor.name) {
                Some(partner) => {
                    line(&mut csv, format_args!("{},{}", vendor.id, partner.card_code));
                }
                None => line(&mut csv, format_args!("{},{}", vendor.id, card_code(ordinary, n))),
            }
        }
        csv
    }

    /// The configuration of a trial. Secrets are read from `PROCORE_CLIENT_ID`,
    /// `PROCORE_CLIENT_SECRET`, `B1_USER` and `B1_PASSWORD`.
    #[must_use]
    pub fn config_toml(&self, urls: &ConfigUrls) -> String {
        let ids: Vec<String> = self.project_ids().iter().map(i64::to_string).collect();
        format!(
            r#"[procore]
base_url      = "{procore}"
login_url     = "{login}"
client_id     = {{ env = "PROCORE_CLIENT_ID" }}
client_secret = {{ env = "PROCORE_CLIENT_SECRET" }}
company_id    = {company}
project_ids   = [{ids}]

[sap_b1]
service_layer_url = "{service_layer}"
company_db        = "{company_db}"
user_name         = {{ env = "B1_USER" }}
password          = {{ env = "B1_PASSWORD" }}

[state]
url = "{state}"

[mapping]
accounts = "accounts.csv"
projects = "projects.csv"
vendors  = "vendors.csv"

[posting]
basis             = "commitment"
start_date        = "{start_date}"
opening           = "billed"
closed_period     = "next_open"
unbilled_account  = "2160"
retainage_account = "2115"

[posting.direct_cost_offset]
invoice = "vendor"
expense = "2195"
payroll = "2300"

[procore.limits]
quota_share = 0.8
overlap     = "10m"

[sap_b1.limits]
writes_in_flight = 4
reads_in_flight  = 8
document_timeout = "180s"
"#,
            procore = urls.procore,
            login = urls.login,
            company = self.company.id,
            ids = ids.join(", "),
            service_layer = urls.service_layer,
            company_db = self.books.company_db,
            state = urls.state,
            start_date = self.start_date,
        )
    }
}

fn line(csv: &mut String, row: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(csv, "{row}");
}
