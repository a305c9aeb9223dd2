//! The one error type that reaches a person: what failed, where, and the next thing to type.

use std::fmt;
use std::path::Path;

use crate::manifest::Spot;
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceOffset};

/// The result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What sort of failure it is; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Files are stale or something was found (`--check`).
    Findings,
    /// Wrong flags, a bad manifest, or a question without a terminal to ask it in.
    Usage,
    /// A write was refused: a conflict, a link that leaves the repository, a failed disk.
    Refused,
    /// A defect of pipewright itself.
    Bug,
    /// The person pressed Ctrl-C.
    Interrupted,
    /// Whoever read the output went away (`| head`): nothing to report.
    Closed,
}

impl Kind {
    /// The process exit code: 1 findings, 2 usage, 3 refused, 70 our bug, 130 Ctrl-C, 0 where the reader went away.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Bug => 70,
            Self::Interrupted => 130,
            Self::Closed => 0,
        }
    }
}

/// A place in a text file, 1-based, with the text so that the report can show the line.
#[derive(Debug)]
struct Place {
    source: NamedSource<String>,
    offset: SourceOffset,
    line: usize,
    column: usize,
}

/// A failure with everything its report needs.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    what: String,
    help: Option<String>,
    place: Option<Place>,
    /// What in the manifest it is about, until the text is at hand that it stands in.
    spot: Option<Spot>,
}

impl Error {
    /// A failure of the given kind; `what` is one sentence without a full stop.
    #[must_use]
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, what: what.into(), help: None, place: None, spot: None }))
    }

    /// Wrong input: flags, answers, the manifest.
    #[must_use]
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// A defect of ours, never of the user's input.
    #[must_use]
    pub fn bug(what: impl Into<String>) -> Self {
        Self::new(Kind::Bug, what)
            .help("this is a defect of pipewright: please report it with the command you ran")
    }

    /// A write that was not done, or could not be.
    #[must_use]
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(Kind::Refused, what)
    }

    /// A file or folder that could not be read or written.
    #[must_use]
    pub fn io(deed: &str, path: &Path, cause: &std::io::Error) -> Self {
        Self::new(Kind::Refused, format!("cannot {deed} {}: {cause}", path.display()))
    }

    /// Adds the next thing to do, best a command to type.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the place: `file` as shown, its whole `text`, and the 1-based line and column.
    #[must_use]
    pub fn at(mut self, file: &str, text: &str, line: usize, column: usize) -> Self {
        let offset = SourceOffset::from_location(text, line, column);
        let source = NamedSource::new(file, text.to_owned());
        self.0.place = Some(Place { source, offset, line, column });
        self
    }

    /// Says what in the manifest it is about; [`Error::within`] then finds the place. The nearest to the fault stands.
    #[must_use]
    pub fn about(mut self, spot: Spot) -> Self {
        self.0.spot.get_or_insert(spot);
        self
    }

    /// Adds the place where what it is about stands in the text of a manifest.
    #[must_use]
    pub fn within(self, file: &str, text: &str) -> Self {
        let found = self
            .0
            .spot
            .as_ref()
            .filter(|_| self.kind() == Kind::Usage && self.0.place.is_none())
            .and_then(|spot| spot.find(text));
        match found {
            Some((line, column)) => self.at(file, text, line, column),
            None => self,
        }
    }

    /// The kind, which decides the exit code.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(place) => {
                write!(f, "{}:{}:{}: {}", place.source.name(), place.line, place.column, self.0.what)
            }
            None => f.write_str(&self.0.what),
        }
    }
}

impl std::error::Error for Error {}

impl Diagnostic for Error {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.place.as_ref().map(|place| &place.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.0.place.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::at_offset(place.offset.offset(), "here"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_as_file_line_and_column() {
        let error = Error::usage("unknown key `acount`").at("pipewright.yml", "a: 1\nb: 2\n", 2, 1);
        assert_eq!(error.to_string(), "pipewright.yml:2:1: unknown key `acount`");
        assert_eq!(error.kind().exit_code(), 2);
    }
}
