//! Laws of the journal: killed or refused at any point, all files are old or all are new.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use pipewright::apply::{self, Recovered, Unix, recover_on};
use proptest::prelude::*;

use crate::disks::{Fault, Faulty, picture};
use crate::folders::{Files, NAMES, after, before, files, run, wanted};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn killed_at_any_point_the_next_run_ends_with_all_old_or_all_new(old in files(), new in files(), again in 1_usize..30) {
        let finished = after(&old, &new);
        for deeds in 1.. {
            let root = before(&old);
            let untouched = picture(root.path());
            let disk = Faulty::new(deeds, Fault::Death);
            let outcome = run(&disk, root.path(), &wanted(&new));
            if outcome.is_ok() && !disk.struck() {
                prop_assert_eq!(picture(root.path()), finished);
                break;
            }
            let pending = apply::pending(root.path()).expect("a readable journal");
            prop_assert!(pending.is_some() || [&untouched, &finished].contains(&&picture(root.path())));
            prop_assert!(pending.is_none() || run(&Unix, root.path(), &wanted(&new)).is_err(), "refused while pending");
            // The recovery may be killed as well.
            let _ = recover_on(&Faulty::new(again, Fault::Death), root.path());
            let recovered = apply::recover(root.path()).expect("a recovery");
            let now = picture(root.path());
            match recovered {
                Some(Recovered::Undone) => prop_assert_eq!(&now, &untouched),
                Some(Recovered::Finished) => prop_assert_eq!(&now, &finished),
                None => prop_assert!(now == untouched || now == finished),
            }
            prop_assert_eq!(apply::pending(root.path()).expect("no journal"), None);
        }
    }

    #[test]
    fn a_disk_that_refuses_leaves_all_old(old in files(), new in files()) {
        for deeds in 1.. {
            let root = before(&old);
            let untouched = picture(root.path());
            let disk = Faulty::new(deeds, Fault::Refusal);
            let outcome = run(&disk, root.path(), &wanted(&new));
            if outcome.is_ok() {
                break;
            }
            prop_assert_eq!(picture(root.path()), untouched);
            prop_assert_eq!(apply::pending(root.path()).expect("no journal"), None);
        }
    }

    #[test]
    fn twice_writes_nothing(old in files(), new in files()) {
        let root = before(&old);
        run(&Unix, root.path(), &wanted(&new)).expect("a run");
        // The first deed would strike.
        let written = run(&Faulty::new(1, Fault::Death), root.path(), &wanted(&new)).expect("nothing to do");
        prop_assert!(written.is_empty(), "{written:?}");
    }
}

#[test]
fn what_was_edited_after_the_interruption_survives() {
    let files = |text: &str| NAMES.map(|name| (name, text.to_owned())).to_vec();
    for deeds in 1.. {
        let root = before(&files("a: 1\n"));
        let disk = Faulty::new(deeds, Fault::Death);
        if run(&disk, root.path(), &wanted(&files("a: 2\n"))).is_ok() {
            break;
        }
        let pending = apply::pending(root.path()).expect("a readable journal");
        fs::write(root.path().join("c.md"), "edited").expect("a file");
        let recovered = apply::recover(root.path()).expect("a recovery");
        assert_eq!(recovered, pending.map(|_| Recovered::Undone));
        for name in NAMES {
            let text = fs::read_to_string(root.path().join(name)).expect("a file");
            assert_eq!(text, if name == "c.md" { "edited" } else { "a: 1\n" });
        }
    }
}

#[test]
fn two_at_once_do_not_mix() {
    let root = before(&vec![("c.md", "a: 1\n".to_owned())]);
    let held = fs::File::open(root.path().join(".pipewright")).expect("a folder");
    held.lock().expect("a lock");
    let error = run(&Unix, root.path(), &wanted(&vec![("c.md", "a: 2\n".to_owned())])).expect_err("held");
    assert!(error.to_string().contains("another pipewright"), "{error}");
}

#[test]
fn permissions_are_kept_and_scripts_can_be_executed() {
    let mode = |root: &Path, path: &str| picture(root)[path].as_ref().map(|(_, mode)| *mode & 0o777);
    let old: Files = vec![("deploy/a.sh", "a: 1\n".to_owned()), ("c.md", "a: 1\n".to_owned())];
    let root = before(&old);
    assert_eq!(mode(root.path(), "deploy/a.sh"), Some(0o755));
    assert_eq!(mode(root.path(), "c.md"), Some(0o644));
    fs::set_permissions(root.path().join("c.md"), Permissions::from_mode(0o664)).expect("a file");
    let new: Files = old.iter().map(|(path, _)| (*path, "a: 2\n".to_owned())).collect();
    run(&Unix, root.path(), &wanted(&new)).expect("a run");
    assert_eq!(mode(root.path(), "c.md"), Some(0o664));
    assert_eq!(mode(root.path(), "deploy/a.sh"), Some(0o755));
}
