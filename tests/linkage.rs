//! The program needs no library of the machine beyond the C library: libgit2 and what it uses are built in.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::disallowed_methods)]

use std::process::Command;

#[test]
fn only_the_c_library_is_linked() {
    let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_pipewright")).output().expect("ldd is there");
    let listing = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = listing.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.iter().any(|name| name.starts_with("libc.so")), "{listing}");
    for name in names {
        let known = ["linux-vdso", "libc.so", "libgcc_s", "libm.so", "/lib", "librt", "libpthread", "libdl"];
        assert!(known.iter().any(|start| name.starts_with(start)), "{name} is linked");
    }
}
