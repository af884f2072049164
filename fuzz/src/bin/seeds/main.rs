//! Writes the seeds: real messages, changes and lines for every target to begin with.

mod beside;
mod travelling;

use hemrond_documents::RawChange;
use hemrond_fuzz::{corpus, join, open, sample};
use hemrond_protocol::{
    Author, Bucket, Delivery, DigestAnswer, DigestQuery, DocumentDigest, Epoch, HeldDocument, Item,
    ItemKind, Outcome, PushDocument, SyncRequest, SyncResponse, VERSION, WireHeader, WireId,
    signature::{Nonce, Target, sign},
};
use hemrond_server::inspector::{
    Raw, Reading,
    worker::{Honest, Job, answer},
};
use std::{collections::BTreeMap, convert::Infallible, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let morning = sample::morning();
    let contents: Vec<&[u8]> = morning.iter().filter_map(|it| open(&it.bytes)).collect();
    for (number, content) in contents.iter().enumerate() {
        write("chunk", &format!("eva-{number}"), content)?;
        write("change", &format!("eva-{number}"), content)?;
    }
    write("load", "morning", &join(contents.iter().copied()))?;
    write(
        "load",
        "evening-first",
        &join(contents.iter().rev().copied()),
    )?;
    write("entry", "signed", &sample::entry()?)?;
    for (name, request) in requests(morning) {
        write("request", name, &minicbor::to_vec(request)?)?;
    }
    let responses = responses(morning);
    for (name, response) in &responses {
        write("response", name, &minicbor::to_vec(response)?)?;
    }
    let answers: Vec<Vec<u8>> = responses
        .iter()
        .map(|(_, response)| minicbor::to_vec(response))
        .collect::<Result<_, _>>()?;
    for (number, answer) in answers.iter().enumerate() {
        for first in [0, 1] {
            let bytes = [vec![first], join([answer.as_slice()])].concat();
            write("session", &format!("{number}-{first}"), &bytes)?;
        }
    }
    let comparison = join(answers.iter().skip(1).map(Vec::as_slice));
    write("session", "comparison", &[vec![0], comparison].concat())?;
    travelling::write_all()?;
    beside::write_all()?;
    signatures()?;
    pushes(&contents)?;
    documents()?;
    for (target, lines) in LINES {
        for (number, line) in lines.iter().enumerate() {
            write(target, &number.to_string(), line.as_bytes())?;
        }
    }
    Ok(())
}

fn write(target: &str, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder = corpus::seeds(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

/// Eva's signed requests, alone and beside a proxy's.
fn signatures() -> Result<(), Box<dyn Error>> {
    let nonce = Nonce::read(&"A".repeat(43))?;
    for (name, query, body) in [("sync", None, "body"), ("news", Some("after=41"), "")] {
        let target = Target {
            method: "POST",
            path: "/v1/sync",
            query,
        };
        let signed = sign(&target, body.as_bytes(), sample::TABLET, &nonce, |base| {
            Ok::<_, Infallible>(sample::sign_request(base))
        })?;
        let beside = format!(
            "proxy=(\"@method\");keyid=\"p\", {}",
            signed.signature_input
        );
        for (kind, input) in [("alone", &signed.signature_input), ("beside", &beside)] {
            let pieces = [
                input.as_str(),
                &signed.signature,
                &signed.content_digest,
                nonce.as_str(),
                target.path,
                query.unwrap_or_default(),
                body,
            ];
            let bytes = join(pieces.map(str::as_bytes));
            write("signature", &format!("{name}-{kind}"), &bytes)?;
        }
    }
    Ok(())
}

/// Eva's morning with her signature, as a push and as what a server and its worker make of it.
fn pushes(contents: &[&[u8]]) -> Result<(), Box<dyn Error>> {
    let pieces: Vec<Vec<u8>> = contents
        .iter()
        .map(|content| [&[0], *content].concat())
        .chain([[vec![1], sample::entry()?].concat()])
        .collect();
    for (held, pushed) in pieces.chunks(3).enumerate() {
        let items = join(pushed.iter().map(Vec::as_slice));
        let held = u8::try_from(3 * held)?;
        write(
            "reader",
            &format!("after-{held}"),
            &[vec![held], items].concat(),
        )?;
    }
    let last = join(pieces.last().map(Vec::as_slice));
    write("reader", "signed", &[vec![5], last].concat())?;
    let raw = |kind, bytes| Raw { kind, bytes };
    let morning = sample::morning().iter();
    let reading = Reading {
        header: sample::visit(),
        stored: Vec::new(),
        items: morning
            .map(|change| raw(ItemKind::Change, change.bytes.clone()))
            .chain([raw(
                ItemKind::Entry,
                sample::sign(&sample::entry()?).encode()?,
            )])
            .collect(),
        keys: BTreeMap::from([(sample::TABLET, sample::public_key())]),
    };
    let job = minicbor::to_vec(Job::of(&reading, &[], false))?;
    let mut answers = vec![1];
    answer(job.clone(), &mut answers, &mut Honest)?;
    write("worker", "job", &[vec![0], job].concat())?;
    write("worker", "answers", &answers)
}

/// A document of every kind, as a tablet stores it and as a server checks it.
fn documents() -> Result<(), Box<dyn Error>> {
    for (number, header) in sample::headers().iter().enumerate() {
        let number = u8::try_from(number)?;
        let changes = sample::written(header);
        let mut pieces: Vec<Vec<u8>> = changes
            .iter()
            .filter_map(|change| Some([&[0], open(&change.bytes)?].concat()))
            .collect();
        if *header == sample::visit() {
            pieces.push([vec![1], sample::entry()?].concat());
        }
        let items = join(pieces.iter().map(Vec::as_slice));
        let name = header.kind().to_string();
        write("stored", &name, &[vec![number], items].concat())?;
        let whole: Vec<Vec<u8>> = pieces
            .iter()
            .map(|piece| [&[0], &**piece].concat())
            .collect();
        let items = join(whole.iter().map(Vec::as_slice));
        write("verify", &name, &[vec![number], items].concat())?;
    }
    let newer = join([b"care_plan".as_slice(), b"2026-11"]);
    write("stored", "newer", &[vec![192], newer].concat())
}

fn items(changes: &[RawChange]) -> Vec<Item> {
    let item = |change: &RawChange| Item {
        kind: ItemKind::Change,
        bytes: change.bytes.clone(),
        author: None,
    };
    changes.iter().map(item).collect()
}

fn author() -> Author {
    Author {
        actor: WireId([1; 16]),
        user: WireId([11; 16]),
        device: WireId([12; 16]),
    }
}

fn requests(morning: &[RawChange]) -> Vec<(&'static str, SyncRequest)> {
    let nothing = SyncRequest {
        protocol: VERSION,
        epoch: None,
        cursor: 0,
        push: Vec::new(),
        wanted: vec![WireId([7; 16])],
        digest: None,
        page_bytes: 1 << 20,
        app: "0.1.0".to_owned(),
        run: None,
        log: None,
        packing: None,
        elsewhere: None,
        looked: None,
    };
    let mut push = nothing.clone();
    push.epoch = Some(Epoch([1; 16]));
    push.cursor = 41;
    push.push = vec![PushDocument {
        header: WireHeader::from(&sample::visit()),
        items: items(morning),
    }];
    push.push[0].items[0].author = Some(author());
    let mut buckets = nothing.clone();
    buckets.digest = Some(DigestQuery::Buckets(vec![Bucket {
        first: 3,
        digest: [5; 32],
    }]));
    let mut documents = nothing.clone();
    documents.digest = Some(DigestQuery::Documents(
        vec![3],
        vec![DocumentDigest {
            document: WireId([3; 16]),
            digest: [5; 32],
        }],
    ));
    vec![
        ("nothing", nothing),
        ("push", push),
        ("buckets", buckets),
        ("documents", documents),
    ]
}

fn responses(morning: &[RawChange]) -> Vec<(&'static str, SyncResponse)> {
    let nothing = SyncResponse {
        protocol: VERSION,
        epoch: Epoch([1; 16]),
        verdicts: Vec::new(),
        deliveries: Vec::new(),
        authors: Vec::new(),
        gone: vec![WireId([8; 16])],
        cursor: 42,
        more: true,
        remaining: 7,
        digest: None,
        time_ms: 1_793_700_000_000,
        logged: None,
        checkpoint: None,
        lease_seconds: None,
        packing: None,
        elsewhere: None,
        looked: None,
    };
    let mut buckets = nothing.clone();
    buckets.digest = Some(DigestAnswer::Buckets(vec![3, 200], 41));
    let mut documents = nothing.clone();
    documents.digest = Some(DigestAnswer::Documents(
        vec![HeldDocument {
            document: WireId([3; 16]),
            hashes: vec![6; 64],
        }],
        vec![WireId([200; 16])],
    ));
    let mut page = nothing.clone();
    page.deliveries = vec![Delivery {
        header: WireHeader::from(&sample::visit()),
        items: items(morning),
    }];
    page.authors = vec![author()];
    let mut verdicts = nothing.clone();
    verdicts.verdicts = vec![vec![
        Outcome::Accepted,
        Outcome::Known,
        Outcome::Refused("policy.write".to_owned()),
    ]];
    vec![
        ("nothing", nothing),
        ("buckets", buckets),
        ("documents", documents),
        ("page", page),
        ("verdicts", verdicts),
    ]
}

/// What people and programs type.
const LINES: &[(&str, &[&str])] = &[
    (
        "inputs",
        &[
            "19400229-1239",
            "191212121212",
            "19400289-1235",
            "400229+1239",
            "031-700 50 00",
            "+46 70-123 45 67",
            "C03CA01",
            "Åsa Öberg-Lindström",
            "a2a5b7c0-0d4e-4e6f-8a51-0242ac120002",
            "visit",
            "nurse",
        ],
    ),
    (
        "enrolment",
        &[
            "{\"code\":\"K7QM-4XDP\",\"tablet\":\"Surfplatta\",\"public_key\":\"00ff\"}",
            "{\"hemrond\":\"hemrond-1\",\"code\":\"enrol.code_unknown\",\"message\":\"no\"}",
            "{\"hemrond\":\"hemrond-1\",\"device\":\"0c0c0c0c-0c0c-4c0c-8c0c-0c0c0c0c0c0c\",\
             \"user\":{},\"organisation_name\":\"Hemrond kommun\"}",
        ],
    ),
    (
        "command",
        &[
            "{\"command\":\"status\",\"args\":{}}",
            "{\"command\":\"edit\",\"args\":{\"document\":\"00\",\"edits\":[]}}",
            "{\"command\":\"set_settings\",\"args\":{\"language\":\"sv\",\"theme\":\"dark\",\
             \"text_percent\":120}}",
            "{\"language\":\"en\",\"theme\":\"light\",\"text_percent\":100}",
            "{\"server\":\"https://x\",\"code\":\"K7QM\",\"tablet\":\"Surfplatta\"}",
        ],
    ),
    (
        "instrument",
        &[
            "{\"assessed_on\":\"2026-11-22\",\"badl\":2,\"iadl\":3,\"chronic\":4}",
            "{\"previous_falls\":true,\"gait\":\"unsafe\",\"cognition\":\"confused\"}",
            "{\"drugs\":[{\"name\":\"Furix\",\"atc\":\"C03CA01\"}]}",
            "{\"value\":\"19400229-1239\",\"on\":\"2026-11-22\"}",
        ],
    ),
];
