//! The new text of a pipewright.yml that already exists: the user's comments stay where they can.

use crate::error::Result;
use crate::manifest::{self, Manifest};
use crate::scaffold::Scaffolds;

/// The text that says `new`, made from `text`, which says `old`.
///
/// # Errors
/// A scaffold that cannot be rendered.
pub(super) fn revise(text: &str, old: &Manifest, new: &Manifest, scaffolds: &Scaffolds) -> Result<String> {
    if old == new {
        return Ok(text.to_owned());
    }
    let before = manifest::write(old, scaffolds)?;
    let after = manifest::write(new, scaffolds)?;
    let merged = diffy::merge(&before, text, &after).ok();
    let says_it = |text: &String| manifest::read(text).is_ok_and(|read| read == *new);
    Ok(merged.filter(says_it).unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# ours\nversion: 1\nproject: \"shop\"\nci: \"github\"\n\nstrategy: \"promotion\"\nbranch: \"main\"\n\
        environments:\n  - name: \"production\" # the only one\n    region: \"eu-west-1\"\nservices:\n  - name: \"web\"\n    path: \".\"\n    \
        kind: \"spa\"\n    target: \"amplify\"\n";

    #[test]
    fn a_comment_of_the_user_stays() {
        let scaffolds = Scaffolds::default();
        let old = manifest::read(TEXT).expect("valid");
        let mut text = manifest::write(&old, &scaffolds).expect("renders");
        text = text.replace("branch: \"main\"", "branch: \"main\" # never master");
        let mut new = old.clone();
        new.environments[0].region = "us-east-1".parse().expect("valid");
        let revised = revise(&text, &old, &new, &scaffolds).expect("renders");
        assert!(revised.contains("# never master"), "{revised}");
        assert_eq!(manifest::read(&revised).expect("valid"), new);
    }

    #[test]
    fn a_text_that_is_too_different_is_written_anew() {
        let scaffolds = Scaffolds::default();
        let old = manifest::read(TEXT).expect("valid");
        let mut new = old.clone();
        new.environments[0].region = "us-east-1".parse().expect("valid");
        let revised = revise(TEXT, &old, &new, &scaffolds).expect("renders");
        assert_eq!(manifest::read(&revised).expect("valid"), new);
    }
}
