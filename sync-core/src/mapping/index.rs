//! Finds the most specific rule without looking at the others.
//!
//! Rules stand in buckets by project, sub job and cost code, in that order, which is the order of
//! specificity; a bucket holds the rules of one code, those with a cost type first. A look-up tries
//! the project's own buckets before those of any project, and so on; it borrows every key.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::AccountRule;
use crate::model::{CostCoding, ProjectId};

/// Positions of rules in the sorted list.
type Bucket = Vec<usize>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleIndex {
    projects: BTreeMap<ProjectId, SubJobs>,
    any: SubJobs,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct SubJobs {
    named: BTreeMap<String, Codes>,
    any: Codes,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Codes {
    exact: BTreeMap<String, Bucket>,
    prefixes: BTreeMap<String, Bucket>,
    /// The lengths of the prefixes in bytes, the longest last.
    lengths: BTreeSet<usize>,
}

impl RuleIndex {
    /// The index of rules that are sorted by specificity.
    pub(super) fn over(rules: &[AccountRule]) -> Self {
        let mut index = Self::default();
        for (position, rule) in rules.iter().enumerate() {
            let sub_jobs = match rule.project {
                Some(project) => index.projects.entry(project).or_default(),
                None => &mut index.any,
            };
            let codes = match &rule.sub_job {
                Some(sub_job) => sub_jobs.named.entry(sub_job.clone()).or_default(),
                None => &mut sub_jobs.any,
            };
            let bucket = match rule.prefix() {
                Some(prefix) => {
                    codes.lengths.insert(prefix.len());
                    codes.prefixes.entry(prefix.to_owned()).or_default()
                }
                None => codes.exact.entry(rule.cost_code.clone()).or_default(),
            };
            bucket.push(position);
        }
        index
    }

    /// The rule that answers for a cost.
    pub(super) fn find<'a>(
        &self,
        rules: &'a [AccountRule],
        project: ProjectId,
        coding: &CostCoding,
        day: NaiveDate,
    ) -> Option<&'a AccountRule> {
        [self.projects.get(&project), Some(&self.any)]
            .into_iter()
            .flatten()
            .flat_map(|sub_jobs| {
                let named = coding.sub_job.as_deref().and_then(|name| sub_jobs.named.get(name));
                [named, Some(&sub_jobs.any)].into_iter().flatten()
            })
            .flat_map(|codes| codes.buckets(&coding.cost_code))
            .flatten()
            .map(|position| &rules[*position])
            .find(|rule| rule.holds_for(coding.cost_type.as_deref(), day))
    }

    /// Pairs of rules that answer the same question on some day.
    pub(super) fn ambiguous<'a>(
        &self,
        rules: &'a [AccountRule],
    ) -> Vec<(&'a AccountRule, &'a AccountRule)> {
        let mut pairs = Vec::new();
        let sub_jobs = self.projects.values().chain([&self.any]);
        let codes = sub_jobs.flat_map(|own| own.named.values().chain([&own.any]));
        for bucket in codes.flat_map(|own| own.exact.values().chain(own.prefixes.values())) {
            let mut by_type: BTreeMap<Option<&str>, Vec<&AccountRule>> = BTreeMap::new();
            for rule in bucket.iter().map(|position| &rules[*position]) {
                let same = by_type.entry(rule.cost_type.as_deref()).or_default();
                let clash = same.iter().filter(|other| rule.overlaps(other));
                pairs.extend(clash.map(|other| (rule, *other)));
                same.push(rule);
            }
        }
        pairs.sort_by_key(|(rule, other)| (rule.row, other.row));
        pairs
    }
}

impl Codes {
    /// The buckets that match a code: the code itself, then its prefixes, the longest first.
    fn buckets<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Bucket> {
        let prefixes = self
            .lengths
            .iter()
            .rev()
            .filter_map(move |length| code.get(..*length))
            .filter_map(|prefix| self.prefixes.get(prefix));
        self.exact.get(code).into_iter().chain(prefixes)
    }
}
