# Runs one broken set-up as a user would have it: a home, a working directory, an environment, an emulator, the doctor.
# Sourced by ./try and by begin.sh, with which every script of this folder begins. POSIX sh. Needs $LOCKSMITH, the program.
#
# A case is a file of sh that sets
#   shows   what is broken, in a few words
#   wants   the cause code that must be named first; "healthy" where nothing is broken
# and may set
#   faults  arguments for `locksmith emulate`, separated by spaces: --fault NAME@/path --tls …
#   flags   arguments for `locksmith doctor`
#   base    the base URL; @ stands for the emulator's address (default @); empty: none is set
#   exits   the exit code (default 1; 0 where healthy)
# and defines set_up(), which runs in the working directory with HOME set and calls
#   give NAME VALUE      exports a variable
#   home_file PATH       writes standard input to a file below HOME
#   here_file PATH       writes standard input to a file of the working directory

newline='
'
return_char=$(printf '\r')

# Keys are made here, visibly of zeros, so that none stands in a file.
api_key() { printf 'sk-ant-api03-%093dAA' "${1:-0}"; }
admin_key() { printf 'sk-ant-admin01-%093dAA' 0; }
login_token() { printf 'sk-ant-oat01-%093dAA' "${1:-0}"; }

give() { export "$1=$2"; }
home_file() { mkdir -p "$HOME/$(dirname "$1")" && cat >"$HOME/$1"; }
here_file() { mkdir -p "$(dirname "$1")" && cat >"$1"; }

# Variables of the caller that would change the outcome.
forget_environment() {
  for name in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $name in
      ANTHROPIC_* | CLAUDE_* | *_proxy | *_PROXY | CI | SSH_CONNECTION | NODE_EXTRA_CA_CERTS | SSL_CERT_FILE | SSL_CERT_DIR | \
        REQUESTS_CA_BUNDLE | XDG_CONFIG_HOME | NO_COLOR) unset "$name" ;;
    esac
  done
}

# run_case FILE FOLDER: leaves FOLDER/doctor.json, FOLDER/doctor.txt and FOLDER/exit. Runs in a subshell of the caller's.
run_case() {
  set +e # the doctor's exit code is a result here, not an error
  folder=$2
  mkdir -p "$folder/home" "$folder/here"
  shows="" wants="" faults="" flags="" base="@" exits=""
  forget_environment
  # shellcheck source=/dev/null
  . "$1"
  HOME="$folder/home"
  export HOME
  cd "$folder/here" || return 70
  case "$faults" in
    *--tls*) scheme=https faults="$faults --tls-ca-out $folder/ca.pem" ;;
    *) scheme=http ;;
  esac
  # shellcheck disable=SC2086 # the arguments are split on purpose
  "$LOCKSMITH" emulate --listen 127.0.0.1:0 --port-file "$folder/port" $faults 2>"$folder/emulator.log" &
  emulator=$!
  waited=0
  while [ ! -s "$folder/port" ] && [ "$waited" -lt 2000 ]; do
    sleep 0.05
    waited=$((waited + 1))
  done
  address="127.0.0.1:$(cat "$folder/port")"
  [ -z "$base" ] || give ANTHROPIC_BASE_URL "$(printf %s "$base" | sed "s|@|$scheme://$address|")"
  set_up
  # shellcheck disable=SC2086
  "$LOCKSMITH" doctor --json $flags >"$folder/doctor.json" 2>"$folder/doctor.err"
  echo $? >"$folder/exit"
  # What a caller wants to see while the emulator still runs.
  if command -v afterwards >/dev/null 2>&1; then afterwards; fi
  kill "$emulator" 2>/dev/null
  wait "$emulator" 2>/dev/null
  return 0
}

# The first code of a doctor's JSON: "healthy" and "undetermined" where no cause is named.
first_code() {
  awk '/"verdict":/ { gsub(/[",]/, ""); verdict = $2 }
       /"codes": \[/ { if ($0 !~ /\]/) { getline; gsub(/[ ",]/, ""); code = $0 } }
       END { print code != "" ? code : verdict }' "$1"
}

# The value of the first member of that name, as text.
first_member() {
  sed -n 's/^ *"'"$2"'": "\(.*\)",\{0,1\}$/\1/p' "$1" | sed -n '1{s/\\"/"/g;p;}'
}
