//! What the figures are to reach, by the names of the results.

/// What one figure is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// A peer needs at least so many times as much.
    Beside(&'static str, f64),
    /// A peer does at most so little of it: ours is at least so many times as much.
    Above(&'static str, f64),
    /// At most this.
    AtMost(f64),
    /// At most so many times the limit.
    OfLimit(f64),
}

/// Each goal of the project, in its order.
pub(super) const GOALS: &[(&str, Goal)] = &[
    ("push_1000", Goal::Beside("pouchdb", 3.0)),
    ("push_1000", Goal::Beside("automerge-repo", 20.0)),
    ("pull_1000", Goal::Beside("pouchdb", 3.0)),
    ("pull_1000", Goal::Beside("automerge-repo", 20.0)),
    ("idle_100", Goal::AtMost(1000.0)),
    ("idle_10000", Goal::AtMost(1000.0)),
    ("idle_10000_requests", Goal::AtMost(1.0)),
    ("changed_10_requests", Goal::AtMost(1.0)),
    ("changed_10_bytes", Goal::Beside("pouchdb", 5.0)),
    ("changed_10_ms", Goal::Beside("pouchdb", 3.0)),
    ("week_bytes", Goal::OfLimit(1.5)),
    ("week_bytes", Goal::Beside("automerge-repo", 4.0)),
    ("week_bytes", Goal::Beside("samod", 4.0)),
    ("week_bytes", Goal::Beside("hocuspocus", 4.0)),
    ("shift_end", Goal::Above("pouchdb", 5.0)),
    ("shift_end_p99_ms", Goal::AtMost(3000.0)),
    ("growth", Goal::AtMost(1.5)),
    ("first_paint_ms", Goal::OfLimit(1.5)),
    ("open_person_p95_ms", Goal::AtMost(50.0)),
    ("keystroke_p95_ms", Goal::AtMost(20.0)),
    ("search_p95_ms", Goal::AtMost(30.0)),
    ("tablet_mb", Goal::AtMost(80.0)),
    ("server_mb", Goal::AtMost(150.0)),
];

impl Goal {
    /// As people read it.
    pub(super) fn told(self) -> String {
        match self {
            Self::Beside(peer, times) => format!("≥{times}× less than {peer}"),
            Self::Above(peer, times) => format!("≥{times}× more than {peer}"),
            Self::AtMost(value) => format!("≤{value}"),
            Self::OfLimit(times) => format!("≤{times}× the limit"),
        }
    }

    /// Whether a figure reaches it; none where what it is held against was not measured.
    pub(super) fn reached(
        self,
        ours: f64,
        limit: Option<f64>,
        peer: impl Fn(&str) -> Option<f64>,
    ) -> Option<bool> {
        match self {
            Self::Beside(name, times) => peer(name).map(|theirs| ours * times <= theirs),
            Self::Above(name, times) => peer(name).map(|theirs| ours >= theirs * times),
            Self::AtMost(most) => Some(ours <= most),
            Self::OfLimit(times) => limit.map(|limit| ours <= limit * times),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Goal;

    #[test]
    fn a_goal_is_reached_missed_or_not_measured() {
        let peer = |name: &str| (name == "pouchdb").then_some(90.0);
        let reached = |goal: Goal, ours| goal.reached(ours, Some(10.0), peer);
        assert_eq!(reached(Goal::Beside("pouchdb", 3.0), 30.0), Some(true));
        assert_eq!(reached(Goal::Beside("pouchdb", 3.0), 31.0), Some(false));
        assert_eq!(reached(Goal::Beside("samod", 3.0), 1.0), None);
        assert_eq!(reached(Goal::Above("pouchdb", 5.0), 450.0), Some(true));
        assert_eq!(reached(Goal::Above("pouchdb", 5.0), 449.0), Some(false));
        assert_eq!(reached(Goal::AtMost(20.0), 20.5), Some(false));
        assert_eq!(reached(Goal::OfLimit(1.5), 15.0), Some(true));
        assert_eq!(Goal::OfLimit(1.5).reached(15.0, None, peer), None);
    }
}
