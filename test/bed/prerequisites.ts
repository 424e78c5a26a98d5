import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Network } from './options.ts'

/** Something that a bed needs and this machine lacks. */
export type MissingPrerequisite = {
  readonly part: string
  /** The command to run, or the page to open. */
  readonly install: string
  /** What works without it. */
  readonly without: string
  /** Which beds cannot start without it. */
  readonly needed: 'any' | 'real' | 'cilium'
}

type Part = Omit<MissingPrerequisite, 'install'> & {
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

/** Debian's paths of the compilers that Cilium needs for its datapath. */
export const ciliumCompilers = { clang: '/usr/bin/clang-16', llc: '/usr/bin/llc-16' } as const

const simulated = 'Simulated beds (no containers) work without it.'
const bridge = 'Beds with the default network work without it.'
const nothing = 'Everything that needs no test cluster works without it.'

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
    without: `${nothing} Programs that are already built still run.`,
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

/** What this machine lacks for such a bed; empty where it can start. */
export const missingPrerequisites = (
  pods: 'real' | 'simulated' | 'both' = 'real',
  network: Network = 'bridge',
): MissingPrerequisite[] => {
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

/** One line: what is missing, how to install it, what works without it. */
export const describeMissing = (missing: readonly MissingPrerequisite[]): string =>
  missing.map(({ part, install, without }) => `${part} is missing. Install it: ${install}. ${without}`).join(' ')
