# A small world of network namespaces: a client machine, the network between, and the API's side. POSIX sh, root.
#
#   client 10.77.1.2, fd77:1::2  --  network 10.77.1.1 / 10.77.2.1 (router, DNS, proxies)  --  API 10.77.2.2, fd77:2::2
#
# The doctor runs in the client's namespace and asks https://api.anthropic.com as everybody does; the world's DNS gives the
# API's side, where the emulator answers with a certificate of a CA that the client trusts. Everything is a real part:
# dnsmasq, nftables, squid, tinyproxy, nginx, libfaketime.

# Two worlds can stand side by side: WORLD is the number of this one.
world=${WORLD:-1}
client=lsw-client$world
middle=lsw-net$world
api=lsw-api$world

in_client() { ip netns exec $client "$@"; }
in_net() { ip netns exec $middle "$@"; }
in_api() { ip netns exec $api "$@"; }

pids=""
keep() { pids="$pids $1"; }
stop_parts() {
  for pid in $pids; do kill "$pid" 2>/dev/null; done
  for pid in $pids; do wait "$pid" 2>/dev/null; done
  pids=""
}

open_world() {
  close_world
  for name in $client $middle $api; do
    ip netns add $name || return 1
    ip -n $name link set lo up
  done
  ip link add lsw-c0 netns $client type veth peer name lsw-c1 netns $middle
  ip link add lsw-a0 netns $api type veth peer name lsw-a1 netns $middle
  in_net sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  for name in $client $middle $api; do
    # Without duplicate address detection an address can be used at once.
    ip netns exec $name sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 2>/dev/null
  done
  ip -n $client addr add 10.77.1.2/24 dev lsw-c0
  ip -n $client addr add fd77:1::2/64 dev lsw-c0 nodad
  ip -n $middle addr add 10.77.1.1/24 dev lsw-c1
  ip -n $middle addr add fd77:1::1/64 dev lsw-c1 nodad
  ip -n $middle addr add 10.77.2.1/24 dev lsw-a1
  ip -n $middle addr add fd77:2::1/64 dev lsw-a1 nodad
  for address in 10.77.2.2/24 10.77.2.3/24; do ip -n $api addr add $address dev lsw-a0; done
  for address in fd77:2::2/64 fd77:2::3/64; do ip -n $api addr add $address dev lsw-a0 nodad; done
  ip -n $client link set lsw-c0 up
  ip -n $middle link set lsw-c1 up
  ip -n $middle link set lsw-a1 up
  ip -n $api link set lsw-a0 up
  ip -n $client route add default via 10.77.1.1
  ip -n $client -6 route add default via fd77:1::1
  ip -n $api route add default via 10.77.2.1
  ip -n $api -6 route add default via fd77:2::1
  mkdir -p /etc/netns/$client/ssl/certs
}

close_world() {
  stop_parts
  for name in $client $middle $api; do ip netns del $name 2>/dev/null; done
  rm -rf /etc/netns/$client /etc/netns/$middle
}

# Everything as it should be; called before each fault. $folder is the case's own.
heal() {
  stop_parts
  for name in $client $middle $api; do ip netns exec $name nft flush ruleset; done
  ip -n $middle link set lsw-c1 up
  ip -n $client route replace default via 10.77.1.1
  ip -n $client -6 route replace default via fd77:1::1
  ip -n $client link set lsw-c0 mtu 1500
  printf 'nameserver 10.77.1.1\noptions timeout:1 attempts:1\n' >/etc/netns/$client/resolv.conf
  mkdir -p /etc/netns/$middle && printf 'nameserver 10.77.1.1\n' >/etc/netns/$middle/resolv.conf
  printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/netns/$client/hosts
  rm -f /etc/netns/$client/ssl/certs/*
  dns_answers="--address=/api.anthropic.com/10.77.2.2 --address=/api.anthropic.com/fd77:2::2"
  clock=""
}

start_dns() {
  # shellcheck disable=SC2086
  ip netns exec $middle dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --listen-address=10.77.1.1 --bind-interfaces --no-ping \
    --pid-file= --user=root $dns_answers >"$folder/dns.log" 2>&1 &
  keep $!
  tries=0
  while ! ip netns exec $middle ss -Hlun "sport = :53" | grep -q . && [ "$tries" -lt 2000 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}

# start_api ARGUMENTS...: the emulator on both families, with a fresh certificate.
start_api() {
  for family in 4 6; do
    [ $family = 4 ] && address=10.77.2.2:443 || address='[fd77:2::2]:443'
    ip netns exec $api "$LOCKSMITH" emulate --listen "$address" --allow-remote --tls --tls-ca-out "$folder/ca$family.pem" \
      --port-file "$folder/port$family" "$@" >"$folder/api$family.log" 2>&1 &
    keep $!
  done
  wait_for "$folder/port4" && wait_for "$folder/port6"
}

wait_for() { # FILE: at most five seconds
  tries=0
  while [ ! -s "$1" ] && [ "$tries" -lt 2000 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  [ -s "$1" ]
}
wait_port() { # NAMESPACE PORT
  tries=0
  while ! ip netns exec "$1" ss -Hltn "sport = :$2" | grep -q . && [ "$tries" -lt 2000 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}

trust() { # FILE NAME: the client trusts this CA
  cp "$1" "/etc/netns/$client/ssl/certs/$2.pem"
  openssl rehash "/etc/netns/$client/ssl/certs" 2>/dev/null
}

# --- parts that a fault may call
block() { # nft rules in the network, one a line on standard input: what is forwarded, $1 = forward or input
  { printf 'table inet sick {\n chain %s { type filter hook %s priority 0; policy accept;\n' "$1" "$1"; cat; printf ' }\n}\n'; } | in_net nft -f -
}
web() { # CONFIG on standard input: nginx on the API's second address 10.77.2.3; the server blocks only
  mkdir -p "$folder/www"
  cat >"$folder/servers.conf"
  {
    printf 'daemon off; pid %s/nginx.pid; error_log %s/nginx.log; events {}\n' "$folder" "$folder"
    printf 'http { access_log off; client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n' \
      "$folder" "$folder" "$folder" "$folder" "$folder"
    cat "$folder/servers.conf"
    printf '}\n'
  } >"$folder/nginx.conf"
  ip netns exec $api nginx -c "$folder/nginx.conf" -p "$folder" >"$folder/nginx.out" 2>&1 &
  keep $!
  wait_port $api "${1:-80}"
}
certificate() { # NAME [SUBJECT-ALT-NAME]: a self-made CA and a certificate under $folder/NAME.{ca,crt,key}
  name=$1
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=Sick World $name CA" \
    -keyout "$folder/$name.cakey" -out "$folder/$name.ca" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout "$folder/$name.key" -out "$folder/$name.csr" 2>/dev/null
  printf 'subjectAltName=%s\n' "${2:-DNS:api.anthropic.com}" >"$folder/$name.ext"
  openssl x509 -req -in "$folder/$name.csr" -CA "$folder/$name.ca" -CAkey "$folder/$name.cakey" -CAcreateserial -days 30 \
    -extfile "$folder/$name.ext" -out "$folder/$name.crt" 2>/dev/null
}
proxy() { # tinyproxy in the network on 10.77.1.1:3128; more configuration on standard input
  { printf 'Port 3128\nListen 10.77.1.1\nTimeout 30\nLogLevel Error\nLogFile "%s/proxy.log"\nMaxClients 20\n' "$folder"; cat; } >"$folder/tinyproxy.conf"
  ip netns exec $middle tinyproxy -d -c "$folder/tinyproxy.conf" >/dev/null 2>&1 &
  keep $!
  wait_port $middle 3128
}
