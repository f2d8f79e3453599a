# For other scripts: what they need from Debian, installed where it is missing.
#   . tests/tools/debian.sh; need COMMAND PACKAGE…

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# Runs apt-get, with its lists brought up to date once.
install_from_debian() {
    if [ -z "${debian_lists_are_fresh:-}" ]; then
        as_root apt-get update -qq
        debian_lists_are_fresh=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

need() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return
    printf '\n== installing %s\n' "$*"
    install_from_debian "$@"
    command -v "$command" >/dev/null || { echo "$command is still missing after installing $*" >&2; exit 3; }
}
