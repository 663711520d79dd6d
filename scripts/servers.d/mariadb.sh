# shellcheck shell=bash
# MariaDB: the release of this system, or another one from a chroot.

mariadb_installed() {
    root_of mariadb
    if [[ -n $ROOT ]]; then root_installed; else has_command mariadbd && has_command mariadb-install-db; fi
}

mariadb_version() { root_of mariadb && ${ROOT:+chroot "$ROOT"} mariadbd --version; }

mariadb_start() {
    make_server_folder mariadb mysql
    local port settings dump=mariadb-dump
    port=$(free_port 24000)
    # Not a folder that servers share: one that starts removes every temporary table from it,
    # and the server that was just creating one crashes.
    "${IN_ROOT[@]}" install -d -o mysql -m 700 "$SERVER_DIR/tmp"
    write_client_options "$RUN/client.cnf" "$FOLDER/mariadb/mariadbd.sock"
    owned_file mysql accounts.sql
    # Only `root@localhost` stays, with a password; the FLUSH makes accounts alterable in a
    # server that is only just creating its tables.
    cat >"$RUN/accounts.sql" <<SQL
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';
FLUSH PRIVILEGES;
ALTER USER root@localhost IDENTIFIED BY '$PASSWORD';
SQL
    run_step mariadb-init "${IN_ROOT[@]}" mariadb-install-db --no-defaults --user=mysql \
        --datadir="$SERVER_DIR/data" --tmpdir="$SERVER_DIR/tmp" --auth-root-authentication-method=normal \
        --skip-test-db "${CASE_SETTING[@]}"
    start_with_accounts

    settings=(--datadir="$SERVER_DIR/data" --tmpdir="$SERVER_DIR/tmp" --socket="$SERVER_DIR/mariadbd.sock"
        --pid-file="$SERVER_DIR/mariadbd.pid" --bind-address=127.0.0.1 --port="$port"
        --character-set-server=utf8mb4 "${CASE_SETTING[@]}")
    if has_certificates; then
        install_tls mysql
        settings+=(--ssl-ca="$SERVER_DIR/ca.pem" --ssl-cert="$SERVER_DIR/server.pem"
            --ssl-key="$SERVER_DIR/server.key")
    fi
    if [[ $TUNING == fast ]]; then
        settings+=("${FAST_MYSQL[@]}" --log-bin=binlog --server-id=1)
    fi
    launch mariadb "${AS_SERVER[@]}" "$(mariadb_program)" --no-defaults "${settings[@]}"

    await_answer mariadb "${IN_ROOT[@]}" mariadb --no-defaults --socket="$SERVER_DIR/mariadbd.sock" \
        --user=root --password="$PASSWORD" --execute='SELECT 1'
    [[ -z $ROOT ]] || dump="chroot $ROOT /usr/bin/mariadb-dump"
    local variables=(MARIADB "root:$PASSWORD@tcp(127.0.0.1:$port)/"
        MARIADB_SOCKET "$FOLDER/mariadb/mariadbd.sock" MARIADB_DUMP "$dump")
    if has_certificates; then variables+=(MARIADB_CA "$FOLDER/tls/ca.pem"); fi
    export_variables mariadb "${variables[@]}"
}

mariadb_program() { if [[ -n $ROOT ]]; then echo /usr/sbin/mariadbd; else command -v mariadbd; fi; }

# start_with_accounts: lets the server run the statements about its accounts once, without a network. (The
# option of mariadb-install-db for a file of statements is not in every release.)
start_with_accounts() {
    "${AS_SERVER[@]}" "$(mariadb_program)" --no-defaults --bootstrap --datadir="$SERVER_DIR/data" \
        --tmpdir="$SERVER_DIR/tmp" "${CASE_SETTING[@]}" <"$RUN/accounts.sql" >>"$FOLDER/logs/mariadb-init.log" 2>&1 ||
        die_with_log mariadb-init "cannot set the accounts of \`mariadb\`"
    rm "$RUN/accounts.sql"
}
