//! All words that a person is shown, in one place so that another language can be added.

use crate::project::Kind;

/// Said when no unit can be deployed today.
pub const NOTHING_DEPLOYABLE: &str =
    "nothing was found that can be deployed today: no page that is built, no Dockerfile, no SAM template";

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

/// What can be done today about a kind that cannot be deployed as it is.
#[must_use]
pub fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Ssr => {
            "it renders on a server: add a Dockerfile and it runs on ECS, or switch to a static export"
        }
        Kind::Server => "add a Dockerfile and it runs on ECS",
        Kind::Cdk => "its own `cdk deploy` is the deployment: no pipeline is written for it yet",
        Kind::ServerlessFramework => {
            "its own `serverless deploy` is the deployment: no pipeline is written for it yet"
        }
        Kind::Terraform => "`terraform apply` is the deployment: no pipeline is written for it yet",
        Kind::Cloudformation => "no pipeline is written for plain CloudFormation templates yet",
        Kind::Copilot => "AWS Copilot has reached its end of support: its Dockerfile runs on ECS without it",
        Kind::Library => "it is published to a registry, not deployed",
        Kind::Static => "this generator cannot be built yet: commit its output, or use another one",
        Kind::Spa | Kind::Container | Kind::Sam => "it can be deployed",
    }
}
