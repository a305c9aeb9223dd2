//! The three-way merge of one file: a text is taken only if its tree proves that both sides are in it.

use super::tree::{self, Format};
use super::weave::weave;

/// Merges a file's content (LF, no mark) or says, in a sentence without a full stop, why it cannot be merged.
///
/// Text merges lie: two sides may add one key in two places, and no line clashes. So for YAML and JSON the merged
/// text must parse, without a duplicate key, to the tree-level merge of the three inputs. Other text has no tree,
/// and a clean text merge is taken.
pub fn merge(path: &str, base: &str, ours: &str, theirs: &str) -> Result<String, String> {
    let text = diffy::merge(base, ours, theirs).ok();
    let Some(format) = Format::of(path) else {
        return text.ok_or_else(|| "you and pipewright changed the same lines".to_owned());
    };
    let read =
        |whose: &str, text| format.parse(text).map_err(|error| format!("{whose} cannot be read: {error}"));
    let wanted = tree::merge(
        &read("the text last written", base)?,
        &read("your file", ours)?,
        &read("the new text", theirs)?,
    )
    .map_err(|place| clash(&place))?;
    let proven = |text: &String| format.parse(text).is_ok_and(|tree| tree == wanted);
    text.filter(proven)
        .or_else(|| weave(base, ours, theirs).filter(proven))
        .ok_or_else(|| "the lines that you and pipewright changed cannot be joined safely".to_owned())
}

fn clash(place: &str) -> String {
    if place.is_empty() {
        "you and pipewright changed the same thing".to_owned()
    } else {
        format!("you and pipewright both changed `{place}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lie_of_the_text_merge_is_a_conflict() {
        let base = "env:\n  A: 1\n  C: 1\n  D: 1\n  E: 1\n";
        let ours = "env:\n  B: 2\n  A: 1\n  C: 1\n  D: 1\n  E: 1\n";
        let theirs = "env:\n  A: 1\n  C: 1\n  D: 1\n  E: 1\n  B: 3\n";
        assert!(diffy::merge(base, ours, theirs).is_ok(), "the text merge is clean");
        let why = merge("x.yml", base, ours, theirs).expect_err("a duplicate key");
        assert_eq!(why, "you and pipewright both changed `env.B`");
    }

    #[test]
    fn the_same_key_added_in_two_places_is_a_conflict_too() {
        let base = "env:\n  A: 1\n  C: 1\n  D: 1\n";
        let ours = "env:\n  B: 2\n  A: 1\n  C: 1\n  D: 1\n";
        let theirs = "env:\n  A: 1\n  C: 1\n  D: 1\n  B: 2\n";
        assert!(merge("x.yml", base, ours, theirs).is_err());
    }

    #[test]
    fn neighbouring_lines_of_yaml_merge_and_of_scripts_do_not() {
        let (base, ours, theirs) = ("a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n");
        assert_eq!(merge("x.yaml", base, ours, theirs).as_deref(), Ok("a: 2\nb: 2\n"));
        assert!(merge("x.sh", base, ours, theirs).is_err());
    }

    #[test]
    fn comments_of_both_sides_stay() {
        let base = "# head\na: 1\n\nb: 1\n\nc: 1\n";
        let ours = "# head\na: 1 # mine\n\nb: 1\n\nc: 1\n";
        let theirs = "# head\na: 1\n\nb: 1\n\n# theirs\nc: 2\n";
        let want = "# head\na: 1 # mine\n\nb: 1\n\n# theirs\nc: 2\n";
        assert_eq!(merge("x.yml", base, ours, theirs).as_deref(), Ok(want));
    }

    #[test]
    fn a_file_that_cannot_be_read_says_so() {
        let why = merge("x.yml", "a: 1\n", "a: [1\n", "a: 2\n").expect_err("broken YAML");
        assert!(why.starts_with("your file cannot be read: "), "{why}");
    }
}
