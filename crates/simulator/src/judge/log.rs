//! The server holds every tablet's access log whole: each record once, in the order in which it was
//! written.

use crate::{drive::to_the_end, witness::Wrong, world::World};
use hemrond_server::storage::{AccessLog as _, FindingKind};
use std::{collections::BTreeMap, sync::Arc};

impl World {
    pub(super) fn logs_are_whole(&mut self) {
        let mut places: BTreeMap<[u8; 32], Vec<u64>> = BTreeMap::new();
        for entry in self.log_on_server() {
            places.entry(entry.hash).or_default().push(entry.index);
        }
        if places.values().any(|indices| indices.len() > 1) {
            let what = "a record of an access log is on the server twice";
            self.witness.find(Wrong::Diverged, what);
        }
        let chains = std::mem::take(&mut self.witness.chains);
        for (number, chain) in &chains {
            let name = self.name(*number);
            let lost = self.tablets.get(*number).is_none_or(|tablet| tablet.lost);
            let kept_here = self.oldest_on_tablet(*number);
            let told = chain.told().filter(|hash| !places.contains_key(hash));
            // What only a restored server and a disk that the story took away have had is nowhere.
            let missing = told
                .filter(|hash| !self.forgotten_log.contains(hash))
                .count();
            let whole = chain.whole().zip(1..).filter(|(hash, seq)| {
                let gone_for_good = self.forgotten_log.contains(hash) && *seq < kept_here;
                !(places.contains_key(hash) || gone_for_good)
            });
            let unsent = if lost { 0 } else { whole.count() };
            if missing > 0 || unsent > 0 {
                let what = format!(
                    "{missing} records of the access log of {name} that it was told are on the server \
                     are not, and {unsent} of those that it holds"
                );
                self.witness.find(Wrong::Lost, what);
            }
            let indices = chain.whole().filter_map(|hash| places.get(&hash)?.first());
            if !lost && !indices.is_sorted() {
                let what = format!("the access log of {name} is on the server in another order");
                self.witness.find(Wrong::Diverged, what);
            }
        }
        self.witness.chains = chains;
        self.findings_have_a_reason();
    }

    /// The number of the oldest record that a tablet still has; beyond all where it has none.
    fn oldest_on_tablet(&mut self, number: usize) -> u64 {
        let place = self.places.iter().position(|at| *at == number);
        let Some(companion) = place.and_then(|place| self.running(place)) else {
            return u64::MAX;
        };
        let oldest = to_the_end(companion.store().log_from(1, 1), &self.stop);
        let oldest = oldest.ok().and_then(Result::ok);
        oldest
            .and_then(|rows| Some(rows.first()?.place.seq))
            .unwrap_or(u64::MAX)
    }

    /// Server and tablets find fault with a log only where the story gave them a reason.
    fn findings_have_a_reason(&mut self) {
        let site = Arc::clone(&self.site);
        let found = to_the_end(site.database.log_findings(), &self.stop);
        for finding in found.into_iter().flatten().flatten() {
            let fair = match finding.kind {
                FindingKind::Unreadable | FindingKind::OtherUser => false,
                FindingKind::Gap => self.restored,
                FindingKind::Fork => self.went_back,
                FindingKind::Foreign => self.enrolled_again,
            };
            if !fair {
                let kind = finding.kind.as_str();
                let what = format!("the server finds a {kind} in an access log, for no reason");
                self.witness.find(Wrong::Diverged, what);
                return;
            }
        }
        for place in 0..self.places.len() {
            let Some(companion) = self.running(place) else {
                continue;
            };
            let found = to_the_end(companion.store().log_findings(), &self.stop);
            for finding in found.into_iter().flatten().flatten() {
                let fair = match finding.code.as_str() {
                    "log.restored" => self.restored,
                    "log.broken" => self.restored || self.went_back || self.enrolled_again,
                    _ => false,
                };
                if !fair {
                    let what = format!(
                        "{} finds the server's access log wrong, for no reason ({})",
                        self.places
                            .get(place)
                            .map(|number| self.name(*number))
                            .unwrap_or_default(),
                        finding.code
                    );
                    self.witness.find(Wrong::Diverged, what);
                    return;
                }
            }
        }
    }
}
