//! Which tests name which criteria, read from their comments and names.

/// A test that names criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The criteria's numbers.
    pub(super) numbers: Vec<u16>,
    /// The function's name, or the words with which a story begins.
    pub(super) name: String,
    /// The words with which a story ends, where its middle is filled in at run time.
    pub(super) ends: String,
}

/// What was found in one file: the tests, and lines that name a criterion where no test follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) tests: Vec<Named>,
    pub(super) faults: Vec<String>,
}

/// How many lines after its comment a test may begin at the latest.
const NEAR: usize = 24;

/// Finds them in a Rust file.
pub(super) fn rust(text: &str) -> Found {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Found::default();
    for (at, line) in lines.iter().enumerate() {
        let Some(naming) = first_comment(&lines, at) else {
            // A test may name them in its own name instead.
            if let Some(name) = function(line)
                && let numbers @ [_, ..] = &in_name(name)[..]
                && is_test(&lines, at, name)
            {
                add(&mut found, numbers, name, "");
            }
            continue;
        };
        let Some(numbers) = naming else {
            found.faults.push(line.to_string());
            continue;
        };
        let after = at + 1..lines.len().min(at + NEAR);
        let next = after
            .clone()
            .find_map(|at| function(lines[at]).map(|name| (at, name)));
        match next {
            Some((at, name)) if is_test(&lines, at, name) => add(&mut found, &numbers, name, ""),
            _ => found.faults.push(line.to_string()),
        }
    }
    found
}

/// Finds them in a TypeScript file.
pub(super) fn script(text: &str) -> Found {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Found::default();
    for (at, line) in lines.iter().enumerate() {
        let Some(naming) = first_comment(&lines, at) else {
            continue;
        };
        let title = lines[at + 1..lines.len().min(at + NEAR)]
            .iter()
            .find_map(|line| title(line));
        match (naming, title) {
            (Some(numbers), Some((begins, ends))) => add(&mut found, &numbers, &begins, &ends),
            _ => found.faults.push(line.to_string()),
        }
    }
    found
}

/// Adds a test, or more numbers to one that is there.
fn add(found: &mut Found, numbers: &[u16], name: &str, ends: &str) {
    match found
        .tests
        .iter_mut()
        .find(|test| test.name == name && test.ends == ends)
    {
        Some(test) => {
            for number in numbers {
                if !test.numbers.contains(number) {
                    test.numbers.push(*number);
                }
            }
        }
        None => found.tests.push(Named {
            numbers: numbers.to_vec(),
            name: name.to_owned(),
            ends: ends.to_owned(),
        }),
    }
}

/// The numbers that the first line of a comment names: none of them where the line names no
/// criterion, `Some(None)` where it begins like one and cannot be read.
fn first_comment(lines: &[&str], at: usize) -> Option<Option<Vec<u16>>> {
    let words = comment(lines[at])?;
    let follows_another = at > 0 && comment(lines[at - 1]).is_some();
    let rest = words.strip_prefix("AC")?;
    if follows_another || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(numbers(words))
}

/// What a comment's line says; none where the line is no comment on what follows.
fn comment(line: &str) -> Option<&str> {
    let words = line.strip_prefix("//")?;
    if words.starts_with('!') {
        return None;
    }
    Some(words.strip_prefix('/').unwrap_or(words).trim())
}

/// Reads "AC13: …", "AC61, AC62: …" and "AC61 and AC62: …".
fn numbers(words: &str) -> Option<Vec<u16>> {
    let (list, _) = words.split_once(':')?;
    list.replace(" and ", ",")
        .split(',')
        .map(|one| one.trim().strip_prefix("AC")?.parse().ok())
        .collect()
}

/// Reads "ac13_…" and "ac61_ac62_…".
fn in_name(name: &str) -> Vec<u16> {
    name.split('_')
        .map_while(|part| part.strip_prefix("ac")?.parse().ok())
        .collect()
}

/// The name of the function that begins on this line.
fn function(line: &str) -> Option<&str> {
    if line.starts_with("//") {
        return None;
    }
    let (before, rest) = line.split_once("fn ")?;
    let known = ["pub", "pub(crate)", "pub(super)", "async", "const"];
    if !before.split_whitespace().all(|word| known.contains(&word)) {
        return None;
    }
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// Whether a function is a test: by an attribute above it, or because one of the suites that are
/// told on every storage lists it.
fn is_test(lines: &[&str], at: usize, name: &str) -> bool {
    let attribute = lines[..at]
        .iter()
        .rev()
        .take_while(|line| {
            // What stands above it begins after the end of the item before.
            let ends = line.is_empty() || **line == "}" || line.ends_with(';');
            line.starts_with("//") || !ends
        })
        .any(|line| line.starts_with("#[") && line.contains("test"));
    let listed = || {
        let lists = lines.iter().enumerate().filter(|(_, line)| {
            line.starts_with("on_every_storage!") || line.starts_with("on_both_databases!")
        });
        lists
            .flat_map(|(begin, _)| lines[begin..].iter().take_while(|line| **line != ");"))
            .any(|line| line.split(['(', ',', ' ']).any(|word| word == name))
    };
    attribute || listed()
}

/// How a story's title begins and ends: all of it, or what stands around what is filled in.
fn title(line: &str) -> Option<(String, String)> {
    let rest = line
        .strip_prefix("test(")
        .or_else(|| line.strip_prefix("it("))?;
    let quote = rest
        .chars()
        .next()
        .filter(|c| ['\'', '"', '`'].contains(c))?;
    let (title, _) = rest[1..].split_once(quote)?;
    match (title.split_once("${"), title.rsplit_once('}')) {
        (Some((begins, _)), Some((_, ends))) => Some((begins.to_owned(), ends.to_owned())),
        _ => Some((title.to_owned(), String::new())),
    }
}

#[cfg(test)]
mod tests;
