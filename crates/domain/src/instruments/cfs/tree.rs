//! The classification tree: from answers to a level, node by node.
//!
//! Source: Theou 2021, classification tree v1.0 (official figure). The tree helps those who rate seldom; its level stands
//! beside the professional's own and never replaces it.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use super::CfsLevel;
use crate::keyed::keyed;
use crate::outcome::Outcome;

/// The highest count of basic activities: dress, bathe, eat, walk, get in and out of bed.
const BADL_MAX: i32 = 5;
/// The highest count of instrumental activities: telephone, shopping, meals, housework, medication, money.
const IADL_MAX: i32 = 6;

keyed! {
    /// How the person rates the own health.
    pub enum SelfRatedHealth {
        /// Excellent.
        Excellent = "excellent",
        /// Very good.
        VeryGood = "very_good",
        /// Good.
        Good = "good",
        /// Fair.
        Fair = "fair",
        /// Poor.
        Poor = "poor",
    }
}

keyed! {
    /// How often everything feels like an effort.
    #[ts(rename = "CfsEffort")]
    pub enum Effort {
        /// Less than one day a week.
        Rarely = "rarely",
        /// One to four days a week.
        Sometimes = "sometimes",
        /// Five to seven days a week.
        All = "all",
    }
}

/// The answers that the tree asks for; an answer not given is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CfsTreeInput")]
pub struct TreeInput {
    /// Whether the person is terminally ill.
    pub terminal: Option<bool>,
    /// In how many basic activities of daily living another person must help, 0–5.
    pub badl: Option<i32>,
    /// In how many instrumental activities of daily living another person must help, 0–6.
    pub iadl: Option<i32>,
    /// The number of chronic conditions, 0 or more.
    pub chronic: Option<i32>,
    /// Self-rated health.
    pub srh: Option<SelfRatedHealth>,
    /// How often everything feels like an effort.
    pub effort: Option<Effort>,
    /// Whether the person does moderate or strenuous sport or recreation.
    pub active: Option<bool>,
}

keyed! {
    /// One branch taken in the tree.
    #[ts(rename = "CfsTreeStep")]
    pub enum TreeStep {
        /// Terminally ill.
        Terminal = "terminal",
        /// Not terminally ill.
        NotTerminal = "not_terminal",
        /// Terminally ill, help in at most two basic activities.
        TerminalBadl0To2 = "terminal_badl_0_2",
        /// Terminally ill, help in three or more basic activities.
        TerminalBadl3To5 = "terminal_badl_3_5",
        /// Help in three or more basic activities.
        Badl3To5 = "badl_3_5",
        /// Help in one or two basic activities.
        Badl1To2 = "badl_1_2",
        /// Help in no basic activity.
        Badl0 = "badl_0",
        /// Help in five or six instrumental activities.
        Iadl5To6 = "iadl_5_6",
        /// Help in one to four instrumental activities.
        Iadl1To4 = "iadl_1_4",
        /// Help in no instrumental activity.
        Iadl0 = "iadl_0",
        /// Ten or more chronic conditions.
        Chronic10OrMore = "chronic_10_or_more",
        /// Fewer than ten chronic conditions.
        ChronicUnder10 = "chronic_under_10",
        /// Health rated fair or poor.
        SrhFairOrPoor = "srh_fair_or_poor",
        /// Health rated good or better.
        SrhGoodOrBetter = "srh_good_or_better",
        /// Everything is an effort all the time.
        EffortAll = "effort_all",
        /// Everything is an effort sometimes or rarely.
        EffortNotAll = "effort_not_all",
        /// Health rated excellent and rarely an effort.
        ExcellentAndRarely = "excellent_and_rarely",
        /// Health rated less than excellent, or sometimes an effort.
        NotExcellentAndRarely = "not_excellent_and_rarely",
        /// Does moderate or strenuous activity.
        Active = "active",
        /// Does no moderate or strenuous activity.
        NotActive = "not_active",
    }
}

/// The level that the tree leads to, and the way there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CfsTreeResult")]
pub struct TreeResult {
    /// The level.
    pub level: CfsLevel,
    /// The branches taken, from the root.
    pub path: Vec<TreeStep>,
}

/// A number outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} must be {range}, but is {value}")]
pub struct TreeError {
    /// The name of the answer.
    pub field: &'static str,
    /// The number given.
    pub value: i32,
    /// The range in words.
    range: &'static str,
}

impl TreeError {
    /// The stable code of this error, which is also the key of its text.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.field {
            "badl" => "cfs.error.badl",
            "iadl" => "cfs.error.iadl",
            _ => "cfs.error.chronic",
        }
    }
}

/// Walks the tree as far as the answers reach.
///
/// The walk stops at the first node that cannot be decided and names its answer; answers of nodes that are never reached
/// need not be given. Source: Theou 2021, classification tree v1.0.
///
/// # Errors
/// A [`TreeError`] when a number is outside its range, whether or not its node is reached.
pub fn classify(input: &TreeInput) -> Result<Outcome<TreeResult>, TreeError> {
    in_range("badl", input.badl, 0..=BADL_MAX, "between 0 and 5")?;
    in_range("iadl", input.iadl, 0..=IADL_MAX, "between 0 and 6")?;
    in_range("chronic", input.chronic, 0..=i32::MAX, "0 or more")?;
    let mut path = Vec::new();
    Ok(match walk(input, &mut path) {
        Ok(level) => Outcome::Complete(TreeResult {
            level: CfsLevel(level),
            path,
        }),
        Err(Missing(field)) => Outcome::Incomplete(vec![field]),
    })
}

fn in_range(
    field: &'static str,
    value: Option<i32>,
    allowed: std::ops::RangeInclusive<i32>,
    range: &'static str,
) -> Result<(), TreeError> {
    match value {
        Some(value) if !allowed.contains(&value) => Err(TreeError {
            field,
            value,
            range,
        }),
        _ => Ok(()),
    }
}

/// The answer that the first undecidable node asks for.
struct Missing(&'static str);

fn walk(input: &TreeInput, path: &mut Vec<TreeStep>) -> Result<u8, Missing> {
    if input.terminal.ok_or(Missing("terminal"))? {
        path.push(TreeStep::Terminal);
        let help_in_most = input.badl.ok_or(Missing("badl"))? >= 3;
        path.push(if help_in_most {
            TreeStep::TerminalBadl3To5
        } else {
            TreeStep::TerminalBadl0To2
        });
        return Ok(if help_in_most { 8 } else { 9 });
    }
    path.push(TreeStep::NotTerminal);

    match input.badl.ok_or(Missing("badl"))? {
        3.. => return leaf(path, TreeStep::Badl3To5, 7),
        1..=2 => return leaf(path, TreeStep::Badl1To2, 6),
        _ => path.push(TreeStep::Badl0),
    }
    match input.iadl.ok_or(Missing("iadl"))? {
        5.. => return leaf(path, TreeStep::Iadl5To6, 6),
        1..=4 => return leaf(path, TreeStep::Iadl1To4, 5),
        _ => path.push(TreeStep::Iadl0),
    }
    if input.chronic.ok_or(Missing("chronic"))? >= 10 {
        return leaf(path, TreeStep::Chronic10OrMore, 4);
    }
    path.push(TreeStep::ChronicUnder10);

    let health = input.srh.ok_or(Missing("srh"))?;
    if matches!(health, SelfRatedHealth::Fair | SelfRatedHealth::Poor) {
        return leaf(path, TreeStep::SrhFairOrPoor, 4);
    }
    path.push(TreeStep::SrhGoodOrBetter);

    let effort = input.effort.ok_or(Missing("effort"))?;
    if effort == Effort::All {
        return leaf(path, TreeStep::EffortAll, 4);
    }
    path.push(TreeStep::EffortNotAll);

    let best = health == SelfRatedHealth::Excellent && effort == Effort::Rarely;
    path.push(if best {
        TreeStep::ExcellentAndRarely
    } else {
        TreeStep::NotExcellentAndRarely
    });

    let active = input.active.ok_or(Missing("active"))?;
    path.push(if active {
        TreeStep::Active
    } else {
        TreeStep::NotActive
    });
    Ok(match (best, active) {
        (true, true) => 1,
        (true, false) | (false, true) => 2,
        (false, false) => 3,
    })
}

fn leaf(path: &mut Vec<TreeStep>, step: TreeStep, level: u8) -> Result<u8, Missing> {
    path.push(step);
    Ok(level)
}

#[cfg(test)]
mod tests;
