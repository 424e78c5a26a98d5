import { type CauseEntry, causes } from '../main/connectivity/probe/causes.ts'

const detectedBy: Readonly<Record<CauseEntry['foundBy'], string>> = {
  check: '',
  deep: 'Detected only by deep runs and watches.',
  cluster: 'Detected only from vantages in a cluster.',
  vault: 'Detected only for planes with stored credentials.',
}

const group = (code: string): string => code.split('.')[0] ?? code

const titles: Readonly<Record<string, string>> = {
  config: 'Endpoint configuration',
  dns: 'DNS',
  tcp: 'Connections',
  local: 'This machine',
  ipv6: 'IPv6',
  proxy: 'Proxies',
  tls: 'TLS',
  mtu: 'Packet size (MTU)',
  identity: 'Service identity',
  auth: 'Credentials',
  clock: 'Clocks',
  flaky: 'Intermittent failures',
  idle: 'Idle connections',
  rbac: 'Permissions in the cluster',
  vantage: 'Vantages in the cluster',
}

function section(code: string, entry: CauseEntry): string {
  const { verdict, stage, meaning, distinguishedBy, owner, hint, foundBy } = entry
  const facts = [
    `- Verdict: **${verdict}**, at the stage ${stage}`,
    `- Distinguished by: ${distinguishedBy}`,
    `- Owner: ${owner}`,
    `- What to do: ${hint}`,
  ]
  return [
    `### \`${code}\``,
    '',
    meaning,
    '',
    ...facts,
    ...(detectedBy[foundBy] === '' ? [] : [`- ${detectedBy[foundBy]}`]),
    '',
  ].join('\n')
}

/** The text of `docs/guide/causes.md`. */
export function causesGuide(): string {
  const groups = Map.groupBy(Object.entries(causes), ([code]) => group(code))
  const body = [...groups].flatMap(([name, entries]) => [
    `## ${titles[name] ?? name}\n`,
    ...entries.map(([code, entry]) => section(code, entry)),
  ])
  return `# Causes

The causes that a connectivity check reports: what each one means, what distinguishes it from similar causes, who can fix it, and how.
Each cause has one verdict. An endpoint has the cause of its first failing stage. A pass has no cause, or \`auth.required\`.

This page is generated from the table in \`main/connectivity/probe/causes.ts\`.

${body.join('\n')}`
}
