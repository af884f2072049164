//! Tells Tauri where the app's capabilities lie, and which commands there are: a command that is
//! named here may be called only where a capability allows it.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&["call", "painted"]);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error=tauri-build: {error:#}");
    }
}
