//! What is no fault by itself, and what somebody should look at all the same.

use super::{fault::item, people::People};
use crate::storage::{DocumentRow, FindingKind, LogFinding};
use hemrond_documents::entry::{Contents, Entry};
use hemrond_domain::record::{DocumentKind, Header};

/// Acts that name another role or unit than their author has today. Most of their authors have moved
/// since; an act that was made up says it too.
pub(super) fn acts(row: &DocumentRow, header: &Header, people: &People) -> Vec<String> {
    if header.kind() != DocumentKind::Acts {
        return Vec::new();
    }
    let hint = |bytes: &[u8], hash: &[u8; 32]| {
        let entry = Entry::parse(bytes).ok()?;
        let Contents::Act(content) = &entry.content else {
            return None;
        };
        let made = content.made(entry.hash).ok()?;
        let (role, unit) = people.works_as(made.by)?;
        ((made.role, made.unit) != (role, unit)).then(|| {
            format!(
                "{}: the act was made on {} as {} of unit {}, and its author is {} of unit {} today; \
                 see whether they had changed by then",
                item(row.id, hash),
                made.at.format("%Y-%m-%d"),
                made.role.as_str(),
                made.unit,
                role.as_str(),
                unit,
            )
        })
    };
    row.items
        .iter()
        .filter_map(|item| hint(&item.bytes, &item.hash))
        .collect()
}

/// Records of the access log that a tablet gave in somebody else's name.
pub(super) fn looks(findings: Vec<LogFinding>) -> Vec<String> {
    findings
        .into_iter()
        .filter(|finding| finding.kind == FindingKind::OtherUser)
        .map(|finding| {
            format!(
                "access log, record {} of device {}: it names somebody else than the one whose the \
                 device is; ask what happened to the tablet",
                finding.seq, finding.sender
            )
        })
        .collect()
}
