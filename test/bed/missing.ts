import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a bed needs of this machine and doesn't find. */
export type MissingPart = {
  readonly part: string
  /** What to type, or where to look. */
  readonly install: string
  /** What works all the same. */
  readonly without: string
  /** Which beds can't start. */
  readonly needed: 'any' | 'real'
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

const simulated = 'Simulated beds (no containers) start without it.'
const nothing = 'All but what needs a Kubernetes cluster of our own works without it.'

const program = (name: string, debian: string, needed: Part['needed'] = 'real'): Part => ({
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
]

/** What a bed of that kind lacks on this machine; empty where it can start. */
export const missingParts = (pods: 'real' | 'simulated' | 'both' = 'real'): MissingPart[] =>
  parts
    .filter(({ needed, present }) => (needed === 'any' || pods !== 'simulated') && !present())
    .map(({ part, debian, install, without, needed }) => ({
      part,
      install: install ?? `apt-get install ${debian} (Debian's package)`,
      without,
      needed,
    }))

/** One sentence for a person: what is missing, how to get it, what works without. */
export const sayMissing = (missing: readonly MissingPart[]): string =>
  missing.map(({ part, install, without }) => `${part} is missing. To get it: ${install}. ${without}`).join(' ')
