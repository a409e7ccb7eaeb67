//! The file system as programs see it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::UnixListener;

use power::{Disk, NotMounted, Random};

#[test]
fn a_cut_leaves_what_was_synced_and_nothing_works_without_power() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::default();
    let _mounted = match disk.mount(folder.path()) {
        Ok(mounted) => mounted,
        Err(NotMounted::Refused(error)) => {
            println!("skipped: the kernel does not let this process mount: {error}");
            return;
        }
        Err(NotMounted::Failed(error)) => panic!("{error}"),
    };
    let path = folder.path().join("inner");
    fs::create_dir(&path).unwrap();
    let file =
        File::options().read(true).write(true).create_new(true).open(path.join("a")).unwrap();
    file.write_all_at(&[5; 100_000], 7).unwrap();
    file.sync_data().unwrap();
    File::open(&path).unwrap().sync_all().unwrap();
    File::open(folder.path()).unwrap().sync_all().unwrap();
    fs::write(path.join("b"), "never synced").unwrap();
    fs::rename(path.join("b"), path.join("c")).unwrap();
    assert_eq!(fs::read_to_string(path.join("c")).unwrap(), "never synced");
    let names: Vec<_> =
        fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a", "c"]);
    drop(UnixListener::bind(path.join("socket")).unwrap());
    let other = File::open(path.join("a")).unwrap();
    file.try_lock().unwrap();
    assert!(matches!(other.try_lock(), Err(fs::TryLockError::WouldBlock)));

    file.write_all_at(&[6; 50_000], 7).unwrap();
    let mut random = Random::new(5);
    disk.cut(&mut random);
    let dead = |result: io::Result<()>| result.unwrap_err().kind();
    assert_eq!(dead(file.sync_data()), dead(Err(io::Error::from_raw_os_error(5))));
    assert_ne!(dead(fs::write(path.join("d"), "")), ErrorKind::NotFound);
    drop((file, other));
    disk.power_on();
    let bytes = fs::read(path.join("a")).unwrap();
    assert_eq!(bytes.len(), 100_007);
    assert!(bytes.iter().skip(7).take(50_000).all(|byte| *byte == 5 || *byte == 6));
    assert!(bytes.iter().skip(50_007).all(|byte| *byte == 5));

    // A sync that fails once, and one that lies.
    let file = File::options().write(true).open(path.join("a")).unwrap();
    disk.fail_syncs(1);
    file.write_all_at(&[8; 10], 60_000).unwrap();
    assert!(file.sync_data().is_err());
    file.sync_data().unwrap();
    // Some of what a lying sync has not written is lost sooner or later.
    let mut lost = 0;
    for round in 10..60 {
        disk.lie(true);
        file.write_all_at(&[round; 10], 90_000).unwrap();
        file.sync_data().unwrap();
        disk.lie(false);
        lost += disk.cut(&mut random).pages;
        disk.power_on();
    }
    assert!(lost > 5, "{lost}");
    let bytes = fs::read(path.join("a")).unwrap();
    assert!(bytes.iter().skip(60_000).take(10).all(|byte| *byte == 5), "it was dropped");
}
