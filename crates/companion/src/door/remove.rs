//! Taking a user from the tablet, and the encrypted copy that must come before while work is unsent.

use super::{
    Door, Inner,
    bring_back::{CopyKey, EXPORTS, MADE_AT, copy_database, write_key},
};
use crate::{
    api::{Exported, OfDoorUser, RemoveUser},
    failure::{Outcome, Problem},
    tablet::Unsent,
};
use hemrond_audit::Action;
use std::{fs, io};

impl Door {
    /// Copies a user's encrypted database and the key that is sealed to the server. Nobody reads
    /// either without the server's rescue key and a one-time code.
    pub(super) async fn export_user(
        &self,
        inner: &mut Inner,
        args: &OfDoorUser,
    ) -> Outcome<Exported> {
        self.mine_or_nobodys(inner, &args.user)?;
        let place = inner.index.place(&args.user)?;
        if place.rescue.is_empty() {
            return Err(Problem::new("door.no_rescue"));
        }
        let name = format!("{}-{}", self.world.clock.now().format(MADE_AT), place.id);
        let to = self.folder.join(EXPORTS).join(name);
        let from = place.folder(&self.folder);
        let mut key = CopyKey {
            user: place.user,
            name: place.name.clone(),
            server: place.server.clone(),
            sealed_key: place.rescue.clone(),
            tablet: place.tablet.clone(),
            shut_out: place.shut.is_some_and(|shut| shut.why.is_shut_out()),
            unsent: place.unsent,
        };
        // A database that is open is not whole in its file alone.
        let open = inner.open.as_ref().filter(|opened| opened.id == args.user);
        let failed = |error: io::Error| Problem::new("export.failed").with("detail", error);
        fs::create_dir_all(&to).map_err(failed)?;
        match open {
            Some(opened) => {
                opened.companion.log_door(Action::Export, None).await?;
                let store = opened.companion.store();
                store.copy_to(&to.join("tablet.db")).await?;
                key.unsent = Some(opened.companion.unsent().await?);
            }
            None => copy_database(&from, &to).map_err(failed)?,
        }
        write_key(&to, &key).map_err(failed)?;
        inner.index.place_mut(&args.user)?.exported = true;
        inner.index.write(&self.folder)?;
        Ok(Exported {
            path: to.display().to_string(),
            items: key.unsent.map_or(0, |unsent| unsent.items),
        })
    }

    /// Takes a user from this tablet. A colleague's place is left alone, and unsent work goes only
    /// after it was exported and the warning was read.
    pub(super) async fn remove_user(&self, inner: &mut Inner, args: &RemoveUser) -> Outcome<()> {
        self.mine_or_nobodys(inner, &args.user)?;
        let open = inner.open.as_ref().filter(|opened| opened.id == args.user);
        let open = open.map(|opened| std::sync::Arc::clone(&opened.companion));
        let place = inner.index.place(&args.user)?;
        let unsent = match open {
            Some(companion) => Some(companion.unsent().await?),
            None => place.unsent,
        };
        if unsent != Some(Unsent::default()) {
            // Where nothing can ever open it again, a copy would be worth nothing either.
            let lost = place.rescue.is_empty() && place.shut.is_some();
            // Only what the server can open again is worth a copy.
            let told = match (unsent, place.rescue.is_empty()) {
                _ if lost => Problem::new("door.unsent_lost"),
                (Some(Unsent { items: 0, .. }), false) => Problem::new("door.unsent_log"),
                (Some(Unsent { items: 0, .. }), true) => Problem::new("door.unsent_log_only_sync"),
                (Some(Unsent { items, .. }), false) => {
                    Problem::new("door.unsent").with("unsent", items)
                }
                (Some(Unsent { items, .. }), true) => {
                    Problem::new("door.unsent_only_sync").with("unsent", items)
                }
                (None, _) => Problem::new("door.unsent_unknown"),
            };
            if !(place.exported || lost) || !args.confirmed {
                return Err(told);
            }
        }
        self.let_go_of(inner, &args.user).await?;
        let place = inner.index.place(&args.user)?.clone();
        inner.index.places.retain(|other| other.id != place.id);
        inner.index.write(&self.folder)?;
        self.erase_secret(&place.id).await?;
        place.remove_files(&self.folder)?;
        self.announce(inner);
        Ok(())
    }

    /// Whether somebody at this tablet may decide over a place: the one who is in, over their own;
    /// anybody, over one that nobody can open.
    fn mine_or_nobodys(&self, inner: &Inner, id: &str) -> Outcome<()> {
        let place = inner.index.place(id)?;
        let mine = Self::who_is_in(inner).is_ok_and(|who| who == id);
        if mine || place.shut.is_some() {
            Ok(())
        } else {
            Err(Problem::new("door.not_yours"))
        }
    }
}
