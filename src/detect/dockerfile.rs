//! Reads Dockerfiles: stages, ports, variables and the start command, as the final image sees them.

use std::collections::HashMap;

/// One instruction with its first line.
#[derive(Debug, Clone)]
pub(super) struct Instruction {
    pub(super) keyword: String,
    pub(super) arguments: String,
    pub(super) line: usize,
}

/// A stage: its base image or the name of an earlier stage, and what follows.
#[derive(Debug, Clone, Default)]
pub(super) struct Stage {
    pub(super) base: String,
    pub(super) line: usize,
    name: String,
    instructions: Vec<Instruction>,
}

/// A parsed Dockerfile.
#[derive(Debug, Default)]
pub(super) struct Dockerfile {
    stages: Vec<Stage>,
    variables: HashMap<String, String>,
}

impl Dockerfile {
    /// Parses leniently: what is not an instruction is passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for instruction in instructions(text) {
            parsed.add(instruction);
        }
        parsed
    }

    fn add(&mut self, mut instruction: Instruction) {
        instruction.arguments = self.substitute(&instruction.arguments);
        if matches!(instruction.keyword.as_str(), "ARG" | "ENV") {
            self.variables.extend(assignments(&instruction.arguments));
        }
        if instruction.keyword == "FROM" {
            self.stages.push(stage(&instruction));
        } else if let Some(stage) = self.stages.last_mut() {
            stage.instructions.push(instruction);
        }
    }

    fn substitute(&self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = reference(part);
            match self.variables.get(name) {
                Some(value) => out.extend([value, rest]),
                None => out.extend(["$", part]),
            }
        }
        out
    }

    /// The final stage and the earlier stages it is built from, last first.
    pub(super) fn chain(&self) -> Vec<&Stage> {
        let mut chain: Vec<&Stage> = Vec::new();
        let mut end = self.stages.len();
        let mut next = end.checked_sub(1);
        while let Some(index) = next.filter(|index| *index < end) {
            let stage = &self.stages[index];
            chain.push(stage);
            end = index;
            next = self.stages[..end].iter().rposition(|s| !s.name.is_empty() && s.name == stage.base);
        }
        chain
    }

    /// All stages.
    pub(super) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The image that the final stage stands on.
    pub(super) fn base(&self) -> Option<&Stage> {
        self.chain().last().copied()
    }

    /// Instructions of one keyword in the final image, those of the final stage first.
    pub(super) fn all(&self, keyword: &str) -> Vec<&Instruction> {
        let stages = self.chain().into_iter();
        stages.flat_map(|stage| stage.instructions.iter().filter(|i| i.keyword == keyword)).collect()
    }

    /// The last instruction of one keyword that holds in the final image.
    pub(super) fn last(&self, keyword: &str) -> Option<&Instruction> {
        let stages = self.chain().into_iter();
        stages.flat_map(|stage| stage.instructions.iter().rev()).find(|i| i.keyword == keyword)
    }

    /// Variables of the final image with their lines.
    pub(super) fn env(&self) -> Vec<(String, String, usize)> {
        let all = self.all("ENV").into_iter();
        all.flat_map(|i| assignments(&i.arguments).into_iter().map(|(name, value)| (name, value, i.line)))
            .collect()
    }
}

fn stage(from: &Instruction) -> Stage {
    let mut words = from.arguments.split_whitespace().filter(|word| !word.starts_with("--"));
    let base = words.next().unwrap_or_default().to_owned();
    let name = words.nth(1).unwrap_or_default().to_owned();
    Stage { base, name, line: from.line, instructions: Vec::new() }
}

/// `NAME}rest`, `NAME:-x}rest` behind `${`, or `NAMErest` behind `$`.
fn reference(part: &str) -> (&str, &str) {
    if let Some((inner, rest)) = part.strip_prefix('{').and_then(|part| part.split_once('}')) {
        return (inner.split(':').next().unwrap_or(inner), rest);
    }
    let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    part.split_at(end.unwrap_or(part.len()))
}

/// `A=1 B="two words"` or the old form `A one`.
fn assignments(text: &str) -> Vec<(String, String)> {
    let words = words(text);
    if let [name, value @ ..] = words.as_slice()
        && !name.contains('=')
    {
        return if value.is_empty() { Vec::new() } else { vec![(name.clone(), value.join(" "))] };
    }
    let pairs = words.iter().filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Words of a shell-like line, quotes removed.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in text.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Joins continued lines, leaves out comments and the bodies of here-documents.
fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let mut whole = line.trim().to_owned();
        if whole.is_empty() || whole.starts_with('#') {
            continue;
        }
        while whole.ends_with(['\\', '`']) {
            whole.pop();
            let Some((_, next)) = lines.by_ref().find(|(_, line)| !line.trim().starts_with('#')) else {
                break;
            };
            whole.push_str(next.trim());
        }
        let (keyword, arguments) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
        let keyword = keyword.to_ascii_uppercase();
        if matches!(keyword.as_str(), "RUN" | "COPY")
            && let Some(end) = here_document(arguments)
        {
            lines.by_ref().find(|(_, line)| line.trim() == end);
        }
        found.push(Instruction { keyword, arguments: arguments.trim().to_owned(), line: index + 1 });
    }
    found
}

fn here_document(arguments: &str) -> Option<String> {
    let (_, rest) = arguments.split_once("<<")?;
    let rest = rest.trim_start_matches('-').trim_start_matches(['"', '\'']);
    let end: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!end.is_empty()).then_some(end)
}
