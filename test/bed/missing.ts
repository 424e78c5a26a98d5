import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Network } from './options.ts'

/** What a bed needs of this machine and doesn't find. */
export type MissingPart = {
  readonly part: string
  /** What to type, or where to look. */
  readonly install: string
  /** What works all the same. */
  readonly without: string
  /** Which beds can't start. */
  readonly needed: 'any' | 'real' | 'cilium'
}

type Part = Omit<MissingPart, 'install'> & {
  readonly present: () => boolean
  /** Debian's package. */
  readonly debian?: string
  readonly install?: string
}

const folders = (): string[] => [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/local/go/bin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/sbin',
]

const onPath = (name: string) => (): boolean =>
  folders().some(
    (folder) => folder !== '' && existsSync(join(folder, process.platform === 'win32' ? `${name}.exe` : name)),
  )

/** Where Debian has what Cilium compiles its datapath with. */
export const ciliumCompilers = { clang: '/usr/bin/clang-16', llc: '/usr/bin/llc-16' } as const

const simulated = 'Simulated beds (no containers) start without it.'
const bridge = "Beds with the bed's own network start without it."
const nothing = 'All but what needs a Kubernetes cluster of our own works without it.'

const program = (name: string, debian: string, needed: 'any' | 'real' = 'real'): Part => ({
  part: name,
  debian,
  needed,
  without: needed === 'real' ? simulated : nothing,
  present: onPath(name),
})

const parts: readonly Part[] = [
  {
    part: 'Go 1.26 or later',
    install: 'https://go.dev/dl',
    needed: 'any',
    without: `${nothing} Programs that were built before are used as they are.`,
    present: onPath('go'),
  },
  program('openssl', 'openssl', 'any'),
  {
    part: 'Linux',
    install: 'use a Linux machine, or a virtual one',
    needed: 'real',
    without: simulated,
    present: () => process.platform === 'linux',
  },
  {
    part: 'root',
    install: 'run it as root (sudo)',
    needed: 'real',
    without: simulated,
    present: () => process.getuid?.() === 0,
  },
  program('runc', 'runc'),
  {
    part: 'CNI plugins',
    debian: 'containernetworking-plugins',
    needed: 'real',
    without: simulated,
    present: () => existsSync('/usr/lib/cni/ptp') || existsSync('/opt/cni/bin/ptp'),
  },
  {
    part: 'busybox (static)',
    debian: 'busybox-static',
    needed: 'real',
    without: simulated,
    present: () => existsSync('/bin/busybox'),
  },
  program('ip', 'iproute2'),
  program('iptables', 'iptables'),
  program('nsenter', 'util-linux'),
  program('unshare', 'util-linux'),
  program('ldd', 'libc-bin'),
  {
    part: 'clang-16',
    debian: 'clang-16',
    needed: 'cilium',
    without: bridge,
    present: () => existsSync(ciliumCompilers.clang),
  },
  {
    part: 'llc-16',
    debian: 'llvm-16',
    needed: 'cilium',
    without: bridge,
    present: () => existsSync(ciliumCompilers.llc),
  },
  { part: 'bpftool', debian: 'bpftool', needed: 'cilium', without: bridge, present: onPath('bpftool') },
]

/** What a bed of that kind lacks on this machine; empty where it can start. */
export const missingParts = (
  pods: 'real' | 'simulated' | 'both' = 'real',
  network: Network = 'bridge',
): MissingPart[] => {
  const isNeeded = { any: true, real: pods !== 'simulated', cilium: pods !== 'simulated' && network === 'cilium' }
  return parts
    .filter(({ needed, present }) => isNeeded[needed] && !present())
    .map(({ part, debian, install, without, needed }) => ({
      part,
      install: install ?? `apt-get install ${debian} (Debian's package)`,
      without,
      needed,
    }))
}

/** One sentence for a person: what is missing, how to get it, what works without. */
export const sayMissing = (missing: readonly MissingPart[]): string =>
  missing.map(({ part, install, without }) => `${part} is missing. To get it: ${install}. ${without}`).join(' ')
