//! What is past or near its end of life among the versions that a manifest names.

use serde::Deserialize;

use crate::error::Result;
use crate::manifest::{Manifest, Service};
use crate::scaffold::Scaffolds;

/// Months before its end from which a version is worth a warning.
const NEAR_MONTHS: u32 = 6;

/// `targets/lambda/runtimes.yaml` and its like: runtimes of a target with the days they end.
#[derive(Debug, Deserialize)]
struct Runtimes {
    runtimes: Vec<Runtime>,
}

#[derive(Debug, Deserialize)]
struct Runtime {
    name: String,
    toolchain: Vec<String>,
    version: Option<String>,
    deprecated: Option<String>,
    #[serde(default)]
    successor: Option<String>,
}

/// One sentence for each version that is past or near its end on `today`, `YYYY-MM-DD`.
///
/// # Errors
/// A scaffold that does not parse.
pub fn ends(manifest: &Manifest, scaffolds: &Scaffolds, today: &str) -> Result<Vec<String>> {
    let mut sentences = Vec::new();
    for service in &manifest.services {
        sentences.extend(toolchain_end(service, scaffolds, today)?);
        sentences.extend(runtime_end(service, scaffolds, today)?);
    }
    Ok(sentences)
}

fn toolchain_end(service: &Service, scaffolds: &Scaffolds, today: &str) -> Result<Option<String>> {
    let Some(chosen) = &service.toolchain else { return Ok(None) };
    let file = scaffolds.toolchain(&chosen.name)?;
    let newest = file.versions.first().map(|version| version.version.as_str()).unwrap_or_default();
    let Some(version) = file.versions.iter().find(|version| version.version == chosen.version) else {
        return Ok(Some(format!(
            "{} {} is no longer, or not yet, maintained; {newest} is",
            file.title, chosen.version
        )));
    };
    Ok(sentence(&format!("{} {}", file.title, version.version), &version.end, today, newest))
}

fn runtime_end(service: &Service, scaffolds: &Scaffolds, today: &str) -> Result<Option<String>> {
    let path = format!("targets/{}/runtimes.yaml", service.target);
    let (Some(chosen), Some(_)) = (&service.toolchain, scaffolds.find(&path)) else { return Ok(None) };
    let data: Runtimes = scaffolds.parse(&path)?;
    let fits = |runtime: &&Runtime| {
        runtime.toolchain.contains(&chosen.name) && runtime.version.as_ref() == Some(&chosen.version)
    };
    let Some(Runtime { name, deprecated: Some(end), successor, .. }) = data.runtimes.iter().find(fits) else {
        return Ok(None);
    };
    Ok(sentence(&format!("the Lambda runtime {name}"), end, today, successor.as_deref().unwrap_or_default()))
}

fn sentence(what: &str, end: &str, today: &str, next: &str) -> Option<String> {
    let next = if next.is_empty() { String::new() } else { format!(": move on to {next}") };
    if end <= today {
        Some(format!("{what} reached its end on {end}{next}"))
    } else if *end <= *later(today) {
        Some(format!("{what} reaches its end on {end}{next}"))
    } else {
        None
    }
}

/// The day `NEAR_MONTHS` after a day.
fn later(today: &str) -> String {
    let mut parts = today.splitn(3, '-');
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (year, month, day) = (number(), number(), number());
    let months = year * 12 + month.saturating_sub(1) + NEAR_MONTHS;
    format!("{:04}-{:02}-{day:02}", months / 12, months % 12 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_past_ends_are_named_and_far_ones_are_not() {
        assert_eq!(later("2026-11-24"), "2027-05-24");
        assert!(
            sentence("x", "2026-11-24", "2026-11-24", "y").is_some_and(|s| s.contains("reached its end"))
        );
        assert!(sentence("x", "2027-04-30", "2026-11-24", "").is_some_and(|s| s.contains("reaches its end")));
        assert_eq!(sentence("x", "2028-04-30", "2026-11-24", ""), None);
    }
}
