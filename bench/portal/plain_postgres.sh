# Plain inserts into PostgreSQL: for each line that comes in, a second of pgbench, whose commits it prints.
#   bash plain_postgres.sh PGBENCH CLIENTS STATEMENTS DATABASE
while read -r _; do
    "$1" -n -M prepared -f "$3" -c "$2" -j 2 -T 1 "$4" 2>/dev/null | awk '/^tps/ { printf "%.0f\n", $3 }'
done
