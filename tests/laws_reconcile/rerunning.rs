//! Laws of a second run: twice is once, one-sided edits win, what is gone stays gone.

use pipewright::fileset::{FileSet, Policy};
use pipewright::reconcile::{Action, Base};
use proptest::prelude::*;

use crate::edits::edits;
use crate::texts::{PATH, Texts, action, dressed, look, policy, step, wanting, written};
use crate::workflow::workflow;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn twice_changes_nothing(
        base in workflow(), user in edits(), ours in edits(), policy in policy(), known: bool, crlf: bool, mark: bool,
    ) {
        let (mut disk, mut lock) = written(&base.text(), policy);
        disk.insert(PATH.to_owned(), dressed(&base.edited(&user), crlf, mark));
        if !known {
            lock = Base::default();
        }
        let wanted = wanting(&base.edited(&ours), policy);
        let (_, lock) = step(&mut disk, &wanted, &lock);
        let again = look(&disk, &wanted, &lock);
        prop_assert!(again.iter().all(|change| !change.action.writes()), "{again:?}");
        prop_assert_eq!(lock.after(&wanted, &again), lock);
    }

    #[test]
    fn edits_of_the_user_alone_survive(base in workflow(), user in edits(), policy in policy(), crlf: bool, mark: bool) {
        let (mut disk, lock) = written(&base.text(), policy);
        let mine = dressed(&base.edited(&user), crlf, mark);
        disk.insert(PATH.to_owned(), mine.clone());
        step(&mut disk, &wanting(&base.text(), policy), &lock);
        prop_assert_eq!(disk, Texts::from([(PATH.to_owned(), mine)]));
    }

    #[test]
    fn edits_of_the_template_alone_land(base in workflow(), ours in edits(), policy in policy(), crlf: bool, mark: bool) {
        let (mut disk, lock) = written(&base.text(), policy);
        disk.insert(PATH.to_owned(), dressed(&base.text(), crlf, mark));
        let wanted = base.edited(&ours);
        step(&mut disk, &wanting(&wanted, policy), &lock);
        prop_assert_eq!(disk, Texts::from([(PATH.to_owned(), dressed(&wanted, crlf, mark))]));
    }

    #[test]
    fn what_was_deleted_stays_deleted(base in workflow(), ours in edits(), policy in policy()) {
        let (_, lock) = written(&base.text(), policy);
        let mut disk = Texts::new();
        let wanted = wanting(&base.edited(&ours), policy);
        let (changes, lock) = step(&mut disk, &wanted, &lock);
        if policy == Policy::Seed {
            prop_assert_eq!(action(&changes, PATH), Some(Action::Create));
        } else {
            prop_assert_eq!(action(&changes, PATH), Some(Action::Deleted));
            step(&mut disk, &wanted, &lock);
            prop_assert!(disk.is_empty());
        }
    }

    #[test]
    fn a_damaged_lock_loses_nothing(base in workflow(), user in edits(), ours in edits(), cut in any::<usize>(), junk in "\\PC{0,6}") {
        let (mut disk, lock) = written(&base.text(), Policy::Merge);
        let user = base.edited(&user);
        disk.insert(PATH.to_owned(), user.clone());
        let mut text = lock.render();
        let at = (0..=cut % text.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.replace_range(at.., &junk);
        let damaged = Base::parse(Some(&text));
        // Either it is known to be damaged, or the text is known to be intact by its hash.
        prop_assert!(damaged.text(PATH).is_none_or(|text| text == base.text()));
        let wanted = base.edited(&ours);
        let changes = look(&disk, &wanting(&wanted, Policy::Merge), &damaged);
        if damaged.text(PATH).is_none() {
            let want = if user == wanted { Action::Unchanged } else { Action::Conflict };
            prop_assert_eq!(action(&changes, PATH), Some(want));
        }
    }

    #[test]
    fn what_is_no_longer_wanted_goes_unless_it_was_edited(base in workflow(), user in edits(), crlf: bool) {
        let (mut disk, lock) = written(&base.text(), Policy::Merge);
        let user = base.edited(&user);
        disk.insert(PATH.to_owned(), dressed(&user, crlf, false));
        let (changes, _) = step(&mut disk, &FileSet::default(), &lock);
        let want = if user == base.text() { Action::Remove } else { Action::Orphan };
        prop_assert_eq!(action(&changes, PATH), Some(want));
        prop_assert_eq!(disk.is_empty(), user == base.text());
    }
}
