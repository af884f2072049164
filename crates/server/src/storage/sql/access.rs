//! A change of role or unit, as events in the feed.

use super::{Connection, Db, StorageError, convert, filter, lock_head, move_head};
use crate::storage::{RoleChange, narrowing::Sight, paging::What};
use hemrond_domain::ids::{UnitId, UserId};
use hemrond_policy::Readable;
use sqlx::QueryBuilder;

/// Changes the account and publishes what follows. Returns the feed's new head.
pub(super) async fn change_role(
    connection: &mut Connection,
    change: &RoleChange,
) -> Result<u64, StorageError> {
    let head = lock_head(connection).await?;
    let done = sqlx::query(
        "UPDATE users SET role = $2, unit_id = $3, access_version = access_version + 1 \
         WHERE id = $1 AND access_version = $4",
    )
    .bind(change.user.as_bytes().to_vec())
    .bind(change.role.as_str())
    .bind(change.unit.as_bytes().to_vec())
    .bind(change.access_version)
    .execute(&mut *connection)
    .await?;
    // What was readable before was worked out for another state of the account.
    if done.rows_affected() == 0 {
        return Err(StorageError::AccessChanged);
    }
    let gained = Gap {
        user: change.user,
        inside: (&change.after, Right::Now),
        outside: (&change.before, Right::Now),
        unheard_in: (change.before.unit != change.after.unit).then_some(change.after.unit),
    };
    let head = publish(connection, change.user, What::Whole, &gained, head).await?;
    let lost = Gap {
        user: change.user,
        // What was open in an emergency is lost with the role too, so blocks are left aside here; a
        // tablet that never had a document lets go of nothing.
        inside: (&change.before, Right::Base),
        outside: (&change.after, Right::Now),
        unheard_in: None,
    };
    let head = publish(connection, change.user, What::Gone, &lost, head).await?;
    move_head(connection, head).await?;
    Ok(head)
}

/// How much of a right to read is meant.
#[derive(Clone, Copy)]
enum Right {
    /// As far as role and unit go.
    Base,
    /// Blocks taken off, and openings left aside: they end by themselves.
    Now,
}

/// The documents that are in one right to read and not in the other.
struct Gap<'a> {
    user: UserId,
    inside: (&'a Readable, Right),
    outside: (&'a Readable, Right),
    /// The unit in which the user is new: a lift behind which their tablet still stands concerned it as
    /// another unit's, and from now on it would pass it by as its own. So what was ever to be
    /// considered anew there is in the gap too.
    unheard_in: Option<UnitId>,
}

impl Gap<'_> {
    fn condition(&self, query: &mut QueryBuilder<Db>) {
        self.right(query, self.inside);
        query.push(" AND (NOT COALESCE(");
        self.right(query, self.outside);
        // A document without a unit makes the comparison of units unknown, which is no.
        query.push(", 1 = 0)");
        if let Some(unit) = self.unheard_in {
            query.push(" OR (d.unit_id = ");
            query.push_bind(unit.as_bytes().to_vec());
            query.push(
                " AND EXISTS (SELECT 1 FROM feed f WHERE f.event = 5 AND f.document_id = d.id))",
            );
        }
        query.push(")");
    }

    fn right(&self, query: &mut QueryBuilder<Db>, (readable, right): (&Readable, Right)) {
        match right {
            Right::Base => filter::base(query, readable),
            Right::Now => {
                let sight = Sight {
                    user: self.user,
                    unit: readable.unit,
                    now: i64::MAX,
                };
                filter::seen(query, readable, &sight);
            }
        }
    }
}

async fn publish(
    connection: &mut Connection,
    user: UserId,
    what: What,
    gap: &Gap<'_>,
    head: u64,
) -> Result<u64, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO feed (seq, event, document_id, item_hash, audience_id) SELECT ",
    );
    query.push_bind(convert::number(head));
    query.push(" + row_number() OVER (ORDER BY d.id), ");
    query.push_bind(what.number());
    query.push(", d.id, NULL, ");
    query.push_bind(user.as_bytes().to_vec());
    query.push(" FROM documents d WHERE ");
    gap.condition(&mut query);
    let done = query.build().execute(connection).await?;
    Ok(head + done.rows_affected())
}
