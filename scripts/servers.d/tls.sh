# shellcheck shell=bash
# A certificate authority and a certificate for localhost, one pair for each folder.

make_certificates() {
    if ! has_command openssl; then
        say "no openssl: MariaDB and PostgreSQL start without TLS"
        return
    fi
    sign_certificates >"$FOLDER/logs/tls.log" 2>&1 || die_with_log tls "cannot make certificates"
}

sign_certificates() {
    local tls=$FOLDER/tls key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >"$tls/server.ext"
    openssl req -x509 "${key[@]}" -keyout "$tls/ca.key" -out "$tls/ca.pem" -days 30 \
        -subj '/CN=migration-assist test authority' &&
        openssl req -new "${key[@]}" -keyout "$tls/server.key" -out "$tls/server.csr" \
            -subj /CN=localhost &&
        openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" \
            -CAcreateserial -out "$tls/server.pem" -days 30 -extfile "$tls/server.ext"
}

has_certificates() { [[ -e $FOLDER/tls/server.pem ]]; }

# install_tls USER: puts them into the folder of the server's files; servers insist on a key that only they can read.
install_tls() {
    install -m 644 "$FOLDER/tls/ca.pem" "$FOLDER/tls/server.pem" "$RUN"
    owned_file "$1" server.key
    cat "$FOLDER/tls/server.key" >"$RUN/server.key"
}
