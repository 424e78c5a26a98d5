import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describeMissing, prerequisites } from './prerequisites.ts'

/**
 * Installs missing prerequisites as root on Debian. Elsewhere it prints what is missing and what requires it, and
 * continues. Services of the packages are not started.
 */
export function setUpMachine(print: (line: string) => void): void {
  if (process.platform !== 'linux') return
  const missing = prerequisites.filter(({ present }) => !present())
  if (missing.length === 0) return
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (!canInstall) {
    print(describeMissing(missing))
    return
  }
  const packages = missing.map(({ debian }) => debian)
  print(`Installing ${packages.join(', ')} (Debian packages, once) …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]): boolean => {
    const { status, stderr } = spawnSync('apt-get', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    if (status !== 0) print(stderr.trim().split('\n').slice(-5).join('\n'))
    return status === 0
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  // Tried with the present package list first: to update it takes longer than most installations.
  if (!apt(...install)) {
    apt('update')
    if (!apt(...install)) print(describeMissing(prerequisites.filter(({ present }) => !present())))
  }
}

if (import.meta.main) setUpMachine((line) => console.log(line))
