import { commandText } from './command-text.ts'
import type { ConsentItem } from './contract/trust.ts'
import { exactText } from './visible-text.ts'

/** What a context demands, such as `run /usr/bin/aws eks get-token`. Pure. */
export function demandText(item: ConsentItem): string {
  if (item.kind === 'program') return `run ${commandText(item.path, item.args)}`
  const server = exactText(item.server)
  if (item.kind === 'unencrypted') return `send credentials to ${server} without encryption`
  return `send ${exactText(item.file)} to ${server}`
}

/** All that a context demands as lines, with the variables that the kubeconfig sets. Pure. */
export const demandLines = (items: readonly ConsentItem[]): string[] =>
  items.flatMap((item) => [
    `  - ${demandText(item)}`,
    ...(item.kind === 'program'
      ? item.environment.map(({ name, value }) => `      with ${exactText(`${name}=${value}`)}`)
      : []),
  ])
