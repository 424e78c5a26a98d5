import type { EndpointChange, EndpointTarget, ProfileChange } from './contract/profile-change.ts'
import { type ReasonToApprove, reasonToApprove } from './profile-difference.ts'

const marks = { added: '+', removed: '-', changed: '~' } as const

/** A changed profile as lines, with what decides about trust first: where connections go, and what they trust and send. Pure. */
export function changeLines(change: ProfileChange): string[] {
  const { digest, difference, problem } = change
  const { credentials, endpoints, releases, files, settingsSchema, fields } = difference
  const about = aboutOf(change)
  if (problem !== undefined) return [about, `It cannot be read now: ${problem.message}`]
  const lines = [
    ...section(
      'Credentials',
      credentials.flatMap(({ credential, before, after }) => [
        `~ ${credential} will be sent to:`,
        ...after.map((each) => `    ${before.includes(each) ? ' ' : '+'} ${each}`),
      ]),
    ),
    ...section('Endpoints', endpoints.flatMap(endpointLines)),
    ...section(
      'Releases',
      releases.map(({ name, kind, before, after, values }) => {
        const chart = before === after || kind !== 'changed' ? after || before : `${before} → ${after}`
        return `${marks[kind]} ${name}: ${chart}${kind === 'changed' && values ? ' (other values)' : ''}`
      }),
    ),
    ...section(
      'Files',
      files.map(({ path, kind }) => `${marks[kind]} ${path}`),
    ),
    ...(settingsSchema ? ['Settings: their schema or defaults changed.'] : []),
    ...(fields.length === 0 ? [] : [`Other fields that changed: ${fields.join(', ')}.`]),
  ]
  return [
    about,
    ...(lines.length === 0 ? ['Only comments or the layout of the text changed.'] : lines),
    `Digest: ${digest}`,
  ].map(oneLine)
}

/** A text of the profile cannot begin a line of its own. */
const oneLine = (line: string): string => line.replace(/[\r\n\u2028\u2029]+/g, ' ')

function aboutOf(change: ProfileChange): string {
  const { plane, profile, approved } = change
  const at = approved?.at ?? ''
  const sentences: Record<ReasonToApprove, string> = {
    unapproved: `You have not approved the profile "${profile}" of the plane "${plane}" yet.`,
    moved: `With the settings of the plane "${plane}", credentials are sent to other destinations than you approved on ${at}.`,
    builtIn: `This version of Hangar has another version of the profile "${profile}" than you approved for the plane "${plane}" on ${at}.`,
    changed: `The profile "${profile}" of the plane "${plane}" changed since you approved it on ${at}.`,
  }
  return sentences[reasonToApprove(change)]
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]

function endpointLines({ id, kind, before, after }: EndpointChange): string[] {
  if (before === null || after === null) {
    const target = after ?? before
    return target === null
      ? []
      : [
          `${marks[kind]} ${id}: ${facts(target)
            .map(([, value]) => value)
            .join(', ')}`,
        ]
  }
  const old = new Map(facts(before))
  const changed = facts(after).filter(([name, value]) => old.get(name) !== value)
  if (changed.length === 0) return [`${marks.changed} ${id}: what is expected of the server, or its description`]
  return [
    `${marks.changed} ${id}: ${address(before)}`,
    ...changed.map(([name, value]) => `    ${name}: ${old.get(name)} → ${value}`),
  ]
}

const address = ({ host, port, protocol }: EndpointTarget): string =>
  `${protocol} ${host === '' ? '(no host)' : host}${port === null ? '' : `:${port}`}`

function facts(target: EndpointTarget): [string, string][] {
  const { tls, path, serverName, trust, credential, clientCertificate, proxy, companions } = target
  return [
    ['address', address(target)],
    ['TLS', tls ? 'TLS' : 'no TLS'],
    ['trusted roots', `roots: ${trust}`],
    ['credential', credential === '' ? 'no credential' : `credential ${credential}`],
    [
      'client certificate',
      clientCertificate === '' ? 'no client certificate' : `client certificate ${clientCertificate}`,
    ],
    ['server name', serverName === '' ? 'server name: the host' : `server name ${serverName}`],
    ['path', path === '' ? 'default path' : `path ${path}`],
    ['proxy', proxy === 'env' ? 'uses the proxy settings' : 'uses no proxy'],
    ['also connects to', companions.length === 0 ? 'no other destinations' : companions.join(', ')],
  ]
}
