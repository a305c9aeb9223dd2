//! Values that are checked once, when they are read, and safe in shell, YAML and ARNs ever after.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares a checked string: name, JSON Schema pattern, description, and the check itself.
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $pattern:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

checked_string!(
    /// A project's name, the first part of every stack and role: at most 24 characters.
    ProjectName, "^[a-z][a-z0-9-]{0,22}[a-z0-9]$", |text| dns_name(text, 24)
);
checked_string!(
    /// A service's or an environment's name, part of stack and role names: at most 16 characters.
    Name, "^[a-z][a-z0-9-]{0,14}[a-z0-9]$", |text| dns_name(text, 16)
);
checked_string!(
    /// An AWS account id: twelve digits.
    AccountId, "^[0-9]{12}$", account
);
checked_string!(
    /// An AWS region, e.g. `eu-west-1`.
    Region, "^[a-z]{2}(-[a-z]+)+-[0-9]$", region
);
checked_string!(
    /// A branch as git would take it, less the characters that shells and YAML read as their own.
    BranchName, "^[A-Za-z0-9][A-Za-z0-9._/-]*$", branch
);
checked_string!(
    /// A path inside the repository, relative, with `/` between its parts; `.` is the root.
    RelPath, "^[^/\\\\:*?\"<>|$`'\\n]+(/[^/\\\\:*?\"<>|$`'\\n]+)*$", relative_path
);
checked_string!(
    /// The name of a CloudFormation stack.
    StackName, "^[A-Za-z][A-Za-z0-9-]{0,127}$", stack
);
checked_string!(
    /// The name of an environment variable, e.g. `LOG_LEVEL`.
    VariableName, "^[A-Za-z_][A-Za-z0-9_]*$", variable
);
checked_string!(
    /// A reference to a secret the user made: an SSM parameter name or ARN, or a Secrets Manager ARN.
    SecretReference, "^(arn:aws[a-z-]*:(ssm|secretsmanager):|/)[A-Za-z0-9_./:@+=-]+$", secret
);

fn dns_name(text: &str, most: usize) -> Result<(), String> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let well_formed = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(inner);
    if !well_formed {
        return Err(format!(
            "{text:?} is not a usable name: lower-case letters, digits and dashes, a letter first"
        ));
    }
    if text.len() > most {
        return Err(format!(
            "{text:?} is too long: at most {most} characters, since AWS role names end at 64"
        ));
    }
    Ok(())
}

fn account(text: &str) -> Result<(), String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(format!("{text:?} is not an AWS account id: twelve digits, e.g. \"111111111111\""))
}

fn region(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let number = |part: &&str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    let good = parts.len() >= 3
        && parts[0].len() == 2
        && parts[..parts.len() - 1].iter().all(letters)
        && parts.last().is_some_and(number);
    let elsewhere = ["cn-", "us-gov-", "us-iso", "eu-isoe-"].iter().any(|start| text.starts_with(start));
    match (good, elsewhere) {
        (true, false) => Ok(()),
        (true, true) => Err(format!("{text:?} lies in a partition of its own, which is not supported yet")),
        (false, _) => Err(format!("{text:?} is not an AWS region, e.g. eu-west-1")),
    }
}

fn branch(text: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    let good = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 200
        && text.chars().all(allowed)
        && !text.contains("..")
        && !text.contains("//")
        && !text.ends_with(['/', '.'])
        && text.split('/').all(|part| !part.starts_with('.') && part.strip_suffix(".lock").is_none());
    if good {
        return Ok(());
    }
    Err(format!("{text:?} is not a branch name pipewright can use: letters, digits and . _ / -"))
}

fn relative_path(text: &str) -> Result<(), String> {
    let forbidden = |c: char| {
        c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '$' | '`' | '\'')
    };
    let part_good = |part: &str| !part.is_empty() && part != ".." && !part.starts_with('-');
    let good = text == "."
        || (!text.is_empty()
            && text.len() <= 255
            && !text.chars().any(forbidden)
            && text.split('/').all(|part| part_good(part) && part != "."));
    if good {
        return Ok(());
    }
    Err(format!("{text:?} is not a path inside the repository that every CI can use"))
}

fn stack(text: &str) -> Result<(), String> {
    let good = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= 128
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if good {
        Ok(())
    } else {
        Err(format!("{text:?} is not the name of a stack: letters, digits and dashes"))
    }
}

fn variable(text: &str) -> Result<(), String> {
    let good = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= 100
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if good { Ok(()) } else { Err(format!("{text:?} is not a variable name: letters, digits and _")) }
}

fn secret(text: &str) -> Result<(), String> {
    let place = text.starts_with('/')
        || (text.starts_with("arn:aws") && (text.contains(":ssm:") || text.contains(":secretsmanager:")));
    let inner = |c: char| c.is_ascii_alphanumeric() || "_./:@+=-".contains(c);
    if place && text.len() <= 512 && text.chars().all(inner) {
        return Ok(());
    }
    Err(format!(
        "{text:?} is not a reference to a secret: the name of an SSM parameter (/shop/staging/key) or an ARN"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_break_a_role_or_a_shell_are_refused() {
        for bad in ["", "-a", "a-", "A", "a b", "$(id)", "a\nb", "seventeen-letters"] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
        assert!("production".parse::<Name>().is_ok());
    }

    #[test]
    fn regions_and_accounts_are_checked_by_form() {
        for good in ["eu-west-1", "ap-southeast-2", "me-central-1"] {
            assert!(good.parse::<Region>().is_ok(), "{good}");
        }
        for bad in ["eu", "us-gov-east-1", "cn-north-1", "EU-WEST-1", "eu-west-", "eu--1", "eu-west-1\n"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
        assert!("12345678901".parse::<AccountId>().is_err());
    }

    #[test]
    fn branches_and_paths_never_leave_their_place() {
        for bad in ["-x", "a..b", "a b", "a/", "${{ x }}", "a/.b", "x.lock", "a\u{e9}"] {
            assert!(bad.parse::<BranchName>().is_err(), "{bad:?}");
        }
        for bad in ["..", "/etc", "a/../b", "a//b", "$(x)", "-rf", "a/-b", "a\nb", "./a"] {
            assert!(bad.parse::<RelPath>().is_err(), "{bad:?}");
        }
        assert!("apps/web client/é".parse::<RelPath>().is_ok());
        for bad in ["", "1a", "a b", "a_b", "$(id)", "arn:aws:x", "a\n"] {
            assert!(bad.parse::<StackName>().is_err(), "{bad:?}");
        }
        assert!("Notes-2".parse::<StackName>().is_ok());
    }
}
