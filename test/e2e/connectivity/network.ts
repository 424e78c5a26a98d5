import { Resolver } from 'node:dns/promises'
import { writeFile } from 'node:fs/promises'
import { run } from '../../../scripts/run.ts'
import type { Bed } from '../../bed/bed.ts'
import { bedPaths } from '../../bed/layout.ts'
import { until } from '../../bed/until.ts'

/** Injects faults into the bed's network, which all traffic from pods, nodes and the computer passes. */
export interface Network {
  /** nftables rules for packets to the servers. They apply before the rules of the cluster. */
  filter(rules: readonly string[]): Promise<void>
  /** nftables rules for packets from the servers. */
  filterAnswers(rules: readonly string[]): Promise<void>
  /** Redirects connections from one address and port to another. */
  divert(from: Destination, to: Destination): Promise<void>
  /** Overrides the answer of the bed's resolver for a name. Undefined: the name does not exist. */
  rename(name: string, address: string | undefined): Promise<void>
  /** Removes all faults. */
  restore(): Promise<void>
}

export interface Destination {
  readonly address: string
  readonly port: number
}

const table = 'faults'
const limitMs = 10_000

export function networkOf(bed: Bed, names: Readonly<Record<string, string>>): Network {
  const nft = async (text: string): Promise<void> => {
    const inside = ['-t', String(bed.initPid), '-n', '--', 'nft', '-f', '-']
    const { code, stderr } = await run('nsenter', inside, { input: text, signal: AbortSignal.timeout(limitMs) })
    if (code !== 0) throw new Error(`nft: ${stderr}\n${text}`)
  }
  const chain = (name: string, type: string, hook: string, priority: string, rules: readonly string[]): string =>
    `add table ip ${table}
    add chain ip ${table} ${name} { type ${type} hook ${hook} priority ${priority}; }
    ${rules.map((rule) => `add rule ip ${table} ${name} ${rule}`).join('\n')}
    `
  // The resolver reloads the file when its time or size changes.
  const publish = async (all: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(all).map(([name, address]) => `${address} ${name}\n`)
    await writeFile(bedPaths(bed.name).hosts, lines.join(''))
    const resolver = new Resolver({ timeout: 500, tries: 1 })
    resolver.setServers([`${bed.resolver.address}:${bed.resolver.port}`])
    for (const name of Object.keys(names)) {
      const isPublished = async (): Promise<boolean> => {
        const [address] = await resolver.resolve4(name).catch(() => [])
        return address === all[name]
      }
      await until(`The answer of the resolver for ${name}`, isPublished, limitMs, AbortSignal.timeout(limitMs))
    }
  }
  let renamed: Record<string, string> | undefined
  return {
    // Traffic from pods and the computer is forwarded; traffic from the node is output.
    filter: (rules) => nft(['forward', 'output'].map((hook) => chain(hook, 'filter', hook, '-10', rules)).join('')),
    filterAnswers: (rules) => nft(chain('answers', 'filter', 'prerouting', '-10', rules)),
    divert: (from, to) => {
      const rule = `ip daddr ${from.address} tcp dport ${from.port} dnat to ${to.address}:${to.port}`
      return nft(['prerouting', 'output'].map((hook) => chain(`divert-${hook}`, 'nat', hook, '-110', [rule])).join(''))
    },
    rename: (name, address) => {
      const { [name]: _known, ...others } = renamed ?? names
      renamed = address === undefined ? others : { ...others, [name]: address }
      return publish(renamed)
    },
    restore: async () => {
      await nft(`add table ip ${table}\ndelete table ip ${table}\n`)
      if (renamed !== undefined) await publish(names)
      renamed = undefined
    },
  }
}
