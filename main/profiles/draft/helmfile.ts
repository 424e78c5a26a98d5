import { z } from 'zod'
import { JsonObject } from '../../../preload/contract/words.ts'
import { documentValue, parseDocuments } from '../../lib/yaml-documents.ts'
import type { ScriptReading } from './script.ts'
import type { Unread, ValueLayer, VendorRelease } from './vendor-release.ts'

/** The fields of helmfile's format that a draft uses; others are listed as unread. */
const Release = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  chart: z.string(),
  version: z.string().optional(),
  installed: z.union([z.boolean(), z.string()]).default(true),
  condition: z.string().optional(),
  needs: z.array(z.string()).default([]),
  timeout: z.int().positive().optional(),
  values: z.array(z.union([z.string(), JsonObject])).default([]),
  set: z.array(z.looseObject({ name: z.string(), value: z.json().optional() })).default([]),
})
const Repository = z.looseObject({ name: z.string(), url: z.string(), oci: z.boolean().default(false) })
const Helmfile = z.looseObject({
  releases: z.array(z.unknown()).default([]),
  repositories: z.array(z.unknown()).default([]),
})

const read: ReadonlySet<string> = new Set(['releases', 'repositories'])
const readOfRelease: ReadonlySet<string> = new Set(Object.keys(Release.shape))
const releaseLimit = 200

/** The releases of a helmfile, in order. Templates (`{{ }}`) are listed as unread. Pure. Throws RangeError beyond the limits. */
export function readHelmfile(file: string, text: string): ScriptReading {
  const releases: VendorRelease[] = []
  const unread: Unread[] = []
  const leave = (place: string, what: string, why: string): number => unread.push({ place, text: what, why })
  const { documents, errors } = parseDocuments(text)
  if (errors.length > 0) {
    const [error] = errors
    const why = text.includes('{{')
      ? 'It contains templates, which are not evaluated.'
      : `It is not valid YAML: ${error?.message}.`
    leave(file, 'the whole file', why)
    return { releases, unread }
  }
  const repositories = new Map<string, z.infer<typeof Repository>>()
  for (const document of documents) {
    const parsed = Helmfile.safeParse(contentOf(document))
    if (!parsed.success) {
      leave(file, 'a document', 'It is no helmfile.')
      continue
    }
    for (const key of Object.keys(parsed.data))
      if (!read.has(key)) leave(file, key, 'This part of a helmfile is not read.')
    for (const entry of parsed.data.repositories) {
      const repository = Repository.safeParse(entry)
      if (repository.success && !hasTemplate(repository.data.url))
        repositories.set(repository.data.name, repository.data)
      else leave(file, 'a repository', 'It has no name and fixed address.')
    }
    for (const [index, entry] of parsed.data.releases.entries()) {
      if (releases.length >= releaseLimit) throw new RangeError(`more than ${releaseLimit} releases`)
      const place = `${file}: releases[${index}]`
      const release = Release.safeParse(entry)
      const fault = release.success ? faultOf(release.data) : 'It has no name and chart.'
      if (!release.success || fault !== undefined) {
        leave(place, release.success ? release.data.name.slice(0, 200) : 'a release', fault ?? '')
        continue
      }
      for (const key of Object.keys(release.data)) {
        if (!readOfRelease.has(key)) leave(place, key, 'This part of a helmfile is not read.')
      }
      releases.push(releaseOf(release.data, repositories, place, leave))
    }
  }
  return { releases, unread }
}

/** Undefined where aliases refer to nothing, or expand to too much. */
function contentOf(document: Parameters<typeof documentValue>[0]): unknown {
  try {
    return documentValue(document) ?? {}
  } catch {
    return undefined
  }
}

const hasTemplate = (text: string): boolean => text.includes('{{')

function faultOf({ name, chart, namespace = '', installed }: z.infer<typeof Release>): string | undefined {
  if ([name, chart, namespace].some(hasTemplate)) return 'Its name, chart or namespace is a template.'
  return installed === false ? 'It is not installed ("installed: false").' : undefined
}

function releaseOf(
  release: z.infer<typeof Release>,
  repositories: ReadonlyMap<string, z.infer<typeof Repository>>,
  place: string,
  leave: (place: string, what: string, why: string) => void,
): VendorRelease {
  const layers = release.values.flatMap((layer): ValueLayer[] => {
    if (typeof layer !== 'string') return [{ values: withoutTemplates(layer, place, leave) }]
    if (!hasTemplate(layer) && !layer.endsWith('.gotmpl')) return [{ file: layer }]
    leave(place, layer, 'Templates are not evaluated.')
    return []
  })
  for (const { name, value } of release.set) {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
    if (hasTemplate(name) || hasTemplate(text)) leave(place, `${name}=${text}`, 'Templates are not evaluated.')
    else layers.push({ sets: [{ path: name.split('.'), kind: 'typed', word: [{ text }] }] })
  }
  const alias = release.chart.split('/')[0] ?? ''
  const repository = repositories.get(alias)
  const isTemplated = hasTemplate(release.version ?? '')
  if (isTemplated) leave(place, `version: ${release.version}`, 'Templates are not evaluated.')
  const isConditional = release.condition !== undefined || typeof release.installed === 'string'
  return {
    name: release.name,
    namespace: release.namespace,
    chart:
      repository?.oci === true ? `oci://${repository.url}/${release.chart.slice(alias.length + 1)}` : release.chart,
    version: isTemplated ? undefined : release.version,
    repository: repository?.oci === true ? undefined : repository?.url,
    layers,
    // CONTEXT/NAMESPACE/NAME
    needs: release.needs.map((need) => need.split('/').at(-1) ?? ''),
    timeoutSeconds: release.timeout,
    confidence: isConditional ? 'likely' : 'sure',
    evidence: [{ place, text: `${release.name}: ${release.chart}` }],
  }
}

function withoutTemplates(
  values: JsonObject,
  place: string,
  leave: (place: string, what: string, why: string) => void,
): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      if (typeof value === 'string' && hasTemplate(value)) {
        leave(place, `${key}: ${value.slice(0, 200)}`, 'Templates are not evaluated.')
        return []
      }
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
      return [[key, isMap ? withoutTemplates(value, place, leave) : value]]
    }),
  )
}
