import { type CauseEntry, causes } from '../main/connectivity/probe/causes.ts'

const found: Readonly<Record<CauseEntry['foundBy'], string>> = {
  check: '',
  deep: 'Found only by deep and watch runs.',
  cluster: 'Found only from vantages in a cluster.',
}

const group = (code: string): string => code.split('.')[0] ?? code

const titles: Readonly<Record<string, string>> = {
  config: 'The row itself',
  dns: 'Names',
  tcp: 'Connections',
  local: 'This machine',
  ipv6: 'IPv6',
  proxy: 'Proxies',
  tls: 'TLS',
  mtu: 'Packet size',
  identity: 'Who answers',
  auth: 'Credentials',
  clock: 'Clocks',
  flaky: 'Repetition',
  idle: 'Idle connections',
  rbac: 'Permissions in the cluster',
  vantage: 'Vantages in the cluster',
}

function section(code: string, entry: CauseEntry): string {
  const { verdict, stage, meaning, toldApart, fixedBy, hint, foundBy } = entry
  const facts = [
    `- Verdict: **${verdict}**, at the stage ${stage}`,
    `- Told apart: ${toldApart}`,
    `- Who fixes it: ${fixedBy}`,
    `- What to do: ${hint}`,
  ]
  return [
    `### \`${code}\``,
    '',
    meaning,
    '',
    ...facts,
    ...(found[foundBy] === '' ? [] : [`- ${found[foundBy]}`]),
    '',
  ].join('\n')
}

/** The guide to causes, as it stands in `docs/guide/causes.md`. */
export function causesGuide(): string {
  const groups = Map.groupBy(Object.entries(causes), ([code]) => group(code))
  const body = [...groups].flatMap(([name, entries]) => [
    `## ${titles[name] ?? name}\n`,
    ...entries.map(([code, entry]) => section(code, entry)),
  ])
  return `# Causes

What a connectivity check may find, what each cause means, how it is told apart from its neighbours, who fixes it, and how.
Each cause has one verdict. A row has the cause of its first failing stage; a pass has none, or \`auth.required\`.

This page is made from the table in \`main/connectivity/probe/causes.ts\`; a test keeps the two equal.

${body.join('\n')}`
}
