# shellcheck shell=bash
# PostgreSQL, the newest that is installed.

postgres_bin() {
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [[ -x $newest/postgres ]] || return 1
    echo "$newest"
}

postgres_installed() { postgres_bin >/dev/null; }

postgres_version() { "$(postgres_bin)/postgres" --version; }

postgres_start() {
    run_as postgres
    local bin dir=$FOLDER/postgres port settings
    bin=$(postgres_bin)
    port=$(free_port 28000)
    install -d -o postgres -m 755 "$dir"
    install -o postgres -m 600 /dev/null "$dir/password"
    echo "$PASSWORD" >"$dir/password"

    run_step postgres-init "${AS_USER[@]}" "$bin/initdb" --pgdata="$dir/data" \
        --username=postgres --pwfile="$dir/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync
    rm "$dir/password"

    settings=(-c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories="$dir")
    if has_certificates; then
        install_key postgres "$dir/server.key"
        settings+=(-c ssl=on -c ssl_cert_file="$FOLDER/tls/server.pem" -c ssl_key_file="$dir/server.key")
    fi
    if [[ $TUNING == fast ]]; then
        settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off
            -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=4GB)
    fi
    launch postgres "${AS_USER[@]}" "$bin/postgres" -D "$dir/data" "${settings[@]}"

    local dsn=postgres://postgres:$PASSWORD@127.0.0.1:$port/postgres
    await_answer postgres "$bin/psql" --no-psqlrc --no-password --command='SELECT 1' "$dsn"
    local variables=(POSTGRES "$dsn" POSTGRES_SOCKET_DIR "$dir")
    if has_certificates; then variables+=(POSTGRES_CA "$FOLDER/tls/ca.pem"); fi
    export_variables postgres "${variables[@]}"
}
