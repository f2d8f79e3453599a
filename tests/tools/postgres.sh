# For other scripts: a PostgreSQL server of their own, in a folder of its own, that ends with them.
#   . tests/tools/postgres.sh; start_postgres; … "$postgres_url" …
# The server runs as the user postgres or nobody where the script runs as root, as it refuses to run as root itself.

. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

postgres_bin() {
    local newest
    newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$newest" ] && [ -x "$newest/initdb" ] && echo "$newest"
}

as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u "$postgres_user" -- "$@"; else "$@"; fi; }

start_postgres() {
    if [ -z "$(postgres_bin)" ]; then
        printf '\n== installing postgresql\n'
        install_from_debian postgresql
    fi
    local bin
    bin=$(postgres_bin) || { echo "PostgreSQL's initdb is not to be found" >&2; exit 3; }
    postgres_user=$(id -un postgres 2>/dev/null || echo nobody)
    postgres_folder=$(mktemp -d)
    [ "$(id -u)" -ne 0 ] || chown "$postgres_user" "$postgres_folder"
    trap stop_postgres EXIT
    as_postgres "$bin/initdb" -D "$postgres_folder/data" -U postgres -A trust -E UTF8 --locale=C >"$postgres_folder.log" 2>&1 \
        || { cat "$postgres_folder.log" >&2; exit 3; }
    # The server takes encrypted connections too; whoever does not ask for one is spared the effort.
    as_postgres openssl req -new -x509 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$postgres_folder/data/server.key" -out "$postgres_folder/data/server.crt" >>"$postgres_folder.log" 2>&1 \
        || { cat "$postgres_folder.log" >&2; exit 3; }
    export PGSSLMODE=disable
    # A port that nobody has: two runs side by side must not meet.
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    as_postgres "$bin/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/log" -w -t 60 \
        -o "-p $port -k $postgres_folder -c listen_addresses=127.0.0.1 -c max_connections=200 -c ssl=on" start >/dev/null \
        || { cat "$postgres_folder/log" >&2; exit 3; }
    postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
}

stop_postgres() {
    [ -n "${postgres_folder:-}" ] || return 0
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$postgres_folder" "$postgres_folder.log"
}
