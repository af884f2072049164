//! What to install: decided from what was found, without touching anything.

use std::fmt;

/// What a command of the project needs of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build the interface.
    Interface,
    /// To build the programs and the window.
    Build,
    /// To show, drive and photograph windows without a screen.
    Windows,
    /// To run the tests.
    Tests,
    /// To check the types for Android.
    Android,
    /// To write bills of materials; no other command does.
    Bills,
    /// To measure.
    Measuring,
    /// To measure beside what others would use.
    Peers,
}

impl Need {
    /// Every one that building and testing take.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Interface,
        Self::Build,
        Self::Windows,
        Self::Tests,
        Self::Android,
    ];

    /// The Debian packages that it takes.
    pub(super) const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Interface | Self::Bills | Self::Peers => &[],
            Self::Measuring => &["zstd"],
            Self::Build => &[
                "build-essential",
                "pkg-config",
                "libssl-dev",
                "libwebkit2gtk-4.1-dev",
                "libdbus-1-dev",
                // Without any font a window shows boxes where an icon or a rare letter should be.
                "fonts-dejavu-core",
            ],
            Self::Windows => &[
                "webkit2gtk-driver",
                "xvfb",
                "xauth",
                "imagemagick",
                "xdotool",
            ],
            Self::Tests => &["chromium", "postgresql", "gnome-keyring", "dbus"],
            Self::Android => &["rustc-web", "cargo-web", "rust-web-src"],
        }
    }

    /// The tools that cargo installs for it.
    pub(super) const fn tools(self) -> &'static [Tool] {
        match self {
            Self::Tests => &[NEXTEST, DENY, AUDIT],
            Self::Bills => &[CYCLONEDX],
            _ => &[],
        }
    }
}

/// A tool that cargo installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tool {
    /// Its package, and the program's name.
    pub(crate) package: &'static str,
    /// The version that this toolchain builds; a newer one that is installed is as good.
    pub(crate) version: &'static str,
    /// Further options for its installation.
    pub(crate) options: &'static [&'static str],
}

/// The test runner.
pub(super) const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "0.9.143",
    options: &[],
};

/// Looks at licences and advisories. Its debug build is fast enough here, and is built far sooner.
const DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    options: &["--debug"],
};

/// Looks for known holes in the lock file.
const AUDIT: Tool = Tool {
    package: "cargo-audit",
    version: "0.22.2",
    options: &["--debug"],
};

/// Writes bills of materials.
const CYCLONEDX: Tool = Tool {
    package: "cargo-cyclonedx",
    version: "0.5.9",
    options: &["--debug"],
};

/// What a machine was found to have and to lack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether this is a Debian.
    pub(super) is_debian: bool,
    /// The Debian packages that are needed and not installed.
    pub(super) packages: Vec<&'static str>,
    /// Whether Debian's file that speaks of a system-wide PostgreSQL is there already.
    pub(super) cluster_decided: bool,
    /// The tools that are needed and not installed.
    pub(super) tools: Vec<Tool>,
    /// The main version of Node.js, where it is needed and there.
    pub(super) node: Option<u32>,
    /// The folders whose packages from npm are missing or older than their lock file.
    pub(super) node_folders: Vec<String>,
}

/// The oldest Node.js that the interface is built with.
const NODE: u32 = 20;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Keep PostgreSQL's installation from starting a server.
    NoSystemCluster,
    /// Fetch Debian's lists of packages.
    UpdatePackageLists,
    /// Install Debian packages.
    InstallPackages(Vec<&'static str>),
    /// Build and install a cargo tool.
    InstallCargoTool(Tool),
    /// Install a folder's packages from npm.
    InstallNodePackages(String),
    /// Something that a person must do.
    Tell(String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSystemCluster => f.write_str("keeps Debian from starting a PostgreSQL server"),
            Self::UpdatePackageLists => f.write_str("fetches Debian's lists of packages"),
            Self::InstallPackages(packages) => {
                write!(f, "installs the Debian packages {}", packages.join(", "))
            }
            Self::InstallCargoTool(tool) => {
                write!(
                    f,
                    "builds and installs {} {}; this takes minutes",
                    tool.package, tool.version
                )
            }
            Self::InstallNodePackages(folder) => {
                write!(f, "installs the packages of {folder}/ from npm")
            }
            Self::Tell(words) => f.write_str(words),
        }
    }
}

/// The steps, in the order in which they must be taken. None where nothing is missing.
pub(super) fn plan(found: &Found) -> Vec<Step> {
    let mut steps = Vec::new();
    if !found.packages.is_empty() {
        if found.is_debian {
            if found.packages.contains(&"postgresql") && !found.cluster_decided {
                steps.push(Step::NoSystemCluster);
            }
            steps.push(Step::UpdatePackageLists);
            steps.push(Step::InstallPackages(found.packages.clone()));
        } else {
            steps.push(Step::Tell(format!(
                "this is not a Debian; install what these Debian packages hold: {}",
                found.packages.join(", ")
            )));
        }
    }
    for tool in &found.tools {
        steps.push(Step::InstallCargoTool(*tool));
    }
    if !found.node_folders.is_empty() {
        match found.node {
            Some(version) if version >= NODE => {}
            Some(version) => steps.push(Step::Tell(format!(
                "Node.js {version} is too old; install version {NODE} or newer"
            ))),
            None => steps.push(Step::Tell(format!(
                "there is no Node.js; install version {NODE} or newer, with npm"
            ))),
        }
        for folder in &found.node_folders {
            steps.push(Step::InstallNodePackages(folder.clone()));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::{Found, NEXTEST, Step, plan};

    fn complete() -> Found {
        Found {
            is_debian: true,
            node: Some(20),
            ..Found::default()
        }
    }

    #[test]
    fn a_machine_that_has_everything_is_left_alone() {
        assert_eq!(plan(&complete()), []);
    }

    #[test]
    fn only_what_is_missing_is_installed_after_one_update() {
        let found = Found {
            packages: vec!["xvfb", "libssl-dev"],
            ..complete()
        };
        assert_eq!(
            plan(&found),
            [
                Step::UpdatePackageLists,
                Step::InstallPackages(vec!["xvfb", "libssl-dev"]),
            ]
        );
    }

    #[test]
    fn postgresql_never_comes_with_a_running_server() {
        let mut found = Found {
            packages: vec!["postgresql"],
            ..complete()
        };
        assert_eq!(plan(&found).first(), Some(&Step::NoSystemCluster));
        found.cluster_decided = true;
        assert!(!plan(&found).contains(&Step::NoSystemCluster));
    }

    #[test]
    fn another_system_is_told_what_it_lacks() {
        let found = Found {
            is_debian: false,
            packages: vec!["xvfb"],
            ..complete()
        };
        assert!(matches!(plan(&found).as_slice(), [Step::Tell(words)] if words.contains("xvfb")));
    }

    #[test]
    fn tools_and_node_packages_are_installed_when_missing() {
        let found = Found {
            tools: vec![NEXTEST],
            node_folders: vec!["ui".to_owned()],
            ..complete()
        };
        assert_eq!(
            plan(&found),
            [
                Step::InstallCargoTool(NEXTEST),
                Step::InstallNodePackages("ui".to_owned()),
            ]
        );
    }

    #[test]
    fn an_old_or_absent_node_is_said_before_npm_is_tried() {
        for node in [None, Some(18)] {
            let found = Found {
                node,
                node_folders: vec!["ui".to_owned()],
                ..complete()
            };
            assert!(
                matches!(plan(&found).first(), Some(Step::Tell(_))),
                "{node:?}"
            );
        }
    }
}
