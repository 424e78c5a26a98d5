import { Resolver } from 'node:dns/promises'
import { writeFile } from 'node:fs/promises'
import { run } from '../../../scripts/run.ts'
import type { Bed } from '../../bed/bed.ts'
import { bedPaths } from '../../bed/layout.ts'
import { until } from '../../bed/until.ts'

/** The bed's network, for putting things in its way: everything from pods, node and computer passes it. */
export interface Network {
  /** Rules for packets on their way to the servers, as nftables has them. They come before the cluster's own. */
  filter(rules: readonly string[]): Promise<void>
  /** Rules for packets that come back from the servers. */
  filterAnswers(rules: readonly string[]): Promise<void>
  /** Whoever connects to that place meets another. */
  divert(from: Place, to: Place): Promise<void>
  /** What the bed's resolver says, instead of what it knows: an address; undefined: that there is no such name. */
  rename(name: string, address: string | undefined): Promise<void>
  /** Takes back all of it. */
  mend(): Promise<void>
}

export interface Place {
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
  // The resolver looks at the file's time and size.
  const say = async (all: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(all).map(([name, address]) => `${address} ${name}\n`)
    await writeFile(bedPaths(bed.name).hosts, lines.join(''))
    const resolver = new Resolver({ timeout: 500, tries: 1 })
    resolver.setServers([`${bed.resolver.address}:${bed.resolver.port}`])
    for (const name of Object.keys(names)) {
      const isSaid = async (): Promise<boolean> => {
        const found = await resolver.resolve4(name).catch(() => [])
        return found[0] === all[name]
      }
      await until(`What the resolver says of ${name}`, isSaid, limitMs, AbortSignal.timeout(limitMs))
    }
  }
  let renamed: Record<string, string> | undefined
  return {
    // From pods and the computer it is passed on; from the node itself it goes out.
    filter: (rules) => nft(['forward', 'output'].map((hook) => chain(hook, 'filter', hook, '-10', rules)).join('')),
    filterAnswers: (rules) => nft(chain('answers', 'filter', 'prerouting', '-10', rules)),
    divert: (from, to) => {
      const rule = `ip daddr ${from.address} tcp dport ${from.port} dnat to ${to.address}:${to.port}`
      return nft(['prerouting', 'output'].map((hook) => chain(`divert-${hook}`, 'nat', hook, '-110', [rule])).join(''))
    },
    rename: (name, address) => {
      const { [name]: _known, ...others } = renamed ?? names
      renamed = address === undefined ? others : { ...others, [name]: address }
      return say(renamed)
    },
    mend: async () => {
      await nft(`add table ip ${table}\ndelete table ip ${table}\n`)
      if (renamed !== undefined) await say(names)
      renamed = undefined
    },
  }
}
