# shellcheck shell=bash
# MySQL, which Debian has in its unstable suite only: that suite's own small system is
# unpacked into the cache folder, and the server runs by chroot into it.
#
# A server in there cannot see the servers' folder. Its files are therefore in the chroot, in a
# folder for this run alone, and DIR/mysql links to it. A bind mount of the servers' folder would
# need a privilege that containers withhold, and would outlive a killed script; a
# folder needs nothing, and the link says where it is, since it is made first.

CACHE=$(realpath -m -- "${MIGRATION_ASSIST_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/migration-assist}")
readonly CACHE MYSQL_ROOT=$CACHE/mysql

# What MySQL and MariaDB agree on: durability is for data that anyone will miss.
# shellcheck disable=SC2034 # mariadb.sh reads it too
readonly FAST_MYSQL=(
    --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 --innodb-doublewrite=0
    --innodb-buffer-pool-size=128M --performance-schema=OFF
    --max-allowed-packet=64M --max-connections=300
)

mysql_installed() { [[ -x $MYSQL_ROOT/usr/sbin/mysqld ]]; }

mysql_version() { chroot "$MYSQL_ROOT" /usr/sbin/mysqld --version; }

install_mysql() {
    if mysql_installed; then
        say "mysql is in \`$MYSQL_ROOT\`"
        return
    fi
    require_root install
    mkdir -p "$CACHE"
    # One at a time. What a killed run left behind holds the lock too, until it ends.
    local lock
    exec {lock}>"$CACHE/mysql.lock"
    flock "$lock"
    # Whoever waited finds it done.
    mysql_installed || retry unpack_mysql ||
        die "cannot install mysql" "see \`$CACHE/mysql-install.log\`"
    exec {lock}>&-
    say "installed $(mysql_version) in \`$MYSQL_ROOT\`"
}

# unpack_mysql: builds the system beside its place and moves it there when complete.
unpack_mysql() {
    local new=$MYSQL_ROOT.partial unshare=()
    # In mounts of its own, nothing that debootstrap mounts can be left behind.
    if unshare --mount true 2>/dev/null; then unshare=(unshare --mount); fi
    rm -rf --one-file-system -- "$new"
    mkdir -p "$new"
    say "unpacking mysql into \`$MYSQL_ROOT\` (a minute or two)"
    {
        "${unshare[@]}" debootstrap --variant=minbase \
            --include=mysql-server-core,mysql-client-core sid "$new" &&
            { chroot "$new" id mysql ||
                chroot "$new" useradd --system --no-create-home --shell /usr/sbin/nologin mysql; } &&
            rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/* &&
            chmod 755 "$new" &&
            chroot --userspec=mysql:mysql "$new" /usr/sbin/mysqld --no-defaults --version
    } >"$CACHE/mysql-install.log" 2>&1 </dev/null || return 1
    mv -T -- "$new" "$MYSQL_ROOT"
}

mysql_start() {
    local id dir run port settings
    id=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
    dir=/srv/servers-$id
    run=$MYSQL_ROOT$dir
    ln -s "$run" "$FOLDER/mysql"
    port=$(free_port 20000)
    in_mysql_root install -d -o mysql -g mysql -m 755 "$dir"
    write_client_options "$run/client.cnf" "$FOLDER/mysql/mysqld.sock"
    in_mysql_root install -o mysql -m 600 /dev/null "$dir/accounts.sql"
    echo "ALTER USER root@localhost IDENTIFIED BY '$PASSWORD';" >"$run/accounts.sql"

    settings=(--no-defaults --datadir="$dir/data" --tmpdir="$dir" --socket="$dir/mysqld.sock"
        --pid-file="$dir/mysqld.pid" --bind-address=127.0.0.1 --port="$port" --mysqlx=OFF
        --secure-file-priv= --character-set-server=utf8mb4)
    if [[ $TUNING == fast ]]; then
        settings+=("${FAST_MYSQL[@]}" --gtid-mode=ON --enforce-gtid-consistency=ON)
    fi
    local server=(chroot --userspec=mysql:mysql "$MYSQL_ROOT" /usr/sbin/mysqld "${settings[@]}")
    run_step mysql-init "${server[@]}" --initialize-insecure --init-file="$dir/accounts.sql"
    rm "$run/accounts.sql"
    launch mysql "${server[@]}"

    # The client of the chroot, because it is sure to know the server's way to log in.
    await_answer mysql in_mysql_root mysql --no-defaults --socket="$dir/mysqld.sock" \
        --user=root --password="$PASSWORD" --execute='SELECT 1'
    # Copied, for the folder of the data is closed to others.
    install -m 644 "$run/data/ca.pem" "$FOLDER/tls/mysql-ca.pem"
    export_variables mysql MYSQL "root:$PASSWORD@tcp(127.0.0.1:$port)/" \
        MYSQL_SOCKET "$FOLDER/mysql/mysqld.sock" MYSQL_CA "$FOLDER/tls/mysql-ca.pem" \
        MYSQL_DUMP "chroot $MYSQL_ROOT /usr/bin/mysqldump"
}

in_mysql_root() { chroot "$MYSQL_ROOT" "$@"; }

# mysql_remove: the files of these servers in the chroot.
mysql_remove() {
    local run
    run=$(readlink -- "$FOLDER/mysql") || return 0
    # Wherever the cache was then; but only ever a folder that `mysql_start` names so.
    [[ $run =~ ^/.*/mysql/srv/servers-[0-9a-f]{16}$ ]] || die "\`$FOLDER/mysql\` links to \`$run\`"
    rm -rf -- "$run"
}

# write_client_options FILE SOCKET: lets `mariadb --defaults-file=FILE` in.
write_client_options() {
    install -m 600 /dev/null "$1"
    printf '[client]\nuser=root\npassword=%s\nsocket=%s\n' "$PASSWORD" "$2" >"$1"
}
