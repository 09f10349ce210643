#!/usr/bin/env bash
# make-base.sh ENGINE NAME: makes a base image of Debian, Node 24 and npm, for machines that can reach Debian's packages and npm, but no
# registry of images. Needs root, debootstrap and npm. DEBIAN_MIRROR names the mirror; without it, that of apt.
set -euo pipefail
engine=$1
name=$2
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -1)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$folder/root

debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror"
npm install --prefix "$folder/node" --no-audit --no-fund --loglevel=error node@24 npm@11
install -D "$folder/node/node_modules/node/bin/node" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -r "$folder/node/node_modules/npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chroot "$root" useradd --uid 1000 --create-home node
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/usr/share/{doc,man,locale}
tar -C "$root" -c . | "$engine" import - "$name"
