//! The cases in docs/src/cases are the book's own pages: each is run as it stands there.
#![allow(missing_docs)]

#[test]
fn the_cases_of_the_book_run_as_they_are_printed() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("AWS_REGION", "")
        .env("AWS_DEFAULT_REGION", "")
        .case("docs/src/cases/*.md");
}
