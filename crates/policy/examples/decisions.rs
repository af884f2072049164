//! Prints what the policies cost: reading them, a case that is new, and a case that was decided before.
#![allow(clippy::print_stdout)]

use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
    record::DocumentKind,
};
use hemrond_policy::{
    Action, Block, Circumstances, Consent, Emergency, Policy, PolicyError, Principal, Resource,
    Sharing,
};
use std::time::{Duration, Instant};

const TIMES: usize = 1_000;

fn main() -> Result<(), PolicyError> {
    let before = Instant::now();
    let policy = Policy::load()?;
    println!("reading the policies: {:?}", before.elapsed());

    let who = Principal {
        user: UserId::from_bytes([1; 16]),
        role: Role::Nurse,
        organisation: OrganisationId::from_bytes([2; 16]),
        unit: UnitId::from_bytes([3; 16]),
    };
    let questions = questions(who.organisation);
    let asked = |(action, what, circumstances): &(Action, Resource, Circumstances)| {
        let before = Instant::now();
        let decision = policy.may_in(&who, *action, what, circumstances);
        let took = before.elapsed();
        std::hint::black_box(decision);
        took
    };
    println!(
        "a case that is new, median of {TIMES}: {:?}",
        median(questions.iter().map(asked).collect())
    );
    println!(
        "a case decided before, median of {TIMES}: {:?}",
        median(questions.iter().map(asked).collect())
    );
    Ok(())
}

/// As many different questions as are timed.
fn questions(own: OrganisationId) -> Vec<(Action, Resource, Circumstances)> {
    let other = OrganisationId::from_bytes([4; 16]);
    let mut questions = Vec::new();
    for action in Action::ALL {
        for kind in [DocumentKind::Visit, DocumentKind::Observations] {
            for organisation in [own, other] {
                for block in Block::ALL {
                    for sharing in Sharing::ALL {
                        for emergency in Emergency::ALL {
                            let what = Resource {
                                kind,
                                class: kind.class(),
                                organisation,
                                unit: None,
                            };
                            let circumstances = Circumstances {
                                block,
                                sharing,
                                consent: Consent::Given,
                                emergency,
                                ..Circumstances::ordinary()
                            };
                            questions.push((action, what, circumstances));
                        }
                    }
                }
            }
        }
    }
    questions.truncate(TIMES);
    questions
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
