#!/bin/sh
# Makes node folders with openssl in the forms that operators of the original have them in (spec 15.4 and 16).
#
#   original-folders.sh plain   OUT CHANNEL P2P
#   original-folders.sh full    OUT CHANNEL P2P
#   original-folders.sh network OUT CHANNEL0 P2P0 CHANNEL1 P2P1 CHANNEL2 P2P2
#
# plain:   legacy sections, and a config.ini that went through an editor of Windows: CRLF, byte order mark, tabs
# full:    every key of the original, RSA certificates for applications, both lists
# network: two agencies, three nodes, keys as "EC PRIVATE KEY" behind "EC PARAMETERS"
#
# Each has OUT/127.0.0.1/nodeN/{config.ini,conf}, OUT/cert/AGENCY/sdk, and for plain and full OUT/cert/agency/peer,
# the files of a node that runs nowhere. Roots have no BasicConstraints.
set -eu

kind=$1
out=$2
shift 2
days=36500
nodes=$out/127.0.0.1
mkdir -p "$out/cert" "$nodes"

extensions=$out/cert/extensions.cnf
cat >"$extensions" <<'END'
[req]
distinguished_name = name
prompt = no
[name]
CN = overruled
[agency]
basicConstraints = CA:TRUE
keyUsage = keyCertSign, cRLSign
[leaf]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
END

# A key in the form that the kind of folder calls for.
ec_key() {
  case $kind in
  network) openssl ecparam -name secp256k1 -genkey -out "$1" ;;
  *) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out "$1" ;;
  esac
}

rsa_key() {
  openssl genrsa -out "$1" 2048
}

# self_signed FILE SUBJECT: a root of the key FILE.key.
self_signed() {
  openssl req -config "$extensions" -new -x509 -sha256 -days $days -subj "$2" -key "$1.key" -out "$1.crt"
}

# signed FILE SUBJECT ISSUER EXTENSIONS: FILE.crt of the key FILE.key, and nothing but the leaf in it.
signed() {
  openssl req -config "$extensions" -new -sha256 -subj "$2" -key "$1.key" -out "$1.csr"
  openssl x509 -req -sha256 -days $days -in "$1.csr" -out "$1.crt" \
    -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -extfile "$extensions" -extensions "$4"
  rm "$1.csr"
}

agency() {
  mkdir -p "$out/cert/$1"
  ec_key "$out/cert/$1/agency.key"
  signed "$out/cert/$1/agency" "/CN=$1/O=fisco-bcos/OU=agency" "$out/cert/ca" agency
}

# leaf FOLDER NAME UNIT AGENCY: FOLDER/{ca.crt,NAME.crt,NAME.key} below the agency.
leaf() {
  mkdir -p "$1"
  ec_key "$1/${2%%[0-9]*}.key"
  file=$1/${2%%[0-9]*}
  signed "$file" "/CN=$2/O=fisco-bcos/OU=$3" "$out/cert/$4/agency" leaf
  cat "$out/cert/$4/agency.crt" "$out/cert/ca.crt" >>"$file.crt"
  cp "$out/cert/ca.crt" "$1/ca.crt"
}

# rsa_leaf FOLDER NAME: FOLDER/{ca.crt,NAME.crt,NAME.key} below the root of the agency's channel.
rsa_leaf() {
  mkdir -p "$1"
  rsa_key "$1/$2.key"
  signed "$1/$2" "/CN=FISCO-BCOS/O=fisco-bcos/OU=agency" "$out/cert/agency/channel/ca" leaf
  cp "$out/cert/agency/channel/ca.crt" "$1/ca.crt"
}

# The ID of the node with that key: the point of its public key, without the byte in front.
node_id() {
  openssl pkey -in "$1" -pubout -outform DER | tail -c 64 | od -An -v -tx1 | tr -d ' \n'
}

plain_config() {
  # No \r in the text below: sed puts it at the end of every line.
  printf '\357\273\277'
  sed 's/$/\r/' <<END
[rpc]
	; written by hand: for the applications
	listen_ip = 127.0.0.1
	channel_listen_port	=	$1
	jsonrpc_listen_port=8545
[p2p]
    listen_ip=127.0.0.1
	listen_port=$2 
    ;enable_compress=true
	node.0=127.0.0.1:$2

[crl]
	;crl.0=
[cal] ; who may come in
	cal.0=$(node_id "$nodes/node0/conf/node.key")
	cal.1=0x$(node_id "$out/cert/agency/peer/node.key" | tr a-f A-F)
[group]
	group_data_path=data/
	group_config_path=conf/
[secure]
	data_path=conf/
	key=node.key
	cert=node.crt
	ca_cert=ca.crt
[compatibility]
	supported_version=2.2.0
END
}

full_config() {
  cat <<END
[rpc]
    channel_listen_ip=127.0.0.1
    listen_ip=192.0.2.1
    channel_listen_port=$1
    channel_thread_count=8
    jsonrpc_listen_ip=127.0.0.1
    jsonrpc_listen_port=8545
    disable_dynamic_group=false
[p2p]
    listen_ip=127.0.0.1
    listen_port=$2
    enable_compress=true
    peers_param_limit=10
    max_nodes_limit=100
    connection_warning=true
    ; nodes to connect
    node.0=127.0.0.1:$2
    node.1=localhost:$2
    node.2=[::1]:$2
[certificate_blacklist]
    ; crl.0 should be nodeid, nodeid's length is 128
    crl.0=$(printf '%0128d' 1)
[certificate_whitelist]
    ; cal.0 should be nodeid, nodeid's length is 128
    cal.0=$(node_id "$out/cert/agency/peer/node.key")
    cal.1=$(printf '%0128d' 1)
[group]
    group_data_path=data/
    group_config_path=conf/
[network_security]
    ; directory the certificates located in
    data_path=conf/
    ; the node private key file
    key=node.key
    ; the node certificate file
    cert=node.crt
    ; the ca certificate file
    ca_cert=ca.crt
    ca_path=
    check_cert_issuer=true
[storage_security]
    enable=false
    key_manager_ip=
    key_manager_port=
    cipher_data_key=
[chain]
    id=7
    sm_crypto=false
    sm_crypto_channel=false
    rsa_crypto_channel=true
[compatibility]
    ; never change this
    supported_version=2.11.0
[log]
    enable=true
    log_path=./log
    enable_statistic=true
    stat_flush_interval=60
    ; info debug trace
    level=info
    max_log_file_size=200
    flush=true
    log_flush_threshold=100
[flow_control]
    limit_req=1000
    outgoing_bandwidth_limit=2.5
END
}

# network_config CHANNEL P2P, all p2p ports in $peers
network_config() {
  cat <<END
[rpc]
    channel_listen_ip=127.0.0.1
    channel_listen_port=$1
    jsonrpc_listen_ip=127.0.0.1
    jsonrpc_listen_port=8545
[p2p]
    listen_ip=127.0.0.1
    listen_port=$2
END
  i=0
  for port in $peers; do
    printf '    node.%d=127.0.0.1:%d\n' $i "$port"
    i=$((i + 1))
  done
  cat <<'END'
[certificate_blacklist]
    ;crl.0=
[certificate_whitelist]
    ;cal.0=
[network_security]
    data_path=conf/
    key=node.key
    cert=node.crt
    ca_cert=ca.crt
[chain]
    id=1
    sm_crypto=false
    sm_crypto_channel=false
    rsa_crypto_channel=false
[compatibility]
    supported_version=2.9.1
[log]
    level=info
[flow_control]
    ;limit_req=1000
    ;outgoing_bandwidth_limit=2
END
}

ec_key "$out/cert/ca.key"
self_signed "$out/cert/ca" "/CN=chain/O=fisco-bcos/OU=chain"

case $kind in
plain | full)
  agency agency
  leaf "$nodes/node0/conf" node0 node agency
  leaf "$out/cert/agency/peer" node1 node agency
  if [ "$kind" = plain ]; then
    leaf "$out/cert/agency/sdk" sdk sdk agency
    plain_config "$1" "$2" >"$nodes/node0/config.ini"
  else
    mkdir -p "$out/cert/agency/channel"
    rsa_key "$out/cert/agency/channel/ca.key"
    self_signed "$out/cert/agency/channel/ca" "/CN=agency/O=fisco-bcos/OU=chain"
    rsa_leaf "$nodes/node0/conf/channel_cert" node
    rsa_leaf "$out/cert/agency/sdk" sdk
    full_config "$1" "$2" >"$nodes/node0/config.ini"
  fi
  ;;
network)
  peers="$2 $4 $6"
  index=0
  for name in agencyA agencyA agencyB; do
    [ -d "$out/cert/$name" ] || { agency $name && leaf "$out/cert/$name/sdk" sdk sdk $name; }
    leaf "$nodes/node$index/conf" node$index node $name
    network_config "$1" "$2" >"$nodes/node$index/config.ini"
    index=$((index + 1))
    shift 2
  done
  ;;
*)
  echo "unknown kind: $kind" >&2
  exit 2
  ;;
esac
