//! Every image that a power cut could have left, opened and compared with what was promised.

use crate::{
    held::{Held, Lists, read},
    support::{Seeded, Tablet, Who},
    visit::{Recorded, Step},
};
use hemrond_companion::environment::Randomness as _;
use hemrond_disk::{Disk, Moment, PieceId, Snapshot, subsets};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thoroughness {
    /// Up to so many unsynced pieces, every subset of them.
    every: u32,
    /// So many subsets by chance, where there are more.
    drawn: usize,
    /// All this at every moment; else only just before something becomes durable, when the most is
    /// at stake, and at the other moments nothing, everything, the last piece and one by chance.
    everywhere: bool,
    /// The lists of each so-many-th image.
    lists_of: usize,
    /// The whole tablet, not only its store, on the least and the most of each so-many-th moment.
    tablets_of: usize,
    /// Only the moments at which something was said to be saved.
    only_when_saved: bool,
}

impl Thoroughness {
    pub(crate) const QUICK: Self = Self {
        every: 8,
        drawn: 64,
        everywhere: false,
        lists_of: 16,
        tablets_of: 16,
        only_when_saved: false,
    };
    pub(crate) const FULL: Self = Self {
        every: 8,
        drawn: 64,
        everywhere: true,
        lists_of: 4,
        tablets_of: 1,
        only_when_saved: false,
    };
    pub(crate) const CONTROL: Self = Self {
        every: 4,
        drawn: 0,
        everywhere: false,
        lists_of: 16,
        tablets_of: 16,
        only_when_saved: true,
    };
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Moments at which the power was cut.
    moments: usize,
    /// Different images whose store was opened.
    pub(crate) images: usize,
    /// How many of them with their lists.
    lists: usize,
    /// Images on which the whole tablet was started.
    tablets: usize,
    /// Comparisons of an image with what was promised at a moment.
    comparisons: usize,
    pub(crate) failures: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} moments, {} images opened ({} with lists), {} tablets started, {} comparisons, {} failures",
            self.moments,
            self.images,
            self.lists,
            self.tablets,
            self.comparisons,
            self.failures.len(),
        )?;
        for failure in self.failures.iter().take(10) {
            write!(f, "\n{failure}")?;
        }
        Ok(())
    }
}

/// An image: when something last became durable, and what survived of what came after.
type Key = (u64, Vec<PieceId>);

/// What the tablet holds after each of its commits, and how far it was at each moment.
struct Course {
    states: Vec<(Held, Lists)>,
    at: Vec<usize>,
}

/// What is special about a moment.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Eva was just told that something is saved.
    saved: bool,
    /// Next, something becomes durable, or nothing comes any more.
    fullest: bool,
}

struct Check<'v> {
    visit: &'v Recorded,
    how: Thoroughness,
    course: Course,
    chance: Seeded,
    /// Which of the states an image holds.
    seen: HashMap<Key, Option<usize>>,
    started: HashSet<Key>,
    report: Report,
}

/// Cuts the power at every moment of a visit.
pub(crate) async fn check(visit: &Recorded, how: Thoroughness) -> Report {
    let course = course(visit).await;
    let mut check = Check {
        visit,
        how,
        course,
        chance: Seeded::new(1),
        seen: HashMap::new(),
        started: HashSet::new(),
        report: Report::default(),
    };
    check.steps_are_commits();
    let mut moments = visit.recording.moments().peekable();
    while let Some(moment) = moments.next() {
        let next = moments.peek().map(Moment::durable_since);
        let place = Place {
            saved: visit.steps.iter().any(|step| step.saved == moment.done()),
            fullest: next != Some(moment.durable_since()),
        };
        if place.saved || !how.only_when_saved {
            check.moment(&moment, place).await;
        }
    }
    check.report
}

/// What a killed process would have left after each change of the disk.
async fn course(visit: &Recorded) -> Course {
    let mut states: Vec<(Held, Lists)> = Vec::new();
    let mut at = Vec::new();
    for moment in visit.recording.moments() {
        let seen = moment.seen();
        let (held, _) = read(&seen, false).await.unwrap();
        if states.last().is_none_or(|(last, _)| *last != held) {
            let (_, lists) = read(&seen, true).await.unwrap();
            states.push((held, lists.unwrap_or_default()));
        }
        at.push(states.len() - 1);
    }
    Course { states, at }
}

impl Check<'_> {
    /// Each command moves the tablet on by its own commits, and nothing else does.
    fn steps_are_commits(&mut self) {
        let mut before = 0;
        for step in &self.visit.steps {
            let (began, saved) = (self.course.at[step.began], self.course.at[step.saved]);
            if began != before || saved != began + step.stages.len() {
                let what = step.what;
                self.report
                    .failures
                    .push(format!("Eva {what}: from {before}, {began} to {saved}"));
            }
            before = saved;
        }
        assert_eq!(before + 1, self.course.states.len());
    }

    async fn moment(&mut self, moment: &Moment, place: Place) {
        self.report.moments += 1;
        let mut chance = || u64::from_le_bytes(self.chance.id()[..8].try_into().unwrap());
        let count = moment.unsynced().len();
        let chosen = if self.how.everywhere || place.fullest {
            subsets(count, self.how.every, self.how.drawn, &mut chance)
        } else {
            few_subsets(count, &mut chance)
        };
        let torn = usize::try_from(chance() % 4_000).unwrap();
        for kept in chosen {
            let pieces = moment.unsynced().zip(&kept);
            let surviving = pieces.filter_map(|(piece, kept)| kept.then_some(piece));
            let key = (moment.durable_since(), surviving.collect());
            self.image(moment, key, || moment.image(&kept)).await;
        }
        if count > 0 {
            // The last piece is torn in the middle, and all before it are there.
            let image = moment.torn_image(&vec![true; count], count - 1, torn);
            let found = self.open(&image).await;
            self.compare(moment, found);
        }
        if place.saved || moment.done().is_multiple_of(self.how.tablets_of) {
            for kept in [false, true] {
                let survivors = if kept {
                    moment.unsynced().collect()
                } else {
                    Vec::new()
                };
                let is_new = self.started.insert((moment.durable_since(), survivors));
                if is_new || place.saved {
                    let image = moment.image(&vec![kept; count]);
                    self.tablet(moment, &image).await;
                }
            }
        }
    }

    async fn image(&mut self, moment: &Moment, key: Key, image: impl FnOnce() -> Snapshot) {
        let found = match self.seen.get(&key) {
            Some(found) => *found,
            None => {
                let found = self.open(&image()).await;
                self.seen.insert(key, found);
                found
            }
        };
        self.compare(moment, found);
    }

    /// Opens an image and says which of the states it holds.
    async fn open(&mut self, image: &Snapshot) -> Option<usize> {
        self.report.images += 1;
        let with_lists = self.report.images.is_multiple_of(self.how.lists_of);
        let (held, lists) = match read(image, with_lists).await {
            Ok(read) => read,
            Err(failure) => {
                self.report.failures.push(failure);
                return None;
            }
        };
        let found = self
            .course
            .states
            .iter()
            .position(|(state, _)| *state == held);
        if let (Some(found), Some(lists)) = (found, lists) {
            self.report.lists += 1;
            if lists != self.course.states[found].1 {
                let failure = format!("the lists of state {found} are not its documents'");
                self.report.failures.push(failure);
            }
        }
        found
    }

    /// Compares what is there with what Eva was told by then.
    fn compare(&mut self, moment: &Moment, found: Option<usize>) {
        self.report.comparisons += 1;
        let done = moment.done();
        let told = self.visit.steps.iter().rfind(|step| step.saved <= done);
        let least = told.map_or(0, |step| self.course.at[step.began] + step.stages.len());
        // Nothing that is not yet written can be there.
        let most = self.course.at[done].max(least);
        let failure = match found {
            None => format!("after {done} changes it holds what no commit left"),
            Some(found) if found < least => {
                let what = told.map_or("", |step| step.what);
                format!("after {done} changes what Eva was told when she {what} is lost")
            }
            Some(found) if found > most => {
                format!("after {done} changes it holds state {found}, which came later than {most}")
            }
            Some(_) => return,
        };
        self.report.failures.push(failure);
    }

    /// Starts the whole tablet on an image and looks at the visit as Eva does.
    async fn tablet(&mut self, moment: &Moment, image: &Snapshot) {
        self.report.tablets += 1;
        let done = moment.done();
        let disk = Disk::from_snapshot(image);
        let failure = match self.visit.day.tablet_on(&disk, Who::Eva, 2).await {
            Ok(eva) => {
                let page = eva.visit(&self.visit.visit).await;
                let failure = wrong_on(&page, &self.visit.steps, done).err();
                match failure {
                    None if self.report.tablets.is_multiple_of(8) => rebuilt(eva, &disk).await,
                    other => other,
                }
            }
            Err(problem) => Some(format!("the tablet does not start: {}", problem.code)),
        };
        disk.cut_power_now();
        if let Some(failure) = failure {
            let failure = format!("after {done} changes: {failure}");
            self.report.failures.push(failure);
        }
    }
}

/// What the moment before did not have: nothing, everything, the last alone, and one by chance.
fn few_subsets(count: usize, chance: &mut dyn FnMut() -> u64) -> Vec<Vec<bool>> {
    let last = (0..count).map(|place| place + 1 == count).collect();
    let drawn = (0..count).map(|_| chance() & 1 == 1).collect();
    vec![vec![false; count], vec![true; count], last, drawn]
}

/// Makes the lists anew and compares them with those that were kept.
async fn rebuilt(eva: Tablet, disk: &Disk) -> Option<String> {
    let (_, before) = read(&disk.snapshot(), true).await.unwrap();
    eva.ok("rebuild", json!({})).await;
    let (_, after) = read(&disk.snapshot(), true).await.unwrap();
    (before != after).then(|| "the lists are not what they are when made anew".to_owned())
}

/// Compares the visit's page with what was told to be saved by then: all of it is there, what is
/// under way is there by whole commits, and nothing else is.
fn wrong_on(page: &Value, steps: &[Step], done: usize) -> Result<(), String> {
    let mut shown: BTreeMap<&str, &Value> = BTreeMap::new();
    let everything: Vec<&str> = steps
        .iter()
        .flat_map(|step| step.stages.iter().flatten())
        .map(|(place, _)| *place)
        .collect();
    let mut expected: Vec<BTreeMap<&str, &Value>> = Vec::new();
    for step in steps {
        if step.saved > done {
            expected.push(shown.clone());
        }
        for stage in &step.stages {
            for (place, value) in stage {
                shown.insert(place, value);
            }
            if step.saved > done {
                expected.push(shown.clone());
            }
        }
        if step.saved > done {
            break;
        }
    }
    if expected.is_empty() {
        expected.push(shown);
    }
    let differences = |expected: &BTreeMap<&str, &Value>| -> Vec<String> {
        everything
            .iter()
            .filter_map(|place| {
                let found = page.pointer(place).unwrap_or(&Value::Null);
                let wanted = match (expected.get(place), *place) {
                    (Some(wanted), _) => (*wanted).clone(),
                    (None, "/state") => json!("planned"),
                    (None, place) if place.starts_with("/texts/") => json!(""),
                    (None, _) => Value::Null,
                };
                (*found != wanted).then(|| format!("{place} is lost: {found}, not {wanted}"))
            })
            .collect()
    };
    let fits = expected
        .iter()
        .any(|expected| differences(expected).is_empty());
    if fits {
        Ok(())
    } else {
        Err(format!("{:?}", expected.first().map(differences)))
    }
}
