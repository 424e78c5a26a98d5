import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program of the system that some tests, or the demo, need. */
export interface Prerequisite {
  /** Debian's package. */
  readonly debian: string
  /** What does not run without it. */
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

const cluster = 'the tests on the real cluster, and the demo'
const browser = 'the browser tests'
const peers = 'the test servers that are real programs'
const paste = 'the tests that a copied text runs nothing in a shell'
const cilium = 'test beds with Cilium, which compiles its datapath'

/** apt-get installs none of the packages when this Debian lacks one of them. */
const debianFile = '/etc/debian_version'
const otherDebian = existsSync(debianFile) && !readFileSync(debianFile, 'utf8').startsWith('12')

/** What `npm test` and `npm run demo` need besides Node, one entry for each package. */
export const prerequisites: readonly Prerequisite[] = [
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
    without: 'the keychain: Hangar asks for a passphrase',
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
  { debian: 'zsh', without: paste, present: onPath('zsh') },
  { debian: 'fish', without: paste, present: onPath('fish') },
  { debian: 'squid', without: `${peers}; the tests of generated proxy configurations`, present: onPath('squid') },
  {
    debian: 'curl',
    without: 'the tests of the commands in reports, and the baseline of checks',
    present: onPath('curl'),
  },
  { debian: 'mitmproxy', without: 'the test servers behind a real TLS inspection proxy', present: onPath('mitmdump') },
  { debian: 'nftables', without: 'the test servers behind firewalls, in network namespaces', present: onPath('nft') },
  // The only available version that works; Debian 12 has it.
  { debian: 'clang-16', without: cilium, present: () => otherDebian || isFile('/usr/bin/clang-16')() },
  { debian: 'bpftool', without: cilium, present: onPath('bpftool') },
  { debian: 'llvm-16', without: cilium, present: () => otherDebian || isFile('/usr/bin/llc-16')() },
]

/** What is missing, for a machine where this user cannot install packages. */
export function describeMissing(missing: readonly Prerequisite[]): string {
  const lines = missing.map(({ debian, without }) => `  ${debian}: required for ${without}`)
  return ['This machine lacks these Debian packages:', ...lines].join('\n')
}
