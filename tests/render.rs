//! dev
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout
)]
#[test]
fn dev() {
    let text = std::fs::read_to_string(std::env::var("M").unwrap_or("/work/brief/m.yml".into())).unwrap();
    let m = pipewright::manifest::read(&text).map_err(|e| miette::Report::new(e)).unwrap();
    let base = pipewright::scaffold::Scaffolds::default();
    let mut o = std::collections::BTreeMap::new();
    for p in [
        "targets/amplify/infra/amplify.yaml",
        "targets/amplify/deploy.sh",
        "shared/scripts/common.sh",
        "shared/docs/DEPLOYMENT.md",
    ] {
        if base.find(p).is_none() {
            o.insert(p.to_string(), "# missing\n".to_string());
        }
    }
    let s = pipewright::scaffold::Scaffolds::with_overlay(o);
    let g = pipewright::generate::generate_with_manifest(&m, &s).map_err(|e| miette::Report::new(e)).unwrap();
    let out = std::path::PathBuf::from(std::env::var("O").unwrap_or("/work/brief/out".into()));
    let _ = std::fs::remove_dir_all(&out);
    for (p, f) in g.files.iter() {
        let q = out.join(p);
        std::fs::create_dir_all(q.parent().unwrap()).unwrap();
        std::fs::write(q, &f.text).unwrap();
    }
    for f in &g.follow_ups {
        println!("# {}\n{}\n", f.title, f.command);
    }
}
