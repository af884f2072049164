//! What can be typed.

use crate::{
    acceptance::What,
    bench::{Part, Scale, Wanted},
    error::Error,
};
use lexopt::{Arg, Parser, ValueExt as _};

/// What `cargo xtask --help` says.
pub(crate) const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo                 builds everything and opens a nurse's and a doctor's tablet beside a server
                       with sample data; ctrl-c ends it
    --headless         plays the demonstration's story in hidden windows instead, checks it, and
                       leaves pictures in target/demo/
  test                 every check and test; ends with the line \"N passed, N failed\"
    --without STEP     leaves a step out; may be given several times
  acceptance           what the law asks, criterion by criterion: the tests that name each and whether
                       they pass, and those without a test; the criteria stand in docs/acceptance.md
    --list             runs nothing
    --package P        runs only the tests of this package; may be given several times
  bench                measures, and leaves a table and results.jsonl in target/bench
    --peers            everything, beside what others would use; takes most of an hour
    --quick            small numbers and the debug build, to see that it works
    --only PART        documents, shift-end, online, growth or in-hand; may be given several times
    --least N          documents are carried in loads of at least so many
    --most N           documents are carried in loads of at most so many, and no server grows larger
    --beside PEER      only this peer of them; may be given several times
    --runs N           each load is carried at most so many times
  figures              prints what the policies take to start and to decide, and what opening a person
                       takes with its line in the access log
    --quick            the debug build, to see that it works
  simulate             tells stories of many tablets from a seed, and ends with one JSON line; anything
                       lost, diverged, stuck or leaked is an error, told as the shortest story
    --seed S           the first story's seed; 1 where none is given
    --tablet-days N    how much is lived; 1000 where nothing is said
    --plant BUG        plants a bug, which must then be found; --bugs lists them
    --each-bug         plants every bug in turn and prints after how many tablet-days it is found
  fuzz                 gives every reader of foreign bytes what nobody thought of; one JSON object
                       per target, and what was a fault in fuzz/faults
    --minutes M        how long, building not counted; 10 if not said
  kills                kills real programs at drawn moments while edits flow, and counts what was
                       saved and is lost; one JSON object
    --times N          so many kills; 1000 if not given
    --seed N           another draw; 1 if not given
    --postgres         two server processes on a PostgreSQL of its own, instead of one on a file
  sbom                 writes what each program is made of into target/sbom, as CycloneDX
  setup                installs what is missing on this machine; the other commands do so as well
    --dry-run          only says what it would do
  build-ui             builds the interface into ui/dist, if it has changed
  types                writes the interface's types and docs/commands.md
    --check            only says whether they are up to date
  check-android        checks the types of the app's Rust side for Android";

/// A command of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Setup {
        dry_run: bool,
    },
    BuildUi,
    Types {
        check: bool,
    },
    Test {
        without: Vec<String>,
    },
    Acceptance {
        what: What,
    },
    Demo {
        headless: bool,
    },
    Bench {
        wanted: Wanted,
    },
    Figures {
        quick: bool,
    },
    Simulate {
        arguments: Vec<String>,
    },
    Fuzz {
        minutes: u32,
    },
    Kills {
        times: u32,
        seed: u64,
        postgres: bool,
    },
    Sbom,
    CheckAndroid,
}

/// Reads the command line.
pub(crate) fn read() -> Result<Command, Error> {
    parse(Parser::from_env()).map_err(|error| Error::Usage(error.to_string()))
}

fn parse(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let name = match parser.next()? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help),
        Some(Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected()),
    };
    let mut command = match name.as_str() {
        "help" => Command::Help,
        "setup" => Command::Setup { dry_run: false },
        "build-ui" => Command::BuildUi,
        "types" => Command::Types { check: false },
        "test" => Command::Test {
            without: Vec::new(),
        },
        "acceptance" => Command::Acceptance {
            what: What::default(),
        },
        "demo" => Command::Demo { headless: false },
        "bench" => Command::Bench {
            wanted: Wanted::all(Scale::Short),
        },
        "figures" => Command::Figures { quick: false },
        "simulate" => Command::Simulate {
            arguments: Vec::new(),
        },
        "fuzz" => Command::Fuzz { minutes: 10 },
        "kills" => Command::Kills {
            times: 1_000,
            seed: 1,
            postgres: false,
        },
        "sbom" => Command::Sbom,
        "check-android" => Command::CheckAndroid,
        _ => return Err(format!("there is no command \"{name}\"").into()),
    };
    while let Some(argument) = parser.next()? {
        match (&mut command, argument) {
            (_, Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help),
            (Command::Setup { dry_run: flag }, Arg::Long("dry-run"))
            | (Command::Types { check: flag }, Arg::Long("check"))
            | (Command::Demo { headless: flag }, Arg::Long("headless"))
            | (Command::Figures { quick: flag }, Arg::Long("quick")) => *flag = true,
            (Command::Bench { wanted }, Arg::Long("quick")) => wanted.scale = Scale::Quick,
            (Command::Bench { wanted }, Arg::Long("peers")) => wanted.scale = Scale::Peers,
            (Command::Bench { wanted }, Arg::Long("only")) => {
                let name = parser.value()?.to_string_lossy().into_owned();
                let part = Part::named(&name).ok_or(format!("there is no part \"{name}\""))?;
                wanted.only.push(part);
            }
            (Command::Bench { wanted }, Arg::Long("most")) => {
                wanted.most = Some(parser.value()?.parse()?);
            }
            (Command::Bench { wanted }, Arg::Long("least")) => {
                wanted.least = Some(parser.value()?.parse()?);
            }
            (Command::Bench { wanted }, Arg::Long("beside")) => {
                let name = parser.value()?.to_string_lossy().into_owned();
                wanted.beside.push(name);
            }
            (Command::Bench { wanted }, Arg::Long("runs")) => {
                wanted.runs = Some(parser.value()?.parse()?);
            }
            (Command::Test { without }, Arg::Long("without")) => {
                without.push(parser.value()?.to_string_lossy().into_owned());
            }
            (Command::Acceptance { what }, Arg::Long("list")) => what.list = true,
            (Command::Acceptance { what }, Arg::Long("package")) => {
                what.packages
                    .push(parser.value()?.to_string_lossy().into_owned());
            }
            // The simulator reads its own options; a wrong one is its to explain.
            (Command::Simulate { arguments }, Arg::Long(name)) => {
                arguments.push(format!("--{name}"));
                if let Some(value) = parser.optional_value() {
                    arguments.push(value.to_string_lossy().into_owned());
                }
            }
            (Command::Simulate { arguments }, Arg::Value(value)) => {
                arguments.push(value.to_string_lossy().into_owned());
            }
            (Command::Fuzz { minutes }, Arg::Long("minutes")) => {
                *minutes = parser.value()?.parse()?;
            }
            (Command::Kills { times, .. }, Arg::Long("times")) => {
                *times = parser.value()?.parse()?;
            }
            (Command::Kills { postgres, .. }, Arg::Long("postgres")) => *postgres = true,
            (Command::Kills { seed, .. }, Arg::Long("seed")) => *seed = parser.value()?.parse()?,
            (_, other) => return Err(other.unexpected()),
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::{Command, What, parse};
    use crate::bench::{Part, Scale, Wanted};
    use lexopt::Parser;
    use std::num::NonZeroUsize;

    fn read(line: &str) -> Option<Command> {
        parse(Parser::from_args(line.split_whitespace())).ok()
    }

    #[test]
    fn commands_and_their_options_are_understood() {
        assert_eq!(read(""), Some(Command::Help));
        assert_eq!(read("demo --help"), Some(Command::Help));
        assert_eq!(
            read("demo --headless"),
            Some(Command::Demo { headless: true })
        );
        let arguments = ["--seed", "7", "--plant", "skip-fsync"];
        let arguments = arguments.map(str::to_owned).to_vec();
        assert_eq!(
            read("simulate --seed 7 --plant=skip-fsync"),
            Some(Command::Simulate { arguments })
        );
        assert_eq!(
            read("figures --quick"),
            Some(Command::Figures { quick: true })
        );
        assert_eq!(read("fuzz --minutes 3"), Some(Command::Fuzz { minutes: 3 }));
        let what = What {
            list: true,
            packages: vec!["hemrond-server".to_owned()],
        };
        assert_eq!(
            read("acceptance --list --package hemrond-server"),
            Some(Command::Acceptance { what })
        );
        let without = vec!["android".to_owned(), "deny".to_owned()];
        assert_eq!(
            read("test --without android --without deny"),
            Some(Command::Test { without })
        );
        let wanted = Wanted {
            scale: Scale::Peers,
            only: vec![Part::Documents, Part::InHand],
            least: Some(50),
            most: Some(100),
            beside: vec!["pouchdb".to_owned()],
            runs: NonZeroUsize::new(3),
        };
        assert_eq!(
            read(
                "bench --peers --only documents --only in-hand --least 50 --most 100 --beside pouchdb --runs 3"
            ),
            Some(Command::Bench { wanted })
        );
        assert_eq!(
            read("kills --times 20"),
            Some(Command::Kills {
                times: 20,
                seed: 1,
                postgres: false
            })
        );
        assert_eq!(
            read("kills --postgres --seed 7"),
            Some(Command::Kills {
                times: 1_000,
                seed: 7,
                postgres: true
            })
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for line in [
            "dance",
            "--demo",
            "demo --quick",
            "bench fast",
            "bench --only everything",
            "bench --most many",
            "figures --runs 3",
            "fuzz --minutes soon",
            "kills --times often",
            "test --without",
            "acceptance --quick",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
