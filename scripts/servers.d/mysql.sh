# shellcheck shell=bash
# MySQL 9.7, which Debian has in its unstable suite only.

# Settings for speed that MySQL and MariaDB share: nothing here has to survive a loss of power.
# shellcheck disable=SC2034 # mariadb.sh reads it too
readonly FAST_MYSQL=(
    --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 --innodb-doublewrite=0
    --innodb-buffer-pool-size=128M --performance-schema=OFF
    --max-allowed-packet=64M --max-connections=300
)

mysql_installed() { root_of mysql && root_installed; }

mysql_version() { root_of mysql && chroot "$ROOT" /usr/sbin/mysqld --version; }

mysql_start() {
    make_server_folder mysql mysql
    local port settings
    port=$(free_port 20000)
    write_client_options "$RUN/client.cnf" "$FOLDER/mysql/mysqld.sock"
    owned_file mysql accounts.sql
    echo "ALTER USER root@localhost IDENTIFIED BY '$PASSWORD';" >"$RUN/accounts.sql"

    settings=(--no-defaults --datadir="$SERVER_DIR/data" --tmpdir="$SERVER_DIR" --socket="$SERVER_DIR/mysqld.sock"
        --pid-file="$SERVER_DIR/mysqld.pid" --bind-address=127.0.0.1 --port="$port" --mysqlx=OFF
        --secure-file-priv= --character-set-server=utf8mb4 "${CASE_SETTING[@]}")
    if [[ $TUNING == fast ]]; then
        settings+=("${FAST_MYSQL[@]}" --gtid-mode=ON --enforce-gtid-consistency=ON)
    fi
    local server=("${AS_SERVER[@]}" /usr/sbin/mysqld "${settings[@]}")
    run_step mysql-init "${server[@]}" --initialize-insecure --init-file="$SERVER_DIR/accounts.sql"
    rm "$RUN/accounts.sql"
    launch mysql "${server[@]}"

    # The client of the chroot, because it is sure to know the server's authentication plugin.
    await_answer mysql "${IN_ROOT[@]}" mysql --no-defaults --socket="$SERVER_DIR/mysqld.sock" \
        --user=root --password="$PASSWORD" --execute='SELECT 1'
    # Copied, because the data directory is closed to others.
    install -m 644 "$RUN/data/ca.pem" "$FOLDER/tls/mysql-ca.pem"
    export_variables mysql MYSQL "root:$PASSWORD@tcp(127.0.0.1:$port)/" \
        MYSQL_SOCKET "$FOLDER/mysql/mysqld.sock" MYSQL_CA "$FOLDER/tls/mysql-ca.pem" \
        MYSQL_DUMP "chroot $ROOT /usr/bin/mysqldump"
}

# write_client_options FILE SOCKET: lets `mariadb --defaults-file=FILE` in.
write_client_options() {
    install -m 600 /dev/null "$1"
    printf '[client]\nuser=root\npassword=%s\nsocket=%s\n' "$PASSWORD" "$2" >"$1"
}
