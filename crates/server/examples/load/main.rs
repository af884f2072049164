//! A load on a server that runs already, for the figures in deploy/scale.md and of `cargo xtask bench`.
//!
//! `load ADDRESS` reads one-time codes, one a line, and enrols a tablet with each; then all of them
//! sync again and again at once, first with nothing new, then with one new change each time. What
//! the server itself costs is read beside it, from its process's CPU time.
//!
//! `load ADDRESS shift` is the end of a shift: each tablet comes back with thirty changed documents, all of
//! them at the same moment. What each waits is from that moment until the server has everything of
//! its own on disk; what others wrote comes afterwards, and is not counted.
//!
//! `load ADDRESS online` is a calm hour: each tablet has synced and waits for news. Once all of them have
//! waited as long as the server lets them, and wait again, it says so, and goes on until it is ended.
//!
//! Each part prints one JSON object.

mod tablet;

use std::{error::Error, io::BufRead, sync::Arc, time::Instant};
use tablet::Tablet;
use tokio::{sync::Barrier, task::JoinSet};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each tablet syncs in a part: within what a device may ask at once, so that nothing is
/// measured but syncs.
const IDLE_SYNCS: usize = 200;
const PUSHES: usize = 30;

/// What a tablet brings at the end of a shift.
const SHIFT_DOCUMENTS: u8 = 30;

/// Syncs its part; how often it was answered.
async fn work(mut tablet: Tablet, writing: bool) -> Outcome<(Tablet, usize)> {
    let mut answered = 0;
    let syncs = if writing { PUSHES } else { IDLE_SYNCS };
    for _ in 0..syncs {
        if writing && !tablet.is_waiting() {
            tablet.write(answered)?;
        }
        if tablet.sync().await?.is_some() {
            tablet.is_taken();
            answered += 1;
        }
    }
    Ok((tablet, answered))
}

async fn part(what: &str, tablets: Vec<Tablet>, writing: bool) -> Outcome<Vec<Tablet>> {
    let begun = Instant::now();
    let count = tablets.len();
    let working: Vec<_> = tablets
        .into_iter()
        .map(|tablet| tokio::spawn(work(tablet, writing)))
        .collect();
    let mut tablets = Vec::new();
    let mut answered = 0;
    for working in working {
        let (tablet, its) = working.await??;
        tablets.push(tablet);
        answered += its;
    }
    let seconds = begun.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // Some thousands.
    let per_second = answered as f64 / seconds;
    println!(
        "{{\"what\":\"{what}\",\"tablets\":{count},\"answered\":{answered},\
         \"seconds\":{seconds:.2},\"per_second\":{per_second:.0}}}"
    );
    Ok(tablets)
}

/// Brings what a tablet has as soon as everybody may; how long it took, in milliseconds.
async fn come_back(mut tablet: Tablet, everybody: Arc<Barrier>) -> Outcome<f64> {
    // In the morning the visits were made, and sent.
    tablet.write(0)?;
    while tablet.sync().await?.is_none() {}
    tablet.write(1)?;
    everybody.wait().await;
    let begun = Instant::now();
    while tablet.sync().await?.is_none() {}
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

async fn shift(tablets: Vec<Tablet>) -> Outcome<()> {
    let count = tablets.len();
    let everybody = Arc::new(Barrier::new(count + 1));
    let working: Vec<_> = tablets
        .into_iter()
        .map(|tablet| tokio::spawn(come_back(tablet, Arc::clone(&everybody))))
        .collect();
    everybody.wait().await;
    let begun = Instant::now();
    let mut waits = Vec::new();
    for working in working {
        waits.push(working.await??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    waits.sort_by(f64::total_cmp);
    let slowest = waits.get((count.saturating_sub(1) * 99).div_ceil(100));
    #[allow(clippy::cast_precision_loss)] // Some hundreds.
    let per_second = count as f64 / seconds;
    println!(
        "{{\"what\":\"shift\",\"tablets\":{count},\"documents\":{SHIFT_DOCUMENTS},\
         \"seconds\":{seconds:.2},\"per_second\":{per_second:.1},\"p99_ms\":{:.0}}}",
        slowest.copied().unwrap_or_default()
    );
    Ok(())
}

/// Waits for news, and goes on with that for as long as nothing fails.
async fn wait(mut tablet: Tablet, everybody: Arc<Barrier>) -> Outcome<()> {
    tablet.news().await?;
    everybody.wait().await;
    loop {
        tablet.news().await?;
    }
}

async fn online(tablets: Vec<Tablet>) -> Outcome<()> {
    let count = tablets.len();
    let everybody = Arc::new(Barrier::new(count + 1));
    let mut waiting = JoinSet::new();
    for tablet in tablets {
        waiting.spawn(wait(tablet, Arc::clone(&everybody)));
    }
    let told = async {
        everybody.wait().await;
        println!("{{\"what\":\"online\",\"tablets\":{count}}}");
        std::future::pending().await
    };
    tokio::select! {
        () = told => Ok(()),
        Some(failed) = waiting.join_next() => failed?,
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    // Fails only if it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("give the server's address")?;
    let what = arguments.next();
    let end_of_shift = what.as_deref() == Some("shift");
    let documents = if end_of_shift { SHIFT_DOCUMENTS } else { 1 };
    let mut tablets = Vec::new();
    for (number, code) in (1..).zip(std::io::stdin().lock().lines()) {
        let mut tablet = Tablet::enrol(&url, code?, number, documents).await?;
        while tablet.sync().await?.is_none_or(|answer| answer.more) {}
        tablets.push(tablet);
    }
    println!("{{\"what\":\"ready\"}}");
    if end_of_shift {
        return shift(tablets).await;
    }
    if what.as_deref() == Some("online") {
        return online(tablets).await;
    }
    let tablets = part("nothing new", tablets, false).await?;
    part("one new change", tablets, true).await?;
    Ok(())
}
