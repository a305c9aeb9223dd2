//! How many prompts a person meets.

use super::*;

/// Takes every default, and 8080 where there is none.
#[derive(Default)]
struct Hurried {
    prompts: Vec<String>,
}

impl Prompter for Hurried {
    fn select(&mut self, ask: &Ask, items: &[String], default: usize) -> crate::error::Result<usize> {
        self.prompts.push(ask.prompt.clone());
        Ok(items.iter().position(|item| item.contains("GitLab on a server")).unwrap_or(default))
    }

    fn input(
        &mut self,
        ask: &Ask,
        default: &str,
        check: prompter::Check<'_>,
    ) -> crate::error::Result<String> {
        self.prompts.push(ask.prompt.clone());
        let answer = if default.is_empty() { "8080" } else { default };
        check(answer).expect("is taken");
        Ok(answer.to_owned())
    }

    fn confirm(&mut self, ask: &Ask, default: bool) -> crate::error::Result<bool> {
        self.prompts.push(ask.prompt.clone());
        Ok(default)
    }
}

#[test]
fn at_most_seven_prompts_are_put_on_every_path() {
    let hosts = ["github.com", "gitlab.com", "bitbucket.org", "code.example.com"];
    let remotes = hosts.map(|host| format!("https://{host}/a/b.git"));
    for unit in [spa(), container(), unknown_container()] {
        for remote in remotes.iter().map(String::as_str).chain([""]) {
            for subfolder in [None, Some("deep")] {
                let world = World { subfolder, ..World::new(vec![unit.clone()], remote) };
                let mut person = Hurried::default();
                let mut draft = world.begin(None, &[]).expect("begins");
                ask(&mut draft, &world.facts(), &mut person).expect("asks");
                // Beside these a person is asked whether the root is meant, and whether the files shall be written.
                let prompts = person.prompts.len() + usize::from(subfolder.is_some()) + 1;
                assert!((5..=7).contains(&prompts), "{remote}: {:#?}", person.prompts);
            }
        }
    }
}
