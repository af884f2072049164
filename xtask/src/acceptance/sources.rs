//! The files that tests stand in, and what each is called where tests are run.

use super::scan::{self, Found, Named};
use crate::{error::Error, project::Project};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Who runs a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Runner {
    /// cargo-nextest.
    Rust {
        /// The package.
        package: String,
        /// The program that holds the test, as nextest names it; none where it is the package's
        /// own library or program.
        binary: Option<String>,
    },
    /// Playwright: the interface in a browser.
    Browser,
    /// Vitest: the interface's parts.
    Parts,
}

/// A test that names criteria, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) named: Named,
    pub(super) runner: Runner,
    /// Its file, from the project's folder.
    pub(super) file: String,
}

/// Every test of the project that names a criterion, and the lines that name one where no test is.
pub(super) fn scan(project: &Project) -> Result<(Vec<Test>, Vec<String>), Error> {
    let mut all = Scanned::default();
    for package in packages(project)? {
        all.rust(project, &package)?;
    }
    let browser = files(&project.browser_tests().join("stories"), ".spec.ts")?;
    all.scripts(project, &browser, &Runner::Browser)?;
    for folder in ["src", "tests"] {
        let parts = files(&project.ui().join(folder), ".test.ts")?;
        all.scripts(project, &parts, &Runner::Parts)?;
    }
    Ok((all.tests, all.faults))
}

#[derive(Default)]
struct Scanned {
    tests: Vec<Test>,
    faults: Vec<String>,
}

impl Scanned {
    fn rust(&mut self, project: &Project, package: &Path) -> Result<(), Error> {
        let manifest = read(&package.join("Cargo.toml"))?;
        let Some(name) = package_name(&manifest) else {
            return Err(Error::Missing(format!(
                "{} names no package",
                project.told(&package.join("Cargo.toml"))
            )));
        };
        for folder in ["src", "src-tauri/src", "tests"] {
            // The package of the tests across the crates lies in a folder of that name itself.
            let below = package.join(folder);
            for path in files(&below, ".rs")? {
                let inside = path.strip_prefix(&below).unwrap_or(&path);
                let runner = runner(&name, folder == "tests", inside);
                let found = scan::rust(&read(&path)?);
                self.take(project, &path, found, &runner);
            }
        }
        Ok(())
    }

    fn scripts(
        &mut self,
        project: &Project,
        paths: &[PathBuf],
        runner: &Runner,
    ) -> Result<(), Error> {
        for path in paths {
            let found = scan::script(&read(path)?);
            self.take(project, path, found, runner);
        }
        Ok(())
    }

    fn take(&mut self, project: &Project, path: &Path, found: Found, runner: &Runner) {
        let file = project.told(path);
        for named in found.tests {
            self.tests.push(Test {
                named,
                runner: runner.clone(),
                file: file.clone(),
            });
        }
        for fault in found.faults {
            self.faults.push(format!("{file}: {fault}"));
        }
    }
}

/// The folders of the packages whose tests can prove something about the product. This program's
/// own tests are about the project.
fn packages(project: &Project) -> Result<Vec<PathBuf>, Error> {
    let mut packages: Vec<PathBuf> = entries(&project.root().join("crates"))?;
    packages.retain(|folder| folder.join("Cargo.toml").is_file());
    packages.push(project.root().join("tests"));
    packages.push(project.root().join("fuzz"));
    Ok(packages)
}

/// The `name` of a manifest's `[package]`.
fn package_name(manifest: &str) -> Option<String> {
    let (_, package) = manifest.split_once("[package]")?;
    let line = package.lines().find(|line| line.starts_with("name"))?;
    Some(line.split('"').nth(1)?.to_owned())
}

/// Who runs the tests in a file, by its place in the package.
fn runner(package: &str, is_story: bool, inside: &Path) -> Runner {
    let first = inside.iter().next().unwrap_or_default();
    let program = Path::new(first).with_extension("");
    Runner::Rust {
        package: package.to_owned(),
        binary: is_story.then(|| format!("{package}::{}", program.display())),
    }
}

/// The files below a folder whose names end so, in the order of their names; none where there is no
/// such folder.
fn files(folder: &Path, ends: &str) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for path in entries(folder)? {
        if path.is_dir() && !path.ends_with("node_modules") {
            found.extend(files(&path, ends)?);
        } else if path.to_string_lossy().ends_with(ends) {
            found.push(path);
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let wrong = || folder.display().to_string();
    let mut paths = fs::read_dir(folder)
        .map_err(Error::io(wrong()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::io(wrong()))?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io(path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Runner, package_name, runner, scan};
    use crate::{
        acceptance::criteria::{self, PLACE},
        project::Project,
    };
    use std::path::Path;

    #[test]
    fn a_files_place_says_where_its_tests_are_run() {
        let story = |name: &str| Some(format!("hemrond-store::{name}"));
        for (is_story, inside, expected) in [
            (false, "lib.rs", None),
            (false, "tests/keys.rs", None),
            (true, "people.rs", story("people")),
            (true, "crashes/main.rs", story("crashes")),
            (true, "crashes/disk.rs", story("crashes")),
        ] {
            let expected = Runner::Rust {
                package: "hemrond-store".to_owned(),
                binary: expected,
            };
            let found = runner("hemrond-store", is_story, Path::new(inside));
            assert_eq!(found, expected, "{inside}");
        }
        let manifest = "[lib]\nname = \"other\"\n[package]\nname = \"hemrond-store\"\n";
        assert_eq!(package_name(manifest).as_deref(), Some("hemrond-store"));
    }

    #[test]
    fn what_the_projects_tests_name_is_in_the_list() {
        let (tests, faults) = Project::find()
            .and_then(|project| scan(&project))
            .unwrap_or_default();
        assert_eq!(faults, [] as [String; 0], "no test follows these lines");
        let criteria = criteria::read(include_str!("../../../docs/acceptance.md"));
        let criteria = criteria.unwrap_or_default();
        for test in &tests {
            for number in &test.named.numbers {
                assert!(
                    criteria.contains_key(number),
                    "{} names AC{number}, which is not in {PLACE}",
                    test.file
                );
            }
        }
        assert!(tests.len() > 5, "only {} were found", tests.len());
    }
}
