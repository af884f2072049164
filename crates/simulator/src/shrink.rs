//! Making a story that found something shorter: steps and faults are left out as long as the
//! shorter story still finds the same kind of thing.

use crate::{
    steps::{Step, What},
    witness::{Finding, Wrong},
    world::{Setting, run},
};

/// How many times a story may be told again while it is made shorter.
const TELLINGS: usize = 400;

/// The shortest story that was found, and what it finds.
#[must_use]
pub fn shrink(setting: Setting, steps: Vec<Step>, finding: Finding) -> (Vec<Step>, Finding) {
    let mut shortest = Shortest {
        setting,
        wrong: finding.wrong,
        steps,
        finding,
        left: TELLINGS,
    };
    shortest.leave_out_steps();
    shortest.leave_out_faults();
    shortest.leave_out_steps();
    (shortest.steps, shortest.finding)
}

struct Shortest {
    setting: Setting,
    wrong: Wrong,
    steps: Vec<Step>,
    finding: Finding,
    left: usize,
}

impl Shortest {
    /// Takes the candidate if it still finds the same.
    fn take(&mut self, candidate: Vec<Step>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let Ok(outcome) = run(self.setting, &candidate) else {
            return false;
        };
        let found = outcome
            .findings
            .into_iter()
            .find(|finding| finding.wrong == self.wrong);
        match found {
            Some(finding) => {
                self.steps = candidate;
                self.finding = finding;
                true
            }
            None => false,
        }
    }

    /// Leaves out ever smaller parts, as delta debugging does.
    fn leave_out_steps(&mut self) {
        let mut size = self.steps.len() / 2;
        while size > 0 {
            let mut start = 0;
            while start < self.steps.len() {
                let end = (start + size).min(self.steps.len());
                let mut candidate = self.steps.clone();
                candidate.drain(start..end);
                if !self.take(candidate) {
                    start = end;
                }
            }
            size /= 2;
        }
    }

    fn leave_out_faults(&mut self) {
        for at in 0..self.steps.len() {
            for without in without_faults(self.steps.get(at)) {
                let mut candidate = self.steps.clone();
                if let Some(step) = candidate.get_mut(at) {
                    step.what = without;
                }
                self.take(candidate);
            }
        }
    }
}

/// The same step with fewer faults.
fn without_faults(step: Option<&Step>) -> Vec<What> {
    match step.map(|step| &step.what) {
        Some(What::Work {
            tablet,
            disk: Some(_),
        }) => vec![What::Work {
            tablet: *tablet,
            disk: None,
        }],
        Some(What::Sync {
            tablet,
            network,
            disk,
        }) if disk.is_some() || !network.is_empty() => {
            let bare = What::Sync {
                tablet: *tablet,
                network: Vec::new(),
                disk: *disk,
            };
            let dry = What::Sync {
                tablet: *tablet,
                network: network.clone(),
                disk: None,
            };
            vec![dry, bare]
        }
        _ => Vec::new(),
    }
}
