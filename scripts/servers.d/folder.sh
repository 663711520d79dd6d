# shellcheck shell=bash
# One folder with some running servers. FOLDER is its absolute path, TUNING is
# `fast` or `default`, PASSWORD is that of every administrator in it.

readonly MARKER=.migration-assist-servers

start_servers() {
    local kinds=("${@:3}") kind
    TUNING=$2
    for kind in "${kinds[@]}"; do
        "${kind}_installed" || die_without "\`$kind\` is not installed" \
            "run \`scripts/servers install $kind\`"
    done
    PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    # shellcheck disable=SC2034 # the servers' own parts read them
    readonly TUNING PASSWORD

    make_folder "$1"
    trap abandon_servers EXIT
    record start
    make_certificates

    for kind in "${kinds[@]}"; do
        start_worker "$kind" &
    done
    for kind in "${kinds[@]}"; do
        wait -n || exit 2
    done
    rm "$FOLDER/pids"/start*
    export_variables servers SERVERS "$FOLDER"
    for kind in servers "${kinds[@]}"; do
        cat "$FOLDER/exports/$kind"
    done | tee "$FOLDER/environment"
    trap - EXIT
}

start_worker() {
    # What the whole script does at its end is not this part's to do.
    trap - EXIT INT TERM HUP
    local began=$SECONDS
    record "start-$1"
    "$1_start"
    say "started $("$1_version") in $((SECONDS - began)) s"
}

# make_folder DIR: makes it, or takes it over if it is empty.
make_folder() {
    FOLDER=$(realpath -m -- "$1")
    readonly FOLDER
    [[ $FOLDER != *[^[:alnum:]/._+-]* ]] ||
        die "the path \`$FOLDER\` holds characters that mariadb-install-db cannot take"
    # A socket's path ends at 107 bytes, and `/postgres/.s.PGSQL.65535` must still fit.
    ((${#FOLDER} <= 80)) || die "the path \`$FOLDER\` is too long for sockets" "choose a shorter one"
    if [[ -e $FOLDER/$MARKER ]]; then
        die "\`$FOLDER\` holds servers already" "run \`scripts/servers stop $FOLDER\` first"
    fi
    mkdir -p -- "$FOLDER"
    [[ -z $(ls -A -- "$FOLDER") ]] || die "\`$FOLDER\` is not empty" "name a new folder"
    echo "Made by scripts/servers start; scripts/servers stop removes this folder." >"$FOLDER/$MARKER"
    chmod 755 "$FOLDER"
    mkdir "$FOLDER"/{pids,logs,tls,exports,commands,probes}
}

# restart_servers DIR KIND...: as after a loss of power; returns when they answer again.
restart_servers() {
    FOLDER=$(realpath -m -- "$1")
    readonly FOLDER
    [[ -f $FOLDER/$MARKER ]] || die "\`$FOLDER\` holds no servers"
    shift
    local kind probe
    for kind; do relaunch "$kind"; done
    for kind; do
        eval "probe=($(<"$FOLDER/probes/$kind"))"
        await_answer "$kind" "${probe[@]}"
    done
}

abandon_servers() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    say "stopping what was started"
    # Or bash reports each job that is killed.
    disown -a
    stop_processes
    remove_folder
    exit "$status"
}

stop_servers() {
    FOLDER=$(realpath -m -- "$1")
    readonly FOLDER
    [[ -e $FOLDER ]] || { say "nothing at \`$FOLDER\`"; return; }
    [[ -f $FOLDER/$MARKER ]] ||
        die "\`$FOLDER\` was not made by \`scripts/servers start\`" "name the folder that was given to it"
    require_root stop
    report_ended_servers
    stop_processes
    # Once more, for a process that was just being born.
    stop_processes
    remove_folder
    say "stopped and removed \`$FOLDER\`"
}

# remove_folder: the marker goes last, so that an interrupted removal can be repeated.
remove_folder() {
    remove_server_folders
    local attempt
    for attempt in 1 2 3; do
        # Processes that lost their server may need more time to leave.
        find "$FOLDER" -mindepth 1 -maxdepth 1 ! -name "$MARKER" -exec rm -rf -- {} + && break
        sleep "$attempt"
    done
    rm -f -- "$FOLDER/$MARKER"
    rmdir -- "$FOLDER"
}

# free_port FIRST: an unused port, among the 4000 from FIRST. Each kind
# of server has a range of its own, below those that clients are given by the system.
free_port() {
    local port
    while :; do
        port=$(($1 + RANDOM % 4000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# export_variables KIND NAME VALUE...: what `start` prints for this server.
export_variables() {
    local file=$FOLDER/exports/$1
    shift
    while (($#)); do
        echo "export MIGRATION_ASSIST_TEST_$1=${2@Q}"
        shift 2
    done >"$file"
}

# run_as USER: sets AS_USER to a command prefix that becomes USER, leaving no process in
# between that would take the signals meant for the server.
run_as() {
    AS_USER=(setpriv --reuid="$1" --regid="$1" --init-groups --)
    "${AS_USER[@]}" test -x "$FOLDER" ||
        die "the user \`$1\` cannot enter \`$FOLDER\`" "choose a folder under /tmp"
}
