//! What a sync costs as the server's documents grow.

use super::crowd;
use crate::{
    bench::{
        chart::{Curve, draw},
        results::{OURS, Results},
    },
    error::Error,
    project::{Profile, Project},
    tablet::Server,
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, io::BufRead as _, path::Path};

/// How many tablets sync at once: few, so that the server is what is measured.
const TABLETS: usize = 2;

/// Measures syncs with nothing new and with one new change at each size, and draws the curves.
pub(in crate::bench) fn measure(
    project: &Project,
    profile: Profile,
    sizes: &[u32],
    folder: &Path,
    results: &mut Results,
) -> Result<(), Error> {
    let mut curves: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for size in sizes {
        let place = folder.join(size.to_string());
        fs::create_dir_all(&place).map_err(Error::io("making a folder to measure in"))?;
        let mut server = Server::new(project, profile, &place);
        server.seed(*size)?;
        server.serve()?;
        for (what, ms) in costs(project, profile, &server)? {
            let name = format!("sync_{}_at_{size}_ms", what.replace(' ', "_"));
            results.add(&name, "ms", OURS, &[ms]);
            curves.entry(what).or_default().push((f64::from(*size), ms));
        }
        drop(server);
        fs::remove_dir_all(&place).map_err(Error::io("removing what was measured"))?;
    }
    let ratios: Vec<f64> = curves.values().filter_map(|points| ratio(points)).collect();
    let worst = ratios.into_iter().fold(None, |worst: Option<f64>, ratio| {
        Some(worst.map_or(ratio, |worst| worst.max(ratio)))
    });
    results.add("growth", "ratio", OURS, worst.as_slice());
    let curve = |name: &str, told, colour| {
        let points = curves.get(name).cloned().unwrap_or_default();
        Curve {
            name: told,
            colour,
            points,
        }
    };
    let svg = draw(
        "What a sync costs as the server grows",
        "documents on the server",
        "milliseconds for each sync",
        &[
            curve("nothing new", "nothing new", "#005a9c"),
            curve("one new change", "one new change", "#b3541e"),
        ],
    );
    let path = folder.with_file_name("growth.svg");
    fs::write(path, svg).map_err(Error::io("drawing the growth"))
}

/// How many times as much the largest costs as the smallest.
fn ratio(points: &[(f64, f64)]) -> Option<f64> {
    let (first, last) = (points.first()?.1, points.last()?.1);
    (first > 0.0).then_some(last / first)
}

/// What each part of the load costs for each sync, in milliseconds.
fn costs(
    project: &Project,
    profile: Profile,
    server: &Server,
) -> Result<Vec<(String, f64)>, Error> {
    let codes = crowd::codes(server, "Eva Lind", TABLETS)?;
    let mut load = crowd::send(project, profile, server, &codes, None)?;
    let lines = load.output()?.lines().map_while(Result::ok);
    let parts = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    let costs: Vec<(String, f64)> = parts
        .filter_map(|part| {
            let per_second = part["per_second"].as_f64().filter(|rate| *rate > 0.0)?;
            Some((part["what"].as_str()?.to_owned(), 1000.0 / per_second))
        })
        .collect();
    if costs.len() == 2 {
        Ok(costs)
    } else {
        Err(Error::Missing(
            "the load did not come to its end".to_owned(),
        ))
    }
}
