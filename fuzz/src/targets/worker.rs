//! What a server and its worker say to each other, when either of them says anything.

use super::reader::heard;
use hemrond_server::inspector::{
    Reading,
    worker::{Found, Honest, Job, Opened, answer},
};

/// A job for the worker, or answers for the server, as the first byte says.
pub(super) fn worker(bytes: &[u8]) {
    match bytes.split_first() {
        Some((0, job)) => asked(job),
        Some((_, answers)) => answered(answers),
        None => {}
    }
}

/// Every item of a job is answered, and what the worker says the server understands.
fn asked(bytes: &[u8]) {
    let mut answers = Vec::new();
    let done = answer(bytes.to_vec(), &mut answers, &mut Honest);
    let job = minicbor::decode::<Job>(bytes).ok();
    let Some(reading) = job.and_then(|job| Reading::try_from(job).ok()) else {
        assert!(done.is_err() && answers.is_empty());
        return;
    };
    assert!(done.is_ok());
    let mut pipe = answers.as_slice();
    assert!(heard::<Opened>(&mut pipe).is_some());
    for _ in &reading.items {
        let found: Option<Found> = heard(&mut pipe);
        assert!(found.and_then(Found::finding).is_some());
    }
    assert!(pipe.is_empty());
    // The job as it would be sent again is the same job.
    let again = minicbor::to_vec(Job::of(&reading, &[], false)).unwrap_or_default();
    let again = minicbor::decode::<Job>(&again).ok();
    assert_eq!(again.and_then(|job| job.try_into().ok()), Some(reading));
}

/// The server takes what is said up to the first word that no worker says.
fn answered(mut pipe: &[u8]) {
    let _ = heard::<Opened>(&mut pipe);
    while let Some(found) = heard::<Found>(&mut pipe) {
        if let Some(finding) = found.clone().finding() {
            assert_eq!(Found::from(finding), found);
        }
    }
}
