//! Laws of the merge: a live file has what both sides said, or what the user said.

use pipewright::fileset::Policy;
use pipewright::reconcile::tree::{self, Format};
use pipewright::reconcile::{Action, PROPOSAL, merge};
use proptest::prelude::*;
use serde_yaml::Value;

use crate::edits::edits;
use crate::texts::{PATH, action, dressed, step, wanting, written};
use crate::workflow::workflow;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_live_always_parses_and_has_the_tree_of_both(base in workflow(), user in edits(), ours in edits()) {
        let (user, ours) = (base.edited(&user), base.edited(&ours));
        let (mut disk, lock) = written(&base.text(), Policy::Merge);
        disk.insert(PATH.to_owned(), user.clone());
        let (changes, _) = step(&mut disk, &wanting(&ours, Policy::Merge), &lock);
        let trees: Result<Vec<Value>, _> = [&base.text(), &user, &ours, &disk[PATH]].map(|t| Format::Yaml.parse(t)).into_iter().collect();
        match action(&changes, PATH) {
            Some(Action::Merge) => {
                let trees = trees.expect("a merge joins what parses, into what parses");
                prop_assert_eq!(tree::merge(&trees[0], &trees[1], &trees[2]), Ok(trees[3].clone()));
            }
            Some(Action::Update) => prop_assert_eq!(&disk[PATH], &ours),
            Some(Action::Conflict) => {
                prop_assert_eq!(&disk[PATH], &user);
                prop_assert_eq!(&disk[&format!("{PATH}{PROPOSAL}")], &ours);
            }
            _ => prop_assert_eq!(&disk[PATH], &user),
        }
        prop_assert!(!disk[PATH].contains("<<<<<<<"));
    }

    #[test]
    fn the_line_ending_of_the_file_is_kept(base in workflow(), user in edits(), ours in edits(), crlf: bool, mark: bool) {
        let (user, ours) = (base.edited(&user), base.edited(&ours));
        let (mut plain, lock) = written(&base.text(), Policy::Merge);
        let mut other = plain.clone();
        plain.insert(PATH.to_owned(), user.clone());
        other.insert(PATH.to_owned(), dressed(&user, crlf, mark));
        step(&mut plain, &wanting(&ours, Policy::Merge), &lock);
        step(&mut other, &wanting(&ours, Policy::Merge), &lock);
        prop_assert_eq!(&other[PATH], &dressed(&plain[PATH], crlf, mark));
    }

    #[test]
    fn edits_of_distant_keys_always_merge(values in prop::collection::vec(0_u8..50, 12), mine in 0_usize..12, far in 1_usize..12) {
        let ours = (mine + far) % 12;
        let render = |values: &[u8]| {
            let lines = values.iter().enumerate().map(|(at, value)| format!("key{at}: {value}\n"));
            lines.collect::<String>()
        };
        let with = |changes: &[(usize, u8)]| {
            let mut values = values.clone();
            for (at, value) in changes {
                values[*at] = *value;
            }
            render(&values)
        };
        // Even where the lines are neighbours: the tree is proof.
        let merged = merge::merge("x.yml", &render(&values), &with(&[(mine, 100)]), &with(&[(ours, 101)]));
        prop_assert_eq!(merged, Ok(with(&[(mine, 100), (ours, 101)])));
    }

    #[test]
    fn edits_of_different_lines_always_merge(base in workflow(), mine: usize, ours: usize) {
        let base = base.text();
        let values: Vec<usize> = (0..base.lines().count())
            .filter(|at| base.lines().nth(*at).is_some_and(|line| line.ends_with(|c: char| c.is_alphanumeric())))
            .collect();
        let (mine, ours) = (values[mine % values.len()], values[ours % values.len()]);
        prop_assume!(mine != ours);
        let with = |changed: &[usize]| {
            let lines = base.lines().enumerate();
            let lines = lines.map(|(at, line)| format!("{line}{}\n", if changed.contains(&at) { "9" } else { "" }));
            lines.collect::<String>()
        };
        prop_assert_eq!(merge::merge(PATH, &base, &with(&[mine]), &with(&[ours])), Ok(with(&[mine, ours])));
    }

    #[test]
    fn the_tree_merge_takes_no_side(base in workflow(), a in edits(), b in edits()) {
        let [base, a, b] = [base.text(), base.edited(&a), base.edited(&b)].map(|text| Format::Yaml.parse(&text).ok());
        if let (Some(base), Some(a), Some(b)) = (base, a, b) {
            prop_assert_eq!(tree::merge(&base, &a, &b).ok(), tree::merge(&base, &b, &a).ok());
            prop_assert_eq!(tree::merge(&base, &a, &base), Ok(a.clone()));
            prop_assert_eq!(tree::merge(&base, &a, &a), Ok(a.clone()));
        }
    }
}
