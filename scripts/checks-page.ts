import { catalogue } from '../main/install/preflight/catalogue.ts'
import type { CheckDescription } from '../main/install/preflight/check.ts'
import type { CheckCategory } from '../preload/contract/install.ts'

const titles: Readonly<Record<CheckCategory, string>> = {
  plane: 'Plane and charts',
  cluster: 'Cluster',
  permissions: 'Permissions',
  ownership: 'Ownership of objects',
  admission: 'Admission',
  nodes: 'Nodes',
  network: 'Network',
  storage: 'Storage',
  images: 'Images',
  services: 'Services of the plane',
}

const effects: Readonly<Record<CheckDescription['severity'], string>> = {
  fatal: 'fatal: without it nothing else can be checked, and an install does not start',
  strict: 'strict: an install does not start if it fails',
  warn: 'warning: a failure does not block an install',
}

const section = ({ id, title, severity, tier, about, remedy }: CheckDescription): string =>
  [
    `### \`${id}\``,
    '',
    `**${title}.** ${about}`,
    '',
    `- Severity: ${effects[severity]}`,
    ...(tier === 'deep' ? ['- Deep: creates objects in the cluster and removes them'] : []),
    `- What to do: ${remedy}`,
    '',
  ].join('\n')

/** The text of `docs/guide/checks.md`. */
export function checksGuide(): string {
  const groups = Map.groupBy(catalogue, ({ category }) => category)
  const body = Object.entries(titles).flatMap(([category, title]) => {
    const checks = groups.get(category as CheckCategory) ?? [] // a key of the record
    return checks.length === 0 ? [] : [`## ${title}\n`, ...checks.map(section)]
  })
  return `# Preflight checks

The checks that run before an install, each with what it compares and what to do. \`hangar preflight --explain ID\` and the wizard show the same texts.

By default a preflight only reads: it lists objects, and asks the API server for reviews and dry runs, which store nothing. With \`--deep\` it also creates Jobs, says so first, and removes them; the cluster removes what a killed Hangar leaves.

A check passes, warns or fails. It is \`skipped\` if there is nothing to check, and \`unknown\` if it could not be checked; the result names the reason.

This page is generated from the checks in \`main/install/preflight/checks/\`.

${body.join('\n')}`
}
