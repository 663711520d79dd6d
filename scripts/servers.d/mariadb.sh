# shellcheck shell=bash
# MariaDB, as installed on this system.

mariadb_installed() { has_command mariadbd && has_command mariadb-install-db; }

mariadb_version() { mariadbd --version; }

mariadb_start() {
    run_as mysql
    local dir=$FOLDER/mariadb port settings
    port=$(free_port 24000)
    install -d -o mysql -m 755 "$dir"
    # Not a folder that servers share: one that starts removes every temporary table from it,
    # and the server that was just making one crashes.
    install -d -o mysql -m 700 "$dir/tmp"
    write_client_options "$dir/client.cnf" "$dir/mariadbd.sock"
    install -o mysql -m 600 /dev/null "$dir/accounts.sql"
    # Only `root@localhost` stays, with a password; the FLUSH makes accounts alterable in a
    # server that is only just making its tables.
    cat >"$dir/accounts.sql" <<SQL
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';
FLUSH PRIVILEGES;
ALTER USER root@localhost IDENTIFIED BY '$PASSWORD';
SQL

    run_step mariadb-init mariadb-install-db --no-defaults --user=mysql --datadir="$dir/data" \
        --tmpdir="$dir/tmp" --auth-root-authentication-method=normal --skip-test-db \
        --extra-file="$dir/accounts.sql"
    rm "$dir/accounts.sql"

    settings=(--datadir="$dir/data" --tmpdir="$dir/tmp" --socket="$dir/mariadbd.sock"
        --pid-file="$dir/mariadbd.pid" --bind-address=127.0.0.1 --port="$port" --character-set-server=utf8mb4)
    if has_certificates; then
        install_key mysql "$dir/server.key"
        settings+=(--ssl-ca="$FOLDER/tls/ca.pem" --ssl-cert="$FOLDER/tls/server.pem"
            --ssl-key="$dir/server.key")
    fi
    if [[ $TUNING == fast ]]; then
        settings+=("${FAST_MYSQL[@]}" --log-bin=binlog --server-id=1)
    fi
    launch mariadb "${AS_USER[@]}" "$(command -v mariadbd)" --no-defaults "${settings[@]}"

    await_answer mariadb mariadb --defaults-file="$dir/client.cnf" --execute='SELECT 1'
    local variables=(MARIADB "root:$PASSWORD@tcp(127.0.0.1:$port)/"
        MARIADB_SOCKET "$dir/mariadbd.sock" MARIADB_DUMP mariadb-dump)
    if has_certificates; then variables+=(MARIADB_CA "$FOLDER/tls/ca.pem"); fi
    export_variables mariadb "${variables[@]}"
}
