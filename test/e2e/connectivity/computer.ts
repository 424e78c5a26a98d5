import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { run } from '../../../scripts/run.ts'
import type { Bed } from '../../bed/bed.ts'

/**
 * A separate computer for Hangar and its browser: a network namespace whose only link leads into the bed's network.
 * A fault in that network affects it and the pods, and nothing else on this machine.
 */
export interface Computer {
  /** The command prefix that runs a program on it. */
  readonly within: readonly string[]
  /** Resolves with the path of a script that runs the program on it, for callers that accept no arguments. */
  wrap(program: string): Promise<string>
  /** Its address in the bed's network. */
  readonly address: string
  /** The bed's end of its link. */
  readonly bedInterface: string
  close(): Promise<void>
}

export const noNftables: string = existsSync('/usr/sbin/nft') ? '' : 'no nft (Debian: nftables)'

const bedInterface = 'computer0'

// Each bed has a second byte of its own, and uses nothing else in x.y.1.0/24 (test/bed/layout.ts).
const addressIn = (bed: Bed, last: number): string => `${bed.nodeAddress.split('.').slice(0, 2).join('.')}.1.${last}`

/** Ends with `close` or with this process: a child that reads from this process holds the namespace. */
export async function startComputer(bed: Bed, signal: AbortSignal): Promise<Computer> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-computer-'))
  const holder = spawn('unshare', ['--net', '--', 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(holder, 'exit')
  const close = async (): Promise<void> => {
    holder.stdin.destroy()
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await once(holder.stdout, 'data', { signal })
    const [gateway, address] = [addressIn(bed, 1), addressIn(bed, 2)]
    const script = `set -e
      bed() { nsenter -t ${bed.initPid} -n -- "$@"; }
      own() { nsenter -t ${holder.pid} -n -- "$@"; }
      bed ip link add ${bedInterface} type veth peer name eth0 netns ${holder.pid}
      bed ip addr add ${gateway}/24 dev ${bedInterface}
      bed ip link set ${bedInterface} up
      own ip link set lo up
      own ip addr add ${address}/24 dev eth0
      own ip link set eth0 up
      own ip route add default via ${gateway}
      bed nft -f -`
    // The servers have a route to the node's address, and none to this one.
    const rules = `table ip computer {
      chain out {
        type nat hook postrouting priority srcnat
        ip saddr ${address} oifname != "${bedInterface}" masquerade
      }
    }
    `
    const { code, stderr } = await run('sh', ['-c', script], { input: rules, signal })
    if (code !== 0) throw new Error(`The network of the computer could not be set up: ${stderr}`)
    const within = ['nsenter', '-t', String(holder.pid), '-n', '--']
    const wrap = async (program: string): Promise<string> => {
      const path = join(folder, basename(program))
      await writeFile(path, `#!/bin/sh\nexec ${within.join(' ')} '${program}' "$@"\n`, { mode: 0o700 })
      return path
    }
    return { within, wrap, address, bedInterface, close }
  } catch (error) {
    await close()
    throw error
  }
}
