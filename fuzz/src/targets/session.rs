//! A whole sync with a server that says anything.

use crate::parts;
use hemrond_protocol::{Epoch, SyncResponse};
use hemrond_sync::{Gathered, Position, Session};

/// Each piece is an answer, after a byte that says whether the tablet compares.
pub(super) fn session(bytes: &[u8]) {
    let Some((first, answers)) = bytes.split_first() else {
        return;
    };
    let position = Position {
        epoch: (first & 2 == 0).then_some(Epoch([1; 16])),
        cursor: 41,
    };
    let mut session = Session::new(position, "fuzz", first & 1 == 0);
    for answer in parts(answers) {
        let _ = session.request(Gathered::default());
        let Ok(response) = minicbor::decode::<SyncResponse>(answer) else {
            return;
        };
        let cursor = session.position().cursor;
        let compared = response.digest.is_some();
        let Ok(taken) = session.answer(response) else {
            return;
        };
        for compare in &taken.compare {
            let lacking = session.compared(compare, &[[7; 32]], compare.held.is_empty());
            assert!(lacking.len() <= 1);
        }
        if let Some(position) = taken.position {
            assert_eq!(position, session.position());
        }
        assert!(compared || session.position().cursor >= cursor);
        if !taken.again {
            return;
        }
    }
}
