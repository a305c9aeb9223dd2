//! Addresses as people have them, and the law that no credential is kept.

use proptest::prelude::*;

use super::*;

fn read(url: &str) -> String {
    let Some(remote) = Remote::parse(url) else {
        return "nothing".to_owned();
    };
    let provider = serde_json::to_value(remote.provider).unwrap_or_default();
    let host = if remote.host.is_empty() { "-" } else { &remote.host };
    format!("{} {host} {}", provider.as_str().unwrap_or_default(), remote.path)
}

/// address => provider, host, path
const ADDRESSES: &str = "
    https://github.com/acme/shop.git => github github.com acme/shop
    https://x-access-token:ghp_abc@github.com/acme/shop => github github.com acme/shop
    git@github.com:acme/shop.git => github github.com acme/shop
    ssh://git@ssh.github.com:443/acme/shop.git => github ssh.github.com acme/shop
    git://github.com/acme/shop.git/ => github github.com acme/shop
    https://GitHub.com/Acme/Shop/ => github github.com Acme/Shop
    https://gitlab.com/a/b/c/shop.git => gitlab gitlab.com a/b/c/shop
    git@gitlab.com:a/b/shop.git => gitlab gitlab.com a/b/shop
    ssh://git@gitlab.example.com:2222/a/shop.git => gitlab-self-managed gitlab.example.com a/shop
    https://github.example.com/a/shop => github-enterprise github.example.com a/shop
    https://octo.ghe.com/a/shop => github-enterprise octo.ghe.com a/shop
    git@code.example.com:a/shop.git => unknown code.example.com a/shop
    https://me@bitbucket.org/acme/shop.git => bitbucket bitbucket.org acme/shop
    https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
    ssh://APKA@git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
    codecommit::eu-west-1://dev@shop => codecommit git-codecommit.eu-west-1.amazonaws.com shop
    codecommit://shop => codecommit - shop
";

#[test]
fn addresses_of_every_form() {
    for line in ADDRESSES.lines().filter(|line| line.contains("=>")) {
        let (url, expected) = line.trim().split_once(" => ").unwrap_or_default();
        assert_eq!(read(url), expected, "{url}");
    }
}

#[test]
fn the_region_is_read() {
    let of = |url| Remote::parse(url).and_then(|remote| remote.region);
    assert_eq!(of("codecommit::eu-west-1://shop").as_deref(), Some("eu-west-1"));
    assert_eq!(
        of("https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/shop").as_deref(),
        Some("us-gov-west-1")
    );
    assert_eq!(of("codecommit://shop"), None);
}

#[test]
fn local_paths_are_no_remotes() {
    for url in
        ["", "/srv/git/shop.git", "../shop", "C:\\code\\shop", "C:/code/shop", "file:///srv/shop", "./a:b"]
    {
        assert_eq!(Remote::parse(url), None, "{url}");
    }
}

proptest! {
    #[test]
    fn it_never_panics(url in "\\PC{0,60}") {
        let _ = Remote::parse(&url);
    }

    #[test]
    fn it_never_keeps_a_credential(user in "[a-z0-9:/@._-]{0,12}", secret in "[A-Z]{12}", scheme in "(https://|ssh://|http://|)") {
        let url = format!("{scheme}{user}:{secret}@github.com/acme/shop.git");
        if let Some(remote) = Remote::parse(&url) {
            let kept = format!("{remote:?}").to_ascii_uppercase();
            prop_assert!(!kept.contains(&secret), "{kept}");
        }
    }
}
