//! Accounts, units and the directory document that tells tablets about them.
//!
//! The tables decide who may do what; the directory is what colleagues read. Both are changed here
//! together, tables first: a directory that lags behind is mended by the next change.

use crate::{
    authoring::{self, AuthoringError},
    environment::{Chance, Clock},
    storage::{Account, Asker, NewDevice, Organisation, Storage, StorageError, Unit},
};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, RowId, UnitId, UserId},
    people::{Role, User},
    record::Header,
};
use hemrond_policy::{Policy, Principal, Readable};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What the administration's commands work with.
pub struct Administration<'a> {
    /// Where everything is kept.
    pub storage: &'a dyn Storage,
    /// Who may do what.
    pub policy: &'a Policy,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Draws ids.
    pub chance: &'a dyn Chance,
}

/// The kinds of unit that the directory knows.
pub const UNIT_KINDS: [&str; 5] = [
    "mobile_team",
    "health_centre",
    "hemtjanst",
    "municipality_office",
    "other",
];

impl Administration<'_> {
    /// Adds an organisation, with the server's own account in it and its directory.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_organisation(
        &self,
        id: OrganisationId,
        name: &str,
    ) -> Result<Organisation, AuthoringError> {
        let organisation = Organisation {
            id,
            name: name.to_owned(),
        };
        self.storage.add_organisation(&organisation).await?;
        self.write(id, &[Edit::set("name", name)]).await?;
        Ok(organisation)
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_unit(&self, unit: &Unit) -> Result<(), AuthoringError> {
        self.storage.add_unit(unit).await?;
        let mut values = BTreeMap::from([
            ("name".to_owned(), Value::from(unit.name.as_str())),
            ("kind".to_owned(), Value::from(unit.kind.as_str())),
        ]);
        if !unit.phone.is_empty() {
            values.insert("phone".to_owned(), Value::from(unit.phone.as_str()));
        }
        let row = RowId::from_stored(*unit.id.as_bytes());
        self.write(unit.organisation, &[add_row("units", row, values)])
            .await
    }

    /// Adds an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_user(&self, user: &User, phone: &str) -> Result<(), AuthoringError> {
        self.storage.add_user(user).await?;
        let mut values = BTreeMap::from([
            ("name".to_owned(), Value::from(user.name.as_str())),
            ("role".to_owned(), Value::from(user.role.as_str())),
            ("unit".to_owned(), Value::from(user.unit.to_string())),
            ("active".to_owned(), Value::from(true)),
        ]);
        if !phone.is_empty() {
            values.insert("phone".to_owned(), Value::from(phone));
        }
        let row = RowId::from_stored(*user.id.as_bytes());
        self.write(user.organisation, &[add_row("staff", row, values)])
            .await
    }

    /// Gives an account another role or unit; what follows for the right to read is published.
    ///
    /// # Errors
    /// When there is no such account or the database fails.
    pub async fn change_role(
        &self,
        user: UserId,
        role: Role,
        unit: UnitId,
    ) -> Result<(), AuthoringError> {
        let account = self
            .storage
            .user(user)
            .await?
            .ok_or_else(|| unknown_user(user))?;
        let before = Principal::from(&account.user);
        let after = Principal {
            role,
            unit,
            ..before
        };
        self.storage
            .change_role(&crate::storage::RoleChange {
                user,
                access_version: account.access_version,
                role,
                unit,
                before: self.policy.readable(&before),
                after: self.policy.readable(&after),
            })
            .await?;
        let user = User {
            role,
            unit,
            ..account.user
        };
        let organisation = user.organisation;
        self.tell(organisation, &[Account { user, ..account }])
            .await
    }

    /// Closes an account and shuts out its devices. Its name stays behind what it wrote.
    ///
    /// # Errors
    /// When there is no such account or the database fails.
    pub async fn deactivate(&self, user: UserId) -> Result<(), AuthoringError> {
        let account = self
            .storage
            .user(user)
            .await?
            .ok_or_else(|| unknown_user(user))?;
        self.storage.deactivate(user, self.clock.now_ms()).await?;
        let closed = Account {
            active: false,
            ..account
        };
        self.tell(closed.user.organisation, &[closed]).await
    }

    /// Ends a recovery: each tablet gives only its own again, and every directory says what the
    /// accounts say. Tablets have given back what an earlier life of this server told of roles and
    /// units; that the accounts have forgotten it counts.
    ///
    /// # Errors
    /// When the database fails. The recovery may be over by then; ending it again mends the rest.
    pub async fn end_recovery(&self) -> Result<(), AuthoringError> {
        self.storage.end_recovery().await?;
        let accounts = self.storage.users().await?;
        for organisation in self.storage.organisations().await? {
            let own = own_user(organisation.id);
            let its: Vec<Account> = accounts
                .iter()
                .filter(|one| one.user.organisation == organisation.id && one.user.id != own)
                .cloned()
                .collect();
            self.tell(organisation.id, &its).await?;
        }
        Ok(())
    }

    /// Has the directory say what accounts say. One that it does not know, because the server was ended between
    /// the account and its row, comes into it.
    async fn tell(
        &self,
        organisation: OrganisationId,
        accounts: &[Account],
    ) -> Result<(), AuthoringError> {
        let header = Header::directory(organisation);
        let rows = authoring::rows(self.storage, self.chance, &header, "staff").await?;
        let edits: Vec<Edit> = accounts.iter().flat_map(|one| told(one, &rows)).collect();
        if edits.is_empty() {
            return Ok(());
        }
        self.write(organisation, &edits).await
    }

    async fn write(
        &self,
        organisation: OrganisationId,
        edits: &[Edit],
    ) -> Result<(), AuthoringError> {
        let asker = self.own_account(organisation).await?;
        let header = Header::directory(organisation);
        let now = self.clock.now();
        authoring::edit(self.storage, self.chance, &asker, &header, now, edits).await
    }

    /// The server's own account in an organisation, made when it is first needed. Nobody can sign
    /// in as it: its device has no key and is shut out.
    async fn own_account(&self, organisation: OrganisationId) -> Result<Asker, StorageError> {
        let user = own_user(organisation);
        let device = DeviceId::from_stored(derived("device", organisation));
        if self.storage.user(user).await?.is_none() {
            let account = User {
                id: user,
                name: "Hemrond".to_owned(),
                role: Role::Administrator,
                organisation,
                unit: UnitId::from_stored(derived("unit", organisation)),
            };
            self.storage.add_user(&account).await?;
            let own = NewDevice {
                only_for: None,
                id: device,
                name: "hemrond-server".to_owned(),
                public_key: [0; 32],
            };
            self.storage
                .add_device(user, &own, self.clock.now_ms())
                .await?;
            self.storage
                .revoke_device(device, self.clock.now_ms())
                .await?;
        }
        Ok(Asker {
            user,
            device,
            run: *device.as_bytes(),
            access_version: 1,
            readable: nothing(organisation),
            now: self.clock.now_ms(),
        })
    }
}

/// What the directory says of an account.
fn told(account: &Account, rows: &BTreeSet<String>) -> Vec<Edit> {
    let user = &account.user;
    let row = RowId::from_stored(*user.id.as_bytes());
    let says = [
        ("role", Value::from(user.role.as_str())),
        ("unit", Value::from(user.unit.to_string())),
        ("active", Value::from(account.active)),
    ];
    if rows.contains(&row.to_string()) {
        let settle = |(field, value)| settled(row, field, value);
        return says.into_iter().map(settle).collect();
    }
    let name = ("name", Value::from(user.name.as_str()));
    let values = says.into_iter().chain([name]);
    let values = values.map(|(field, value)| (field.to_owned(), value));
    vec![add_row("staff", row, values.collect())]
}

/// An answer about a member of staff, whatever stands there. After a restore tablets may give back
/// what an earlier life of the server said, beside what this one says; the account decides.
fn settled(row: RowId, field: &str, value: Value) -> Edit {
    Edit::Settle {
        field: format!("staff/{row}/{field}"),
        value: Some(value),
        seen: Vec::new(),
    }
}

/// The id of the server's own account in an organisation.
#[must_use]
pub fn own_user(organisation: OrganisationId) -> UserId {
    UserId::from_stored(derived("user", organisation))
}

fn derived(what: &str, organisation: OrganisationId) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(b"hemrond server ");
    hash.update(what);
    hash.update([0]);
    hash.update(organisation.as_bytes());
    let digest = hash.finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// The right to read nothing: the server's own account writes only.
pub(crate) fn nothing(organisation: OrganisationId) -> Readable {
    Readable {
        organisation,
        kinds: Vec::new(),
        own_unit_kinds: Vec::new(),
        unit: UnitId::from_stored([0; 16]),
    }
}

fn unknown_user(user: UserId) -> StorageError {
    StorageError::Unknown {
        what: "account",
        name: user.to_string(),
    }
}

fn add_row(collection: &str, row: RowId, values: BTreeMap<String, Value>) -> Edit {
    Edit::AddRow {
        collection: collection.to_owned(),
        row,
        values,
    }
}
