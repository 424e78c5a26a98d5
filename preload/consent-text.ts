import { commandText } from './command-text.ts'
import type { ConsentItem, ProgramConsent } from './contract/trust.ts'
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

/** The facts about a program that Hangar would start for itself, as lines. Pure. */
export const programLines = ({ path, file, sha256, isScript }: ProgramConsent): string[] => [
  `Program: ${exactText(path)}`,
  ...(file === path ? [] : [`File behind the link: ${exactText(file)}`]),
  `SHA-256: ${sha256}`,
  ...(isScript ? ['It is a script: it can start any other program, which Hangar does not compare.'] : []),
  'It runs as you. Hangar gives it the kubeconfig, the values and the secrets of the planes that you install.',
]
