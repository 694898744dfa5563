//! Profit centers and distribution rules: the codes that a `CostingCode` may hold.

use std::collections::BTreeMap;

use futures_util::future::try_join;
use sap_b1_client::{Client, DistributionRule, Query};
use sync_core::{
    catalog::{ProfitCenter, Validity},
    ports::LedgerError,
};

use super::all;

/// Lines carry rule codes. Each profit center has a direct rule of its own code, which is valid as
/// long as the center; that creating a center always makes that rule is unverified, so that a
/// center without one is taken by its own code.
pub(super) async fn read(client: &Client) -> Result<BTreeMap<String, ProfitCenter>, LedgerError> {
    let (centers, rules) = try_join(
        all(client.profit_centers(), Query::new()),
        all(client.distribution_rules(), Query::new()),
    )
    .await?;
    let mut codes: BTreeMap<String, ProfitCenter> = BTreeMap::new();
    for row in centers {
        let row = row.value;
        let Some(code) = row.center_code else { continue };
        let center = ProfitCenter {
            code: code.clone(),
            name: row.center_name.unwrap_or_default(),
            dimension: dimension(row.in_which_dimension),
            active: row.active.is_none_or(|active| active.is_yes()),
            validity: Validity { from: row.effective_from, to: row.effective_to },
        };
        codes.insert(code, center);
    }
    for row in rules {
        let rule = row.value;
        let Some(code) = rule.factor_code.clone() else { continue };
        let active = rule.active.as_ref().is_none_or(|active| active.is_yes());
        match codes.get_mut(&code) {
            Some(center) => center.active &= active,
            None => {
                codes.insert(code.clone(), rule_of(code, active, rule));
            }
        }
    }
    Ok(codes)
}

/// A rule over several centers: valid from its first line's day to the last day of the last one.
fn rule_of(code: String, active: bool, rule: DistributionRule) -> ProfitCenter {
    let lines = &rule.distribution_rule_lines;
    let from = lines.iter().map(|line| line.effective_from).min().flatten();
    let open = lines.iter().any(|line| line.effective_to.is_none());
    let to = lines.iter().filter_map(|line| line.effective_to).max().filter(|_| !open);
    ProfitCenter {
        code,
        name: rule.factor_description.unwrap_or_default(),
        dimension: dimension(rule.in_which_dimension),
        active,
        validity: Validity { from, to },
    }
}

/// A company without dimensions states none: everything is of the first.
fn dimension(stated: Option<i32>) -> u8 {
    stated.and_then(|number| u8::try_from(number).ok()).unwrap_or(1)
}
