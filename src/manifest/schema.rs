//! The JSON Schema of the manifest, for editors and for `pipewright schema`.

use super::Manifest;

/// The schema as pretty JSON, ending with a newline.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Manifest);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
