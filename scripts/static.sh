# How the one file that runs anywhere is linked. To be sourced: sets CARGO_ENCODED_RUSTFLAGS, which replaces the flags
# of every configuration file of cargo, so that a user's own do not change the binary. With a `--target`, build scripts
# and macros, which run on this machine, are linked as ever.
#
# shellcheck shell=bash

# A static program cannot ask the dynamic linker whether libc has `getrandom`; without it, random numbers would
# come from /dev/urandom, which an empty root directory does not have.
static_flags=(-C target-feature=+crt-static --cfg 'getrandom_backend="linux_getrandom"')

# use_static_flags [FLAG]...: with further flags of rustc.
use_static_flags() {
    static_flags+=("$@")
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${static_flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
    # `cargo test` sets these for the tests that call scripts; the build script of ring would be run again, and all that
    # depends on it compiled again.
    unset "${!CARGO_PKG_@}" "${!CARGO_MANIFEST_@}" OUT_DIR
}
