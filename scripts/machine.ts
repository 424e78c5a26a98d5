import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program of the system that some of the tests, or the demo, use. */
export interface Need {
  /** Debian's package. */
  readonly debian: string
  /** What is not run without it. */
  readonly without: string
  present(): boolean
}

const folders = (process.env.PATH ?? '')
  .split(delimiter)
  .concat('/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/go/bin')
const onPath = (name: string) => (): boolean => folders.some((folder) => existsSync(join(folder, name)))
const isFile =
  (...paths: string[]) =>
  (): boolean =>
    paths.some((path) => existsSync(path))

const cluster = 'the real cluster: its tests, and the demo'
const browser = 'the browser tests'
const peers = 'the far ends that are real programs'
const cilium = 'beds with Cilium, which compiles its network there'

/** Where a Debian does not have a package, apt-get would install none of the others either. */
const debianFile = '/etc/debian_version'
const otherDebian = existsSync(debianFile) && !readFileSync(debianFile, 'utf8').startsWith('12')

/** What the whole of `npm test` and `npm run demo` uses beyond Node. One line a package. */
export const needs: readonly Need[] = [
  { debian: 'runc', without: cluster, present: onPath('runc') },
  {
    debian: 'containernetworking-plugins',
    without: cluster,
    present: isFile('/usr/lib/cni/bridge', '/opt/cni/bin/bridge'),
  },
  { debian: 'busybox-static', without: cluster, present: isFile('/bin/busybox') },
  { debian: 'iproute2', without: cluster, present: onPath('ip') },
  { debian: 'iptables', without: cluster, present: onPath('iptables') },
  { debian: 'openssl', without: `${cluster}; ${peers}`, present: onPath('openssl') },
  { debian: 'util-linux', without: cluster, present: onPath('nsenter') },
  { debian: 'chromium', without: browser, present: onPath('chromium') },
  { debian: 'xvfb', without: 'the tests of the desktop window', present: onPath('Xvfb') },
  { debian: 'gnome-keyring', without: 'the tests of the keychain', present: onPath('gnome-keyring-daemon') },
  { debian: 'dbus', without: 'the tests of the keychain', present: onPath('dbus-run-session') },
  {
    debian: 'libsecret-1-0',
    without: 'the keychain: a passphrase is asked for',
    present: isFile(
      '/usr/lib/x86_64-linux-gnu/libsecret-1.so.0',
      '/usr/lib/aarch64-linux-gnu/libsecret-1.so.0',
      '/usr/lib64/libsecret-1.so.0',
    ),
  },
  {
    debian: 'rabbitmq-server',
    without: peers,
    present: isFile('/usr/sbin/rabbitmq-server', '/usr/lib/rabbitmq/bin/rabbitmq-server'),
  },
  { debian: 'git', without: peers, present: onPath('git') },
  { debian: 'squid', without: `${peers}; generated lists at work in one`, present: onPath('squid') },
  {
    debian: 'curl',
    without: 'the commands of reports, tried in a shell; what checks are compared with',
    present: onPath('curl'),
  },
  { debian: 'mitmproxy', without: 'the far ends behind a real box that inspects TLS', present: onPath('mitmdump') },
  { debian: 'nftables', without: 'the far ends behind firewalls, in networks of their own', present: onPath('nft') },
  // Of the versions at hand only this one will do, and Debian 12 has it.
  { debian: 'clang-16', without: cilium, present: () => otherDebian || isFile('/usr/bin/clang-16')() },
  { debian: 'bpftool', without: cilium, present: onPath('bpftool') },
  { debian: 'llvm-16', without: cilium, present: () => otherDebian || isFile('/usr/bin/llc-16')() },
]

/** The sentence for a machine where nothing may be installed. */
export function sayMissing(missing: readonly Need[]): string {
  const lines = missing.map(({ debian, without }) => `  ${debian}: without it, not ${without}`)
  return ['This machine lacks (names of Debian’s packages):', ...lines].join('\n')
}
