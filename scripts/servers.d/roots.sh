# shellcheck shell=bash
# Small systems of other Debian suites, each unpacked into the cache folder, for the server
# releases that this system does not have. Their servers run by chroot.
#
# A server in there cannot see the folder of the test servers. Its files are therefore in the
# chroot, in a folder for this run alone, and FOLDER/KIND links to it. A bind mount would need a
# privilege that containers withhold, and would outlive a killed script.

CACHE=$(realpath -m -- "${MIGRATION_ASSIST_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/migration-assist}")
readonly CACHE

# Each suite with the servers that are taken from it.
readonly -A SUITES=([mysql@9.7]=sid [mariadb@10.5]=bullseye [mariadb@11.8]=trixie
    [postgres@13]=bullseye [postgres@17]=trixie [postgres@18]=sid)
readonly -A SUITE_PACKAGES=(
    [bullseye]=mariadb-server-core-10.5,mariadb-client-10.5,postgresql-13
    [trixie]=mariadb-server-core,mariadb-client,postgresql-17
    [sid]=mysql-server-core,mysql-client-core,postgresql-18)

# root_of KIND: sets ROOT to the system that has the release of it that was asked for, or to nothing
# where this system has it.
root_of() {
    local suite=${SUITES[$1@${VERSIONS[$1]:-}]:-}
    ROOT=${suite:+$CACHE/$suite}
}

root_installed() { [[ -z $ROOT || -e $ROOT/.complete ]]; }

# install_root SUITE
install_root() {
    ROOT=$CACHE/$1
    if root_installed; then
        say "$1 is in \`$ROOT\`"
        return
    fi
    require_root install
    mkdir -p "$CACHE"
    # One at a time. Whatever a killed run left behind holds the lock as well, until it ends.
    local lock
    exec {lock}>"$CACHE/$1.lock"
    flock "$lock"
    # Another run may have installed it meanwhile.
    root_installed || retry unpack_root "$1" || die "cannot install Debian's $1" "see \`$CACHE/$1.log\`"
    exec {lock}>&-
}

# unpack_root SUITE: builds the system next to its place and moves it there when it is complete.
unpack_root() {
    local new=$CACHE/$1.partial unshare=()
    # In a mount namespace of its own, nothing that debootstrap mounts can be left behind.
    if unshare --mount true 2>/dev/null; then unshare=(unshare --mount); fi
    rm -rf --one-file-system -- "$new"
    mkdir -p "$new"
    say "unpacking Debian's $1 into \`$CACHE/$1\` (a minute or two)"
    {
        "${unshare[@]}" debootstrap --variant=minbase --include="${SUITE_PACKAGES[$1]}" "$1" "$new" &&
            { chroot "$new" id mysql ||
                chroot "$new" useradd --system --no-create-home --shell /usr/sbin/nologin mysql; } &&
            rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/* &&
            chmod 755 "$new" &&
            touch "$new/.complete"
    } >"$CACHE/$1.log" 2>&1 </dev/null || return 1
    rm -rf --one-file-system -- "$CACHE/${1:?}"
    mv -T -- "$new" "$CACHE/$1"
}

# make_server_folder KIND USER: the folder of a server's files. Sets RUN to its path here and SERVER_DIR
# to its path as the server sees it; IN_ROOT is the prefix of commands that run next to the server, AS_SERVER
# the prefix of those that run as its user, without a process in between that would take its signals.
make_server_folder() {
    root_of "$1"
    if [[ -z $ROOT ]]; then
        run_as "$2"
        RUN=$FOLDER/$1 SERVER_DIR=$FOLDER/$1 IN_ROOT=() AS_SERVER=("${AS_USER[@]}")
        install -d -o "$2" -m 755 "$RUN"
        return
    fi
    local id
    id=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
    SERVER_DIR=/srv/servers-$id RUN=$ROOT/srv/servers-$id
    IN_ROOT=(chroot "$ROOT") AS_SERVER=(chroot --userspec="$2:$2" "$ROOT")
    ln -s "$RUN" "$FOLDER/$1"
    "${IN_ROOT[@]}" install -d -o "$2" -g "$2" -m 755 "$SERVER_DIR"
}

# owned_file USER PATH: makes an empty file, below RUN, that only the server's user can read.
owned_file() { "${IN_ROOT[@]}" install -o "$1" -m 600 /dev/null "$SERVER_DIR/$2"; }

# remove_server_folders: the files of these servers in the chroots.
remove_server_folders() {
    local kind run
    for kind in mysql mariadb postgres; do
        run=$(readlink -- "$FOLDER/$kind") || continue
        # The cache may have been elsewhere then; but only ever a folder that this script names so.
        [[ $run =~ ^/.*/srv/servers-[0-9a-f]{16}$ ]] || die "\`$FOLDER/$kind\` links to \`$run\`"
        rm -rf -- "$run"
    done
}
