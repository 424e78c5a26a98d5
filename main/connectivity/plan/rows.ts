import { isIP } from 'node:net'
import type { EndpointRow, Vantage } from '../../../preload/contract/connectivity.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { redact } from '../../lib/rules/redaction.ts'
import { substituteText } from '../../lib/rules/substitution.ts'
import { bareHost, hostPattern } from '../probe/addresses.ts'
import { protocolClients } from '../probe/protocols/protocols.ts'
import type { Credential, Target, Trust } from '../probe/target.ts'
import { type Companion, type Plan, vaultLocked } from './plan.ts'

/** What an endpoint needs from files and the vault, read before it is planned. */
export interface EndpointMaterial {
  /** PEM text, or why there is none. */
  readonly trust:
    | { readonly kind: 'found'; readonly trust: Trust }
    | { readonly kind: 'missing' | 'unreadable'; readonly why: string }
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | undefined
  /** The component's credential. Only this computer uses it: it is sent to no cluster. */
  readonly credential?: Credential | undefined
  /** The endpoint needs something of the vault, which is locked. */
  readonly locked?: boolean
}

const portOf = (
  { port, protocol, tls }: Endpoint,
  settings: JsonObject,
): { readonly port: number | undefined; readonly missing: readonly string[] } => {
  if (port === undefined)
    return { port: tls ? protocolClients[protocol].defaultPort : protocolClients[protocol].clearPort, missing: [] }
  if (typeof port === 'number') return { port, missing: [] }
  const { text, missing } = substituteText(port, settings)
  const value = Number(text)
  return { port: Number.isInteger(value) && value >= 1 && value <= 65_535 ? value : undefined, missing }
}

/** The endpoint for display. An unset host is empty; an unset port is the protocol's default. */
export function rowOf(endpoint: Endpoint, settings: JsonObject, componentTitle: string): EndpointRow {
  const { id, component, protocol, tls, direction, scope, required, inspection } = endpoint
  const host = substituteText(endpoint.host, settings)
  return {
    id,
    component,
    componentTitle,
    title: endpoint.title ?? id,
    host: host.missing.length === 0 ? host.text : '',
    port:
      portOf(endpoint, settings).port ??
      (tls ? protocolClients[protocol].defaultPort : protocolClients[protocol].clearPort),
    protocol,
    path: redact(substituteText(endpoint.path ?? '', settings).text),
    tls,
    serverName: substituteText(endpoint.serverName ?? '', settings).text,
    direction,
    scope,
    required,
    inspection,
    note: endpoint.note ?? '',
  }
}

/** The endpoints of a table, for display. */
export const rowsOf = ({
  endpoints,
  settings,
  componentTitles,
}: {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  readonly componentTitles: Readonly<Record<string, string>>
}): EndpointRow[] =>
  endpoints.map((endpoint) => rowOf(endpoint, settings, componentTitles[endpoint.component] ?? endpoint.component))

type From = Vantage['kind']

/** Why an endpoint is out of scope of a vantage; undefined: it is in scope. */
export function outOfScope(endpoint: Endpoint, settings: JsonObject, from: From): string | undefined {
  const { direction, scope } = endpoint
  if (direction === 'inbound') return 'inbound: others connect to it, so it is never probed'
  if (from === 'computer' && scope === 'cluster') return 'it is inside the cluster, out of scope of this computer'
  if (from === 'computer' && scope === 'vpc')
    return 'it is in the private network of the cluster, out of scope of this computer'
  if (from === 'node' && scope === 'cluster' && isIP(bareHost(substituteText(endpoint.host, settings).text)) === 0)
    return 'it is inside the cluster, and a node cannot resolve Service names: check from a pod'
  return undefined
}

/** Decides what a vantage does about an endpoint. Direction and scope come first: out of scope is not "missing". */
export function planRow(
  endpoint: Endpoint,
  settings: JsonObject,
  material: EndpointMaterial,
  from: From = 'computer',
): Plan {
  const { id } = endpoint
  const unknown = (cause: 'config.missing' | 'config.invalid' | 'vantage.locked', why: string): Plan => ({
    kind: 'unknown',
    id,
    cause,
    why,
  })
  const outside = outOfScope(endpoint, settings, from)
  if (outside !== undefined) return { kind: 'skip', id, why: outside }
  const host = substituteText(endpoint.host, settings)
  if (host.missing.length > 0) return unknown('config.missing', `the setting ${host.missing.join(', ')} is empty`)
  if (host.text === '') return unknown('config.missing', 'the profile does not set the host')
  if (isIP(bareHost(host.text)) === 0 && !hostPattern.test(host.text))
    return unknown('config.invalid', `"${host.text.slice(0, 80)}" is not a host name`)
  const port = portOf(endpoint, settings)
  if (port.missing.length > 0) return unknown('config.missing', `the setting ${port.missing.join(', ')} is empty`)
  if (port.port === undefined) return unknown('config.invalid', `"${endpoint.port}" is not a port`)
  const path = substituteText(endpoint.path ?? '', settings)
  const serverName = substituteText(endpoint.serverName ?? '', settings)
  const missing = [...path.missing, ...serverName.missing]
  if (missing.length > 0) return unknown('config.missing', `the setting ${missing.join(', ')} is empty`)
  if (/[\s\u0000-\u001f\u007f]/.test(path.text))
    return unknown('config.invalid', 'the path contains a space or a control character')
  if (material.locked === true) return unknown('vantage.locked', vaultLocked)
  if (material.trust.kind !== 'found')
    return unknown(material.trust.kind === 'missing' ? 'config.missing' : 'config.invalid', material.trust.why)
  const companions = endpoint.companions.map((companion) => ({
    ...companion,
    ...substituteText(companion.host, settings),
  }))
  const open = companions.flatMap((companion) => companion.missing)
  if (open.length > 0)
    return unknown(
      'config.missing',
      `the setting ${open.join(', ')}, for a host that the endpoint also needs, is empty`,
    )
  const odd = companions.find(({ text }) => isIP(bareHost(text)) === 0 && !hostPattern.test(text))
  if (odd !== undefined)
    return unknown('config.invalid', `"${odd.text.slice(0, 80)}", which the endpoint also needs, is not a host name`)
  const target = targetOf(
    endpoint,
    { host: host.text, port: port.port, path: path.text, serverName: serverName.text },
    material.trust.trust,
    material.clientCertificate,
  )
  const also = companions.map(({ text, port, protocol, why }) =>
    companionOf({ host: text, port, protocol, why }, target),
  )
  return {
    kind: 'probe',
    id,
    target: {
      ...target,
      credential: from === 'computer' ? material.credential : undefined,
      companionPlaces: also.map(({ target: { host, port, tls } }) => ({ host, port, tls })),
    },
    companions: also,
  }
}

interface Place {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly serverName: string
}

function targetOf(
  endpoint: Endpoint,
  place: Place,
  trust: Trust,
  clientCertificate: EndpointMaterial['clientCertificate'],
): Target {
  const { protocol, tls, scope, inspection, clientProfile, expect, addressRanges } = endpoint
  return {
    host: place.host,
    port: place.port,
    protocol,
    path: place.path === '' ? undefined : place.path,
    tls,
    serverName: place.serverName === '' ? bareHost(place.host).replace(/\.$/, '') : place.serverName,
    scope,
    inspection,
    proxy: clientProfile.proxy,
    trust,
    runtime: clientProfile.runtime,
    clientCertificate,
    clientCertificateMissing: clientProfile.clientCertificate !== undefined && clientCertificate === undefined,
    alpn: clientProfile.alpn,
    expect,
    addressRanges,
    companionPlaces: [],
  }
}

/** A companion uses the endpoint's route and trust; what the endpoint expects of its own server does not apply to it. */
function companionOf({ host, port, protocol, why }: Endpoint['companions'][number], row: Target): Companion {
  return {
    why,
    target: {
      ...row,
      host,
      port,
      protocol,
      path: undefined,
      serverName: host,
      tls: true,
      expect: undefined,
      addressRanges: [],
      alpn: undefined,
      companionPlaces: [],
      anyResponse: protocol === 'https',
    },
  }
}
