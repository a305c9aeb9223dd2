#!/bin/sh
# enter.sh ROOT [SOURCE TARGET]... -- COMMAND...   runs in namespaces of its own: gives them a loopback and the programs that
# stood in at the build, then runs the command until it ends or the process of the tests lets go of the standard input.
# With this shell the namespace ends, and everything in it.
set -e
root=$1; shift
ip link set lo up
while [ "$1" != -- ]; do
  [ -d "$1" ] && mkdir -p "$root$2" || { mkdir -p "$(dirname "$root$2")"; touch "$root$2"; }
  mount --bind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; shift 2
done
mkdir -p "$root/dev" "$root/proc"; mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"
shift
exec 3<&0
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -KILL $server; } &
wait $server
