//! The front-end frameworks and generators: how each is recognised, when it writes files, and where to.

use crate::project::Kind;

/// When a framework writes files that need no server.
pub(super) enum Files {
    /// Always.
    Always,
    /// Its configuration holds one of these, spaces and quotes left out.
    Config(&'static [&'static str]),
    /// Its configuration holds none of these.
    Unless(&'static [&'static str]),
    /// Never.
    Never,
}

pub(super) struct Rule {
    pub(super) dependency: &'static str,
    pub(super) name: &'static str,
    pub(super) config: &'static str,
    pub(super) files: Files,
    pub(super) kind: Kind,
    pub(super) output: &'static str,
    pub(super) prefix: &'static str,
}

const fn rule(
    dependency: &'static str,
    name: &'static str,
    config: &'static str,
    files: Files,
    kind: Kind,
    output: &'static str,
    prefix: &'static str,
) -> Rule {
    Rule { dependency, name, config, files, kind, output, prefix }
}

/// The first rule that fits counts: the special stand before the general.
pub(super) const RULES: &[Rule] = &[
    rule(
        "next",
        "next",
        "next.config",
        Files::Config(&["output:export"]),
        Kind::Static,
        "out",
        "NEXT_PUBLIC_",
    ),
    rule(
        "nuxt",
        "nuxt",
        "nuxt.config",
        Files::Config(&["ssr:false"]),
        Kind::Static,
        ".output/public",
        "NUXT_PUBLIC_",
    ),
    rule(
        "@sveltejs/kit",
        "sveltekit",
        "svelte.config",
        Files::Config(&["adapter-static"]),
        Kind::Static,
        "build",
        "PUBLIC_",
    ),
    rule(
        "@react-router/dev",
        "react-router",
        "react-router.config",
        Files::Config(&["ssr:false"]),
        Kind::Spa,
        "build/client",
        "VITE_",
    ),
    rule("@tanstack/react-start", "tanstack-start", "vite.config", Files::Never, Kind::Ssr, "", ""),
    rule("@solidjs/start", "solid-start", "app.config", Files::Never, Kind::Ssr, "", ""),
    rule("@analogjs/platform", "analog", "vite.config", Files::Never, Kind::Ssr, "", ""),
    rule("@remix-run/dev", "remix", "vite.config", Files::Never, Kind::Ssr, "", ""),
    rule(
        "astro",
        "astro",
        "astro.config",
        Files::Unless(&["output:server", "output:hybrid", "adapter:"]),
        Kind::Static,
        "dist",
        "PUBLIC_",
    ),
    rule("gatsby", "gatsby", "gatsby-config", Files::Always, Kind::Static, "public", "GATSBY_"),
    rule("@11ty/eleventy", "eleventy", "eleventy.config", Files::Always, Kind::Static, "_site", ""),
    rule("@docusaurus/core", "docusaurus", "docusaurus.config", Files::Always, Kind::Static, "build", ""),
    rule("hexo", "hexo", "_config", Files::Always, Kind::Static, "public", ""),
];

pub(super) const ENDINGS: &[&str] = &["ts", "js", "mjs", "mts", "cjs"];
