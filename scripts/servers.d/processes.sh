# shellcheck shell=bash
# Processes that outlive this script: started on their own, found again later.
#
# A process is known by its id and its start time (DIR/pids/NAME holds both), so that
# an id which the system has since given to another process is never signalled. The
# record is written by the process itself before it becomes the server: there is no
# time at which a server runs unrecorded, even if this script is killed.

readonly ANSWER_DEADLINE=180 STOP_DEADLINE=30

# read_process PID: sets PROCESS_STATE, PROCESS_GROUP, PROCESS_START, or fails.
read_process() {
    local stat fields
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # The name in parentheses may hold spaces; the fields after it do not.
    read -ra fields <<<"${stat##*) }"
    PROCESS_STATE=${fields[0]} PROCESS_GROUP=${fields[2]} PROCESS_START=${fields[19]}
}

# record NAME: notes the calling process under NAME.
record() {
    local pid=$BASHPID
    read_process "$pid"
    echo "$pid $PROCESS_START" >"$FOLDER/pids/$1"
}

# is_running NAME: whether the process recorded under NAME still runs; sets PROCESS_ID.
is_running() {
    local start
    { read -r PROCESS_ID start <"$FOLDER/pids/$1"; } 2>/dev/null || return 1
    read_process "$PROCESS_ID" && [[ $PROCESS_START == "$start" && $PROCESS_STATE != Z ]]
}

# launch NAME COMMAND...: runs it in a session of its own, output to DIR/logs/NAME.log,
# with none of the caller's files open, so that no pipe waits for the server to end. How
# to do so again stands in DIR/commands/NAME.
launch() {
    local name=$1
    shift
    printf '%q ' "$@" >"$FOLDER/commands/$name"
    (
        local fd
        for fd in /proc/self/fd/*; do
            fd=${fd##*/}
            if ((fd > 2)); then exec {fd}>&-; fi
        done
        record "$name"
        exec setsid "$@"
    ) </dev/null >>"$FOLDER/logs/$name.log" 2>&1 &
}

# run_step NAME COMMAND...: as `launch`, and waits for its success.
run_step() {
    launch "$@"
    wait "$!" || die_with_log "$1" "\`$1\` failed"
}

# await_answer NAME PROBE...: waits until the command PROBE succeeds, and notes it in
# DIR/probes/NAME.
await_answer() {
    local name=$1 deadline=$((SECONDS + ANSWER_DEADLINE))
    shift
    printf '%q ' "$@" >"$FOLDER/probes/$name"
    until "$@" >/dev/null 2>>"$FOLDER/logs/$name-probe.log"; do
        is_running "$name" || die_with_log "$name" "\`$name\` ended instead of starting"
        ((SECONDS < deadline)) || die_with_log "$name" \
            "\`$name\` does not answer after $ANSWER_DEADLINE seconds"
        sleep 0.1
    done
}

die_with_log() {
    show_log "$1" 25
    die "$2"
}

# show_log NAME LINES: its end.
show_log() {
    say "the end of the log of \`$1\`:"
    { tail -n "$2" "$FOLDER/logs/$1.log" 2>/dev/null || echo 'no log'; } | sed 's/^/    /' >&2
}

# report_ended_servers: lists servers that answered and ended by themselves.
report_ended_servers() {
    local probe name
    for probe in "$FOLDER"/probes/*; do
        name=${probe##*/}
        if [[ -e $probe ]] && ! is_running "$name"; then
            say "\`$name\` ended by itself"
            # What a server says of its crash takes about 70 lines.
            show_log "$name" 80
        fi
    done
}

# signal SIGNAL NAME: sends it to the process, if it runs, and to what it started.
signal() {
    is_running "$2" || return 0
    local target=$PROCESS_ID
    # Servers lead a session of their own; this script's processes share the caller's.
    if [[ $2 != start* && $PROCESS_GROUP == "$target" ]]; then target=-$target; fi
    kill "-$1" -- "$target" 2>/dev/null || true
}

# relaunch NAME: kills the server, as a loss of power would, and runs it again.
relaunch() {
    local command=() children=() child deadline=$((SECONDS + STOP_DEADLINE))
    [[ -e $FOLDER/commands/$1 ]] || die "\`$FOLDER\` has no server \`$1\`"
    eval "command=($(<"$FOLDER/commands/$1"))"
    if is_running "$1"; then
        # PostgreSQL's sessions are processes of their own, and outlive it for a short time.
        read -ra children <"/proc/$PROCESS_ID/task/$PROCESS_ID/children" || true
    fi
    signal KILL "$1"
    for child in "${children[@]}"; do
        kill -KILL "$child" 2>/dev/null || true
    done
    for child in "$PROCESS_ID" "${children[@]}"; do
        while read_process "$child" && [[ $PROCESS_STATE != Z ]]; do
            ((SECONDS < deadline)) || die "\`$1\` does not end"
            sleep 0.1
        done
    done
    # A killed process keeps its number until its parent has noticed. By these files, PostgreSQL
    # and MySQL would take it for one that runs.
    rm -f -- "$FOLDER/$1/data/postmaster.pid" "$FOLDER/$1"/.s.PGSQL.*.lock "$FOLDER/$1"/*.sock.lock
    launch "$1" "${command[@]}"
}

recorded() {
    local file
    for file in "$FOLDER"/pids/*; do
        [[ ! -e $file ]] || echo "${file##*/}"
    done
}

# stop_processes: ends everything that was recorded, first what could start more.
stop_processes() {
    local names name deadline=$((SECONDS + STOP_DEADLINE))
    mapfile -t names < <(recorded)

    for name in "${names[@]}"; do
        if [[ $name == start* ]] && is_running "$name" && ((PROCESS_ID != $$)); then
            signal KILL "$name"
        fi
    done
    for name in "${names[@]}"; do
        case $name in
            start*) ;;
            # On TERM, PostgreSQL would wait for its clients to leave.
            postgres) signal INT "$name" ;;
            *) signal TERM "$name" ;;
        esac
    done
    for name in "${names[@]}"; do
        [[ $name != start* ]] || continue
        while is_running "$name"; do
            if ((SECONDS >= deadline)); then
                say "\`$name\` does not stop: killing it"
                signal KILL "$name"
            fi
            sleep 0.1
        done
    done
}
