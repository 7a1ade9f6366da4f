# How a design (direct, nginx, haproxy, haproxy64, gateway) is started, reached and ended. Sourced by run.sh and count.sh, which
# set: here, root, tools, designs, gateway_command. What it starts it also ends, when the script exits.
# shellcheck shell=bash disable=SC2154 # set by whoever sources this

base_port=18400
wrap=(taskset -c 0) # what a design is started with
locksmith=${LOCKSMITH:-$root/build/release/locksmith}
nginx_globals=""    # further directives for nginx, outside of any block

say() { printf '%s\n' "$*" >&2; }

if [ ! -x "$tools/load" ] || [ ! -x "$tools/mock_upstream" ] || [ ! -e "$tools/count_allocations.so" ]; then
  say "Building the tools"
  (cd "$root" && { [ -f build/bench/build.ninja ] || cmake --preset bench >/dev/null; } &&
    cmake --build build/bench -j 2 --target bench_gateway_mock_upstream bench_gateway_load \
      bench_gateway_count_allocations >/dev/null)
fi

processes() { # PID: itself and everything below it, with commas
  local out=$1 child
  for child in $(pgrep -P "$1" || true); do out=$out,$(processes "$child"); done
  printf '%s' "$out"
}

dir=$(mktemp -d)
declare -A pid port tls_port key
stop() { # DESIGN: asks it and all its processes to end; after five seconds there is no more asking
  local all tries
  [ -n "${pid[$1]:-}" ] || return 0
  all=$(processes "${pid[$1]}")
  # shellcheck disable=SC2086 # a list
  kill ${all//,/ } 2>/dev/null || true
  for tries in $(seq 100); do
    kill -0 "${pid[$1]}" 2>/dev/null || break
    [ "$tries" -ne 20 ] || kill ${all//,/ } 2>/dev/null || true # whoever drains is asked a second time
    [ "$tries" -lt 100 ] || kill -9 ${all//,/ } 2>/dev/null || true
    sleep 0.05
  done
  wait "${pid[$1]}" 2>/dev/null || true
  unset "pid[$1]"
}
stop_all() {
  local design
  for design in "${!pid[@]}"; do stop "$design"; done
  rm -rf "$dir"
}
trap stop_all EXIT
trap 'exit 130' INT TERM
ulimit -n "$(ulimit -Hn)"

# A throw-away certificate, and a key that opens nothing; a gateway with keys of its own puts one into key[gateway].
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -keyout "$dir/key.pem" -out "$dir/certificate.pem" 2>/dev/null
cat "$dir/certificate.pem" "$dir/key.pem" >"$dir/both.pem"
any_key="bench-$(head -c 48 /dev/urandom | od -An -tx1 | tr -d ' \n')"

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wait_for() { # PORT NAME
  local tries # valgrind takes seconds to start a program
  for tries in $(seq 300); do
    is_open "$1" && return 0
    sleep 0.05
  done
  say "$2 does not listen on port $1 after 15 seconds."
  tail -n 5 "$dir/$2.err" >&2 || true
  return 1
}

fill() { # TEMPLATE DESIGN: the template with this run's ports and folder
  sed -e "s|@PORT@|${port[$2]}|g; s|@TLS_PORT@|${tls_port[$2]}|g; s|@UPSTREAM@|$mock_port|g; s|@DIR@|$dir|g" \
    -e "s|@BUFSIZE@|${3:-16384}|g" "$here/peers/$1"
}

start_nginx() {
  fill nginx.conf nginx >"$dir/nginx.conf"
  "${wrap[@]}" nginx -g "$nginx_globals" -c "$dir/nginx.conf" -e "$dir/nginx.log" 2>"$dir/nginx.err" &
  pid[nginx]=$!
}

start_haproxy() { # DESIGN BUFSIZE
  fill haproxy.cfg "$1" "$2" >"$dir/$1.cfg"
  "${wrap[@]}" haproxy -db -f "$dir/$1.cfg" >"$dir/$1.err" 2>&1 &
  pid[$1]=$!
}

# The gateway. It must, when this function returns: be starting on core 0 with one worker, listen on
# 127.0.0.1:${port[gateway]}, on ${tls_port[gateway]} with TLS (without it, the TLS workloads leave it out), send to
# http://127.0.0.1:$mock_port, take the key in ${key[gateway]}, and have its process id in ${pid[gateway]}; what listens on the
# TLS port may be a process of its own, in ${pid[gateway_tls]}. It is called anew before every round of `held` and `idle`, so
# that memory is counted from a fresh process. What --gateway says goes first; the rest is for `locksmith serve`.
start_gateway() {
  if [ -n "$gateway_command" ]; then
    PORT=${port[gateway]} TLS_PORT=${tls_port[gateway]} UPSTREAM=http://127.0.0.1:$mock_port DIR=$dir KEY=$any_key \
      "${wrap[@]}" bash -c "$gateway_command" >"$dir/gateway.err" 2>&1 &
    pid[gateway]=$!
    return
  fi
  if [ ! -f "$dir/gateway.key" ]; then
    (umask 077 && "$locksmith" keys create --quiet --store "sqlite:$dir/store.sqlite" --name bench >"$dir/gateway.key")
  fi
  key[gateway]=$(cat "$dir/gateway.key")
  serve gateway "${port[gateway]}"
  if [ -z "${pid[gateway_tls]:-}" ]; then
    serve gateway_tls "${tls_port[gateway]}" --tls-cert "$dir/certificate.pem" --tls-key "$dir/key.pem"
  fi
}

# NAME PORT OPTION...: its log goes where it costs a system call but no disk, because the peers' logs are off and a run writes
# millions of lines. The credential has the right shape and opens nothing.
serve() {
  local name=$1 at=$2 admin=$(($2 + 100))
  shift 2
  ANTHROPIC_API_KEY="sk-ant-api03-$(head -c 4096 /dev/urandom | tr -dc 'a-zA-Z0-9' | head -c 93)AA" \
    "${wrap[@]}" "$locksmith" serve --listen "127.0.0.1:$at" --admin "127.0.0.1:$admin" --workers 1 --log /dev/null \
    --upstream "http://127.0.0.1:$mock_port" --store "sqlite:$dir/store.sqlite" "$@" >"$dir/$name.err" 2>&1 &
  pid[$name]=$!
}

start() { # DESIGN
  case $1 in
    nginx) start_nginx ;;
    haproxy) start_haproxy haproxy 16384 ;;
    haproxy64) start_haproxy haproxy64 65536 ;;
    gateway) start_gateway ;;
    direct) return 0 ;;
  esac
  wait_for "${port[$1]}" "$1"
}

set_answer() { # SPEC: what the mock says from now on
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$mock_port"
  printf 'GET /default/%s HTTP/1.1\r\nhost: mock\r\n\r\n' "$1" >&3
  read -r line <&3
  exec 3>&- 3<&-
  case $line in *" 200 "*) ;; *) say "The mock does not know the answer $1."; exit 2 ;; esac
}

start_mock() { # also gives every design its two ports
  local number=0 design
  for design in mock direct nginx haproxy haproxy64 gateway; do
    port[$design]=$((base_port + number)) tls_port[$design]=$((base_port + number + 1)) number=$((number + 2))
    if is_open "${port[$design]}"; then say "Port ${port[$design]} is taken; another run is still going?"; exit 2; fi
  done
  mock_port=${port[mock]}
  port[direct]=$mock_port tls_port[direct]=${tls_port[mock]}
  "$tools/mock_upstream" --port "$mock_port" --tls-port "${tls_port[mock]}" --cert "$dir/certificate.pem" \
    --key "$dir/key.pem" 2>"$dir/mock.err" &
  pid[mock]=$!
  wait_for "$mock_port" mock
}

leave_out_missing_gateway() { # loudly
  case " $designs " in *" gateway "*)
    if [ -z "$gateway_command" ] && ! "$locksmith" serve --help 2>/dev/null | grep -q -e --upstream; then
      say "*** THE GATEWAY IS NOT MEASURED: $locksmith has no command 'serve', and no --gateway was given. ***"
      designs=$(printf '%s ' $designs | sed 's/gateway//')
    fi ;;
  esac
}
