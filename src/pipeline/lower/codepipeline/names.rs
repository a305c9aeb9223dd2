//! Names that AWS takes: of artifacts, and of a template's resources.

/// The name of an artifact. CodeBuild puts it behind `CODEBUILD_SRC_DIR_`, so it must be part of a variable's name.
pub(super) fn artifact(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(100).collect()
}

/// A job's or a variable's name as a logical id, which holds letters and digits only.
pub(super) use crate::pipeline::camel_case as logical_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artifacts_can_be_part_of_a_variables_name() {
        assert_eq!(artifact("release"), "release");
        assert_eq!(artifact("web-release-staging"), "web_release_staging");
        assert_eq!(artifact(&"a".repeat(200)).len(), 100);
    }

    #[test]
    fn logical_ids_hold_letters_and_digits() {
        assert_eq!(logical_id("deploy-eu-1"), "DeployEu1");
        assert_eq!(logical_id("AWS_ACCOUNT_ID_STAGING"), "AwsAccountIdStaging");
    }
}
