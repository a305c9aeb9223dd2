//! Rebuilds when a scaffold is added: `include_dir` alone notices only changes to files it already knows.

fn main() {
    println!("cargo:rerun-if-changed=scaffolds");
}
