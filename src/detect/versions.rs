//! Which version of a toolchain fits what the project asks for. The versions themselves are data.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The toolchain versions on offer, as the scaffolds' data files list them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Per toolchain (`node`, `python`, `go`), the one to recommend first: `22`, `3.13`, `1.25`.
    pub offered: BTreeMap<String, Vec<String>>,
    /// Per toolchain, other names of a version: `lts/jod` is `22`.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
}

impl Versions {
    /// The versions of a toolchain, recommended first.
    #[must_use]
    pub fn of(&self, toolchain: &str) -> &[String] {
        self.offered.get(toolchain).map_or(&[], Vec::as_slice)
    }

    /// The best offered version for `wanted`, which is a version, a range or an alias.
    #[must_use]
    pub fn pick(&self, toolchain: &str, wanted: &str) -> Option<&str> {
        let alias = self.aliases.get(toolchain).and_then(|a| a.get(wanted));
        let wanted = alias.map_or(wanted, String::as_str);
        let fits = |offered: &&String| admits(wanted, offered);
        self.of(toolchain).iter().find(fits).map(String::as_str)
    }

    /// A written version cut to the length of the offered ones: `v20.11.1` is `20`, `3.12.4` is `3.12`.
    #[must_use]
    pub fn shorten(&self, toolchain: &str, written: &str) -> Option<String> {
        let length = self.of(toolchain).first().map_or(1, |v| v.split('.').count());
        let parts: Vec<_> = numbers(written).iter().take(length).map(u64::to_string).collect();
        (!parts.is_empty()).then(|| parts.join("."))
    }
}

/// Whether some release of the series `offered` (`22`, `3.13`) lies in `range` (npm's and Python's forms).
fn admits(range: &str, offered: &str) -> bool {
    let series = numbers(offered);
    range.split("||").any(|all| {
        let all = match all.split_once(" - ") {
            Some((least, most)) => format!(">={least} <={most}"),
            None => all.replace(',', " "),
        };
        comparators(&all).iter().all(|one| holds(one, &series))
    })
}

/// Splits `>= 18 <23` into `>=18` and `<23`: an operator may be followed by spaces.
fn comparators(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match found.last_mut() {
            Some(last) if !last.contains(|c: char| c.is_ascii_alphanumeric() || c == '*') => {
                last.push_str(word);
            }
            _ => found.push(word.to_owned()),
        }
    }
    found
}

fn holds(comparator: &str, series: &[u64]) -> bool {
    let start = comparator.find(|c: char| !"<>=~^!".contains(c));
    let (operator, version) = comparator.split_at(start.unwrap_or(comparator.len()));
    let version = numbers(version);
    let order = compare(series, &version);
    let beyond = version.len() > series.len() && version[series.len()..].iter().any(|n| *n > 0);
    let prefix = |length: usize| compare(series, &version[..length.min(version.len())]) == Ordering::Equal;
    match operator {
        _ if version.is_empty() => true,
        ">=" => order != Ordering::Less,
        ">" => order == Ordering::Greater || (order == Ordering::Equal && version.len() > series.len()),
        "<" => order == Ordering::Less || (order == Ordering::Equal && beyond),
        "<=" => order != Ordering::Greater,
        "^" => order != Ordering::Less && prefix(1),
        "~=" => order != Ordering::Less && prefix(version.len() - 1),
        "!=" => true,
        _ => prefix(version.len()),
    }
}

/// Compares as many parts as both have.
fn compare(series: &[u64], version: &[u64]) -> Ordering {
    let length = series.len().min(version.len());
    series[..length].cmp(&version[..length])
}

/// The leading numbers: `v20.x` is `[20]`, `*` and `latest` are empty.
fn numbers(version: &str) -> Vec<u64> {
    let version = version.trim_start_matches(|c: char| !c.is_ascii_digit() && !"x*.".contains(c));
    version.split('.').map_while(leading_number).collect()
}

fn leading_number(part: &str) -> Option<u64> {
    let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
    part[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_admit_the_series_they_should() {
        let yes = [
            (">=18", "22"),
            ("^22.1.0", "22"),
            ("20.x || 22.x", "22"),
            (">= 20 <23", "22"),
            ("18 - 22", "22"),
            ("*", "22"),
            ("~22.4", "22"),
            (">=18.18.0 <19 || >=20", "22"),
            ("v22.11.0", "22"),
            ("lts/*", "22"),
            (">=3.11,<3.14", "3.13"),
            ("~=3.11", "3.13"),
            ("==3.13.*", "3.13"),
            ("^3.11", "3.13"),
            (">=3", "3.13"),
            ("<=22", "22"),
            (">22.1", "22"),
            ("22", "22"),
            (">=3.11, <4.0", "3.13"),
            ("<22.5", "22"),
        ];
        for (range, series) in yes {
            assert!(admits(range, series), "{range} should admit {series}");
        }
    }

    #[test]
    fn ranges_refuse_the_others() {
        let no = [
            ("^20", "22"),
            ("<22", "22"),
            ("<22.0.0", "22"),
            (">22", "22"),
            ("20.x", "22"),
            ("18 - 20", "22"),
            ("~=3.11.2", "3.13"),
            ("==3.12.*", "3.13"),
            (">=3.11,<3.13", "3.13"),
            ("16 || 18", "22"),
        ];
        for (range, series) in no {
            assert!(!admits(range, series), "{range} should not admit {series}");
        }
    }
}
