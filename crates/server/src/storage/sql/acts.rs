//! What of the acts decides who may read what, as rows; and the events that follow from it.

use super::{BINDS, Connection, Db, StorageError, convert};
use crate::storage::{
    PushedDocument,
    narrowing::{Block, Effect, Lift, Narrowing, Opening},
    paging::What,
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId, UserId},
    law::{Act, ActId},
    record::DocumentId,
};
use hemrond_sync::acceptance::Finding;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

/// Act, organisation, person, unit.
type BlockRow = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// Act, place, user, organisation, person, unit, document, end.
type OpeningRow = (
    Vec<u8>,
    i64,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    i64,
);

const BLOCKS: &str = "SELECT b.act, b.organisation_id, b.person_id, b.unit_id FROM blocks b";

const LIFTS: &str = "SELECT l.act, l.block_act, l.unit_id FROM block_lifts l";

const OPENINGS: &str = "SELECT o.act, o.place, o.user_id, o.organisation_id, o.person_id, \
                        o.unit_id, o.document_id, o.until_ms FROM openings o";

/// What narrows the right to read about the people of a push, with the blocks that its lifts name.
pub(super) async fn load(
    connection: &mut Connection,
    documents: &[PushedDocument],
) -> Result<Narrowing, StorageError> {
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    let mut named: BTreeSet<ActId> = BTreeSet::new();
    for document in documents {
        let header = document.header.as_ref().ok();
        people.extend(header.and_then(|header| header.person_id()));
        for item in &document.items {
            if let Finding::Entry(entry) = &item.offered.finding
                && let Some(made) = entry.act.as_deref()
                && let Some(Act::BlockLifted { block, .. }) = &made.act
            {
                named.insert(*block);
            }
        }
    }
    let people: Vec<Vec<u8>> = people.iter().map(|id| id.as_bytes().to_vec()).collect();
    let named: Vec<Vec<u8>> = named.iter().map(|id| id.0.to_vec()).collect();
    let mut narrowing = Narrowing::default();
    for some in people.chunks(BINDS) {
        let among = |statement: &str| among(statement, some);
        blocks(
            connection,
            among(&format!("{BLOCKS} WHERE b.person_id")),
            &mut narrowing,
        )
        .await?;
        let of_these = format!("{LIFTS} JOIN blocks b ON b.act = l.block_act WHERE b.person_id");
        lifts(connection, among(&of_these), &mut narrowing).await?;
        openings(
            connection,
            among(&format!("{OPENINGS} WHERE o.person_id")),
            &mut narrowing,
        )
        .await?;
    }
    for some in named.chunks(BINDS) {
        let query = among(&format!("{BLOCKS} WHERE b.act"), some);
        blocks(connection, query, &mut narrowing).await?;
    }
    Ok(narrowing)
}

/// All that narrows the right to read, of everybody.
pub(super) async fn all(connection: &mut Connection) -> Result<Narrowing, StorageError> {
    let mut narrowing = Narrowing::default();
    blocks(connection, QueryBuilder::new(BLOCKS), &mut narrowing).await?;
    lifts(connection, QueryBuilder::new(LIFTS), &mut narrowing).await?;
    openings(connection, QueryBuilder::new(OPENINGS), &mut narrowing).await?;
    Ok(narrowing)
}

/// Begins a query and closes it with a list of values in brackets.
fn among(statement: &str, values: &[Vec<u8>]) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::<Db>::new(statement);
    query.push(" IN (");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.clone());
    }
    query.push(")");
    query
}

async fn blocks(
    connection: &mut Connection,
    mut query: QueryBuilder<Db>,
    narrowing: &mut Narrowing,
) -> Result<(), StorageError> {
    let rows: Vec<BlockRow> = query.build_query_as().fetch_all(connection).await?;
    for (act, organisation, person, unit) in rows {
        narrowing.add(&Effect::Block(Block {
            act: ActId(convert::hash(act)?),
            organisation: OrganisationId::from_stored(convert::id(organisation)?),
            person: PersonId::from_stored(convert::id(person)?),
            unit: UnitId::from_stored(convert::id(unit)?),
        }));
    }
    Ok(())
}

async fn lifts(
    connection: &mut Connection,
    mut query: QueryBuilder<Db>,
    narrowing: &mut Narrowing,
) -> Result<(), StorageError> {
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
        query.build_query_as().fetch_all(connection).await?;
    for (act, block, unit) in rows {
        narrowing.add(&Effect::Lift(Lift {
            act: ActId(convert::hash(act)?),
            block: ActId(convert::hash(block)?),
            unit: UnitId::from_stored(convert::id(unit)?),
        }));
    }
    Ok(())
}

async fn openings(
    connection: &mut Connection,
    mut query: QueryBuilder<Db>,
    narrowing: &mut Narrowing,
) -> Result<(), StorageError> {
    let rows: Vec<OpeningRow> = query.build_query_as().fetch_all(connection).await?;
    for (act, place, user, organisation, person, unit, document, until) in rows {
        narrowing.add(&Effect::Opening(Opening {
            act: ActId(convert::hash(act)?),
            place,
            user: UserId::from_stored(convert::id(user)?),
            organisation: OrganisationId::from_stored(convert::id(organisation)?),
            person: PersonId::from_stored(convert::id(person)?),
            unit: unit.map(convert::id).transpose()?.map(UnitId::from_stored),
            document: document
                .map(convert::id)
                .transpose()?
                .map(DocumentId::from_bytes),
            until,
        }));
    }
    Ok(())
}

/// Keeps effects as rows; those that are there already stay as they are.
pub(super) async fn keep(
    connection: &mut Connection,
    effects: &[Effect],
) -> Result<(), StorageError> {
    for effect in effects {
        match effect {
            Effect::Block(block) => {
                sqlx::query(
                    "INSERT INTO blocks (act, organisation_id, person_id, unit_id) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                )
                .bind(block.act.0.to_vec())
                .bind(block.organisation.as_bytes().to_vec())
                .bind(block.person.as_bytes().to_vec())
                .bind(block.unit.as_bytes().to_vec())
                .execute(&mut *connection)
                .await?;
            }
            Effect::Lift(lift) => {
                sqlx::query(
                    "INSERT INTO block_lifts (act, block_act, unit_id) \
                     VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                )
                .bind(lift.act.0.to_vec())
                .bind(lift.block.0.to_vec())
                .bind(lift.unit.as_bytes().to_vec())
                .execute(&mut *connection)
                .await?;
            }
            Effect::Opening(opening) => {
                sqlx::query(
                    "INSERT INTO openings (act, place, user_id, organisation_id, person_id, \
                     unit_id, document_id, until_ms) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                )
                .bind(opening.act.0.to_vec())
                .bind(opening.place)
                .bind(opening.user.as_bytes().to_vec())
                .bind(opening.organisation.as_bytes().to_vec())
                .bind(opening.person.as_bytes().to_vec())
                .bind(opening.unit.map(|unit| unit.as_bytes().to_vec()))
                .bind(opening.document.map(|id| id.as_bytes().to_vec()))
                .bind(opening.until)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    Ok(())
}

/// Publishes that the documents which these effects reach are to be considered anew. Returns the
/// feed's new head.
pub(super) async fn publish(
    connection: &mut Connection,
    effects: &[Effect],
    narrowing: &Narrowing,
    head: u64,
) -> Result<u64, StorageError> {
    let mut head = head;
    for effect in effects {
        let mut query = QueryBuilder::<Db>::new(
            "INSERT INTO feed (seq, event, document_id, item_hash, audience_id) SELECT ",
        );
        query.push_bind(convert::number(head));
        query.push(" + row_number() OVER (ORDER BY d.id), ");
        query.push_bind(What::Reconsider.number());
        query.push(", d.id, NULL, ");
        let block = match effect {
            Effect::Block(block) => Some(block),
            Effect::Lift(lift) => narrowing.block(lift.block),
            Effect::Opening(_) => None,
        };
        let (organisation, person) = match (effect, block) {
            (Effect::Opening(opening), _) => {
                query.push_bind(opening.user.as_bytes().to_vec());
                (opening.organisation, opening.person)
            }
            (_, Some(block)) => {
                query.push("NULL");
                (block.organisation, block.person)
            }
            // A lift that comes before its block: the block's own event says what is so.
            (_, None) => continue,
        };
        query.push(" FROM documents d WHERE d.class = 'health' AND d.person_id = ");
        query.push_bind(person.as_bytes().to_vec());
        query.push(" AND d.organisation_id = ");
        query.push_bind(organisation.as_bytes().to_vec());
        let unit = match (effect, block) {
            (Effect::Opening(opening), _) => opening.unit,
            (_, block) => block.map(|block| block.unit),
        };
        if let Some(unit) = unit {
            query.push(" AND d.unit_id = ");
            query.push_bind(unit.as_bytes().to_vec());
        }
        if let Effect::Opening(Opening {
            document: Some(document),
            ..
        }) = effect
        {
            query.push(" AND d.id = ");
            query.push_bind(document.as_bytes().to_vec());
        }
        // What was destroyed is gone for everybody, and is not asked about any more.
        query.push(
            " AND NOT EXISTS (SELECT 1 FROM destroyed_documents g WHERE g.document_id = d.id)",
        );
        let done = query.build().execute(&mut *connection).await?;
        head += done.rows_affected();
    }
    Ok(head)
}
