import type { CredentialSpec } from '../../../preload/contract/profiles.ts'
import { type Fields, fieldsIn, listIn, textIn } from '../../health/fields.ts'
import { slugOf, titleOf } from './components.ts'
import { containersOf, kindOf, nameOf, namespaceOf, podSpecOf, type RenderedRelease, textsIn } from './rendered.ts'
import type { Confidence, Evidence, Unread } from './vendor-release.ts'

export interface DraftCredential {
  readonly entry: {
    readonly id: string
    readonly title: string
    readonly secret: { readonly name: string; readonly namespaces: string[]; readonly type?: string }
    readonly keys: readonly {
      readonly key: string
      readonly title: string
      readonly kind?: CredentialSpec['keys'][number]['kind']
    }[]
  }
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
}

/** One place that names a Secret. */
interface Reference {
  readonly name: string
  readonly namespace: string
  readonly keys: readonly string[]
  readonly type: string | undefined
  readonly isOptional: boolean
  readonly evidence: Evidence
}

/** Secrets that pods refer to and that no release makes. Pure. */
export function credentialsOf(rendered: readonly RenderedRelease[]): {
  readonly credentials: readonly DraftCredential[]
  readonly unread: readonly Unread[]
} {
  const made = madeSecrets(rendered)
  const unread: Unread[] = []
  const references = rendered.flatMap(({ release, objects }) =>
    objects.flatMap((object) => referencesIn(object, namespaceOf(object, release), release.name)),
  )
  const byName = Map.groupBy(references, ({ name }) => name)
  const credentials = [...byName].flatMap(([name, all]): DraftCredential[] => {
    const needed = all.filter(({ namespace, evidence }) => {
      const why = made(name, namespace)
      if (why !== undefined && why !== 'rendered')
        unread.push({ ...evidence, why: `The Secret ${name} is made while the plane runs: ${why}.` })
      return why === undefined
    })
    const [first] = needed
    return first === undefined ? [] : [credentialOf(name, needed)]
  })
  return {
    credentials,
    unread: unread.filter(({ why }, index) => unread.findIndex((other) => other.why === why) === index),
  }
}

function credentialOf(name: string, references: readonly Reference[]): DraftCredential {
  const known = [...new Set(references.flatMap(({ keys }) => keys))]
  const declared = references.find(({ type }) => type !== undefined)?.type
  const isTls =
    declared === 'kubernetes.io/tls' ||
    known.includes('tls.crt') ||
    (known.length === 0 && /(^|-)(tls|cert|certs|certificate)(-|$)/.test(name))
  const type = isTls ? 'kubernetes.io/tls' : declared
  const guessed = /account|credential|login|basic|user/.test(name)
    ? ['username', 'password']
    : [/token/.test(name) ? 'token' : /key/.test(name) ? 'key' : 'password']
  const keys = isTls
    ? ['tls.crt', 'tls.key']
    : type === 'kubernetes.io/dockerconfigjson'
      ? ['.dockerconfigjson']
      : known.length > 0
        ? known
        : guessed
  return {
    entry: {
      id: slugOf(name),
      title: titleOf(slugOf(name)),
      secret: {
        name,
        namespaces: [...new Set(references.map(({ namespace }) => namespace))],
        ...(type === undefined ? {} : { type }),
      },
      keys: keys.map((key) => ({ key, title: titleOfKey(key), ...kindOfKey(key) })),
    },
    confidence: known.length > 0 || declared !== undefined ? 'likely' : 'guess',
    evidence: references.map(({ evidence }) => evidence),
  }
}

const keyTitles: Readonly<Record<string, string>> = {
  'tls.crt': 'Certificate (PEM)',
  'tls.key': 'Private key (PEM)',
  'ca.crt': 'Certificate authority (PEM)',
  '.dockerconfigjson': 'Docker configuration (JSON)',
  username: 'User name',
}
const titleOfKey = (key: string): string => keyTitles[key] ?? (titleOf(slugOf(key)) || key)

function kindOfKey(key: string): { readonly kind?: 'text' | 'pem' } {
  if (/\.(crt|key|pem)$/.test(key)) return { kind: 'pem' }
  return /^(user(name)?|login|host|url)$/i.test(key) ? { kind: 'text' } : {}
}

/** Why a Secret exists without the customer; undefined: it has to be stored. */
function madeSecrets(rendered: readonly RenderedRelease[]): (name: string, namespace: string) => string | undefined {
  const made = new Map<string, string>()
  for (const { release, objects } of rendered) {
    for (const object of objects) {
      const namespace = namespaceOf(object, release)
      if (kindOf(object) === 'Secret') made.set(`${namespace}/${nameOf(object)}`, 'rendered')
      const spec = fieldsIn(object, 'spec')
      const target =
        kindOf(object) === 'Certificate' ? textIn(spec, 'secretName') : textIn(fieldsIn(spec, 'target'), 'name')
      const isIssued = /^(Certificate|ExternalSecret|SealedSecret|VaultStaticSecret)$/.test(kindOf(object))
      if (isIssued) made.set(`${namespace}/${target ?? nameOf(object)}`, `${kindOf(object)} ${nameOf(object)} makes it`)
      if (!/^(Cluster)?Role$/.test(kindOf(object))) continue
      for (const rule of listIn(object, 'rules')) {
        for (const name of writableSecrets(rule))
          made.set(`${namespace}/${name}`, `${kindOf(object)} ${nameOf(object)} permits a program to write it`)
      }
    }
  }
  return (name, namespace) => made.get(`${namespace}/${name}`)
}

function writableSecrets(rule: Fields): string[] {
  const { resources, verbs, resourceNames } = rule
  const has = (list: unknown, ...wanted: readonly string[]): boolean =>
    Array.isArray(list) && wanted.some((each) => list.includes(each))
  const isWritable = has(resources, 'secrets') && has(verbs, 'create', 'update', 'patch', '*')
  return isWritable && Array.isArray(resourceNames) ? resourceNames.filter((name) => typeof name === 'string') : []
}

function referencesIn(object: Fields, namespace: string, release: string): Reference[] {
  const podSpec = podSpecOf(object)
  const place = `${release}: ${kindOf(object)}/${nameOf(object)}`
  const references: Reference[] = []
  const add = (
    name: string | undefined,
    text: string,
    { keys = [], type, isOptional = false }: { keys?: readonly string[]; type?: string; isOptional?: boolean } = {},
  ): void => {
    if (name !== undefined && slugOf(name) !== '' && !isOptional)
      references.push({ name, namespace, keys, type, isOptional, evidence: { place, text } })
  }
  const pulls = [
    ...listIn(podSpec, 'imagePullSecrets'),
    ...(kindOf(object) === 'ServiceAccount' ? listIn(object, 'imagePullSecrets') : []),
  ]
  for (const pull of pulls)
    add(textIn(pull, 'name'), `imagePullSecrets: ${textIn(pull, 'name')}`, { type: 'kubernetes.io/dockerconfigjson' })
  for (const { name, items, secret, isOptional } of volumesOf(podSpec)) {
    add(secret, `volume ${name}: ${secret}`, {
      keys: items.length > 0 ? items : mountedKeys(podSpec, name),
      isOptional,
    })
  }
  for (const container of containersOf(podSpec)) {
    for (const env of listIn(container, 'env')) {
      const reference = fieldsIn(fieldsIn(env, 'valueFrom'), 'secretKeyRef')
      const key = textIn(reference, 'key')
      add(textIn(reference, 'name'), `env ${textIn(env, 'name')}`, {
        keys: key === undefined ? [] : [key],
        isOptional: reference.optional === true,
      })
    }
    for (const from of listIn(container, 'envFrom')) {
      const reference = fieldsIn(from, 'secretRef')
      add(textIn(reference, 'name'), `envFrom ${textIn(reference, 'name')}`, {
        isOptional: reference.optional === true,
      })
    }
  }
  if (kindOf(object) === 'Ingress') {
    for (const tls of listIn(fieldsIn(object, 'spec'), 'tls'))
      add(textIn(tls, 'secretName'), `tls: ${textIn(tls, 'secretName')}`, { type: 'kubernetes.io/tls' })
  }
  return references
}

function volumesOf(
  podSpec: Fields,
): { name: string; secret: string | undefined; items: readonly string[]; isOptional: boolean }[] {
  return listIn(podSpec, 'volumes').flatMap((volume) => {
    const name = textIn(volume, 'name') ?? ''
    const sources = [
      fieldsIn(volume, 'secret'),
      ...listIn(fieldsIn(volume, 'projected'), 'sources').map((source) => fieldsIn(source, 'secret')),
    ]
    return sources.map((source) => ({
      name,
      secret: textIn(source, 'secretName') ?? textIn(source, 'name'),
      items: listIn(source, 'items').flatMap((item) => textIn(item, 'key') ?? []),
      isOptional: source.optional === true,
    }))
  })
}

/** Keys that arguments and variables name as files below the volume's mount: `/secrets/vault/token`. */
function mountedKeys(podSpec: Fields, volume: string): string[] {
  const keys = containersOf(podSpec).flatMap((container) => {
    const mounts = listIn(container, 'volumeMounts').filter((mount) => textIn(mount, 'name') === volume)
    const { env, args, command } = container
    const texts = [...textsIn(env), ...textsIn(args), ...textsIn(command)].map(({ text }) => text)
    return mounts.flatMap((mount) => {
      const folder = `${(textIn(mount, 'mountPath') ?? '').replace(/\/$/, '')}/`
      const subPath = textIn(mount, 'subPath')
      const named = texts.flatMap((text) => {
        const at = text.indexOf(folder)
        const [key = ''] = at === -1 || folder === '/' ? [] : (/^[\w.-]+/.exec(text.slice(at + folder.length)) ?? [])
        return key === '' ? [] : [key]
      })
      return subPath === undefined ? named : [subPath, ...named]
    })
  })
  return [...new Set(keys)]
}
