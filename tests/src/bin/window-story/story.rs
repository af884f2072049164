//! The story itself, step by step.

use crate::{Told, stage::Stage, window::Window};
use hemrond_tests::PIN;
use serde_json::json;

/// What Eva writes before the battery dies.
const NOTE: &str = "Trött och ostadig. Har ätit lite sedan i fredags.";

const PLAN: &str = "Ny kontroll på onsdag.";

const WORDS: &str = "Gick ostadigt till köket, åt nästan inget.";

const DOCTORS_NOTE: &str = "Sätt ut propiomazin. Jag ringer dottern i dag.";

const LATE: &str = "Blodtryck stående tas nästa gång.";

/// Counts the steps and says which one is being told.
struct Teller(u32);

impl Teller {
    fn step(&mut self, what: &str) {
        self.0 += 1;
        println!("{:2}. {what}", self.0);
    }
}

pub(crate) async fn tell(stage: &Stage) -> Told<u32> {
    let mut teller = Teller(0);

    teller.step("Eva enrols her tablet with a one-time code and sees today's round");
    let eva = Window::open(stage, "eva").await?;
    eva.write("[data-testid=enrol-server]", stage.address())
        .await?;
    eva.write("[data-testid=enrol-code]", stage.code("eva")?)
        .await?;
    eva.write("[data-testid=enrol-tablet]", "Evas platta")
        .await?;
    eva.write("[data-testid=enrol-pin]", PIN).await?;
    eva.write("[data-testid=enrol-pin-again]", PIN).await?;
    eva.tap("[data-testid=enrol-submit]").await?;
    eva.go("#/round").await?;
    eva.see("[data-testid=round-row]").await?;
    eva.picture(stage, "01-round").await?;

    for who in ["omar", "stina", "anna"] {
        stage.enrol(who)?;
    }
    let (visit, person) = a_planned_visit(stage)?;
    let omar = Window::open_unlocked(stage, "omar").await?;
    let stina = Window::open_unlocked(stage, "stina").await?;

    teller.step("all three lose coverage");
    for window in [&eva, &omar, &stina] {
        window.go("#/sync").await?;
        window.tap("[data-testid=offline-switch]").await?;
        window.reads("[data-testid=status-line]", "Offline").await?;
    }

    teller.step("Eva writes in the visit; her battery dies; nothing is lost");
    eva.go(&format!("#/visit/{visit}")).await?;
    eva.write("[data-testid=visit-note]", NOTE).await?;
    eva.tap("[data-testid=cfs-level-6]").await?;
    eva.until(
        "the note and the classification are kept",
        "document.querySelector('[data-testid=cfs-scale] [data-testid=save-mark][data-state=kept]') !== null
         && document.querySelector('[data-testid=section-note] :is([data-state=typing], [data-state=saving], [data-state=failed])') === null",
    )
    .await?;
    eva.picture(stage, "02-offline-visit").await?;
    eva.kill();
    let eva = Window::open_unlocked(stage, "eva").await?;
    eva.go(&format!("#/visit/{visit}")).await?;
    eva.until(
        "the note is there again",
        &format!(
            "document.querySelector('[data-testid=visit-note]')?.value === {}",
            json!(NOTE)
        ),
    )
    .await?;

    teller.step("Omar answers the same field differently and writes the plan");
    omar.go(&format!("#/visit/{visit}")).await?;
    omar.tap("[data-testid=cfs-level-5]").await?;
    omar.write("[data-testid=visit-plan]", PLAN).await?;
    omar.until(
        "the plan is kept",
        "[...document.querySelectorAll('[data-testid=save-mark]')].some((e) => e.innerText.includes('urfplattan'))",
    )
    .await?;

    teller.step("Stina logs \"unsteady, ate little\"");
    stina.go(&format!("#/observe/{person}")).await?;
    for tile in ["gait", "food_drink"] {
        stina.tap(&format!("[data-testid=observe-{tile}]")).await?;
        stina.tap("[data-testid=degree-worse]").await?;
    }
    stina.write("[data-testid=observe-words]", WORDS).await?;
    stina.picture(stage, "03-observation").await?;
    stina.tap("[data-testid=observe-done]").await?;
    stina.see("[data-testid=observation-kept]").await?;
    stina.picture(stage, "04-observation-kept").await?;

    teller.step("all come back into coverage");
    for window in [&eva, &omar, &stina] {
        window.go("#/sync").await?;
        window.tap("[data-testid=offline-switch]").await?;
        window
            .reads("[data-testid=status-line]", "på servern")
            .await?;
    }

    teller.step("the different answers are shown side by side and settled");
    eva.go(&format!("#/visit/{visit}")).await?;
    eva.see("[data-testid=disagreement]").await?;
    eva.reads("[data-testid=disagreement]", "Omar Haddad")
        .await?;
    eva.show("[data-testid=disagreement]").await?;
    eva.picture(stage, "05-disagreement").await?;
    eva.tap("[data-testid=take-candidate-0]").await?;
    eva.see("[data-testid=settlement]").await?;
    eva.show("[data-testid=settlements]").await?;
    eva.picture(stage, "06-settled").await?;
    omar.go(&format!("#/visit/{visit}")).await?;
    omar.see("[data-testid=settlement]").await?;

    teller.step("Omar loses coverage again, with the visit open");
    omar.go("#/sync").await?;
    omar.tap("[data-testid=offline-switch]").await?;
    omar.reads("[data-testid=status-line]", "Offline").await?;

    teller.step("Eva signs");
    eva.tap("[data-testid=sign]").await?;
    eva.tap("[data-testid=sign-confirm]").await?;
    eva.see("[data-testid=signature]").await?;
    eva.reads("[data-testid=status-line]", "på servern").await?;
    eva.show("[data-testid=signature]").await?;
    eva.picture(stage, "07-signed").await?;

    teller.step("Dr Berg reads it all and adds a note");
    let anna = Window::open_unlocked(stage, "anna").await?;
    anna.go(&format!("#/reading/{person}")).await?;
    anna.reads("main", "ostadig").await?;
    anna.reads("main", WORDS).await?;
    anna.picture(stage, "08-reading").await?;
    anna.go(&format!("#/visit/{visit}")).await?;
    anna.write("[data-testid=note-input]", DOCTORS_NOTE).await?;
    anna.tap("[data-testid=note-add]").await?;
    anna.reads("[data-testid=note]", DOCTORS_NOTE).await?;
    anna.picture(stage, "09-doctors-note").await?;

    teller.step("Eva sees the doctor's note, and that it was read");
    eva.reads("[data-testid=note]", DOCTORS_NOTE).await?;
    eva.reads("[data-testid=whereabouts]", "Anna Berg").await?;
    eva.show("[data-testid=note]").await?;
    eva.picture(stage, "10-note-seen").await?;

    teller.step("Omar's late edit appears as an addition to the signed visit");
    omar.go(&format!("#/visit/{visit}")).await?;
    omar.write("[data-testid=visit-plan]", &format!(" {LATE}"))
        .await?;
    omar.until(
        "the plan is kept",
        "[...document.querySelectorAll('[data-testid=save-mark]')].some((e) => e.innerText.includes('urfplattan'))",
    )
    .await?;
    omar.go("#/sync").await?;
    omar.tap("[data-testid=offline-switch]").await?;
    omar.reads("[data-testid=status-line]", "på servern")
        .await?;
    eva.see("[data-testid=addition]").await?;
    eva.reads("[data-testid=addition]", "Omar Haddad").await?;
    eva.show("[data-testid=addition]").await?;
    eva.picture(stage, "11-addition").await?;

    for window in [eva, omar, stina, anna] {
        window.close().await;
    }
    Ok(teller.0)
}

/// A visit of today that nobody has begun, from the round as Omar's tablet shows it.
fn a_planned_visit(stage: &Stage) -> Told<(String, String)> {
    let round = stage.ask_unlocked("omar", "round", json!({}))?;
    let rows = round["rows"].as_array().ok_or("the round has no rows")?;
    let row = rows
        .iter()
        .find(|row| row["state"] == "planned" && row["acute"] == false)
        .ok_or("nothing is planned today")?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    text(&row["visit"])
        .zip(text(&row["person"]["id"]))
        .ok_or("the row is incomplete".to_owned())
}
