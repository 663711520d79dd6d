# shellcheck shell=bash disable=SC2154
# The demonstration of `migrate --live`; sourced by scripts/demo, in its folder.

step "Filling the source with a sample workspace of $posts posts"
"$sample" load "$source" "$posts" clean
export MIGRATION_ASSIST_MYSQL_DSN=$source MIGRATION_ASSIST_POSTGRES_DSN=$native
# As Mattermost's account it cannot write to a server that is read-only.
account=$("$sample" account "$source")
mkdir -p root
printf '{"SqlSettings": {"DriverName": "mysql", "DataSource": "%s"}}\n' "$account" >config.json

step 'Starting a client that posts the whole time, and follows the configuration to PostgreSQL'
"$sample" post "$account" "$native" config.json stop >posted &
client=$!
background+=("$client")

step '1. Check, schema, rows, indexes and proof, while the client posts'
printf '\033[2m$ migration-assist migrate --live\033[0m\n' >&2
migration-assist migrate --live --log migrate.log &
migration=$!
background+=("$migration")
until grep -q 'to switch, run in another terminal' migrate.log 2>/dev/null; do
    kill -0 "$migration" 2>/dev/null || fail '`migrate --live` has ended' 'read its last messages above'
    kill -0 "$client" 2>/dev/null || fail 'the client has ended' 'read its last message above'
    sleep 0.2
done

step '2. The plan of the switch'
show migration-assist cutover --live --plan --config config.json --root root --start-command true

step '3. The switch'
# Units of this machine do not belong to the demonstration.
show_findings migration-assist cutover --live --yes --config config.json --root root --start-command true
wait "$migration"

step 'What the client measured'
sleep 1
touch stop
wait "$client"
cat posted >&2
