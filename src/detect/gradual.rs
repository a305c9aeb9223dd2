//! The change to a SAM template with which a new version gets traffic little by little. It is shown, never made.

use serde_json::Value;

use super::document::Document;
use super::sam::{functions, is_sam, property};

/// The template with `lines` for all its functions; nothing where it has an alias already, or cannot be changed so that
/// all else stays as it is.
#[must_use]
pub fn gradual(file: &str, text: &str, lines: &str) -> Option<String> {
    let template = Document::parse(file, text).ok().filter(is_sam)?;
    let functions = functions(&template);
    let has_alias = |function: &&str| property(&template, function, "AutoPublishAlias").is_some();
    if functions.is_empty() || functions.iter().any(has_alias) {
        return None;
    }
    let settings: Vec<&str> = lines.lines().filter(|line| !line.starts_with('#')).collect();
    let proposed = insert(text, &settings)?;
    let read = Document::parse(file, &proposed).ok()?;
    (read.str(&["Globals", "Function", "AutoPublishAlias"]).is_some()
        && without(read.value(), &settings) == without(template.value(), &settings))
    .then_some(proposed)
}

/// Puts the settings first below `Globals: Function:`, which is made where it is missing.
fn insert(text: &str, settings: &[&str]) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |key: &str| lines.iter().position(|line| line.trim_end() == key);
    let (at, above, indent) = match begins("Globals:") {
        None => (begins("Resources:")?, &["Globals:", "  Function:"][..], 4),
        Some(globals) => match function(&lines, globals) {
            Some(function) => (function + 1, &[][..], indent_after(&lines, function)?),
            None => (globals + 1, &["  Function:"][..], 4),
        },
    };
    let mut all: Vec<String> = lines[..at].iter().map(|&line| line.to_owned()).collect();
    all.extend(above.iter().map(|&line| line.to_owned()));
    all.extend(settings.iter().map(|line| format!("{}{line}", " ".repeat(indent))));
    if above.len() == 2 {
        all.push(String::new());
    }
    all.extend(lines[at..].iter().map(|&line| line.to_owned()));
    Some(all.join("\n") + "\n")
}

/// The line `Function:` below `Globals:`.
fn function(lines: &[&str], globals: usize) -> Option<usize> {
    let below = lines.iter().enumerate().skip(globals + 1);
    let mut block = below.take_while(|(_, line)| line.is_empty() || line.starts_with([' ', '#']));
    block.find(|(_, line)| line.trim() == "Function:").map(|(index, _)| index)
}

/// How far the first setting below a line is indented.
fn indent_after(lines: &[&str], line: usize) -> Option<usize> {
    let mut below = lines.iter().skip(line + 1);
    let first = below.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))?;
    Some(first.len() - first.trim_start().len())
}

/// A template without the settings, and without what only they make necessary.
fn without(template: &Value, settings: &[&str]) -> Value {
    let mut template = template.clone();
    let keys = settings.iter().filter_map(|line| line.split_once(':')).map(|(key, _)| key);
    if let Some(function) = template.pointer_mut("/Globals/Function").and_then(Value::as_object_mut) {
        for key in keys {
            function.remove(key);
        }
    }
    for (parent, key) in [("/Globals", "Function"), ("", "Globals")] {
        let parent = template.pointer_mut(parent).and_then(Value::as_object_mut);
        let empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        if let Some(parent) = parent.filter(|parent| parent.get(key).is_some_and(empty)) {
            parent.remove(key);
        }
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "# why\nAutoPublishAlias: live\nDeploymentPreference:\n  Type: Canary\n";
    const TEMPLATE: &str =
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n";
    const ADDED: &str = "    AutoPublishAlias: live\n    DeploymentPreference:\n      Type: Canary\n";

    fn proposed(text: &str) -> Option<String> {
        gradual("template.yaml", text, LINES)
    }

    #[test]
    fn the_settings_stand_in_globals_and_nothing_else_changes() {
        let made = format!("Globals:\n  Function:\n{ADDED}\nResources:");
        assert_eq!(proposed(TEMPLATE), Some(TEMPLATE.replace("Resources:", &made)));
        let globals =
            TEMPLATE.replace("Resources:", "Globals:\n  Api:\n    TracingEnabled: true\nResources:");
        let wanted = globals.replace("Globals:\n", &format!("Globals:\n  Function:\n{ADDED}"));
        assert_eq!(proposed(&globals), Some(wanted));
        let function = TEMPLATE
            .replace("Resources:", "Globals:\n   Function:\n      # ours\n      Timeout: 3\nResources:");
        let added =
            ADDED.replace("    A", "      A").replace("    D", "      D").replace("      T", "        T");
        let wanted = function.replace("Function:\n", &format!("Function:\n{added}"));
        assert_eq!(proposed(&function), Some(wanted));
    }

    #[test]
    fn nothing_is_proposed_where_it_is_there_or_cannot_be_proven_right() {
        let alias = "Resources:\n  Api:\n    Type: AWS::Serverless::Function\n    Properties: { AutoPublishAlias: x }\n";
        assert_eq!(proposed(&format!("Transform: AWS::Serverless-2016-10-31\n{alias}")), None);
        let flow = TEMPLATE.replace("Resources:", "Globals: { Function: { Timeout: 3 } }\nResources:");
        assert_eq!(proposed(&flow), None);
        assert_eq!(proposed("Resources: {}\n"), None);
        assert_eq!(gradual("template.json", "{\"Transform\": \"AWS::Serverless-2016-10-31\"}", LINES), None);
    }
}
