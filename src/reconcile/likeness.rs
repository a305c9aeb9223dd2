//! How far two YAML values may be one value, edited.

use serde_yaml::Value;

/// Alike in full.
const SAME: u32 = 1000;

/// How alike two elements are, in thousandths.
pub(super) fn likeness(a: &Value, b: &Value) -> u32 {
    if a == b {
        return SAME;
    }
    match (a, b) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            let shared = a.iter().filter_map(|(key, value)| Some(likeness(value, b.get(key)?)));
            share(shared.sum(), a.len().max(b.len()))
        }
        (Value::Sequence(a), Value::Sequence(b)) => {
            let shared = a.iter().zip(b).map(|(a, b)| likeness(a, b));
            share(shared.sum(), a.len().max(b.len()))
        }
        (Value::Tagged(a), Value::Tagged(b)) if a.tag == b.tag => likeness(&a.value, &b.value),
        (Value::String(a), Value::String(b)) => {
            let prefix = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            let prefix = u32::try_from(prefix).unwrap_or(0).saturating_mul(SAME);
            share(prefix, a.len().max(b.len()))
        }
        _ => 0,
    }
}

/// The mean, short of [`SAME`]: only equals are the same.
fn share(sum: u32, of: usize) -> u32 {
    let of = u32::try_from(of).unwrap_or(u32::MAX).max(1);
    (sum / of).min(SAME - 1)
}
