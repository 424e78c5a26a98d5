import type { Endpoint } from '../../../preload/contract/profiles.ts'
import { type Fields, fieldsIn, listIn, textIn } from '../../health/fields.ts'
import { componentNamed, type DraftComponent, slugOf, titleOf } from './components.ts'
import { type Destination, destinationsIn, excludedBecause, isPrivate, isProgram } from './destinations.ts'
import type { Prepared, PreparedHost } from './prepare.ts'
import { protocolGuess, protocolOfScheme } from './protocols.ts'
import { containersOf, kindOf, nameOf, podSpecOf, type RenderedRelease, textsIn } from './rendered.ts'
import { isHostKey, type Setting } from './settings.ts'
import type { Confidence, Evidence, Unread } from './vendor-release.ts'

interface DraftEndpoint {
  readonly entry: Pick<Endpoint, 'id' | 'component' | 'title' | 'host' | 'protocol'> &
    Partial<Pick<Endpoint, 'port' | 'path' | 'direction' | 'scope' | 'tls'>>
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
}

export interface DraftEndpoints {
  readonly endpoints: readonly DraftEndpoint[]
  /** Components that only the vendor's list names: they run outside of the cluster, or in no release. */
  readonly foreign: readonly { readonly id: string; readonly title: string; readonly evidence: Evidence }[]
  readonly unread: readonly Unread[]
}

/** A destination at one place, for one component. */
interface Found {
  readonly component: string
  readonly host: string
  readonly port: number | string | undefined
  readonly scheme: string | undefined
  readonly path: string | undefined
  readonly key: string
  readonly isSure: boolean
  readonly evidence: Evidence
}

/** Kinds that name hosts of the plane itself, or none. */
const skippedKinds: ReadonlySet<string> = new Set([
  ...[
    'CustomResourceDefinition',
    'Ingress',
    'HTTPRoute',
    'Gateway',
    'Certificate',
    'VirtualService',
    'Role',
    'ClusterRole',
  ],
  ...[
    'RoleBinding',
    'ClusterRoleBinding',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'Namespace',
  ],
])
const skippedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status', 'image', 'description'])

/** The endpoints of what is rendered and of the vendor's list. Pure. */
export function endpointsOf(
  rendered: readonly RenderedRelease[],
  components: readonly DraftComponent[],
  { hosts, settings, charts }: Pick<Prepared, 'hosts' | 'settings' | 'charts'>,
): DraftEndpoints {
  const unread: Unread[] = []
  const samples = new Map(settings.map((setting) => [String(setting.sample), setting]))
  const found = rendered.flatMap((each) => foundIn(each, components, samples, unread))
  const groups = [...Map.groupBy(found, ({ component, host, port }) => `${component} ${host} ${port ?? ''}`).values()]
  // The same host without a port is the same endpoint.
  const merged = groups.filter(
    ([first]) =>
      first?.port !== undefined ||
      !groups.some(
        ([other]) => other?.port !== undefined && other.host === first?.host && other.component === first?.component,
      ),
  )
  const drafts = merged.flatMap((group) => draftOf(group, settings, unread))
  const foreign = new Map<string, DraftEndpoints['foreign'][number]>()
  const all = hosts.reduce<readonly DraftEndpoint[]>(
    (rest, listed) => withListed(rest, listed, components, foreign, settings, unread),
    drafts,
  )
  const evidence = evidenceInValues(rendered, charts)
  return {
    endpoints: uniqueIds(all.map((each) => ({ ...each, evidence: [...each.evidence, ...evidence(each.entry.host)] }))),
    foreign: [...foreign.values()],
    unread,
  }
}

function foundIn(
  { release, objects }: RenderedRelease,
  components: readonly DraftComponent[],
  samples: ReadonlyMap<string, Setting>,
  unread: Unread[],
): Found[] {
  const own = components.filter((component) => component.release === release.name)
  return objects
    .filter((object) => !skippedKinds.has(kindOf(object)))
    .flatMap((object) => {
      const users = usersOf(object, own)
      const owners = users.length > 0 ? users : own.slice(0, 1)
      const place = `${release.name}: ${kindOf(object)}/${nameOf(object)}`
      return textsOf(object).flatMap(({ path, key, text }) =>
        destinationsIn(text, key).flatMap((destination): Found[] => {
          const why = excludedBecause(destination.host)
          if (why === 'documentation')
            unread.push({ place, text: destination.host, why: 'A host of documentation is no endpoint.' })
          if (why !== undefined) return []
          if (owners.length === 0) {
            unread.push({ place, text: destination.host, why: 'No workload of the release connects to it.' })
            return []
          }
          const setting = samples.get(destination.host)
          if (setting !== undefined && !isAddress(setting, destination, key)) return []
          return owners.map(({ id }) => ({
            ...destination,
            component: id,
            host: withReferences(destination.host, samples),
            port: portOf(destination, setting, object, key),
            key: `${path} ${setting?.name ?? ''}`,
            isSure: users.length === 1 && !destination.host.includes('hangar-setting-'),
            // Never the whole text: it can contain a password.
            evidence: { place, text: `${path}: ${shown(destination, samples)}` },
          }))
        }),
      )
    })
}

/** A setting is the address of something by its name, or because it is used as one. */
const isAddress = ({ name, isPem }: Setting, { scheme, port }: Destination, key: string): boolean =>
  !isPem && (scheme !== undefined || port !== undefined || isHostKey(name) || isHostKey(key))

/** Texts of the object; those of a Secret are decoded. */
function textsOf(object: Fields): { readonly path: string; readonly key: string; readonly text: string }[] {
  const fields = Object.entries(object).filter(([field]) => !skippedFields.has(field))
  const isSecret = kindOf(object) === 'Secret'
  return fields.flatMap(([field, value]) =>
    [...textsIn(value, field)]
      .filter(({ path }) => !/(^|\.)(image|metadata|description)(\.|$)/.test(path) && !isProgram(path))
      .map((found) =>
        isSecret && field === 'data' ? { ...found, text: Buffer.from(found.text, 'base64').toString('utf8') } : found,
      ),
  )
}

/** The components whose pods use the object, or which it runs. */
function usersOf(object: Fields, components: readonly DraftComponent[]): DraftComponent[] {
  const name = nameOf(object)
  const kind = kindOf(object)
  return components.filter(({ workloads }) =>
    workloads.some(
      (workload) =>
        workload.object === object ||
        (kind === 'ConfigMap' || kind === 'Secret' ? refersTo(workload.podSpec, kind, name) : false),
    ),
  )
}

function refersTo(podSpec: Fields, kind: string, name: string): boolean {
  const isConfig = kind === 'ConfigMap'
  const volumes = listIn(podSpec, 'volumes').flatMap((volume) => [
    volume,
    ...listIn(fieldsIn(volume, 'projected'), 'sources'),
  ])
  const inVolumes = volumes.some((volume) =>
    isConfig
      ? textIn(fieldsIn(volume, 'configMap'), 'name') === name
      : textIn(fieldsIn(volume, 'secret'), 'secretName') === name ||
        textIn(fieldsIn(volume, 'secret'), 'name') === name,
  )
  return (
    inVolumes ||
    containersOf(podSpec).some((container) =>
      [
        ...listIn(container, 'envFrom').map((from) => fieldsIn(from, isConfig ? 'configMapRef' : 'secretRef')),
        ...listIn(container, 'env').map((env) =>
          fieldsIn(fieldsIn(env, 'valueFrom'), isConfig ? 'configMapKeyRef' : 'secretKeyRef'),
        ),
      ].some((reference) => textIn(reference, 'name') === name),
    )
  )
}

/** `X_PORT` beside `X_HOST` in the environment of a container, or in the data of a ConfigMap. */
function siblingPort(object: Fields, key: string): number | undefined {
  const [, stem, ending] = /^(.*?)(host|hostname|server|address|addr|endpoint)$/i.exec(key) ?? []
  if (stem === undefined || ending === undefined) return undefined
  const name = `${stem}${/^[A-Z]/.test(ending) && ending === ending.toUpperCase() ? 'PORT' : /^[A-Z]/.test(ending) ? 'Port' : 'port'}`
  const values = containersOf(podSpecOf(object))
    .flatMap((container) => listIn(container, 'env'))
    .filter((env) => env.name === name)
    .map(({ value }) => value)
  const data = fieldsIn(object, 'data')[name]
  const port = Number(values[0] ?? data)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

/** The setting of the port beside that of the host; else the port that was found. */
const portOf = (
  { port }: Destination,
  setting: Setting | undefined,
  object: Fields,
  key: string,
): number | string | undefined =>
  setting?.port === undefined ? (port ?? siblingPort(object, key)) : `\${${setting.port}}`

const shown = ({ scheme, host, port }: Destination, samples: ReadonlyMap<string, Setting>): string =>
  `${scheme === undefined ? '' : `${scheme}://`}${withReferences(host, samples)}${port === undefined ? '' : `:${port}`}`

/** Also where a setting is a part of the host: `events.${region}.vendor.com`. */
const withReferences = (host: string, samples: ReadonlyMap<string, Setting>): string =>
  host.replaceAll(/hangar-setting-\d+\.invalid/g, (sample) => {
    const setting = samples.get(sample)
    return setting === undefined ? sample : `\${${setting.name}}`
  })

function draftOf(group: readonly Found[], settings: readonly Setting[], unread: Unread[]): DraftEndpoint[] {
  const [first] = group
  if (first === undefined) return []
  const { component, host, port } = first
  const scheme = group.find((found) => found.scheme !== undefined)?.scheme
  const setting = settings.find(({ name }) => host === `\${${name}}`)
  const portSetting = settings.find(({ name }) => port === `\${${name}}`)
  const ports = [typeof port === 'number' ? port : portSetting?.initial, portSetting?.usual].filter(
    (each) => typeof each === 'number',
  )
  const wire =
    scheme === undefined
      ? protocolGuess(host, ports, group.map(({ key }) => key).join(' '))
      : protocolOfScheme(scheme, host)
  if (wire === undefined) {
    unread.push({
      ...first.evidence,
      why: `A profile has no protocol ${scheme === undefined ? `of port ${ports[0]}` : `"${scheme}"`}.`,
    })
    return []
  }
  const target = setting === undefined ? targetOf(host.replaceAll(/\$\{|\}/g, '')) : settingTarget(setting.name)
  const path = group.find((found) => found.path !== undefined)?.path
  const isSure = group.some((found) => found.isSure) && wire.confidence === 'sure'
  return [
    {
      entry: {
        id: slugOf(`${component}-${target}`),
        component,
        title: setting === undefined ? host : titleOf(slugOf(target)),
        host,
        ...(port === undefined ? {} : { port }),
        ...(path === undefined ? {} : { path: path.replaceAll('${', () => '$${') }),
        protocol: wire.protocol,
        ...(isPrivate(host) ? { scope: 'vpc' } : {}),
        ...(wire.tls ? {} : { tls: false }),
      },
      confidence: isSure ? 'sure' : wire.confidence === 'guess' ? 'guess' : 'likely',
      evidence: group.map(({ evidence }) => evidence),
    },
  ]
}

/** `keyVault.host` → `keyVault` */
const settingTarget = (name: string): string =>
  name.replace(/[._]?(host|hostname|server|address|endpoint|url)$/i, '').replaceAll('.', '-') || name

/** `api.eu.vendor.com` → `api-eu-vendor` */
const targetOf = (host: string): string => host.replace(/\.[a-z]{2,}$/, '')

/** Adds a row of the vendor's list, or what it knows better of one that was found. */
function withListed(
  endpoints: readonly DraftEndpoint[],
  listed: PreparedHost,
  components: readonly DraftComponent[],
  foreign: Map<string, DraftEndpoints['foreign'][number]>,
  settings: readonly Setting[],
  unread: Unread[],
): readonly DraftEndpoint[] {
  const same = endpoints.filter(
    ({ entry }) =>
      entry.host === listed.host &&
      (listed.port === undefined || entry.port === undefined || String(entry.port) === listed.port),
  )
  const named = componentNamed(components, listed.component)
  const component =
    named?.id ?? (listed.component === '' || slugOf(listed.component) === '' ? undefined : slugOf(listed.component))
  const matching = same.filter(({ entry }) => component === undefined || entry.component === component)
  const known = matching.length > 0 ? matching : named === undefined && same.length === 1 ? same : []
  const facts = {
    ...(listed.port === undefined ? {} : { port: /^\d+$/.test(listed.port) ? Number(listed.port) : listed.port }),
    ...(listed.path === undefined ? {} : { path: listed.path }),
    ...(listed.wire === undefined
      ? {}
      : { protocol: listed.wire.protocol, ...(listed.wire.tls ? {} : { tls: false }) }),
    ...(listed.direction === 'inbound' ? { direction: listed.direction } : {}),
    ...(listed.scope === undefined ? {} : { scope: listed.scope }),
    ...(listed.title === '' ? {} : { title: listed.title }),
  }
  if (known.length > 0) {
    return endpoints.map((each) => {
      if (!known.includes(each)) return each
      const confidence = listed.wire?.confidence === 'sure' ? 'sure' : each.confidence
      return { entry: { ...each.entry, ...facts }, confidence, evidence: [...each.evidence, listed.evidence] }
    })
  }
  const owner = component ?? components[0]?.id ?? 'plane'
  if (!components.some(({ id }) => id === owner))
    foreign.set(owner, { id: owner, title: listed.component || titleOf(owner), evidence: listed.evidence })
  const setting = settings.find(({ name }) => listed.host === `\${${name}}`)
  const target =
    listed.title !== '' ? listed.title : setting === undefined ? targetOf(listed.host) : settingTarget(setting.name)
  const isInCluster = !listed.host.includes('$') && excludedBecause(listed.host) === 'cluster'
  const wire = listed.wire ?? protocolGuess(listed.host, [Number(listed.port)], listed.title)
  if (wire === undefined) {
    unread.push({ ...listed.evidence, why: `A profile has no protocol of port ${listed.port}.` })
    return endpoints
  }
  return [
    ...endpoints,
    {
      entry: {
        id: slugOf(`${owner}-${target}`),
        component: owner,
        title: listed.host,
        host: listed.host,
        protocol: wire.protocol,
        ...(isInCluster ? { scope: 'cluster' } : isPrivate(listed.host) ? { scope: 'vpc' } : {}),
        ...facts,
      },
      confidence: component === undefined ? 'guess' : wire.confidence,
      evidence: [listed.evidence],
    },
  ]
}

function uniqueIds(endpoints: readonly DraftEndpoint[]): DraftEndpoint[] {
  const seen = new Map<string, number>()
  return endpoints.map((each) => {
    const { id } = each.entry
    const count = (seen.get(id) ?? 0) + 1
    seen.set(id, count)
    return count === 1 ? each : { ...each, entry: { ...each.entry, id: `${id}-${count}` } }
  })
}

/** Where values name a host that is fixed. */
function evidenceInValues(
  rendered: readonly RenderedRelease[],
  charts: Prepared['charts'],
): (host: string) => Evidence[] {
  const sources = [
    ...rendered.map(({ release }) => ({ place: `${release.name}: values`, values: release.values })),
    ...charts.map(({ path, values }) => ({ place: `${path}/values.yaml`, values })),
  ].map(({ place, values }) => ({ place, texts: [...textsIn(values)] }))
  return (host) =>
    host.startsWith('${')
      ? []
      : sources.flatMap(({ place, texts }) =>
          texts
            .filter(({ text }) => text.toLowerCase().includes(host))
            .map(({ path }) => ({ place, text: `${path}: ${host}` })),
        )
}
