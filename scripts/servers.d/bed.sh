# shellcheck shell=bash
# A bed: one folder with some running servers. BED is its absolute path, TUNING is
# `fast` or `default`, PASSWORD is that of every administrator in it.

readonly MARKER=.migration-assist-servers

start_bed() {
    local kinds=("${@:3}") kind
    TUNING=$2
    for kind in "${kinds[@]}"; do
        "${kind}_installed" || die_without "\`$kind\` is not installed" \
            "run \`scripts/servers install $kind\`"
    done
    PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    # shellcheck disable=SC2034 # the servers' own parts read them
    readonly TUNING PASSWORD

    make_bed "$1"
    trap abandon_bed EXIT
    record start
    make_certificates

    for kind in "${kinds[@]}"; do
        start_worker "$kind" &
    done
    for kind in "${kinds[@]}"; do
        wait -n || exit 2
    done
    rm "$BED/pids"/start*
    export_variables bed BED "$BED"
    for kind in bed "${kinds[@]}"; do
        cat "$BED/exports/$kind"
    done | tee "$BED/environment"
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

# make_bed DIR: makes it, or takes it over if it is empty.
make_bed() {
    BED=$(realpath -m -- "$1")
    readonly BED
    [[ $BED != *[^[:alnum:]/._+-]* ]] ||
        die "the path \`$BED\` holds characters that mariadb-install-db cannot take"
    # A socket's path ends at 107 bytes, and `/postgres/.s.PGSQL.65535` must still fit.
    ((${#BED} <= 80)) || die "the path \`$BED\` is too long for sockets" "choose a shorter one"
    if [[ -e $BED/$MARKER ]]; then
        die "\`$BED\` holds servers already" "run \`scripts/servers stop $BED\` first"
    fi
    mkdir -p -- "$BED"
    [[ -z $(ls -A -- "$BED") ]] || die "\`$BED\` is not empty" "name a new folder"
    echo "Made by scripts/servers start; scripts/servers stop removes this folder." >"$BED/$MARKER"
    chmod 755 "$BED"
    mkdir "$BED"/{pids,logs,tls,exports,commands,probes}
}

# restart_servers DIR KIND...: as after a loss of power; returns when they answer again.
restart_servers() {
    BED=$(realpath -m -- "$1")
    readonly BED
    [[ -f $BED/$MARKER ]] || die "\`$BED\` holds no servers"
    shift
    local kind probe
    for kind; do relaunch "$kind"; done
    for kind; do
        eval "probe=($(<"$BED/probes/$kind"))"
        await_answer "$kind" "${probe[@]}"
    done
}

abandon_bed() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    say "stopping what was started"
    # Or bash reports each job that is killed.
    disown -a
    stop_processes
    remove_bed
    exit "$status"
}

stop_bed() {
    BED=$(realpath -m -- "$1")
    readonly BED
    [[ -e $BED ]] || { say "nothing at \`$BED\`"; return; }
    [[ -f $BED/$MARKER ]] ||
        die "\`$BED\` was not made by \`scripts/servers start\`" "name the folder that was given to it"
    require_root stop
    report_ended_servers
    stop_processes
    # Once more, for a process that was just being born.
    stop_processes
    remove_bed
    say "stopped and removed \`$BED\`"
}

# remove_bed: the marker goes last, so that an interrupted removal can be repeated.
remove_bed() {
    mysql_remove
    local attempt
    for attempt in 1 2 3; do
        # Processes that lost their server may need a moment more to leave.
        find "$BED" -mindepth 1 -maxdepth 1 ! -name "$MARKER" -exec rm -rf -- {} + && break
        sleep "$attempt"
    done
    rm -f -- "$BED/$MARKER"
    rmdir -- "$BED"
}

# free_port FIRST: a port that nobody listens on, among the 4000 from FIRST. Each kind
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
    local file=$BED/exports/$1
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
    "${AS_USER[@]}" test -x "$BED" ||
        die "the user \`$1\` cannot enter \`$BED\`" "choose a folder under /tmp"
}
