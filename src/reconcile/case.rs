//! What happens to one wanted file, by its policy, the text last written, and the text on disk.

use super::shape::Shape;
use super::{Action, Base, Change, Look, PROPOSAL, merge, settled, share};
use crate::fileset::{File, Policy};

/// One wanted file and all that bears on it.
pub(super) struct Case<'a> {
    pub(super) path: &'a str,
    pub(super) file: &'a File,
    pub(super) base: &'a Base,
    pub(super) disk: Look<'a>,
}

/// An action, the content that results (`None`: as it is), and the reason.
type Verdict = (Action, Option<String>, String);

fn keep(why: &str) -> Verdict {
    (Action::Keep, None, why.to_owned())
}

fn take(action: Action, content: impl Into<String>, why: &str) -> Verdict {
    (action, Some(content.into()), why.to_owned())
}

impl Case<'_> {
    /// Adds what happens to the file, and to the proposal beside it.
    pub(super) fn decide(&self, changes: &mut Vec<Change>) {
        let Some(old) = (self.disk)(self.path) else {
            changes.push(self.absent());
            return;
        };
        let (shape, content) = Shape::split(&old);
        let (action, new, why) = self.present(&content);
        let new = new.map_or_else(|| old.clone(), |new| shape.dress(&new));
        if action == Action::Conflict {
            changes.push(self.change(action, Some(old), Some(new.clone()), &why));
            changes.push(self.proposal(new));
        } else {
            changes.push(self.change(action, Some(old), Some(new), &why));
            changes.extend(settled(self.path, self.base, self.disk));
        }
    }

    fn change(&self, action: Action, old: Option<String>, new: Option<String>, why: &str) -> Change {
        let (path, executable) = (self.path.to_owned(), self.file.executable);
        Change { path, action, old, new, executable, why: why.to_owned() }
    }

    fn absent(&self) -> Change {
        if self.base.text(self.path).is_some() && self.file.policy != Policy::Seed {
            let why =
                format!("you deleted it; `pipewright generate --restore {}` writes it again", self.path);
            self.change(Action::Deleted, None, None, &why)
        } else {
            self.change(Action::Create, None, Some(self.file.text.clone()), "new")
        }
    }

    fn present(&self, content: &str) -> Verdict {
        let wanted = &self.file.text;
        if content == wanted {
            return (Action::Unchanged, None, "as wanted".to_owned());
        }
        match (self.file.policy, self.base.text(self.path)) {
            (_, Some(base)) if base == content => {
                take(Action::Update, wanted, "not edited since it was written")
            }
            (Policy::Seed, _) => keep("yours alone"),
            (_, Some(base)) if base == wanted => keep("your edits stay"),
            _ if self.resolved() => keep("you settled the conflict"),
            (_, Some(base)) => self.merge(base, content),
            (Policy::Share, None) => self.share(content),
            (Policy::Merge, None) => self.conflict("it is there already, and not known to be pipewright's"),
        }
    }

    /// The user saw this very proposal and deleted it.
    fn resolved(&self) -> bool {
        let beside = format!("{}{PROPOSAL}", self.path);
        self.base.proposed(self.path, &self.file.text) && (self.disk)(&beside).is_none()
    }

    fn merge(&self, base: &str, content: &str) -> Verdict {
        match merge::merge(self.path, base, content, &self.file.text) {
            Ok(text) if text == content => keep("your edits have all that is new"),
            Ok(text) => take(Action::Merge, text, "your edits and the new text are joined"),
            Err(why) => self.conflict(&why),
        }
    }

    fn share(&self, content: &str) -> Verdict {
        match share::add_entries(content, &self.file.text) {
            Ok(None) => keep("yours has these entries"),
            Ok(Some(text)) => take(Action::Merge, text, "our entries are added to yours"),
            Err(why) => self.conflict(&why),
        }
    }

    fn conflict(&self, why: &str) -> Verdict {
        take(Action::Conflict, &self.file.text, why)
    }

    /// The file beside the user's that holds what we would have written.
    fn proposal(&self, new: String) -> Change {
        let path = format!("{}{PROPOSAL}", self.path);
        let old = (self.disk)(&path);
        let (action, why) = self.proposing(old.as_deref());
        let new = if action.writes() { Some(new) } else { old.clone() };
        Change { path, ..self.change(action, old, new, why) }
    }

    fn proposing(&self, old: Option<&str>) -> (Action, &'static str) {
        match old.map(|old| Shape::split(old).1) {
            None => (Action::Create, "the proposal: take what you need, then delete it"),
            Some(content) if content == self.file.text => {
                (Action::Unchanged, "the proposal is there already")
            }
            Some(content) if self.base.proposed(self.path, &content) => (Action::Update, "a newer proposal"),
            Some(_) => (Action::Keep, "you edited the proposal"),
        }
    }
}
