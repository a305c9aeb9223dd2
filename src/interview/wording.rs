//! All words that a person is shown, in one place so that another language can be added.

use crate::project::Kind;

/// What a kind of unit is called in prompts and output.
#[must_use]
pub fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Spa => "single-page app",
        Kind::Static => "static site",
        Kind::Container => "container",
        Kind::Sam => "serverless application (SAM)",
        Kind::Ssr => "server-rendered front end",
        Kind::Server => "server without a Dockerfile",
        Kind::Cdk => "AWS CDK application",
        Kind::ServerlessFramework => "Serverless Framework application",
        Kind::Terraform => "Terraform",
        Kind::Cloudformation => "CloudFormation template",
        Kind::Copilot => "AWS Copilot application",
        Kind::Library => "library or command-line tool",
    }
}
