//! `hemrond-server seed`.

use super::{CommandError, args::SeedArgs, enrol::code_for, say, today};
use crate::{
    directory::Administration,
    seed::{self, LOGINS, Plan},
    sign_in::SealingKey,
};
use serde_json::{Map, Value, json};

/// How long the printed codes can be used.
const VALID_HOURS: u32 = 24;

pub(super) async fn seed(
    administration: &Administration<'_>,
    args: &SeedArgs,
) -> Result<(), CommandError> {
    let today = args.today.unwrap_or_else(|| today(administration));
    let plan = Plan {
        today,
        persons: args.persons,
        visits: args.visits,
    };
    seed::seed(administration, plan).await?;
    if args.print_administrator
        && let Some(file) = &args.sign_in_key_file
    {
        let key = if file.exists() {
            SealingKey::read(file)?
        } else {
            let key = SealingKey::draw(administration.chance);
            key.write_new(file)?;
            key
        };
        let made = seed::administrator(administration, key).await?;
        say(json!({
            "login": made.login,
            "password": made.password,
            "totp": made.secret,
            "otpauth": made.url,
        }))?;
    }
    if args.print_codes {
        let mut codes = Map::new();
        for login in LOGINS {
            let account = seed::account(administration, login).await?;
            let code = code_for(administration, &account, VALID_HOURS).await?;
            codes.insert(login.to_owned(), Value::String(code));
        }
        say(Value::Object(codes))?;
    }
    Ok(())
}
