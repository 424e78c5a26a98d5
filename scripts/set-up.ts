import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { needs, sayMissing } from './machine.ts'

/**
 * Installs what this machine lacks, where that may be done: as root on Debian. Elsewhere says what is missing and what
 * does not run without it, and goes on. Services that a package would start are kept from starting.
 */
export function setUpMachine(say: (line: string) => void): void {
  if (process.platform !== 'linux') return
  const missing = needs.filter(({ present }) => !present())
  if (missing.length === 0) return
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (!mayInstall) {
    say(sayMissing(missing))
    return
  }
  const packages = missing.map(({ debian }) => debian)
  say(`Installing ${packages.join(', ')} (Debian's packages, once) …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]): boolean => {
    const { status, stderr } = spawnSync('apt-get', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    if (status !== 0) say(stderr.trim().split('\n').slice(-5).join('\n'))
    return status === 0
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  // An old list of packages is tried first: to fetch a new one takes longer than most installs.
  if (!apt(...install)) {
    apt('update')
    if (!apt(...install)) say(sayMissing(needs.filter(({ present }) => !present())))
  }
}

if (import.meta.main) setUpMachine((line) => console.log(line))
