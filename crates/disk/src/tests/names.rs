//! Names last when the folder is synced, and content when the file is.

use super::support::*;
use hemrond_store::{Locked, Medium as _};

fn with_a_file(name: &str) -> Disk {
    let disk = Disk::new();
    let mut machine = disk.shared.machine();
    let file = machine.create(name).unwrap();
    machine.write(file, 0, b"hej").unwrap();
    machine.sync(file).unwrap();
    machine.sync_folder().unwrap();
    drop(machine);
    disk
}

fn names(disk: &Disk) -> Vec<String> {
    let snapshot = disk.snapshot();
    snapshot.files().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn a_new_name_lasts_when_the_folder_is_synced() {
    for synced in [false, true] {
        let disk = with_a_file("ny.db");
        disk.rename(&disk.path("ny.db"), &disk.path("tablet.db"))
            .unwrap();
        assert_eq!(names(&disk), ["tablet.db"]);
        if synced {
            disk.sync_folder(&disk.path("tablet.db")).unwrap();
        }
        disk.cut_power_now();
        disk.restart(&mut worst());
        assert_eq!(names(&disk), [if synced { "tablet.db" } else { "ny.db" }]);
        assert_eq!(disk.size(&disk.path(&names(&disk)[0])).unwrap(), Some(3));
    }
}

#[test]
fn a_removed_file_may_come_back_and_a_synced_one_may_have_no_name() {
    let disk = with_a_file("gammal.db");
    disk.remove(&disk.path("gammal.db")).unwrap();
    disk.remove(&disk.path("gammal.db")).unwrap();
    assert_eq!(disk.size(&disk.path("gammal.db")).unwrap(), None);
    let file = disk.shared.machine().create("ny.db").unwrap();
    disk.shared.machine().write(file, 0, b"hej").unwrap();
    disk.shared.machine().sync(file).unwrap();
    let moment = {
        disk.start_recording();
        disk.recording().after(0)
    };
    // The removal and the new name. The second does not last without the first.
    assert_eq!(moment.unsynced().len(), 2);
    for (kept, expected) in [
        ([false, false], vec!["gammal.db"]),
        ([false, true], vec!["gammal.db"]),
        ([true, false], vec![]),
        ([true, true], vec!["ny.db"]),
    ] {
        let image = moment.image(&kept);
        let names: Vec<&str> = image.files().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn of_what_is_not_synced_any_sector_may_be_missing() {
    let disk = with_a_file("tablet.db");
    let file = disk.shared.machine().find("tablet.db").unwrap().unwrap();
    disk.start_recording();
    disk.shared
        .machine()
        .write(file, SECTOR - 2, b"abcd")
        .unwrap();
    disk.shared.machine().truncate(file, SECTOR + 1).unwrap();
    let moment = disk.recording().after(2);
    let read = |kept: &[bool]| moment.image(kept).read("tablet.db").unwrap();
    let tail = |bytes: Vec<u8>| (bytes.len(), bytes[3..].iter().copied().max());
    assert_eq!(read(&[false, false, false]), b"hej");
    assert_eq!(tail(read(&[true, false, false])), (SECTOR, Some(b'b')));
    assert_eq!(tail(read(&[false, true, false])), (SECTOR + 2, Some(b'd')));
    assert_eq!(tail(read(&[false, true, true])), (SECTOR + 1, Some(b'c')));
    assert_eq!(tail(read(&[false, false, true])), (SECTOR + 1, Some(0)));
    assert!(read(&[true, true, true]).ends_with(b"abc"));
    let torn = moment.torn_image(&[true, true, false], 0, 1);
    assert!(torn.read("tablet.db").unwrap().ends_with(b"a\0cd"));
}

#[test]
fn a_lock_is_held_by_one_and_goes_with_its_holder_or_the_power() {
    let disk = Disk::new();
    let path = disk.path("tablet.db.lock");
    let Locked::Ours(eva) = disk.lock(&path).unwrap() else {
        panic!("nobody holds it");
    };
    assert!(matches!(disk.lock(&path).unwrap(), Locked::Elsewhere));
    drop(eva);
    let Locked::Ours(before) = disk.lock(&path).unwrap() else {
        panic!("nobody holds it any more");
    };
    disk.kill_now();
    disk.lock(&path).unwrap_err();
    disk.restart(&mut worst());
    let Locked::Ours(_after) = disk.lock(&path).unwrap() else {
        panic!("its holder was killed");
    };
    drop(before);
    assert!(matches!(disk.lock(&path).unwrap(), Locked::Elsewhere));
}
