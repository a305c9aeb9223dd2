//! Three-way merge of YAML sequences: elements keep their identity through edits, insertions and deletions.

use serde_yaml::Value;

use super::likeness::likeness;
use super::tree::{Clash, node};

/// Tables larger than this are not worth filling: such lists merge only where one side left them alone.
const LARGEST: usize = 250_000;

/// A side of the merge in terms of the base: what became of each element, and what stands before it.
struct Aligned<'a> {
    kept: Vec<Option<&'a Value>>,
    added: Vec<&'a [Value]>,
}

/// Merges three lists element by element.
pub(super) fn merge(base: &[Value], ours: &[Value], theirs: &[Value]) -> Result<Vec<Value>, Clash> {
    if base.len() * ours.len().max(theirs.len()) > LARGEST {
        return Err(Clash::here());
    }
    let (ours, theirs) = (Aligned::new(base, ours), Aligned::new(base, theirs));
    let mut merged = Vec::new();
    for (index, element) in base.iter().enumerate() {
        merged.extend_from_slice(added(ours.added[index], theirs.added[index])?);
        let outcome = node(Some(element), ours.kept[index], theirs.kept[index])
            .map_err(|clash| clash.under(index.to_string()))?;
        merged.extend(outcome);
    }
    merged.extend_from_slice(added(ours.added[base.len()], theirs.added[base.len()])?);
    Ok(merged)
}

/// What was added in one place: by one side, or the same by both; two different additions have no order.
fn added<'a>(ours: &'a [Value], theirs: &'a [Value]) -> Result<&'a [Value], Clash> {
    if theirs.is_empty() || ours == theirs {
        Ok(ours)
    } else if ours.is_empty() {
        Ok(theirs)
    } else {
        Err(Clash::here())
    }
}

impl<'a> Aligned<'a> {
    fn new(base: &[Value], side: &'a [Value]) -> Self {
        let mut aligned = Self { kept: vec![None; base.len()], added: vec![&[]; base.len() + 1] };
        let (mut from, mut next) = (0, 0);
        for (to, at) in pairs(base, side).into_iter().chain([(base.len(), side.len())]) {
            aligned.gap(from..to, &side[next..at]);
            if to < base.len() {
                aligned.kept[to] = Some(&side[at]);
            }
            (from, next) = (to + 1, at + 1);
        }
        aligned
    }

    /// Elements without a counterpart: as many on either side were edited in place, else the old went and the new came.
    fn gap(&mut self, base: std::ops::Range<usize>, side: &'a [Value]) {
        if base.len() == side.len() {
            for (index, value) in base.zip(side) {
                self.kept[index] = Some(value);
            }
        } else {
            self.added[base.start] = side;
        }
    }
}

/// The pairs (base, side) of elements that are the same, edited or not: of all ordered pairings the most alike.
fn pairs(base: &[Value], side: &[Value]) -> Vec<(usize, usize)> {
    let scores: Vec<Vec<u32>> = base.iter().map(|b| side.iter().map(|s| likeness(b, s)).collect()).collect();
    // best[i][j]: the best sum for base[i..] and side[j..].
    let mut best = vec![vec![0_u32; side.len() + 1]; base.len() + 1];
    for i in (0..base.len()).rev() {
        for j in (0..side.len()).rev() {
            let paired = best[i + 1][j + 1] + scores[i][j];
            best[i][j] = paired.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    walk(&scores, &best)
}

/// Follows the best sums from the start.
fn walk(scores: &[Vec<u32>], best: &[Vec<u32>]) -> Vec<(usize, usize)> {
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < scores.len() && j < scores[i].len() {
        if scores[i][j] > 0 && best[i][j] == best[i + 1][j + 1] + scores[i][j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[i][j] == best[i + 1][j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Format, merge};

    fn merged(base: &str, ours: &str, theirs: &str) -> Result<String, String> {
        let [base, ours, theirs] =
            [base, ours, theirs].map(|text| Format::Yaml.parse(text).expect("valid YAML"));
        let tree = merge(&base, &ours, &theirs)?;
        Ok(serde_json::to_string(&tree[0]).expect("plain data"))
    }

    #[test]
    fn an_insertion_beside_an_edited_step() {
        let base = "- uses: actions/checkout@11\n- uses: actions/setup-node@22\n- run: npm ci\n";
        let ours = "- uses: actions/checkout@11\n- run: mine\n- uses: actions/setup-node@22\n- run: npm ci\n";
        let theirs = "- uses: actions/checkout@12\n- uses: actions/setup-node@23\n- run: npm ci\n";
        let want = r#"[{"uses":"actions/checkout@12"},{"run":"mine"},{"uses":"actions/setup-node@23"},{"run":"npm ci"}]"#;
        assert_eq!(merged(base, ours, theirs).as_deref(), Ok(want));
    }

    #[test]
    fn an_element_is_known_by_its_beginning() {
        let base = "- uses: actions/checkout@11\n- run: npm ci\n";
        let ours = "- uses: other/setup@99\n- uses: actions/checkout@12\n- run: npm ci\n";
        let theirs = "- uses: actions/checkout@11\n  with: {x: 1}\n- run: npm ci\n";
        let want =
            r#"[{"uses":"other/setup@99"},{"uses":"actions/checkout@12","with":{"x":1}},{"run":"npm ci"}]"#;
        assert_eq!(merged(base, ours, theirs).as_deref(), Ok(want));
    }

    #[test]
    fn additions_in_two_places_and_a_deletion() {
        assert_eq!(merged("[a, b, c]", "[a, b, c, d]", "[x, a, c]").as_deref(), Ok(r#"["x","a","c","d"]"#));
        assert_eq!(merged("[a, b]", "[a, b, x]", "[a, b, y]"), Err(String::new()));
        assert_eq!(merged("[a, b]", "[a, b, x]", "[a, b, x]").as_deref(), Ok(r#"["a","b","x"]"#));
        assert_eq!(merged("[]", "[x]", "[]").as_deref(), Ok(r#"["x"]"#));
        let both = merged("[a, b]", "[a, b, x]", "[z, a, b, x]");
        assert_eq!(both.as_deref(), Ok(r#"["z","a","b","x"]"#));
    }

    #[test]
    fn an_element_edited_by_both_is_merged_inside() {
        let (base, ours, theirs) = ("[{n: a, v: 1, w: 1}]", "[{n: a, v: 2, w: 1}]", "[{n: a, v: 1, w: 2}]");
        assert_eq!(merged(base, ours, theirs).as_deref(), Ok(r#"[{"n":"a","v":2,"w":2}]"#));
    }
}
