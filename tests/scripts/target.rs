//! What the three targets differ in: their files, their variables, and how a release of them is made.

use crate::world::{Outcome, World};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Amplify,
    EcsExpress,
    Lambda,
}

/// A template as `sam build` leaves it.
pub(crate) const SAM: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting:
    Type: String
    Default: hello
  Password:
    Type: String
    NoEcho: true
    Default: unset
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: Api
      Handler: main.handler
Outputs:
  Address:
    Value: here
";

impl Target {
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Amplify => "deploy/amplify.sh",
            Self::EcsExpress => "deploy/ecs-express.sh",
            Self::Lambda => "deploy/lambda.sh",
        }
    }

    pub(crate) fn files(self) -> &'static [&'static str] {
        match self {
            Self::Amplify => &[
                "shared/scripts/common.sh",
                "targets/amplify/deploy.sh",
                "targets/amplify/infra/amplify.yaml",
            ],
            Self::EcsExpress => &[
                "shared/scripts/common.sh",
                "shared/scripts/build-image.sh",
                "targets/ecs-express/deploy.sh",
                "targets/ecs-express/infra/ecs-express.yaml",
            ],
            Self::Lambda => &["shared/scripts/common.sh", "targets/lambda/deploy.sh"],
        }
    }

    /// What the pipeline gives to the scripts, and nothing more.
    pub(crate) fn environment(self) -> Vec<(&'static str, &'static str)> {
        let mut all = vec![
            ("PROJECT", "shop"),
            ("SERVICE", "web"),
            ("ENVIRONMENT", "test"),
            ("AWS_REGION", "eu-west-1"),
            ("STACK_NAME", "shop-web-test"),
            ("SMOKE_PATH", "/health"),
            ("SMOKE_STATUS", "200"),
        ];
        all.extend_from_slice(match self {
            Self::Amplify => &[("SITE_FOLDER", "site"), ("SINGLE_PAGE_APP", "true")],
            Self::EcsExpress => &[
                ("PORT", "8080"),
                ("HEALTH_CHECK_PATH", "/"),
                ("CPU", "256"),
                ("MEMORY", "512"),
                ("MIN_TASKS", "1"),
                ("MAX_TASKS", "3"),
                ("IMAGE_REPOSITORY", "shop/web"),
            ],
            Self::Lambda => &[("SAM_TEMPLATE", "app/template.yaml"), ("SMOKE_OUTPUT", "Address")],
        });
        all
    }
}

impl World {
    /// Makes a release whose content is this text, with the scripts of the build job.
    pub(crate) fn release(&self, text: &str, sequence: &str) {
        let (script, argument) = match self.target {
            Target::Amplify => {
                self.write("site/index.html", text);
                (self.target.script(), "package")
            }
            Target::EcsExpress => {
                self.write("Dockerfile", text);
                ("deploy/build-image.sh", "push")
            }
            Target::Lambda => {
                if !self.path("app/template.yaml").exists() {
                    self.write("app/template.yaml", SAM);
                }
                self.write("app/Api/main.py", text);
                (self.target.script(), "package")
            }
        };
        let commit = format!("commit-{text}");
        self.run(script, &[argument], &[("COMMIT", &commit), ("SEQUENCE", sequence)]).must_be_green();
    }

    pub(crate) fn deploy(&self) -> Outcome {
        self.deploy_with(&[])
    }

    pub(crate) fn deploy_with(&self, environment: &[(&str, &str)]) -> Outcome {
        self.run(self.target.script(), &["deploy"], environment)
    }

    /// Release number one is live.
    pub(crate) fn with_one(target: Target) -> Self {
        let world = Self::new(target);
        world.release("one", "1");
        world.deploy().must_be_green();
        world
    }
}
