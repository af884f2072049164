//! Stories of syncing, over HTTP, on every storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::{Document, Edit};
use hemrond_domain::people::Role;
use hemrond_protocol::{Epoch, Outcome, SyncRequest};
use support::{Backend, HEMTJANST, OFFICE, TEAM, Tablet, Town, person, visit};

on_every_storage!(
    what_eva_writes_omar_reads,
    the_same_request_again_changes_nothing,
    a_document_that_comes_in_two_pieces_is_taken,
    nothing_new_is_one_small_answer,
    eva_is_not_sent_what_she_wrote,
    stina_gets_no_visit_and_may_write_none,
    a_new_role_brings_and_takes_documents,
    a_role_that_comes_back_brings_the_documents_back,
    what_is_wanted_comes_first_and_whole,
    small_pages_bring_everything_once,
    another_epoch_gets_verdicts_and_no_page,
    the_directory_tells_who_works_here,
);

fn accepted(tablet: &Tablet) -> bool {
    !tablet.verdicts.is_empty() && tablet.verdicts.iter().all(|v| *v == Outcome::Accepted)
}

fn refused_with(tablet: &Tablet, code: &str) -> bool {
    tablet.verdicts == [Outcome::Refused(code.to_owned())]
}

async fn what_eva_writes_omar_reads(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    assert!(accepted(&eva), "{:?}", eva.verdicts);
    let answers = omar.sync().await;
    assert_eq!(omar.field(&visit(1), "reason").as_deref(), Some("Yrsel"));
    let authors: Vec<_> = answers.iter().flat_map(|answer| &answer.authors).collect();
    assert!(
        authors
            .iter()
            .any(|author| author.user == eva.user.id.into()
                && author.device == eva.device.into()
                && author.actor.0 == *eva.actor.as_bytes())
    );

    // Both write in the same visit at the same time; both end up with both.
    omar.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel och fall")]);
    omar.sync().await;
    eva.sync().await;
    omar.sync().await;
    for tablet in [&eva, &omar] {
        assert_eq!(
            tablet.field(&visit(1), "reason").as_deref(),
            Some("Yrsel och fall")
        );
        assert_eq!(
            tablet.field(&visit(1), "called_by").as_deref(),
            Some("Dottern")
        );
    }
}

async fn the_same_request_again_changes_nothing(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(1), &[Edit::set("reason", "Fall")]);
    let request = eva.request();
    let first = eva.send(&request).await.unwrap();
    assert_eq!(first.verdicts, [[Outcome::Accepted, Outcome::Accepted]]);
    let head = town.storage.life().await.unwrap().head;
    for _ in 0..3 {
        let again = eva.send(&request).await.unwrap();
        assert_eq!(again.verdicts, [[Outcome::Known, Outcome::Known]]);
        assert_eq!(again.cursor, first.cursor);
        assert_eq!(again.deliveries, first.deliveries);
    }
    assert_eq!(town.storage.life().await.unwrap().head, head);
}

async fn a_document_that_comes_in_two_pieces_is_taken(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(1), &[Edit::set("reason", "Fall")]);
    let mut request = eva.request();
    let mut second = request.push[0].clone();
    second.items.remove(0);
    request.push[0].items.pop();
    request.push.push(second);
    let answer = eva.send(&request).await.unwrap();
    assert_eq!(answer.verdicts, [[Outcome::Accepted], [Outcome::Accepted]]);
}

async fn nothing_new_is_one_small_answer(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    for number in 1..20 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
    }
    eva.sync().await;
    stina.sync().await;
    // The cursor crossed what Stina may not see, so the next answer looks at none of it.
    assert_eq!(stina.cursor, town.storage.life().await.unwrap().head);
    let answers = stina.sync().await;
    let [answer] = answers.as_slice() else {
        panic!("one request")
    };
    assert!(answer.deliveries.is_empty() && answer.gone.is_empty() && !answer.more);
    assert_eq!(answer.remaining, 0);
    let body = hemrond_protocol::encoding::encode(answer).unwrap();
    assert!(body.len() < 100, "{} bytes", body.len());
}

async fn eva_is_not_sent_what_she_wrote(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    eva.sync().await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    let answers = eva.sync().await;
    assert!(answers.iter().all(|answer| answer.deliveries.is_empty()));
    // Her second tablet gets it.
    let mut second = town.tablet("Eva").await;
    second.sync().await;
    assert_eq!(second.field(&visit(1), "reason").as_deref(), Some("Yrsel"));
}

/// AC11: the server gives home help no health record, asked for by name or not.
async fn stina_gets_no_visit_and_may_write_none(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&person(), &[Edit::set("given_name", "Astrid")]);
    eva.sync().await;
    stina.wanted = vec![visit(1).id()];
    stina.sync().await;
    assert!(!stina.holds(&visit(1)), "asking by name does not help");
    assert!(stina.holds(&person()));
    stina.write(&visit(2), &[Edit::set("reason", "Nyfiken")]);
    stina.sync().await;
    assert!(refused_with(&stina, "policy.write"), "{:?}", stina.verdicts);
    stina.write(&person(), &[Edit::set("given_name", "Någon annan")]);
    stina.sync().await;
    assert!(refused_with(&stina, "policy.write"), "{:?}", stina.verdicts);
    eva.sync().await;
    assert_eq!(
        eva.field(&person(), "given_name").as_deref(),
        Some("Astrid")
    );
}

async fn a_new_role_brings_and_takes_documents(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    stina.sync().await;
    assert!(!stina.holds(&visit(1)));

    town.set_role("Stina", Role::Nurse, TEAM).await;
    stina.sync().await;
    assert_eq!(stina.field(&visit(1), "reason").as_deref(), Some("Yrsel"));
    stina.write(&visit(1), &[Edit::set("reason", "Fall")]);
    stina.sync().await;
    assert!(accepted(&stina));

    town.set_role("Stina", Role::Hemtjanst, HEMTJANST).await;
    let answers = stina.sync().await;
    assert!(
        answers
            .iter()
            .any(|answer| answer.gone.contains(&visit(1).id().into()))
    );
    assert!(!stina.holds(&visit(1)));
    // What she wrote while she might is there.
    eva.sync().await;
    assert_eq!(eva.field(&visit(1), "reason").as_deref(), Some("Fall"));
}

async fn a_role_that_comes_back_brings_the_documents_back(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    omar.sync().await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    omar.sync().await;
    // There and back before the tablet notices: it keeps what it has, and gets all that came.
    town.set_role("Omar", Role::Assessor, OFFICE).await;
    eva.write(&visit(1), &[Edit::set("reason", "Fall")]);
    eva.sync().await;
    town.set_role("Omar", Role::Nurse, TEAM).await;
    omar.sync().await;
    assert_eq!(omar.field(&visit(1), "reason").as_deref(), Some("Fall"));
}

async fn what_is_wanted_comes_first_and_whole(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    for number in 1..6 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
        eva.write(&visit(number), &[Edit::set("reason", "Fall")]);
    }
    eva.sync().await;
    let mut omar = town.tablet("Omar").await;
    let mut request = omar.request();
    request.wanted = vec![
        visit(5).id().into(),
        visit(4).id().into(),
        visit(77).id().into(),
    ];
    request.page_bytes = 1;
    let answer = omar.send(&request).await.unwrap();
    let names: Vec<_> = answer
        .deliveries
        .iter()
        .map(|d| d.header.part.clone())
        .collect();
    assert_eq!(
        names[..2],
        [visit(5).part().to_owned(), visit(4).part().to_owned()]
    );
    assert_eq!(answer.deliveries[0].items.len(), 2);
    assert!(answer.more);
    omar.take(&answer);
    assert_eq!(omar.field(&visit(5), "reason").as_deref(), Some("Fall"));
}

async fn small_pages_bring_everything_once(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    for number in 1..15 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
    }
    eva.sync().await;
    let mut omar = town.tablet("Omar").await;
    omar.sync().await;
    let all = omar.documents.len();

    let mut again = town.tablet("Omar").await;
    let (mut pages, mut items, mut left) = (0, 0, u64::MAX);
    loop {
        let request = SyncRequest {
            page_bytes: 300,
            ..again.request()
        };
        let answer = again.send(&request).await.unwrap();
        assert!(
            answer.remaining < left,
            "the progress bar only goes forward"
        );
        left = answer.remaining;
        pages += 1;
        items += answer
            .deliveries
            .iter()
            .map(|delivery| delivery.items.len())
            .sum::<usize>();
        again.take(&answer);
        if !answer.more {
            break;
        }
    }
    assert!(pages > 4, "{pages} pages");
    assert_eq!(again.documents.len(), all);
    let kept: usize = again.documents.values().map(written).sum();
    assert_eq!(items, kept, "nothing came twice");
}

/// How many changes people have made, those left out that follow from the header.
fn written(document: &Document) -> usize {
    document.len()
        - Document::create(document.header(), document.actor())
            .unwrap()
            .len()
}

async fn another_epoch_gets_verdicts_and_no_page(backend: Backend) {
    let town = Town::new(backend).await;
    let mut omar = town.tablet("Omar").await;
    omar.write(&visit(2), &[Edit::set("reason", "Sår")]);
    omar.sync().await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let request = SyncRequest {
        epoch: Some(Epoch([66; 16])),
        cursor: 7,
        ..eva.request()
    };
    let answer = eva.send(&request).await.unwrap();
    assert_eq!(answer.verdicts, [[Outcome::Accepted]]);
    assert!(answer.deliveries.is_empty());
    assert_eq!(answer.cursor, 7);
    assert!(!answer.more);
    assert_ne!(answer.epoch, Epoch([66; 16]));
}

async fn the_directory_tells_who_works_here(backend: Backend) {
    let town = Town::new(backend).await;
    let mut stina = town.tablet("Stina").await;
    stina.sync().await;
    let directory = hemrond_domain::record::Header::directory(support::KOMMUN);
    let content = stina.documents[&directory.id()].content();
    let staff = format!("{:?}", content.rows["staff"]);
    for name in ["Eva Lind", "Anna Berg", "Per Dahl"] {
        assert!(staff.contains(name), "{name}");
    }
    stina.write(&directory, &[Edit::set("name", "Stinas kommun")]);
    stina.sync().await;
    assert!(refused_with(&stina, "policy.write"));
}
