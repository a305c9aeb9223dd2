//! The name that was most likely meant where an unknown one was typed.

/// The nearest of the names, if one is near enough to have been meant.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = word.to_lowercase();
    let far = (typed.chars().count() / 3).max(1);
    let near = names.into_iter().map(|name| (strsim::damerau_levenshtein(&typed, name), name));
    near.filter(|(distance, _)| *distance <= far).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["github", "gitlab", "codebuild"];
        for (typed, meant) in [
            ("gihtub", Some("github")),
            ("GitHub", Some("github")),
            ("code-build", Some("codebuild")),
            ("jenkins", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
    }
}
