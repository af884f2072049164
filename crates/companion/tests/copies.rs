//! Removed with a copy, brought back, sent: nothing that Eva wrote is lost when she leaves a tablet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_companion::sync::transport::TransportError;
use serde_json::{Value, json};
use std::fs;
use support::{
    Day, Who,
    front::{Front, PIN},
};

const NEW_PIN: &str = "592817";

/// Has Eva write on a tablet without contact, and takes her from it with a copy.
async fn removed_with_a_copy(tablet: &Front) -> (Value, Value) {
    tablet.enrol(Who::Eva).await;
    tablet.ok("sync_now", json!({})).await;
    let astrid = tablet.astrid().await;
    tablet.write(&astrid, "Trött och ostadig.").await.unwrap();
    let eva = tablet.user(Who::Eva).await["id"].clone();
    let exported = tablet.ok("export_user", json!({ "user": eva })).await;
    assert!(exported["items"].as_u64().unwrap() > 0);
    let remove = json!({ "user": eva, "confirmed": true });
    tablet.ok("remove_user", remove).await;
    (eva, json!(astrid.visit))
}

async fn copies(tablet: &Front) -> Vec<Value> {
    let copies = tablet.ok("copies", json!({})).await;
    copies["copies"].as_array().unwrap().clone()
}

fn recover(user: &Value, who: Who) -> Value {
    json!({ "user": user, "code": who.code(), "pin": NEW_PIN })
}

/// AC22: what was unsent when Eva was taken from the tablet comes back with a new code, and is sent.
#[tokio::test]
async fn eva_is_removed_and_brought_back_and_what_she_wrote_is_sent() {
    let day = Day::new();
    day.exchange.rescues();
    let mut tablet = Front::new(&day).await;
    let (eva, visit) = removed_with_a_copy(&tablet).await;
    let found = copies(&tablet).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["name"], "Eva Lind");
    let copy = found[0]["copy"].clone();

    let unknown = json!({ "copy": "../users" });
    assert_eq!(tablet.fails("bring_back", unknown).await, "export.unknown");
    let door = tablet.ok("bring_back", json!({ "copy": copy })).await;
    assert_eq!(door["open"], Value::Null, "it is closed still");
    let user = tablet.user(Who::Eva).await;
    assert_eq!(
        (&user["id"], &user["state"], &user["rescuable"]),
        (&eva, &json!("copy"), &json!(true))
    );
    assert!(copies(&tablet).await.is_empty(), "once is enough");
    let again = json!({ "copy": copy });
    assert_eq!(tablet.fails("bring_back", again).await, "export.unknown");

    // It lasts, and neither the PIN from before nor anybody else's code opens it.
    tablet = tablet.restart().await;
    assert_eq!(tablet.unlock(Who::Eva, PIN).await.unwrap_err(), "door.copy");
    assert_eq!(
        tablet.fails("recover", recover(&eva, Who::Omar)).await,
        "enrol.other_user"
    );
    let door = tablet.ok("recover", recover(&eva, Who::Eva)).await;
    assert_eq!(door["open"], eva);
    let before = tablet.ok("status", json!({})).await;
    assert!(before["waiting"].as_u64().unwrap() > 0, "{before}");
    let page = tablet.ok("visit", json!({ "visit": visit })).await;
    assert!(page.to_string().contains("Trött och ostadig."), "{page}");
    let after = tablet.ok("sync_now", json!({})).await;
    assert_eq!(
        (&after["waiting"], &after["refused"]),
        (&json!(0), &json!(0))
    );
    tablet = tablet.restart().await;
    tablet.unlock(Who::Eva, NEW_PIN).await.unwrap();
}

/// AC22: the copy is carried to another tablet, where the server has to give the key for it too.
#[tokio::test]
async fn a_copy_is_brought_back_on_another_tablet() {
    let day = Day::new();
    day.exchange.rescues();
    let old = Front::new(&day).await;
    let (eva, _) = removed_with_a_copy(&old).await;
    let name = copies(&old).await[0]["copy"].as_str().unwrap().to_owned();
    let new = Front::new(&day).await;
    assert!(copies(&new).await.is_empty());
    let (from, to) = (
        old.folder.path().join("exports").join(&name),
        new.folder.path().join("exports").join(&name),
    );
    fs::create_dir_all(&to).unwrap();
    fs::copy(from.join("tablet.db"), to.join("tablet.db")).unwrap();
    assert!(copies(&new).await.is_empty(), "it is not whole yet");
    fs::copy(from.join("key.json"), to.join("key.json")).unwrap();
    new.ok("bring_back", json!({ "copy": name })).await;
    new.ok("recover", recover(&eva, Who::Eva)).await;
    let status = new.ok("sync_now", json!({})).await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
}

/// AC22: a tablet that the server had shut out goes on as another.
#[tokio::test]
async fn a_copy_of_a_tablet_that_was_shut_out_is_sent_too() {
    let day = Day::new();
    day.exchange.rescues();
    let tablet = Front::new(&day).await;
    tablet.enrol(Who::Eva).await;
    tablet.astrid().await;
    let shut_out = TransportError::Rejected("device.revoked".to_owned());
    tablet.exchange.fail([shut_out]);
    assert_eq!(tablet.fails("sync_now", json!({})).await, "door.revoked");
    let eva = tablet.user(Who::Eva).await["id"].clone();
    tablet.ok("export_user", json!({ "user": eva })).await;
    let remove = json!({ "user": eva, "confirmed": true });
    tablet.ok("remove_user", remove).await;
    let copy = copies(&tablet).await[0]["copy"].clone();
    let shut_out = fs::read_to_string(
        tablet
            .folder
            .path()
            .join("exports")
            .join(copy.as_str().unwrap())
            .join("key.json"),
    );
    assert!(shut_out.unwrap().contains("\"shut_out\":true"));
    tablet.ok("bring_back", json!({ "copy": copy })).await;
    tablet.ok("recover", recover(&eva, Who::Eva)).await;
    let status = tablet.ok("sync_now", json!({})).await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
}
