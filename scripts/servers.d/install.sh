# shellcheck shell=bash
# Installing from Debian's archive, through the tools that know where it is.

readonly POLICY=/usr/sbin/policy-rc.d

# retry COMMAND...: up to three times, for downloads that fail now and then.
retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return
        say "attempt $attempt of 3 failed: $1"
        ((attempt == 3)) || sleep $((attempt * 5))
    done
    return 1
}

pgloader_installed() { has_command pgloader; }

# packages_for KIND: the Debian packages still missing for it.
packages_for() {
    case $1 in
        debootstrap) has_command debootstrap || echo debootstrap ;;
        mariadb) has_command mariadbd || echo mariadb-server ;;
        postgres) compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql ;;
        pgloader) pgloader_installed || echo pgloader ;;
        network) has_command ip || echo iproute2 ;;
        pgbouncer) has_command pgbouncer || echo pgbouncer ;;
        zstd) has_command zstd || echo zstd ;;
        zsh) has_command zsh || echo zsh ;;
        man) has_command man || echo man-db ;;
        chromium) has_command chromium || echo chromium ;;
        qemu) has_command qemu-aarch64-static || echo qemu-user-static ;;
    esac
}

install_packages_of() {
    local kind missing=()
    for kind; do
        mapfile -t -O "${#missing[@]}" missing < <(packages_for "$kind")
    done
    ((${#missing[@]})) || { say "no package is missing"; return; }

    require_root install
    has_command apt-get || die_without "\`scripts/servers install\` needs Debian's apt-get"
    say "installing ${missing[*]}"
    forbid_service_starts
    export DEBIAN_FRONTEND=noninteractive
    retry apt_get update || say "using the package lists that are there"
    retry apt_get install --yes --no-install-recommends "${missing[@]}" ||
        die "cannot install ${missing[*]}"
    allow_service_starts
}

apt_get() { apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2; }

# forbid_service_starts: Debian starts a server as it is installed, unless this file
# says no. One that exists already is the administrator's, and stays.
forbid_service_starts() {
    [[ ! -e $POLICY && ! -L $POLICY ]] || return 0
    trap allow_service_starts EXIT
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

# allow_service_starts: undoes it, if it was done here.
allow_service_starts() {
    [[ -n $(trap -p EXIT) ]] || return 0
    rm -f "$POLICY"
    trap - EXIT
}
