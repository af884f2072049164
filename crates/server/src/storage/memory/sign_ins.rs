//! How people sign in.

use super::{Call, Process, state::State};
use crate::storage::{Account, Chosen, Invitation, Second, SignIn, SignIns, StorageError};
use async_trait::async_trait;
use hemrond_domain::ids::UserId;
use std::collections::BTreeMap;

/// The two tables of sign-ins.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    by_user: BTreeMap<UserId, Row>,
    /// By SHA-256: whose, and when it was used.
    recovery: BTreeMap<[u8; 32], (UserId, Option<i64>)>,
}

#[derive(Debug, Clone)]
struct Row {
    sign_in: SignIn,
    setup_sha256: Option<[u8; 32]>,
}

impl Table {
    fn row(&mut self, user: UserId) -> &mut Row {
        self.by_user.entry(user).or_insert_with(|| Row {
            sign_in: SignIn {
                user,
                login: None,
                password: None,
                totp: None,
                last_step: 0,
                failures: 0,
                failed_at: 0,
                external_id: None,
                setup_expires_at: None,
            },
            setup_sha256: None,
        })
    }
}

fn find(
    state: &State,
    is_it: impl Fn(&Row) -> bool,
) -> Result<Option<(SignIn, Account)>, StorageError> {
    let Some(row) = state.sign_ins.by_user.values().find(|row| is_it(row)) else {
        return Ok(None);
    };
    let account = state
        .users
        .get(&row.sign_in.user)
        .ok_or(StorageError::Damaged("a sign-in belongs to nobody"))?;
    Ok(Some((row.sign_in.clone(), account.clone())))
}

#[async_trait]
impl SignIns for Process {
    async fn invite(&self, invitation: &Invitation) -> Result<(), StorageError> {
        self.write_accounts(Call::Invite, |state| {
            if !state.users.contains_key(&invitation.user) {
                return Err(StorageError::Constraint(
                    "the invitation's account is unknown",
                ));
            }
            let mut others = state.sign_ins.by_user.values();
            if others.any(|row| {
                row.sign_in.user != invitation.user
                    && (row.setup_sha256 == Some(invitation.code_sha256)
                        || (invitation.login.is_some() && row.sign_in.login == invitation.login))
            }) {
                return Err(StorageError::Constraint(TAKEN));
            }
            let row = state.sign_ins.row(invitation.user);
            if invitation.login.is_some() {
                row.sign_in.login.clone_from(&invitation.login);
            }
            row.setup_sha256 = Some(invitation.code_sha256);
            row.sign_in.setup_expires_at = Some(invitation.expires_at);
            if invitation.reset {
                row.sign_in.password = None;
                row.sign_in.totp = None;
                row.sign_in.failures = 0;
                let user = invitation.user;
                state
                    .sign_ins
                    .recovery
                    .retain(|_, (whose, _)| *whose != user);
                state.sessions.retain(|_, session| session.user != user);
            }
            Ok(())
        })
        .await
    }

    async fn sign_ins(&self) -> Result<Vec<SignIn>, StorageError> {
        Ok(self
            .read(Call::SignIn, |state| {
                let all = state.sign_ins.by_user.values();
                all.map(|row| row.sign_in.clone()).collect()
            })
            .await)
    }

    async fn sign_in_by_login(
        &self,
        login: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        self.read(Call::SignIn, |state| {
            find(state, |row| row.sign_in.login.as_deref() == Some(login))
        })
        .await
    }

    async fn sign_in_by_external_id(
        &self,
        external_id: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        self.read(Call::SignIn, |state| {
            find(state, |row| {
                row.sign_in.external_id.as_deref() == Some(external_id)
            })
        })
        .await
    }

    async fn sign_in_by_setup(
        &self,
        code_sha256: [u8; 32],
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        self.read(Call::SignIn, |state| {
            find(state, |row| row.setup_sha256 == Some(code_sha256))
        })
        .await
    }

    async fn set_external_id(
        &self,
        user: UserId,
        external_id: Option<&str>,
    ) -> Result<(), StorageError> {
        self.write_accounts(Call::SetExternalId, |state| {
            if !state.users.contains_key(&user) {
                return Err(StorageError::Constraint("the account is unknown"));
            }
            let mut others = state.sign_ins.by_user.values();
            if external_id.is_some()
                && others.any(|row| {
                    row.sign_in.user != user && row.sign_in.external_id.as_deref() == external_id
                })
            {
                return Err(StorageError::Constraint(TAKEN));
            }
            state.sign_ins.row(user).sign_in.external_id = external_id.map(str::to_owned);
            Ok(())
        })
        .await
    }

    async fn choose(&self, chosen: &Chosen) -> Result<bool, StorageError> {
        self.write_accounts(Call::Choose, |state| {
            let mut rows = state.sign_ins.by_user.values_mut();
            let Some(row) = rows.find(|row| {
                row.setup_sha256 == Some(chosen.code_sha256)
                    && row.sign_in.setup_expires_at >= Some(chosen.now)
            }) else {
                return Ok(false);
            };
            row.setup_sha256 = None;
            row.sign_in.setup_expires_at = None;
            row.sign_in.password = Some(chosen.password.clone());
            row.sign_in.totp = Some(chosen.totp.clone());
            row.sign_in.last_step = chosen.step;
            row.sign_in.failures = 0;
            let user = row.sign_in.user;
            let recovery = &mut state.sign_ins.recovery;
            recovery.retain(|_, (whose, _)| *whose != user);
            recovery.extend(chosen.recovery.iter().map(|code| (*code, (user, None))));
            state.sessions.retain(|_, session| session.user != user);
            Ok(true)
        })
        .await
    }

    async fn begin_try(&self, user: UserId, failures: i64, now: i64) -> Result<bool, StorageError> {
        self.write(Call::BeginTry, |state| {
            let row = state.sign_ins.by_user.get_mut(&user);
            let Some(row) = row.filter(|row| row.sign_in.failures == failures) else {
                return Ok(false);
            };
            row.sign_in.failures += 1;
            row.sign_in.failed_at = now;
            Ok(true)
        })
        .await
    }

    async fn use_second(
        &self,
        user: UserId,
        second: Second,
        now: i64,
    ) -> Result<bool, StorageError> {
        self.write_accounts(Call::UseSecond, |state| {
            let Some(row) = state.sign_ins.by_user.get_mut(&user) else {
                return Ok(false);
            };
            match second {
                Second::Step(step) => {
                    if row.sign_in.last_step >= step {
                        return Ok(false);
                    }
                    row.sign_in.last_step = step;
                }
                Second::Recovery(code) => match state.sign_ins.recovery.get_mut(&code) {
                    Some((whose, used @ None)) if *whose == user => *used = Some(now),
                    _ => return Ok(false),
                },
            }
            row.sign_in.failures = 0;
            Ok(true)
        })
        .await
    }

    async fn rehash(&self, user: UserId, before: &str, after: &str) -> Result<(), StorageError> {
        self.write(Call::Rehash, |state| {
            if let Some(row) = state.sign_ins.by_user.get_mut(&user)
                && row.sign_in.password.as_deref() == Some(before)
            {
                row.sign_in.password = Some(after.to_owned());
            }
            Ok(())
        })
        .await
    }

    async fn recovery_left(&self, user: UserId) -> Result<u64, StorageError> {
        Ok(self
            .read(Call::SignIn, |state| {
                let all = state.sign_ins.recovery.values();
                all.filter(|(whose, used)| *whose == user && used.is_none())
                    .fold(0, |sum, _| sum + 1)
            })
            .await)
    }
}

/// A name that somebody else has.
const TAKEN: &str = "somebody else has this name or code already";
