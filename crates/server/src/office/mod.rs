//! What an administrator may do, at the pages and at the command line alike: with the checks that
//! the law asks for, and with a record of who did it.

mod act;
mod logged;

pub use act::Act;
pub(crate) use logged::OPERATOR;

use crate::{
    authoring::AuthoringError,
    credential::draw_code,
    directory::{Administration, own_user},
    review,
    sign_in::first::invitation,
    storage::{Account, AdminEvent, LogReview, RoleAnalysis, SignIn, StorageError, Unit},
};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId},
    people::{Role, User},
};

/// How long a tablet's one-time code can be used if nobody says otherwise, in hours.
pub const TABLET_CODE_HOURS: u32 = 24;

/// Why an act of administration was not done. Each tells what to do.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Nobody has weighed what the role needs against what it risks.
    #[error(
        "the role {0} has no needs-and-risk analysis yet (HSLF-FS 2016:40, 4 kap. 2 §); enter its \
         number first, with 'hemrond-server roles analyse' or on the page of roles"
    )]
    NoAnalysis(Role),
    /// The account is closed.
    #[error("the account of {0} is closed; add a new one")]
    Closed(String),
    /// Somebody else has the name.
    #[error("somebody else signs in as \"{0}\" already; choose another name")]
    Taken(String),
    /// Who signs in shall not shut the door behind themselves.
    #[error("this is your own account; ask another administrator")]
    Own,
    /// There is none, or it is another organisation's.
    #[error("there is no such account, tablet or unit in your organisation")]
    Unknown,
    /// The directory or the database.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An invitation as it is shown, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The name under which the person signs in.
    pub login: String,
    /// The one-time code.
    pub code: String,
}

/// Administration by somebody: the one way to do an act with its checks and its record.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// Does it.
    pub administration: &'a Administration<'a>,
    /// Who does it; none at the command line.
    pub actor: Option<UserId>,
}

impl Office<'_> {
    /// Keeps what was done, and says it in the access log. Everything that is done or tried at the
    /// pages comes through here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(
        &self,
        organisation: OrganisationId,
        act: Act,
        target: &str,
    ) -> Result<(), StorageError> {
        let event = self.log(organisation, act, target, None).await?;
        self.administration.storage.add_admin_event(&event).await
    }

    /// Keeps that the extract for a person was made, and says it in the access log, where the person
    /// can read it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_extract(
        &self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<(), StorageError> {
        let target = person.to_string();
        let act = Act::ExtractMade;
        let event = self.log(organisation, act, &target, Some(person)).await?;
        self.administration.storage.add_admin_event(&event).await
    }

    /// Keeps what a review of a random sample found, as one of the organisation's, and names its
    /// content in the access log.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn keep_review(
        &self,
        organisation: OrganisationId,
        review: &LogReview,
    ) -> Result<(), StorageError> {
        let told = format!("{} {}", hex::encode(review.id), review::mark(review));
        self.log(organisation, Act::ReviewKept, &told, None).await?;
        review::keep(
            self.administration.storage,
            organisation,
            self.actor,
            review,
        )
        .await
    }

    /// Says an act in the system's and the access log.
    async fn log(
        &self,
        organisation: OrganisationId,
        act: Act,
        target: &str,
        person: Option<PersonId>,
    ) -> Result<AdminEvent, StorageError> {
        let event = AdminEvent {
            organisation,
            at: self.administration.clock.now_ms(),
            actor: self.actor,
            act: act.as_str().to_owned(),
            target: target.to_owned(),
        };
        let actor = self.actor.map(|actor| actor.to_string());
        tracing::info!(act = act.as_str(), target, actor, "administration");
        self.write_log(act, &event, person).await?;
        Ok(event)
    }

    /// Adds an account, if its role has been weighed.
    ///
    /// # Errors
    /// When it has not, or the database fails.
    pub async fn hire(&self, user: &User, phone: &str) -> Result<(), OfficeError> {
        self.weighed(user.organisation, user.role).await?;
        self.administration.add_user(user, phone).await?;
        let target = user.id.to_string();
        Ok(self
            .record(user.organisation, Act::UserAdded, &target)
            .await?)
    }

    /// Gives an account another role or unit, if the role has been weighed. Where it is signed in,
    /// it is signed out.
    ///
    /// # Errors
    /// When it has not, the account is one's own, or the database fails.
    pub async fn change_role(
        &self,
        account: &Account,
        role: Role,
        unit: UnitId,
    ) -> Result<(), OfficeError> {
        let user = &account.user;
        self.not_own(user.id)?;
        self.weighed(user.organisation, role).await?;
        self.administration.change_role(user.id, role, unit).await?;
        let mut target = format!("{} {} → {role}", user.id, user.role);
        if unit != user.unit {
            target.push_str(&format!(", → {unit}"));
        }
        Ok(self
            .record(user.organisation, Act::RoleChanged, &target)
            .await?)
    }

    /// Closes an account and shuts out its tablets. Where it is signed in, it is signed out.
    ///
    /// # Errors
    /// When the account is one's own, or the database fails.
    pub async fn close(&self, account: &Account) -> Result<(), OfficeError> {
        let user = &account.user;
        self.not_own(user.id)?;
        self.administration.deactivate(user.id).await?;
        let target = user.id.to_string();
        Ok(self
            .record(user.organisation, Act::UserClosed, &target)
            .await?)
    }

    /// Invites somebody to choose a password, under a name or one made of theirs. With `reset`,
    /// what they sign in with today ends at once.
    ///
    /// # Errors
    /// When the account is closed, the name is taken, or the database fails.
    pub async fn invite(
        &self,
        account: &Account,
        login: Option<&str>,
        reset: bool,
    ) -> Result<Invited, OfficeError> {
        if !account.active {
            return Err(OfficeError::Closed(account.user.name.clone()));
        }
        let user = account.user.id;
        // Whoever sits down at a colleague's open page would choose a password of their own.
        self.not_own(user)?;
        let all = self.administration.storage.sign_ins().await?;
        let has_password = |one: &SignIn| one.user == user && one.password.is_some();
        let reset = reset || all.iter().any(has_password);
        let login = login_for(account, login, &all);
        let Administration { clock, chance, .. } = *self.administration;
        let (invitation, code) = invitation(user, Some(login.clone()), reset, clock, chance);
        match self.administration.storage.invite(&invitation).await {
            Err(StorageError::Constraint(_)) => return Err(OfficeError::Taken(login)),
            done => done?,
        }
        let act = if reset { Act::Reset } else { Act::Invited };
        self.record(account.user.organisation, act, &user.to_string())
            .await?;
        Ok(Invited { login, code })
    }

    /// Says how the identity provider names somebody; empty where it does not know them. The log says how they
    /// were named before.
    ///
    /// # Errors
    /// When somebody else is named so, the account is one's own, or the database fails.
    pub async fn name_card(&self, account: &Account, external: &str) -> Result<(), OfficeError> {
        let external = Some(external.trim()).filter(|name| !name.is_empty());
        let user = account.user.id;
        // With a card of their own on a colleague's account, and none on this, they would be somebody else.
        self.not_own(user)?;
        let all = self.administration.storage.sign_ins().await?;
        let before = all.into_iter().find(|one| one.user == user);
        let before = before.and_then(|one| one.external_id);
        match self
            .administration
            .storage
            .set_external_id(user, external)
            .await
        {
            Err(StorageError::Constraint(_)) => {
                return Err(OfficeError::Taken(external.unwrap_or_default().to_owned()));
            }
            done => done?,
        }
        let organisation = account.user.organisation;
        let [before, after] = [before.as_deref(), external].map(|name| name.unwrap_or("–"));
        let target = format!("{user} {before} → {after}");
        Ok(self.record(organisation, Act::CardNamed, &target).await?)
    }

    /// Draws a one-time code with which somebody enrols a tablet.
    ///
    /// # Errors
    /// When the account is closed or the database fails.
    pub async fn tablet_code(
        &self,
        account: &Account,
        valid_hours: u32,
    ) -> Result<String, OfficeError> {
        if !account.active {
            return Err(OfficeError::Closed(account.user.name.clone()));
        }
        let user = account.user.id;
        let code = draw_code(self.administration.chance);
        let expires = self.administration.clock.now_ms() + i64::from(valid_hours) * 3_600_000;
        let storage = self.administration.storage;
        storage.add_code(code.sha256, user, expires).await?;
        let organisation = account.user.organisation;
        self.record(organisation, Act::TabletCode, &user.to_string())
            .await?;
        Ok(code.text)
    }

    /// Shuts a tablet out.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn shut_out(
        &self,
        organisation: OrganisationId,
        device: DeviceId,
    ) -> Result<(), OfficeError> {
        let now = self.administration.clock.now_ms();
        if !self
            .administration
            .storage
            .revoke_device(device, now)
            .await?
        {
            return Err(OfficeError::Unknown);
        }
        Ok(self
            .record(organisation, Act::DeviceShutOut, &device.to_string())
            .await?)
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_unit(&self, unit: &Unit) -> Result<(), OfficeError> {
        self.administration.add_unit(unit).await?;
        Ok(self
            .record(unit.organisation, Act::UnitAdded, &unit.id.to_string())
            .await?)
    }

    /// Says which needs-and-risk analysis stands behind a role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyse(&self, analysis: &RoleAnalysis) -> Result<(), OfficeError> {
        let storage = self.administration.storage;
        storage.set_role_analysis(analysis).await?;
        Ok(self
            .record(
                analysis.organisation,
                Act::RoleAnalysed,
                &format!("{} {}", analysis.role, analysis.analysis),
            )
            .await?)
    }

    async fn weighed(&self, organisation: OrganisationId, role: Role) -> Result<(), OfficeError> {
        let storage = self.administration.storage;
        let analyses = storage.role_analyses(organisation).await?;
        if analyses.iter().any(|analysis| analysis.role == role) {
            Ok(())
        } else {
            Err(OfficeError::NoAnalysis(role))
        }
    }

    fn not_own(&self, user: UserId) -> Result<(), OfficeError> {
        if self.actor == Some(user) {
            return Err(OfficeError::Own);
        }
        Ok(())
    }
}

/// Whether an account is a person's, not the server's own.
#[must_use]
pub fn is_person(account: &Account) -> bool {
    account.user.id != own_user(account.user.organisation)
}

/// The name under which somebody is to sign in: the wanted one, what they have, or one made of theirs.
fn login_for(account: &Account, wanted: Option<&str>, all: &[SignIn]) -> String {
    if let Some(wanted) = wanted.map(crate::sign_in::normal).filter(|w| !w.is_empty()) {
        return wanted;
    }
    let own = all.iter().find(|one| one.user == account.user.id);
    if let Some(login) = own.and_then(|own| own.login.clone()) {
        return login;
    }
    let plain = login_of(&account.user.name);
    let is_free = |login: &String| all.iter().all(|one| one.login.as_ref() != Some(login));
    let mut numbered = (2..).map(|number: u32| format!("{plain}{number}"));
    if is_free(&plain) {
        plain
    } else {
        numbered.find(is_free).unwrap_or(plain)
    }
}

/// A sign-in name made of a person's: "Åsa Öberg-Lind" becomes "asa.oberg.lind".
fn login_of(name: &str) -> String {
    let mut login = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'å' | 'ä' | 'à' | 'á' => login.push('a'),
            'ö' | 'ø' | 'ó' => login.push('o'),
            'é' | 'è' | 'ê' | 'ë' => login.push('e'),
            'ü' | 'ú' => login.push('u'),
            'ç' | 'ć' | 'č' => login.push('c'),
            letter if letter.is_ascii_alphanumeric() => login.push(letter),
            _ if login.ends_with('.') || login.is_empty() => {}
            _ => login.push('.'),
        }
    }
    let login = login.trim_end_matches('.');
    if login.is_empty() { "user" } else { login }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_sign_in_name() {
        for (name, login) in [
            ("Per Dahl", "per.dahl"),
            ("Åsa Öberg-Lind", "asa.oberg.lind"),
            ("  Omar   Haddad ", "omar.haddad"),
            ("李", "user"),
        ] {
            assert_eq!(login_of(name), login);
        }
    }
}
